"""What the report tables remember of a log is the same bytes, in whatever order its sets were built."""

from itertools import permutations

from queue_server.reporting.rows import NOTHING_MEANT, Context
from queue_server.reporting.tables import encode_context

OUTCOMES = ("received", "papers_missing", "left", "returned", "handed_out", "advised")


def test_equal_contexts_are_equal_bytes() -> None:
    bodies = {encode_context(_context(order)) for order in permutations(OUTCOMES)}
    assert len(bodies) == 1


def _context(outcomes: tuple[str, ...]) -> Context:
    built: set[str] = set()
    for outcome in outcomes:  # one after the other, as a decoder does: places in the set depend on who came first
        built.add(outcome)
    meaning = type(NOTHING_MEANT)(
        services={}, outcome_names={}, reason_names={}, served_outcomes=frozenset(built), satisfied={}
    )
    return Context(meanings={"a": meaning}, effective="a")
