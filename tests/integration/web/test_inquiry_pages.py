"""The pages of alerts, inquiries and hearings before a hall on paper: what they ask, and what they show to whom."""

import html
from collections.abc import Iterator

import pytest

from protocol import inquiry_commands as ic
from protocol import inquiry_views as iv
from protocol.commands import AnyCommand
from protocol.link import new_id
from protocol.views import AnyReply, Refused
from tests.support.paper_hall import furnish
from tests.support.paper_inquiries import (
    ALERT_ID,
    ALERTS,
    ANSWER,
    APPEALED_ID,
    COMMENT,
    HEARING_ID,
    INQUIRIES,
    MINE_ID,
    NEW_ID,
    QUESTION,
    STATEMENT,
    answer,
    found,
)
from tests.support.programs import staff
from tests.support.web_pages import Pages, Visitor


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("inquiries")) as ready:
        yield ready


@pytest.fixture(scope="module")
def people(pages: Pages) -> dict[str, Visitor]:
    furnish(pages.hall)
    return {clerk_id: pages.signed_in(clerk_id) for clerk_id in ("boss", "anh", "inspector")}


@pytest.fixture(autouse=True)
def _hall_answers(pages: Pages, people: dict[str, Visitor]) -> None:
    assert people
    pages.hall.become("up")
    furnish(pages.hall)
    pages.hall.answer = answer
    pages.hall.asked.clear()


@pytest.fixture
def boss(people: dict[str, Visitor]) -> Visitor:
    return people["boss"]


@pytest.fixture
def clerk(people: dict[str, Visitor]) -> Visitor:
    return people["anh"]


def acts(pages: Pages) -> list[AnyCommand]:
    return [one for _, one in pages.hall.asked if isinstance(one, ic.InquiryCommand)]


def text_of(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.get(path).text)


def test_alerts_tell_where_what_and_what_was_done(pages: Pages, boss: Visitor) -> None:
    text = text_of(boss, "/alerts/")
    spoken = pages.parts.texts.words("vi")
    assert spoken("alerts.counter", number="3") in text
    assert spoken("alerts.hall") in text
    assert "4 trên 6 đánh giá không hài lòng trong 15 phút" in text
    assert COMMENT in text
    assert text.index(ALERT_ID) < text.index(ALERTS[-1].alert_id)
    assert ALERTS[-1].alert_id not in text_of(boss, "/alerts/?shown=open")


@pytest.mark.parametrize("kind", ["acknowledged", "commented", "closed"])
def test_a_step_about_an_alert_has_the_id_of_its_form(pages: Pages, boss: Visitor, kind: str) -> None:
    form_id = new_id()
    for _ in range(2):
        done = boss.post(f"/alerts/{ALERT_ID}", "/alerts/", request_id=form_id, kind=kind, text=COMMENT)
        assert done.status_code == 302
    first, again = acts(pages)
    assert isinstance(first, ic.StepAlert)
    assert (first.alert_id, first.step_id, first.kind, first.text) == (ALERT_ID, form_id, kind, COMMENT)
    assert first.clerk_id == "boss"
    assert again == first


def test_a_refusal_is_said_and_what_was_typed_stays(pages: Pages, boss: Visitor) -> None:
    def over(command: AnyCommand) -> AnyReply:
        if isinstance(command, ic.InquiryCommand):
            return Refused(code="alert_over", sentences={"vi": "Đã đóng rồi."})
        return answer(command)

    pages.hall.answer = over
    shown = boss.post(f"/alerts/{ALERT_ID}", "/alerts/", kind="commented", text=COMMENT + " Xong.")
    assert shown.status_code == 409
    text = html.unescape(shown.text)
    assert "Đã đóng rồi." in text
    assert COMMENT + " Xong.</textarea>" in text
    assert boss.post(f"/alerts/{ALERT_ID}", "/alerts/", kind="forgotten").status_code == 400
    long = html.unescape(boss.post(f"/alerts/{ALERT_ID}", "/alerts/", kind="commented", text="x" * 501).text)
    assert pages.parts.texts("inquiries.too_long", "vi") in long


