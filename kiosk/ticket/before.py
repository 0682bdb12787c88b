"""What a citizen should hear before taking a number: what the house rules make of this service at this moment. Pure.

A *caution* is a sentence. Some only inform; others ask whether a number is wanted all the same, since the citizen may
rather come another time: the result comes a day later, the wait is long, or closing may be quicker than the call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from kiosk.ticket.hall import procedure_of, procedures_of
from kiosk.ticket.model import State
from presentation.formats import clock, wait_range, weekday_date
from presentation.texts import Words
from protocol.views import Estimate, KioskService, KioskView

NO_WAIT = Estimate(low_s=0, high_s=0)


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence, and whether it asks for consent."""

    sentence: str
    asks: bool = False


def cautions(
    state: State, service: KioskService, procedure_code: str, words: Words, hall_at: datetime
) -> tuple[Caution, ...]:
    """Give what is to be heard before a number of this service is taken now, the weightiest first."""
    view = state.view
    assert view is not None, "a service is known by a view"
    wait = _expected(state, service)
    return (
        *_late(state, service, procedure_code, words, hall_at),
        *_long(view, wait, words),
        *_closing(view, service, wait, words, hall_at),
        *_rest(view, service, wait, words, hall_at),
        *_few_left(view, service, words),
    )


def comes_next_day(state: State, service: KioskService, procedure_code: str) -> bool:
    """Tell whether what is received late here counts from the next working day.

    A procedure speaks for itself where the catalogue marks any of its service; else the service speaks for all.
    """
    procedure = procedure_of(state, procedure_code)
    if procedure is None or not any(one.after_15h_next_day for one in procedures_of(state, service.service_id)):
        return service.after_15h_notice
    return procedure.after_15h_next_day


def late_from(view: KioskView, hall_at: datetime) -> datetime:
    """Give the instant of this day from which what is received is late."""
    local = hall_at + timedelta(seconds=view.utc_offset_s)
    late = datetime.combine(local.date(), time.fromisoformat(view.rules.late_receipt_from), local.tzinfo)
    return late - timedelta(seconds=view.utc_offset_s)


def next_day_words(service: KioskService, words: Words) -> str:
    """Write the next day on which the service is open, `T4 25/11`; of one that never opens, that it is not known."""
    if not service.next_working_day:
        return words("common.not_recorded")
    return weekday_date(words, datetime.fromisoformat(service.next_working_day).replace(tzinfo=UTC), 0)


def _expected(state: State, service: KioskService) -> Estimate | None:
    """Give how long it may take until the call; nothing is known while the server is gone."""
    if state.link != "up":
        return None
    return NO_WAIT if service.waiting == 0 and service.counter_numbers else service.estimate


def _late(
    state: State, service: KioskService, procedure_code: str, words: Words, hall_at: datetime
) -> Iterator[Caution]:
    view = state.view
    if view is None or not comes_next_day(state, service, procedure_code):
        return
    late_at = late_from(view, hall_at)
    parts = {"time": view.rules.late_receipt_from, "day": next_day_words(service, words)}
    wait = _expected(state, service)
    if hall_at >= late_at:
        yield Caution(words("kiosk.before.late", **parts), asks=True)
    elif wait is not None and hall_at + timedelta(seconds=wait.high_s) >= late_at:
        yield Caution(words("kiosk.before.maybe_late", **parts), asks=True)


def _long(view: KioskView, wait: Estimate | None, words: Words) -> Iterator[Caution]:
    longest_s = view.rules.consent_waiting_s
    if wait is not None and longest_s and wait.high_s >= longest_s:
        yield Caution(words("kiosk.before.long_wait", range=wait_range(words, wait.low_s, wait.high_s)), asks=True)


def _closing(
    view: KioskView, service: KioskService, wait: Estimate | None, words: Words, hall_at: datetime
) -> Iterator[Caution]:
    margin_s = view.rules.consent_closing_s
    if not margin_s or service.closes_at is None:
        return
    called_at = hall_at + timedelta(seconds=wait.high_s if wait else 0)
    if called_at + timedelta(seconds=margin_s) > service.closes_at:
        closes = clock(words, service.closes_at, view.utc_offset_s)
        yield Caution(words("kiosk.before.closing", time=closes), asks=True)


def _rest(
    view: KioskView, service: KioskService, wait: Estimate | None, words: Words, hall_at: datetime
) -> Iterator[Caution]:
    rest = service.rest
    if rest is None or hall_at >= rest.closes_at:
        return
    until = clock(words, rest.closes_at, view.utc_offset_s)
    if hall_at >= rest.opens_at:
        yield Caution(words("kiosk.before.resting", time=until))
    elif wait is not None and hall_at + timedelta(seconds=wait.high_s) > rest.opens_at:
        begins = clock(words, rest.opens_at, view.utc_offset_s)
        yield Caution(words("kiosk.before.rest", begins=begins, ends=until))


def _few_left(view: KioskView, service: KioskService, words: Words) -> Iterator[Caution]:
    sentence = few_left(view, service, words)
    if sentence:
        yield Caution(words("kiosk.before.today", sentence=sentence))


def few_left(view: KioskView, service: KioskService, words: Words) -> str:
    """Tell how many numbers are left today when they are few; empty otherwise."""
    left = service.numbers_left
    if service.state != "open" or left is None or left > view.rules.quota_notice:
        return ""
    return words.counted("kiosk.before.numbers_left", left)
