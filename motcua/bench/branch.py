"""A branch to be measured: its folder, its paired devices, a day of any size, and the real server process on it.

The log is written by the product's own writer, with the devices already paired in it, since pairing is rate-limited on
purpose and is not what is measured.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from protocol import commands as c
from protocol import events as e
from protocol.configuration import Configuration, Procedure
from protocol.keys import Keys, LinkSettings, load_or_make_keys, make_keys, new_id
from queue_server import core
from queue_server.branch_files import Address, found_branch
from queue_server.config import load
from queue_server.log import LOG_FILE, Log

CONFIG = Path(__file__).parents[2] / "config"
HALL_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, 09:00 in Hà Nội: the counters are open."""

OPENED_AT = HALL_AT - timedelta(hours=2)
"""Since then the visits came that were there before the measurement."""

UTC_OFFSET_S = 7 * 3600
NO_LIMIT = 100_000_000
START_DEADLINE_S = 60.0


@dataclass(frozen=True)
class Device:
    """A device of the measured branch, with its one function."""

    keys: Keys
    function: c.FunctionDescription


@dataclass(frozen=True)
class Agent:
    """An agent with a function of each of its kinds at every counter."""

    keys: Keys
    functions: tuple[c.FunctionDescription, ...]


@dataclass
class Branch:
    """A branch on disk."""

    state: Path
    configuration: Configuration
    kiosks: list[Device]
    staff: Device
    board: Device
    rating: Device
    public: Device
    agent: Agent | None = None


def measured_hall() -> Configuration:
    """The large hall, but with no limit on how many visits a kiosk or the hall may take."""
    configuration, _ = load(CONFIG / "demo" / "large.toml")
    policies = msgspec.structs.replace(
        configuration.policies, visits_per_kiosk_per_minute=NO_LIMIT, waiting_limit=NO_LIMIT
    )
    return msgspec.structs.replace(configuration, policies=policies)


def make_branch(
    folder: Path,
    *,
    kiosks: int = 32,
    visits: int = 0,
    agent: Sequence[str] = (),
    catalogue: tuple[Procedure, ...] | None = None,
) -> Branch:
    """Begin a branch with an open day in which so many visits have come, been served and gone.

    ``agent`` names the kinds of bare devices that an agent has at every counter; without any there is no agent.
    ``catalogue``: what the hall publishes instead of its own list.
    """
    configuration = measured_hall()
    if catalogue is not None:
        configuration = msgspec.structs.replace(configuration, catalogue=catalogue)
    found_branch(
        folder, configuration, {}, Address(host="127.0.0.1", commands_port=0, views_port=0, pairing_port=0), OPENED_AT
    )
    branch = Branch(
        state=folder,
        configuration=configuration,
        kiosks=[_device(f"kiosk-{number}", "kiosk") for number in range(1, kiosks + 1)],
        staff=_device("staff-1", "staff"),
        board=_device("board-1", "board"),
        rating=_device("tablet-1", "rating_terminal", configuration.counters[0].counter_id),
        public=_device("public-1", "public"),
        agent=Agent(make_keys(), tuple(_at_counters(configuration, agent))) if agent else None,
    )
    log = Log(folder / LOG_FILE)
    events = [_paired(device) for device in (*branch.kiosks, branch.staff, branch.board, branch.rating, branch.public)]
    if branch.agent is not None:
        events.append(_agent_paired(branch.agent))
    log.append(events)
    log.append(_opened(configuration, events))
    _fill(log, branch, visits)
    log.close()
    return branch


@contextmanager
def new_branch(
    *,
    kiosks: int = 32,
    visits: int = 0,
    agent: Sequence[str] = (),
    catalogue: tuple[Procedure, ...] | None = None,
) -> Iterator[Branch]:
    """A branch in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        yield make_branch(Path(folder) / "server", kiosks=kiosks, visits=visits, agent=agent, catalogue=catalogue)


@dataclass
class Serving:
    """A server at work."""

    process: subprocess.Popen[str]
    settings: LinkSettings
    ready_after_s: float

    def resident_mb(self) -> float:
        """Resident memory of the server and the processes that it started."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(resident_mb(pid) for pid in pids)


