"""The clerks' own day and the order ledger: what they tell, and what they do not."""

import pytest

from protocol import codec
from protocol import views as v
from protocol.configuration import StaffRules
from queue_server import core
from queue_server.core.state import KEPT_DISORDERS, Disorder
from tests.support.halls import large_hall, small_hall
from tests.support.tables import Table, play

SCENARIOS = {
    "who calls out of order is written down with what was passed over": """
        take    V1 civil_status
        wait    10
        take    V2 civil_status
        wait    10
        take    V3 land
        signin  an 1
        signin  binh 2
        ledger                                 -> empty
        choose  1 V2                           -> V2 chosen
        ledger                                 -> H002:chosen:an:1
        prioritize 2 H1 elderly                -> ok
        ledger                                 -> H001:prioritized:binh:0 H002:chosen:an:1
        noshow  1
        call    1                              -> V1 priority
        own     1                              -> 0 0 None 2 1 1
        own     2                              -> 0 0 None 0 0 0
        at      07:30 2026-11-25
        ledger                                 -> empty
    """,
    "figures go with the clerk and not with the counter": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 civil_status
        signin  an 1
        call    1
        start   1
        wait    100
        end     1
        call    1
        start   1
        wait    1000
        end     1
        own     1                              -> 2 1 550 2 0 0
        signout 1
        signin  binh 1
        own     1                              -> 0 0 None 0 0 0
        signin  an 2
        own     2                              -> 2 1 550 2 0 0
    """,
    "who waits, by class: the class that gains fastest first, its head the one who waits longest": """
        take    V1 civil_status
        wait    10
        take    V2 civil_status elderly
        wait    10
        take    V3 land
        take    V4 certification
        take    V5 results
        signin  an 1
        classes 1                              -> elderly:1/0:H2 usual:3/1:H1
        classes 3                              -> usual:2/0:L1
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    play(SCENARIOS[name])


HIDDEN = small_hall(staff_rules=StaffRules(hides_queue=True))


def test_a_hidden_queue_shows_how_many_and_not_who() -> None:
    table = play(
        """
        take    V1 civil_status
        take    V2 civil_status elderly
        take    V3 civil_status
        signin  an 1
        next    1                              -> nobody
        classes 1                              -> elderly:1/0:0 usual:2/0:0
        waiting 1                              -> 3
        """,
        HIDDEN,
    )
    view = core.counter_view(table.hall.branch, "counter-1", table.hall.at)
    assert view.hides_queue
    body = codec.encode(view)
    assert b'"number":1,"names"' in body, "the counter's own number"
    assert b'"prefix":"H"' not in body, "nobody's number is told before it is called"
    table.say("call 1")
    assert b'"prefix":"H"' in codec.encode(core.counter_view(table.hall.branch, "counter-1", table.hall.at))


def test_the_head_of_a_class_counts_by_what_its_service_promises_or_its_class_guarantees() -> None:
    table = play("take V1 civil_status elderly\ntake V2 civil_status\nsignin an 1")
    targets = [one.target_s for one in core.counter_view(table.hall.branch, "counter-1", table.hall.at).classes]
    assert targets == [1200, 1800], "the guarantee of the elderly; the service's target for everybody else"


def test_a_full_ledger_of_a_large_hall_is_a_small_view() -> None:
    table = Table(large_hall())
    branch, at = table.hall.branch, table.hall.at
    long_id = "n" * 40
    for index in range(KEPT_DISORDERS + 50):
        clerk_id = f"{long_id}{index % 60}"
        branch.clerks.setdefault(clerk_id, core.ClerkToday()).chosen += 1
        branch.disorders.append(
            Disorder(
                at=at,
                kind="prioritized",
                prefix="ABC",
                number=999_999,
                counter_id=long_id,
                clerk_id=clerk_id,
                reason=long_id,
                waited_s=99_999,
                passed_over=999,
                before_class_id=long_id,
                priority_class_id=long_id,
            )
        )
    assert len(branch.disorders) == KEPT_DISORDERS
    view = core.order_view(branch)
    assert (len(view.entries), len(view.clerks)) == (24, 40)
    envelope = v.Envelope(epoch=1, sequence=1, at=at, rate=1.0, version=1, view=view)
    assert len(codec.encode(envelope)) < v.VIEW_LIMIT_BYTES
