"""The staff pages as a process of their own, paired with a real server: `motcua web`."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from protocol.commands import TakeTicket
from protocol.link import new_id
from protocol.views import TicketTaken
from queue_server.web.accounts import NEEDS_SECOND_FACTOR
from queue_server.web.program import ACCOUNTS_FILE, accounts_at
from tests.support.authenticators import Authenticators
from tests.support.served_branch import CONFIG, PATIENCE_S, ServedBranch, function, reap

PASSWORD = "một hai ba bốn"  # noqa: S105 -- an example, of no real account.

PEOPLE = (("anh", "Nguyễn Thị Ánh", "clerk"), ("minh", "Trần Văn Minh", "clerk"), ("boss", "Phạm Huy", "manager"))


def start_pages(state: Path, port: int = 0, *more: str) -> tuple["subprocess.Popen[str]", str, str]:
    """Start `motcua web` and wait until it says where it is; gives that, and the first technician's password if new."""
    command = [
        *(sys.executable, "-m", "motcua", "web", "--json", "--port", str(port)),
        *("--state", str(state), "--config", str(CONFIG), *more),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
    assert ready, "the pages did not start"
    told = json.loads(process.stdout.readline())
    return process, told["address"].rstrip("/"), told.get("technician_password", "")


class ServedPages:
    """`motcua web` before a served branch; and a kiosk's key, to take numbers with."""

    def __init__(self, branch: ServedBranch) -> None:
        self.branch = branch
        self.state = branch.pair("web", function("staff", "staff-1"))
        branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        self.process: subprocess.Popen[str] | None = None
        self.address = ""
        self.one_time_password = ""
        self.phones = Authenticators(self.state / ACCOUNTS_FILE)

    def __enter__(self) -> Self:
        self.start()
        with accounts_at(self.state) as accounts:
            for clerk_id, name, role in PEOPLE:
                accounts.add(clerk_id, name, role)  # type: ignore[arg-type]  # The table above holds roles.
                accounts.choose_password(clerk_id, PASSWORD)
                if role in NEEDS_SECOND_FACTOR:
                    self.phones.set_up(clerk_id)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            assert self.end(signal.SIGTERM) == 0, "pages that are stopped end with 0"

    def start(self, port: int = 0) -> None:
        """Start the process and wait until it says where it is."""
        self.process, self.address, self.one_time_password = start_pages(self.state, port)

    @property
    def port(self) -> int:
        """Where the pages listen."""
        return int(self.address.rpartition(":")[2])

    def end(self, sign: signal.Signals) -> int:
        """Signal the process, wait for its end, and give its exit code."""
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(sign)
        return reap(process)

    def take(self, service_id: str, priority_class_id: str = "usual") -> str:
        """Take a number at the kiosk; gives it as on the ticket."""
        command = TakeTicket(
            function_id="kiosk-1", visit_id=new_id(), service_id=service_id, priority_class_id=priority_class_id
        )
        reply = self.branch.ask("kiosk-1", command)
        assert isinstance(reply, TicketTaken), reply
        return f"{reply.prefix}{reply.number:03d}"


@contextmanager
def whole_hall(folder: Path) -> Iterator[ServedPages]:
    """Serve a branch and its staff pages, each a process of its own."""
    with ServedBranch(folder) as branch, ServedPages(branch) as pages:
        yield pages
