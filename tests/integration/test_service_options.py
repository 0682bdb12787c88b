"""What stands in /etc/motcua/NAME.env reaches its program: each unit's line and each example of the docs."""

import argparse
import re
from pathlib import Path

import pytest

from hardware import registry
from hardware.printer import profile_named
from motcua.__main__ import build_parser
from motcua.commands.kiosk import roll_length
from tests.support.units import SERVICES, UnsetVariable, command_line, read_environment, settings, variables

TOP = Path(__file__).parents[2]
PROGRAM = "/opt/motcua/.venv/bin/motcua"
PAGES = [TOP / "docs" / "operating.md", *sorted((TOP / "docs" / "devices").glob("*.md"))]
EXAMPLES = [
    pytest.param(name, text, id=f"{page.stem}-{name}-{number}")
    for page in PAGES
    for number, (name, text) in enumerate(
        re.findall(r"^```\n# /etc/motcua/(\w+)\.env\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
]


def started(service: str, given: dict[str, str]) -> argparse.Namespace:
    """Give what a program is told by the command line of its service."""
    words = command_line(service, given)
    arguments = words[words.index(PROGRAM) + 1 :]
    return build_parser(arguments[0]).parse_args(arguments)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_without_a_file_and_takes_options_from_one(service: str) -> None:
    name = service.removeprefix("motcua-").removesuffix(".service")
    assert settings(service, "EnvironmentFile") == [f"-/etc/motcua/{name}.env"]
    usual = started(service, {})
    assert str(usual.state).startswith("/var/lib/motcua/")
    assert str(started(service, {"OPTIONS": '--state "/srv/other hall"'}).state) == "/srv/other hall"


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_of_the_docs_is_understood(name: str, text: str) -> None:
    service, given = f"motcua-{name}.service", read_environment(text)
    assert given.keys() <= variables(service).keys(), "the unit does not use it"
    told = started(service, given)
    if name == "kiosk":
        profile_named(told.profile)
        roll_length(told.roll_mm)
        for address in filter(None, (told.printer, told.scanner)):
            registry.find(address)


def test_a_kiosk_has_its_printer_its_profile_its_scanner_and_its_roll_from_the_file() -> None:
    usual = started("motcua-kiosk.service", {})
    assert (usual.printer, usual.profile, usual.scanner, usual.roll_mm) == (
        "file:///dev/usb/lp0", "generic_80mm", "", None,
    )  # fmt: skip
    given = {
        "PRINTER": "serial:///dev/serial/by-id/usb-x?baud=115200&flow=hardware",
        "PROFILE": "tm_t82",
        "SCANNER": "evdev:///dev/input/by-id/usb-y-event-kbd",
        "OPTIONS": "--roll-mm 50000 --language en",
    }
    told = started("motcua-kiosk.service", given)
    assert (told.printer, told.profile, told.scanner) == (given["PRINTER"], given["PROFILE"], given["SCANNER"])
    assert (told.roll_mm, told.language) == (50_000.0, "en")


def test_the_docs_show_a_file_for_the_kiosk_and_for_the_board() -> None:
    assert {"kiosk", "display", "web"} <= {parameter.values[0] for parameter in EXAMPLES}


def test_a_variable_that_nobody_sets_is_found(tmp_path: Path) -> None:
    (tmp_path / "plain.service").write_text("[Service]\nExecStart=/bin/echo ${NOBODY}\n", encoding="utf-8")
    with pytest.raises(UnsetVariable, match="NOBODY"):
        command_line("plain.service", {}, tmp_path)


def test_a_line_that_is_no_variable_is_found() -> None:
    assert read_environment('# a comment\n\nOPTIONS="--zone hall"\n') == {"OPTIONS": "--zone hall"}
    with pytest.raises(ValueError, match="no NAME=value"):
        read_environment("--zone hall")
