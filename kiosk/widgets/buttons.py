"""Blocks to touch: buttons beside and below one another, the field to type into."""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import (
    Box,
    Lens,
    Pointer,
)
from kiosk.widgets.sheet import Sheet, Wish, columns, inner, rows
from kiosk.widgets.window import MEDIUM, SEMIBOLD
from kiosk.widgets.words import fitted, height_of, wrapped
from presentation.tokens import KIOSK_TYPE

CHOICES_MANY = 4
LINES_LEAST = 3
"""A field for sentences shows so many lines at least."""
SHARED_LEAST = 0.75
"""A label that would have to be smaller than this share of its size does not set the size of its neighbours."""
WIDE = 0.44
"""A share of a lying screen's width; choices with less than this stand one below the other."""
TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta


def button(
    one: p.Button, sheet: Sheet, box: Box, *, size: int = LEAD, align: str = "center", most: int | None = None
) -> list[Widget]:
    """Paint a button: primary is filled, plain is framed, quiet is words on a faint ground with a thin frame.

    `most`: the size of letters that it shares with its neighbours, by `shared_letters`.
    """
    primary = one.look == "primary" or one.chosen
    quiet = one.look == "quiet" and not one.chosen
    plate = sheet.plate(
        one.action,
        one.label,
        box,
        fill="lotus" if primary else "lotus_mist" if quiet else "card",
        pressed_fill="lotus_deep" if primary else "lotus_mist" if not quiet else "line",
        frame="edge" if quiet else "lotus",
        frame_width=max(1, sheet.px(2)) if quiet else max(2, sheet.px(3)),
        radius=sheet.px(28),
    )
    colour = "on_lotus" if primary else "lotus"
    left, bottom, width, height = _inside(sheet, box, align)
    widgets: list[Widget] = [plate]
    if one.arrow:
        side = _arrow_side(sheet, height)
        at = left if one.arrow == "back" else left + width - side
        widgets.append(Pointer((at, bottom + (height - side) / 2, side, side), one.arrow, sheet.colour(colour)))
    words = _words_box(one, sheet, box, align)
    below = (left, bottom, width, words[1] - bottom)
    widgets.append(
        sheet.text(
            one.label,
            words,
            size,
            colour=colour,
            font=SEMIBOLD,
            align=align,
            valign="bottom" if one.hint else "middle",
            most=most,
        )
    )
    if one.hint:
        widgets.append(sheet.text(one.hint, below, META, colour=colour, align=align, valign="top"))
    return widgets


def shared_letters(buttons: Sequence[p.Button], sheet: Sheet, box: Box, size: int, align: str = "center") -> int:
    """Give the largest letters in which all labels fit into boxes of one size, so that none looks more important.

    One that is far longer than the others does not make all of them small: it alone is set smaller.
    """
    wanted = sheet.letters(size)
    fitting = [
        fitted(one.label, SEMIBOLD, wanted, max(1, int(wide)), max(1, int(high)), sheet.least)[1]
        for one, (_, _, wide, high) in ((one, _words_box(one, sheet, box, align)) for one in buttons)
    ]
    return min((each for each in fitting if each >= wanted * SHARED_LEAST), default=wanted)


def _inside(sheet: Sheet, box: Box, align: str) -> Box:
    # Large letters may come nearer to a button's sides, so that they are not set smaller.
    middle = 5 if sheet.large_text else 12
    return inner(box, sheet.px(middle if align == "center" else 32), sheet.px(8))


def _arrow_side(sheet: Sheet, height: float) -> float:
    return min(height, sheet.px(64))


def _words_box(one: p.Button, sheet: Sheet, box: Box, align: str) -> Box:
    """Give the room for a button's label: beside its arrow, above its hint."""
    left, bottom, width, height = _inside(sheet, box, align)
    if one.arrow:
        side = _arrow_side(sheet, height)
        left, width = (left + side, width - side) if one.arrow == "back" else (left, width - side)
    upper = height * 0.54 if one.hint else height
    return left, bottom + height - upper, width, upper


def _choice_columns(block: p.Choices, sheet: Sheet, width: float) -> int:
    """Give how many choices stand side by side: a lying screen is wide, and short, unless keys stand beside them."""
    many = max(block.rows, len(block.buttons)) >= CHOICES_MANY
    wide = not sheet.portrait and width > sheet.width * WIDE
    return max(block.across, 2 if many and wide else 1)


