"""The agency's own emblem in the head of the screen, and the star where there is none that can be shown."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk.widgets.emblem import FILE_LIMIT_BYTES, NoEmblem, read_emblem
from motcua.commands.kiosk import CONFIG
from tests.support.real_hall import RealHall, RealScreen

pytestmark = [pytest.mark.screen, pytest.mark.timeout(120)]

AMBER = (245, 179, 36)
MIDDLE = (112, 94)
"""Where the emblem's middle stands on a kiosk of 1080 x 1920."""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path) as hall:
        yield hall


def own_config(folder: Path, emblem: bytes) -> Path:
    shutil.copytree(CONFIG / "texts", folder / "config" / "texts")
    (folder / "config" / "emblem.png").write_bytes(emblem)
    return folder / "config"


def png(folder: Path, size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    Image.new("RGB", size, colour).save(folder / "made.png")
    return (folder / "made.png").read_bytes()


def seen_at_the_head(hall: RealHall, folder: Path, emblem: bytes) -> tuple[tuple[int, ...], str]:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    log = folder / "said.txt"
    with RealScreen("kiosk", state, "--config", own_config(folder, emblem), log=log) as screen:
        screen.on("services")
        with Image.open(screen.picture(folder / "screen.png")) as shown:
            pixel = shown.convert("RGB").getpixel(MIDDLE)
    assert isinstance(pixel, tuple)
    return pixel, log.read_text()


def test_the_agencys_emblem_stands_in_the_head(hall: RealHall, tmp_path: Path) -> None:
    pixel, told = seen_at_the_head(hall, tmp_path, png(tmp_path, (300, 200), (0, 0, 255)))
    assert pixel == (0, 0, 255)
    assert "emblem" not in told


def test_a_spoilt_emblem_is_named_and_the_star_stays(hall: RealHall, tmp_path: Path) -> None:
    pixel, told = seen_at_the_head(hall, tmp_path, b"GIF89a is no PNG")
    assert all(abs(one - other) <= 2 for one, other in zip(pixel, AMBER, strict=True)), pixel
    assert "emblem.png cannot be shown" in told
    assert "save it as PNG" in told


def test_what_is_too_large_is_refused_with_the_mend_and_no_file_is_no_emblem(tmp_path: Path) -> None:
    path = tmp_path / "emblem.png"
    assert read_emblem(path, 104) is None
    path.write_bytes(png(tmp_path, (2500, 2500), (1, 2, 3)))
    with pytest.raises(NoEmblem, match="400 x 400 are enough"):
        read_emblem(path, 104)
    path.write_bytes(b"\0" * (FILE_LIMIT_BYTES + 1))
    with pytest.raises(NoEmblem, match="save it smaller"):
        read_emblem(path, 104)
    path.write_bytes(png(tmp_path, (400, 200), (1, 2, 3)))
    emblem = read_emblem(path, 104)
    assert emblem is not None
    assert emblem.size == (104, 52)
    assert len(emblem.rgba) == 104 * 52 * 4
