"""Every screen of the touch programs, painted for real: nothing overlaps, everything can be reached and read."""

import json
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageColor

from presentation.tokens import DAY, GEOMETRY, HIGH_CONTRAST
from tests.support.kiosk_gallery import NAMES

pytestmark = [pytest.mark.screen, pytest.mark.picture, pytest.mark.timeout(300)]

HARDEST = "large_english_contrast_low"
"""Everything at once: who reads this page reads all."""

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

Shown = dict[str, Any]
Box = list[int]


def gallery(folder: Path, size: str, *names: str) -> list[Shown]:
    command = [sys.executable, "-m", "tests.support.kiosk_gallery", str(folder), size, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280)
    return [json.loads(line) for line in done.stdout.splitlines()]


def meet(one: Box, other: Box) -> bool:
    (x, y, width, height), (left, top, wide, high) = one, other
    return x < left + wide and left < x + width and y < top + high and top < y + height


def assert_fit_to_hang(shown: Shown, least_px: int) -> None:
    """Hold the page to what must be true of every page."""
    wide, high = shown["size"]
    touch = shown["touch"]
    for one in touch + shown["texts"]:
        x, y, width, height = one["box"]
        assert x >= 0, one
        assert y >= 0, one
        assert x + width <= wide, one
        assert y + height <= high, one
        assert one["text"] == unicodedata.normalize("NFC", one["text"])
    for one, other in combinations(touch, 2):
        assert not meet(one["box"], other["box"]), (one, other)
    for one in touch:
        assert min(one["box"][2:]) >= least_px, one
    assert len({one["text"] for one in touch}) == len(touch), "two things to touch with the same words"


def assert_painted(picture: Path, ground: str) -> None:
    with Image.open(picture) as image:
        painted = image.convert("RGB")
    assert len(painted.getcolors(1 << 24) or []) > 20
    expected = ImageColor.getrgb(ground)
    beside = painted.getpixel((4, painted.height // 2))
    assert isinstance(beside, tuple)
    assert all(abs(one - other) <= 2 for one, other in zip(beside, expected, strict=True)), (picture, beside)


def test_standing_screens_are_fit_to_hang(tmp_path: Path, picture: Callable[[str], Path]) -> None:
    names = [name for name in NAMES if "-" not in name or name.endswith(HARDEST) or name in DOCS]
    pages = gallery(tmp_path, "1080x1920", *names)
    assert [shown["name"] for shown in pages] == names
    for shown in pages:
        assert_fit_to_hang(shown, GEOMETRY.touch_smallest - 2)
        theme = HIGH_CONTRAST if "contrast" in shown["name"] else DAY
        assert_painted(tmp_path / f"{shown['name']}.png", theme.paper)
        if "low" in shown["name"]:
            highest = min(one["box"][1] for one in shown["touch"])
            assert highest >= 0.46 * 1920, (shown["name"], highest)
    for name, kept_as in DOCS.items():
        shutil.copy(tmp_path / f"{name}.png", picture(kept_as))


@pytest.mark.parametrize("size", ["1280x800", "1920x1080"])
def test_lying_screens_are_fit_to_hang(size: str, tmp_path: Path, picture: Callable[[str], Path]) -> None:
    names = [name for name in NAMES if "-" not in name and (name.startswith("rating") or size == "1920x1080")]
    for shown in gallery(tmp_path, size, *names):
        assert_fit_to_hang(shown, 44 * int(size.split("x", maxsplit=1)[0]) // 1280)
    if size == "1280x800":
        for name, kept_as in DOCS_LYING.items():
            shutil.copy(tmp_path / f"{name}.png", picture(kept_as))
