"""A story and a draft -> the calls that would have been. Pure.

A heap holds what is to come, by instant and, within one, by its place in the log. After each step every counter that is
open and free is looked at: a visit that its clerk wanted by hand or had parked goes first, else the rule calls once the
counter has been ready for as long as its clerk took in reality.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final, Literal

import msgspec

from protocol import events as e
from protocol.configuration import Configuration
from protocol.estimates import Learned
from queue_server.core.apply import apply
from queue_server.core.calling import next_visit
from queue_server.core.counters import give_back
from queue_server.core.day import UNRECORDED
from queue_server.core.services import rank_after_transfer
from queue_server.core.state import Branch, CounterToday, Visit, new_branch
from queue_server.replay.readiness import Readiness
from queue_server.replay.story import Called, Moved, Presence, Stage, Story, Turn, VisitStory, Wish
from queue_server.replay.usual import Usual

Unrepeated = Literal[
    "service_gone",
    "class_gone",
    "counter_gone",
    "profile_gone",
    "chosen_too_late",
    "gave_up_but_called",
    "need_unknown",
    "transfer_changed",
    "class_too_late",
    "more_calls",
]
"""What could not be repeated as it was: see `texts`, ``replay.unrepeated.*``."""

LATE: Final = 2**62
"""Comes after all that was recorded of the same instant."""
_JUST_AFTER: Final = timedelta(microseconds=1)


class Played(msgspec.Struct, frozen=True):
    """One day under the draft: its calls, whose numbers were repeated, and what was not."""

    calls: list[Called]
    visit_ids: set[str]
    unrepeated: Counter[Unrepeated]


def play(story: Story, draft: Configuration) -> Played:
    """Let the people of a day do again what they did, under the draft's rules."""
    player = _Player(story, draft)
    player.run()
    return Played(player.calls, player.visit_ids, player.unrepeated)


