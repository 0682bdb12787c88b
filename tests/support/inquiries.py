"""A hall whose citizens are served and answer, and what managers and clerks then ask of alerts and inquiries."""

from datetime import timedelta
from itertools import count
from typing import Any

from protocol import inquiry_commands as ic
from protocol.configuration import AlertRules, Configuration, InquiryRules
from protocol.inquiries import Inquiry, RaisedAlert
from protocol.link import new_id
from protocol.views import Refused
from queue_server import core
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import small_hall
from tests.support.tables import Table

WORDS = "Công dân nói phải chờ lâu và được trả lời cộc lốc."
CLERKS = {1: "an", 2: "binh", 3: "chi"}
SERVICES = {1: "civil_status", 2: "land", 3: "results"}


def rated_hall(alerts: AlertRules | None = None, inquiries: InquiryRules | None = None) -> Configuration:
    """Give the small hall with these rules, else the shipped ones."""
    return small_hall(alerts=alerts or AlertRules(), inquiries=inquiries or InquiryRules())


def by(kind: Any, clerk_id: str = "boss", role: str = "manager", /, **fields: Any) -> Any:
    """Give a command of a person of the staff; each step has an id of its own."""
    if "step_id" in kind.__struct_fields__:
        fields.setdefault("step_id", new_id())
    return kind(function_id="staff-1", staff_role=role, clerk_id=clerk_id, **fields)


class RatedHall:
    """The small hall, asked as the handler would; words are kept in a dictionary."""

    def __init__(self, configuration: Configuration | None = None) -> None:
        self.table = Table(configuration or rated_hall())
        self.driven: DrivenBranch = self.table.hall
        self.words: dict[str, str] = {}
        self._visits = count(1)

    @property
    def branch(self) -> core.Branch:
        return self.driven.branch

    @property
    def alerts(self) -> list[RaisedAlert]:
        return list(self.branch.alerts.values())

    @property
    def inquiries(self) -> list[Inquiry]:
        return list(self.branch.inquiries.values())

    def rated(self, *levels: int, counter: int = 1, channel: str = "keypad") -> None:
        """Let citizens be served at a counter one after the other, and answer; each takes some two minutes."""
        if not self.branch.counters[f"counter-{counter}"].clerk_id:
            self._do(f"signin {CLERKS[counter]} {counter}")
        for level in levels:
            self._do(f"take V{next(self._visits)} {SERVICES[counter]}")
            for line in (f"call {counter}", f"start {counter}", "wait 20", f"end {counter} received", "wait 2"):
                self._do(line)
            terminal = " terminal" if channel == "terminal" else ""
            self._do(f"rate {counter} {level}{terminal}")
            self._do("wait 89")

    def at(self, clock: str, day: str = "") -> None:
        """Let time pass until then."""
        self.driven.advance(instant(clock, *([day] if day else [])))

    def ask(self, command: Any) -> Any:
        """Ask as somebody of the staff, with the words that the file would give."""
        self.driven.at += timedelta(seconds=1)
        reply, events = self.driven.ask_events(command, facts=self.driven.facts(step_words=dict(self.words)))
        for event in events:
            if getattr(command, "text", "").strip() and hasattr(event, "step"):
                self.words[event.step.step_id] = command.text
        return reply

    def code(self, kind: Any, clerk_id: str = "boss", role: str = "manager", /, **fields: Any) -> str:
        """Ask, and give the code of the refusal, or ``ok``."""
        reply = self.ask(by(kind, clerk_id, role, **fields))
        return reply.code if isinstance(reply, Refused) else "ok"

    def step(self, kind: str, clerk_id: str = "boss", **fields: Any) -> str:
        """Take a manager's step in the only inquiry."""
        (inquiry,) = self.inquiries
        return self.code(ic.StepInquiry, clerk_id, inquiry_id=inquiry.inquiry_id, kind=kind, **fields)

    def say(self, kind: str, clerk_id: str = "an", text: str = WORDS) -> str:
        """Let a clerk say something in the only inquiry that was opened to anybody."""
        (inquiry,) = self.inquiries
        hearing_id = inquiry.hearing_id or inquiry.inquiry_id
        return self.code(ic.SpeakInInquiry, clerk_id, "clerk", hearing_id=hearing_id, kind=kind, text=text)

    def _do(self, line: str) -> None:
        came = self.table.say(line)
        assert not came.startswith("refused"), f"{line}: {came}"
