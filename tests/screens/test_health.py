"""Every kind of device is unplugged and plugged in again, before real programs: what the server knows of it, each once.

One branch with a real server, agent and kiosk; the far ends are simulated. What is counted is the log's own events,
from the first word of a device to its last. Each kind gives a row of the table in ``docs/devices/health.md``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest

from hardware.simulated.remote import Remote
from protocol.codec import decode_event
from protocol.events import DeviceReported
from protocol.link import open_link
from protocol.views import DevicesView, Envelope
from tests.support.devices import simulated_hall
from tests.support.fault_tables import DOCS, FaultTable
from tests.support.real_hall import PATIENCE_S, Program, RealHall, RealScreen

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]


class Kind(NamedTuple):
    """A kind of device in the hall under test, and what is said of it: well, ill, and without its wire."""

    name: str
    function_id: str
    slave: int = 0
    simulated: str = "led"
    protocol: str = "reference"
    preset: str = ""
    well: str = "ok"


WIRED = (
    Kind("call keypad, reference frame", "call-keypad-1", 1, "call_keypad"),
    Kind("call keypad, Modbus", "call-keypad-2", 2, "call_keypad", "modbus_keypad", "keypad_registers"),
    Kind("call keypad, declared frames", "call-keypad-3", 3, "call_keypad", "declared", "example_keypad"),
    Kind("rating keypad, reference frame", "rating-keypad-1", 21, "rating_keypad"),
    Kind("LED display, reference frame", "counter-display-1", 41),
    Kind("LED display, Modbus", "counter-display-2", 42, "led", "modbus_led", "dm36"),
    Kind("LED line board, AM03127", "counter-display-3", 43, "led", "am03127"),
    Kind("LED line board, Xunpeng", "counter-display-4", 44, "led", "xunpeng_line"),
    Kind("LED display, Xunpeng, write-only", "counter-display-5", 45, "led", "xunpeng", well="unknown never_answers"),
    Kind("VFD, CD5220, write-only", "counter-display-6", 46, "led", "cd5220", well="unknown never_answers"),
)
AT_USB = (Kind("call keypad, USB", "call-keypad-4"), Kind("rating keypad, USB", "rating-keypad-4"))
KIOSK = (Kind("receipt printer", "kiosk-1"), Kind("scanner", "kiosk-1"))
TABLE = FaultTable(
    DOCS / "devices" / "health.md",
    "health",
    ("device", "well", "unplugged or without power", "back", "its wire away", "wire back"),
    [kind.name for kind in (*WIRED, *AT_USB, *KIOSK)],
)


class Hall:
    """The branch under test."""

    def __init__(self, folder: Path, control: Remote) -> None:
        self.folder, self.control = folder, control
        self.states: dict[str, str] = {}
        self._changed = threading.Condition()

    def see(self, _topic: str, envelope: Envelope) -> None:
        """Take a view of the devices, as the technician's page does."""
        assert isinstance(envelope.view, DevicesView)
        with self._changed:
            self.states = {line.function_id: f"{line.state} {line.reason}".strip() for line in envelope.view.lines}
            self._changed.notify_all()

    def wait(self, wanted: dict[str, str]) -> None:
        """Wait until the page says all this."""
        with self._changed:
            done = self._changed.wait_for(lambda: wanted.items() <= self.states.items(), PATIENCE_S)
        assert done, {name: (state, self.states.get(name)) for name, state in wanted.items()}

    def told(self, function_id: str) -> list[str]:
        """Give all that the log holds of one function, in order."""
        log = apsw.Connection(f"file:{self.folder / 'server' / 'branch.db'}?mode=ro", apsw.SQLITE_OPEN_READONLY | 0x40)
        bodies = [row[0] for row in log.execute("select body from events order by seq")]
        log.close()
        events = (decode_event(body.encode() if isinstance(body, str) else body) for body in bodies)
        return [
            f"{event.state} {event.reason}".strip()
            for event in events
            if isinstance(event, DeviceReported) and event.function_id == function_id
        ]


@contextmanager
def hall_with(folder: Path, **config: Any) -> Iterator[tuple[Hall, RealHall, dict[str, Any]]]:
    with simulated_hall(folder / "far", **config) as (addresses, control), RealHall(folder) as real:
        hall = Hall(folder, control)
        with open_link(folder / "server" / "technician", topics=("devices",), on_view=hall.see):
            yield hall, real, addresses


def agent_toml(addresses: dict[str, Any]) -> str:
    text = f'[[wires]]\nwire_id = "hall"\naddress = "{addresses["wires"]["hall"]}"\n'
    for kind in WIRED:
        text += f'[[functions]]\nfunction_id = "{kind.function_id}"\nwire_id = "hall"\nslave = {kind.slave}\n'
        text += f'protocol = "{kind.protocol}"\npreset = "{kind.preset}"\n'
    for kind in AT_USB:
        address = addresses["inputs"][kind.function_id]
        text += f'[[usb_keypads]]\nfunction_id = "{kind.function_id}"\naddress = "{address}"\n'
    return text


