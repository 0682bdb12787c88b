"""Every screen of the touch programs, laid out and painted for real: it can be read, reached and told apart.

The rules are in `tests.support.screen_rules`, the states in `tests.support.kiosk_gallery`. All states are tried in the
hardest wishes, the others by chance; the long lane tries all of all.
"""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from presentation.tokens import DAY, HIGH_CONTRAST, contrast
from tests.support import picture_set
from tests.support.kiosk_gallery import ALL_NAMES, HARDEST, NAMES, STATES, TRIALS, UNPICTURED, WISHES
from tests.support.screen_rules import (
    COLOURS,
    LARGE_CAPITAL_MM,
    LAYOUT,
    Shown,
    findings,
    large_letters_by_kind,
    low_reach_is_low,
)

pytestmark = [pytest.mark.screen, pytest.mark.timeout(300)]

SIZES = ("1080x1920", "1920x1080", "1280x800")

DOCS = {
    "start": "kiosk",
    "class": "kiosk-class",
    "number": "kiosk-number",
    "number_paper_out": "kiosk-paper-out",
    "start-large": "kiosk-large-text",
    "start-contrast": "kiosk-high-contrast",
    "start-low": "kiosk-low-reach",
    "details": "kiosk-documents",
    "search_start": "kiosk-search",
    "search_similar": "kiosk-search-similar",
    "scanned_dossier": "kiosk-scanned-receipt",
    "found": "kiosk-scanned-ticket",
    "scanned_card": "kiosk-scanned-card",
}
DOCS_LYING = {"rating_question": "rating", "rating_neutral": "rating-neutral", "rating_reasons": "rating-reasons"}


def pages_of(size: str, names: Iterable[str], *more: str) -> list[Shown]:
    """Have pages laid out in a process of their own; `more` has them painted as well."""
    wanted = list(names)
    command = [sys.executable, "-m", "tests.support.kiosk_pictures", size, *wanted, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280)
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert [shown["name"] for shown in pages] == wanted
    return pages


def gallery(folder: Path, size: str, *names: str) -> list[Shown]:
    """Have pages painted into a folder; `NAME@ACTION` with that in focus."""
    return pages_of(size, names, "--pictures", str(folder))


def assert_no_findings(pages: Iterable[Shown], *, painted: bool = False) -> None:
    found: list[str] = []
    for shown in pages:
        low = "low" in shown["name"] and not shown["name"].startswith("rating_")
        found += findings(shown, (*LAYOUT, *COLOURS[: 2 * painted], *((low_reach_is_low,) if low else ())))
    assert not found, "\n".join(found)