def test_the_list_has_its_filters_and_the_share_answered_in_time(pages: Pages, boss: Visitor) -> None:
    text = text_of(boss, "/inquiries/")
    spoken = pages.parts.texts.words("vi")
    assert spoken("inquiries.share", part=11, whole=13, share="85 %") in text.replace("\N{NO-BREAK SPACE}", " ")
    for one, count in (("open", 3), ("overdue", 1), ("mine", 2)):
        assert f"{spoken(f'inquiries.filter.{one}')} ({count})" in text
    assert text.count(spoken("inquiries.overdue")) >= 1
    for one in ("open", "overdue", "mine", "all"):
        assert boss.get(f"/inquiries/?shown={one}").status_code == 200
    shown = [command.shown for _, command in pages.hall.asked if isinstance(command, ic.FetchInquiries)]
    assert shown == ["open", "open", "overdue", "mine", "all"]


def test_nothing_due_is_no_data_and_neither_none_nor_all(pages: Pages, boss: Visitor) -> None:
    pages.hall.answer = lambda command: (
        found((), in_time=0, due=0) if isinstance(command, ic.FetchInquiries) else answer(command)
    )
    text = text_of(boss, "/inquiries/")
    assert pages.parts.texts("inquiries.no_share", "vi") in text
    assert "%" not in text.split("<main")[1]


def test_one_inquiry_shows_what_was_said_and_the_forms_of_its_state(boss: Visitor) -> None:
    mine = text_of(boss, f"/inquiries/{MINE_ID}")
    assert all(one in mine for one in (QUESTION, STATEMENT, "H025", "Không hài lòng", "Nguyễn Thị Ánh"))
    kinds = {
        inquiry_id: {
            kind
            for kind in ("given", "called_back", "statement_asked", "answered", "reviewed")
            if f'name="kind" value="{kind}"' in text_of(boss, f"/inquiries/{inquiry_id}")
        }
        for inquiry_id in (NEW_ID, MINE_ID, APPEALED_ID)
    }
    assert kinds == {NEW_ID: {"given"}, MINE_ID: {"given", "called_back", "answered"}, APPEALED_ID: {"reviewed"}}


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("given", {"to": "boss"}, ("boss", "", "", "")),
        ("given", {"to": "lan"}, ("", "", "", "")),
        ("called_back", {"call_back": "reached", "text": "Đã xin lỗi."}, ("", "", "reached", "Đã xin lỗi.")),
        ("answered", {"finding": "holds", "text": ANSWER}, ("", "holds", "", ANSWER)),
        ("answered", {"finding": "perhaps", "text": ANSWER}, ("", "", "", ANSWER)),
    ],
)
def test_steps_of_an_inquiry_are_asked_as_typed(
    pages: Pages, boss: Visitor, kind: str, typed: dict[str, str], expected: tuple[str, ...]
) -> None:
    page = f"/inquiries/{MINE_ID}"
    form_id = new_id()
    assert boss.post(page, page, request_id=form_id, kind=kind, **typed).status_code == 302
    (command,) = acts(pages)
    assert isinstance(command, ic.StepInquiry)
    assert (command.to, command.finding, command.call_back, command.text) == expected
    assert (command.inquiry_id, command.step_id, command.kind) == (MINE_ID, form_id, kind)


def test_an_inspector_looks_and_finds_no_form(people: dict[str, Visitor]) -> None:
    inspector = people["inspector"]
    for path in ("/alerts/", "/inquiries/", *(f"/inquiries/{one.inquiry_id}" for one in INQUIRIES)):
        answered = inspector.get(path)
        assert answered.status_code == 200
        assert "<textarea" not in answered.text
    assert inspector.post(f"/alerts/{ALERT_ID}", "/account", kind="closed").status_code == 403


