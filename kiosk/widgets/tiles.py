"""Services as tiles: the letter, what it is for, how long it takes."""

from dataclasses import replace

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import (
    Box,
    Dot,
    Plate,
    Rule,
    mark_colour,
)
from kiosk.widgets.sheet import Sheet, Wish, columns, inner, rows
from kiosk.widgets.window import BOLD, MEDIUM, SEMIBOLD
from kiosk.widgets.words import Text, fitted, height_of, width_of
from presentation.tokens import KIOSK_TYPE

TILES_FULL = 6
BADGE_LETTERS_LARGE = 2
SHORT_TILE = 210
ONE_LINE_LEAST = 0.8
"""Wait and people stand side by side as long as their letters are at least this share of their size."""
TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta


def _tile_columns(sheet: Sheet) -> int:
    return 2 if sheet.portrait else 3


def _tile_lines(block: p.Tiles, sheet: Sheet) -> int:
    """Count the rows: a page that is half full keeps the rows of a full one, so that tiles never jump."""
    return -(-(TILES_FULL if len(block.tiles) >= TILES_FULL // 2 else len(block.tiles)) // _tile_columns(sheet)) or 1


def tiles_wish(block: p.Tiles, sheet: Sheet, width: float) -> Wish:
    """Tell how high tiles want to be."""
    del width
    lines = _tile_lines(block, sheet)
    gap = sheet.px(28) * (lines - 1)
    return Wish(lines * sheet.px(190) + gap, lines * sheet.px(372) + gap)


def tiles(block: p.Tiles, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint tiles into a box."""
    widgets: list[Widget] = []
    gap = sheet.px(28)
    lines = rows(box, _tile_lines(block, sheet), gap)
    places = [place for row in lines for place in columns(row, _tile_columns(sheet), gap)]
    # One size of letters for all names, so that no service looks more important than another; and one height of feet.
    feet = max((_foot_lines(tile, sheet, places[0]) for tile in block.tiles), default=1)
    shown = block.tiles
    if feet > 1 and places[0][3] <= sheet.px(SHORT_TILE):
        # A short tile has one line: how long it takes. How many wait is told on the next page.
        feet, shown = 1, tuple(replace(tile, people="") if tile.wait else tile for tile in shown)
    size = min((_name_size(tile, sheet, places[0], feet) for tile in shown), default=sheet.letters(TILE))
    for tile, place in zip(shown, places, strict=False):
        widgets.extend(_tile(tile, sheet, place, size, feet))
    return widgets


def _inside(sheet: Sheet, box: Box) -> Box:
    """Give the inside of a tile; a short one has less air and more words."""
    return inner(box, sheet.px(34), sheet.px(26) if box[3] > sheet.px(SHORT_TILE) else sheet.px(14))


def _foot_sheet(sheet: Sheet, box: Box) -> Sheet:
    """Give the measures of a tile's foot: in a short tile, large letters are for the name."""
    return sheet if box[3] > sheet.px(SHORT_TILE) else replace(sheet, large_text=False)


def _foot_lines(tile: p.Tile, sheet: Sheet, box: Box) -> int:
    """Give in how many lines the wait and the people stand: below one another where they do not fit side by side."""
    below = _foot_sheet(sheet, box)
    _, _, width, _ = _inside(sheet, box)
    return 1 if _wait_share(tile.wait, tile.people, tile.mark, below, width) >= ONE_LINE_LEAST else 2


def _tile_places(sheet: Sheet, box: Box, feet: int) -> tuple[Box, Box]:
    """Give the places of a tile's badge and of its words; the foot below them is for the wait."""
    left, bottom, width, height = _inside(sheet, box)
    short = box[3] <= sheet.px(SHORT_TILE)
    foot = _foot_sheet(sheet, box).letters(META) * (1.5 + 1.25 * (feet - 1)) + sheet.px(6 if short else 14)
    room = height - foot
    badge = min(sheet.px(76), room)
    text_left = left + badge + sheet.px(24)
    top = bottom + height
    return (left, top - badge, badge, badge), (text_left, top - room, left + width - text_left, room)


def _name_size(tile: p.Tile, sheet: Sheet, box: Box, feet: int) -> int:
    _, (_, _, width, room) = _tile_places(sheet, box, feet)
    return fitted(tile.label, BOLD, sheet.letters(TILE), int(width), int(room), sheet.least)[1]


def _tile(tile: p.Tile, sheet: Sheet, box: Box, name_size: int, feet: int) -> list[Widget]:
    plate = sheet.plate(
        tile.action,
        tile.label,
        box,
        fill="card" if tile.usable else "paper",
        pressed_fill="lotus_mist",
        frame="edge",
        shade=sheet.colour("line"),
        frame_width=max(1, sheet.px(2)),
        drop=sheet.px(6) if tile.usable else 0,
    )
    left, bottom, width, _ = _inside(sheet, box)
    badge_box, words = _tile_places(sheet, box, feet)
    name_colour = sheet.colour("ink" if tile.usable else "quiet")
    name = Text(tile.label, words, font=BOLD, size=name_size, colour=name_colour, valign="top", least=sheet.least)
    widgets: list[Widget] = [plate, *badge(tile.badge, sheet, badge_box), name]
    left_over = words[3] - height_of(tile.label, BOLD, name_size, int(words[2])) - sheet.px(6)
    hint_size = sheet.letters(META)
    if tile.hint and 0 < height_of(tile.hint, MEDIUM, hint_size, int(words[2])) <= left_over:
        place = (words[0], words[1], words[2], left_over)
        widgets.append(sheet.text(tile.hint, place, META, colour="quiet", valign="top"))
    if tile.wait or tile.people:
        below = _foot_sheet(sheet, box)
        foot, more = below.letters(META) * 1.5, below.letters(META) * 1.25 * (feet - 1)
        line = bottom + foot + more + sheet.px(8)
        widgets.append(Rule(pos=(left, line), size=(width, max(1, sheet.px(2))), colour=sheet.colour("line")))
        place = (left, bottom - sheet.px(6), width, foot)
        if feet == 1 or not tile.wait:
            widgets.extend(wait(tile.wait, tile.people, tile.mark, below, place))
        else:
            widgets.extend(wait(tile.wait, "", tile.mark, below, (left, place[1] + more, width, foot)))
            widgets.extend(wait("", tile.people, tile.mark, below, place))
    return widgets


def badge(letters: str, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint the letters of a service."""
    left, bottom, width, height = box
    plate = Plate(pos=(left, bottom), size=(width, height), fill=sheet.colour("lotus"), radius=width * 0.26)
    words = Text(
        letters,
        box,
        font=BOLD,
        size=round(height * (0.56 if len(letters) <= BADGE_LETTERS_LARGE else 0.36)),
        colour=sheet.colour("on_lotus"),
        align="center",
        valign="middle",
        least=8,
    )
    return [plate, words]


def _wait_share(wait: str, people: str, mark: p.Mark, sheet: Sheet, width: float) -> float:
    """Tell how much smaller the two must be written to stand side by side; 1 where they fit as they are."""
    size = sheet.letters(META)
    dot = sheet.px(34) if wait and mark != "none" else 0
    whole = width_of(wait, SEMIBOLD, size) + width_of(people, MEDIUM, size) + (sheet.px(20) if wait and people else 0)
    return min(1.0, (width - dot) / max(1, whole))


def wait(wait: str, people: str, mark: p.Mark, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint the wait at the left and how many wait at the right; both always fit beside one another."""
    left, bottom, width, height = box
    widgets: list[Widget] = []
    start = left
    if wait and mark != "none":
        dot = sheet.px(20)
        at = (left, bottom + (height - dot) / 2)
        widgets.append(Dot(pos=at, size=(dot, dot), colour=mark_colour(mark, sheet.theme)))
        start += dot + sheet.px(14)
    fitting = max(9, int(sheet.letters(META) * _wait_share(wait, people, mark, sheet, width)))
    for words, font, colour, align in ((wait, SEMIBOLD, "lotus", "left"), (people, MEDIUM, "quiet", "right")):
        if words:
            taken = width_of(words, font, fitting) + 2
            at_x = start if align == "left" and wait else left + width - taken if wait else start
            widgets.append(
                Text(
                    words,
                    (at_x, bottom, taken, height),
                    font=font,
                    size=fitting,
                    colour=sheet.colour(colour),
                    valign="middle",
                    least=fitting,
                )
            )
    return widgets
