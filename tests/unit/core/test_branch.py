"""The branch as a whole: configurations that come now or tomorrow, questions, replies and views."""

import math
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from protocol import commands as c
from protocol import configuration as conf
from protocol import events as e
from protocol import views as v
from protocol.estimates import Learned
from queue_server import config, core
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import key_of, large_hall, profile, small_hall, words
from tests.support.tables import Table, play, visit_id


def configure(table: Table, configuration: conf.Configuration, effective: str = "now") -> str:
    command = c.Configure(
        function_id="staff-1",
        staff_role="technician",
        sources={"branch.toml": configuration.configuration_id},
        effective=effective,  # type: ignore[arg-type]  # One of the two.
    )
    reply = table.hall.ask(command, facts=table.hall.facts(configuration=configuration))
    invariants.check(table.hall)
    return f"{reply.code} {' '.join(reply.parts.values())}" if isinstance(reply, v.Refused) else "ok"


def changed(**changes: object) -> conf.Configuration:
    return small_hall(**{"configuration_id": "c" * 64, **changes})


LARGE = Path(__file__).parents[3] / "config" / "demo" / "large.toml"
BUSY = """
    take    V1 civil_status
    take    V2 land elderly
    take    V3 certification
    signin  an 1
    signin  chi 3
    call    1                 -> V1 priority
    start   1
    transfer 1 results+3
    call    1
"""
SERVICES = {service.service_id: service for service in small_hall().services}
COUNTERS = small_hall().counters
CLASSES = small_hall().priority_classes
WITHOUT_CIVIL = (
    profile("civil", ("land",), ()),
    profile("land", ("land",), ()),
    profile("results", ("results", "land"), ()),
)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"policies": conf.Policies(recall_limit=1)}, ""),
        ({"services": (SERVICES["civil_status"], SERVICES["land"], SERVICES["results"])}, "certification"),
        ({"services": (SERVICES["certification"], SERVICES["land"], SERVICES["results"])}, ""),
        (
            {"services": (*small_hall().services[:3], msgspec.structs.replace(SERVICES["results"], queue_id="land"))},
            "results",
        ),
        ({"priority_classes": (CLASSES[0], CLASSES[2])}, "elderly"),
        ({"priority_classes": CLASSES[:2]}, ""),
        ({"counters": COUNTERS[:2]}, "counter-3"),
        ({"counters": (COUNTERS[0], COUNTERS[2])}, ""),
        ({"work_profiles": WITHOUT_CIVIL}, "certification"),
        ({"calendar": msgspec.structs.replace(small_hall().calendar, time_zone="Asia/Tokyo")}, "Asia/Tokyo"),
        (
            {"kiosk_ranges": (conf.KioskRange(function_id="kiosk-2", prefix="L", first=1, last=9),)},
            "kiosk-2",
        ),
        ({"kiosk_ranges": (conf.KioskRange(function_id="kiosk-2", prefix="L", first=2, last=9),)}, ""),
        ({"kiosk_ranges": (conf.KioskRange(function_id="kiosk-2", prefix="H", first=599, last=650),)}, "kiosk-2"),
        ({"kiosk_ranges": (conf.KioskRange(function_id="kiosk-2", prefix="H", first=600, last=650),)}, ""),
        ({"kiosk_ranges": (conf.KioskRange(function_id="kiosk-1", prefix="H", first=599, last=650),)}, ""),
    ],
)
def test_a_configuration_that_would_leave_somebody_standing_comes_tomorrow(
    changes: dict[str, object], refused: str
) -> None:
    table = play(BUSY)
    came = configure(table, changed(**changes))
    assert came == (f"would_strand {refused}" if refused else "ok")
    assert (table.hall.branch.configuration_id == "c" * 64) == (not refused)
    assert configure(table, changed(**changes), "next_day") == "ok"
    assert configure(table, changed(**changes), "next_day") == "ok"
    table.hall.advance(instant("06:00", "2026-11-25"))
    assert table.hall.branch.configuration_id == "c" * 64
    assert table.hall.branch.coming is None
    invariants.check(table.hall)


