"""The staff pages as an application: doors, guards, presses and streams, before a hall on paper."""

import dataclasses
import html
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from werkzeug.test import TestResponse

from protocol import commands as c
from protocol.keys import PairingString
from protocol.views import DeviceCreatedReply, DevicesView, HelpCall, KioskCutOff, Refused
from queue_server.web.live import STREAMS_OF_SESSION
from tests.support.paper_hall import NOW, counter_view, devices_view, hall_view
from tests.support.web_pages import LINK, Pages, Visitor, staff_pages

REQUEST_ID = "0" * 31 + "1"
CONSOLE = "/counters/counter-3"
COMMANDS = f"{CONSOLE}/commands"


def press(visitor: Visitor, action: str, **fields: object) -> tuple[int, dict[str, str]]:
    answer = visitor.press(COMMANDS, CONSOLE, {"request_id": REQUEST_ID, "action": action, **fields})
    return answer.status_code, answer.json or {}


# --- Counters and presses --------------------------------------------------------------------------------------------


def test_a_counter_is_chosen_and_entered(pages: Pages, clerk: Visitor) -> None:
    page = clerk.get("/counters/").text
    assert page.count("disabled") == 2, "counters 1 and 4 are taken"
    form = re.search(r'action="/counters/counter-2/sign-in".*?name="request_id" value="(\w+)"', page, re.DOTALL)
    assert form is not None
    answer = clerk.post("/counters/counter-2/sign-in", "/counters/", request_id=form[1])
    assert answer.headers["Location"] == "/counters/counter-2"
    request_id, command = pages.hall.asked[-1]
    assert request_id == form[1]
    assert command == c.SignInClerk(function_id="staff-1", staff_role="clerk", counter_id="counter-2", clerk_id="anh")


def test_a_refused_sign_in_tells_why(pages: Pages, clerk: Visitor) -> None:
    pages.hall.answer = lambda _: Refused(code="counter_taken", sentences={"vi": "Quầy đang có cán bộ khác."})
    answer = clerk.post("/counters/counter-2/sign-in", "/counters/", request_id=REQUEST_ID)
    assert answer.status_code == 409
    assert "Quầy đang có cán bộ khác." in answer.text


def test_a_press_is_asked_in_the_clerks_name_under_the_pages_id(pages: Pages, clerk: Visitor) -> None:
    assert press(clerk, "call_next") == (200, {"result": "done"})
    assert press(clerk, "call_next") == (200, {"result": "done"})
    asked = c.CallNext(function_id="staff-1", staff_role="clerk", counter_id="counter-3", clerk_id="anh")
    assert pages.hall.asked == [(REQUEST_ID, asked), (REQUEST_ID, asked)], "sent twice it is the same request"


def test_a_refusal_is_shown_as_its_sentence(pages: Pages, clerk: Visitor) -> None:
    pages.hall.answer = lambda _: Refused(code="nothing_waiting", sentences={"vi": "Không có người chờ.", "en": "No."})
    expected = {"result": "refused", "code": "nothing_waiting", "sentence": "Không có người chờ."}
    assert press(clerk, "call_next") == (409, expected)


def test_silence_is_unknown_and_never_a_failure(pages: Pages, clerk: Visitor) -> None:
    pages.hall.answer = lambda _: None
    status, answer = press(clerk, "call_next")
    assert (status, answer["result"]) == (504, "unknown")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"action": "nonsense"}, "refusal.malformed"),
        ({"action": "call_chosen", "number": "xx", "reason": "frail"}, "staff.wrong_number"),
        ({"action": "call_chosen", "number": "H026"}, "console.reason_required"),
    ],
)
def test_what_is_no_press_is_told_so(pages: Pages, clerk: Visitor, fields: dict[str, Any], sentence: str) -> None:
    status, answer = press(clerk, **fields)
    assert status == 400
    assert answer["sentence"] == pages.parts.texts(sentence, "vi")
    assert pages.hall.asked == []


