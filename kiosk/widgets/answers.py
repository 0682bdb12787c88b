"""A rating scale: faces that are drawn, with their words; in a neutral tone words alone."""

from collections.abc import Callable

from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import (
    Box,
    FaceShape,
)
from kiosk.widgets.sheet import Sheet, Wish, columns, inner, rows
from kiosk.widgets.window import BOLD
from presentation.tokens import KIOSK_TYPE

TILE, LEAD, META = KIOSK_TYPE.tile, KIOSK_TYPE.lead, KIOSK_TYPE.meta


def answers_wish(block: p.Answers, sheet: Sheet, width: float) -> Wish:
    """Tell how high answers want to be."""
    del width
    if not sheet.portrait:
        return Wish(sheet.px(360), sheet.px(560))
    gaps = (len(block.answers) - 1) * sheet.px(24)
    return Wish(len(block.answers) * sheet.px(150) + gaps, len(block.answers) * sheet.px(250) + gaps)


def answers(block: p.Answers, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint answers into a box."""
    cut: Callable[[Box, int, float], list[Box]] = rows if sheet.portrait else columns
    widgets: list[Widget] = []
    for answer, place in zip(block.answers, cut(box, len(block.answers), sheet.px(24)), strict=True):
        widgets.extend(_answer(answer, sheet, place))
    return widgets


def _answer(answer: p.Answer, sheet: Sheet, box: Box) -> list[Widget]:
    fill = "lotus" if answer.chosen else "card"
    colour = "on_lotus" if answer.chosen else "lotus"
    plate = sheet.plate(
        answer.action,
        answer.label,
        box,
        fill=fill,
        pressed_fill="lotus_mist",
        frame="lotus",
        frame_width=max(2, sheet.px(3)),
    )
    left, bottom, width, height = inner(box, sheet.px(36), sheet.px(24))
    widgets: list[Widget] = [plate]
    words = (left, bottom, width, height)
    align = "center"
    if answer.face and sheet.portrait:
        side = min(height, sheet.px(170))
        widgets.append(FaceShape((left, bottom + (height - side) / 2, side, side), answer.face, sheet.colour(colour)))
        words, align = (left + side + sheet.px(36), bottom, width - side - sheet.px(36), height), "left"
    elif answer.face:
        side = min(width, height * 0.62)
        place = (left + (width - side) / 2, bottom + height - side, side, side)
        widgets.append(FaceShape(place, answer.face, sheet.colour(colour)))
        words = (left, bottom, width, height - side - sheet.px(8))
    text_colour = "on_lotus" if answer.chosen else "ink"
    widgets.append(sheet.text(answer.label, words, 48, font=BOLD, align=align, colour=text_colour))
    return widgets
