"""Paint screens of the touch programs in a process of its own, and tell what really stands on them.

    python -m tests.support.kiosk_pictures WIDTHxHEIGHT NAME …  [--pictures FOLDER] [--colours]

`NAME@ACTION` is a page with that in focus; a name of `kiosk_gallery.TRIALS` is a trial picture over a page.

Standard output has a JSON line per page: what a witness is told, and of every word where its letters stand, how large
they are and whether they were cut. With `--colours` each page is really painted, and the colours of words and edges are
read from its pixels; with `--pictures` it is kept as `FOLDER/NAME.png` too. Without either nothing is painted, which is
ten times as fast.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from kiosk.widgets import window
from kiosk.widgets.page import Answer, Button, Field, Tile, touchables
from presentation.tokens import DAY
from tests.support.kiosk_gallery import TRIALS, painted

EDGE_PX = 5
"""So far inside and outside its edge a thing to touch is looked at."""


def told(screen: Any, picture: Image.Image | None) -> dict[str, Any]:
    """Tell all that the rules of a page want to know; boxes as a touch panel counts, from the upper left."""
    from kiosk.widgets.screen import head_height
    from kiosk.widgets.sheet import Sheet
    from kiosk.widgets.shell import look

    seen = look(screen)
    high = seen["size"][1]
    words = [_word(text, high) for text in screen.written()]
    order = [_name(one) for one in touchables(screen.page)]
    touch = sorted(seen["touch"], key=lambda one: order.index((one["action"], one["text"])))
    if picture is not None:
        for word in words:
            word["colours"] = _front_and_ground(picture, word["painted"])
        for one in touch:
            one["edge"] = _edge(picture, one["box"])
    head_px = head_height(Sheet(int(screen.width), high, DAY, large_text=False))
    actions = [action for action, _ in order]
    return {
        **seen,
        "words": words,
        "touch": touch,
        "order": actions,
        "title": screen.page.title,
        "head_px": head_px,
        "hint": screen.page.hint,
    }


def _name(one: Button | Tile | Field | Answer) -> tuple[str, str]:
    return one.action, one.invitation if isinstance(one, Field) else one.label


def _word(text: Any, high: int) -> dict[str, Any]:
    parts = list(text.children) or [text]
    left = min(part.painted[0] for part in parts)
    right = max(part.painted[0] + part.painted[2] for part in parts)
    bottom = min(part.painted[1] for part in parts)
    top = max(part.painted[1] + part.painted[3] for part in parts)
    return {
        "text": text.spoken,
        "shown": "".join(part.shown for part in parts),
        "box": [round(text.x), round(high - text.y - text.height), round(text.width), round(text.height)],
        "painted": [left, high - top, right - left, top - bottom],
        "size": text.font_size,
        "cut": any(part.is_cut for part in parts),
    }


Colour = tuple[int, int, int]


def _front_and_ground(picture: Image.Image, box: list[int]) -> list[Colour]:
    """Give the colours of letters and of their ground: the ground's is the most frequent, the letters' the farthest."""
    left, top, wide, high = box
    counted = _counted(picture.crop((left, top, left + wide, top + high)))
    ground = max(counted, key=counted.__getitem__)
    far = max(_distance(colour, ground) for colour in counted)
    front = max(
        (colour for colour in counted if _distance(colour, ground) >= far * 0.9 and colour != ground),
        key=counted.__getitem__,
        default=ground,
    )
    return [front, ground]


def _edge(picture: Image.Image, box: list[int]) -> list[list[Colour]]:
    """Give the colours outside and inside the left edge of a thing to touch, at the middle of its height."""
    left, top, _, high = box
    row = top + high // 2
    outside = [_pixel(picture, left - step, row) for step in range(2, EDGE_PX) if left >= step]
    inside = [_pixel(picture, left + step, row) for step in range(EDGE_PX + 3)]
    return [outside, inside]


def _pixel(picture: Image.Image, x: int, y: int) -> Colour:
    found = picture.getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def _counted(picture: Image.Image) -> Counter[Colour]:
    return Counter({colour[:3]: count for count, colour in picture.getcolors(1 << 20) or []})  # type: ignore[index,misc]  # Pillow's type has grey pictures too.


def _distance(one: Colour, other: Colour) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def main(size: tuple[int, int], names: list[str], pictures: Path | None, *, colours: bool) -> None:
    with TemporaryDirectory() as state:
        window.prepare(Path(state), size, headless=True, full_screen=False)
        window.register_fonts()
        from kivy.base import EventLoop
        from kivy.core.window import Window

        from kiosk.widgets.screen import Screen, load_rules
        from kiosk.widgets.shell import picture_of
        from kiosk.widgets.trial_picture import TrialPicture

        EventLoop.ensure_window()
        load_rules()
        screen = Screen()
        Window.add_widget(screen)
        EventLoop.start()
        for name in names:
            page_name, _, focused = name.partition("@")
            screen.show(*painted(TRIALS.get(page_name, page_name)))
            screen.focus(focused)
            covered = TrialPicture("kiosk-1" if page_name == "trial_picture" else "rating-1")
            if page_name in TRIALS:
                Window.add_widget(covered)
            picture = None
            if pictures or colours:
                for _ in range(2):
                    EventLoop.idle()
                picture = picture_of()
            if pictures and picture:
                picture.save(pictures / f"{name}.png")
            Window.remove_widget(covered)
            page = {"name": name, **told(screen, picture if colours else None)}
            sys.stdout.write(json.dumps(page, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("size")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--colours", action="store_true")
    given = parser.parse_args()
    wide, high = (int(part) for part in given.size.split("x"))
    main((wide, high), given.names, given.pictures, colours=given.colours)
