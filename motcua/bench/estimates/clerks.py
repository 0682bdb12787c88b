"""The clerks of a simulated hall: when they serve, how long they take, and what they forget to enter."""

import random
from typing import Any, Final

from motcua.bench.estimates.nature import HOUR_S, MINUTE_S, Citizen, Rest, Shift, Stint
from motcua.bench.estimates.playing import LAST_S, Acting, Idle, Stage
from protocol import commands as c

_RECALL_S: Final = 45.0
_RECALLS: Final = 2
_SHORTEST_S: Final = 30.0
_CLOSING_S: Final = 17 * HOUR_S
_FIRST_STINT: Final = {"transferred": 0.3, "parked": 0.5, "comes_back": 0.4}
"""The share of the work that is done before a visit is sent on, set aside or sent home for a paper."""


def serve(stage: Stage, shift: Shift) -> Acting:
    """Live through a clerk's day."""
    return _Clerk(stage, shift).day()


class _Clerk:
    def __init__(self, stage: Stage, shift: Shift) -> None:
        self._stage = stage
        self._clerk = shift.clerk
        self._shift = shift
        self._rests = sorted(shift.rests, key=lambda rest: rest.at_s)
        self._chance = random.Random(f"{shift.clerk.clerk_id}/{stage.plan.index}/{stage.nature.character.name}")
        self._who: dict[str, Any] = {
            "function_id": "staff-1",
            "counter_id": shift.clerk.counter_id,
            "clerk_id": shift.clerk.clerk_id,
        }

    def day(self) -> Acting:
        for number, stint in enumerate(self._shift.stints):
            yield max(0.0, stint.from_s - self._stage.now_s)
            if number == 0:
                self._ask(c.SignInClerk(**self._who))
            self._ask(c.OpenCounter(**self._who))
            yield from self._serve_until(stint)
            self._ask(c.PauseCounter(**self._who))
        if self._shift.stints:
            self._ask(c.SignOutClerk(**self._who))

    def _serve_until(self, stint: Stint) -> Acting:
        stage = self._stage
        while stage.now_s < stint.to_s or (
            stint.to_s >= _CLOSING_S and stage.now_s < LAST_S and self._somebody_waits()
        ):
            while self._rests and self._rests[0].at_s < stint.from_s:
                self._rests.pop(0)
            if self._rests and self._rests[0].at_s <= stage.now_s:
                yield from self._rest(self._rests.pop(0))
                continue
            errands = stage.errands.get(self._clerk.counter_id)
            if errands:
                yield from errands.pop(0)()
                continue
            self._look_around()
            if self._ask(c.CallNext(**self._who)):
                yield from self._receive()
                yield self._between_s()
            else:
                soon_s = [
                    when_s for when_s in (stint.to_s, *(rest.at_s for rest in self._rests)) if when_s > stage.now_s
                ]
                yield Idle(min([*soon_s, stage.now_s + 300]))

    def _rest(self, rest: Rest) -> Acting:
        if rest.entered:
            self._ask(c.PauseCounter(**self._who))
        yield rest.lasts_s
        if rest.entered:
            self._ask(c.OpenCounter(**self._who))

    def _look_around(self) -> None:
        """Change to the crowded queue's work profile while many wait there, and back when few do."""
        character, branch = self._stage.nature.character, self._stage.branch
        if not character.shared_profile_id or self._clerk.counter_id != character.counters[-1]:
            return
        waiting = sum(len(line) for line in branch.lines.get(character.shared_queue_id, {}).values())
        usual = branch.hall.counters[self._clerk.counter_id].work_profile_id
        present = branch.counters[self._clerk.counter_id].work_profile_id
        if present == usual and waiting > self._stage.plan.crowded_at:
            self._ask(c.SignInClerk(**self._who, work_profile_id=character.shared_profile_id))
        elif present != usual and waiting < self._stage.plan.crowded_at // 3:
            self._ask(c.SignInClerk(**self._who, work_profile_id=usual))

    # --- One citizen -------------------------------------------------------------------------------------------------

    def _receive(self) -> Acting:
        stage = self._stage
        visit = stage.branch.visits[stage.branch.counters[self._clerk.counter_id].visit_id]
        citizen = stage.people[visit.visit_id]
        if not self._comes(visit.visit_id, citizen):
            for _ in range(_RECALLS):
                yield _RECALL_S
                self._ask(c.RecallVisit(**self._who))
            yield _RECALL_S
            self._ask(c.MarkNoShow(**self._who))
            if citizen.ending == "no_show_returns":
                self._later((300, 900), c.ReinstateVisit(**self._who, visit_id=visit.visit_id))
            return
        yield citizen.walking_s
        self._ask(c.StartService(**self._who))
        share = _FIRST_STINT.get(citizen.ending, 1.0)
        first = citizen.ending in _FIRST_STINT and visit.visit_id not in stage.met
        stage.met.add(visit.visit_id)
        yield self._takes_s(citizen, visit.service_id) * (share if first or share == 1.0 else 1 - share)
        self._let_go(visit.visit_id, citizen.ending if first else "served")

    def _comes(self, visit_id: str, citizen: Citizen) -> bool:
        visit = self._stage.branch.visits[visit_id]
        waited_s = (self._stage.at - visit.taken_at).total_seconds()
        if citizen.ending == "no_show_returns":
            returns = visit_id in self._stage.missed
            self._stage.missed.add(visit_id)
            return returns
        return citizen.ending != "no_show" and (visit_id in self._stage.met or waited_s < citizen.patience_s)

    def _let_go(self, visit_id: str, ending: str) -> None:
        match ending:
            case "transferred":
                others = list(self._stage.nature.character.shares)
                self._ask(c.TransferVisit(**self._who, service_id=self._chance.choice(others)))
            case "parked":
                self._ask(c.ParkVisit(**self._who))
                self._later((240, 600), None, visit_id)
            case "comes_back":
                self._ask(c.EndService(**self._who, outcome="received", come_back_today=True))
                self._later((1200, 4800), c.ReinstateVisit(**self._who, visit_id=visit_id))
            case _:
                self._ask(c.EndService(**self._who, outcome="received"))

    def _takes_s(self, citizen: Citizen, service_id: str) -> float:
        stage, nature = self._stage, self._stage.nature
        now_s, day = stage.now_s, stage.plan.index
        factor = nature.work_factor(service_id, day) * nature.clerk_factor(self._clerk, service_id, day)
        for begins_s, ends_s, slow in stage.plan.slow_spells:
            factor *= slow if begins_s <= now_s < ends_s else 1.0
        if stage.branch.waiting > 3 * len(stage.plan.shifts):
            factor *= 0.9  # Haste, when the hall is full.
        if now_s > 15.5 * HOUR_S:
            factor *= 1.07  # Tiredness.
        return max(_SHORTEST_S, citizen.work_s * factor)

    def _between_s(self) -> float:
        """From the end of one service to the next call: a breath, some paper, now and then a telephone."""
        if self._chance.random() < 0.05:  # noqa: PLR2004 -- a telephone.
            return self._chance.uniform(1, 6) * MINUTE_S
        return self._chance.uniform(3, 15) + self._chance.expovariate(1 / 25)

    # --- Errands -----------------------------------------------------------------------------------------------------

    def _later(self, after_s: tuple[float, float], command: "c.AnyCommand | None", visit_id: str = "") -> None:
        """Do something once a while is over and there is a moment: ask, or take a parked visit up again."""
        stage, counter_id = self._stage, self._clerk.counter_id

        def errand() -> Acting:
            if command is not None:
                self._ask(command)
            elif self._ask(c.ResumeVisit(**self._who, visit_id=visit_id)):
                yield from self._receive()

        def remember() -> Acting:
            stage.errands.setdefault(counter_id, []).append(errand)
            stage.wake()
            yield from ()

        stage.later(remember(), self._chance.uniform(*after_s))

    def _somebody_waits(self) -> bool:
        return self._stage.branch.waiting > 0

    def _ask(self, command: c.AnyCommand) -> bool:
        return self._stage.ask(self._clerk, command)
