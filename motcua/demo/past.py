"""The weeks before the demonstration's day, played on the real rules, so that its managers find figures to read.

Citizens, clerks and keys are played in counted time, as for the measurement of estimates, and what comes of their
commands is written as a server writes it. For whoever reads the figures some things are planted: a keypad that is
silent for two days, a clerk who begins to press the best key when citizens have gone, a counter whose citizens are less
content, and a manager's week away.
"""

import dataclasses
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Final

import msgspec

from motcua.bench.estimates import clerks
from motcua.bench.estimates.nature import HOUR_S, MINUTE_S, DayPlan, Nature
from motcua.bench.estimates.playing import OPENS_S, UTC_OFFSET_S, Acting, Stage
from motcua.bench.recorded_days import simulated_hall
from motcua.demo.equipment import Equipment, PlannedDevice
from motcua.demo.people import DOUBLE_PRESS_SHARE, RESPONSE_SHARE
from presentation.texts import Words
from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import events as e
from protocol.configuration import RatingLevel
from protocol.device_commands import DeviceState
from protocol.inquiries import Finding, Inquiry
from protocol.inquiry_commands import StepAlert, StepInquiry
from protocol.keys import make_keys
from queue_server import core
from queue_server.ballot_facts import new_codes
from queue_server.inquiry_words import INQUIRIES_FILE, InquiriesFile
from queue_server.journal import Head
from queue_server.log import HEADS_FILE, LOG_FILE, Log, write_head
from queue_server.recovery import load_branch

DAYS_A_WEEK: Final = 5
TICKETS: Final = 130
SEED: Final = 7

SATISFIED_SHARES: Final = (0.93, 0.9, 0.88, 0.74, 0.91, 0.94)
"""Of those who answer, by counter: the fourth one's citizens wait for land papers and are less content."""
SCREEN_SHARE: Final = 0.6
"""Where a counter has a touch screen beside its keypad."""
STRAY_PRESSES: Final = 3
"""A day's presses by children and passers-by, when no question is open."""

SILENT_COUNTER, SILENT_DAYS = 2, range(27, 29)
"""Counters are counted from 0, as working days are."""
PLAYED_COUNTER, PLAYED_FROM, PLAYED_SHARE = 4, 29, 0.7
"""Here, from this day on, so many of the questions that nobody answered are answered by the clerk."""
AWAY_DAYS: Final = range(18, 25)
"""When the manager is away and nobody answers alerts and inquiries."""
BALLOTS_WEEKDAY, BALLOTS, RETURNED_SHARE = 3, 15, 0.7
"""On Thursdays the usher hands out so many ballots; so many of ten come back."""

MANAGER, USHER = "manager", "usher"
ANSWERED_SHARE: Final = 0.7
"""So many of what is in hand is answered on any morning."""
HOLDS_SHARE: Final = 0.3

_PAGES: Final = c.FunctionDescription(function_id="staff-pages", kind="staff")


@dataclass(frozen=True)
class Past:
    """What past to play: how many weeks before which day, in which hall, with the words of its manager."""

    weeks: int
    day: date
    equipment: Equipment
    words: Words

    @property
    def first_day(self) -> date:
        """The Monday on which it begins."""
        return self.day - timedelta(days=self.day.weekday(), weeks=self.weeks)

    @property
    def founded_at(self) -> datetime:
        """When the branch began: in the night before."""
        return datetime.combine(self.first_day, time.min, timezone(timedelta(seconds=UTC_OFFSET_S)))


def play_past(past: Past, state: Path) -> None:
    """Play the weeks onto a branch that was just founded in ``state``. Its server must not run."""
    log, written = Log(state / LOG_FILE), InquiriesFile(state / INQUIRIES_FILE)
    try:
        loaded = load_branch(log)
        assert loaded is not None, "the branch is founded"
        branch, at = loaded
        _keep(log, branch, [_paired(device, at) for device in _asking(past.equipment)])
        nature = _nature()
        for index in range(past.weeks * DAYS_A_WEEK):
            day = _Day(past, branch, nature.day(index), nature, log.hash.hex())
            day.play()
            log.append(day.heard)
            for command, events in day.written:
                written.keep_with(command, events)
            at = day.at
            write_head(state / HEADS_FILE, Head(branch.day, log.seq, log.hash.hex()))
        _keep(log, branch, _revoked(past.equipment, at))
    finally:
        written.close()
        log.close()


def _nature() -> Nature:
    """The clerks have the names of the demonstration's accounts."""
    nature = Nature(simulated_hall("ward 1", TICKETS, SEED).character, SEED)
    nature.clerks = tuple(
        dataclasses.replace(clerk, clerk_id=clerk.clerk_id.replace("-", "")) for clerk in nature.clerks
    )
    return nature


# --- The keys of that time, which are replaced before the demonstration begins --------------------------------


