"""What a kiosk sees: its tiles, why it is closed, and the rules of the day that a citizen hears of first."""

from datetime import date, datetime
from typing import Literal, NamedTuple

import msgspec

from protocol import views as v
from protocol.configuration import Configuration, DutyContact, KioskRange, Service, TicketLink, Words
from queue_server.core.calendar import business_date, holiday_on, is_open, next_opening, next_rest, plan_day
from queue_server.core.persons import card_needed
from queue_server.core.print_orders import standing_orders
from queue_server.core.shown import (
    Estimates,
    estimate_of_service,
    next_giving_at,
    open_counter_numbers,
    stopped_hall,
    utc_offset_s,
)
from queue_server.core.state import HELP_ANSWERED, Branch

NO_WORDS: Words = {}


def kiosk_view(branch: Branch, estimates: Estimates, at: datetime) -> v.KioskView:
    """Give what a kiosk needs to give a number, also by itself while the server is gone."""
    configuration = branch.configuration
    today = business_date(at, utc_offset_s(branch))
    services = tuple(_service(branch, service, estimates, today, at) for service in configuration.services)
    anything = any(service.state == "open" for service in services)
    why = _Why("stopped" if branch.stopped is not None else "")
    if not anything and branch.stopped is None:
        why = _why_closed(branch, services, today, at)
    return v.KioskView(
        branch_id=configuration.branch_id,
        configuration_id=configuration.configuration_id,
        agency=configuration.agency,
        names=branch.hall.names,
        hotline=configuration.hotline,
        languages=configuration.languages,
        utc_offset_s=utc_offset_s(branch),
        day=branch.day,
        state="open" if anything else "closed",
        next_opens_at=None if anything else _first_opening(services),
        services=services,
        priority_classes=tuple(part for part in configuration.priority_classes if part.chosen_by == "citizen"),
        kiosk_ranges=tuple(_unused(branch, numbers) for numbers in configuration.kiosk_ranges),
        ticket_link=_ticket_link(branch),
        ticket_footer=configuration.ticket_footer,
        catalogue_hash=branch.hall.catalogue_hash,
        catalogue_pages=len(branch.hall.catalogue_pages),
        rules=_rules(configuration),
        closed_because=why.code,
        holiday_names=why.holiday_names,
        duty_contacts=_on_duty(configuration, today),
        help_answered=tuple(name for name, health in branch.health.items() if health.reason == HELP_ANSWERED),
        stopped=stopped_hall(branch),
        training=bool(configuration.training),
        print_orders=tuple(
            v.PrintOrder(order_id=order.order_id, function_id=order.function_id)
            for order in standing_orders(branch, at)
        ),
        voice_channels=configuration.voices.channels,
        voice_kinds=configuration.voices.kinds if configuration.voices.channels else (),
    )


def _ticket_link(branch: Branch) -> TicketLink:
    """Give what tickets carry. While no program of public pages is paired their address is a dead link."""
    is_served = any(
        function.kind == "public"
        for device in branch.devices.values()
        if device.pairing == "paired"
        for function in device.functions
    )
    # The pages behind a training hall's address would be the real hall's, which does not know its tickets.
    is_served = is_served and not branch.configuration.training
    return branch.configuration.ticket_link if is_served else TicketLink()


def _unused(branch: Branch, numbers: KioskRange) -> KioskRange:
    """Give what is left of a range today: a kiosk that has lost its memory must not begin at its first number again."""
    last = branch.last_own_numbers.get((numbers.function_id, numbers.prefix), 0)
    return msgspec.structs.replace(numbers, first=last + 1) if numbers.first <= last <= numbers.last else numbers


def _service(branch: Branch, service: Service, estimates: Estimates, today: date, at: datetime) -> v.KioskService:
    state = _service_state(branch, service, at)
    spans = branch.plan.spans_of(service.hours_id) if branch.day_open and branch.plan is not None else ()
    return v.KioskService(
        service_id=service.service_id,
        prefix=service.prefix,
        names=service.names,
        hints=service.hints,
        icon=service.icon,
        state=state,
        waiting=branch.waiting_by_service.get(service.service_id, 0),
        estimate=estimate_of_service(branch, service, estimates) if branch.stopped is None else None,
        counter_numbers=open_counter_numbers(branch, service.queue_id),
        next_opens_at=_next_numbers_at(branch, service, state, at),
        after_15h_notice=service.after_15h_notice,
        takes_receipts=service.takes_receipts,
        closes_at=spans[-1].closes_at if spans else None,
        giving=branch.plan.giving_of(service.hours_id) if spans and branch.plan is not None else (),
        rest=next_rest(spans, at),
        numbers_left=_numbers_left(branch, service),
        next_working_day=branch.hall.next_working_day(service.hours_id, today),
        result_place=service.result_place,
        card_needed=card_needed(branch.configuration, service),
        numbers_per_person=service.numbers_per_person,
    )


