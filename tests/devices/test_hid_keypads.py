"""USB keypads: records of the kernel in, keys out."""

import re
import struct
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.hid_keypad import CALL_KEYS, RATING_KEYS, HidKeypad, UnknownKey, key_table
from hardware.codecs.input_event import (
    EV_KEY,
    EV_SYN,
    KEY_CODES,
    RECORD_BYTES,
    SYN_DROPPED,
    EventDecoder,
    InputEvent,
    KeyChange,
    KeyDecoder,
    encode_event,
    key_records,
)
from hardware.keypad import DEFAULT_KEYS as CALL_MEANINGS

HEADER = Path("/usr/include/linux/input-event-codes.h")
DIGITS_OFF = ("INSERT", "END", "DOWN", "PAGEDOWN", "LEFT", "KP5", "RIGHT", "HOME", "UP", "PAGEUP")


def pressed(*names: str, apart_s: float = 0.2) -> bytes:
    records = b""
    for place, name in enumerate(names):
        at_s = 100 + place * apart_s
        records += key_records(KEY_CODES[f"KEY_{name}"], at_s, pressed=True)
        records += key_records(KEY_CODES[f"KEY_{name}"], at_s + 0.05, pressed=False)
    return records


def call_keys(data: bytes) -> str:
    return "".join(HidKeypad(key_table(CALL_KEYS)).feed(data))


def test_a_record_is_what_the_kernel_writes() -> None:
    # struct input_event of linux/input.h: struct timeval of two longs, then __u16 type, __u16 code, __s32 value.
    kernel = struct.pack("@llHHi", 1_700_000_000, 250_000, EV_KEY, KEY_CODES["KEY_KPENTER"], 1)
    assert len(kernel) == RECORD_BYTES == 24
    assert EventDecoder().feed(kernel) == [InputEvent(1_700_000_000.25, 1, 96, 1)]
    assert encode_event(InputEvent(1_700_000_000.25, 1, 96, 1)) == kernel


def test_the_codes_are_those_of_the_kernels_header() -> None:
    if not HEADER.exists():
        pytest.skip(f"{HEADER} is not here: it comes with linux-libc-dev")
    defined = re.findall(r"^#define (KEY_\w+)\s+(\d+)\b", HEADER.read_text(encoding="utf-8"), re.MULTILINE)
    kernels = {name: int(code) for name, code in defined}
    assert {name: kernels[name] for name in KEY_CODES} == KEY_CODES


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("KPENTER",), "N"),
        (("KPPLUS", "KPASTERISK", "KPMINUS", "KPSLASH", "TAB"), "RSEXP"),
        (("KP0", "KP4", "KP2", "KPDOT"), "042C"),
        (("BACKSPACE", "ENTER"), "BN"),
        (("NUMLOCK", "KP7", "NUMLOCK"), "7"),
        (DIGITS_OFF, "0123456789"),
        (("Q", "F1", "LEFTSHIFT"), ""),
    ],
)
def test_a_numeric_keypad_calls(names: tuple[str, ...], keys: str) -> None:
    assert call_keys(pressed(*names)) == keys


def test_every_action_of_a_call_keypad_has_a_key() -> None:
    assert set(CALL_MEANINGS) | set("0123456789") == set(CALL_KEYS.values())


def test_a_rating_keypad_has_five_keys_however_they_are_sent() -> None:
    keypad = HidKeypad(key_table(RATING_KEYS))
    assert "".join(keypad.feed(pressed("1", "KP2", "PAGEDOWN", "KP4", "5"))) == "12345"
    assert keypad.feed(pressed("6", "KP0", "ENTER", "KPPLUS")) == []


def test_a_key_held_down_is_one_press() -> None:
    down = key_records(96, 100, pressed=True)
    repeats = b"".join(encode_event(InputEvent(100.25 + place / 30, EV_KEY, 96, 2)) for place in range(40))
    assert call_keys(down + repeats + key_records(96, 102, pressed=False)) == "N"


@pytest.mark.parametrize(
    ("contact", "keys"),
    [
        ([(0, 1), (3, 0), (5, 1), (120, 0)], "N"),
        ([(0, 1), (100, 0), (102, 1), (104, 0)], "N"),
        ([(0, 1), (2, 0), (4, 1), (6, 0), (8, 1), (100, 0), (300, 1), (400, 0)], "NN"),
        ([(0, 1), (60, 0), (120, 1), (180, 0)], "NN"),
        ([(0, 1), (400, 1), (450, 0)], "NN"),
    ],
)
def test_a_worn_contact_is_one_press_and_a_fast_finger_two(contact: list[tuple[int, int]], keys: str) -> None:
    records = [key_records(96, 100 + at_ms / 1000, pressed=bool(down)) for at_ms, down in contact]
    assert call_keys(b"".join(records)) == keys


def test_after_a_loss_the_rest_of_that_report_is_stale() -> None:
    keypad = HidKeypad(key_table(CALL_KEYS))
    lost = encode_event(InputEvent(100.0, EV_SYN, SYN_DROPPED, 0))
    assert keypad.feed(key_records(96, 99.9, pressed=True) + lost + key_records(78, 100.1, pressed=True)) == ["N"]
    assert keypad.lost == 1
    assert keypad.feed(pressed("KPENTER")) == ["N"], "the key that was held when events were lost counts as released"


def test_a_keypad_that_was_away_begins_anew() -> None:
    keypad = HidKeypad(key_table(CALL_KEYS))
    assert keypad.feed(key_records(96, 100, pressed=True) + b"\x01\x02\x03") == ["N"]
    keypad.reset()
    assert keypad.feed(key_records(96, 100.01, pressed=True)) == ["N"]


def test_another_makers_keys_are_configuration() -> None:
    assert HidKeypad(key_table({"KEY_F1": "N"})).feed(pressed("F1", "KPENTER")) == ["N"]
    with pytest.raises(UnknownKey, match=r"KEY_NEXT.*KEY_KPENTER"):
        key_table({"KEY_NEXT": "N"})
    with pytest.raises(ValueError, match="one visible ASCII character"):
        key_table({"KEY_F1": "next"})


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_any_bytes_are_changes_of_keys_and_pieces_do_not_matter(pieces: list[bytes]) -> None:
    whole, apart = KeyDecoder(), KeyDecoder()
    changes = whole.feed(b"".join(pieces))
    assert [change for piece in pieces for change in apart.feed(piece)] == changes


@given(st.lists(st.tuples(st.sampled_from([96, 78, 82]), st.sampled_from([0, 1, 2]), st.floats(0, 0.2)), max_size=40))
def test_every_press_told_went_down_and_repeats_never_count(events: list[tuple[int, int, float]]) -> None:
    decoder, at_s, records = KeyDecoder(0.03), 0.0, b""
    for code, value, wait_s in events:
        at_s += wait_s
        records += encode_event(InputEvent(at_s, EV_KEY, code, value))
    told = [change for change in decoder.feed(records) if isinstance(change, KeyChange) and change.pressed]
    assert len(told) <= sum(value == 1 for _, value, _ in events)
    for code in {code for code, _, _ in events}:
        times = [change.at_s for change in told if change.code == code]
        assert all(later - earlier >= 0.029 for earlier, later in pairwise(times))
