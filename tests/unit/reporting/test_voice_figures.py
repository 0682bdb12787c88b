"""Figures of voices: each is in one number, an open one that is late counts, and a way that was shut is a gap."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from protocol import voice_events as ve
from protocol.configuration import VoiceRules
from protocol.events import ConfigurationChanged, DayOpened
from queue_server.reporting.fold import Fold
from queue_server.reporting.rows import Context, DayRow, Meaning, VoiceStepRow
from queue_server.reporting.tables import NoReports
from queue_server.reporting.voices import VoiceCounts, VoiceFigures, figures_of, months_up_to, voice_figures
from queue_server.web.voices_page import figure_rows
from tests.support.logs import follow_log
from tests.support.texts import shipped_texts
from tests.support.voices import KINDS
from tests.unit.core.test_voices import Hall

WORDS = shipped_texts().words("vi")
MONTH, TODAY = "2026-11", "2026-11-27"
EMPTY = Meaning(services={}, outcome_names={}, reason_names={}, served_outcomes=frozenset(), satisfied={})


def told(number: int, day: str = "2026-11-02", due: str = "2026-11-06", **more: str) -> VoiceStepRow:
    fields = {"channel": "paper", "kind_id": "complaint", "due_day": due, **more}
    return VoiceStepRow(seq=10 * number, day=day, voice_id=f"{number:032x}", step="received", **fields)


def then(number: int, step: str, day: str, after: int = 1) -> VoiceStepRow:
    return VoiceStepRow(seq=10 * number + after, day=day, voice_id=f"{number:032x}", step=step)


def days(*channels: tuple[str, ...]) -> tuple[list[DayRow], Context]:
    """Give a business day for each set of channels, from the second of November on."""
    names = {f"c{place}": msgspec.structs.replace(EMPTY, voice_channels=one) for place, one in enumerate(channels)}
    rows = [
        DayRow(day=f"2026-11-{2 + place:02d}", opened_at="", utc_offset_s=0, configuration_id=f"c{place}")
        for place in range(len(channels))
    ]
    return rows, Context(meanings=names)


def figures(*steps: VoiceStepRow, channels: tuple[tuple[str, ...], ...] = (("paper",),)) -> VoiceFigures:
    return figures_of(steps, *days(*channels), MONTH, TODAY)


def counts(found: VoiceFigures) -> VoiceCounts:
    return found.months[0].counts


@pytest.mark.parametrize(
    ("steps", "fate"),
    [
        ((then(1, "answered", "2026-11-06"),), "in_time"),
        ((then(1, "answered", "2026-11-07"),), "late"),
        ((then(1, "answered", "2026-11-06"), then(1, "answered", "2026-11-20", 2)), "in_time"),
        ((then(1, "answered", "2026-11-07"), then(1, "closed", "2026-11-08", 2)), "late"),
        ((then(1, "forwarded", "2026-11-20"),), "unanswered"),
        ((then(1, "withdrawn", "2026-11-03"),), "unanswered"),
        ((then(1, "answered", "2026-11-05"), then(1, "forwarded", "2026-11-20", 2)), "in_time"),
        ((), "overdue"),
    ],
)
def test_each_voice_is_in_one_number(steps: tuple[VoiceStepRow, ...], fate: str) -> None:
    assert counts(figures(told(1), *steps)) == VoiceCounts(**{"received": 1, fate: 1})


def test_on_its_last_day_an_open_voice_is_not_yet_overdue() -> None:
    assert counts(figures(told(1, due=TODAY))) == VoiceCounts(received=1, waiting=1)
    assert counts(figures(told(1, due="2026-11-26"))) == VoiceCounts(received=1, overdue=1)


def test_the_numbers_of_all_groups_add_up_whatever_happened(seed: int) -> None:
    chance = random.Random(seed)
    steps: list[VoiceStepRow] = []
    for number in range(1, 400):
        day = date(2026, 10, 1) + timedelta(days=chance.randrange(58))
        due = (day + timedelta(days=chance.randrange(1, 12))).isoformat()
        more = {"channel": chance.choice(("paper", "phone")), "kind_id": chance.choice(("complaint", "praise"))}
        steps.append(told(number, day.isoformat(), due, **more))
        for after, step in enumerate(chance.sample(("answered", "answered", "closed", "withdrawn"), 2), 1):
            if chance.random() < 0.6:
                steps.append(then(number, step, (day + timedelta(days=3 * after)).isoformat(), after))
    found = figures_of(steps, *days(("paper", "phone")), MONTH, TODAY)
    expected = Counter(one.day[:7] for one in steps if one.step == "received")
    assert {one.line_id: one.counts.received for one in found.months if one.counts.received} == expected
    for lines in (found.channels, found.kinds):
        assert sum(one.counts.received for one in lines) == counts(found).received
        assert sum(one.counts.due for one in lines) == counts(found).due
    for line in (*found.months, *found.channels, *found.kinds):
        one = line.counts
        assert one.received == one.in_time + one.late + one.overdue + one.waiting + one.unanswered


def test_2375_of_2500_is_95_percent_and_not_all_is_never_100() -> None:
    def rate(in_time: int, whole: int) -> str:
        steps = [told(number) for number in range(1, whole + 1)]
        steps += [then(number, "answered", "2026-11-03") for number in range(1, in_time + 1)]
        return figure_rows(figures(*steps).channels, str, WORDS)[0].rate

    assert rate(2_375, 2_500) == "2.375 / 2.500 = 95,00 %"
    assert rate(2_499, 2_500) == "2.499 / 2.500 = 99,96 %"
    assert rate(19, 20) == "19 / 20 = 95 %"
    assert figure_rows(figures(told(1, due=TODAY)).channels, str, WORDS)[0].rate == WORDS("common.no_data")


def test_a_channel_that_was_off_is_a_gap_and_no_zero() -> None:
    october = told(99, "2026-10-05", "2026-10-09", channel="desk")
    found = figures(october, told(2), channels=(("paper", "hotline"), ("paper",), ("paper",)))
    shown = {row.name: row for row in figure_rows(found.channels, str, WORDS)}
    assert shown["paper"].gap == ""
    assert shown["hotline"].gap == "mở 1 / 3 ngày làm việc"
    assert (shown["hotline"].is_gap, shown["hotline"].numbers[0]) == (False, "0"), "nobody called while it was open"
    off = figures(october, told(2), channels=(("paper",),)).channels
    assert [one.line_id for one in off] == ["paper"], "what never was open in these months is no line"
    shut = figures_of([told(2)], *days(("paper",), ("hotline",), ()), "2026-11", TODAY)
    assert {one.line_id: one.days_open for one in shut.channels} == {"hotline": 1, "paper": 1}
    before = [DayRow(day="2026-10-05", opened_at="", utc_offset_s=0, configuration_id="old")]
    rows, context = days(("paper",))
    context.meanings["old"] = msgspec.structs.replace(EMPTY, voice_channels=("phone",))
    none = figures_of([], before + rows, context, MONTH, TODAY)
    gap = {row.name: row for row in figure_rows(none.channels, str, WORDS)}
    assert (gap["phone"].is_gap, gap["phone"].gap) == (True, WORDS("voices.not_offered"))
    assert not gap["paper"].is_gap


def test_what_came_by_a_way_before_it_was_shut_is_still_counted() -> None:
    row = figure_rows(figures(told(1), channels=((),)).channels, str, WORDS)[0]
    assert (row.is_gap, row.numbers[0], row.gap) == (False, "1", WORDS("voices.not_offered"))


def test_months_go_back_over_the_turn_of_the_year() -> None:
    months = months_up_to("2027-02")
    assert (months[0], months[-3:], len(months)) == ("2026-03", ("2026-12", "2027-01", "2027-02"), 12)


def test_the_log_of_a_hall_becomes_the_same_figures_by_its_tables(tmp_path: Path) -> None:
    hall = Hall()
    early, late, open_one = hall.enter(), hall.enter(), hall.enter(channel="hotline")
    hall.assign(early)
    hall.answer(early)
    hall.until("2026-11-30")
    hall.answer(late)
    hall.end(late)
    events = hall.driven.events()
    follow_log(tmp_path, events)
    found = voice_figures(tmp_path / "reports.db", "2026-11")
    assert {one.line_id: one.counts for one in found.channels if one.counts.received} == {
        "paper": VoiceCounts(received=2, in_time=1, late=1),
        "hotline": VoiceCounts(received=1, overdue=1),
    }
    assert found.kind_names["complaint"] == KINDS[1].names
    assert found == voice_figures(tmp_path / "reports.db", ""), "the last month is the one that is shown first"
    fold = Fold(Context(), stored_visit=lambda _: None, stored_day=lambda _: None)
    for seq, event in enumerate(events, 1):
        if isinstance(event, ConfigurationChanged | DayOpened | ve.VoiceEvent):
            fold.take(seq, event)
    assert [one.step for one in fold.touched.voice_steps] == ["received"] * 3 + ["answered", "answered", "closed"]
    assert open_one.voice_id in {one.voice_id for one in fold.touched.voice_steps}


def test_figures_stay_when_the_words_are_erased(tmp_path: Path) -> None:
    hall = Hall(kept_days=1)
    voice = hall.enter()
    hall.answer(voice)
    hall.end(voice)
    hall.until("2026-12-01")
    assert voice.voice_id not in hall.branch.voices
    follow_log(tmp_path, hall.driven.events())
    assert voice_figures(tmp_path / "reports.db", "2026-11").months[0].counts == VoiceCounts(received=1, in_time=1)


def test_without_tables_there_are_no_figures(tmp_path: Path) -> None:
    with pytest.raises(NoReports):
        voice_figures(tmp_path / "reports.db", "")
    assert VoiceRules().channels == ()