def test_a_kiosk_that_is_cut_off_still_gives_from_the_range_that_was_taken_from_it() -> None:
    table = play("take V1 civil_status                     -> H001")
    (had,) = small_hall().kiosk_ranges
    taken_away = msgspec.structs.replace(had, function_id="kiosk-2", prefix="L")
    assert configure(table, changed(kiosk_ranges=(taken_away,))) == "ok"
    table.hall.branch.last_numbers["H"] = had.first - 1  # As after a very busy morning.
    table.line(0, f"take     V2 civil_status              -> H{had.last + 1}")
    table.line(0, "handover V3 civil_status H501 07:30   -> H501")
    table.line(0, "handover V4 civil_status H502 07:30 kiosk-2 -> refused number_out_of_range H502")
    table.line(0, "handover V4 civil_status H600 07:30   -> refused number_out_of_range H600")
    given_on = msgspec.structs.replace(had, function_id="kiosk-2")
    assert configure(table, changed(configuration_id="d" * 64, kiosk_ranges=(given_on,))) == "would_strand kiosk-2"
    assert configure(table, changed(configuration_id="d" * 64, kiosk_ranges=(had,))) == "ok", "its own again"
    assert table.hall.branch.former_ranges == (taken_away,)
    assert configure(table, changed(configuration_id="e" * 64, kiosk_ranges=(given_on,)), "next_day") == "ok"
    table.hall.advance(instant("07:30", "2026-11-25"))
    assert not table.hall.branch.former_ranges
    table.line(0, "handover V5 civil_status H501 07:30   -> refused number_out_of_range H501")


def test_whoever_went_home_needs_nothing_but_whoever_came_after_does() -> None:
    table = play("take V1 land\ntake V2 civil_status\nsignin chi 3\ncall 3\nstart 3\nend 3\nwait 100")
    rest = (SERVICES["certification"], SERVICES["results"])
    assert configure(table, changed(services=rest)) == "would_strand civil_status"
    table.line(0, "cancel V2")
    assert configure(table, changed(services=rest)) == "ok"


def test_a_work_profile_in_use_is_not_taken_away() -> None:
    table = play("signin an 2 everything")
    fewer = small_hall().work_profiles[:3]
    assert configure(table, changed(work_profiles=fewer)) == "would_strand everything"
    table.line(0, "signout 2")
    assert configure(table, changed(work_profiles=fewer)) == "ok"


def test_a_visit_sent_to_a_counter_keeps_that_counter() -> None:
    table = play(
        "take V1 civil_status\nsignin an 1\nsignin chi 3\ncall 1\nstart 1\nwait 200\ntransfer 1 3\npause 3\nwait 200"
    )
    assert configure(table, changed(counters=COUNTERS[:2])) == "would_strand counter-3"


def test_a_counter_with_an_open_question_is_not_taken_away() -> None:
    table = play("take V1 civil_status\nsignin an 1\ncall 1\nstart 1\nend 1\nsignout 1")
    everything = (profile("land", ("civil", "land", "results"), ()), profile("results", ("results",), ()))
    rest = changed(counters=COUNTERS[1:], work_profiles=everything)
    assert configure(table, rest) == "would_strand counter-1"
    table.line(0, "wait 100")
    assert configure(table, rest) == "ok"
    assert "counter-1" not in table.hall.branch.counters


def test_outside_the_day_anything_may_come_now() -> None:
    table = play(BUSY + "\nat 20:00")
    assert configure(table, changed(counters=COUNTERS[:1], work_profiles=small_hall().work_profiles)) == "ok"
    assert list(table.hall.branch.counters) == ["counter-1"]
    assert configure(table, changed()) == "ok", "the same id again: nothing to do"


def test_the_latest_configuration_wins() -> None:
    table = play("take V1 land")
    tomorrow = changed(configuration_id="d" * 64)
    assert configure(table, tomorrow, "next_day") == "ok"
    assert table.hall.branch.configuration_id == "a" * 64
    assert table.hall.branch.coming == tomorrow
    assert configure(table, changed()) == "ok"
    assert table.hall.branch.coming is None
    assert configure(table, tomorrow, "next_day") == "ok"
    assert configure(table, changed()) == "ok", "back to what holds today, and tomorrow too"
    assert table.hall.branch.coming is None


