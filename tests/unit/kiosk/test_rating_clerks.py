"""Clerks on a rating terminal: shown only where the branch allows, from files that a mistake cannot break."""

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from kiosk.rating import clerks
from kiosk.rating import flow as f
from kiosk.widgets.page import Person
from tests.unit.kiosk.test_rating_flow import Terminal, view, window


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "names.toml").write_text('[names]\nan = "Nguyễn Thị An"\nbinh = 7\n', encoding="utf-8")
    Image.new("RGB", (600, 900), (200, 30, 30)).save(tmp_path / "an.jpg")
    return tmp_path


def test_name_and_photo_are_read_and_the_photo_is_cut_square(folder: Path) -> None:
    clerk, wrong = clerks.read_clerk(folder, "an")
    assert wrong == ()
    assert clerk is not None
    assert clerk.name == "Nguyễn Thị An"
    assert clerk.photo is not None
    assert len(clerk.photo.pixels) == 3 * clerk.photo.side**2


@pytest.mark.parametrize(
    ("clerk_id", "says"),
    [("chi", "no name for chi; add it"), ("binh", "names.binh: 7 is no name"), ("../an", "names no file")],
)
def test_who_has_no_name_is_not_shown_and_why_is_said(clerk_id: str, says: str, folder: Path) -> None:
    clerk, (wrong,) = clerks.read_clerk(folder, clerk_id)
    assert clerk is None
    assert says in wrong


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"GIF89a no photo", "save it again as JPEG or PNG"),
        (b"\xff\xd8\xff\xe0" + b"0" * 100, "save it again as JPEG or PNG"),
        (b"0" * (clerks.PHOTO_LIMIT_BYTES + 1), "at most 2000000"),
    ],
)
def test_a_wrong_photo_is_refused_with_its_place_and_mend_and_the_name_stays(
    body: bytes, says: str, folder: Path
) -> None:
    (folder / "an.jpg").write_bytes(body)
    clerk, (wrong,) = clerks.read_clerk(folder, "an")
    assert clerk == f.Clerk("an", "Nguyễn Thị An")
    assert str(folder / "an.jpg") in wrong
    assert says in wrong


def test_a_photo_cut_off_in_the_middle_is_refused(folder: Path) -> None:
    whole = (folder / "an.jpg").read_bytes()
    (folder / "an.jpg").write_bytes(whole[: len(whole) // 2])
    clerk, wrong = clerks.read_clerk(folder, "an")
    assert clerk == f.Clerk("an", "Nguyễn Thị An")
    assert len(wrong) == 1


def test_a_broken_list_of_names_is_told_with_its_line(folder: Path) -> None:
    (folder / "names.toml").write_text("[names\n", encoding="utf-8")
    clerk, (wrong,) = clerks.read_clerk(folder, "an")
    assert clerk is None
    assert "names.toml" in wrong
    assert "line 1" in wrong


def test_a_clerk_is_asked_for_only_where_the_branch_allows_and_shown_only_for_their_window() -> None:
    plain = Terminal().opened().asks()
    assert not any(isinstance(effect, f.ReadClerk) for effect in plain.effects)
    shown = Terminal().opened().happen(f.Viewed(view(msgspec.structs.replace(window(), clerk_id="an"))))
    assert shown.effects[-1] == f.ReadClerk("an")
    shown.happen(f.ClerkRead(f.Clerk("an", "Nguyễn Thị An")))
    (person,) = (block for block in shown.page.blocks if isinstance(block, Person))
    assert person.sentence == "Cán bộ: Nguyễn Thị An"
    other = shown.happen(f.Viewed(view(msgspec.structs.replace(window("w2"), clerk_id="binh"))))
    assert not any(isinstance(block, Person) for block in other.page.blocks)
