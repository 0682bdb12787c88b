"""The routes of alerts, inquiries and hearings. Each step has the id of its form, so that sent twice it is one step."""

from collections.abc import Mapping
from typing import Final, TypeVar, get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.commands import AnyCommand
from protocol.inquiries import AlertStepKind, ClerkStep, ManagerStep
from protocol.inquiry_commands import (
    AlertFilter,
    FetchAlerts,
    FetchHearings,
    FetchInquiries,
    FindInquiry,
    InquiryFilter,
    SpeakInInquiry,
    StepAlert,
    StepInquiry,
)
from protocol.inquiry_views import AlertsFound, HearingsFound, InquiriesFound, InquiryFound
from protocol.views import HallView, Refused
from queue_server.web.accounts import Account
from queue_server.web.asking import answered, asked, sent_id, who
from queue_server.web.doors import may_open
from queue_server.web.inquiries_page import (
    CALL_BACKS,
    FINDINGS,
    Reader,
    alert_cards,
    hearing_cards,
    in_time_text,
    inquiry_page,
    inquiry_rows,
)
from queue_server.web.shared import parts, person, sentence_of, words

alerts = Blueprint("alerts", __name__, url_prefix="/alerts")
inquiries = Blueprint("inquiries", __name__, url_prefix="/inquiries")
hearings = Blueprint("hearings", __name__, url_prefix="/hearings")

INQUIRY_FILTERS: Final = get_args(InquiryFilter)

Found = TypeVar("Found")
Kind = TypeVar("Kind", bound=str)


@alerts.get("/")
def home() -> AnyResponse | str:
    """Show the alerts, those that nobody has acknowledged first."""
    return _alerts("")


@alerts.post("/<alert_id>")
def step(alert_id: str) -> AnyResponse | str:
    """Acknowledge an alert, comment it or close it."""
    form = request.form
    kind: AlertStepKind = _one_of(form, "kind", get_args(AlertStepKind))
    step_id = sent_id()
    command = StepAlert(**who(), alert_id=alert_id, step_id=step_id, kind=kind, text=form.get("text", ""))
    reply = answered(command, step_id, wrong_form="inquiries.too_long")
    if isinstance(reply, str):
        page = _alerts(reply, alert_id)
        return Response(page, 409) if isinstance(page, str) else page
    return redirect(url_for("alerts.home", _anchor=f"alert-{alert_id}" if kind != "closed" else None))


@inquiries.get("/")
def listing() -> AnyResponse | str:
    """Show the inquiries of a filter, those due first, and which share was answered in time."""
    shown = request.args.get("shown", "open")
    chosen: InquiryFilter = next((one for one in INQUIRY_FILTERS if one == shown), "open")
    page = _page_number()
    found, sentence = _asked_for(FetchInquiries(**who(), page=page, shown=chosen), InquiriesFound)
    hall = _hall()
    if found is None or hall is None:
        return _nothing(words()("inquiries.title"), sentence)
    return render_template(
        "inquiries/list.html",
        found=found,
        rows=inquiry_rows(found, Reader(hall, parts().accounts.names(), words())),
        in_time=in_time_text(found, words()),
        filters=[one for one in INQUIRY_FILTERS if one != "mine" or _may_step()],
        counts={"open": found.open, "overdue": found.overdue, "mine": found.mine},
        shown=chosen,
        page=page,
    )


@inquiries.get("/<inquiry_id>")
def inquiry(inquiry_id: str) -> AnyResponse | str:
    """Show one inquiry."""
    return _inquiry(inquiry_id, "")


@inquiries.post("/<inquiry_id>")
def go_on(inquiry_id: str) -> AnyResponse | str:
    """Take a step in an inquiry."""
    form = request.form
    step_id = sent_id()
    kind: ManagerStep = _one_of(form, "kind", get_args(ManagerStep))
    command = StepInquiry(
        **who(),
        inquiry_id=inquiry_id,
        step_id=step_id,
        kind=kind,
        to=form.get("to", "") if form.get("to", "") in {one.clerk_id for one in _managers()} else "",
        finding=next((one for one in FINDINGS if one == form.get("finding")), ""),
        call_back=next((one for one in CALL_BACKS if one == form.get("call_back")), ""),
        text=form.get("text", ""),
    )
    reply = answered(command, step_id, wrong_form="inquiries.too_long")
    if isinstance(reply, str):
        page = _inquiry(inquiry_id, reply)
        return Response(page, 409) if isinstance(page, str) else page
    return redirect(url_for("inquiries.inquiry", inquiry_id=inquiry_id))


