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

import hashlib
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
from tests.support.halls import MONDAY, UTC_OFFSET_S, key_of, small_hall

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

    def do_take(self, name: str, service: str, *more: str) -> str:
        """Take a number, of the usual class unless one follows.

        ``by:staff-1``, ``for:death`` (a procedure), ``in:en``, ``who:lan`` (a person) and ``without:no_card`` (the
        reason for which staff give a number without a card) may follow.
        """
        options = dict(word.split(":") for word in more if ":" in word)
        priority_class = next((word for word in more if ":" not in word), "usual")
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
            person_mark=mark_of(options.get("who", "")),
            without_card=options.get("without", ""),
            clerk_id=options.get("clerk", ""),
        )

    def do_held(self, who: str, service: str, by: str = "kiosk-1") -> str:
        """Tell the number that keeps a person from another of the service."""
        return self._ask("find_held_number", function_id=by, person_mark=mark_of(who), service_id=service)

    def do_handover(self, name: str, service: str, number: str, clock: str, *more: str) -> str:
        """Hand over a number given off line at a time of today, or of another day: ``2026-11-20T16:00``.

        Another kiosk than ``kiosk-1`` and ``who:lan`` (a person) may follow.
        """
        by = next((word for word in more if ":" not in word), "kiosk-1")
        who = next((word.removeprefix("who:") for word in more if ":" in word), "")
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
            person_mark=mark_of(who),
        )

    def do_over(self, name: str) -> str:
        """Tell whether a number is marked as one more than its person may have."""
        return "over" if self.hall.branch.visits[visit_id(name)].over_limit else "within"

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

    def do_saw(self, key: str, counter: str, clerk: str) -> str:
        """Press a key of the call keypad as it last saw this clerk at the counter."""
        function_id, counter_id = f"call-keypad-{counter}", f"counter-{counter}"
        return self._ask(key, function_id=function_id, counter_id=counter_id, clerk_id=clerk)

    # Calls

    def do_late(self, key: str, counter: str, seen: str = "", *more: str) -> str:
        """Press a key as whoever last saw this visit there (``V1``, ``V1/land``), or this as the last call (``4``)."""
        name, _, service = seen.partition("/")
        if name.isdigit():
            own: dict[str, Any] = {"visit_id": visit_id(more[0])} if more else {}
            own |= {"reason": "frail"} if key == "call_visit" else {}
            own |= {"reason": "frail", "number": 3} if key == "call_number" else {}
            return self._at(key, counter, after_call_id=int(name), **own)
        if key == "end_service":
            return self._at(key, counter, visit_id=visit_id(name), service_id=service, outcome="received")
        own = {"to_counter_id": "counter-2"} if key == "transfer_visit" else {}
        return self._at(key, counter, visit_id=visit_id(name), **own)

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

    def do_back(self, counter: str, number: str, reason: str = "", *by: str) -> str:
        """Reinstate by the number on the ticket."""
        prefix = number[0] if number[0].isalpha() else ""
        digits = int(number.lstrip(prefix) if prefix else number)
        return self._at("reinstate_number", counter, *by, prefix=prefix, number=digits, reason=reason)

    def do_resume(self, counter: str, name: str, *by: str) -> str:
        return self._at("resume_visit", counter, *by, visit_id=visit_id(name))

    # Services

    def do_start(self, counter: str, *by: str) -> str:
        return self._at("start_service", counter, *by)

    def do_end(self, counter: str, outcome: str = "received", how: str = "", *by: str) -> str:
        """End a service; ``back``: papers are fetched, ``stay``: what follows begins here, ``stop``: it does not."""
        return self._at(
            "end_service",
            counter,
            *by,
            outcome=outcome,
            come_back_today=how == "back",
            stay=how == "stay",
            stop_here=how == "stop",
        )

    def do_plan(self, counter: str, name: str, services: str, *by: str) -> str:
        """Plan what follows for a visit, ``land+results``, or ``nothing``."""
        chosen = [] if services == "nothing" else services.split("+")
        return self._at("plan_services", counter, *by, visit_id=visit_id(name), service_ids=chosen)

    def do_comes(self, name: str) -> str:
        """Tell what a visit is in for, and what follows."""
        visit = self.hall.branch.visits[visit_id(name)]
        return " ".join((visit.service_id, *visit.coming))

    def do_park(self, counter: str, remind_after_s: str = "0", *by: str) -> str:
        return self._at("park_visit", counter, *by, remind_after_s=int(remind_after_s))

    def do_transfer(self, counter: str, to: str, position: str = "policy", *by: str) -> str:
        """Transfer to a service, a counter (``2``), or both (``land+2``)."""
        parts = [part for part in to.split("+") if part != "nowhere"]
        service = next((part for part in parts if not part.isdigit()), "")
        counter_id = next((f"counter-{part}" for part in parts if part.isdigit()), "")
        return self._at("transfer_visit", counter, *by, service_id=service, to_counter_id=counter_id, position=position)

    # Help between counters

    def do_help(self, counter: str, to: str = "colleague", *by: str) -> str:
        """Call for help: a supervisor, any colleague, or the one at a counter (``2``)."""
        other = f"counter-{to}" if to.isdigit() else ""
        return self._at("call_help", counter, *by, to="colleague" if other else to, to_counter_id=other)

    def do_helped(self, counter: str, *by: str) -> str:
        return self._at("end_help", counter, *by)

    def do_goes(self, clerk: str, counter: str, role: str = "clerk") -> str:
        """Somebody goes to the counter that called for help."""
        return self._ask(
            "answer_counter_help",
            function_id="staff-1",
            staff_role=role,
            clerk_id=clerk,
            counter_id=f"counter-{counter}",
        )

    def do_wants(self, counter: str) -> str:
        """Tell what the hall's view says of a counter's call for help."""
        view = core.hall_view(self.hall.branch, {}, self.hall.at)
        for one in view.counter_help:
            if one.counter_id == f"counter-{counter}":
                return f"{one.to_counter_id or one.to} {one.answered_by or '-'}"
        return "nobody"

    def do_asked(self, counter: str) -> str:
        """Tell which counters ask the clerk here for help, on the console."""
        view = core.counter_view(self.hall.branch, f"counter-{counter}", self.hall.at)
        return " ".join(str(one.number) for one in view.asked) or "nobody"

    def do_own(self, counter: str) -> str:
        """Tell the figures of the clerk at a counter: served, within target, median, calls, chosen, no-shows."""
        own = core.counter_view(self.hall.branch, f"counter-{counter}", self.hall.at).own
        return f"{own.served} {own.within_target} {own.median_service_s} {own.calls} {own.chosen} {own.no_shows}"

    def do_ledger(self) -> str:
        """Tell the order ledger, newest first."""
        entries = core.order_view(self.hall.branch).entries
        told = [f"{one.prefix}{one.number:03d}:{one.kind}:{one.clerk_id}:{one.passed_over}" for one in entries]
        return " ".join(told) or "empty"

    def do_classes(self, counter: str) -> str:
        """Tell who waits for a counter by class: how many, of them in backup queues, the head."""
        view = core.counter_view(self.hall.branch, f"counter-{counter}", self.hall.at)
        told = [f"{one.priority_class_id}:{one.waiting}/{one.backup}:{one.prefix}{one.number}" for one in view.classes]
        return " ".join(told) or "nobody"

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

    def do_stop(self, what: str, role: str = "manager", *more: str) -> str:
        """Stop the hall with a message of the configuration, ``-`` for none, ``free:Words_of_its_own``."""
        free = what.removeprefix("free:").replace("_", " ") if what.startswith("free:") else ""
        return self._ask(
            "stop_hall",
            function_id="staff-1",
            staff_role=role,
            clerk_id="boss",
            emergency_id="" if free or what == "-" else what,
            names={"vi": free} if free else {},
            ends_with_day="today" in more,
        )

    def do_goon(self, told: str = "now", role: str = "manager") -> str:
        """Resume the hall, by the message that is told, or by one of another time."""
        stopped = self.hall.branch.stopped
        told_at = stopped.at if stopped is not None and told == "now" else instant("00:00")
        return self._ask("resume_hall", function_id="staff-1", staff_role=role, clerk_id="boss", told_at=told_at)

    def do_stopped(self) -> str:
        """Tell what the hall is stopped with, and since when; every view of people says the same."""
        branch = self.hall.branch
        topics = [topic for topic in core.topics(branch) if topic not in ("devices", "order")]
        told = [getattr(core.view_of(branch, topic, {}, self.hall.at), "stopped", None) for topic in topics]
        assert all(one == told[0] for one in told), told
        if told[0] is None:
            return "going"
        since = (told[0].since_at + timedelta(seconds=UTC_OFFSET_S)).strftime("%d/%m %H:%M")
        return f"{told[0].emergency_id or told[0].names.get('vi', '-')} since {since}"

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


def mark_of(who: str) -> str:
    """Give the mark of a person by name; nobody has none."""
    return hashlib.sha256(who.encode()).hexdigest()[:32] if who else ""


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
        case v.VisitFound():
            return f"{reply.visit.prefix}{reply.visit.number:03d} {reply.visit.state}"
        case v.VisitCalledReply():
            return f"{visit_name(reply.visit_id)} {reply.clause}"
        case v.Refused():
            parts = " ".join(reply.parts.values())
            return f"refused {reply.code} {parts}".rstrip()
        case _:
            return "ok"


__all__ = ["Table", "key_of", "mark_of", "play", "visit_id", "visit_name"]