def test_a_clerk_has_his_hearings_and_finds_no_alert_and_no_inquiry(pages: Pages, clerk: Visitor) -> None:
    for path in ("/alerts/", "/inquiries/", f"/inquiries/{MINE_ID}"):
        assert clerk.get(path).status_code == 403
    text = text_of(clerk, "/hearings/")
    assert all(one in text for one in (QUESTION, STATEMENT, ANSWER))
    for hidden in ("H025", "Không hài lòng", "Hướng dẫn không rõ", "19/11/2026", MINE_ID, "Phạm Quang Huy"):
        assert hidden not in text
    counters = text_of(clerk, "/counters/")
    assert pages.parts.texts("hearings.waiting", "vi", count=2) in counters
    console = text_of(clerk, "/counters/counter-3")
    assert pages.parts.texts("hearings.waiting", "vi", count=2) not in console


def test_a_clerk_states_and_appeals_once_per_form(pages: Pages, clerk: Visitor) -> None:
    form_id = new_id()
    page = f"/hearings/{HEARING_ID}"
    for kind in ("stated", "appealed"):
        assert clerk.post(page, "/hearings/", request_id=form_id, kind=kind, text=STATEMENT).status_code == 302
    first, second = acts(pages)
    assert isinstance(first, ic.SpeakInInquiry)
    assert isinstance(second, ic.SpeakInInquiry)
    assert (first.hearing_id, first.step_id, first.kind, first.text) == (HEARING_ID, form_id, "stated", STATEMENT)
    assert (second.kind, second.clerk_id) == ("appealed", "anh")
    assert clerk.post(page, "/hearings/", kind="answered", text="x").status_code == 400


def test_the_hall_tells_managers_what_waits_and_nothing_where_nothing_does(pages: Pages, boss: Visitor) -> None:
    spoken = pages.parts.texts.words("vi")
    pages.parts.concerns._known.clear()
    text = text_of(boss, "/hall/")
    assert spoken("concerns.alerts_new", count=1) in text
    assert spoken("concerns.overdue", count=1) in text
    none = iv.ConcernsFound(alerts_open=0, alerts_new=0, inquiries_open=0, inquiries_overdue=0, inquiries_mine=0)
    pages.hall.answer = lambda command: none if isinstance(command, ic.FetchConcerns) else answer(command)
    pages.parts.concerns._known.clear()
    assert spoken("concerns.title") not in text_of(boss, "/hall/")
    assert sum(isinstance(one, ic.FetchConcerns) for _, one in pages.hall.asked) == 2
    boss.get("/hall/")
    assert sum(isinstance(one, ic.FetchConcerns) for _, one in pages.hall.asked) == 2, "asked now and then"


def test_without_a_hall_the_pages_say_so(pages: Pages, boss: Visitor, clerk: Visitor) -> None:
    pages.hall.answer = lambda _: None
    sentence = pages.parts.texts("staff.no_answer", "vi")
    for visitor, path in (
        (boss, "/alerts/"),
        (boss, "/inquiries/"),
        (boss, f"/inquiries/{MINE_ID}"),
        (clerk, "/hearings/"),
    ):
        assert sentence in text_of(visitor, path), path
    assert clerk.get("/counters/").status_code == 200


def test_an_inquiry_that_is_not_there_says_so(boss: Visitor) -> None:
    assert 'role="alert"' in boss.get(f"/inquiries/{'0' * 32}").text
    assert 'role="alert"' in boss.get("/inquiries/nonsense").text


def test_no_hearing_no_forms(pages: Pages, clerk: Visitor) -> None:
    pages.hall.answer = lambda command: (
        iv.HearingsFound(hearings=(), waiting=0) if isinstance(command, ic.FetchHearings) else answer(command)
    )
    assert pages.parts.texts("hearings.none", "vi") in text_of(clerk, "/hearings/")
