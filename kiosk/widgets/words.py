"""Words on the screen: broken into lines and fitted into boxes by measuring, drawn once, with digits in fixed cells."""

from functools import lru_cache
from typing import Any

from kivy.core.text import Label as Measure
from kivy.graphics import Color, Rectangle
from kivy.uix.widget import Widget

from kiosk.widgets.kept import KeptPictures
from presentation.line_breaks import words_of

ELLIPSIS = "…"
LINE = 1.25
"""Distance of lines in font sizes: stacked marks (Ế, Ữ) never touch the line above."""


PIXELS_KEPT = 4_000_000
"""What a hall's usual pages say, in each language and size of letters; 16 MB."""

MEASURED_AT = 64
"""The size of letters at which words are measured to see about how wide they are at any other."""


@lru_cache(maxsize=256)
def _ruler(font: str, size: int) -> Any:
    return Measure(font_name=font, font_size=size)


@lru_cache(maxsize=8192)
def width_of(text: str, font: str, size: int) -> int:
    """Measure a line of text in pixels."""
    width: int = _ruler(font, size).get_extents(text)[0]
    return width


CERTAINLY, HARDLY = 0.9, 1.06
"""A line that is about so many times as wide as its room surely fits, or surely not; only between is it measured.

To measure at a size for the first time, each letter is drawn at that size: as slow as to paint the line.
"""


@lru_cache(maxsize=8192)
def _about_wide(text: str, font: str) -> float:
    """Tell about how wide a line is, in sizes of its letters."""
    words = text.split()
    space = width_of(" ", font, MEASURED_AT)
    return (sum(width_of(word, font, MEASURED_AT) for word in words) + space * (len(words) - 1)) / MEASURED_AT


def _fits_in(text: str, font: str, size: int, room: int) -> bool:
    """Tell whether a line is no wider than its room."""
    about = _about_wide(text, font) * size
    return about <= room * CERTAINLY or (about <= room * HARDLY and width_of(text, font, size) <= room)


@lru_cache(maxsize=4096)
def wrapped(text: str, font: str, size: int, room: int) -> tuple[str, ...]:
    """Break text into lines of at most `room` pixels, at spaces; a single word that is longer stands alone."""
    lines: list[str] = []
    about, scale = 0.0, size / MEASURED_AT
    space = width_of(" ", font, MEASURED_AT) * scale
    for word in words_of(text):
        # A word is measured at one size for all; a whole line only when it nearly fills the room, and then exactly.
        wide = width_of(word, font, MEASURED_AT) * scale
        more = about + space + wide
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (more <= room * CERTAINLY or (more <= room * HARDLY and width_of(longer, font, size) <= room)):
            lines[-1], about = longer, more
        else:
            lines.append(word)
            about = wide
    return tuple(lines)


