"""Keys to type with, and the numbers of pages: small things to touch, in rows, at the foot."""

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.buttons import button
from kiosk.widgets.shapes import Box
from kiosk.widgets.sheet import Sheet, Wish, columns, inner, rows
from kiosk.widgets.window import SEMIBOLD
from kiosk.widgets.words import fitted
from presentation.tokens import KIOSK_TYPE

TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta
KEYS_APART = 12
KEY_STANDING, KEY_LYING = 96, 104
"""How high a key is, as drawn."""
PAGES_LEAST, PAGES_MOST, PAGES_MOST_LYING = 6, 9, 12
"""Numbers of pages are never wider than so many side by side, and never narrower."""


def keyboard_height(block: p.Keyboard, sheet: Sheet) -> int:
    """Tell how high letters to type with are; a lying screen has more room for them."""
    count = len(block.rows)
    return count * sheet.px(KEY_STANDING if sheet.portrait else KEY_LYING) + (count - 1) * sheet.px(KEYS_APART)


def keyboard_wish(block: p.Keyboard, sheet: Sheet, width: float) -> Wish:
    """Tell how high letters to type with want to be."""
    del width
    return Wish(keyboard_height(block, sheet), keyboard_height(block, sheet))


def keyboard(block: p.Keyboard, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint letters to type with into a box; standing, they reach a little into the margins."""
    widgets: list[Widget] = []
    gap = sheet.px(KEYS_APART)
    left, bottom, width, height = box
    more = sheet.px(36) if sheet.portrait else 0
    left, width = left - more, width + 2 * more
    widest = max(sum(key.cells for key in keys) for keys in block.rows)
    cell = (width - gap * (widest - 1)) / widest + gap
    most = _shared(block, sheet, cell - gap)
    for keys, row in zip(block.rows, rows((left, bottom, width, height), len(block.rows), gap), strict=True):
        at = left + (widest - sum(key.cells for key in keys)) * cell / 2
        for key in keys:
            place = (at, row[1], key.cells * cell - gap, row[3])
            widgets.extend(_key(key, sheet, place, most if key.cells == 1 else None))
            at += key.cells * cell
    return widgets


def _shared(block: p.Keyboard, sheet: Sheet, width: float) -> int | None:
    """Give the letters in which the words on keys of one cell fit, all alike: the names of the tones."""
    words = [key.label for keys in block.rows for key in keys if key.cells == 1 and len(key.label) > 1]
    room = max(1, int(width - 2 * sheet.px(4)))
    wanted = sheet.letters(META)
    return min((fitted(word, SEMIBOLD, wanted, room, wanted * 2, sheet.least)[1] for word in words), default=None)


def _key(key: p.Button, sheet: Sheet, box: Box, most: int | None) -> list[Widget]:
    """Paint a key: its words may fill it, since nothing else stands on it."""
    quiet = key.look == "quiet"
    plate = sheet.plate(
        key.action,
        key.label,
        box,
        fill="lotus_mist" if quiet else "card",
        pressed_fill="line" if quiet else "lotus_mist",
        frame="edge" if quiet else "lotus",
        frame_width=max(1, sheet.px(2)) if quiet else max(2, sheet.px(3)),
        radius=sheet.px(24),
    )
    left, bottom, width, height = inner(box, sheet.px(4))
    size = TILE if len(key.label) == 1 else META
    below = height * 0.42 if key.hint else 0.0
    upper = (left, bottom + below, width, height - below)
    shared = most if len(key.label) > 1 else None
    words = [sheet.text(key.label, upper, size, colour="lotus", font=SEMIBOLD, align="center", most=shared)]
    if key.hint:
        words.append(sheet.text(key.hint, (left, bottom, width, below), META, colour="lotus", align="center"))
    return [plate, *words]


def pages_wish(block: p.Pages, sheet: Sheet, width: float) -> Wish:
    """Tell how high the numbers of pages want to be."""
    del width
    lines = _page_lines(block, sheet)
    gaps = (lines - 1) * sheet.px(KEYS_APART)
    return Wish(lines * sheet.px(96) + gaps, lines * sheet.px(104) + gaps)


def pages(block: p.Pages, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint the numbers of pages into a box."""
    widgets: list[Widget] = []
    lines, gap = _page_lines(block, sheet), sheet.px(KEYS_APART)
    across = max(PAGES_LEAST, -(-len(block.buttons) // lines))
    places = [place for line in rows(box, lines, gap) for place in columns(line, across, gap)]
    for one, place in zip(block.buttons, places, strict=False):
        widgets.extend(button(one, sheet, place, size=LEAD))
    return widgets


def _page_lines(block: p.Pages, sheet: Sheet) -> int:
    return -(-len(block.buttons) // (PAGES_MOST if sheet.portrait else PAGES_MOST_LYING))
