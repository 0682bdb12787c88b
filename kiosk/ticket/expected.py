"""What the next citizens will see and take home, as far as it can be known before they come. Pure.

Who knows it may draw letters, plates and letterheads while nobody waits; what differs from citizen to citizen (number,
time, people ahead, code) is then all that is left to draw.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import cycle
from typing import TYPE_CHECKING

from kiosk.ticket.hall import citizen_classes
from kiosk.ticket.kept_model import PendingVisit
from kiosk.ticket.model import (
    ClassChoice,
    Confirm,
    GivenNumber,
    Number,
    Preferences,
    PrintState,
    Screen,
    Search,
    State,
    Ticket,
)
from kiosk.ticket.pages import page
from kiosk.widgets.page import Page
from presentation.composing import Typed
from presentation.texts import Texts
from protocol.views import Estimate, KioskView

if TYPE_CHECKING:
    from hardware.ticket import TicketContent

_NUMBERS = (12, 345, 678, 901)
"""All digits stand in them."""
_VISIT_ID = "0" * 32
_SECRET = "0" * 64


def lasting(view: KioskView) -> object:
    """Give what a view says that lasts for days: when two views agree in this, the same is to be expected."""
    services = tuple((one.service_id, one.prefix, tuple(one.names.items())) for one in view.services)
    classes = tuple((one.priority_class_id, one.slope, tuple(one.names.items())) for one in view.priority_classes)
    names = (tuple(view.agency.items()), tuple(view.names.items()), tuple((view.ticket_footer or {}).items()))
    return services, classes, names, view.hotline, view.languages, view.ticket_link


def expected_tickets(view: KioskView, texts: Texts, hall_at: datetime) -> Iterator["TicketContent"]:
    """Give a ticket of each service in each language; together they have every class and every digit."""
    from kiosk.ticket.paper import ticket_content  # Drawing is loaded where it is used, after the first frame.

    for language in view.languages:
        classes = cycle(one.priority_class_id for one in view.priority_classes)
        for given in _numbers(view, language, hall_at):
            visit = replace(given.visit, priority_class_id=next(classes, ""))
            yield ticket_content(Ticket(replace(given, visit=visit), 0, _SECRET), view, None, texts)


def expected_pages(state: State, texts: Texts, hall_at: datetime) -> Iterator[Page]:
    """Give the pages on the way to a number, as a citizen with the usual wishes meets them."""
    if state.view is None:
        return
    usual = replace(state, preferences=Preferences(state.settings.language), stay_asked_hall_at=None)
    classes = citizen_classes(state)[:1]
    for given in _numbers(state.view, state.settings.language, hall_at):
        service_id = given.visit.service_id
        class_id = classes[0].priority_class_id if classes else ""
        usual_number = replace(given, visit=replace(given.visit, priority_class_id=class_id))
        states: tuple[PrintState, ...] = ("printing", "printed") if state.settings.has_printer else ("none",)
        numbers = (Number(usual_number, printing, hall_at, 0.0) for printing in states)
        screens: tuple[Screen, ...] = (ClassChoice(service_id), Confirm(service_id, class_id), *numbers)
        for screen in screens:
            yield page(replace(usual, screen=screen), texts, hall_at)


def expected_search(state: State, texts: Texts, hall_at: datetime) -> Iterator[Page]:
    """Give the pages of a search as it begins, so that the first letter comes as soon as the others."""
    if state.view is None or state.catalogue is None:
        return
    usual = replace(state, preferences=Preferences(state.settings.language), stay_asked_hall_at=None)
    for screen in (Search(), Search(Typed("k"))):
        yield page(replace(usual, screen=screen), texts, hall_at)


def _numbers(view: KioskView, language: str, hall_at: datetime) -> Iterator[GivenNumber]:
    for service, number in zip(view.services, cycle(_NUMBERS), strict=False):
        visit = PendingVisit(_VISIT_ID, service.service_id, "", "", language, view.day, hall_at)
        wait = Estimate(low_s=300, high_s=900)
        yield GivenNumber(visit, service.prefix, number, hall_at, number % 10, wait, service.counter_numbers)
