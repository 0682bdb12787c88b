"""A reason serves what the configuration has it for: nobody is called out of order because somebody is at lunch."""

import pytest

from protocol import events as e
from protocol.configuration import ReasonUse
from queue_server.core.apply import replay
from queue_server.core.counters import need_reason
from queue_server.core.refusals import Refusal
from tests.support.tables import play

SCENARIO = """
    take       V1 civil_status
    signin     an 1
    choose     1 V1 lunch                  -> refused unknown_reason lunch
    key        1 H001 mistaken             -> refused unknown_reason mistaken
    pause      1 frail                     -> refused unknown_reason frail
    close      1 papers                    -> refused unknown_reason papers
    release    1 an put_back manager leaves -> refused unknown_reason leaves
    choose     1 V1 frail                  -> V1 chosen
    noshow     1
    reinstate  1 V1 lunch                  -> refused unknown_reason lunch
    reinstate  1 V1 frail                  -> ok
"""


def test_a_reason_of_another_use_is_refused() -> None:
    play(SCENARIO)


@pytest.mark.parametrize("use", ["call", "pause", "close", "transfer", "reinstate", "revoke", "release"])
def test_each_use_has_its_own_reasons(use: ReasonUse) -> None:
    branch = play("signin an 1").hall.branch
    for reason in branch.hall.reasons.values():
        if use in reason.uses:
            need_reason(branch, reason.reason_id, use)
        else:
            with pytest.raises(Refusal):
                need_reason(branch, reason.reason_id, use)
    need_reason(branch, "", use)


def test_a_log_in_which_somebody_was_called_for_any_reason_is_read_as_ever() -> None:
    """Earlier versions took every reason that the hall had."""
    played = play("take V1 civil_status\nsignin an 1\nchoose 1 V1 frail")
    told = [
        type(one)(**{**{name: getattr(one, name) for name in one.__struct_fields__}, "reason": "lunch"})
        if isinstance(one, e.VisitCalled)
        else one
        for one in played.hall.events()
    ]
    branch = replay(told)
    (visit,) = branch.visits.values()
    assert visit.state == "called"
    assert visit.call_reason == "lunch"
