"""What waits of alerts and inquiries, for the hall's page: wanted at every beat of every page, asked now and then.

No view holds it, since views go to the pages of clerks too (decision 42).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from presentation.texts import Words
from protocol.inquiry_commands import FetchConcerns
from protocol.inquiry_views import ConcernsFound
from protocol.link import LinkFull, NoAnswer, new_id
from queue_server.web.accounts import Account
from queue_server.web.hall import Hall

LOOKED_UP_EVERY_S: Final = 5.0
DEADLINE_S: Final = 2.0
PEOPLE_MOST: Final = 100
"""Of so many people what was told last is remembered."""


@dataclass(frozen=True)
class ConcernLine:
    """One thing that waits, and the page that shows it."""

    sentence: str
    endpoint: str
    shown: str


@dataclass(frozen=True)
class ConcernsPage:
    """What the region says."""

    lines: tuple[ConcernLine, ...]


class Concerns:
    """What waits for each person, as of a short while ago."""

    def __init__(self, hall: Hall, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._hall = hall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, ConcernsFound | None]] = {}

    def of(self, account: Account) -> ConcernsFound | None:
        """Give what waits; None while that is not known."""
        with self._lock:
            at, found = self._known.get(account.clerk_id, (0.0, None))
            if account.clerk_id in self._known and self._monotonic() < at + LOOKED_UP_EVERY_S:
                return found
            if len(self._known) >= PEOPLE_MOST:
                self._known.clear()
            # Told to the others first, so that they need not wait for this answer.
            self._known[account.clerk_id] = self._monotonic(), found
        found = self._asked(account)
        with self._lock:
            self._known[account.clerk_id] = self._monotonic(), found
        return found

    def _asked(self, account: Account) -> ConcernsFound | None:
        command = FetchConcerns(
            function_id=self._hall.function_id or "unknown",
            staff_role=account.staff_role,
            clerk_id=account.clerk_id,
        )
        try:
            reply = self._hall.ask(command, request_id=new_id(), deadline_s=DEADLINE_S)
        except (NoAnswer, LinkFull):
            return None
        return reply if isinstance(reply, ConcernsFound) else None


def concerns_page(found: ConcernsFound | None, words: Words) -> ConcernsPage:
    """Write what waits, the most urgent first; nothing of what is not there."""
    if found is None:
        return ConcernsPage(())
    lines = (
        ("alerts.home", "open", "concerns.alerts_new", found.alerts_new),
        ("alerts.home", "open", "concerns.alerts_open", found.alerts_open - found.alerts_new),
        ("inquiries.listing", "overdue", "concerns.overdue", found.inquiries_overdue),
        ("inquiries.listing", "mine", "concerns.mine", found.inquiries_mine),
    )
    return ConcernsPage(
        tuple(ConcernLine(words(key, count=count), endpoint, shown) for endpoint, shown, key, count in lines if count)
    )