@hearings.get("/")
def own() -> AnyResponse | str:
    """Show a clerk what was opened to him."""
    return _hearings("")


@hearings.post("/<hearing_id>")
def speak(hearing_id: str) -> AnyResponse | str:
    """Give a statement, or appeal."""
    form = request.form
    step_id = sent_id()
    kind: ClerkStep = _one_of(form, "kind", get_args(ClerkStep))
    command = SpeakInInquiry(**who(), hearing_id=hearing_id, step_id=step_id, kind=kind, text=form.get("text", ""))
    reply = answered(command, step_id, wrong_form="inquiries.too_long")
    if isinstance(reply, str):
        page = _hearings(reply, hearing_id)
        return Response(page, 409) if isinstance(page, str) else page
    return redirect(url_for("hearings.own"))


def _alerts(sentence: str, alert_id: str = "") -> AnyResponse | str:
    page = _page_number()
    chosen: AlertFilter = "open" if request.args.get("shown") == "open" else "all"
    found, why = _asked_for(FetchAlerts(**who(), page=page, shown=chosen), AlertsFound)
    hall = _hall()
    if found is None or hall is None:
        return _nothing(words()("alerts.title"), sentence, why)
    return render_template(
        "inquiries/alerts.html",
        cards=alert_cards(found, Reader(hall, parts().accounts.names(), words())),
        found=found,
        sentence=sentence,
        typed={alert_id: request.form.get("text", "")},
        shown=chosen,
        page=page,
    )


def _inquiry(inquiry_id: str, sentence: str) -> AnyResponse | str:
    found, why = _asked_for(FindInquiry(**who(), inquiry_id=inquiry_id), InquiryFound)
    hall = _hall()
    if found is None or hall is None:
        return _nothing(words()("inquiries.title"), sentence, why)
    reader = Reader(hall, parts().accounts.names(), words())
    return render_template(
        "inquiries/inquiry.html",
        page=inquiry_page(found, reader, person().clerk_id, may_step=_may_step()),
        managers=[one for one in _managers() if one.clerk_id != found.inquiry.clerk_id],
        findings=FINDINGS,
        call_backs=CALL_BACKS,
        sentence=sentence,
    )


def _hearings(sentence: str, hearing_id: str = "") -> AnyResponse | str:
    found, why = _asked_for(FetchHearings(**who()), HearingsFound)
    if found is None:
        return _nothing(words()("hearings.title"), sentence, why)
    return render_template(
        "inquiries/hearings.html",
        cards=hearing_cards(found.hearings, words()),
        sentence=sentence,
        typed={hearing_id: request.form.get("text", "")},
    )


def _asked_for(command: AnyCommand, kind: type[Found]) -> tuple[Found | None, str]:
    """Ask, and give the answer; or the sentence that tells why there is none."""
    reply = asked(command)
    if isinstance(reply, kind):
        return reply, ""
    if isinstance(reply, Refused):
        return None, sentence_of(reply)
    return None, reply if isinstance(reply, str) else words()("refusal.internal")


def _managers() -> list[Account]:
    return [one for one in parts().accounts.all() if one.staff_role == "manager" and not one.disabled]


def _may_step() -> bool:
    return may_open("inquiries.go_on", person().staff_role)


def _one_of(form: Mapping[str, str], name: str, known: tuple[Kind, ...]) -> Kind:
    """Read which step a form is for; nobody but a page of ours makes one."""
    kind = next((one for one in known if one == form.get(name)), None)
    return kind if kind is not None else abort(400)


def _page_number() -> int:
    page = request.args.get("page", "0")
    return int(page) if page.isdecimal() and len(page) < 4 else 0  # noqa: PLR2004 -- there are never so many.


def _hall() -> HallView | None:
    return parts().hall.view("hall", HallView) if parts().hall.state == "up" else None


def _nothing(title: str, *why: str) -> Response:
    gone = parts().hall.state != "up"
    sentences = [one for one in why if one] or [words()("error.link_gone")]
    status = 503 if gone else 200 if request.method == "GET" else 409
    return Response(render_template("inquiries/nothing.html", title=title, sentences=sentences), status)
