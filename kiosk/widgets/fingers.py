"""Fingers on the glass: where touches come from, when they came, and what each was meant for (`aim` judges).

The system's pointer is looked at once a frame, and Kivy stamps a touch, on the wall clock, when it finds it: during a
slow frame that is late. So a touch of the pointer counts as come at any time since the look before. A touch of the
remote panel brings its moment with it, from the thread of its door. All moments here are on the monotonic clock.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider

from kiosk.widgets.aim import HAND_S, Offer, Shown, TouchAt, aimed_at, is_bounce, is_next_key
from kiosk.widgets.screen import Screen
from kiosk.widgets.shapes import Touchable
from kiosk.widgets.window import from_any_thread

FRAMES_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class RemoteTouch:
    """A finger of the remote panel: down or up, where (pixels from the upper left), when it came, whom to tell."""

    kind: str
    x: float
    y: float
    came_s: float
    done: Callable[[], None]


class _RemoteFinger(MotionEvent):
    """A touch of the remote panel; its place in shares of the window, from the lower left."""

    came_s = 0.0

    def depack(self, args: Any) -> None:
        self.profile = ("pos",)
        self.sx, self.sy = args
        super().depack(args)


class RemoteFingers(MotionEventProvider):
    """Gives the loop the touches that a door's thread has put, and notes when the loop looked for touches."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__("remote panel", "")
        self.waiting: deque[RemoteTouch] = deque(maxlen=1000)
        self.now_s = now_s
        self.looked_s = self.looked_before_s = now_s()
        self._finger: _RemoteFinger | None = None
        self._count = 0

    def start(self) -> None:
        """Have a pointer's touch wake the loop: it would wait for the next frame's turn."""
        Window.fbind("on_mouse_down", _wake)
        Window.fbind("on_mouse_up", _wake)

    def stop(self) -> None:
        """Undo what `start` did."""
        Window.funbind("on_mouse_down", _wake)
        Window.funbind("on_mouse_up", _wake)

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Hand over what has come through the door; the window itself looks for the pointer."""
        # The usual dispatch only queues; here the answer must tell what the touch has done, so it is done at once.
        del dispatch_fn
        self.looked_before_s, self.looked_s = self.looked_s, self.now_s()
        while self.waiting:
            touch = self.waiting.popleft()
            share = (touch.x / Window.width, 1 - touch.y / Window.height)
            if touch.kind == "down" and self._finger is None:
                self._count += 1
                self._finger = _RemoteFinger(self.device, self._count, share, is_touch=True, type_id="touch")
                self._finger.came_s = touch.came_s
                EventLoop.post_dispatch_input("begin", self._finger)
            elif touch.kind == "up" and self._finger is not None:
                finger, self._finger = self._finger, None
                finger.move(share)
                finger.update_time_end()
                EventLoop.post_dispatch_input("end", finger)
            touch.done()


def _wake(*_: object) -> None:
    from_any_thread(lambda: None)


class Fingers(Screen):
    """The screen that listens to fingers: pressed on the way down, obeyed on the way up at the same thing."""

    def __init__(self, obey: Callable[[str], None], remote: RemoteFingers) -> None:
        super().__init__()
        self._obey = obey
        self._remote_fingers = remote
        self._frames: deque[Shown] = deque(maxlen=FRAMES_REMEMBERED)
        self._down: Touchable | None = None
        self._offer: Offer | None = None
        self._last: TouchAt | None = None
        self._last_offer: Offer | None = None
        self.last_obeyed = False
        self.touched_s = -math.inf
        """When a finger last came down."""

    @property
    def held(self) -> bool:
        """Tell whether a finger is on something now."""
        return self._down is not None

    def flipped(self) -> None:
        """Remember what can be touched from now on: the frame is on the screen."""
        places = tuple((self._offered(one), (one.x, one.y, one.right, one.top)) for one in self.touchables())
        if not self._frames or self._frames[-1].places != places:
            self._frames.append(Shown(self._remote_fingers.now_s(), places))

    def on_touch_down(self, touch: Any) -> bool:
        """Press what the touch was meant for, if that is still there."""
        now = TouchAt(touch.x / self.width, touch.y / self.width, *self._came(touch))
        self.touched_s = now.latest_s
        under = self.at(touch.x, touch.y)
        offered = self._offered(under) if under is not None else None
        bounced = is_bounce(self._last, now) and not self._is_next_key(touch, offered)
        if bounced:
            under = None
        else:  # Who taps on and on at one place is obeyed again in the end.
            self._last, self._last_offer = now, offered
        # The remote panel's finger follows no eye: it comes down on what a witness told a moment ago.
        aimed_s = now.earliest_s - (0.0 if isinstance(touch, _RemoteFinger) else HAND_S)
        offer = aimed_at(self._frames, touch.x, touch.y, aimed_s)
        if under is not None and offer == self._offered(under):
            self._down, self._offer = under, offer
            under.is_pressed = True
        else:
            self._down = None
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Nothing here is dragged."""
        del touch
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Obey when the finger leaves the same thing, on the same page, that it came down on."""
        down, self._down = self._down, None
        over = self.at(touch.x, touch.y)
        self.last_obeyed = down is not None and over is not None and self._offered(over) == self._offer
        if self.last_obeyed and down is not None:
            self._obey(down.action)
            # What changed nothing on the screen must not look pressed for ever.
            if down.parent is not None and not (self.page and self.page.busy):
                down.is_pressed = False
        elif down is not None:
            down.is_pressed = False
        return True

    def _is_next_key(self, touch: Any, offered: Offer | None) -> bool:
        lay_there = aimed_at(self._frames, touch.x, touch.y, self._last.latest_s) if self._last else None
        return is_next_key(self._last_offer, offered, lay_there)

    def _offered(self, one: Touchable) -> Offer:
        return Offer(self.showing, self.page.subject if self.page else "", one.action)

    def _came(self, touch: Any) -> tuple[float, float]:
        """Give the moments between which a touch came."""
        if isinstance(touch, _RemoteFinger):
            return touch.came_s, touch.came_s
        return self._remote_fingers.looked_before_s, self._remote_fingers.looked_s
