"""A press that arrives late means nobody who has come since: what it was meant for is gone, and it is refused.

``late KEY COUNTER SEEN`` is a press of whoever last saw that visit at the counter, or that call as its last. What
names nothing (older terminals, the log of earlier years) goes on as before; the other tables are all of that kind.
"""

import msgspec
import pytest

from protocol import commands as c
from protocol.codec import decode_command
from queue_server import core
from tests.support.tables import play

SCENARIOS = {
    "what was meant for one citizen is refused when another is at the counter": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        noshow  1
        call    1                              -> V2 priority
        late    recall_visit 1 V1              -> refused other_at_counter
        late    mark_no_show 1 V1              -> refused other_at_counter
        late    start_service 1 V1             -> refused other_at_counter
        late    end_service 1 V1               -> refused other_at_counter
        late    transfer_visit 1 V1            -> refused other_at_counter
        state   V2                             -> called
        late    recall_visit 1 V2              -> V2 priority
        late    start_service 1 V2             -> ok
        late    end_service 1 V1               -> refused other_at_counter
        late    park_visit 1 V1                -> refused other_at_counter
        late    transfer_visit 1 V1            -> refused other_at_counter
        late    mark_no_show 1 V1              -> refused other_at_counter
        state   V2                             -> in_service
        late    park_visit 1 V2                -> ok
        late    park_visit 1 V2                -> refused nobody_served
        late    end_service 1 V2               -> refused nobody_served
        late    recall_visit 1 V1              -> refused nobody_called
    """,
    "a late call is refused when the counter has called since, though it is free again": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 civil_status
        signin  an 1
        late    call_next 1 0                  -> V1 priority
        late    call_next 1 0                  -> refused call_unanswered H001
        start   1
        late    call_next 1 0                  -> refused counter_busy H001
        park    1
        late    call_next 1 0                  -> refused called_meanwhile
        late    call_visit 1 0 V3              -> refused called_meanwhile
        late    call_number 1 0                -> refused called_meanwhile
        late    resume_visit 1 0 V1            -> refused called_meanwhile
        waiting                                -> 2
        late    resume_visit 1 1 V1            -> V1 resumed
        start   1
        end     1
        late    resume_visit 1 1 V1            -> refused called_meanwhile
        late    call_visit 1 2 V3              -> V3 chosen
        noshow  1
        late    call_number 1 2                -> refused called_meanwhile
        late    call_next 1 3                  -> V2 priority
    """,
    "calls of other counters and recalls are no reason to refuse": """
        take    V1 civil_status
        take    V2 land
        take    V3 civil_status
        signin  an 1
        signin  binh 2
        late    call_next 1 0                  -> V1 priority
        late    call_next 2 0                  -> V2 priority
        recall  1
        noshow  1
        late    call_next 1 1                  -> V3 priority
    """,
    "the day after, the last call is none": """
        take    V1 civil_status
        signin  an 1
        call    1
        end     1
        at      07:30 2026-11-25
        take    V2 civil_status
        signin  an 1
        late    call_next 1 1                  -> refused called_meanwhile
        late    call_next 1 0                  -> V2 priority
    """,
    "a pause, an opening, a closing or a leave names its clerk, and is refused when another sits there by now": """
        signin  an 1
        signout 1
        signin  binh 1
        pause   1 lunch an                     -> refused not_signed_in
        close   1 lunch an                     -> refused not_signed_in
        signout 1 an                           -> refused not_signed_in
        counter 1                              -> open binh
        pause   1 lunch                        -> ok
        open    1 an                           -> refused not_signed_in
        counter 1                              -> paused binh
        saw     open_counter 1 an              -> refused not_signed_in
        saw     open_counter 1 binh            -> ok
        saw     pause_counter 1 an             -> refused not_signed_in
        counter 1                              -> open binh
    """,
    "the end of one service is not the end of the next that began here": """
        take    V1 civil_status
        signin  an 1
        call    1
        start   1
        plan    1 V1 certification
        wait    60
        end     1 received stay
        comes   V1                             -> certification
        late    end_service 1 V1/civil_status  -> refused service_went_on
        state   V1                             -> in_service
        late    end_service 1 V1/certification -> ok
        state   V1                             -> ended
    """,
}


@pytest.mark.parametrize("script", SCENARIOS.values(), ids=SCENARIOS)
def test_scenario(script: str) -> None:
    play(script)


def test_the_counters_view_tells_its_own_last_call() -> None:
    table = play("""
        take    V1 civil_status
        take    V2 land
        signin  an 1
        signin  binh 2
        call    2                              -> V2 priority
        call    1                              -> V1 priority
        recall  1
    """)
    views = [core.counter_view(table.hall.branch, f"counter-{number}", table.hall.at) for number in (1, 2, 3)]
    assert [view.last_call_id for view in views] == [2, 1, 0]


def test_commands_of_older_terminals_name_nothing_and_are_read() -> None:
    for kind in (c.CallNext, c.StartService, c.MarkNoShow, c.RecallVisit, c.ParkVisit):
        assert isinstance(kind.__struct_config__.tag, str)
        body = {"type": kind.__struct_config__.tag, "version": 1, "function_id": "call-keypad-1"}
        read = decode_command(msgspec.json.encode({**body, "counter_id": "counter-1"}))
        assert read == kind(function_id="call-keypad-1", counter_id="counter-1")
        assert getattr(read, "visit_id", "") == ""
        assert getattr(read, "after_call_id", None) is None
