"""What the kiosk concludes from what it knows of the hall: questions of flow and pages."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

from kiosk.ticket.model import State
from protocol.configuration import KioskRange, PriorityClass, Procedure
from protocol.views import ClosedBecause, KioskService

ServiceState = Literal["open", "closed", "quota_reached", "full"]

Situation = Literal["not_ready", "closed", "gone", "own_numbers", "open"]
"""`not_ready`: not paired, or nothing known yet. `own_numbers`: the server is gone, the kiosk goes on by itself."""

HELP_UNDER_WAY: Final = frozenset({"asked", "called", "coming"})
"""While a call for help is so, it is not made again, and whoever waits need not touch the screen to keep it."""


def derived_id(base_id: str, purpose: str) -> str:
    """Give the one id that belongs to an id and a purpose: 32 hex digits, the same after a crash as before."""
    return sha256(f"{base_id} {purpose}".encode()).hexdigest()[:32]


def is_stopped(state: State) -> bool:
    """Tell whether the hall is stopped, by what was heard last: nobody has said since that it goes on."""
    return state.view is not None and state.view.stopped is not None and state.link != "refused"


def situation(state: State, hall_at: datetime) -> Situation:
    """Tell in which situation the kiosk meets a citizen."""
    if state.view is None or state.identity is None or state.link == "refused":
        return "not_ready"
    if state.link == "up":
        return "open" if state.view.state == "open" else "closed"
    if any(own_range(state, service, hall_at) for service in state.view.services):
        return "own_numbers"
    known = [service_state(state, service, hall_at) for service in state.view.services]
    return "closed" if set(known) <= {"closed"} and _is_today(state, hall_at) else "gone"


def service_state(state: State, service: KioskService, hall_at: datetime) -> ServiceState:
    """Tell whether numbers are given for a service: as the server says, and by the day's plan while it is gone."""
    if state.link == "up" or not service.giving or service.state not in {"open", "closed"}:
        return service.state
    return "open" if any(span.opens_at <= hall_at < span.closes_at for span in service.giving) else "closed"


def next_opens_at(state: State, service: KioskService | None, hall_at: datetime) -> datetime | None:
    """Tell when numbers are given again, of one service or of any; None when that is not known."""
    assert state.view is not None, "asked only when a view is there"
    some = (service,) if service else state.view.services
    told = service.next_opens_at if service else state.view.next_opens_at
    if state.link == "up":
        return told
    planned = (span.opens_at for one in some for span in one.giving)
    return min((one for one in (told, *planned) if one is not None and one > hall_at), default=None)


def closed_because(state: State, hall_at: datetime) -> ClosedBecause:
    """Tell why no numbers are given: as the server says, and by the day's plan while it is gone."""
    view = state.view
    if view is None or state.link == "up" or not _is_today(state, hall_at):
        return view.closed_because if view and state.link == "up" else ""
    giving = [span for one in view.services for span in one.giving]
    if not giving:
        return view.closed_because
    if any(hall_at < span.opens_at for span in giving):
        return "rest" if any(span.opens_at <= hall_at for span in giving) else "early"
    return "over"


def own_range(state: State, service: KioskService, hall_at: datetime) -> KioskRange | None:
    """Give the range from which this kiosk may number a visit for the service by itself; None when it may not.

    It may only while the hall is open by the plan of this very day: numbers restart each day, and a kiosk that slept
    over midnight cannot know which of them are still free.
    """
    if state.view is None or state.identity is None or not _is_today(state, hall_at) or is_stopped(state):
        return None
    if service_state(state, service, hall_at) != "open":
        return None
    ranges = [own for own in state.view.kiosk_ranges if own.function_id == state.identity.function_id]
    for own in ranges:
        if own.prefix == service.prefix:
            return own
    prefixes = {other.prefix for other in state.view.services}
    # A range under letters of no service serves all of them: "this number was given by the kiosk itself".
    return next((own for own in ranges if own.prefix not in prefixes), None)


def next_own_number(state: State, own: KioskRange) -> int | None:
    """Give the next unused number of a range today; None when the range is exhausted."""
    assert state.view is not None, "a range comes from a view"
    used = [
        given.number
        for given in state.offline_numbers
        if given.day == state.view.day and given.prefix == own.prefix and own.first <= given.number <= own.last
    ]
    number = max(used) + 1 if used else own.first
    return number if number <= own.last else None


def service_of(state: State, service_id: str) -> KioskService | None:
    """Find a service of the hall as last seen."""
    services = state.view.services if state.view else ()
    return next((service for service in services if service.service_id == service_id), None)


def procedure_of(state: State, code: str) -> Procedure | None:
    """Find a procedure of the catalogue."""
    procedures = state.catalogue.procedures if state.catalogue else ()
    return next((procedure for procedure in procedures if procedure.code == code), None)


def procedures_of(state: State, service_id: str) -> tuple[Procedure, ...]:
    """Give the procedures of one service, in the catalogue's order."""
    procedures = state.catalogue.procedures if state.catalogue else ()
    return tuple(procedure for procedure in procedures if procedure.service_id == service_id)


def citizen_classes(state: State) -> tuple[PriorityClass, ...]:
    """Give the priority classes that citizens choose themselves, the usual one first."""
    classes = state.view.priority_classes if state.view else ()
    chosen = [one for one in classes if one.chosen_by == "citizen"]
    return tuple(sorted(chosen, key=lambda one: one.slope > min(each.slope for each in chosen)))


def class_of(state: State, priority_class_id: str) -> PriorityClass | None:
    """Find a priority class by its id."""
    classes = state.view.priority_classes if state.view else ()
    return next((one for one in classes if one.priority_class_id == priority_class_id), None)


def local_time(state: State, instant: datetime) -> datetime:
    """Give an instant as the hall's clock shows it."""
    offset_s = state.view.utc_offset_s if state.view else 0
    return instant + timedelta(seconds=offset_s)


def _is_today(state: State, hall_at: datetime) -> bool:
    assert state.view is not None, "asked only when a view is there"
    return local_time(state, hall_at).date().isoformat() == state.view.day
