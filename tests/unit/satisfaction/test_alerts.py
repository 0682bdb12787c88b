"""Alarms as tables: minute and answer in, what holds from when to when out."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from protocol.configuration import AlertRules
from queue_server.satisfaction.alerts import Answer, alerts

NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
RULES = AlertRules()


def minute(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


def answers(text: str, counter_id: str = "counter-1") -> list[Answer]:
    """Read ``0+ 3-``: a satisfied answer at 09:00, an unsatisfied one at 09:03."""
    return [Answer(minute(float(one[:-1])), counter_id, one.endswith("+")) for one in text.split()]


@pytest.mark.parametrize(
    ("given", "now", "expected"),
    [
        ("", 60, []),
        ("0- 1- 2-", 60, []),
        ("0- 1- 2- 3-", 10, [(3, None, 4, 4)]),
        ("0- 1- 2- 3-", 60, [(3, 15, 4, 4)]),
        ("0+ 1+ 2- 3-", 10, [(3, None, 2, 4)]),
        ("0+ 1+ 2+ 3-", 10, []),
        ("0- 1- 2- 15-", 60, []),
        ("0- 1- 2- 14.99-", 60, [(14.99, 15, 4, 4)]),
        ("0- 1- 2+ 3+ 4+", 60, [(3, 4, 2, 4)]),
        ("0+ 1- 2- 3+ 4- 5-", 60, [(3, 17, 4, 6)]),
        ("0- 1- 2- 3- 30- 31- 32- 33-", 60, [(3, 15, 4, 4), (33, 45, 4, 4)]),
        ("0- 1- 2- 3-", 2.9, []),
    ],
)
def test_an_alarm_begins_and_ends_by_itself(
    given: str, now: float, expected: list[tuple[float, float | None, int, int]]
) -> None:
    found = alerts(answers(given), RULES, minute(now))
    for counter_id in ("", "counter-1"):
        own = [one for one in found if one.counter_id == counter_id]
        assert [(one.since_at, one.until_at, one.unsatisfied, one.rated) for one in own] == [
            (minute(since), None if until is None else minute(until), low, of) for since, until, low, of in expected
        ]


def test_the_hall_is_alarmed_where_no_single_counter_is() -> None:
    both = sorted(answers("0- 2-", "counter-1") + answers("1- 3-", "counter-2"), key=lambda one: one.at)
    (alert,) = alerts(both, RULES, minute(5))
    assert (alert.counter_id, alert.since_at) == ("", minute(3))


def test_what_is_later_changes_no_alarm_that_began_earlier(seed: int) -> None:
    chance = random.Random(seed)
    given = [
        Answer(NINE + timedelta(seconds=at), f"counter-{chance.randint(1, 3)}", chance.random() < 0.6)
        for at in sorted(chance.sample(range(8 * 3600), 200))
    ]
    last = alerts(given, RULES, minute(600))
    assert last
    for at in range(0, 480, 7):
        now = minute(at)
        seen = {(one.counter_id, one.since_at) for one in alerts(given, RULES, now)}
        assert seen == {(one.counter_id, one.since_at) for one in last if one.since_at <= now}


def test_it_holds_exactly_while_the_last_quarter_of_an_hour_is_bad(seed: int) -> None:
    """A second way to the same: count the window anew at every half minute."""
    chance = random.Random(seed)
    given = [
        Answer(NINE + timedelta(seconds=at), "counter-1", chance.random() < 0.5)
        for at in sorted(chance.sample(range(8 * 3600), 120))
    ]
    found = [one for one in alerts(given, RULES, minute(600)) if not one.counter_id]
    for half_minutes in range(960):
        now = minute(half_minutes / 2)
        last = [one for one in given if now - timedelta(seconds=RULES.within_s) < one.at <= now]
        bad = sum(not one.satisfied for one in last)
        holds = len(last) >= RULES.least and 2 * bad >= len(last)
        assert holds == any(one.since_at <= now and (one.until_at is None or now < one.until_at) for one in found), now
