"""The thread in which turns are given: views and ends of announcements in, scenes and announcements out.

It is apart from Kivy's loop, because a slow picture must not make the voice late: a frame takes a software renderer
tens of milliseconds, and a citizen who is called hears it at the right moment all the same.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from display.memory import Memory, StopKeeper, load_memory, save_memory
from display.voice import Ending, StillCalled
from presentation.board import Told, merged
from presentation.board_flow import Announcement, HallWarning, Input, LinkState, Scene, Stage, step
from presentation.texts import Texts
from protocol.configuration import Policies
from protocol.views import AnyReply, BoardView, Envelope

LOOK_AGAIN_S = 1.0
"""So often a scene is made even when nothing happens: the clock goes on, and silence is noticed."""

SILENCE_S = 2.9
"""A board that has heard nothing at all for so long since its start is out of service."""


class HallLink(Protocol):
    """What the stage needs of `protocol.link.Link`."""

    @property
    def state(self) -> LinkState:
        """Whether the server is heard."""

    @property
    def rate(self) -> float:
        """Hall seconds in a real one."""

    def hall_now(self) -> datetime:
        """Hall time."""


Say = Callable[[Announcement, Policies, StillCalled], bool]

ReportUnsaid = Callable[[str, int, Callable[[AnyReply | None], None]], None]
"""Tells the server that this call of this day was cut off, and then us, from any thread, what it answered in time."""


class StageLoop:
    """Gives turns. `on_scene` is called in its thread with each scene."""

    def __init__(
        self,
        state: Path,
        texts: Texts,
        link: HallLink,
        *,
        say: Say,
        report_unsaid: ReportUnsaid,
        on_scene: Callable[[Scene], None],
        zone_id: str = "",
        warn: Callable[[HallWarning], object] = lambda _: None,
    ) -> None:
        self._folder = state
        self._warn = warn
        self._texts = texts
        self._link = link
        self._say = say
        self._report_unsaid = report_unsaid
        self._on_scene = on_scene
        self._memory = load_memory(state)
        self._stops = StopKeeper(state)
        self._begun = set(self._memory.begun) if self._memory else set()
        self._cut_off = set(self._begun)
        self._asked_about: set[tuple[str, int]] = set()
        self._over: list[tuple[int, Ending]] = []
        self._answered: list[tuple[tuple[str, int], AnyReply | None]] = []
        self._stage = Stage()
        self._started_s = time.monotonic()
        self._changed = threading.Condition()
        self._zone_id = zone_id
        self._views: dict[str, BoardView] = {}
        self._view: BoardView | None = None
        self._speaking_id: int | None = None
        self._asked = True
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="stage", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    # --- For any thread ---

    def take_view(self, envelope: Envelope) -> None:
        """Take a view of a zone. A board that belongs to no zone hears of all, and shows the whole hall."""
        view = envelope.view
        if isinstance(view, BoardView) and self._zone_id in ("", view.zone_id):
            self._views[view.zone_id] = view
            self._view = merged([self._views[zone_id] for zone_id in sorted(self._views)])
            self.look()

    def watch(self, zone_id: str) -> None:
        """Show this zone from now on; empty: all of them."""
        if zone_id and zone_id != self._zone_id:
            self._views = {known: view for known, view in self._views.items() if known == zone_id}
            self._view = self._views.get(zone_id)
        self._zone_id = zone_id

    def take_end(self, call_id: int, ending: Ending) -> None:
        """Take note that an announcement is over, and whether it was heard to its end."""
        with self._changed:
            if self._speaking_id == call_id:
                self._speaking_id = None
            self._over.append((call_id, ending))
        self.look()

    def look(self) -> None:
        """Make a step soon."""
        with self._changed:
            self._asked = True
            self._changed.notify()

    @property
    def speaking_id(self) -> int | None:
        """Whose announcement is being made."""
        return self._speaking_id

    def still_called(self, call_id: int, *, begun: bool) -> bool:
        """Tell whether this citizen is still on the way, by the newest view.

        While the server cannot be heard nothing is said again. But what has not been said at all is said: its turn was
        given while the server was heard, and it will not be given twice.
        """
        view = self._view
        if view is None or view.stopped is not None or (begun and self._link.state != "up"):
            return False
        return any(call.call_id == call_id and call.state == "called" for call in view.calls)

    # --- In the thread ---

    def _run(self) -> None:
        patience_s = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked or self._closing, patience_s)
                self._asked = False
                if self._closing:
                    break
            patience_s = self._step()
        self._take_ends()

    def _step(self) -> float:
        """Make one step; returns after how many real seconds the next is due."""
        self._take_ends()
        view, now = self._view, self._link.hall_now()
        link_state, machine_at = self._link_state(view), datetime.now(UTC)  # noqa: TID251 -- the loop reads the clock.
        if view is not None and link_state == "up":
            self._stops.heard(view, machine_at)
        elif view is None and link_state == "gone":
            view = self._stops.still(self._zone_id, machine_at)
        memory = self._memory.told if self._memory else None
        world = Input(view, now, link_state, self._speaking_id, memory)
        done = step(self._stage, world, self._texts)
        told_before, self._stage = self._stage.told, done.stage
        if done.announcement is not None and view is not None:
            self._begun.add((view.day, done.announcement.call.call_id))
        if done.stage.told is not None and done.stage.told != told_before:
            self._keep(done.stage.told)
        if done.announcement is not None and view is not None:
            self._announce(done.announcement, view.policies)
        if done.warning is not None:
            self._warn(done.warning)
        if view is not None and world.link == "up":
            self._report_cut_off()
        self._on_scene(done.scene)
        if done.wake_at is None:
            return LOOK_AGAIN_S
        return min(max((done.wake_at - now).total_seconds() / self._link.rate, 0.0), LOOK_AGAIN_S)

    def _keep(self, told: Told) -> None:
        """Bring to the disk how far the turns have come; what was cut off on another day is nobody's business now."""
        self._begun = {begun for begun in self._begun if begun[0] == told.day}
        self._cut_off &= self._begun
        self._memory = Memory(told=told, begun=tuple(sorted(self._begun)))
        save_memory(self._folder, self._memory)

    def _take_ends(self) -> None:
        """Forget the announcements that were heard to their end, or whose counter knows that they were not."""
        with self._changed:
            over, self._over = self._over, []
            answered, self._answered = self._answered, []
        day = self._stage.told.day if self._stage.told else ""
        before = set(self._begun)
        for call_id, ending in over:
            if ending == "whole":
                self._begun.discard((day, call_id))
            else:
                self._cut_off.add((day, call_id))
        for about, reply in answered:
            self._asked_about.discard(about)
            if reply is not None:
                self._begun.discard(about)
                self._cut_off.discard(about)
        if self._begun != before and self._stage.told is not None:
            self._keep(self._stage.told)

    def _report_cut_off(self) -> None:
        for about in sorted(self._cut_off - self._asked_about):
            self._asked_about.add(about)
            self._report_unsaid(*about, partial(self._take_answer, about))

    def _take_answer(self, about: tuple[str, int], reply: AnyReply | None) -> None:
        with self._changed:
            self._answered.append((about, reply))
        if reply is not None:
            self.look()

    def _announce(self, announcement: Announcement, policies: Policies) -> None:
        call_id = announcement.call.call_id
        self._speaking_id = call_id
        if not self._say(announcement, policies, self.still_called):
            self.take_end(call_id, "whole")

    def _link_state(self, view: BoardView | None) -> LinkState:
        state = self._link.state
        if view is None and state in ("connecting", "up") and time.monotonic() - self._started_s > SILENCE_S:
            return "gone"
        return state
