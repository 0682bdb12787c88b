"""From a day's story to its report: hand-written tables with their figures, and drawn days against the core itself."""

import csv
import io
import random
from collections import Counter

import pytest

from presentation.texts import Texts
from protocol.events import VisitCalled
from queue_server.reporting.day import DayReport, DayRows, day_report
from queue_server.reporting.day_text import CSV_COLUMNS, day_csv, day_text
from queue_server.reporting.exports import BOM
from queue_server.reporting.fold import BrokenStory, Fold
from queue_server.reporting.rows import Context
from tests.support.everyday import Everyday
from tests.support.halls import UTC_OFFSET_S, limited_hall, small_hall
from tests.support.tables import Table, play
from tests.support.texts import shipped_texts


def rows_of(table: Table) -> DayRows:
    """Fold the whole story in one batch."""
    context = Context()
    fold = Fold(context, stored_visit=lambda _: None, stored_day=lambda _: None)
    events = table.hall.events()
    for seq, event in enumerate(events, 1):
        fold.take(seq, event)
    touched = fold.touched
    return DayRows(
        day=touched.days[context.day],
        visits=[visit for visit in touched.visits.values() if visit.day == context.day],
        calls=touched.calls,
        stages=touched.stages,
        questions=touched.questions,
        ratings=touched.ratings,
        presses=touched.presses,
        priorities=touched.priorities,
        silences=list(touched.silences.values()),
        meaning=context.meaning,
        followed_seq=len(events),
    )


def report_of(script: str) -> DayReport:
    return day_report(rows_of(play(script)))


def test_a_visit_from_ticket_to_rating() -> None:
    rows = rows_of(
        play(
            """
            at 08:00
            signin an 1
            open 1
            take V1 civil_status elderly for:birth
            at 08:10
            call 1
            wait 40
            start 1
            wait 300
            end 1 received
            wait 5
            rate 1 1
            wait 120
            """
        )
    )
    (visit,) = rows.visits
    assert (visit.waited_s, visit.walked_s, visit.served_s) == (600, 40, 300)
    assert (visit.state, visit.served, visit.outcome) == ("ended", True, "received")
    assert (visit.counter_id, visit.clerk_id, visit.priority_class_id) == ("counter-1", "an", "elderly")
    (call,) = rows.calls
    assert (call.clause, call.waited_s, call.passed_over) == ("priority", 600, 0)
    (stage,) = rows.stages
    assert (stage.service_id, stage.served_s, stage.outcome) == ("civil_status", 300, "received")
    assert len(rows.questions) == 1
    (rating,) = rows.ratings
    assert (rating.channel, rating.level, rating.satisfied) == ("keypad", 1, True)


def test_a_transfer_is_two_stages_and_one_visit() -> None:
    rows = rows_of(
        play(
            """
            signin an 1
            open 1
            signin binh 2
            open 2
            take V1 civil_status
            wait 60
            call 1
            start 1
            wait 100
            transfer 1 land
            wait 50
            call 2
            start 2
            wait 200
            end 2 received
            """
        )
    )
    (visit,) = rows.visits
    assert (visit.first_service_id, visit.service_id, visit.transfers) == ("civil_status", "land", 1)
    assert (visit.waited_s, visit.served_s) == (60, 300)
    assert [(stage.service_id, stage.served_s) for stage in rows.stages] == [("civil_status", 100), ("land", 200)]
    report = day_report(rows)
    taken = {one.service_id: (one.visits.taken, one.service.n) for one in report.services}
    assert taken == {"civil_status": (1, 1), "land": (0, 1)}


def test_parked_time_is_no_service_time() -> None:
    rows = rows_of(
        play(
            """
            signin an 1
            open 1
            take V1 civil_status
            call 1
            start 1
            wait 100
            park 1
            wait 900
            resume 1 V1
            start 1
            wait 50
            end 1 received
            """
        )
    )
    assert [stage.served_s for stage in rows.stages] == [150]
    assert rows.visits[0].waited_s == 0
    assert Counter(call.clause for call in rows.calls) == {"priority": 1, "resumed": 1}


def test_every_end_is_counted_once() -> None:
    report = report_of(
        """
        signin an 1
        open 1
        take V1 civil_status
        take V2 civil_status
        take V3 civil_status
        take V4 civil_status
        take V5 civil_status
        call 1
        start 1
        wait 60
        end 1 received
        call 1
        noshow 1
        call 1
        start 1
        wait 60
        end 1 left
        cancel V4
        """
    )
    visits = report.all.visits
    assert visits.taken == 5
    counts = (visits.served, visits.not_served, visits.no_show, visits.cancelled, visits.expired, visits.still_here)
    assert counts == (1, 1, 1, 1, 0, 1)
    assert report.outcomes == {"left": 1, "received": 1}


def test_choosing_out_of_order_is_told_with_its_reason() -> None:
    report = report_of(
        """
        at 08:00
        signin an 1
        open 1
        take V1 civil_status
        wait 60
        take V2 civil_status
        wait 60
        choose 1 V2 frail
        """
    )
    (chosen,) = report.out_of_order
    assert (chosen.counter_id, chosen.clerk_id, chosen.reason) == ("counter-1", "an", "frail")
    assert (chosen.waited_s, chosen.passed_over) == (60, 1)
    assert report.calls_by_clause == {"chosen": 1}


def test_another_class_is_told_with_who_gave_it_and_why() -> None:
    report = report_of(
        """
        at 08:00
        signin an 1
        take V1 civil_status
        prioritize 1 H001 urgent
        """
    )
    (given,) = report.priorities
    assert (given.number, given.counter_id, given.clerk_id, given.reason) == ("H001", "counter-1", "an", "papers")
    assert (given.before_names["en"], given.class_names["en"]) == ("Usual", "Urgent")
    text = day_text(report, shipped_texts().words("en"), 0)
    assert "Changes of priority by staff: 1" in text
    assert "Usual → Urgent" in text


