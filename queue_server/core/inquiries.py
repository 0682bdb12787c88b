"""Steps in inquiries, and what is told of them: to managers all but what is about themselves, to a clerk his hearings.

The rules of the steps stand in :mod:`queue_server.satisfaction.inquiries`. A clerk knows an inquiry by its
``hearing_id`` alone, and every other one gets him the same refusal, so that nothing tells him whether there is one.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, assert_never

from protocol import inquiry_commands as ic
from protocol import inquiry_events as ie
from protocol import inquiry_views as iv
from protocol.inquiries import INQUIRIES_MOST, Inquiry, RaisedAlert, Step
from queue_server.core.alerting import sees
from queue_server.core.calendar import business_date
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events
from queue_server.core.voices import due_day
from queue_server.satisfaction.inquiries import NotAllowed, in_time, shown_to_clerk, state_on, take

PAGE_INQUIRIES: Final = 50
PAGE_ALERTS: Final = 10
_OPEN: Final = ("new", "in_hand", "appealed")


def step_inquiry(branch: Branch, request: Request, command: ic.StepInquiry, at: datetime) -> Events:
    """Take a manager's step; raises :class:`Refusal` where the rules do not allow it now or to this person."""
    inquiry = _need(branch, request, command.inquiry_id)
    step = Step(
        step_id=command.step_id,
        kind=command.kind,
        day=_today(request, at),
        by=request.actor.clerk_id,
        to=command.to if command.kind == "given" else "",
        finding=command.finding if command.kind in ("answered", "reviewed") else "",
        call_back=command.call_back if command.kind == "called_back" else "",
        has_words=bool(command.text.strip()),
    )
    return _taken(branch, inquiry, step, at)


def speak_in_inquiry(branch: Branch, request: Request, command: ic.SpeakInInquiry, at: datetime) -> Events:
    """Take a clerk's step in an inquiry that was opened to him."""
    today = _today(request, at)
    own = (one for one in _heard(branch, request, today) if one.hearing_id == command.hearing_id)
    inquiry = next(own, None)
    if inquiry is None:
        raise Refusal("inquiry_not_yours")
    step = Step(
        step_id=command.step_id,
        kind=command.kind,
        day=today,
        by=request.actor.clerk_id,
        has_words=bool(command.text.strip()),
    )
    return _taken(branch, inquiry, step, at)


def check_inquiry_question(branch: Branch, request: Request, command: ic.InquiryQuestion) -> None:
    """Refuse what is not for this asker."""
    if not request.actor.clerk_id:
        raise Refusal("not_allowed")
    if isinstance(command, ic.FindInquiry):
        _need(branch, request, command.inquiry_id)


def answer_about_inquiries(
    branch: Branch, request: Request, command: ic.InquiryQuestion, at: datetime
) -> iv.AlertsFound | iv.InquiriesFound | iv.InquiryFound | iv.HearingsFound | iv.ConcernsFound:
    """Answer a question that may be asked."""
    today = _today(request, at)
    match command:
        case ic.FetchAlerts():
            return _alerts_found(branch, request, command)
        case ic.FetchInquiries():
            return _inquiries_found(branch, request, command, today)
        case ic.FindInquiry():
            return _inquiry_found(branch, request, branch.inquiries[command.inquiry_id], today)
        case ic.FetchHearings():
            return _hearings_found(branch, request, today)
        case ic.FetchConcerns():
            return _concerns(branch, request, today)
        case _:
            assert_never(command)


def words_wanted(branch: Branch, request: Request, command: ic.InquiryQuestion, at: datetime) -> tuple[str, ...]:
    """Give the ids of the alerts and inquiries whose words belong into the answer to this question."""
    match command:
        case ic.FetchAlerts():
            return tuple(one.alert_id for one in _paged_alerts(branch, request, command)[0])
        case ic.FindInquiry():
            return (command.inquiry_id,)
        case ic.FetchHearings():
            return tuple(one.inquiry_id for one in _heard(branch, request, _today(request, at)))
        case ic.FetchInquiries() | ic.FetchConcerns():
            return ()
        case _:
            assert_never(command)


