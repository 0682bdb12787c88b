"""What channels say of days: a small branch counted by hand, and drawn days beside a slow reading of their log."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from protocol import events as e
from protocol.commands import RatingChannel
from protocol.configuration import TicketLink
from queue_server.reporting.satisfaction import CHANNELS, CUTS, Cut, Flagged, Span, read_span
from queue_server.satisfaction.shown import met
from queue_server.satisfaction.tallies import NOTHING, Tally
from tests.integration.test_figures_twice import DAYS, drawn_days
from tests.support.halls import small_hall
from tests.support.logs import follow_log
from tests.support.tables import play

MONDAY = Span("2026-11-23", "2026-11-23")
LINKS = TicketLink(kind="hall_page", base_address="http://hall.lan/t")

BY_HAND = """
    take    V1 civil_status
    take    V2 land
    take    V3 civil_status
    take    V4 civil_status
    signin  an 1
    signin  binh 2
    call    1                              -> V1 priority
    wait    60
    end     1 received
    wait    2
    rate    1 2                            -> counted
    rate    1 1                            -> debounce
    call    2                              -> V2 priority
    wait    60
    end     2 received
    wait    2
    rate    2 3 keypad                     -> counted
    wait    100
    link    V2 1                           -> ok
    link    V2 1                           -> refused already_rated
    rate    2 1                            -> no_open_window
    call    1                              -> V3 priority
    wait    60
    end     1 received
    wait    100
    call    1                              -> V4 priority
    noshow  1
"""


def test_a_small_branch_counted_by_hand(tmp_path: Path) -> None:
    table = play(BY_HAND, small_hall(ticket_link=LINKS))
    found = read_span(follow_log(tmp_path, table.hall.events()), MONDAY)
    scale = small_hall().rating_scale
    satisfied = {level.level for level in scale.levels if level.satisfied}
    keypad = found.channels["keypad"]
    good = sum(level in satisfied for level in (2, 3))
    assert keypad.tally == Tally(good, 2, 3)
    assert keypad.by("counter") == {
        "counter-1": Tally(int(2 in satisfied), 1, 2),
        "counter-2": Tally(int(3 in satisfied), 1, 1),
    }
    assert set(keypad.by("clerk")) == {"an", "binh"}
    assert keypad.flagged == (
        Flagged("debounce", 1, int(1 in satisfied)),
        Flagged("no_open_window", 1, int(1 in satisfied)),
    )
    assert keypad.with_flagged.rated == 4
    assert found.channels["link"].tally == Tally(int(1 in satisfied), 1, 3), "each of the three who were served"
    assert found.channels["link"].flagged == (Flagged("duplicate_link", 1, int(1 in satisfied)),)
    assert found.main == "keypad"
    assert found.channels["terminal"].tally == Tally(0, 0, 3), "there was one, and nobody touched it"
    for channel in ("paper", "surprise", "home"):
        assert not found.channels[channel].offered, f"{channel} was never there, and is no zero"
    assert {one.level: one.ratings for one in keypad.levels} == {2: 1, 3: 1}


def test_keys_that_were_silent_asked_nobody(tmp_path: Path) -> None:
    table = play(BY_HAND + "\n take V5 civil_status")
    report = e.DeviceReported(
        at=table.hall.at, device_id="rating-keypad-1", function_id="rating-keypad-1", state="gone"
    )
    table.hall.happens(report)
    for line in ("call 1", "wait 60", "end 1 received", "wait 100"):
        table.line(0, line)
    table.hall.happens(msgspec.structs.replace(report, at=table.hall.at, state="ok"))
    for line in ("take V6 civil_status", "call 1", "wait 60", "end 1 received", "wait 100"):
        table.line(0, line)
    keypad = read_span(follow_log(tmp_path, table.hall.events()), MONDAY).channels["keypad"]
    assert keypad.by("counter")["counter-1"].asked == 3
    assert keypad.unasked_by("counter") == {"counter-1": 1, "counter-2": 0}
    assert keypad.unasked == 1


def test_eighty_of_a_hundred_meet_the_target_and_no_answer_is_no_data(tmp_path: Path) -> None:
    assert met(80, 100) == "met"
    assert met(79, 100) == "not_met"
    table = play("take V1 civil_status\nsignin an 1\ncall 1\nwait 60\nend 1 received\nwait 100")
    keypad = read_span(follow_log(tmp_path, table.hall.events()), MONDAY).channels["keypad"]
    assert keypad.tally.asked == 1
    assert keypad.tally.share is None
    assert met(keypad.tally.satisfied, keypad.tally.rated) == "no_data"


@pytest.mark.parametrize("variation", range(2))
def test_the_sql_and_a_slow_reading_agree(tmp_path: Path, seed: int, variation: int) -> None:
    table = drawn_days(f"{seed}/satisfaction/{variation}", 260)
    reports = follow_log(tmp_path, table.hall.events())
    compared = 0
    for span in (Span(DAYS[0], DAYS[-1]), *(Span(day, day) for day in DAYS)):
        found = read_span(reports, span)
        for channel in CHANNELS:
            for cut in CUTS:
                expected = slow(table.hall.events(), channel, cut, span)
                assert found.channels[channel].by(cut) == expected, (span, channel, cut)
                compared += len(expected)
            own = found.channels[channel]
            assert own.tally.rated == sum(one.ratings for one in own.levels), "each rating is counted once"
            assert own.tally == sum(own.by("counter").values(), NOTHING)
    assert compared > 20, "there was something to compare"


def slow(events: Iterable[e.AnyEvent], channel: RatingChannel, cut: Cut, span: Span) -> dict[str, Tally]:  # noqa: C901, PLR0912 -- the log from end to end, in one go.
    """Read a channel's tallies off the log, one event after the other, as somebody with a pencil would."""
    satisfied = {level.level for level in small_hall().rating_scale.levels if level.satisfied}
    day_of: dict[str, str] = {}
    hanging: set[str] = set()
    asked: dict[tuple[str, str], str] = {}
    rated: dict[tuple[str, str], tuple[str, bool]] = {}
    day = ""
    for event in events:
        key = {"counter": "counter_id", "clerk": "clerk_id", "service": "service_id"}[cut]
        match event:
            case e.DayOpened():
                day = event.day
            case e.DevicePaired():
                for function in event.functions:
                    if function.kind == f"rating_{channel}":
                        hanging.add(function.counter_id)
            case e.VisitTaken():
                day_of[event.visit_id] = day
            case e.RatingOpened() if event.closes_at > event.at and event.counter_id in hanging:
                asked[event.visit_id, event.counter_id] = str(getattr(event, key))
            case e.VisitRated() if event.channel == channel:
                rated[event.visit_id, event.counter_id] = str(getattr(event, key)), event.level in satisfied
            case _:
                pass
    found: dict[str, Tally] = {}
    for (visit_id, counter_id), name in asked.items():
        if span.first_day <= day_of[visit_id] <= span.last_day:
            answer = rated.get((visit_id, counter_id))
            one = Tally(int(answer is not None and answer[1]), int(answer is not None), 1)
            found[name] = found.get(name, NOTHING) + one
    for (visit_id, counter_id), (name, good) in rated.items():
        if (visit_id, counter_id) not in asked and span.first_day <= day_of[visit_id] <= span.last_day:
            found[name] = found.get(name, NOTHING) + Tally(int(good), 1, 1)
    return dict(sorted(found.items()))
