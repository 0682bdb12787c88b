"""Every piece of TOML that a page shows is read by the program it is for: whoever copies it has a file that works.

A piece of `agent.toml` may leave out the wire that its functions hang on, and names files of the reader's own; both are
put beside it here, and nothing else.
"""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from display.clips import open_pack
from hardware import device_files, registry
from hardware.agent.settings import AgentSettings, WrongSettings, load_settings
from hardware.printer.profile_files import parse_profile
from hardware.simulated.config import read_config
from queue_server.config import MAIN, parse
from tests.support.recorded_hall import ward_sources

DOCS = Path(__file__).parents[2] / "docs"
PIECES = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.rglob("*.md"))
    for number, text in enumerate(re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL))
]
FUNCTION = '[[functions]]\nfunction_id = "call-keypad-1"\nwire_id = "w"\nslave = 5\n'
AGENT = {"wires", "functions", "usb_keypads", "call_keys", "rating_keys", "outcomes"}
USUAL_WIRE = '\n[[wires]]\nwire_id = "{}"\naddress = "serial:///dev/serial/by-id/usb-x"\n'


def read_agent(text: str, folder: Path) -> AgentSettings:
    """Read a piece of `agent.toml` as the agent does. Raises WrongSettings."""
    raw = tomllib.loads(text)
    named = {wire["wire_id"] for wire in raw.get("wires", ())}
    missing = {function["wire_id"] for function in raw.get("functions", ())} - named
    (folder / "agent.toml").write_text(text + "".join(map(USUAL_WIRE.format, sorted(missing))), encoding="utf-8")
    settings = load_settings(folder)
    for address in (*(wire.address for wire in settings.wires), *(usb.address for usb in settings.usb_keypads)):
        registry.find(address)
    return settings


def read_device(text: str, _folder: Path) -> object:
    """Read a device's file. Raises Mistakes."""
    return device_files.parse("shown.toml", text)


def read_hall(text: str, folder: Path) -> object:
    """Read a hall of simulated devices. Raises ValueError."""
    (folder / "hall.toml").write_text(text, encoding="utf-8")
    hall = read_config(folder / "hall.toml")
    assert [slave.model() for wire in hall.wires for slave in wire.slaves]
    return hall


def read_profile(text: str, _folder: Path) -> object:
    """Read a printer's profile. Raises Mistakes."""
    return parse_profile("shown.toml", text)


def read_pack(text: str, folder: Path) -> object:
    """Read a voice's manifest. Raises NoPack."""
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    return open_pack(folder)


def read_branch(text: str, _folder: Path) -> object:
    """Read a part of a hall's own text, in the place of that part of the one that we ship. Raises Mistakes."""
    sources = ward_sources()
    (part,) = tomllib.loads(text)
    rest, found = re.subn(rf"^\[{part}\]\n.*?(?=^# ---)", "", sources[MAIN], flags=re.MULTILINE | re.DOTALL)
    assert found == 1, part
    return parse({**sources, MAIN: f"{rest}\n{text}"})


def reader_of(text: str) -> Callable[[str, Path], object]:
    """Tell whose file this is, by the keys that only it has."""
    keys = tomllib.loads(text).keys()
    if keys & AGENT and "tickets" not in keys:
        return read_agent
    if "tickets" in keys:
        return read_hall
    if "voices" in keys:
        return read_branch
    if "like" in keys:
        return read_profile
    return read_device if "kind" in keys else read_pack


@pytest.mark.parametrize("text", PIECES)
def test_a_piece_that_a_page_shows_is_read(text: str, tmp_path: Path) -> None:
    assert reader_of(text)(text, tmp_path) is not None


def test_all_kinds_of_files_are_shown() -> None:
    shown = {reader_of(str(piece.values[0])) for piece in PIECES}
    assert shown == {read_agent, read_branch, read_device, read_hall, read_pack, read_profile}


def test_the_agents_page_shows_every_key_of_its_file_that_has_a_table(tmp_path: Path) -> None:
    """What it gives as the defaults are the defaults; the keys in it that stand after a table are no one else's."""
    page = (DOCS / "devices" / "agent.md").read_text("utf-8")
    text = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0]
    assert tomllib.loads(text).keys() == AGENT
    told, usual = read_agent(text, tmp_path), AgentSettings()
    assert (told.call_keys, told.outcomes) == (usual.call_keys, usual.outcomes)
    assert told.rating_keys == {"1": 4, "2": 3, "3": 2, "4": 1}
    fields = {field.encode_name for field in msgspec.structs.fields(AgentSettings)}
    assert not [name for name in fields if name not in page]


def test_a_wrong_piece_is_found(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="nonsense"):
        read_agent(FUNCTION + 'protocol = "nonsense"\n', tmp_path)
    with pytest.raises(WrongSettings, match="outcomes"):
        read_agent(FUNCTION + "outcomes = []\n", tmp_path)


def test_the_file_that_is_to_be_copied_can_be(tmp_path: Path) -> None:
    """keypads.md: copy the example, name it in agent.toml by `file`."""
    copied = tmp_path / "mine.toml"
    shutil.copy(device_files.SHIPPED / "example_keypad.toml", copied)
    text = FUNCTION + f'protocol = "declared"\nfile = "{copied}"\n'
    (function,) = read_agent(text, tmp_path).functions
    device = function.device()
    assert device is not None
    assert device.status == "own"
