"""Limits per person at the kiosk: the card first, what becomes of it, the number one has already, and no server."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hardware.codecs.withheld import Withheld
from kiosk.ticket import flow
from kiosk.ticket import model as m
from kiosk.ticket.scans import AnyScan, AppointmentScan, CardScan, DossierScan, UnknownScan
from protocol.codec import Malformed, decode_reply, encode
from protocol.commands import HandOverVisit
from protocol.configuration import NumbersPerPerson, PersonLimits
from protocol.events import Span
from protocol.person_mark import person_mark
from protocol.ticket_code import ticket_secret
from protocol.views import Done, KioskRules, Refused
from tests.support.kiosks import (
    LINK_KEY,
    MONDAY_8,
    PERSON_KEY,
    TO_NUMBER,
    Scene,
    introduction,
    limited_view,
    ward_view,
    with_service,
)
from tests.support.scans import TICKET, found, scanned, told_held

ID, OTHER_ID, DOSSIER = "001099012345", "001099054321", "H15.50.05.13-261008-0975"
CARD, OTHER = CardScan("•••••••••345", Withheld(ID)), CardScan("•••••••••321", Withheld(OTHER_ID))
RECEIPT = DossierScan(Withheld(DOSSIER))
DAY = "2026-11-23"
MARK = person_mark(PERSON_KEY, DAY, "citizen_card", ID)
CIVIL = ("service:civil_status", "class:usual")
GIVING = Span(opens_at=MONDAY_8, closes_at=MONDAY_8.replace(hour=10))
SERVER_SAYS = {"vi": "Quý vị đã lấy số H017.", "en": "You took number H017."}


def opened(**changes: Any) -> Scene:
    return Scene(view=limited_view(**changes)).opened()


def gone(scene: Scene) -> Scene:
    scene.happen(m.LinkChanged("gone"))
    return scene


def command(scene: Scene, name: str) -> Any:
    return scene.last(m.Ask, name).command


# --- The card first --------------------------------------------------------------------------------------------------


def test_a_card_is_asked_for_and_its_mark_alone_goes_on() -> None:
    scene = opened().touch(*CIVIL)
    assert (scene.page.name, scene.page.title) == ("card", "Mời quý vị quét thẻ căn cước")
    assert "không được lưu và không rời khỏi máy này" in scene.sentences
    scanned(scene, CARD)
    assert scene.page.name == "confirm"
    scene.touch("take").disk()
    assert command(scene, "TakeTicket").person_mark == MARK
    assert scene.number(25).shown_number == "H025"


def test_nothing_that_is_kept_or_sent_or_shown_holds_the_number() -> None:
    scene = scanned(opened().touch(*CIVIL), CARD)
    shown = scene.sentences
    scene.touch("take").disk().number(25).printer("confirmed")
    said = repr(scene.state) + repr(scene.effects) + shown + scene.sentences
    sent = b"".join(encode(one.command) for one in scene.effects if isinstance(one, m.Ask))
    kept = b"".join(msgspec.json.encode(one.visit) for one in scene.effects if isinstance(one, m.KeepVisit))
    for withheld in (ID, PERSON_KEY):
        assert withheld not in said
        assert withheld.encode() not in sent + kept
    assert MARK.encode() in sent
    assert MARK.encode() in kept


@pytest.mark.parametrize(
    ("scan", "says"),
    [
        (None, "Chưa đọc được thẻ."),
        (UnknownScan(), "Mã vừa đọc không dùng để lấy số này."),
        (RECEIPT, "Mã vừa đọc không dùng để lấy số này."),
        (AppointmentScan(MONDAY_8.date(), MONDAY_8.time(), "land", ""), "Mã vừa đọc không dùng để lấy số này."),
    ],
)
def test_what_is_no_card_leaves_the_citizen_at_the_page(scan: AnyScan | None, says: str) -> None:
    scene = scanned(opened().touch(*CIVIL), scan)
    assert (scene.page.name, says in scene.sentences) == ("card", True)
    assert scanned(scene, CARD).page.name == "confirm"
    assert scene.touch("back").page.name == "card"
    assert says not in scene.sentences
    assert scene.touch("back").page.name == "class"


def test_back_to_the_card_forgets_whose_it_was() -> None:
    scene = scanned(opened().touch(*CIVIL), CARD).touch("back")
    scanned(scene, OTHER).touch("take").disk()
    assert command(scene, "TakeTicket").person_mark == person_mark(PERSON_KEY, DAY, "citizen_card", OTHER_ID)


def test_a_ticket_that_is_shown_instead_is_looked_up() -> None:
    scene = scanned(opened().touch(*CIVIL), TICKET)
    assert scene.page.name == "looking"
    scene.tap("back")
    assert scene.page.name == "card"


def test_a_service_that_is_free_for_all_and_a_hall_without_limits_ask_nobody() -> None:
    scene = opened().touch("page:next", "service:guidance", "class:usual")
    assert scene.page.name == "confirm"
    scene.touch("take").disk()
    assert command(scene, "TakeTicket").person_mark == ""
    assert Scene().opened().touch(*CIVIL).page.name == "confirm"


def test_a_card_before_the_service_is_answered_by_what_to_do() -> None:
    scene = scanned(opened(), CARD)
    assert scene.page.title == "Vui lòng chọn dịch vụ trước"
    assert ID not in repr(scene.state)


def test_a_receipt_does_for_a_card_where_the_branch_says_so() -> None:
    mark = person_mark(PERSON_KEY, DAY, "receipt", DOSSIER)
    scene = scanned(opened(known_by=("citizen_card", "receipt")), RECEIPT).touch("class:usual")
    assert scene.page.name == "confirm", "who brought it is known already"
    assert command(scene.touch("take").disk(), "TakeTicket").person_mark == mark
    later = scanned(opened(known_by=("receipt",)).touch(*CIVIL), RECEIPT).touch("take").disk()
    assert command(later, "TakeTicket").person_mark == mark
    only_receipts = scanned(opened(known_by=("receipt",)).touch(*CIVIL), CARD)
    assert only_receipts.page.name == "card"
    not_here = scanned(opened(), RECEIPT).touch("class:usual")
    assert not_here.page.name == "card"


def test_who_has_no_card_calls_for_help_and_is_told_that_somebody_comes() -> None:
    scene = opened().touch(*CIVIL, "without_card")
    assert command(scene, "ReportDevice").reason == "help_called"
    assert "without_card" not in scene.actions
    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, Done()))
    assert (scene.page.name, "Đã gọi người giúp." in scene.sentences) == ("card", True)
    scene.later(60)
    assert scene.page.name == "card", "who waits for help need not touch the screen"


@pytest.mark.parametrize("how", ["never", "gone"])
def test_a_kiosk_that_reads_no_cards_says_so(how: str) -> None:
    scene = Scene(view=limited_view(), settings=m.Settings(has_scanner=how != "never")).opened()
    if how == "gone":
        scene.happen(m.ScannerHealth("unplugged"))
    scene.touch(*CIVIL)
    assert "Máy này chưa đọc được thẻ." in scene.sentences
    assert "không được lưu" not in scene.sentences
    assert "without_card" in scene.actions


# --- The key of the day ----------------------------------------------------------------------------------------------


def test_the_key_is_asked_for_when_a_limit_begins_or_a_day() -> None:
    scene = Scene().opened()
    asked = scene.count(m.Ask, "Introduce")
    scene.view = limited_view()
    scene.happen(m.Viewed(scene.view))
    assert scene.count(m.Ask, "Introduce") == asked + 1
    scanned(scene.touch(*CIVIL), CARD)
    assert "Chưa đọc được thẻ." in scene.sentences, "the key is not there yet: the card is shown again in a moment"
    scanned(scene.introduced(), CARD)
    assert scene.page.name == "confirm"
    scene.happen(m.Viewed(limited_view(day="2026-11-25")))
    assert scene.state.person_key is None
    assert scene.count(m.Ask, "Introduce") == asked + 2


@pytest.mark.parametrize("link", ["up", "gone"])
def test_the_key_is_gone_at_the_halls_midnight_though_nobody_tells_that_the_day_is_over(link: m.LinkState) -> None:
    scene = opened()
    scene.happen(m.LinkChanged(link))
    if link == "up":
        scene.introduced()
    to_midnight = (MONDAY_8.replace(hour=17) - scene.hall_at).total_seconds()  # In Vietnam, seven hours before UTC's.
    assert scene.later(to_midnight - 1).state.person_key is not None, "numbers are given while the server is gone"
    now = m.Now(scene.hall_at, scene.real_s, "0" * 32)
    assert flow.seconds_to_next(scene.state, now, 1.0) == pytest.approx(1.0), "nobody has to touch the kiosk"
    assert scene.later(1.1).state.person_key is None


def test_the_key_is_gone_when_the_day_is_closed_and_kept_in_a_rest() -> None:
    scene = opened()
    services = scene.view.services
    planned = tuple(msgspec.structs.replace(one, giving=(GIVING,)) for one in services)
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, state="closed", closed_because="rest", services=planned)))
    assert scene.state.person_key is not None
    asked = scene.count(m.Ask, "Introduce")
    scene.view = msgspec.structs.replace(scene.view, state="closed", closed_because="over", services=services)
    scene.happen(m.Viewed(scene.view))
    assert scene.state.person_key is None
    scene.happen(m.Viewed(scene.view))
    assert scene.count(m.Ask, "Introduce") == asked, "a closed day has no key to ask for"
    scene.happen(m.LinkChanged("up"))
    assert scene.introduced().state.person_key is None, "an answer from before the closing comes late"


@pytest.mark.parametrize("key", ["xy" * 32, "ab" * 31, "AB" * 32, "ab" * 33])
def test_a_key_that_is_none_is_refused_on_the_wire(key: str) -> None:
    good = encode(introduction(person_key="ab" * 32, person_day=DAY))
    assert decode_reply(good) == introduction(person_key="ab" * 32, person_day=DAY)
    with pytest.raises(Malformed):
        decode_reply(good.replace(b"ab" * 32, key.encode()))


def test_a_server_without_a_key_is_not_asked_for_it_all_the_time() -> None:
    scene = Scene(view=limited_view())
    scene.happen(m.LinkChanged("up"))
    scene.happen(m.Replied(scene.last(m.Ask, "Introduce").request_id, introduction()))
    scene.happen(m.Viewed(scene.view))
    scene.happen(m.Replied(scene.last(m.Ask, "Introduce").request_id, introduction()))
    asked = scene.count(m.Ask, "Introduce")
    scene.later(30)
    assert scene.count(m.Ask, "Introduce") == asked


def test_the_key_is_never_written() -> None:
    scene = opened()
    scene.happen(m.LinkChanged("gone"))
    kept = [one for one in scene.effects if isinstance(one, m.KeepKnowledge)]
    assert kept
    assert all(PERSON_KEY.encode() not in msgspec.json.encode((one.identity, one.view)) for one in kept)


# --- As many as allowed ----------------------------------------------------------------------------------------------


def refused() -> Scene:
    return scanned(opened().touch(*CIVIL), CARD).touch("take").disk().refuses("person_day", **SERVER_SAYS)


def test_who_has_a_number_is_shown_it_and_can_have_its_paper_again() -> None:
    scene = refused()
    assert (scene.page.name, scene.page.busy) == ("held", True)
    question = command(scene, "FindHeldNumber")
    assert (question.service_id, question.person_mark) == ("civil_status", MARK)
    told_held(scene, found(secret="5e" * 16, copies=1))
    assert (scene.page.title, scene.shown_number) == ("Quý vị đã có số", "H017")
    assert "Quý vị đã lấy số H017." in scene.sentences
    assert "Quý vị đang trong hàng chờ." in scene.sentences
    scene.touch("paper_again")
    ticket = scene.last(m.Print).ticket
    assert (ticket.given.number, ticket.copy, ticket.secret) == (17, 1, "5e" * 16)
    assert ticket.secret != ticket_secret(LINK_KEY, ticket.given.visit.visit_id), "another kiosk gave the number"
    scene.printer("confirmed")
    assert "Đã in lại phiếu, vẫn là số H017." in scene.sentences
    assert scene.count(m.DropVisit) == 1, "the visit that came to nothing is settled"


@pytest.mark.parametrize(
    ("reply", "can_print"),
    [
        (found(secret="5e" * 16, copies=4), True),
        (found("called", counter_number=3, secret="5e" * 16), True),
        (found(secret="5e" * 16, copies=5), False),
        (found("ended", secret="5e" * 16), False),
        (found("no_show", secret="5e" * 16), False),
        (found(), False),
        (Refused(code="nothing_held"), False),
        (None, False),
    ],
)
def test_when_the_paper_is_offered(reply: Any, *, can_print: bool) -> None:
    scene = told_held(refused(), reply)
    assert ("paper_again" in scene.actions) == can_print
    if "quầy 3" not in scene.sentences:
        assert "Quý vị đã lấy số H017." in scene.sentences
    assert scene.touch("done").page.name == "services"


@pytest.mark.parametrize("state", ["called", "in_service"])
def test_whose_number_is_called_is_sent_to_the_counter_and_not_to_another_day(state: Any) -> None:
    scene = told_held(refused(), found(state, counter_number=3))
    assert "quầy 3" in scene.sentences
    assert SERVER_SAYS["vi"] not in scene.sentences


def test_a_kiosk_without_a_printer_shows_the_number_alone() -> None:
    scene = Scene(view=limited_view(), settings=m.Settings(has_printer=False)).opened().touch(*CIVIL)
    scanned(scene, CARD).touch("take").disk().refuses("person_day", **SERVER_SAYS)
    told_held(scene, found(secret="5e" * 16))
    assert (scene.shown_number, "paper_again" in scene.actions) == ("H017", False)


# --- Without the server ----------------------------------------------------------------------------------------------


def off_line_number(scene: Scene, scan: AnyScan = CARD, service: str = "civil_status") -> Scene:
    scanned(scene.touch(f"service:{service}", "class:usual"), scan).touch("take").disk().disk()
    return scene.printer("confirmed")


def test_a_kiosk_that_is_cut_off_counts_by_itself_and_hands_the_marks_over() -> None:
    scene = off_line_number(gone(opened()))
    assert scene.shown_number == "H501"
    (entry,) = [one for one in scene.state.outbox if isinstance(one.command, HandOverVisit)]
    assert isinstance(entry.command, HandOverVisit)
    assert entry.command.person_mark == MARK
    scanned(scene.touch("done", "service:certification", "class:usual"), CARD)
    assert (scene.page.name, scene.shown_number) == ("held", "H501")
    assert "Mỗi người có nhiều nhất 1 số" in scene.sentences
    scene.touch("paper_again")
    ticket = scene.last(m.Print).ticket
    assert (ticket.given.number, ticket.copy) == (501, 1)
    scene.printer("confirmed").touch("done")
    assert off_line_number(scene, OTHER).shown_number == "H502"


def test_what_it_gave_with_the_server_counts_too() -> None:
    scene = scanned(opened().touch(*CIVIL), CARD).touch("take").disk().number(25).printer("confirmed").touch("done")
    scanned(gone(scene).touch(*CIVIL), CARD)
    assert (scene.page.name, scene.shown_number) == ("held", "H025")
    scene.touch("done")
    scene.happen(m.LinkChanged("up"))
    assert scanned(scene.touch(*CIVIL), CARD).page.name == "confirm", "the server decides when it is there"


def test_at_once_without_the_server_counts_what_nobody_can_have_called() -> None:
    rules = KioskRules(numbers_per_person=NumbersPerPerson(at_once=1))
    view = msgspec.structs.replace(limited_view(), rules=rules)
    scene = Scene(view=view).opened()
    scanned(scene.touch(*CIVIL), CARD).touch("take").disk().number(25).printer("confirmed").touch("done")
    assert off_line_number(gone(scene)).shown_number == "H501", "the first may be over by now"
    scanned(scene.touch("done", *CIVIL), CARD)
    assert (scene.page.name, scene.shown_number) == ("held", "H501")


def test_a_services_own_limit_without_the_server() -> None:
    limited = PersonLimits(day=1)
    view = with_service(ward_view(), "civil_status", card_needed=True, numbers_per_person=limited)
    scene = off_line_number(gone(Scene(view=view).opened()))
    scanned(scene.touch("done", *CIVIL), CARD)
    assert scene.page.name == "held"
    scene.touch("done")
    assert scene.touch("service:certification", "class:usual").page.name == "confirm"


def test_a_kiosk_that_starts_without_its_server_knows_nobody_and_gives_numbers_all_the_same() -> None:
    before = off_line_number(gone(opened()))
    kept = m.Restored(
        identity=before.state.identity,
        view=before.state.view,
        offline_numbers=before.state.offline_numbers,
        outbox=before.state.outbox,
    )
    scene = gone(Scene(kept=kept))
    assert [one.person_mark for one in scene.state.gifts] == [MARK]
    assert scene.touch(*CIVIL).page.name == "confirm"
    scene.touch("take").disk().disk()
    assert scene.shown_number == "H502"
    handed_over = [one.command.person_mark for one in scene.state.outbox if isinstance(one.command, HandOverVisit)]
    assert handed_over == [MARK, ""]


def test_gifts_go_with_their_day() -> None:
    scene = off_line_number(gone(opened()))
    scene.happen(m.Viewed(limited_view(day="2026-11-25")))
    assert scene.state.gifts == ()


def test_a_power_cut_between_card_and_number_keeps_the_mark() -> None:
    scene = scanned(opened().touch(*CIVIL), CARD).touch("take").disk()
    visit = scene.last(m.KeepVisit).visit
    assert visit.person_mark == MARK
    again = Scene(view=limited_view(), kept=m.Restored(visit=visit)).opened()
    assert command(again, "TakeTicket").person_mark == MARK


def test_a_pending_visit_of_before_is_read_without_a_mark() -> None:
    visit = Scene().opened().touch(*TO_NUMBER).last(m.KeepVisit).visit
    body = msgspec.json.encode(visit).replace(b',"person_mark":""', b"")
    assert b"person_mark" not in body
    assert msgspec.json.decode(body, type=type(visit)) == replace(visit, person_mark="")
