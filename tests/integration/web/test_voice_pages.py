"""The pages of voices before a hall on paper: what their forms ask, what they show to whom, and what they never say."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from protocol import voice_commands as vc
from protocol.ballots import written_code
from protocol.commands import AnyCommand
from protocol.configuration import TicketLink
from protocol.link import new_id
from protocol.views import AnyReply, Done, HallView, Refused
from protocol.voices import look_up_address
from tests.support import paper_voices
from tests.support.logs import follow_log
from tests.support.paper_hall import furnish, hall_view, kiosk_view
from tests.support.paper_voices import CODE, OWN, TEXT, VOICES
from tests.support.programs import staff
from tests.support.web_pages import Pages, Visitor, staff_pages
from tests.unit.core.test_voices import Hall

LATE = VOICES[0]
PEOPLE = ("boss", "hoa", "anh", "lan", "inspector", "tech")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("voices")) as ready:
        yield ready


@pytest.fixture(scope="module")
def people(pages: Pages) -> dict[str, Visitor]:
    furnish(pages.hall)
    return {clerk_id: pages.signed_in(clerk_id) for clerk_id in PEOPLE}


@pytest.fixture(autouse=True)
def _hall_answers(pages: Pages) -> None:
    pages.hall.become("up")
    furnish(pages.hall)
    pages.hall.answer = answer
    pages.hall.asked.clear()


def answer(command: AnyCommand) -> AnyReply:
    return paper_voices.answer(command) if isinstance(command, vc.VoiceCommand | vc.VoiceQuestion) else Done()


def acts(pages: Pages) -> list[tuple[str, AnyCommand]]:
    return [one for one in pages.hall.asked if isinstance(one[1], vc.VoiceCommand)]


def shown(visitor: Visitor, path: str) -> str:
    return html.unescape(visitor.get(path).text)


def test_the_list_says_what_is_late_what_is_due_soon_and_whose_it_is(people: dict[str, Visitor]) -> None:
    text = shown(people["boss"], "/voices/")
    assert "1 quá hạn trả lời" in text
    assert "1 sắp đến hạn" in text
    rows = re.findall(r'<tr class="(\w*)">', text)
    assert rows == ["late", "soon", ""]
    assert "Lê Thị Lan" in text
    assert "chưa giao" in text
    assert "giấy xác nhận" not in text, "a list says no word of what was told"


@pytest.mark.parametrize("name", ["open", "overdue", "mine", "all"])
def test_each_filter_asks_for_its_own_voices_as_the_person_who_looks(
    pages: Pages, people: dict[str, Visitor], name: str
) -> None:
    shown(people["lan"], f"/voices/?shown={name}&page=2")
    ((_, command),) = pages.hall.asked
    assert isinstance(command, vc.FetchVoices)
    assert (command.shown, command.page, command.clerk_id, command.staff_role) == (name, 2, "lan", "clerk")


@pytest.mark.parametrize("page", ["-1", "1001", "x", "²", "0" * 400])
def test_a_page_that_is_none_is_the_first(pages: Pages, people: dict[str, Visitor], page: str) -> None:
    assert people["boss"].get(f"/voices/?shown=nothing&page={page}").status_code == 200
    ((_, command),) = pages.hall.asked
    assert isinstance(command, vc.FetchVoices)
    assert (command.shown, command.page) == ("open", 0)


def test_what_came_on_paper_is_entered_by_the_forms_own_id_and_gets_a_slip(
    pages: Pages, people: dict[str, Visitor]
) -> None:
    voice_id = new_id()
    form = {"channel": "hotline", "kind": "complaint", "text": f" {TEXT}\r\nĐã gọi hai lần. ", "contact": "0912"}
    form |= {"received_day": "20/11/2026", "number": "h012", "counter": "counter-3", "service": "land", "named": "anh"}
    went = people["hoa"].post("/voices/new", "/voices/new", request_id=voice_id, **form)
    assert went.headers["Location"] == f"/voices/slip?voice={voice_id}"
    ((request_id, command),) = acts(pages)
    assert isinstance(command, vc.ReceiveVoice)
    assert (request_id, command.voice_id, command.clerk_id) == (voice_id, voice_id, "hoa")
    assert (command.channel, command.received_day, command.prefix, command.number) == ("hotline", "2026-11-20", "H", 12)
    assert (command.counter_id, command.service_id, command.named) == ("counter-3", "land", ("anh",))
    assert command.text.endswith("không.\nĐã gọi hai lần.")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_slip_has_the_code_and_the_days_and_no_word_of_it(
    pages: Pages, people: dict[str, Visitor], language: str
) -> None:
    link = TicketLink(kind="public_page", base_address="https://motcua.example.vn/t/")
    pages.hall.publish("kiosk", msgspec.structs.replace(kiosk_view(), ticket_link=link, hotline="024 3876 5432"))
    visitor = people["boss"]
    visitor.client.set_cookie("motcua-language", language, domain="localhost")
    text = shown(visitor, f"/voices/slip?voice={LATE.voice_id}")
    visitor.client.delete_cookie("motcua-language", domain="localhost")
    for part in (written_code(CODE), "20/11/2026", "30/11/2026", "https://motcua.example.vn/voices/look", "024 3876"):
        assert part in text
    assert "tạm trú" not in text


def test_a_slip_never_names_a_page_that_phones_cannot_open() -> None:
    assert look_up_address(None) == look_up_address(TicketLink()) == ""
    assert look_up_address(TicketLink(kind="hall_page", base_address="http://10.0.0.2/t/")) == (
        "http://10.0.0.2/voices/look"
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"received_day": "31/02/2026"}, "Ngày nhận"), ({"number": "??"}, "Số"), ({"kind": "a b"}, "chọn loại")],
)
def test_a_form_that_is_none_stays_as_it_was_typed(
    pages: Pages, people: dict[str, Visitor], wrong: dict[str, str], told: str
) -> None:
    form = {"channel": "desk", "kind": "complaint", "text": "Ghế gãy.", **wrong}
    answered = people["hoa"].post("/voices/new", "/voices/new", request_id=new_id(), **form)
    assert answered.status_code == 409
    text = html.unescape(answered.text)
    problem = re.findall(r'role="alert"><p>(.*?)</p>', text)
    assert told in problem[0]
    assert "Ghế gãy." in text
    assert acts(pages) == []


def test_a_form_without_an_answer_is_offered_once_more_as_the_same_voice(
    pages: Pages, people: dict[str, Visitor]
) -> None:
    pages.hall.answer = lambda command: None if isinstance(command, vc.ReceiveVoice) else answer(command)
    voice_id = new_id()
    form = {"channel": "desk", "kind": "complaint", "text": "Ghế gãy."}
    answered = people["hoa"].post("/voices/new", "/voices/new", request_id=voice_id, **form)
    assert f'name="request_id" value="{voice_id}"' in answered.text


def test_one_voice_shows_its_words_and_each_step_by_whom(people: dict[str, Visitor]) -> None:
    text = shown(people["boss"], f"/voices/{VOICES[3].voice_id}")
    assert TEXT.splitlines()[0] in text
    assert paper_voices.ANSWER in text
    for step in ("Tiếp nhận", "Giao cho Lê Thị Lan", "Trả lời (lần đầu ngày 22/11/2026)"):
        assert step in text
    late = shown(people["boss"], f"/voices/{LATE.voice_id}")
    assert "Nguyễn Thị Bưởi, 0912 345 678" in late
    assert "Nguyễn Thị Ánh" in re.findall(r"<dt>Người được nêu</dt><dd>(.*?)</dd>", late)[0]
    owners = re.findall(r'<select id="owner".*?</select>', late, re.DOTALL)[0]
    assert 'value="lan" selected' in owners
    assert 'value="anh"' not in owners, "whom it is about cannot be chosen"
    assert 'value="tech"' not in owners


@pytest.mark.parametrize(
    ("clerk_id", "forms"),
    [("boss", {"assign", "answer", "end"}), ("lan", {"answer"}), ("hoa", set()), ("inspector", set())],
)
def test_each_role_finds_the_forms_that_are_its_own(people: dict[str, Visitor], clerk_id: str, forms: set[str]) -> None:
    text = shown(people[clerk_id], f"/voices/{LATE.voice_id}")
    assert set(re.findall(rf'action="/voices/{LATE.voice_id}/(\w+)"', text)) == forms


def test_a_voice_goes_its_way_by_forms(pages: Pages, people: dict[str, Visitor]) -> None:
    boss, page = people["boss"], f"/voices/{LATE.voice_id}"
    for act, form in (
        ("assign", {"owner": "lan", "named": "minh"}),
        ("answer", {"text": "Xin lỗi.\r\nMời đến quầy 3."}),
        ("end", {"ending": "forwarded"}),
    ):
        went = boss.post(f"{page}/{act}", page, request_id=new_id(), **form)
        done = {"assign": "assigned", "answer": "answered", "end": "ended"}[act]
        assert went.headers["Location"] == f"{page}?done={done}"
    assigned, answered, ended = (command for _, command in acts(pages))
    assert isinstance(assigned, vc.AssignVoice)
    assert isinstance(answered, vc.AnswerVoice)
    assert isinstance(ended, vc.EndVoice)
    assert (assigned.owner_id, assigned.named, assigned.clerk_id) == ("lan", ("minh",), "boss")
    assert answered.text == "Xin lỗi.\nMời đến quầy 3."
    assert ended.ending == "forwarded"
    assert boss.post(f"{page}/end", page, request_id=new_id(), ending="burnt").status_code == 409


def test_what_is_refused_is_said_and_what_was_typed_stays(pages: Pages, people: dict[str, Visitor]) -> None:
    over = Refused(code="voice_over", sentences={"vi": "Đã kết thúc rồi."})
    pages.hall.answer = lambda command: over if isinstance(command, vc.AnswerVoice) else answer(command)
    page = f"/voices/{LATE.voice_id}"
    refused = people["boss"].post(f"{page}/answer", page, request_id=new_id(), text="Xin lỗi ông bà.")
    assert refused.status_code == 409
    assert "Đã kết thúc rồi." in html.unescape(refused.text)
    assert "Xin lỗi ông bà." in html.unescape(refused.text)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_whoever_it_is_about_is_told_that_and_no_more(pages: Pages, people: dict[str, Visitor], language: str) -> None:
    text = shown(people["boss"], f"/voices/{OWN}")
    assert pages.parts.texts("refusal.voice_own", "vi") in text
    assert "tạm trú" not in text
    assert pages.parts.texts.has("refusal.voice_own", language)


def view(**more: object) -> HallView:
    return msgspec.structs.replace(hall_view(), **more)


def test_the_hall_at_a_glance_warns_those_who_may_see_voices(pages: Pages, people: dict[str, Visitor]) -> None:
    pages.hall.publish("hall", view(voices_overdue=2, voices_due_soon=1))
    for clerk_id in ("boss", "inspector"):
        text = shown(people[clerk_id], "/hall/")
        assert "2 quá hạn trả lời · 1 sắp đến hạn" in text
        assert 'href="/voices/?shown=open"' in text
    assert "quá hạn" not in shown(people["tech"], "/hall/")
    pages.hall.publish("hall", view())
    assert "quá hạn" not in shown(people["boss"], "/hall/")


def test_a_clerk_comes_to_it_from_the_counters_where_the_hall_takes_voices(
    pages: Pages, people: dict[str, Visitor]
) -> None:
    assert "/voices/" not in shown(people["lan"], "/counters/")
    pages.hall.publish("hall", view(voices_offered=True))
    assert 'href="/voices/?shown=mine"' in shown(people["lan"], "/counters/")


def test_nothing_of_it_stands_in_a_journal(
    people: dict[str, Visitor], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("DEBUG"):
        form = {"channel": "desk", "kind": "complaint", "text": TEXT, "contact": "0912 345 678"}
        people["hoa"].post("/voices/new", "/voices/new", request_id=new_id(), **form)
        shown(people["hoa"], f"/voices/slip?voice={LATE.voice_id}")
        shown(people["boss"], f"/voices/{LATE.voice_id}")
    told = caplog.text + "".join(capfd.readouterr())
    for secret in ("tạm trú", "0912 345", CODE, written_code(CODE)):
        assert secret not in told


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_figures_are_told_by_way_kind_and_month_and_a_shut_way_is_a_gap(tmp_path: Path) -> None:
    hall = Hall(channels=("paper", "phone"))
    answered = hall.enter()
    hall.enter()
    hall.answer(answered)
    hall.until("2026-11-30")
    follow_log(tmp_path / "web", hall.driven.events())
    with staff_pages(tmp_path / "web") as served:
        furnish(served.hall)
        boss = served.signed_in("boss")
        text = shown(boss, "/voices/figures")
        assert "1 / 2 = 50 %" in text
        assert "tháng 11/2026" in text
        assert "tháng 11/2026" in shown(boss, "/voices/figures?month=nonsense")
        empty = shown(boss, "/voices/figures?month=2026-10")
        assert "50 %" not in re.findall(r"Theo loại.*?</section>", empty, re.DOTALL)[0]
        assert served.signed_in("hoa").get("/voices/figures").status_code == 403


def test_without_report_tables_it_says_so(tmp_path: Path) -> None:
    with staff_pages(tmp_path / "web") as served:
        furnish(served.hall)
        assert served.signed_in("boss").get("/voices/figures").status_code == 404
