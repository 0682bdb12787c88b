"""A kiosk's real program without its window: flow, disk, link and printer as they ship, a queue in the window's place.

A citizen reads the page and touches what is on it. What was once shown as a number is remembered: that is what the hall
owes to somebody. Run as a program (``python -m tests.support.blind_kiosk FOLDER PRINTER COUNT``) it takes so many
numbers and writes a line for each thing that a citizen saw, so that it can be killed at any moment.
"""

import json
import sys
import threading
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

from kiosk.ticket import model as m
from kiosk.ticket.app import KioskSettings, TicketProgram
from kiosk.widgets.page import Hero, Notice, Page, actions
from presentation.text_files import texts_in

CONFIG = Path(__file__).parents[2] / "config"
PATIENCE_S = 60.0
FRAME_S = 1 / 30
"""As the shell does: a flow that always wanted a tick at once would burn the machine."""

ENDS = frozenset({"refused", "unanswered", "gone", "closed"})
"""The pages at which the way to a number ends."""


@dataclass(frozen=True)
class Seen:
    """A number that a citizen saw, of which visit, and since when it counts."""

    visit_id: str
    number_text: str
    taken_at: datetime
    off_line: bool


class BlindKiosk:
    """One kiosk. ``on_seen`` is told of each number once, in the program's own thread, when it is on the screen."""

    def __init__(self, state: Path, printer: str = "", on_seen: Callable[[Seen], None] = lambda _: None) -> None:
        self.program = TicketProgram(
            KioskSettings(state=state, config=CONFIG, printer=printer), texts_in(CONFIG / "texts")
        )
        self._inbox: Queue[Any] = Queue()
        self.program.post = self._inbox.put
        self.program.stop = lambda: self._inbox.put(None)
        self.seen: list[Seen] = []
        self.read: set[str] = set()
        """Every notice that was on the screen at some time."""
        self._on_seen = on_seen
        self._page = self.program.page()
        self._changed = threading.Condition()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="blind kiosk")

    def __enter__(self) -> Self:
        self.program.begin()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._inbox.put(None)
        self._thread.join()
        self.program.close()
        failure = self._failure or self.program.failure
        if failure is not None:
            raise failure

    # --- the citizen ---

    def take(self, service_id: str) -> str:
        """Touch three times; gives the number that was seen, or the name of the page where the way ended."""
        known = len(self.seen)
        way = {"number": "done", "services": f"service:{service_id}", "class": "class:usual", "confirm": "take"}
        name = ""
        while len(self.seen) == known and name not in ENDS:
            page = self.on({*way, *ENDS})
            name = page.name
            if name in way:
                self.touch(way[name])
                # A number may have gone again before somebody looks, where the hall's clock runs fast.
                self.wait(lambda page=page: len(self.seen) > known or self._page.name != page.name)  # type: ignore[misc]  # Bound now.
        return self.seen[-1].number_text if len(self.seen) > known else name

    def leave(self) -> str:
        """Go back to the start; gives the sentence that was read before."""
        page = self._page
        if page.name == "refused":
            self.touch("start_again")
        return page.hint

    def touch(self, action: str) -> None:
        """Touch something; nothing happens when it is not on the page any more."""
        self._inbox.put(action)

    def on(self, names: Container[str]) -> Page:
        """Wait until one of these pages is shown."""
        self.wait(lambda: self._page.name in names and not self._page.busy)
        return self._page

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait for something that this kiosk does."""
        with self._changed:
            came = self._changed.wait_for(lambda: condition() or self._failure is not None, PATIENCE_S)
        assert came, f"never came; the page is {self._page.name}, the link {self.program.state.link}"
        if self._failure is not None:
            raise self._failure

    @property
    def page(self) -> Page:
        """The page that is shown now."""
        return self._page

    @property
    def state(self) -> m.State:
        """What the flow knows now."""
        return self.program.state

    # --- its thread ---

    def _run(self) -> None:
        try:
            while self._turn():
                page, state = self.program.page(), self.program.state
                if isinstance(state.screen, m.Number):
                    self._show(page, state.screen.given)
                with self._changed:
                    self._page = page
                    self.read |= {block.text for block in page.blocks if isinstance(block, Notice)}
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread.
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _turn(self) -> bool:
        wait_s = self.program.seconds_to_next()
        try:
            happened = self._inbox.get(timeout=None if wait_s is None else max(FRAME_S, wait_s))
        except Empty:
            self.program.tick()
            return True
        if isinstance(happened, str):
            if happened in actions(self._page):
                self.program.touched(happened)
        elif happened is not None:
            self.program.take(happened)
        return happened is not None

    def _show(self, page: Page, given: m.GivenNumber) -> None:
        number_text = next(block.number_text for block in page.blocks if isinstance(block, Hero))
        seen = Seen(page.subject, number_text, given.taken_at, given.offline)
        if seen not in self.seen[-1:]:
            with self._changed:
                self.seen.append(seen)
            self._on_seen(seen)


def main(arguments: Sequence[str]) -> None:
    """Take numbers until killed, or until there are enough; then wait until all is handed over, if it can be."""
    folder, printer, count = arguments

    def say(seen: Seen) -> None:
        print(json.dumps([seen.visit_id, seen.number_text, seen.off_line]), flush=True)  # noqa: T201 -- for the parent.

    with BlindKiosk(Path(folder), printer, say) as kiosk:
        for _ in range(int(count)):
            if not kiosk.take("civil_status").startswith("H"):
                break
        if kiosk.state.link == "up":
            kiosk.wait(lambda: not kiosk.state.outbox)
        print(json.dumps("done"), flush=True)  # noqa: T201 -- for the parent.


if __name__ == "__main__":
    main(sys.argv[1:])
