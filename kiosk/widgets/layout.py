"""How the blocks of a page share the room between its title and its foot.

Standing, they lie one below the other; in low reach, what is only read stays above and everything to touch goes below.
A lying screen is wide and short: there what is read stands at the left, and what is touched beside it at the right, so
that neither is stretched over a width that no eye follows.
"""

from dataclasses import dataclass, replace

from kivy.uix.widget import Widget

from kiosk.widgets import blocks
from kiosk.widgets.page import (
    Actions,
    Answers,
    Block,
    Choices,
    Emblem,
    Facts,
    Field,
    Hero,
    Keyboard,
    Notice,
    Page,
    Pages,
    Summary,
    Tiles,
    touchables,
)
from kiosk.widgets.shapes import Box
from kiosk.widgets.sheet import Sheet, Wish, columns

SQUEEZES = (1.0, 0.92, 0.85, 0.78, 0.7)
LOW_REACH_FROM = 0.54
"""In low reach, everything to touch lies below this share of the height."""
BLOCKS_APART, COLUMNS_APART = 28, 56
"""Distances of the drawings: two blocks, two columns of them."""
LEFT_SHARE = {Facts: 0.68, Hero: 0.54}
"""What share of a lying screen's width is for reading; `CHOICES_LEFT` beside many choices, else the half."""
CHOICES_LEFT = 0.4
FEW_SHARE = 0.62
"""What share of a lying screen's width a page of few words takes, in the middle."""

Blocks = tuple[Block, ...]


