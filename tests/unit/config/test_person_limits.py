"""Limits per person in a hall's file: what can be written there, and what is refused with place and mend."""

import pytest

from protocol.configuration import NumbersPerPerson, PersonLimits
from queue_server.config import MAIN, Mistake, Mistakes, parse
from tests.unit.config.test_config import WARD

OFF = "day = 0 # Numbers of one person a day at most …\nat_once = 0 #"
KNOWN = 'known_by = ["citizen_card"] # Also'
CIVIL = 'prefix = "H"\n'
WITHOUT = 'uses = ["without_card"]'


def ward(*changes: tuple[str, str]) -> dict[str, str]:
    """Give the ward's files with these pieces of its hall replaced."""
    text = WARD[MAIN]
    for old, new in changes:
        assert old in text, f"the ward's hall no longer says {old!r}"
        text = text.replace(old, new) if old == WITHOUT else text.replace(old, new, 1)
    return {**WARD, MAIN: text}


def limits(day: int, at_once: int) -> tuple[str, str]:
    return OFF, f"day = {day}\nat_once = {at_once} #"


def own(written: str) -> tuple[str, str]:
    return CIVIL, f"{CIVIL}{written}\n"


def told(*changes: tuple[str, str]) -> list[Mistake]:
    with pytest.raises(Mistakes) as caught:
        parse(ward(*changes))
    return list(caught.value.mistakes)


def test_a_hall_limits_nothing_unless_it_says_so() -> None:
    hall = parse(WARD)
    assert not hall.numbers_per_person.any
    assert not any(one.numbers_per_person.any or one.free_for_all for one in hall.services)
    without_the_table = WARD[MAIN][: WARD[MAIN].index("[numbers_per_person]")]
    rest = WARD[MAIN][WARD[MAIN].index("# --- Numbers that a kiosk may give") :]
    assert parse({**WARD, MAIN: without_the_table + rest}).numbers_per_person == NumbersPerPerson()


def test_limits_of_the_branch_and_of_a_service() -> None:
    hall = parse(ward(limits(3, 1), own("numbers_per_person = { day = 1 }"), (KNOWN, 'known_by = ["receipt"] # Also')))
    assert hall.numbers_per_person == NumbersPerPerson(day=3, at_once=1, known_by=("receipt",))
    services = {one.service_id: one.numbers_per_person for one in hall.services}
    assert (services["civil_status"], services["land"]) == (PersonLimits(day=1), PersonLimits())


@pytest.mark.parametrize(
    ("changes", "place", "what", "mend"),
    [
        ((limits(1, 2),), "numbers_per_person", "2 at once cannot be reached with 1 a day", "no more than day"),
        ((limits(1, 0), (KNOWN, "known_by = [] # Also")), "numbers_per_person.known_by", "nobody can", "citizen_card"),
        ((limits(1, 0), (WITHOUT, "uses = []")), "reasons", "somebody without a card", WITHOUT),
        (
            (own("numbers_per_person = { at_once = 1 }"), (WITHOUT, "uses = []")),
            "reasons",
            "somebody without a card",
            WITHOUT,
        ),
        (
            (own("numbers_per_person = { day = 1 }\nfree_for_all = true"),),
            "services[2].numbers_per_person",
            "free for all and has limits",
            "leave out",
        ),
        (
            (limits(2, 0), own("numbers_per_person = { day = 9 }")),
            "services[2].numbers_per_person",
            "9 a day is more than the branch allows (2)",
            "lower it",
        ),
        ((own("numbers_per_person = { days = 1 }"),), "services[2].numbers_per_person", "'days' is unknown", "'day'"),
        (
            (own("numbers_per_person = { day = 1, at_once = 3 }"),),
            "services[2]",
            "3 at once cannot",
            "no more than day",
        ),
    ],
)
def test_each_mistake_is_told_with_place_and_mend(
    changes: tuple[tuple[str, str], ...], place: str, what: str, mend: str
) -> None:
    mistakes = told(*changes)
    fitting = [one for one in mistakes if one.place.startswith(place) and what in one.what and mend in one.mend]
    assert len(mistakes) == len(fitting) == 1, "\n".join(map(str, mistakes))


def test_where_every_service_is_free_for_all_nothing_more_is_asked() -> None:
    text = WARD[MAIN].replace("service_id = ", "free_for_all = true\nservice_id = ").replace(*limits(1, 0))
    assert parse({**WARD, MAIN: text.replace(WITHOUT, "uses = []")}).numbers_per_person.day == 1
