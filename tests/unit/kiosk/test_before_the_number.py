"""What a citizen hears before the number, as tables: the hour, the wait, the rest, closing, what is left, who helps."""

from typing import Any

import msgspec
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.paper import ticket_content
from kiosk.widgets.page import Cautions, Notice, Tiles
from protocol.configuration import DutyContact
from protocol.events import Span
from protocol.views import Done, Estimate, KioskRules
from tests.support.kiosks import FUNCTION, MONDAY_8, Scene, hall_clock, ward_texts, ward_view, with_service

CIVIL = ("service:civil_status", "class:usual")
USUAL, CONSENT = "Lấy số", "Tôi hiểu, lấy số"
LATE = "Hồ sơ nhận từ 15:00: kết quả trong ngày được trả vào T4 25/11."
MAYBE_LATE = "Có thể sau 15:00 mới đến lượt; khi đó kết quả trong ngày được trả vào T4 25/11."
LONG = "Hiện phải chờ lâu: ước tính 40–65 phút."
CLOSING = "Quầy làm việc đến 17:00. Hôm nay có thể không kịp đến lượt quý vị."
REST = "Quầy nghỉ từ 12:00 đến 13:00. Quý vị có thể được gọi sau 13:00."
RESTING = "Quầy đang nghỉ. Số được gọi từ 13:00."


def confirming(clock: tuple[int, int], wait: tuple[int, int] | None, **changes: Any) -> Scene:
    """Bring a citizen before the number for civil status, at a time of Monday and an expected wait in minutes."""
    estimate = Estimate(low_s=wait[0] * 60, high_s=wait[1] * 60) if wait else None
    at = hall_clock(*clock)
    view = with_service(ward_view(), "civil_status", **{"estimate": estimate, "rest": None, **changes})
    scene = Scene(view=view, hall_at=at)
    return scene.opened().touch(*CIVIL)


def heard(scene: Scene) -> list[str]:
    blocks = scene.page.blocks
    told = [sentence for block in blocks if isinstance(block, Cautions) for sentence in block.sentences]
    return told + [block.text for block in blocks if isinstance(block, Notice)]


def way_on(scene: Scene) -> str:
    return next(line for line in scene.sentences.splitlines() if line in {USUAL, CONSENT})


NOON = ward_view().services[1].rest


@pytest.mark.parametrize(
    ("clock", "wait", "rest", "sentences", "button"),
    [
        ((8, 0), (15, 30), NOON, [], USUAL),
        ((8, 0), None, NOON, [], USUAL),
        ((14, 20), (15, 30), None, [], USUAL),
        ((14, 30), (15, 30), None, [MAYBE_LATE], CONSENT),
        ((14, 59), (0, 0), None, [], USUAL),
        ((15, 0), (15, 30), None, [LATE], CONSENT),
        ((15, 0), None, None, [LATE], CONSENT),
        ((16, 0), (15, 30), None, [LATE], CONSENT),
        ((16, 1), (15, 30), None, [LATE, CLOSING], CONSENT),
        ((16, 29), (1, 1), None, [LATE], CONSENT),
        ((16, 31), None, None, [LATE, CLOSING], CONSENT),
        ((9, 0), (40, 59), NOON, [], USUAL),
        ((9, 0), (40, 65), NOON, [LONG], CONSENT),
        ((11, 30), (15, 30), NOON, [], USUAL),
        ((11, 31), (15, 30), NOON, [REST], USUAL),
        ((12, 30), (40, 50), NOON, [RESTING], USUAL),
        ((13, 40), (40, 65), None, [LONG], CONSENT),
        ((14, 0), (40, 65), None, [MAYBE_LATE, LONG], CONSENT),
        ((15, 40), (40, 65), None, [LATE, LONG, CLOSING], CONSENT),
    ],
)
def test_what_is_heard_before_the_number(
    clock: tuple[int, int], wait: tuple[int, int] | None, rest: object, sentences: list[str], button: str
) -> None:
    scene = confirming(clock, wait, rest=rest)
    assert heard(scene) == sentences
    assert way_on(scene) == button
    assert scene.touch("take").disk().number(25).shown_number == "H025", "consent is one touch, the same as ever"


