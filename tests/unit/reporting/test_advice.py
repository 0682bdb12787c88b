"""Advice by scenarios: small halls whose waits can be counted by hand."""

import random

import msgspec
import pytest

from queue_server.reporting.advice import AHEAD_S, LEAST_DAYS, Advice, History, NoAdvice, Now, OpenCounter, advise
from queue_server.reporting.history import days_like

NINE = 9 * 3600
MINUTE = 60
PROMISE_S = 30 * MINUTE


def steady(per_hour: int, service: str = "land", days: int = 20) -> list[list[tuple[int, str]]]:
    """Days on which citizens come at the same pace from 07:00 to 12:00."""
    every_s = 3600 // per_hour
    return [[(at_s, service) for at_s in range(7 * 3600, 12 * 3600, every_s)] for _ in range(days)]


def history(per_hour: int, minutes: float = 10, days: int = 20) -> History:
    return History(arrivals=steady(per_hour, days=days), service_s={"land": [round(minutes * MINUTE)] * 40})


def counter(number: int, own: str = "land", helps: str = "") -> OpenCounter:
    return OpenCounter(f"counter-{number}", frozenset({own}), frozenset({helps} if helps else ()))


def hall(waiting: int = 0, serving: int = 1, idle: tuple[OpenCounter, ...] = (), **more: object) -> Now:
    now = Now(
        at_s=NINE,
        closes_at_s=12 * 3600,
        waiting={"land": ["land"] * waiting},
        waited_s={"land": 300} if waiting else {},
        serving=[counter(number) for number in range(1, serving + 1)],
        idle=idle,
        queue_of={"land": "land", "results": "results"},
        promise_s={"land": PROMISE_S, "results": PROMISE_S},
    )
    return msgspec.structs.replace(now, **more)


def advice(now: Now, past: History) -> Advice | NoAdvice:
    return advise(now, past, random.Random(7))


def test_a_quiet_hall_needs_nobody() -> None:
    found = advice(hall(serving=2, idle=(counter(4),)), history(per_hour=4))
    assert found == NoAdvice("needed", 20)


def test_a_hall_that_fills_up_is_told_which_counter_when_and_why() -> None:
    """One counter takes 5.6 an hour, and 12 come: before an hour is over the promise is broken."""
    found = advice(hall(waiting=2, idle=(counter(4),)), history(per_hour=12))
    assert isinstance(found, Advice)
    assert (found.counter_id, found.queue_id, found.promise_s) == ("counter-4", "land", PROMISE_S)
    assert NINE <= found.at_s <= found.slot_s < NINE + AHEAD_S
    assert found.before_s > PROMISE_S
    assert found.after_s < found.before_s - 5 * MINUTE
    assert (found.days, found.continuations) == (20, 60)
    assert found.broken > 36


def test_the_wait_is_the_one_that_can_be_counted_by_hand() -> None:
    """Six wait at one counter, each takes 10 minutes and 45 s: who comes at 09:00 waits 6 x 645 s, always."""
    past = History(arrivals=[[(NINE, "land")]] * LEAST_DAYS, service_s={"land": [600] * LEAST_DAYS})
    found = advice(hall(waiting=6, idle=(counter(4),)), past)
    assert isinstance(found, Advice)
    assert (found.before_s, found.slot_s, found.at_s, found.broken) == (6 * 645, NINE, NINE, 60)
    assert found.after_s == 3 * 645


def test_trouble_that_is_far_off_is_told_for_then() -> None:
    """Nobody comes until 10:15, then many: the counter is asked for a quarter of an hour before."""
    crowd = [(10 * 3600 + 900 + second, "land") for second in range(0, 900, 60)]
    past = History(arrivals=[crowd] * 12, service_s={"land": [600] * 40})
    found = advice(hall(idle=(counter(4),)), past)
    assert isinstance(found, Advice)
    assert found.slot_s == 10 * 3600 + 900
    assert found.at_s == 10 * 3600


def at_counter(number: int, *planned: tuple[int, int]) -> OpenCounter:
    return msgspec.structs.replace(counter(number), planned=planned)


def test_a_break_of_the_roster_is_foreseen() -> None:
    """Two counters keep up with 10 an hour; while one rests from 09:30 to 11:00 by the roster, the other cannot."""
    past = history(per_hour=10)
    whole = (7 * 3600, 12 * 3600)
    rests = at_counter(2, (7 * 3600, 9 * 3600 + 1800), (11 * 3600, 12 * 3600))
    calm = advice(hall(serving=0, idle=(counter(4),)), past)
    assert calm == NoAdvice("needed", 20), "a hall without counters has no waits to foresee"
    kept = msgspec.structs.replace(hall(idle=(counter(4),)), serving=[at_counter(1, whole), at_counter(2, whole)])
    assert advice(kept, past) == NoAdvice("needed", 20)
    found = advice(msgspec.structs.replace(kept, serving=[at_counter(1, whole), rests]), past)
    assert isinstance(found, Advice)
    assert found.counter_id == "counter-4"
    assert found.slot_s >= 9 * 3600 + 1800
    assert found.before_s > PROMISE_S > found.after_s


