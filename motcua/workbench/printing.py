"""Print a test ticket as a kiosk prints a real one: the same driver, the same job table, the same words for its end."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from hardware.links import LinkGone, LinkStalled
from hardware.printer import JobState, Outcome, PrinterOwner, Reason, profile_named
from hardware.printer import commands as printer_commands
from hardware.registry import find
from hardware.ticket import draw_trial, picture_bytes, trial_content
from motcua.commands import Problem
from motcua.workbench.holders import holders
from presentation.texts import Words

JOB_ID: Final = "trial"
SAY_S: Final = 2.0
CANNOT_CONFIRM: Final = "cannot_confirm"
"""The reason of a ticket that is sent whole to a printer of a kind that confirms nothing."""


@dataclass(frozen=True, slots=True)
class Printed:
    """How a test ticket ended: the state of its job, why, and the real seconds until that was known."""

    state: str
    reason: str
    took_s: float

    @property
    def is_good(self) -> bool:
        """Whether the paper is known to be out, or is as known as this printer can tell: eyes must see the rest."""
        return self.state == "confirmed" or self.needs_eyes

    @property
    def needs_eyes(self) -> bool:
        """Whether all was sent to a printer that cannot say more."""
        return self.state == "sent" and self.reason == CANNOT_CONFIRM


def claimable(address: str) -> None:
    """See that the device can be opened and is held by nobody. Raises Problem with who holds it, WrongAddress."""
    device = find(address)
    held_by = "".join(f"\n  held by {holder}" for holder in holders(address))
    if held_by:
        raise Problem(f"{address} is in use; end that program first (systemctl stop …), then try again{held_by}")
    try:
        device.open().close()
    except LinkGone as gone:
        hint = "" if "another program" not in gone.what else "\n  Whose it is, root can see: sudo motcua devices …"
        raise Problem(f"{gone}{hint}") from gone


def print_trial(
    address: str, profile_name: str, words: Words, at: datetime, *, deadline_s: float, tell: Callable[[Outcome], None]
) -> Printed:
    """Print a test ticket and wait until its end is known. ``tell`` hears each step.

    A ticket that is held when the time is over is taken back, so that it does not come out for the next citizen.
    Raises Problem, WrongAddress.
    """
    device = find(address)
    claimable(address)
    try:
        profile = profile_named(profile_name).on_wire(device.bytes_per_s)
    except KeyError as error:
        raise Problem(str(error.args[0])) from error

    def heard(outcome: Outcome) -> None:
        tell(replace(outcome, reason=reason_of(outcome)))

    picture = draw_trial(trial_content(words, at), profile.width_dots)
    news: SimpleQueue[Outcome] = SimpleQueue()
    began_s = monotonic()
    with tempfile.TemporaryDirectory(prefix="motcua-trial-") as folder:
        owner = PrinterOwner(device.open, profile, Path(folder) / "jobs.db", news.put)
        try:
            owner.submit(JOB_ID, JOB_ID, picture_bytes(picture, profile.feed_units_per_dot))
            last = _followed(news, heard, began_s + deadline_s)
            if last is None or not last.settled:
                owner.withdraw(JOB_ID)
                taken_back = _followed(news, heard, monotonic() + profile.reply_s + profile.margin_s)
                if taken_back is not None and taken_back.state not in {"void", "failed"}:
                    last = taken_back
        finally:
            owner.close(finish_s=1.0)
    state, reason = (last.state.value, reason_of(last)) if last is not None else ("queued", "unreachable")
    return Printed(state, reason, monotonic() - began_s)


def reason_of(outcome: Outcome) -> str:
    """Say why a ticket ended so. One that is settled as *sent* went to a kind of printer that never confirms. Pure.

    Of a printer that does, a ticket without its confirmation ends as *uncertain*.
    """
    is_mute = outcome.settled and outcome.state is JobState.SENT and outcome.reason == Reason.UNCONFIRMED
    return CANNOT_CONFIRM if is_mute else str(outcome.reason)


def say_mended(address: str) -> None:
    """Tell a printer that no program holds that somebody has freed its jam (``DLE ENQ 1``). Raises Problem."""
    claimable(address)
    try:
        link = find(address).open()
        try:
            link.write(printer_commands.RECOVER_AND_GO_ON, SAY_S)
        finally:
            link.close()
    except (LinkGone, LinkStalled) as gone:
        raise Problem(str(gone)) from gone


def _followed(news: SimpleQueue[Outcome], tell: Callable[[Outcome], None], until_s: float) -> Outcome | None:
    """Follow the job until it is settled or the time is over; give the last news."""
    last = None
    while (last is None or not last.settled) and (left_s := until_s - monotonic()) > 0:
        try:
            last = news.get(timeout=left_s)
        except Empty:
            break
        tell(last)
    return last
