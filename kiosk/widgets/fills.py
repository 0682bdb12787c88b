"""Large plates without a graphics chip: their middle is cleared like the screen, and only their edges are painted.

A painted pixel is looked up, tinted and blended even where the plate has one colour; clearing asks for none of that,
and costs less than half. It has a price of its own, so small plates are quicker painted as one picture.
"""

from collections.abc import Iterator
from typing import Any

from kivy.graphics import BorderImage, ClearBuffers, ClearColor, Color, Rectangle, ScissorPop, ScissorPush

Colour = tuple[float, float, float, float]
WORTH_CLEARING = 40_000
"""Pixels from which on clearing is quicker."""


def cleared(x: int, y: int, width: int, height: int, colour: Colour) -> ClearColor:
    """Fill a place of the window with an opaque colour; gives what holds the colour. Put it into a canvas."""
    ScissorPush(x=x, y=y, width=width, height=height)
    held = ClearColor(*colour)
    ClearBuffers(clear_color=True)
    ScissorPop()
    return held


class Painted:
    """A plate as one picture, stretched in its middle."""

    def __init__(self, box: tuple[int, int, int, int], curve: int, look: Any) -> None:
        x, y, width, height = box
        Color(1, 1, 1, 1)
        border = (curve, curve, curve, curve)
        self._image = BorderImage(texture=look, pos=(x, y), size=(width, height), border=border)

    def show(self, look: Any, fill: Colour) -> None:
        """Show another picture of the same shape."""
        del fill
        self._image.texture = look


class Cleared:
    """A large opaque plate: two clearings that cross, the four corners of its picture, and the lines of its frame."""

    def __init__(  # noqa: PLR0917 -- a shape and its two colours.
        self, box: tuple[int, int, int, int], curve: int, look: Any, fill: Colour, frame: Colour, line: int
    ) -> None:
        x, y, width, height = box
        across, up = width - 2 * curve, height - 2 * curve
        self._fills = (
            cleared(x + curve, y, across, height, fill),
            cleared(x, y + curve, width, up, fill),
        )
        if line:
            Color(*frame)
            for left, bottom, wide, high in (
                (x + curve, y, across, line),
                (x + curve, y + height - line, across, line),
                (x, y + curve, line, up),
                (x + width - line, y + curve, line, up),
            ):
                Rectangle(pos=(left, bottom), size=(wide, high))
        Color(1, 1, 1, 1)
        self._corners = tuple(corners(look, box, curve))

    def show(self, look: Any, fill: Colour) -> None:
        """Show another fill, with its picture of the same shape."""
        for one in self._fills:
            one.rgb = fill[:3]
        for corner in self._corners:
            corner.texture = look


def corners(look: Any, box: tuple[int, int, int, int], curve: int, *, upper: bool = True) -> Iterator[Rectangle]:
    """Put the corners of a plate's picture where they belong, the lower two or all four."""
    x, y, width, height = box
    share = curve / look.width
    for right in (False, True):
        for above in (False, True) if upper else (False,):
            u, v = (1 - share if right else 0.0), (1 - share if above else 0.0)
            place = (x + (width - curve if right else 0), y + (height - curve if above else 0))
            coords = (u, v, u + share, v, u + share, v + share, u, v + share)
            yield Rectangle(texture=look, pos=place, size=(curve, curve), tex_coords=coords)
