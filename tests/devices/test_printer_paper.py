"""What the roll still holds, and what a job's body says of its length: pure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.paper import LOW_TICKETS, Paper
from hardware.printer.raster import length_rows, pieces, with_questions

QUESTION = b"\x10\x04\x01"


def _band(stride: int, rows: int) -> bytes:
    return (
        b"\x1dv0\x00" + stride.to_bytes(2, "little") + rows.to_bytes(2, "little") + b"\x10\x04" * (stride * rows // 2)
    )


def test_nothing_is_foretold_of_a_roll_whose_beginning_nobody_saw() -> None:
    paper = Paper().after_ticket(150.0)
    assert paper.tickets_left(80_000.0) is None
    assert paper.after_change().tickets_left(80_000.0) == 533


def test_the_forecast_falls_with_each_ticket_to_nothing_and_no_further() -> None:
    paper = Paper(ticket_mm=150.0).after_change()
    left = []
    for _ in range(60):
        paper = paper.after_ticket(150.0)
        left.append(paper.tickets_left(8_000.0))
    assert left[:3] == [52, 51, 50]
    assert left[-1] == 0
    assert min(number for number in left if number is not None) == 0


def test_the_sensor_corrects_the_count_once_for_each_roll() -> None:
    paper = Paper().after_ticket(100.0).after_near_end(80_000.0, 5_000.0)
    assert paper.tickets_left(80_000.0) == 50
    paper = paper.after_ticket(100.0)
    assert paper.tickets_since_near_end == 1
    again = paper.after_near_end(80_000.0, 5_000.0)
    assert again.tickets_left(80_000.0) == 49, "told again, it holds what was counted since"
    fresh = again.after_change()
    assert (fresh.used_mm, fresh.near_end, fresh.tickets_since_near_end) == (0.0, False, 0)
    assert fresh.after_near_end(80_000.0, 5_000.0).tickets_left(80_000.0) == 50


def test_longer_tickets_shorten_the_forecast_soon() -> None:
    paper = Paper(ticket_mm=100.0, known=True)
    for _ in range(16):
        paper = paper.after_ticket(200.0)
    assert 180 < paper.ticket_mm < 200
    assert LOW_TICKETS > 0


def test_the_length_counts_rows_feeds_and_what_is_not_understood() -> None:
    assert length_rows(_band(72, 100), 576, None) == 100
    assert length_rows(b"\x1bJ\xc8" + _band(48, 10), 384, 2) == 110
    assert length_rows(b"?" * 144, 576, None) == 2


@settings(deadline=None)  # The machine may be busy.
@given(
    st.lists(st.one_of(st.builds(_band, st.sampled_from([8, 48, 72]), st.integers(1, 40)), st.just(b"\x1bJ\x20"))),
    st.integers(1, 2000),
)
def test_questions_stand_between_commands_and_change_no_dot(commands: list[bytes], every_bytes: int) -> None:
    body = b"".join(commands)
    asked, count = with_questions(body, every_bytes, QUESTION)
    found = list(_parsed(asked))
    assert found.count(QUESTION) == count
    assert b"".join(part for part in found if part != QUESTION) == b"".join(_parsed(body))
    silence = 0
    for part in found:
        silence = 0 if part == QUESTION else silence + len(part)
        assert silence <= max(every_bytes, 2 * (72 + 8) + 3), "a row is never cut, and a question never late"


def _parsed(data: bytes) -> list[bytes]:
    """Read as a printer does: questions and feeds as they are, bands row by row, all dots alike."""
    parts, at = [], 0
    while at < len(data):
        if data.startswith(QUESTION, at):
            parts.append(QUESTION)
            at += 3
        elif data.startswith(b"\x1bJ", at):
            parts.append(data[at : at + 3])
            at += 3
        else:
            stride, rows = (
                int.from_bytes(data[at + 4 : at + 6], "little"),
                int.from_bytes(data[at + 6 : at + 8], "little"),
            )
            at += 8
            parts += [data[at + row * stride : at + (row + 1) * stride] for row in range(rows)]
            at += stride * rows
    return parts


@pytest.mark.parametrize(
    "odd", [b"", b"\x1d", b"\x1dv0\x00\x48\x00\xff\xff", b"\x1bJ", b"hello\n", b"\x1dv0\x00\x00\x00\x01\x00"]
)
def test_what_is_not_understood_is_kept_as_it_is(odd: bytes) -> None:
    assert b"".join(piece.data for piece in pieces(_band(8, 2) + odd)) == _band(8, 2) + odd
    assert with_questions(odd, 1000, QUESTION) == (odd, 0)


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(max_size=300))
def test_any_bytes_are_cut_into_pieces_that_are_the_whole(data: bytes) -> None:
    assert b"".join(piece.data for piece in pieces(data)) == data
