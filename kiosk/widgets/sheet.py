"""What every block needs to be painted: the scale of this screen, the letters' size, the colours, and small helpers."""

from dataclasses import dataclass
from typing import Any

from kiosk.widgets.shapes import Box, Colour, Touchable
from kiosk.widgets.window import MEDIUM
from kiosk.widgets.words import Text
from presentation.tokens import GEOMETRY, KIOSK_TYPE, LARGE_TEXT_SCALE, Theme, rgba

DRAWN_FOR = {"portrait": (1080, 1920), "landscape": (2160, 1215)}
"""The screens the scale was drawn for; others are painted in proportion."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The height a block would like, in pixels: at least, and at most (equal when it cannot stretch)."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """The measures of one painting. `squeeze` below 1 makes words smaller where a page would not fit otherwise."""

    width: int
    height: int
    theme: Theme
    large_text: bool
    squeeze: float = 1.0

    @property
    def portrait(self) -> bool:
        """Tell whether the screen stands upright."""
        return self.height > self.width

    @property
    def unit(self) -> float:
        """Give how many pixels of this screen a pixel of the drawings is."""
        width, height = DRAWN_FOR["portrait" if self.portrait else "landscape"]
        return min(self.width / width, self.height / height)

    def px(self, drawn: float) -> int:
        """Give a distance of the drawings in pixels of this screen."""
        return round(drawn * self.unit)

    def letters(self, drawn: int) -> int:
        """Give a size of the type scale in pixels of this screen, with large text, never below the smallest size."""
        size = drawn * (LARGE_TEXT_SCALE if self.large_text else 1.0) * self.squeeze
        return round(max(KIOSK_TYPE.smallest, size) * self.unit)

    @property
    def least(self) -> int:
        """Give the smallest letters there are on this screen, in pixels."""
        return max(9, self.px(KIOSK_TYPE.smallest * 0.85))

    @property
    def gap(self) -> int:
        """Give the distance between two things to touch."""
        return self.px(GEOMETRY.touch_apart)

    @property
    def margin(self) -> int:
        """Give the margin of the screen."""
        return self.px(GEOMETRY.kiosk_margin)

    def colour(self, name: str, alpha: float = 1.0) -> Colour:
        """Give a colour of the theme by its token."""
        return rgba(getattr(self.theme, name), alpha)

    def text(
        self,
        words: str,
        box: Box,
        size: int,
        *,
        colour: str = "ink",
        font: str = MEDIUM,
        align: str = "left",
        valign: str = "middle",
        most: int | None = None,
    ) -> Text:
        """Put words into a box, in the letters of the type scale; at `most` as high as its neighbours'."""
        return Text(
            words,
            box,
            font=font,
            size=min(self.letters(size), most or self.letters(size)),
            colour=self.colour(colour),
            align=align,
            valign=valign,
            least=self.least,
        )

    def plate(
        self, action: str, spoken: str, box: Box, *, fill: str, pressed_fill: str, frame: str, **more: Any
    ) -> Touchable:
        """Make something to touch, its colours named by token; `more` are the other properties of a `Plate`."""
        left, bottom, width, height = box
        return Touchable(
            action=action,
            spoken=spoken,
            pos=(left, bottom),
            size=(width, height),
            fill=self.colour(fill),
            pressed_fill=self.colour(pressed_fill),
            frame=self.colour(frame),
            **{"radius": self.px(GEOMETRY.touch_radius), **more},
        )


def inner(box: Box, pad_x: float, pad_y: float | None = None) -> Box:
    """Give a box inside a box."""
    left, bottom, width, height = box
    pad_y = pad_x if pad_y is None else pad_y
    return left + pad_x, bottom + pad_y, max(1, width - 2 * pad_x), max(1, height - 2 * pad_y)


def columns(box: Box, count: int, gap: float) -> list[Box]:
    """Cut a box into columns of one width."""
    left, bottom, width, height = box
    each = (width - gap * (count - 1)) / count
    return [(left + place * (each + gap), bottom, each, height) for place in range(count)]


def rows(box: Box, count: int, gap: float) -> list[Box]:
    """Cut a box into rows of one height, the uppermost first."""
    left, bottom, width, height = box
    each = (height - gap * (count - 1)) / count
    return [(left, bottom + height - (place + 1) * each - place * gap, width, each) for place in range(count)]