def body(page: Page, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint the blocks of a page into the box between its title and its foot."""
    if page.low_reach and sheet.portrait:
        return _low_reach(page.blocks, sheet, box)
    # A scale takes the whole width of a lying screen: its answers stand side by side.
    whole = sheet.portrait or any(isinstance(block, Answers) for block in page.blocks)
    side_by_side = None if whole else _side_by_side(page.blocks, sheet, box)
    if side_by_side is not None:
        return _in_columns(side_by_side, sheet, box)
    rest, widgets = page.blocks, list[Widget]()
    if not sheet.portrait:
        box = _narrowed(page.blocks, box)
        rest, box, widgets = _first_row(page.blocks, sheet, box)
    from_the_top = any(isinstance(block, Tiles | Keyboard | Pages | Hero) for block in page.blocks)
    return widgets + _stack(rest, sheet, box, hang=not from_the_top)


def _is_touched(block: Block) -> bool:
    return any(touchables(Page("", "", blocks=(block,))))


# --- Standing, in low reach ------------------------------------------------------------------------------------------


def _low_reach(page_blocks: Blocks, sheet: Sheet, box: Box) -> list[Widget]:
    """Put what is only read, at the head of the page, above the line of reach, and all else below it."""
    left, bottom, width, height = box
    first = next((place for place, block in enumerate(page_blocks) if _is_touched(block)), len(page_blocks))
    words, hands = page_blocks[:first], page_blocks[first:]
    line = _reading_line(words, hands, sheet, box)
    top = bottom + height
    below = line - sheet.px(BLOCKS_APART)
    return [
        *_stack(words, sheet, (left, line, width, max(1, top - line)), hang=False),
        *_stack(hands, sheet, (left, bottom, width, max(1, below - bottom)), hang=False),
    ]


def _reading_line(words: Blocks, hands: Blocks, sheet: Sheet, box: Box) -> float:
    """Tell where reading ends and reaching begins: lower than usual where there is much to read and room below."""
    _, bottom, width, height = box

    def needed(parts: Blocks) -> float:
        return sum(blocks.wish(part, sheet, width).least + sheet.px(BLOCKS_APART) for part in parts)

    usual = sheet.height * LOW_REACH_FROM
    return min(usual, max(bottom + height - needed(words), bottom + needed(hands)))


# --- Lying -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Two columns of blocks, read from the left one's top to the right one's foot."""

    left: Blocks
    right: Blocks
    share: float
    """The left column's share of the width."""

    def widths(self, width: float, sheet: Sheet) -> tuple[float, float]:
        room = width - sheet.px(COLUMNS_APART)
        return room * self.share, room * (1 - self.share)

    def needed(self, sheet: Sheet, width: float) -> float:
        """Tell how high the higher of the two is at least."""
        wide = zip((self.left, self.right), self.widths(width, sheet), strict=True)
        return max(_least([blocks.wish(block, sheet, room) for block in part], sheet) for part, room in wide)


def _side_by_side(page_blocks: Blocks, sheet: Sheet, box: Box) -> _Columns | None:
    """Part a page into reading and touching where that makes the higher column lowest; None where it has not both."""
    first = next((place for place, block in enumerate(page_blocks) if _is_touched(block)), 0)
    alone = all(isinstance(block, Emblem | Actions) for block in page_blocks)
    # Where letters are typed, they have the right half already.
    typing = any(isinstance(block, Field) and not block.action for block in page_blocks)
    if not first or alone or typing or any(isinstance(block, Tiles | Keyboard | Pages) for block in page_blocks):
        return None
    share = next((LEFT_SHARE[type(block)] for block in page_blocks if type(block) in LEFT_SHARE), 0.5)
    if any(isinstance(block, Choices) for block in page_blocks):
        share = CHOICES_LEFT
    ways = [_Columns(page_blocks[:cut], page_blocks[cut:], share) for cut in range(first, 0, -1)]
    return min(ways, key=lambda way: way.needed(sheet, box[2]))


def _in_columns(parts: _Columns, sheet: Sheet, box: Box) -> list[Widget]:
    left, bottom, width, height = box
    for squeeze in SQUEEZES:
        smaller = replace(sheet, squeeze=squeeze)
        if parts.needed(smaller, width) <= height:
            break
    at = sheet.px(COLUMNS_APART)
    left_wide, right_wide = parts.widths(width, sheet)
    hang = not any(isinstance(block, Hero | Choices) for block in (*parts.left, *parts.right))
    down = min(max(0.0, height - parts.needed(smaller, width)) * 0.3, sheet.px(120)) if hang else 0.0
    room = height - down
    return [
        *_stack(parts.left, smaller, (left, bottom, left_wide, room), hang=False),
        *_stack(parts.right, smaller, (left + left_wide + at, bottom, right_wide, room), hang=False),
    ]


def _narrowed(page_blocks: Blocks, box: Box) -> Box:
    """Give the middle of the box to a page of few words: a button as wide as a lying screen is no button any more."""
    left, bottom, width, height = box
    if not all(isinstance(block, Emblem | Actions | Notice | Summary) for block in page_blocks):
        return box
    return left + width * (1 - FEW_SHARE) / 2, bottom, width * FEW_SHARE, height


def _first_row(page_blocks: Blocks, sheet: Sheet, box: Box) -> tuple[Blocks, Box, list[Widget]]:
    """Put what stands above the tiles of a lying screen side by side, and give what is left of the page and the box."""
    place = next((place for place, block in enumerate(page_blocks) if isinstance(block, Tiles)), 0)
    row = page_blocks[:place]
    if len(row) < 2:  # noqa: PLR2004 -- one block has nothing beside it.
        return page_blocks, box, []
    left, bottom, width, height = box
    places = columns((left, bottom, width, height), len(row), sheet.px(BLOCKS_APART))
    high = max(blocks.wish(block, sheet, wide).least for block, (_, _, wide, _) in zip(row, places, strict=True))
    widgets = [
        widget
        for block, (at, _, wide, _) in zip(row, places, strict=True)
        for widget in blocks.paint(block, sheet, (at, bottom + height - high, wide, high))
    ]
    rest = (left, bottom, width, height - high - sheet.px(BLOCKS_APART))
    return page_blocks[place:], rest, widgets


# --- One below the other ---------------------------------------------------------------------------------------------


def _stack(page_blocks: Blocks, sheet: Sheet, box: Box, *, hang: bool) -> list[Widget]:
    """Put the blocks one below the other; what can stretch takes what is left, what is too much is set smaller.

    `hang`: a short stack hangs a little lower than its title, where hands are.
    """
    left, bottom, width, height = box
    gap = float(sheet.px(BLOCKS_APART))
    sheet, wishes = _squeezed(page_blocks, sheet, width, height)
    needed = _least(wishes, sheet)
    if needed > height:
        # Still too much: everything gives way in proportion, so that nothing ever lies upon something else.
        share = max(0.1, height / needed)
        wishes = [Wish(wish.least * share, wish.least * share) for wish in wishes]
        gap *= share
        needed = height
    stretch = sum(wish.most - wish.least for wish in wishes)
    grow = min(1.0, (height - needed) / stretch) if stretch > 0 else 0.0
    widgets: list[Widget] = []
    spare = height - needed - stretch * grow
    top = bottom + height - (min(spare * 0.3, sheet.px(200)) if hang else 0)
    for block, wish in zip(page_blocks, wishes, strict=True):
        high = wish.least + (wish.most - wish.least) * grow
        if isinstance(block, Pages):  # What is touched again and again always lies at the foot.
            top = bottom + high
        widgets.extend(blocks.paint(block, sheet, (left, top - high, width, high)))
        top -= high + gap
    return widgets


def _squeezed(page_blocks: Blocks, sheet: Sheet, width: float, room: float) -> tuple[Sheet, list[Wish]]:
    """Set words smaller until the blocks fit, if smaller words are what it takes."""
    tried: list[tuple[Sheet, list[Wish]]] = []
    for squeeze in (each for each in SQUEEZES if each <= sheet.squeeze):
        smaller = replace(sheet, squeeze=squeeze)
        tried.append((smaller, [blocks.wish(block, smaller, width) for block in page_blocks]))
        if _least(tried[-1][1], sheet) <= room:
            return tried[-1]
    return tried[0] if _least(tried[0][1], sheet) == _least(tried[-1][1], sheet) else tried[-1]


def _least(wishes: list[Wish], sheet: Sheet) -> float:
    return sum(wish.least for wish in wishes) + sheet.px(BLOCKS_APART) * max(0, len(wishes) - 1)
