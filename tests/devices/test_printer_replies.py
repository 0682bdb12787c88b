"""Telling a printer's replies apart: published bits, seen byte by byte, with noise between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer import commands
from hardware.printer.replies import (
    AutomaticStatus,
    Block,
    Condition,
    Demultiplexer,
    Flow,
    PaperStatus,
    RealTimeStatus,
    Reply,
    Trouble,
)


def _hear(data: bytes) -> list[Reply]:
    """Feed one byte at a time, as a serial line does."""
    demultiplexer = Demultiplexer()
    return [reply for byte in data for reply in demultiplexer.feed(bytes((byte,)), now_s=0.0)]


def _asked(four: str) -> Condition:
    condition = Condition()
    for number, byte in enumerate(bytes.fromhex(four), start=1):
        condition = condition.after_real_time(number, byte)
    return condition


# What an independent ESC/POS emulator answered to DLE EOT 1, 2, 3, 4; and a printer's cutter error by Epson's table.
@pytest.mark.parametrize(
    ("four", "trouble", "near_end"),
    [
        ("12 12 12 12", None, False),
        ("12 12 12 1e", None, True),
        ("1a 32 12 7e", Trouble.PAPER_OUT, True),
        ("1a 16 12 12", Trouble.COVER_OPEN, False),
        ("1a 12 12 12", Trouble.OFF_LINE, False),
        ("1a 52 1a 12", Trouble.CUTTER, False),
        ("1a 12 52 12", Trouble.OVERHEATED, False),
        ("1a 12 32 12", Trouble.UNRECOVERABLE, False),
    ],
)
def test_the_four_answers_name_the_trouble(four: str, trouble: Trouble | None, near_end: bool) -> None:
    condition = _asked(four)
    assert (condition.known, condition.trouble, condition.near_end) == (True, trouble, near_end)


@pytest.mark.parametrize(
    ("status", "trouble", "near_end"),
    [
        ("10 00 00 00", None, False),
        ("10 00 03 00", None, True),
        ("18 00 0c 00", Trouble.PAPER_OUT, False),
        ("38 00 00 00", Trouble.COVER_OPEN, False),
        ("18 08 00 00", Trouble.CUTTER, False),
    ],
)
def test_an_automatic_status_names_the_trouble(status: str, trouble: Trouble | None, near_end: bool) -> None:
    condition = Condition().after_automatic(bytes.fromhex(status))
    assert (condition.trouble, condition.near_end) == (trouble, near_end)


def test_what_nobody_has_told_is_unknown_not_fine() -> None:
    assert not Condition().known


def test_every_kind_is_told_apart_on_one_wire() -> None:
    heard = _hear(bytes.fromhex("10 00 03 00  12  13 11  00  37 22 41 42 43 44 00"))
    assert heard == [
        AutomaticStatus(b"\x10\x00\x03\x00"),
        RealTimeStatus(0x12),
        Flow(may_send=False),
        Flow(may_send=True),
        PaperStatus(0),
        Block(0x37, b"\x22ABCD"),
    ]
    assert isinstance(heard[-1], Block)
    assert heard[-1].process_id == b"ABCD"


def test_a_real_time_answer_may_stand_inside_an_automatic_status() -> None:
    assert _hear(bytes.fromhex("18 00 12 0c 00")) == [RealTimeStatus(0x12), AutomaticStatus(b"\x18\x00\x0c\x00")]


def test_half_a_reply_does_not_swallow_a_later_one() -> None:
    demultiplexer = Demultiplexer()
    assert demultiplexer.feed(b"\x10\x00", now_s=0.0) == []
    assert demultiplexer.feed(b"\x00", now_s=5.0) == [PaperStatus(0)]
    assert demultiplexer.noise == 2


def test_a_block_without_an_end_is_given_up() -> None:
    assert _hear(b"\x37" + b"x" * 90 + b"\x12")[-1] == RealTimeStatus(0x12)


def _bytes_of(reply: Reply) -> bytes:
    match reply:
        case RealTimeStatus(byte=byte) | PaperStatus(byte=byte):
            return bytes((byte,))
        case AutomaticStatus(bytes4=four):
            return four
        case Block(header=header, data=data):
            return bytes((header,)) + data + b"\0"
        case Flow(may_send=may_send):
            return b"\x11" if may_send else b"\x13"


_low = st.integers(0, 255).map(lambda byte: byte & 0b0110_1111)
_replies = st.one_of(
    st.integers(0, 255).map(lambda byte: RealTimeStatus(byte & 0b0110_1100 | 0b0001_0010)),
    st.tuples(st.integers(0, 255).map(lambda b: b & 0b0110_1100 | 0b0001_0000), _low, _low, _low).map(
        lambda four: AutomaticStatus(bytes(four))
    ),
    st.integers(0, commands.PROCESS_IDS - 1).map(lambda n: Block(0x37, b"\x22" + commands.process_id(n))),
    _low.map(PaperStatus),
    st.booleans().map(Flow),
)


@settings(deadline=None)  # The machine may be busy.
@given(st.lists(_replies, max_size=20))
def test_any_sequence_of_whole_replies_is_heard_as_it_was_said(replies: list[Reply]) -> None:
    assert _hear(b"".join(_bytes_of(reply) for reply in replies)) == replies


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(max_size=200))
def test_noise_never_hangs_it_up(noise: bytes) -> None:
    demultiplexer = Demultiplexer()
    demultiplexer.feed(noise, now_s=0.0)
    assert demultiplexer.feed(b"\x16", now_s=9.0) == [RealTimeStatus(0x16)]


def test_commands_are_those_of_the_published_tables() -> None:
    assert [commands.real_time_status(n).hex(" ") for n in (1, 2, 3, 4)] == [
        "10 04 01",
        "10 04 02",
        "10 04 03",
        "10 04 04",
    ]
    assert commands.AUTOMATIC_STATUS.hex(" ") == "1d 61 0e"
    assert commands.FENCE_PAPER.hex(" ") == "1d 72 01"
    assert commands.fence_process_id(b"ABCD").hex(" ") == "1d 28 48 06 00 30 30 41 42 43 44"
    assert commands.feed_and_cut(6, "full").hex(" ") == "1b 64 06 1d 56 00", "as python-escpos cuts"
    assert commands.CLEAR_BUFFERS.hex(" ") == "10 14 08 01 03 14 01 06 02 08"


def test_process_ids_are_printable_and_return_only_after_eighty_million_jobs() -> None:
    assert commands.process_id(0) == b"    "
    assert commands.process_id(1) == b"   !"
    assert commands.process_id(commands.PROCESS_IDS) == commands.process_id(0)
    assert commands.PROCESS_IDS > 80_000_000