def test_a_change_now_takes_effect_at_once() -> None:
    table = play("signin an 1 everything\ntake V1 land")
    later = msgspec.structs.replace(small_hall().calendar, day_closes="21:00", kiosk_stop_s=0)
    more = msgspec.structs.replace(COUNTERS[1], counter_id="counter-4", number=4)
    other = msgspec.structs.replace(COUNTERS[1], work_profile_id="results")
    new = changed(calendar=later, counters=(COUNTERS[0], other, COUNTERS[2], more))
    assert configure(table, new) == "ok"
    branch = table.hall.branch
    assert branch.plan is not None
    assert branch.plan.closes_at == instant("21:00")
    assert branch.counters["counter-4"].work_profile_id == "land"
    assert branch.counters["counter-2"].work_profile_id == "results"
    assert branch.counters["counter-1"].work_profile_id == "everything", "whoever sits there keeps theirs"
    table.line(0, "at 16:59")
    table.line(0, "take V2 land")


@pytest.mark.parametrize("configuration", [large_hall(), config.load(LARGE)[0]], ids=["made", "demo"])
def test_views_of_a_large_full_hall_stay_small(configuration: conf.Configuration) -> None:
    hall = DrivenBranch(configuration, instant("05:30"))
    hall.advance(instant("07:30"))
    for service in configuration.services:
        for rule in configuration.priority_classes:
            hall.estimates[service.service_id, rule.priority_class_id] = v.Estimate(low_s=3600, high_s=7200)
    count = 0
    for counter in configuration.counters:
        number = counter.number
        at = {"function_id": "staff-1", "staff_role": "clerk", "clerk_id": f"clerk-{number}"}
        hall.ask(c.SignInClerk(counter_id=counter.counter_id, **at))  # type: ignore[arg-type]  # Three strings.
        for turn in range(24):
            count += 1
            service = configuration.services[number % len(configuration.services)]
            hall.ask(
                c.TakeTicket(
                    function_id="staff-1",
                    staff_role="clerk",
                    visit_id=f"{count:032x}",
                    service_id=service.service_id,
                    priority_class_id=configuration.priority_classes[1].priority_class_id,
                    language="en",
                )
            )
            if turn == 23:
                continue
            hall.ask(c.CallNext(counter_id=counter.counter_id, **at))  # type: ignore[arg-type]  # Three strings.
            if turn < 12:
                hall.ask(c.StartService(counter_id=counter.counter_id, **at))  # type: ignore[arg-type]  # The same.
                hall.ask(c.ParkVisit(counter_id=counter.counter_id, remind_after_s=60, **at))  # type: ignore[arg-type]  # The same.
            else:
                hall.ask(c.MarkNoShow(counter_id=counter.counter_id, **at))  # type: ignore[arg-type]  # The same.
    invariants.views_decode_and_are_small(hall)
    zone_id = configuration.counters[0].zone_id
    board = core.board_view(hall.branch, zone_id, hall.estimates, hall.at)
    assert len(board.calls) == 48
    assert [call.call_id for call in board.calls] == sorted((call.call_id for call in board.calls), reverse=True)
    assert core.counter_view(hall.branch, "counter-1", hall.at).today.no_shows == 11
    assert len(core.counter_view(hall.branch, "counter-1", hall.at).no_shows) == 8


def test_the_board_keeps_the_calls_of_two_minutes_and_at_least_thirty_two() -> None:
    lines = ["signin an 1"]
    for number in range(1, 41):
        lines += [f"take V{number} civil_status usual by:staff-1", "call 1", "noshow 1", "wait 1"]
    table = play("\n".join(lines))
    board = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    assert [call.call_id for call in board.calls] == list(range(40, 0, -1))
    table.line(0, "wait 90")
    board = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    assert [call.call_id for call in board.calls] == list(range(40, 8, -1)) or len(board.calls) == 30 + 2
    table.line(0, "wait 600")
    board = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    assert [call.call_id for call in board.calls] == list(range(40, 8, -1))
    table.line(0, "take V41 civil_status usual by:staff-1")
    table.line(0, "call 1")
    board = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    assert [call.call_id for call in board.calls] == list(range(41, 9, -1))


