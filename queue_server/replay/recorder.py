"""A day's events -> its story. Pure.

The events are applied to a branch as they come, so that the story can say what an event alone does not: how long a
counter had been ready when it called, and which place in a queue a transfer was given by which rule.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from protocol import events as e
from protocol.commands import TransferPosition
from protocol.configuration import Configuration
from queue_server.core.apply import apply
from queue_server.core.services import rank_after_transfer
from queue_server.core.state import Branch, Visit, new_branch
from queue_server.replay.readiness import Readiness
from queue_server.replay.story import Called, Done, Moved, Presence, Stage, Story, Turn, Turns, VisitStory, Wish

PRESENCES: Final[dict[type[e.Event], Done]] = {
    e.ClerkSignedIn: "sign_in",
    e.ClerkSignedOut: "sign_out",
    e.CounterOpened: "open",
    e.CounterPaused: "pause",
    e.CounterClosed: "close",
}
BY_RULE: Final = frozenset({"guarantee", "priority"})

HEARD: Final[tuple[type[e.Event], ...]] = (
    *PRESENCES, e.DayOpened, e.DayClosed, e.ConfigurationChanged, e.VisitTaken, e.VisitCalled, e.ServiceStarted,
    e.ServiceEnded, e.VisitMarkedNoShow, e.VisitReinstated, e.VisitPrioritized, e.VisitParked, e.VisitTransferred,
    e.VisitCancelled, e.VisitContinued, e.ServiceContinued, e.HallStopped, e.HallResumed,
)  # fmt: skip
"""What a story is made of. Ratings, paper, devices and recalls decide about nobody's turn."""

PASSED: Final[tuple[type[e.Event], ...]] = (
    e.VisitRecalled, e.CallLeftUnsaid, e.RatingOpened, e.RatingPressed, e.RatingClosed, e.VisitRated, e.TicketReported,
    e.VisitRenumbered, e.VisitExpired, e.ServicesPlanned, e.TicketPrintOrdered,
)  # fmt: skip
"""Events of visits that change no order; all others that name a visit are told as strange."""

_POSITIONS: Final[tuple[TransferPosition, ...]] = ("policy", "arrival", "last", "first")


def record(events: Iterable[tuple[int, e.AnyEvent]], configuration: Configuration) -> Story | None:
    """Tell the story of one day from its events with their places in the log; ``None`` when it was never closed.

    ``configuration`` is the one that the opening of the day names.
    """
    heard = list(events)
    opened = heard[0][1]
    assert isinstance(opened, e.DayOpened), f"a day begins with its opening, not {opened}"
    closed_at = next((event.at for _, event in heard if isinstance(event, e.DayClosed)), None)
    if closed_at is None:
        return None
    recorder = _Recorder(Story(opened=opened, closed_at=closed_at, configuration=configuration))
    for seq, event in heard:
        # At the closing the server itself ends all that is open; nobody did it.
        if event.at >= closed_at:
            break
        recorder.hear(seq, event)
    recorder.close()
    return recorder.story