def _service_state(
    branch: Branch, service: Service, at: datetime
) -> Literal["open", "closed", "quota_reached", "full"]:
    """Tell whether a kiosk gets a number for this service now; the same checks as when it asks."""
    if branch.stopped is not None:
        return "closed"
    if not branch.day_open or branch.plan is None or not is_open(branch.plan.giving_of(service.hours_id), at):
        return "closed"
    if _numbers_left(branch, service) == 0:
        return "quota_reached"
    if branch.waiting >= branch.configuration.policies.waiting_limit:
        return "full"
    return "open"


def _numbers_left(branch: Branch, service: Service) -> int | None:
    if not service.daily_quota:
        return None
    return max(0, service.daily_quota - branch.taken_by_service.get(service.service_id, 0))


def _next_numbers_at(branch: Branch, service: Service, state: str, at: datetime) -> datetime | None:
    if branch.stopped is not None:
        return None  # Nobody knows before somebody says so.
    if state == "closed" and _numbers_left(branch, service) != 0:
        return next_giving_at(branch, service.hours_id, at)
    # Numbers that are used up come back with the next day, not after today's rest.
    return _next_day_giving_at(branch, service, at) if state in {"closed", "quota_reached"} else None


def _next_day_giving_at(branch: Branch, service: Service, at: datetime) -> datetime | None:
    day = branch.hall.next_working_day(service.hours_id, business_date(at, utc_offset_s(branch)))
    if not day:
        return None
    plan = plan_day(branch.coming or branch.configuration, date.fromisoformat(day), utc_offset_s(branch))
    begins = next_opening(plan.giving_of(service.hours_id), at)
    return max(begins, plan.opens_at) if begins is not None else None


def _first_opening(services: tuple[v.KioskService, ...]) -> datetime | None:
    """Tell when the first service gives numbers again; one that works on Saturdays opens the hall on Saturday."""
    return min((one.next_opens_at for one in services if one.next_opens_at is not None), default=None)


def _rules(configuration: Configuration) -> v.KioskRules:
    policies = configuration.policies
    return v.KioskRules(
        late_receipt_from=policies.late_receipt_from,
        consent_waiting_s=policies.consent_waiting_s,
        consent_closing_s=policies.consent_closing_s,
        quota_notice=policies.quota_notice,
        help_wait_s=policies.help_wait_s,
        numbers_per_person=configuration.numbers_per_person,
    )


def _on_duty(configuration: Configuration, today: date) -> tuple[DutyContact, ...]:
    """Give the contacts of today: those of this very day, else those of every day."""
    of_today = tuple(one for one in configuration.duty_contacts if today.isoformat() in one.days)
    return of_today or tuple(one for one in configuration.duty_contacts if not one.days)


class _Why(NamedTuple):
    code: v.ClosedBecause = ""
    holiday_names: Words = NO_WORDS


def _why_closed(branch: Branch, services: tuple[v.KioskService, ...], today: date, at: datetime) -> _Why:
    """Tell why no service gives numbers now."""
    if any(service.state in {"quota_reached", "full"} for service in services):
        return _Why("quota")
    configuration = (branch.coming or branch.configuration) if not branch.day_open else branch.configuration
    holiday = holiday_on(configuration.calendar, today)
    if holiday is not None:
        return _Why("holiday", holiday.names)
    plan = plan_day(configuration, today, utc_offset_s(branch))
    giving = [span for one in configuration.services for span in plan.giving_of(one.hours_id)]
    if not giving:
        return _Why("weekend")
    if today.isoformat() == branch.day and not branch.day_open:
        return _Why("over")  # By the clock, or earlier by a manager.
    if at < min(span.opens_at for span in giving):
        return _Why("early")
    return _Why("rest" if any(at < span.opens_at for span in giving) else "over")
