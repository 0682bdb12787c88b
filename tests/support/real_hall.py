"""A hall of real processes for tests: a server, paired devices, touch programs with a finger and an eye at them."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from hardware.simulated import HallConfig, HallThread
from hardware.simulated.config import PrinterEntry
from hardware.simulated.remote import Remote
from protocol.link import Link, open_link, pair
from protocol.views import AnyReply

CONFIG = Path(__file__).parents[2] / "config"
PATIENCE_S = 40.0
"""How long anything may take on a machine that is busy with other tests."""

MONDAY_0830 = "2026-11-23T01:30:00+00:00"


class Program:
    """A sub-command of `motcua` as a process that says one JSON line when it is ready."""

    def __init__(self, *arguments: object, log: Path | None = None, display: str = "") -> None:
        command = [sys.executable, "-m", "motcua", *(str(argument) for argument in arguments)]
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        if display:
            environment |= {"DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
        with log.open("wb") if log else nullcontext() as said:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment)

    def ready(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        line = self.process.stdout.readline() if readable else b""
        assert line, f"{self.process.args!r} was not ready: exit code {self.process.poll()}"
        said: dict[str, Any] = json.loads(line)
        return said

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()


class RealHall:
    """A branch in a folder, served by the real server on a clock that starts on a Monday at half past eight."""

    def __init__(self, folder: Path, *, rate: float = 1.0, config: Path = CONFIG) -> None:
        self.folder = folder
        self._config = config
        self.rate = rate
        self._ports: list[object] = ["--port", 0, "--views-port", 0, "--pairing-port", 0]
        self._links: list[Link] = []
        self.server: Program | None = None

    def __enter__(self) -> Self:
        made = Program("init", "--state", self.folder / "server", "--config", self._config, "--json")
        assert made.process.wait(PATIENCE_S) == 0
        made.end()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links:
            link.close()
        if self.server is not None:
            self.server.end()

    def start(self) -> None:
        clock = ["--clock-anchor", MONDAY_0830, "--clock-rate", self.rate]
        self.server = Program("server", "--state", self.folder / "server", *self._ports, *clock, "--json")
        ready = self.server.ready()
        # Whoever was paired comes back to the same ports.
        self._ports = ["--port", ready["port"], "--views-port", ready["views_port"]]
        self._ports += ["--pairing-port", ready["pairing_port"]]

    def kill(self) -> None:
        assert self.server is not None
        self.server.end(signal.SIGKILL)
        self.server = None

    def pair(self, device_id: str, *functions: str) -> Path:
        """Announce a device, pair it, and give its folder of state."""
        arguments = [argument for function in functions for argument in ("--function", function)]
        technician = self.folder / "server" / "technician"
        made = Program("devices", "--state", technician, "create", device_id, *arguments, "--json")
        code = made.ready()["pairing"]
        made.end()
        state = self.folder / device_id
        pair(code, state)
        return state

    def link(self, state: Path) -> Link:
        link = open_link(state)
        link.start()
        self._links.append(link)
        return link

    def staff(self, *commands: Any) -> list[AnyReply]:
        """Have the staff's device ask these commands, in turn."""
        link = self.link(self.pair("staff", "staff:staff-1"))
        return [link.ask_and_wait(command, deadline_s=PATIENCE_S) for command in commands]