@lru_cache(maxsize=4096)
def fitted(text: str, font: str, size: int, room: int, height: int, least: int) -> tuple[tuple[str, ...], int]:  # noqa: PLR0917 -- the key of a cache.
    """Break text so that it fits a box, as large as possible up to `size`; gives the lines and the size.

    What does not fit at the least size loses its middle, where an ellipsis stands.
    """

    def fits(tried: int) -> bool:
        lines = wrapped(text, font, tried, room)
        return len(lines) * tried * LINE <= height and all(_fits_in(line, font, tried, room) for line in lines)

    if not fits(size):
        # Smaller letters never need more room, so the largest size that fits is found by halving.
        low, high = least, size
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(middle) else (low, middle - 1)
        size = low
    lines = wrapped(text, font, size, room)
    fitting = max(1, int(height // (size * LINE)))
    return (lines if len(lines) <= fitting else _shortened(text, font, size, room, fitting)), size


def _shortened(text: str, font: str, size: int, room: int, count: int) -> tuple[str, ...]:
    """Leave out the middle of a text: its beginning, an ellipsis, and its end, in so many lines.

    Names of procedures often begin with the same hundred letters, and end differently.
    """
    words = words_of(text)

    def lines_of(kept: int) -> tuple[str, ...]:
        head = " ".join(words[: -(-kept // 2)]).rstrip(",;: ")
        return wrapped(f"{head} {ELLIPSIS} {' '.join(words[-(kept // 2) :])}", font, size, room)

    def fits(kept: int) -> bool:
        lines = lines_of(kept)
        return len(lines) <= count and all(width_of(line, font, size) <= room for line in lines)

    # More words never need less room, so the most that fit are found by halving; two are the least.
    low, high = 2, len(words) - 1
    if high < low or not fits(low):
        return (_beginning(words[0], font, size, room),)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return lines_of(low)


def _beginning(word: str, font: str, size: int, room: int) -> str:
    """Give as much of a word that is alone too long as fits."""
    kept = len(word)
    while kept > 1 and width_of(word[:kept] + ELLIPSIS, font, size) > room:
        kept -= 1
    return word[:kept] + ELLIPSIS


def height_of(text: str, font: str, size: int, room: int) -> float:
    """Tell how high a text stands when broken into a width."""
    return len(wrapped(text, font, size, room)) * size * LINE


_PAINTED: KeptPictures[Any] = KeptPictures(PIXELS_KEPT)


def _painted(lines: tuple[str, ...], font: str, size: int, align: str) -> Any:
    """Give a texture of broken lines, white, to be coloured where it is put; the same words are painted once."""
    return _PAINTED.get((lines, font, size, align), lambda: _paint(lines, font, size, align))


def _paint(lines: tuple[str, ...], font: str, size: int, align: str) -> Any:
    label = Measure(
        text="\n".join(lines),
        font_name=font,
        font_size=size,
        halign=align,
        line_height=LINE * size / max(1, _line_pixels(font, size)),
    )
    label.refresh()
    label.texture.mag_filter = label.texture.min_filter = "nearest"  # Put down pixel for pixel.
    return label.texture


class Text(Widget):
    """Words in a box, broken and fitted by measuring; `spoken` is the text as one line, for who reads the screen.

    It is no Kivy Label: that binds two dozen properties for words that never change, and costs ten times as much.
    """

    def __init__(
        self,
        text: str,
        box: tuple[float, float, float, float],
        *,
        font: str,
        size: int,
        colour: tuple[float, float, float, float],
        align: str = "left",
        valign: str = "top",
        least: int = 20,
    ) -> None:
        left, bottom, width, height = box
        lines, fitting = fitted(text, font, size, max(1, int(width)), max(1, int(height)), least)
        super().__init__(pos=(left, bottom), size=(width, height), size_hint=(None, None))
        self.spoken = text
        self.font_size = fitting
        self.colour = colour
        self.shown = " ".join(lines)
        """What of its words is really painted."""
        self.is_cut = self.shown.count(ELLIPSIS) > text.count(ELLIPSIS)
        texture = _painted(lines, font, fitting, align)
        wide, high = texture.size
        x = {"left": left, "center": left + (width - wide) / 2, "right": left + width - wide}[align]
        y = {"top": bottom + height - high, "middle": bottom + (height - high) / 2, "bottom": bottom}[valign]
        self.painted = (round(x), round(y), wide, high)
        """Where its letters really stand, in pixels from the lower left."""
        with self.canvas:
            Color(*colour)
            Rectangle(texture=texture, pos=(round(x), round(y)), size=(wide, high))


@lru_cache(maxsize=256)
def _line_pixels(font: str, size: int) -> int:
    height: int = _ruler(font, size).get_extents("Ế")[1]
    return height


def digit_cells(text: str, font: str, size: int) -> list[tuple[str, float]]:
    """Give each sign with the width of its cell: all digits have the widest digit's, for numbers that must align."""
    cell = max(width_of(digit, font, size) for digit in "0123456789")
    return [(sign, cell if sign.isdecimal() else width_of(sign, font, size)) for sign in text]


class Digits(Widget):
    """A number or a time whose digits stand in cells of one width, so that it never jitters and always aligns."""

    def __init__(
        self,
        text: str,
        box: tuple[float, float, float, float],
        *,
        font: str,
        size: int,
        colour: tuple[float, float, float, float],
        align: str = "center",
    ) -> None:
        left, bottom, width, height = box
        cells = digit_cells(text, font, size)
        whole = sum(cell for _, cell in cells)
        if whole > width:
            size = int(size * width / whole)
            cells = digit_cells(text, font, size)
            whole = sum(cell for _, cell in cells)
        start = left + (width - whole if align == "right" else (width - whole) / 2)
        super().__init__(pos=(start, bottom), size=(whole, height), size_hint=(None, None))
        for sign, cell in cells:
            self.add_widget(
                Text(
                    sign,
                    (start, bottom, cell, height),
                    font=font,
                    size=size,
                    colour=colour,
                    align="center",
                    valign="middle",
                    least=size,
                )
            )
            start += cell

    @property
    def font_size(self) -> int:
        """Give the size of its signs."""
        size: int = self.children[0].font_size
        return size

    @property
    def spoken(self) -> str:
        """Read the signs that are really there, from the left."""
        return "".join(sign.spoken for sign in reversed(self.children))
