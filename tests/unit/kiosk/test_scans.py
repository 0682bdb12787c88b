"""What a scan is, and what it does to the kiosk's screens."""

import re
from datetime import date, time
from typing import Any

import pytest

from hardware.codecs.withheld import Withheld
from kiosk.ticket import model as m
from kiosk.ticket.scan_model import Scanned
from kiosk.ticket.scans import (
    AnyScan,
    AppointmentScan,
    CardScan,
    CodeForms,
    DossierScan,
    NumberScan,
    UnknownScan,
    classify,
)
from protocol.ticket_code import qr_text, ticket_code
from protocol.views import Refused
from tests.support.cards import CARD, card
from tests.support.kiosks import TO_NUMBER, Scene, ward, ward_view, with_service
from tests.support.scans import SECRET, TICKET, VISIT_ID, found, looked_up, scanned

DOSSIER = "H15.50.05.13-261008-0975"


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        (ticket_code(VISIT_ID, SECRET), TICKET),
        (qr_text(ward().ticket_link, ticket_code(VISIT_ID, SECRET)), TICKET),
        (f"https://hall.example/t/{ticket_code(VISIT_ID, SECRET).upper()}", TICKET),
        (f"]Q1{ticket_code(VISIT_ID, SECRET)}", TICKET),
        (CARD, CardScan("•••••••••345", Withheld(CARD[:12]))),
        (card("001099012345", sex="Nam"), CardScan("•••••••••345", Withheld("001099012345"))),
        (DOSSIER, DossierScan(Withheld(DOSSIER))),
        ("G01.899.108-261008-000123", UnknownScan()),
        ("LH-261123-0930-1.001193", AppointmentScan(date(2026, 11, 23), time(9, 30), "1.001193", "")),
        ("LH-261123-0930-land-elderly", AppointmentScan(date(2026, 11, 23), time(9, 30), "land", "elderly")),
        ("LH-261323-0930-land", UnknownScan()),
        ("LH-261123-2430-land", UnknownScan()),
        ("LH-261123-0930-", UnknownScan()),
        ("H001", NumberScan()),
        ("Đ1024", NumberScan()),
        ("8938505974194", UnknownScan()),
        (card(born="01021998"), UnknownScan()),
        ("]", UnknownScan()),
    ],
)
def test_what_a_code_is(text: str, scan: AnyScan) -> None:
    assert classify(Withheld(text), CodeForms()) == scan


def test_the_form_of_a_dossiers_code_is_configuration() -> None:
    assert isinstance(classify(Withheld("HS-17"), CodeForms(dossier=re.compile(r"HS-\d+"))), DossierScan)


def test_no_scan_shows_what_it_holds() -> None:
    scans = [classify(Withheld(text), CodeForms()) for text in (ticket_code(VISIT_ID, SECRET), DOSSIER, CARD)]
    assert not re.search("5ec2|0975|H15|0011990", repr([Scanned(scan) for scan in scans]))


def appointment(what: str, priority: str = "", *, day: date = date(2026, 11, 23)) -> AppointmentScan:
    return AppointmentScan(day, time(9, 30), what, priority)


# --- On the screen ---------------------------------------------------------------------------------------------------


def test_a_scanned_ticket_shows_how_far_the_queue_is() -> None:
    scene = scanned(Scene().opened(), TICKET)
    assert (scene.page.name, scene.page.busy) == ("looking", True)
    command: Any = scene.last(m.Ask, "FindVisit").command
    assert (command.visit_id, command.secret) == (VISIT_ID, SECRET)
    looked_up(scene, found())
    assert scene.shown_number == "H017"
    for sentence in ("Trước quý vị còn 4 người", "Ước tính chờ 15–30 phút", "Quý vị đang trong hàng chờ."):
        assert sentence in scene.sentences
    assert scene.touch("done").page.name == "services"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("called", "Mời quý vị đến quầy 3."),
        ("in_service", "tại quầy 3"),
        ("parked", "đang tạm dừng"),
        ("ended", "đã phục vụ xong"),
        ("no_show", "chưa đến"),
        ("cancelled", "đã hủy"),
        ("expired", "đã hết hạn"),
    ],
)
def test_every_state_of_a_visit_has_its_sentence(state: str, said: str) -> None:
    scene = looked_up(scanned(Scene().opened(), TICKET), found(state, counter_number=3))
    assert said in scene.sentences
    assert "Ước tính chờ" not in scene.sentences


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Refused(code="secret_wrong"), "Không nhận ra mã này"),
        (Refused(code="unknown_visit"), "Không nhận ra mã này"),
        (Refused(code="storage"), "Máy chưa tra cứu được lúc này"),
        (None, "Phiếu của quý vị vẫn có giá trị."),
    ],
)
def test_a_ticket_that_is_not_found_is_answered_too(reply: Any, said: str) -> None:
    assert said in looked_up(scanned(Scene().opened(), TICKET), reply).sentences


