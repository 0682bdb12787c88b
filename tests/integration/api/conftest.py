"""A real hall with a clerk at a counter, and the API before it: in this process, or as a program of its own."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from protocol import commands as c
from protocol.link import new_id, open_link
from protocol.views import Done, Refused, TicketTaken
from queue_server.api.app import Parts
from queue_server.api.couriers import Pauses
from queue_server.api.program import LIMITS, Place, application
from queue_server.serving import Door, WebServer
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.systems.register import Right
from queue_server.systems.webhooks import NEWS, News
from tests.support.served_branch import PATIENCE_S, ServedBranch, function, reap, until

AT = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "lan"}
QUICK = Pauses(0.05, 0.2)


def utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- receivers live by the world's clock.


class Hall:
    """A served branch with one clerk at work."""

    def __init__(self, branch: ServedBranch) -> None:
        self.branch = branch
        self.api_state = branch.pair("api", function("system", "api"))
        branch.pair("pages", function("staff", "staff-1"))
        branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        self.staff, self.kiosk = branch.open_link("pages"), branch.open_link("kiosk-1")
        for command in (c.SignInClerk(**AT), c.OpenCounter(**AT)):  # type: ignore[arg-type]  # Plain words.
            assert isinstance(self.staff.ask_and_wait(command), Done | Refused)
        self.file = SystemsFile.at(self.api_state / SYSTEMS_FILE, utc_now)
        (self.api_state / "systems.toml").write_text('[webhooks]\nallowed_networks = ["127.0.0.1/32"]\n', "utf-8")
        self._systems = 0

    def take(self, service_id: str = "civil_status") -> TicketTaken:
        """Take a number at the kiosk."""
        command = c.TakeTicket(
            function_id="kiosk-1", visit_id=new_id(), service_id=service_id, priority_class_id="usual"
        )
        reply = self.kiosk.ask_and_wait(command)
        assert isinstance(reply, TicketTaken), reply
        return reply

    def serve(self, outcome: str = "received") -> TicketTaken:
        """Let somebody come, be called, be served and go: one call and one end."""
        taken = self.take()
        for command in (c.CallNext(**AT), c.StartService(**AT), c.EndService(**AT, outcome=outcome)):  # type: ignore[arg-type]  # Plain words.
            reply = self.staff.ask_and_wait(command)
            assert not isinstance(reply, Refused), reply
        return taken

    def system(self, address: str = "", news: tuple[News, ...] = NEWS) -> tuple[str, str]:
        """Make another system, with a webhook if an address is given; gives its id and the webhook's secret."""
        self._systems += 1
        system_id = f"system-{self._systems}"
        self.file.register.add(system_id, system_id, by="tech")
        if not address:
            return system_id, ""
        secret = self.file.webhooks.set(system_id, address, news, by="tech")
        webhook = self.file.webhooks.of(system_id)
        assert webhook is not None
        webhook_id = webhook.webhook_id

        def is_known() -> bool:
            place = self.file.outbox.place()
            return place is not None and webhook_id in place.webhook_ids

        until(is_known, "the API begins to tell it")
        return system_id, secret

    def key(self, *rights: Right, system_id: str = "") -> str:
        """Give a key of a system of its own."""
        return self.file.register.make_key(system_id or self.system()[0], rights, 6000, by="tech")

    def waiting(self, system_id: str) -> int:
        """Count what waits for a system."""
        webhook = self.file.webhooks.of(system_id)
        assert webhook is not None
        return self.file.outbox.waiting(webhook.webhook_id)

    @property
    def place(self) -> Place:
        """Where the API's program is."""
        return Place(self.api_state, self.api_state, port=0, journal=self.branch.state / "branch.db", pauses=QUICK)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One branch for all tests of a file; each has systems of its own."""
    with ServedBranch(tmp_path_factory.mktemp("api")) as branch:
        hall = Hall(branch)
        yield hall
        hall.file.close()


@contextmanager
def in_process(hall: Hall) -> Iterator[tuple[str, Parts]]:
    """Serve the API from this process; gives its address and parts."""

    def opened(topics: object, on_view: object, on_state: object) -> object:
        return open_link(hall.api_state, topics=topics, on_view=on_view, on_state=on_state)  # type: ignore[arg-type]  # As the port has it.

    with application(hall.place, opened) as (app, parts):  # type: ignore[arg-type]  # The same.
        server = WebServer(app, Door("127.0.0.1", 0), LIMITS)
        server.start()
        try:
            until(lambda: parts.hall.function_id != "" and parts.hall.topics("board/") != (), "the API knows the hall")
            yield f"http://127.0.0.1:{server.port}", parts
        finally:
            server.close()


class Program:
    """`motcua api` as a process of its own."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        """Start it and wait until it says where it is."""
        place = self.hall.place
        command = [
            *(sys.executable, "-m", "motcua", "api", "--json", "--port", "0", "--log", str(place.journal)),
            *("--state", str(place.state), "--config", str(place.config)),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        assert ready, "the API did not start"
        self.address = json.loads(self.process.stdout.readline())["address"].rstrip("/")

    def end(self, sign: signal.Signals) -> int:
        """Signal it, wait for its end, and give its exit code."""
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(sign)
        return reap(process)


@pytest.fixture
def program(hall: Hall) -> Iterator[Program]:
    """Give the program, not yet started."""
    program = Program(hall)
    yield program
    if program.process is not None:
        program.end(signal.SIGKILL)
