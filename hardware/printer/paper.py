"""How long the roll will last. Pure.

Every ticket's length is counted since the roll was changed. A change is known when paper comes back after an end, when
the near-end sensor falls silent after the cover was opened, or when a technician says so; until the first one nothing
is foretold. The near-end sensor, where there is one, corrects the count.
"""

from dataclasses import dataclass, replace
from typing import Final

LOW_TICKETS: Final = 30
_MEAN_OF: Final = 8  # Tickets of late weigh more: they look like the next ones.


@dataclass(frozen=True, slots=True)
class Paper:
    """What has been used of a roll. Lengths in millimetres."""

    used_mm: float = 0.0
    ticket_mm: float = 0.0  # The usual length of a ticket; 0 before the first.
    tickets_since_near_end: int = 0
    near_end: bool = False  # The sensor has told for this roll.
    known: bool = False  # Where this roll began is known.

    def after_ticket(self, ticket_mm: float) -> "Paper":
        """Count a ticket."""
        return replace(
            self,
            used_mm=self.used_mm + ticket_mm,
            ticket_mm=self.ticket_mm + (ticket_mm - self.ticket_mm) / _MEAN_OF if self.ticket_mm else ticket_mm,
            tickets_since_near_end=self.tickets_since_near_end + self.near_end,
        )

    def after_change(self) -> "Paper":
        """Begin a fresh roll."""
        return Paper(ticket_mm=self.ticket_mm, known=True)

    def after_near_end(self, roll_mm: float, near_end_mm: float) -> "Paper":
        """Believe the sensor rather than the count, once for each roll."""
        if self.near_end:
            return self
        return replace(self, used_mm=max(0.0, roll_mm - near_end_mm), near_end=True, known=True)

    def tickets_left(self, roll_mm: float) -> int | None:
        """Foretell how many tickets the roll still holds; None when nothing can be said."""
        if not self.known or not self.ticket_mm:
            return None
        return max(0, int((roll_mm - self.used_mm) / self.ticket_mm))
