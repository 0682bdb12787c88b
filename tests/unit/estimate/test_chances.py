"""What futures draw: from what was seen, the newer the more often; rotas of days that looked alike; who still comes."""

import random

import msgspec
import pytest

from protocol.estimates import Answers, Learned, Stretch, WorkedDay
from queue_server.core.snapshot import Snapshot, SnapshotClass, SnapshotCounter, SnapshotService
from queue_server.estimate.chances import FOR_EVER_S, LATE_S, Arrivals, Chances, Rota, Stretches, Times
from queue_server.estimate.future import opens_at

HOUR = 3600
HOURS: tuple[Stretch, ...] = ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))
FULL: tuple[Stretch, ...] = ((8 * HOUR, 12 * HOUR - 600), (13 * HOUR + 300, 17 * HOUR))
MORNING: tuple[Stretch, ...] = ((8 * HOUR, 12 * HOUR),)


def snapshot(clock: float, state: str = "open", days: tuple[tuple[Stretch, ...], ...] = (), **more: object) -> Snapshot:
    counter = msgspec.structs.replace(SnapshotCounter("1", ("land",), ()), state=state)
    worked = tuple(WorkedDay(hours=HOURS, counters={"1": stretches}) for stretches in days)
    return Snapshot(
        services={"land": SnapshotService("land", (600,) * 5, 600.0)},
        classes={"usual": SnapshotClass(1.0, 3600.0), "elderly": SnapshotClass(3.0, 1200.0)},
        overflow_after_s={"land": 600.0},
        counters=(counter,),
        lines=(),
        now_s=clock * HOUR,
        hours=HOURS,
        learned=Learned(days=worked, **more),  # type: ignore[arg-type]  # The caller knows the fields.
    )


def rota(clock: float, state: str = "open", days: tuple[tuple[Stretch, ...], ...] = ()) -> Rota:
    return Chances(snapshot(clock, state, days), random.Random(0)).rotas[0]


def test_newer_durations_are_drawn_more_often_and_the_rest_of_one_is_what_longer_ones_leave(seed: int) -> None:
    chance = random.Random(seed)
    times = Times((100,) * 50 + (300,) * 50, 0.0)
    drawn = [times.draw(chance) for _ in range(4000)]
    assert set(drawn) == {100, 300}
    assert drawn.count(300) / 4000 == pytest.approx(1 / (1 + 0.985**50), abs=0.03)
    assert times.mean_s == pytest.approx(236, abs=1)
    assert {times.left(50, chance) for _ in range(200)} == {50, 250}
    assert {times.left(100, chance) for _ in range(200)} == {200}, "one that has lasted 100 s is one of the others"
    assert times.left(300, chance) > 0, "nobody knows of one so long; it ends some time"


def test_where_only_the_mean_is_known_durations_spread_around_it(seed: int) -> None:
    chance = random.Random(seed)
    times = Times((), 400.0)
    drawn = [times.draw(chance) for _ in range(4000)]
    assert sum(drawn) / 4000 == pytest.approx(400, rel=0.05)
    assert min(times.left(350, chance) for _ in range(500)) > 0
    assert Times((), 0.0).draw(chance) == 0.0


def test_a_counter_lives_on_as_on_its_past_days_that_looked_alike() -> None:
    days = (FULL, MORNING, (), FULL)
    ways = {
        "before the hours, any day may come": rota(7.5, "closed", days).ways,
        "open at nine": rota(9, "open", days).ways,
        "closed at nine": rota(9, "closed", days).ways,
    }
    assert len(ways["before the hours, any day may come"]) == 4
    assert ways["open at nine"] == (
        ((-3600.0, 10_200.0), (14_700.0, FOR_EVER_S)),
        ((-3600.0, 10_800.0),),
        ((-3600.0, 10_200.0), (14_700.0, FOR_EVER_S)),
    ), "the newest first; whoever is there at closing time stays until nobody waits"
    assert ways["closed at nine"][0] == (), "the day on which nobody came at all"
    assert len(ways["closed at nine"]) == 3, (
        "one day alone is a thin witness: by the hours it might open at one, or not"
    )


def by_roster(clock: float, state: str, *planned: Stretch) -> tuple[Stretches, ...]:
    """Give the ways of a counter whose past days say that it is open all day."""
    past = snapshot(clock, state, (FULL,) * 8)
    counter = msgspec.structs.replace(past.counters[0], planned=planned)
    return Chances(msgspec.structs.replace(past, counters=(counter,)), random.Random(0)).rotas[0].ways


REST: tuple[Stretch, ...] = ((8 * HOUR, 10 * HOUR), (11 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))


def test_a_roster_goes_before_all_past_days() -> None:
    assert by_roster(9, "open", *REST) == (((-3600.0, 3600.0), (7200.0, 10_800.0), (14_400.0, FOR_EVER_S)),)
    assert by_roster(10.5, "closed", *REST) == (((1800.0, 5400.0), (9000.0, FOR_EVER_S)),), "it rests, and comes back"
    assert by_roster(9, "closed") == ((),), "nobody is planned there today"