class _Player:
    def __init__(self, story: Story, draft: Configuration) -> None:
        self.story = story
        self.calls: list[Called] = []
        self.visit_ids: set[str] = set()
        self.unrepeated: Counter[Unrepeated] = Counter()
        self._usual = Usual(story, draft)
        self._branch: Branch = new_branch(draft)
        self._readiness = Readiness()
        self._heap: list[tuple[datetime, int, int, Callable[..., None], tuple[object, ...]]] = []
        self._pushed = count()
        self._next_stage: Counter[str] = Counter()
        self._openings: Counter[str] = Counter()
        self._turn: Counter[str] = Counter()
        self._due: dict[str, tuple[datetime, int]] = {}
        self._wanted: dict[str, list[tuple[str, int]]] = {}
        """By counter: (visit, stage) that its clerk takes by hand or out of the parked ones, once it is free."""
        self._by_hand: set[tuple[str, int]] = set()
        self._put_off: dict[str, list[Presence]] = {}
        opened = msgspec.structs.replace(
            story.opened, configuration_id=draft.configuration_id, learned=Learned(), devices=()
        )
        apply(self._branch, opened)
        self._plan()

    def run(self) -> None:
        """Play until the day closes."""
        while self._heap:
            at, _, _, what, values = heapq.heappop(self._heap)
            if at >= self.story.closed_at:
                break
            what(at, *values)
            self._settle(at)
        self.unrepeated["chosen_too_late"] += sum(len(wanted) for wanted in self._wanted.values())

    def _plan(self) -> None:
        for visit in self.story.visits.values():
            self._push(visit.taken.at, visit.seq, self._arrive, visit)
            for index, stage in enumerate(visit.stages):
                if stage.clause == "chosen":
                    self._push(stage.called_at, stage.seq, self._want, visit.taken.visit_id, index, stage.counter_id)
        for wish in self.story.wishes:
            self._push(wish.at, wish.seq, self._grant, wish)
        for seq, stop in self.story.stops:
            self._push(stop.at, seq, self._stop, stop)
        for presence in self.story.presences:
            self._push(presence.at, presence.seq, self._be_present, presence)

    def _stop(self, at: datetime, stop: e.HallStopped | e.HallResumed) -> None:
        """Stop the hall, or let it go on: no rule of the draft would have put out the fire sooner."""
        del at
        apply(self._branch, stop)

    def _push(self, at: datetime, seq: int, what: Callable[..., None], *values: object) -> None:
        heapq.heappush(self._heap, (at, seq, next(self._pushed), what, values))

    # --- after each step -----------------------------------------------------------------------------------------

    def _settle(self, at: datetime) -> None:
        """Let free counters do what they can do at once, and tell when those that are ready will call."""
        while self._put_off and sum(self._catch_up(name, at) for name in list(self._put_off)):
            pass
        for counter_id in list(self._wanted):
            self._take_wanted(counter_id, at)
        self._readiness.look(self._branch, at)
        for counter in self._branch.counters.values():
            name = counter.counter_id
            if not self._readiness.is_ready(name):
                self._due.pop(name, None)
                continue
            turn = self._present_turn(name)
            due = (max(at, at + turn.gap - self._readiness.spent(name, at)), turn.seq)
            if self._due.get(name) != due:
                self._due[name] = due
                self._push(*due, self._take_turn, name, due)

    def _present_turn(self, counter_id: str) -> Turn:
        """Give the turn that this counter is at: the recorded one, or what is usual when there is none left."""
        turns, index = self._usual.turns(counter_id, self._openings[counter_id]), self._turn[counter_id]
        while turns is not None and index < len(turns.turns):
            turn = turns.turns[index]
            if not turn.by_hand or self._next_stage[turn.visit_id] <= turn.stage:
                return turn
            index += 1  # That visit has been called meanwhile.
            self._turn[counter_id] = index
        usual = self._usual.gap(counter_id)
        if turns is not None and index == len(turns.turns):
            # So long nobody was called in reality, although somebody waited: it was not for want of people.
            usual = max(usual, turns.left_over + _JUST_AFTER)
        return Turn(usual, LATE)

    def _take_turn(self, at: datetime, counter_id: str, due: tuple[datetime, int]) -> None:
        if self._due.get(counter_id) != due:
            return  # Something has come in between.
        del self._due[counter_id]
        counter, turn = self._branch.counters[counter_id], self._present_turn(counter_id)
        self._turn[counter_id] += 1
        if turn.by_hand:
            visit = self._branch.visits.get(turn.visit_id)
            # A parked visit comes back in its own time; who was chosen out of the queue may be chosen now.
            if visit is not None and visit.state == "waiting" and self._may_choose(counter, visit, turn.stage):
                self._call_by_hand(at, counter, visit)
            return
        choice = next_visit(self._branch, counter, at)
        assert choice is not None, f"{counter_id} was ready, so somebody waits"
        self.unrepeated["more_calls"] += turn.seq == LATE
        self._call(at, counter, self._branch.visits[choice.place.visit_id], choice.clause)

    def _may_choose(self, counter: CounterToday, visit: Visit, stage: int) -> bool:
        if self._next_stage[visit.visit_id] != stage:
            return False
        if visit.state == "parked":
            return visit.counter_id == counter.counter_id
        return visit.state == "waiting" and visit.to_counter_id in ("", counter.counter_id)

    def _call_by_hand(self, at: datetime, counter: CounterToday, visit: Visit) -> None:
        stage = self._next_stage[visit.visit_id]
        self._by_hand.add((visit.visit_id, stage))
        turn = self._present_turn(counter.counter_id)
        if (turn.visit_id, turn.stage) == (visit.visit_id, stage):
            self._turn[counter.counter_id] += 1
        self._call(at, counter, visit, "resumed" if visit.state == "parked" else "chosen")

    # --- visits --------------------------------------------------------------------------------------------------

    def _arrive(self, at: datetime, visit: VisitStory) -> None:
        del at
        taken, hall = visit.taken, self._branch.hall
        service = hall.services.get(taken.service_id)
        if service is None:
            self.unrepeated["service_gone"] += 1
        elif taken.priority_class_id not in hall.classes:
            self.unrepeated["class_gone"] += 1
        else:
            self.visit_ids.add(taken.visit_id)
            apply(
                self._branch,
                msgspec.structs.replace(
                    taken, queue_id=service.queue_id, estimate=None, person_mark="", coming_service_ids=()
                ),
            )

    def _call(self, at: datetime, counter: CounterToday, visit: Visit, clause: e.Clause) -> None:
        stages = self.story.visits[visit.visit_id].stages
        index = self._next_stage[visit.visit_id]
        self._next_stage[visit.visit_id] += 1
        self.calls.append(Called(at, visit.visit_id, counter.counter_id, clause, visit.priority_class_id))
        apply(
            self._branch,
            e.VisitCalled(
                at=at,
                counter_id=counter.counter_id,
                clerk_id=counter.clerk_id,
                visit_id=visit.visit_id,
                call_id=self._branch.last_call_id + 1,
                clause=clause,
                waited_s=int((at - visit.waiting_since).total_seconds()),
            ),
        )
        self._readiness.forget(counter.counter_id)
        self._due.pop(counter.counter_id, None)
        stage = stages[index] if index < len(stages) else None
        if stage is None or stage.ending == "unknown":
            self.unrepeated["need_unknown"] += 1
            need = self._usual.need(visit.service_id)
            if stage is not None:
                need = max(need, (stage.walk or timedelta()) + stage.work + _JUST_AFTER)
            stage = Stage(counter.counter_id, clause, at, LATE, walk=timedelta(), ending="ended", outcome=UNRECORDED)
            self._push(at + need, LATE, self._end_stage, visit, counter, stage)
        else:
            need = (stage.walk or timedelta()) + stage.work
            self._push(at + need, stage.end_seq, self._end_stage, visit, counter, stage)

    def _end_stage(self, at: datetime, visit: Visit, counter: CounterToday, stage: Stage) -> None:
        where: dict[str, Any] = {"at": at, "counter_id": counter.counter_id, "clerk_id": counter.clerk_id}
        where["visit_id"] = visit.visit_id
        if stage.walk is not None:
            # Nothing that decides about turns depends on when the service began, only on when it is over.
            apply(self._branch, e.ServiceStarted(**where))
        served_s = int(stage.work.total_seconds())
        match stage.ending:
            case "no_show":
                apply(self._branch, e.VisitMarkedNoShow(**where))
            case "parked":
                apply(self._branch, e.VisitParked(served_s=served_s, **where))
            case "transferred" if stage.moved is not None and self._move(at, visit, counter, stage.moved):
                pass
            case _:
                if stage.walk is None:
                    apply(self._branch, e.ServiceStarted(**where))
                ended = e.ServiceEnded(
                    outcome=stage.outcome, served_s=served_s, come_back_today=stage.come_back_today, **where
                )
                apply(self._branch, ended)
        if stage.resumed_after is not None:
            index = self._next_stage[visit.visit_id]
            here = counter.counter_id
            self._push(at + stage.resumed_after, stage.resume_seq, self._want, visit.visit_id, index, here)
        if stage.returns_after is not None:
            index = self._next_stage[visit.visit_id]
            self._push(at + stage.returns_after, stage.return_seq, self._put_back, visit, index)

    def _move(self, at: datetime, visit: Visit, counter: CounterToday | None, moved: Moved) -> bool:
        """Send a visit on; False when its new service is gone."""
        service = self._branch.hall.services.get(moved.to_service_id)
        if service is None:
            self.unrepeated["transfer_changed"] += 1
            return False
        there = self._branch.counters.get(moved.to_counter_id)
        to_counter_id = moved.to_counter_id
        if to_counter_id and (there is None or there.state == "closed"):
            self.unrepeated["transfer_changed"] += 1
            to_counter_id = ""
        rank_at = rank_after_transfer(
            self._branch, visit, service.queue_id, at, to_counter_id=to_counter_id, position=moved.position
        )
        transferred = e.VisitTransferred(
            at=at,
            counter_id=counter.counter_id if counter is not None else visit.counter_id,
            clerk_id=counter.clerk_id if counter is not None else "",
            visit_id=visit.visit_id,
            to_service_id=service.service_id,
            to_queue_id=service.queue_id,
            to_counter_id=to_counter_id,
            rank_at=rank_at,
        )
        apply(self._branch, transferred)
        return True

    def _put_back(self, at: datetime, visit: Visit, index: int) -> None:
        """Let somebody who came after all, or whose parking was over, stand in the queue again."""
        back = visit.state in ("no_show", "parked") or (visit.state == "ended" and visit.come_back_today)
        if self._next_stage[visit.visit_id] == index and back:
            apply(self._branch, _reinstated(at, visit))

    def _grant(self, at: datetime, wish: Wish) -> None:
        """Do what somebody wished for a waiting visit, if it still waits."""
        visit = self._branch.visits.get(wish.visit_id)
        if visit is None:
            return  # Its service or class is gone; that was told.
        waits = visit.state == "waiting"
        match wish.done:
            case "cancel" if waits or visit.state == "parked":
                apply(self._branch, e.VisitCancelled(at=at, visit_id=visit.visit_id))
            case "cancel":
                self.unrepeated["gave_up_but_called"] += 1
            case "move" if waits and wish.moved is not None:
                self._move(at, visit, None, wish.moved)
            case "prioritize" if waits and wish.priority_class_id in self._branch.hall.classes:
                apply(
                    self._branch,
                    e.VisitPrioritized(
                        at=at,
                        counter_id=visit.counter_id,
                        visit_id=visit.visit_id,
                        priority_class_id=wish.priority_class_id,
                        reason="",
                    ),
                )
            case _:
                self.unrepeated["class_too_late"] += 1

    # --- counters ------------------------------------------------------------------------------------------------

    def _want(self, at: datetime, visit_id: str, index: int, counter_id: str) -> None:
        """Note that the clerk there takes this visit by hand, or out of the parked ones, as soon as may be."""
        del at
        visit = self._branch.visits.get(visit_id)
        if visit is None:
            return
        here = visit.counter_id if visit.state == "parked" else counter_id
        if here in self._branch.counters:
            self._wanted.setdefault(here, []).append((visit_id, index))
        else:
            self.unrepeated["chosen_too_late"] += 1

    def _take_wanted(self, counter_id: str, at: datetime) -> None:
        counter = self._branch.counters[counter_id]
        wanted = self._wanted[counter_id]
        while wanted and counter.state == "open" and not counter.visit_id and self._branch.stopped is None:
            visit_id, index = wanted.pop(0)
            visit = self._branch.visits[visit_id]
            if self._may_choose(counter, visit, index):
                self._call_by_hand(at, counter, visit)
            else:
                self.unrepeated["chosen_too_late"] += (visit_id, index) not in self._by_hand
        if not wanted:
            del self._wanted[counter_id]

    def _be_present(self, at: datetime, presence: Presence) -> None:
        counter = self._branch.counters.get(presence.counter_id)
        if counter is None:
            self.unrepeated["counter_gone"] += presence.done == "sign_in"
        elif presence.counter_id in self._put_off or not self._may(counter, presence):
            self._put_off.setdefault(presence.counter_id, []).append(presence)
        else:
            self._do(at, counter, presence)

    def _catch_up(self, counter_id: str, at: datetime) -> bool:
        """Do what a busy counter or clerk had to put off; tells whether anything was done."""
        counter, put_off = self._branch.counters[counter_id], self._put_off[counter_id]
        done = False
        while put_off and self._may(counter, put_off[0]):
            self._do(at, counter, put_off.pop(0))
            done = True
        if not put_off:
            del self._put_off[counter_id]
        return done

    def _may(self, counter: CounterToday, presence: Presence) -> bool:
        """Tell whether the rules let a clerk do this now: nobody leaves a citizen, or sits in two places."""
        if presence.done in ("close", "sign_out"):
            return not counter.visit_id
        if presence.done == "sign_in":
            here = (None, counter.counter_id)
            return (
                self._branch.counter_by_clerk.get(presence.clerk_id) in here
                and counter.clerk_id in ("", presence.clerk_id)
            )  # fmt: skip
        return True

    def _do(self, at: datetime, counter: CounterToday, presence: Presence) -> None:
        branch, name = self._branch, counter.counter_id
        where: dict[str, Any] = {"at": at, "counter_id": name, "clerk_id": presence.clerk_id}
        if presence.done in ("close", "sign_out"):
            for event in give_back(branch, counter, at):
                apply(branch, event)
        match presence.done:
            case "sign_in":
                apply(branch, e.ClerkSignedIn(work_profile_id=self._profile(presence), **where))
                return
            case "sign_out":
                apply(branch, e.ClerkSignedOut(**where))
            case "pause":
                apply(branch, e.CounterPaused(**where))
            case "close":
                apply(branch, e.CounterClosed(**where))
            case "open":
                if counter.state != "open":
                    self._openings[name] += 1
                    self._turn[name] = 0
                apply(branch, e.CounterOpened(**where))
        self._readiness.forget(name)
        self._due.pop(name, None)

    def _profile(self, presence: Presence) -> str:
        hall = self._branch.hall
        if presence.work_profile_id and presence.work_profile_id not in hall.profiles:
            self.unrepeated["profile_gone"] += 1
        elif presence.work_profile_id:
            return presence.work_profile_id
        return hall.counters[presence.counter_id].work_profile_id


def _reinstated(at: datetime, visit: Visit) -> e.VisitReinstated:
    return e.VisitReinstated(
        at=at, counter_id=visit.counter_id, visit_id=visit.visit_id, queue_id=visit.queue_id, rank_at=visit.rank_at
    )