def test_the_board_of_a_quiet_hall_keeps_its_few_calls_however_old() -> None:
    lines = ["signin an 1"]
    for number in range(1, 6):
        lines += [f"take V{number} civil_status", "call 1", "noshow 1", "wait 200"]
    table = play("\n".join(lines))
    board = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    assert [call.call_id for call in board.calls] == [5, 4, 3, 2, 1]


def test_a_visit_served_at_two_counters_counts_for_each_what_each_did() -> None:
    table = play(
        """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        signin  binh 2
        call    1
        start   1
        wait    100
        transfer 1 land
        wait    7
        call    2                   -> V1 priority
        start   2
        wait    60
        end     2
        choose  1 V2 frail
        """
    )
    branch = table.hall.branch
    assert branch.counters["counter-2"].served_total_s == 60
    assert {name: list(times) for name, times in branch.durations_s.items()} == {"civil_status": [100], "land": [60]}
    serving = core.counter_view(branch, "counter-1", table.hall.at).serving
    assert serving is not None
    assert (serving.reason, serving.clause) == ("frail", "chosen")
    called = [event.waited_s for event in table.hall.events() if isinstance(event, e.VisitCalled)]
    assert called == [0, 7, 167], "each wait counts from its own beginning"


def test_what_the_board_says_of_calls_and_counters() -> None:
    table = play(
        """
        take    V1 civil_status usual in:en
        take    V2 civil_status
        signin  an 1
        call    1
        wait    5
        recall  1
        """
    )
    hall = table.hall
    board = core.board_view(hall.branch, "hall", {("land", "usual"): v.Estimate(low_s=60, high_s=90)}, hall.at)
    assert [(k.call_id, k.number, k.counter_number, k.again, k.state, k.language) for k in board.calls] == [
        (2, 1, 1, True, "called", "en"),
        (1, 1, 1, False, "over", "en"),
    ]
    assert (board.counters[0].state, board.counters[0].ticket_number, board.counters[0].visit_state) == (
        "open",
        1,
        "called",
    )
    assert board.counters[1] == v.BoardCounter(counter_id="counter-2", number=2, state="closed")
    assert {line.service_id: (line.waiting, line.estimate is not None) for line in board.waiting} == {
        "civil_status": (1, False),
        "certification": (0, False),
        "land": (0, True),
        "results": (0, False),
    }
    table.line(0, "start 1")
    board = core.board_view(hall.branch, "hall", {}, hall.at)
    assert (board.calls[0].state, board.counters[0].visit_state) == ("in_service", "in_service")
    table.line(0, "end 1")
    assert core.board_view(hall.branch, "hall", {}, hall.at).calls[0].state == "over"
    quiet = changed(policies=conf.Policies(board_shows_estimates=False))
    assert configure(table, quiet) == "ok"
    shown = core.board_view(hall.branch, "hall", {("land", "usual"): v.Estimate(low_s=60, high_s=90)}, hall.at)
    assert all(line.estimate is None for line in shown.waiting)


def test_a_zone_s_board_shows_its_own_counters_and_services() -> None:
    zones = (conf.Zone(zone_id="hall", names=words("Hall")), conf.Zone(zone_id="upstairs", names=words("Upstairs")))
    moved = (*COUNTERS[:2], msgspec.structs.replace(COUNTERS[2], zone_id="upstairs"))
    table = play("take V1 results\nsignin chi 3\ncall 3", small_hall(zones=zones, counters=moved))
    below = core.board_view(table.hall.branch, "hall", {}, table.hall.at)
    above = core.board_view(table.hall.branch, "upstairs", {}, table.hall.at)
    assert (len(below.calls), len(above.calls)) == (0, 1)
    assert [counter.counter_id for counter in above.counters] == ["counter-3"]
    assert [line.service_id for line in above.waiting] == ["land", "results"]
    assert [line.service_id for line in below.waiting] == ["civil_status", "certification", "land"]


