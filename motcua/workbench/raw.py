"""What an unknown keypad really sends, and which lines of a file of settings follow from it.

Listening asks nothing by itself: bytes sent to find out what a device is may move something. Who knows the maker's
question gives it. The hints are pure; they say what fits all that came, and never more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise, product
from time import monotonic
from typing import Final, NamedTuple

from hardware.agent.usb_keypads import KEYS_OF_KIND
from hardware.codecs.checks import CHECKS
from hardware.codecs.input_event import EV_KEY, EV_SYN, PRESSED, EventDecoder, InputEvent
from hardware.links import LinkGone, LinkStalled
from hardware.registry import find
from motcua.commands import Problem
from motcua.workbench.printing import claimable
from motcua.workbench.wires import KEY_NAMES
from presentation.texts import Words

GAP_S: Final = 0.03
"""A silence that ends a frame: longer than an adapter holds bytes back (16 ms), shorter than between two answers."""

FRAME_MOST: Final = 256
FRAMES_KEPT: Final = 1000
WRITE_S: Final = 1.0
WAIT_MOST_S: Final = 60.0
STRONGEST_FIRST: Final = ("crc16", "sum8", "xor", "lrc")
TAIL_MOST: Final = 4
GAP_MOST: Final = 2
"""Looked for behind a check: CR, LF and the like; between data and check: the end mark of the data (ETX)."""


class Frame(NamedTuple):
    """Bytes that came without a pause."""

    at: datetime
    data: bytes


class Event(NamedTuple):
    """A record of the kernel's input device."""

    at: datetime
    event: InputEvent

    @property
    def key(self) -> str:
        """The kernel's name of the key; its number where it has none here; empty for what is no key."""
        return KEY_NAMES.get(self.event.code, f"code {self.event.code}") if self.event.kind == EV_KEY else ""

    @property
    def is_press(self) -> bool:
        """Whether a key went down."""
        return self.event.kind == EV_KEY and self.event.value == PRESSED


def listen(address: str, *, seconds: float, question: bytes = b"", every_s: float = 0.2) -> Iterator[Frame | Event]:
    """Tell all that comes, asking ``question`` again and again where one is given. Raises Problem, WrongAddress."""
    claimable(address)
    device = find(address)
    try:
        link = device.open()
    except LinkGone as gone:
        raise Problem(str(gone)) from gone
    if device.gives_events:
        question = b""  # Nobody can ask a keyboard.
    records = EventDecoder()
    until_s, ask_s, held = monotonic() + seconds, monotonic(), b""
    try:
        while (now_s := monotonic()) < until_s:
            if question and not held and now_s >= ask_s:
                link.write(question, WRITE_S)
                ask_s = now_s + every_s
            due_s = min(until_s, ask_s) if question else until_s
            data = link.read(GAP_S if held else max(0.0, min(due_s - now_s, WAIT_MOST_S)))
            at = datetime.now(UTC)  # noqa: TID251 -- people compare it with what their finger just did.
            if device.gives_events:
                yield from (Event(at, one) for one in records.feed(data) if one.kind != EV_SYN)
                continue
            held += data
            if held and (not data or len(held) >= FRAME_MOST):
                # An adapter may hear its own question.
                frame, held = held.removeprefix(question), b""
                if frame:
                    yield Frame(at, frame)
    except (LinkGone, LinkStalled) as gone:
        raise Problem(str(gone)) from gone
    finally:
        link.close()


# --- Hints, pure ------------------------------------------------------------------------------------------------------


def usb_hint(names: Sequence[str], address: str, kind: str, words: Words) -> list[str]:
    """Write the lines of `agent.toml` that give the keys pressed a character; known ones keep theirs."""
    usual = KEYS_OF_KIND[kind]
    named = [name for name in dict.fromkeys(names) if name.startswith("KEY_")]
    table = ", ".join(f'{name} = "{usual.get(name, "?")}"' for name in named)
    said = words("workbench.hint.usb")
    head = f'[[usb_keypads]]   # {said}\nfunction_id = "{kind.replace("_", "-")}-1"\naddress = "{address}"'
    return [*head.split("\n"), f"keys = {{ {table} }}"]


