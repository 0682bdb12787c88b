"""The look keeps its promises: every pair of colours that may be painted is measured, in both themes."""

import re

import pytest

from presentation import tokens
from presentation.tokens import DAY, HIGH_CONTRAST, PAIRS, Pair, Theme, colours, contrast


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


def test_colours_of_a_chart_are_seen_on_card_and_paper() -> None:
    for colour in tokens.CHART_SERIES:
        assert contrast(colour, DAY.card) >= tokens.MARK_MINIMUM
        assert contrast(colour, DAY.paper) >= tokens.MARK_MINIMUM


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
