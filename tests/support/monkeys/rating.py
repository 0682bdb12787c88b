"""The rating terminal for a monkey: the pure flow, and a counter at which one citizen after another is served."""

import heapq
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from kiosk.rating import flow as f
from kiosk.rating import pages
from kiosk.widgets.page import Header, Page
from protocol.commands import FunctionDescription, Introduce
from protocol.views import Done, Introduction, RatingWindow, Refused
from tests.support.kiosks import MONDAY_8, ward_texts
from tests.support.monkeys.watch import Found
from tests.support.rating_states import AN
from tests.unit.kiosk.test_rating_flow import view

LEAST_TICK_S = 1 / 30
FUNCTION = FunctionDescription(function_id="rating-1", kind="rating_terminal", counter_id="counter-3")


class RatingTerminal:
    """One terminal; its counter opens and closes windows, its link and its disk have moods.

    `flow_step` is the product's own, unless a test plants a fault in it.
    """

    RESTING = frozenset({"idle", "gone", "not_ready"})
    PAUSE_S = 400.0

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.flow_step: Callable[..., Any] = f.step
        self.on_change: Callable[[], None] = lambda: None
        self.real_s, self.hall_at = 1000.0, MONDAY_8
        self._ids, self._agenda = count(1), list[tuple[float, int, f.Input]]()
        self._answers, self._disk_ok = True, True
        self._pressed: dict[str, int] = {}
        self._windows = 0
        self.state = f.initial(f.Settings())
        self._happen(f.Restored())
        self._happen(f.LinkChanged("up"))
        self._happen(f.Viewed(view()))

    def page(self) -> Page:
        """Give the page of the present state."""
        return pages.page(self.state, ward_texts())

    def header(self) -> Header:
        """Give the head of the screen; its clock stands."""
        return pages.header(self.state, ward_texts(), MONDAY_8)

    def touched(self, action: str) -> None:
        """Take a touch, and hold it to at most one press, about the window that was asked about."""
        subject = self.page().subject
        presses = [one.press.command for one in self._happen(f.Touched(action)) if isinstance(one, f.KeepPress)]
        if len(presses) > 1 or (presses and (action.partition(":")[0] not in {"answer", "send"})):
            raise Found(f"{action!r} made {len(presses)} presses")
        for press in presses:
            if press.nonce != subject or press.press_id in self._pressed:
                raise Found(f"{action!r} about {subject!r} made the press {press}")
            self._pressed[press.press_id] = press.level

    def pass_time(self, seconds: float) -> None:
        """Let time pass; whatever is due happens in its turn."""
        end_s = self.real_s + seconds
        while True:
            due_s = self._agenda[0][0] if self._agenda else end_s + 1
            wait_s = f.seconds_to_next(self.state, f.Now(self.hall_at, self.real_s, ""), 1.0)
            tick_s = end_s + 1 if wait_s is None else self.real_s + max(LEAST_TICK_S, wait_s)
            to_s = min(due_s, tick_s, end_s)
            self.hall_at += timedelta(seconds=max(0.0, to_s - self.real_s))
            self.real_s = max(self.real_s, to_s)
            if min(due_s, tick_s) > end_s:
                return
            self._happen(heapq.heappop(self._agenda)[2] if due_s <= tick_s else f.Tick())
            self.on_change()

    def trouble(self) -> str:
        """Have the world change its mind in some way; tell in which."""
        match self._chance.randrange(8):
            case 0:
                self._happen(f.LinkChanged("gone" if self.state.link == "up" else "up"))
                return f"the link is {self.state.link}"
            case 1:
                self._answers = not self._answers
                return f"the server {'answers' if self._answers else 'is silent'}"
            case 2:
                self._disk_ok = not self._disk_ok
                return f"the disk {'writes' if self._disk_ok else 'is full'}"
            case 3:
                self._happen(f.Viewed(view()))
                return "the window is closed"
            case _:
                self._happen(f.LinkChanged("up"))
                self._happen(f.Viewed(view(self._window())))
                return "a service has ended"

    def check(self, numbers: tuple[str, ...]) -> None:
        """Hold the terminal to what must be true after every touch. Raises Found."""
        del numbers
        ids = [press.command.press_id for press in self.state.outbox]
        if len(ids) != len(set(ids)) or not set(ids) <= set(self._pressed):
            raise Found(f"presses wait that nobody has made: {ids}")

    def hold_rest(self) -> None:
        """Hold the terminal to rest after a pause; raises Found."""
        if self.page().name not in self.RESTING or self.state.preferences != f.Preferences():
            raise Found(f"after {self.PAUSE_S} s without a touch the screen is {self.page().name!r}")

    def told(self) -> dict[str, Any]:
        """Tell what came of it."""
        return {"tickets": len(self._pressed), "refusals": {}, "windows": self._windows}

    def _window(self) -> RatingWindow:
        self._windows += 1
        chance = self._chance
        return RatingWindow(
            nonce=f"w{self._windows}",
            prefix="H",
            number=chance.randint(1, 999),
            tone=chance.choice(("usual", "usual", "neutral")),
            closes_at=self.hall_at + timedelta(seconds=90),
            language=chance.choice(("vi", "en")),
            clerk_id=chance.choice(("", AN.clerk_id)),
        )

    def _happen(self, happened: f.Input) -> list[f.Effect]:
        now = f.Now(self.hall_at, self.real_s, f"{next(self._ids):032x}")
        self.state, effects = self.flow_step(self.state, happened, now)
        for effect in effects:
            self._start(effect)
        return list(effects)

    def _later(self, after_s: float, happened: f.Input) -> None:
        heapq.heappush(self._agenda, (self.real_s + after_s, next(self._ids), happened))

    def _start(self, effect: f.Effect) -> None:
        match effect:
            case f.Ask(request_id, command, deadline_s):
                reply: Any = None
                if self._answers and self.state.link == "up":
                    said = Introduction(
                        device_id="tablet", functions=(FUNCTION,), branch_id="b", names={}, epoch=1, at=MONDAY_8,
                        rate=1.0, oldest_version=1,
                    )  # fmt: skip
                    busy = Refused(code="busy") if self._chance.random() < 0.1 else Done()
                    reply = said if isinstance(command, Introduce) else busy
                self._later(0.05 if reply is not None else deadline_s, f.Replied(request_id, reply))
            case f.KeepPress(press):
                self._later(0.02, f.Kept(press.command.press_id, self._disk_ok))
            case f.ReadClerk():
                self._later(0.1, f.ClerkRead(self._chance.choice((None, AN))))
            case _:
                pass  # Written; the flow waits for no word of it.
