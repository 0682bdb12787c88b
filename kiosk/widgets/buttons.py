"""Blocks to touch: buttons beside and below one another, the field to type into."""

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import (
    Box,
    Lens,
    Pointer,
)
from kiosk.widgets.sheet import Sheet, Wish, columns, inner, rows
from kiosk.widgets.window import MEDIUM, SEMIBOLD
from presentation.tokens import KIOSK_TYPE

CHOICES_MANY = 4
WIDE = 0.6
"""A share of a lying screen's width; choices with less than this stand one below the other."""
TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta


def button(one: p.Button, sheet: Sheet, box: Box, *, size: int = LEAD, align: str = "center") -> list[Widget]:
    """Paint a button: primary is filled, plain is framed, quiet is words on a faint ground."""
    primary = one.look == "primary" or one.chosen
    quiet = one.look == "quiet" and not one.chosen
    plate = sheet.plate(
        one.action,
        one.label,
        box,
        fill="lotus" if primary else "lotus_mist" if quiet else "card",
        pressed_fill="lotus_deep" if primary else "lotus_mist" if not quiet else "line",
        frame="lotus",
        frame_width=0 if quiet else max(2, sheet.px(3)),
        radius=sheet.px(28),
    )
    colour = "on_lotus" if primary else "lotus"
    pad = sheet.px(12 if align == "center" else 32)
    left, bottom, width, height = inner(box, pad, sheet.px(8))
    widgets: list[Widget] = [plate]
    if one.arrow:
        side = min(height, sheet.px(64))
        at = left if one.arrow == "back" else left + width - side
        widgets.append(Pointer((at, bottom + (height - side) / 2, side, side), one.arrow, sheet.colour(colour)))
        left, width = (left + side, width - side) if one.arrow == "back" else (left, width - side)
    if one.hint:
        upper = height * 0.54
        widgets.append(
            sheet.text(
                one.label,
                (left, bottom + height - upper, width, upper),
                size,
                colour=colour,
                font=SEMIBOLD,
                align=align,
                valign="bottom",
            )
        )
        lower = (left, bottom, width, height - upper)
        widgets.append(sheet.text(one.hint, lower, META, colour=colour, align=align, valign="top"))
    else:
        widgets.append(
            sheet.text(one.label, (left, bottom, width, height), size, colour=colour, font=SEMIBOLD, align=align)
        )
    return widgets


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
    least, most = (sheet.px(92), sheet.px(112)) if block.rows else (sheet.px(108), sheet.px(156))
    return Wish(count * least + gaps, count * most + gaps)


def choices(block: p.Choices, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint choices into a box."""
    widgets: list[Widget] = []
    lines = rows(box, _choice_lines(block, sheet, box[2]), sheet.gap)
    across = _choice_columns(block, sheet, box[2])
    places = [place for line in lines for place in columns(line, across, sheet.gap)]
    for one, place in zip(block.buttons, places, strict=False):
        widgets.extend(button(one, sheet, place, align="left"))
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
    del block, width
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
