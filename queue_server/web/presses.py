"""A press on the console as a command of the protocol. Pure.

The page names an action and its particulars; who asks, at which counter and in which role comes from the session and
the route, never from the page.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypedDict

import msgspec

from protocol import commands as c
from protocol.codec import Malformed, decode_command, encode
from protocol.message import VisitId

_TYPED_NUMBER: Final = re.compile(r"([A-ZĐ]{0,3})\s*[-.]?\s*0*([1-9][0-9]{0,5})")
PARK_REMINDER_S: Final = 900
"""After so long a parked visit is marked on the console, so that nobody is forgotten."""

_Text = Annotated[str, msgspec.Meta(max_length=64)]


class Press(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page sends. `request_id` is made by the page: a press that is sent twice is one press."""

    request_id: VisitId
    action: _Text
    serving_id: _Text = ""
    """The visit that the page showed at the counter when the key was pressed."""
    serving_service_id: _Text = ""
    after_call_id: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """The counter's last call that the page knew then."""
    visit_id: _Text = ""
    number: _Text = ""
    reason: _Text = ""
    outcome: _Text = ""
    come_back_today: bool = False
    service_id: _Text = ""
    to_counter_id: _Text = ""
    kiosk: _Text = ""
    priority_class_id: _Text = ""
    position: c.TransferPosition = "policy"
    goes: Literal["", "stay", "stop"] = ""
    """How a visit with further services goes on: as planned, at once here, or not at all."""
    services: Annotated[str, msgspec.Meta(max_length=600)] = ""
    """What follows, by ids with a plus between them."""
    note: Annotated[str, msgspec.Meta(max_length=280)] = ""
    help: _Text = ""
    """Whom a clerk calls: `supervisor`, `colleague`, or the id of a colleague's counter."""
    counter: _Text = ""
    """The counter to which somebody goes to help."""


class BadPress(Exception):  # noqa: N818 -- it is answered to the page.
    """The press cannot be a command; `text_key` names the sentence that tells why."""

    def __init__(self, text_key: str) -> None:
        self.text_key = text_key
        super().__init__(f"the press cannot be a command: {text_key}")


@dataclass(frozen=True)
class Asker:
    """Who presses, and where."""

    function_id: str
    staff_role: c.StaffRole
    clerk_id: str
    counter_id: str


def read_press(body: bytes) -> Press:
    """Read what the page sent; raises `BadPress`."""
    try:
        return msgspec.json.decode(body, type=Press)
    except msgspec.DecodeError as error:
        raise BadPress("refusal.malformed") from error


def checked_id(request_id: str) -> str:
    """Check an id that a form carried; raises `BadPress`."""
    try:
        return msgspec.convert(request_id, VisitId)
    except msgspec.ValidationError as error:
        raise BadPress("refusal.malformed") from error


def command_of(press: Press, asker: Asker) -> c.AnyCommand:
    """Make the command of a press; raises `BadPress`."""
    make = _MAKERS.get(press.action)
    if make is None:
        raise BadPress("refusal.malformed")
    command = make(press, asker)
    try:
        return decode_command(encode(command))  # A struct does not check itself when it is made, only when it is read.
    except Malformed as error:
        raise BadPress("refusal.malformed") from error


def _transfer(press: Press, asker: Asker) -> c.TransferVisit:
    if not press.service_id and not press.to_counter_id:
        raise BadPress("refusal.transfer_nowhere")
    return c.TransferVisit(
        **_who(asker),
        visit_id=press.serving_id,
        service_id=press.service_id,
        to_counter_id=press.to_counter_id,
        position=press.position,
        reason=press.reason,
        note=press.note,
    )


def _call_help(press: Press, asker: Asker) -> c.CallHelp:
    if press.help in ("supervisor", "colleague"):
        return c.CallHelp(**_who(asker), to="supervisor" if press.help == "supervisor" else "colleague")
    return c.CallHelp(**_who(asker), to="colleague", to_counter_id=press.help)


def _reinstate(press: Press, asker: Asker) -> c.ReinstateVisit | c.ReinstateNumber:
    if press.visit_id:
        return c.ReinstateVisit(**_who(asker), visit_id=press.visit_id, reason=press.reason)
    prefix, number = _typed_number(press)
    return c.ReinstateNumber(**_who(asker), prefix=prefix, number=number, reason=press.reason)


def _call_chosen(press: Press, asker: Asker) -> c.CallVisit | c.CallNumber:
    if not press.reason:
        raise BadPress("console.reason_required")
    if press.visit_id:
        return c.CallVisit(**_call(press, asker), visit_id=press.visit_id, reason=press.reason)
    prefix, number = _typed_number(press)
    return c.CallNumber(**_call(press, asker), prefix=prefix, number=number, reason=press.reason)