def chosen(seed: int, size: str) -> list[str]:
    """Give every state in the hardest wishes, and of all other names every tenth by chance."""
    hardest = [name for name in ALL_NAMES if name.endswith(HARDEST)]
    others = [name for name in ALL_NAMES if name not in hardest]
    return hardest + random.Random(f"{seed} {size}").sample(others, len(others) // 10)


@pytest.mark.parametrize("size", SIZES)
def test_every_screen_can_be_read_and_reached(size: str, seed: int) -> None:
    assert_no_findings(pages_of(size, chosen(seed, size)))


BELOW_A_NOTICE = ("start_message", "helped", "help_coming", "help_taken_back", "help_unanswered")
BESIDE_CLASSES = ("class", "class_procedure", "scanned_appointment", "scanned_dossier")
SMALLER = {
    **{state: {"answer": 3.8} for state in BELOW_A_NOTICE},
    **{state: {"answer": 4.7, "sentence": 4.7, "hint": 5.6} for state in BESIDE_CLASSES},
    **{state: {"answer": 4.9} for state in STATES if state.startswith(("search", "voice_text", "voice_contact"))},
    "procedures_many": {"answer": 3.8},
    "details_many": {"title": 4.5, "sentence": 5.6, "answer": 5.6},
    "details_many_page_2": {"title": 4.5, "answer": 5.6},
}
"""Where large letters are not as large as EN 301 549 5.1.4 wants, and how large they are, in mm; see the docs' row."""


def test_large_letters_are_seen_under_seven_tenths_of_a_degree() -> None:
    """EN 301 549 5.1.4 at 500 mm, on all pages of the standing panel as they are laid out, each kind of words."""
    small = []
    for shown in pages_of(SIZES[0], [name for name in ALL_NAMES if name.endswith("-large")]):
        known = SMALLER.get(shown["name"].partition("-")[0], {})
        for kind, capital_mm in large_letters_by_kind(shown).items():
            if capital_mm < known.get(kind, LARGE_CAPITAL_MM) - 0.05:
                small.append(f"{shown['name']}: {kind} {capital_mm:.2f} mm")
    assert not small, "\n".join(small)


@pytest.mark.parametrize("size", SIZES)
def test_names_that_begin_alike_can_be_told_apart(size: str) -> None:
    """Of the official names, seven are one and the same, and others have their first hundred letters in common."""
    names = [f"{state}{wish}" for state in UNPICTURED for wish in ("", "-large", "-low", f"-{HARDEST}")]
    assert_no_findings(pages_of(size, names))


@pytest.mark.picture
def test_painted_words_and_edges_stand_out(seed: int, tmp_path: Path, picture: Callable[[str], Path]) -> None:
    """Contrast is measured on the pixels of what the docs show, and of other pages by chance."""
    by_chance = [name for name in random.Random(seed).sample(NAMES, 14) if name not in DOCS]
    hardest = [f"{name}-{HARDEST}" for name in ("start_quota", "class", "search_empty", "number_uncertain")]
    names = [*DOCS, *dict.fromkeys(name for name in (*hardest, *by_chance))]
    assert_no_findings(pages_of(SIZES[0], names, "--colours", "--pictures", str(tmp_path)), painted=True)
    for name, kept_as in DOCS.items():
        shutil.copy(tmp_path / f"{name}.png", picture(kept_as))


@pytest.mark.picture
def test_painted_rating_terminals_stand_out(tmp_path: Path, picture: Callable[[str], Path]) -> None:
    names = [*DOCS_LYING, *(f"{name}-contrast" for name in DOCS_LYING)]
    assert_no_findings(pages_of(SIZES[2], names, "--colours", "--pictures", str(tmp_path)), painted=True)
    for name, kept_as in DOCS_LYING.items():
        shutil.copy(tmp_path / f"{name}.png", picture(kept_as))


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_in_every_wish_and_language(size: str, wish: str, seed: int) -> None:
    """All are laid out in all sizes; colours know no size, so each wish is painted in one of them, by chance."""
    names = [name for name in ALL_NAMES if name.partition("-")[2] == wish]
    painted = size == random.Random(f"{seed} {wish}").choice(SIZES)
    assert_no_findings(pages_of(size, names, *["--colours"] * painted), painted=painted)


@pytest.mark.parametrize(
    ("box", "painted_at", "rule"),
    [
        ([0, 0, 100, 40], [0, 0, 130, 40], "words_stay_in_their_boxes"),
        ([200, 250, 100, 40], [200, 250, 100, 40], "words_do_not_meet"),
    ],
)
def test_the_rules_find_what_is_planted(box: list[int], painted_at: list[int], rule: str) -> None:
    shown = planted()
    shown["words"].append(
        {"text": "more", "box": box, "painted": painted_at, "size": 34, "cut": False, "shown": "more"}
    )
    assert any(rule in finding for finding in findings(shown, LAYOUT))


def test_the_rules_find_what_is_cut_small_crowded_pale_or_high() -> None:
    shown = planted()
    assert findings(shown, LAYOUT) == []
    shown["words"][1] |= {"cut": True, "size": 12, "colours": [[120, 120, 120], [255, 255, 255]]}
    shown["words"].reverse()
    shown["touch"] += [
        {"action": "b", "text": "Go", "box": [600, 900, 40, 40], "edge": [[[247, 244, 238]], [[230, 230, 230]]]},
        {"action": "c", "text": "C", "box": [600, 700, 400, 100], "edge": [[[247, 244, 238]], [[7, 63, 59]]]},
    ]
    found = "\n".join(findings(shown, (*LAYOUT, *COLOURS, low_reach_is_low)))
    for rule in (*LAYOUT[:1], *LAYOUT[4:], *COLOURS, low_reach_is_low):
        assert rule.__name__ in found, rule.__name__


def test_the_rules_find_labels_that_are_cut_to_the_same_words() -> None:
    shown = planted()
    (label,) = (word for word in shown["words"] if word["text"] == "Go")
    shown["touch"].append(shown["touch"][0] | {"text": "Go home", "box": [400, 1200, 300, 120]})
    shown["words"].append(label | {"text": "Go home", "box": [500, 1240, 100, 40]})
    assert any("shortened_words_differ" in finding for finding in findings(shown, LAYOUT))


def planted() -> Shown:
    """Give a page on which nothing is wrong."""
    edge = [[[247, 244, 238]], [[7, 63, 59]]]
    return {
        "name": "planted",
        "size": [1080, 1920],
        "head_px": 188,
        "title": "Title",
        "order": ["a"],
        "words": [
            {
                "text": "Title",
                "shown": "Title",
                "box": [60, 240, 900, 80],
                "painted": [60, 240, 900, 80],
                "size": 64,
                "cut": False,
            }
            | {"colours": [[20, 35, 31], [247, 244, 238]]},
            {
                "text": "Go",
                "shown": "Go",
                "box": [500, 300, 100, 40],
                "painted": [500, 900, 100, 40],
                "size": 34,
                "cut": False,
            }
            | {"box": [500, 900, 100, 40], "colours": [[20, 35, 31], [247, 244, 238]]},
        ],
        "touch": [{"action": "a", "text": "Go", "box": [400, 860, 300, 120], "edge": edge}],
    }


# --- The picture set -------------------------------------------------------------------------------------------------


@pytest.mark.picture
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("size", SIZES)
def test_the_set_of_all_pictures_is_made(
    size: str, request: pytest.FixtureRequest, tmp_path: Path, picture: Callable[[str], Path]
) -> None:
    if request.config.option.pictures is None:
        pytest.skip("the set of all pictures is made by make screenshots")
    wishes = {"vi": "", "en": "-english"}
    names = [f"{state}{wish}" for wish in wishes.values() for state in STATES]
    assert_no_findings(pages_of(size, names, "--colours", "--pictures", str(tmp_path)), painted=True)
    for language, wish in wishes.items():
        for state in STATES:
            shutil.copy(tmp_path / f"{state}{wish}.png", picture(picture_set.name_of(state, language, size)))
    gallery(tmp_path, size, *TRIALS)
    for state in TRIALS:  # Its few letters are the same in every language.
        shutil.copy(tmp_path / f"{state}.png", picture(picture_set.name_of(state, "vi", size)))


def test_every_state_has_its_pictures() -> None:
    """Whoever adds a state runs `make screenshots` (or tools named in docs/testing.md) and looks at what came out."""
    wanted = {
        picture_set.name_of(state, language, size) for state in STATES for language in ("vi", "en") for size in SIZES
    } | {picture_set.name_of(state, "vi", size) for state in TRIALS for size in SIZES}
    there = picture_set.kept()
    assert wanted <= there.keys(), f"make screenshots: missing {sorted(wanted - there.keys())[:6]}"
    orphans = {name for name in there if name.startswith(("kiosk-", "rating-"))} - wanted
    assert not orphans, f"no state has {sorted(orphans)[:6]}"
    assert max(there.values()) <= picture_set.LARGEST
    assert sum(there.values()) <= picture_set.ALL_LARGEST
    assert picture_set.index() == picture_set.INDEX.read_text("utf-8"), "make screenshots remakes the index"


def test_the_two_themes_have_the_contrast_that_the_rules_ask() -> None:
    assert contrast(DAY.edge, DAY.paper) >= 3 <= contrast(HIGH_CONTRAST.edge, HIGH_CONTRAST.paper)
