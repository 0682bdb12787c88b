"""Tactile keypads for who does not see the screen: which key of the kernel means which step. Pure.

Such a keypad is a USB keyboard with few keys that fingers can tell apart, most with a socket for a headset that tells
by two more keys whether something is plugged in. What each of its keys sends is set at the device, so the meanings are
a file in `config/devices/tactile/`. A key that is held down counts once (EN 301 549 5.7), and one that
follows itself within the time of a trembling hand not at all; how long that is the file says (5.8).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

import msgspec

from hardware.codecs.input_event import KEY_CODES, EventsLost, KeyChange, KeyDecoder
from hardware.codecs.provenance import Status

TactileKey = Literal[
    "next", "previous", "select", "repeat", "back", "help", "volume", "louder", "quieter", "plugged", "unplugged"
]
"""What a key may mean; the last two are the socket's."""

Felt = Literal[
    "arrow_up", "arrow_down", "arrow_left", "arrow_right", "middle", "question", "speaker", "plus", "minus", ""
]
"""How a key feels, so that the introduction can tell which is which; empty for what no finger presses."""

NEEDED: Final[tuple[TactileKey, ...]] = ("next", "previous", "select")
JACK: Final[frozenset[TactileKey]] = frozenset({"plugged", "unplugged"})
DOUBLE_STRIKE_MS: Final = 150
"""A key pressed anew so soon was pressed once by a hand that trembles; who goes through a list on purpose is slower."""

DOUBLE_STRIKE_MOST_MS: Final = 1000
"""EN 301 549 5.8 asks for at least 500; above this, who goes through a list on purpose would be held up."""


class KeyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key, by the kernel's name."""

    key: str
    does: TactileKey
    felt: Felt = ""


class TactileMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of keypad."""

    kind: Literal["tactile_keypad"]
    name: str
    source: str
    status: Status
    keys: tuple[KeyEntry, ...]
    double_strike_ms: Annotated[int, msgspec.Meta(ge=0, le=DOUBLE_STRIKE_MOST_MS)] = DOUBLE_STRIKE_MS
    """A key that follows itself sooner than this after its last press is not meant; 0 takes every press."""

    @property
    def table(self) -> dict[int, TactileKey]:
        """The meanings by the kernel's codes."""
        return {KEY_CODES[one.key]: one.does for one in self.keys}

    @property
    def tells_of_headset(self) -> bool:
        """Whether it tells when a headset is plugged in and out."""
        return any(one.does in JACK for one in self.keys)

    @property
    def guide(self) -> tuple[tuple[str, str], ...]:
        """How each key feels and what it does, in the order of the file; a meaning with two keys is told once."""
        felt: dict[str, str] = {}
        for one in self.keys:
            if one.felt and one.does not in felt.values():
                felt.setdefault(one.felt, one.does)
        return tuple(felt.items())


def wrongs(device: TactileMap) -> Iterable[tuple[tuple[str | int, ...], str, str]]:
    """Tell what is wrong with a keypad that the types let pass: the place, what it is, and its mend."""
    for place, one in enumerate(device.keys):
        if one.key not in KEY_CODES:
            yield ("keys", place, "key"), f"there is no key {one.key!r}", "write the kernel's name, such as KEY_UP"
    twice = [name for name, count in Counter(one.key for one in device.keys).items() if count > 1]
    for name in twice:
        yield ("keys",), f"{name} has two meanings", "give each key one"
    has = {one.does for one in device.keys}
    for meaning in NEEDED:
        if meaning not in has:
            yield ("keys",), f"no key means {meaning!r}", "without it nobody gets to a number; give it a key"
    if len(JACK & has) == 1:
        (missing,) = JACK - has
        yield ("keys",), f"no key means {missing!r}, but one means the opposite", "name both events of the socket"


class TactileSource:
    """One keypad: bytes of its device node in, the meanings of its keys out. A `hardware.inputs.Source`."""

    def __init__(self, device: TactileMap) -> None:
        self._table = device.table
        self._double_strike_s = device.double_strike_ms / 1000
        self._keys = KeyDecoder()
        self._pressed_s: dict[int, float] = {}

    def feed(self, data: bytes, now_s: float) -> list[TactileKey]:  # noqa: ARG002 -- a key has its time with it.
        """Take bytes and give a meaning for each press."""
        return list(self._meant(self._keys.feed(data)))

    def _meant(self, changes: Iterable[KeyChange | EventsLost]) -> Iterator[TactileKey]:
        for change in changes:
            if not isinstance(change, KeyChange) or not change.pressed or change.code not in self._table:
                continue  # After a loss whoever pressed presses again: they heard no answer.
            before_s = self._pressed_s.get(change.code)
            self._pressed_s[change.code] = change.at_s
            meaning = self._table[change.code]
            if meaning in JACK or before_s is None or not 0 <= change.at_s - before_s < self._double_strike_s:
                yield meaning

    def let_time_pass(self, now_s: float) -> list[TactileKey]:  # noqa: ARG002 -- time alone presses no key.
        """Give nothing."""
        return []

    def due_s(self) -> float | None:
        """Give None."""
        return None

    def reset(self) -> None:
        """Begin anew after the keypad was away: no key counts as held."""
        self._keys.reset()
        self._pressed_s.clear()
