"""The seat from which a counter console is seen: who, where, in which language, and by which names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from presentation.formats import clock, duration
from presentation.texts import Words, name_in
from protocol.configuration import PriorityClass, Procedure
from protocol.views import CounterView, HallService, HallView, OrderView

_MINUTE_S: Final = 60


@dataclass(frozen=True)
class Seat:
    """Who looks at which counter, in which language, and by which names and numbers the page is written."""

    clerk_id: str
    names: Mapping[str, str]
    """Shown names by clerk id."""
    hall: HallView
    counter: CounterView
    priority_classes: tuple[PriorityClass, ...]
    procedures: Mapping[str, Procedure]
    words: Words
    viewed_at: datetime
    """The hall time of the counter's view; waits have grown since."""
    now: datetime
    order: OrderView | None = None
    """The order ledger, of which a console shows the clerk's own lines."""
    limited: frozenset[str] = frozenset()
    """The services for which a kiosk asks for a card; staff give their numbers to whoever has none."""

    @property
    def is_stopped(self) -> bool:
        """Whether the hall is stopped, by whichever view has heard of it first."""
        return self.hall.stopped is not None or self.counter.stopped is not None

    def name(self, names: Mapping[str, str]) -> str:
        """Give a configured name in the page's language."""
        return name_in(names, self.words.language)

    def minutes(self, seconds: float) -> str:
        """Write a duration that does not hop every second."""
        if seconds < _MINUTE_S:
            return self.words("format.under_minutes", minutes=1)
        return duration(self.words, seconds)

    def clock(self, at: datetime) -> str:
        """Write a time of day as the hall's clock shows it."""
        return clock(self.words, at, self.counter.utc_offset_s)

    def service(self, service_id: str) -> HallService | None:
        """Find a service; one that has left the configuration today is None."""
        return next((service for service in self.hall.services if service.service_id == service_id), None)

    def priority_class(self, priority_class_id: str) -> PriorityClass | None:
        """Find a priority class."""
        found = (one for one in self.priority_classes if one.priority_class_id == priority_class_id)
        return next(found, None)

    def is_usual(self, priority_class_id: str) -> bool:
        """Tell whether a class is the one without priority: of the least slope."""
        this = self.priority_class(priority_class_id)
        return this is None or this.slope <= min(one.slope for one in self.priority_classes)
