"""The life of a visit, as a table.

A visit is always in exactly one state, and only events move it. This table is the whole truth about which event may
move a visit from where to where: ``apply`` looks up the next state here and nowhere else, ``decide`` asks the table
before it promises an event, the tests walk every cell, and the drawing in ``docs/rules.md`` is made from it.

How to read it, beginning with a citizen at the kiosk:

*waiting*
    A number was given. The visit stands in one line. It leaves by being called, by cancelling, or by the day's end.
    It may also move to another place among the waiting: when the counter it was sent to closes, it goes back to its
    queue (``VisitTransferred`` in this state), and when a clerk gives it another priority class.

*called*
    A counter invites it, and that counter can invite nobody else until this call is answered. The clerk may say the
    call again, begin the service, say that nobody came, or send the visit on without having served it. When a call is
    ended at once, the service is started and ended in the same instant: two events, so that no state is skipped.

*in_service*
    The citizen is at the counter. Service ends with an outcome, is parked (papers to fill in, a photocopy to fetch),
    or is continued elsewhere by a transfer, which puts the visit back among the waiting.

*parked*
    Set aside for this one counter, in no line. The counter takes it up again with a call of its own (clause
    *resumed*). When the counter closes, a parked visit goes back to its queue by its old arrival, so that nobody is
    forgotten behind a dark window.

*no_show*
    Called and did not come. Someone who comes after all is reinstated, by the old arrival.

*ended*
    Served, or let go with an outcome. Only a visit that was told to come back today may be reinstated from here; that
    is the one condition that depends on more than the state, and it stands in ``decide``. A visit with further services
    leaves in the same instant, under the same number: it waits for the next one, or begins it at the same counter.

*cancelled* and *expired*
    The citizen left before being called; the day ended while the visit waited. Nothing leads out of these two.

At the day's end nobody is left over: the waiting and the parked expire, the called become no-shows, and a service that
nobody ended is ended with the outcome ``unrecorded``.

Events that are absent from the table (a ticket's print state, a new number for old paper, ratings) change facts about a
visit but never its state.
"""

from typing import Final

from protocol import events as e
from protocol.views import VisitState

VisitMove = type[e.Event]

TRANSITIONS: Final[dict[VisitState | None, dict[VisitMove, VisitState]]] = {
    None: {
        e.VisitTaken: "waiting",
    },
    "waiting": {
        e.VisitCalled: "called",
        e.VisitTransferred: "waiting",
        e.VisitPrioritized: "waiting",
        e.VisitMended: "waiting",
        e.VisitCancelled: "cancelled",
        e.VisitExpired: "expired",
    },
    "called": {
        e.VisitRecalled: "called",
        e.ServiceStarted: "in_service",
        e.VisitMarkedNoShow: "no_show",
        e.VisitTransferred: "waiting",
    },
    "in_service": {
        e.ServiceEnded: "ended",
        e.VisitParked: "parked",
        e.VisitTransferred: "waiting",
    },
    "parked": {
        e.VisitCalled: "called",
        e.VisitReinstated: "waiting",
        e.VisitCancelled: "cancelled",
        e.VisitExpired: "expired",
    },
    "no_show": {
        e.VisitReinstated: "waiting",
    },
    "ended": {
        e.VisitReinstated: "waiting",
        e.VisitContinued: "waiting",
        e.ServiceContinued: "in_service",
    },
    "cancelled": {},
    "expired": {},
}
"""State before (``None``: not yet there) -> event -> state after."""

MOVES: Final[frozenset[VisitMove]] = frozenset(move for moves in TRANSITIONS.values() for move in moves)
"""Every event that may change a visit's state."""


def may(state: VisitState | None, move: VisitMove) -> bool:
    """Tell whether this event may happen to a visit in this state."""
    return move in TRANSITIONS[state]


def after(state: VisitState | None, move: VisitMove) -> VisitState:
    """Give the state after this event; the event must be allowed in this state."""
    assert may(state, move), f"{move.__name__} cannot happen to a visit that is {state}"
    return TRANSITIONS[state][move]


def drawing() -> str:
    """Draw the table as a Mermaid state diagram, as ``docs/rules.md`` shows it."""
    lines = ["stateDiagram-v2"]
    for state, moves in TRANSITIONS.items():
        lines += [f"    {state or '[*]'} --> {later}: {move.__name__}" for move, later in moves.items()]
        if not moves:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines) + "\n"