def test_the_console_is_whole_without_its_script(clerk: Visitor) -> None:
    text = clerk.get(CONSOLE).text
    for words in (
        "Đang phục vụ",
        "Người cao tuổi",
        "Gọi số tiếp theo",
        "Trích lục hộ tịch",
        "18 chờ",
        "Nguyễn Thị Ánh",
    ):
        assert words in text


def test_names_cannot_bring_markup(pages: Pages, clerk: Visitor) -> None:
    pages.parts.accounts.add("evil", "<script>alert(1)</script>", "clerk")
    pages.hall.publish("counter/counter-3", counter_view("serving", clerk_id="evil"))
    text = clerk.get(CONSOLE).text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_a_counter_that_does_not_exist(clerk: Visitor) -> None:
    assert clerk.get("/counters/counter-99").status_code == 404
    assert clerk.get("/counters/%2e%2e%2fetc").status_code == 404


# --- Live ------------------------------------------------------------------------------------------------------------


def stream(visitor: Visitor, path: str = f"{CONSOLE}/live") -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the events of a stream as they come."""
    answer = visitor.client.get(path, buffered=False)
    assert answer.status_code == 200
    try:
        for chunk in answer.response:
            text = chunk.decode() if isinstance(chunk, bytes) else chunk
            if text.startswith("event: "):
                name, data = text.removeprefix("event: ").split("\ndata: ")
                yield name, json.loads(data)
    finally:
        answer.close()


def test_a_stream_tells_all_first_and_then_what_changed(pages: Pages, clerk: Visitor) -> None:
    events = stream(clerk)
    name, first = next(events)
    assert name == "now"
    assert first["at"] == NOW.timestamp()
    assert set(first["regions"]) == {"top", "card", "buttons", "side", "dialogs"}
    pages.hall.publish("counter/counter-3", counter_view("serving", waiting=17))
    _, second = next(events)
    assert set(second["regions"]) == {"top"}
    assert "17 chờ" in second["regions"]["top"]
    events.close()  # type: ignore[attr-defined]  # A generator.


def test_a_beat_comes_though_nothing_changed(clerk: Visitor) -> None:
    events = stream(clerk)
    next(events)
    name, beat = next(events)
    assert (name, beat["regions"]) == ("now", {})
    events.close()  # type: ignore[attr-defined]  # A generator.


@pytest.mark.parametrize("state", ["gone", "refused", "connecting"])
def test_a_server_that_is_gone_is_told_at_once_and_all_again_when_back(
    pages: Pages, clerk: Visitor, state: Any
) -> None:
    events = stream(clerk)
    next(events)
    pages.hall.become(state)
    name, told = next(events)
    assert (name, told["sentence"]) == ("gone", pages.parts.texts("console.link_lost", "vi"))
    pages.hall.become("up")
    name, back = next(events)
    assert (name, len(back["regions"])) == ("now", 5)
    events.close()  # type: ignore[attr-defined]  # A generator.


def test_views_of_an_earlier_start_of_the_server_are_not_shown(pages: Pages, clerk: Visitor) -> None:
    events = stream(clerk)
    next(events)
    pages.hall.epoch += 1
    pages.hall.publish("hall", _hall())
    name, _ = next(events)
    assert name == "gone", "the counter's view is of the server's earlier life"
    pages.hall.publish("counter/counter-3", counter_view("idle"))
    name, _ = next(events)
    assert name == "now"
    events.close()  # type: ignore[attr-defined]  # A generator.


def _hall() -> Any:
    from tests.support.paper_hall import hall_view

    return hall_view()


def test_a_stream_ends_with_the_session(pages: Pages, clerk: Visitor) -> None:
    events = stream(clerk)
    next(events)
    pages.parts.accounts.disable("anh")
    name, told = list(events)[-1]
    assert (name, told["sentence"]) == ("over", pages.parts.texts("login.expired", "vi"))


def test_open_pages_are_counted_and_let_go(pages: Pages, clerk: Visitor) -> None:
    open_streams = [stream(clerk) for _ in range(STREAMS_OF_SESSION)]
    for events in open_streams:
        next(events)
    assert clerk.get(CONSOLE).status_code == 200, "a page opens all the same; it will look"
    name, _ = next(stream(clerk))
    assert name == "full"
    name, _ = next(stream(pages.signed_in("minh")))
    assert name == "now", "others have room"
    for events in open_streams:
        events.close()  # type: ignore[attr-defined]  # A generator.
    name, _ = next(stream(clerk))
    assert name == "now"


# --- Technicians, managers, inspectors -------------------------------------------------------------------------------


def typed(answer: TestResponse) -> tuple[PairingString, str]:
    """Read the line that a page says is to be typed on a new device."""
    shown = re.search(r"<textarea id=\"pairing\"[^>]*>(.+?)</textarea>", answer.text)
    assert shown
    line = html.unescape(shown[1])
    return PairingString.parse(shlex.split(line)[-1]), line


def test_a_device_is_created_and_its_code_shown_once(pages: Pages) -> None:
    pages.hall.answer = lambda _: DeviceCreatedReply(device_id="kiosk-7", code="7KPQ2M4X", expires_at=NOW)
    technician = pages.signed_in("tech")
    form = {"request_id": REQUEST_ID, "device_id": "kiosk-7", "name": "Kiosk ở cửa", "kind": "kiosk"}
    answer = technician.post("/devices/", "/devices/", function_id="kiosk-7", **form)
    assert answer.status_code == 200
    assert 'aria-label="7KPQ2M4X"' in answer.text
    pairing, shown = typed(answer)
    assert shown.startswith("sudo -u motcua motcua pair --state /var/lib/motcua/kiosk '"), (
        "the whole line, to be copied"
    )
    assert "systemctl enable --now motcua-kiosk<" in answer.text
    assert pairing.settings() == msgspec.structs.replace(
        LINK,
        commands_address="tcp://localhost:7411",
        views_address="tcp://localhost:7412",
        pairing_address="tcp://localhost:7413",
    )
    assert "7KPQ2M4X" not in technician.get("/devices/").text
    function = c.FunctionDescription(function_id="kiosk-7", kind="kiosk")
    assert pages.hall.asked[-1] == (
        REQUEST_ID,
        c.CreateDevice(
            function_id="staff-1",
            staff_role="technician",
            device_id="kiosk-7",
            name="Kiosk ở cửa",
            functions=(function,),
        ),
    )


@pytest.mark.parametrize(
    ("origin", "known_as", "told", "warned"),
    [
        ("http://127.0.0.1:8080", "", "127.0.0.1", True),
        ("http://localhost:8080", "", "localhost", True),
        ("http://127.0.0.1:8080", "192.168.10.5", "192.168.10.5", False),
        ("https://motcua.lan", "", "motcua.lan", False),
        ("https://motcua.lan", "192.168.10.5", "192.168.10.5", False),
    ],
)
def test_a_pairing_line_tells_where_it_holds(
    pages: Pages, origin: str, known_as: str, told: str, *, warned: bool
) -> None:
    pages.hall.answer = lambda _: DeviceCreatedReply(device_id="board-7", code="7KPQ2M4X", expires_at=NOW)
    pages.origin = origin
    pages.app.extensions["motcua"] = dataclasses.replace(pages.parts, known_as=known_as)
    technician = pages.signed_in("tech")
    before = technician.get("/devices/").text
    form = {"request_id": REQUEST_ID, "device_id": "board-7", "name": "Bảng", "kind": "board", "function_id": "board-7"}
    after = technician.post("/devices/", "/devices/", **form)
    pairing, line = typed(after)
    assert pairing.host == told
    assert "--state /var/lib/motcua/display " in line
    sentence = pages.parts.texts("devices.only_here", "vi", host=told)
    assert [sentence in page for page in (before, after.text)] == [warned, warned], "before the code is used up, too"


@pytest.mark.parametrize("wrong", [{"device_id": "a b"}, {"kind": "toaster"}, {"request_id": "1"}, {"function_id": ""}])
def test_a_device_that_cannot_be_is_not_asked_for(pages: Pages, wrong: dict[str, str]) -> None:
    form = {
        "request_id": REQUEST_ID,
        "device_id": "kiosk-7",
        "name": "Kiosk",
        "kind": "kiosk",
        "function_id": "kiosk-7",
    }
    answer = pages.signed_in("tech").post("/devices/", "/devices/", **(form | wrong))
    assert answer.status_code == 409
    assert pages.parts.texts("devices.wrong_form", "vi") in answer.text
    assert pages.hall.asked == []


def test_a_device_is_revoked(pages: Pages) -> None:
    answer = pages.signed_in("tech").post("/devices/kiosk-1/revoke", "/devices/")
    assert answer.headers["Location"] == "/devices/"
    assert pages.hall.asked[-1][1] == c.RevokeDevice(
        function_id="staff-1", staff_role="technician", device_id="kiosk-1"
    )


def test_the_list_of_devices_begins_with_what_needs_a_hand(pages: Pages) -> None:
    text = pages.signed_in("tech").get("/devices/").text
    order = [
        text.index(f"{name}<") for name in ("rating-keypad-3", "kiosk-1", "counter-display-3", "board-1", "kiosk-old")
    ]
    assert order == sorted(order)
    assert "2/8 chức năng cần xử lý" in text


@pytest.mark.parametrize("clerk_id", ["boss", "inspector"])
def test_the_hall_at_a_glance(pages: Pages, clerk_id: str) -> None:
    text = pages.signed_in(clerk_id).get("/hall/").text
    for words in ("Trung tâm Phục vụ hành chính công", "34 phút · quá mục tiêu", "Nguyễn Thị Ánh", "25–45 phút"):
        assert words in text
    forms = text.split("<main", 1)[1].count("<form")
    assert forms == (6 if clerk_id == "boss" else 0), "an inspector can only look; three clerks can be signed out"


@pytest.mark.parametrize(("person", "role"), [("boss", "manager"), ("tech", "technician")])
@pytest.mark.parametrize("put_back", [True, False])
def test_a_clerk_who_has_gone_is_signed_out_with_a_reason(
    pages: Pages, person: str, role: c.StaffRole, *, put_back: bool
) -> None:
    visitor, form = pages.signed_in(person), {"clerk_id": "lan", "reason": "went_home"}
    form |= {"put_back": "yes"} if put_back else {}
    answer = visitor.post("/hall/counters/counter-4/release", "/hall/", **form)
    assert answer.headers["Location"] == "/hall/"
    assert pages.hall.asked[-1][1] == c.ReleaseCounter(
        function_id="staff-1",
        staff_role=role,
        clerk_id=person,
        counter_id="counter-4",
        released_clerk_id="lan",
        reason="went_home",
        put_back=put_back,
    )


def test_a_refused_release_says_why(pages: Pages) -> None:
    pages.hall.answer = lambda _: Refused(code="counter_taken", parts={})
    visitor = pages.signed_in("boss")
    answer = visitor.post("/hall/counters/counter-4/release", "/hall/", clerk_id="lan", reason="went_home")
    assert answer.status_code == 409
    assert pages.parts.texts("refusal.counter_taken", "vi") in answer.text
    answer = visitor.post("/hall/counters/counter-4/release", "/hall/", clerk_id="lan")
    assert pages.parts.texts("refusal.malformed", "vi") in answer.text, "no reason was given"


def test_the_days_figures_for_those_who_answer_for_them(pages: Pages) -> None:
    text = pages.signed_in("boss").get("/reports/day").text
    for words in (
        "Báo cáo ngày 23/11/2026",
        "civil_status (vi)",
        "1 / 1",
        "Frail (vi)",
        "Bàn phím đánh giá",
        "chưa đủ mẫu",
    ):
        assert words in text, words
    table = pages.signed_in("inspector").get("/reports/day.csv?date=2026-11-23").text
    assert table.splitlines()[-1].startswith("2026-11-23,,3,1,")


@pytest.mark.parametrize("query", ["?date=2020-01-01", "?date=yesterday", "?date=2026-11-23%27--"])
def test_a_day_without_figures(pages: Pages, query: str) -> None:
    manager = pages.signed_in("boss")
    assert manager.get(f"/reports/day{query}").status_code == 404
    assert manager.get(f"/reports/day.csv{query}").status_code == 404


def test_pages_without_a_hall_say_so(tmp_path: Path) -> None:
    with staff_pages(tmp_path / "web") as bare:
        bare.hall.become("connecting")
        connecting = bare.parts.texts("staff.connecting", "vi")
        for clerk_id, path in (("anh", CONSOLE), ("boss", "/hall/"), ("tech", "/devices/")):
            assert connecting in bare.signed_in(clerk_id).get(path).text
        assert bare.parts.texts("error.link_gone", "vi") in bare.signed_in("anh").get("/counters/").text


# --- Calls for help --------------------------------------------------------------------------------------------------


def call_for_help(pages: Pages) -> None:
    call = HelpCall(function_id="kiosk-1", name="Kiosk cửa chính", since_at=NOW)
    pages.hall.publish("hall", msgspec.structs.replace(hall_view(), help_calls=(call,)))


@pytest.mark.parametrize("page", ["/counters/counter-3", "/hall/", "/devices/"])
def test_a_call_for_help_is_a_sentence_on_every_page_of_the_staff(pages: Pages, page: str) -> None:
    person = {"/hall/": "boss", "/devices/": "tech"}.get(page, "anh")
    visitor = pages.signed_in(person)
    assert "gọi người giúp" not in visitor.get(page).text
    call_for_help(pages)
    assert "Người dân tại Kiosk cửa chính gọi người giúp từ 08:42." in visitor.get(page).text


@pytest.mark.parametrize("page", ["/counters/counter-3", "/hall/", "/devices/"])
def test_a_kiosk_that_is_cut_off_is_a_sentence_on_every_page_of_the_staff(pages: Pages, page: str) -> None:
    visitor = pages.signed_in({"/hall/": "boss", "/devices/": "tech"}.get(page, "anh"))
    assert "tự cấp số" not in visitor.get(page).text
    cut_off = KioskCutOff(function_id="kiosk-1", name="Kiosk cửa chính", since_at=NOW)
    pages.hall.publish("hall", msgspec.structs.replace(hall_view(), kiosks_cut_off=(cut_off,)))
    assert "Kiosk cửa chính mất liên lạc từ 08:42, có thể đang tự cấp số." in visitor.get(page).text


@pytest.mark.parametrize(
    ("person", "role", "back"), [("boss", "manager", "/hall/"), ("tech", "technician", "/devices/")]
)
def test_who_goes_to_a_kiosk_says_so(pages: Pages, person: str, role: c.StaffRole, back: str) -> None:
    call_for_help(pages)
    answer = pages.signed_in(person).post("/hall/help/kiosk-1", back)
    assert answer.headers["Location"] == back
    assert pages.hall.asked[-1][1] == c.AnswerHelp(
        function_id="staff-1", staff_role=role, clerk_id=person, kiosk_function_id="kiosk-1"
    )


def test_a_clerk_says_so_at_the_console(pages: Pages, clerk: Visitor) -> None:
    call_for_help(pages)
    assert press(clerk, "answer_help", kiosk="kiosk-1")[0] == 200
    assert pages.hall.asked[-1][1] == c.AnswerHelp(
        function_id="staff-1", staff_role="clerk", clerk_id="anh", kiosk_function_id="kiosk-1"
    )


def test_the_list_of_devices_names_who_goes(pages: Pages) -> None:
    line = msgspec.structs.replace(
        devices_view().lines[0], state="degraded", reason="help_answered", detail="minh", function_id="kiosk-1"
    )
    pages.hall.publish("devices", DevicesView(lines=(line,)))
    text = pages.signed_in("tech").get("/devices/").text
    assert "đã gọi người giúp; đang có người đến · Trần Văn Minh" in text