@pytest.mark.slow
def test_each_device_of_an_agent_is_gone_once_and_back_once(tmp_path: Path, *, write_tables: bool) -> None:
    slaves = [
        {"address": kind.slave, "kind": kind.simulated, "protocol": kind.protocol, "preset": kind.preset}
        for kind in WIRED
    ]
    config = {
        "wires": [{"name": "hall", "address": f"pty:{tmp_path}/wire", "slaves": slaves}],
        "inputs": [
            {"name": kind.function_id, "address": f"pty:{tmp_path}/{kind.function_id}", "kind": "keypad"}
            for kind in AT_USB
        ],
    }
    with hall_with(tmp_path, **config) as (hall, real, addresses):
        functions = [f"{_kind(one)}:{one.function_id}:counter-{one.function_id[-1]}:hall" for one in (*WIRED, *AT_USB)]
        state = real.pair("agent", *functions)
        (state / "agent.toml").write_text(agent_toml(addresses), encoding="utf-8")
        agent = Program("agent", "--state", state, "--json", log=tmp_path / "agent.log")
        try:
            _unplug_and_plug(hall, agent)
        finally:
            assert agent.end() == 0
        said = (tmp_path / "agent.log").read_text(encoding="utf-8")
        for kind in WIRED:
            ill = ["gone no_answer", "ok"] if kind.well == "ok" else []
            assert hall.told(kind.function_id) == [kind.well, *ill, "gone wire_away", kind.well], kind.name
            assert said.count(f"{kind.function_id} does not answer any more") == len(ill) // 2
            row = (kind.name, kind.well, *(ill or ("cannot be known", kind.well)), "gone wire_away", kind.well)
            TABLE.hold(row, write=write_tables)
        for kind in AT_USB:
            assert hall.told(kind.function_id) == ["ok", "gone unplugged", "ok"]
            assert said.count(f"{kind.function_id} is away") == 1
            TABLE.hold((kind.name, "ok", "gone unplugged", "ok", "–", "–"), write=write_tables)
        assert said.count("wire hall is away") == 1
        assert said.count("wire hall is open") == 2
        assert "Traceback" not in said


def _kind(one: Kind) -> str:
    return one.function_id.rpartition("-")[0].replace("-", "_")


def _unplug_and_plug(hall: Hall, agent: Program) -> None:
    agent.ready()
    answering = [kind for kind in WIRED if kind.well == "ok"]
    well = {kind.function_id: kind.well for kind in WIRED} | {kind.function_id: "ok" for kind in AT_USB}
    hall.wait(well)
    for on in (True, False):
        for kind in answering:
            hall.control.order("fault", wire="hall", slave=kind.slave, fault="absent", on=on)
        for kind in AT_USB:
            hall.control.order("fault", device=kind.function_id, fault="unplugged", on=on)
        ill = {kind.function_id: "gone no_answer" for kind in answering}
        ill |= {kind.function_id: "gone unplugged" for kind in AT_USB}
        hall.wait(ill if on else well)
    for on in (True, False):
        hall.control.order("fault", device="hall", fault="unplugged", on=on)
        hall.wait({kind.function_id: "gone wire_away" for kind in WIRED} if on else well)


def test_a_kiosks_printer_and_scanner_are_gone_once_and_back_once(tmp_path: Path, *, write_tables: bool) -> None:
    config = {
        "printers": [{"name": "front", "address": f"pty:{tmp_path}/printer"}],
        "inputs": [{"name": "scanner", "address": f"pty:{tmp_path}/scanner", "kind": "serial_scanner"}],
    }
    with hall_with(tmp_path, **config) as (hall, real, addresses):
        state = real.pair("kiosk-a", "kiosk:kiosk-1")
        wires = ("--printer", addresses["printers"]["front"], "--scanner", addresses["inputs"]["scanner"])
        with RealScreen("kiosk", state, *wires):
            hall.wait({"kiosk-1": "ok"})
            for device, ill in (("front", "gone unreachable"), ("scanner", "degraded scanner_gone")):
                hall.control.order("fault", device=device, fault="unplugged")
                hall.wait({"kiosk-1": ill})
                hall.control.order("fault", device=device, fault="unplugged", on=False)
                hall.wait({"kiosk-1": "ok"})
        told = hall.told("kiosk-1")
        told = told[1:] if told[0] == "unknown printer_unheard" else told
        assert told == ["ok", "gone unreachable", "ok", "degraded scanner_gone", "ok"]
        TABLE.hold(("receipt printer", "ok", "gone unreachable", "ok", "–", "–"), write=write_tables)
        TABLE.hold(("scanner", "ok", "degraded scanner_gone", "ok", "–", "–"), write=write_tables)


def test_the_table_has_all_kinds() -> None:
    TABLE.complete()
