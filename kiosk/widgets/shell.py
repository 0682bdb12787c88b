"""The loop around a pure flow: inputs from any thread, one step after the other, effects started, the screen painted.

A program gives the shell four functions; everything that touch programs share lives here: the window, the inbox, the
timers, the fingers, the doors. Nothing here may wait: what is slow is a thread of the program's and comes back by
`post`.
"""

import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.widgets.doors import Answer, Door, point_of
from kiosk.widgets.emblem import NoEmblem, read_emblem
from kiosk.widgets.fingers import Fingers, RemoteFingers, RemoteTouch
from kiosk.widgets.garbage import Garbage
from kiosk.widgets.page import Header, Page
from kiosk.widgets.screen import Screen, boxes, load_rules
from kiosk.widgets.trial_picture import TrialPicture
from kiosk.widgets.window import finish_drawing, from_any_thread, register_fonts

if TYPE_CHECKING:
    from hardware.codecs.tactile_keypad import TactileKey
    from hardware.sound.mouth import Sentence
    from kiosk.widgets.listener import Listener

REPAINT_S = 1.0
"""What only the hall has changed (a wait, the clock) is painted at most once a second."""

LOOK_AGAIN_S = 0.2
BETWEEN_PAGES_S = 0.005
"""Pages are prepared one after the other, with a look for touches between two: soon the first citizen may come."""
QUIET_S = 2.0
"""Nothing is prepared so soon after a touch."""


class Program(Protocol):
    """A touch program as the shell sees it; every method is called in the window's thread and returns at once."""

    resting: frozenset[str]
    """Names of the pages before which nobody need stand."""

    def take(self, happened: Any) -> bool:
        """Take one input into the flow, start its effects; tell whether the citizen must see the change at once."""

    def touched(self, action: str) -> None:
        """Take a touch."""

    def page(self) -> Page:
        """Give the page of the present state."""

    def header(self) -> Header:
        """Give the head of the screen."""

    def expected_pages(self) -> Iterator[Page]:
        """Give pages that are worth preparing for while nobody waits, each once."""

    def tick(self) -> None:
        """Tell the flow that a deadline has passed."""

    def seconds_to_next(self) -> float | None:
        """Give how long until the flow wants a tick."""

    def hall_now(self) -> datetime:
        """Give the hall's time."""

    def begin(self) -> None:
        """Start what could wait until the first frame was on the screen."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where outside touches come in and witnesses look in; None keeps a door shut."""

    touch: Path | None = None
    witness: Path | None = None


