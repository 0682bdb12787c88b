"""The page of one device before a hall on paper: what it says, where it is put, how it is tried."""

import pytest

from protocol.commands import (
    AnyCommand,
    FindDevice,
    PlaceFunction,
    RevokeDevice,
    TrialResult,
    TryFunction,
)
from protocol.views import AnyReply, DeviceFound, Done, Refused, TrialKnown
from tests.support.paper_answers import DISPLAY, KEYPAD, device
from tests.support.paper_hall import NOW, hall_view
from tests.support.web_pages import ORIGIN, Pages, Visitor


class Device:
    """A device behind the hall on paper: it answers trials as told, at the look after next."""

    def __init__(self, result: str = "done", reason: str = "", **more: object) -> None:
        self.result, self.reason, self.more = result, reason, more
        self.trials: list[TrialKnown] = []
        self.looks = 0

    def answer(self, command: AnyCommand) -> AnyReply | None:
        match command:
            case TryFunction():
                asked = TrialKnown(
                    trial_id=command.trial_id, function_id=command.tried_function_id, trial=command.trial, asked_at=NOW
                )
                self.trials.insert(0, asked)
            case FindDevice(device_id="agent-1"):
                self.looks += 1
                if self.looks > 1 and self.trials and self.trials[0].result is None:
                    told = TrialResult(trial_id=self.trials[0].trial_id, result=self.result, reason=self.reason)  # type: ignore[arg-type]  # One of its words.
                    self.trials[0] = TrialKnown(
                        trial_id=told.trial_id,
                        function_id=self.trials[0].function_id,
                        trial=self.trials[0].trial,
                        asked_at=NOW,
                        result=told,
                        answered_at=NOW,
                    )
                return self.found()
            case FindDevice():
                return Refused(code="unknown_device")
            case _:
                pass
        return Done()

    def found(self) -> DeviceFound:
        return device(
            **{"name": "Máy ở quầy 3", "functions": (KEYPAD, DISPLAY), "trials": tuple(self.trials), **self.more}
        )


@pytest.fixture
def tech(pages: Pages) -> Visitor:
    return pages.signed_in("tech")


def test_it_says_what_runs_there_and_marks_what_differs(pages: Pages, tech: Visitor) -> None:
    pages.hall.answer = Device().answer
    page = tech.get("/devices/agent-1").text
    for said in (
        "Máy ở quầy 3",
        "agent 0.0.1",
        "c-old",
        "lệch -95",
        "Sai giờ",
        "Khác máy chủ",
        "10 phút",
        "2 giây trước",
    ):
        assert said in page.replace("−", "-"), said
    assert page.count("Khác máy chủ") == 3, "program, configuration and words"
    assert 'href="/devices/agent-1"' in tech.get("/devices/").text


def test_a_trial_is_answered_on_the_page(pages: Pages, tech: Visitor) -> None:
    device = Device()
    pages.hall.answer = device.answer
    answer = tech.post("/devices/agent-1/try", "/devices/agent-1", tried_function_id="counter-display-3", trial="text")
    assert answer.status_code == 302
    page = tech.get("/devices/agent-1").text
    assert "Hiện chữ thử</strong>" in page
    assert '<span class="pill fine">Tốt</span>' in page
    noted = [one.what for one in pages.parts.changes.before(about="tech")]
    assert "device_tried" in noted


@pytest.mark.parametrize(
    ("result", "reason", "said"),
    [
        ("unseen", "look", "Vui lòng nhìn thiết bị"),
        ("failed", "no_answer", "Không được"),
        ("failed", "<script>alert(1)</script>", "&lt;script&gt;"),
        ("cannot", "hall_stopped", "Bộ phận đang dừng"),
    ],
)
def test_why_not_is_said_in_words(pages: Pages, tech: Visitor, result: str, reason: str, said: str) -> None:
    pages.hall.answer = Device(result, reason).answer
    tech.post("/devices/agent-1/try", "/devices/agent-1", tried_function_id="call-keypad-3", trial="answer")
    page = tech.get("/devices/agent-1").text
    assert said in page
    assert "<script>alert" not in page