def test_nothing_is_guessed_while_the_server_is_gone() -> None:
    scene = confirming((14, 30), (40, 65))
    scene.happen(m.LinkChanged("gone"))
    assert heard(scene) == []
    scene.hall_at = hall_clock(15)
    assert heard(scene) == [LATE], "the clock is known without anybody"


@pytest.mark.parametrize(
    ("rules", "sentences"),
    [
        ({"late_receipt_from": "14:00"}, ["Hồ sơ nhận từ 14:00: kết quả trong ngày được trả vào T4 25/11."]),
        ({"consent_waiting_s": 0, "consent_closing_s": 0, "late_receipt_from": "17:00"}, []),
        ({"consent_waiting_s": 600, "late_receipt_from": "17:00"}, ["Hiện phải chờ lâu: ước tính 15–30 phút."]),
        ({"consent_closing_s": 7200, "late_receipt_from": "17:00"}, [CLOSING]),
    ],
)
def test_the_thresholds_are_the_branchs(rules: dict[str, Any], sentences: list[str]) -> None:
    view = with_service(
        ward_view(rules=KioskRules(**rules)), "civil_status", rest=None, estimate=Estimate(low_s=900, high_s=1800)
    )
    scene = Scene(view=view, hall_at=hall_clock(14, 40)).opened().touch(*CIVIL)
    assert heard(scene) == sentences


@pytest.mark.parametrize(
    ("procedure", "late"),
    [("1.001193", True), ("1.000894", False)],  # a birth is registered the same day, a marriage is not
)
def test_a_procedure_speaks_for_itself(procedure: str, *, late: bool) -> None:
    scene = Scene(hall_at=hall_clock(15, 30)).opened().with_catalogue().touch("service:civil_status", "procedures")
    while f"procedure:{procedure}" not in scene.actions:
        scene.touch("page:next")
    scene.touch(f"procedure:{procedure}", "choose", "class:usual")
    assert (LATE in scene.sentences) is late


@pytest.mark.parametrize(
    ("left", "tile", "before"),
    [
        (None, "6 người chờ", []),
        (11, "6 người chờ", []),
        (10, "còn 10 số", ["Hôm nay còn 10 số"]),
        (1, "còn 1 số", ["Hôm nay còn 1 số"]),
    ],
)
def test_the_last_numbers_are_counted_down(left: int | None, tile: str, before: list[str]) -> None:
    scene = Scene(view=with_service(ward_view(), "civil_status", numbers_left=left)).opened()
    tiles = next(block for block in scene.page.blocks if isinstance(block, Tiles)).tiles
    assert next(one.people for one in tiles if one.action == "service:civil_status") == tile
    assert heard(scene.touch(*CIVIL)) == before


def test_when_the_numbers_are_used_up_the_citizen_hears_when_there_are_new_ones() -> None:
    view = with_service(
        ward_view(), "land", state="quota_reached", numbers_left=0, next_opens_at=MONDAY_8.replace(day=25, hour=0)
    )
    scene = Scene(view=view).opened()
    tiles = next(block for block in scene.page.blocks if isinstance(block, Tiles)).tiles
    land = next(one for one in tiles if one.action == "service:land")
    assert (land.usable, land.wait, land.hint) == (False, "Hết số hôm nay", "Mở lúc 07:00 T4 25/11")
    assert "Mở cửa lại: 07:00 Thứ Tư 25/11" in scene.touch("service:land").sentences


TET = {"vi": "Tết Nguyên đán", "en": "Lunar New Year"}
DEATHS = DutyContact(names={"vi": "Trực khai tử ngoài giờ", "en": "Death registration out of hours"}, phone="024 1234")


