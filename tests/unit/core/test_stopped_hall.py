"""The hall is stopped and goes on again, as tables: what stands still meanwhile, and that nobody loses anything."""

import msgspec
import pytest

from protocol import events as e
from protocol.commands import AnyCommand
from protocol.views import Refused
from queue_server import core
from tests.support.driven_branch import DrivenBranch
from tests.support.halls import small_hall
from tests.support.tables import play, visit_id

MORNING = """
at      08:00
take    V1 civil_status              -> H001
take    V2 civil_status              -> H002
take    V3 civil_status elderly      -> H003
take    V4 land                      -> L001
signin  an 1                         -> ok
signin  binh 2                       -> ok
at      08:10
call    1                            -> V3 priority
start   1                            -> ok
call    2                            -> V4 priority
"""


def test_a_stopped_hall_gives_no_numbers_and_calls_nobody_and_everybody_is_told() -> None:
    play(f"""{MORNING}
        at        08:30
        stop      fire                 -> ok
        stopped                        -> fire since 23/11 08:30
        kiosk     land                 -> closed
        take      V5 land              -> refused hall_stopped
        take      V5 land by:staff-1   -> refused hall_stopped
        recall    2                    -> refused hall_stopped
        noshow    2                    -> refused hall_stopped
        end       1 received           -> ok
        call      1                    -> refused hall_stopped
        key       1 H001               -> refused hall_stopped
        choose    1 V1                 -> refused hall_stopped
        stop      fire                 -> ok
        stopped                        -> fire since 23/11 08:30
    """)


def test_nobody_loses_a_place_an_arrival_or_a_recall() -> None:
    play(f"""{MORNING}
        end       1 received
        next      1                    -> V1:priority V2:priority
        at        08:30
        stop      -                    -> ok
        at        09:10
        goon                           -> ok
        stopped                        -> going
        next      1                    -> V1:guarantee V2:guarantee
        state     V4                   -> called
        recall    2                    -> V4 priority
        call      1                    -> V1 guarantee
        take      V5 land              -> L002
        kiosk     land                 -> open
    """)


