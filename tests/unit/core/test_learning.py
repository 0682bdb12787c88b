"""What a day teaches: figures that one can count by hand, how old days fade, and the correction at rest."""

import math
import random

import msgspec
import pytest

from protocol import commands as c
from protocol import events as e
from protocol.estimates import Answers, Correction, Estimate, Learned, WorkedDay
from queue_server import core
from queue_server.core import learning
from tests.support.driven_branch import instant
from tests.support.halls import small_hall
from tests.support.tables import play

DAY = """
    take    V1 civil_status
    take    V2 civil_status
    take    V3 civil_status elderly
    take    V4 land
    at      07:40
    signin  an 1
    call    1
    wait    15
    start   1
    wait    100
    end     1
    wait    30
    call    1
    wait    140
    noshow  1
    wait    5
    call    1
    wait    25
    start   1
    wait    300
    end     1
    at      08:30
    pause   1
    at      08:40
    open    1
    at      09:00
    signout 1
"""


def test_a_day_teaches_what_was_seen_in_it() -> None:
    learned = core.learned_by(play(DAY).hall.branch)
    assert learned.durations_s["civil_status"] == (100, 300)
    assert learned.walking_s == (15, 25)
    assert learned.between_s == (30,), "from the first end to the second call; V4's queue is a backup and called nobody"
    assert learned.vain_s == (145,), "what the no-show cost until the next call"
    assert learned.answers == {"middle": Answers(3.0, 1.0)}, "all three had waited for ten minutes and more"
    assert learned.class_shares == {"usual": 0.75, "elderly": 0.25, "urgent": 0.0}
    assert {name: sum(counts) for name, counts in learned.arrivals.items()} == {
        "civil_status": 3.0,
        "certification": 0.0,
        "land": 1.0,
        "results": 0.0,
    }
    assert learned.arrivals["land"][15] == 1.0, "the half hour from 07:30"
    hours = ((27_000, 41_400), (46_800, 61_200))
    worked = ((27_600, 30_600), (31_200, 32_400))
    assert learned.days == (WorkedDay(hours=hours, counters={"counter-1": worked, "counter-2": (), "counter-3": ()}),)


def test_nothing_is_learned_of_a_day_without_visits_or_before_the_first() -> None:
    assert core.learned_by(core.new_branch(small_hall())) == Learned()
    assert core.learned_by(play("signin an 1").hall.branch) == Learned()


def test_the_next_day_knows_it_and_old_days_fade() -> None:
    table = play(DAY)
    hall = table.hall
    first = core.learned_by(hall.branch)
    table.say("at 07:30 2026-11-25")
    assert hall.branch.learned == first
    assert hall.branch.believed_log_s["civil_status"] == pytest.approx(
        (0.985 * math.log(300) + 0.985**2 * math.log(100)) / (0.985 + 0.985**2)
    ), "what was seen last weighs most"
    table.say("take V9 land")
    second = core.learned_by(hall.branch)
    assert second.durations_s["civil_status"] == (100, 300)
    assert sum(second.arrivals["land"]) == pytest.approx(1.0)
    assert sum(second.arrivals["civil_status"]) == pytest.approx(3 * learning.FADES)
    assert len(second.days) == 2


def test_a_slow_counter_is_told_from_a_slow_day() -> None:
    branch = core.new_branch(small_hall())
    branch.believed_log_s["land"] = math.log(600)
    for _ in range(20):
        learning.note_service(branch, "counter-1", "land", 1200)
        learning.note_service(branch, "counter-2", "land", 600)
    snapshot_pace = {name: math.exp(pace.log_ratio / (pace.seen + 8)) for name, pace in branch.paces.items()}
    assert 1.5 < snapshot_pace["counter-1"] < 2.0
    assert snapshot_pace["counter-2"] == 1.0
    hall = math.exp(branch.hall_pace.log_ratio / branch.hall_pace.seen)
    assert 1.0 < hall < 1.25, "a counter's own pace is not the hall's"
    learning.note_service(branch, "counter-1", "unheard-of", 5)
    assert branch.paces["counter-1"].seen == 20


@pytest.mark.parametrize("truth", [0.6, 1.0, 1.9])
def test_the_correction_rests_where_half_and_a_tenth_wait_longer(truth: float, seed: int) -> None:
    chance = random.Random(seed)
    corrections: dict[str, Correction] = {}
    longer = []
    for index in range(6000):
        raw = Estimate(low_s=1200, high_s=1500)
        told = learning.corrected(raw, corrections)
        waited_s = 1200 * truth * chance.lognormvariate(0, 0.4)
        corrections = learning.after_wait(corrections, told, waited_s)
        if index >= 1000:
            longer.append((waited_s > told.low_s, waited_s > told.high_s))
    assert sum(low for low, _ in longer) / len(longer) == pytest.approx(0.5, abs=0.02)
    assert sum(high for _, high in longer) / len(longer) == pytest.approx(0.1, abs=0.02)


def test_a_correction_keeps_a_wait_among_those_of_its_length() -> None:
    far = dict.fromkeys(learning.LENGTHS, Correction(4.0, 4.0))
    near = dict.fromkeys(learning.LENGTHS, Correction(0.25, 0.25))
    for low_s, length in ((0, (0, 59)), (59, (0, 59)), (60, (60, 599)), (599, (60, 599)), (2000, (600, 2399))):
        raw = Estimate(low_s=low_s, high_s=low_s)
        assert learning.corrected(raw, far).low_s == min(length[1], round((low_s + 120) * 4 - 120))
        assert learning.corrected(raw, near).low_s == max(length[0], round((low_s + 120) / 4 - 120))
    raw = Estimate(low_s=7000, high_s=9000)
    assert learning.corrected(raw, {}) == raw
    assert learning.corrected(raw, {"long": Correction(1.0, 0.25)}) == Estimate(low_s=7000, high_s=7000)


def test_what_was_told_is_in_the_log_and_the_first_call_teaches() -> None:
    table = play("signin an 1")
    hall = table.hall
    estimate = Estimate(low_s=300, high_s=600)
    command = c.TakeTicket(function_id="kiosk-1", visit_id="1" * 32, service_id="land", priority_class_id="usual")
    hall.ask(command, facts=hall.facts(estimate=estimate))
    taken = hall.events()[-1]
    assert isinstance(taken, e.VisitTaken)
    assert taken.estimate == estimate
    hall.at = instant("07:45")
    table.say("call 1")
    assert hall.branch.corrections == {
        "short": Correction(math.exp(learning.STEP * 0.5), math.exp(learning.STEP * 0.9))
    }, "it waited a quarter of an hour, longer than both"
    table.say("transfer 1 civil_status")
    table.say("call 1")
    assert len(hall.branch.corrections) == 1, "only the first call answers what was told"
    again = core.replay(hall.events())
    assert again == hall.branch


def test_learned_figures_name_no_person() -> None:
    branch = play(DAY).hall.branch
    text = msgspec.json.encode(core.learned_by(branch)).decode()
    assert '"an"' not in text
    assert not any(visit_id in text for visit_id in branch.visits)
