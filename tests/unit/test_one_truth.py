"""A board and the LEDs over the counters say the same of every counter, at every moment of a random day."""

import random
from collections import Counter
from datetime import timedelta

from hardware.agent.led_texts import CLOSED_TEXT, UNKNOWN_TEXT, Function, led_text
from hardware.agent.settings import FunctionSettings
from presentation.board import CallLine, Told, board_lines
from presentation.board_flow import Input, Stage, step
from protocol import commands as c
from protocol.views import BoardView
from queue_server import core
from tests.support.boards import repository_texts
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import MONDAY, small_hall

TEXTS = repository_texts()
PRESSES = 800
NUMBERS = (1, 2, 3)


def led(view: BoardView, number: int, *, live: bool = True) -> str:
    """Give what the display over a counter shows, wide enough for any number."""
    at = FunctionSettings(function_id=f"display-{number}", wire_id="hall", slave=number, columns=8)
    function = Function(f"display-{number}", "counter_display", f"counter-{number}", view.zone_id, at)
    return led_text({counter.counter_id: counter for counter in view.counters}, function, live=live)


def press(hall: DrivenBranch, chance: random.Random, count: int) -> None:
    """Let somebody in the hall do something; what the branch refuses changes nothing."""
    number = chance.choice(NUMBERS)
    keypad, counter_id = f"call-keypad-{number}", f"counter-{number}"
    ticket = c.TakeTicket(
        function_id="kiosk-1",
        visit_id=f"{count:032x}",
        service_id=chance.choice([service.service_id for service in hall.branch.configuration.services]),
        priority_class_id=chance.choice(("usual", "elderly")),
    )
    at_counter = (c.CallNext, c.CallNext, c.RecallVisit, c.StartService, c.MarkNoShow, c.OpenCounter)
    chosen: c.AnyCommand = chance.choice(
        (
            *(ticket, ticket),
            *(kind(function_id=keypad, counter_id=counter_id) for kind in at_counter),
            c.EndService(function_id=keypad, counter_id=counter_id, outcome="received"),
            c.PauseCounter(function_id=keypad, counter_id=counter_id, reason="lunch"),
        )
    )
    hall.ask(chosen)
    hall.advance(hall.at + timedelta(seconds=chance.randrange(1, 20)))


def newest_line(lines: list[CallLine], number: int) -> CallLine | None:
    mine = [line for line in lines if line.counter == str(number)]
    return max(mine, key=lambda line: line.call_id, default=None)


def test_board_and_leds_say_the_same_at_every_moment(seed: int) -> None:
    chance = random.Random(seed)
    hall = DrivenBranch(small_hall(), instant("06:30"))
    hall.advance(instant("07:30"))
    for number, clerk_id in zip(NUMBERS, ("an", "binh", "chi"), strict=True):
        hall.ask(
            c.SignInClerk(function_id="staff-1", staff_role="clerk", clerk_id=clerk_id, counter_id=f"counter-{number}")
        )
    seen: Counter[str] = Counter()
    for count in range(PRESSES):
        press(hall, chance, count)
        view = core.board_view(hall.branch, "hall", {}, hall.at)
        shown = board_lines(view, None, Told(MONDAY, 0), TEXTS)
        for number in NUMBERS:
            text, line = led(view, number), newest_line(list(shown.others), number)
            away = str(number) in shown.closed_counters.split(", ")
            assert (text == CLOSED_TEXT) == away, f"press {count}: LED {text!r}, the board says away: {away}"
            if text and not away:
                assert line is None or line.number == text, f"press {count}: LED {text!r}, the board says {line}"
            else:
                assert line is None or not line.awaited, f"press {count}: LED {text!r}, the board still calls {line}"
            seen["number" if text and not away else "away" if away else "free"] += 1
    assert min(seen[kind] for kind in ("number", "away", "free")) > PRESSES // 20, f"a dull day: {seen}"


def test_without_the_server_neither_shows_a_number() -> None:
    hall = DrivenBranch(small_hall(), instant("06:30"))
    hall.advance(instant("07:30"))
    view = core.board_view(hall.branch, "hall", {}, hall.at)
    scene = step(Stage(told=Told(MONDAY, 0)), Input(view, hall.at, "gone"), TEXTS).scene
    assert scene.kind == "out_of_service"
    assert scene.lines is not None
    assert scene.lines.others == ()
    assert [led(view, number, live=False) for number in NUMBERS] == [UNKNOWN_TEXT] * 3
