"""What each kind of terminal may see: one pure projection per topic, complete and small.

A view is made from the branch, the estimates (an input, made elsewhere) and the instant. The instant matters because a
kiosk opens and closes by the clock and a wait grows by itself; the loop ticks at each of those instants
(:func:`queue_server.core.next_deadline`). Every view stays under ``VIEW_LIMIT_BYTES``: heads and counts instead of
lists, and the one list that could grow without end, the devices, is cut with the healthy ones last.
"""

from datetime import datetime

from protocol import views as v
from queue_server.core.shown import Estimates
from queue_server.core.state import Branch
from queue_server.core.views_board import board_view
from queue_server.core.views_counter import counter_view, order_view
from queue_server.core.views_kiosk import kiosk_view
from queue_server.core.views_staff import devices_view, hall_view, rating_view


def topics(branch: Branch) -> tuple[str, ...]:
    """Name every topic of this branch."""
    counters = branch.hall.counters
    return (
        "hall",
        "order",
        "kiosk",
        "devices",
        *(f"board/{zone_id}" for zone_id in branch.hall.zones),
        *(f"counter/{counter_id}" for counter_id in counters),
        *(f"rating/{counter_id}" for counter_id in counters),
    )


def view_of(branch: Branch, topic: str, estimates: Estimates, at: datetime) -> v.AnyView:  # noqa: PLR0911 -- one case per kind.
    """Give the view of a topic that :func:`topics` names."""
    kind, _, which = topic.partition("/")
    match kind:
        case "hall":
            return hall_view(branch, estimates, at)
        case "order":
            return order_view(branch)
        case "kiosk":
            return kiosk_view(branch, estimates, at)
        case "devices":
            return devices_view(branch)
        case "board":
            return board_view(branch, which, estimates, at)
        case "counter":
            return counter_view(branch, which, at)
        case _:
            assert kind == "rating", f"there is no topic {topic}"
            return rating_view(branch, which)