@pytest.mark.parametrize(
    ("because", "title", "english"),
    [
        ("holiday", "Nghỉ lễ: Tết Nguyên đán", "Closed for Lunar New Year"),
        ("weekend", "Hôm nay là ngày nghỉ", "Closed today"),
        ("early", "Chưa đến giờ lấy số", "No numbers yet"),
        ("rest", "Đang nghỉ giữa giờ", "Closed for a break"),
        ("over", "Đã hết giờ lấy số hôm nay", "No more numbers today"),
        ("quota", "Đã phát hết số hôm nay", "All numbers of today are taken"),
        ("", "Bộ phận Một cửa đang nghỉ", "The hall is closed"),
    ],
)
def test_a_closed_hall_says_why_until_when_and_whom_to_call(because: str, title: str, english: str) -> None:
    view = ward_view(
        state="closed",
        closed_because=because,
        holiday_names=TET,
        next_opens_at=MONDAY_8.replace(day=25, hour=0, minute=30),
        duty_contacts=(DEATHS,),
    )
    scene = Scene(view=view).opened()
    assert (scene.page.title, scene.page.hint) == (title, "Mở cửa lại: 07:30 Thứ Tư 25/11")
    assert "Trực khai tử ngoài giờ: 024 1234" in scene.sentences
    scene.touch("key:language")
    assert (scene.page.title, scene.page.hint) == (english, "Opens again: 07:30 Wednesday 25/11")
    assert "Death registration out of hours: 024 1234" in scene.sentences


@pytest.mark.parametrize(
    ("clock", "title", "hint"),
    [
        ((7, 0), "Chưa đến giờ lấy số", "Mở cửa lại: 07:30"),
        ((12, 5), "Đang nghỉ giữa giờ", "Mở cửa lại: 12:30"),
        ((16, 31), "Đã hết giờ lấy số hôm nay", ""),
    ],
)
def test_a_kiosk_whose_server_is_gone_closes_by_the_days_plan(clock: tuple[int, int], title: str, hint: str) -> None:
    giving = (
        Span(opens_at=hall_clock(7, 30), closes_at=hall_clock(12)),
        Span(opens_at=hall_clock(12, 30), closes_at=hall_clock(16, 30)),
    )
    view = ward_view()
    services = tuple(msgspec.structs.replace(one, giving=giving) for one in view.services)
    scene = Scene(view=msgspec.structs.replace(view, services=services), hall_at=hall_clock(*clock)).opened()
    scene.happen(m.LinkChanged("gone"))
    assert (scene.page.name, scene.page.title, scene.page.hint) == ("closed", title, hint)


def test_a_closed_service_names_the_contact_too() -> None:
    view = with_service(ward_view(duty_contacts=(DEATHS,)), "land", state="closed")
    assert "Trực khai tử ngoài giờ: 024 1234" in Scene(view=view).opened().touch("service:land").sentences


@pytest.mark.parametrize(
    ("recorded", "service", "shown"),
    [
        ({"vi": "Tại nhà", "en": "At home"}, {"vi": "Quầy 5", "en": "Counter 5"}, "Tại nhà"),
        (None, {"vi": "Quầy 5", "en": "Counter 5"}, "Quầy 5"),
        (None, {}, "Chưa có thông tin"),
    ],
)
def test_where_the_result_comes_is_told_or_said_to_be_unknown(
    recorded: dict[str, str] | None, service: dict[str, str], shown: str
) -> None:
    scene = Scene(view=with_service(ward_view(), "civil_status", result_place=service)).opened().with_catalogue()
    assert scene.state.catalogue is not None
    birth = next(one for one in scene.state.catalogue.procedures if one.code == "1.001193")
    changed = msgspec.structs.replace(birth, result_place=recorded)
    catalogue = Catalogue.of("c" * 64, (changed,))
    scene.happen(m.CatalogueRead("c" * 64, catalogue))
    facts = scene.touch("service:civil_status", "procedures", "procedure:1.001193").page.blocks[0]
    assert dict(getattr(facts, "rows", ()))["Nơi nhận kết quả"] == (shown,)