class _Recorder:
    """Hears the events of one day, in order."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self._branch: Branch = new_branch(story.configuration)
        self._readiness = Readiness()
        self._ended_at: dict[str, datetime] = {}
        self._started_at: dict[str, datetime] = {}

    def hear(self, seq: int, event: e.AnyEvent) -> None:
        """Note what an event says, and let it happen."""
        if not isinstance(event, HEARD):
            if hasattr(event, "visit_id") and not isinstance(event, PASSED):
                name = type(event).__name__
                self.story.strange[name] = self.story.strange.get(name, 0) + 1
            if not hasattr(event, "visit_id") or isinstance(event, PASSED):
                return
        self._note(seq, event)
        apply(self._branch, event)
        if isinstance(event, e.VisitCalled | e.CounterOpened | e.CounterPaused | e.CounterClosed | e.ClerkSignedOut):
            self._readiness.forget(event.counter_id)
        self._readiness.look(self._branch, event.at)

    def close(self) -> None:
        """Note what was still going on when the day closed."""
        closed_at = self.story.closed_at
        for counter in self._branch.counters.values():
            if counter.state == "open":
                self._turns(counter.counter_id).left_over = self._readiness.spent(counter.counter_id, closed_at)
            visit = self._branch.visits.get(counter.visit_id)
            if visit is not None:
                stage = self.story.visits[visit.visit_id].stages[-1]
                stage.work = closed_at - self._started_at.get(visit.visit_id, stage.called_at)

    def _note(self, seq: int, event: e.AnyEvent) -> None:  # noqa: C901, PLR0912 -- one case per event.
        match event:
            case e.VisitTaken():
                self.story.visits[event.visit_id] = VisitStory(event, seq)
            case e.VisitCalled():
                self._called(seq, event)
            case e.ServiceStarted():
                self._started_at[event.visit_id] = event.at
                stage = self.story.visits[event.visit_id].stages[-1]
                stage.walk = event.at - stage.called_at
            case e.ServiceEnded() | e.VisitMarkedNoShow() | e.VisitParked():
                self._ended(seq, event)
            case e.VisitTransferred():
                self._transferred(seq, event)
            case e.VisitContinued() | e.ServiceContinued():
                self._gone_on(event)
            case e.HallStopped() | e.HallResumed():
                self.story.stops.append((seq, event))
            case e.VisitReinstated():
                stage = self.story.visits[event.visit_id].stages[-1]
                stage.returns_after, stage.return_seq = event.at - self._ended_at[event.visit_id], seq
            case e.VisitCancelled():
                self.story.wishes.append(Wish(event.at, seq, event.visit_id, "cancel"))
            case e.VisitPrioritized():
                wish = Wish(event.at, seq, event.visit_id, "prioritize", priority_class_id=event.priority_class_id)
                self.story.wishes.append(wish)
            case e.ConfigurationChanged():
                self.story.reconfigured += event.effective == "now"
            case e.ClerkSignedIn() | e.ClerkSignedOut() | e.CounterOpened() | e.CounterPaused() | e.CounterClosed():
                self._present(seq, event)
            case _:
                pass  # The day's own events.

    def _called(self, seq: int, event: e.VisitCalled) -> None:
        stages = self.story.visits[event.visit_id].stages
        if event.clause == "resumed" and stages:
            stages[-1].resumed_after, stages[-1].resume_seq = event.at - self._ended_at[event.visit_id], seq
        gap = self._readiness.spent(event.counter_id, event.at)
        by_rule = event.clause in BY_RULE
        turn = Turn(gap, seq) if by_rule else Turn(gap, seq, event.visit_id, len(stages))
        self._turns(event.counter_id).turns.append(turn)
        stages.append(Stage(event.counter_id, event.clause, event.at, seq))
        self._started_at.pop(event.visit_id, None)
        visit = self._branch.visits[event.visit_id]
        self.story.calls.append(
            Called(event.at, event.visit_id, event.counter_id, event.clause, visit.priority_class_id)
        )

    def _ended(self, seq: int, event: e.ServiceEnded | e.VisitMarkedNoShow | e.VisitParked) -> None:
        stage = self._end_stage(seq, event)
        match event:
            case e.ServiceEnded():
                stage.ending, stage.outcome, stage.come_back_today = "ended", event.outcome, event.come_back_today
            case e.VisitMarkedNoShow():
                stage.ending = "no_show"
            case e.VisitParked():
                stage.ending = "parked"

    def _transferred(self, seq: int, event: e.VisitTransferred) -> None:
        visit = self._branch.visits[event.visit_id]
        moved = Moved(event.to_service_id, event.to_counter_id, self._position(visit, event))
        if visit.state != "waiting":
            stage = self._end_stage(seq, event)
            stage.ending, stage.moved = "transferred", moved
        elif not self._was_given_back(visit, event):
            self.story.wishes.append(Wish(event.at, seq, event.visit_id, "move", moved=moved))

    def _gone_on(self, event: e.VisitContinued | e.ServiceContinued) -> None:
        """One service follows another: elsewhere, as if sent on, or at once here, as if the first had not ended."""
        stage = self.story.visits[event.visit_id].stages[-1]
        if isinstance(event, e.VisitContinued):
            position = self._position(self._branch.visits[event.visit_id], event)
            stage.ending, stage.moved = "transferred", Moved(event.to_service_id, "", position)
        else:
            self._started_at[event.visit_id] = stage.called_at + (stage.walk or timedelta())

    def _position(self, visit: Visit, event: e.VisitTransferred | e.VisitContinued) -> TransferPosition:
        """Tell by which rule the visit was ranked: the house rule, where that gives the very same rank."""
        for position in _POSITIONS:
            rank_at = rank_after_transfer(
                self._branch,
                visit,
                event.to_queue_id,
                event.at,
                to_counter_id=event.to_counter_id if isinstance(event, e.VisitTransferred) else "",
                position=position,
            )
            if rank_at == event.rank_at:
                return position
        return "arrival"

    @staticmethod
    def _was_given_back(visit: Visit, event: e.VisitTransferred) -> bool:
        """Tell whether a counter closed that the visit had been sent to; the closing will give it back anew."""
        same_service = event.to_service_id == visit.service_id
        return same_service and not event.to_counter_id and visit.to_counter_id == event.counter_id != ""

    def _end_stage(self, seq: int, event: e.VisitEvent) -> Stage:
        stage = self.story.visits[event.visit_id].stages[-1]
        stage.work = event.at - self._started_at.pop(event.visit_id, stage.called_at)
        stage.end_seq = seq
        self._ended_at[event.visit_id] = event.at
        return stage

    def _present(
        self,
        seq: int,
        event: e.ClerkSignedIn | e.ClerkSignedOut | e.CounterOpened | e.CounterPaused | e.CounterClosed,
    ) -> None:
        counter = self._branch.counters[event.counter_id]
        named = ""
        if isinstance(event, e.ClerkSignedIn):
            usual = self._branch.hall.counters[event.counter_id].work_profile_id
            named = "" if event.work_profile_id == usual else event.work_profile_id
        elif counter.state == "open" and not isinstance(event, e.CounterOpened):
            self._turns(event.counter_id).left_over = self._readiness.spent(event.counter_id, event.at)
        elif counter.state != "open" and isinstance(event, e.CounterOpened):
            self.story.turns.setdefault(event.counter_id, []).append(Turns())
        self.story.presences.append(
            Presence(event.at, seq, PRESENCES[type(event)], event.counter_id, event.clerk_id, named)
        )

    def _turns(self, counter_id: str) -> Turns:
        turns = self.story.turns.setdefault(counter_id, [])
        if not turns:
            turns.append(Turns())
        return turns[-1]
