"""The ring around what is in focus, as it is really painted (WCAG 2.4.7, 2.4.11, 1.4.11; EN 301 549 5.1.4)."""

from itertools import groupby
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from presentation.tokens import DAY, HIGH_CONTRAST, MARK_MINIMUM, Theme, contrast
from tests.screens.test_kiosk_pictures import gallery

pytestmark = [pytest.mark.screen, pytest.mark.timeout(120)]

FOCUSED = ("start@service:land", "confirm@take", "search_start@type:h", "start@key:help")
LEAST_PX = 3


@pytest.mark.parametrize("theme", [DAY, HIGH_CONTRAST], ids=lambda theme: str(theme.name))
@pytest.mark.parametrize("size", ["1080x1920", "1920x1080", "1280x800"])
def test_what_is_in_focus_has_a_ring_of_two_lines_that_nothing_hides(size: str, theme: Theme, tmp_path: Path) -> None:
    wish = "-contrast" if theme is HIGH_CONTRAST else ""
    names = [name.replace("@", f"{wish}@") for name in FOCUSED]
    for name, shown in zip(names, gallery(tmp_path, size, *names), strict=True):
        action = name.partition("@")[2]
        assert shown["focus"] == action
        (box,) = (one["box"] for one in shown["touch"] if one["action"] == action)
        for thick in lines_crossed(tmp_path / f"{name}.png", box, theme):
            assert min(thick["ink"], thick["amber"]) >= LEAST_PX, (name, thick)


def lines_crossed(picture: Path, box: list[int], theme: Theme) -> list[dict[str, int]]:
    """Walk over each of the four sides from outside to inside, and count the pixels of each line of the ring."""
    x, y, width, height = box
    reach = 16
    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    named = {ImageColor.getrgb(getattr(theme, colour)): colour for colour in ("ink", "amber")}
    middle_x, middle_y = x + width // 2, y + height // 2
    walks = [
        [(x + step, middle_y) for step in range(-reach, 3)],
        [(x + width - 1 - step, middle_y) for step in range(-reach, 3)],
        [(middle_x, y + step) for step in range(-reach, 3)],
        [(middle_x, y + height - 1 - step) for step in range(-reach, 3)],
    ]
    crossed = []
    for walk in walks:
        colours = [named.get(image.getpixel(place)) for place in walk]  # type: ignore[arg-type]  # three channels.
        runs = {colour: len(list(same)) for colour, same in groupby(colours) if colour}
        crossed.append({"ink": runs.get("ink", 0), "amber": runs.get("amber", 0)})
    return crossed


@pytest.mark.parametrize("theme", [DAY, HIGH_CONTRAST], ids=lambda theme: str(theme.name))
def test_one_of_its_lines_stands_out_from_whatever_it_lies_on(theme: Theme) -> None:
    for ground in (theme.paper, theme.card, theme.lotus_mist):
        assert max(contrast(theme.ink, ground), contrast(theme.amber, ground)) >= MARK_MINIMUM, ground


def test_nobody_in_focus_no_ring(tmp_path: Path) -> None:
    (plain, away) = gallery(tmp_path, "1080x1920", "confirm", "confirm@no_such_action")
    assert (plain["focus"], away["focus"]) == ("", "no_such_action")
    assert (tmp_path / "confirm.png").read_bytes() == (tmp_path / "confirm@no_such_action.png").read_bytes()
