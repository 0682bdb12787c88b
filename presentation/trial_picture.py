"""The picture by which somebody sees whether a screen shows what it should: edges, greys, colours, letters. Pure.

A frame along the edges tells a panel that cuts off or stretches; sixteen greys tell a backlight or a theme gone wrong;
the colours are those that mean something in the hall; the letters are Vietnamese at a size that is read from afar.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from presentation.tokens import DAY

SHOWN_S: Final = 8.0
"""How long it stands; somebody walks over from a page to look."""
GREYS: Final = 16
EDGE: Final = 0.012


class Plate(NamedTuple):
    """A rectangle in shares of the screen, from the lower left, with its colour."""

    left: float
    bottom: float
    width: float
    height: float
    colour: str


COLOURS: Final = (DAY.lotus, DAY.amber, DAY.brick, DAY.moss, DAY.lotus_deep, DAY.night)
LETTERS: Final = "Ắ Ằ Ẵ Ệ Ộ Ử Ỹ Đ 0123456789"


def plates() -> tuple[Plate, ...]:
    """Give the rectangles, in the order in which they are painted."""
    inner = 1 - 2 * EDGE
    greys = [f"#{3 * f'{round(255 * step / (GREYS - 1)):02X}'}" for step in range(GREYS)]
    return (
        Plate(0.0, 0.0, 1.0, 1.0, DAY.amber),
        Plate(EDGE, EDGE, inner, inner, DAY.paper),
        *_row(greys, 0.74, 0.14),
        *_row(COLOURS, 0.12, 0.2),
    )


def _row(colours: Sequence[str], bottom: float, height: float) -> Iterator[Plate]:
    width = (1 - 2 * EDGE) / len(colours)
    for place, colour in enumerate(colours):
        yield Plate(EDGE + width * place, bottom, width, height, colour)
