"""Pull a device's plug and put it in again: whether it is told to be gone, comes back by itself, and how soon.

Each kind is watched by the driver that the hall uses; a printer by its own question for status, which prints nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from hardware.codecs.scan import ScanEvent
from hardware.inputs import InputOwner, SourceHealth, scans_of
from hardware.links import Interrupt, Link, LinkGone
from hardware.printer import profile_named
from hardware.printer.commands import real_time_status
from hardware.registry import Device, find
from motcua.workbench.checks import Check, Seen, Step
from motcua.workbench.printing import claimable
from motcua.workbench.wires import Changed, Place, never_answers, opened

FIRST_S: Final = 10.0
"""A device that is well tells so within this."""

LOOK_S: Final = 1.0
SILENT_MOST: Final = 3
OPEN_AGAIN_S: Final = 0.5


class Presence:
    """Waits for a device to be there, or not to be. ``news`` carries anything; only Changed counts."""

    def __init__(self, news: "SimpleQueue[object]") -> None:
        self._news = news
        self.is_present: bool | None = None

    def wait(self, *, present: bool, within_s: float) -> datetime | None:
        """Wait until the device is there, or is not; give when that was heard, None when the time was over before."""
        until_s = monotonic() + within_s
        while self.is_present is not present:
            try:
                told = self._news.get(timeout=max(0.0, until_s - monotonic()))
            except Empty:
                return None
            if isinstance(told, Changed):
                self.is_present = told.present
        return datetime.now(UTC)  # noqa: TID251 -- the sheet says when.


def can_be_watched(check: Check) -> bool:
    """Tell whether anybody but a person can know that this device is there. Raises Problem."""
    if check.kind == "printer":
        return profile_named(check.profile).status != "none" or check.address.startswith(("file:", "usb:"))
    return check.kind != "counter_display" or not never_answers(place_of(check))


def place_of(check: Check) -> Place:
    """Say where the device of a check hangs."""
    return Place(
        check.address,
        check.slave or 1,
        check.protocol or "reference",
        check.preset,
        check.file,
        check.kind,
        check.usb_keys,
        check.answer_ms,
    )


@contextmanager
def presence_of(check: Check, shows: str) -> Iterator[Presence]:
    """Watch one device while the context lasts. Raises Problem, WrongAddress."""
    news: SimpleQueue[object] = SimpleQueue()
    if check.kind in {"printer", "scanner"}:
        claimable(check.address)
        device = find(check.address)
        watch: PrinterWatch | InputOwner[ScanEvent] = (
            PrinterWatch(device, asks=profile_named(check.profile).status != "none", news=news)
            if check.kind == "printer"
            else InputOwner(device.open, scans_of(device), partial(_put_health, news), "scanner-watch")
        )
        try:
            yield Presence(news)
        finally:
            watch.close()
        return
    with opened(place_of(check), has_keys=check.kind != "counter_display", shows=shows) as told:
        yield Presence(told)  # type: ignore[arg-type]  # A queue is read here, never written.


def _put_health(news: "SimpleQueue[object]", event: "ScanEvent | SourceHealth") -> None:
    """Take note of a scanner's health alone: what it reads meanwhile is nobody's business."""
    if isinstance(event, SourceHealth):
        news.put(Changed(event.is_open, "open" if event.is_open else "away", event.what))


class PrinterWatch:
    """Asks a printer for its status again and again (DLE EOT 1, answered even off line), opening its link anew."""

    def __init__(self, device: Device, *, asks: bool, news: "SimpleQueue[object]") -> None:
        self._device, self._asks, self._news = device, asks, news
        self._bell = Interrupt()
        self._ending = False
        self._present: bool | None = None
        self._thread = threading.Thread(target=self._run, name="printer-watch")
        self._thread.start()

    def close(self) -> None:
        """Give the printer back and end the thread."""
        self._ending = True
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def _run(self) -> None:
        while not self._ending:
            try:
                link = self._device.open()
            except LinkGone as gone:
                self._tell(present=False, detail=str(gone))
            else:
                try:
                    self._ask_on(link)
                except LinkGone as gone:
                    self._tell(present=False, detail=str(gone))
                finally:
                    link.close()
            if not self._ending:
                self._bell.wait(OPEN_AGAIN_S)

    def _ask_on(self, link: Link) -> None:
        """Ask until the link breaks or the printer has been silent for a while: then it is opened anew."""
        silent = 0
        while not self._ending and silent < SILENT_MOST:
            if self._asks:
                link.write_some(real_time_status(1))
            answered = bool(link.read(LOOK_S, self._bell))
            silent = 0 if answered or not self._asks else silent + 1
            if answered or not self._asks:
                self._tell(present=True)
                if not self._ending:
                    self._bell.wait(LOOK_S)
        if silent >= SILENT_MOST:
            self._tell(present=False)

    def _tell(self, *, present: bool, detail: str = "") -> None:
        if present is not self._present and not self._ending:
            self._present = present
            self._news.put(Changed(present, "ok" if present else "silent", detail))


def replugged(*, begun: bool, gone_at: datetime | None, back_at: datetime | None) -> Step:
    """Sum up what was heard: that it was there, when it was gone, when it was back. Pure."""
    if not begun:
        return Step(name="replug", verdict="failed", seen=(Seen(key="not_there"),))
    if gone_at is None:
        return Step(name="replug", verdict="failed", seen=(Seen(key="never_gone"),))
    gone = {"gone_at": gone_at.isoformat()}
    if back_at is None:
        return Step(name="replug", verdict="failed", seen=(Seen(key="never_back", parts=gone),))
    seen = Seen(key="replugged", parts={**gone, "back_at": back_at.isoformat()})
    return Step(name="replug", verdict="passed", seen=(seen,))
