"""The folder of clerks on a rating terminal: `names.toml` with a name per clerk, and a photo per clerk if there is one.

Names and faces are personal data: they stay in this folder, on the terminal, and never travel or reach the log.

    names.toml      [names]
                    clerk-an = "Nguyễn Thị An"
    clerk-an.jpg    JPEG or PNG
"""

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Final

from kiosk.rating.flow import Clerk, Photo

NAMES: Final = "names.toml"
PHOTO_LIMIT_BYTES: Final = 2_000_000
PHOTO_LIMIT_PIXELS: Final = 24_000_000
NAME_LIMIT: Final = 80
SIDE: Final = 240
"""Photos are kept this small: as large as they are shown."""
ENDINGS: Final = (".jpg", ".jpeg", ".png")
_CLERK_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class WrongFile(Exception):  # noqa: N818 -- named for what it is.
    """A file of the folder cannot be used; says which, where, and how to mend it."""


def name_of(folder: Path, clerk_id: str) -> str:
    """Read a clerk's name; empty when the folder does not know the clerk. Raises WrongFile."""
    path = folder / NAMES
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8")).get("names", {})
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongFile(f"{path}: {error}; write it as docs/operating.md shows") from error
    name = names.get(clerk_id, "") if isinstance(names, dict) else ""
    if not isinstance(name, str) or len(name) > NAME_LIMIT:
        raise WrongFile(
            f"{path}, names.{clerk_id}: {name!r:.60} is no name; write at most {NAME_LIMIT} letters in quotes"
        )
    return unicodedata.normalize("NFC", name).strip()


def photo_of(folder: Path, clerk_id: str) -> Photo | None:
    """Read a clerk's photo, cut square and made small; None when there is none. Raises WrongFile."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = next((one for ending in ENDINGS if (one := folder / f"{clerk_id}{ending}").is_file()), None)
    if path is None:
        return None
    try:
        size_bytes = path.stat().st_size
        if size_bytes > PHOTO_LIMIT_BYTES:
            raise WrongFile(f"{path}: {size_bytes} bytes; save it again with at most {PHOTO_LIMIT_BYTES}")
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            wide, high = image.size
            if wide * high > PHOTO_LIMIT_PIXELS:
                raise WrongFile(f"{path}: {wide} x {high} pixels; save it again with at most {PHOTO_LIMIT_PIXELS}")
            upright = ImageOps.exif_transpose(image.convert("RGB"))
            small = ImageOps.fit(upright, (SIDE, SIDE), centering=(0.5, 0.35))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise WrongFile(f"{path}: no photo can be read from it ({error}); save it again as JPEG or PNG") from error
    return Photo(SIDE, small.tobytes())


def read_clerk(folder: Path, clerk_id: str) -> tuple[Clerk | None, tuple[str, ...]]:
    """Read what the folder has of a clerk, and what in it is wrong, a sentence each.

    A photo that is not fit leaves the name; no name leaves nothing, for a face alone tells too little.
    """
    if not _CLERK_ID.fullmatch(clerk_id) or clerk_id.startswith("."):
        return None, (f"{folder}: {clerk_id!r} names no file; give the clerk an id of letters, digits, - and _",)
    try:
        name = name_of(folder, clerk_id)
    except WrongFile as wrong:
        return None, (str(wrong),)
    if not name:
        return None, (f"{folder / NAMES}: no name for {clerk_id}; add it, or set rating_shows_clerk = false",)
    try:
        return Clerk(clerk_id, name, photo_of(folder, clerk_id)), ()
    except WrongFile as wrong:
        return Clerk(clerk_id, name), (str(wrong),)
