"""Pictures for quiet times: read from a folder, made as small as the board shows them, never a reason to stop.

A picture carries its own words. They are shown in the order of their file names; what is no picture, or is too large
to be one, is named and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageOps

KINDS = (".png", ".jpg", ".jpeg", ".webp")
PICTURES_LIMIT = 12
FILE_LIMIT_BYTES = 20_000_000
PIXELS_LIMIT = 50_000_000
"""A file of a few kilobytes can unfold into gigabytes; this is more than any camera needs here."""


class NoPicture(Exception):  # noqa: N818 -- a state of the world: this file cannot be shown.
    """The file cannot be shown; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is shown: `rgb` are rows of three bytes a pixel, from the top."""

    path: Path
    size: tuple[int, int]
    rgb: bytes = field(repr=False)


def picture_files(folder: Path) -> list[Path]:
    """List what may be shown, in order; a folder that is not there holds nothing."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS)[:PICTURES_LIMIT]


def read_picture(path: Path, room: tuple[int, int]) -> Picture:
    """Read a picture, as large as it fits into `room` (pixels). Raises NoPicture."""
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise NoPicture(f"{path} has more than {FILE_LIMIT_BYTES // 1_000_000} MB; save it smaller")
        with Image.open(path) as opened:
            if opened.width * opened.height > PIXELS_LIMIT:
                raise NoPicture(f"{path} has {opened.width} x {opened.height} pixels; save it smaller")
            opened.draft("RGB", room)
            shown = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture(f"{path} cannot be shown: {error}") from error
    fitting = ImageOps.contain(shown, room, Image.Resampling.LANCZOS)
    return Picture(path, fitting.size, fitting.tobytes())


def read_pictures(folder: Path, room: tuple[int, int]) -> Iterator[Picture | NoPicture]:
    """Read all pictures of a folder, one by one; what cannot be shown comes as its reason."""
    for path in picture_files(folder):
        try:
            yield read_picture(path, room)
        except NoPicture as problem:
            yield problem
