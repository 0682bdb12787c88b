"""The pieces a board is built of: text at a place, numbers in fixed cells, drawn arrows, cards.

Places are given as on the drawing: `frame = left, top, width, height` in pixels of a board 1920 x 1080, from the upper
left corner; `unit` is how many pixels of the real screen one of them is. Be Vietnam Pro has proportional digits and no
arrow, so each digit gets a cell of the widest one's width, and arrows are lines.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Line
from kivy.properties import (
    AliasProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from display.ink import Ink, fill, ink_of, round_off
from presentation.line_breaks import unbroken

TEXTURE_LIMIT = 512
"""So many letters and digits are kept drawn, and half as many lines: a board says the same things all day."""

SIZES_TRIED, SHRINK = 6, 0.86
"""Sentences that find no room are tried at so many sizes, each this share of the last."""


CELL_SHARE = 0.95


@lru_cache(maxsize=TEXTURE_LIMIT)
def character(text: str, size: int, font: str) -> Ink:
    """Draw one character, and keep it."""
    return ink_of(CoreLabel(text=text, font_size=size, font_name=font))


@lru_cache(maxsize=TEXTURE_LIMIT // 2)
def line(text: str, size: int, font: str, cut_to: int = 0) -> Ink:
    """Draw a line of words, and keep it; `cut_to` is the width (pixels) at which its end is left out."""
    room = {"text_size": (cut_to, None), "shorten": True, "shorten_from": "right"} if cut_to else {}
    return ink_of(CoreLabel(text=text, font_size=size, font_name=font, **room))


@lru_cache(maxsize=TEXTURE_LIMIT // 4)
def lines(text: str, size: int, font: str, width: int) -> Ink:
    """Draw words in as many lines as they take at this width (pixels), and keep them; no telephone number is broken."""
    return ink_of(CoreLabel(text=unbroken(text), font_size=size, font_name=font, text_size=(width, None), valign="top"))


@lru_cache(maxsize=64)
def cell_width(size: int, font: str) -> float:
    """Give the width that every digit of this size gets: nearly that of the widest, whose sides have air enough."""
    return float(CELL_SHARE * max(character(digit, size, font).width for digit in "0123456789"))


def text_width(text: str, size: int, font: str) -> float:
    """Measure a number as it will be drawn: digits in cells, letters as wide as they are."""
    return sum(cell_width(size, font) if each.isdigit() else character(each, size, font).width for each in text)


@lru_cache(maxsize=4 * TEXTURE_LIMIT)
def words_width(text: str, size: int, font: str) -> float:
    """Measure words as a line of text."""
    return float(CoreLabel(font_size=size, font_name=font).get_extents(text)[0])


class Placed(Widget):
    """Anything with a place on the drawing."""

    frame = ListProperty([0, 0, 0, 0])
    unit = NumericProperty(1.0)
    shift = ListProperty([0, 0])  # The origin of the drawing on the real screen: its upper left corner.

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(frame=self._take_place, unit=self._take_place, shift=self._take_place)
        self._take_place()

    @staticmethod
    def inside(frame: list[float], left: float, top: float, width: float, height: float) -> list[float]:
        """Give the place of a part whose distances are from the upper left corner of `frame`."""
        return [frame[0] + left, frame[1] + top, width, height]

    def _take_place(self, *_: object) -> None:
        left, top, width, height = self.frame
        self.size = (width * self.unit, height * self.unit)
        self.pos = (self.shift[0] + left * self.unit, self.shift[1] - (top + height) * self.unit)


class Words(Placed):
    """Words that are drawn once, in white, kept, and tinted as needed: a texture costs more than all frames with it."""

    text = StringProperty("")
    font_name = StringProperty("Vietnam SemiBold")
    color = ColorProperty("#ffffff")
    halign = StringProperty("left")
    valign = StringProperty("middle")
    points = NumericProperty(34)

    def __init__(self, **kwargs: Any) -> None:
        self._group = InstructionGroup()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.canvas.add(self._group)
        for name in ("text", "font_name", "color", "halign", "valign", "points", "pos", "size", "unit"):
            self.fbind(name, self._redraw)
        self._redraw()

    def drawn(self) -> Ink:
        """Give the words, as large as they are."""
        raise NotImplementedError

    def _draw(self, *_: object) -> None:
        self._group.clear()
        if not self.text or self.width < 1 or self.height < 1:
            return
        ink = self.drawn()
        if ink.texture is None:
            return
        x = self.x + {"left": 0.0, "center": 0.5, "right": 1.0}[self.halign] * (self.width - ink.width)
        y = self.y + {"top": 1.0, "middle": 0.5}[self.valign] * (self.height - ink.height)
        self._group.add(Color(*self.color))
        self._group.add(ink.placed(x, y))


class Text(Words):
    """A line at a place; one too long for it is written smaller, and cut only when even `smallest` is too large."""

    smallest = NumericProperty(0)

    def drawn(self) -> Ink:
        """Give the line, cut if need be."""
        return line(self.text, self._size(), self.font_name, int(self.width) if self.is_cut else 0)

    def _size(self) -> int:
        size: int = round(self.points * self.unit)
        least: int = round(self.smallest * self.unit) if self.smallest else size
        while size > least and words_width(self.text, size, self.font_name) > self.width:
            size -= 1
        return size

    @property
    def is_cut(self) -> bool:
        """Whether even the smallest letters are too large for the place."""
        return bool(self.text) and 1 <= self.width < words_width(self.text, self._size(), self.font_name)


class Number(Placed):
    """A number in fixed cells, `H025` or `08:42`, standing at the left, centre or right of its place."""

    text = StringProperty("")
    points = NumericProperty(46)
    color = ColorProperty("#ffffff")
    font = StringProperty("Vietnam Bold")
    halign = StringProperty("left")

    def __init__(self, **kwargs: Any) -> None:
        self._group = InstructionGroup()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.canvas.add(self._group)
        for name in ("text", "points", "color", "font", "halign", "pos", "size"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _draw(self, *_: object) -> None:
        self._group.clear()
        if not self.text or not self.width:
            return
        size = self._fitting_size()
        width = text_width(self.text, size, self.font)
        spare = self.width - width
        x = self.x + {"left": 0.0, "center": spare / 2, "right": spare}[self.halign]
        self._group.add(Color(*self.color))
        for each in self.text:
            ink = character(each, size, self.font)
            cell = cell_width(size, self.font) if each.isdigit() else ink.width
            if ink.texture is not None:
                self._group.add(ink.placed(x + (cell - ink.width) / 2, self.center_y - ink.height / 2))
            x += cell

    def _fitting_size(self) -> int:
        """Give the size in real pixels: the wanted one, or less where the number is too long for its place."""
        size: int = round(self.points * self.unit)
        width = text_width(self.text, size, self.font)
        return size if width <= self.width else int(size * self.width / width)


class Arrow(Placed):
    """An arrow that points to the counter, drawn with round ends."""

    color = ColorProperty("#ffffff")

    def __init__(self, **kwargs: Any) -> None:
        self._group = InstructionGroup()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.canvas.add(self._group)
        for name in ("color", "pos", "size"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _draw(self, *_: object) -> None:
        self._group.clear()
        if not self.width:
            return
        thick = max(self.height * 0.075, 1.2 * self.unit)
        tip, middle = self.right - thick, self.center_y
        head = self.height * 0.30
        self._group.add(Color(*self.color))
        for points in (
            [self.x + thick, middle, tip, middle],
            [tip - head, middle + head, tip, middle, tip - head, middle - head],
        ):
            self._group.add(Line(points=points, width=thick, cap="round", joint="round"))


class Ground(Placed):
    """An opaque plate with round corners, or none; `behind` is the colour around it."""

    color = ColorProperty("#000000")
    behind = ColorProperty("#000000")
    radius = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._group = InstructionGroup()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.canvas.add(self._group)
        for name in ("color", "behind", "radius", "pos", "size"):
            self.fbind(name, self._redraw)
        self._redraw()

    @staticmethod
    def mixed(one: list[float], other: list[float], share: float) -> list[float]:
        """Mix two colours: how the other looks when so much of it has come in over the one."""
        return [mine * (1 - share) + theirs * share for mine, theirs in zip(one, other, strict=True)]

    def _draw(self, *_: object) -> None:
        self._group.clear()
        if self.width >= 1 and self.height >= 1:
            place = (*self.pos, *self.size)
            fill(self._group, place, tuple(self.color))
            round_off(self._group, place, self.radius * self.unit, tuple(self.behind))


class CallRow(Placed):
    """One call: number, arrow, counter; `call_id` 0 when the row is empty."""

    call_id = NumericProperty(0)
    number = StringProperty("")
    counter = StringProperty("")
    caption = StringProperty("")
    counter_caption = StringProperty("")
    chip = StringProperty("")  # Beside the caption: that this number has priority.
    chip_left = NumericProperty(0)
    chip_width = NumericProperty(0)
    color = ColorProperty("#ffffff")
    quiet_color = ColorProperty("#ffffff")
    ground = ColorProperty("#000000")
    taken = AliasProperty(lambda row: bool(row.number), bind=["number"])


class WaitingRow(Placed):
    """How many wait for one service."""

    prefix = StringProperty("")
    name = StringProperty("")
    count = StringProperty("")
    detail = StringProperty("")
    taken = AliasProperty(lambda row: bool(row.name), bind=["name"])


class Mark(Placed):
    """A drawn sign beside a sentence, since meaning is never colour alone: `pause`, `alert`, `clock` or none."""

    kind = StringProperty("")
    color = ColorProperty("#ffffff")

    def __init__(self, **kwargs: Any) -> None:
        self._group = InstructionGroup()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.canvas.add(self._group)
        for name in ("kind", "color", "pos", "size"):
            self.fbind(name, self._redraw)
        self._redraw()

    def _draw(self, *_: object) -> None:
        self._group.clear()
        if not self.kind:
            return
        side, thick = min(self.size), min(self.size) * 0.045
        x, y = self.x + thick, self.y + thick
        side -= 2 * thick
        self._group.add(Color(*self.color))
        for points, closed in _SHAPES[self.kind]:
            spots = [(x if at % 2 == 0 else y) + share * side for at, share in enumerate(points)]
            self._group.add(Line(points=spots, width=thick, cap="round", joint="round", close=closed))
        if self.kind in _ROUND:
            self._group.add(Line(ellipse=(x, y, side, side), width=thick))


_SHAPES: dict[str, tuple[tuple[tuple[float, ...], bool], ...]] = {
    # Strokes in shares of the sign's side, from its lower left corner; True closes the stroke.
    "pause": (((0.38, 0.32, 0.38, 0.68), False), ((0.62, 0.32, 0.62, 0.68), False)),
    "alert": (
        ((0.5, 0.96, 0.02, 0.08, 0.98, 0.08), True),
        ((0.5, 0.64, 0.5, 0.38), False),
        ((0.5, 0.235, 0.5, 0.215), False),
    ),
    "clock": (((0.5, 0.76, 0.5, 0.5, 0.68, 0.4), False),),
}
_ROUND = ("pause", "clock")


class Paragraph(Words):
    """Sentences that may take several lines; written smaller when they are too many for their place."""

    def drawn(self) -> Ink:
        """Give the lines, at the largest size at which all find room."""
        return next((each for each in self._tried() if each.height <= self.height), self._smallest())

    def _tried(self) -> Iterator[Ink]:
        for attempt in range(SIZES_TRIED):
            yield lines(self.text, round(self.points * self.unit * SHRINK**attempt), self.font_name, int(self.width))

    def _smallest(self) -> Ink:
        *_, last = self._tried()
        return last

    @property
    def is_cut(self) -> bool:
        """Whether even the smallest letters are too large for the place."""
        return bool(self.text) and self.width >= 1 and self.drawn().height > self.height


class SlideCard(Placed):
    """A quiet thing to look at: a promise in a few words, a notice, or a picture as large as it fits."""

    head = StringProperty("")
    body = StringProperty("")
    others = StringProperty("")
    body_points = NumericProperty(56)
    texture = ObjectProperty(None, allownone=True)

    @staticmethod
    def fitted(texture: Any, pos: list[float], size: list[float]) -> tuple[float, float, float, float]:
        """Give place and size (x, y, width, height) of a picture that is shown whole in the middle of this place."""
        if texture is None:
            return 0, 0, 0, 0
        scale = min(size[0] / texture.width, size[1] / texture.height)
        if abs(scale - 1) < 1 / texture.width:
            scale = 1  # Made for this place: its pixels lie on those of the screen.
        width, height = texture.width * scale, texture.height * scale
        return round(pos[0] + (size[0] - width) / 2), round(pos[1] + (size[1] - height) / 2), width, height


class Card(Placed):
    """A quiet scene: a drawn sign, one sentence, and below it the same in another language or what to do."""

    title = StringProperty("")
    lead = StringProperty("")
    hint = StringProperty("")
    mark = StringProperty("")
    mark_color = ColorProperty("#ffffff")
    ground = ColorProperty("#000000")
    color = ColorProperty("#ffffff")
    quiet_color = ColorProperty("#ffffff")
    points = NumericProperty(92)
    hint_points = NumericProperty(46)
