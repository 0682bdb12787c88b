"""When a channel could ask nobody, by stories whose minutes can be counted by hand."""

import random
from datetime import datetime

import msgspec
import pytest

from presentation.formats import clock
from protocol import ballot_events as b
from protocol import events as e
from protocol.ballots import Campaign
from protocol.commands import DeviceState
from protocol.configuration import TicketLink
from protocol.device_commands import FunctionDescription
from queue_server.reporting.day import day_report
from queue_server.reporting.day_text import day_text
from queue_server.reporting.fold import Fold
from queue_server.reporting.rows import Context, DayRow, SilenceReason, SilenceRow
from queue_server.reporting.silences import Gap, gaps
from tests.support.halls import UTC_OFFSET_S, key_of, small_hall
from tests.support.tables import Table, play
from tests.support.texts import shipped_texts
from tests.unit.reporting.test_day import rows_of

LINKS = TicketLink(kind="hall_page", base_address="http://hall.lan/t")
KEYPAD = "rating-keypad-1"
MONDAY, WEDNESDAY, THURSDAY = "2026-11-23", "2026-11-25", "2026-11-26"
"""The Tuesday between them is a holiday."""


def hall(*, first_day: str = MONDAY, last_day: str = "2026-11-30") -> Table:
    """Give a hall at 08:00 whose tickets lead to a page and which has a campaign: only its devices can be silent."""
    table = play("at 08:00", small_hall(ticket_link=LINKS))
    campaign = Campaign(
        campaign_id="c" * 32, first_day=first_day, last_day=last_day, share_percent=10, daily_most=5, seed_hash="0" * 64
    )
    table.hall.happens(b.CampaignPlanned(at=table.hall.at, campaign=campaign))
    return table


def reports(table: Table, state: DeviceState, function_id: str = KEYPAD) -> None:
    at = table.hall.at
    table.hall.happens(e.DeviceReported(at=at, device_id=function_id, function_id=function_id, state=state))


def days_of(table: Table) -> dict[str, tuple[Gap, ...]]:
    """Fold the whole story, one event at a time as a follower may, and put its days together."""
    context, days, silences = Context(), dict[str, DayRow](), dict[str, SilenceRow]()
    for seq, event in enumerate(table.hall.events(), 1):
        fold = Fold(context, stored_visit=lambda _: None, stored_day=days.get)
        fold.take(seq, event)
        days.update(fold.touched.days)
        silences.update(fold.touched.silences)
        context = msgspec.json.decode(msgspec.json.encode(context), type=Context)
    return {day.day: gaps(day, list(silences.values())) for day in days.values()}


def times(table: Table, channel: str = "keypad", day: str = MONDAY) -> dict[str, tuple[str, ...]]:
    """Give of each counter from when to when the channel was silent, as the clock in the hall said."""
    words = shipped_texts().words("en")

    def told(at: str) -> str:
        return clock(words, datetime.fromisoformat(at), UTC_OFFSET_S) if at else ""

    found = [one for one in days_of(table)[day] if one.channel == channel]
    return {one.counter_id: tuple(f"{told(start)}-{told(end)}" for start, end in one.spans) for one in found}


def test_a_keypad_that_is_not_heard_is_a_gap_of_its_counter_alone() -> None:
    table = hall()
    assert times(table) == {}
    table.line(0, "at 08:10")
    reports(table, "gone")
    assert times(table) == {"counter-1": ("08:10-",)}, "who looks while it is silent sees that it is"
    table.line(0, "at 09:40")
    reports(table, "ok")
    table.line(0, "at 10:00")
    reports(table, "out")
    table.line(0, "at 10:05")
    reports(table, "unknown")
    table.line(0, "at 10:30")
    reports(table, "degraded")
    assert times(table) == {"counter-1": ("08:10-09:40", "10:00-10:30")}
    assert times(table, "terminal") == {}


def test_another_keypad_at_the_counter_goes_on_asking() -> None:
    table = hall()
    second = FunctionDescription(function_id="second", kind="rating_keypad", counter_id="counter-1")
    paired = e.DevicePaired(
        at=table.hall.at, device_id="second", name="second", public_key=key_of("second"), functions=(second,)
    )
    table.hall.happens(paired)
    table.line(0, "at 08:10")
    reports(table, "gone")
    assert times(table) == {}
    table.line(0, "at 08:30")
    reports(table, "gone", "second")
    table.line(0, "at 08:40")
    reports(table, "ok", "second")
    assert times(table) == {"counter-1": ("08:30-08:40",)}


