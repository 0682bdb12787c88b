"""A priority class that staff give or take back, as tables. Elderly: 3 points a second; urgent (staff only): 10."""

import pytest

from protocol import events as e
from tests.support.tables import play, visit_id

SCENARIOS = {
    "a class given by a clerk counts for all that was waited": """
        take       V1 civil_status
        take       V2 civil_status
        signin     an 1
        wait       60
        prioritize 1 H002 urgent               -> ok
        next       1                           -> V2:priority V1:priority
        call       1                           -> V2 priority
    """,
    "a class that was wrongly chosen is taken back": """
        take       V1 civil_status
        take       V2 civil_status elderly
        signin     an 1
        wait       60
        next       1                           -> V2:priority V1:priority
        prioritize 1 H002 usual                -> ok
        next       1                           -> V1:priority V2:priority
    """,
    "digits alone are enough where only one has them": """
        take       V1 civil_status
        signin     an 1
        prioritize 1 1 elderly                 -> ok
        take       V2 land
        prioritize 1 1 urgent                  -> refused unknown_number 001
        prioritize 1 L001 urgent               -> ok
    """,
    "any clerk may, whatever stands in another queue, also while serving": """
        take       V1 civil_status
        take       V2 land
        signin     an 1
        call       1                           -> V1 priority
        start      1
        prioritize 1 L001 urgent               -> ok
    """,
    "only with a reason for it, a class there is, and who waits": """
        take       V1 civil_status
        prioritize 1 H001 urgent papers an     -> refused not_signed_in
        signin     an 1
        prioritize 1 H001 urgent lunch         -> refused unknown_reason lunch
        prioritize 1 H001 urgent unheard_of    -> refused unknown_reason unheard_of
        prioritize 1 H001 nobody               -> refused unknown_class nobody
        prioritize 1 H009 urgent               -> refused unknown_number H009
        call       1                           -> V1 priority
        prioritize 1 H001 urgent               -> refused visit_not_waiting H001
        closeday
        prioritize 1 H001 urgent papers an     -> refused day_closed
    """,
    "a class stays with a visit that is sent on": """
        take       V1 civil_status
        take       V2 land
        signin     an 1
        signin     binh 2
        prioritize 1 H001 urgent
        call       1                           -> V1 priority
        start      1
        wait       30
        transfer   1 land
        call       2                           -> V1 priority
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_priority_by_staff(name: str) -> None:
    play(SCENARIOS[name])


def test_who_gave_which_class_and_why_is_kept_once() -> None:
    table = play("""
        take       V1 civil_status
        signin     an 1
        prioritize 1 H001 elderly
        prioritize 1 H001 elderly
    """)
    (given,) = (event for event in table.hall.events() if isinstance(event, e.VisitPrioritized))
    assert (given.visit_id, given.priority_class_id, given.reason) == (visit_id("V1"), "elderly", "papers")
    assert (given.clerk_id, given.counter_id) == ("an", "counter-1")