def test_a_ticket_without_a_server_stays_valid() -> None:
    scene = Scene().opened()
    scene.happen(m.LinkChanged("gone"))
    assert "Phiếu của quý vị vẫn có giá trị." in scanned(scene, TICKET).sentences
    assert scene.count(m.Ask, "FindVisit") == 0


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (appointment("land", day=date(2026, 11, 24)), "Lịch hẹn của quý vị là ngày 24/11/2026."),
        (appointment("nothing"), "Không rõ lịch hẹn này để làm gì"),
        (NumberScan(), "Vui lòng quét mã QR trên phiếu"),
        (UnknownScan(), "Không nhận ra mã này"),
        (CardScan("•••••••••345"), "Thông tin trên thẻ không được lưu lại."),
        (None, "Vui lòng quét lại"),
    ],
)
def test_every_other_scan_is_answered_by_a_sentence(scan: AnyScan | None, said: str) -> None:
    scene = scanned(Scene().opened().touch("service:land"), scan)
    assert said in scene.sentences
    assert "0975" not in scene.sentences
    assert scene.touch("back").page.name == "class", "a scan takes nothing away that was chosen before"


def test_the_next_scan_replaces_the_last_and_late_answers_are_nobodys() -> None:
    scene = scanned(scanned(Scene().opened(), TICKET), UnknownScan())
    looked_up(scene, found())
    assert scene.page.name == "scanned"
    assert scene.touch("back").page.name == "services"


def test_a_masked_number_is_gone_with_the_citizen() -> None:
    """Its digits are letters here: the state holds ids and hashes, in which any three digits may stand by chance."""
    scene = scanned(Scene().opened(), CardScan("•••••••••xyz"))
    assert "•••••••••xyz" in scene.sentences
    assert "xyz" in repr(scene.state)
    scene.later(95)
    assert scene.page.name == "services"
    assert "xyz" not in repr(scene.state)


@pytest.mark.parametrize("when", ["taking", "number"])
def test_a_scan_never_takes_a_number_away(when: str) -> None:
    scene = Scene().opened().touch(*TO_NUMBER)
    if when == "number":
        scene.disk().number(25)
    before = scene.page
    assert scene.happen(Scanned(TICKET)) == []
    assert scene.page == before


# --- Papers that lead to a service -----------------------------------------------------------------------------------


def test_a_receipt_leads_to_where_results_are_handed_out_and_two_touches_later_there_is_a_number() -> None:
    scene = scanned(Scene().opened(), DossierScan(Withheld(DOSSIER)))
    assert "Đã đọc giấy hẹn trả kết quả." in scene.sentences
    assert "Nhận kết quả" in scene.sentences
    scene.touch("class:elderly")
    assert "Đã đọc giấy hẹn trả kết quả." in scene.sentences
    command: Any = scene.touch("take").disk().last(m.Ask, "TakeTicket").command
    assert (command.service_id, command.priority_class_id) == ("results", "elderly")
    assert "0975" not in repr(scene.state), "the code itself is not kept"


def test_a_hall_that_hands_out_no_results_says_what_to_do_with_a_receipt() -> None:
    scene = Scene(view=with_service(ward_view(), "results", takes_receipts=False)).opened()
    assert "Máy này chưa tra cứu được hồ sơ." in scanned(scene, DossierScan(Withheld(DOSSIER))).sentences


@pytest.mark.parametrize(
    ("what", "service_id", "procedure_code"),
    [("1.001193", "civil_status", "1.001193"), ("land", "land", "")],
)
def test_an_appointment_of_today_leads_to_its_service(what: str, service_id: str, procedure_code: str) -> None:
    scene = scanned(Scene().opened().with_catalogue(), appointment(what))
    assert "Đã đọc lịch hẹn lúc 09:30 hôm nay." in scene.sentences
    command: Any = scene.touch("class:usual", "take").disk().last(m.Ask, "TakeTicket").command
    assert (command.service_id, command.procedure_code) == (service_id, procedure_code)


def test_an_appointment_with_a_class_is_one_touch_from_its_number() -> None:
    scene = scanned(Scene().opened().with_catalogue(), appointment("land", "elderly"))
    command: Any = scene.touch("take").disk().last(m.Ask, "TakeTicket").command
    assert (command.service_id, command.priority_class_id) == ("land", "elderly")


def test_a_printed_code_gives_no_class_that_only_staff_give() -> None:
    scene = scanned(Scene().opened().with_catalogue(), appointment("land", "nobody_knows"))
    assert scene.page.name == "class"


def test_a_scan_meets_the_same_obstacles_as_a_touch() -> None:
    scene = Scene(view=with_service(ward_view(), "results", state="quota_reached")).opened()
    assert scanned(scene, DossierScan(Withheld(DOSSIER))).page.name == "refused"
    assert scene.touch("back").page.name == "services"
    closed = Scene(view=ward_view(state="closed")).opened()
    assert scanned(closed, appointment("land")).page.name == "refused"


def test_after_a_receipt_the_next_scan_replaces_what_it_brought() -> None:
    scene = scanned(scanned(Scene().opened(), DossierScan(Withheld(DOSSIER))), appointment("land"))
    assert "lịch hẹn lúc 09:30" in scene.sentences
    assert "giấy hẹn trả kết quả." not in scene.sentences