def test_who_is_behind_the_roster_catches_up_or_does_not() -> None:
    on_break_soon = by_roster(10.05, "open", *REST)
    assert on_break_soon[0][0] == (0.0, LATE_S), "the break begins a little late"
    assert len(on_break_soon) == 1
    a_little_late = by_roster(8.1, "closed", *REST)
    assert [way[0][0] for way in a_little_late] == [LATE_S]
    assert a_little_late[0][0][1] == pytest.approx(1.9 * HOUR)
    missing = by_roster(9, "closed", *REST)
    assert len(missing) == 2, "it opens soon, or not before its next stretch"
    assert missing[1][0] == (7200.0, 10_800.0)
    assert len(by_roster(9, "paused", *REST)) == 1, "who has paused comes back"
    assert by_roster(17.1, "open", *REST) == (((0.0, FOR_EVER_S),),), "after hours it stays until nobody waits"
    unplanned = by_roster(9, "open")
    assert by_roster(9, "paused") == rota(9, "paused", (FULL,) * 8).ways
    assert unplanned == rota(9, "open", (FULL,) * 8).ways, "who works without being planned is foreseen as ever"


def test_a_counter_without_past_days_goes_by_the_hours() -> None:
    assert rota(9).ways == (((0.0, 3 * HOUR), (4 * HOUR, FOR_EVER_S)),)
    assert rota(12.5).ways == (((0.0, FOR_EVER_S),),), "it works through lunch"
    assert rota(7.5, "closed").ways == (((0.5 * HOUR, 4.5 * HOUR), (5.5 * HOUR, FOR_EVER_S)),)
    assert rota(9, "paused").ways == (((600.0, 3 * HOUR), (4 * HOUR, FOR_EVER_S)),)
    assert rota(9, "closed").ways == (((4 * HOUR, FOR_EVER_S),), ()), "who is not there by nine comes at one, or not"


def test_a_day_of_other_hours_is_no_example() -> None:
    saturday = WorkedDay(hours=(HOURS[0],), counters={"1": MORNING})
    seen = snapshot(9)
    seen = msgspec.structs.replace(seen, learned=Learned(days=(saturday,)))
    assert Chances(seen, random.Random(0)).rotas[0].ways == rota(9).ways


def test_a_counter_that_is_closed_calls_when_it_opens_next() -> None:
    way = ((0.0, 100.0), (500.0, 900.0))
    assert [opens_at(way, when_s) for when_s in (50.0, 100.0, 400.0, 600.0, 900.0)] == [50.0, 500.0, 500.0, 600.0, None]
    assert opens_at((), 0.0) is None


def test_as_many_still_come_as_usually_and_more_on_a_busy_day(seed: int) -> None:
    chance = random.Random(seed)
    per_half_hour = tuple(10.0 if 16 <= slot < 24 else 0.0 for slot in range(48))
    shares = {"usual": 0.9, "elderly": 0.1}

    def come(taken: int) -> list[tuple[float, str]]:
        seen = snapshot(9, arrivals={"land": per_half_hour}, class_shares=shares)
        arrivals = Arrivals(msgspec.structs.replace(seen, taken=taken))
        found = []
        arrival = arrivals.after(0.0, chance)
        while arrival is not None:
            found.append((arrival[1], arrival[3]))
            arrival = arrivals.after(arrival[0], chance)
        return found

    usual = [come(20) for _ in range(200)]
    assert sum(map(len, usual)) / 200 == pytest.approx(60, rel=0.05), "ten per half hour until noon"
    assert all(0 <= when_s <= 3 * HOUR for some in usual for when_s, _ in some)
    assert [when_s for when_s, _ in usual[0]] == sorted(when_s for when_s, _ in usual[0])
    elderly = sum(name == "elderly" for some in usual for _, name in some)
    assert elderly / sum(map(len, usual)) == pytest.approx(0.1, abs=0.02)
    assert sum(len(come(60)) for _ in range(200)) / 200 == pytest.approx(120, rel=0.05), "(60 + 20) / (20 + 20) as many"
    assert Arrivals(snapshot(9)).after(0.0, chance) is None, "nothing is known of arrivals"


def test_calls_in_vain_and_the_way_to_the_counter_cost_what_they_did(seed: int) -> None:
    seen = snapshot(
        9,
        walking_s=(30,),
        between_s=(10,),
        vain_s=(140,),
        answers={"none": Answers(60.0, 10.0), "long": Answers(20.0, 20.0)},
    )
    chances = Chances(seen, random.Random(seed))
    blocked = [chances.blocked_s("land", 0, 1.5) for _ in range(2000)]
    assert set(blocked) == {140.0, 30 + 900.0 + 10}
    assert blocked.count(140.0) / 2000 == pytest.approx((10 + 20 * 30 / 80) / (60 + 20), abs=0.04)
    late = [chances.blocked_s("land", 0, 1.5, 9000.0) for _ in range(2000)]
    assert late.count(140.0) / 2000 == pytest.approx((20 + 20 * 30 / 80) / (20 + 20), abs=0.04), "many have gone"


def test_whoever_is_at_the_counter_keeps_it_for_the_rest() -> None:
    seen = snapshot(9, walking_s=(30,), between_s=(10,), vain_s=(200,))
    chances = Chances(seen, random.Random(0))

    def busy_s(**present: object) -> float:
        return chances.busy_s(0, msgspec.structs.replace(seen.counters[0], **present), 1.0)

    assert busy_s() == 0.0
    assert busy_s(service_id="land", elapsed_s=150.0) == 450 + 10
    assert busy_s(service_id="land", elapsed_s=20.0, called=True) == 10 + 600 + 10
    assert busy_s(service_id="land", elapsed_s=120.0, called=True) == 80, "nobody comes any more"
