"""Try one keypad or display by its own driver: each key as it is pressed, a text as it is shown.

Nothing here is a sentence. What a device does is told as a word below `workbench` of the texts, with what the driver
itself says of it beside.
"""

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from hardware import bus
from hardware.agent.settings import FunctionSettings
from hardware.agent.usb_keypads import KEYS_OF_KIND
from hardware.codecs.hid_keypad import BOUNCE_S, key_table
from hardware.codecs.input_event import KEY_CODES, KeyChange, KeyDecoder
from hardware.inputs import InputOwner, SourceHealth
from hardware.registry import find
from hardware.speeches import is_mute, speech
from motcua.commands import Problem
from motcua.workbench.printing import claimable
from presentation.mistakes import Mistakes

DEFAULT_BYTES_PER_S: Final = 11_520.0
"""Of a wire behind a network adapter, whose baud the adapter knows alone (115,200)."""


KEY_NAMES: Final[Mapping[int, str]] = {code: name for name, code in KEY_CODES.items()}
SILENT_KEYS: Final = frozenset({"KEY_NUMLOCK"})
"""Some keypads wrap every key into presses of NumLock; it means nothing, and is no key that somebody pressed."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, told once. ``number`` is the keypad's own count of its presses, None where it has none.

    A key that has no character is told by the name that the kernel gives it, or by the code that its keypad sends.
    """

    key: str
    number: int | None = None
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """The device answers, or does so no more: ``word`` says how, ``detail`` is what its driver said."""

    present: bool
    word: str
    detail: str = ""


News = Pressed | Changed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bare device hangs: the wire's address, the slave, its language.

    Of a keypad at USB, ``kind`` says what its keys send, and ``usb_keys`` what single ones send instead.
    """

    address: str
    slave: int = 1
    protocol: str = "reference"
    preset: str = ""
    file: str = ""
    kind: str = "call_keypad"
    usb_keys: Mapping[str, str] = field(default_factory=dict)
    answer_ms: int | None = None

    def key_table(self) -> dict[int, str]:
        """Give what the keys of a keypad at USB send, by their codes. Raises Problem."""
        try:
            return key_table({**KEYS_OF_KIND[self.kind], **self.usb_keys})
        except ValueError as mistake:
            raise Problem(f"{self.address}: {mistake}") from mistake

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
    with opened(place) as news:
        until_s = monotonic() + seconds
        while (left_s := min(until_s - monotonic(), patience_s)) > 0:
            try:
                told = news.get(timeout=None if left_s == math.inf else left_s)
            except Empty:
                return
            if told is not None:
                yield told


@contextmanager
def opened(place: Place, *, has_keys: bool = True, shows: str = "") -> Iterator["SimpleQueue[News | None]"]:
    """Own a keypad or display while the context lasts, and put what it does on a queue. Raises Problem, WrongAddress.

    None is put for what is nobody's news. A display is told to show ``shows``, so that it has something to answer to.
    """
    news: SimpleQueue[News | None] = SimpleQueue()
    claimable(place.address)
    device = find(place.address)
    if device.gives_events:
        keypad = InputOwner(device.open, NamedKeys(place.key_table()), partial(_put_input, news), "key-test")
        try:
            yield news
        finally:
            keypad.close()
        return
    owner = _owner(place, place.speech(has_keys=has_keys), partial(_put, news))
    try:
        if not has_keys:
            owner.show(place.slave, shows)
        yield news
    finally:
        owner.close()


def never_answers(place: Place) -> bool:
    """Tell whether this is a display of which nobody can know whether it is there. Raises Problem."""
    return is_mute(place.speech(has_keys=False))


class NamedKeys:
    """A USB keypad's language for a technician: as the hall's own, and keys without a character by their names."""

    def __init__(self, table: Mapping[int, str]) -> None:
        self._table = dict(table)
        self._keys = KeyDecoder(BOUNCE_S)

    def feed(self, data: bytes, now_s: float) -> list[str]:  # noqa: ARG002 -- a key has its time with it.
        """Take bytes and give the character or the name of each key pressed."""
        pressed = [one.code for one in self._keys.feed(data) if isinstance(one, KeyChange) and one.pressed]
        told = [self._table.get(code) or KEY_NAMES.get(code, f"code {code}") for code in pressed]
        return [one for one in told if one not in SILENT_KEYS]

    def let_time_pass(self, now_s: float) -> list[str]:  # noqa: ARG002 -- time alone presses no key.
        """Give nothing."""
        return []

    def due_s(self) -> float | None:
        """Give None."""
        return None

    def reset(self) -> None:
        """Let no key count as held."""
        self._keys.reset()


def _put(news: "SimpleQueue[News | None]", event: bus.BusEvent) -> None:
    news.put(_of_bus(event))


def _put_input(news: "SimpleQueue[News | None]", event: "str | SourceHealth") -> None:
    if isinstance(event, SourceHealth):
        news.put(Changed(event.is_open, "open" if event.is_open else "away", event.what))
    else:
        news.put(Pressed(event))


def _of_bus(event: bus.BusEvent) -> News | None:
    match event:
        case bus.KeyPressed():
            return Pressed(event.key, event.number)
        case bus.KeyUnnamed():
            return Pressed(f"code {event.code:02X}", is_named=False)
        case bus.SlaveHealth():
            return Changed(event.present, event.reason or event.state)
        case bus.WireHealth(is_open=False):
            return Changed(present=False, word="away", detail=event.what)
        case bus.WireNoise(babbling=True):
            return Changed(present=False, word="babbling")
        case _:
            return None


def _owner(place: Place, one: bus.Speech, on_event: Callable[[bus.BusEvent], None]) -> bus.BusOwner:
    device = find(place.address)
    turns_s = {} if place.answer_ms is None else {place.slave: place.answer_ms / 1000}
    config = bus.BusConfig((one,), bytes_per_s=device.bytes_per_s or DEFAULT_BYTES_PER_S, turns_s=turns_s)
    return bus.BusOwner(device.open, config, on_event, "trial")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a display took its text: ``state`` is a word of `workbench.display`.

    ``shown`` and ``refused`` are its own words, ``sent`` is all that can be known of one that never answers, ``gone``
    means that it should have answered and did not: ``word`` of `workbench.wire` says how it is silent.
    """

    state: str
    word: str = ""
    detail: str = ""

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
                return Shown("shown")
            case bus.TextRefused():
                return Shown("refused")
            case bus.SlaveHealth(state="gone"):
                return Shown("gone", event.reason or "silent")
            case bus.WireHealth(is_open=False):
                return Shown("gone", "away", event.what)
            case _:
                continue
    (tally,) = owner.tallies()
    return Shown("sent") if tally.asked == 0 else Shown("gone", "silent")