def test_a_keypad_taken_away_is_missed_until_the_day_is_over() -> None:
    table = hall()
    table.line(0, "at 11:00")
    table.hall.happens(e.DeviceRevoked(at=table.hall.at, device_id=KEYPAD))
    table.line(0, "at 08:00 2026-11-25")
    assert times(table) == {"counter-1": ("11:00-11:30", "13:00-17:00")}
    assert times(table, day=WEDNESDAY) == {}, "on the next day the counter has none"
    (gap,) = (one for one in days_of(table)[MONDAY] if one.channel == "keypad")
    assert (gap.reasons, gap.whole) == (("removed",), False)


def test_a_keypad_hung_at_another_counter_is_missed_where_it_was() -> None:
    table = hall()
    table.line(0, "at 11:00")
    moved = e.FunctionPlaced(at=table.hall.at, device_id=KEYPAD, function_id=KEYPAD, counter_id="counter-2")
    table.hall.happens(moved)
    table.line(0, "at 11:15")
    table.hall.happens(msgspec.structs.replace(moved, at=table.hall.at, counter_id="counter-1"))
    assert times(table) == {"counter-1": ("11:00-11:15",)}


def test_a_silence_that_outlasts_the_night_is_one_of_each_day_and_the_night_is_none_of_it() -> None:
    table = hall()
    table.line(0, "at 11:00")
    reports(table, "gone")
    table.line(0, "at 08:00 2026-11-26")
    reports(table, "ok")
    assert times(table, day=MONDAY) == {"counter-1": ("11:00-11:30", "13:00-17:00")}
    assert times(table, day=WEDNESDAY) == {"counter-1": ("07:30-11:30", "13:00-17:00")}, "neither night nor noon"
    assert times(table, day=THURSDAY) == {"counter-1": ("07:30-08:00",)}
    wholes = {day: [one.whole for one in found if one.channel == "keypad"] for day, found in days_of(table).items()}
    assert wholes == {MONDAY: [False], WEDNESDAY: [True], THURSDAY: [False]}


def test_devices_that_are_switched_off_while_the_hall_is_shut_are_no_gap() -> None:
    table = hall()
    for clock_, state in (("11:35", "gone"), ("12:55", "ok"), ("17:05", "gone")):
        table.line(0, f"at {clock_}")
        reports(table, msgspec.convert(state, DeviceState))
    assert times(table) == {}
    table.line(0, "at 07:10 2026-11-25")
    reports(table, "ok")
    table.line(0, "at 08:00 2026-11-25")
    assert times(table, day=WEDNESDAY) == {}


def test_a_hall_whose_tickets_lead_nowhere_and_without_a_campaign_has_two_gaps_as_long_as_its_day() -> None:
    table = play("at 08:00 2026-11-25")
    found = days_of(table)
    expected: list[tuple[str, tuple[SilenceReason, ...]]] = [
        ("link", ("switched_off",)),
        ("surprise", ("no_campaign",)),
    ]
    for day in (MONDAY, WEDNESDAY):
        assert [(one.channel, one.reasons) for one in found[day]] == expected
        assert all(one.whole and not one.counter_id for one in found[day])
    assert not any(end for one in found[WEDNESDAY] for _, end in one.spans), "that day goes on"
    assert all(end for one in found[MONDAY] for _, end in one.spans)


def test_links_that_are_switched_on_at_noon_end_their_gap() -> None:
    table = play("at 12:00")
    configuration = small_hall(ticket_link=LINKS, configuration_id="1" * 64)
    table.hall.happens(
        e.ConfigurationChanged(at=table.hall.at, configuration=configuration, sources={}, effective="next_day")
    )
    assert times(table, "link")[""][0].endswith("-"), "not before the next day"
    table.line(0, "at 08:00 2026-11-25")
    assert times(table, "link", WEDNESDAY) == {}


