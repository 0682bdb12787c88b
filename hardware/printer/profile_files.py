"""Kinds of printers by name: those that are known, and those that a file describes by what differs from a known one.

like = "xprinter_80"      # the known profile that comes nearest
link = "per_job"          # and what is otherwise; config/printers/ has examples
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from hardware.printer.profiles import PROFILES, Profile
from presentation.checked_tables import Reader
from presentation.mistakes import Mistake, Mistakes, locate

FILE_LIMIT_BYTES: Final = 10_000

ESC_D_MOST: Final = 255
Wait = Annotated[float, msgspec.Meta(ge=0.1, le=60)]


class WrongProfile(KeyError):  # noqa: N818 -- named for what it is, as WrongAddress.
    """There is no such profile, or its file cannot be used; the first argument says what is wrong and what mends it."""


class ProfileFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file may say. The fields are `Profile`'s, with its units; None: as the profile that it is like.

    What its wire carries is no printer's affair: that follows from the address.
    """

    like: str
    width_dots: Literal[576, 512, 384] | None = None
    dots_per_inch: Literal[203, 180] | None = None
    status: Literal["asb", "dle", "none"] | None = None
    confirm: Literal["process_id", "gs_r", "none"] | None = None
    clear: Literal["enq", "dc4", "none"] | None = None
    link: Literal["kept", "per_job"] | None = None
    cut: Literal["full", "partial", "none"] | None = None
    feed_lines: Annotated[int, msgspec.Meta(ge=0, le=ESC_D_MOST)] | None = None
    feed_units_per_dot: Annotated[int, msgspec.Meta(ge=1, le=8)] | None = None
    rows_per_s: Annotated[float, msgspec.Meta(ge=50, le=5000)] | None = None
    margin_s: Wait | None = None
    stall_s: Wait | None = None
    reply_s: Wait | None = None
    rest_s: Annotated[float, msgspec.Meta(ge=1, le=3600)] | None = None
    roll_mm: Annotated[float, msgspec.Meta(ge=1000, le=1_000_000)] | None = None
    near_end_mm: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    held_limit_s: Annotated[float, msgspec.Meta(ge=10, le=3600)] | None = None


def profile_named(given: str) -> Profile:
    """Return the profile called so, or the one that a file (``….toml``) describes. Raises WrongProfile."""
    if given in PROFILES:
        return PROFILES[given]
    if not given.endswith(".toml"):
        known = ", ".join(sorted(PROFILES))
        raise WrongProfile(
            f"no printer profile is called {given!r}; known are {known}, or give a file that ends in .toml"
        )
    try:
        return load_profile(Path(given))
    except Mistakes as mistakes:
        raise WrongProfile(str(mistakes)) from mistakes


def load_profile(path: Path) -> Profile:
    """Read a profile from a file. Raises Mistakes."""
    try:
        body = path.read_bytes()
        if len(body) > FILE_LIMIT_BYTES:
            mend = f"a profile needs less than {FILE_LIMIT_BYTES}"
            raise Mistakes([Mistake(str(path), 0, "", f"is {len(body)} bytes long", mend)])
        return parse_profile(path.name, body.decode("utf-8"))
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise Mistakes([Mistake(str(path), 0, "", what, "give the path of a readable file")]) from error
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (byte {error.start})"
        raise Mistakes([Mistake(str(path), 0, "", what, "save the file as UTF-8")]) from error


def parse_profile(name: str, text: str) -> Profile:
    """Check the text of a profile's file; the profile is called as the file. Raises Mistakes."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Mistakes([Mistake(name, 0, "", f"this is no TOML: {error}", "mend the syntax there")]) from error
    mistakes: list[Mistake] = []
    told = Reader(mistakes).part(ProfileFile, raw, name, ())
    if told is not None and told.like not in PROFILES:
        mend = f"write one of: {', '.join(sorted(PROFILES))}"
        mistakes.append(Mistake(name, 0, "like", f"no profile is called {told.like!r}", mend, ("like",)))
    if told is not None and not mistakes:
        changed = {key: value for key, value in msgspec.structs.asdict(told).items() if key != "like"}
        changed = {key: value for key, value in changed.items() if value is not None}
        profile = replace(PROFILES[told.like], name=name.removesuffix(".toml"), **changed)
        mistakes += _wrongs(profile, name)
        if not mistakes:
            return profile
    raise Mistakes([msgspec.structs.replace(one, line=locate(text, one.path)) for one in mistakes])


def _wrongs(profile: Profile, name: str) -> Iterator[Mistake]:
    """Find what cannot be meant although each value could be."""
    if profile.status == "none" and profile.confirm != "none":
        what = f'a printer that tells no status cannot confirm by "{profile.confirm}"'
        yield Mistake(name, 0, "confirm", what, 'write confirm = "none", or another status', ("confirm",))
    if profile.near_end_mm >= profile.roll_mm:
        what = f"the near end ({profile.near_end_mm:g} mm) is longer than the roll ({profile.roll_mm:g} mm)"
        yield Mistake(name, 0, "near_end_mm", what, "write what a roll still holds then", ("near_end_mm",))
