"""What a citizen does when the number is called, and called again."""

import dataclasses

import pytest

from motcua.demo.crowd import Crowd
from motcua.demo.people import Ending, Person

PERSON = Person(
    index=0,
    arrives_s=0,
    service_id="certification",
    priority_class_id="usual",
    language="vi",
    double_tap=False,
    walking_s=20,
    service_s=300,
    ending="served",
    outcome_key="1",
    rating_level=0,
    rating_after_s=5,
    rating_presses=1,
)


@pytest.mark.parametrize(
    ("ending", "comes_at_first", "comes_at_second"),
    [
        ("served", True, True),
        ("no_show", False, False),
        ("no_show_returns", False, True),
        ("cancels", True, True),
    ],
)
def test_who_comes(*, ending: Ending, comes_at_first: bool, comes_at_second: bool) -> None:
    crowd = Crowd()
    crowd.took("C001", "0" * 32, dataclasses.replace(PERSON, ending=ending))
    assert crowd.called("C001").comes() is comes_at_first
    assert crowd.called("C001").comes() is comes_at_second


def test_whoever_has_cancelled_does_not_come() -> None:
    crowd = Crowd()
    crowd.took("C001", "0" * 32, PERSON).gone = True
    assert not crowd.called("C001").comes()


@pytest.mark.parametrize(("ending", "first", "share"), [("parked", "park", 0.5), ("transferred", "transfer", 0.3)])
def test_a_visit_in_two_stints_takes_its_whole_time(ending: Ending, first: str, share: float) -> None:
    crowd = Crowd()
    crowd.took("C001", "0" * 32, dataclasses.replace(PERSON, ending=ending))
    visit = crowd.called("C001")
    visit.met = 1
    assert visit.stint() == (300 * share, first)
    visit.met = 2
    assert visit.stint() == (300 * (1 - share), "end")


def test_a_stranger_is_served_like_anybody() -> None:
    visit = Crowd().called("H099")
    assert visit.comes()
    assert visit.stint()[1] == "end"
