"""The visit life, the counters and the calling rule as tables: one line, one thing somebody does, what comes of it.

The small hall: counter 1 serves ``civil`` (H, C) and helps ``land``; counter 2 serves ``land`` (L) and helps ``civil``;
counter 3 serves ``results`` (R) and ``land``. Overflow after 600 s; usual: 1 point a second, 3600 s guaranteed;
elderly: 3 points, 1200 s; urgent (staff only): 10 points, 300 s.
"""

import msgspec
import pytest

from protocol import events as e
from tests.support.halls import small_hall
from tests.support.tables import play

SCENARIOS = {
    "from the number to the outcome": """
        take    V1 civil_status                -> H001
        state   V1                             -> waiting
        signin  an 1                           -> ok
        counter 1                              -> open an
        call    1                              -> V1 priority
        state   V1                             -> called
        wait    20
        start   1                              -> ok
        state   V1                             -> in_service
        wait    300
        end     1 received                     -> ok
        state   V1                             -> ended
        call    1                              -> refused nobody_waiting
    """,
    "two services of one queue have numbers of their own": """
        take    V1 civil_status                -> H001
        take    V2 certification               -> C001
        take    V3 civil_status                -> H002
        take    V1 civil_status                -> H001
        take    V1 land                        -> H001
        waiting                                -> 3
    """,
    "a call must be answered before the next": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        call    1                              -> refused call_unanswered H001
        choose  1 V2                           -> refused call_unanswered H001
        start   1
        call    1                              -> refused counter_busy H001
        signout 1                              -> refused counter_busy H001
        close   1                              -> refused counter_busy H001
        start   1                              -> refused nobody_called
        noshow  1                              -> refused nobody_called
        end     1 unheard_of                   -> refused unknown_outcome unheard_of
        end     1 received
        end     1 received                     -> refused nobody_served
        park    1                              -> refused nobody_served
        recall  1                              -> refused nobody_called
        call    1                              -> V2 priority
    """,
    "a counter whose clerk has gone home is freed, and whoever was called there waits as before": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        signin  chi 1                          -> refused counter_taken
        release 1 an - clerk                   -> refused not_allowed
        release 1 an - inspector               -> refused not_allowed
        release 1 an - manager unheard_of      -> refused unknown_reason unheard_of
        release 1 chi                          -> refused counter_taken
        release 9 an                           -> refused unknown_counter counter-9
        release 1 an                           -> ok
        counter 1                              -> closed -
        state   V1                             -> waiting
        release 1 an                           -> ok
        signin  chi 1                          -> ok
        release 1 an                           -> refused counter_taken
        next    1                              -> V1:priority V2:priority
    """,
    "a service that its clerk left open is ended as at the day's end": """
        take    V1 civil_status
        signin  an 1
        call    1
        start   1
        wait    300
        release 1 an - technician              -> ok
        state   V1                             -> ended
        counter 1                              -> closed -
        asks    1                              -> nobody
    """,
    "unless the citizen still waits, who then has the old place": """
        take    V1 civil_status
        wait    60
        take    V2 civil_status
        take    V3 land
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        park    1
        call    1                              -> V2 priority
        start   1
        call    2                              -> V3 priority
        start   2
        transfer 2 1
        waiting                                -> 1
        wait    300
        release 1 an back                      -> ok
        state   V1                             -> waiting
        state   V2                             -> waiting
        signin  chi 1                          -> ok
        next    1                              -> V1:priority V2:priority V3:priority
    """,
    "ending a call at once starts and ends in the same instant": """
        take    V1 civil_status
        signin  an 1
        call    1
        wait    45
        park    1                              -> refused nobody_served
        end     1 left                         -> ok
        state   V1                             -> ended
        asks    1                              -> nobody
    """,
    "a call is said again, three times at most": """
        take    V1 civil_status
        signin  an 1
        call    1                              -> V1 priority
        recall  1                              -> V1 priority
        recall  1
        recall  1
        recall  1                              -> refused recall_limit 3
        noshow  1                              -> ok
        state   V1                             -> no_show
        recall  1                              -> refused nobody_called
    """,
    "a no-show comes after all, by the old arrival": """
        take    V1 civil_status
        wait    60
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        noshow  1
        reinstate 1 V2                         -> refused not_reinstatable H002
        reinstate 1 V1 unheard_of              -> refused unknown_reason unheard_of
        reinstate 1 V1 frail                   -> ok
        reinstate 1 V1                         -> refused not_reinstatable H001
        next    1                              -> V1:priority V2:priority
        call    1                              -> V1 priority
    """,
    "come back today keeps the place; ended for good does not": """
        take    V1 civil_status
        take    V2 civil_status
        wait    60
        take    V3 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 papers_missing back          -> ok
        asks    1                              -> nobody
        call    1                              -> V2 priority
        start   1
        end     1
        reinstate 1 V2                         -> refused not_reinstatable H002
        reinstate 1 V1                         -> ok
        next    1                              -> V1:priority V3:priority
    """,
    "parked for this counter alone, and called back": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        park    1 300                          -> ok
        state   V1                             -> parked
        waiting                                -> 1
        resume  2 V1                           -> refused not_parked_here H001
        call    1                              -> V2 priority
        resume  1 V1                           -> refused call_unanswered H002
        noshow  1
        resume  1 V2                           -> refused not_parked_here H002
        resume  1 V1                           -> V1 resumed
        start   1
        end     1
    """,
    "whoever a closing counter kept goes back to the queues": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        signin  binh 2
        call    1
        start   1
        park    1
        call    1                              -> V2 priority
        start   1
        transfer 1 civil_status+2              -> ok
        next    2                              -> V2:priority
        close   2                              -> ok
        next    1                              -> V2:priority
        close   1 lunch                        -> ok
        state   V1                             -> waiting
        open    1                              -> ok
        next    1                              -> V1:priority V2:priority
        close   1
        close   1                              -> ok
        call    1                              -> refused counter_closed
    """,
    "a counter that its clerk leaves keeps nobody": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        signin  chi 3
        call    1
        start   1
        park    1
        call    1
        transfer 1 3
        signout 1
        state   V1                             -> waiting
        signin  chi 2
        counter 3                              -> closed -
        next    2                              -> V1:priority V2:priority
    """,
    "a clerk has one counter and a counter one clerk": """
        call    1                              -> refused not_signed_in
        signin  an 1                           -> ok
        signin  an 1                           -> ok
        signin  binh 1                         -> refused counter_taken
        signin  an 9                           -> refused unknown_counter counter-9
        signin  an 2 nothing                   -> refused unknown_profile nothing
        call    1 binh                         -> refused not_signed_in
        signin  an 2                           -> ok
        counter 1                              -> closed -
        counter 2                              -> open an
        call    1 an                           -> refused not_signed_in
        take    V1 land
        call    2                              -> V1 priority
        signin  an 1                           -> refused clerk_elsewhere 2
        signout 2                              -> refused call_unanswered L001
        noshow  2
        signout 2                              -> ok
        counter 2                              -> closed -
    """,
    "a keypad speaks for whoever is signed in at its counter": """
        take    V1 civil_status
        call    1 keypad                       -> refused nobody_signed_in
        signin  an 1
        call    1 keypad                       -> V1 priority
        start   1 keypad
        wait    30
        end     1 received - keypad            -> ok
        key     1 7                            -> refused unknown_number 007
        key     1 1                            -> refused visit_not_waiting H001
    """,
    "pausing stops calls, not the service": """
        take    V1 civil_status
        take    V2 civil_status
        signin  an 1
        call    1
        start   1
        pause   1 nowhere                      -> refused unknown_reason nowhere
        pause   1 lunch                        -> ok
        pause   1 lunch                        -> ok
        counter 1                              -> paused an
        end     1
        call    1                              -> refused counter_paused
        open    1
        open    1                              -> ok
        call    1                              -> V2 priority
    """,
    "a chosen number needs a reason and a wait": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 land
        take    V4 results
        signin  an 1
        signin  binh 2
        choose  1 V2 unheard_of                -> refused unknown_reason unheard_of
        choose  1 V2 lunch                     -> refused unknown_reason lunch
        key     1 R1 mistaken                  -> refused unknown_reason mistaken
        choose  1 V2 frail                     -> V2 chosen
        choose  2 V2 frail                     -> refused visit_not_waiting H002
        choose  2 V9 frail                     -> refused unknown_visit
        key     2 1                            -> refused unknown_number 001
        key     2 R1                           -> V4 chosen
        start   2
        transfer 2 1                           -> ok
        key     2 R1                           -> refused visit_elsewhere R001 1
        key     2 L001                         -> V3 chosen
    """,
    "priority grows with waiting: three points a second beat one": """
        take    V1 civil_status usual
        wait    100
        take    V2 civil_status elderly
        signin  an 1
        wait    40
        next    1                              -> V1:priority V2:priority
        wait    10
        next    1                              -> V1:priority V2:priority
        wait    1
        next    1                              -> V2:priority V1:priority
        call    1                              -> V2 priority
    """,
    "equals are served by arrival": """
        take    V1 civil_status
        take    V2 certification
        take    V3 civil_status
        signin  an 1
        call    1                              -> V1 priority
        noshow  1
        call    1                              -> V2 priority
        noshow  1
        call    1                              -> V3 priority
    """,
    "a guarantee that is over goes first, the earliest deadline before all": """
        take    V1 civil_status usual
        wait    2500
        take    V2 civil_status elderly
        wait    1099
        take    V3 civil_status urgent by:staff-1
        signin  an 1
        next    1                              -> V1:priority V2:priority V3:priority
        wait    1
        next    1                              -> V1:guarantee V2:priority V3:priority
        wait    99
        next    1                              -> V1:guarantee V2:priority V3:priority
        wait    1
        next    1                              -> V1:guarantee V2:guarantee V3:priority
        wait    199
        next    1                              -> V1:guarantee V2:guarantee V3:guarantee
        call    1                              -> V1 guarantee
        noshow  1
        call    1                              -> V2 guarantee
        noshow  1
        call    1                              -> V3 guarantee
    """,
    "equal deadlines and equal points go to whoever waits longer, whatever the order of the log": """
        take     V1 civil_status usual
        signin   an 1
        wait     2400
        take     V2 civil_status elderly
        wait     1200
        next     1                             -> V1:guarantee V2:guarantee
        call     1                             -> V1 guarantee
        noshow   1
        call     1                             -> V2 guarantee
        noshow   1
        at       09:00
        take     V3 civil_status elderly by:kiosk-2
        at       09:10
        handover V4 civil_status H501 08:30
        at       09:15
        next     1                             -> V4:priority V3:priority
        wait     1
        next     1                             -> V3:priority V4:priority
    """,
    "a backup helps past the overflow time, or when nobody waits for itself": """
        signin  binh 2
        take    V1 civil_status
        next    2                              -> V1:priority
        take    V2 land
        next    2                              -> V2:priority V1:priority
        wait    600
        next    2                              -> V2:priority V1:priority
        take    V3 civil_status
        wait    1
        next    2                              -> V1:priority V2:priority V3:priority
        waiting 2                              -> 3
        call    2                              -> V1 priority
        noshow  2
        call    2                              -> V2 priority
        noshow  2
        call    2                              -> V3 priority
    """,
    "a guarantee in a backup queue waits for its overflow time": """
        take    V1 civil_status urgent by:staff-1
        take    V2 land
        signin  binh 2
        wait    400
        next    2                              -> V2:priority V1:guarantee
        wait    201
        next    2                              -> V1:guarantee V2:priority
    """,
    "another work profile for a day": """
        take    V1 results
        signin  an 1
        call    1                              -> refused nobody_waiting
        signin  an 1 everything                -> ok
        call    1                              -> V1 priority
        noshow  1
        signout 1
        signin  an 1
        waiting 1                              -> 0
    """,
    "transferred by the old arrival, to the head, to the end": """
        take    V1 civil_status
        wait    60
        take    V2 land
        wait    60
        take    V3 civil_status
        wait    60
        take    V4 land
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        transfer 1 nowhere                     -> refused transfer_nowhere
        transfer 1 1                           -> refused transfer_nowhere
        transfer 1 9                           -> refused unknown_counter counter-9
        transfer 1 3                           -> refused counter_not_serving 3
        transfer 1 nothing                     -> refused unknown_service nothing
        transfer 1 land                        -> ok
        next    2                              -> V1:priority V2:priority V4:priority V3:priority
        call    1                              -> V3 priority
        transfer 1 land first                  -> ok
        next    2                              -> V3:priority V1:priority V2:priority V4:priority
        call    2                              -> V3 priority
        start   2
        wait    1
        transfer 2 land last                   -> ok
        next    2                              -> V1:priority V2:priority V4:priority V3:priority
    """,
    "transferred first into an empty line keeps its arrival": """
        take    V1 civil_status
        wait    60
        signin  an 1
        signin  binh 2
        call    1
        transfer 1 land first
        take    V2 land elderly
        next    2                              -> V1:priority V2:priority
    """,
    "sent to one counter, called there only": """
        take    V1 civil_status
        take    V2 land
        signin  an 1
        signin  binh 2
        signin  chi 3
        call    1                              -> V1 priority
        start   1
        transfer 1 land+3                      -> ok
        next    2                              -> V2:priority
        choose  2 V1                           -> refused visit_elsewhere H001 3
        next    3                              -> V1:priority V2:priority
        call    3                              -> V1 priority
        start   3
        transfer 3 results                     -> ok
        next    3                              -> V1:priority V2:priority
    """,
    "sent to a counter outside its own queues": """
        take    V1 civil_status
        signin  an 1
        signin  chi 3
        call    1
        start   1
        transfer 1 3                           -> ok
        next    1                              -> nobody
        call    3                              -> V1 priority
    """,
    "cancelled by the citizen's own ticket, or by a clerk": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 civil_status
        cancel  V1 citizen wrong               -> refused secret_wrong
        cancel  V1                             -> ok
        cancel  V1                             -> ok
        state   V1                             -> cancelled
        cancel  V9                             -> refused unknown_visit
        cancel  V2 an                          -> refused not_signed_in
        signin  an 1
        cancel  V2 an                          -> ok
        call    1                              -> V3 priority
        cancel  V3                             -> refused visit_not_waiting H003
        start   1
        park    1
        cancel  V3                             -> ok
        state   V3                             -> cancelled
        call    1                              -> refused nobody_waiting
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    play(SCENARIOS[name])


def test_a_counter_keeps_twelve_aside_at_most() -> None:
    lines = ["signin an 1"]
    for number in range(1, 14):
        lines += [f"take V{number} civil_status usual by:staff-1", "call 1", "start 1"]
        lines.append("park 1" if number < 13 else "park 1 -> refused parking_full 12")
    play("\n".join(lines))


def test_transfer_by_the_branch_s_policy() -> None:
    hall = small_hall(policies=msgspec.structs.replace(small_hall().policies, transfer_position="last"))
    play(
        """
        take     V1 civil_status
        wait     60
        take     V2 land
        wait     1
        signin   an 1
        signin   binh 2
        call     1                            -> V1 priority
        transfer 1 land                       -> ok
        next     2                            -> V2:priority V1:priority
        """,
        hall,
    )


def test_the_log_tells_who_freed_a_counter_and_why() -> None:
    table = play("take V1 land\nsignin binh 2\ncall 2\nstart 2\nwait 90\nrelease 2 binh - manager frail")
    ended, signed_out = table.hall.events()[-2:]
    assert isinstance(ended, e.ServiceEnded)
    assert (ended.outcome, ended.served_s, ended.clerk_id) == ("unrecorded", 90, "binh")
    assert isinstance(signed_out, e.ClerkSignedOut)
    assert (signed_out.clerk_id, signed_out.by_clerk_id, signed_out.reason) == ("binh", "boss", "frail")
