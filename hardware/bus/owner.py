"""The thread that owns one wire: it opens, writes, listens and tells; what to say and to believe is the master's."""

import threading
import time
from collections.abc import Callable, Iterable
from queue import Full, Queue
from typing import Final

from hardware.bus.master import BusConfig, BusEvent, Master, WireHealth
from hardware.bus.schedule import Tally, TextRefused
from hardware.links import Interrupt, Link, LinkGone, LinkStalled, reopen_delay_s

TEXTS_MOST: Final = 256
WRITE_TIMEOUT_S: Final = 1.0
REST_MOST_S: Final = 60.0


class BusBusy(Exception):  # noqa: N818 - named for what happened.
    """More texts wait for the wire than it has displays: it is not being served."""


class BusOwner:
    """Owns one wire from construction to :meth:`close`.

    ``open_link`` opens it anew each time (raises LinkGone). ``on_event`` is called on the owner's thread and must
    return at once without raising; a key is acknowledged to its keypad after it has returned. Raises ValueError when
    two slaves share an address.
    """

    def __init__(
        self, open_link: Callable[[], Link], config: BusConfig, on_event: Callable[[BusEvent], None], name: str = "bus"
    ) -> None:
        self._open_link = open_link
        self._on_event = on_event
        self._master = Master(config)
        self._known = {speech.address for speech in config.speeches}
        self._texts: Queue[tuple[int, str]] = Queue(TEXTS_MOST)
        self._bell = Interrupt()
        self._ending = False
        self._failures = 0
        self._is_open: bool | None = None
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def show(self, address: int, text: str) -> None:
        """Have a display show ``text`` until told otherwise; one that it cannot show is told as TextRefused.

        Raises KeyError for an address that is not on this wire, BusBusy when the wire is not being served.
        """
        if address not in self._known:
            raise KeyError(f"no slave {address} on this wire; its slaves are {sorted(self._known)}")
        try:
            self._texts.put_nowait((address, text))
        except Full:
            raise BusBusy(f"{TEXTS_MOST} texts wait for one wire: see whether its adapter is plugged in") from None
        self._bell.ring()

    def tallies(self) -> list[Tally]:
        """Return the counts of each slave; they go on counting while they are read."""
        return self._master.tallies()

    def end(self) -> None:
        """Have the thread say nothing more; it may be within ``on_event`` still. To be followed by :meth:`close`."""
        self._ending = True
        self._bell.ring()

    def close(self) -> None:
        """End the thread and give the wire back."""
        self.end()
        self._thread.join()
        self._bell.close()

    def _tell(self, events: Iterable[BusEvent]) -> None:
        for event in events:
            self._on_event(event)

    def _tell_health(self, *, is_open: bool, what: str = "") -> None:
        if is_open != self._is_open:
            self._is_open = is_open
            self._tell([WireHealth(is_open, what)])

    def _run(self) -> None:
        while not self._ending:
            try:
                link = self._open_link()
            except LinkGone as gone:
                self._away(gone)
                continue
            if not self._failures:
                self._tell_health(is_open=True)
            self._master.reopened()
            try:
                self._serve(link)
            except (LinkGone, LinkStalled) as gone:
                self._away(gone)
            finally:
                link.close()

    def _away(self, gone: LinkGone | LinkStalled) -> None:
        self._tell_health(is_open=False, what=str(gone))
        self._failures += 1
        again_s = time.monotonic() + reopen_delay_s(self._failures, time.monotonic_ns() % 997 / 997)
        while not self._ending and (left_s := again_s - time.monotonic()) > 0:
            self._bell.wait(left_s)
            self._take_texts()

    def _take_texts(self) -> None:
        while not self._texts.empty():
            address, text = self._texts.get()
            try:
                self._master.show(address, text)
            except ValueError:
                self._tell([TextRefused(address, text)])

    def _serve(self, link: Link) -> None:
        while not self._ending:
            self._take_texts()
            step = self._master.step(time.monotonic())
            if step.data:
                link.write(step.data, WRITE_TIMEOUT_S)
                self._failures = 0
                self._tell_health(is_open=True)  # Not before: some adapters open, and fail at the first byte.
            self._tell(step.events)
            rest_s = min(step.until_s - time.monotonic(), REST_MOST_S)
            if rest_s > 0 and (data := link.read(rest_s, self._bell)):
                self._tell(self._master.heard(data, time.monotonic()))
