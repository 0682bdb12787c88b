"""Words as pictures that hold no more than their ink, and grounds that are filled without being painted.

What a machine without a graphics chip pays for is every point that is filled, seen or not. The box in which words are
set is mostly empty, so only the part with ink is kept; and an opaque ground is cleared like the screen itself, which
asks nothing about what lies below: less than half the price of a painted one.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from kivy.core.text import Label as CoreLabel
from kivy.graphics import ClearBuffers, ClearColor, Color, InstructionGroup, Rectangle, ScissorPop, ScissorPush
from kivy.graphics.texture import Texture
from PIL import Image

Colour = tuple[float, float, float, float]


class Ink(NamedTuple):
    """Words drawn in white, to be tinted. The box in which they are set is `width` x `height` pixels.

    The texture lies `left` and `bottom` from the box's lower left corner; None where nothing is to be seen.
    """

    width: int
    height: int
    left: int
    bottom: int
    texture: Any

    def placed(self, x: float, y: float) -> Rectangle:
        """Put the box at a place, pixel for pixel."""
        return Rectangle(
            texture=self.texture, pos=(round(x) + self.left, round(y) + self.bottom), size=self.texture.size
        )


class _Caught:
    """Stands where a label's texture would be, and catches what is to be put into it."""

    data: Any = None

    def blit_data(self, data: Any) -> None:
        """Take the picture of the words."""
        self.data = data


def ink_of(label: CoreLabel) -> Ink:
    """Draw the words of a label."""
    label.refresh()
    width, height = label.texture.size
    label.texture = caught = _Caught()
    label.render(real=True)
    if caught.data is None:
        return Ink(width, height, 0, 0, None)
    picture = Image.frombytes("RGBA", (caught.data.width, caught.data.height), bytes(caught.data.data))
    box = picture.getchannel("A").getbbox()
    if box is None:
        return Ink(width, height, 0, 0, None)
    return Ink(width, height, box[0], height - box[3], texture_of(picture.crop(box)))


def texture_of(picture: Image.Image) -> Texture:
    """Give a picture to the graphics library, to be shown with its pixels on those of the screen."""
    kind = picture.mode.lower()
    texture = Texture.create(size=picture.size, colorfmt=kind)
    texture.mag_filter = texture.min_filter = "nearest"  # Nothing to blend: a third cheaper.
    texture.blit_buffer(picture.tobytes(), colorfmt=kind, bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


def fill(group: InstructionGroup, place: tuple[float, float, float, float], colour: Colour) -> None:
    """Fill a place (x, y, width, height) of the window with an opaque colour, as if the screen began with it.

    What is not seen through is needed for this: a widget's opacity does not reach it.
    """
    x, y, width, height = (round(value) for value in place)
    if width < 1 or height < 1:
        return
    group.add(ScissorPush(x=x, y=y, width=width, height=height))
    group.add(ClearColor(*colour[:3], 1))
    group.add(ClearBuffers(clear_color=True))
    group.add(ScissorPop())


def round_off(group: InstructionGroup, place: tuple[float, float, float, float], radius: float, behind: Colour) -> None:
    """Round the corners of a filled place off, in the colour of what lies around it."""
    x, y, width, height = (round(value) for value in place)
    side = round(min(radius, width / 2, height / 2))
    if side < 1:
        return
    group.add(Color(*behind))
    outside = corner(side)
    for right in (False, True):
        for upper in (False, True):
            left, bottom = x + (width - side if right else 0), y + (height - side if upper else 0)
            u, v = (1, 0) if right else (0, 1), (1, 0) if upper else (0, 1)
            coords = (u[0], v[0], u[1], v[0], u[1], v[1], u[0], v[1])
            group.add(Rectangle(texture=outside, pos=(left, bottom), size=(side, side), tex_coords=coords))


@lru_cache(maxsize=8)
def corner(side: int) -> Texture:
    """Draw what lies outside a round corner at the lower left: white, as dense as each pixel is outside."""
    fine = 4
    shares = []
    for y in range(side):
        for x in range(side):
            inside = sum(
                (side - x - (i + 0.5) / fine) ** 2 + (side - y - (j + 0.5) / fine) ** 2 <= side**2
                for i in range(fine)
                for j in range(fine)
            )
            shares.append(round(255 * (1 - inside / fine**2)))
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(
        bytes(each for share in shares for each in (255, 255, 255, share)), colorfmt="rgba", bufferfmt="ubyte"
    )
    return texture
