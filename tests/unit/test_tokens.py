"""The look keeps its promises: every pair of colours that may be painted is measured, in both themes."""

import json
import re
from pathlib import Path

import pytest

from presentation import tokens
from presentation.tokens import DAY, HIGH_CONTRAST, PAIRS, Pair, Theme, colours, contrast
from tests.support import vision

SCRIPT = Path(__file__).parents[2] / "queue_server" / "web" / "static" / "figures.js"
FAR_APART = 40
"""Of CIE 1976, between two colours that are told apart without looking twice."""


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#336699", "#336699", 1.0),
        ("#FF0000", "#FFFFFF", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.front}-on-{pair.ground}")
@pytest.mark.parametrize("theme", tokens.THEMES, ids=lambda theme: theme.name)
def test_every_pair_can_be_read(theme: Theme, pair: Pair) -> None:
    least = pair.minimum if theme is DAY else tokens.HIGH_CONTRAST_MINIMUM
    measured = contrast(getattr(theme, pair.front), getattr(theme, pair.ground))
    assert measured >= least, f"{pair.front} on {pair.ground} in {theme.name}: {measured:.2f}:1"


@pytest.mark.parametrize(
    ("front", "ground", "drawn"),
    [
        ("ink", "paper", 14.8),
        ("quiet", "paper", 6.4),
        ("lotus", "paper", 7.2),
        ("on_lotus_deep", "lotus_deep", 11.8),
        ("on_amber", "amber", 9.8),
        ("brick", "paper", 6.7),
        ("on_night", "night", 15.2),
    ],
)
def test_the_day_theme_has_the_contrasts_it_was_drawn_with(front: str, ground: str, drawn: float) -> None:
    assert contrast(getattr(DAY, front), getattr(DAY, ground)) == pytest.approx(drawn, abs=0.1)


def test_every_colour_that_is_text_or_mark_is_measured_somewhere() -> None:
    decorations = {"line", "night_line"}
    measured = {name for pair in PAIRS for name in (pair.front, pair.ground)}
    assert measured | decorations == set(colours(DAY))


@pytest.mark.parametrize("cones", vision.LACKING)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.front}-on-{pair.ground}")
def test_every_pair_can_be_read_by_whoever_sees_fewer_colours(pair: Pair, cones: str) -> None:
    front, ground = (vision.as_seen(getattr(DAY, name), vision.LACKING[cones]) for name in (pair.front, pair.ground))
    measured = contrast(front, ground)
    assert measured >= pair.minimum, f"{pair.front} on {pair.ground} without {cones}: {measured:.2f}:1"


def test_the_two_series_of_a_chart_are_told_apart_by_everybody_and_framed_to_be_seen() -> None:
    """Lines also differ in dashes and points; bars do not, so their colours have to."""
    (written,) = re.findall(r"^const SERIES = (\[.*?\]);", SCRIPT.read_text("utf-8"), re.MULTILINE)
    (first, first_edge), (second, second_edge) = (
        [getattr(DAY, name.replace("-", "_")) for name in series] for series in json.loads(written)
    )
    assert min(contrast(edge, DAY.card) for edge in (first_edge, second_edge)) >= tokens.MARK_MINIMUM
    for rows in vision.LACKING.values():
        assert vision.distance(vision.as_seen(first, rows), vision.as_seen(second, rows)) >= FAR_APART


def test_some_colours_are_confused_and_some_are_not() -> None:
    """Red and green of one lightness are one colour to many people; grey is grey to everybody."""
    red, green = (vision.as_seen(one, vision.LACKING["green"]) for one in ("#C0504D", "#6E7B3C"))
    assert vision.distance(red, green) < vision.distance("#C0504D", "#6E7B3C") / 2
    assert vision.distance("#000000", "#FFFFFF") == pytest.approx(100, abs=0.1)
    for rows in vision.LACKING.values():
        assert vision.distance(vision.as_seen("#808080", rows), "#808080") < 1


def test_kivy_gets_shares_of_one() -> None:
    assert tokens.rgba("#FF0080", 0.5) == (1.0, 0.0, 128 / 255, 0.5)


def test_large_text_is_a_third_larger_and_nothing_is_below_the_smallest() -> None:
    assert tokens.enlarged(40, large_text=True) == 54
    assert tokens.enlarged(40, large_text=False) == 40
    kiosk, board, page = tokens.KIOSK_TYPE, tokens.BOARD_TYPE, tokens.PAGE_TYPE
    assert min(kiosk.number, kiosk.title, kiosk.tile, kiosk.lead, kiosk.meta) >= kiosk.smallest == 26
    assert min(board.current, board.earlier, board.list, board.footer) >= board.smallest
    assert min(page.number, page.title, page.action, page.lead, page.body) >= page.smallest == 14


def test_the_style_sheet_holds_every_colour_of_both_themes() -> None:
    day, high_contrast, large = re.findall(
        r"^(:root[^{]*) \{(.*?)^\}", tokens.css_variables(), re.MULTILINE | re.DOTALL
    )
    assert large[0] == ':root[data-text="large"]'
    for (_, body), theme in ((day, DAY), (high_contrast, HIGH_CONTRAST)):
        declared = dict(re.findall(r"--([\w-]+): ([^;]+);", body))
        for name, colour in colours(theme).items():
            assert declared[name.replace("_", "-")] == colour
    assert "--text-body: calc(16px * var(--text-scale));" in day[1]