def test_what_the_console_shows() -> None:
    table = play(
        """
        take    V1 civil_status elderly for:birth in:en
        wait    100
        take    V2 land
        signin  an 1
        wait    1100
        """
    )
    hall = table.hall
    view = core.counter_view(hall.branch, "counter-1", hall.at)
    assert (view.state, view.clerk_id, view.work_profile_id, view.waiting) == ("open", "an", "civil", 2)
    first, second = view.next_visits
    assert (first.overdue, first.clause, first.waited_s, first.backup) == (True, "guarantee", 1200, False)
    assert (first.recalls, first.reason, first.transferred_from, first.called_at) == (0, "", "", None)
    assert (first.procedure_code, first.language, first.priority_class_id) == ("birth", "en", "elderly")
    assert (second.overdue, second.clause, second.waited_s, second.backup) == (False, "priority", 1100, True)
    hall.at += timedelta(seconds=1)
    assert core.counter_view(hall.branch, "counter-1", hall.at).next_visits[0].overdue
    hall.at -= timedelta(seconds=1)
    for line in ("call 1", "wait 7", "recall 1", "start 1", "wait 61"):
        table.line(0, line)
    serving = core.counter_view(hall.branch, "counter-1", hall.at).serving
    assert serving is not None
    assert (serving.state, serving.clause, serving.waited_s, serving.recalls) == ("in_service", "guarantee", 1200, 1)
    assert (serving.overdue, serving.started_at) == (False, hall.at - timedelta(seconds=61))
    table.line(0, "park 1 120")
    parked = core.counter_view(hall.branch, "counter-1", hall.at).parked
    assert [(visit.visit_id, visit.remind_at) for visit in parked] == [
        (visit_id("V1"), hall.at + timedelta(seconds=120))
    ]
    for line in ("resume 1 V1", "start 1", "wait 39", "end 1", "call 1", "noshow 1"):
        table.line(0, line)
    view = core.counter_view(hall.branch, "counter-1", hall.at)
    assert view.today == v.CounterDay(served=1, within_target=1, no_shows=1, served_total_s=100)
    assert [visit.visit_id for visit in view.no_shows] == [visit_id("V2")]
    table.line(0, "reinstate 1 V2")
    assert core.counter_view(hall.branch, "counter-1", hall.at).no_shows == ()
    ended = [event for event in hall.events() if isinstance(event, e.ServiceEnded)]
    assert [(event.served_s, event.clerk_id) for event in ended] == [(39, "an")]


def test_the_hall_in_figures() -> None:
    table = play(BUSY)
    hall = core.hall_view(table.hall.branch, {("land", "usual"): v.Estimate(low_s=1, high_s=2)}, table.hall.at)
    assert hall.today == v.HallDay(visits_taken=3, waiting=2, called=1)
    queues = {queue.queue_id: queue for queue in hall.queues}
    assert queues["land"].waiting == {"elderly": 1}
    assert queues["land"].estimate == v.Estimate(low_s=1, high_s=2)
    assert queues["results"].waiting == {"usual": 1}
    assert queues["results"].oldest_at == instant("07:30")
    assert queues["civil"].waiting == {}
    counters = {counter.counter_id: counter for counter in hall.counters}
    assert (counters["counter-1"].visit_state, counters["counter-1"].prefix) == ("called", "C")
    assert counters["counter-1"].since_at == table.hall.at
    assert counters["counter-3"].since_at == instant("07:30")
    assert (hall.day_open, hall.opens_at, hall.closes_at) == (True, instant("06:00"), instant("20:00"))
    table.line(0, "wait 60")
    table.line(0, "take V4 land usual")
    hall = core.hall_view(table.hall.branch, {}, table.hall.at)
    land = next(queue for queue in hall.queues if queue.queue_id == "land")
    assert (land.waiting, land.oldest_at) == ({"elderly": 1, "usual": 1}, instant("07:30"))
    empty = play("").hall
    assert {tile.waiting for tile in core.kiosk_view(empty.branch, {}, empty.at).services} == {0}
    assert core.hall_view(empty.branch, {}, empty.at).today == v.HallDay()
    late = play("take V1 civil_status\nsignin an 1\nwait 1800\ncall 1\nwait 5\nstart 1\nend 1")
    today = core.counter_view(late.hall.branch, "counter-1", late.hall.at).today
    assert (today.served, today.within_target) == (1, 1)
    late = play("take V1 civil_status\nsignin an 1\nwait 1801\ncall 1\nwait 5\nstart 1\nend 1")
    assert core.counter_view(late.hall.branch, "counter-1", late.hall.at).today.within_target == 0


