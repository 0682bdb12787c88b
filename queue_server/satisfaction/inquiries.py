"""The life of an inquiry: what becomes of a low rating, by whom, and until when. Pure: steps in, inquiry or no out.

A low rating opens an inquiry. A manager takes it up or gives it to an owner, who may call the citizen back where a way
to do so was left, may ask the clerk for a statement, and answers within some working days whether the complaint holds.
The clerk may appeal once; a reviewer who had no part in the answer decides. Nobody acts in an inquiry that is about his
own work, and the clerk hears of one only when asked, and not before the day of the rating is over: so a single key that
was pressed today cannot be read off.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

StepKind = Literal["given", "called_back", "statement_asked", "stated", "answered", "appealed", "reviewed"]
InquiryState = Literal["new", "in_hand", "answered", "appealed", "closed"]
Finding = Literal["", "holds", "holds_not", "open"]
"""Whether the complaint holds; ``open``: that could not be told."""
CallBack = Literal["", "reached", "not_reached", "no_contact", "not_wanted"]

Words = Annotated[str, msgspec.Meta(max_length=2000)]


class InquiryRules(msgspec.Struct, frozen=True, kw_only=True):
    """How many working days people have in an inquiry that a low rating has opened."""

    answer_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    statement_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 2
    appeal_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One act in an inquiry: on which day, by which account, what it says. ``clerk_id`` is the account's, if any."""

    kind: StepKind
    day: str
    by: str
    clerk_id: str = ""
    to: str = ""
    """``given``: the owner's account, and who its holder is at a counter, if anybody."""
    to_clerk_id: str = ""
    finding: Finding = ""
    call_back: CallBack = ""
    text: Words = ""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """An inquiry as its steps left it. ``rated_day`` is when the rating counted, the days until are business dates."""

    inquiry_id: str
    rated_day: str
    clerk_id: str
    counter_id: str
    service_id: str
    channel: str
    level: int
    reasons: tuple[str, ...]
    answer_until: str
    statement_until: str = ""
    appeal_until: str = ""
    state: InquiryState = "new"
    owner: str = ""
    call_back: CallBack = ""
    statement_asked: bool = False
    stated: bool = False
    finding: Finding = ""
    answered_day: str = ""
    answered_by: str = ""
    steps: tuple[Step, ...] = ()

    def is_overdue(self, today: str) -> bool:
        """Tell whether an answer is owed since before today."""
        return not self.answered_day and self.answer_until < today

    @property
    def is_answered_in_time(self) -> bool:
        """Tell whether it was answered on its last day at the latest."""
        return bool(self.answered_day) and self.answered_day <= self.answer_until


class NotAllowed(Exception):  # noqa: N818 -- it is an answer to somebody, by its code.
    """The step cannot be taken; ``code`` is that of the sentence that says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(inquiry: Inquiry, step: Step, rules: InquiryRules, later: "Later") -> Inquiry:
    """Take one step. ``later(day, n)`` gives the n-th working day after a day. Raises :class:`NotAllowed`."""
    code = _why_not(inquiry, step)
    if code:
        raise NotAllowed(code)
    changes: dict[str, object] = {"steps": (*inquiry.steps, step)}
    match step.kind:
        case "given":
            changes |= {"owner": step.to, "state": "in_hand"}
        case "called_back":
            changes |= {"call_back": step.call_back}
        case "statement_asked":
            changes |= {"statement_asked": True, "statement_until": later(step.day, rules.statement_days)}
        case "stated":
            changes |= {"stated": True}
        case "answered":
            changes |= {"state": "answered", "finding": step.finding, "answered_day": step.day, "answered_by": step.by}
            changes |= {"appeal_until": later(step.day, rules.appeal_days)}
        case "appealed":
            changes |= {"state": "appealed"}
        case "reviewed":
            changes |= {"state": "closed", "finding": step.finding}
    return msgspec.structs.replace(inquiry, **changes)


class Later:
    """The working days that an inquiry is counted by: some days of the branch's calendar, ascending."""

    def __init__(self, working_days: Iterable[str]) -> None:
        self._days = sorted(working_days)

    def __call__(self, day: str, count: int) -> str:
        """Give the ``count``-th working day after ``day``; the last one known where the calendar ends before."""
        assert self._days, "a calendar has working days"
        following = [one for one in self._days if one > day]
        if not following:
            return self._days[-1]
        return following[min(count, len(following)) - 1] if count else day