@contextmanager
def serving(branch: Branch) -> Iterator[Serving]:
    """Run the real server process on a branch."""
    words = [
        sys.executable,
        "-m",
        "motcua",
        "server",
        "--state",
        str(branch.state),
        "--config",
        str(CONFIG),
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--views-port",
        "0",
        "--pairing-port",
        "0",
        "--json",
        "--clock-anchor",
        HALL_AT.isoformat(),
        "--requests-per-second",
        str(NO_LIMIT),
    ]
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended with {process.wait(5)} before it was ready")
        ready = json.loads(line)
        address = Address(
            host="127.0.0.1",
            commands_port=ready["port"],
            views_port=ready["views_port"],
            pairing_port=ready["pairing_port"],
        )
        yield Serving(process, address.settings(ready["server_key"]), time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def take_ticket(branch: Branch, device: Device) -> c.TakeTicket:
    """A command that takes a number for the next service in turn."""
    services = branch.configuration.services
    visit_id = new_id()
    service = services[int(visit_id[-4:], 16) % len(services)]
    return c.TakeTicket(
        function_id=device.function.function_id,
        visit_id=visit_id,
        service_id=service.service_id,
        priority_class_id="usual",
    )


def _device(name: str, kind: str, counter_id: str = "") -> Device:
    function = c.FunctionDescription(function_id=name, kind=kind, counter_id=counter_id)  # type: ignore[arg-type]  # one of its kinds
    return Device(make_keys(), function)


def _paired(device: Device) -> e.DevicePaired:
    return e.DevicePaired(
        at=OPENED_AT,
        device_id=device.function.function_id,
        name=device.function.function_id,
        public_key=device.keys.public,
        functions=(device.function,),
    )


def _at_counters(configuration: Configuration, kinds: Sequence[str]) -> Iterator[c.FunctionDescription]:
    for kind in kinds:
        for counter in configuration.counters:
            yield c.FunctionDescription(
                function_id=f"{kind.replace('_', '-')}-{counter.counter_id}",
                kind=kind,  # type: ignore[arg-type]  # one of its kinds
                counter_id=counter.counter_id,
                zone_id=counter.zone_id,
            )


def _agent_paired(agent: Agent) -> e.DevicePaired:
    return e.DevicePaired(
        at=OPENED_AT, device_id="agent", name="agent", public_key=agent.keys.public, functions=agent.functions
    )


def _opened(configuration: Configuration, events: Sequence[e.AnyEvent]) -> tuple[e.AnyEvent, ...]:
    """Open the day as the rules do."""
    branch = core.new_branch(configuration)
    for event in (e.ConfigurationChanged(at=OPENED_AT, configuration=configuration, sources={}), *events):
        core.apply(branch, event)
    request = core.Request(core.Actor.loop(), c.Tick(), core.Facts(utc_offset_s=UTC_OFFSET_S))
    return core.decide(branch, request, OPENED_AT)


def _fill(log: Log, branch: Branch, visits: int) -> None:
    """Let visits come, be called, be served and go, a thousand a transaction."""
    configuration = branch.configuration
    counters = configuration.counters
    batch: list[e.AnyEvent] = []
    numbers: dict[str, int] = {}
    for index in range(visits):
        service = configuration.services[index % len(configuration.services)]
        numbers[service.prefix] = numbers.get(service.prefix, 0) + 1
        counter_id = counters[index % len(counters)].counter_id
        at = OPENED_AT + index / visits * (HALL_AT - OPENED_AT)
        kiosk_id = branch.kiosks[index % len(branch.kiosks)].function.function_id
        visit_id = new_id()
        batch += [
            e.VisitTaken(
                at=at,
                visit_id=visit_id,
                device_id=kiosk_id,
                function_id=kiosk_id,
                service_id=service.service_id,
                queue_id=service.queue_id,
                priority_class_id="usual",
                prefix=service.prefix,
                number=1000 + numbers[service.prefix],
                taken_at=at,
            ),
            e.VisitCalled(
                at=at,
                visit_id=visit_id,
                counter_id=counter_id,
                clerk_id="clerk",
                call_id=index + 1,
                clause="priority",
                waited_s=0,
            ),
            e.ServiceStarted(at=at, visit_id=visit_id, counter_id=counter_id, clerk_id="clerk"),
            e.ServiceEnded(
                at=at, visit_id=visit_id, counter_id=counter_id, clerk_id="clerk", outcome="received", served_s=60
            ),
        ]
        if len(batch) >= 4000:  # noqa: PLR2004 -- a thousand visits.
            log.append(batch)
            batch = []
    log.append(batch)


def resident_mb(pid: int) -> float:
    """Tell how much memory a process has in use (see proc(5), VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def keys_of_technician(branch: Branch) -> Keys:
    """The keys by which the first technician speaks."""
    return load_or_make_keys(branch.state / "technician" / "device.key")
