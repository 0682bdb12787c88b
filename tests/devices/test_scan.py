"""Where a scan begins and ends, as bytes and as keys."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import registry
from hardware.codecs.hid_text import HidText, keys_of
from hardware.codecs.input_event import EV_SYN, KEY_CODES, SYN_DROPPED, InputEvent, encode_event, key_records
from hardware.codecs.scan import Dropped, DropReason, ScanDecoder, ScanEvent, Scanned, ScanSettings
from hardware.inputs import TypedScans, scans_of
from tests.support.cards import CARD


def told(events: list[ScanEvent]) -> list[str]:
    """Give texts and reasons, in a form that a test can compare."""
    return [one.text.reveal() if isinstance(one, Scanned) else f"!{one.reason}:{one.length_bytes}" for one in events]


def fed(decoder: ScanDecoder, *pieces: tuple[float, bytes]) -> list[str]:
    events = [event for now_s, data in pieces for event in decoder.feed(data, now_s)]
    return told(events)


@pytest.mark.parametrize(
    ("pieces", "scans"),
    [
        ([(0.0, b"H001\r")], ["H001"]),
        ([(0.0, b"H001\r\n")], ["H001"]),
        ([(0.0, b"H0"), (0.1, b"01\rH002\r")], ["H001", "H002"]),
        ([(0.0, b"H0"), (0.7, b"H001\r")], ["!unfinished:2", "H001"]),
        ([(0.0, b"H0"), (0.3, b"01\r")], ["!unfinished:2", "!unfinished:2"]),
        (
            [(0.0, b"H0"), (0.3, b"0"), (0.59, b"1\r"), (0.6, b"H002\r")],
            ["!unfinished:2", "!unfinished:1", "!unfinished:1", "H002"],
        ),
        ([(0.0, b"H001"), (0.3, b"\r"), (0.4, b"H002\r")], ["!unfinished:4", "H002"]),
        ([(0.0, b"\r\r\n\n")], []),
        ([(0.0, b" H001\t\x00\r")], ["H001"]),
        ([(0.0, CARD.encode() + b"\r")], [CARD]),
        ([(0.0, unicodedata.normalize("NFD", CARD).encode() + b"\r")], [CARD]),
        ([(0.0, CARD.encode()[:30]), (0.01, CARD.encode()[30:] + b"\r")], [CARD]),
        ([(0.0, b"x" * 512 + b"\r")], ["x" * 512]),
        ([(0.0, b"x" * 513 + b"\rH001\r")], ["!too_long:513", "H001"]),
        ([(0.0, b"x" * 5000), (1.0, b"H001\r")], ["!too_long:5000", "H001"]),
        ([(0.0, b"caf\xe9\r")], ["caf\ufffd"]),
    ],
)
def test_bytes_of_a_serial_scanner(pieces: list[tuple[float, bytes]], scans: list[str]) -> None:
    assert fed(ScanDecoder(), *pieces) == scans


def test_a_scanner_without_a_terminator_ends_by_silence() -> None:
    decoder = ScanDecoder(ScanSettings(terminators=b""))
    assert decoder.due_s() is None
    assert fed(decoder, (0.0, b"H0"), (0.2, b"01")) == []
    assert decoder.due_s() == pytest.approx(0.45)
    assert told(decoder.let_time_pass(0.44)) == []
    assert told(decoder.let_time_pass(0.45)) == ["H001"]
    assert decoder.due_s() is None


@pytest.mark.parametrize(
    "address", ["serial:///dev/ttyACM0?suffix=none", "evdev:///dev/input/by-id/s-event-kbd?suffix=none"]
)
def test_the_address_says_that_a_scanner_has_no_suffix(address: str) -> None:
    source = scans_of(registry.find(address))
    typed = b"".join(
        key_records(code, 10.0, pressed=pressed) for code, _ in keys_of("0017") for pressed in (True, False)
    )
    assert told(source.feed(typed if isinstance(source, TypedScans) else b"0017", 10.0)) == []
    assert source.due_s() == pytest.approx(10.1)
    assert told(source.let_time_pass(10.11)) == ["0017"]


def test_a_suffix_that_there_is_not_is_refused_with_what_there_is() -> None:
    with pytest.raises(registry.WrongAddress, match=r"suffix=lf is not possible.*cr, none"):
        registry.find("serial:///dev/ttyACM0?suffix=lf")


def test_what_follows_lost_events_is_the_rest_of_their_code() -> None:
    decoder = ScanDecoder()
    assert fed(decoder, (0.0, b"H0")) == []
    assert told(decoder.lose(0.01)) == ["!lost:2"]
    assert fed(decoder, (0.02, b"1\r"), (0.1, b"H002\r")) == ["!unfinished:1", "H002"]


def test_prefix_and_suffix_are_taken_off_where_they_stand() -> None:
    decoder = ScanDecoder(ScanSettings(prefix=b"]Q1", suffix=b"#"))
    assert fed(decoder, (0.0, b"]Q1H001#\rH002\r")) == ["H001", "H002"]


def test_a_reset_forgets_what_had_come() -> None:
    decoder = ScanDecoder()
    assert fed(decoder, (0.0, b"H0")) == []
    decoder.reset()
    assert fed(decoder, (0.0, b"01\r")) == ["01"]


# --- Keys ------------------------------------------------------------------------------------------------------------

SHIFT, CAPS, KEY_A = KEY_CODES["KEY_LEFTSHIFT"], KEY_CODES["KEY_CAPSLOCK"], KEY_CODES["KEY_A"]


def typed(text: str, *, began_s: float = 0.0, apart_s: float = 0.004) -> bytes:
    records = b""
    for place, (code, shifted) in enumerate(keys_of(text)):
        at_s = began_s + place * apart_s
        records += key_records(SHIFT, at_s, pressed=True) if shifted else b""
        records += key_records(code, at_s, pressed=True) + key_records(code, at_s, pressed=False)
        records += key_records(SHIFT, at_s, pressed=False) if shifted else b""
    return records


def letters(data: bytes) -> bytes:
    return b"".join(sign or b"?" for _, sign in HidText().feed(data))


def test_every_sign_of_a_us_keyboard_is_read_as_it_was_typed() -> None:
    visible = "".join(map(chr, range(32, 127)))
    assert letters(typed(visible)) == visible.encode()


def test_shift_and_caps_lock() -> None:
    caps = key_records(CAPS, 0, pressed=True) + key_records(CAPS, 0, pressed=False)
    assert letters(caps + typed("aA1!") + caps + typed("aA")) == b"Aa1!aA"
    held = key_records(SHIFT, 0, pressed=True) + typed("ab")
    assert letters(held + key_records(SHIFT, 0, pressed=False) + typed("ab")) == b"ABab"


def test_a_typed_scan_is_a_scan_and_half_a_one_is_dropped() -> None:
    source = TypedScans(ScanSettings(idle_s=0.08))
    assert told(source.feed(typed("H001\r", began_s=5.0), now_s=6.0)) == ["H001"]
    slow = typed("H0", began_s=7.0) + typed("01\r", began_s=7.2) + typed("H002\r", began_s=7.3)
    assert told(source.feed(slow, now_s=8.0)) == ["!unfinished:2", "!unfinished:2", "H002"]
    assert told(source.feed(typed("H0", began_s=9.0), now_s=9.0)) == []
    assert source.due_s() == pytest.approx(9.08)
    assert told(source.let_time_pass(9.1)) == ["!unfinished:2"]


def test_events_that_the_kernel_lost_spoil_their_scan_and_no_other() -> None:
    source = TypedScans(ScanSettings(idle_s=0.08))
    lost = encode_event(InputEvent(1.01, EV_SYN, SYN_DROPPED, 0)) + encode_event(InputEvent(1.01, EV_SYN, 0, 0))
    spoilt = typed("H0", began_s=1.0) + lost + typed("\r", began_s=1.02) + typed("H002\r", began_s=1.1)
    assert told(source.feed(spoilt, now_s=2.0)) == ["!lost:2", "H002"]


def test_a_clock_of_another_kind_does_not_hold_a_scan_for_ever() -> None:
    source = TypedScans(ScanSettings(idle_s=0.08))
    source.feed(typed("H0", began_s=1_790_000_000.0), now_s=50.0)
    assert told(source.let_time_pass(50.1)) == ["!unfinished:2"]


# --- Any bytes -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=700)), max_size=6))
def test_any_bytes_are_scans_or_told_as_dropped(pieces: list[tuple[float, bytes]]) -> None:
    decoder, now_s, events = ScanDecoder(), 0.0, []
    for wait_s, data in pieces:
        now_s += wait_s
        events += decoder.feed(data, now_s)
    events += decoder.let_time_pass(now_s + 1)
    assert decoder.due_s() is None
    for event in events:
        match event:
            case Scanned(text=text):
                assert 0 < len(text.reveal()) <= 512
                assert unicodedata.is_normalized("NFC", text.reveal())
            case Dropped(reason=reason, length_bytes=length):
                assert (length > 512) == (reason is DropReason.TOO_LONG)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
def test_what_is_typed_is_what_is_read(text: str) -> None:
    assert told(TypedScans(ScanSettings()).feed(typed(text + "\r"), now_s=10.0)) == [text]
