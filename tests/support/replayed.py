"""The log of a real server, held against the promises of a branch: replayed event by event, each call by the rule."""

from pathlib import Path

from protocol import events as e
from queue_server import core
from queue_server.journal import Journal, verify
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch

OF_A_LOG = tuple(promise for promise in invariants.ALWAYS if promise is not invariants.the_loop_is_not_kept_spinning)
"""A log says nothing of when its loop ticks."""


class ReplayedBranch(DrivenBranch):
    """A branch as its server's log tells it; the server has ended."""

    def __init__(self, state: Path) -> None:
        log = state / "branch.db"
        verdict = verify(log, state / "heads.jsonl")
        assert verdict.wrong is None, verdict.wrong
        with Journal(log) as journal:
            first, *rest = [row.event() for row in journal.rows()]
        assert isinstance(first, e.ConfigurationChanged)
        super().__init__(first.configuration, first.at)
        self.log.clear()
        self.branch = core.new_branch(first.configuration)
        for event in (first, *rest):
            self.at = event.at
            if isinstance(event, e.VisitCalled) and event.clause in {"guarantee", "priority"}:
                invariants.check_call(invariants.rivals(self.branch, event.counter_id, event.at), event)
            self._append(event)

    def check(self) -> None:
        """Assert every promise that a log can be held against."""
        invariants.check(self, OF_A_LOG)

    def taken(self) -> dict[str, e.VisitTaken]:
        """Give how each visit was taken; each once."""
        events = [event for event in self.events() if isinstance(event, e.VisitTaken)]
        by_visit = {event.visit_id: event for event in events}
        assert len(by_visit) == len(events), "a visit was taken twice"
        return by_visit

    def called(self) -> list[str]:
        """Give the visits in the order in which they were called."""
        return [event.visit_id for event in self.events() if isinstance(event, e.VisitCalled)]
