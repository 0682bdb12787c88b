"""What became of a month's inquiries: each in one number, appeals beside them, and a clerk hears of answers alone."""

import pytest

from presentation.formats import number
from queue_server.reporting.inquiry_steps import InquiryCounts, InquiryStepRow, inquiry_counts
from queue_server.web.months_page import inquiry_lines
from tests.support.texts import shipped_texts

EN = shipped_texts().words("en")
TODAY = "2026-11-23"


def opened(number: int, day: str = "2026-11-02", until: str = "2026-11-09", clerk: str = "an") -> InquiryStepRow:
    return InquiryStepRow(
        seq=10 * number, day=day, inquiry_id=f"{number:032x}", step="opened", clerk_id=clerk, until=until
    )


def then(number: int, step: str, day: str, finding: str = "", after: int = 1) -> InquiryStepRow:
    return InquiryStepRow(seq=10 * number + after, day=day, inquiry_id=f"{number:032x}", step=step, finding=finding)


@pytest.mark.parametrize(
    ("steps", "fates"),
    [
        ((), {"overdue"}),
        ((then(1, "answered", "2026-11-09", "holds_not"),), {"in_time"}),
        ((then(1, "answered", "2026-11-10", "open"),), {"late"}),
        ((then(1, "answered", "2026-11-09", "holds"),), {"in_time", "held"}),
        (
            (then(1, "answered", "2026-11-09", "holds"), then(1, "appealed", "2026-11-10", after=2)),
            {"in_time", "held", "appealed"},
        ),
        (
            (
                then(1, "answered", "2026-11-09", "holds"),
                then(1, "appealed", "2026-11-10", after=2),
                then(1, "reviewed", "2026-11-16", "holds_not", after=3),
            ),
            {"in_time", "appealed", "reviewed", "changed"},
        ),
        (
            (
                then(1, "answered", "2026-11-09", "holds"),
                then(1, "appealed", "2026-11-10", after=2),
                then(1, "reviewed", "2026-11-16", "holds", after=3),
            ),
            {"in_time", "held", "appealed", "reviewed"},
        ),
    ],
)
def test_what_became_of_one(steps: tuple[InquiryStepRow, ...], fates: set[str]) -> None:
    counts = dict.fromkeys(fates, 1)
    found = inquiry_counts([opened(1), *steps], "2026-11", TODAY)
    assert found == (InquiryCounts(key="", opened=1, **counts), InquiryCounts(key="an", opened=1, **counts))


def test_what_is_not_due_yet_waits_and_is_in_no_share() -> None:
    (hall, _) = inquiry_counts([opened(1, until=TODAY)], "2026-11", TODAY)
    assert (hall.waiting, hall.overdue, hall.due) == (1, 0, 0)
    texts = {label: text for label, text, _ in inquiry_lines(hall, EN)}
    assert texts["Answered in time"] == "No data"
    assert texts["Not answered"] == "1"


def test_whoever_does_not_answer_makes_no_figure_better() -> None:
    steps = [opened(1), then(1, "answered", "2026-11-09", "holds"), opened(2), opened(3)]
    (hall, *_) = inquiry_counts(steps, "2026-11", TODAY)
    assert {label: text for label, text, _ in inquiry_lines(hall, EN)}["Answered in time"] == "1 / 3"


def test_each_clerk_has_their_own_and_other_months_stay_apart() -> None:
    steps = [
        opened(1, clerk="an"),
        opened(2, clerk="binh"),
        opened(3, clerk=""),
        opened(4, day="2026-10-30"),
        then(4, "answered", "2026-11-02", "holds"),
        opened(5, day="2026-12-01"),
    ]
    found = inquiry_counts(steps, "2026-11", TODAY)
    assert [(one.key, one.opened) for one in found] == [("", 3), ("an", 1), ("binh", 1)]
    assert inquiry_counts([], "2026-11", TODAY) == ()


def test_a_clerk_hears_of_what_was_answered_alone() -> None:
    counts = InquiryCounts(key="an", opened=7, in_time=1, late=1, waiting=5, held=1, appealed=1)
    own = {label: text for label, text, _ in inquiry_lines(counts, EN, is_own=True)}
    assert own == {"Answered": "2", "Complaint holds": "1 / 2", "Appealed by the clerk": "1", "Decided otherwise": "–"}
    assert number(EN, 7) not in own.values()
    assert inquiry_lines(None, EN) == inquiry_lines(InquiryCounts(key="an"), EN) == []
