"""The real window of a touch program under simulated time: pointer events in, what really stands on the glass out.

A finger goes the whole way of a touch panel's: SDL's event as Kivy's window gives it, the pointer's provider, the
event loop, `Fingers`, which judges what it was meant for. Only the clock is the test's, so that a second takes no time.
Import after `window.prepare`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.config import Config
from kivy.core.window import Window
from kivy.input.providers.mouse import MouseMotionEventProvider

from kiosk.widgets.fingers import Fingers, RemoteFingers
from kiosk.widgets.page import Header, Page
from kiosk.widgets.screen import load_rules, within_reach
from kiosk.widgets.shell import look, save_picture
from kiosk.widgets.window import FRAMES_PER_SECOND, register_fonts

DRAWN_EVERY = 4
"""Filling takes a machine without a graphics chip longer than all the rest."""

Look = dict[str, Any]
Point = tuple[float, float]


class Glass:
    """One window. `now_s` is the simulated clock, `obey` is told of each action that a finger has pressed."""

    def __init__(self, now_s: Callable[[], float], obey: Callable[[str], None]) -> None:
        register_fonts()
        Config.set("graphics", "maxfps", 0)  # No turn waits for the next frame's time.
        EventLoop.ensure_window()
        load_rules()
        self._remote = RemoteFingers(now_s)
        self.screen = Fingers(obey, self._remote)
        Window.add_widget(self.screen)
        # As `runTouchApp` does for the one pointer that `window.prepare` has configured.
        EventLoop.add_input_provider(MouseMotionEventProvider("pointer", "disable_multitouch"))
        EventLoop.add_input_provider(self._remote)
        EventLoop.start()
        self._now_s = now_s
        self.framed_s = now_s()
        """When the glass was last painted."""
        self.painted = 0
        self._shown: tuple[Page, Header] | None = None
        self._look: Look | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Give width and height in pixels."""
        return int(self.screen.width), int(self.screen.height)

    def show(self, page: Page, header: Header) -> None:
        """Have a page painted and its frame on the screen."""
        if self._shown is not None and self._shown[0] is page and self._shown[1] is header:
            return  # The flow has said nothing new.
        self._shown, self._look = (page, header), None
        if self.screen.show(page, header):
            self.frame()

    def laid_out(self, page: Page) -> Page:
        """Give a page of the flow as a panel of this shape shows it."""
        wide, high = self.size
        return within_reach(page, portrait=high > wide)

    def frame(self) -> None:
        """Take a new page onto the glass, as each turn of the loop does; the chip draws one in `DRAWN_EVERY`."""
        if self.painted % DRAWN_EVERY == 0:
            Window.dispatch("on_draw")
            Window.dispatch("on_flip")
            Clock.tick()  # What is no longer shown leaves the graphics memory with a turn of the clock.
        self.painted += 1
        self.screen.flipped()
        self.framed_s = self._now_s()

    def turn(self) -> None:
        """Let the loop look for touches, as it does with every frame."""
        EventLoop.dispatch_input()

    def down(self, point: Point, button: str = "left") -> None:
        """Put a finger down at a point (pixels from the upper left)."""
        Window.dispatch("on_mouse_down", *point, button, [])
        self.turn()

    def move(self, point: Point) -> None:
        """Drag the finger there."""
        Window.dispatch("on_mouse_move", *point, [])
        self.turn()

    def up(self, point: Point, button: str = "left") -> None:
        """Lift the finger at a point."""
        Window.dispatch("on_mouse_up", *point, button, [])
        self.turn()

    def look(self) -> Look:
        """Read what stands on the glass: the widgets themselves, once for each time that something was shown."""
        if self._look is None:
            self._look = look(self.screen)
        return self._look

    def picture(self, path: Path) -> None:
        """Save what the glass shows."""
        Window.dispatch("on_draw")
        save_picture(path)


FRAME_S = 1 / FRAMES_PER_SECOND
