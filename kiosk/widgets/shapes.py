"""Shapes that are drawn because no glyph exists for them, or none as calm: plates, arrows, the star, faces, codes."""

from functools import lru_cache, partial
from math import cos, hypot, pi, sin
from typing import Any

from kivy.graphics import Color, Mesh, Rectangle, SmoothEllipse, SmoothLine
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty
from kivy.uix.widget import Widget

from kiosk.widgets.fills import WORTH_CLEARING, Cleared, Painted, cleared, corners
from kiosk.widgets.page import Arrow, Face, Mark
from presentation.tokens import Theme, rgba

Colour = tuple[float, float, float, float]
Box = tuple[float, float, float, float]
CLEAR: Colour = (0, 0, 0, 0)


@lru_cache(maxsize=256)
def _corners(radius: int, frame_width: int, fill: Colour, frame: Colour) -> Texture:
    """Give a small plate with smooth corners, to be stretched in its middle: four corners round a cross of two pixels.

    Filling a rounded shape of triangles takes a machine without a graphics chip twice as long as nine plain pieces of
    one picture, and the frame comes with it for nothing.
    """
    side = 2 * radius + 2
    # The same beyond the diagonal, and most of it is all fill or nothing: a first screen waits for eight of these.
    shade = lru_cache(maxsize=None)(partial(_mixed, fill, frame))
    wedge = [[shade(*_covered(x, y, radius, frame_width)) for x in range(y + 1)] for y in range(radius + 1)]
    quarter = [[wedge[max(x, y)][min(x, y)] for x in range(radius + 1)] for y in range(radius + 1)]
    half = [[*row, *reversed(row)] for row in quarter]
    pixels = bytes(value for row in (*half, *reversed(half)) for pixel in row for value in pixel)
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.mag_filter = texture.min_filter = "nearest"  # Its pixels lie on the screen's: nothing to blend.
    texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
    return texture


def _covered(x: int, y: int, radius: int, frame_width: int) -> tuple[float, float]:
    """Tell how much of a corner's pixel the plate covers, and how much of that is fill: by how far it lies out."""
    away = hypot(max(0.0, radius - x - 0.5), max(0.0, radius - y - 0.5))
    covered = min(1.0, max(0.0, radius - away + 0.5))
    return covered, min(1.0, max(0.0, radius - frame_width - away + 0.5)) if frame_width else 1.0


def _mixed(fill: Colour, frame: Colour, covered: float, inside: float) -> tuple[int, ...]:
    """Give one pixel as bytes."""
    mixed = [one * inside + other * (1 - inside) for one, other in zip(fill, frame, strict=True)]
    return (*(round(255 * share) for share in mixed[:3]), round(255 * mixed[3] * covered))


class Plate(Widget):
    """A rounded plate with a frame and a soft edge below; pressing changes its fill.

    Drawn by hand rather than by a rule: a screen has dozens, and nothing of them but the fill ever changes.
    """

    def __init__(
        self,
        *,
        pos: tuple[float, float],
        size: tuple[float, float],
        fill: Colour = CLEAR,
        pressed_fill: Colour | None = None,
        frame: Colour = CLEAR,
        shade: Colour = CLEAR,
        frame_width: float = 0,
        radius: float = 32,
        drop: float = 0,
        action: str = "",
        spoken: str = "",
    ) -> None:
        # On whole pixels, so that the pieces of the picture meet without a seam.
        pos, size = (round(pos[0]), round(pos[1])), (round(size[0]), round(size[1]))
        super().__init__(pos=pos, size=size, size_hint=(None, None))
        self.action, self.spoken = action, spoken
        self._is_pressed = False
        width, height = size
        curve = max(1, round(min(radius, height / 2 - 1, width / 2 - 1)))
        line = round(frame_width)
        self._fills = (fill, pressed_fill or fill)
        self._looks = tuple(_corners(curve, line, one, frame) for one in self._fills)
        box = (*pos, *size)
        large = width * height >= WORTH_CLEARING and min(width, height) > 2 * curve
        with self.canvas:
            if drop:
                _edge_below(box, curve, round(drop), shade)
            if large and all(one[3] == 1 for one in self._fills):
                self._plate: Painted | Cleared = Cleared(box, curve, self._looks[0], fill, frame, line)
            else:
                self._plate = Painted(box, curve, self._looks[0])

    @property
    def is_pressed(self) -> bool:
        """Tell whether a finger is, or was last, on it."""
        return self._is_pressed

    @is_pressed.setter
    def is_pressed(self, pressed: bool) -> None:
        if pressed != self._is_pressed:
            self._is_pressed = pressed
            self._plate.show(self._looks[pressed], self._fills[pressed])


