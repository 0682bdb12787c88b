"""Services that follow one another under one number, as tables.

In the small hall ``newborn`` begins civil_status, then land, then results. Counter 1 serves ``civil`` and helps
``land``, counter 2 serves ``land``, counter 3 ``results`` and ``land``.
"""

import msgspec
import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.configuration import StaffRules
from queue_server import core
from tests.support.halls import services, small_hall
from tests.support.tables import Table, play, visit_id

SCENARIOS = {
    "three services in sequence, under one number, by the first arrival": """
        take    V1 civil_status usual for:newborn  -> H001
        comes   V1                             -> civil_status land results
        wait    100
        take    V2 land                        -> L001
        take    V3 results
        signin  an 1
        signin  binh 2
        signin  chi 3
        call    1                              -> V1 priority
        start   1
        wait    300
        end     1                              -> ok
        state   V1                             -> waiting
        comes   V1                             -> land results
        number  V1                             -> H001
        asks    1                              -> H001 usual
        next    2                              -> V1:priority V2:priority
        call    2                              -> V1 priority
        call    3                              -> V2 priority
        start   2
        asks    1                              -> nobody
        end     2
        comes   V1                             -> results
        state   V1                             -> waiting
        noshow  3
        call    3                              -> V1 priority
        start   3
        end     3
        state   V1                             -> ended
        comes   V1                             -> results
        number  V1                             -> H001
    """,
    "what follows is given at once by the same clerk, who helps there": """
        take    V1 civil_status usual for:newborn
        take    V2 civil_status
        signin  an 1
        call    1                              -> V1 priority
        start   1
        wait    60
        end     1 received stay                -> ok
        state   V1                             -> in_service
        comes   V1                             -> land results
        asks    1                              -> nobody
        call    1                              -> refused counter_busy H001
        wait    90
        end     1 received stay                -> refused service_not_here results
        end     1 received                     -> ok
        asks    1                              -> H001 usual
        state   V1                             -> waiting
        comes   V1                             -> results
        own     1                              -> 2 2 75 1 0 0
    """,
    "without the papers of the first the others do not begin": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        call    1
        start   1
        end     1 received back                -> ok
        state   V1                             -> ended
        reinstate 1 V1                         -> ok
        comes   V1                             -> civil_status land results
        call    1                              -> V1 priority
        start   1
        end     1 left                         -> ok
        state   V1                             -> ended
    """,
    "the clerk leaves out what was to follow": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        call    1
        start   1
        end     1 received stop                -> ok
        state   V1                             -> ended
        asks    1                              -> H001 usual
    """,
    "a service more for the same citizen, who loses no place and gets no second number": """
        take    V1 civil_status
        wait    60
        take    V2 land
        signin  an 1
        signin  binh 2
        plan    1 V1 land                      -> refused not_at_counter H001
        call    1                              -> V1 priority
        plan    1 V2 land                      -> refused not_at_counter L001
        plan    1 V9 land                      -> refused unknown_visit
        plan    1 V1 unheard_of                -> refused unknown_service unheard_of
        plan    1 V1 land                      -> ok
        plan    1 V1 land                      -> ok
        plan    2 V1 results                   -> refused not_at_counter H001
        start   1
        plan    1 V1 land+certification        -> ok
        park    1
        plan    1 V1 certification+land        -> ok
        resume  1 V1
        start   1
        end     1 received stay                -> ok
        comes   V1                             -> certification land
        end     1 received                     -> ok
        next    2                              -> V1:priority V2:priority
        number  V1                             -> H001
    """,
    "what follows can be taken back": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        call    1
        start   1
        plan    1 V1 nothing                   -> ok
        end     1 received stay                -> refused nothing_follows
        end     1 received
        state   V1                             -> ended
    """,
    "a service that is sent elsewhere keeps what follows": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        signin  chi 3
        call    1
        start   1
        transfer 1 certification               -> ok
        comes   V1                             -> certification land results
        call    1                              -> V1 priority
        noshow  1
        back    1 1 frail                      -> ok
        comes   V1                             -> certification land results
    """,
    "a clerk who has gone home leaves the citizen who goes on to the next service": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        signin  binh 2
        call    1
        start   1
        release 1 an                           -> ok
        state   V1                             -> waiting
        comes   V1                             -> land results
        next    2                              -> V1:priority
    """,
    "at the day's end nobody goes on": """
        take    V1 civil_status usual for:newborn
        signin  an 1
        call    1
        start   1
        at      20:00
        state   V1                             -> ended
    """,
    "a number that a kiosk gave by itself begins linked services by its procedure alone": """
        handover V1 civil_status H501 07:30    -> H501
        comes   V1                             -> civil_status
    """,
    "come back by the number on the ticket, wherever it was called": """
        take    V1 civil_status
        take    V2 land
        take    V3 land
        signin  an 1
        signin  binh 2
        back    2 H1                           -> refused not_reinstatable H001
        call    1                              -> V1 priority
        noshow  1
        call    2
        start   2
        end     2 papers_missing back
        back    2 7                            -> refused unknown_number 007
        back    2 H001 unheard_of              -> refused unknown_reason unheard_of
        back    2 H001 frail                   -> ok
        state   V1                             -> waiting
        back    1 1 - keypad                   -> refused unknown_reason -
        back    1 1 frail keypad               -> ok
        state   V2                             -> waiting
        back    1 L1                           -> refused not_reinstatable L001
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    play(SCENARIOS[name])


@pytest.mark.parametrize(
    ("position", "expected"), [("first", "V1 V2 V3"), ("arrival", "V2 V1 V3"), ("last", "V2 V3 V1")]
)
def test_where_the_next_service_is_waited_for_is_the_branchs_policy(position: str, expected: str) -> None:
    hall = small_hall(staff_rules=msgspec.convert({"linked_place": position}, StaffRules))
    table = play(
        """
        take    V2 land
        wait    10
        take    V1 civil_status usual for:newborn
        wait    10
        take    V3 land
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        wait    10
        end     1
        """,
        hall,
    )
    assert [part.split(":")[0] for part in table.say("next 2").split()] == expected.split()


def test_a_service_that_is_gone_by_then_is_left_out() -> None:
    """A visit that came back after its services were taken away goes on with those that there are."""
    table = play("""
        take    V1 civil_status usual for:newborn
        signin  an 1
        call    1
        start   1
        end     1 papers_missing back
    """)
    without_land = small_hall(
        configuration_id="c" * 64,
        services=tuple(one for one in services() if one.service_id != "land"),
        linked_services=(),
    )
    hall = table.hall
    reply = hall.ask(c.Configure(function_id="technician-1", sources={}), facts=hall.facts(configuration=without_land))
    assert isinstance(reply, v.Done)
    for line in ("reinstate 1 V1", "call 1", "start 1", "end 1"):
        assert not table.say(line).startswith("refused"), line
    assert table.say("comes V1") == "results"


def test_services_to_come_are_not_taken_away_from_who_waits() -> None:
    hall = play("take V1 civil_status usual for:newborn").hall
    changed = small_hall(
        configuration_id="c" * 64,
        services=tuple(one for one in services() if one.service_id != "results"),
        linked_services=(),
    )
    reply = hall.ask(c.Configure(function_id="technician-1", sources={}), facts=hall.facts(configuration=changed))
    assert isinstance(reply, v.Refused)
    assert (reply.code, reply.parts) == ("would_strand", {"what": "results"})


def test_the_log_tells_of_each_service_and_of_one_number() -> None:
    table = play(SCENARIOS["three services in sequence, under one number, by the first arrival"])
    own = [event for event in table.hall.events() if getattr(event, "visit_id", "") == visit_id("V1")]
    assert sum(isinstance(event, e.VisitTaken) for event in own) == 1
    assert sum(isinstance(event, e.ServiceEnded) for event in own) == 3
    assert [type(event) for event in own if isinstance(event, e.VisitContinued | e.RatingOpened)][:2] == [
        e.RatingOpened,
        e.VisitContinued,
    ]
    old = core.visit_of_events(own, "2026-11-23")
    assert old is not None
    assert (old.state, old.service_id, old.coming) == ("ended", "results", ())


def test_the_plan_is_seen_at_the_counter() -> None:
    table = Table(small_hall())
    for line in ("take V1 civil_status usual for:newborn", "signin an 1", "call 1"):
        table.say(line)
    view = core.counter_view(table.hall.branch, "counter-1", table.hall.at)
    assert view.serving is not None
    assert view.serving.coming_service_ids == ("land", "results")
    assert core.hall_view(table.hall.branch, {}, table.hall.at).linked_services[0].linked_id == "newborn"