def _asking(equipment: Equipment) -> Iterator[PlannedDevice]:
    """The devices on which citizens rate."""
    for device in equipment.devices():
        if any(function.kind in ("rating_keypad", "rating_terminal") for function in device.functions):
            yield device


def _paired(device: PlannedDevice, at: datetime) -> e.DevicePaired:
    return e.DevicePaired(
        at=at,
        device_id=device.device_id,
        name=device.device_id,
        public_key=make_keys().public,
        functions=device.functions,
    )


def _revoked(equipment: Equipment, at: datetime) -> Iterator[e.DeviceRevoked]:
    """Shut the old keys out: a technician announces those of the demonstration under the same names."""
    for device in _asking(equipment):
        yield e.DeviceRevoked(at=at, device_id=device.device_id, reason="replaced")


def _keep(log: Log, branch: core.Branch, events: Iterable[e.AnyEvent]) -> None:
    kept = list(events)
    for event in kept:
        core.apply(branch, event)
    log.append(kept)


# --- A day -----------------------------------------------------------------------------------------------------


class _Day(Stage):
    def __init__(self, past: Past, branch: core.Branch, plan: DayPlan, nature: Nature, previous_head: str) -> None:
        self.first_day = past.first_day
        super().__init__(branch, nature, plan, lambda *_: None, clerks.serve)
        self.heard: list[e.AnyEvent] = []
        self.written: list[tuple[c.AnyCommand, tuple[e.AnyEvent, ...]]] = []
        self._past = past
        self._previous_head = previous_head
        self._chance = random.Random(f"past/{plan.index}")
        self._functions = {
            (function.counter_id, function.kind): (device.device_id, function)
            for device in _asking(past.equipment)
            for function in device.functions
        }
        self.later(self._keys_come_and_go(), OPENS_S + MINUTE_S)
        self.later(self._manager_looks(), 8.6 * HOUR_S)
        if plan.weekday == BALLOTS_WEEKDAY:
            self.later(self._usher_asks_on_paper(), 15.5 * HOUR_S)
        for _ in range(STRAY_PRESSES):
            self.later(self._strays(), self._chance.uniform(8.5, 16.5) * HOUR_S)

    def facts_of_opening(self) -> core.Facts:
        return msgspec.structs.replace(super().facts_of_opening(), previous_head=self._previous_head)

    def happened(self, event: e.AnyEvent) -> None:
        self.heard.append(event)
        match event:
            case e.VisitTaken():
                self.later(self._paper_comes(event.visit_id), 3.0)
            case e.RatingOpened() if event.closes_at > event.at:
                self.later(self._answers(event), self._chance.uniform(3, 40))
                self.later(self._time_is_over(), (event.closes_at - event.at).total_seconds() + 1.0)
            case _:
                pass

    def _paper_comes(self, visit_id: str) -> Acting:
        kiosk = c.FunctionDescription(function_id="kiosk-1", kind="kiosk")
        told = c.ReportTicket(function_id="kiosk-1", visit_id=visit_id, state="confirmed")
        self.ask_as(core.Actor(device_id="kiosk-1", function=kiosk), told)
        yield from ()

    def _time_is_over(self) -> Acting:
        self.ask_as(core.Actor.loop(), c.Tick())
        yield from ()

    # --- Citizens ----------------------------------------------------------------------------------------------------

    def _answers(self, asked: e.RatingOpened) -> Acting:
        """Press, now and then twice; where nobody did, a clerk may."""
        place = self._place(asked.counter_id)
        if place == SILENT_COUNTER and self.plan.index in SILENT_DAYS:
            return
        if self._chance.random() < RESPONSE_SHARE:
            level = self._level(place)
            self._press(asked, level)
            if self._chance.random() < DOUBLE_PRESS_SHARE:
                yield 0.2
                self._press(asked, level)
        elif place == PLAYED_COUNTER and self.plan.index >= PLAYED_FROM and self._chance.random() < PLAYED_SHARE:
            yield self._chance.uniform(2, 6)
            self._press(asked, self._levels()[0])

    def _strays(self) -> Acting:
        counter_id = self._chance.choice([clerk.counter_id for clerk in self.nature.clerks])
        self._press_at(counter_id, self._chance.choice(self._levels()))
        yield from ()

    def _press(self, asked: e.RatingOpened, level: RatingLevel) -> None:
        self._press_at(asked.counter_id, level)

    def _press_at(self, counter_id: str, level: RatingLevel) -> None:
        """Press on the keypad, or on the touch screen where there is one too."""
        screen = self._functions.get((counter_id, "rating_terminal")) if self._chance.random() < SCREEN_SHARE else None
        device_id, function = screen or self._functions[counter_id, "rating_keypad"]
        press = c.PressRating(
            function_id=function.function_id,
            press_id=self._new_id(),
            level=level.level,
            reasons=self._reasons(level) if screen else (),
            pressed_at=self.at,
        )
        self.ask_as(core.Actor(device_id=device_id, function=function), press)

    def _levels(self) -> tuple[RatingLevel, ...]:
        return self.branch.hall.scale_on(self.branch.day).levels

    def _level(self, place: int) -> RatingLevel:
        is_content = self._chance.random() < SATISFIED_SHARES[place % len(SATISFIED_SHARES)]
        return self._chance.choice([level for level in self._levels() if level.satisfied == is_content])

    def _reasons(self, level: RatingLevel) -> tuple[str, ...]:
        known = [reason.reason_id for reason in self.branch.hall.scale_on(self.branch.day).reasons]
        return tuple(self._chance.sample(known, k=self._chance.randint(0, 2))) if level.asks_reason else ()

    def _place(self, counter_id: str) -> int:
        return [clerk.counter_id for clerk in self.nature.clerks].index(counter_id)

    def _usher_asks_on_paper(self) -> Acting:
        """Draw ballots of today's visits, and enter those that come back."""
        actor = core.Actor(device_id="web", function=_PAGES, staff_role="usher", clerk_id=USHER)
        draw = bc.DrawBallots(function_id=_PAGES.function_id, clerk_id=USHER, draw_id=self._new_id(), count=BALLOTS)
        codes = new_codes(self.branch, BALLOTS, lambda signs, count: "".join(self._chance.choices(signs, k=count)))
        chance = core.Facts(utc_offset_s=UTC_OFFSET_S, ballot_codes=codes, ballot_chance=self._new_id())
        self.ask_as(actor, draw, chance)
        yield 0.75 * HOUR_S
        for ballot in [one for one in self.branch.ballots.values() if one.draw_id == draw.draw_id]:
            if self._chance.random() < RETURNED_SHARE:
                level = self._level(self._place(ballot.counter_id))
                entered = bc.EnterBallot(
                    function_id=_PAGES.function_id,
                    clerk_id=USHER,
                    code=ballot.code,
                    level=level.level,
                    reasons=self._reasons(level),
                )
                self.ask_as(actor, entered)
                yield MINUTE_S

    # --- Devices, and the manager ------------------------------------------------------------------------------------

    def _keys_come_and_go(self) -> Acting:
        states: dict[int, DeviceState] = {SILENT_DAYS.start: "gone", SILENT_DAYS.stop: "ok"}
        if self.plan.index in states:
            counter_id = self.nature.clerks[SILENT_COUNTER].counter_id
            device_id, function = self._functions[counter_id, "rating_keypad"]
            state = states[self.plan.index]
            report = c.ReportDevice(
                function_id=function.function_id, state=state, reason="" if state == "ok" else "no_answer"
            )
            self.ask_as(core.Actor(device_id=device_id, function=function), report)
        yield from ()

    def _manager_looks(self) -> Acting:
        """Close yesterday's alerts, take up what is new, and answer what was taken up days ago."""
        if self.plan.index in AWAY_DAYS:
            return
        for alert in [one for one in self.branch.alerts.values() if one.state != "closed"]:
            yield 2 * MINUTE_S
            self._close(alert.alert_id)
        for inquiry in list(self.branch.inquiries.values()):
            if inquiry.state == "new":
                yield MINUTE_S
                self._take_up(inquiry)
            elif inquiry.state == "in_hand" and self._chance.random() < ANSWERED_SHARE:
                yield 5 * MINUTE_S
                self._answer(inquiry)

    def _close(self, alert_id: str) -> None:
        words = self._past.words("demo.alert_closed")
        self._write(
            StepAlert(
                function_id=_PAGES.function_id,
                clerk_id=MANAGER,
                alert_id=alert_id,
                step_id=self._new_id(),
                kind="closed",
                text=words,
            )
        )

    def _take_up(self, inquiry: Inquiry) -> None:
        self._write(
            StepInquiry(
                function_id=_PAGES.function_id,
                clerk_id=MANAGER,
                inquiry_id=inquiry.inquiry_id,
                step_id=self._new_id(),
                kind="given",
                to=MANAGER,
            )
        )

    def _answer(self, inquiry: Inquiry) -> None:
        finding: Finding = "holds" if self._chance.random() < HOLDS_SHARE else "holds_not"
        words = self._past.words(f"demo.inquiry_{finding}")
        self._write(
            StepInquiry(
                function_id=_PAGES.function_id,
                clerk_id=MANAGER,
                inquiry_id=inquiry.inquiry_id,
                step_id=self._new_id(),
                kind="answered",
                finding=finding,
                text=words,
            )
        )

    def _write(self, command: StepAlert | StepInquiry) -> None:
        """Do as the manager; what was written is kept beside the log."""
        before = len(self.heard)
        actor = core.Actor(device_id="web", function=_PAGES, staff_role="manager", clerk_id=MANAGER)
        if self.ask_as(actor, command):
            self.written.append((command, tuple(self.heard[before:])))

    def _new_id(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"
