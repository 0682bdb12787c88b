"""Alerts and inquiries of the hall on paper: in every state, with what managers and a clerk have written."""

from datetime import timedelta

import msgspec

from protocol import inquiry_commands as ic
from protocol import inquiry_views as iv
from protocol.commands import AnyCommand
from protocol.inquiries import AlertStep, Inquiry, RaisedAlert, Step
from protocol.views import AnyReply, Done, Refused
from tests.support.paper_hall import NOW

TODAY = "2026-11-23"
ALERT_ID, CLOSED_ID = "a" * 32, "b" * 32
MINE_ID, APPEALED_ID, NEW_ID, ANSWERED_ID = (letter * 32 for letter in ["c", "d", "e", "f"])
HEARING_ID, ANSWERED_HEARING_ID = "1" * 32, "2" * 32
COMMENT = "Máy in ở quầy 3 kẹt giấy, công dân phải chờ. Đã chuyển sang quầy 4."
QUESTION = "Công dân cho rằng được hướng dẫn thiếu một loại giấy tờ. Anh/chị thường hướng dẫn như thế nào?"
STATEMENT = "Tôi hướng dẫn theo tờ danh mục đặt tại quầy và đưa tờ đó cho công dân."
ANSWER = "Tờ danh mục tại quầy chưa cập nhật, nên công dân phải đi lại thêm một lần."
APPEAL = "Danh mục do bộ phận cấp, tôi không tự sửa được."
REVIEW = "Lỗi ở tờ danh mục, không phải ở cán bộ."


def step_id(number: int) -> str:
    """Give the id of a step."""
    return f"{number:032x}"


ALERTS = (
    RaisedAlert(
        alert_id=ALERT_ID,
        channel="keypad",
        counter_id="counter-3",
        raised_at=NOW - timedelta(minutes=9),
        day=TODAY,
        last_at=NOW - timedelta(minutes=2),
        unsatisfied=4,
        rated=6,
        within_s=900,
        clerk_ids=("anh",),
    ),
    RaisedAlert(
        alert_id="9" * 32,
        channel="link",
        raised_at=NOW - timedelta(minutes=50),
        day=TODAY,
        last_at=NOW - timedelta(minutes=50),
        unsatisfied=5,
        rated=7,
        within_s=900,
        clerk_ids=("anh", "minh"),
        state="acknowledged",
        steps=(AlertStep(step_id=step_id(1), kind="acknowledged", at=NOW - timedelta(minutes=45), by="boss"),),
    ),
    RaisedAlert(
        alert_id=CLOSED_ID,
        channel="terminal",
        counter_id="counter-1",
        raised_at=NOW - timedelta(days=3),
        day="2026-11-20",
        last_at=NOW - timedelta(days=3),
        unsatisfied=4,
        rated=4,
        within_s=900,
        clerk_ids=("minh",),
        state="closed",
        closed_day="2026-11-20",
        steps=(
            AlertStep(step_id=step_id(2), kind="acknowledged", at=NOW - timedelta(days=3), by="boss"),
            AlertStep(step_id=step_id(3), kind="closed", at=NOW - timedelta(days=3), by="boss", has_words=True),
        ),
    ),
)


def inquiry(inquiry_id: str, **more: object) -> Inquiry:
    """Give an inquiry; `more` overrides any field."""
    one = Inquiry(
        inquiry_id=inquiry_id,
        rated_day="2026-11-19",
        clerk_id="anh",
        counter_id="counter-3",
        service_id="civil_status",
        channel="keypad",
        scale_id="four-2026",
        level=4,
        reasons=("unclear", "many_trips"),
        answer_until="2026-11-26",
        prefix="H",
        number=25,
    )
    return msgspec.structs.replace(one, **more)


