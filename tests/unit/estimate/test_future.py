"""Futures of halls that close, that fill up, and whose counters differ, in figures that one can check by hand."""

import random

import msgspec
import pytest

from protocol.estimates import Correction, Learned, Stretch, WorkedDay
from queue_server.core.snapshot import Snapshot, SnapshotClass, SnapshotCounter, SnapshotLine, SnapshotService
from queue_server.estimate import estimate
from queue_server.estimate.chances import WALKING_S
from queue_server.estimate.ranges import FUTURES_AT_LEAST, newcomer_of

HOUR = 3600
HOURS: tuple[Stretch, ...] = ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
EACH_S = 580 + int(WALKING_S)
USUAL, ELDERLY = ("land", "usual"), ("land", "elderly")


def hall(clock: float, waiting: int, *, counters: int = 1, state: str = "open", **learned: object) -> Snapshot:
    """Give a hall in which every service takes 580 s and the way to the counter 20."""
    return Snapshot(
        services={
            "land": SnapshotService("land", (580,) * 5, 600.0),
            "status": SnapshotService("civil", (580,) * 5, 600.0),
        },
        classes={
            "usual": SnapshotClass(1.0, 99_999.0),
            "elderly": SnapshotClass(100.0, 99_999.0),
            "disabled": SnapshotClass(100.0, 99_999.0),
        },
        overflow_after_s={"land": 600.0, "civil": 600.0},
        counters=tuple(
            msgspec.structs.replace(SnapshotCounter(str(number), ("land",), ()), state=state)
            for number in range(1, counters + 1)
        ),
        lines=(SnapshotLine("land", "usual", "", (("land", 60.0),) * waiting),),
        now_s=clock * HOUR,
        hours=HOURS,
        learned=Learned(**learned),  # type: ignore[arg-type]  # The caller knows the fields.
    )


def waits(snapshot: Snapshot, pair: tuple[str, str] = USUAL) -> tuple[int, int]:
    found = estimate(snapshot, random.Random(1))[pair]
    return found.low_s, found.high_s


def test_a_wait_that_runs_into_lunch_goes_on_after_it() -> None:
    assert waits(hall(11, 5)) == (5 * EACH_S,) * 2
    assert waits(hall(11, 7)) == (2 * HOUR + EACH_S,) * 2, "six are served by noon, or begun; the seventh at one"


def test_before_the_counters_open_the_wait_begins_with_the_hours() -> None:
    assert waits(hall(7.5, 2, state="closed")) == (1800 + 2 * EACH_S,) * 2


def test_a_clerk_who_leaves_early_and_comes_late_is_known_for_it() -> None:
    worked: tuple[Stretch, ...] = ((8 * HOUR, 11 * HOUR + 1800), (13 * HOUR + 600, 17 * HOUR))
    day = WorkedDay(hours=HOURS, counters={"1": worked})
    assert waits(hall(11, 3, days=(day, day))) == (3 * EACH_S + 2 * HOUR + 600 - 1800,) * 2, (
        "the third call is after lunch"
    )


def test_who_will_not_be_called_today_is_told_nothing() -> None:
    morning = WorkedDay(hours=HOURS, counters={"1": ((8 * HOUR, 12 * HOUR),)})
    assert USUAL in estimate(hall(11, 5, days=(morning, morning)), random.Random(1))
    assert USUAL not in estimate(hall(11, 9, days=(morning, morning)), random.Random(1))


def test_classes_that_the_rule_cannot_tell_apart_wait_alike() -> None:
    found = estimate(hall(9, 6), random.Random(1))
    assert found["land", "elderly"] == found["land", "disabled"]
    assert found["land", "elderly"].high_s == EACH_S, "whoever comes has gained nothing yet, but will have"
    line = SnapshotLine("land", "disabled", "", (("land", 5.0),) * 2)
    behind = msgspec.structs.replace(hall(9, 6), lines=(*hall(9, 6).lines, line))
    assert waits(behind, ELDERLY) == (2 * EACH_S,) * 2, "the disabled stand in the same line"


def test_those_who_come_later_but_go_first_are_reckoned_with() -> None:
    arrivals = {"land": tuple(3.0 if 16 <= slot < 34 else 0.0 for slot in range(48))}
    usual_only = hall(9, 6, arrivals=arrivals, class_shares={"usual": 1.0})
    assert waits(usual_only) == (6 * EACH_S,) * 2, "whoever comes later of one's own class stays behind"
    others = hall(9, 6, arrivals=arrivals, class_shares={"usual": 0.7, "elderly": 0.3})
    low_s, high_s = waits(others)
    assert 6 * EACH_S < low_s < high_s


def test_a_slow_counter_and_a_slow_day_stretch_the_wait() -> None:
    slow = msgspec.structs.replace(hall(8, 5), pace=1.5)
    assert waits(slow) == (round(5 * (580 * 1.5 + WALKING_S)),) * 2
    counters = tuple(msgspec.structs.replace(counter, pace=2.0) for counter in hall(8, 5).counters)
    assert waits(msgspec.structs.replace(hall(8, 5), counters=counters)) == (round(5 * (580 * 2 + WALKING_S)),) * 2


def test_a_backup_counter_that_is_kept_busy_by_its_own_queue_helps_less() -> None:
    helper = SnapshotCounter("9", ("civil",), ("land",))
    base = msgspec.structs.replace(hall(9, 8), overflow_after_s={"land": 1e6, "civil": 1e6})
    helped = msgspec.structs.replace(base, counters=(*base.counters, helper))
    assert waits(helped)[0] == 4 * EACH_S
    arrivals = {"status": tuple(6.0 if 16 <= slot < 34 else 0.0 for slot in range(48))}
    kept_busy = msgspec.structs.replace(helped, learned=Learned(arrivals=arrivals, class_shares={"usual": 1.0}))
    assert 4 * EACH_S < waits(kept_busy)[0] <= 8 * EACH_S


def test_one_pair_alone_is_estimated_as_among_all() -> None:
    snapshot = hall(9, 6, counters=2)
    found = estimate(snapshot, random.Random(1), only=ELDERLY)
    assert set(found) == {ELDERLY}
    assert found[ELDERLY] == estimate(snapshot, random.Random(1))[ELDERLY]
    assert newcomer_of(snapshot, *ELDERLY) == newcomer_of(snapshot, "land", "disabled") == frozenset({("land", 1)})
    assert estimate(snapshot, random.Random(1), futures=FUTURES_AT_LEAST, only=USUAL)[USUAL].low_s == 3 * EACH_S


@pytest.mark.parametrize(("low", "high"), [(1.5, 2.0), (0.9, 0.95)])
def test_what_was_learned_of_ranges_corrects_them(low: float, high: float) -> None:
    corrected = waits(hall(8, 5, corrections={"long": Correction(low, high)}))
    assert corrected == (round((5 * EACH_S + 120) * low - 120), round((5 * EACH_S + 120) * high - 120))
