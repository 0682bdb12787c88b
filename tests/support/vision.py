"""How a colour looks to people who see fewer of them.

The matrices are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (IEEE Transactions on Visualization and Computer Graphics 15, 2009), for whoever lacks a kind of cone
altogether, on linear light; the distance is CIE 1976 (ΔE*ab) under D65. Whoever lacks only a part sees more than is
said here. About one man in twelve sees red and green less apart than others do.
"""

from typing import Final

Rows = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

LACKING: Final[dict[str, Rows]] = {
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""By the cones that are not there: protanopia, deuteranopia, tritanopia."""

_TO_XYZ: Final[Rows] = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE: Final = (0.9505, 1.0, 1.089)
_BEND: Final = 0.008856


def as_seen(colour: str, rows: Rows) -> str:
    """Give the colour (`#RRGGBB`) that others see where these people see `colour`."""
    seen = (min(1.0, max(0.0, value)) for value in _turned(_linear(colour), rows))
    return "#" + "".join(f"{round(255 * _encoded(value)):02X}" for value in seen)


def distance(one: str, other: str) -> float:
    """Tell how far two colours lie apart: 2 is just seen side by side, 100 lies between black and white."""
    return float(sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5)


def _linear(colour: str) -> tuple[float, ...]:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)


def _encoded(value: float) -> float:
    return float(12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def _turned(light: tuple[float, ...], rows: Rows) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, light, strict=True)) for row in rows)


def _lab(colour: str) -> tuple[float, float, float]:
    x, y, z = (
        share ** (1 / 3) if share > _BEND else 7.787 * share + 16 / 116
        for share in (value / white for value, white in zip(_turned(_linear(colour), _TO_XYZ), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