def test_a_ticket_tells_how_many_are_ahead_and_which_counters_serve() -> None:
    table = play("signin an 1\nsignin chi 3\ntake V1 land\nwait 1\ntake V2 land elderly\nwait 1")
    table.hall.estimates["land", "usual"] = v.Estimate(low_s=60, high_s=600)
    command = c.TakeTicket(function_id="kiosk-1", visit_id=visit_id("V3"), service_id="land", priority_class_id="usual")
    ticket = table.hall.ask(command)
    assert isinstance(ticket, v.TicketTaken)
    assert (ticket.ahead, ticket.estimate, ticket.counter_numbers) == (2, v.Estimate(low_s=60, high_s=600), (3,))
    faster = table.hall.ask(msgspec.structs.replace(command, visit_id=visit_id("V4"), priority_class_id="elderly"))
    assert isinstance(faster, v.TicketTaken)
    assert (faster.ahead, faster.estimate) == (2, None), "V2 before it in its line, and V1, who came before it"


def test_questions() -> None:
    table = play("take V1 civil_status\nsignin an 1")
    hall = table.hall
    introduction = hall.ask(c.Introduce(), device_id="kiosk-1", facts=hall.facts(link_key="k", epoch=4, rate=2.0))
    assert isinstance(introduction, v.Introduction)
    assert (introduction.device_id, introduction.link_key, introduction.epoch) == ("kiosk-1", "k", 4)
    assert (introduction.rate, introduction.at, introduction.branch_id) == (2.0, hall.at, "small")
    other = hall.ask(c.Introduce(), device_id="staff-1", facts=hall.facts(link_key="k"))
    assert isinstance(other, v.Introduction)
    assert other.link_key == "", "the key is for what gives tickets without staff"
    kiosk = core.kiosk_view(hall.branch, {}, hall.at)
    page = hall.ask(c.FetchCatalogue(catalogue_hash=kiosk.catalogue_hash), device_id="kiosk-1")
    assert isinstance(page, v.CataloguePage)
    assert (page.page, page.pages, page.procedures) == (0, 1, small_hall().catalogue)
    for wrong in (
        c.FetchCatalogue(catalogue_hash="0"),
        c.FetchCatalogue(catalogue_hash=kiosk.catalogue_hash, page=1),
    ):
        assert hall.ask(wrong, device_id="kiosk-1") == v.Refused(code="unknown_catalogue")
    find = c.FindVisit(visit_id=visit_id("V1"), secret="f" * 32)
    assert hall.ask(find, device_id="public-1") == v.Refused(code="secret_wrong")
    found = hall.ask(find, device_id="public-1", facts=hall.facts(secret_valid=True))
    assert isinstance(found, v.VisitFound)
    assert (found.visit.number, found.ahead, found.counter_number) == (1, 0, 0)
    nobody = c.FindVisit(visit_id=visit_id("V9"))
    assert hall.ask(nobody, device_id="staff-1") == v.Refused(code="unknown_visit")
    table.line(0, "call 1")
    found = hall.ask(find, device_id="staff-1")
    assert isinstance(found, v.VisitFound)
    assert (found.visit.state, found.counter_number) == ("called", 1)
    assert len(hall.log) == len(hall.events()), "questions change nothing"


def test_a_large_catalogue_is_cut_into_pages_that_fit_a_message() -> None:
    procedures = tuple(
        conf.Procedure(code=f"p{index}", service_id="land", names=words("x" * 200), official_name="y" * 300)
        for index in range(600)
    )
    branch = core.new_branch(small_hall(catalogue=procedures))
    pages = branch.hall.catalogue_pages
    assert sum(len(page) for page in pages) == 600
    assert tuple(procedure for page in pages for procedure in page) == procedures
    assert all(len(msgspec.json.encode(page)) < 62_000 for page in pages)
    assert all(len(msgspec.json.encode(page)) > 50_000 for page in pages[:-1])
    assert core.kiosk_view(branch, {}, instant("08:00")).catalogue_pages == len(pages)


