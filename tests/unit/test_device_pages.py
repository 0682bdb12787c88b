"""The devices' pages are complete: whatever a configuration can name has a place there, and each driver all five parts.

A driver's section begins with ``<!-- driver: NAME … -->`` and ends where the next one begins. Its parts are headings,
or the bold words at the beginning of a point.
"""

import argparse
import re
from pathlib import Path

import pytest

from hardware import device_files
from hardware.printer import PROFILES, Trouble
from hardware.registry import _EXAMPLES as SCHEMES
from hardware.registry import find
from hardware.simulated.printer import FAULTS
from hardware.simulated.wire import SLAVE_FAULTS, WIRE_FAULTS
from hardware.speeches import NAMES
from motcua.__main__ import build_parser
from presentation.texts import texts_from

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
INDEX = (DOCS / "devices.md").read_text(encoding="utf-8")
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((DOCS / "devices").glob("*.md"))}
INPUTS = ("usb_keypad", "scanner", "tactile_keypad")
PARTS = ("Wiring", "Settings", "Supported", "Verified by", "Limits")
LEAST = 60
"""So many letters a part has at least: less says nothing."""

TABLE = re.compile(r"<!-- table: ([a-z-]+) -->")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def sections(pages: dict[str, str]) -> dict[str, str]:
    """Return the text of each driver's section by the driver's name. Raises AssertionError for a name told twice."""
    found: dict[str, str] = {}
    for page in pages.values():
        _, *rest = re.split(r"<!-- driver: (.+?) -->\n", page)
        for names, text in zip(rest[::2], rest[1::2], strict=True):
            assert not found.keys() & set(names.split()), f"{names} has two sections"
            found |= dict.fromkeys(names.split(), text)
    return found


def parts(section: str) -> dict[str, str]:
    """Return what a driver's section says, by the part's name; a part ends where another or a heading begins."""
    label = r"(?:^#+ (?:Known )?|^- \*\*)(Wiring|Settings|Supported|Verified by|[Ll]imits)"
    _, *rest = re.split(label, section, flags=re.MULTILINE)
    said: dict[str, str] = {}
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        ended = re.split(r"^##? |^- \*\*", text.partition("\n")[2] or text, maxsplit=1, flags=re.MULTILINE)[0]
        first_line = text.partition("\n")[0]
        said.setdefault(name.capitalize() if name == "limits" else name, first_line + ended)
    return said


SECTIONS = sections(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_index_leads_to_each_page(name: str) -> None:
    assert f"](devices/{name}.md)" in INDEX


def test_each_driver_has_a_section_and_each_section_a_driver() -> None:
    assert SECTIONS.keys() == {*NAMES, *device_files.presets(), *PROFILES, *INPUTS}


@pytest.mark.parametrize("driver", sorted(SECTIONS))
def test_a_drivers_section_says_how_to_wire_and_set_it_what_is_meant_what_witnessed_it_and_its_limits(
    driver: str,
) -> None:
    said = parts(SECTIONS[driver])
    assert {name: len(said.get(name, "")) for name in PARTS if len(said.get(name, "")) < LEAST} == {}


def test_a_section_without_a_part_is_found() -> None:
    whole = SECTIONS["am03127"]
    assert [name for name in PARTS if name not in parts(whole.replace("**Verified by.**", "**Seen by.**"))] == [
        "Verified by"
    ]
    assert len(parts(re.sub(r"(?s)(\*\*Settings\.\*\*).*?(?=\n- \*\*)", r"\1 Yes.", whole))["Settings"]) < LEAST
    with pytest.raises(AssertionError, match="two sections"):
        sections({"a": "<!-- driver: x -->\nA\n", "b": "<!-- driver: x -->\nB\n"})


def test_a_witness_that_a_page_names_is_there() -> None:
    ours = re.compile(r"`((?:tests|hardware|config)/[\w./-]+)`")
    named = {name for page in (INDEX, *PAGES.values()) for name in ours.findall(page)}
    assert len(named) > 10
    assert not [name for name in named if not (TOP / name).exists()]


def test_a_device_that_is_ours_guessed_or_published_is_called_so() -> None:
    """The table of keypads.md says of each file that comes with Motcua what the file says of itself."""
    rows = re.findall(r"^\| `(verified|published|own|experimental)` \|.*\| (.*) \|$", PAGES["keypads"], re.MULTILINE)
    told = {name: status for status, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == {name: device_files.load_preset(name).status for name in device_files.presets()}
    for name, status in told.items():
        assert ("experimental" in SECTIONS[name].lower()) or status != "experimental", name


# --- The index -------------------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """Return by which name a link leads to a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_index_names_each_table_that_tests_write_and_leads_to_it() -> None:
    missing = []
    for name, page in PAGES.items():
        for table in TABLE.finditer(page):
            *_, heading = HEADING.findall(page[: table.start()])
            if f"[`{table[1]}`](devices/{name}.md#{anchor(heading)})" not in INDEX:
                missing.append((table[1], name, anchor(heading)))
    assert missing == []
    assert len(TABLE.findall("".join(PAGES.values()))) >= 5


def choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the actions of a command."""
    (actions,) = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(actions.choices)


def test_the_index_lists_every_command_for_devices() -> None:
    actions = choices(choices(build_parser("devices"))["devices"])
    assert not [name for name in actions if f"motcua devices {name}" not in INDEX]
    (words,) = [one.choices for one in actions["printer"]._actions if one.dest == "word"]
    assert words
    assert not [word for word in words if not re.search(rf"motcua devices printer --state \S+ {word}`", INDEX)]
    assert "motcua doctor" in INDEX
    assert "motcua commission" in INDEX


# --- Names -----------------------------------------------------------------------------------------------------------


def test_each_way_to_open_a_device_is_described() -> None:
    assert not [scheme for scheme in SCHEMES if f"`{scheme}://" not in INDEX]


def test_each_whole_address_that_a_page_shows_is_one() -> None:
    operating = (DOCS / "operating.md").read_text(encoding="utf-8")
    pages = [INDEX, operating, *(page for name, page in PAGES.items() if name != "simulated")]  # It shows far ends.
    schemes = "|".join(SCHEMES)
    shown = {
        address.replace("\\|", "|")
        for page in pages
        for address in re.findall(rf"(?:{schemes})://[^\s`\"')…]+(?![^\s`\"']*…)", page)
        if "…" not in address
    }
    assert len(shown) >= 10
    for address in sorted(shown):
        find(address)


def test_each_fault_that_can_be_steered_is_listed() -> None:
    assert not [name for name in (*FAULTS, *WIRE_FAULTS, *SLAVE_FAULTS, "unplugged") if name not in PAGES["simulated"]]


def test_each_reason_of_health_has_words_in_all_languages() -> None:
    table = PAGES["health"].partition("| reason | at |")[2]
    reasons = {name for line in table.splitlines() for name in re.findall(r"`([a-z_]+)`", line.split(" | ")[0])}
    assert {"no_answer", "wire_away", "scanner_gone", *(str(trouble) for trouble in Trouble)} <= reasons
    texts = texts_from({code: (TOP / "config/texts" / f"{code}.toml").read_text("utf-8") for code in ("vi", "en")})
    for language in ("vi", "en"):
        assert not [one for one in reasons if not texts.has(f"devices.reason.{one}", language)]