def _prioritize(press: Press, asker: Asker) -> c.PrioritizeNumber:
    if not press.priority_class_id:
        raise BadPress("console.class_required")
    if not press.reason:
        raise BadPress("console.reason_required")
    prefix, number = _typed_number(press)
    return c.PrioritizeNumber(
        **_who(asker),
        prefix=prefix,
        number=number,
        priority_class_id=press.priority_class_id,
        reason=press.reason,
    )


def _give(press: Press, asker: Asker) -> c.TakeTicket:
    """Give a number to somebody without a card. The visit has the id of the press, so one press is one number."""
    if not press.service_id:
        raise BadPress("console.service_required")
    if not press.reason:
        raise BadPress("console.reason_required")
    return c.TakeTicket(
        function_id=asker.function_id,
        staff_role=asker.staff_role,
        clerk_id=asker.clerk_id,
        visit_id=press.request_id,
        service_id=press.service_id,
        priority_class_id=press.priority_class_id,
        without_card=press.reason,
    )


def _typed_number(press: Press) -> tuple[str, int]:
    typed = _TYPED_NUMBER.fullmatch(unicodedata.normalize("NFC", press.number).strip().upper())
    if typed is None:
        raise BadPress("staff.wrong_number")
    return typed[1], int(typed[2])


class _Who(TypedDict):
    function_id: str
    staff_role: c.StaffRole
    clerk_id: str
    counter_id: str


class _Call(_Who):
    after_call_id: int | None


def _call(press: Press, asker: Asker) -> _Call:
    """Give what every call names: a page that has not seen the counter's last call calls nobody."""
    return _Call(**_who(asker), after_call_id=press.after_call_id)


def _who(asker: Asker) -> _Who:
    return _Who(
        function_id=asker.function_id,
        staff_role=asker.staff_role,
        clerk_id=asker.clerk_id,
        counter_id=asker.counter_id,
    )


_MAKERS: Final[dict[str, Callable[[Press, Asker], c.AnyCommand]]] = {
    "call_next": lambda press, asker: c.CallNext(**_call(press, asker)),
    "recall": lambda press, asker: c.RecallVisit(**_who(asker), visit_id=press.serving_id),
    "start": lambda press, asker: c.StartService(**_who(asker), visit_id=press.serving_id),
    "end": lambda press, asker: c.EndService(
        **_who(asker),
        visit_id=press.serving_id,
        service_id=press.serving_service_id,
        outcome=press.outcome,
        come_back_today=press.come_back_today,
        stay=press.goes == "stay",
        stop_here=press.goes == "stop",
    ),
    "plan": lambda press, asker: c.PlanServices(
        **_who(asker),
        visit_id=press.visit_id,
        service_ids=tuple(press.services.split("+")) if press.services else (),
    ),
    "find_note": lambda press, asker: c.FindNote(**_who(asker), visit_id=press.visit_id),
    "help": _call_help,
    "end_help": lambda _, asker: c.EndHelp(**_who(asker)),
    "answer_counter_help": lambda press, asker: c.AnswerCounterHelp(
        function_id=asker.function_id,
        staff_role=asker.staff_role,
        clerk_id=asker.clerk_id,
        counter_id=press.counter,
    ),
    "no_show": lambda press, asker: c.MarkNoShow(**_who(asker), visit_id=press.serving_id),
    "park": lambda press, asker: c.ParkVisit(**_who(asker), visit_id=press.serving_id, remind_after_s=PARK_REMINDER_S),
    "resume": lambda press, asker: c.ResumeVisit(**_call(press, asker), visit_id=press.visit_id),
    "reinstate": _reinstate,
    "cancel": lambda press, asker: c.CancelVisit(
        function_id=asker.function_id, staff_role=asker.staff_role, clerk_id=asker.clerk_id, visit_id=press.visit_id
    ),
    "answer_help": lambda press, asker: c.AnswerHelp(
        function_id=asker.function_id,
        staff_role=asker.staff_role,
        clerk_id=asker.clerk_id,
        kiosk_function_id=press.kiosk,
    ),
    "pause": lambda press, asker: c.PauseCounter(**_who(asker), reason=press.reason),
    "open": lambda _, asker: c.OpenCounter(**_who(asker)),
    "sign_in": lambda _, asker: c.SignInClerk(**_who(asker)),
    "sign_out": lambda _, asker: c.SignOutClerk(**_who(asker)),
    "transfer": _transfer,
    "call_chosen": _call_chosen,
    "prioritize": _prioritize,
    "give": _give,
}
ACTIONS: Final = frozenset(_MAKERS)
"""All that the console can press."""
