"""A real server process of a branch in a test's folder, and real devices paired with it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from motcua.__main__ import main
from protocol.commands import AnyCommand, CreateDevice, FunctionDescription
from protocol.link import Link, LinkSettings, LinkState, PairingString, open_link, pair
from protocol.views import AnyReply, DeviceCreatedReply, Envelope

PATIENCE_S = 20.0
OPEN_MORNING = "2026-11-23T08:00:00+07:00"
CONFIG = Path(__file__).parents[2] / "config"


class ServedBranch:
    """The ward hall that ships, on a Monday morning of its own, served by ``motcua server``."""

    def __init__(
        self,
        folder: Path,
        *,
        anchor: str = OPEN_MORNING,
        rate: float = 1.0,
        options: Sequence[str] = (),
        config: Path = CONFIG,
    ) -> None:
        self._config = config
        self.state = folder / "server"
        self.folder = folder
        self.options = ["--clock-anchor", anchor, "--clock-rate", str(rate), *options]
        self.process: subprocess.Popen[str] | None = None
        self.epoch = 0
        self._links: list[Link] = []

    def __enter__(self) -> Self:
        begin_branch(self.state, self._config)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links:
            link.close()
        if self.process is not None:
            self.stop()

    # --- the process ---

    @property
    def command(self) -> list[str]:
        """Give the command line of the server."""
        return [
            *(sys.executable, "-m", "motcua", "server", "--json"),
            *("--state", str(self.state), "--config", str(CONFIG), *self.options),
        ]

    def start(self, *prefix: str) -> None:
        """Start the server, perhaps under another program, and wait until it says that it is ready."""
        self.launch(*prefix)
        assert self.wait_ready(), f"the server did not start: {self.state}"

    def launch(self, *prefix: str) -> None:
        """Start the server and do not wait."""
        self.process = subprocess.Popen([*prefix, *self.command], stdout=subprocess.PIPE, text=True)

    def wait_ready(self) -> bool:
        """Wait until the server is ready; False when it ended instead."""
        assert self.process is not None
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            return False
        self.epoch = json.loads(line)["epoch"]
        return True

    def stop(self) -> None:
        """End the server as systemd does; it must say that all is well."""
        assert self.end(signal.SIGTERM) == 0, "a stopped server ends with 0"

    def kill(self) -> None:
        """End the server as a fault does."""
        self.end(signal.SIGKILL)

    def end(self, sign: signal.Signals) -> int:
        """Signal the server, wait for its end, and give its exit code."""
        process, self.process = self.process, None
        assert process is not None
        process.send_signal(sign)
        return reap(process)

    @property
    def settings(self) -> LinkSettings:
        """Give the server's addresses."""
        return LinkSettings.load(self.state / "technician")

    # --- devices ---

    def technician(self) -> Link:
        """Make the first technician's link, to be used in a ``with``."""
        return open_link(self.state / "technician")

    def announce(self, device_id: str, *functions: FunctionDescription) -> str:
        """Announce a device; gives the pairing string."""
        with self.technician() as technician:
            return announce_with(technician, self.state, device_id, *functions)

    def pair(self, device_id: str, *functions: FunctionDescription) -> Path:
        """Pair a device; gives its folder."""
        state = self.folder / "devices" / device_id
        pair(self.announce(device_id, *functions), state)
        return state

    def link(
        self,
        device_id: str,
        *,
        topics: Sequence[str] = (),
        on_view: Callable[[str, Envelope], None] = lambda _topic, _envelope: None,
        on_state: Callable[[LinkState], None] = lambda _state: None,
    ) -> Link:
        """Make the link of a paired device, to be used in a ``with``."""
        return open_link(self.folder / "devices" / device_id, topics=topics, on_view=on_view, on_state=on_state)

    def open_link(self, device_id: str) -> Link:
        """Open the link of a paired device, and wait until it is connected; it is closed with the branch."""
        link = self.link(device_id)
        self._links.append(link)
        link.start()
        until(lambda: link.state == "up", f"the link of {device_id} is connected")
        return link

    def ask(self, device_id: str, command: AnyCommand) -> AnyReply:
        """Ask one thing as a paired device."""
        with open_link(self.folder / "devices" / device_id) as link:
            return link.ask_and_wait(command)


def begin_branch(state: Path, config: Path = CONFIG) -> None:
    """Begin a branch in a folder, at any free ports of this machine alone."""
    ports = ["--port", "0", "--views-port", "0", "--pairing-port", "0", "--host", "127.0.0.1", "--json"]
    assert main(["init", "--state", str(state), "--config", str(config), *ports]) == 0


def announce_with(technician: Link, branch: Path, device_id: str, *functions: FunctionDescription) -> str:
    """Announce a device by a technician's link; gives the pairing string."""
    command = CreateDevice(function_id="technician", device_id=device_id, name=device_id, functions=functions)
    reply = technician.ask_and_wait(command)
    assert isinstance(reply, DeviceCreatedReply), reply
    settings = LinkSettings.load(branch / "technician")
    addresses = (settings.commands_address, settings.views_address, settings.pairing_address)
    commands, views, pairing = (int(address.rpartition(":")[2]) for address in addresses)
    return str(PairingString("127.0.0.1", commands, views, pairing, settings.server_key, reply.code))


def pair_with(technician: Link, branch: Path, state: Path, *functions: FunctionDescription) -> None:
    """Announce and pair a device, named like its folder."""
    pair(announce_with(technician, branch, state.name, *functions), state)


def reap(process: "subprocess.Popen[str]") -> int:
    """Wait for the end of a process and close its pipe."""
    try:
        return process.wait(PATIENCE_S)
    finally:
        if process.stdout is not None:
            process.stdout.close()


def function(kind: str, function_id: str, counter_id: str = "", zone_id: str = "") -> FunctionDescription:
    """Describe a function of a device."""
    return FunctionDescription(
        kind=kind,  # type: ignore[arg-type]  # Tests go through all kinds by name.
        function_id=function_id,
        counter_id=counter_id,
        zone_id=zone_id,
    )


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for something that another process does; fails with ``what`` when it does not come."""
    deadline = time.monotonic() + patience_s
    bell = os.eventfd(0)  # Nobody rings it: it is what to wait on between two looks.
    try:
        while not condition():
            assert time.monotonic() < deadline, what
            select.select([bell], [], [], 0.01)
    finally:
        os.close(bell)
