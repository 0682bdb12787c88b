"""The life of an inquiry: what becomes of a low rating, by whom, and until when. Pure: steps in, inquiry or no out.

A low rating opens an inquiry. A manager takes it up or gives it to an owner, who may call the citizen back where a way
to do so was left, may ask the clerk for a statement, and answers within some working days whether the complaint holds.
The clerk may appeal once; a reviewer who had no part in the answer decides. Nobody acts in an inquiry that is about his
own work, and the clerk hears of one only when asked, and not before the day of the rating is over: so a single key that
was pressed today cannot be read off.
"""

from collections.abc import Callable, Iterable

import msgspec

from protocol.configuration import InquiryRules
from protocol.inquiries import STEPS_MOST, Inquiry, InquiryState, Step, StepKind

Later = Callable[[str, int], str]
"""Gives the n-th working day after a day, both as business dates."""


class NotAllowed(Exception):  # noqa: N818 -- it is an answer to somebody, by its code.
    """The step cannot be taken; ``code`` is that of the sentence that says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(inquiry: Inquiry, step: Step, rules: InquiryRules, later: Later) -> Inquiry:
    """Take one step. ``later(day, n)`` gives the n-th working day after a day. Raises :class:`NotAllowed`."""
    code = _why_not(inquiry, step)
    if code:
        raise NotAllowed(code)
    days = {"statement_asked": rules.statement_days, "answered": rules.appeal_days, "appealed": rules.answer_days}
    until = later(step.day, days[step.kind]) if step.kind in days else ""
    return stepped(inquiry, msgspec.structs.replace(step, until=until))


def stepped(inquiry: Inquiry, step: Step) -> Inquiry:
    """Give the inquiry after a step that was taken, with the day that it set then."""
    changes: dict[str, object] = {"steps": (*inquiry.steps, step)}
    match step.kind:
        case "given":
            changes |= {"owner": step.to, "state": "in_hand"}
        case "called_back":
            changes |= {"call_back": step.call_back}
        case "statement_asked":
            changes |= {"statement_asked": True, "statement_until": step.until, "hearing_id": step.step_id}
        case "stated":
            changes |= {"stated": True}
        case "answered":
            changes |= {"state": "answered", "finding": step.finding, "answered_day": step.day, "answered_by": step.by}
            changes |= {"appeal_until": step.until, "hearing_id": inquiry.hearing_id or step.step_id}
        case "appealed":
            changes |= {"state": "appealed", "review_until": step.until}
        case "reviewed":
            changes |= {"state": "closed", "finding": step.finding, "closed_day": step.day}
    return msgspec.structs.replace(inquiry, **changes)


def state_on(inquiry: Inquiry, today: str) -> InquiryState:
    """Give the state as of a day: an answer that nobody has appealed against in time is final."""
    if inquiry.state == "answered" and inquiry.appeal_until < today:
        return "closed"
    return inquiry.state


def done_day(inquiry: Inquiry, today: str) -> str:
    """Give the last day of an inquiry that is over; empty while it is not."""
    return (inquiry.closed_day or inquiry.appeal_until) if state_on(inquiry, today) == "closed" else ""


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
_ALWAYS: frozenset[StepKind] = frozenset({"stated", "answered", "appealed", "reviewed"})
"""What brings an inquiry to its end is taken however many steps there were."""


def _why_not(inquiry: Inquiry, step: Step) -> str:
    """Give the code of the reason why a step cannot be taken; empty when it can."""
    if step.kind in _BY_CLERK:
        return _why_not_by_clerk(inquiry, step)
    checks = (
        ("inquiry_long", len(inquiry.steps) >= STEPS_MOST and step.kind not in _ALWAYS),
        ("inquiry_own", inquiry.clerk_id in {step.by, step.to} - {""}),
        ("inquiry_over", inquiry.state not in _WHILE[step.kind]),
        ("inquiry_no_owner", step.kind == "given" and not step.to),
        ("inquiry_not_owner", step.kind not in {"given", "reviewed"} and step.by != inquiry.owner),
        ("inquiry_same_day", step.kind == "statement_asked" and step.day <= inquiry.rated_day),
        ("inquiry_no_clerk", step.kind == "statement_asked" and not inquiry.clerk_id),
        ("inquiry_asked", step.kind == "statement_asked" and inquiry.statement_asked),
        ("inquiry_statement_open", step.kind == "answered" and _waits_for_statement(inquiry, step.day)),
        ("inquiry_no_finding", step.kind in {"answered", "reviewed"} and not step.finding),
        ("inquiry_no_words", step.kind in {"answered", "reviewed"} and not step.has_words),
        ("inquiry_no_call_back", step.kind == "called_back" and not step.call_back),
        ("inquiry_same_reviewer", step.kind == "reviewed" and step.by in {inquiry.owner, inquiry.answered_by}),
    )
    return next((code for code, holds in checks if holds), "")


def _why_not_by_clerk(inquiry: Inquiry, step: Step) -> str:
    checks = (
        ("inquiry_not_yours", not shown_to_clerk(inquiry, step.by, step.day)),
        ("inquiry_over", inquiry.state not in _WHILE[step.kind]),
        ("inquiry_not_asked", step.kind == "stated" and not inquiry.statement_asked),
        ("inquiry_stated", step.kind == "stated" and inquiry.stated),
        ("inquiry_too_late", step.kind == "appealed" and step.day > inquiry.appeal_until),
        ("inquiry_no_words", not step.has_words),
    )
    return next((code for code, holds in checks if holds), "")


def _waits_for_statement(inquiry: Inquiry, day: str) -> bool:
    """An answer before the clerk was heard, within the time that was given for it, would be none."""
    return inquiry.statement_asked and not inquiry.stated and day <= inquiry.statement_until
