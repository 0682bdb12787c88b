"""Random fingers: taps at what can be touched and anywhere else, holds, drags, double presses, two fingers at once.

A clean tap (one finger, down and up at one place, long enough after the last) must press exactly what lies there. Any
other touch may press something or nothing, but never what was not offered where the finger came down and was lifted.
"""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Protocol

from kiosk.widgets.aim import TOO_SOON_S
from kiosk.widgets.page import Header, Page
from tests.support.monkeys.glass import FRAME_S, Glass, Look, Point
from tests.support.monkeys.watch import WAYS_BACK, Diary, Found, hold_glass_to_page

NUMBER = re.compile(r"[A-ZĐ]{1,3}\d{3,}")
REST_EVERY, TROUBLE_EVERY = 150, 12
"""On average: how many touches between two pauses, and between two changes of the world's mind."""
HOME_MOST = 25
SURE_S = 0.15
LIKELY = {"key": 0.25, "type": 0.6, "service": 2.0, "class": 3.0, "take": 6.0, "answer": 3.0}
"""How much likelier than others a thing is touched, so that a monkey comes to a number now and then."""

IMPATIENT = {"take": 0.8}
"""How likely somebody touches a thing once more before its answer is there; others seldom."""


class Animal(Protocol):
    """A touch program with its world, as a monkey plays with it."""

    RESTING: frozenset[str]
    PAUSE_S: float
    real_s: float
    on_change: Callable[[], None]
    """Called whenever the page may have changed."""

    def page(self) -> Page:
        """Give the page of the present state."""

    def header(self) -> Header:
        """Give the head of the screen."""

    def touched(self, action: str) -> None:
        """Take a touch."""

    def pass_time(self, seconds: float) -> None:
        """Let time pass; whatever is due happens in its turn."""

    def trouble(self) -> str:
        """Have the world change its mind in some way; tell in which."""

    def check(self, numbers: tuple[str, ...]) -> None:
        """Hold the program to what must be true; raises Found."""

    def hold_rest(self) -> None:
        """Hold the program to its start after a pause; raises Found."""

    def told(self) -> dict[str, Any]:
        """Tell what came of it."""