@pytest.mark.parametrize(
    ("clock", "notice"), [((14, 59), ()), ((15, 0), ("Nhận từ 15:00: kết quả trong ngày trả vào T4 25/11.",))]
)
def test_the_ticket_says_so_too(clock: tuple[int, int], notice: tuple[str, ...]) -> None:
    scene = confirming(clock, None).touch("take").disk().number(25)
    content = ticket_content(scene.last(m.Print).ticket, scene.view, None, ward_texts())
    assert content.notices == notice


# --- Help ------------------------------------------------------------------------------------------------------------

CALLED = "Đã gọi người giúp. Vui lòng chờ tại máy."
COMING = "Cán bộ đang đến giúp quý vị. Vui lòng chờ tại máy."
UNANSWERED = "Chưa có ai trả lời. Vui lòng đến quầy hướng dẫn hoặc gọi 024 3xxx xxxx."


def calling() -> Scene:
    scene = Scene().opened().touch("service:land", "key:help")
    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, Done()))
    return scene


def somebody_comes(scene: Scene, function_id: str = FUNCTION) -> Scene:
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, help_answered=(function_id,))))
    return scene


@pytest.mark.parametrize("coming", [False, True])
def test_a_call_for_help_is_taken_back_by_a_second_touch_but_not_by_a_hurried_one(*, coming: bool) -> None:
    scene = somebody_comes(calling()) if coming else calling()
    call = scene.last(m.Ask, "ReportDevice")
    assert "Thôi gọi" in [key.label for key in scene.page.keys]
    assert scene.later(2).touch("key:help").last(m.Ask, "ReportDevice") is call, "who is in a hurry touches twice"
    scene.later(2).touch("key:help")
    report: Any = scene.last(m.Ask, "ReportDevice").command
    assert report.reason != "help_called", "the staff's list shows it gone"
    assert (scene.state.help, scene.page.name) == ("taken_back", "class")
    assert any("Đã thôi gọi người giúp." in sentence for sentence in heard(scene))
    again: Any = scene.touch("key:help").last(m.Ask, "ReportDevice").command
    assert again.reason == "help_called", "and it can be made again"


def test_who_waits_for_help_keeps_the_screen_and_is_told_when_nobody_answers() -> None:
    scene = calling()
    assert heard(scene) == [CALLED]
    assert (heard(scene.later(119)), scene.page.name) == ([CALLED], "class"), "longer than any screen stays untouched"
    assert heard(scene.later(2)) == [UNANSWERED]
    assert heard(somebody_comes(scene)) == [COMING], "late is better than never"


def test_somebody_comes_to_this_kiosk_and_no_other() -> None:
    assert heard(somebody_comes(calling(), "kiosk-2")) == [CALLED]
    assert heard(somebody_comes(calling())) == [COMING]


def test_after_an_unanswered_call_the_citizen_may_call_again() -> None:
    scene = calling().later(121)
    asked = scene.count(m.Ask, "ReportDevice")
    scene.touch("key:help")
    assert scene.count(m.Ask, "ReportDevice") == asked + 1
    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, Done()))
    assert heard(scene) == [CALLED]


def test_a_call_that_did_not_get_through_is_told_at_once() -> None:
    scene = Scene().opened().touch("key:help")
    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, None))
    assert heard(scene) == ["Chưa gọi được người giúp. Vui lòng đến quầy hướng dẫn."]


@pytest.mark.parametrize("answered", [True, False])
def test_the_next_citizen_begins_anew(*, answered: bool) -> None:
    scene = calling()
    if answered:
        somebody_comes(scene)
    scene.later(400)
    assert (scene.page.name, heard(scene), scene.state.help) == ("services", [], "none")
    report: Any = scene.last(m.Ask, "ReportDevice").command
    assert report.reason != "help_called", "the staff hear that the call is over"
