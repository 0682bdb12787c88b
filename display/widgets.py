"""The pieces a board is built of: text at a place, numbers in fixed cells, drawn arrows, cards.

Places are given as on the drawing: `frame = left, top, width, height` in pixels of a board 1920 x 1080, from the upper
left corner; `unit` is how many pixels of the real screen one of them is. Be Vietnam Pro has proportional digits and no
arrow, so each digit gets a cell of the widest one's width, and arrows are lines.
"""

from functools import lru_cache
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Line, Rectangle
from kivy.properties import (
    AliasProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.label import Label
from kivy.uix.widget import Widget

TEXTURE_LIMIT = 512
"""Letters and digits kept drawn: 36 characters in the few sizes and colours of a board."""


CELL_SHARE = 0.95


@lru_cache(maxsize=TEXTURE_LIMIT)
def character(text: str, size: int, font: str) -> Any:
    """Draw one character, white, and keep it; returns its texture."""
    label = CoreLabel(text=text, font_size=size, font_name=font)
    label.refresh()
    return label.texture


@lru_cache(maxsize=64)
def cell_width(size: int, font: str) -> float:
    """Give the width that every digit of this size gets: nearly that of the widest, whose sides have air enough."""
    return float(CELL_SHARE * max(character(digit, size, font).width for digit in "0123456789"))


def text_width(text: str, size: int, font: str) -> float:
    """Measure a number as it will be drawn: digits in cells, letters as wide as they are."""
    return sum(cell_width(size, font) if each.isdigit() else character(each, size, font).width for each in text)


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


class Text(Placed, Label):
    """Words at a place; a line too long for it is written smaller, and cut only when even `smallest` is too large."""

    points = NumericProperty(34)
    smallest = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._refit = Clock.create_trigger(self._fit, -1)
        super().__init__(**kwargs)
        self.bind(text=self._refit, size=self._refit, points=self._refit, unit=self._refit, smallest=self._refit)
        self._fit()

    def _fit(self, *_: object) -> None:
        self.text_size = self.size
        size = self.points * self.unit
        if self.smallest and self.text and self.width > 0:
            measured = words_width(self.text, size, self.font_name)
            if measured > self.width:
                size = max(size * self.width / measured * 0.99, self.smallest * self.unit)
        self.font_size = size

    @property
    def is_cut(self) -> bool:
        """Whether even the smallest letters were too large for the place."""
        return (
            bool(self.text) and self.width > 0 and words_width(self.text, self.font_size, self.font_name) > self.width
        )


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
            texture = character(each, size, self.font)
            cell = cell_width(size, self.font) if each.isdigit() else texture.width
            place = (round(x + (cell - texture.width) / 2), round(self.center_y - texture.height / 2))
            self._group.add(Rectangle(texture=texture, pos=place, size=texture.size))
            x += cell

    def _fitting_size(self) -> int:
        """Give the size in real pixels: the wanted one, or less where the number is too long for its place."""
        size = round(self.points * self.unit)
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


class Paragraph(Placed, Label):
    """Sentences that may take several lines; written smaller when they are too many for their place."""

    points = NumericProperty(46)

    def __init__(self, **kwargs: Any) -> None:
        self._refit = Clock.create_trigger(self._fit, -1)
        self._needed = 0.0
        super().__init__(**kwargs)
        self.bind(text=self._refit, size=self._refit, points=self._refit, unit=self._refit)
        self._fit()

    def _fit(self, *_: object) -> None:
        self.text_size = (self.width, None)
        size = self.points * self.unit
        for _attempt in range(6):
            self.font_size = size
            self.texture_update()
            self._needed = self.texture_size[1]
            if self._needed <= self.height:
                break
            size *= 0.86
        self.text_size = self.size

    @property
    def is_cut(self) -> bool:
        """Whether even the smallest letters were too large for the place."""
        return bool(self.text) and self.width > 0 and self._needed > self.height


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
        width, height = texture.width * scale, texture.height * scale
        return pos[0] + (size[0] - width) / 2, pos[1] + (size[1] - height) / 2, width, height


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
