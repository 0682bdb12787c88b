"""What an unknown keypad really sends, and which lines of a file of settings follow from it.

Listening asks nothing by itself: bytes sent to find out what a device is may move something. Who knows the maker's
question gives it. The hints are pure; they say what fits all that came, and never more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
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


class Shape(NamedTuple):
    """What all frames of one length have in common.

    ``head`` are the bytes before the first that changes, then come ``size`` bytes of data, then a ``check`` over all
    from byte ``over_from`` on. ``varying`` are the places in the data that change, ``code`` the one that goes with the
    key, ``counter`` the one that rises by one with each frame.
    """

    head: bytes
    check: str
    over_from: int
    varying: tuple[int, ...]
    code: int
    counter: int | None
    size: int


def shape_of(frames: Sequence[bytes]) -> Shape | None:
    """Find what the frames have in common; None when fewer than two differ. They are of one length, as they came."""
    distinct = list(dict.fromkeys(frames))
    if distinct[1:] == []:
        return None
    size = len(distinct[0])
    same = next(place for place in range(size) if len({frame[place] for frame in distinct}) > 1)
    check, over_from = _check_of(distinct, same)
    end = size - CHECKS[check][0]
    varying = tuple(place for place in range(same, end) if len({frame[place] for frame in distinct}) > 1)
    if not varying:
        return None
    counters = [place for place in varying if _counts_up([frame[place] for frame in distinct])]
    codes = [place for place in varying if place not in counters] or [varying[-1]]
    counter = next((place for place in counters if place != codes[-1]), None)
    return Shape(distinct[0][:same], check, over_from, varying, codes[-1], counter, end - same)


def _check_of(frames: Sequence[bytes], same: int) -> tuple[str, int]:
    for start in range(same + 1):
        for name in STRONGEST_FIRST:
            size, of = CHECKS[name]
            if all(len(one) > start + size and of(one[start:-size]) == one[-size:] for one in frames):
                return name, start
    return "none", 0


def _counts_up(values: Sequence[int]) -> bool:
    return all((after - before) % 256 == 1 for before, after in pairwise(values))


def declared_hint(frames: Sequence[bytes], words: Words) -> list[str]:
    """Write the lines of a declared keypad's file that fit the frames: those of the length with the most kinds."""
    by_length: dict[int, list[bytes]] = {}
    for frame in frames:
        by_length.setdefault(len(frame), []).append(frame)
    longest = max(by_length.values(), key=lambda some: len(set(some)), default=[])
    shape = shape_of(longest)
    if shape is None:
        return [f"# {words('workbench.hint.few')}"]
    return [
        f"# {words('workbench.hint.copy')}",
        *_frame_lines(shape, words),
        "",
        "[key]",
        f"code_at = {shape.code - len(shape.head)}",
        *([] if shape.counter is None else [f"sequence_at = {shape.counter - len(shape.head)}"]),
        *(
            [f"# {words('workbench.hint.varying', places=', '.join(str(place + 1) for place in shape.varying))}"]
            if len(shape.varying) > 1
            else []
        ),
        "",
        f"[keys]   # {words('workbench.hint.code', place=shape.code + 1)}",
        *(f'{code:02X} = "?"' for code in dict.fromkeys(frame[shape.code] for frame in longest)),
    ]


def _frame_lines(shape: Shape, words: Words) -> list[str]:
    lines: list[str] = []
    outside, inside = shape.head[: shape.over_from], shape.head[shape.over_from :]
    if shape.check == "none":
        outside, inside = shape.head, b""
    for name, part in (("start", outside), ("head", inside)):
        if part:
            said = words("workbench.hint.fixed")
            lines += ["[[frame]]", 'part = "bytes"', f'name = "{name}"', f'hex = "{hex_of(part)}"   # {said}', ""]
    lines += ["[[frame]]", 'part = "data"', f"size = {shape.size}", ""]
    if shape.check == "none":
        return [*lines, f"# {words('workbench.hint.check_unknown')}"]
    over = ", ".join(f'"{name}"' for name in (*(["head"] if inside else []), "data"))
    return [*lines, "[[frame]]", 'part = "check"', f'check = "{shape.check}"   # {words("workbench.hint.check")}',
            f"over = [{over}]"]  # fmt: skip


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
