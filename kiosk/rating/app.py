"""The rating terminal as a program: the pure flow, its screen, and behind queues its disk and its link."""

import json
import queue
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.rating import flow as f
from kiosk.rating import pages
from kiosk.widgets import window
from kiosk.widgets.emblem import EMBLEM_FILE
from kiosk.widgets.page import Header, Page
from kiosk.widgets.worker import Worker
from presentation.text_files import texts_in
from presentation.texts import Texts
from protocol.commands import PressRating
from protocol.views import AnyReply, Envelope, RatingView

if TYPE_CHECKING:
    from kiosk.attending import ShowPicture
    from kiosk.outbox import Outbox
    from protocol.attending import Program as Attending
    from protocol.link import Link


@dataclass(frozen=True, slots=True)
class RatingSettings:
    """How a rating terminal is started."""

    state: Path
    config: Path
    clerks: Path | None = None
    """The folder of clerks (`kiosk.rating.clerks`); None for `clerks` beside the configuration."""
    size: tuple[int, int] = (1280, 800)
    full_screen: bool = False
    headless: bool = False
    touch_socket: Path | None = None
    witness_socket: Path | None = None
    announce_ready: bool = False
    language: str = "vi"


def run(settings: RatingSettings) -> None:
    """Run a rating terminal until it is told to end. Raises NotPaired or UnusableKey (protocol.link)."""
    started_s = time.monotonic()
    texts = texts_in(settings.config / "texts")
    window.prepare(settings.state, settings.size, headless=settings.headless, full_screen=settings.full_screen)
    # Kivy is imported from here on.
    from kiosk.widgets.shell import Doors, Shell, say

    def ready() -> None:
        if settings.announce_ready:
            say(json.dumps({"ready": "rating", "first_frame_s": round(time.monotonic() - started_s, 3)}))

    program = RatingProgram(settings, texts)
    doors = Doors(settings.touch_socket, settings.witness_socket)
    shell = Shell(program, doors, emblem=settings.config / EMBLEM_FILE, on_first_frame=ready)
    program.post = shell.post
    program.stop = shell.stop
    program.show_picture = shell.show_picture
    try:
        shell.run()
    finally:
        program.close()
    if program.failure is not None:
        raise program.failure


