"""Keypads and scanners that send by themselves: one owner thread each, from an address to keys and scans.

``KeypadSource``, ``TypedScans`` and ``SerialScans`` are the languages, free of threads and clocks; ``InputOwner`` opens
the device, reads it, and opens it anew when it was away. What a scan says is withheld (``codecs.withheld``) from the
moment it is put together, and appears in no message of this room.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from hardware.codecs.hid_keypad import HidKeypad
from hardware.codecs.hid_text import HidText
from hardware.codecs.scan import IDLE_KEYS_S, IDLE_SUFFIXLESS_S, ScanDecoder, ScanEvent, ScanSettings
from hardware.links import Interrupt, Link, LinkGone, reopen_delay_s
from hardware.registry import Device

WAIT_MOST_S: Final = 60.0
STAYED_S: Final = 10.0
"""A device that was open for so long has not come and gone: the next tries to open it begin with short pauses."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The device is open, or gone: told at first and when it changes. ``what`` says why, and what to do."""

    is_open: bool
    what: str = ""


@dataclass(frozen=True, slots=True)
class KeysDropped:
    """The kernel has dropped what was not fetched in time: some keys are lost, and nobody knows which."""


class Source(Protocol[T]):
    """A language of devices that send by themselves. Pure; times are seconds of the steady clock."""

    def feed(self, data: bytes, now_s: float) -> list[T]:
        """Take bytes and give what they mean."""

    def let_time_pass(self, now_s: float) -> list[T]:
        """Take note that nothing has come, and give what that means."""

    def due_s(self) -> float | None:
        """Give when silence will mean something; None when it never will."""

    def reset(self) -> None:
        """Forget what was half said: the device was away."""


class KeypadSource:
    """A USB keypad: gives the characters of its keys, and tells when some were dropped."""

    def __init__(self, keypad: HidKeypad) -> None:
        self._keypad = keypad

    def feed(self, data: bytes, now_s: float) -> list[str | KeysDropped]:  # noqa: ARG002 -- a key has its time with it.
        """Take bytes and give a character for each key pressed."""
        before = self._keypad.lost
        keys = self._keypad.feed(data)
        return [*keys, *(KeysDropped() for _ in range(self._keypad.lost - before))]

    def let_time_pass(self, now_s: float) -> list[str | KeysDropped]:  # noqa: ARG002 -- time alone presses no key.
        """Give nothing."""
        return []

    def due_s(self) -> float | None:
        """Give None."""
        return None

    def reset(self) -> None:
        """Let no key count as held."""
        self._keypad.reset()


class SerialScans:
    """A scanner at a serial port (or USB as one): gives scans, and what was dropped."""

    def __init__(self, settings: ScanSettings) -> None:
        self._scans = ScanDecoder(settings)

    def feed(self, data: bytes, now_s: float) -> list[ScanEvent]:
        """Take bytes and give the scans that are complete."""
        return self._scans.feed(data, now_s)

    def let_time_pass(self, now_s: float) -> list[ScanEvent]:
        """Give what silence has ended."""
        return self._scans.let_time_pass(now_s)

    def due_s(self) -> float | None:
        """Give when silence will end what has come."""
        return self._scans.due_s()

    def reset(self) -> None:
        """Forget what has come."""
        self._scans.reset()


class TypedScans:
    """A scanner that types: gives scans, and what was dropped. Gaps are judged by the kernel's times of the keys."""

    def __init__(self, settings: ScanSettings) -> None:
        self._keys = HidText()
        self._scans = ScanDecoder(settings)
        self._last_s = 0.0

    def feed(self, data: bytes, now_s: float) -> list[ScanEvent]:
        """Take records and give the scans that are complete."""
        events: list[ScanEvent] = []
        for at_s, typed in self._keys.feed(data):
            # A key cannot have come after now, nor before the one before it, whatever clock its times are of.
            self._last_s = max(self._last_s, min(at_s, now_s))
            events += self._scans.lose(self._last_s) if typed is None else self._scans.feed(typed, self._last_s)
        return events

    def let_time_pass(self, now_s: float) -> list[ScanEvent]:
        """Give what silence has ended."""
        return self._scans.let_time_pass(now_s)

    def due_s(self) -> float | None:
        """Give when silence will end what has come."""
        return self._scans.due_s()

    def reset(self) -> None:
        """Forget what has come."""
        self._keys.reset()
        self._scans.reset()


def scans_of(device: Device, settings: ScanSettings | None = None) -> "SerialScans | TypedScans":
    """Give the language of a scanner by how its address is reached; each has an idle time of its own by default."""
    if settings is None and device.ends_by_silence:
        settings = ScanSettings(idle_s=IDLE_SUFFIXLESS_S, terminators=b"")
    if device.gives_events:
        return TypedScans(settings or ScanSettings(idle_s=IDLE_KEYS_S))
    return SerialScans(settings or ScanSettings())


class InputOwner(Generic[T]):
    """Owns one device from construction to :meth:`close`.

    ``open_link`` opens it anew each time (raises LinkGone). ``on_event`` is called on the owner's thread and must
    return soon without raising: what comes meanwhile waits with the kernel.
    """

    def __init__(
        self,
        open_link: Callable[[], Link],
        source: Source[T],
        on_event: Callable[[T | SourceHealth], None],
        name: str = "input",
    ) -> None:
        self._open_link = open_link
        self._source = source
        self._on_event = on_event
        self._bell = Interrupt()
        self._ending = False
        self._is_open: bool | None = None
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def close(self) -> None:
        """Give the device back and end the thread."""
        self._ending = True
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def _run(self) -> None:
        while not self._ending:
            try:
                link = self._open_link()
            except LinkGone as gone:
                self._gone(gone)
                continue
            opened_s = time.monotonic()
            try:
                self._source.reset()
                self._tell_health(SourceHealth(is_open=True))
                self._serve(link)
            except LinkGone as gone:
                link.close()
                if time.monotonic() - opened_s > STAYED_S:
                    self._failures = 0
                self._gone(gone)
            finally:
                link.close()

    def _serve(self, link: Link) -> None:
        while not self._ending:
            due_s = self._source.due_s()
            wait_s = WAIT_MOST_S if due_s is None else max(0.0, due_s - time.monotonic())
            data = link.read(min(wait_s, WAIT_MOST_S), self._bell)
            now_s = time.monotonic()
            for event in self._source.feed(data, now_s) if data else self._source.let_time_pass(now_s):
                self._on_event(event)

    def _gone(self, gone: LinkGone) -> None:
        self._failures += 1
        self._tell_health(SourceHealth(is_open=False, what=str(gone)))
        if not self._ending:
            self._bell.wait(reopen_delay_s(self._failures, time.monotonic_ns() % 997 / 997))

    def _tell_health(self, health: SourceHealth) -> None:
        if health.is_open != self._is_open:
            self._is_open = health.is_open
            self._on_event(health)
