"""What the pages of alerts, inquiries and hearings say, made of what the server knows of them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, get_args

from presentation.formats import duration, moment, ticket_number
from presentation.texts import Words, name_in
from protocol.inquiries import CallBack, Finding, Inquiry, InquiryState, RaisedAlert
from protocol.inquiry_views import AlertsFound, Hearing, InquiriesFound, InquiryFound
from protocol.views import HallView
from queue_server.satisfaction.inquiries import state_on
from queue_server.satisfaction.shown import percent_text
from queue_server.web.typed_days import show_day

FINDINGS: Final[tuple[Finding, ...]] = tuple(one for one in get_args(Finding) if one)
CALL_BACKS: Final[tuple[CallBack, ...]] = tuple(one for one in get_args(CallBack) if one)
_DONE: Final = ("answered", "closed")


@dataclass(frozen=True)
class Reader:
    """With what the pages are written: the hall, the names of people, and the words."""

    hall: HallView
    names: Mapping[str, str]
    words: Words

    def name(self, clerk_id: str) -> str:
        """Give the name of somebody; the id of one who is not known any more."""
        return self.names.get(clerk_id, clerk_id)

    def counter(self, counter_id: str) -> str:
        """Name a counter by its number."""
        number = next((str(one.number) for one in self.hall.counters if one.counter_id == counter_id), "?")
        return self.words("alerts.counter", number=number)

    def instant(self, at: datetime) -> str:
        """Write an instant by the hall's clock."""
        return moment(self.words, at, self.hall.utc_offset_s)


@dataclass(frozen=True)
class Said:
    """A step: when, by whom, what, and the words that were written with it."""

    when: str
    who: str
    what: str
    words: str


@dataclass(frozen=True)
class AlertCard:
    """An alert, and what was done about it."""

    alert_id: str
    where: str
    what: str
    raised: str
    last: str
    who: str
    state: str
    state_word: str
    steps: tuple[Said, ...]


@dataclass(frozen=True)
class InquiryRow:
    """An inquiry in the list. ``due`` is empty where nothing is owed any more."""

    inquiry_id: str
    due: str
    is_overdue: bool
    rated: str
    where: str
    channel: str
    clerk: str
    owner: str
    state: str
    state_word: str


@dataclass(frozen=True)
class InquiryPage:
    """One inquiry: what it is about, how far it has come, and which steps are open to whoever looks at it."""

    row: InquiryRow
    number: str
    answer: str
    reasons: str
    finding: str
    steps: tuple[Said, ...]
    may: frozenset[str]
    waits: str
    """Why the clerk cannot be asked yet, or an answer be given; empty where nothing keeps one."""


@dataclass(frozen=True)
class HearingCard:
    """A hearing as its clerk reads it; ``until`` is the day for what he may do."""

    hearing: Hearing
    state_word: str
    until: str
    finding: str
    answered: str


def alert_cards(found: AlertsFound, reader: Reader) -> tuple[AlertCard, ...]:
    """Give the alerts of a page."""
    return tuple(_alert_card(one, found.words, reader) for one in found.alerts)


def inquiry_rows(found: InquiriesFound, reader: Reader) -> tuple[InquiryRow, ...]:
    """Give the inquiries of a page."""
    return tuple(_row(one, state_on(one, found.day), found.day, reader) for one in found.inquiries)


def in_time_text(found: InquiriesFound, words: Words) -> str:
    """Say which share was answered in time; of none that was due there is no share."""
    if not found.due:
        return words("inquiries.no_share")
    share = percent_text(found.in_time, found.due, words)
    return words("inquiries.share", part=found.in_time, whole=found.due, share=share)


def inquiry_page(found: InquiryFound, reader: Reader, asks: str, *, may_step: bool) -> InquiryPage:
    """Give one inquiry to whoever ``asks``."""
    words = reader.words
    one = found.inquiry
    return InquiryPage(
        row=_row(one, found.state, found.day, reader),
        number=ticket_number(one.prefix, one.number) if one.number else "",
        answer=name_in(found.level_names, words.language),
        reasons=", ".join(name_in(reason, words.language) for reason in found.reason_names),
        finding=words(f"inquiries.finding.{one.finding}") if one.finding else "",
        steps=tuple(
            Said(
                when=_day(step.day),
                who=reader.name(step.by),
                what=_step_text(step.kind, reader.name(step.to), step.call_back, step.finding, words),
                words=found.words.get(step.step_id, "") or (words("inquiries.erased") if step.has_words else ""),
            )
            for step in one.steps
        ),
        may=_open_steps(found, asks) if may_step else frozenset(),
        waits=_waits(found, words) if may_step and one.owner == asks and one.state == "in_hand" else "",
    )


