"""The window of a touch program, set up as measurements say a kiosk on a small machine should be.

Kivy reads its configuration while it is imported, so `prepare` must run before any import of `kivy`; whoever imports
a module of this package that needs Kivy imports this one first.

- no multisampling: it costs most of a frame on a machine without a graphics chip; shapes are drawn smooth instead;
- the interrupt clock at 30 frames a second: a word from another thread wakes the loop at once, and an idle screen
  costs next to nothing;
- one input provider, so that one touch is one touch.
"""

import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

FRAMES_PER_SECOND = 30
FEW_CORES = 2
SWITCH_S = 0.001
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Options of mallopt(3), as <malloc.h> numbers them."""
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
FONT = "BeVietnamPro"
MEDIUM, SEMIBOLD, BOLD, EXTRABOLD = f"{FONT}-Medium", f"{FONT}-SemiBold", f"{FONT}-Bold", f"{FONT}-ExtraBold"
REGULAR = f"{FONT}-Regular"


def prepare(state: Path, size: tuple[int, int], *, headless: bool, full_screen: bool) -> None:
    """Set Kivy up for a touch program whose own folder is `state`; must come before the first import of `kivy`.

    `headless` draws into memory; so does a machine on which no display is named.
    """
    _give_memory_back()
    home = state / "kivy"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_LOG_MODE="PYTHON", KIVY_HOME=str(home), KIVY_CLOCK="interrupt"
    )
    # Kivy would try every library it knows for pictures and letters; this one is there in any case.
    os.environ.update(KIVY_WINDOW="sdl2", KIVY_IMAGE="sdl2", KIVY_TEXT="sdl2")
    # A thread that draws a ticket must hand over quickly to the one that draws the number.
    sys.setswitchinterval(SWITCH_S)
    if headless or not any(os.environ.get(name) for name in DISPLAYS):
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    if len(os.sched_getaffinity(0)) <= FEW_CORES:
        # Mesa's software renderer: waiting for helpers that find no core free takes longer than to draw alone.
        os.environ.setdefault("LP_NUM_THREADS", "0")
    from kivy.config import Config

    for option, value in {
        "multisamples": 0,
        "width": size[0],
        "height": size[1],
        "maxfps": FRAMES_PER_SECOND,
        "resizable": 0,
        "borderless": int(full_screen),
        "fullscreen": "auto" if full_screen else 0,
        "show_cursor": int(not full_screen),
    }.items():
        Config.set("graphics", option, value)
    Config.set("kivy", "exit_on_escape", 0)
    Config.set("kivy", "keyboard_mode", "")
    Config.set("kivy", "log_level", "warning")
    for option in list(Config.options("input")):
        Config.remove_option("input", option)
    # What a touch panel sends reaches SDL as its pointer.
    Config.set("input", "pointer", "mouse,disable_multitouch")


def _give_memory_back() -> None:
    """Have the C library return what is freed: pictures come and go here all day, in sizes that never fit a gap again.

    Without this it raises the size from which on it does so to that of the largest piece freed so far, and each thread
    hoards its own. See mallopt(3); a C library without it keeps to its own ways.
    """
    from ctypes import CDLL

    mallopt = getattr(CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((M_MMAP_THRESHOLD, 64 * 1024), (M_ARENA_MAX, 2)):
            mallopt(option, value)


def register_fonts() -> None:
    """Make the weights of Be Vietnam Pro known to Kivy by name."""
    from kivy.core.text import LabelBase

    folder = files("fontpkg_be_vietnam_pro") / "files"
    for name in (REGULAR, MEDIUM, SEMIBOLD, BOLD, EXTRABOLD):
        LabelBase.register(name, str(folder / f"{name}.ttf"))


def from_any_thread(action: Callable[[], None]) -> None:
    """Have the window's loop do something as soon as it can; may be called from any thread."""
    from kivy.clock import Clock

    Clock.schedule_once(lambda _: action(), -1)


def finish_drawing() -> Callable[[], None]:
    """Give a function that returns once everything drawn so far is really drawn (`glFinish` of the system's GL)."""
    from ctypes import CDLL
    from ctypes.util import find_library

    library: Any = CDLL(find_library("GL") or "libGL.so.1")
    call: Callable[[], None] = library.glFinish
    return call