class Closing(NamedTuple):
    """How frames end: ``gap`` constant bytes that no check covers, the check (as hex digits or not), the tail.

    The check covers all from byte ``over_from`` to the gap.
    """

    check: str = "none"
    is_hex: bool = False
    over_from: int = 0
    gap: int = 0
    tail: int = 0

    @property
    def size(self) -> int:
        """How many bytes the check has."""
        return CHECKS[self.check][0] * (1 + self.is_hex)

    def fits(self, frame: bytes) -> bool:
        """Tell whether the check of a frame is right."""
        at = len(frame) - self.tail - self.size
        wanted = CHECKS[self.check][1](frame[self.over_from : at - self.gap])
        said = frame[at : at + self.size]
        return said.upper() == wanted.hex().upper().encode("ascii") if self.is_hex else said == wanted


class Shape(NamedTuple):
    """What all frames of one length have in common.

    ``head`` are the bytes before the first that changes, then come ``size`` bytes of data, then the closing. ``end``
    are the bytes of its gap, ``tail`` those behind the check. ``varying`` are the places in the data that change,
    ``code`` the one that goes with the key, ``counter`` the one that rises by one with each frame. ``also`` are other
    checks that fit as well.
    """

    head: bytes
    size: int
    end: bytes
    closing: Closing
    tail: bytes
    varying: tuple[int, ...]
    code: int
    counter: int | None
    also: tuple[str, ...] = ()


def shape_of(frames: Sequence[bytes]) -> Shape | None:
    """Find what the frames have in common; None when fewer than two differ. They are of one length, as they came."""
    distinct = list(dict.fromkeys(frames))
    if distinct[1:] == []:
        return None
    changing = [place for place, values in enumerate(zip(*distinct, strict=True)) if len(set(values)) > 1]
    same, constant = changing[0], len(distinct[0]) - 1 - changing[-1]
    found = list(_closings(distinct, same, constant))
    closing = found[0] if found else Closing(tail=constant)
    check_at = len(distinct[0]) - closing.tail - closing.size
    end = check_at - closing.gap
    varying = tuple(place for place in changing if place < end)
    counters = [place for place in varying if _counts_up([frame[place] for frame in distinct])]
    codes = [place for place in varying if place not in counters] or [varying[-1]]
    # Of what is not understood the last is rather a check than a key.
    code = codes[-1] if found else codes[0]
    counter = next((place for place in counters if place != code), None)
    one = distinct[0]
    tail = one[len(one) - closing.tail :]
    also = tuple(sorted({other.check for other in found} - {closing.check}))
    return Shape(one[:same], end - same, one[end:check_at], closing, tail, varying, code, counter, also)


def _closings(frames: Sequence[bytes], same: int, constant: int) -> Iterator[Closing]:
    """Find the checks that are right in all frames, the most telling first.

    ``same`` bytes at the front and ``constant`` at the back never change. Hex digits tell more than a byte does.
    """
    size = len(frames[0])
    for name in STRONGEST_FIRST:
        for is_hex in (True, False):
            for tail in range(min(constant, TAIL_MOST), -1, -1):
                for gap, start in product(range(GAP_MOST + 1), range(same + 1)):
                    closing = Closing(name, is_hex, start, gap, tail)
                    check_at = size - tail - closing.size
                    if check_at - gap <= same or len({one[check_at - gap : check_at] for one in frames}) > 1:
                        continue
                    if all(closing.fits(one) for one in frames):
                        yield closing


def _counts_up(values: Sequence[int]) -> bool:
    return all((after - before) % 256 == 1 for before, after in pairwise(values))


