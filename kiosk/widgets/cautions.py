"""Sentences to read before a choice, on one plate; on a wide screen in two columns."""

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import Box, Plate
from kiosk.widgets.sheet import Sheet, Wish
from kiosk.widgets.window import SEMIBOLD
from kiosk.widgets.words import height_of
from presentation.tokens import GEOMETRY, KIOSK_TYPE

LEAD = KIOSK_TYPE.lead
WIDE = 0.6
"""A share of a lying screen's width; with less, the sentences stand one below the other."""
PAD, BAR, APART, COLUMNS_APART = 26, 10, 20, 56
"""Distances of the drawings: the plate's edge, the bar before a sentence, two sentences, two columns."""


def _columns(block: p.Cautions, sheet: Sheet, width: float) -> tuple[tuple[str, ...], ...]:
    if sheet.portrait or len(block.sentences) == 1 or width < sheet.width * WIDE:
        return (block.sentences,)
    half = -(-len(block.sentences) // 2)
    return block.sentences[:half], block.sentences[half:]


def _rooms(count: int, sheet: Sheet, width: float) -> tuple[float, float]:
    """Give the width of a column, and that of the sentence in it."""
    column = (width - 2 * sheet.px(PAD) - (count - 1) * sheet.px(COLUMNS_APART)) / count
    return column, column - sheet.px(BAR + 24)


def cautions_wish(block: p.Cautions, sheet: Sheet, width: float) -> Wish:
    """Tell how high the plate wants to be."""
    columns = _columns(block, sheet, width)
    _, room = _rooms(len(columns), sheet, width)
    size, apart = sheet.letters(LEAD), sheet.px(APART)
    highest = max(
        sum(height_of(sentence, SEMIBOLD, size, int(room)) + apart for sentence in column) - apart for column in columns
    )
    height = highest + 2 * sheet.px(PAD)
    return Wish(height, height)


def cautions(block: p.Cautions, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint the plate and its sentences, each with a bar before it."""
    left, bottom, width, height = box
    edge = max(2, sheet.px(3)) if sheet.theme.name == "high-contrast" else 0
    widgets: list[Widget] = [
        Plate(
            pos=(left, bottom),
            size=(width, height),
            fill=sheet.colour("lotus_mist"),
            frame=sheet.colour("line"),
            frame_width=edge,
            radius=sheet.px(GEOMETRY.touch_radius),
        )
    ]
    columns = _columns(block, sheet, width)
    column_width, room = _rooms(len(columns), sheet, width)
    for place, column in enumerate(columns):
        at = left + sheet.px(PAD) + place * (column_width + sheet.px(COLUMNS_APART))
        top = bottom + height - sheet.px(PAD)
        for sentence in column:
            high = height_of(sentence, SEMIBOLD, sheet.letters(LEAD), int(room))
            top -= high
            bar = Plate(
                pos=(at, top + sheet.px(4)),
                size=(sheet.px(BAR), high - sheet.px(8)),
                fill=sheet.colour("lotus"),
                radius=sheet.px(BAR / 2),
            )
            words = sheet.text(sentence, (at + sheet.px(BAR + 24), top, room, high), LEAD, font=SEMIBOLD, valign="top")
            widgets.extend((bar, words))
            top -= sheet.px(APART)
    return widgets