def _edge_below(box: tuple[int, int, int, int], curve: int, drop: int, shade: Colour) -> None:
    """Paint what is seen of a plate's shade: a strip below it and round its lower corners."""
    x, y, width, height = box
    Color(1, 1, 1, 1)
    tuple(corners(_corners(curve, 0, shade, shade), (x, y - drop, width, height), curve, upper=False))
    Color(*shade)
    Rectangle(pos=(x + curve, y - drop), size=(width - 2 * curve, drop))
    for side in (x, x + width - curve):
        Rectangle(pos=(side, y - drop + curve), size=(curve, drop))


class Touchable(Plate):
    """A plate that can be touched: it knows its action, and keeps its pressed look until the screen changes."""


class Dot(Widget):
    """A small round mark beside a word."""

    colour = ColorProperty(CLEAR)


class Rule(Widget):
    """A hairline."""

    colour = ColorProperty(CLEAR)


def mark_colour(mark: Mark, theme: Theme) -> Colour:
    """Give the colour of the mark of a wait; the words beside it say the same."""
    return rgba({"short": theme.moss, "medium": theme.amber, "long": theme.brick, "none": theme.quiet}[mark])


class Drawing(Widget):
    """A shape in a square box, drawn once."""

    def __init__(self, box: Box) -> None:
        left, bottom, width, height = box
        super().__init__(pos=(left, bottom), size=(width, height), size_hint=(None, None))


class Head(Drawing):
    """The ground of the head of a screen."""

    def __init__(self, box: Box, fill: Colour) -> None:
        super().__init__(box)
        with self.canvas:
            left, bottom, width, height = (round(value) for value in box)
            cleared(left, bottom, width, height, fill)


class Star(Drawing):
    """The five-pointed star in its ring."""

    def __init__(self, box: Box, colour: Colour) -> None:
        super().__init__(box)
        middle_x, middle_y, radius = self.center_x, self.center_y, self.width / 2
        with self.canvas:
            Color(*colour)
            SmoothLine(circle=(middle_x, middle_y, radius - 2), width=max(1.2, radius / 26))
            _star(middle_x, middle_y, radius * 0.40)


def _star(x: float, y: float, radius: float) -> None:
    tips: list[float] = [x, y, 0, 0]
    for step in range(11):
        length = radius if step % 2 == 0 else radius * 0.382
        angle = pi / 2 + step * pi / 5
        tips += [x + length * cos(angle), y + length * sin(angle), 0, 0]
    Mesh(vertices=tips, indices=list(range(12)), mode="triangle_fan")


class Photo(Drawing):
    """A picture, whole and undistorted, in the middle of its box."""

    def __init__(self, box: Box, texture: Any) -> None:
        super().__init__(box)
        wide, high = texture.size
        share = min(self.width / wide, self.height / high)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(
                texture=texture,
                size=(wide * share, high * share),
                pos=(self.center_x - wide * share / 2, self.center_y - high * share / 2),
            )


class Pointer(Drawing):
    """An arrow to the left (back) or to the right (next)."""

    def __init__(self, box: Box, arrow: Arrow, colour: Colour) -> None:
        super().__init__(box)
        reach, middle = self.width * 0.28, self.center_y
        tip = self.center_x - reach if arrow == "back" else self.center_x + reach
        tail = self.center_x + reach if arrow == "back" else self.center_x - reach
        wing = tip + (reach if arrow == "back" else -reach)
        with self.canvas:
            Color(*colour)
            width = max(2.0, self.width / 16)
            SmoothLine(points=[tail, middle, tip, middle], width=width)
            SmoothLine(points=[wing, middle + reach, tip, middle, wing, middle - reach], width=width)


class Lens(Drawing):
    """The magnifying glass of the search field."""

    def __init__(self, box: Box, colour: Colour) -> None:
        super().__init__(box)
        radius = self.width * 0.32
        x, y = self.x + self.width * 0.42, self.y + self.height * 0.58
        with self.canvas:
            Color(*colour)
            SmoothLine(circle=(x, y, radius), width=self.width / 14)
            reach = radius * 0.74
            SmoothLine(points=[x + reach, y - reach, x + reach * 2, y - reach * 2], width=self.width / 12, cap="round")


