"""A kiosk at its printer, for the table of faults: the real flow, the real owner, a real link, and paper as the judge.

The flow's screen is read as words, its reports as the technician's page writes them, and what came out of the simulated
printer is compared with the tickets dot by dot.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
from PIL import Image

from hardware import registry
from hardware.printer import Profile
from hardware.simulated.remote import Remote
from hardware.ticket import draw_ticket
from kiosk.ticket import model as m
from kiosk.ticket.paper import ticket_content
from kiosk.ticket.printing import Printing
from kiosk.widgets.page import Notice
from protocol.commands import ReportDevice
from protocol.views import DeviceLine, DevicesView
from queue_server.web.devices_page import devices_page
from tests.support.devices import Heard
from tests.support.kiosks import MONDAY_8, TO_NUMBER, Scene, ward_texts
from tests.support.paper_hall import hall_view

FIRST_NUMBER = 25


def _ink(width_dots: int, picture: Image.Image) -> bytes:
    """Give the rows as a printer receives them: 1 is ink."""
    assert picture.width == width_dots
    return picture.convert("L").point([255] + [0] * 255).convert("1").tobytes()


@dataclass
class Desk:
    """One kiosk and its printer, and what has been seen at them."""

    control: Remote
    device: str
    address: str
    profile: Profile
    folder: Path
    between: Any = None  # What a row has put between the kiosk and its printer.
    citizen: list[str] = field(default_factory=list)
    technician: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scene = Scene(settings=m.Settings(language="en")).opened()
        self.words = ward_texts().words("en")
        self.told = Heard()
        self._taken = self._ordered = 0
        self._tickets: dict[tuple[str, int], bytes] = {}  # (number, copy) -> the dots that it must have.
        self.jobs = self.folder / "jobs.db"
        self.printing = Printing(registry.find(self.address), self.profile, self.folder, self.told, health_every_s=0.05)

    def close(self) -> None:
        self.printing.close()

    # --- what people and devices do ---

    def take(self) -> None:
        """A citizen takes a number."""
        if self.scene.page.name == "number":
            self.scene.touch("done")
        number = FIRST_NUMBER + self.scene.count(m.Ask, "TakeTicket")
        self.scene.touch(*TO_NUMBER).disk().number(number)
        self._carry_out()

    def touch(self, action: str) -> None:
        self.scene.touch(action)
        self._carry_out()

    def fault(self, fault: str, *, on: bool = True, **more: object) -> None:
        self.control.order("fault", device=self.device, fault=fault, on=on, **more)

    def _carry_out(self) -> None:
        """Give the flow's effects to the printer, as the program does."""
        effects, self._ordered = self.scene.effects[self._ordered :], len(self.scene.effects)
        for effect in effects:
            match effect:
                case m.Print(ticket):
                    self._print(ticket)
                case m.VoidTicket(job_id):
                    self.printing.withdraw(job_id)

    def _print(self, ticket: m.Ticket) -> None:
        content = ticket_content(ticket, self.scene.view, None, ward_texts())
        dots = _ink(self.profile.width_dots, draw_ticket(content, self.profile.width_dots))
        self._tickets[content.number_text, ticket.copy] = dots
        self.printing.print(ticket, lambda: content)

    # --- what is seen ---

    def _until(self, seen: Callable[[], str | None], timeout_s: float) -> str:
        """Let the flow hear the printer until ``seen`` gives words."""

        def hear(news: list[m.Input]) -> str | None:
            while self._taken < len(news):
                self.scene.happen(news[self._taken])
                self._taken += 1
                if found := seen():
                    return found
            return seen()

        found: str = self.told.wait(hear, timeout_s)
        self._carry_out()
        return found

    def sees(self, key: str, timeout_s: float = 15.0) -> None:
        """Wait until the citizen reads the sentence of ``key``, and note it."""
        number = self.scene.shown_number

        def sentence() -> str | None:
            wanted = (
                self.words(key, number=number) if "number" in ward_texts().by_language["en"][key] else self.words(key)
            )
            notices = [block.text for block in self.scene.page.blocks if isinstance(block, Notice)]
            return wanted if wanted in notices else None

        self._note(self.citizen, self._until(sentence, timeout_s))

    def told_of(self, state: str, timeout_s: float = 15.0) -> None:
        """Wait until the printer's owner has told of a job in this state."""

        def told() -> str | None:
            heard = self.told.all[: self._taken]
            return state if any(isinstance(one, m.PrinterTold) and one.state == state for one in heard) else None

        self._until(told, timeout_s)

    def reports(self, state: str, reason: str = "", *, detail: bool = False, timeout_s: float = 15.0) -> None:
        """Wait until the technician's page says so of the kiosk, and note its words."""

        def line() -> str | None:
            asks = [one.command for one in self.scene.effects if isinstance(one, m.Ask)]
            report = next((one for one in reversed(asks) if isinstance(one, ReportDevice)), None)
            if report is None or (report.state, report.reason) != (state, reason) or (detail and not report.detail):
                return None
            return self._page_line(report)

        self._note(self.technician, self._until(line, timeout_s))

    def _page_line(self, report: ReportDevice) -> str:
        line = DeviceLine(
            device_id="kiosk-a", function_id="kiosk-1", kind="kiosk", counter_id="", pairing="paired",
            state=report.state, reason=report.reason, detail=report.detail, since_at=None,
        )  # fmt: skip
        row = devices_page(DevicesView(lines=(line,)), hall_view(), {}, self.words, MONDAY_8).rows[0]
        return f"{row.standing}: {row.detail}" if row.detail else row.standing

    @staticmethod
    def _note(seen: list[str], words: str) -> None:
        if seen[-1:] != [words]:
            seen.append(words)

    # --- what is true ---

    def job_states(self) -> list[str]:
        """Read the last state of each job from the owner's table: number, state, and why."""
        connection = apsw.Connection(str(self.jobs), flags=apsw.SQLITE_OPEN_READONLY)
        rows = connection.execute("SELECT state, reason, attempt FROM jobs ORDER BY serial").fetchall()
        connection.close()
        return [f"{state} ({reason})" if reason else str(state) for state, reason, _ in rows]

    def paper_comes(self) -> None:
        """Wait until a piece of paper has been cut: for printers that do not tell so."""
        self.control.watch()
        mine: list[Any] = self.control.order("tickets", device=self.device)
        while not mine:
            event = self.control.event(timeout_s=15)
            assert event is not None, "no paper came"
            mine = [event] if event.get("printer") == self.device else []

    def paper(self) -> Counter[tuple[str, int]]:
        """Read the paper that came out: how often each ticket is whole on it; ("torn", 0) for other ink."""
        found: Counter[tuple[str, int]] = Counter()
        for note in self.control.order("tickets", device=self.device):
            with Image.open(note["picture"]) as picture:
                dots = _ink(self.profile.width_dots, picture)
            for ticket, wanted in self._tickets.items():
                if times := dots.count(wanted):
                    found[ticket] += times
                    dots = dots.replace(wanted, b"")
            found["torn", 0] += any(dots)
        return +found

    def judge(self) -> str:
        """Assert what no fault may bring about, and say which paper came out."""
        visits = [effect.ticket for effect in self.scene.effects if isinstance(effect, m.Print)]
        first = [one for one in visits if one.copy == 0]
        assert self.scene.count(m.Ask, "TakeTicket") == len(first), "a number was asked for twice"
        assert len({one.given.number for one in first}) == len(first), "a number was issued twice"
        paper = self.paper()
        for (number, copy), times in paper.items():
            assert times == 1 or number == "torn", f"{number}, copy {copy}, came out {times} times with the same marks"
        connection = apsw.Connection(str(self.jobs), flags=apsw.SQLITE_OPEN_READONLY)
        states = {
            (visit, copy): state
            for visit, copy, state in connection.execute("SELECT visit_id, attempt, state FROM jobs")
        }
        connection.close()
        for ticket in visits:
            number = f"{ticket.given.prefix}{ticket.given.number:03d}"
            if states[ticket.given.visit.visit_id, ticket.copy] == "confirmed":
                assert paper[number, ticket.copy] == 1, f"{number} is called confirmed, and was not printed"
        return ", ".join(_named(*ticket) for ticket in sorted(paper)) or "none"


def _named(number: str, copy: int) -> str:
    if number == "torn":
        return "a torn piece"
    return f"{number} marked as reprint" if copy else f"{number} whole"