def steps_at_hand(branch: Branch) -> Iterator[str]:
    """Give the ids of all steps whose words are kept."""
    for alert in branch.alerts.values():
        yield from (step.step_id for step in alert.steps)
    for inquiry in branch.inquiries.values():
        yield from (step.step_id for step in inquiry.steps)


def reads(request: Request, inquiry: Inquiry) -> bool:
    """Tell whether this person may see all of an inquiry: managers and inspectors, but not what is about themselves."""
    asks = request.actor.clerk_id
    return bool(asks) and request.actor.staff_role in ("manager", "inspector") and inquiry.clerk_id != asks


def _taken(branch: Branch, inquiry: Inquiry, step: Step, at: datetime) -> Events:
    if any(one.step_id == step.step_id for one in inquiry.steps):
        return ()
    rules = branch.configuration.inquiries

    def later(day: str, count: int) -> str:
        return due_day(branch.configuration, date.fromisoformat(day), count)

    try:
        taken = take(inquiry, step, rules, later)
    except NotAllowed as refused:
        raise Refusal(refused.code) from None
    return (ie.InquiryStepped(at=at, inquiry_id=inquiry.inquiry_id, step=taken.steps[-1]),)


def _need(branch: Branch, request: Request, inquiry_id: str) -> Inquiry:
    inquiry = branch.inquiries.get(inquiry_id)
    if inquiry is None or not reads(request, inquiry):
        raise Refusal("unknown_inquiry")
    return inquiry


def _heard(branch: Branch, request: Request, today: str) -> list[Inquiry]:
    """Give what was opened to whoever asks, in the order in which it was, which is not that of the ratings."""
    asks = request.actor.clerk_id
    heard = [one for one in branch.inquiries.values() if shown_to_clerk(one, asks, today)]
    return sorted(heard, key=lambda one: one.hearing_id, reverse=True)


def _paged_alerts(
    branch: Branch, request: Request, command: ic.FetchAlerts
) -> tuple[list[RaisedAlert], list[RaisedAlert]]:
    """Give the page of alerts that is asked for, and all of them."""
    seen = [one for one in branch.alerts.values() if sees(request, one)]
    chosen = [one for one in seen if command.shown == "all" or one.state != "closed"]
    chosen.sort(key=lambda one: one.raised_at, reverse=True)
    chosen.sort(key=lambda one: ("open", "acknowledged", "closed").index(one.state))
    return chosen[command.page * PAGE_ALERTS : (command.page + 1) * PAGE_ALERTS], chosen


