"""Months: closed once, when all of their days are known; corrected and evaluated afterwards by the right ones."""

from typing import Any

import pytest

from protocol import codec
from protocol import month_commands as mc
from protocol import month_events as me
from protocol.evaluation import EvaluationClass, EvaluationForm, EvaluationIndicator
from protocol.views import Done, Refused
from queue_server import core
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall
from tests.support.voices import by

HASH = "a" * 64
WORDS = {"vi": "một", "en": "one"}
LINES = tuple(
    EvaluationIndicator(indicator_id=one, names=WORDS, two_points=WORDS, one_point=WORDS, no_point=WORDS)
    for one in ("speed", "attitude")
)
CLASSES = (EvaluationClass(class_id="weak", names=WORDS, from_points=0),)
FORM = EvaluationForm(form_id="two", valid_from="2026-12-15", names=WORDS, indicators=LINES, classes=CLASSES)
OLD = EvaluationForm(form_id="old", valid_from="2020-01-01", names=WORDS, indicators=LINES[:1], classes=CLASSES)


class Hall:
    """The small hall, open since Monday 23 November, asked as the handler would; ``knows`` is what the log tells."""

    def __init__(self) -> None:
        self.driven = DrivenBranch(small_hall(evaluation_forms=(OLD, FORM)), instant("07:00"))
        self.until("2026-11-23", "09:00")
        self.knows = 100

    @property
    def branch(self) -> core.Branch:
        return self.driven.branch

    def until(self, day: str, clock: str = "09:00") -> None:
        self.driven.advance(instant(clock, day))

    def code(self, command: Any) -> str:
        reply = self.driven.ask(command, facts=self.driven.facts(month_seq=self.knows))
        assert isinstance(reply, Done | Refused)
        return reply.code if isinstance(reply, Refused) else "ok"

    def close(self, month: str = "2026-11", seq: int = 100, role: str = "manager") -> str:
        return self.code(by(mc.CloseMonth, "boss", role, month=month, seq=seq, snapshot_hash=HASH))

    def correct(self, month: str = "2026-11") -> str:
        return self.code(by(mc.CorrectMonth, month=month, channel="paper", seq=150, reason="late_papers"))

    def evaluate(self, form_id: str = "old", month: str = "2026-11", clerk: str = "boss", **points: int) -> str:
        command = by(
            mc.EvaluateClerk, clerk, month=month, evaluated_id="an", form_id=form_id, points=points or {"speed": 2}
        )
        return self.code(command)


def test_a_month_is_closed_once_and_stays_so_over_new_days() -> None:
    hall = Hall()
    hall.until("2026-12-01")
    assert [hall.close(), hall.close(), hall.close(seq=200)] == ["ok", "month_closed", "month_closed"]
    assert hall.branch.months["2026-11"].by_clerk_id == "boss"
    hall.until("2026-12-02")
    assert any(isinstance(one, me.MonthsKept) for one in hall.driven.events())
    assert hall.close() == "month_closed"
    assert (hall.branch.months["2026-11"].seq, hall.branch.months["2026-11"].snapshot_hash) == (100, HASH)


def test_the_state_comes_back_from_the_last_opening_of_a_day() -> None:
    hall = Hall()
    hall.until("2026-12-01")
    hall.close()
    hall.until("2026-12-02")
    events = hall.driven.events()
    last = max(at for at, one in enumerate(events) if type(one).__name__ == "DayOpened")
    replayed = core.replay(events[last:], small_hall(evaluation_forms=(OLD, FORM)))
    assert replayed.months == hall.branch.months


def test_a_month_that_is_not_over_or_not_known_to_its_end_is_not_closed() -> None:
    hall = Hall()
    assert hall.close() == "month_not_over"
    hall.until("2026-11-30", "23:59")
    assert hall.close() == "month_not_over"
    hall.until("2026-12-01")
    assert hall.close(seq=99) == "month_behind"
    assert hall.close("2026-12") == "month_not_over"
    hall.knows = 0
    assert hall.close("2026-10") == "month_empty"
    assert hall.close("2021-11") == "month_too_old"
    assert not hall.branch.months


def test_a_month_whose_last_day_is_still_open_is_not_closed() -> None:
    hall = Hall()
    hall.until("2026-11-30", "09:00")
    hall.driven.at = instant("00:10", "2026-12-01")  # No tick since: nobody closed the day yet.
    assert hall.branch.day_open
    assert hall.close() == "month_day_open"


@pytest.mark.parametrize("role", ["clerk", "inspector", "technician", "usher"])
def test_only_managers_close_correct_and_evaluate(role: str) -> None:
    hall = Hall()
    hall.until("2026-12-01")
    assert hall.close(role=role) == "not_allowed"
    assert hall.code(by(mc.CorrectMonth, "an", role, month="2026-11", channel="paper", seq=9, reason="on_review")) == (
        "not_allowed"
    )
    command = by(mc.EvaluateClerk, "an", role, month="2026-11", evaluated_id="binh", form_id="old", points={"speed": 1})
    assert hall.code(command) == "not_allowed"


def test_only_closed_months_are_corrected_and_the_closing_stays_as_it_was() -> None:
    hall = Hall()
    hall.until("2026-12-01")
    assert hall.correct() == "month_not_closed"
    hall.close()
    before = hall.branch.months["2026-11"]
    assert hall.correct() == "ok"
    assert hall.branch.months["2026-11"] == before
    corrected = hall.driven.events()[-1]
    assert isinstance(corrected, me.MonthCorrected)
    assert (corrected.channel, corrected.seq, corrected.reason, corrected.clerk_id) == (
        "paper", 150, "late_papers", "boss",
    )  # fmt: skip


def test_somebody_else_fills_in_the_whole_form_that_holds_for_the_month() -> None:
    hall = Hall()
    assert hall.evaluate() == "month_not_over"
    hall.until("2026-12-16")
    assert hall.evaluate() == "ok"
    assert hall.evaluate(clerk="an") == "evaluation_own"
    assert hall.evaluate("two") == "evaluation_form"  # It began in December.
    assert hall.evaluate("none") == "evaluation_form"
    hall.until("2027-01-15")
    assert hall.evaluate("old", "2026-12") == "evaluation_form"  # The other one holds since then.
    assert hall.evaluate("two", "2026-12", speed=2, attitude=0) == "ok"
    assert hall.evaluate() == "ok", "November is still told by its own"
    assert hall.evaluate(speed=2, attitude=1) == "evaluation_points"
    evaluated = hall.driven.events()[-1]
    assert isinstance(evaluated, me.ClerkEvaluated)
    assert (evaluated.points, evaluated.evaluated_id, evaluated.clerk_id) == ({"speed": 2}, "an", "boss")


@pytest.mark.parametrize("points", [3, -1])
def test_an_indicator_has_0_1_or_2_points(points: int) -> None:
    command = by(mc.EvaluateClerk, month="2026-11", evaluated_id="an", form_id="old", points={"speed": points})
    with pytest.raises(codec.Malformed):
        codec.decode_command(codec.encode(command))
