"""Make Kivy ready for a board that runs for years without anybody near it. Call `prepare` before Kivy is imported.

What is set and why was measured: multisampling costs most of a frame in software; the interrupt clock sleeps until
something happens; no input is listened to, since nobody touches a board.
"""

import logging
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

BOARD_SIZE = (1920, 1080)
FRAMES_PER_SECOND = 30
FEW_CORES = 2
WEIGHTS = ("Medium", "SemiBold", "Bold", "ExtraBold")


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """The window: its size in pixels, or the whole screen."""

    size: tuple[int, int] = BOARD_SIZE
    fullscreen: bool = False


def prepare(state: Path, settings: ScreenSettings) -> None:
    """Set Kivy up by its environment and configuration; with no screen at hand it draws off screen."""
    home = state / "kivy"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",  # Else Kivy takes over stderr, and an error of ours would never be seen.
        KIVY_CLOCK="interrupt",
        KIVY_WINDOW="sdl2",
        KIVY_TEXT="sdl2",
        KIVY_IMAGE="sdl2",  # Else every provider of pictures is loaded; a board has no pictures.
    )
    if len(os.sched_getaffinity(0)) <= FEW_CORES:
        # Mesa's software renderer: waiting for helpers that find no core free takes longer than to draw alone.
        os.environ.setdefault("LP_NUM_THREADS", "0")
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    # Kivy tells of the configuration file that it makes for itself; what nobody can act on is not said.
    logging.getLogger("kivy").setLevel(logging.ERROR)
    from kivy.config import Config

    width, height = settings.size
    graphics = {
        "width": width,
        "height": height,
        "fullscreen": "auto" if settings.fullscreen else "0",
        "multisamples": 0,
        "maxfps": FRAMES_PER_SECOND,
        "resizable": 0,
        "show_cursor": 0,
    }
    for key, value in graphics.items():
        Config.set("graphics", key, str(value))
    Config.set("kivy", "exit_on_escape", "0")
    for provider in list(Config.options("input")):
        Config.remove_option("input", provider)


def register_fonts() -> None:
    """Make the weights of Be Vietnam Pro known to Kivy: "Vietnam Medium" and so on."""
    from kivy.core.text import LabelBase

    for weight in WEIGHTS:
        LabelBase.register(f"Vietnam {weight}", str(font_file(weight)))


def font_file(weight: str) -> Path:
    """Give the file of a weight of Be Vietnam Pro."""
    return Path(str(files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"))
