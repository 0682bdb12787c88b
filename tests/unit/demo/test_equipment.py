"""What stands in a demonstration's hall follows from its configuration, and its programs can read what is written."""

from pathlib import Path

import msgspec
import pytest

from hardware.agent.settings import SETTINGS_FILE, load_settings
from hardware.simulated import HallConfig
from motcua.demo.equipment import Equipment, agent_settings, equipment_of, simulated_hall
from motcua.demo.stage import CONFIG
from queue_server.config import load


@pytest.fixture(params=["branch.toml", "demo/large.toml"])
def equipment(request: pytest.FixtureRequest) -> Equipment:
    configuration, _ = load(CONFIG / request.param)
    return equipment_of(configuration, for_visitors=True)


def test_the_large_hall_has_two_kiosks_two_zones_and_two_wires() -> None:
    ward, large = (equipment_of(load(CONFIG / name)[0]) for name in ("branch.toml", "demo/large.toml"))
    assert (len(ward.kiosks), len(ward.zones), len(ward.wire_ids)) == (1, 1, 1)
    assert (len(large.kiosks), len(large.zones), len(large.wire_ids)) == (2, 2, 2)


def test_half_of_the_counters_are_worked_by_keypads_and_all_can_be_rated(equipment: Equipment) -> None:
    kinds = [one.kind for one in equipment.bare]
    assert kinds.count("call_keypad") * 2 == kinds.count("rating_keypad") == kinds.count("counter_display")


def test_no_two_devices_share_a_place_or_a_function(equipment: Equipment) -> None:
    places = [one.place for one in equipment.bare]
    assert len(set(places)) == len(places)
    functions = [function.function_id for device in equipment.devices() for function in device.functions]
    assert len(set(functions)) == len(functions)


def test_the_agent_and_the_simulated_devices_can_read_their_settings(equipment: Equipment, tmp_path: Path) -> None:
    wires = {wire_id: f"serial:///dev/{wire_id}?baud=115200" for wire_id in equipment.wire_ids}
    (tmp_path / SETTINGS_FILE).write_text(agent_settings(equipment, wires), "utf-8")
    settings = load_settings(tmp_path)
    assert {(one.wire_id, one.slave) for one in settings.functions} == {one.place for one in equipment.bare}
    hall = msgspec.convert(simulated_hall(equipment, str(tmp_path)), HallConfig)
    assert sum(len(wire.slaves) for wire in hall.wires) == len(equipment.bare)
