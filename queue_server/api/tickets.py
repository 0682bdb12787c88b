"""Tickets for other systems: found by the code of their QR, or by the code of an appointment.

The queue server knows no appointments. A ticket of one has a visit id that is made of the system's name and the
appointment's code, with a key of this program: so the same appointment always means the same ticket, no list of codes
is kept anywhere, the log holds none, and a system cannot even name the appointments of another. The secret of such a
ticket is made with this program's own link key, so of the tickets of kiosks it can find none whose code it is not told.
"""

import hashlib
import hmac
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Literal
from uuid import UUID

from protocol.commands import AnyCommand, CancelVisit, FindVisit, Introduce, TakeTicket
from protocol.configuration import PriorityClass
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.ticket_code import qr_text, read_ticket_code, ticket_code, ticket_secret
from protocol.views import AnyReply, Introduction, KioskView, Refused, TicketTaken, VisitFound
from queue_server.api.hall import waiting_range
from queue_server.api.problems import Refusal
from queue_server.api.shapes import Ticket, TicketState, TicketWanted
from queue_server.watched_hall import WatchedHall

ASKED_S: Final = 4.0
TICKET_CODE: Final = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}", re.ASCII)
APPOINTMENT_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
OVER: Final[frozenset[TicketState]] = frozenset({"ended", "no_show", "cancelled", "expired"})

_GONE: Final = frozenset({"busy", "storage", "internal", "unknown_device", "unknown_function"})
"""What the server refuses to everybody for now, or to this program: the system that asks can do nothing about it."""
_UNKNOWN: Final = frozenset({"secret_wrong", "unknown_visit"})

Done = Literal["made", "there"]

Noting = Callable[[str], AbstractContextManager[None]]
"""Gives what stands around the asking for a change of this visit, and sees the :class:`Refusal` that comes of it."""