class Shell:
    """Runs a program in the window that `window.prepare` has set up. `post` may be called from any thread."""

    def __init__(
        self, program: Program, doors: Doors, *, emblem: Path, on_first_frame: Callable[[], None] | None = None
    ) -> None:
        self._program = program
        self._emblem = emblem
        self._listener: Listener | None = None
        self._on_first_frame = on_first_frame
        self._inbox: deque[Any] = deque()
        self._garbage = Garbage()
        self._tick_event: Any = None
        self._late_paint: Any = None
        self._painted_at_s = 0.0
        self._frame = 0
        self._preparing: Iterator[Page] = iter(())
        self._prepared_any = False
        self._prepare_event: Any = None
        self._shown: dict[str, Any] = {}
        register_fonts()
        EventLoop.ensure_window()
        load_rules()
        self._remote_fingers = RemoteFingers()
        self.screen = Fingers(self._touched, self._remote_fingers)
        self._touch_door = Door(doors.touch, self._remote, lambda _: None) if doors.touch else None
        self._witness_door: Door | None = None
        if doors.witness:
            self._finish = finish_drawing()
            self._witness_door = Door(doors.witness, self._witness_asks, self._witness_joins)
        EventLoop.add_input_provider(self._remote_fingers)

    def listen(self, listener: "Listener") -> None:
        """Have the screen gone through by a tactile keypad as well; before `run`."""
        self._listener = listener
        listener.press = lambda key: from_any_thread(partial(self._pressed, key))
        listener.post = self.post
        listener.said = self._said

    # --- life ---

    def run(self) -> None:
        """Show the screen until `stop`, SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopTouchApp())
        Window.bind(on_flip=self._flipped)
        self._paint()
        second = Clock.schedule_interval(self._second, REPAINT_S)
        self._prepare()
        try:
            runTouchApp(self.screen)
        finally:
            second.cancel()
            self._prepare_event.cancel()
            for door in (self._touch_door, self._witness_door):
                if door is not None:
                    door.close()

    def stop(self) -> None:
        """End the program; from any thread."""
        from_any_thread(stopTouchApp)

    def post(self, happened: Any) -> None:
        """Have an input taken as soon as the loop can; from any thread."""
        self._inbox.append(happened)
        from_any_thread(self._drain)

    def show_picture(self, title: str, on_end: Callable[[str], None]) -> None:
        """Show a trial picture unless somebody stands before the screen; from any thread.

        `on_end` hears the reason why not, empty once it has been painted.
        """
        from_any_thread(partial(self._show_picture, title, on_end))

    def _show_picture(self, title: str, on_end: Callable[[str], None]) -> None:
        if self._program.page().name in self._program.resting:
            TrialPicture(title).show(lambda: on_end(""))
        else:
            on_end("in_use")

    def _drain(self) -> None:
        at_once = False
        while self._inbox:
            at_once |= self._program.take(self._inbox.popleft())
        self._after_step(at_once=at_once)

    def _touched(self, action: str) -> None:
        self._program.touched(action)
        self._after_step(at_once=True)

    def _pressed(self, key: "TactileKey") -> None:
        """Take a key of the tactile keypad: what it touches is touched as by a finger."""
        assert self._listener is not None, "only a listener has keys"
        wished = self._listener.pressed(key)
        for happened in wished.inputs:
            self._program.take(happened)
        for action in wished.touches:
            self._program.touched(action)
        self._after_step(at_once=True)

    def _said(self, sentence: "Sentence") -> None:
        if self._witness_door is not None:
            said = {"event": "said", "text": sentence.text, "language": sentence.language, "gain_db": sentence.gain_db}
            self._witness_door.tell({**said, "monotonic_ns": time.monotonic_ns()})

    def _ticked(self, _: float) -> None:
        self._program.tick()
        self._after_step(at_once=False)

    def _after_step(self, *, at_once: bool) -> None:
        page = self._program.page()
        if at_once or page.name != self.screen.showing:
            self._paint(page)
        elif self._late_paint is None:
            wait_s = max(0.0, REPAINT_S - (time.monotonic() - self._painted_at_s))
            self._late_paint = Clock.schedule_once(lambda _: self._paint(), wait_s)
        if self._tick_event is not None:
            self._tick_event.cancel()
            self._tick_event = None
        wait = self._program.seconds_to_next()
        if wait is not None:
            # Not sooner than a frame: a flow that always wanted a tick at once would burn the machine.
            self._tick_event = Clock.schedule_once(self._ticked, max(1 / 30, wait))

    def _second(self, _: float) -> None:
        if self.screen.page is not None and not self.screen.held:
            self.screen.show(self.screen.page, self._program.header())

    def _prepare(self, *_: object) -> None:
        """Paint one of the pages to come, unless a finger is at work: no citizen waits for this."""
        wait_s = LOOK_AGAIN_S
        if time.monotonic() - self.screen.touched_s < QUIET_S:
            pass
        elif (page := next(self._preparing, None)) is not None:
            self.screen.prepare(page)
            self._prepared_any = True
            wait_s = BETWEEN_PAGES_S
        elif self._prepared_any:
            self._prepared_any = False
            self._garbage.settle()
        else:
            self._preparing = self._program.expected_pages()
        self._prepare_event = Clock.schedule_once(self._prepare, wait_s)

    def _paint(self, page: Page | None = None) -> None:
        if self._late_paint is not None:
            self._late_paint.cancel()
            self._late_paint = None
        if self.screen.held and page is None:
            self._late_paint = Clock.schedule_once(lambda _: self._paint(), REPAINT_S)
            return
        page, header = page or self._program.page(), self._program.header()
        repainted = self.screen.show(page, header)
        self._painted_at_s = time.monotonic()
        if page.name in self._program.resting:
            Clock.schedule_once(lambda _: self._garbage.rest(), 0)  # The frame comes first.
        else:
            self._garbage.leave()
            Clock.schedule_once(lambda _: self._garbage.breathe(), 0)
        if self._listener is not None:
            assert self.screen.page is not None, "it has just been painted"
            self._listener.showed(self.screen.page, header)  # As it is painted: a lying screen leaves a key out.
            if repainted or self._listener.focused != self.screen.focused:
                self.screen.focus(self._listener.focused)

    # --- frames and witnesses ---

    def _flipped(self, *_: object) -> None:
        self._frame += 1
        self.screen.flipped()
        if self._frame == 1:
            Clock.schedule_once(lambda _: self._first_frame(), 0)
        if self._witness_door is not None:
            self._finish()
            shown = look(self.screen)
            if shown != self._shown:
                self._shown = shown
                self._witness_door.tell({"event": "shown", **self._stamped()})

    def _first_frame(self) -> None:
        if self._on_first_frame is not None:
            self._on_first_frame()
        self._read_emblem()
        self._program.begin()

    def _read_emblem(self) -> None:
        try:
            emblem = read_emblem(self._emblem, self.screen.emblem_room_px())
        except NoEmblem as problem:
            sys.stderr.write(f"{problem}\n")
        else:
            if emblem is not None:
                self.screen.take_emblem(emblem)

    def _stamped(self) -> dict[str, Any]:
        return {
            **self._shown,
            "frame": self._frame,
            "monotonic_ns": time.monotonic_ns(),
            "hall_at": self._program.hall_now().isoformat(),
        }

    def _witness_joins(self, answer: Answer) -> None:
        from_any_thread(lambda: answer({"event": "shown", **self._stamped()}) if self._shown else None)

    def _witness_asks(self, asked: dict[str, Any], answer: Answer, _: float) -> None:
        match asked:
            case {"ask": "state"}:
                from_any_thread(lambda: answer({"answer": "state", **self._stamped()}))
            case {"ask": "screenshot", "path": str(path)}:
                from_any_thread(partial(self._screenshot, path, answer))
            case _:
                answer({"error": f"ask 'state' or 'screenshot' with a path, not {asked!r}"})

    def _screenshot(self, path: str, answer: Answer) -> None:
        try:
            save_picture(Path(path))
        except OSError as error:
            answer({"error": f"{path}: {error}"})
        else:
            answer({"answer": "screenshot", "path": path})

    # --- the remote panel ---

    def _remote(self, asked: dict[str, Any], answer: Answer, came_s: float) -> None:
        for kind in ("down", "up"):
            point = point_of(asked.get(kind))
            if point is not None:
                acknowledge = partial(self._acknowledge, kind, point, answer)
                self._remote_fingers.waiting.append(RemoteTouch(kind, *point, came_s, acknowledge))
                from_any_thread(lambda: None)
                return
        answer({"error": 'send {"down": [x, y]} or {"up": [x, y]}, in pixels from the upper left'})

    def _acknowledge(self, kind: str, point: tuple[float, float], answer: Answer) -> None:
        x, y = point
        if kind == "down":
            there = self.screen.at(x, self.screen.height - y)
            answer({"down": [x, y], "on": there.action if there and self.screen.held else None})
        else:
            answer({"up": [x, y], "obeyed": self.screen.last_obeyed})


def look(screen: Screen) -> dict[str, Any]:
    """Read the real widgets: what stands where, and what a touch would do; boxes as a touch panel counts."""
    page, height = screen.page, int(screen.height)
    return {
        "screen": screen.showing,
        "subject": page.subject if page else "",
        "busy": bool(page and page.busy),
        "focus": screen.focused,
        "size": [int(screen.width), height],
        "texts": [{"text": text.spoken, "box": boxes(text, height)} for text in screen.written()],
        "touch": [{"action": one.action, "text": one.spoken, "box": boxes(one, height)} for one in screen.touchables()],
    }


def save_picture(path: Path) -> None:
    """Save what the window shows as a PNG, with the pixels of the screen. Raises OSError."""
    picture_of().save(path, format="PNG")


def picture_of() -> Any:
    """Read what the window shows, as a Pillow image with the pixels of the screen."""
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glPixelStorei, glReadPixels
    from PIL import Image

    pack_alignment = 0x0D05
    width, height = Window.system_size
    glPixelStorei(pack_alignment, 1)
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    return Image.frombytes("RGB", (width, height), bytes(pixels)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def say(line: str) -> None:
    """Print a line for whoever started the program."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
