"""What the queue server costs: a durable number, many terminals at once, a long day, a start, its memory."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from motcua.bench.branch import Branch, Device, Serving, new_branch, serving, take_ticket
from motcua.bench.floors import bare_loop, commit_floor_ms
from motcua.bench.load import Load, run_load
from motcua.bench.rows import Row, percentile
from protocol import commands as c
from protocol.codec import decode_reply, encode
from protocol.keys import make_keys, new_id
from protocol.link import Link
from protocol.views import BoardView, Envelope, TicketTaken

CLIENTS = 32
WARM_UP = 3000
"""Numbers taken before any is counted, so that the log has grown to the size at which it stays."""
MANY = 100_000
BODY_BYTES = 300


def acknowledged_rows() -> Iterator[Row]:
    """A number, acknowledged and durable: one client, then 32."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        folder = Path(name)
        commit_ms = median(commit_floor_ms(folder))
        with bare_loop(folder, durable=False) as loop:
            trip = run_load(loop.address, loop.server_key, [make_keys()], _anything, answers=2000)
        with bare_loop(folder, durable=True) as loop:
            bare = run_load(
                loop.address, loop.server_key, [make_keys() for _ in range(CLIENTS)], _anything, answers=20_000
            )
    with new_branch() as branch, serving(branch) as server:
        _numbers(branch, server, branch.kiosks, answers=WARM_UP)
        one = _numbers(branch, server, branch.kiosks[:1], answers=1000)
        many = _numbers(branch, server, branch.kiosks, answers=20_000)
    yield Row(
        what="a number, durable, one client: p50",
        value=median(one.latencies_ms),
        unit="ms",
        floor=median(trip.latencies_ms) + commit_ms,
        budget=2,
    )
    yield Row(
        what="numbers a second, 32 clients",
        value=many.per_second,
        unit="/s",
        floor=bare.per_second,
        budget=0.5,
        sense="at least",
    )
    yield Row(what="a number, 32 clients: p99", value=percentile(many.latencies_ms, 0.99), unit="ms", budget=15)


def long_day_rows() -> Iterator[Row]:
    """The cost of a command, the start and the memory of a day of 100,000 visits, against a day of 100."""
    short = _long_day(100)
    long = _long_day(MANY)
    yield Row(
        what="a command's processor time at 100,000 visits, against 100",
        value=long.command_us,
        unit="us",
        floor=short.command_us,
        budget=1.3,
    )
    yield Row(what="server memory, idle", value=short.resident_mb, unit="MB", budget=60)
    yield Row(what="server memory after 100,000 visits", value=long.resident_mb, unit="MB", budget=250)


def start_row() -> Iterator[Row]:
    """From the start of the process to its first answer, with 100,000 events since opening."""
    with new_branch(visits=MANY // 4) as branch:
        started = time.perf_counter()
        with serving(branch) as server:
            _numbers(branch, server, branch.kiosks[:1], answers=1)
            first_answer_s = time.perf_counter() - started
    yield Row(what="server start with 100,000 events to the first answer", value=first_answer_s, unit="s", budget=2)


def call_row() -> Iterator[Row]:
    """From a pressed call to the view in a board's process."""
    with new_branch(kiosks=1) as branch, serving(branch) as server:
        _numbers(branch, server, branch.kiosks[:1], answers=800)
        taken = _calls(branch, server, count=200)
    yield Row(what="call pressed to view at the board: p99", value=percentile(taken, 0.99), unit="ms", budget=10)


class _Day:
    def __init__(self, command_us: float, resident_mb: float) -> None:
        self.command_us = command_us
        self.resident_mb = resident_mb


def _long_day(visits: int) -> _Day:
    """The server's processor time per command, when so many visits came before; and its memory at rest."""
    with new_branch(kiosks=8, visits=visits) as branch, serving(branch) as server:
        _numbers(branch, server, branch.kiosks, answers=500)
        resident_mb = server.resident_mb()
        before = _processor_s(server.process.pid)
        load = _numbers(branch, server, branch.kiosks, answers=10_000)
        spent = _processor_s(server.process.pid) - before
        return _Day(spent / len(load.latencies_ms) * 1e6, resident_mb)


def _processor_s(pid: int) -> float:
    """User and system time of a process (``proc(5)``, fields 14 and 15, in hundredths)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _numbers(branch: Branch, server: Serving, kiosks: list[Device], *, answers: int) -> Load:
    """Take numbers; asserts that what came back are numbers."""

    def make(index: int) -> tuple[bytes, bytes]:
        return new_id().encode(), encode(take_ticket(branch, kiosks[index]))

    keys = [kiosk.keys for kiosk in kiosks]
    load = run_load(server.settings.commands_address, server.settings.server_key, keys, make, answers=answers)
    reply = decode_reply(load.sample)
    assert isinstance(reply, TicketTaken), reply
    return load


def _calls(branch: Branch, server: Serving, *, count: int) -> list[float]:
    """Milliseconds from a pressed call to its view in another terminal, the clerk ending each visit in between."""
    shown: dict[int, float] = {}
    arrived = threading.Condition()

    def on_view(_topic: str, envelope: Envelope) -> None:
        now = time.perf_counter()
        assert isinstance(envelope.view, BoardView)
        with arrived:
            for call in envelope.view.calls:
                shown.setdefault(call.call_id, now)
            arrived.notify_all()

    taken = []
    zones = [f"board/{zone.zone_id}" for zone in branch.configuration.zones]
    counter = {"function_id": "staff-1", "staff_role": "clerk", "clerk_id": "clerk-1", "counter_id": "counter-1"}
    with (
        Link(server.settings, branch.board.keys, topics=zones, on_view=on_view),
        Link(server.settings, branch.staff.keys) as staff,
    ):
        staff.ask_and_wait(c.SignInClerk(**counter))  # type: ignore[arg-type]  # Those are its fields.
        for call_id in range(1, count + 1):
            pressed = time.perf_counter()
            reply = staff.ask_and_wait(c.CallNext(**counter))  # type: ignore[arg-type]  # names of one counter
            with arrived:
                seen = arrived.wait_for(lambda wanted=call_id: wanted in shown, timeout=5)  # type: ignore[misc]  # bound at once
            assert seen, f"call {call_id} never reached the board; the answer was {reply}"
            taken.append((shown[call_id] - pressed) * 1000)
            staff.ask_and_wait(c.StartService(**counter))  # type: ignore[arg-type]  # names of one counter
            staff.ask_and_wait(c.EndService(**counter, outcome="received"))  # type: ignore[arg-type]  # names of one counter
    return taken


def _anything(_index: int) -> tuple[bytes, bytes]:
    return new_id().encode(), b"x" * BODY_BYTES
