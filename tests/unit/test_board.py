"""Which calls are still to be announced, and what stands on which line of a board."""

import msgspec
import pytest

from presentation.board import (
    TURNS_LIMIT,
    Told,
    board_lines,
    clock_digits,
    merged,
    next_opening,
    told_before,
    told_with,
    turns,
)
from protocol.configuration import Policies
from protocol.views import BoardCall
from tests.support.boards import at, board, call, repository_texts

DAY = "2026-11-23"

TURNS: tuple[tuple[str, tuple[BoardCall, ...], int, list[int]], ...] = (
    # what, calls, how far the turns have come, whose turn is still to come
    ("nothing called", (), 0, []),
    ("a new call", (call(1, "H025", 3),), 0, [1]),
    ("a call that had its turn", (call(1, "H025", 3),), 1, []),
    ("two at once, oldest first", (call(1, "H025", 3), call(2, "C041", 1)), 0, [1, 2]),
    ("served before its turn", (call(1, "H025", 3, state="in_service"), call(2, "C041", 1)), 0, [2]),
    ("over before its turn", (call(1, "H025", 3, state="over"),), 0, []),
    ("a recall has a turn of its own", (call(1, "H025", 3), call(2, "H025", 3, again=True)), 1, [2]),
    ("a recall says the call as well", (call(1, "H025", 3), call(2, "H025", 3, again=True)), 0, [2]),
    ("a priority number before others", (call(1, "H025", 3), call(2, "A004", 1, priority=True)), 0, [2, 1]),
    ("more than can wait", tuple(call(n, f"H{n:03d}", n) for n in range(1, 21)), 0, list(range(5, 21))),
)


@pytest.mark.parametrize(("what", "calls", "told", "expected"), TURNS, ids=[row[0] for row in TURNS])
def test_turns(what: str, calls: tuple[BoardCall, ...], told: int, expected: list[int]) -> None:
    assert [each.call_id for each in turns(board(*calls), Told(DAY, told))] == expected, what
    assert len(expected) <= TURNS_LIMIT


def test_each_call_has_its_turn_once_in_whatever_order_they_come() -> None:
    calls = tuple(call(number, f"H{number:03d}", number, priority=number % 3 == 0) for number in range(1, 11))
    told, had = Told(DAY, 0), []
    while waiting := turns(board(*calls), told):
        told = told_with(board(*calls), told, waiting[0].call_id)
        had.append(waiting[0].call_id)
        assert all(told.holds(DAY, call_id) for call_id in had)
    assert had == [3, 6, 9, 1, 2, 4, 5, 7, 8, 10]
    assert told == Told(DAY, 10), "nothing is left over that would grow for ever"


def test_what_had_its_turn_yesterday_is_another_call_today() -> None:
    told = told_with(board(call(1, "H001", 1), call(2, "H002", 2, priority=True)), Told(DAY, 0), 2)
    assert told == Told(DAY, 0, (2,))
    assert not told.holds("2026-11-24", 2)
    today = board(call(2, "C002", 2), day="2026-11-24")
    assert told_with(today, told, 2) == Told("2026-11-24", 2)


MEMORIES = (
    # what, memory of the last run, expected mark
    ("restarted within the day", Told(DAY, 7), Told(DAY, 7)),
    ("the first start of a new day", Told("2026-11-20", 240), Told(DAY, 0)),
    ("no memory: what is older than 20 s counts as announced", None, Told(DAY, 1)),
)


@pytest.mark.parametrize(("what", "memory", "expected"), MEMORIES, ids=[row[0] for row in MEMORIES])
def test_a_starting_board_repeats_nothing_old_and_loses_nothing_new(
    what: str, memory: Told | None, expected: Told
) -> None:
    view = board(call(1, "H025", 3, at_s=0), call(2, "C041", 1, at_s=70))
    assert told_before(view, at(80), memory) == expected, what


def test_five_called_at_once_all_stand_on_a_line_at_once_before_what_was_called_earlier() -> None:
    view = board(
        call(1, "K007", 4, state="over"),
        *(call(number, f"H{number:03d}", number) for number in range(2, 7)),
    )
    lines = board_lines(view, 2, Told(DAY, 2), repository_texts())
    assert lines.current is not None
    assert (lines.current.number, lines.current.counter) == ("H002", "2")
    assert [line.number for line in lines.others] == ["H003", "H004", "H005", "H006", "K007"]


def test_waiting_lines_show_a_range_only_where_people_wait_and_the_hall_wants_it() -> None:
    waiting = board_lines(board(), None, Told(DAY, 0), repository_texts()).waiting
    assert [(line.prefix, line.count, line.detail) for line in waiting[:5]] == [
        ("C", 3, "5–10 phút"),
        ("H", 6, "15–30 phút"),
        ("L", 9, "40–65 phút"),
        ("K", 0, ""),
        ("X", 2, ""),
    ]
    without = board(policies=Policies(board_shows_estimates=False))
    assert {line.detail for line in board_lines(without, None, Told(DAY, 0), repository_texts()).waiting} == {""}


def test_closed_counters_and_the_next_opening_are_named() -> None:
    view = board(closed_counters=(2, 5), state="closed", next_opens_at=at(24 * 3600))
    assert board_lines(view, None, Told(DAY, 0), repository_texts()).closed_counters == "2, 5"
    assert next_opening(view, at(0), repository_texts()) == (
        "Mở cửa lại: 08:00 Thứ Ba 24/11",
        "Opens again: 08:00 Tuesday 24/11",
    )
    assert next_opening(board(state="closed"), at(0), repository_texts()) == ()


def test_one_closed_counter_and_several_are_told_as_one_and_several() -> None:
    texts, key = repository_texts(), "board.counters_closed"
    told = [texts.counted(key, "en", count, counters=numbers) for count, numbers in ((1, "2"), (2, "2, 5"))]
    assert told == ["Counter closed: 2", "Counters closed: 2, 5"]


def test_the_clock_is_the_halls() -> None:
    assert clock_digits(at(42 * 60), 7 * 3600) == "08:42"


def test_a_board_of_the_whole_hall_shows_the_calls_and_counters_of_all_zones() -> None:
    down = board(call(1, "H025", 3), call(4, "C041", 1), closed_counters=(6,))
    up = msgspec.structs.replace(
        board(call(3, "L012", 5), state="closed"), zone_id="upstairs", zone_names={"vi": "Tầng 2", "en": "Floor 2"}
    )
    whole = merged((down, up))
    assert [each.call_id for each in whole.calls] == [4, 3, 1]
    assert (whole.state, whole.zone_id, whole.zone_names) == ("open", "", {})
    assert len(whole.counters) == 12
    assert len(whole.waiting) == 8
    assert board_lines(up, None, Told(DAY, 0), repository_texts(), "en").zone == "Floor 2"
    assert merged((up,)) == up


def test_a_counter_that_pauses_with_its_citizen_still_there_is_not_away() -> None:
    view = board(closed_counters=(2, 3))
    busy = msgspec.structs.replace(
        view.counters[1], state="paused", prefix="H", ticket_number=25, visit_state="in_service"
    )
    counters = (view.counters[0], busy, *view.counters[2:])
    lines = board_lines(msgspec.structs.replace(view, counters=counters), None, Told(DAY, 0), repository_texts())
    assert (lines.closed_counters, lines.closed_count) == ("3", 1)
