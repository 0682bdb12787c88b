"""The life of a visit: the table is walked cell by cell, and the drawing in the docs is made from it."""

from pathlib import Path

import pytest

from protocol import events as e
from protocol.views import VisitState
from queue_server.core import life

STATES: tuple[VisitState | None, ...] = tuple(life.TRANSITIONS)
ALLOWED = {
    (None, "VisitTaken"): "waiting",
    ("waiting", "VisitCalled"): "called",
    ("waiting", "VisitTransferred"): "waiting",
    ("waiting", "VisitPrioritized"): "waiting",
    ("waiting", "VisitMended"): "waiting",
    ("waiting", "VisitCancelled"): "cancelled",
    ("waiting", "VisitExpired"): "expired",
    ("called", "VisitRecalled"): "called",
    ("called", "ServiceStarted"): "in_service",
    ("called", "VisitMarkedNoShow"): "no_show",
    ("called", "VisitTransferred"): "waiting",
    ("in_service", "ServiceEnded"): "ended",
    ("in_service", "VisitParked"): "parked",
    ("in_service", "VisitTransferred"): "waiting",
    ("parked", "VisitCalled"): "called",
    ("parked", "VisitReinstated"): "waiting",
    ("parked", "VisitCancelled"): "cancelled",
    ("parked", "VisitExpired"): "expired",
    ("no_show", "VisitReinstated"): "waiting",
    ("ended", "VisitReinstated"): "waiting",
    ("ended", "VisitContinued"): "waiting",
    ("ended", "ServiceContinued"): "in_service",
}


@pytest.mark.parametrize("move", sorted(life.MOVES, key=str))
@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_the_table(state: VisitState | None, move: type[e.Event]) -> None:
    expected = ALLOWED.get((state, move.__name__))
    assert life.may(state, move) == (expected is not None)
    if expected is not None:
        assert life.after(state, move) == expected
    else:
        with pytest.raises(AssertionError, match="cannot happen"):
            life.after(state, move)


def test_from_every_state_a_way_leads_to_an_end() -> None:
    ends = {"ended", "cancelled", "expired", "no_show"}
    for state in STATES:
        reached: set[str | None] = {state}
        while new := {later for here in reached for later in life.TRANSITIONS[here].values()} - reached:  # type: ignore[index]  # Only states are reached.
            reached |= new
        assert reached & ends, f"nobody gets out of {state}"


def test_the_drawing_in_the_docs_is_made_from_the_table() -> None:
    rules = Path(__file__).parents[3] / "docs" / "rules.md"
    assert f"```mermaid\n{life.drawing()}```" in rules.read_text(encoding="utf-8")
