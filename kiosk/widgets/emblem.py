"""The agency's own emblem in the head of every screen: a picture file beside the texts, instead of the star.

A picture is never a reason to stop: what cannot be shown is named, and the star stays.
"""

from dataclasses import dataclass, field
from pathlib import Path

EMBLEM_FILE = "emblem.png"
FILE_LIMIT_BYTES = 2_000_000
PIXELS_LIMIT = 4_000_000
"""A file of a few kilobytes can unfold into gigabytes."""


class NoEmblem(Exception):  # noqa: N818 -- a state of the world: this file cannot be shown.
    """The file cannot be shown; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Emblem:
    """A picture as it is shown: `rgba` are rows of four bytes a pixel, from the top."""

    size: tuple[int, int]
    rgba: bytes = field(repr=False)


def read_emblem(path: Path, room_px: int) -> Emblem | None:
    """Read the emblem, no larger than a square of `room_px`; None where no file is. Raises NoEmblem."""
    if not path.exists():
        return None
    from PIL import Image  # A tenth of a second, which a program without an emblem does not spend before its start.

    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise NoEmblem(f"{path} has more than {FILE_LIMIT_BYTES // 1_000_000} MB; save it smaller")
        with Image.open(path, formats=["PNG"]) as opened:
            if opened.width * opened.height > PIXELS_LIMIT:
                raise NoEmblem(f"{path} has {opened.width} x {opened.height} pixels; 400 x 400 are enough")
            shown = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoEmblem(f"{path} cannot be shown: {error}; save it as PNG") from error
    shown.thumbnail((room_px, room_px), Image.Resampling.LANCZOS)
    return Emblem(shown.size, shown.tobytes())
