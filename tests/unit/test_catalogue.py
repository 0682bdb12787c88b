"""The catalogue: complete, clean, made from its sources, and honest about what is not known."""

import json
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from presentation.search import found, index
from protocol.configuration import Procedure

TOP = Path(__file__).parents[2]
FOLDER = TOP / "config" / "catalogue"
MAKE = TOP / "tools" / "make_catalogue.py"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


OFFICIAL = {procedure["code"]: procedure for procedure in _read("procedures.toml")["procedures"]}
WARD = _read("ward.toml")["procedures"]
CHOICE = _read("ward_choice.toml")


def _make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MAKE), "--folder", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_official_list_is_whole_and_each_code_stands_once() -> None:
    assert len(OFFICIAL) == len(_read("procedures.toml")["procedures"]) == 588
    assert sum(procedure["field"] in {"Hải quan", "Thuế"} for procedure in OFFICIAL.values()) == 235
    assert sum(procedure["after_15h_next_day"] for procedure in OFFICIAL.values()) == 12


@pytest.mark.parametrize("name", ["procedures.toml", "ward.toml", "ward_choice.toml"])
def test_letters_are_composed_and_names_stand_on_one_row(name: str) -> None:
    assert unicodedata.is_normalized("NFC", (FOLDER / name).read_text("utf-8"))
    for procedure in _read(name).get("procedures", ()):
        official_name = procedure.get("official_name", procedure.get("name", "-"))
        assert official_name == " ".join(official_name.split())
        assert official_name


def test_the_ward_publishes_a_usable_number_under_its_services() -> None:
    assert 140 <= len(WARD) <= 180
    assert max(Counter(procedure["code"] for procedure in WARD).values()) == 1
    services = Counter(procedure["service_id"] for procedure in WARD)
    assert set(services) == {
        *("certification", "civil_status", "land", "business"),
        *("welfare", "residence", "guidance", "results"),
    }
    assert not any(OFFICIAL.get(p["code"], {}).get("field") in {"Hải quan", "Thuế"} for p in WARD)


def test_every_entry_is_official_or_says_where_it_comes_from() -> None:
    for procedure in WARD:
        code = procedure["code"]
        assert (code in OFFICIAL) != (code in CHOICE["outside"]), code
        if code in OFFICIAL:
            assert procedure["official_name"] == OFFICIAL[code]["name"]
            assert procedure.get("after_15h_next_day", False) == OFFICIAL[code]["after_15h_next_day"]
            assert procedure.get("saturday_morning", False) == OFFICIAL[code]["saturday_morning"]


def test_short_names_fit_a_tile_and_no_two_are_alike() -> None:
    for language, longest in (("vi", 40), ("en", 40)):
        names = [procedure["names"][language] for procedure in WARD]
        assert [name for name in names if not 0 < len(name) <= longest] == []
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_what_is_not_known_is_absent_and_never_an_empty_word() -> None:
    known = [procedure for procedure in WARD if procedure.get("documents") is not None]
    assert len(known) >= 56
    for procedure in WARD:
        assert all(procedure.get("documents", ()))
        for key in ("time", "fee"):
            assert key not in procedure or all(procedure[key][language] for language in ("vi", "en"))
    assert sum("time" not in procedure for procedure in WARD) > 0


def test_the_queue_server_can_read_every_entry() -> None:
    allowed = set(Procedure.__struct_fields__)
    for entry in WARD:
        assert set(entry) <= allowed
        procedure = msgspec.convert(entry, Procedure)
        assert procedure.time is None or procedure.time == entry["time"]


def test_after_a_death_no_question_is_cheerful() -> None:
    for procedure in WARD:
        about_death = any(
            word in procedure["names"]["vi"].lower() for word in ("khai tử", "mai táng", "tử tuất", "đã mất")
        )
        assert about_death == (procedure.get("rating_tone") == "neutral"), procedure["names"]["vi"]


def test_the_ward_s_list_is_what_its_choice_makes(tmp_path: Path) -> None:
    for name in ("procedures.toml", "ward_choice.toml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    made = _make(tmp_path, "ward")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "ward.toml").read_text("utf-8") == (FOLDER / "ward.toml").read_text("utf-8"), (
        "run: python tools/make_catalogue.py ward"
    )


def test_a_crawl_is_cleaned(tmp_path: Path) -> None:
    record = {
        "code": "1.000001",
        "name": unicodedata.normalize("NFD", "Đăng ký\n  khai sinh. "),
        "field": "Hộ tịch",
        "levels": "Cấp xã",
        "decision": None,
        "url": "https://example.vn/1",
        "channels": [
            {"channel": "Trực tiếp", "value": 3, "unit": "Ngày làm việc"},
            {"channel": "Trực tiếp", "value": 3, "unit": "Ngày làm việc"},
            {"channel": "Trực tuyến", "value": None, "unit": None},
            {"channel": "Trực tuyến", "value": 1, "unit": None},
        ],
        "doc_rows_submit": 2,
        "after15h_next_day": True,
        "saturday_morning": False,
    }
    crawl = tmp_path / "crawl.json"
    crawl.write_text(json.dumps({"source": "a crawl", "procedures": [record, record | {"name": "again"}]}), "utf-8")
    made = _make(tmp_path, "official", str(crawl))
    assert made.returncode == 0, made.stderr
    (procedure,) = tomllib.loads((tmp_path / "procedures.toml").read_text("utf-8"))["procedures"]
    assert procedure["name"] == "Đăng ký khai sinh"
    assert procedure["times"] == [
        {"channel": "Trực tiếp", "value": 3, "unit": "ngày làm việc"},
        {"channel": "Trực tuyến", "value": 1},
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"1.002693" = {', '"9.999999" = {'), "tells of 1.002693|9.999999 must stand either"),
        (('[details."2.000908"]', '[details."2.000909"]'), "tells of 2.000909, which no service lists"),
        (('time = "3 wd"', 'time = "3 weeks"'), "not '3 weeks'"),
    ],
)
def test_a_mistaken_choice_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    (tmp_path / "procedures.toml").write_bytes((FOLDER / "procedures.toml").read_bytes())
    text = (FOLDER / "ward_choice.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "ward_choice.toml").write_text(text.replace(*change), "utf-8")
    made = _make(tmp_path, "ward")
    assert made.returncode != 0
    assert any(part in made.stderr for part in complaint.split("|")), made.stderr
    assert not (tmp_path / "ward.toml").exists()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("khai sinh", "1.001193"),
        ("so do", "1.013978"),
        ("ket hon", "1.000894"),
        ("tam tru", "1.004194"),
        ("sao tu ban chinh", "2.000815"),
        ("ho ngheo", "1.011607"),
        ("via he", "1.013274"),
        ("can cuoc", "1.014061"),
        ("birth", "1.001193"),
    ],
)
def test_people_find_what_they_come_for(typed: str, code: str) -> None:
    names = index((p["code"], p["names"][language], language) for language in ("vi", "en") for p in WARD)
    assert code in found(names, typed, "vi").entry_ids[:5]
