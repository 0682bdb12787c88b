"""What the console says, from views alone."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from protocol.configuration import Outcome
from protocol.views import ClerkDay, CounterHelp, CounterView, CounterVisit
from queue_server.web.console_choices import UNRECORDED
from queue_server.web.console_page import Button, ConsolePage, MoreKey, console_page
from queue_server.web.console_seat import Seat
from tests.support.boards import stopped
from tests.support.paper_hall import CLASSES, NOW, PROCEDURES, counter_view, hall_view, order_view, visit
from tests.support.texts import shipped_texts

TEXTS = shipped_texts()
NAMES = {"anh": "Nguyễn Thị Ánh", "minh": "Trần Văn Minh"}


def seat(counter: CounterView, language: str = "vi") -> Seat:
    return Seat(
        clerk_id="anh",
        names=NAMES,
        hall=hall_view(),
        counter=counter,
        priority_classes=CLASSES,
        procedures={one.code: one for page in PROCEDURES for one in page},
        words=TEXTS.words(language),
        viewed_at=NOW,
        now=NOW,
    )


def page(state: str, **more: object) -> ConsolePage:
    return console_page(seat(counter_view(state, **more)))


def enabled(shown: ConsolePage) -> set[str]:
    return {button.action for button in shown.buttons if button.enabled}


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("idle", {"call_next", "pause"}),
        ("called", {"start", "recall", "transfer", "no_show", "pause"}),
        ("serving", {"end_and_call", "end", "transfer", "park", "pause"}),
        ("paused", {"open"}),
        ("closed", {"open"}),
    ],
)
def test_what_can_be_pressed(state: str, actions: set[str]) -> None:
    assert enabled(page(state)) == actions


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("idle", {"pause"}),
        ("called", {"start", "transfer", "pause"}),
        ("serving", {"end", "transfer", "park", "pause"}),
        ("paused", {"open"}),
        ("closed", {"open"}),
    ],
)
@pytest.mark.parametrize("by", ["hall", "counter"])
def test_in_a_stopped_hall_what_calls_people_is_grey_and_says_why(by: str, state: str, actions: set[str]) -> None:
    here = seat(counter_view(state))
    changed = msgspec.structs.replace(getattr(here, by), stopped=stopped())
    shown = console_page(replace(here, **{by: changed}))
    assert enabled(shown) == actions
    hints = {button.action: button.hint for button in shown.buttons}
    calls = {"call_next", "end_and_call", "recall", "no_show"} & set(hints)
    assert {hints[action] for action in calls} == {"Sảnh đang tạm dừng"}
    assert not shown.call_chosen, "nobody is called by number, or taken up again"
    keys = {more.key: more.enabled for more in shown.more_keys}
    assert not keys["C"]
    if state == "idle":
        assert shown.title == "Sảnh đang tạm dừng"


@pytest.mark.parametrize("state", ["idle", "called", "serving", "paused", "closed"])
def test_the_keys_stand_where_they_always_stand(state: str) -> None:
    places = [(button.key, button.wide) for button in page(state).buttons]
    assert places == [
        ("Space", True),
        ("Enter", False),
        ("R", False),
        ("T", False),
        ("P", False),
        ("V", False),
        ("B", False),
    ]


def test_one_button_is_the_loudest() -> None:
    def loudest(shown: ConsolePage) -> list[Button]:
        return [button for button in shown.buttons if button.tone == "main" and button.enabled]

    for state in ("idle", "called", "serving", "paused", "closed"):
        assert len(loudest(page(state))) == 1, state


def test_only_where_numbers_are_limited_staff_give_them_without_a_card() -> None:
    assert page("idle").choices.limited == ()
    shown = console_page(replace(seat(counter_view("idle")), limited=frozenset({"civil_status"})))
    assert [choice.value for choice in shown.choices.limited] == ["civil_status"]
    assert shown.choices.usual_class == "usual"


def test_a_number_above_the_limit_is_marked() -> None:
    usual, over = page("serving").at_counter, page("serving", serving=visit(25, "called", over_limit=True)).at_counter
    assert usual is not None
    assert over is not None
    marks = [row for row in over.rows if row not in usual.rows and row.tone == "brick"]
    assert [row.text for row in marks] == ["vượt số được lấy; máy cấp khi mất mạng"]


@pytest.mark.parametrize(("clerk_id", "named"), [("minh", "Trần Văn Minh"), ("", "Quầy 3")])
def test_a_counter_of_somebody_else_cannot_be_worked(clerk_id: str, named: str) -> None:
    shown = page("serving", clerk_id=clerk_id)
    assert shown.state == "elsewhere"
    assert enabled(shown) == set()
    assert named in shown.title


def test_a_counter_that_pauses_serves_to_the_end_and_calls_nobody() -> None:
    shown = console_page(seat(msgspec.structs.replace(counter_view("serving"), state="paused")))
    assert enabled(shown) == {"end", "transfer", "park", "open"}


def test_the_day_is_not_open() -> None:
    shown = page("idle", day_open=False)
    assert shown.state == "day_over"
    assert enabled(shown) == set()


def test_the_visit_and_its_facts() -> None:
    shown = page("serving").at_counter
    assert shown is not None
    assert (shown.number, shown.badge, shown.target) == ("H025", "Ưu tiên · Người cao tuổi", "mục tiêu 14 phút")
    assert [row.text for row in shown.rows] == [
        "Hộ tịch",
        "Đăng ký khai sinh (1.001193)",
        "08:12 tại Máy lấy số cửa chính",
        "24 phút · trong mức 30 phút",
        "08:35 · quy tắc “ưu tiên tích lũy”",
        "Chuyển từ Quầy 1: Cần bổ sung giấy chứng sinh",
    ]


def test_a_wait_past_its_target_is_marked() -> None:
    counter = counter_view("serving")
    assert counter.serving is not None
    late = msgspec.structs.replace(counter, serving=msgspec.structs.replace(counter.serving, waited_s=1801))
    shown = console_page(seat(late)).at_counter
    assert shown is not None
    assert (shown.rows[3].text, shown.rows[3].tone) == ("30 phút · quá mức 30 phút", "brick")


def test_who_is_next_and_why() -> None:
    shown = page("idle")
    rows = [(row.number, row.title, row.detail, row.badge, row.kind) for row in shown.next_rows]
    assert rows == [
        ("H021", "Trích lục hộ tịch", "chờ 31 phút", "quá mức 30 phút", "overdue"),
        ("H026", "Đăng ký kết hôn", "chờ 22 phút", "thường", "usual"),
        ("H027", "Đăng ký khai sinh", "chờ 6 phút", "Người cao tuổi", "priority"),
        ("C044", "Chứng thực", "chờ 12 phút", "dự phòng", "backup"),
    ]
    assert shown.next_reason == "H021 được gọi trước vì đã chờ quá mức bảo đảm. Gọi số khác phải ghi lý do."


def test_a_wait_grows_between_views() -> None:
    later = replace(seat(counter_view("idle")), now=NOW + timedelta(minutes=3))
    assert console_page(later).next_rows[0].detail == "chờ 34 phút"


def test_a_wait_under_a_minute_does_not_count_seconds() -> None:
    shown = page("idle", next_visits=(visit(9, waited_min=0),))
    assert shown.next_rows[0].detail == "chờ dưới 1 phút"


def test_nobody_waits() -> None:
    shown = page("idle", next_visits=(), waiting=0)
    assert (shown.next_rows, shown.next_reason, shown.waiting) == ((), "", "không có người chờ")


def test_a_parked_visit_is_due() -> None:
    waiting, due = visit(19, "parked", started_at=NOW - timedelta(minutes=17)), visit(20, "parked", remind_at=NOW)
    chips = page("idle", parked=(waiting, due)).parked
    assert [(chip.number, chip.detail, chip.digit, chip.due) for chip in chips] == [
        ("H019", "17 phút", 1, False),
        ("H020", "đến hẹn", 2, True),
    ]


def test_digits_of_parked_visits_and_no_shows_do_not_meet() -> None:
    many = tuple(visit(number, "parked") for number in range(1, 6))
    shown = page("idle", parked=many, no_shows=many)
    digits = [chip.digit for chip in (*shown.parked, *shown.no_shows)]
    assert digits == list(range(1, 10))


def test_choices_have_keys_of_their_own() -> None:
    choices = page("serving").choices
    assert [(one.value, one.key) for one in choices.outcomes] == [
        ("dossier_received", "1"),
        ("result_returned", "2"),
        ("guided", "3"),
        ("papers_missing", "4"),
        ("left", "5"),
    ]
    assert choices.counters[0].title == "Quầy 1 · Trần Văn Minh"
    assert "counter-3" not in {one.value for one in choices.counters}


def test_the_servers_own_outcome_is_not_offered() -> None:
    hall = hall_view()
    own = Outcome(outcome_id=UNRECORDED, names={"vi": "Chưa ghi nhận", "en": "Unrecorded"}, served=False)
    seated = replace(seat(counter_view("serving")), hall=msgspec.structs.replace(hall, outcomes=(*hall.outcomes, own)))
    assert UNRECORDED not in {one.value for one in console_page(seated).choices.outcomes}


def test_what_left_the_configuration_is_shown_by_its_id() -> None:
    gone = visit(30, service_id="gone", procedure_code="", priority_class_id="gone")
    assert page("idle", next_visits=(gone,)).next_rows[0].title == "gone"


def test_the_page_speaks_english() -> None:
    shown = console_page(replace(seat(counter_view("serving"), "en")))
    assert shown.buttons[0].title == "Call next"
    assert shown.profile == "Civil status · backup: Certification"


def test_no_share_is_shown_of_nothing() -> None:
    figures = page("idle", own=ClerkDay()).figures
    assert [row.value for row in figures] == ["0", *["Không có dữ liệu"] * 3]


def test_the_clerks_own_day_names_nobody_else() -> None:
    figures = {row.label: (row.value, row.more) for row in page("serving").figures}
    assert figures == {
        "Đã phục vụ": ("9", ""),
        "Trung vị / mục tiêu": ("8 phút", "/ 14 phút"),
        "Trong định mức": ("7 / 9", ""),
        "Gọi ngoài thứ tự": ("2 / 11", ""),
    }
    ledger = console_page(replace(seat(counter_view("serving")), order=order_view())).ledger
    assert [(row.number, row.what, row.reason, row.passed_over) for row in ledger] == [
        ("H027", "Đổi diện: Thường sang Người cao tuổi", "Người yếu, không khỏe", "–"),
        ("H024", "Gọi số chọn", "Quay lại bổ sung", "3"),
    ], "what Minh did is none of Ánh's business"


def test_lights_have_a_shape_and_a_word_each() -> None:
    shown = page("idle")
    queues = [(one.name, one.waiting, one.light.level if one.light else "", one.backup) for one in shown.lights]
    assert queues == [("Hộ tịch", 5, "late", False), ("Chứng thực", 5, "soon", True)]
    classes = [(one.name, one.waiting, one.head, one.light.level) for one in shown.classes]
    assert classes == [("Người cao tuổi", 4, "H021", "late"), ("Thường", 14, "H026", "soon")]
    calm = replace(seat(counter_view("idle")), now=NOW - timedelta(minutes=20))
    levels = {one.light for one in shown.lights if one.light} | {one.light for one in console_page(calm).classes}
    assert {one.level for one in levels} == {"fine", "soon", "late"}
    assert len({one.shape for one in levels}) == len({one.word for one in levels}) == 3


def test_what_follows_is_told_and_can_be_planned() -> None:
    at_counter = visit(25, "in_service", coming_service_ids=("land", "welfare"))
    shown = page("serving", serving=at_counter)
    assert shown.at_counter is not None
    assert "Đất đai, xây dựng rồi Bảo trợ xã hội" in [row.text for row in shown.at_counter.rows]
    assert [(one.value, one.key) for one in shown.choices.goes] == [("", "A"), ("stop", "K")], (
        "land is served elsewhere"
    )
    here = page("serving", serving=visit(25, "in_service", coming_service_ids=("certification",)))
    assert [one.value for one in here.choices.goes] == ["", "stay", "stop"]
    assert [(one.value, one.key) for one in shown.choices.linked] == [("land+welfare", "1"), ("", "0")]
    assert shown.choices.more[0].value == "land+welfare+certification"
    assert page("serving").choices.goes == ()
    assert page("idle").choices.more == ()


def test_a_hidden_queue_names_nobody() -> None:
    shown = page("idle", hides_queue=True, next_visits=())
    assert (shown.hides_queue, shown.next_rows, shown.next_reason) == (True, (), "")


def test_who_did_not_come_parks_or_fetches_papers_has_a_digit_as_far_as_there_are_some() -> None:
    def many(count: int, state: str) -> tuple[CounterVisit, ...]:
        return tuple(visit(number, state, called_at=NOW) for number in range(count))

    shown = page("idle", parked=many(8, "parked"), no_shows=many(2, "no_show"), come_backs=many(5, "ended"))
    groups = (shown.parked, shown.no_shows, shown.come_backs)
    assert [len(group) for group in groups] == [4, 2, 3]
    assert [chip.digit for group in groups for chip in group] == list(range(1, 10))
    assert shown.no_shows[0].number == "H001", "the last one first: who comes late has just been called"


HELP = CounterHelp(counter_id="counter-1", number=1, clerk_id="minh", to="colleague", to_counter_id="", since_at=NOW)


@pytest.mark.parametrize(
    ("changes", "sentence", "may_go"),
    [
        ({}, "Quầy 1 (Trần Văn Minh) cần hỗ trợ từ 08:42.", True),
        ({"to_counter_id": "counter-3"}, "Quầy 1 (Trần Văn Minh) gọi Quầy 3 từ 08:42.", True),
        ({"answered_by": "anh"}, "Quý vị đang đến hỗ trợ Quầy 1.", False),
    ],
)
def test_who_is_called_for_help_sees_it(changes: dict[str, str], sentence: str, may_go: bool) -> None:
    shown = page("serving", asked=(msgspec.structs.replace(HELP, **changes),)).help_wanted
    assert [(one.sentence, one.may_go) for one in shown] == [(sentence, may_go)]


def test_ones_own_call_stands_on_its_key_until_it_is_taken_back() -> None:
    def key(**more: object) -> MoreKey:
        return next(one for one in page("serving", **more).more_keys if one.key == "K")

    assert (key().opens, key().lit) == ("help", False)
    own = msgspec.structs.replace(HELP, counter_id="counter-3")
    assert (key(help=own).title, key(help=own).action) == ("Đang gọi hỗ trợ · thôi", "end_help")
    assert key(help=msgspec.structs.replace(own, answered_by="minh")).title == "Trần Văn Minh đang đến."


def test_a_call_is_said_again_as_often_as_the_branch_allows() -> None:
    assert "recall" not in enabled(page("called", serving=visit(25, "called", called_at=NOW, recalls=3)))


def test_a_call_that_was_cut_off_is_told_with_what_to_do() -> None:
    for unsaid in (False, True):
        shown = page("called", serving=msgspec.structs.replace(visit(25, "called"), unsaid=unsaid))
        assert shown.at_counter is not None
        told = [row.text for row in shown.at_counter.rows if row.tone == "brick"]
        assert (TEXTS.words("vi")("console.unsaid") in told) is unsaid