def _alerts_found(branch: Branch, request: Request, command: ic.FetchAlerts) -> iv.AlertsFound:
    page, chosen = _paged_alerts(branch, request, command)
    words = request.facts.step_words
    return iv.AlertsFound(
        alerts=tuple(page),
        words={step.step_id: words.get(step.step_id, "") for one in page for step in one.steps if step.has_words},
        pages=-(-len(chosen) // PAGE_ALERTS),
        open=sum(one.state != "closed" for one in chosen),
    )


def _inquiries_found(branch: Branch, request: Request, command: ic.FetchInquiries, today: str) -> iv.InquiriesFound:
    seen = [one for one in branch.inquiries.values() if reads(request, one)]
    is_open = {one.inquiry_id: state_on(one, today) in _OPEN for one in seen}
    chosen = {
        "open": [one for one in seen if is_open[one.inquiry_id]],
        "overdue": [one for one in seen if one.is_overdue(today)],
        "mine": [one for one in seen if _waits_for(request, one)],
        "all": seen,
    }
    shown = sorted(chosen[command.shown], key=lambda one: (not is_open[one.inquiry_id], _due(one), one.inquiry_id))
    kept, due = in_time(seen, today)
    return iv.InquiriesFound(
        inquiries=tuple(shown[command.page * PAGE_INQUIRIES : (command.page + 1) * PAGE_INQUIRIES]),
        pages=-(-len(shown) // PAGE_INQUIRIES),
        day=today,
        open=len(chosen["open"]),
        overdue=len(chosen["overdue"]),
        mine=len(chosen["mine"]),
        in_time=kept,
        due=due,
        kept_days=branch.configuration.inquiries.kept_days,
        is_full=len(branch.inquiries) >= INQUIRIES_MOST,
    )


def _inquiry_found(branch: Branch, request: Request, inquiry: Inquiry, today: str) -> iv.InquiryFound:
    scale = branch.hall.scales.get(inquiry.scale_id)
    levels = {one.level: one.names for one in scale.levels} if scale is not None else {}
    reasons = {one.reason_id: one.names for one in scale.reasons} if scale is not None else {}
    words = request.facts.step_words
    return iv.InquiryFound(
        inquiry=inquiry,
        state=state_on(inquiry, today),
        words={step.step_id: words.get(step.step_id, "") for step in inquiry.steps if step.has_words},
        level_names=levels.get(inquiry.level, {"vi": str(inquiry.level), "en": str(inquiry.level)}),
        reason_names=tuple(reasons.get(one, {"vi": one, "en": one}) for one in inquiry.reasons),
        day=today,
    )


def _hearings_found(branch: Branch, request: Request, today: str) -> iv.HearingsFound:
    hearings = [_hearing(one, request.facts.step_words, today) for one in _heard(branch, request, today)]
    hearings.sort(key=lambda one: not (one.may_state or one.may_appeal))
    return iv.HearingsFound(hearings=tuple(hearings), waiting=sum(one.may_state or one.may_appeal for one in hearings))


def _hearing(inquiry: Inquiry, words: dict[str, str], today: str) -> iv.Hearing:
    said = {step.kind: words.get(step.step_id, "") for step in inquiry.steps if step.has_words}
    return iv.Hearing(
        hearing_id=inquiry.hearing_id,
        question=said.get("statement_asked", ""),
        statement_until=inquiry.statement_until,
        may_state=inquiry.statement_asked and not inquiry.stated and inquiry.state == "in_hand",
        statement=said.get("stated", ""),
        finding=inquiry.finding,
        answer=said.get("answered", ""),
        answered_day=inquiry.answered_day,
        appeal_until=inquiry.appeal_until,
        may_appeal=inquiry.state == "answered" and today <= inquiry.appeal_until,
        appeal=said.get("appealed", ""),
        review=said.get("reviewed", ""),
        state=state_on(inquiry, today),
    )


def _concerns(branch: Branch, request: Request, today: str) -> iv.ConcernsFound:
    alerts = [one for one in branch.alerts.values() if sees(request, one) and one.state != "closed"]
    seen = [one for one in branch.inquiries.values() if reads(request, one)]
    return iv.ConcernsFound(
        alerts_open=len(alerts),
        alerts_new=sum(one.state == "open" for one in alerts),
        inquiries_open=sum(state_on(one, today) in _OPEN for one in seen),
        inquiries_overdue=sum(one.is_overdue(today) for one in seen),
        inquiries_mine=sum(_waits_for(request, one) for one in seen),
    )


def _waits_for(request: Request, inquiry: Inquiry) -> bool:
    """Tell whether it is for the asker to go on: as its owner, or as one who may decide an appeal."""
    asks = request.actor.clerk_id
    if inquiry.state == "appealed":
        return asks not in (inquiry.owner, inquiry.answered_by)
    return inquiry.state == "in_hand" and inquiry.owner == asks


def _due(inquiry: Inquiry) -> str:
    return inquiry.review_until if inquiry.state == "appealed" else inquiry.answer_until


def _today(request: Request, at: datetime) -> str:
    return business_date(at, request.facts.utc_offset_s).isoformat()
