"""Faults for a monkey to find: each is planted into the flow, the pages or the window of one that is running."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from kiosk.rating import flow as rating
from kiosk.ticket import model as m
from kiosk.widgets.page import Page
from protocol.configuration import NumbersPerPerson
from tests.support.monkeys.hand import Monkey


def no_way_back(monkey: Monkey) -> None:
    """A list of procedures without "back" and "start again"."""
    animal: Any = monkey.animal
    page_of = animal.page_of

    def page(*arguments: Any) -> Page:
        painted: Page = page_of(*arguments)
        return replace(painted, nav=()) if painted.name == "procedures" else painted

    animal.page_of = page


def double_take(monkey: Monkey) -> None:
    """A second touch on "take" begins a second visit."""
    animal: Any = monkey.animal
    step = animal.flow_step

    def taking(state: m.State, happened: m.Input, now: m.Now) -> Any:
        screen = state.screen
        if isinstance(screen, m.Confirm) and screen.busy and happened == m.Touched("take"):
            state = replace(state, screen=replace(screen, visit=None, own=None))
        return step(state, happened, now)

    animal.flow_step = taking


def stale_glass(monkey: Monkey) -> None:
    """The window goes on showing a service as it was."""
    seen: dict[tuple[str, str], Page] = {}
    monkey.screen_shows = lambda page: seen.setdefault((page.name, page.title), page) if page.name == "class" else page


def crash(monkey: Monkey) -> None:
    """The search stumbles over three letters."""
    animal: Any = monkey.animal
    step = animal.flow_step

    def stumbling(state: m.State, happened: m.Input, now: m.Now) -> Any:
        if isinstance(state.screen, m.Search) and len(state.screen.typed.text) == 3:
            raise IndexError("the third letter")
        return step(state, happened, now)

    animal.flow_step = stumbling


def forgotten_idle(monkey: Monkey) -> None:
    """Nothing ever brings a refusal back to the start but a touch."""
    animal: Any = monkey.animal
    step = animal.flow_step

    def waiting(state: m.State, happened: m.Input, now: m.Now) -> Any:
        if isinstance(state.screen, m.Refusal) and happened == m.Tick():
            return state, ()
        return step(state, happened, now)

    animal.flow_step = waiting


def generous_server(monkey: Monkey) -> None:
    """The server gives everybody a number more than the hall allows."""
    animal: Any = monkey.animal
    animal.hall.allow(NumbersPerPerson(day=3))
    animal.hall_at = max(animal.hall_at, animal.hall.at)


def late_window(monkey: Monkey) -> None:
    """An answer goes to the window before the one that was asked about."""
    animal: Any = monkey.animal
    step, asked = animal.flow_step, [""]

    def lagging(state: rating.State, happened: rating.Input, now: rating.Now) -> Any:
        window = getattr(state.screen, "window", None)
        nonce = window.nonce if window else ""
        if nonce and nonce != asked[-1]:
            asked.append(nonce)
        state, effects = step(state, happened, now)
        return state, tuple(_for_window(effect, asked[-2:][0]) for effect in effects)

    animal.flow_step = lagging


def _for_window(effect: rating.Effect, nonce: str) -> rating.Effect:
    if not isinstance(effect, rating.KeepPress):
        return effect
    command = msgspec.structs.replace(effect.press.command, nonce=nonce)
    return replace(effect, press=replace(effect.press, command=command))


def lasting_thanks(monkey: Monkey) -> None:
    """The thanks to one citizen stand there for the next."""
    animal: Any = monkey.animal
    step = animal.flow_step

    def thanking(state: rating.State, happened: rating.Input, now: rating.Now) -> Any:
        if isinstance(state.screen, rating.Thanks) and not isinstance(happened, rating.Touched):
            return state, ()
        return step(state, happened, now)

    animal.flow_step = thanking


PLANTS: dict[str, Callable[[Monkey], None]] = {
    "no_way_back": no_way_back,
    "double_take": double_take,
    "stale_glass": stale_glass,
    "crash": crash,
    "forgotten_idle": forgotten_idle,
    "generous_server": generous_server,
    "late_window": late_window,
    "lasting_thanks": lasting_thanks,
}
