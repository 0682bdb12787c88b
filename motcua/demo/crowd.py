"""The citizens who are in the hall: who holds which number, and what each will do when the number is called.

Clerks meet people here by the number that was called, as at a real counter; a number that nobody of ours holds belongs
to a visitor of the demonstration, who is treated like anybody else.
"""

import threading
from dataclasses import dataclass
from typing import Final, Literal

from motcua.demo.people import Person

STRANGER_SERVICE_S: Final = 180.0
STRANGER_WALKING_S: Final = 20.0
FIRST_STINT: Final[dict[str, float]] = {"parked": 0.5, "transferred": 0.3}
"""The share of the service time after which a visit is set aside or sent on."""

Deed = Literal["end", "park", "transfer"]


@dataclass
class Visit:
    """A citizen with a number. ``met`` counts the calls that were answered by coming."""

    number: str
    visit_id: str
    person: Person | None
    called: int = 0
    met: int = 0
    gone: bool = False
    """Cancelled: whoever calls it calls in vain."""

    def comes(self) -> bool:
        """Tell whether the citizen answers the present call by coming."""
        if self.gone:
            return False
        if self.person is None:
            return True
        if self.person.ending == "no_show":
            return False
        return not (self.person.ending == "no_show_returns" and self.called == 1)

    def walking_s(self) -> float:
        """How long the citizen walks from the chair to the counter, in hall seconds."""
        return self.person.walking_s if self.person else STRANGER_WALKING_S

    def stint(self) -> tuple[float, Deed]:
        """How long the citizen is served this time (hall seconds), and how it goes on from there."""
        if self.person is None:
            return STRANGER_SERVICE_S, "end"
        whole = self.person.service_s
        share = FIRST_STINT.get(self.person.ending)
        if share is None:
            return whole, "end"
        if self.met > 1:
            return whole * (1 - share), "end"
        return whole * share, "park" if self.person.ending == "parked" else "transfer"

    def outcome_key(self) -> str:
        """The key of the outcome that comes of it."""
        return self.person.outcome_key if self.person else "1"


class Crowd:
    """Everybody who has a number; for any thread."""

    def __init__(self) -> None:
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()

    def took(self, number: str, visit_id: str, person: Person) -> Visit:
        """Remember who holds a number."""
        visit = Visit(number, visit_id, person)
        with self._lock:
            self._visits[number] = visit
        return visit

    def called(self, number: str) -> Visit:
        """Give whoever holds the number that is being called, once more."""
        with self._lock:
            visit = self._visits.setdefault(number, Visit(number, "", None))
            visit.called += 1
            return visit
