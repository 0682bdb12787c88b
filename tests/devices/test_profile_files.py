"""A printer that no known profile fits is described by a file: what differs is said, and each mistake is told."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import zxingcpp
from PIL import Image

from hardware.printer import PROFILES, WrongProfile, profile_named
from hardware.printer.profile_files import ProfileFile, parse_profile
from hardware.ticket import TRIAL_CODE
from motcua.__main__ import main
from presentation.mistakes import Mistakes
from tests.support.devices import simulated_hall

TOP = Path(__file__).parents[2]
SHIPPED = sorted((TOP / "config" / "printers").glob("*.toml"))
OF_THE_WIRE = {"name", "bytes_per_s", "pulse_bytes"}
"""Fields of a profile that no file says."""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_files_that_come_with_motcua_are_right(path: Path) -> None:
    assert profile_named(str(path)).name == path.stem


def test_what_a_file_says_differs_and_nothing_else() -> None:
    assert parse_profile("front.toml", 'like = "xprinter_80"\nlink = "per_job"\nroll_mm = 50000\n') == replace(
        PROFILES["xprinter_80"], name="front", link="per_job", roll_mm=50_000.0
    )


def test_the_page_has_each_key_and_its_example_is_right() -> None:
    page = (TOP / "docs/devices/printers.md").read_text(encoding="utf-8").partition("### A profile of your own")[2]
    page = page.partition("\n## ")[0]
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    assert parse_profile("shared.toml", example[1]) == profile_named(str(TOP / "config/printers/shared.toml"))
    fields = {field.name: field.type for field in msgspec.structs.fields(ProfileFile)}
    keys = set(re.findall(r"`([a-z_]+)`", "".join(line.split(" | ")[0] for line in page.splitlines() if "| `" in line)))
    assert keys == fields.keys() - {"like"}
    choices = {str(one) for kind in fields.values() for part in get_args(kind) for one in get_args(part)}
    assert not [one for one in choices if one.isalpha() and f'"{one}"' not in page]


def test_a_file_can_say_all_of_a_profile_but_what_its_wire_says() -> None:
    fields = {field.name for field in msgspec.structs.fields(ProfileFile)}
    assert fields - {"like"} == asdict(PROFILES["generic_80mm"]).keys() - OF_THE_WIRE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('like = "xprinter"', "f.toml:1: like: no profile is called 'xprinter'. Mend: write one of: generic_58mm, "),
        ('link = "per_job"', "f.toml: 'like' is missing. Mend: add like = …."),
        ('like = "tm_t82"\nlinks = "kept"', "f.toml:2: links: the key 'links' is unknown. Mend: did you mean 'link'?"),
        ('like = "tm_t82"\nlink = "job"', "f.toml:2: link: 'job' will not do. Mend: write one of: kept, per_job."),
        ('like = "tm_t82"\nwidth_dots = 570', "width_dots: 570 will not do. Mend: write one of: 576, 512, 384."),
        ('like = "tm_t82"\nfeed_lines = 300', "300 will not do. Mend: write a whole number from 0 to 255."),
        ('like = "tm_t82"\nstatus = "none"', 'a printer that tells no status cannot confirm by "process_id". Mend: '),
        ('like = "generic_58mm"\nnear_end_mm = 20000', "the near end (20000 mm) is longer than the roll (18000 mm)"),
        ("like =", "this is no TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_its_mend(text: str, told: str) -> None:
    with pytest.raises(Mistakes) as caught:
        parse_profile("f.toml", text)
    assert told in str(caught.value)


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongProfile, match=r"no printer profile is called 'epson'; known are generic_58mm.* \.toml"):
        profile_named("epson")
    with pytest.raises(WrongProfile, match="give the path of a readable file"):
        profile_named(str(tmp_path / "gone.toml"))


def test_profiles_are_listed_and_a_file_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "profiles"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == sorted(PROFILES)
    assert main(["devices", "profiles", "--json", str(TOP / "config/printers/shared.toml")]) == 0
    assert json.loads(capsys.readouterr().out) == {
        **asdict(PROFILES["xprinter_80"]),
        "name": "shared",
        "link": "per_job",
    }
    assert main(["devices", "profiles", "front.toml"]) == 1
    assert "front.toml: cannot be read" in capsys.readouterr().err


def test_a_ticket_is_printed_by_a_file_s_profile(tmp_path: Path) -> None:
    """Its paper is narrow, which the known profile that it is like is not."""
    narrow = tmp_path / "narrow.toml"
    narrow.write_text('like = "tm_t82"\nwidth_dots = 384\nlink = "per_job"\n', encoding="utf-8")
    with simulated_hall(
        tmp_path / "hall", printers=[{"name": "front", "address": "tcp://127.0.0.1:0", "width_dots": 384}]
    ) as (addresses, remote):
        assert main(["devices", "test-print", addresses["printers"]["front"], "--profile", str(narrow)]) == 0
        (ticket,) = remote.order("tickets", device="front")
    with Image.open(ticket["picture"]) as picture:
        codes = [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]
    assert codes == [TRIAL_CODE], "drawn for wide paper it would be cut off"
