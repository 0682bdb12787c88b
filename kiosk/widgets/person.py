"""Who has served: the photo, cut round by its frame, and the name beside it."""

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.widgets import page as p
from kiosk.widgets.shapes import Box, Drawing
from kiosk.widgets.sheet import Sheet, Wish
from kiosk.widgets.window import SEMIBOLD
from presentation.tokens import KIOSK_TYPE


def person_wish(block: p.Person, sheet: Sheet, width: float) -> Wish:
    """Tell how high a person wants to be."""
    del width
    return Wish(sheet.px(128), sheet.px(168)) if block.portrait else Wish(sheet.px(56), sheet.px(64))


def person(block: p.Person, sheet: Sheet, box: Box) -> list[Widget]:
    """Paint a person into a box."""
    left, bottom, width, height = box
    widgets: list[Widget] = []
    if block.portrait:
        widgets.append(PortraitShape((left, bottom, height, height), block.portrait))
        left, width = left + height + sheet.px(28), width - height - sheet.px(28)
    place = (left, bottom, width, height)
    widgets.append(sheet.text(block.sentence, place, KIOSK_TYPE.lead, font=SEMIBOLD, valign="middle"))
    return widgets


class PortraitShape(Drawing):
    """A photo, filling its box."""

    def __init__(self, box: Box, portrait: p.Portrait) -> None:
        super().__init__(box)
        texture = Texture.create(size=(portrait.side, portrait.side), colorfmt="rgb")
        texture.blit_buffer(portrait.pixels, colorfmt="rgb", bufferfmt="ubyte")
        texture.flip_vertical()  # Textures begin at the bottom, photos at the top.
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(texture=texture, pos=self.pos, size=self.size)
