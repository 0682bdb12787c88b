"""A picture as ESC/POS raster bytes: `GS v 0` in bands, with white rows fed over where the printer can. Pure."""

from typing import Final

from PIL import Image

ROWS_AT_ONCE: Final = 256  # A band fits the receive buffer of small printers and leaves gaps for real-time status.
SKIPPED_ROWS_LEAST: Final = 16  # Shorter white gaps cost more in commands than they save in bytes.


def picture_bytes(picture: Image.Image, feed_units_per_dot: int | None = None) -> bytes:
    """Encode a mode "1" picture (0 is ink) as ``GS v 0`` bands.

    ``feed_units_per_dot``: how many units of ``ESC J`` the printer feeds for one row of dots. When it is known, white
    rows are fed over instead of sent, which saves time on a serial line. ``None``: send every row.
    """
    # Pillow packs eight dots into a byte, the left one highest, ink as 1: just what the printer wants (Epson, GS v 0).
    dots = picture.tobytes("raw", "1;I")
    stride = (picture.width + 7) // 8
    parts: list[bytes] = []
    from_first = 0
    for top, end in _bands(dots, stride, skip_white=feed_units_per_dot is not None):
        if feed_units_per_dot is not None:
            parts += [b"\x1bJ" + bytes([units]) for units in _feeds((top - from_first) * feed_units_per_dot)]
        parts.append(b"\x1dv0\x00" + stride.to_bytes(2, "little") + (end - top).to_bytes(2, "little"))
        parts.append(dots[top * stride : end * stride])
        from_first = end
    return b"".join(parts)


def _bands(dots: bytes, stride: int, *, skip_white: bool) -> list[tuple[int, int]]:
    """Cut the rows into (first, end) bands that hold ink, or into plain slices when white rows may not be skipped."""
    height = len(dots) // stride
    if not skip_white:
        return [(top, min(top + ROWS_AT_ONCE, height)) for top in range(0, height, ROWS_AT_ONCE)]
    bare = bytes(stride)
    bands: list[tuple[int, int]] = []
    for row in range(height):
        if dots[row * stride : (row + 1) * stride] == bare:
            continue
        if bands and row - bands[-1][1] < SKIPPED_ROWS_LEAST and row - bands[-1][0] < ROWS_AT_ONCE:
            bands[-1] = (bands[-1][0], row + 1)
        else:
            bands.append((row, row + 1))
    return bands


def _feeds(units: int) -> list[int]:
    return [255] * (units // 255) + ([units % 255] if units % 255 else [])
