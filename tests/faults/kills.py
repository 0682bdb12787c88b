"""Kill the real server process exactly at its N-th system call of a kind, again and again, and keep a ledger outside.

The kill comes from strace's injection, so the stock program runs over the real kernel, file system and WAL mode. What
the ledger was told must be in the log, once; what it was not told is asked again under the same id until it is.
"""

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any, Final

from protocol.commands import AnyCommand, CallNext, EndService, OpenCounter, SignInClerk, StartService, TakeTicket
from protocol.events import VisitTaken
from protocol.link import Link, new_id
from protocol.views import AnyReply, TicketTaken
from queue_server.journal import Journal, verify
from tests.support.served_branch import PATIENCE_S, ServedBranch, function, reap

AT_COUNTER: Final[dict[str, Any]] = {
    "function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "lan",
}  # fmt: skip
REQUESTS_A_LIFE: Final = 80
LOOK_S: Final = 0.02


@dataclass
class Ledger:
    """What was asked and what was answered, kept outside the server."""

    entries: list[tuple[str, AnyCommand, AnyReply]] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)


def commands() -> Iterator[AnyCommand]:
    """Give a morning without end at one counter."""
    yield SignInClerk(**AT_COUNTER)
    yield OpenCounter(**AT_COUNTER)
    while True:
        for _ in range(3):
            yield TakeTicket(
                function_id="staff-1",
                staff_role="clerk",
                visit_id=new_id(),
                service_id="certification",
                priority_class_id="usual",
            )
        yield CallNext(**AT_COUNTER)
        yield StartService(**AT_COUNTER)
        yield EndService(**AT_COUNTER, outcome="received")


def plans() -> Iterator[tuple[str, int]]:
    """Choose where to kill: mostly at writes of the log, then at its flushes, then at the process's other writes.

    The numbers begin anew after a while: the same call of another life meets another log, now and then a checkpoint.
    """
    for index in itertools.count():
        call, most = (("pwrite64", 50), ("fdatasync", 20), ("pwrite64", 50), ("write", 30))[index % 4]
        yield call, 1 + (index // 2 if call == "pwrite64" else index // 4) % most


def live_and_die(
    branch: ServedBranch, where: Iterable[tuple[str, int]], kills: int, asked: Iterator[AnyCommand] | None = None
) -> Ledger:
    """Let the server live once for each plan until it was killed so often, asking all the while; then give it peace.

    All is asked by one device, which is the staff's program and the public one.
    """
    branch.pair("staff", function("staff", "staff-1"), function("public", "public-1"))
    branch.stop()
    ledger, asked = Ledger(), asked or commands()
    answers: Queue[AnyReply | None] = Queue()
    waiting: tuple[str, AnyCommand] | None = None
    with branch.link("staff") as link:
        for call, number in where:
            branch.launch(
                *("strace", "-D", "-qq", "-o", "/dev/null", "-e", f"trace={call}"),
                *("-e", f"inject={call}:signal=SIGKILL:when={number}"),
            )
            if branch.wait_ready():
                for _ in range(REQUESTS_A_LIFE):
                    waiting = waiting or _ask(link, next(asked), answers)
                    reply = _await(branch, answers)
                    if reply is None:
                        break
                    ledger.entries.append((*waiting, reply))
                    waiting = None
            if _bury(branch):
                ledger.kills[call] += 1
            if ledger.kills.total() >= kills:
                break
        branch.start()
        if waiting is not None:
            reply = _await(branch, answers)
            assert reply is not None, "the last question is answered by a server in peace"
            ledger.entries.append((*waiting, reply))
    return ledger


def _ask(link: Link, command: AnyCommand, answers: "Queue[AnyReply | None]") -> tuple[str, AnyCommand]:
    return link.ask(command, answers.put, deadline_s=10 * PATIENCE_S), command


def _await(branch: ServedBranch, answers: "Queue[AnyReply | None]") -> AnyReply | None:
    """Wait for the answer; ``None`` when the server died over it, and the question goes on to its next life."""
    assert branch.process is not None
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            reply = answers.get(timeout=LOOK_S)
        except Empty:
            if branch.process.poll() is not None:
                return None
            continue
        assert reply is not None, "a question is not given up"
        return reply
    raise AssertionError("a living server did not answer")


def _bury(branch: ServedBranch) -> bool:
    """Clear away a life; True when it ended by its injected kill, not by ours because its number never came."""
    process, branch.process = branch.process, None
    assert process is not None
    by_itself = process.poll() is not None
    if not by_itself:
        process.kill()
    return reap(process) < 0 and by_itself


def held_against_the_log(branch: ServedBranch, ledger: Ledger) -> list[str]:
    """Compare: every answer once more, every number in the log, once; give what is wrong."""
    wrong: list[str] = []
    with branch.link("staff") as link:
        for request_id, command, reply in ledger.entries:
            if link.ask_and_wait(command, request_id=request_id) != reply:
                wrong.append(f"answered differently: {command}")
    branch.stop()
    log = branch.state / "branch.db"
    verdict = verify(log, branch.state / "heads.jsonl")
    if verdict.wrong is not None:
        wrong.append(verdict.wrong.sentence)
    with Journal(log) as journal:
        taken = [event for row in journal.rows() if isinstance(event := row.event(), VisitTaken)]
    told = {
        reply.visit_id: (reply.prefix, reply.number) for *_, reply in ledger.entries if isinstance(reply, TicketTaken)
    }
    kept = {event.visit_id: (event.prefix, event.number) for event in taken}
    if len(set(kept.values())) != len(taken) or len(kept) != len(taken):
        wrong.append("a number or a visit stands twice in the log")
    if told != kept:
        wrong.append(f"{len(told)} numbers were told, {len(kept)} are kept")
    return wrong
