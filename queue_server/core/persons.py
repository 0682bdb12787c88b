"""How many numbers one person may have: a rule over marks, which say that it is the same person and nothing else.

Limits hold for all services of the branch together, and for a single service. A person is known at a kiosk alone: staff
give a number without, for a reason. A number that a kiosk gave while it was cut off stands, whatever the rule says of
it: its citizen holds the paper.
"""

from typing import Final, Literal, NamedTuple

from protocol.configuration import Configuration, PersonLimits, Service
from protocol.views import VisitState
from queue_server.core.state import Branch, Visit

OPEN: Final[frozenset[VisitState]] = frozenset({"waiting", "called", "in_service", "parked"})
"""The states of a visit whose number is not over."""


class Reached(NamedTuple):
    """The limit that a person has reached, and the last of the numbers that reach it."""

    by: Literal["day", "at_once"]
    limit: int
    visit: Visit


def card_needed(configuration: Configuration, service: Service) -> bool:
    """Tell whether numbers of the service are limited per person."""
    return not service.free_for_all and (configuration.numbers_per_person.any or service.numbers_per_person.any)


def limit_reached(branch: Branch, service: Service, person_mark: str) -> Reached | None:
    """Tell which limit keeps this person from a number of the service; ``None`` when none does."""
    if not person_mark or not card_needed(branch.configuration, service):
        return None
    held = branch.held_by_person.get(person_mark, ())
    everywhere = [branch.visits[one.visit_id] for one in held]
    here = [branch.visits[one.visit_id] for one in held if one.service_id == service.service_id]
    policy = branch.configuration.numbers_per_person
    return _reached(branch, policy, everywhere) or _reached(branch, service.numbers_per_person, here)


def _reached(branch: Branch, limits: PersonLimits, visits: list[Visit]) -> Reached | None:
    open_now = [visit for visit in visits if visit.state in OPEN]
    if limits.at_once and len(open_now) >= limits.at_once:
        return Reached("at_once", limits.at_once, open_now[-1])
    counted = [visit for visit in visits if _counts(branch, visit)]
    if limits.day and len(counted) >= limits.day:
        return Reached("day", limits.day, counted[-1])
    return None


def _counts(branch: Branch, visit: Visit) -> bool:
    """Tell whether a number counts by the day: not one that was given back before anybody had called it."""
    policy = branch.configuration.numbers_per_person
    if visit.state == "cancelled":
        return policy.cancelled_counts or bool(visit.call_id)
    return visit.state != "no_show" or policy.no_show_counts
