"""What cannot be meant in the description of a frame (``declared.py``), each with its place and its mend. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from hardware.codecs.declared import Answer, Description, Frame, KeyAnswer, Part, Told, encode, filled, text_bytes
from presentation.mistakes import Path

Wrong = tuple[Path, str, str]
"""Place, what is wrong, how to mend it."""

_PLACES: Final = re.compile(r"\{(\w*)\}")
_FILLS: Final = {"poll": (), "acknowledge": ("sequence", "code"), "show": ("text",)}


def wrongs(description: Description) -> list[Wrong]:
    """Return all that is wrong; a description without a wrong can be spoken."""
    found = list(_parts(description.frame, "frame"))
    if description.answer_frame:
        found += _parts(description.answer_frame, "answer_frame")
    found += _purposes(description)
    found += _keypad(description)
    found += _display(description)
    # Frames are only tried when their parts are right.
    return found or list(_unsayable(description))


def _parts(parts: tuple[Part, ...], place: str) -> Iterable[Wrong]:
    names = list(dict.fromkeys(part.called for part in parts))
    for index, part in enumerate(parts):
        at: Path = (place, index)
        if part.part == "bytes" and not part.hex.strip():
            yield (*at, "hex"), "a part that is always the same says no bytes", 'write hex = "AA 55"'
        if part.part == "length" and not part.counts:
            yield (*at, "counts"), "a length counts nothing", 'name the parts it counts: counts = ["data"]'
        if part.part == "check":
            yield from _check(part, at)
        for key in ("counts", "over"):
            for name in getattr(part, key):
                if name not in names:
                    yield (*at, key), f"no part is called {name!r}", f"name one of: {', '.join(names)}"
    yield from _ends(parts, place)


def _check(part: Part, at: Path) -> Iterable[Wrong]:
    if part.check == "none":
        yield (*at, "check"), "a check has no kind", "write check = sum8, xor, lrc or crc16, or take the part out"
    if not part.over:
        yield (*at, "over"), "a check covers nothing", 'name the parts it covers: over = ["address", "data"]'
    if part.encoding not in {"binary", "hex"}:
        yield (*at, "encoding"), f"a check cannot be {part.encoding}", 'write "binary" or "hex"'
    if part.called in part.over:
        yield (*at, "over"), "a check cannot cover itself", f"take {part.called} out of over"


def _ends(parts: tuple[Part, ...], place: str) -> Iterable[Wrong]:
    """A frame must have an end that can be found, and something that noise has not."""
    if not parts:
        yield (place,), "a frame has no parts", f"write [[{place}]] before each part"
        return
    kinds = [part.part for part in parts]
    for kind in ("address", "command", "data"):
        if kinds.count(kind) > 1:
            again = kinds.index(kind, kinds.index(kind) + 1)
            yield (place, again), f"the frame has one {kind} already", "what is always the same is part bytes"
    open_data = next((index for index, part in enumerate(parts) if part.part == "data" and part.size is None), None)
    if open_data is not None and "length" not in kinds and parts[-1].part != "bytes":
        mend = "give data a size, or the frame a length or bytes at its end"
        yield (place, open_data), "nobody can tell where the data end", mend
    if "check" not in kinds and parts[0].part != "bytes":
        yield (place, 0), "any noise would be such a frame", "begin it with bytes, or add a check"


def _purposes(description: Description) -> Iterable[Wrong]:
    is_keypad, is_display = description.key is not None, description.show is not None
    if not is_keypad and not is_display:
        yield (), "the device neither tells keys nor shows a text", "add [key] and [keys], or [show] and [text]"
    if is_keypad and not description.keys:
        yield ("keys",), "no key has a name", 'write [keys] and a line such as 01 = "N" for each key'
    if description.keys and not is_keypad:
        yield ("keys",), "keys have names, but no frame tells them", "add [key]"
    if is_display and description.text is None:
        yield ("show",), "nothing says how a text is sent", "add [text]"
    for name, fills in _FILLS.items():
        told: Told | None = getattr(description, name)
        yield from _template(told, name, fills) if told is not None else ()


def _template(told: Told, place: str, fills: tuple[str, ...]) -> Iterable[Wrong]:
    for name in _PLACES.findall(told.data):
        if name not in fills:
            known = " and ".join(f"{{{fill}}}" for fill in fills) or "none"
            yield (place, "data"), f"{{{name}}} means nothing here", f"known here: {known}"
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2}|\{\w*\}|\s)*", told.data):
        yield (place, "data"), f"{told.data!r} is not hex", "write pairs of hex digits, and {…} where a value belongs"


def _codes(keys: Iterable[str]) -> Iterable[Wrong]:
    seen: set[bytes] = set()
    for written in keys:
        code = bytes.fromhex(written)
        if len(code) != 1:
            yield ("keys", written), f"{written!r} is not one byte", "a key is told by one byte: two hex digits"
        if code in seen:
            yield ("keys", written), f"the code {code.hex()} stands there twice", "give each key a code of its own"
        seen.add(code)


def _keypad(description: Description) -> Iterable[Wrong]:
    key, idle = description.key, description.idle
    yield from _codes(description.keys)
    if key is None:
        return
    if key.sequence_at == key.code_at:
        yield ("key", "sequence_at"), "the number stands where the code stands", "count the bytes of data from 0"
    if description.acknowledge and "{sequence}" in description.acknowledge.data and key.sequence_at is None:
        yield ("acknowledge", "data"), "{sequence} is unknown: presses have no number", "add sequence_at to [key]"
    if idle is not None and _same(idle, Answer(command=key.command)) and not idle.data:
        mend = "give [idle] its own command, or data to know it by"
        yield ("idle",), "a frame that tells a key cannot be told from one that tells none", mend
    if (idle is None) != (description.poll is None):
        mend = (
            "a keypad that is asked says when there is nothing: [poll] and [idle]; one that speaks by itself: neither"
        )
        yield ("poll" if idle is None else "idle",), "the one stands there without the other", mend
    yield from _echoes(description, key)
    data = next((part for part in description.answers if part.part == "data"), None)
    if data is None:
        yield ("answer_frame" if description.answer_frame else "frame",), "there are no data for the key", "add data"
    elif data.size is not None and max(key.code_at, key.sequence_at or 0) >= data.size:
        yield ("key",), f"the data have {data.size} bytes, counted from 0", "mend code_at and sequence_at"


def _echoes(description: Description, key: KeyAnswer) -> Iterable[Wrong]:
    """What the master says itself must not be a key where answers are built like questions: many adapters echo."""
    if description.answer_frame:
        return
    for name in ("poll", "acknowledge"):
        told: Told | None = getattr(description, name)
        if told is not None and _same(Answer(command=told.command), Answer(command=key.command)):
            what = f"[{name}] has the command of [key]: what is said to the keypad would be a key of it"
            yield (
                (name, "command"),
                what,
                "look up both in the maker's paper; add [[answer_frame]] if only these differ",
            )


def _same(one: Answer, other: Answer) -> bool:
    return bytes.fromhex(one.command) == bytes.fromhex(other.command)


def _display(description: Description) -> Iterable[Wrong]:
    text = description.text
    if text is None:
        return
    if description.show is not None and "{text}" not in description.show.data:
        yield (
            ("show", "data"),
            "the text has no place in the frame",
            'write data = "{text}", with what else belongs there',
        )
    if not set("0123456789") <= set(text.shows):
        yield ("text", "shows"), "a digit is missing: numbers could not be shown", "add all of 0123456789"
    if any(not " " <= mark <= "~" for mark in text.shows):
        yield ("text", "shows"), "holds what is no ASCII", "such displays have no Vietnamese letters"
    if not set(text.otherwise) <= set(text.shows):
        yield ("text", "otherwise"), "holds what the display cannot show", "use characters of shows only"
    if text.encoding in {"bcd", "number", "number_little"} and not text.shows.isdecimal():
        yield ("text", "shows"), f"{text.encoding} holds digits only", 'write shows = "0123456789"'
    if text.encoding == "bcd" and text.pad not in {"0", " "}:
        yield ("text", "pad"), "bcd is filled up with zeros", 'write pad = "0"'
    if text.encoding.startswith("number") and 10**text.columns > 256**text.bytes:
        yield ("text", "bytes"), f"{text.columns} digits find no room in {text.bytes} bytes", "write more bytes"


def _unsayable(description: Description) -> Iterable[Wrong]:
    """Say every frame once, to see that its command and data fit its parts."""
    text = description.text
    shown = text_bytes(text, "0" * text.columns) if text is not None else b""
    for place in _FILLS:
        told: Told | None = getattr(description, place)
        if told is None:
            continue
        try:
            data = filled(told.data, sequence=b"\0", code=b"\0", text=shown)
            encode(description.frame, Frame(1, bytes.fromhex(told.command), data))
        except ValueError as error:
            yield (place,), str(error), "make it as long as the frame's part says"
    for place in ("idle", "key", "shown"):
        answer = getattr(description, place)
        size = next((part.bytes_of for part in description.answers if part.part == "command"), 0)
        if answer is not None and answer.command and len(bytes.fromhex(answer.command)) != size:
            what = f"{answer.command!r} is not {size} bytes long"
            yield (place, "command"), what, "make it as long as the part command"
