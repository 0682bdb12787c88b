"""Blocks to read: what was chosen, what is known, what must not be missed, the number itself."""

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import (
    Box,
    CodeShape,
    Dot,
    EmblemShape,
    Plate,
)
from kiosk.widgets.sheet import Sheet, Wish, inner
from kiosk.widgets.tiles import badge as paint_badge
from kiosk.widgets.tiles import wait as paint_wait
from kiosk.widgets.window import BOLD, EXTRABOLD, MEDIUM, SEMIBOLD
from kiosk.widgets.words import Digits, Text, height_of, width_of
from presentation.tokens import GEOMETRY, KIOSK_TYPE

TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta


def _summary_parts(block: p.Summary, sheet: Sheet, width: float) -> tuple[float, float]:
    room = width - sheet.px(68) - (sheet.px(100) if block.badge else 0)
    title = height_of(block.title, BOLD, sheet.letters(TILE), int(room))
    lines = sum(height_of(line, MEDIUM, sheet.letters(LEAD), int(room)) + sheet.px(8) for line in block.lines)
    return title, lines


def summary_wish(block: p.Summary, sheet: Sheet, width: float) -> Wish:
    """Tell how high summary want to be."""
    title, lines = _summary_parts(block, sheet, width)
    foot = sheet.letters(META) * 2.0 if block.wait or block.people else 0
    height = max(sheet.px(76), title + lines) + foot + sheet.px(60)
    return Wish(height, height)


