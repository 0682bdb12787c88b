"""Set up a whole hall on this machine: keys, devices, pairings, accounts, and every program with its command line.

Nothing here is special to a demonstration but that it happens by itself: a technician's key announces each device, each
device shows its code, and every program is started as in a hall, by `motcua …` with a folder of state.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

from motcua.commands import Problem
from motcua.demo.equipment import Equipment, PlannedDevice, agent_settings, equipment_of, simulated_hall
from motcua.demo.programs import Program, Programs
from motcua.demo.witnesses import voice_of
from protocol.commands import CreateDevice, Introduce
from protocol.configuration import Configuration
from protocol.link import Link, LinkSettings, PairingString, open_link, pair
from protocol.views import DeviceCreatedReply, Envelope, HallView

READY_S: Final = 180.0
"""A hall's worth of programs starting at once on a machine that is slow or busy, the voice making its first clips."""

SERVER_RESTART_AFTER_S: Final = 0.3
"""As in ``config/systemd/motcua-server.service``."""

REPORTS_FILE: Final = "reports.db"
CONFIG: Final = Path(__file__).parents[2] / "config"
BOARD_SIZE: Final = (1280, 720)
KIOSK_SIZE: Final = (540, 960)
RATING_SIZE: Final = (960, 600)
SETTING_UP_AT: Final = datetime.fromisoformat("2026-11-23T06:35:00+07:00")
"""While the hall is set up its clock stands at early Monday morning and runs as usual."""


@dataclass(frozen=True)
class Plan:
    """What hall to set up: its configuration, where it keeps its files, how its clock runs, and whether it is seen."""

    main_file: Path
    state: Path
    begins_at: datetime
    rate: float
    headless: bool
    for_visitors: bool = False
    setting_up_at: datetime = SETTING_UP_AT
    has_reports: bool = True
    """Whether report tables are kept; of a training hall there are none."""
    past_weeks: int = 0
    """How many weeks before were played, for managers to read."""
    printer: str = ""
    """A real printer for the first kiosk; the others', and its own without one, are simulated."""