def state_on(inquiry: Inquiry, today: str) -> InquiryState:
    """Give the state as of a day: an answer that nobody has appealed against in time is final."""
    if inquiry.state == "answered" and inquiry.appeal_until < today:
        return "closed"
    return inquiry.state


def shown_to_clerk(inquiry: Inquiry, clerk_id: str, today: str) -> bool:
    """Tell whether this clerk may see the inquiry: his own, asked about or answered, of a day that is over."""
    is_heard = inquiry.statement_asked or bool(inquiry.answered_day)
    return bool(clerk_id) and inquiry.clerk_id == clerk_id and is_heard and inquiry.rated_day < today


def in_time(inquiries: Iterable[Inquiry], today: str) -> tuple[int, int]:
    """Count the inquiries answered in time, of those that were answered or should have been by ``today``."""
    due = [inquiry for inquiry in inquiries if inquiry.answered_day or inquiry.is_overdue(today)]
    return sum(inquiry.is_answered_in_time for inquiry in due), len(due)


_WHILE: dict[StepKind, frozenset[InquiryState]] = {
    "given": frozenset({"new", "in_hand"}),
    "called_back": frozenset({"in_hand"}),
    "statement_asked": frozenset({"in_hand"}),
    "stated": frozenset({"in_hand"}),
    "answered": frozenset({"in_hand"}),
    "appealed": frozenset({"answered"}),
    "reviewed": frozenset({"appealed"}),
}
_BY_CLERK: frozenset[StepKind] = frozenset({"stated", "appealed"})


def _why_not(inquiry: Inquiry, step: Step) -> str:
    """Give the code of the reason why a step cannot be taken; empty when it can."""
    if step.kind in _BY_CLERK:
        return _why_not_by_clerk(inquiry, step)
    checks = (
        ("inquiry_own", inquiry.clerk_id in {step.clerk_id, step.to_clerk_id} - {""}),
        ("inquiry_over", inquiry.state not in _WHILE[step.kind]),
        ("inquiry_no_owner", step.kind == "given" and not step.to),
        ("inquiry_not_owner", step.kind not in {"given", "reviewed"} and step.by != inquiry.owner),
        ("inquiry_same_day", step.kind == "statement_asked" and step.day <= inquiry.rated_day),
        ("inquiry_asked", step.kind == "statement_asked" and inquiry.statement_asked),
        ("inquiry_statement_open", step.kind == "answered" and _waits_for_statement(inquiry, step.day)),
        ("inquiry_no_finding", step.kind in {"answered", "reviewed"} and not step.finding),
        ("inquiry_no_words", step.kind in {"answered", "reviewed"} and not step.text.strip()),
        ("inquiry_no_call_back", step.kind == "called_back" and not step.call_back),
        ("inquiry_same_reviewer", step.kind == "reviewed" and step.by in {inquiry.owner, inquiry.answered_by}),
    )
    return next((code for code, holds in checks if holds), "")


def _why_not_by_clerk(inquiry: Inquiry, step: Step) -> str:
    checks = (
        ("inquiry_not_yours", not shown_to_clerk(inquiry, step.clerk_id, step.day)),
        ("inquiry_over", inquiry.state not in _WHILE[step.kind]),
        ("inquiry_not_asked", step.kind == "stated" and not inquiry.statement_asked),
        ("inquiry_stated", step.kind == "stated" and inquiry.stated),
        ("inquiry_too_late", step.kind == "appealed" and step.day > inquiry.appeal_until),
        ("inquiry_no_words", not step.text.strip()),
    )
    return next((code for code, holds in checks if holds), "")


def _waits_for_statement(inquiry: Inquiry, day: str) -> bool:
    """An answer before the clerk was heard, within the time that was given for it, would be none."""
    return inquiry.statement_asked and not inquiry.stated and day <= inquiry.statement_until
