"""Other makers' devices at the real agent: Modbus keypads on one wire, a display that never answers on another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import registry
from hardware.agent.settings import SETTINGS_FILE
from hardware.bus import BusConfig, BusOwner, KeyPressed, TextShown
from hardware.simulated.remote import Remote
from protocol import commands as c
from tests.support import field
from tests.support.agents import FUNCTIONS, RealAgent, Server
from tests.support.devices import Heard, simulated_hall

PLACES = {
    "call-keypad-3": ("hall", 5, "modbus_keypad", "keypad_registers"),
    "rating-keypad-3": ("hall", 6, "modbus_keypad", "keypad_inputs"),
    "counter-display-3": ("pole", 1, "cd5220", ""),
}


def slaves(wire_id: str) -> list[dict[str, Any]]:
    kinds = {function.function_id: function.kind.replace("counter_display", "led") for function in FUNCTIONS}
    return [
        {"address": slave, "kind": kinds[name], "protocol": protocol, "preset": preset}
        for name, (wire, slave, protocol, preset) in PLACES.items()
        if wire == wire_id
    ]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Remote]:
    """Two simulated wires, and the settings of an agent that owns both."""
    wires = [
        {"name": name, "address": f"pty:{tmp_path}/wire-{name}", "slaves": slaves(name)} for name in ("hall", "pole")
    ]
    with simulated_hall(tmp_path / "hall", wires=wires) as (addresses, remote):
        agent = tmp_path / "agent"
        agent.mkdir()
        settings = "".join(
            f'[[wires]]\nwire_id = "{name}"\naddress = "{address}"\n' for name, address in addresses["wires"].items()
        )
        for name, (wire, slave, protocol, preset) in PLACES.items():
            settings += f'[[functions]]\nfunction_id = "{name}"\nwire_id = "{wire}"\nslave = {slave}\n'
            settings += f'protocol = "{protocol}"\npreset = "{preset}"\n'
        (agent / SETTINGS_FILE).write_text(settings, encoding="utf-8")
        yield remote


def states(server: Server, function_id: str) -> list[str]:
    reports = [each for each in list(server.commands.values()) if isinstance(each, c.ReportDevice)]
    return [report.state for report in reports if report.function_id == function_id]


def test_keys_call_and_rate_and_a_display_that_cannot_answer_is_never_called_well(hall: Remote, tmp_path: Path) -> None:
    with Server() as server:
        server.far_end.settings.save(tmp_path / "agent")
        hall.watch()
        with RealAgent(tmp_path / "agent"):
            server.show(prefix="H", ticket_number=25, visit_state="called")
            server.wait_for(lambda: states(server, "call-keypad-3") == ["ok"] == states(server, "rating-keypad-3"))
            hall.order("press", wire="hall", slave=5, keys="N")
            server.wait_for(lambda: bool(server.of_type(c.CallNext)))
            hall.order("press", wire="hall", slave=6, keys="4")
            server.wait_for(lambda: bool(server.of_type(c.PressRating)))
            while hall.order("shown", wire="pole", slave=1) != "H025":
                assert hall.event(10.0) is not None, "the display never showed the number"
            assert states(server, "counter-display-3") == ["unknown"], "it cannot say that it lives, so nobody does"
            hall.order("fault", device="pole", fault="unplugged", on=True)
            server.wait_for(lambda: states(server, "counter-display-3") == ["unknown", "gone"])
            hall.order("fault", device="pole", fault="unplugged", on=False)
            server.wait_for(lambda: states(server, "counter-display-3") == ["unknown", "gone", "unknown"])
    rating = server.of_type(c.PressRating)[0]
    assert isinstance(rating, c.PressRating)
    assert rating.level == 4


def test_makers_devices_are_there_by_an_address_alone() -> None:
    address = "simulated://wire/makers?modbus_leds=41,42:tm1650&modbus_keypads=5&declared=6&xunpeng=43"
    kinds = {41: field.DM36, 42: field.TM1650, 43: field.XUNPENG, 5: field.REGISTER_KEYPAD, 6: field.MADE_UP_KEYPAD}
    speeches = tuple(device.ends(number)[0] for number, device in kinds.items())
    heard = Heard()
    try:
        owner = BusOwner(registry.find(address).open, BusConfig(speeches, bytes_per_s=11520), heard)
        try:
            for number in (41, 42, 43):
                owner.show(number, "A017")
            heard.wait(lambda events: {TextShown(41, "A017"), TextShown(42, "A017")} <= set(events))
            remote = Remote(registry.simulated_control(address))
            for number in (5, 6):
                remote.order("press", wire="makers", slave=number, keys="0N")
            heard.wait(lambda events: len([event for event in events if isinstance(event, KeyPressed)]) == 4)
            assert [remote.order("shown", wire="makers", slave=number) for number in (41, 42)] == ["A017", "17"]
            remote.close()
        finally:
            owner.close()
    finally:
        registry.close_simulated()
    pressed = [(event.address, event.key) for event in heard.all if isinstance(event, KeyPressed)]
    assert sorted(pressed) == sorted([(5, "0"), (5, "N"), (6, "0"), (6, "N")])