class RealScreen:
    """A touch program with a finger at its touch door and an eye at its witness door; in memory, or on a display."""

    def __init__(
        self, command: str, state: Path, *arguments: object, log: Path | None = None, display: str = ""
    ) -> None:
        self._doors = state / "touch", state / "witness"
        doors = ("--touch-socket", self._doors[0], "--witness-socket", self._doors[1])
        where = () if display else ("--headless",)
        self.program = Program(
            command, "--state", state, *where, "--json", *doors, *arguments, log=log, display=display
        )
        self.seen: list[dict[str, Any]] = []
        """Every screen that was shown, in order."""
        self.heard: list[dict[str, Any]] = []
        """Every sentence that was said to the headset, in order."""
        self._answers: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._finger, self._eye = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self._reader = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        try:
            self.ready = self.program.ready()
        except AssertionError:
            self.program.end()
            raise
        self._finger.connect(str(self._doors[0]))
        self._finger.settimeout(PATIENCE_S)
        self._eye.connect(str(self._doors[1]))
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.exit_code = self.program.end()
        finally:
            self._reader.join()
            self._finger.close()
            self._eye.close()

    def crash(self) -> None:
        """End the program as a power cut does."""
        self.program.process.kill()
        self.program.process.wait(PATIENCE_S)

    def wait(
        self, wanted: Callable[[dict[str, Any]], bool], *, since: int = 0, patience_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Wait for a screen that is as wanted among those shown from `since` on."""
        deadline_s = time.monotonic() + patience_s
        with self._changed:
            while True:
                found = next((shown for shown in self.seen[since:] if wanted(shown)), None)
                if found is not None:
                    return found
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    last = self.seen[-1] if self.seen else {}
                    raise AssertionError(f"never seen; last was {last.get('screen')}: {words(last)}")

    def hear(self, wanted: Callable[[str], bool], *, since: int = 0) -> int:
        """Wait until a sentence is said as wanted, among those from `since` on, and give the place of the next."""
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while True:
                for place, one in enumerate(self.heard[since:], start=since):
                    if wanted(one["text"]):
                        return place + 1
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    raise AssertionError(f"never heard; heard was {[one['text'] for one in self.heard[since:]]}")

    def wait_for_screen(self, name: str, *, since: int = 0, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Wait for a screen by its name among those shown from `since` on."""
        return self.wait(lambda shown: shown["screen"] == name, since=since, patience_s=patience_s)

    def on(self, name: str, *, having: str = "") -> dict[str, Any]:
        """Wait until the screen *now* shown is the named one, with these words somewhere."""
        return self.wait(
            lambda shown: shown is self.seen[-1] and shown["screen"] == name and having in words(shown),
        )

    def touch(self, action: str) -> dict[str, Any]:
        """Put a finger on the middle of something that is shown now, lift it, and give the answer."""
        with self._changed:
            shown = self.seen[-1]
        answer = self.touch_at(*middle_of(shown, action))
        # The screen may have gone on since the eye saw it; then the finger came down on something else.
        answer["obeyed"] = answer["obeyed"] and answer["on"] == action
        return answer

    def touch_text(self, text: str) -> dict[str, Any]:
        """Find something by its words, as a citizen does."""
        with self._changed:
            shown = self.seen[-1]
        return self.touch(next(one["action"] for one in shown["touch"] if one["text"] == text))

    def touch_at(self, x: float, y: float) -> dict[str, Any]:
        return self.tremble_at(x, y, times=1)[0]

    def tremble_at(self, x: float, y: float, *, times: int) -> list[dict[str, Any]]:
        """Put a finger down and up so often as fast as can be, and give the answer to each touch."""
        return self.touch_together(*[(x, y)] * times)

    def touch_together(self, *points: tuple[float, float]) -> list[dict[str, Any]]:
        """Put a finger down and up at each point before anything of it can be shown, and give the answers."""
        orders = [{kind: list(point)} for point in points for kind in ("down", "up")]
        self._finger.sendall(b"".join(json.dumps(order).encode() + b"\n" for order in orders))
        with self._finger.makefile("rb") as answers:
            return [json.loads(answers.readline()) | json.loads(answers.readline()) for _ in points]

    def wait_for_hall_time(self, seconds: float) -> None:
        """Let so much of the hall's time pass, by the program's own clock."""
        until_at: datetime | None = None
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while time.monotonic() < deadline_s:
                self._answers.clear()
                self._eye.sendall(b'{"ask": "state"}\n')
                self._changed.wait_for(lambda: self._answers, PATIENCE_S)
                now_at = datetime.fromisoformat(self._answers[-1]["hall_at"])
                until_at = until_at or now_at + timedelta(seconds=seconds)
                if now_at >= until_at:
                    return
                self._changed.wait(0.01)
        raise AssertionError(f"the hall's time stands still at {until_at}")

    def picture(self, path: Path) -> Path:
        self._eye.sendall(json.dumps({"ask": "screenshot", "path": str(path)}).encode() + b"\n")
        deadline_s = time.monotonic() + PATIENCE_S
        with self._changed:
            while not any(answer.get("path") == str(path) for answer in self._answers):
                assert self._changed.wait(deadline_s - time.monotonic()), f"no picture: {self._answers}"
        return path

    def _read(self) -> None:
        with self._eye.makefile("rb") as lines:
            for line in lines:
                told = json.loads(line)
                with self._changed:
                    {"shown": self.seen, "said": self.heard}.get(told.get("event"), self._answers).append(told)
                    self._changed.notify_all()


def press(screen: RealScreen, action: str) -> None:
    """Touch until it counts: a finger that comes down where it has just been lifted may be a trembling one."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not screen.touch(action)["obeyed"]:
        assert time.monotonic() < deadline_s, f"{action} is never obeyed"


def middle_of(shown: dict[str, Any], action: str) -> tuple[float, float]:
    """Give the middle of what offers an action on a screen."""
    left, top, width, height = next(one["box"] for one in shown["touch"] if one["action"] == action)
    return left + width / 2, top + height / 2


def words(shown: dict[str, Any]) -> str:
    """Give everything that is written on a screen."""
    return "\n".join(text["text"] for text in shown.get("texts", ()))


def number_on(shown: dict[str, Any]) -> str:
    """Read the number off the screen: of all words that look like one, the largest."""
    numbers = [text for text in shown["texts"] if re.fullmatch(r"[A-ZĐ]{1,3}\d{3,}", text["text"])]
    return max(numbers, key=lambda text: text["box"][3])["text"] if numbers else ""


class PaperPrinter:
    """A simulated printer at the far end of a real TCP wire."""

    def __init__(self, tickets: Path, name: str = "front") -> None:
        entry = PrinterEntry(name=name, address="tcp://127.0.0.1:0")
        self._name = name
        self._hall = HallThread(HallConfig(tickets=str(tickets), printers=(entry,)))
        self.address = self._hall.addresses["printers"][name]
        self._remote = Remote(self._hall.control)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._remote.close()
        self._hall.close()

    def fault(self, fault: str, *, on: bool = True) -> None:
        self._remote.order("fault", device=self._name, fault=fault, on=on)

    def tickets(self) -> list[dict[str, Any]]:
        """Give the tickets that came out, with the paths of their pictures."""
        noted: list[dict[str, Any]] = self._remote.order("tickets", device=self._name)
        return noted