STEPS = (
    Step(step_id=step_id(10), kind="given", day="2026-11-19", by="boss", to="boss"),
    Step(step_id=step_id(11), kind="called_back", day="2026-11-20", by="boss", call_back="no_contact"),
    Step(step_id=step_id(12), kind="statement_asked", day="2026-11-20", by="boss", has_words=True, until="2026-11-24"),
    Step(step_id=step_id(13), kind="stated", day="2026-11-20", by="anh", has_words=True),
)
CONCLUDED = (
    *STEPS,
    Step(
        step_id=step_id(14), kind="answered", day="2026-11-20", by="head", finding="holds", has_words=True,
        until="2026-11-27",
    ),
    Step(step_id=step_id(15), kind="appealed", day="2026-11-21", by="anh", has_words=True, until="2026-11-28"),
)  # fmt: skip
WORDS = {
    step_id(3): COMMENT,
    step_id(12): QUESTION,
    step_id(13): STATEMENT,
    step_id(14): ANSWER,
    step_id(15): APPEAL,
}
_HEARD = {"hearing_id": HEARING_ID, "statement_asked": True, "stated": True, "statement_until": "2026-11-24"}
_ANSWERED = {
    **_HEARD, "owner": "head", "answered_day": "2026-11-20", "answered_by": "head", "finding": "holds",
    "appeal_until": "2026-11-27",
}  # fmt: skip
INQUIRIES = (
    inquiry(NEW_ID, rated_day="2026-11-13", answer_until="2026-11-20", channel="link", counter_id="counter-1"),
    inquiry(MINE_ID, state="in_hand", owner="boss", steps=STEPS, **_HEARD),
    inquiry(APPEALED_ID, state="appealed", steps=CONCLUDED, review_until="2026-11-28", **_ANSWERED),
    inquiry(ANSWERED_ID, state="answered", steps=CONCLUDED[:-1], clerk_id="minh", **_ANSWERED),
)
HEARINGS = (
    iv.Hearing(
        hearing_id=HEARING_ID,
        question=QUESTION,
        statement_until="2026-11-24",
        may_state=True,
        state="in_hand",
    ),
    iv.Hearing(
        hearing_id=ANSWERED_HEARING_ID,
        question=QUESTION,
        statement_until="2026-11-18",
        statement=STATEMENT,
        finding="holds",
        answer=ANSWER,
        answered_day="2026-11-20",
        appeal_until="2026-11-27",
        may_appeal=True,
        state="answered",
    ),
    iv.Hearing(
        hearing_id="3" * 32,
        question=QUESTION,
        statement_until="2026-11-10",
        statement=STATEMENT,
        finding="holds_not",
        answer=ANSWER,
        answered_day="2026-11-11",
        appeal_until="2026-11-16",
        appeal=APPEAL,
        review=REVIEW,
        state="closed",
    ),
)


def found(inquiries: tuple[Inquiry, ...] = INQUIRIES, *, in_time: int = 11, due: int = 13) -> iv.InquiriesFound:
    """Give what a manager is answered."""
    return iv.InquiriesFound(
        inquiries=inquiries, pages=1, day=TODAY, open=3, overdue=1, mine=2, in_time=in_time, due=due, kept_days=30
    )


def one_found(inquiry_id: str) -> iv.InquiryFound | Refused:
    """Give one inquiry with its words."""
    one = next((one for one in INQUIRIES if one.inquiry_id == inquiry_id), None)
    if one is None:
        return Refused(code="unknown_inquiry")
    return iv.InquiryFound(
        inquiry=one,
        state=one.state,
        words={step.step_id: WORDS[step.step_id] for step in one.steps if step.has_words},
        level_names={"vi": "Không hài lòng", "en": "Not satisfied"},
        reason_names=(
            {"vi": "Hướng dẫn không rõ", "en": "Unclear guidance"},
            {"vi": "Phải đi lại nhiều lần", "en": "Too many trips"},
        ),
        day=TODAY,
    )


def answer(command: AnyCommand) -> AnyReply:
    """Answer as a hall with these alerts and inquiries."""
    match command:
        case ic.FetchAlerts():
            alerts = ALERTS if command.shown == "all" else ALERTS[:2]
            return iv.AlertsFound(alerts=alerts, words=WORDS, pages=1, open=2)
        case ic.FetchInquiries():
            return found()
        case ic.FindInquiry():
            return one_found(command.inquiry_id)
        case ic.FetchHearings():
            return iv.HearingsFound(hearings=HEARINGS, waiting=2)
        case ic.FetchConcerns():
            return iv.ConcernsFound(
                alerts_open=2, alerts_new=1, inquiries_open=3, inquiries_overdue=1, inquiries_mine=2
            )
        case _:
            return Done()
