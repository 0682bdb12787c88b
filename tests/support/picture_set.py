"""The set of all pictures in `docs/images/`: every state of every screen and page, in two languages and its sizes.

    python -m tests.support.picture_set

makes what lies there small (16 colours, 32 for pages, whose lines are pale; large screens at half their size, large
pages at two thirds) and writes the index of it, after `make screenshots` has put new pictures there. The few pictures
of `docs/pictures/` keep their size and 256 colours.
"""

import re
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PICTURES = IMAGES.with_name("pictures")
INDEX = IMAGES / "README.md"
LARGEST = 40_000
"""Bytes of one picture; most have half of it."""
ALL_LARGEST = 12_000_000
PAGE_LARGEST = 70_000
ALL_PAGES_LARGEST = 9_000_000
COLOURS = 16
COLOURS_OF_PAGES = 32
COLOURS_OF_FEW = 256
WHOLE_PX = 1280
"""Screens that are longer than this are kept at half their size, …"""
WHOLE_PAGE_PX = 900
"""… and pages that are wider, at two thirds, since their letters are small."""
PAGES = ("staff", "public")
_NAME = re.compile(r"(?P<program>[a-z]+)-(?P<state>[\w-]+?)-(?P<rest>(?:vi|en)-\d+x\d+(?:-[a-z-]+)?)")
_INTRODUCTION = """# All screens and pages

Every state of the ticket kiosk, the rating terminal and the board, and every page of the staff's and the public
program, in Vietnamese and English, in each size that is supported (screens longer than 1280 pixels at half their size,
wide pages at two thirds). Made by `make screenshots` from the programs' own flows and from the pages' own routes; this
index is made with it.
"""
_HEADINGS = {
    "kiosk": "The ticket kiosk",
    "rating": "The rating terminal",
    "board": "The board",
    "staff": "The pages of staff",
    "public": "The public pages",
}


def name_of(state: str, language: str, size: str) -> str:
    """Name the picture of a state of a touch program: `kiosk-number_paper_out-vi-1080x1920`."""
    program, name = ("rating", state.removeprefix("rating_")) if state.startswith("rating_") else ("kiosk", state)
    return f"{program}-{name}-{language}-{size}"


def kept(*, pages: bool = False) -> dict[str, int]:
    """Give the pictures of screens (or of pages) that are kept, by name without ending, and how many bytes each has."""
    there = {path.stem: path.stat().st_size for path in IMAGES.glob("*.png")}
    return {name: size for name, size in there.items() if is_page(name) == pages}


def is_page(name: str) -> bool:
    """Tell whether a picture of the set shows a page in a browser."""
    return name.startswith(tuple(f"{program}-" for program in PAGES))


def page_name(program: str, state: str, language: str, size: tuple[int, int]) -> str:
    """Name the picture of a page: `staff-people_person-vi-1366x768`."""
    slug = re.sub(r"[^a-z0-9]+", "_", state.lower()).strip("_")
    return f"{program}-{slug}-{language}-{size[0]}x{size[1]}"


def make_small(path: Path) -> None:
    """Reduce a picture to a palette: a screen has few colours."""
    with Image.open(path) as picture:
        if picture.mode == "P":
            return
        small = picture.convert("RGB")
    if is_page(path.stem):
        if small.width > WHOLE_PAGE_PX:
            small = small.resize((small.width * 2 // 3, small.height * 2 // 3), Image.Resampling.LANCZOS)
        # A page's pale lines on paler ground, and a few words in red, are what a quicker choice of colours loses.
        small = small.quantize(COLOURS_OF_PAGES, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    else:
        if max(small.size) > WHOLE_PX:
            small = small.resize((small.width // 2, small.height // 2), Image.Resampling.BOX)
        small = small.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(path, format="PNG", optimize=True)


def make_plain(path: Path) -> None:
    """Give a picture that README or docs show a palette of its own; nobody sees the difference but the repository."""
    with Image.open(path) as picture:
        if picture.mode == "P":
            return
        plain = picture.convert("RGB").quantize(
            COLOURS_OF_FEW, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    plain.save(path, format="PNG", optimize=True)


def index() -> str:
    """Write the index: a line for each state, with a link to each of its pictures."""
    states: dict[str, dict[str, list[str]]] = {}
    for name in sorted({**kept(), **kept(pages=True)}):
        match = _NAME.fullmatch(name)
        assert match, f"{name}: a picture of the set is named program-state-language-size"
        states.setdefault(match["program"], {}).setdefault(match["state"], []).append(match["rest"])
    lines = [_INTRODUCTION]
    for program, named in states.items():
        lines.append(f"## {_HEADINGS[program]}\n")
        for state, rests in named.items():
            links = " · ".join(f"[{rest.replace('-', ' ')}]({program}-{state}-{rest}.png)" for rest in rests)
            lines.append(f"- {state.replace('_', ' ')}: {links}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for each in sorted(IMAGES.glob("*.png")):
        make_small(each)
    for each in sorted(PICTURES.glob("*.png")):
        make_plain(each)
    INDEX.write_text(index(), "utf-8")
