"""Commands of keys that had no answer before the agent was started anew: sent again, or told as lost. Pure.

Whether the server has carried one out is unknown; under the same id it does so once. But nobody shall be called
minutes after a key was pressed: what is older than `SENT_AGAIN_S` is told as lost, to the clerk and to the technician.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from hardware.agent.presses import Unanswered

SENT_AGAIN_S: Final = 10.0
"""How long after its key a command may still be sent: a little longer than a clerk waits before pressing again."""


class _Kept(NamedTuple):
    one: Unanswered
    until_s: float


class Verdict(NamedTuple):
    """What becomes of commands now."""

    again: list[Unanswered]
    lost: list[Unanswered]


class UnansweredCommands:
    """Those of before this start; times are seconds of the steady clock."""

    def __init__(self, found: Iterable[Unanswered], now_s: float) -> None:
        # A negative age is a clock that was set back: nobody knows how old the command is.
        self._kept = [_Kept(one, now_s + SENT_AGAIN_S - one.age_s if one.age_s >= 0 else now_s) for one in found]

    def due_s(self) -> float | None:
        """Give when the next of them is lost; None when there are none."""
        return min((kept.until_s for kept in self._kept), default=None)

    def judged(self, now_s: float, *, heard: bool) -> Verdict:
        """Take out what is to be sent again or lost now; ``heard``: the server is there."""
        lost = [kept.one for kept in self._kept if now_s >= kept.until_s]
        again = [kept.one for kept in self._kept if now_s < kept.until_s and heard]
        self._kept = [kept for kept in self._kept if now_s < kept.until_s and not heard]
        return Verdict(again, lost)