@dataclass
class Hall:
    """A hall that is set up: where everything is reached."""

    plan: Plan
    programs: Programs
    configuration: Configuration
    equipment: Equipment
    doors: Path
    """The folder of Unix sockets; its path is short, as the kernel wants it."""
    control: str = ""
    """The control port of the simulated devices."""
    pages: str = ""
    public_pages: str = ""
    passwords: dict[str, str] = field(default_factory=dict)
    """One-time passwords by account."""
    troubles: list[str] = field(default_factory=list)
    """What is not as it should be already."""
    on_view: Callable[[HallView], None] = lambda _view: None
    """Told of each new view of the hall, as the technician's link brings it."""

    def folder(self, name: str) -> Path:
        """The folder of state of a program."""
        return self.plan.state / name

    def socket(self, name: str) -> Path:
        """The Unix socket of that name."""
        return self.doors / name

    def said(self, board_id: str) -> Path:
        """Where a board's voice writes what it said."""
        return self.plan.state / f"{board_id}-said.jsonl"

    @property
    def board_ids(self) -> tuple[str, ...]:
        """The boards, one per zone."""
        return tuple(f"board-{place}" for place in range(1, len(self.equipment.zones) + 1))

    def server(self, begins_at: datetime, rate: float) -> Program:
        """The queue server, with its clock."""
        clock = ("--clock-anchor", begins_at.isoformat(), "--clock-rate", str(rate))
        program = self._program("server", "server", *clock, *self._config(), "--json")
        return replace(program, restart_after_s=SERVER_RESTART_AFTER_S)

    def reports(self) -> Program:
        """The follower that keeps the report tables, from which managers read the day."""
        words = (sys.executable, "-m", "motcua", "report", "--follow", "--state", str(self.folder("server")))
        return Program("reports", (*words, *self._config()))

    def begin_the_day(self, technician: Link) -> None:
        """Start the server again with the day's clock; all terminals find it by themselves. Raises Problem."""
        self.programs.replace(self.server(self.plan.begins_at, self.plan.rate), READY_S)
        technician.ask_and_wait(Introduce(), deadline_s=READY_S)

    def program(self, device: PlannedDevice, printers: dict[str, str]) -> Program:
        """The program of a paired device."""
        name = device.device_id
        match device.program:
            case "web":
                reports = ("--reports", str(self.folder("server") / REPORTS_FILE))
                copies = ("--backups", str(self.folder("backups")))
                return self._program(name, "web", *self._config(), *reports, *copies, "--port", "0", "--json")
            case "public":
                reports = ("--reports", str(self.folder("server") / REPORTS_FILE))
                clips = ("--clips", str(self.folder(self.board_ids[0]) / "clips" / "default"))
                return self._program(name, "public", *self._config(), *reports, *clips, "--port", "0", "--json")
            case "kiosk":
                doors = ("--witness-socket", str(self.socket(f"{name}.witness")))
                panel = ("--touch-socket", str(self.socket(f"{name}.panel")))
                is_first = name == self.equipment.kiosks[0]
                printer = ("--printer", (self.plan.printer if is_first else "") or printers[name])
                return self._program(name, "kiosk", *self._config(), *printer, *doors, *panel, *self._size(KIOSK_SIZE))
            case "display":
                doors = ("--witness-socket", str(self.socket(f"{name}.witness")))
                sound = ("--sound", "device://default" if self._is_heard() else f"file://{self.said(name)}")
                return self._program(name, "display", *self._config(), *sound, *doors, *self._size(BOARD_SIZE))
            case "rating":
                return self._program(name, "rating", *self._config(), *self._size(RATING_SIZE))
            case _:
                return self._program(name, "agent", "--json")

    def _is_heard(self) -> bool:
        """Tell whether somebody sits at this machine who wants to hear the calls, and it can play them."""
        return self.plan.for_visitors and not self.plan.headless and Path("/dev/snd").exists()

    def _program(self, name: str, command: str, *arguments: str) -> Program:
        words = (sys.executable, "-m", "motcua", command, "--state", str(self.folder(name)), *arguments)
        environment = {"PYTHONUNBUFFERED": "1"}
        if self.plan.headless:
            environment |= {"SDL_VIDEODRIVER": "offscreen", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
        return Program(name, words, environment, ready=_says_json)

    def _config(self) -> tuple[str, str]:
        return ("--config", str(CONFIG))

    def _size(self, size: tuple[int, int]) -> tuple[str, ...]:
        return ("--size", f"{size[0]}x{size[1]}", "--json")


@contextmanager
def set_up(plan: Plan, programs: Programs) -> Iterator[tuple[Hall, Link]]:
    """Set up a hall and give it with the technician's link; in the end all its programs have ended.

    Raises Problem with what stands in the way, and ToldToEnd.
    """
    from queue_server.config import load

    configuration, _ = load(plan.main_file)
    with ExitStack() as closing:
        doors = Path(closing.enter_context(TemporaryDirectory(prefix="motcua-doors-")))
        closing.callback(programs.stop)
        hall = Hall(plan, programs, configuration, equipment_of(configuration, for_visitors=plan.for_visitors), doors)
        wired = _start_simulated_devices(hall)
        _begin_branch(hall)
        programs.start(hall.server(plan.setting_up_at, 1.0))
        programs.wait_ready(["server"], READY_S)
        technician = closing.enter_context(_technician(hall))
        if plan.has_reports:
            programs.start(hall.reports())
        devices = hall.equipment.devices()
        for device in devices:
            pair(_announce(technician, hall, device), hall.folder(device.device_id))
        (hall.folder("agent") / "agent.toml").write_text(agent_settings(hall.equipment, wired["wires"]), "utf-8")
        for device in devices:
            programs.start(hall.program(device, wired["printers"]))
        lines = programs.wait_ready([device.device_id for device in devices], READY_S)
        for board_id in hall.board_ids:
            voice = voice_of(hall.socket(f"{board_id}.witness"), READY_S)
            if voice != "ok":
                hall.troubles.append(f"{board_id} cannot speak: {voice}")
        hall.pages = json.loads(lines["web"])["address"]
        hall.public_pages = json.loads(lines["public"])["address"]
        _make_accounts(hall)
        yield hall, technician


def _technician(hall: Hall) -> Link:
    def on_view(_topic: str, envelope: Envelope) -> None:
        if isinstance(envelope.view, HallView):
            hall.on_view(envelope.view)

    return open_link(hall.folder("server") / "technician", topics=("hall",), on_view=on_view)


def _says_json(line: str) -> bool:
    return line.startswith("{")


def _start_simulated_devices(hall: Hall) -> dict[str, dict[str, str]]:
    folder = hall.folder("devices")
    folder.mkdir(parents=True)
    settings = folder / "hall.json"
    settings.write_text(json.dumps(simulated_hall(hall.equipment, str(folder))), "utf-8")
    words = (sys.executable, "-m", "hardware.simulated", "--config", str(settings))
    hall.programs.start(Program("devices", words, ready=_says_json, restarts=False))
    told: dict[str, Any] = json.loads(hall.programs.wait_ready(["devices"], READY_S)["devices"])
    hall.control = told["control"]
    return {"printers": told["printers"], "wires": told["wires"]}


def _begin_branch(hall: Hall) -> None:
    from motcua.demo.past import Past, play_past
    from motcua.workbench.words import read_texts
    from queue_server.branch_files import Address, found_branch
    from queue_server.config import load

    plan, state = hall.plan, hall.folder("server")
    configuration, sources = load(plan.main_file)
    address = Address(host="127.0.0.1", commands_port=0, views_port=0, pairing_port=0)
    if not plan.past_weeks:
        found_branch(state, configuration, sources, address, plan.setting_up_at)
        return
    past = Past(plan.past_weeks, plan.setting_up_at.date(), hall.equipment, read_texts(CONFIG).words("vi"))
    found_branch(state, configuration, sources, address, past.founded_at)
    play_past(past, state)


def _announce(technician: Link, hall: Hall, device: PlannedDevice) -> str:
    """Announce a device and give the string that the device is shown."""
    command = CreateDevice(
        function_id="technician", device_id=device.device_id, name=device.device_id, functions=device.functions
    )
    reply = technician.ask_and_wait(command)
    if not isinstance(reply, DeviceCreatedReply):
        raise Problem(f"the server did not take the device {device.device_id}: {reply}")
    settings = LinkSettings.load(hall.folder("server") / "technician")
    commands, views, pairing = (
        urlsplit(address).port or 0
        for address in (settings.commands_address, settings.views_address, settings.pairing_address)
    )
    return str(PairingString("127.0.0.1", commands, views, pairing, settings.server_key, reply.code))


def _make_accounts(hall: Hall) -> None:
    """Make an account for each counter's clerk, and one of each other role."""
    from queue_server.web.program import accounts_at

    with accounts_at(hall.folder("web")) as accounts:
        for counter in hall.configuration.counters:
            clerk_id = f"clerk{counter.number}"
            hall.passwords[clerk_id] = accounts.add(clerk_id, f"Cán bộ quầy {counter.number}", "clerk")
        hall.passwords["manager"] = accounts.add("manager", "Lãnh đạo", "manager")
        hall.passwords["usher"] = accounts.add("usher", "Cán bộ hướng dẫn", "usher")
        hall.passwords["inspector"] = accounts.add("inspector", "Đoàn kiểm tra", "inspector")
        hall.passwords["technician"] = accounts.reset_password("technician")


def has_screen() -> bool:
    """Tell whether windows can be opened here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
