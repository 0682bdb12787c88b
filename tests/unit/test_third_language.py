"""A language more is one file: the kiosk offers it, speaks it, and is helped out in Vietnamese where it is silent."""

import shutil
from pathlib import Path

import msgspec
import pytest

from kiosk.ticket import pages
from kiosk.widgets.page import Tiles
from motcua.__main__ import main
from motcua.commands.check import silent_languages
from presentation.texts import parse_texts, texts_from
from queue_server.config import load
from tests.support.kiosk_gallery import STATES, painted
from tests.support.kiosks import Scene, ward, ward_view
from tests.support.languages import FRENCH, in_language, texts_with
from tests.support.texts import TEXTS_FOLDER

OFFERED = ("vi", "en", "fr")


def test_the_language_key_goes_round_all_languages_of_the_hall() -> None:
    scene = Scene(view=in_language(ward_view(), "fr")).opened()
    seen = []
    for _ in range(4):
        page = pages.page(scene.state, texts_with("fr"), scene.hall_at)
        seen.append((page.title, page.keys[0].label))
        scene.touch("key:language")
    greetings = [texts_with("fr")("kiosk.greeting", language) for language in OFFERED]
    assert [title for title, _ in seen] == [*greetings, greetings[0]]
    assert [label for _, label in seen] == ["English", "Français", "Tiếng Việt", "English"]


@pytest.mark.parametrize("state", STATES)
def test_every_page_can_be_written_in_it(state: str) -> None:
    page, _ = painted(f"{state}-french")
    assert page.title != painted(state)[0].title or state.startswith(("details", "held", "card", "rating"))


def test_the_check_names_what_a_language_lacks(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    shutil.copytree(TEXTS_FOLDER, folder)
    assert silent_languages(folder, ward()) == []
    wanted = msgspec.structs.replace(ward(), languages=OFFERED)
    (gone,) = silent_languages(folder, wanted)
    assert "fr.toml is not there" in gone
    shutil.copy(FRENCH, folder)
    (lacking,) = silent_languages(folder, wanted)
    assert "shown in Vietnamese: follow." in lacking
    (folder / "fr.toml").write_text('[common]\nback = "Retour {là}"\n', "utf-8")
    assert "strange part" in silent_languages(folder, wanted)[0]
    (folder / "fr.toml").write_text("[common", "utf-8")
    assert "fr.toml: the texts are no TOML" in silent_languages(folder, wanted)[0]
    assert "no TOML" in silent_languages(folder, ward())[0], "a file that nobody asked for stops the programs as well"
    (folder / "fr.toml").write_bytes(b"[common]\nback = '\xe9'\n")
    assert "no UTF-8" in silent_languages(folder, ward())[0]


def test_the_demonstrations_halls_need_no_texts_beside_them(tmp_path: Path) -> None:
    assert silent_languages(tmp_path / "texts", ward()) == []


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    """Give the shipped configuration of a branch, to be changed."""
    shipped = TEXTS_FOLDER.parent
    shutil.copytree(shipped / "texts", tmp_path / "texts")
    shutil.copytree(shipped / "catalogue", tmp_path / "catalogue")
    shutil.copy(shipped / "branch.toml", tmp_path)
    return tmp_path


def checked(hall: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["check", str(hall / "branch.toml")])
    return code, capsys.readouterr().out


def test_the_documented_steps_add_a_language(hall: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """docs/operating.md, "Add a language", step by step, down to the page that a citizen reads."""
    assert checked(hall, capsys)[0] == 0
    main_file = hall / "branch.toml"
    main_file.write_text(main_file.read_text("utf-8").replace('["vi", "en"]', '["vi", "en", "fr"]', 1), "utf-8")
    code, told = checked(hall, capsys)
    assert (code, "fr.toml is not there" in told) == (1, True)
    english = (hall / "texts/en.toml").read_text("utf-8")
    (hall / "texts/fr.toml").write_text("[language", "utf-8")
    code, told = checked(hall, capsys)
    assert (code, "fr.toml: the texts are no TOML" in told) == (1, True)
    written = parse_texts(FRENCH.read_text("utf-8"))
    translated = english.replace('own_name = "English"', f'own_name = "{written["language.own_name"]}"')
    (hall / "texts/fr.toml").write_text(translated, "utf-8")
    code, told = checked(hall, capsys)
    assert code == 0, told
    assert "note: " in told
    assert "are not there in 'fr' and are shown in Vietnamese" in told
    configuration, _ = load(main_file)
    assert configuration.languages == OFFERED
    view = ward_view(languages=configuration.languages)
    scene = Scene(view=view).opened().touch("key:language", "key:language")
    texts = texts_from({path.stem: path.read_text("utf-8") for path in (hall / "texts").glob("*.toml")})
    page = pages.page(scene.state, texts, scene.hall_at)
    assert scene.state.preferences.language == "fr"
    assert page.title == texts("kiosk.greeting", "fr")
    (tiles,) = (block.tiles for block in page.blocks if isinstance(block, Tiles))
    assert [tile.label for tile in tiles] == [service.names["vi"] for service in view.services][: len(tiles)]


def test_a_broken_file_of_words_is_told_beside_other_mistakes(hall: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hall / "texts/fr.toml").write_text("[language", "utf-8")
    (hall / "branch.toml").write_text("nothing = 1\n", "utf-8")
    code, told = checked(hall, capsys)
    assert (code, "fr.toml: the texts are no TOML" in told) == (1, True)
