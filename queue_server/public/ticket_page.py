"""What a phone shows of a visit. Pure: the answer about a visit and the hall's words in, sentences out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from presentation.formats import listed, ticket_number, wait_range
from presentation.texts import Words, name_in
from protocol.configuration import Procedure
from protocol.views import CounterVisit, Estimate, KioskView, VisitFound

NEAR_AHEAD: Final = 2
"""With so few people ahead, or …"""
NEAR_WAIT_S: Final = 300
"""… so short a wait at the least, it is time to come."""

FAR_POLL_S: Final = 15
NEAR_POLL_S: Final = 4
OVER_POLL_S: Final = 30
"""A number that is over may be brought back on its day: a no-show, or one whose papers were missing."""
PLAIN_REFRESH_S: Final = 20
"""So often a page without a script is made again."""

_OVER: Final = frozenset({"ended", "no_show", "cancelled", "expired"})
_SETTLED: Final = _OVER - {"no_show"}
"""What a stopped hall does not hold up: it is done."""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket as a phone shows it."""

    state: str
    """That of the visit; `near` while it waits and should come; `stopped` while the hall is, and nobody is to come."""
    number: str
    service: str
    headline: str
    """The one sentence that matters now."""
    wait: str
    """The estimated range; empty where there is none."""
    advice: str
    counters: str
    counter_number: int
    """Where to go, or where one is served; 0 elsewhere."""
    procedure_code: str
    """What it is for, where the catalogue knows it."""
    may_cancel: bool
    rating: Literal["", "asked", "given"]
    """Whether the service may be rated here, or was; empty before and where nothing was served."""
    alert: str
    """Changes with each call and recall, and is empty without: for these the phone makes itself heard."""
    poll_s: int
    """After so many seconds the phone asks again; 0 = never, its day is over."""


def ticket_page(
    found: VisitFound, kiosk: KioskView | None, procedure: Procedure | None, words: Words, now: datetime
) -> TicketPage:
    """Make the page of a visit, in the words of a language. `now` is the hall's time."""
    shown = _going_on(found, kiosk, procedure, words, now)
    if kiosk is None or kiosk.stopped is None or shown.state in _SETTLED:
        return shown
    return replace(
        shown,
        state="stopped",
        headline=words("follow.stopped"),
        wait="",
        advice=words("follow.advice.stopped"),
        counters="",
        counter_number=0,
        alert="",
    )


def _going_on(
    found: VisitFound, kiosk: KioskView | None, procedure: Procedure | None, words: Words, now: datetime
) -> TicketPage:
    """Make the page as it is while the hall goes on."""
    visit = found.visit
    state = "near" if visit.state == "waiting" and _is_near(found.ahead, found.estimate) else visit.state
    service = next((one for one in kiosk.services if one.service_id == visit.service_id), None) if kiosk else None
    name = name_in(service.names, words.language) if service else ""
    if procedure is not None:
        name = words("follow.service_and_procedure", service=name, procedure=name_in(procedure.names, words.language))
    waits = visit.state == "waiting"
    return TicketPage(
        state=state,
        number=ticket_number(visit.prefix, visit.number),
        service=name,
        headline=_headline(found, words),
        wait=_wait(found.estimate, words) if waits else "",
        advice=words(f"follow.advice.{state}") if words.has(f"follow.advice.{state}") else "",
        counters=listed(words, service.counter_numbers) if waits and service else "",
        counter_number=found.counter_number,
        procedure_code=procedure.code if procedure is not None else "",
        may_cancel=waits,
        rating=_rating(found),
        alert=_alert(visit),
        poll_s=_poll_s(state, is_today=_is_today(visit, kiosk, now)),
    )


def _rating(found: VisitFound) -> Literal["", "asked", "given"]:
    if found.link_rating is None:
        return ""
    return "given" if found.link_rating.given else "asked"


def _poll_s(state: str, *, is_today: bool) -> int:
    if state in _OVER:
        return OVER_POLL_S if is_today else 0
    return FAR_POLL_S if state == "waiting" else NEAR_POLL_S


def _is_today(visit: CounterVisit, kiosk: KioskView | None, now: datetime) -> bool:
    """Tell whether a number is of the hall's present date; as long as nobody has told the hall's offset, it is."""
    if kiosk is None:
        return True
    offset = timedelta(seconds=kiosk.utc_offset_s)
    return (visit.taken_at + offset).date() == (now + offset).date()


def _is_near(ahead: int, estimate: Estimate | None) -> bool:
    return ahead <= NEAR_AHEAD or (estimate is not None and estimate.low_s <= NEAR_WAIT_S)


def _headline(found: VisitFound, words: Words) -> str:
    state = found.visit.state
    if state == "waiting":
        return words.counted("follow.ahead", found.ahead)
    counter = words("common.counter", counter=found.counter_number) if found.counter_number else ""
    return words(f"follow.{state}", counter=counter)


def _wait(estimate: Estimate | None, words: Words) -> str:
    """Write the estimate, where there is one: people ahead are told in any case."""
    return words("follow.wait", range=wait_range(words, estimate.low_s, estimate.high_s)) if estimate else ""


def _alert(visit: CounterVisit) -> str:
    if visit.state != "called" or visit.called_at is None:
        return ""
    return f"{visit.called_at.timestamp():.0f}-{visit.recalls}"