_MOUTHS: dict[Face, float] = {"very_glad": 1.0, "glad": 0.55, "flat": 0.0, "sad": -0.55, "very_sad": -1.0}
"""How far the mouth bends, from a broad smile to its opposite."""


class FaceShape(Drawing):
    """A calm face: two eyes and a mouth whose bend is the answer."""

    def __init__(self, box: Box, face: Face, colour: Colour) -> None:
        super().__init__(box)
        x, y, radius = self.center_x, self.center_y, min(self.size) / 2
        pen = radius / 13
        bend = _MOUTHS[face]
        with self.canvas:
            Color(*colour)
            SmoothLine(circle=(x, y, radius - pen), width=pen)
            eye = radius * 0.17
            for side in (-1, 1):
                SmoothEllipse(pos=(x + side * radius * 0.36 - eye / 2, y + radius * 0.18), size=(eye, eye * 1.25))
            SmoothLine(points=_mouth(x, y - radius * 0.34, radius * 0.46, bend * radius * 0.34), width=pen)


def _mouth(x: float, y: float, half: float, bend: float) -> list[float]:
    points: list[float] = []
    for step in range(17):
        share = step / 8 - 1
        points += [x + share * half, y + bend * (share * share - 0.5)]
    return points


class EmblemShape(Drawing):
    """A sign in a ring: a clock, a tool, a tick."""

    def __init__(self, box: Box, kind: str, colour: Colour, ground: Colour) -> None:
        super().__init__(box)
        x, y, radius = self.center_x, self.center_y, min(self.size) / 2
        with self.canvas:
            Color(*ground)
            SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius))
            Color(*colour)
            for points in _EMBLEMS[kind]:
                scaled = [(y if place % 2 else x) + value * radius for place, value in enumerate(points)]
                SmoothLine(points=scaled, width=radius / 15)
            if kind == "warning":
                point = radius * 0.15
                SmoothEllipse(pos=(x - point / 2, y - radius * 0.48), size=(point, point))
            if kind == "clock":
                SmoothLine(circle=(x, y, radius * 0.56), width=radius / 15)


_EMBLEMS: dict[str, tuple[tuple[float, ...], ...]] = {
    "clock": ((0, 0.36, 0, 0, 0.26, -0.14),),
    "warning": ((0, 0.46, 0, -0.12),),
    "tick": ((-0.42, 0.02, -0.12, -0.28, 0.44, 0.34),),
    # A card with its code, and the scanner's light on it from below.
    "card": (
        (-0.58, 0.54, 0.58, 0.54, 0.58, -0.14, -0.58, -0.14, -0.58, 0.54),
        (-0.4, 0.34, -0.02, 0.34),
        (-0.4, 0.16, -0.12, 0.16),
        (0.14, 0.34, 0.4, 0.34, 0.4, 0.08, 0.14, 0.08, 0.14, 0.34),
        (-0.16, -0.6, 0.16, -0.6),
        (-0.22, -0.46, -0.34, -0.3),
        (0.0, -0.44, 0.0, -0.3),
        (0.22, -0.46, 0.34, -0.3),
    ),
    "counter": ((-0.5, -0.2, 0.5, -0.2), (-0.3, 0.3, 0.3, 0.3, 0.3, -0.2, -0.3, -0.2, -0.3, 0.3)),
}
"""Strokes in shares of the ring's radius."""


class CodeShape(Drawing):
    """A QR code with its quiet zone of four modules, each module a whole number of pixels."""

    QUIET_MODULES = 4

    def __init__(self, box: Box, text: str) -> None:
        import segno

        super().__init__(box)
        matrix: Any = segno.make(text, error="m", micro=False).matrix
        modules = len(matrix) + 2 * self.QUIET_MODULES
        texture = Texture.create(size=(modules, modules), colorfmt="luminance")
        texture.mag_filter = texture.min_filter = "nearest"
        quiet = bytes([255]) * modules
        side = bytes([255]) * self.QUIET_MODULES
        # Textures begin at the bottom, the code at the top.
        rows = [side + bytes(0 if dark else 255 for dark in row) + side for row in reversed(matrix)]
        texture.blit_buffer(
            b"".join([*[quiet] * self.QUIET_MODULES, *rows, *[quiet] * self.QUIET_MODULES]),
            colorfmt="luminance",
            bufferfmt="ubyte",
        )
        dots = max(1, int(min(self.size) // modules)) * modules
        left, bottom = int(self.center_x - dots / 2), int(self.center_y - dots / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=(left, bottom), size=(dots, dots))