def test_a_counter_that_the_roster_opens_in_time_is_not_asked_for() -> None:
    past = history(per_hour=10)
    soon = at_counter(4, (NINE + 900, 12 * 3600))
    alone = hall(waiting=1, idle=(counter(4),))
    assert isinstance(advice(alone, past), Advice)
    planned = msgspec.structs.replace(alone, serving=[counter(1), soon])
    assert advice(planned, past) == NoAdvice("needed", 20)


def test_a_counter_of_the_roster_may_be_asked_for_before_its_time() -> None:
    """It comes by itself at 10:45, which is too late; it is counted once, not twice."""
    past = history(per_hour=12)
    late = at_counter(4, (10 * 3600 + 2700, 12 * 3600))
    found = advice(msgspec.structs.replace(hall(waiting=4), serving=[counter(1), late], idle=[late]), past)
    assert isinstance(found, Advice)
    assert (found.counter_id, found.at_s < 10 * 3600 + 2700) == ("counter-4", True)


def test_who_comes_when_everybody_has_gone_home_waits_in_vain() -> None:
    past = History(arrivals=[[(NINE + 1800, "land")]] * LEAST_DAYS, service_s={"land": [600] * LEAST_DAYS})
    gone = msgspec.structs.replace(hall(idle=(counter(4),)), serving=[at_counter(1, (7 * 3600, NINE + 600))])
    found = advice(gone, past)
    assert isinstance(found, Advice)
    assert (found.before_s, found.after_s) == (AHEAD_S, 0)


@pytest.mark.parametrize("days", [0, 1, LEAST_DAYS - 1])
def test_without_enough_days_there_is_none(days: int) -> None:
    assert advice(hall(waiting=20, idle=(counter(4),)), history(12, days=days)) == NoAdvice("history", days)


def test_a_service_that_was_hardly_ever_seen_is_not_guessed() -> None:
    past = History(arrivals=steady(12), service_s={"land": [600] * 9})
    assert advice(hall(waiting=9, idle=(counter(4),)), past) == NoAdvice("services", 20)


def test_a_counter_that_serves_something_else_is_not_opened() -> None:
    found = advice(hall(waiting=9, idle=(counter(4, "results"),)), history(12))
    assert isinstance(found, NoAdvice)
    assert (found.because, found.queue_id) == ("counter", "land")
    assert found.before_s > PROMISE_S


def test_of_two_counters_the_one_that_helps_more_is_named() -> None:
    """Counter 5 has its own queue full of people, and takes land only when nobody is left there."""
    busy = hall(waiting=6, idle=(counter(5, "results", helps="land"), counter(4)))
    busy = msgspec.structs.replace(
        busy, waiting={"land": ["land"] * 6, "results": ["results"] * 12}, waited_s={"land": 300, "results": 300}
    )
    past = msgspec.structs.replace(history(12), service_s={"land": [600] * 40, "results": [600] * 40})
    found = advice(msgspec.structs.replace(busy, promise_s={"land": PROMISE_S, "results": 10**6}), past)
    assert isinstance(found, Advice)
    assert found.counter_id == "counter-4"


def test_a_helper_is_opened_when_its_own_queue_is_empty() -> None:
    found = advice(hall(waiting=6, idle=(counter(5, "results", helps="land"),)), history(12))
    assert isinstance(found, Advice)
    assert found.counter_id == "counter-5"


def test_a_gain_too_small_for_a_clerks_way_is_no_advice() -> None:
    """Fourteen counters serve already: a fifteenth would shorten 45 waits of 34 minutes by two."""
    found = advice(hall(waiting=45, serving=14, idle=(counter(15),)), history(54, minutes=10))
    assert isinstance(found, NoAdvice)
    assert found.because == "counter"


def test_nothing_is_told_of_the_time_after_closing() -> None:
    late = hall(waiting=1, idle=(counter(4),), at_s=12 * 3600 - 60)
    assert advice(late, history(30)) == NoAdvice("needed", 20)


def test_days_that_disagree_keep_it_silent() -> None:
    """Every fourth day was a rush, the others were empty: the promise is broken in too few continuations."""
    arrivals = steady(20, days=5) + [[(NINE + 60, "land")] for _ in range(15)]
    past = History(arrivals=arrivals, service_s={"land": [600] * 40})
    assert advice(hall(idle=(counter(4),)), past) == NoAdvice("needed", 20)


def test_the_same_hall_gets_the_same_advice(seed: int) -> None:
    chance = random.Random(seed)
    now = hall(waiting=chance.randint(0, 15), idle=(counter(4),))
    past = history(chance.randint(4, 30), chance.randint(2, 20))
    assert advise(now, past, random.Random(seed)) == advise(now, past, random.Random(seed))


def test_days_like_today_are_its_own_weekday_when_there_are_enough() -> None:
    mondays = [f"2027-{month:02d}-{day:02d}" for month, day in ((3, 1), (3, 8), (3, 15), (3, 22), (3, 29))]
    mondays += ["2027-04-05", "2027-04-12", "2027-04-19", "2027-04-26", "2027-05-03"]
    others = ["2027-05-04", "2027-05-05"]
    assert days_like("2027-05-10", [*others, *mondays[::-1]]) == mondays[::-1]
    assert days_like("2027-05-10", [*others, *mondays[:0:-1]]) == [*others, *mondays[:0:-1]]
