"""A hall that nobody has set up yet: what is typed on its branch PC, its programs, and the devices paired in it."""

import io
import shlex
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Self

from motcua.__main__ import main
from motcua.bench.nginx import Proxy, free_ports, nginx_before
from protocol.commands import TakeTicket
from protocol.keys import PairingString
from protocol.link import Link, new_id, open_link
from protocol.views import BoardView, KioskView, TicketTaken
from tests.support.served_branch import CONFIG, PATIENCE_S, ServedBranch, reap, until
from tests.support.served_pages import start_pages

TYPED = "sudo -u motcua motcua "
ANY_PORT = ("--port", "0", "--views-port", "0", "--pairing-port", "0", "--host", "127.0.0.1")


NOTHING_HERE = (
    "cd /opt/motcua",
    "apt-get install nginx-light openssl",
    "mkdir -p /etc/nginx/motcua",
    "journalctl -u motcua-web | grep one-time",
)
SERVER_ADDRESS = "192.168.10.5"
"""The branch PC's address in the guide; here all machines of the hall are this one."""


class NewHall:
    """A folder in the place of `/var/lib/motcua`, with whatever its commands make of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.branch = ServedBranch(folder)
        self.address = ""
        self.one_time_password = ""
        self.proxy: Proxy | None = None
        self._etc = folder / "etc"
        self._copied: set[str] = set()
        (self._web_port,) = free_ports(1)
        self._options: list[str] = []
        self._pages: subprocess.Popen[str] | None = None
        self._printed = ""
        self._links: dict[str, Link] = {}
        self._numbers: dict[str, str] = {}
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()
        pages, self._pages = self._pages, None
        if pages is not None:
            pages.send_signal(signal.SIGTERM)
            assert reap(pages) == 0, "pages that are stopped end with 0"
        if self.branch.process is not None:
            self.branch.stop()

    def type(self, line: str) -> None:
        """Type a line of the guide on the branch PC."""
        if line.startswith(TYPED):
            self._printed = self._run(shlex.split(line.removeprefix(TYPED)))
        elif line.startswith("tools/hall_ca "):
            typed = [word.replace("/etc/motcua", str(self._etc)) for word in shlex.split(line)]
            subprocess.run([CONFIG.parent / typed[0], *typed[1:]], check=True, capture_output=True, timeout=PATIENCE_S)
        elif line.startswith("cp config/nginx/"):
            source = CONFIG.parent / line.split()[1]
            assert source.is_file(), source
            self._copied.add(source.name)
        elif line == "nginx -t && systemctl restart nginx":
            before = nginx_before(self._etc, web=self._web_port, tls=self._etc / "tls", only=frozenset(self._copied))
            self.proxy = self._closing.enter_context(before)
        elif line.startswith("echo "):
            _, said, where = shlex.split(line)
            assert where == ">/etc/motcua/web.env"
            self._options = said.removeprefix("OPTIONS=").split()
        elif line.startswith("systemctl enable --now "):
            services = line.split()[3:]
            if "motcua-server" in services:
                self.branch.start()
            if "motcua-web" in services:
                reports = ("--reports", str(self.folder / "server" / "reports.db"))
                self._pages, self.address, self.one_time_password = start_pages(
                    self.folder / "web", self._web_port, *reports, *self._options
                )
        else:
            assert line in NOTHING_HERE, f"nobody knows how to type {line!r} here"

    def _run(self, words: Sequence[str]) -> str:
        """Run a command of ours in this folder; gives what it printed."""
        here = {"motcua://…": self._printed}
        typed = [here.get(word, word) for word in words]
        typed = [word.replace("/opt/motcua/config", str(CONFIG)) for word in typed]
        typed = [word.replace("/var/lib/motcua", str(self.folder)) for word in typed]
        said = io.StringIO()
        with redirect_stdout(said):
            assert main([*typed, *(ANY_PORT if typed[0] == "init" else ())]) == 0, typed
        return said.getvalue().strip()

    # --- the devices ---

    def pair(self, device_id: str, line: str) -> None:
        """Type on a device the line that the page shows, and switch its program on."""
        program = "display" if device_id.startswith("board") else "kiosk"
        *words, pairing = shlex.split(line)
        assert shlex.join(words) == f"{TYPED}pair --state /var/lib/motcua/{program}"
        told = PairingString.parse(pairing)
        assert told.host == SERVER_ADDRESS, "by this a machine elsewhere in the hall finds the branch PC"
        state = self.folder / "devices" / device_id
        self._run(["pair", "--state", str(state), str(told._replace(host="127.0.0.1"))])
        topics = ("board/hall",) if device_id.startswith("board") else ("kiosk",)
        self._links[device_id] = self._closing.enter_context(open_link(state, topics=topics))

    def take(self, device_id: str, service_name: str) -> None:
        """Touch a service at a kiosk; its number comes on paper."""
        link = self._links[device_id]
        until(lambda: link.last_view("kiosk") is not None, f"{device_id} sees nothing")
        envelope = link.last_view("kiosk")
        assert envelope is not None
        assert isinstance(envelope.view, KioskView)
        (service,) = [one for one in envelope.view.services if one.names["vi"] == service_name]
        command = TakeTicket(
            function_id=device_id, visit_id=new_id(), service_id=service.service_id, priority_class_id="usual"
        )
        reply = link.ask_and_wait(command)
        assert isinstance(reply, TicketTaken), reply
        self._numbers[device_id] = f"{reply.prefix}{reply.number:03d}"

    def shows(self, device_id: str, number: str) -> None:
        """Look at a device: the kiosk's last ticket, or the calls on a board."""
        if device_id in self._numbers:
            assert self._numbers[device_id] == number
            return
        link = self._links[device_id]

        def called() -> bool:
            envelope = link.last_view("board/hall")
            view = envelope.view if envelope else None
            return isinstance(view, BoardView) and any(f"{one.prefix}{one.number:03d}" == number for one in view.calls)

        until(called, f"{device_id} does not show {number}")
