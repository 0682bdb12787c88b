"""What halls do to ratings, told as tables: clerks swap, citizens are recalled, parked and sent on, clocks step."""

from datetime import timedelta

import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.commands import FunctionDescription
from protocol.configuration import SatisfactionRules
from tests.support.halls import key_of, small_hall
from tests.support.tables import Table, play, visit_id

FIRST_PRESS = 0xB0000
"""Far from the ids that a table gives its own presses."""

SCENARIOS = {
    "clerks swap in the middle of the day, and with a question open: each keeps what was said of his own service": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 received
        wait    2
        rate    1 2                            -> counted
        signout 1
        signin  binh 1
        wait    1
        rate    1 3                            -> counted
        wait    100
        call    1                              -> V2 priority
        start   1
        wait    60
        end     1 received
        wait    2
        rate    1 1                            -> counted
        wait    100
        rated   V1                             -> keypad:3
        rated   V2                             -> keypad:1
    """,
    "a citizen who was recalled is asked once": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        wait    30
        recall  1
        rate    1 1                            -> no_open_window
        wait    30
        recall  1
        start   1
        wait    60
        rate    1 1                            -> no_open_window
        end     1 received
        asks    1                              -> H001 usual
        wait    2
        rate    1 2                            -> counted
        wait    100
        rated   V1                             -> keypad:2
    """,
    "a parked visit is not asked before it is over, and where it ended": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        park    1
        asks    1                              -> nobody
        rate    1 1                            -> no_open_window
        wait    600
        resume  1 V1
        start   1
        wait    60
        end     1 received
        asks    1                              -> H001 usual
        wait    2
        rate    1 2                            -> counted
        wait    100
        rated   V1                             -> keypad:2
    """,
    "a clerk who was released leaves no question behind": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        release 1 an back
        asks    1                              -> nobody
        rate    1 1                            -> no_open_window
        rated   V1                             -> none
    """,
    "a keypad whose own clock steps an hour back, and forward, still counts by what comes last": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 received
        wait    5
        rate    1 3 keypad                     -> counted
        wait    1
        rate    1 2 keypad ago:3600            -> counted
        wait    1
        rate    1 1 keypad ago:-3600           -> counted
        wait    100
        rated   V1                             -> keypad:1
    """,
    "the hall's clock jumps over the end of a question: what was counted before stands": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 received
        wait    2
        rate    1 3                            -> counted
        leap    7200
        rate    1 1                            -> no_open_window
        wait    0
        rated   V1                             -> keypad:3
    """,
    "a call that was ended within seconds was no service, and asks nobody; its citizen still has the link": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        wait    19.9
        end     1 received
        asks    1                              -> nobody
        rate    1 1                            -> no_open_window
        link    V1 3                           -> ok
        rated   V1                             -> link:3
        call    1                              -> V2 priority
        wait    20
        end     1 received
        asks    1                              -> H002 usual
    """,
    "a visit sent on within seconds of its call is not asked there, but where it was served": """
        take    V1 civil_status
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        wait    5
        transfer 1 land
        asks    1                              -> nobody
        call    2                              -> V1 priority
        start   2
        wait    60
        end     2 received
        asks    2                              -> H001 usual
    """,
    "whoever drums on the keys has answered with what came before the drumming": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 received
        wait    5
        rate    1 3                            -> counted
        wait    1
        rate    1 1                            -> counted
        wait    0.1
        rate    1 3                            -> debounce
        wait    0.1
        rate    1 3                            -> debounce
        wait    1
        rate    1 2                            -> counted
        wait    1
        rate    1 1                            -> counted
        wait    1
        rate    1 3                            -> burst
        wait    3
        rate    1 3                            -> burst
        wait    10
        rate    1 2                            -> counted
        wait    100
        rated   V1                             -> keypad:2
    """,
    "nobody is asked about a call that never became a service": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 civil_status
        signin  an 1
        call    1                              -> V1 priority
        noshow  1
        asks    1                              -> nobody
        call    1                              -> V2 priority
        transfer 1 land
        asks    1                              -> nobody
        cancel  V3
        rate    1 1                            -> no_open_window
        link    V1 1                           -> refused not_rateable
        link    V2 1                           -> refused not_rateable
        link    V3 1                           -> refused not_rateable
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_ratings(name: str) -> None:
    play(SCENARIOS[name], small_hall(satisfaction=SatisfactionRules()))


def test_keys_on_the_clerks_side_are_kept_and_count_nowhere() -> None:
    table = play("""
        take    V1 civil_status
        take    V2 land
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        call    2                              -> V2 priority
        wait    60
        end     1 received
        end     2 received
        wait    2
    """)
    table.hall.happens(
        e.FunctionPlaced(
            at=table.hall.at,
            device_id="rating-keypad-1",
            function_id="rating-keypad-1",
            counter_id="counter-1",
            near_clerk=True,
        )
    )
    for line in (
        "rate 1 3 -> clerk_side",
        "rate 1 2 terminal -> counted",
        "rate 2 3 -> counted",
        "rate 1 9 -> unknown_level",
        "wait 100",
        "rate 1 3 -> no_open_window",
        "rated V1 -> terminal:2",
        "rated V2 -> keypad:3",
    ):
        table.line(0, line)


def test_after_a_swap_each_clerk_has_the_ratings_of_his_own_services() -> None:
    table = play(next(iter(SCENARIOS.values())))
    rated = [event for event in table.hall.events() if isinstance(event, e.VisitRated)]
    assert [(one.visit_id, one.clerk_id) for one in rated] == [(visit_id("V1"), "an"), (visit_id("V2"), "binh")]


def test_two_keypads_at_one_counter_are_one_channel_and_the_last_press_counts() -> None:
    table = play("signin an 1")
    second_keypad(table)
    for line in ("take V1 civil_status", "call 1", "start 1", "wait 60", "end 1 received", "wait 2"):
        table.line(0, line)
    table.line(0, "rate 1 3 -> counted")
    assert press(table, level=1, number=1) == "", "no bounce: it is another key that was pressed"
    assert press(table, level=2, number=2) == "debounce"
    table.line(0, "wait 100")
    table.line(0, "rated V1 -> keypad:1")
    kept = [event for event in table.hall.events() if isinstance(event, e.RatingPressed)]
    assert [(one.function_id, one.level, one.flag) for one in kept] == [
        ("rating-keypad-1", 3, ""),
        ("rating-keypad-1b", 1, ""),
        ("rating-keypad-1b", 2, "debounce"),
    ]


def test_five_hundred_presses_that_were_buffered_are_kept_once_and_none_counts() -> None:
    table = play("take V1 civil_status\nsignin an 1\ncall 1\nstart 1\nwait 60\nend 1 received\nwait 2")
    for _ in range(2):  # The keypad's line breaks before it hears that they arrived, and it sends all of them again.
        for number in range(500):
            press(table, level=1 + number % 3, number=number, function_id="rating-keypad-1", buffered=True)
    table.line(0, "wait 100")
    table.line(0, "rated V1 -> none")
    kept = [event for event in table.hall.events() if isinstance(event, e.RatingPressed)]
    assert len(kept) == 500
    assert {one.flag for one in kept} == {"buffered"}
    assert len({one.press_id for one in kept}) == 500


def second_keypad(table: Table) -> None:
    """Pair another rating keypad that hangs on counter 1."""
    function = FunctionDescription(function_id="rating-keypad-1b", kind="rating_keypad", counter_id="counter-1")
    table.hall.happens(
        e.DevicePaired(
            at=table.hall.at,
            device_id=function.function_id,
            name=function.function_id,
            public_key=key_of(function.function_id),
            functions=(function,),
        )
    )


def press(
    table: Table, *, level: int, number: int, function_id: str = "rating-keypad-1b", buffered: bool = False
) -> str:
    """Press a key; gives the flag with which it is kept."""
    before = len(table.hall.log)
    command = c.PressRating(
        function_id=function_id,
        press_id=f"{FIRST_PRESS + number:032x}",
        level=level,
        pressed_at=table.hall.at - timedelta(minutes=30 if buffered else 0),
        buffered=buffered,
    )
    assert not isinstance(table.hall.ask(command), v.Refused)
    return "".join(event.flag for event in table.hall.events(before) if isinstance(event, e.RatingPressed))