def _choice_lines(block: p.Choices, sheet: Sheet, width: float) -> int:
    across = _choice_columns(block, sheet, width)
    return max(-(-block.rows // across), -(-len(block.buttons) // across), 1)


def choices_wish(block: p.Choices, sheet: Sheet, width: float) -> Wish:
    """Tell how high choices want to be."""
    count = _choice_lines(block, sheet, width)
    gaps = (count - 1) * sheet.gap
    # In large letters, a name of two lines is not set smaller where there is room for a higher button.
    lists = (92, 144 if sheet.large_text else 112)
    least, most = (sheet.px(drawn) for drawn in (lists if block.rows else (108, 156)))
    if block.rows:
        most = max(most, _highest_label(block, sheet, width))
    return Wish(count * least + gaps, count * most + gaps)


def _highest_label(block: p.Choices, sheet: Sheet, width: float) -> int:
    """Give how high a button would be that holds the longest of these labels in letters of the usual size."""
    across = _choice_columns(block, sheet, width)
    place = columns((0, 0, width, 1), across, sheet.gap)[0]
    room = int(_words_box(p.Button("", ""), sheet, place, "left")[2])
    longest = max((one.label for one in block.buttons), key=len, default="")
    return round(height_of(longest, SEMIBOLD, sheet.letters(LEAD), max(1, room))) + 2 * sheet.px(8)


def choices(block: p.Choices, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint choices into a box."""
    widgets: list[Widget] = []
    lines = rows(box, _choice_lines(block, sheet, box[2]), sheet.gap)
    across = _choice_columns(block, sheet, box[2])
    places = [place for line in lines for place in columns(line, across, sheet.gap)]
    most = shared_letters(block.buttons, sheet, places[0], LEAD, "left")
    for one, place in zip(block.buttons, places, strict=False):
        widgets.extend(button(one, sheet, place, align="left", most=most))
    return widgets


def actions_wish(block: p.Actions, sheet: Sheet, width: float) -> Wish:
    """Tell how high actions want to be."""
    del width
    height = sheet.px(96 if all(one.look == "quiet" for one in block.buttons) else 148)
    return Wish(height, height)


def actions(block: p.Actions, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint actions into a box."""
    widgets: list[Widget] = []
    for one, place in zip(block.buttons, columns(box, len(block.buttons), sheet.gap), strict=True):
        widgets.extend(button(one, sheet, place, size=TILE if one.look == "primary" else LEAD))
    return widgets


def field_wish(block: p.Field, sheet: Sheet, width: float) -> Wish:
    """Tell how high field want to be."""
    del width
    if block.lines > 1:
        line = height_of("Ộ", SEMIBOLD, sheet.letters(LEAD), sheet.width)
        return Wish(line * min(block.lines, LINES_LEAST) + 2 * sheet.px(24), line * block.lines + 2 * sheet.px(24))
    return Wish(sheet.px(116), sheet.px(124))


def field(block: p.Field, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint field into a box."""
    plate = sheet.plate(
        block.action,
        block.invitation,
        box,
        fill="card",
        pressed_fill="lotus_mist",
        frame="lotus",
        frame_width=max(2, sheet.px(3)),
        radius=sheet.px(28),
    )
    if block.lines:
        return [plate, _written(block, sheet, inner(box, sheet.px(36), sheet.px(24 if block.lines > 1 else 12)))]
    left, bottom, width, height = inner(box, sheet.px(36), sheet.px(12))
    lens = sheet.px(72)
    words = block.text or block.invitation
    shown = sheet.text(
        words + ("|" if block.text else ""),
        (left + lens + sheet.px(16), bottom, width - lens - sheet.px(16), height),
        LEAD,
        colour="ink" if block.text else "quiet",
        font=SEMIBOLD if block.text else MEDIUM,
    )
    return [plate, Lens((left, bottom + (height - lens) / 2, lens, lens), sheet.colour("lotus")), shown]


def _written(block: p.Field, sheet: Sheet, box: Box) -> Widget:
    """Paint what is being written: of more than the field holds, the end, where the next letter goes."""
    left, bottom, width, height = box
    if not block.text:
        return sheet.text(block.invitation, box, LEAD, colour="quiet", valign="top" if block.lines > 1 else "middle")
    size = sheet.letters(LEAD)
    lines = wrapped(block.text + "|", SEMIBOLD, size, int(width))
    fitting = max(1, int(height // height_of("Ộ", SEMIBOLD, size, int(width))))
    shown = " ".join(lines[-fitting:])
    place = (left, bottom, width, height)
    return sheet.text(shown, place, LEAD, font=SEMIBOLD, valign="top" if block.lines > 1 else "middle")
