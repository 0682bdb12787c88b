"""To which month a rating belongs: to the one in which it came, unless that was frozen, or a correction took it in."""

import random
from itertools import pairwise

import pytest

from queue_server.satisfaction.months import Belongs, Came, Correction, belongs, month_after, month_before

OCTOBER_CLOSED = {"2026-10": 1000}
PAPERS = Correction(seq=1500, month="2026-10", channel="paper", up_to_seq=1400)


@pytest.mark.parametrize(
    ("came", "month"),
    [
        (Came(900, "2026-10-30", "2026-10-30", "keypad"), "2026-10"),
        (Came(990, "2026-09-30", "2026-10-01", "link"), "2026-10"),  # By the day it came, not by its visit's.
        (Came(1200, "2026-10-30", "2026-11-02", "paper"), "2026-11"),
        # At night after the last business day was closed, and the month with it: nothing changes what is frozen.
        (Came(1001, "2026-10-30", "2026-10-30", "link"), "2026-11"),
        (Came(1000, "2026-10-30", "2026-10-30", "link"), "2026-10"),
    ],
)
def test_a_rating_belongs_to_the_month_in_which_it_came(came: Came, month: str) -> None:
    assert belongs(came, OCTOBER_CLOSED, ()) == Belongs(month)


def test_while_a_month_is_open_everything_of_its_days_belongs_to_it() -> None:
    assert belongs(Came(5000, "2026-10-30", "2026-10-30", "link"), {}, ()) == Belongs("2026-10")


def test_a_correction_takes_in_one_channel_up_to_an_event() -> None:
    def month(seq: int, channel: str, day: str = "2026-10-30") -> Belongs:
        return belongs(Came(seq, day, "2026-11-03", channel), OCTOBER_CLOSED, [PAPERS])

    assert month(1200, "paper") == Belongs("2026-10", 1500)
    assert month(1400, "paper") == Belongs("2026-10", 1500)
    assert month(1401, "paper") == Belongs("2026-11")  # It came after the figures that the correction was made by.
    assert month(1200, "link") == Belongs("2026-11")
    assert month(1200, "paper", "2026-11-02") == Belongs("2026-11")  # A visit of November.


def test_what_another_snapshot_has_counted_is_not_counted_again() -> None:
    came = Came(1200, "2026-10-30", "2026-11-03", "paper")
    assert belongs(came, {**OCTOBER_CLOSED, "2026-11": 1499}, [PAPERS]) == Belongs("2026-11")
    assert belongs(came, {**OCTOBER_CLOSED, "2026-11": 1500}, [PAPERS]) == Belongs("2026-10", 1500)


def test_a_rating_that_its_own_month_counts_is_not_taken_out_by_a_correction() -> None:
    assert belongs(Came(900, "2026-10-30", "2026-10-30", "paper"), OCTOBER_CLOSED, [PAPERS]) == Belongs("2026-10")


def test_every_rating_belongs_to_one_month_and_frozen_ones_stay_frozen(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(300):
        seq = chance.randint(1, 3000)
        day = f"2026-{chance.randint(8, 11):02d}-{chance.randint(1, 28):02d}"
        came = Came(seq, day, max(day, f"2026-{chance.randint(8, 12):02d}-05"), chance.choice(["paper", "link"]))
        closings = {f"2026-{8 + n:02d}": (n + 1) * 700 for n in range(4)}
        corrections = [
            Correction(seq=at, month=f"2026-{chance.randint(8, 11):02d}", channel="paper", up_to_seq=at - 50)
            for at in sorted(chance.sample(range(700, 3000), 3))
        ]
        found = belongs(came, closings, corrections)
        earlier = belongs(came, {month: reach for month, reach in closings.items() if reach <= 1400}, corrections[:1])
        if seq <= 1400 and not earlier.correction_seq and earlier.month <= "2026-09":
            assert found == earlier, "a later closing or correction changed what a snapshot had counted"


def test_months_follow_one_another_over_the_year() -> None:
    months = ["2026-10", "2026-11", "2026-12", "2027-01"]
    assert [month_after(one) for one in months[:-1]] == months[1:]
    assert all(month_before(after) == before for before, after in pairwise(months))
