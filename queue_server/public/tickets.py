"""The visit behind a link: asked of the queue server, kept for a moment, and with a budget for guesses.

A link is right when the server says so; here is no key to check it by. What was told stays true until the hall changes
(`WatchedHall.revision`) or some seconds have passed, so that 500 phones of a quiet hall cost the server nothing.

**The budget.** In a hall all phones may share one address, so an address as such has no limit. Links that were right
once are never counted. Only questions about links that we do not know are: each address has a budget of them, and all
together have one, which a person who scans a ticket does not notice and a program that guesses does at once.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from protocol.commands import AnyCommand, CancelVisit, FindVisit, RateByLink
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.views import AnyReply, Refused, VisitFound
from queue_server.watched_hall import WatchedHall

LINK: Final = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})", re.ASCII)

KEPT_S: Final = 5.0
KEPT_LINKS: Final = 10_000
ASKED_S: Final = 4.0

BURST_OF_ADDRESS: Final = 1000
"""Unknown links of one address at once: a full hall whose phones all look again after a restart …"""
PER_S_OF_ADDRESS: Final = 20.0
"""… and so many more each second."""
BURST_IN_ALL: Final = 2000
PER_S_IN_ALL: Final = 100.0
ADDRESSES: Final = 10_000

Trouble = Literal["wrong", "expired", "gone", "busy"]
"""No such ticket; one of an older day; the queue server is not heard; too many unknown links."""


class Budget:
    """So many at once, and so many more a second: for one of many, or for all together."""

    def __init__(self, burst: float, per_s: float) -> None:
        self._burst, self._per_s = burst, per_s
        self._left, self._at_s = burst, 0.0

    def has_one(self, now_s: float) -> bool:
        """Tell whether there is one left now."""
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        return self._left >= 1

    def take(self) -> None:
        """Use one."""
        self._left -= 1


class Guesses:
    """The budgets of unknown links; addresses that were not heard of for longest are forgotten first."""

    def __init__(
        self,
        of_address: tuple[float, float] = (BURST_OF_ADDRESS, PER_S_OF_ADDRESS),
        in_all: tuple[float, float] = (BURST_IN_ALL, PER_S_IN_ALL),
    ) -> None:
        self._of_address = of_address
        self._all = Budget(*in_all)
        self._of: OrderedDict[str, Budget] = OrderedDict()

    def allow(self, address: str, now_s: float) -> bool:
        """Count one question about an unknown link; False when there were too many."""
        budget = self._of.setdefault(address, Budget(*self._of_address))
        self._of.move_to_end(address)
        while len(self._of) > ADDRESSES:
            self._of.popitem(last=False)
        if not budget.has_one(now_s) or not self._all.has_one(now_s):
            return False
        budget.take()
        self._all.take()
        return True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a citizen answered by a link: a level of the scale that the page had shown, and reasons."""

    level: int
    reasons: tuple[str, ...]
    scale_id: str


@dataclass(frozen=True)
class _Kept:
    revision: int
    at_s: float
    found: VisitFound


class Tickets:
    """Finds, cancels and rates visits by their links; for any thread."""

    def __init__(self, hall: WatchedHall, now_s: Callable[[], float] = time.monotonic) -> None:
        self._hall = hall
        self._now_s = now_s
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._guesses = Guesses()

    def find(self, link: str, address: str) -> VisitFound | Trouble:
        """Give the visit of a link, or why there is none. What was told a moment ago is told again."""
        match = LINK.fullmatch(link)
        if match is None:
            return "wrong"
        revision, now_s = self._hall.revision, self._now_s()
        with self._lock:
            kept = self._kept.get(link)
            if kept is None and not self._guesses.allow(address, now_s):
                return "busy"
            is_true = kept is not None and kept.revision == revision and now_s - kept.at_s < KEPT_S
            if kept is not None and is_true and self._hall.state == "up":
                return kept.found
        reply = self._ask(FindVisit(visit_id=match[1], secret=match[2]))
        if isinstance(reply, VisitFound):
            self._keep(link, _Kept(revision, now_s, reply))
            return reply
        return trouble_of(reply)

    def cancel(self, link: str, address: str) -> AnyReply | Trouble:
        """Give a number back; the server checks the secret and whether the visit still waits."""
        match = LINK.fullmatch(link)
        if match is None:
            return "wrong"
        command = CancelVisit(function_id=self._hall.function_id or "unknown", visit_id=match[1], secret=match[2])
        return self._send(link, address, command)

    def rate(self, link: str, address: str, answer: Answer) -> AnyReply | Trouble:
        """Send the answer of a link; the server checks the secret and counts one."""
        match = LINK.fullmatch(link)
        if match is None:
            return "wrong"
        command = RateByLink(
            function_id=self._hall.function_id or "unknown",
            visit_id=match[1],
            secret=match[2],
            level=answer.level,
            reasons=answer.reasons,
            scale_id=answer.scale_id,
        )
        return self._send(link, address, command)

    def _send(self, link: str, address: str, command: AnyCommand) -> AnyReply | Trouble:
        """Send what changes a visit; what was told of it before is over then."""
        with self._lock:
            if link not in self._kept and not self._guesses.allow(address, self._now_s()):
                return "busy"
        reply = self._ask(command)
        with self._lock:
            kept = self._kept.get(link)
            if kept is not None:  # The link stays known.
                self._kept[link] = _Kept(-1, kept.at_s, kept.found)
        return reply if reply is not None else "gone"

    def _ask(self, command: AnyCommand) -> AnyReply | None:
        if self._hall.state != "up":
            return None
        try:
            return self._hall.ask(command, request_id=new_id(), deadline_s=ASKED_S)
        except (NoAnswer, LinkFull):
            return None

    def _keep(self, link: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[link] = kept
            self._kept.move_to_end(link)
            while len(self._kept) > KEPT_LINKS:
                self._kept.popitem(last=False)


def trouble_of(reply: AnyReply | None) -> Trouble:
    """Say why a ticket cannot be shown; whatever is wrong with a link, it is wrong."""
    match reply:
        case Refused(code="link_expired"):
            return "expired"
        case None | Refused(code="busy" | "storage" | "unknown_device"):
            return "gone"
        case _:
            return "wrong"