class Monkey:
    """One monkey before one window. `screen_shows` is a door for planted faults: what the window is given to show."""

    def __init__(self, make: Callable[[Random], Any], seed: int, folder: Path) -> None:
        self.chance = Random(seed)
        self.diary = Diary()
        self.animal: Animal = make(self.chance)
        self.folder = folder
        self.glass = Glass(lambda: self.animal.real_s, self._obey)
        self._obeyed: list[str] = []
        self.screen_shows: Callable[[Page], Page] = lambda page: page
        self._touched_s = self._painted_s = 0.0
        self.animal.on_change = self._paint
        self._paint()

    def run(self, touches: int) -> None:
        """Touch so often; raises Found, or whatever the program raises."""
        while self.diary.touches < touches:
            draw = self.chance.random()
            if draw < 1 / TROUBLE_EVERY:
                self.diary.note(self.animal.trouble())
                self._paint()
            elif draw < 1 / TROUBLE_EVERY + 1 / REST_EVERY:
                self._rest()
            elif draw < 1 / TROUBLE_EVERY + 2 / REST_EVERY:
                self._walk_home()
            else:
                self._any_touch()

    def _any_touch(self) -> None:
        kinds: list[tuple[Callable[[], None], float]] = [
            (self._tap, 0.55), (self._blind_tap, 0.08), (self._hold, 0.04), (self._drag, 0.05),
            (self._double, 0.06), (self._two_fingers, 0.04), (self._drum, 0.18),
        ]  # fmt: skip
        self._pass(66.0 if self.chance.random() < 0.01 else self.chance.choice((0.3, 0.6, 1.0, 2.0, 5.0)))
        self.chance.choices([kind for kind, _ in kinds], [share for _, share in kinds])[0]()

    # --- kinds of touches ---

    def _tap(self, action: str = "") -> None:
        """Touch something, all but its rim, and hold the program to obeying."""
        look = self.glass.look()
        offered = [one for one in look["touch"] if action in {"", one["action"]}]
        if not offered:
            self._blind_tap()
            return
        target = self._likely(offered)
        point = self._inside(target["box"])
        self._clean(point, target["action"])
        if self.chance.random() < IMPATIENT.get(target["action"], 0.02):
            self._insist(point)

    def _insist(self, point: Point) -> None:
        """Touch the same place again, no sooner than a touch counts, because nothing seems to happen."""
        self._pass(max(0.0, TOO_SOON_S - (self.animal.real_s - self._touched_s)))
        self._press(point)
        may = _at(self.glass.look(), point)
        self._pass(FRAME_S)
        self._lift(point)
        self._done(f"once more at {_said(point)}", may)

    def _blind_tap(self) -> None:
        wide, high = self.glass.size
        point = self.chance.uniform(0, wide - 1), self.chance.uniform(0, high - 1)
        look = self.glass.look()
        if any(
            _in_box(point, _grown(one["box"], 2)) and not _in_box(point, _grown(one["box"], -2))
            for one in look["touch"]
        ):
            return  # On the very rim, where a box in whole pixels does not tell.
        self._clean(point, next((one["action"] for one in look["touch"] if _in_box(point, one["box"])), ""))

    def _clean(self, point: Point, wanted: str) -> None:
        if self.animal.real_s - self._touched_s < 0.5:
            self._pass(0.5)
            if wanted not in {"", *(one["action"] for one in self.glass.look()["touch"] if _in_box(point, one["box"]))}:
                return  # The page has changed under the finger on its way.
        self._press(point)
        aimed_s = self.animal.real_s
        before = self.glass.look()
        self._pass(FRAME_S)
        after = self.glass.look()
        may = _at(before, point) & _at(after, point)
        same = (before["screen"], before["subject"]) == (after["screen"], after["subject"])
        self._lift(point)
        # No hand follows an eye that fast; such a touch may be meant for what was there before.
        sure = wanted in may and same and self._painted_s < aimed_s - SURE_S
        self._done(f"tap at {_said(point)} on {wanted!r}", may, wanted if sure else "")

    def _hold(self) -> None:
        """Keep a finger where it is while the world goes on."""
        look, target = self._somewhere()
        self._press(target)
        self._pass(self.chance.uniform(0.5, 20.0))
        may = _at(look, target) & _at(self.glass.look(), target)
        self._lift(target)
        self._done(f"hold at {_said(target)}", may)

    def _drag(self) -> None:
        look, start = self._somewhere()
        _, end = self._somewhere()
        self._press(start)
        for share in (0.3, 0.7, 1.0):
            self._pass(FRAME_S)
            self.glass.move((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
        may = _at(look, start) & _at(self.glass.look(), end)
        self._lift(end)
        self._done(f"drag from {_said(start)} to {_said(end)}", may)

    def _double(self) -> None:
        """Press twice as fast as a hand can: the second must not press what the first has put there."""
        look, point = self._somewhere()
        self._press(point)
        self._pass(0.02)
        self._lift(point)
        first = tuple(self._obeyed)
        page = self.animal.page().name
        self._pass(self.chance.uniform(0.02, 0.15))
        self._press(point)
        self._lift(point)
        second = self._obeyed[len(first) :]
        typed = all(action.startswith("type:") for action in second)
        if second and not typed and (first or self.animal.page().name != page):
            raise Found(f"a trembling finger at {_said(point)} pressed {first} and then {second}")
        self.diary.touches += 1
        self._done(f"double press at {_said(point)}", _at(look, point) | set(second if typed else ()))

    def _drum(self) -> None:
        """Hammer on one place, or on a few in turn, as a child does."""
        places = [self._somewhere()[1] for _ in range(self.chance.choice((1, 1, 2, 3)))]
        for stroke in range(self.chance.randint(6, 14)):
            point = places[stroke % len(places)]
            self._press(point)
            may = _at(self.glass.look(), point)
            self._pass(0.02)
            self._lift(point)
            self._done(f"drum at {_said(point)}", may)
            self._pass(self.chance.uniform(0.02, 0.12))

    def _two_fingers(self) -> None:
        """Put a second finger down while the first is still there."""
        look, first = self._somewhere()
        _, second = self._somewhere()
        self._press(first)
        self._pass(self.chance.uniform(0.01, 0.5))
        then = self.glass.look()
        self.glass.down(second, "right")
        self._pass(self.chance.uniform(0.01, 0.5))
        may = (_at(look, first) | _at(then, second)) & (_at(self.glass.look(), first) | _at(self.glass.look(), second))
        self._lift(first)
        self._lift(second, "right")
        self.glass.up(second, "all")
        self.diary.touches += 1
        self._done(f"two fingers at {_said(first)} and {_said(second)}", may | _at(self.glass.look(), second))

    def _rest(self) -> None:
        """Go away, and hold the program to its start."""
        self._pass(self.animal.PAUSE_S)
        self.animal.hold_rest()
        self.diary.note("nobody touches")

    def _walk_home(self) -> None:
        """Go back by real touches, as each page offers it."""
        for _ in range(HOME_MOST):
            page = self.animal.page()
            if page.name in self.animal.RESTING:
                return
            offered = {one["action"] for one in self.glass.look()["touch"]}
            way = next((one for one in WAYS_BACK if one in offered), "")
            if way:
                self._tap(way)
            else:
                self._pass(15.0)
        raise Found(f"{HOME_MOST} touches on ways back did not lead from {self.animal.page().name!r} to the start")

    # --- fingers and time ---

    def _obey(self, action: str) -> None:
        self._obeyed.append(action)
        self.animal.touched(action)
        self._paint()

    def _press(self, point: Point) -> None:
        self._pass(FRAME_S)
        self.glass.turn()
        self._painted_s = self.glass.framed_s
        self._touched_s = self.animal.real_s
        self.glass.down(point)

    def _lift(self, point: Point, button: str = "left") -> None:
        self.glass.up(point, button)
        self._paint()

    def _pass(self, seconds: float) -> None:
        self.animal.pass_time(seconds)
        self._paint()

    def _paint(self) -> None:
        self.glass.show(self.screen_shows(self.animal.page()), self.animal.header())

    def _done(self, what: str, may: set[str], must: str = "") -> None:
        obeyed, page = tuple(self._obeyed), self.animal.page()
        self._obeyed.clear()
        self.diary.touch(what, obeyed, page)
        if not set(obeyed) <= may:
            raise Found(f"{what} pressed {obeyed}, where only {sorted(may)} was offered")
        if must and must not in obeyed:
            raise Found(f"{what} was not obeyed")
        look = self.glass.look()
        hold_glass_to_page(look, self.glass.laid_out(page))
        self.animal.check(_numbers(look))

    def _somewhere(self) -> tuple[Look, Point]:
        look = self.glass.look()
        wide, high = self.glass.size
        if look["touch"] and self.chance.random() < 0.8:
            return look, self._inside(self._likely(look["touch"])["box"])
        return look, (self.chance.uniform(0, wide - 1), self.chance.uniform(0, high - 1))

    def _likely(self, offered: list[Any]) -> Any:
        return self.chance.choices(offered, [LIKELY.get(one["action"].partition(":")[0], 1.0) for one in offered])[0]

    def _inside(self, box: list[int]) -> Point:
        left, top, width, height = box
        return left + self.chance.uniform(0.05, 0.95) * width, top + self.chance.uniform(0.05, 0.95) * height


def _at(look: Look, point: Point) -> set[str]:
    return {one["action"] for one in look["touch"] if _in_box(point, _grown(one["box"], 2))}


def _in_box(point: Point, box: list[int]) -> bool:
    left, top, width, height = box
    return left <= point[0] <= left + width and top <= point[1] <= top + height


def _grown(box: list[int], by: int) -> list[int]:
    left, top, width, height = box
    return [left - by, top - by, width + 2 * by, height + 2 * by]


def _said(point: Point) -> str:
    return f"({point[0]:.0f}, {point[1]:.0f})"


def _numbers(look: Look) -> tuple[str, ...]:
    """Read the numbers off the glass, the largest alone."""
    numbers = [one for one in look["texts"] if NUMBER.fullmatch(one["text"])]
    return (max(numbers, key=lambda one: one["box"][3])["text"],) if numbers else ()
