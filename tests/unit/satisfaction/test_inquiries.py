"""Inquiries as stories: who does what on which day, and what comes of it or why it is refused."""

from typing import Any

import pytest

from protocol.configuration import InquiryRules
from protocol.inquiries import Inquiry, Step
from queue_server.satisfaction.inquiries import (
    NotAllowed,
    done_day,
    in_time,
    shown_to_clerk,
    state_on,
    take,
)

RULES = InquiryRules(answer_days=3, statement_days=2, appeal_days=2)
DAYS = [f"2026-11-{day:02}" for day in (23, 25, 26, 27, 30)] + ["2026-12-01", "2026-12-02", "2026-12-03"]
"""The 24th is a holiday, the 28th and 29th a weekend."""


def later(day: str, count: int) -> str:
    """Give the count-th working day after a day."""
    return [one for one in DAYS if one > day][count - 1]


def low_rating(**changes: Any) -> Inquiry:
    return Inquiry(
        **{
            "inquiry_id": "1" * 32,
            "rated_day": "2026-11-23",
            "clerk_id": "an",
            "counter_id": "counter-1",
            "service_id": "land",
            "channel": "keypad",
            "level": 4,
            "reasons": ("attitude",),
            "answer_until": "2026-11-27",
            **changes,
        }
    )


def told(story: str, inquiry: Inquiry | None = None) -> str:
    """Take the steps ``day kind by [what]`` line by line; gives the last refusal, or the state."""
    inquiry = inquiry or low_rating()
    code = ""
    for line in filter(None, map(str.strip, story.splitlines())):
        day, kind, by, *what = line.split()
        more: dict[str, Any] = {"has_words": "silent" not in what, "step_id": f"{len(inquiry.steps) + 1:032}"}
        if kind == "given":
            more |= {"to": what[0]}
        if kind in {"answered", "reviewed"}:
            more |= {"finding": what[0] if what and what[0] != "silent" else ""}
        if kind == "called_back":
            more |= {"call_back": what[0]}
        code = ""
        try:
            inquiry = take(inquiry, Step(kind=kind, day=f"2026-{day}", by=by, **more), RULES, later)  # type: ignore[arg-type]  # One of the kinds.
        except NotAllowed as refused:
            code = refused.code
    return code or f"{inquiry.state} {inquiry.owner} {inquiry.finding}".strip()


TO_BOSS = "11-23 given boss boss\n"
ASKED = TO_BOSS + "11-25 statement_asked boss\n"
ANSWERED = TO_BOSS + "11-26 answered boss holds\n"


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("", "new"),
        (TO_BOSS, "in_hand boss"),
        (TO_BOSS + "11-25 given boss deputy", "in_hand deputy"),
        ("11-23 given boss an", "inquiry_own"),
        ("11-23 given an boss", "inquiry_own"),
        ("11-25 answered boss holds", "inquiry_over"),
        (TO_BOSS + "11-25 called_back deputy reached", "inquiry_not_owner"),
        (TO_BOSS + "11-25 called_back boss no_contact", "in_hand boss"),
        (TO_BOSS + "11-23 statement_asked boss", "inquiry_same_day"),
        (ASKED, "in_hand boss"),
        (ASKED + "11-25 statement_asked boss", "inquiry_asked"),
        (ASKED + "11-26 answered boss holds", "inquiry_statement_open"),
        (ASKED + "11-26 stated an\n11-26 answered boss holds_not", "answered boss holds_not"),
        (ASKED + "11-30 answered boss holds", "answered boss holds"),
        (ASKED + "11-26 stated binh", "inquiry_not_yours"),
        (ASKED + "11-26 stated boss", "inquiry_not_yours"),
        (ASKED + "11-26 stated an silent", "inquiry_no_words"),
        (ASKED + "11-26 stated an\n11-26 stated an", "inquiry_stated"),
        (TO_BOSS + "11-26 stated an", "inquiry_not_yours"),
        (TO_BOSS + "11-26 answered boss silent", "inquiry_no_finding"),
        (TO_BOSS + "11-26 answered boss holds silent", "inquiry_no_words"),
        (ANSWERED, "answered boss holds"),
        (ANSWERED + "11-27 stated an", "inquiry_over"),
        (ANSWERED + "11-30 appealed an", "appealed boss holds"),
        (ANSWERED + "12-01 appealed an", "inquiry_too_late"),
        (ANSWERED + "11-30 appealed binh", "inquiry_not_yours"),
        (ANSWERED + "11-30 appealed an\n12-01 reviewed boss holds", "inquiry_same_reviewer"),
        (ANSWERED + "11-30 appealed an\n12-01 reviewed an holds_not", "inquiry_own"),
        (ANSWERED + "11-30 appealed an\n12-01 reviewed head holds_not", "closed boss holds_not"),
        (ANSWERED + "11-30 appealed an\n12-01 reviewed head holds\n12-01 appealed an", "inquiry_over"),
        (ANSWERED + "11-30 reviewed head holds_not", "inquiry_over"),
    ],
)
def test_an_inquiry_goes_its_way(story: str, expected: str) -> None:
    assert told(story) == expected


def test_the_clerk_sees_only_his_own_and_never_on_the_day_itself() -> None:
    asked = low_rating(statement_asked=True)
    assert [shown_to_clerk(asked, "an", day) for day in ("2026-11-23", "2026-11-24")] == [False, True]
    assert not shown_to_clerk(asked, "binh", "2026-11-25")
    assert not shown_to_clerk(low_rating(clerk_id="", statement_asked=True), "", "2026-11-25")
    assert not shown_to_clerk(low_rating(), "an", "2026-11-25"), "not before somebody asks"
    assert shown_to_clerk(low_rating(answered_day="2026-11-25"), "an", "2026-11-25")


def test_an_answer_becomes_final_when_nobody_appealed() -> None:
    inquiry = low_rating(state="answered", answered_day="2026-11-26", appeal_until="2026-11-30")
    assert [state_on(inquiry, day) for day in ("2026-11-30", "2026-12-01")] == ["answered", "closed"]
    assert [done_day(inquiry, day) for day in ("2026-11-30", "2026-12-01")] == ["", "2026-11-30"]


def test_an_appeal_is_owed_a_decision_by_a_day() -> None:
    appealed = low_rating(state="appealed", answered_day="2026-11-26", review_until="2026-12-02")
    assert [appealed.is_overdue(day) for day in ("2026-12-02", "2026-12-03")] == [False, True]


def test_the_share_in_time_counts_what_is_owed() -> None:
    inquiries = [
        low_rating(answered_day="2026-11-27"),
        low_rating(answered_day="2026-11-30"),
        low_rating(),
        low_rating(answer_until="2026-12-03"),
    ]
    assert in_time(inquiries, "2026-11-27") == (1, 2), "what is still within its days is not counted"
    assert in_time(inquiries, "2026-12-01") == (1, 3)
    assert in_time([], "2026-12-01") == (0, 0)
