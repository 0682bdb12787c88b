"""Try one keypad or display by its own driver: each key as it is pressed, a text as it is shown."""

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from hardware import bus
from hardware.agent.settings import FunctionSettings
from hardware.codecs.hid_keypad import CALL_KEYS, HidKeypad, key_table
from hardware.inputs import InputOwner, KeypadSource, KeysDropped, SourceHealth
from hardware.registry import find
from hardware.speeches import speech
from motcua.commands import Problem
from motcua.workbench.printing import claimable
from presentation.mistakes import Mistakes

DEFAULT_BYTES_PER_S: Final = 11_520.0
"""Of a wire behind a network adapter, whose baud the adapter knows alone (115,200)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, told once. ``number`` is the keypad's own count of its presses, None where it has none."""

    key: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The device answers, or does so no more; ``what`` says it for a technician."""

    present: bool
    what: str


News = Pressed | Changed

_SAID: Final = {
    "ok": "it answers",
    "degraded": "it answers, but not every time: look at the plugs, the termination and the bias of the wire",
    "silent": "no answer: no power, a broken or crossed wire, another address, baud or protocol",
    "garbled": "bytes come, but no answer: two devices with one address, no termination, or another baud",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bare device hangs: the wire's address, the slave, its language."""

    address: str
    slave: int = 1
    protocol: str = "reference"
    preset: str = ""
    file: str = ""
    answer_ms: int | None = None

    def speech(self, *, has_keys: bool) -> bus.Speech:
        """Give the driver of this device. Raises Problem."""
        settings = FunctionSettings(
            function_id="trial",
            wire_id="trial",
            slave=self.slave,
            protocol=self.protocol,
            preset=self.preset,
            file=self.file,
        )
        try:
            return speech(self.protocol, self.slave, has_keys=has_keys, device=settings.device())
        except (Mistakes, ValueError) as mistake:
            raise Problem(str(mistake)) from mistake


def keys_of(place: Place, *, seconds: float = math.inf, patience_s: float = math.inf) -> Generator[News, None, None]:
    """Tell each key once as it is pressed, and how the device is.

    It ends after ``seconds``, or when nothing has been told for ``patience_s``. Raises Problem, WrongAddress.
    """
    with _keypad(place) as news:
        until_s = monotonic() + seconds
        while (left_s := min(until_s - monotonic(), patience_s)) > 0:
            try:
                told = news.get(timeout=None if left_s == math.inf else left_s)
            except Empty:
                return
            if told is not None:
                yield told


@contextmanager
def _keypad(place: Place) -> Iterator["SimpleQueue[News | None]"]:
    news: SimpleQueue[News | None] = SimpleQueue()
    claimable(place.address)
    device = find(place.address)
    if device.gives_events:
        source = KeypadSource(HidKeypad(key_table(dict(CALL_KEYS))))
        keypad = InputOwner(device.open, source, lambda event: news.put(_of_input(event)), "key-test")
        try:
            yield news
        finally:
            keypad.close()
        return
    owner = _owner(place, place.speech(has_keys=True), partial(_put, news))
    try:
        yield news
    finally:
        owner.close()


def _put(news: "SimpleQueue[News | None]", event: bus.BusEvent) -> None:
    news.put(_of_bus(event))


def _of_input(event: "str | KeysDropped | SourceHealth") -> News | None:
    if isinstance(event, KeysDropped):
        return None  # What was pressed before this trial began.
    if isinstance(event, SourceHealth):
        return Changed(event.is_open, "it is open" if event.is_open else event.what)
    return Pressed(event)


def _of_bus(event: bus.BusEvent) -> News | None:
    match event:
        case bus.KeyPressed():
            return Pressed(event.key, event.number)
        case bus.SlaveHealth():
            return Changed(event.present, _SAID[event.reason or event.state])
        case bus.WireHealth(is_open=False):
            return Changed(present=False, what=event.what)
        case bus.WireNoise(babbling=True):
            return Changed(present=False, what="the wire is never quiet: a device on it speaks unasked")
        case _:
            return None


def _owner(place: Place, one: bus.Speech, on_event: "partial[None]") -> bus.BusOwner:
    device = find(place.address)
    turns_s = {} if place.answer_ms is None else {place.slave: place.answer_ms / 1000}
    config = bus.BusConfig((one,), bytes_per_s=device.bytes_per_s or DEFAULT_BYTES_PER_S, turns_s=turns_s)
    return bus.BusOwner(device.open, config, on_event, "trial")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a display took its text.

    ``shown`` and ``refused`` are its own words, ``sent`` is all that can be known of one that never answers, ``gone``
    means that it should have answered and did not.
    """

    state: str
    what: str

    @property
    def is_good(self) -> bool:
        """Whether nothing speaks against it."""
        return self.state in {"shown", "sent"}


def show_text(place: Place, text: str, *, deadline_s: float) -> Shown:
    """Have a display show a text. Raises Problem, WrongAddress."""
    claimable(place.address)
    display = place.speech(has_keys=False)
    try:
        display.show(text)
    except ValueError as mistake:
        raise Problem(f"{text!r}: {mistake}") from mistake
    events: SimpleQueue[bus.BusEvent] = SimpleQueue()
    owner = _owner(place, display, partial(events.put))
    try:
        owner.show(place.slave, text)
        return _as_shown(events, owner, monotonic() + deadline_s)
    finally:
        owner.close()


def _as_shown(events: "SimpleQueue[bus.BusEvent]", owner: bus.BusOwner, until_s: float) -> Shown:
    while (left_s := until_s - monotonic()) > 0:
        try:
            event = events.get(timeout=left_s)
        except Empty:
            break
        match event:
            case bus.TextShown():
                return Shown("shown", "the display says that it shows the text; look whether all of it lights")
            case bus.TextRefused():
                return Shown("refused", "the display answers, but does not take the text: see its preset and its width")
            case bus.SlaveHealth(state="gone"):
                return Shown("gone", _SAID[event.reason or "silent"])
            case bus.WireHealth(is_open=False):
                return Shown("gone", event.what)
            case _:
                continue
    (tally,) = owner.tallies()
    if tally.asked == 0:
        return Shown("sent", "this display never answers, so only your eyes can tell: look at it")
    return Shown("gone", _SAID["silent"])
