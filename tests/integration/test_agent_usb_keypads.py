"""The real agent program with keypads at USB: keys of simulated ones become commands and ratings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.agent.program import Agent
from hardware.agent.settings import SETTINGS_FILE, WrongSettings, load_settings
from hardware.simulated.remote import Remote
from protocol import commands as c
from tests.support.agents import RealAgent, Server
from tests.support.canaries import files, traces
from tests.support.cards import card
from tests.support.devices import simulated_hall

DISPLAY = """
[[wires]]
wire_id = "hall"
address = "{wire}"
[[functions]]
function_id = "counter-display-3"
wire_id = "hall"
slave = 43
"""
CALL = """
[[usb_keypads]]
function_id = "call-keypad-3"
address = "{call}"
keys = {{ KEY_F1 = "N" }}
"""
RATING = """
[[usb_keypads]]
function_id = "rating-keypad-3"
address = "{rating}"
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[Remote, Path]]:
    """Two simulated keypads and a wire with a display, and the agent's folder with all of them in its file."""
    inputs = [{"name": name, "address": f"pty:{tmp_path}/{name}", "kind": "keypad"} for name in ("call", "rating")]
    wires = [{"name": "hall", "address": f"pty:{tmp_path}/rs485", "slaves": [{"address": 43, "kind": "led"}]}]
    with simulated_hall(tmp_path / "hall", inputs=inputs, wires=wires) as (addresses, control):
        places = {**addresses["inputs"], "wire": addresses["wires"]["hall"]}
        agent = tmp_path / "agent"
        agent.mkdir()
        (agent / SETTINGS_FILE).write_text((DISPLAY + CALL + RATING).format(**places), encoding="utf-8")
        yield control, agent


def asked(server: Server, kind: type[c.Command]) -> list[Any]:
    return list(server.of_type(kind))


def press(control: Remote, device: str, *keys: str) -> None:
    control.order("press_keys", device=device, keys=list(keys))


def test_keys_at_usb_call_and_rate(server: Server, hall: tuple[Remote, Path]) -> None:
    control, state = hall
    server.far_end.settings.save(state)
    with RealAgent(state):
        server.show()
        server.wait_for(lambda: any(one.state == "ok" for one in asked(server, c.ReportDevice)))
        press(control, "call", "KEY_KPENTER")
        server.wait_for(lambda: len(asked(server, c.CallNext)) == 1)
        press(control, "call", "KEY_F1")
        server.wait_for(lambda: len(asked(server, c.CallNext)) == 2)
        press(control, "call", "KEY_KP4", "KEY_KP2", "KEY_KPDOT")
        server.wait_for(lambda: bool(asked(server, c.CallNumber)))
        (chosen,) = asked(server, c.CallNumber)
        assert (chosen.number, chosen.counter_id) == (42, "counter-3")
        press(control, "rating", "KEY_KP2", "KEY_PAGEDOWN")
        server.wait_for(lambda: len(asked(server, c.PressRating)) == 2)
        assert [one.level for one in asked(server, c.PressRating)] == [2, 3]


def test_a_keypad_that_is_unplugged_is_reported_once_and_once_when_it_is_back(
    server: Server, hall: tuple[Remote, Path]
) -> None:
    control, state = hall
    server.far_end.settings.save(state)

    def states() -> list[str]:
        reports = [one for one in asked(server, c.ReportDevice) if one.function_id == "call-keypad-3"]
        return [one.state for one in reports]

    with RealAgent(state) as agent:
        server.wait_for(lambda: states() == ["ok"])
        control.order("fault", device="call", fault="unplugged")
        server.wait_for(lambda: states() == ["ok", "gone"])
        control.order("fault", device="call", fault="unplugged", on=False)
        server.wait_for(lambda: states() == ["ok", "gone", "ok"])
        press(control, "call", "KEY_KPENTER")
        server.wait_for(lambda: len(asked(server, c.CallNext)) == 1)
    log = agent.log.read_text(encoding="utf-8")
    assert log.count("call-keypad-3 is away: ") == 1
    assert "by-id" in log


def test_a_card_that_is_typed_into_a_keypads_place_leaves_no_trace(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Somebody wires a scanner where a call keypad belongs: wrong, and still nobody's name is written down."""
    inputs = [{"name": "scanner", "address": f"pty:{tmp_path}/scanner", "kind": "keyboard_scanner"}]
    rating = [{"name": "rating", "address": f"pty:{tmp_path}/rating", "kind": "keypad"}]
    wires = [{"name": "hall", "address": f"pty:{tmp_path}/rs485", "slaves": [{"address": 43, "kind": "led"}]}]
    state = tmp_path / "agent"
    state.mkdir()
    server.far_end.settings.save(state)
    with simulated_hall(tmp_path / "hall", inputs=inputs + rating, wires=wires) as (addresses, control):
        places = {"call": addresses["inputs"]["scanner"], "rating": addresses["inputs"]["rating"]}
        text = (DISPLAY + CALL + RATING).format(wire=addresses["wires"]["hall"], **places)
        (state / SETTINGS_FILE).write_text(text, encoding="utf-8")
        with RealAgent(state):
            server.show()
            server.wait_for(lambda: any(one.state == "ok" for one in asked(server, c.ReportDevice)))
            control.order("scan", device="scanner", code=card("079308714159", name="Luu Do Quynh Khue", sex="") + "\r")
            server.wait_for(lambda: bool(asked(server, c.CallNext)))
        log = str([control.order("log", device=device, last=5000) for device in ("scanner", "rating", "hall")])
    said = capfd.readouterr()
    sent = str(list(server.commands.values()))
    streams = [("log", log.encode()), ("streams", (said.out + said.err).encode()), ("commands", sent.encode())]
    canaries = ("Luu Do Quynh Khue", "Quynh", "079308714159", "012345678")
    assert list(traces(canaries, [*files(tmp_path), *streams])) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CALL.format(call="serial:///dev/ttyUSB0"), "Write evdev:///dev/input/by-id/"),
        (CALL.format(call="evdev:///dev/input/event3"), "change with every start"),
        (CALL.format(call="evdev:///dev/input/by-id/k").replace("KEY_F1", "KEY_NEXT"), "KEY_NEXT"),
        (CALL.format(call="evdev:///dev/input/by-id/k").replace('"N"', '"next"'), "one visible ASCII character"),
        (CALL.format(call="evdev:///dev/input/by-id/k") * 2, "give each function once"),
        ('outcomes = ["left"]\n', "neither"),
    ],
)
def test_a_wrong_keypad_is_refused_with_its_place_and_its_mend(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WrongSettings) as refused:
        load_settings(tmp_path)
    assert said in str(refused.value)
    assert str(tmp_path / SETTINGS_FILE) in str(refused.value)


def test_a_keypad_that_the_server_calls_a_display_is_refused(server: Server, tmp_path: Path) -> None:
    text = CALL.format(call="evdev:///dev/input/by-id/k").replace("call-keypad-3", "counter-display-3")
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    server.far_end.settings.save(tmp_path)
    with pytest.raises(WrongSettings, match=r"cannot be a counter_display, .* call_keypad, rating_keypad"):
        Agent(tmp_path, load_settings(tmp_path)).run()
