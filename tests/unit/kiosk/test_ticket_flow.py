"""The ticket kiosk's flow, told as scenes: what happens to it, and what the citizen sees."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.kept_model import PendingVisit, RefusedHandOver
from protocol.commands import HandOverVisit
from protocol.events import Span
from protocol.views import Done, KioskView, Refused
from tests.support.kiosks import MONDAY_8, TO_NUMBER, Scene, short_range, ward_view, with_service

LAND = ("service:land", "class:usual", "take")
"""A service for which this kiosk has no numbers of its own."""


def asked_to_take(scene: Scene) -> Any:
    return scene.last(m.Ask, "TakeTicket").command


# --- Three touches to a number ---------------------------------------------------------------------------------------


def test_three_touches_to_a_number() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().number(25)
    assert scene.shown_number == "H025"
    for sentence in ("Trước quý vị còn 3 người", "Ước tính chờ 15–30 phút", "Quầy phục vụ: 3, 4"):
        assert sentence in scene.sentences


def test_the_visit_is_on_disk_before_anybody_is_asked() -> None:
    scene = Scene().opened().touch(*TO_NUMBER)
    assert (scene.count(m.KeepVisit), scene.count(m.Ask, "TakeTicket")) == (1, 0)
    scene.disk()
    assert asked_to_take(scene).visit_id == scene.last(m.KeepVisit).visit.visit_id


def test_a_full_disk_still_gives_numbers_while_the_server_answers() -> None:
    assert Scene().opened().touch(*TO_NUMBER).disk(ok=False).number(25).shown_number == "H025"


@pytest.mark.parametrize("when", ["before the disk", "while asking", "after a slow while"])
def test_a_double_tap_is_one_visit(when: str) -> None:
    scene = Scene().opened().touch(*TO_NUMBER)
    if when != "before the disk":
        scene.disk()
    if when == "after a slow while":
        scene.later(2)
    for action in ("take", "back", "start_again", "service:land", "procedures"):
        assert scene.tap(action) == [], action
    if when == "before the disk":
        scene.disk()
    scene.number(25)
    assert scene.shown_number == "H025"
    assert scene.count(m.KeepVisit) == scene.count(m.Ask, "TakeTicket") == scene.count(m.Print) == 1


def test_the_screen_stays_as_touched_until_the_answer_is_slow() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk()
    assert (scene.page.name, scene.page.busy) == ("confirm", True)
    assert scene.later(1).page.name == "taking"
    assert scene.number(25).shown_number == "H025"


def test_a_priority_class_is_in_the_request_and_on_the_number() -> None:
    scene = Scene().opened().touch("service:civil_status", "class:elderly", "take").disk().number(26)
    assert asked_to_take(scene).priority_class_id == "elderly"
    assert "H026 ƯU TIÊN · " in scene.sentences


# --- The server does not answer, or says no --------------------------------------------------------------------------


def test_a_lost_reply_without_own_numbers_is_tried_again_as_the_same_visit() -> None:
    scene = Scene().opened().touch(*LAND).disk().silence()
    first = scene.last(m.Ask, "TakeTicket")
    assert "Máy tạm thời chưa lấy được số" in scene.sentences
    assert scene.touch("retry").last(m.Ask, "TakeTicket") == first
    assert scene.number(7).shown_number == "L007"


@pytest.mark.parametrize(("code", "way"), [("storage", LAND), ("busy", LAND), ("busy", TO_NUMBER)])
def test_a_server_in_trouble_has_not_said_no(code: str, way: tuple[str, ...]) -> None:
    scene = Scene().opened().touch(*way).disk().refuses(code)
    assert scene.page.name == "unanswered"
    assert scene.count(m.DropVisit) == 0
    assert scene.touch("retry").number(25).shown_number in {"H025", "L025"}


def test_a_server_that_can_keep_nothing_is_as_good_as_gone() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().refuses("storage").disk()
    assert scene.shown_number == "H501"
    scene.happen(m.Replied(scene.last(m.Ask, "HandOverVisit").request_id, Refused(code="storage")))
    assert scene.later(6).count(m.Ask, "HandOverVisit") == 2, "it stays in the outbox"


def test_giving_up_forgets_the_visit() -> None:
    scene = Scene().opened().touch(*LAND).disk().silence().touch("start_again")
    assert scene.page.name == "services"
    assert scene.last(m.DropVisit).visit_id == scene.last(m.KeepVisit).visit.visit_id


def test_a_refusal_is_told_in_the_servers_words() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().refuses("quota_reached", vi="Hết số.", en="No numbers left.")
    assert scene.page.hint == "Hết số."
    assert scene.touch("key:language").page.hint == "No numbers left."
    assert {"back", "start_again"} <= set(scene.actions)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("quota_reached", "Dịch vụ này đã hết số hôm nay. Vui lòng quay lại ngày làm việc tiếp theo."),
        ("unheard_of", "Vui lòng chờ một lát hoặc đến quầy hướng dẫn."),
    ],
)
def test_a_refusal_without_words_has_ours(code: str, sentence: str) -> None:
    assert Scene().opened().touch(*TO_NUMBER).disk().refuses(code).page.hint == sentence


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("quota_reached", "Dịch vụ này đã hết số hôm nay."),
        ("full", "Phòng chờ đã đầy."),
        ("closed", "Dịch vụ này đang nghỉ."),
    ],
)
def test_a_service_without_numbers_says_why_and_asks_nobody(state: str, sentence: str) -> None:
    scene = Scene(view=with_service(ward_view(), "land", state=state)).opened().touch("service:land")
    assert sentence in scene.sentences
    assert scene.count(m.Ask, "TakeTicket") == 0


# --- On its own ------------------------------------------------------------------------------------------------------


def gone(*, first: int = 501, last: int = 599) -> Scene:
    scene = Scene(view=short_range(ward_view(), "H", first, last)).opened()
    scene.happen(m.LinkChanged("gone"))
    return scene


def restarted(scene: Scene, visit: PendingVisit | None = None) -> Scene:
    """Switch the kiosk off and on while the server is gone: only what was on disk is known."""
    state = scene.state
    fresh = Scene(kept=m.Restored(state.identity, state.view, visit, state.offline_numbers, state.outbox))
    fresh.happen(m.LinkChanged("gone"))
    return fresh


def test_server_gone_the_kiosk_goes_on_with_its_own_numbers() -> None:
    scene = gone()
    assert "Máy đang hoạt động độc lập" in scene.sentences
    scene.touch(*TO_NUMBER).disk()
    assert scene.count(m.Ask, "TakeTicket") == 0
    assert scene.shown_number == "", "an own number is shown only when it is on disk"
    assert scene.disk().shown_number == "H501"
    assert scene.last(m.Print).ticket.given.offline


def test_a_lost_reply_becomes_an_own_number_of_the_same_visit() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().silence().disk()
    assert scene.shown_number == "H501"
    handed = scene.last(m.Ask, "HandOverVisit").command
    assert isinstance(handed, HandOverVisit)
    assert (handed.visit_id, handed.prefix, handed.number) == (asked_to_take(scene).visit_id, "H", 501)


def test_own_numbers_are_handed_over_in_order_when_the_link_is_back() -> None:
    scene = gone()
    for _ in range(2):
        scene.touch(*TO_NUMBER).disk().disk().printer("queued").printer("confirmed").touch("done")
    assert scene.count(m.Ask, "HandOverVisit") == 0
    scene.happen(m.LinkChanged("up"))
    sent = []
    while scene.state.sending:
        sent.append(type(scene.state.outbox[0].command).__name__)
        scene.happen(m.Replied(scene.state.sending, Done()))
    assert sent == ["HandOverVisit", "ReportTicket", "HandOverVisit", "ReportTicket"]
    assert scene.count(m.DropOutbox) == 4


def test_a_hand_over_is_repeated_under_the_same_id_until_it_is_known_to_have_arrived() -> None:
    scene = gone().touch(*TO_NUMBER).disk().disk()
    scene.happen(m.LinkChanged("up"))
    first = scene.last(m.Ask, "HandOverVisit")
    scene.happen(m.Replied(first.request_id, None))
    assert scene.count(m.Ask, "HandOverVisit") == 1
    assert scene.later(6).count(m.Ask, "HandOverVisit") == 2
    assert scene.last(m.Ask, "HandOverVisit") == first
    scene.happen(m.Replied(first.request_id, Refused(code="number_taken")))
    assert scene.last(m.DropOutbox) == m.DropOutbox(first.request_id, "number_taken")


def test_a_hand_over_that_the_server_refuses_is_told_to_the_technician() -> None:
    scene = gone().touch(*TO_NUMBER).disk().disk()
    scene.happen(m.LinkChanged("up"))
    scene.happen(m.Replied(scene.last(m.Ask, "HandOverVisit").request_id, Refused(code="number_taken")))
    report: Any = scene.last(m.Ask, "ReportDevice").command
    assert (report.state, report.reason, report.detail) == ("degraded", "handover_refused", "H501 number_taken")
    scene.happen(m.PrinterHealth("paper_out"))
    report = scene.last(m.Ask, "ReportDevice").command
    assert (report.state, report.reason, report.detail) == ("out", "paper_out", "H501 number_taken")
    scene.hall_at += timedelta(days=3)
    scene.happen(m.PrinterHealth(""))
    report = scene.last(m.Ask, "ReportDevice").command
    assert (report.state, report.reason, report.detail) == ("ok", "", "")


def test_the_kiosk_tells_the_worst_of_printer_scanner_and_refused_numbers() -> None:
    scene = Scene().opened()

    def told() -> tuple[str, str, str]:
        report: Any = scene.last(m.Ask, "ReportDevice").command
        return report.state, report.reason, report.detail

    assert told() == ("unknown", "printer_unheard", "")
    scene.happen(m.PrinterHealth("paper_low"))
    assert told() == ("degraded", "paper_low", "")
    scene.happen(m.ScannerHealth("no such file"))
    assert told() == ("degraded", "scanner_gone", "no such file")
    scene.happen(m.PrinterHealth("silent"))
    assert told() == ("unknown", "printer_silent", "no such file")
    scene.happen(m.PrinterHealth(""))
    scene.happen(m.ScannerHealth(""))
    assert told() == ("ok", "", "")


def test_many_refused_hand_overs_fit_into_one_report() -> None:
    refused = tuple(RefusedHandOver("H", number, MONDAY_8, "x" * 32) for number in range(501, 551))
    scene = Scene(kept=m.Restored(refused=refused)).opened()
    report: Any = scene.last(m.Ask, "ReportDevice").command
    assert report.detail.startswith("H550 xxxx")
    assert report.detail.endswith("+44")
    assert len(report.detail) <= 256


def test_the_range_ends_with_a_sentence() -> None:
    scene = gone(first=901, last=902)
    for _ in range(2):
        scene.touch(*TO_NUMBER).disk().disk().printer("confirmed").touch("done")
    assert [one.number for one in scene.state.offline_numbers] == [901, 902]
    scene.touch("service:civil_status")
    assert "Máy đã hết số dự phòng. Vui lòng đến quầy hướng dẫn để lấy số." in scene.sentences
    scene.touch("start_again")


def test_a_kiosk_whose_range_has_ended_waits_for_a_server_that_is_only_slow() -> None:
    scene = gone(first=901, last=901).touch(*TO_NUMBER).disk().disk().printer("confirmed").touch("done")
    scene.happen(m.LinkChanged("up"))
    scene.touch(*TO_NUMBER).disk()
    assert scene.last(m.Ask, "TakeTicket").deadline_s == scene.settings.ask_real_s
    scene.silence()
    assert scene.page.name == "unanswered"
    assert scene.touch("retry").number(25).shown_number == "H025"


def planned() -> KioskView:
    """Give the hall in the morning: numbers are given from 7:00 to 11:30, and from 13:00 to 16:30."""
    spans = [Span(opens_at=at_hour(7), closes_at=at_hour(11.5)), Span(opens_at=at_hour(13), closes_at=at_hour(16.5))]
    view = short_range(ward_view(), "H", 501, 599)
    services = tuple(msgspec.structs.replace(one, giving=tuple(spans)) for one in view.services)
    return msgspec.structs.replace(view, services=services)


def at_hour(hour: float) -> datetime:
    return MONDAY_8 + timedelta(hours=hour - 8)


def test_a_kiosk_without_its_server_keeps_the_halls_hours() -> None:
    scene = Scene(view=planned()).opened()
    scene.happen(m.LinkChanged("gone"))
    for hour, name, hint in (
        (11.4, "services", ""),
        (11.5, "closed", "Mở cửa lại: 13:00"),
        (13.0, "services", ""),
        (16.5, "closed", ""),
    ):
        scene.hall_at = at_hour(hour)
        assert (scene.page.name, scene.page.hint) == (name, hint), hour


def test_a_kiosk_that_lost_its_server_over_lunch_opens_in_the_afternoon() -> None:
    view = planned()
    for service in view.services:
        view = with_service(view, service.service_id, state="closed", next_opens_at=at_hour(13))
    scene = Scene(view=msgspec.structs.replace(view, state="closed", next_opens_at=at_hour(13))).opened()
    scene.happen(m.LinkChanged("gone"))
    scene.hall_at = at_hour(12)
    assert (scene.page.name, scene.page.hint) == ("closed", "Mở cửa lại: 13:00")
    scene.hall_at = at_hour(13.1)
    assert scene.touch(*TO_NUMBER).disk().disk().shown_number == "H501"


def test_what_is_known_when_the_link_is_lost_is_kept() -> None:
    scene = Scene().opened()
    scene.happen(m.Viewed(with_service(ward_view(), "land", state="quota_reached")))
    scene.happen(m.LinkChanged("gone"))
    assert scene.last(m.KeepKnowledge) == m.KeepKnowledge(scene.state.identity, scene.state.view)


def test_own_numbers_are_not_given_twice_after_a_restart() -> None:
    fresh = restarted(gone().touch(*TO_NUMBER).disk().disk())
    assert fresh.touch(*TO_NUMBER).disk().disk().shown_number == "H502"


def test_a_kiosk_that_slept_over_midnight_gives_no_numbers_of_its_own() -> None:
    scene = gone()
    scene.hall_at = scene.hall_at.replace(day=24)
    assert scene.page.name == "gone"


def test_a_service_without_a_range_says_so_while_the_server_is_gone() -> None:
    assert "Máy tạm thời chưa lấy được số" in gone().touch("service:land").sentences


def test_an_own_number_that_cannot_be_written_is_not_given() -> None:
    scene = gone().touch(*TO_NUMBER).disk().disk(ok=False)
    assert scene.page.name == "unanswered"
    assert scene.state.outbox == ()
    assert scene.touch("retry").disk().shown_number == "H502", "it may have reached the disk after all"


# --- Crash -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("away_s", "asks"), [(5, 1), (600, 0)])
def test_a_crash_between_disk_and_request_meets_the_same_visit_again(away_s: float, asks: int) -> None:
    scene = Scene().opened().touch(*TO_NUMBER)
    visit = scene.last(m.KeepVisit).visit
    fresh = Scene(kept=m.Restored(scene.state.identity, scene.state.view, visit)).later(away_s).opened()
    assert fresh.count(m.Ask, "TakeTicket") == asks
    if asks:
        assert asked_to_take(fresh).visit_id == visit.visit_id
        assert fresh.number(25).shown_number == "H025"
    else:
        assert (fresh.page.name, fresh.last(m.DropVisit).visit_id) == ("services", visit.visit_id)


def test_a_crash_after_an_own_number_was_stored_shows_that_number() -> None:
    scene = gone().touch(*TO_NUMBER).disk().disk()
    fresh = restarted(scene, scene.last(m.KeepOffline).visit)
    assert fresh.shown_number == "H501"
    assert fresh.last(m.Print).ticket.given.visit == scene.last(m.Print).ticket.given.visit


def test_a_crash_after_the_hand_over_and_before_the_paper_shows_no_other_number() -> None:
    scene = gone().touch(*TO_NUMBER).disk().disk()
    scene.happen(m.LinkChanged("up"))
    scene.happen(m.Replied(scene.last(m.Ask, "HandOverVisit").request_id, Done()))
    assert scene.state.outbox == ()
    fresh = restarted(scene, scene.last(m.KeepOffline).visit)
    assert fresh.shown_number == "H501", "the paper may be on its way"
    early = Scene(kept=m.Restored(scene.state.identity, scene.state.view, scene.last(m.KeepOffline).visit))
    assert early.shown_number == "H501", "nobody needs to be asked for it, so nobody waits for the link"
    assert fresh.count(m.KeepOffline) == 0


def test_a_citizen_who_decided_before_the_old_visit_was_taken_up_is_not_interrupted() -> None:
    scene = gone()
    scene.touch(*TO_NUMBER)
    state = scene.state
    fresh = Scene(kept=m.Restored(state.identity, state.view, scene.last(m.KeepVisit).visit))
    fresh.touch(*TO_NUMBER)
    fresh.happen(m.LinkChanged("gone"))
    assert fresh.disk().disk().shown_number == "H501"
    assert fresh.page.subject == fresh.last(m.KeepVisit).visit.visit_id != scene.last(m.KeepVisit).visit.visit_id


# --- Paper -----------------------------------------------------------------------------------------------------------


def with_number() -> Scene:
    return Scene().opened().touch(*TO_NUMBER).disk().number(25)


@pytest.mark.parametrize(
    ("state", "reason", "sentence", "offered"),
    [
        ("queued", "", "Đang in phiếu…", {"done"}),
        ("confirmed", "", "Vui lòng lấy phiếu và ngồi chờ đến lượt gọi.", {"done", "another"}),
        ("held", "paper_out", "Máy in hết giấy. Số của quý vị là H025. Vui lòng ghi nhớ hoặc quét mã.", {"done"}),
        ("held", "cover_open", "Nắp máy in đang mở. Số của quý vị là H025.", {"done"}),
        ("held", "unreachable", "Máy in không hoạt động. Số của quý vị là H025.", {"done"}),
        ("uncertain", "unconfirmed", "Quý vị có cầm phiếu trong tay không?", {"done", "reprint"}),
        ("failed", "error", "Máy in không hoạt động. Số của quý vị là H025.", {"done", "reprint"}),
    ],
)
def test_every_outcome_of_the_printer_has_its_sentence(
    state: Any, reason: str, sentence: str, offered: set[str]
) -> None:
    scene = with_number().printer(state, reason)
    assert sentence in scene.sentences
    assert offered <= set(scene.actions)
    assert scene.shown_number == "H025"


def test_a_held_ticket_that_comes_out_after_all_is_told_as_printed() -> None:
    assert "Vui lòng lấy phiếu" in with_number().printer("held", "paper_out").printer("confirmed").sentences


def test_leaving_a_held_ticket_takes_the_job_back() -> None:
    scene = with_number().printer("held", "paper_out").touch("done")
    assert scene.last(m.VoidTicket).job_id == scene.last(m.KeepVisit).visit.visit_id


def test_a_reprint_keeps_the_number_and_is_offered_once() -> None:
    scene = with_number().printer("uncertain").touch("reprint")
    ticket = scene.last(m.Print).ticket
    assert (ticket.copy, ticket.given.number) == (1, 25)
    assert "Đã in lại phiếu, vẫn là số H025." in scene.printer("confirmed").sentences
    assert "reprint" not in scene.printer("uncertain").actions


def test_the_visit_is_settled_only_when_the_print_job_is_durable() -> None:
    scene = with_number()
    assert scene.count(m.DropVisit) == 0
    assert scene.printer("queued").count(m.DropVisit) == 1


def test_outcomes_are_reported_even_when_the_screen_has_gone_on() -> None:
    scene = with_number().printer("queued").touch("done").printer("confirmed")
    report: Any = scene.last(m.Ask, "ReportTicket").command
    assert (report.state, report.copy, scene.page.name) == ("confirmed", 0, "services")


def test_a_kiosk_without_printer_says_so() -> None:
    scene = Scene(settings=m.Settings(has_printer=False)).opened().touch(*TO_NUMBER).disk().number(25)
    assert "Máy này không in phiếu." in scene.sentences
    assert (scene.count(m.Print), scene.count(m.DropVisit)) == (0, 1)


# --- Time ------------------------------------------------------------------------------------------------------------


def test_an_idle_kiosk_asks_before_it_forgets() -> None:
    scene = Scene().opened().touch("service:land", "key:language").later(61)
    assert scene.page.name == "still_there"
    assert scene.touch("stay").page.name == "class"
    assert scene.later(61).later(31).page.name == "services"
    assert scene.state.preferences.language == "vi"


def test_a_number_stays_until_read_and_leaves_by_itself() -> None:
    scene = with_number().later(5)
    assert scene.shown_number == "H025", "while the printer is at work the number stays"
    assert scene.printer("confirmed").later(19).shown_number == "H025"
    assert scene.later(45).page.name == "services"


def test_a_number_without_paper_stays_longer() -> None:
    scene = with_number().printer("held", "paper_out").later(40)
    assert scene.shown_number == "H025"
    assert scene.later(30).page.name == "services"


def test_no_screen_is_snatched_away_however_fast_the_clock_runs() -> None:
    scene = Scene(rate=300).opened().touch("service:land").later(2.9)
    assert scene.page.name == "class"
    assert scene.later(8).page.name == "services"


def test_hall_time_that_steps_back_does_not_freeze_the_screen() -> None:
    scene = Scene(hall_at=MONDAY_8.replace(year=2030)).opened().touch("service:land")
    scene.hall_at = MONDAY_8
    scene.happen(m.Viewed(scene.view))
    assert scene.later(61).later(31).page.name == "services"


# --- The hall --------------------------------------------------------------------------------------------------------


def test_before_anything_is_known_the_kiosk_is_not_ready() -> None:
    assert "Máy lấy số chưa sẵn sàng. Vui lòng đến quầy hướng dẫn." in Scene().sentences


def test_a_closed_hall_tells_when_it_opens() -> None:
    opens_at = MONDAY_8.replace(day=25, hour=0, minute=30)
    scene = Scene(view=msgspec.structs.replace(ward_view(), state="closed", next_opens_at=opens_at)).opened()
    assert (scene.page.name, scene.page.hint) == ("closed", "Mở cửa lại: 07:30 Thứ Tư 25/11")


def test_a_revoked_kiosk_serves_nobody() -> None:
    scene = Scene().opened()
    scene.happen(m.LinkChanged("refused"))
    assert scene.page.name == "not_ready"
    assert scene.view.hotline in scene.sentences, "who cannot be called from here can be called by telephone"


def test_one_counter_and_several_are_told_as_one_and_several() -> None:
    scene = with_number()
    scene.touch("key:language")
    assert "Served at counters: 3, 4" in scene.sentences
    assert isinstance(scene.state.screen, m.Number)
    alone = replace(scene.state.screen.given, counter_numbers=(3,))
    scene.state = replace(scene.state, screen=replace(scene.state.screen, given=alone))
    assert "Served at counter: 3" in scene.sentences


def test_help_is_called_once_and_its_answer_is_told() -> None:
    scene = Scene().opened().touch("key:help")
    ask = scene.last(m.Ask, "ReportDevice")
    assert scene.touch("key:help").last(m.Ask, "ReportDevice") is ask
    scene.happen(m.Replied(ask.request_id, Done()))
    assert "Đã gọi người giúp. Vui lòng chờ tại máy." in scene.sentences
    assert "Đã gọi người giúp" not in scene.later(121).sentences


def test_help_that_could_not_be_called_is_said_to_be_so() -> None:
    assert "Chưa gọi được người giúp." in gone().touch("key:help").sentences


def test_the_printers_health_is_reported_when_it_changes() -> None:
    scene = Scene().opened()
    scene.happen(m.PrinterHealth("paper_out"))
    report: Any = scene.last(m.Ask, "ReportDevice").command
    assert (report.state, report.reason) == ("out", "paper_out")


def test_eight_services_are_two_pages() -> None:
    scene = Scene().opened()
    assert sum(action.startswith("service:") for action in scene.actions) == 6
    assert scene.touch("page:next", "service:guidance").page.name == "class"


# --- Catalogue -------------------------------------------------------------------------------------------------------


def test_the_catalogue_is_fetched_once_and_kept() -> None:
    scene = Scene().opened().with_catalogue()
    assert scene.last(m.KeepCatalogue).procedures
    assert scene.happen(m.Viewed(scene.view)) == []


def test_a_procedure_is_found_without_accents_and_leads_to_a_number() -> None:
    scene = Scene().opened().with_catalogue().touch("search", *(f"type:{letter}" for letter in "khai"))
    scene.touch("type:space", *(f"type:{letter}" for letter in "sinh"))
    found = next(action for action in scene.actions if action.startswith("procedure:"))
    scene.touch(found)
    assert scene.page.name == "details"
    scene.touch("choose", "class:usual", "take").disk()
    assert asked_to_take(scene).procedure_code == found.removeprefix("procedure:")
