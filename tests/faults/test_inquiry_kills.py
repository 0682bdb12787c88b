"""The real server, killed while citizens are dissatisfied: each alert and inquiry stands once, with all its words."""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import apsw
import pytest

from protocol.commands import (
    AnyCommand,
    CallNext,
    EndService,
    OpenCounter,
    RateByLink,
    SignInClerk,
    StartService,
    TakeTicket,
)
from protocol.events import VisitRated
from protocol.inquiry_commands import FindInquiry, StepInquiry
from protocol.inquiry_events import AlertRaised, InquiryOpened, InquiryStepped
from protocol.inquiry_views import InquiryFound
from protocol.link import new_id
from protocol.ticket_code import kiosk_link_key, ticket_secret
from protocol.views import Done
from queue_server.branch_files import read_secrets
from queue_server.core.alerting import inquiry_id_of
from queue_server.inquiry_words import INQUIRIES_FILE
from queue_server.journal import Journal
from tests.faults.kills import AT_COUNTER, Ledger, held_against_the_log, live_and_die, plans
from tests.support.inquiries import by
from tests.support.served_branch import ServedBranch

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
WORST = 3


def answered(visit_id: str) -> str:
    """Give the words of an answer, long enough for several pages of a file."""
    return f"Trả lời {visit_id}: " + "đã xin lỗi công dân " * 90


def asked(branch: ServedBranch) -> Iterator[AnyCommand]:
    """Give citizens without end who are dissatisfied by the link of their ticket, each of whom is answered."""
    link_key = kiosk_link_key(read_secrets(branch.state).branch, "staff")
    yield SignInClerk(**AT_COUNTER)
    yield OpenCounter(**AT_COUNTER)
    while True:
        visit_id = new_id()
        yield TakeTicket(
            function_id="staff-1",
            staff_role="clerk",
            visit_id=visit_id,
            service_id="certification",
            priority_class_id="usual",
        )
        yield from (CallNext(**AT_COUNTER), StartService(**AT_COUNTER))
        yield EndService(**AT_COUNTER, outcome="received")
        secret = ticket_secret(link_key, visit_id)
        yield RateByLink(function_id="public-1", visit_id=visit_id, secret=secret, level=WORST)
        about = {"inquiry_id": inquiry_id_of(visit_id, "link")}
        yield by(StepInquiry, **about, kind="given", to="boss")
        yield by(StepInquiry, **about, kind="answered", finding="holds", text=answered(visit_id))


def held_against_the_words(branch: ServedBranch, ledger: Ledger) -> list[str]:
    """Compare: every low rating has one inquiry, and every acknowledged answer its words; give what is wrong."""
    wrong: list[str] = [
        f"refused: {command} {reply}"
        for _, command, reply in ledger.entries
        if isinstance(command, RateByLink | StepInquiry) and reply != Done()
    ]
    answers = [one for _, one, _ in ledger.entries if isinstance(one, StepInquiry) and one.kind == "answered"]
    branch.start()
    with branch.link("staff") as link:
        for one in answers:
            found = link.ask_and_wait(by(FindInquiry, inquiry_id=one.inquiry_id))
            if not isinstance(found, InquiryFound) or found.words != {one.step_id: one.text.strip()}:
                wrong.append(f"lost or not whole: {one.inquiry_id}: {found}")
    branch.stop()
    with Journal(branch.state / "branch.db") as journal:
        events = [row.event() for row in journal.rows()]
    rated = [inquiry_id_of(one.visit_id, one.channel) for one in events if isinstance(one, VisitRated)]
    opened = [one.inquiry.inquiry_id for one in events if isinstance(one, InquiryOpened)]
    if opened != rated or len(set(opened)) != len(opened):
        wrong.append(f"{len(rated)} were dissatisfied, {len(opened)} inquiries were opened")
    stepped = [one.step.step_id for one in events if isinstance(one, InquiryStepped)]
    if len(set(stepped)) != len(stepped):
        wrong.append("a step stands twice in the log")
    raised = [one.alert.counter_id for one in events if isinstance(one, AlertRaised)]
    if raised != ["counter-1"] * (len(rated) >= 4):
        wrong.append(f"{len(rated)} were dissatisfied, and alerts were raised at {raised}")
    if answers:
        with apsw.Connection(str(branch.state / INQUIRIES_FILE)) as file:
            if [one for (one,) in file.execute("PRAGMA integrity_check")] != ["ok"]:
                wrong.append("the file of words is damaged")
    return wrong


def judged(folder: Path, where: Iterator[tuple[str, int]] | list[tuple[str, int]], kills: int) -> Ledger:
    with ServedBranch(folder) as branch:
        ledger = live_and_die(branch, where, kills=kills, asked=asked(branch))
        assert held_against_the_log(branch, ledger) == []
        assert held_against_the_words(branch, ledger) == []
        branch.start()
    return ledger


@needs_strace
def test_killed_between_the_words_and_the_log_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    where = [
        *(("fdatasync", 18), ("pwrite64", 45), ("fdatasync", 24), ("pwrite64", 60), ("fdatasync", 31)),
        *(("pwrite64", 80), ("fsync", 6), ("unlink", 4), ("fdatasync", 40), ("pwrite64", 95)),
    ]
    ledger = judged(tmp_path, where, kills=6)
    assert ledger.kills.total() >= 4, ledger.kills
    assert sum(isinstance(one, RateByLink) for _, one, _ in ledger.entries) >= 4


@needs_strace
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_sixty_system_calls(tmp_path: Path) -> None:
    assert judged(tmp_path, islice(plans(), 200), kills=60).kills.total() == 60
