"""What stands on the paper: in the citizen's language, and only what is known."""

from kiosk.ticket import model as m
from kiosk.ticket.paper import ticket_content
from protocol.ticket_code import read_ticket_code
from tests.support.kiosks import LINK_KEY, TO_NUMBER, Scene, procedures, ward_texts


def test_the_ticket_says_what_the_screen_says() -> None:
    scene = Scene().opened().touch("service:civil_status", "class:elderly", "take").disk().number(25)
    said = ticket_content(scene.last(m.Print).ticket, scene.view, procedures()[0], ward_texts())
    assert said.number_text == scene.shown_number == "H025"
    assert said.agency[0] == "ỦY BAN NHÂN DÂN PHƯỜNG PHÚC LỢI"
    assert said.class_text == "ƯU TIÊN · Người cao tuổi"
    assert (said.people_ahead, said.wait_text, said.counters_text) == (3, "15–30 phút", "3, 4")
    assert said.taken_text == "08:00 · 23/11/2026"
    assert said.procedure == procedures()[0].names["vi"]
    assert said.notices == ()


def test_the_code_proves_the_visit() -> None:
    scene = Scene().opened().touch(*TO_NUMBER).disk().number(25)
    ticket = scene.last(m.Print).ticket
    said = ticket_content(ticket, scene.view, None, ward_texts())
    code = read_ticket_code(said.qr_text or "")
    assert code is not None
    assert (code.visit_id, code.secret) == (ticket.given.visit.visit_id, ticket.secret)
    assert LINK_KEY not in repr(said)


def test_an_own_number_is_marked_and_says_nothing_of_waiting() -> None:
    scene = Scene().opened()
    scene.happen(m.LinkChanged("gone"))
    scene.touch(*TO_NUMBER).disk().disk()
    said = ticket_content(scene.last(m.Print).ticket, scene.view, None, ward_texts())
    assert said.notices == ("CẤP KHI MẤT MẠNG",)
    assert (said.people_ahead, said.wait_text, said.counters_text) == (None, None, None)


def test_a_reprint_is_marked_and_english_is_english() -> None:
    scene = Scene().opened().touch("key:language", *TO_NUMBER).disk().number(25).printer("uncertain").touch("reprint")
    said = ticket_content(scene.last(m.Print).ticket, scene.view, None, ward_texts())
    assert said.notices == ("REPRINT",)
    assert said.labels.your_number == "YOUR NUMBER"
    assert said.service == "Civil status"