def test_the_log_of_a_call_tells_who_was_passed_over_and_how_long_it_took() -> None:
    table = play(
        """
        take    V1 civil_status
        wait    10
        take    V2 civil_status
        wait    10
        take    V3 civil_status elderly
        signin  an 1
        wait    100
        call    1                   -> V3 priority
        noshow  1
        choose  1 V2 frail
        """
    )
    calls = [event for event in table.hall.events() if isinstance(event, e.VisitCalled)]
    assert [(call.passed_over, call.waited_s, call.reason, call.call_id) for call in calls] == [
        (2, 100, "", 1),
        (1, 110, "frail", 2),
    ]


def test_the_day_carries_what_the_handler_learned() -> None:
    hall = DrivenBranch(small_hall(), instant("06:00"))
    facts = hall.facts(learned=Learned(durations_s={"land": (700, 700)}), previous_head="head")
    hall.ask_as(core.Actor.loop(), c.OpenDay(function_id="loop"), facts=facts)
    opened = hall.events()[-1]
    assert isinstance(opened, e.DayOpened)
    assert (opened.learned, opened.previous_head) == (facts.learned, "head")
    assert hall.branch.learned == facts.learned
    assert hall.branch.believed_log_s == {"land": pytest.approx(math.log(700))}
    assert {device.public_key for device in opened.devices} >= {key_of("kiosk-1")}
    closed = hall.ask_as(core.Actor.loop(), c.CloseDay(function_id="loop"))
    assert closed == v.Done()
    assert hall.events()[-1] == e.DayClosed(at=hall.at, day="2026-11-23", visits_taken=0, served=0, expired=0)


def test_what_is_learned_of_services() -> None:
    table = play(
        """
        take    V1 civil_status
        signin  an 1
        call    1
        start   1
        wait    19
        end     1
        take    V2 civil_status
        call    1
        start   1
        wait    15
        park    1
        wait    100
        resume  1 V2
        start   1
        wait    5
        end     1
        take    V3 civil_status
        call    1
        start   1
        wait    60
        closeday
        """
    )
    assert {name: list(times) for name, times in table.hall.branch.durations_s.items()} == {"civil_status": [20]}


def test_an_older_visit_is_told_from_its_own_events_alone() -> None:
    table = play(
        """
        take     V1 civil_status
        printed  V1 confirmed
        signin   an 1
        call     1
        start    1
        wait     60
        end      1
        wait     1
        rate     1 2
        link     V1 1
        wait     100
        handover V1 civil_status H502 07:30
        """
    )
    own = [event for event in table.hall.events() if getattr(event, "visit_id", "") == visit_id("V1")]
    found = core.visit_of_events(own, table.day)
    there = table.hall.branch.visits[visit_id("V1")]
    assert found is not None
    assert msgspec.structs.replace(found, order=there.order) == there
    assert core.visit_of_events(own[1:], table.day) is None
    assert core.visit_of_events([], table.day) is None


def test_a_no_show_of_a_counter_that_is_gone_may_still_be_reinstated() -> None:
    table = play("take V1 results\nsignin chi 3\nsignin an 1 everything\ncall 3\nnoshow 3\nsignout 3")
    assert configure(table, changed(counters=COUNTERS[:2])) == "ok"
    table.line(0, "reinstate 1 V1 -> ok")
    table.line(0, "call 1 -> V1 priority")


def test_someone_who_comes_back_is_served_anew() -> None:
    table = play(
        """
        take    V1 civil_status
        signin  an 1
        call    1
        start   1
        wait    60
        end     1 papers_missing back
        wait    500
        reinstate 1 V1
        call    1
        start   1
        wait    40
        end     1
        """
    )
    assert list(table.hall.branch.durations_s["civil_status"]) == [60, 40]
    assert table.hall.branch.counters["counter-1"].served_total_s == 40