def summary(block: p.Summary, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint summary into a box."""
    left, bottom, width, height = box
    plate = Plate(
        pos=(left, bottom),
        size=(width, height),
        fill=sheet.colour("lotus_mist"),
        frame=sheet.colour("line"),
        frame_width=max(2, sheet.px(3)) if sheet.theme.name == "high-contrast" else 0,
        radius=sheet.px(GEOMETRY.touch_radius),
    )
    widgets: list[Widget] = [plate]
    badge = sheet.px(76)
    text_left, top = left + sheet.px(34), bottom + height - sheet.px(30)
    if block.badge:
        widgets.extend(paint_badge(block.badge, sheet, (text_left, top - badge, badge, badge)))
        text_left += badge + sheet.px(24)
    room = left + width - sheet.px(34) - text_left
    title, _ = _summary_parts(block, sheet, width)
    widgets.append(sheet.text(block.title, (text_left, top - title, room, title), TILE, font=BOLD, valign="top"))
    top -= title
    for line in block.lines:
        high = height_of(line, MEDIUM, sheet.letters(LEAD), int(room))
        top -= high + sheet.px(8)
        widgets.append(sheet.text(line, (text_left, top, room, high), LEAD, valign="top"))
    if block.wait or block.people:
        foot = sheet.letters(META) * 1.5
        place = (text_left, bottom + sheet.px(22), room, foot)
        widgets.extend(paint_wait(block.wait, block.people, block.mark, sheet, place))
    return widgets


Rows = tuple[tuple[str, tuple[str, ...]], ...]


def _fact_columns(block: p.Facts, sheet: Sheet) -> tuple[Rows, ...]:
    """Put the last and longest fact, the documents, beside the others where the screen is wide."""
    if sheet.portrait or len(block.rows) == 1:
        return (block.rows,)
    return block.rows[:-1], block.rows[-1:]


def _fact_room(count: int, sheet: Sheet, width: float) -> float:
    return (width - sheet.px(68) * count) / count


def _facts_height(rows: Rows, sheet: Sheet, room: float) -> float:
    height = float(sheet.px(40))
    for label, texts in rows:
        height += _label_height(label, sheet, room) + _row_gap(sheet)
        height += sum(
            height_of(text, MEDIUM, sheet.letters(LEAD), int(room) - sheet.px(36)) + sheet.px(10) for text in texts
        )
    return height


def _label_height(label: str, sheet: Sheet, room: float) -> float:
    return height_of(label, SEMIBOLD, sheet.letters(META), int(room)) + sheet.letters(META) * 0.25


def _row_gap(sheet: Sheet) -> int:
    return sheet.px(26 * sheet.squeeze**2)


def facts_wish(block: p.Facts, sheet: Sheet, width: float) -> Wish:
    """Tell how high facts want to be."""
    columns = _fact_columns(block, sheet)
    room = _fact_room(len(columns), sheet, width)
    height = max(_facts_height(rows, sheet, room) for rows in columns)
    return Wish(height, height)


def facts(block: p.Facts, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint facts into a box."""
    left, bottom, width, height = box
    plate = Plate(
        pos=(left, bottom),
        size=(width, height),
        fill=sheet.colour("card"),
        frame=sheet.colour("line"),
        frame_width=max(1, sheet.px(2)),
        radius=sheet.px(GEOMETRY.touch_radius),
    )
    widgets: list[Widget] = [plate]
    columns = _fact_columns(block, sheet)
    room = _fact_room(len(columns), sheet, width)
    for place, rows in enumerate(columns):
        text_left = left + sheet.px(34) + place * (room + sheet.px(68))
        widgets.extend(_fact_column(rows, sheet, text_left, bottom + height - sheet.px(24), room))
    return widgets


def _fact_column(rows: Rows, sheet: Sheet, text_left: float, top: float, room: float) -> list[Widget]:
    widgets: list[Widget] = []
    for label, texts in rows:
        high = _label_height(label, sheet, room)
        top -= high
        widgets.append(sheet.text(label, (text_left, top, room, high), META, colour="lotus", font=SEMIBOLD))
        for text in texts:
            indent = sheet.px(36) if len(texts) > 1 else 0
            high = height_of(text, MEDIUM, sheet.letters(LEAD), int(room - sheet.px(36)))
            top -= high + sheet.px(10)
            if indent:
                dot = sheet.px(12)
                at = (text_left + sheet.px(6), top + high - sheet.letters(LEAD) * 0.72)
                widgets.append(Dot(pos=at, size=(dot, dot), colour=sheet.colour("lotus")))
            place = (text_left + indent, top, room - sheet.px(36) + (0 if indent else sheet.px(36)), high)
            widgets.append(sheet.text(text, place, LEAD, valign="top"))
        top -= _row_gap(sheet)
    return widgets


def hero_wish(block: p.Hero, sheet: Sheet, width: float) -> Wish:
    """Tell how high hero want to be."""
    del width
    chip = sheet.px(96) if block.class_text else 0
    # In large letters the sentences need the room more than the number, which is large enough.
    return Wish(sheet.px(220 if sheet.large_text else 290) + chip, sheet.px(400) + chip)


def hero(block: p.Hero, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint hero into a box."""
    left, bottom, width, height = box
    ground = Plate(
        pos=(left, bottom),
        size=(width, height),
        fill=sheet.colour("card"),
        frame=sheet.colour("lotus"),
        frame_width=max(3, sheet.px(4)),
        radius=sheet.px(GEOMETRY.touch_radius),
    )
    chip = sheet.px(96) if block.class_text else 0
    number = Digits(
        block.number_text,
        (left + sheet.px(40), bottom + chip, width - sheet.px(80), height - chip),
        font=EXTRABOLD,
        size=min(sheet.px(KIOSK_TYPE.number), int((height - chip) * 0.74)),
        colour=sheet.colour("lotus_deep" if sheet.theme.name == "day" else "amber"),
    )
    widgets: list[Widget] = [ground, number]
    if chip:
        size = sheet.letters(LEAD)
        wide = min(width - sheet.px(60), width_of(block.class_text, SEMIBOLD, size) + sheet.px(60))
        place = (left + (width - wide) / 2, bottom + sheet.px(24), wide, sheet.px(72))
        widgets.append(Plate(pos=place[:2], size=place[2:], fill=sheet.colour("ink"), radius=sheet.px(20)))
        widgets.append(
            sheet.text(
                block.class_text, inner(place, sheet.px(16), 2), LEAD, colour="card", font=SEMIBOLD, align="center"
            )
        )
    return widgets


def code_wish(block: p.Code, sheet: Sheet, width: float) -> Wish:
    """Tell how high code want to be."""
    del block, width
    return Wish(sheet.px(240), sheet.px(320))


def code(block: p.Code, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint code into a box."""
    left, bottom, width, height = box
    code = CodeShape((left, bottom, height, height), block.text)
    words = sheet.text(
        block.sentence, (left + height + sheet.px(28), bottom, width - height - sheet.px(28), height), LEAD
    )
    return [code, words]


def notice_wish(block: p.Notice, sheet: Sheet, width: float) -> Wish:
    """Tell how high notice want to be."""
    size = sheet.letters(LEAD)
    height = height_of(block.text, SEMIBOLD, size, int(width - sheet.px(96))) + sheet.px(44)
    return Wish(height, height)


def notice(block: p.Notice, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint notice into a box."""
    left, bottom, width, height = box
    trouble = block.tone == "trouble"
    fill, colour = ("brick_mist", "brick") if trouble else ("lotus_mist", "lotus" if block.tone == "good" else "ink")
    plate = Plate(pos=(left, bottom), size=(width, height), fill=sheet.colour(fill), radius=sheet.px(20))
    bar = Plate(
        pos=(left + sheet.px(18), bottom + sheet.px(18)),
        size=(sheet.px(10), height - sheet.px(36)),
        fill=sheet.colour("brick" if trouble else "lotus"),
        radius=sheet.px(5),
    )
    words = sheet.text(
        block.text,
        (left + sheet.px(52), bottom + sheet.px(14), width - sheet.px(84), height - sheet.px(28)),
        LEAD,
        colour=colour,
        font=SEMIBOLD,
    )
    return [plate, bar, words]


def emblem_wish(block: p.Emblem, sheet: Sheet, width: float) -> Wish:
    """Tell how high emblem want to be."""
    del block, width
    return Wish(sheet.px(180), sheet.px(300))


def emblem(block: p.Emblem, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint emblem into a box."""
    left, bottom, width, height = box
    side = min(height, sheet.px(260))
    place = (left + (width - side) / 2, bottom + (height - side) / 2, side, side)
    if block.text:
        plate = Plate(pos=place[:2], size=place[2:], fill=sheet.colour("lotus"), radius=side * 0.2)
        words = Text(
            block.text,
            place,
            font=EXTRABOLD,
            size=int(side * 0.56),
            colour=sheet.colour("on_lotus"),
            align="center",
            valign="middle",
        )
        return [plate, words]
    return [EmblemShape(place, block.kind, sheet.colour("lotus"), sheet.colour("lotus_mist"))]