class RatingProgram:
    """The flow's state, and the doing of its effects."""

    resting = pages.RESTING

    def __init__(self, settings: RatingSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self.state = f.initial(f.Settings(language=settings.language))
        self.post: Callable[[f.Input], None] = lambda _: None
        self.stop: Callable[[], None] = lambda: None
        self.show_picture: ShowPicture = lambda _title, ended: ended("no_such_part")
        self.failure: Exception | None = None
        self._link: Link | None = None
        self._outbox: Outbox | None = None
        self._disk = Worker("disk")

    # --- as the shell sees it ---

    def take(self, happened: f.Input) -> bool:
        """Step the flow; a rating terminal shows little, so everything is painted at once."""
        self._step(happened)
        return True

    def touched(self, action: str) -> None:
        """Take a touch."""
        self._step(f.Touched(action))

    def tick(self) -> None:
        """Tell the flow that a deadline has passed."""
        self._step(f.Tick())

    def page(self) -> Page:
        """Give the page of the present state."""
        return pages.page(self.state, self._texts)

    def expected_pages(self) -> Iterator[Page]:
        """Give no pages: a rating terminal has few, and nobody waits for a number at it."""
        return iter(())

    def header(self) -> Header:
        """Give the head of the screen."""
        return pages.header(self.state, self._texts, self.hall_now())

    def seconds_to_next(self) -> float | None:
        """Give how long until the flow wants a tick."""
        return f.seconds_to_next(self.state, self._now(), self._link.rate if self._link else 1.0)

    def hall_now(self) -> datetime:
        """Give the hall's time; before the link has told it, the machine's own."""
        return self._link.hall_now() if self._link else datetime.now(UTC)  # noqa: TID251 -- the loop reads the clock.

    def begin(self) -> None:
        """Open disk and link in a thread: the first frame is already on the screen."""
        self._disk.put(self._open)

    def close(self) -> None:
        """End everything that `begin` has started."""
        self._disk.close()
        for part in (self._link, self._outbox):
            if part is not None:
                part.close()

    # --- the beginning, in the disk's thread ---

    def _open(self) -> None:
        from protocol.attending import attend
        from protocol.link import open_link

        try:
            link = open_link(
                self._settings.state,
                on_view=self._on_view,
                on_state=lambda state: self.post(f.LinkChanged(state)),
            )
            self._link = link  # Before it starts: what the disk knows already watches a topic.
            attend(link, self._attending())
            self._post_restored()
            link.start()
        except Exception as error:  # noqa: BLE001 -- told to whoever started the program, by the thread that can.
            self.failure = error
            self.stop()

    def _attending(self) -> "Attending":
        """Give what the server and its technicians hear of this terminal, and may have tried here."""
        from kiosk.attending import try_screen
        from protocol.attending import Holding, Program, hash_of

        return Program(
            "rating",
            hash_of(self._texts.by_language),
            lambda: Holding(waiting=len(self.state.outbox)),
            {"screen": lambda trial, tell: try_screen(self.show_picture, trial, tell)},
            # It may stand at another counter now: asked anew, as at the beginning of a link.
            lambda _: self.post(f.LinkChanged("up")),
        )

    def _post_restored(self) -> None:
        import apsw
        import msgspec

        from kiosk.outbox import Outbox

        try:
            self._outbox = Outbox(self._settings.state)
            waiting = [command for _, command in self._outbox.outbox() if isinstance(command, PressRating)]
            known = self._outbox.kept("identity")
            identity = msgspec.json.decode(known, type=f.Identity) if known else None
            self.post(f.Restored(identity, tuple(f.Press(command) for command in waiting)))
        except (apsw.Error, msgspec.DecodeError) as error:
            sys.stderr.write(f"rating: {self._settings.state} cannot be used: {error}; free or replace the disk\n")

    def _on_view(self, _: str, envelope: Envelope) -> None:
        if isinstance(envelope.view, RatingView):
            self.post(f.Viewed(envelope.view))

    # --- steps and effects, in the window's thread ---

    def _now(self) -> f.Now:
        from protocol.link import new_id

        return f.Now(self.hall_now(), time.monotonic(), new_id())

    def _step(self, happened: f.Input) -> None:
        self.state, effects = f.step(self.state, happened, self._now())
        for effect in effects:
            self._start(effect)

    def _start(self, effect: f.Effect) -> None:
        match effect:
            case f.Ask():
                self._ask(effect)
            case f.KeepIdentity(identity):
                if self._link is not None:
                    self._link.watch(f"rating/{identity.counter_id}")
                self._disk.put(lambda: self._write(effect))
            case f.ReadClerk(clerk_id):
                try:
                    self._disk.put(lambda: self._read_clerk(clerk_id))
                except queue.Full:
                    self.post(f.ClerkRead(None))
            case f.KeepPress() | f.DropPress():
                try:
                    self._disk.put(lambda: self._write(effect))
                except queue.Full:
                    self._not_written(effect)

    def _ask(self, ask: f.Ask) -> None:
        from protocol.link import LinkFull

        def replied(reply: AnyReply | None) -> None:
            self.post(f.Replied(ask.request_id, reply))

        if self._link is None:
            replied(None)
            return
        try:
            self._link.ask(ask.command, replied, request_id=ask.request_id, deadline_s=ask.deadline_s)
        except LinkFull:
            replied(None)

    # --- the disk's thread ---

    def _read_clerk(self, clerk_id: str) -> None:
        from kiosk.rating.clerks import read_clerk

        clerk, wrong = read_clerk(self._settings.clerks or self._settings.config / "clerks", clerk_id)
        for sentence in wrong:
            sys.stderr.write(f"rating: {sentence}\n")
        self.post(f.ClerkRead(clerk))

    def _write(self, effect: f.Effect) -> None:
        import apsw
        import msgspec

        if self._outbox is None:
            self._not_written(effect)
            return
        try:
            match effect:
                case f.KeepPress(press):
                    self._outbox.keep_outbox(press.command.press_id, press.command)
                    self.post(f.Kept(press.command.press_id))
                case f.DropPress(press_id, error):
                    self._outbox.drop_outbox(press_id, error)
                case f.KeepIdentity(identity):
                    self._outbox.keep("identity", msgspec.json.encode(identity))
                case f.Ask() | f.ReadClerk():
                    raise AssertionError(f"{effect} is no work for the disk")
        except apsw.Error as trouble:
            sys.stderr.write(f"rating: {type(effect).__name__} could not be written: {trouble}\n")
            self._not_written(effect)

    def _not_written(self, effect: f.Effect) -> None:
        if isinstance(effect, f.KeepPress):
            self.post(f.Kept(effect.press.command.press_id, ok=False))