def test_a_campaign_asks_on_its_own_days_alone() -> None:
    table = hall(first_day=WEDNESDAY, last_day=WEDNESDAY)
    table.line(0, "at 08:00 2026-11-26")
    assert times(table, "surprise", WEDNESDAY) == {}
    for day in (MONDAY, THURSDAY):
        (gap,) = (one for one in days_of(table)[day] if one.channel == "surprise")
        assert (gap.whole, gap.reasons) == (True, ("no_campaign",))


def test_a_campaign_that_is_ended_leaves_a_gap_from_then_on() -> None:
    table = hall()
    table.line(0, "at 10:00")
    table.hall.happens(b.CampaignEnded(at=table.hall.at, campaign_id="c" * 32, seed=""))
    assert times(table, "surprise")[""][-1] == "10:00-"


def test_a_silence_of_no_length_is_none_and_one_that_changes_its_reason_goes_on() -> None:
    day = DayRow(
        day=MONDAY,
        opened_at="2026-11-23T00:30:00+00:00",
        utc_offset_s=UTC_OFFSET_S,
        configuration_id="c",
        opening="2026-11-23T00:30:00+00:00/2026-11-23T10:00:00+00:00",
    )

    def row(name: str, reason: SilenceReason, from_at: str, to_at: str) -> SilenceRow:
        hour = "2026-11-23T{}:00+00:00".format
        return SilenceRow(
            silence_id=name,
            day=MONDAY,
            channel="keypad",
            counter_id="counter-1",
            reason=reason,
            from_at=hour(from_at),
            to_at=hour(to_at),
        )

    rows = [
        row("c", "removed", "02:00", "03:00"),
        row("a", "silent", "01:00", "02:00"),
        row("b", "silent", "01:00", "01:00"),
    ]
    (gap,) = gaps(day, rows)
    assert gap.spans == (("2026-11-23T01:00:00+00:00", "2026-11-23T03:00:00+00:00"),)
    assert gap.reasons == ("silent", "removed")
    assert gaps(day, [rows[2]]) == ()


def test_drawn_reports_leave_the_gaps_that_a_pencil_would_draw(seed: int) -> None:
    table, chance = hall(), random.Random(seed)
    states: tuple[DeviceState, ...] = ("ok", "gone", "out", "degraded", "unknown")
    silent_since, drawn = "", list[str]()
    for minute in range(60):
        table.line(0, f"at 09:{minute:02d}")
        state = chance.choice(states)
        reports(table, state)
        quiet = state not in ("ok", "degraded")
        if quiet and not silent_since:
            silent_since = f"09:{minute:02d}"
        elif not quiet and silent_since:
            drawn.append(f"{silent_since}-09:{minute:02d}")
            silent_since = ""
    if silent_since:
        drawn.append(f"{silent_since}-")
    assert len(drawn) > 3
    assert times(table) == {"counter-1": tuple(drawn)}


@pytest.mark.parametrize(
    ("language", "keypad", "link"),
    [
        ("en", "device without signal or out of order: 08:10–08:11, from 14:00 on", "no rating page: all day"),
        ("vi", "thiết bị mất tín hiệu hoặc hỏng: 08:10–08:11, từ 14:00 đến nay", "trang đánh giá: cả ngày"),
    ],
)
def test_the_days_report_tells_of_gaps(language: str, keypad: str, link: str) -> None:
    table = play("at 08:10")
    for clock_, state in (("08:10", "gone"), ("08:11", "ok"), ("14:00", "gone")):
        table.line(0, f"at {clock_}")
        reports(table, msgspec.convert(state, DeviceState))
    text = day_text(day_report(rows_of(table)), shipped_texts().words(language), UTC_OFFSET_S)
    assert keypad in text
    assert link in text


def test_of_many_gaps_the_first_are_told_and_how_many_there_were() -> None:
    table = hall()
    for minute in range(10, 22):
        table.line(0, f"at 08:{minute}")
        reports(table, "ok" if minute % 2 else "gone")
    text = day_text(day_report(rows_of(table)), shipped_texts().words("en"), UTC_OFFSET_S)
    assert "08:10–08:11, 08:12–08:13, 08:14–08:15, 08:16–08:17, 6 times in all" in text
