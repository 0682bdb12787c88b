"""The devices' pages are complete: whatever a configuration can name has a place in the docs."""

import re
from pathlib import Path

import pytest

from hardware import device_files
from hardware.printer import PROFILES, Trouble
from hardware.registry import _EXAMPLES as SCHEMES
from hardware.simulated.printer import FAULTS
from hardware.simulated.wire import SLAVE_FAULTS, WIRE_FAULTS
from hardware.speeches import NAMES
from presentation.texts import texts_from

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
INDEX = (DOCS / "devices.md").read_text(encoding="utf-8")
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((DOCS / "devices").glob("*.md"))}
DRIVERS = ("printers", "wire", "displays", "keypads", "usb-keypads", "scanners")


@pytest.mark.parametrize("name", PAGES)
def test_the_index_leads_to_each_page(name: str) -> None:
    assert f"](devices/{name}.md)" in INDEX


@pytest.mark.parametrize("name", DRIVERS)
def test_a_drivers_page_says_how_to_wire_and_set_it_what_witnessed_it_and_its_limits(name: str) -> None:
    text = PAGES[name].lower()
    assert not [word for word in ("wiring", "settings", "verified", "limits") if word not in text]


def test_each_protocol_preset_profile_and_scheme_is_described() -> None:
    text = INDEX + "".join(PAGES.values())
    wanted = [*NAMES, *device_files.presets(), *PROFILES, *(f"{scheme}://" for scheme in SCHEMES)]
    assert not [name for name in wanted if name not in text]


def test_each_fault_that_can_be_steered_is_listed() -> None:
    assert not [name for name in (*FAULTS, *WIRE_FAULTS, *SLAVE_FAULTS, "unplugged") if name not in PAGES["simulated"]]


def test_each_reason_of_health_has_words_in_all_languages() -> None:
    table = PAGES["health"].partition("| reason | at |")[2]
    reasons = {name for line in table.splitlines() for name in re.findall(r"`([a-z_]+)`", line.split(" | ")[0])}
    assert {"no_answer", "wire_away", "scanner_gone", *(str(trouble) for trouble in Trouble)} <= reasons
    texts = texts_from({code: (TOP / "config/texts" / f"{code}.toml").read_text("utf-8") for code in ("vi", "en")})
    for language in ("vi", "en"):
        assert not [one for one in reasons if not texts.has(f"devices.reason.{one}", language)]