def hearing_cards(hearings: Iterable[Hearing], words: Words) -> tuple[HearingCard, ...]:
    """Give the hearings of a clerk."""
    return tuple(
        HearingCard(
            hearing=one,
            state_word=words(f"hearings.state.{_hearing_state(one)}"),
            until=_day(one.statement_until if one.may_state else one.appeal_until),
            finding=words(f"inquiries.finding.{one.finding}") if one.finding else "",
            answered=_day(one.answered_day),
        )
        for one in hearings
    )


def _alert_card(one: RaisedAlert, written: Mapping[str, str], reader: Reader) -> AlertCard:
    words = reader.words
    return AlertCard(
        alert_id=one.alert_id,
        where=reader.counter(one.counter_id) if one.counter_id else words("alerts.hall"),
        what=words(
            "alerts.what",
            part=one.unsatisfied,
            whole=one.rated,
            time=duration(words, one.within_s),
            channel=words(f"rating.channel.{one.channel}"),
        ),
        raised=reader.instant(one.raised_at),
        last=reader.instant(one.last_at) if one.last_at > one.raised_at else "",
        who=", ".join(reader.name(clerk_id) for clerk_id in one.clerk_ids),
        state=one.state,
        state_word=words(f"alerts.state.{one.state}"),
        steps=tuple(
            Said(
                when=reader.instant(step.at),
                who=reader.name(step.by),
                what=words(f"alerts.step.{step.kind}"),
                words=written.get(step.step_id, "") or (words("inquiries.erased") if step.has_words else ""),
            )
            for step in one.steps
        ),
    )


def _row(one: Inquiry, state: InquiryState, today: str, reader: Reader) -> InquiryRow:
    words = reader.words
    services = {service.service_id: service.names for service in reader.hall.services}
    service = name_in(services[one.service_id], words.language) if one.service_id in services else one.service_id
    due = one.review_until if state == "appealed" else one.answer_until
    return InquiryRow(
        inquiry_id=one.inquiry_id,
        due="" if state in _DONE else _day(due),
        is_overdue=one.is_overdue(today),
        rated=_day(one.rated_day),
        where=words("inquiries.where", counter=reader.counter(one.counter_id), service=service),
        channel=words(f"rating.channel.{one.channel}"),
        clerk=reader.name(one.clerk_id),
        owner=reader.name(one.owner),
        state=state,
        state_word=words(f"inquiries.state.{state}"),
    )


def _open_steps(found: InquiryFound, asks: str) -> frozenset[str]:
    """Tell which forms are shown; what is refused all the same is said by the server."""
    one, may = found.inquiry, set[str]()
    if one.state in ("new", "in_hand"):
        may.add("given")
    if one.state == "in_hand" and one.owner == asks:
        may |= {"called_back"}
        if one.clerk_id and not one.statement_asked and found.day > one.rated_day:
            may.add("statement_asked")
        if not _hears_clerk(found):
            may.add("answered")
    if one.state == "appealed" and asks not in (one.owner, one.answered_by):
        may.add("reviewed")
    return frozenset(may)


def _hears_clerk(found: InquiryFound) -> bool:
    """Tell whether the clerk still has time for a statement."""
    one = found.inquiry
    return one.statement_asked and not one.stated and found.day <= one.statement_until


def _waits(found: InquiryFound, words: Words) -> str:
    one = found.inquiry
    if _hears_clerk(found):
        return words("inquiries.waits_for_clerk", day=_day(one.statement_until))
    if one.clerk_id and not one.statement_asked and found.day <= one.rated_day:
        return words("inquiries.ask_tomorrow")
    return ""


def _step_text(kind: str, to: str, call_back: CallBack, finding: Finding, words: Words) -> str:
    if kind == "called_back":
        return words("inquiries.step.called_back", result=words(f"inquiries.call_back.{call_back}"))
    if kind in ("answered", "reviewed"):
        return words(f"inquiries.step.{kind}", finding=words(f"inquiries.finding.{finding}"))
    return words("inquiries.step.given", name=to) if kind == "given" else words(f"inquiries.step.{kind}")


def _hearing_state(one: Hearing) -> str:
    if one.may_state:
        return "asked"
    return "appealable" if one.may_appeal else one.state


def _day(day: str) -> str:
    return show_day(date.fromisoformat(day)) if day else ""
