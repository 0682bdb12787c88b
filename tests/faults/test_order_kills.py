"""A number that an usher has printed at a real kiosk: once, through breakdowns of printer and kiosk, and told truly."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from hardware.printer import profile_named
from hardware.registry import find
from kiosk.ticket import model as m
from kiosk.ticket.expected import expected_tickets
from kiosk.ticket.kept_model import PendingVisit
from kiosk.ticket.printing import Printing
from protocol import commands as c
from protocol.link import Link, new_id
from protocol.views import AnyReply, Done, Envelope, HallView, TicketTaken
from tests.faults.kiosk_kills import on_paper, plans
from tests.support.blind_kiosk import PATIENCE_S, BlindKiosk
from tests.support.devices import Heard
from tests.support.kiosks import MONDAY_8, ward_texts, ward_view
from tests.support.real_hall import PaperPrinter
from tests.support.replayed import ReplayedBranch
from tests.support.served_branch import ServedBranch, function, until

SHOWN_S = 5.0
"""Within so many seconds an usher must see what became of a paper."""
KILLED = -9

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@dataclass
class Desk:
    """The usher's view of a hall with one kiosk, and the paper that came out there."""

    branch: ServedBranch
    paper: PaperPrinter
    kiosk: Path
    link: Link | None = None
    hall: HallView | None = None

    def view(self, _: str, envelope: Envelope) -> None:
        if isinstance(envelope.view, HallView):
            self.hall = envelope.view

    def ask(self, command: c.AnyCommand) -> AnyReply:
        assert self.link is not None
        return self.link.ask_and_wait(command, deadline_s=PATIENCE_S)

    def number(self) -> str:
        """Give somebody a number in the hall; gives its visit."""
        visit_id = new_id()
        take = c.TakeTicket(
            function_id="staff-1", staff_role="usher", clerk_id="hoa", visit_id=visit_id,
            service_id="civil_status", priority_class_id="usual",
        )  # fmt: skip
        assert isinstance(self.ask(take), TicketTaken)
        return visit_id

    def order(self, visit_id: str) -> str:
        """Have it printed; gives the order."""
        order_id = new_id()
        order = c.PrintTicket(
            function_id="staff-1", staff_role="usher", clerk_id="hoa", order_id=order_id,
            visit_id=visit_id, kiosk_function_id="kiosk-1",
        )  # fmt: skip
        assert self.ask(order) == Done()
        return order_id

    def state(self, order_id: str) -> tuple[str, str]:
        orders = self.hall.print_orders if self.hall is not None else ()
        return next(((one.state, one.reason) for one in orders if one.order_id == order_id), ("", ""))

    def comes(self, order_id: str, *states: str, patience_s: float = PATIENCE_S) -> None:
        until(lambda: self.state(order_id)[0] in states, f"never {states}: {self.state(order_id)}", patience_s)


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        branch = stack.enter_context(ServedBranch(folder))
        paper = stack.enter_context(PaperPrinter(folder / "paper"))
        kiosk = branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        branch.pair("staff", function("staff", "staff-1"))
        usher = Desk(branch, paper, kiosk)
        usher.link = stack.enter_context(branch.link("staff", topics=["hall"], on_view=usher.view))
        yield usher


def test_an_usher_sees_within_seconds_that_it_is_printed_and_that_there_is_no_paper(tmp_path: Path) -> None:
    with desk(tmp_path) as usher, BlindKiosk(usher.kiosk, usher.paper.address) as kiosk:
        kiosk.wait(lambda: kiosk.state.link == "up" and kiosk.state.printer_reason == "")
        visit_id = usher.number()
        order_id = usher.order(visit_id)
        usher.comes(order_id, "confirmed", patience_s=SHOWN_S)
        assert on_paper(usher.paper) == Counter({visit_id: 1})
        assert kiosk.page.name == "services", "no citizen's screen shows it"
        usher.paper.fault("paper_out")
        held = usher.order(visit_id)
        usher.comes(held, "held", patience_s=SHOWN_S)
        assert usher.state(held) == ("held", "paper_out")
        usher.paper.fault("paper_out", on=False)
        usher.comes(held, "confirmed")
        assert on_paper(usher.paper) == Counter({visit_id: 2}), "the ticket and its copy"


def live_and_die(state: Path, printer: str, call: str, number: int) -> int:
    """Let the kiosk print what is ordered, and kill it at its N-th system call of a kind, if it comes so far."""
    inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}")
    prefix = ("strace", "-f", "-D", "-qq", "-o", "/dev/null", *inject)
    command = [*prefix, sys.executable, "-m", "tests.support.printing_kiosk", str(state), printer]
    return subprocess.run(command, timeout=PATIENCE_S, check=False).returncode


def killed_and_told(folder: Path, where: list[tuple[str, int]]) -> Counter[str]:
    """Kill the kiosk once for each plan while it prints; afterwards each order has its end, and its paper once."""
    ends: Counter[str] = Counter()
    with desk(folder) as usher:
        for call, number in where:
            visit_id = usher.number()
            order_id = usher.order(visit_id)
            if live_and_die(usher.kiosk, usher.paper.address, call, number) == 0:
                ends["lived"] += 1
            else:
                with BlindKiosk(usher.kiosk, usher.paper.address):
                    usher.comes(order_id, "confirmed", "uncertain")
            state = usher.state(order_id)[0]
            papers = on_paper(usher.paper)[visit_id]
            assert papers == 1 if state == "confirmed" else papers <= 1, (call, number, state, papers)
            ends[state] += 1
        usher.branch.stop()
        ReplayedBranch(usher.branch.state).check()
    return ends


@needs_strace
def test_a_kiosk_killed_while_it_prints_an_order_prints_it_once(tmp_path: Path) -> None:
    ends = killed_and_told(tmp_path, [("pwrite64", 6), ("fdatasync", 4), ("pwrite64", 11)])
    assert ends["lived"] < 3, "it was killed at least once"


@needs_strace
@pytest.mark.slow
def test_a_kiosk_killed_at_many_of_its_writes_prints_each_order_once(tmp_path: Path) -> None:
    ends = killed_and_told(tmp_path, list(islice(plans(), 15)))
    print(dict(ends))  # noqa: T201 -- figures for people.
    assert ends["lived"] <= 10


def confirmed(heard: list[object]) -> list[m.PrinterTold]:
    return [one for one in heard if isinstance(one, m.PrinterTold) and one.state == "confirmed"]


def test_an_order_that_was_printed_before_a_crash_is_told_after_it_and_not_printed_again(tmp_path: Path) -> None:
    """The report is lost with the power; asked for again, the order is known to the printer's table."""
    content = next(iter(expected_tickets(ward_view(), ward_texts(), MONDAY_8)))
    visit = PendingVisit("cd" * 16, "civil_status", "usual", "", "vi", "2026-11-23", MONDAY_8)
    given = m.GivenNumber(visit, "H", 47, MONDAY_8)
    ticket = m.Ticket(given, 0, "5e" * 16, order_id="ab" * 16)
    with PaperPrinter(tmp_path / "paper") as paper:
        for _ in range(2):
            told = Heard()
            printing = Printing(find(paper.address), profile_named("generic_80mm"), tmp_path / "printer", told)
            printing.print(ticket, lambda: content)
            ends: list[m.PrinterTold] = told.wait(confirmed)
            printing.close()
            assert [(one.order_id, one.visit_id) for one in ends] == [(ticket.order_id, visit.visit_id)]
        assert len(paper.tickets()) == 1