def test_a_device_that_never_answered_is_told_apart_from_one_that_is_waited_for(pages: Pages, tech: Visitor) -> None:
    known = TrialKnown(trial_id="1" * 32, function_id="call-keypad-3", trial="answer", asked_at=NOW)
    over = TrialKnown(trial_id="2" * 32, function_id="call-keypad-3", trial="answer", asked_at=NOW, over=True)
    pages.hall.answer = Device(trials=(known, over)).answer
    page = tech.get("/devices/agent-1").text
    assert "Đang chờ thiết bị" in page
    assert "Thiết bị không trả lời" in page
    pages.hall.answer = Device(about=None, heard_at=None, told_at=None, silences=()).answer
    assert "Chưa nghe thấy" in tech.get("/devices/agent-1").text


def test_it_is_put_elsewhere(pages: Pages, tech: Visitor) -> None:
    pages.hall.answer = Device().answer
    form = {"placed_function_id": "counter-display-3", "counter_id": "counter-4", "zone_id": "hall"}
    assert tech.post("/devices/agent-1/place", "/devices/agent-1", **form).status_code == 302
    (sent,) = [one for _, one in pages.hall.asked if isinstance(one, PlaceFunction)]
    assert (sent.placed_function_id, sent.counter_id, sent.zone_id) == ("counter-display-3", "counter-4", "hall")
    assert sent.staff_role == "technician"
    pages.hall.answer = lambda command: (
        Refused(code="unknown_counter", parts={"counter_id": "counter-99"}, sentences={"vi": "Không có quầy đó."})
        if isinstance(command, PlaceFunction)
        else Device().answer(command)
    )
    refused = tech.post("/devices/agent-1/place", "/devices/agent-1", **{**form, "counter_id": "counter-99"})
    assert refused.status_code == 409
    assert "Không có quầy đó." in refused.text


def test_before_a_device_is_revoked_the_page_names_all_that_stops(pages: Pages, tech: Visitor) -> None:
    pages.hall.answer = Device().answer
    page = tech.get("/devices/agent-1").text
    for said in (
        "Bàn phím gọi số · Quầy 3 · call-keypad-3",
        "Bàn phím đánh giá · Quầy 3 · rating-keypad-3",
        "Bảng LED quầy · Quầy 3 · counter-display-3",
        "không hiện số tại quầy nữa",
    ):
        assert said in page, said
    assert 'action="/devices/agent-1/revoke"' in page
    assert 'href="/devices/agent-1#revoke"' in tech.get("/devices/").text, "the list leads to the one question"


def test_the_key_of_these_pages_is_not_revoked_by_them(pages: Pages, tech: Visitor) -> None:
    page = tech.get("/devices/web").text
    assert "Chính các trang cán bộ này đang dùng khóa của web" in page
    assert "motcua devices --state /var/lib/motcua/server/technician revoke web --reason replaced" in page
    assert 'action="/devices/web/revoke"' not in page
    pages.hall.asked.clear()
    answer = tech.post("/devices/web/revoke", "/devices/")
    assert answer.status_code == 409
    assert "Chính các trang cán bộ này" in answer.text
    assert not [one for _, one in pages.hall.asked if isinstance(one, RevokeDevice)]
    assert "device_revoked" not in [one.what for one in pages.parts.changes.before()]


def test_nobody_is_shut_out_while_it_is_not_known_whose_key_it_is(pages: Pages, tech: Visitor) -> None:
    token = tech.token("/devices/")
    pages.hall.epoch += 1  # The server has begun anew, and has told of no device yet.
    pages.hall.publish("hall", hall_view())
    pages.hall.asked.clear()
    answer = tech.client.post("/devices/web/revoke", data={"csrf": token}, headers={"Origin": ORIGIN})
    assert answer.status_code == 503
    assert not [one for _, one in pages.hall.asked if isinstance(one, RevokeDevice)]


def test_a_device_that_is_not_there_and_a_trial_that_is_none(pages: Pages, tech: Visitor) -> None:
    pages.hall.answer = Device().answer
    for nowhere in ("nowhere", "not an id"):
        answer = tech.get(f"/devices/{nowhere}")
        assert "Máy chủ không biết thiết bị này" in answer.text
        assert answer.status_code == 404
    form = {"tried_function_id": "call-keypad-3", "trial": "explode"}
    assert tech.post("/devices/agent-1/try", "/devices/agent-1", **form).status_code == 400
    for clerk_id in ("anh", "boss", "hoa"):
        assert pages.signed_in(clerk_id).get("/devices/agent-1").status_code == 403
