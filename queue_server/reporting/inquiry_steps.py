"""Inquiries in the report tables: a row for each step that counts, and what became of those of a month. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from protocol import inquiry_events as ie

_TOLD: Final = frozenset({"answered", "appealed", "reviewed"})


class InquiryStepRow(msgspec.Struct, kw_only=True):
    """A step of an inquiry: opened, answered, appealed, reviewed. `day` is when it was done; opened: of the rating.

    `clerk_id` (whom it is about) and `until` (the last day for an answer) stand with the first one, `finding` with
    an answer and a review.
    """

    seq: int
    day: str
    inquiry_id: str
    step: str
    clerk_id: str = ""
    until: str = ""
    finding: str = ""


class InquiryCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the inquiries about one clerk (`key`), or of all in the hall (empty).

    Each opened one is answered in time, answered late, overdue, or waiting for a day to come. Of those answered `held`
    are those whose complaint holds, as it was decided last; `appealed` are those that the clerk appealed against,
    `reviewed` those of them that somebody else has decided, and `changed` those of them that were decided otherwise.
    """

    key: str
    opened: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    waiting: int = 0
    held: int = 0
    appealed: int = 0
    reviewed: int = 0
    changed: int = 0

    @property
    def due(self) -> int:
        """Count those of which it is known whether the promise was kept."""
        return self.in_time + self.late + self.overdue


def inquiry_steps(seq: int, event: ie.InquiryOpened | ie.InquiryStepped) -> list[InquiryStepRow]:
    """Give the row of a step; none for one that no figure tells of. What people wrote is in no event."""
    if isinstance(event, ie.InquiryOpened):
        one = event.inquiry
        opened = InquiryStepRow(
            seq=seq,
            day=one.rated_day,
            inquiry_id=one.inquiry_id,
            step="opened",
            clerk_id=one.clerk_id,
            until=one.answer_until,
        )
        return [opened]
    step = event.step
    row = InquiryStepRow(seq=seq, day=step.day, inquiry_id=event.inquiry_id, step=step.kind, finding=step.finding)
    return [row] if step.kind in _TOLD else []


def inquiry_counts(steps: Iterable[InquiryStepRow], month: str, today: str) -> tuple[InquiryCounts, ...]:
    """Count the inquiries of the ratings of a month: the hall first, then each clerk by id; nothing where none was.

    `today` is the last business day that is known.
    """
    stories: dict[str, list[InquiryStepRow]] = {}
    for step in steps:
        if step.step == "opened" and step.day[:7] == month:
            stories[step.inquiry_id] = [step]
        elif step.inquiry_id in stories:
            stories[step.inquiry_id].append(step)
    clerks = sorted({story[0].clerk_id for story in stories.values()} - {""})
    found = [_counts("", stories.values(), today)] if stories else []
    return (*found, *(_counts(one, (s for s in stories.values() if s[0].clerk_id == one), today) for one in clerks))


def _counts(key: str, stories: Iterable[list[InquiryStepRow]], today: str) -> InquiryCounts:
    told = [_fate(story, today) for story in stories]
    return InquiryCounts(key=key, opened=len(told), **{name: sum(name in one for one in told) for name in _FATES})


_FATES: Final = ("in_time", "late", "overdue", "waiting", "held", "appealed", "reviewed", "changed")


def _fate(story: list[InquiryStepRow], today: str) -> set[str]:
    """Give by name each number in which an inquiry is counted."""
    opened, by_step = story[0], {step.step: step for step in story}
    answered, reviewed = by_step.get("answered"), by_step.get("reviewed")
    if answered is None:
        return {"overdue" if opened.until < today else "waiting"}
    fate = {"in_time" if answered.day <= opened.until else "late"}
    if (reviewed or answered).finding == "holds":
        fate.add("held")
    if "appealed" in by_step:
        fate.add("appealed")
    if reviewed is not None:
        fate.add("reviewed")
        if reviewed.finding != answered.finding:
            fate.add("changed")
    return fate
