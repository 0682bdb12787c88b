"""Every figure of the history, once: what it counts, in which unit, and by what it can be cut.

The words stand in `config/texts` under `figure.<id>`: `name`, and `counted`, a sentence that a manager can check with a
watch. Pages, exports and `docs/figures.md` take them from there; the queries take the ids from here.
"""

from dataclasses import dataclass
from typing import Final, Literal

Dimension = Literal["day", "hour", "service", "counter", "clerk", "priority_class"]
DIMENSIONS: Final[tuple[Dimension, ...]] = ("day", "hour", "service", "counter", "clerk", "priority_class")

Unit = Literal["visits", "calls", "services", "people", "stops", "seconds"]
Kind = Literal["count", "share", "spread", "time", "time_share"]
"""A number of things; so many of so many; how durations spread; a sum of time; so much of so much time."""

Group = Literal["waiting", "service", "order", "counters"]
GROUPS: Final[tuple[Group, ...]] = ("waiting", "service", "order", "counters")
"""What is looked at together."""

_EVERYTHING: Final = frozenset(DIMENSIONS)
_BEFORE_COUNTERS: Final = frozenset[Dimension]({"day", "hour", "service", "priority_class"})
_OF_THE_HALL: Final = frozenset[Dimension]({"day", "hour"})
_OF_COUNTERS: Final = frozenset[Dimension]({"day", "hour", "counter", "clerk"})


@dataclass(frozen=True)
class Definition:
    """A figure. `whole_id` names the figure that a share is of; `by` what it can be cut by."""

    figure_id: str
    group: Group
    kind: Kind
    unit: Unit
    by: frozenset[Dimension]
    whole_id: str = ""

    def answers(self, cuts: frozenset[Dimension]) -> bool:
        """Tell whether the figure exists where it is cut so: nobody arrives at a counter, no service is idle."""
        return cuts <= self.by


DEFINITIONS: Final[tuple[Definition, ...]] = (
    Definition("taken", "waiting", "count", "visits", _BEFORE_COUNTERS),
    Definition("cancelled", "waiting", "share", "visits", _BEFORE_COUNTERS, "taken"),
    Definition("expired", "waiting", "share", "visits", _BEFORE_COUNTERS, "taken"),
    Definition("waiting", "waiting", "spread", "seconds", _EVERYTHING),
    Definition("within_target", "waiting", "share", "visits", _EVERYTHING, "waiting"),
    Definition("stopped_waits", "waiting", "share", "visits", _EVERYTHING, "waiting"),
    Definition("ended", "service", "count", "services", _EVERYTHING),
    Definition("served", "service", "share", "services", _EVERYTHING, "ended"),
    Definition("papers_missing", "service", "share", "services", _EVERYTHING, "ended"),
    Definition("service", "service", "spread", "seconds", _EVERYTHING),
    Definition("calls", "order", "count", "calls", _EVERYTHING),
    Definition("no_shows", "order", "share", "calls", _EVERYTHING, "calls"),
    Definition("by_hand", "order", "share", "calls", _EVERYTHING, "calls"),
    Definition("passed_over", "order", "count", "people", _EVERYTHING),
    Definition("prioritized", "order", "count", "visits", _EVERYTHING),
    Definition("transfers", "order", "count", "visits", _EVERYTHING),
    Definition("transfers_first", "order", "share", "visits", _EVERYTHING, "transfers"),
    Definition("signed_in", "counters", "time", "seconds", _OF_COUNTERS),
    Definition("open", "counters", "time", "seconds", _OF_COUNTERS),
    Definition("idle", "counters", "time_share", "seconds", _OF_COUNTERS, "open"),
    Definition("paused", "counters", "time_share", "seconds", _OF_COUNTERS, "signed_in"),
    Definition("stops", "counters", "count", "stops", _OF_THE_HALL),
    Definition("stopped", "counters", "time", "seconds", _OF_THE_HALL),
)

BY_ID: Final = {one.figure_id: one for one in DEFINITIONS}