def test_numbers_without_a_card_and_above_the_limit_are_counted() -> None:
    table = Table(limited_hall())
    for line in (
        "take V1 land by:staff-1 without:no_card clerk:an",
        "take V2 land by:staff-1 without:no_card clerk:an",
        "take V3 civil_status who:lan",
        "take V4 civil_status who:lan",
        "handover V5 civil_status H501 07:30 who:lan",
    ):
        assert not table.say(line).startswith("refused"), line
    report = day_report(rows_of(table))
    assert (report.without_card, report.over_limit) == ({"no_card": 2}, 1)
    text = day_text(report, shipped_texts().words("en"), 0)
    assert "Numbers given to people without a card: 2" in text
    assert "No card" in text
    assert "given by kiosks that were cut off: 1" in text
    assert "without a card" not in day_text(report_of("at 08:00"), shipped_texts().words("en"), 0)


def test_an_event_of_a_visit_that_never_began_is_a_broken_story() -> None:
    events = play("signin an 1\nopen 1\ntake V1 civil_status\ncall 1").hall.events()
    fold = Fold(Context(), stored_visit=lambda _: None, stored_day=lambda _: None)
    called = next(event for event in events if isinstance(event, VisitCalled))
    with pytest.raises(BrokenStory, match="never took a number"):
        fold.take(1, called)


@pytest.mark.parametrize("variation", range(3))
def test_drawn_days_agree_with_the_core(seed: int, variation: int) -> None:
    table = Table(small_hall())
    everyday = Everyday(table, random.Random(f"{seed}/{variation}"))
    for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
        table.say(f"signin {clerk} {counter}")
    for _ in range(600):
        table.say(everyday.line())
    rows, branch = rows_of(table), table.hall.branch
    report = day_report(rows)
    states = Counter(visit.state for visit in branch.visits.values())
    assert Counter(visit.state for visit in rows.visits) == states
    assert report.all.visits.taken == len(branch.visits)
    assert report.all.visits.served == sum(
        visit.state == "ended"
        and not visit.come_back_today
        and visit.outcome in branch.hall.outcomes
        and branch.hall.outcomes[visit.outcome].served
        for visit in branch.visits.values()
    )
    for visit in rows.visits:
        theirs = branch.visits[visit.visit_id]
        assert (visit.prefix, visit.number, visit.service_id) == (theirs.prefix, theirs.number, theirs.service_id)
    visits = [report.all.visits, *(one.visits for one in report.services)]
    assert sum(one.taken for one in visits[1:]) == visits[0].taken
    for one in visits:
        ends = one.served + one.not_served + one.no_show + one.cancelled + one.expired + one.still_here
        assert ends == one.taken
    assert report.calls == sum(report.calls_by_clause.values()) == len(rows.calls)
    assert report.answered.part <= report.asked


@pytest.fixture(scope="module")
def texts() -> Texts:
    return shipped_texts()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_report_reads_well(texts: Texts, language: str, seed: int) -> None:
    table = Table(small_hall())
    everyday = Everyday(table, random.Random(seed))
    for clerk, counter in (("an", "1"), ("binh", "2")):
        table.say(f"signin {clerk} {counter}")
    for _ in range(800):
        table.say(everyday.line())
    report = day_report(rows_of(table))
    text = day_text(report, texts.words(language), UTC_OFFSET_S)
    assert "23/11/2026" in text
    assert "{" not in text
    assert texts("day_report.all", language) in text
    assert all(len(line) <= 180 for line in text.splitlines())


def test_the_csv_defines_each_column_and_has_a_row_per_service_and_one_for_all(texts: Texts) -> None:
    report = report_of("signin an 1\nopen 1\ntake V1 civil_status\ntake V2 land\ncall 1")
    ids, names, definitions, *lines = csv.reader(io.StringIO(day_csv(report, texts.words("en")).removeprefix(BOM)))
    assert ids == list(CSV_COLUMNS)
    assert len(names) == len(definitions) == len(ids)
    assert all(names)
    assert all(definitions)
    assert [line[:3] for line in lines] == [
        ["2026-11-23", "civil_status", "1"],
        ["2026-11-23", "land", "1"],
        ["2026-11-23", "", "2"],
    ]


def test_no_rate_of_too_few(texts: Texts) -> None:
    report = report_of(
        "signin an 1\nopen 1\ntake V1 civil_status\ncall 1\nstart 1\nwait 60\n"
        "end 1 received\nwait 5\nrate 1 1\nwait 120"
    )
    text = day_text(report, texts.words("en"), UTC_OFFSET_S)
    assert "%" not in text.replace(texts("day_report.head.p90", "en"), "")
    assert "1 / 1" in text


@pytest.mark.parametrize("pressed", [9, 10])
def test_fewer_than_ten_answers_tell_only_how_many_they_are(pressed: int) -> None:
    served = "wait 5\ncall 1\nstart 1\nwait 300\nend 1 received\nwait 5"
    visits = "\n".join(f"take V{one} civil_status\n{served}\nrate 1 {1 + one % 2}\nwait 120" for one in range(pressed))
    (told,) = report_of(f"signin an 1\nopen 1\n{visits}").ratings
    assert told.rated == pressed
    if pressed == 9:
        assert (told.satisfied, told.levels) == (None, {})
    else:
        assert told.satisfied is not None
        assert (told.satisfied.part, told.satisfied.whole, told.levels) == (10, 10, {1: 5, 2: 5})