class Tickets:
    """Finds, makes and cancels tickets; for any thread. Each method raises :class:`Refusal`."""

    def __init__(self, hall: WatchedHall, appointment_key: bytes) -> None:
        self._hall = hall
        self._appointment_key = appointment_key
        self._lock = threading.Lock()
        self._link_key = ""

    def by_code(self, code: str) -> Ticket:
        """Give the ticket whose QR holds this code."""
        read = read_ticket_code(code) if TICKET_CODE.fullmatch(code) else None
        if read is None:
            raise Refusal("code_malformed", "A ticket code is 32 hex digits, a hyphen and 32 more.")
        return self._found(read.visit_id, read.secret)

    def of_appointment(self, system_id: str, code: str) -> Ticket:
        """Give the ticket of an appointment."""
        return self._found(*self._named(system_id, code))

    def take(self, system_id: str, code: str, wanted: TicketWanted, noting: Noting) -> tuple[Ticket, Done]:
        """Give the ticket of an appointment, and make it if there is none; tells which."""
        visit_id, secret = self._named(system_id, code)
        try:
            there, class_id = self._found_with_class(visit_id, secret)
        except Refusal as refusal:
            if refusal.kind != "ticket_unknown":
                raise
        else:
            return _same(there, class_id, wanted), "there"
        command = TakeTicket(
            function_id=self._hall.function_id or "unknown",
            visit_id=visit_id,
            service_id=wanted.service_id,
            priority_class_id=wanted.priority_class_id or self._usual_class(),
            language=wanted.language,
        )
        with noting(visit_id):
            reply = self._ask(command)
            if not isinstance(reply, TicketTaken):
                raise _refusal(reply)
        return self._found(visit_id, secret), "made"

    def cancel(self, system_id: str, code: str, noting: Noting) -> Ticket:
        """Give back the number of an appointment; one that was given back stays so."""
        visit_id, secret = self._named(system_id, code)
        before = self._found(visit_id, secret)
        if before.state != "cancelled":
            function_id = self._hall.function_id or "unknown"
            with noting(visit_id):
                reply = self._ask(CancelVisit(function_id=function_id, visit_id=visit_id, secret=secret))
                if isinstance(reply, Refused):
                    raise _refusal(reply)
        return self._found(visit_id, secret)

    def kiosk(self) -> KioskView:
        """Give what kiosks show, as long as it is live."""
        view = self._hall.view("kiosk", KioskView)
        if view is None or self._hall.state != "up":
            raise Refusal("hall_unknown", again_s=2)
        return view

    def _named(self, system_id: str, code: str) -> tuple[str, str]:
        """Give the visit id of an appointment, a UUID of version 8, and the secret of its ticket."""
        if not APPOINTMENT_CODE.fullmatch(code):
            raise Refusal("code_malformed", "An appointment code has 1 to 64 letters, digits and . _ -")
        named = hmac.new(self._appointment_key, f"{system_id}\n{code}".encode(), hashlib.sha256).digest()[:16]
        made = bytearray(named)
        made[6], made[8] = made[6] & 0x0F | 0x80, made[8] & 0x3F | 0x80
        visit_id = UUID(bytes=bytes(made)).hex
        return visit_id, ticket_secret(self._own_key(), visit_id)

    def _own_key(self) -> str:
        """Give the link key of this program, which the server tells it once."""
        with self._lock:
            if not self._link_key:
                reply = self._ask(Introduce())
                if not isinstance(reply, Introduction) or not reply.link_key:
                    raise Refusal("hall_unknown", again_s=2)
                self._link_key = reply.link_key
            return self._link_key

    def _usual_class(self) -> str:
        classes = [one for one in self.kiosk().priority_classes if one.chosen_by == "citizen"]
        if not classes:
            raise Refusal("refused", "The hall has no class for everybody; name one.", code="unknown_class")
        return min(classes, key=_precedence).priority_class_id

    def _found(self, visit_id: str, secret: str) -> Ticket:
        return self._found_with_class(visit_id, secret)[0]

    def _found_with_class(self, visit_id: str, secret: str) -> tuple[Ticket, str]:
        """Give a ticket, and its priority class, which no answer tells: why somebody has precedence is theirs."""
        reply = self._ask(FindVisit(visit_id=visit_id, secret=secret))
        if not isinstance(reply, VisitFound):
            raise _refusal(reply)
        visit, waits = reply.visit, reply.visit.state == "waiting"
        link, code = self.kiosk().ticket_link, ticket_code(visit_id, secret)
        ticket = Ticket(
            visit_id=visit_id,
            number=f"{visit.prefix}{visit.number:03d}",
            service_id=visit.service_id,
            state=visit.state,
            taken_at=visit.taken_at,
            ahead=reply.ahead if waits else None,
            estimate=waiting_range(reply.estimate) if waits else None,
            counter_number=reply.counter_number or None,
            ticket_code=code,
            ticket_link=qr_text(link, code) if link.kind != "code" else None,
        )
        return ticket, visit.priority_class_id

    def _ask(self, command: AnyCommand) -> AnyReply:
        if self._hall.state != "up":
            raise Refusal("hall_unknown", again_s=2)
        try:
            return self._hall.ask(command, request_id=new_id(), deadline_s=ASKED_S)
        except LinkFull:
            raise Refusal("hall_unknown", again_s=2) from None
        except NoAnswer:
            raise Refusal("outcome_unknown", again_s=2) from None


def _precedence(one: PriorityClass) -> float:
    return one.slope


def _same(there: Ticket, class_id: str, wanted: TicketWanted) -> Ticket:
    """Give the ticket that is there, if it is what is wanted; who names no class takes it as it is."""
    if there.state in OVER:
        raise Refusal(
            "appointment_over", f"Its ticket {there.number} is {there.state}. Another one needs another code."
        )
    if there.service_id != wanted.service_id:
        raise Refusal("appointment_differs", f"Its ticket {there.number} is for {there.service_id}; cancel it first.")
    if wanted.priority_class_id and wanted.priority_class_id != class_id:
        raise Refusal("appointment_differs", f"Its ticket {there.number} is of another class; cancel it first.")
    return there


def _refusal(reply: AnyReply) -> Refusal:
    """Say what the server's no means to a system."""
    if not isinstance(reply, Refused):
        return Refusal("internal")
    if reply.code in _UNKNOWN:
        return Refusal("ticket_unknown")
    if reply.code == "link_expired":
        return Refusal("ticket_expired")
    if reply.code in _GONE:
        return Refusal("hall_unknown", again_s=2)
    return Refusal("refused", reply.sentences.get("en", ""), code=reply.code)