def test_the_part_of_a_wait_that_passed_in_a_stopped_hall_is_marked() -> None:
    table = play("""
        at        08:00
        take      V1 civil_status
        take      V2 civil_status
        signin    an 1
        at        08:10
        stop      -
        at        08:20
        stop      fire
        at        08:30
        goon
        at        08:40
        call      1                    -> V1 priority
        stop      -
        at        08:45
        goon
        noshow    1
        call      1                    -> V2 priority
        reinstate 1 V1                 -> ok
        at        08:50
        noshow    1
        call      1                    -> V1 priority
    """)
    called = [event for event in table.hall.events() if isinstance(event, e.VisitCalled)]
    # Two stops of twenty and of five minutes; the second one began when V1 had been called.
    assert [(event.waited_s // 60, event.stopped_s // 60) for event in called] == [(40, 20), (45, 25), (5, 0)]


def test_a_service_that_a_stop_interrupted_teaches_nothing() -> None:
    table = play("""
        at        08:00
        take      V1 civil_status
        take      V2 civil_status
        signin    an 1
        call      1
        start     1
        at        08:05
        stop      -
        at        09:05
        goon
        end       1 received
        call      1
        start     1
        at        09:15
        end       1 received
    """)
    assert list(table.hall.branch.durations_s["civil_status"]) == [600]


def test_nobody_is_asked_for_a_rating_while_the_hall_is_stopped_but_a_link_may_still_be_used() -> None:
    play("""
        at        08:00
        take      V1 civil_status
        take      V2 civil_status
        signin    an 1
        call      1
        end       1 received
        wait      5
        rate      1 2                  -> counted
        stop      fire                 -> ok
        asks      1                    -> nobody
        rated     V1                   -> keypad:2
        rate      1 3                  -> no_open_window
        goon
        call      1
        start     1
        stop      fire
        end       1 received           -> ok
        asks      1                    -> nobody
        rate      1 3                  -> no_open_window
        link      V2 1                 -> ok
        rated     V2                   -> link:1
    """)


def test_only_managers_and_technicians_stop_the_hall_and_a_resumption_means_one_message() -> None:
    play("""
        at        08:00
        stop      fire clerk           -> refused not_allowed
        stop      fire inspector       -> refused not_allowed
        stop      fire technician      -> ok
        goon      now clerk            -> refused not_allowed
        goon      before               -> refused stopped_anew
        stopped                        -> fire since 23/11 08:00
        at        08:10
        stop      early                -> ok
        stopped                        -> early since 23/11 08:00
        goon      now technician       -> ok
        goon      now                  -> ok
        stopped                        -> going
    """)


@pytest.mark.parametrize(
    ("message", "came"),
    [
        ("free:Mất_nước,_nghỉ_đến_10:30", "ok"),
        ("free:Gọi_0912_345_678", "refused message_with_number"),
        ("free:Thẻ_001099012345", "refused message_with_number"),
        ("flood", "refused unknown_emergency flood"),
        ("-", "ok"),
    ],
)
def test_a_free_message_holds_nobodys_number(message: str, came: str) -> None:
    play(f"""
        at   08:00
        stop {message} -> {came}
    """)


def test_words_are_told_in_one_form_and_a_message_without_vietnamese_is_none() -> None:
    table = play("at 08:00")
    command = msgspec.convert(
        {
            "type": "stop_hall",
            "function_id": "staff-1",
            "staff_role": "manager",
            "names": {"vi": "  Ta\u0323m dừng\n\u200b "},
            "hints": {"vi": " ", "en": "Wait"},
        },
        AnyCommand,
    )
    table.hall.ask(command)
    stopped = table.hall.branch.stopped
    assert stopped is not None
    assert (stopped.names, stopped.hints) == ({"vi": "Tạm dừng"}, {"en": "Wait"})
    without = msgspec.structs.replace(command, names={"en": "Paused"})
    assert isinstance(reply := table.hall.ask(without), Refused)
    assert reply.code == "message_without_words"


def test_a_stop_outlives_the_night_but_not_one_that_is_about_today() -> None:
    table = play("""
        at        15:00
        take      V1 civil_status
        signin    an 1
        call      1
        stop      fire                 -> ok
        at        20:30
        state     V1                   -> expired
        stopped                        -> fire since 23/11 15:00
        at        07:40 2026-11-25
        stopped                        -> fire since 23/11 15:00
        kiosk     civil_status         -> closed
        goon                           -> ok
        kiosk     civil_status         -> open
        at        16:00
        stop      early                -> ok
        at        20:30
        stopped                        -> going
        stop      early                -> refused day_closed
        stop      -                    -> ok
        at        07:40 2026-11-26
        stopped                        -> - since 25/11 20:30
    """)
    assert same_after_replay(table.hall)


def test_a_server_that_starts_again_finds_the_hall_as_it_was_stopped() -> None:
    table = play(f"""{MORNING}
        stop      power_cut technician -> refused unknown_emergency power_cut
        stop      free:Mất_điện manager today -> ok
        at        08:40
    """)
    assert same_after_replay(table.hall)
    replayed = core.replay(table.hall.events())
    assert replayed.stopped is not None
    assert replayed.stopped.names == {"vi": "Mất điện"}
    assert replayed.visits[visit_id("V1")].state == "waiting"


def same_after_replay(hall: DrivenBranch) -> bool:
    events = hall.events()
    opened = max(index for index, event in enumerate(events) if isinstance(event, e.DayOpened))
    return core.replay(events) == hall.branch == core.replay(events[opened:], small_hall())


def test_a_number_that_a_cut_off_kiosk_gave_meanwhile_is_taken_over() -> None:
    play("""
        at        08:00
        stop      -
        at        08:20
        handover  V7 civil_status H501 08:10 -> H501
        waiting                        -> 1
    """)