def declared_hint(frames: Sequence[bytes], words: Words, *, repeats: bool = False) -> list[str]:
    """Write the lines of a declared keypad's file that fit the frames: those of the length with the most kinds.

    They are a guess, and say so, with all that they leave unexplained. ``repeats``: it said the same again unasked.
    """
    by_length: dict[int, list[bytes]] = {}
    for frame in frames:
        by_length.setdefault(len(frame), []).append(frame)
    longest = max(by_length.values(), key=lambda some: len(set(some)), default=[])
    shape = shape_of(longest)
    waits = [f"# {words('workbench.hint.repeats')}"] if repeats else []
    if shape is None:
        return [f"# {words('workbench.hint.few')}", *waits]
    others = [frame for frame in frames if len(frame) != len(longest[0])]
    codes = dict.fromkeys(frame[shape.code] for frame in longest)
    return [
        f"# {words('workbench.hint.guess', count=len(set(longest)))}",
        *waits,
        *(f"# {line}" for line in _not_understood(shape, others, words)),
        f"# {words('workbench.hint.copy')}",
        *_frame_lines(shape, words),
        "",
        "[key]",
        f"code_at = {shape.code - len(shape.head)}",
        *([] if shape.counter is None else [f"sequence_at = {shape.counter - len(shape.head)}"]),
        "",
        f"[keys]   # {words('workbench.hint.code', place=shape.code + 1)}",
        *(f'{code:02X} = "?"' for code in codes),
    ]


def _not_understood(shape: Shape, others: Sequence[bytes], words: Words) -> Iterator[str]:
    """Name what the lines leave unexplained: no check, more than one, places that change, frames of other lengths."""
    if shape.closing.check == "none":
        yield words("workbench.hint.check_unknown")
    if shape.also:
        yield words("workbench.hint.check_also", checks=", ".join(shape.also))
    if unclear := [place for place in shape.varying if place not in {shape.code, shape.counter}]:
        yield words("workbench.hint.varying", places=", ".join(str(place + 1) for place in unclear))
    if others:
        yield words("workbench.hint.others", count=len(others), frame=hex_of(others[0]))


def _frame_lines(shape: Shape, words: Words) -> list[str]:
    closing = shape.closing
    at = closing.over_from if closing.check != "none" else len(shape.head)
    outside, inside = shape.head[:at], shape.head[at:]
    lines = [*_bytes_lines("start", outside, words), *_bytes_lines("head", inside, words)]
    lines += ["[[frame]]", 'part = "data"', f"size = {shape.size}", "", *_bytes_lines("end", shape.end, words)]
    if closing.check != "none":
        over = ", ".join(f'"{name}"' for name in (*(["head"] if inside else []), "data"))
        lines += ["[[frame]]", 'part = "check"', f'check = "{closing.check}"   # {words("workbench.hint.check")}',
                  *(['encoding = "hex"'] if closing.is_hex else []), f"over = [{over}]", ""]  # fmt: skip
    return [*lines, *_bytes_lines("tail", shape.tail, words)][:-1]


def _bytes_lines(name: str, part: bytes, words: Words) -> list[str]:
    said = words("workbench.hint.fixed")
    lines = ["[[frame]]", 'part = "bytes"', f'name = "{name}"', f'hex = "{hex_of(part)}"   # {said}', ""]
    return lines if part else []


def hex_of(data: bytes) -> str:
    """Write bytes as makers' sheets do: `AA 55 05`."""
    return data.hex(" ").upper()


def question_of(text: str) -> bytes:
    """Read the bytes of a question, given as hex. Raises Problem."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Problem(f"--send {text!r} is no hex: {error}; write it as 'AA 55 05 01 00 06'") from error


def usb_keys_of(given: Sequence[str]) -> Mapping[str, str]:
    """Read `KEY_F1=N` and its kind. Raises Problem."""
    wrong = [one for one in given if "=" not in one]
    if wrong:
        raise Problem(f"--key {wrong[0]!r}: write the kernel's name and a character, as KEY_F1=N")
    return {name: key for name, _, key in (one.partition("=") for one in given)}
