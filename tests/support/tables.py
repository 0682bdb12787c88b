"""Scenarios that read like a table: one line, one thing that somebody does, and what comes of it.

    at      08:05
    take    V1 civil_status elderly      -> H001
    signin  an 1                         -> ok
    call    1                            -> V1 priority
    start   1                            -> ok
    end     1 received                   -> ok
    rate    1 2                          -> counted
    state   V1                           -> ended

Visits are named ``V1``, ``V2`` … and counters by number. What stands behind ``->`` must come of the line; a line
without it must not be refused. Every promise of ``invariants`` is asserted after every line. The verbs are the methods
of :class:`Table` that begin with ``do_``; each takes the words behind the verb.
"""

from datetime import timedelta
from typing import Any

import msgspec

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.configuration import Configuration
from queue_server import core
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import MONDAY, key_of, small_hall

_RATING_FUNCTIONS = {"keypad": "rating-keypad", "terminal": "rating-terminal"}


def play(script: str, configuration: Configuration | None = None) -> "Table":
    """Play a table from 07:30 on a Monday, the day open; gives the table for questions of the test's own."""
    table = Table(configuration or small_hall())
    for number, line in enumerate(script.splitlines(), 1):
        table.line(number, line)
    return table


class Table:
    """A branch that is told what to do in words."""

    def __init__(self, configuration: Configuration) -> None:
        self.hall = DrivenBranch(configuration, instant("05:30"))
        self.hall.advance(instant("07:30"))
        self.day = MONDAY
        self.request_count = 0

    def line(self, number: int, line: str) -> None:
        """Do one line, and assert what it says and every promise."""
        text, _, expected = line.partition("#")[0].partition("->")
        if not text.strip():
            return
        came = self.say(text)
        if expected.strip():
            assert came == expected.strip(), f"line {number}, {line.strip()!r}: came {came!r}"
        else:
            assert not came.startswith("refused"), f"line {number}, {line.strip()!r}: came {came!r}"
        invariants.check(self.hall)

    def say(self, text: str) -> str:
        """Do what one line says, and tell what came of it."""
        verb, *words = text.split()
        came: str = getattr(self, f"do_{verb}")(*words)
        return came

    # Time

    def do_at(self, clock: str, day: str = "") -> str:
        self.day = day or self.day
        self.hall.advance(instant(clock, self.day))
        return "ok"

    def do_wait(self, seconds: str) -> str:
        self.hall.advance(self.hall.at + timedelta(seconds=float(seconds)))
        return "ok"

    def do_leap(self, seconds: str) -> str:
        """Let time pass while the loop is too busy to tick."""
        self.hall.at += timedelta(seconds=float(seconds))
        return "ok"

    # Tickets

    def do_take(self, name: str, service: str, priority_class: str = "usual", *more: str) -> str:
        """Take a number; ``by:staff-1``, ``for:death`` (a procedure) and ``in:en`` may follow."""
        options = dict(word.split(":") for word in more)
        function = options.get("by", "kiosk-1")
        return self._ask(
            "take_ticket",
            function_id=function,
            staff_role="clerk" if function.startswith("staff") else "",
            visit_id=visit_id(name),
            service_id=service,
            priority_class_id=priority_class,
            procedure_code=options.get("for", ""),
            language=options.get("in", "vi"),
        )

    def do_handover(self, name: str, service: str, number: str, clock: str, by: str = "kiosk-1") -> str:
        """Hand over a number given off line at a time of today, or of another day: ``2026-11-20T16:00``."""
        day, _, time = clock.rpartition("T")
        return self._ask(
            "hand_over_visit",
            function_id=by,
            visit_id=visit_id(name),
            service_id=service,
            priority_class_id="usual",
            prefix=number[0],
            number=int(number[1:]),
            taken_at=instant(time, day or self.day),
        )

    def do_left(self, function: str, prefix: str) -> str:
        """Tell which numbers of its own a kiosk is told to have left."""
        ranges = core.kiosk_view(self.hall.branch, {}, self.hall.at).kiosk_ranges
        left = next(one for one in ranges if (one.function_id, one.prefix) == (function, prefix))
        return f"{left.first}-{left.last}"

    def do_printed(self, name: str, state: str, copy: str = "0") -> str:
        return self._ask("report_ticket", function_id="kiosk-1", visit_id=visit_id(name), state=state, copy=int(copy))

    def do_cancel(self, name: str, by: str = "citizen", proof: str = "right") -> str:
        """Cancel by the citizen, whose ticket proves it rightly or wrongly, or by a clerk."""
        if by == "citizen":
            right = proof == "right"
            return self._ask("cancel_visit", is_secret_right=right, function_id="public-1", visit_id=visit_id(name))
        return self._ask(
            "cancel_visit", function_id="staff-1", staff_role="clerk", visit_id=visit_id(name), clerk_id=by
        )

    # Counters

    def do_signin(self, clerk: str, counter: str, work_profile: str = "") -> str:
        return self._ask(
            "sign_in_clerk",
            function_id="staff-1",
            staff_role="clerk",
            clerk_id=clerk,
            counter_id=f"counter-{counter}",
            work_profile_id=work_profile,
        )

    def do_signout(self, counter: str, *by: str) -> str:
        return self._at("sign_out_clerk", counter, *by)

    def do_release(self, counter: str, clerk: str, back: str = "", role: str = "manager", reason: str = "frail") -> str:
        """Sign out a clerk who has gone; ``back`` puts the visit in service back to its queue."""
        return self._ask(
            "release_counter",
            function_id="staff-1",
            staff_role=role,
            clerk_id="boss",
            counter_id=f"counter-{counter}",
            released_clerk_id=clerk,
            reason=reason,
            put_back=back == "back",
        )

    def do_open(self, counter: str, *by: str) -> str:
        return self._at("open_counter", counter, *by)

    def do_pause(self, counter: str, reason: str = "", *by: str) -> str:
        return self._at("pause_counter", counter, *by, reason=reason)

    def do_close(self, counter: str, reason: str = "", *by: str) -> str:
        return self._at("close_counter", counter, *by, reason=reason)

    # Calls

    def do_call(self, counter: str, *by: str) -> str:
        before = invariants.rivals(self.hall.branch, f"counter-{counter}", self.hall.at)
        log = len(self.hall.log)
        came = self._at("call_next", counter, *by)
        for event in self.hall.events(log):
            if isinstance(event, e.VisitCalled):
                invariants.check_call(before, event)
        return came

    def do_choose(self, counter: str, name: str, reason: str = "frail", *by: str) -> str:
        return self._at("call_visit", counter, *by, visit_id=visit_id(name), reason=reason)

    def do_key(self, counter: str, number: str, reason: str = "frail") -> str:
        prefix = number[0] if number[0].isalpha() else ""
        digits = int(number.lstrip(prefix) if prefix else number)
        return self._at("call_number", counter, "keypad", prefix=prefix, number=digits, reason=reason)

    def do_recall(self, counter: str, *by: str) -> str:
        return self._at("recall_visit", counter, *by)

    def do_noshow(self, counter: str, *by: str) -> str:
        return self._at("mark_no_show", counter, *by)

    def do_reinstate(self, counter: str, name: str, reason: str = "", *by: str) -> str:
        return self._at("reinstate_visit", counter, *by, visit_id=visit_id(name), reason=reason)

    def do_prioritize(self, counter: str, number: str, priority_class: str, reason: str = "papers", *by: str) -> str:
        prefix = number[0] if number[0].isalpha() else ""
        digits = int(number.lstrip(prefix) if prefix else number)
        return self._at(
            "prioritize_number",
            counter,
            *by,
            prefix=prefix,
            number=digits,
            priority_class_id=priority_class,
            reason=reason,
        )

    def do_resume(self, counter: str, name: str, *by: str) -> str:
        return self._at("resume_visit", counter, *by, visit_id=visit_id(name))

    # Services

    def do_start(self, counter: str, *by: str) -> str:
        return self._at("start_service", counter, *by)

    def do_end(self, counter: str, outcome: str = "received", back: str = "", *by: str) -> str:
        return self._at("end_service", counter, *by, outcome=outcome, come_back_today=back == "back")

    def do_park(self, counter: str, remind_after_s: str = "0", *by: str) -> str:
        return self._at("park_visit", counter, *by, remind_after_s=int(remind_after_s))

    def do_transfer(self, counter: str, to: str, position: str = "policy", *by: str) -> str:
        """Transfer to a service, a counter (``2``), or both (``land+2``)."""
        parts = [part for part in to.split("+") if part != "nowhere"]
        service = next((part for part in parts if not part.isdigit()), "")
        counter_id = next((f"counter-{part}" for part in parts if part.isdigit()), "")
        return self._at("transfer_visit", counter, *by, service_id=service, to_counter_id=counter_id, position=position)

    # Ratings

    def do_rate(self, counter: str, level: str, by: str = "keypad", *marks: str) -> str:
        """Press a key.

        Marks: ``stale``, ``buffered``, ``nonce`` (that of the open window), ``of:2``, ``same``, and ``ago:1.5`` for a
        press that comes in so many seconds late.
        """
        function = f"{_RATING_FUNCTIONS[by]}-{counter}"
        self.request_count += 0 if "same" in marks else 1
        other = next((mark[3:] for mark in marks if mark.startswith("of:")), counter)
        window = self.hall.branch.counters[f"counter-{other}"].window
        asks = "nonce" in marks or any(mark.startswith("of:") for mark in marks)
        nonce = window.nonce if window and asks else ""
        press = c.PressRating(
            function_id=function,
            press_id=f"{self.request_count:032x}",
            level=int(level),
            pressed_at=self.hall.at,
            nonce="stale" if "stale" in marks else nonce,
            buffered="buffered" in marks,
            reasons=("slow", "unheard") if "reasons" in marks else (),
        )
        ago_s = next((float(mark[4:]) for mark in marks if mark.startswith("ago:")), 0.0)
        press = msgspec.structs.replace(press, pressed_at=self.hall.at - timedelta(seconds=ago_s))
        reply, events = self.hall.ask_events(press)
        if isinstance(reply, v.Refused):
            return _told(reply)
        flags = [event.flag or "counted" for event in events if isinstance(event, e.RatingPressed)]
        return flags[0] if flags else "nothing"

    def do_link(self, name: str, level: str, proof: str = "right") -> str:
        return self._ask(
            "rate_by_link",
            is_secret_right=proof == "right",
            function_id="public-1",
            visit_id=visit_id(name),
            secret="f" * 32,
            level=int(level),
        )

    def do_rated(self, name: str) -> str:
        """Tell the ratings of a visit, ``keypad:2 link:1``."""
        rated = [event for event in self.hall.events() if isinstance(event, e.VisitRated)]
        own = [f"{event.channel}:{event.level}" for event in rated if event.visit_id == visit_id(name)]
        return " ".join(own) or "none"

    def do_asks(self, counter: str) -> str:
        """Tell whom the rating terminal of a counter asks, and in which tone."""
        window = core.rating_view(self.hall.branch, f"counter-{counter}").window
        return f"{window.prefix}{window.number:03d} {window.tone}" if window else "nobody"

    # The branch

    def do_openday(self) -> str:
        return self._ask("open_day", function_id="staff-1", staff_role="manager")

    def do_closeday(self) -> str:
        return self._ask("close_day", function_id="staff-1", staff_role="manager")

    # Questions of the table

    def do_state(self, name: str) -> str:
        return self.hall.branch.visits[visit_id(name)].state

    def do_number(self, name: str) -> str:
        visit = self.hall.branch.visits[visit_id(name)]
        return f"{visit.prefix}{visit.number:03d}"

    def do_waiting(self, counter: str = "") -> str:
        if counter:
            return str(core.counter_view(self.hall.branch, f"counter-{counter}", self.hall.at).waiting)
        return str(self.hall.branch.waiting)

    def do_next(self, counter: str) -> str:
        """Tell whom the console announces, in order, with the clause each would be called by."""
        view = core.counter_view(self.hall.branch, f"counter-{counter}", self.hall.at)
        return " ".join(f"{visit_name(visit.visit_id)}:{visit.clause}" for visit in view.next_visits) or "nobody"

    def do_counter(self, counter: str) -> str:
        present = self.hall.branch.counters[f"counter-{counter}"]
        return f"{present.state} {present.clerk_id or '-'}"

    def do_kiosk(self, service: str) -> str:
        """Tell what the kiosk shows of a service."""
        view = core.kiosk_view(self.hall.branch, {}, self.hall.at)
        return next(tile.state for tile in view.services if tile.service_id == service)

    # How it is done

    def _at(self, kind: str, counter: str, *by: str, **more: Any) -> str:
        """Ask at a counter: by whoever is signed in there, by a named clerk, or by its keypad."""
        counter_id = f"counter-{counter}"
        present = self.hall.branch.counters.get(counter_id)
        who = by[0] if by else (present.clerk_id if present else "")
        if who == "keypad":
            return self._ask(kind, function_id=f"call-keypad-{counter}", counter_id=counter_id, **more)
        return self._ask(kind, function_id="staff-1", staff_role="clerk", clerk_id=who, counter_id=counter_id, **more)

    def _ask(self, kind: str, *, is_secret_right: bool = False, **fields: Any) -> str:
        """Ask with a command of this type; an older day's visit is looked up, as the handler does."""
        old = self.hall.old_visit(str(fields.get("visit_id", "")))
        facts = self.hall.facts(old_visit=old, secret_valid=is_secret_right)
        return _told(self.hall.ask(command(kind, **fields), facts=facts))


def visit_id(name: str) -> str:
    """Give the id of ``V12``."""
    return f"{int(name.removeprefix('V')):032x}"


def visit_name(identity: str) -> str:
    """Give the name of an id, ``V12``."""
    return f"V{int(identity, 16)}"


def command(kind: str, **fields: object) -> c.AnyCommand:
    """Give a command by its type on the wire, ``call_next``, with its fields checked as the codec checks them."""
    made: c.AnyCommand = msgspec.convert({"type": kind, **fields}, c.AnyCommand)
    return made


def _told(reply: v.AnyReply) -> str:
    match reply:
        case v.TicketTaken():
            return f"{reply.prefix}{reply.number:03d}"
        case v.VisitCalledReply():
            return f"{visit_name(reply.visit_id)} {reply.clause}"
        case v.Refused():
            parts = " ".join(reply.parts.values())
            return f"refused {reply.code} {parts}".rstrip()
        case _:
            return "ok"


__all__ = ["Table", "key_of", "play", "visit_id", "visit_name"]
