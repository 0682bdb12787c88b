"""Scales follow one another by day: each rating is by the scale that was asked, and a scale keeps its meaning."""

import msgspec
import pytest

from protocol import commands as c
from protocol import configuration as conf
from protocol import events as e
from protocol import views as v
from queue_server import core
from tests.support import invariants
from tests.support.halls import small_hall, words
from tests.support.tables import Table, play, visit_id

THREE = small_hall().rating_scale
FIVE = conf.RatingScale(
    scale_id="five",
    valid_from="2026-11-25",
    levels=tuple(
        conf.RatingLevel(level=level, names=words(f"Level {level}"), satisfied=level < 3) for level in range(1, 6)
    ),
)
SERVED = """
    take    V{0} civil_status
    signin  an 1
    call    1
    start   1
    wait    300
    end     1 received
    wait    2
"""


def configure(table: Table, configuration: conf.Configuration, effective: str = "now") -> str:
    command = c.Configure(
        function_id="staff-1",
        staff_role="technician",
        sources={},
        effective=effective,  # type: ignore[arg-type]  # One of the two.
    )
    reply = table.hall.ask(command, facts=table.hall.facts(configuration=configuration))
    invariants.check(table.hall)
    return f"{reply.code} {' '.join(reply.parts.values())}" if isinstance(reply, v.Refused) else "ok"


def hall_with(**changes: object) -> conf.Configuration:
    return small_hall(configuration_id="c" * 64, **changes)


def rated(table: Table) -> list[tuple[str, str, str, int]]:
    events = [event for event in table.hall.events() if isinstance(event, e.VisitRated)]
    return [(event.visit_id, event.channel, event.scale_id, event.level) for event in events]


def test_the_next_scale_is_asked_by_from_its_first_day_on() -> None:
    table = play(SERVED.format(1), small_hall(later_scales=(FIVE,)))
    table.line(0, "rate 1 3 -> counted")
    table.line(0, "rate 1 5 -> unknown_level")
    table.line(0, "wait 100")
    table.line(0, "at 08:00 2026-11-25")
    for line in SERVED.format(2).splitlines():
        table.line(0, line)
    assert core.rating_view(table.hall.branch, "counter-1").scale == FIVE
    table.line(0, "rate 1 5 -> counted")
    table.line(0, "wait 100")
    assert rated(table) == [(visit_id("V1"), "keypad", "three", 3), (visit_id("V2"), "keypad", "five", 5)]


def test_an_answer_to_an_old_page_is_asked_for_anew_and_never_read_by_another_scale() -> None:
    table = play(SERVED.format(1), small_hall(later_scales=(FIVE,)))
    table.line(0, "at 08:00 2026-11-25")
    answer = c.RateByLink(function_id="public-1", visit_id=visit_id("V1"), secret="f" * 32, level=3, scale_id="three")
    facts = table.hall.facts(secret_valid=True, old_visit=table.hall.old_visit(visit_id("V1")))
    reply = table.hall.ask(answer, facts=facts)
    assert isinstance(reply, v.Refused)
    assert reply.code == "scale_changed"
    assert rated(table) == []
    assert not isinstance(table.hall.ask(msgspec.structs.replace(answer, scale_id="five"), facts=facts), v.Refused)
    assert rated(table) == [(visit_id("V1"), "link", "five", 3)]


@pytest.mark.parametrize(
    ("scale", "refused"),
    [
        (THREE, ""),
        (msgspec.structs.replace(THREE, scale_id="other", levels=FIVE.levels), ""),
        (msgspec.structs.replace(THREE, levels=FIVE.levels), "scale_meaning three"),
        (
            msgspec.structs.replace(
                THREE, levels=(*THREE.levels[:2], msgspec.structs.replace(THREE.levels[2], satisfied=True))
            ),
            "scale_meaning three",
        ),
        (
            msgspec.structs.replace(
                THREE,
                levels=tuple(msgspec.structs.replace(level, names=words("Better said")) for level in THREE.levels),
            ),
            "",
        ),
    ],
    ids=["same", "another id", "more levels", "another border", "other words"],
)
def test_a_scale_that_is_known_keeps_what_its_levels_mean(scale: conf.RatingScale, refused: str) -> None:
    assert configure(play(""), hall_with(rating_scale=scale)) == (refused or "ok")


def test_what_authorities_are_told_may_be_said_later_once() -> None:
    def told(*official: str) -> conf.RatingScale:
        levels = zip(THREE.levels, official, strict=True)
        return msgspec.structs.replace(
            THREE, levels=tuple(msgspec.structs.replace(level, official=one) for level, one in levels)
        )

    first, second = (
        told("very_satisfied", "satisfied", "not_satisfied"),
        told("satisfied", "satisfied", "not_satisfied"),
    )
    table = play("")
    assert configure(table, hall_with(rating_scale=first)) == "ok"
    assert configure(table, small_hall(configuration_id="d" * 64, rating_scale=second)) == "scale_meaning three"


def test_the_scale_of_an_open_question_is_not_taken_away() -> None:
    table = play(SERVED.format(1))
    another = hall_with(rating_scale=msgspec.structs.replace(FIVE, valid_from=""))
    assert configure(table, another) == "would_strand three"
    table.line(0, "wait 100")
    assert configure(table, another) == "ok"
