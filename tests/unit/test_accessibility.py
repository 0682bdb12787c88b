"""The promises of docs/accessibility.md that need no screen, and that every test it names is there."""

import re
from dataclasses import fields, is_dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from kiosk.ticket.model import Settings
from kiosk.widgets.page import Button, Facts, Field, Keyboard, Tile, Tiles, touchables
from tests.support.boards import board, call
from tests.support.kiosk_gallery import RATING, STATES, TICKET, painted
from tests.support.kiosks import Scene
from tests.unit.test_display_flow import Hall, large

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "accessibility.md"
HERE = "tests/screens/test_kiosk_pictures.py"


def named_tests() -> set[tuple[str, str]]:
    named = re.findall(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`", PAGE.read_text("utf-8"))
    return {(path or HERE, name) for path, name in named}


@pytest.mark.parametrize(("path", "name"), sorted(named_tests()))
def test_every_named_test_is_there(path: str, name: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path}::{name}"


def test_every_named_rule_is_there_and_every_row_says_how_it_is_held() -> None:
    text = PAGE.read_text("utf-8")
    rules = (ROOT / "tests/support/screen_rules.py").read_text("utf-8")
    for named in re.findall(r"rules? ((?:`\w+`(?:, )?)+)", text):
        for rule in re.findall(r"`(\w+)`", named):
            assert f"def {rule}(" in rules, rule
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith(("|---", "| c"))]
    for row in rows:
        held = ("`", "inspected", "not met", "not applicable")
        assert any(word in row for word in held), row


UNWRITTEN = {"action", "look", "arrow", "mark", "tone", "face", "kind", "name", "subject"}
"""Parts of a page that are no words: ids, and how something looks."""


def words_of(part: object) -> list[str]:
    """Give all words of a page or a part of it, as it would be read."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, tuple):
        return [word for each in part for word in words_of(each)]
    if is_dataclass(part):
        return [word for one in fields(part) if one.name not in UNWRITTEN for word in words_of(getattr(part, one.name))]
    return []


@pytest.mark.parametrize("wish", ["", "-english"])
def test_no_two_states_differ_by_colour_alone(wish: str) -> None:
    pages = {name: painted(f"{name}{wish}")[0] for name in STATES}
    said = {name: words_of(page) for name, page in pages.items()}
    # A clerk's photo says nothing that the name beside it does not.
    for one, other in combinations([name for name in STATES if name != "rating_clerk_no_photo"], 2):
        same = replace(pages[one], subject="") == replace(pages[other], subject="")
        assert same or said[one] != said[other], f"{one} and {other} look different and say the same"


@pytest.mark.parametrize("name", TICKET)
def test_a_mark_never_stands_without_its_words(name: str) -> None:
    page, _ = painted(name)
    for block in page.blocks:
        for tile in block.tiles if isinstance(block, Tiles) else ():
            assert tile.mark == "none" or tile.wait
            assert tile.usable or tile.wait, "why it cannot be used"


def test_a_key_that_is_on_says_so_in_words() -> None:
    scene = Scene().opened()
    for key in ("key:large_text", "key:high_contrast", "key:low_reach"):
        off = label(scene, key)
        assert label(scene.touch(key), key) != off


def label(scene: Scene, action: str) -> str:
    return next(one.label for one in scene.page.keys if one.action == action)


@pytest.mark.parametrize("name", [*TICKET, *(f"rating_{name}" for name in RATING)])
def test_the_same_keys_stand_on_every_page(name: str) -> None:
    page, _ = painted(name)
    usual = [key.action for key in painted("rating_idle" if name.startswith("rating_") else "start")[0].keys]
    assert [key.action for key in page.keys] == usual
    for one in touchables(page):
        if isinstance(one, Button | Tile | Field):
            assert getattr(one, "label", "") or getattr(one, "invitation", "")


def test_time_is_given_again_as_often_as_it_is_asked_for() -> None:
    assert Settings().stay_s >= 20, "WCAG 2.2.1"
    scene = Scene().opened().touch("service:land")
    for _ in range(12):
        scene.later(61)
        assert scene.page.name == "still_there"
        assert scene.touch("stay").page.name == "class"
    scene.later(61).touch("key:language")
    assert scene.page.name == "class", "any touch is an answer"


def test_nothing_flashes() -> None:
    """No program of the kiosk animates, and what only time changes is painted once a second at most."""
    for path in (ROOT / "kiosk").rglob("*.py"):
        assert "kivy.animation" not in path.read_text("utf-8"), path
    assert "REPAINT_S = 1.0" in (ROOT / "kiosk/widgets/shell.py").read_text("utf-8")


def test_a_board_never_flashes_however_many_are_called() -> None:
    """WCAG 2.3.1: three flashes in a second are too many. A call comes in once, and stays for its minimum."""
    painting = (ROOT / "display/painting.py").read_text("utf-8")
    assert painting.count("Animation(") == 1, "what moves is what comes in, once"
    assert "repeat" not in painting
    for path in (ROOT / "display").glob("*.py"):
        assert "kivy.animation" not in path.read_text("utf-8") or path.name == "painting.py", path
    hall, seen = Hall(), list[tuple[float, str]]()
    for tenth in range(300):
        known = tuple(call(number, f"H{number:03d}", number % 5 + 1, at_s=10) for number in range(1, tenth // 10 + 2))
        shown = large(hall.look(board(*known), 10 + tenth / 10))
        if not seen or shown != seen[-1][1]:
            seen.append((tenth / 10, shown))
    assert len(seen) > 2, "calls did follow one another"
    assert min(later - at for (at, _), (later, _) in pairwise(seen)) > 1


VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


@pytest.mark.parametrize("name", TICKET)
def test_what_stays_vietnamese_is_said_to_be_so(name: str) -> None:
    """WCAG 3.1.2 on an English page; what the citizen typed is the citizen's own, and a language names itself."""
    page, _ = painted(f"{name}-english")
    blocks = tuple(block for block in page.blocks if not isinstance(block, Field | Keyboard))
    typed = next((block.text for block in page.blocks if isinstance(block, Field)), "")
    if page.is_private:  # What was written stands last among what is looked over.
        blocks = tuple(Facts(block.rows[:-1]) if isinstance(block, Facts) else block for block in blocks)
    written = words_of(replace(page, keys=(), blocks=blocks))
    foreign = [words for words in written if VIETNAMESE.search(words.replace(typed.strip() or "–", ""))]
    assert not foreign or any("Vietnamese" in words for words in written), foreign
    assert not VIETNAMESE.search(page.title) or "Vietnamese" in page.title + page.hint
