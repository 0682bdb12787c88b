"""The board's program: the thin loop around `display.flow`.

Views come from the link's thread, ends of announcements from the voice's; both only ask Kivy's loop for a step. A step
hands the flow the newest view and hall time, paints the scene, orders the announcement, and asks to be woken when the
flow wants to. What is only decoration (the footer, pages of waiting lines, the drift against burning in) goes by the
real clock, as nobody should read in a hurry.
"""

import ctypes
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from display.clips import Pack, PackMaker, open_pack
from display.flow import Announcement, Input, Scene, Stage, step
from display.memory import Place, load_place, load_told, save_place, save_told
from display.player import open_sink
from display.screen import ScreenSettings, prepare
from display.voice import Health, Voice
from display.witness import Answer, Witness
from presentation.texts import Texts, texts_from
from presentation.tokens import DAY, Theme, rgba
from protocol.commands import Introduce, ReportDevice
from protocol.link import Link, LinkFull, LinkState, open_link
from protocol.views import AnyReply, BoardView, Envelope, Introduction

SILENCE_S = 2.9
"""A board that has heard nothing at all for so long since its start is out of service."""

CLOCK_S = 1.0
FOOTER_S = 12.0
DRIFT_S = 240.0
DRIFTS = ((0, 0), (3, 0), (3, -3), (0, -3), (-3, -3), (-3, 0), (-3, 3), (0, 3), (3, 3))
ASK_S = 5.0
FIRST_FRAME = "first_frame"


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """How a board is started. `zone_id` empty means: as the server says."""

    state: Path
    config: Path
    zone_id: str = ""
    sound: str = "device://default"
    clips: Path | None = None
    witness_socket: Path | None = None
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    theme: Theme = DAY
    announce_ready: bool = False


def load_texts(config: Path) -> Texts:
    """Read the words of all languages. Raises FileNotFoundError, FaultyTexts."""
    files = sorted((config / "texts").glob("*.toml"))
    if not files:
        raise FileNotFoundError(f"no texts in {config / 'texts'}; --config names the folder that has them")
    return texts_from({path.stem: path.read_text(encoding="utf-8") for path in files})


def run(settings: BoardSettings) -> None:
    """Run a board until it is told to end (SIGTERM, SIGINT, the window's close button)."""
    settings.state.mkdir(parents=True, exist_ok=True)
    texts = load_texts(settings.config)
    board = BoardProgram(settings, texts)
    with board.link:
        board.introduce()
        board.paint_until_stopped()


class BoardProgram:
    """One running board."""

    def __init__(self, settings: BoardSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._memory = load_told(settings.state)
        self._stage = Stage()
        self._place = load_place(settings.state)
        self._envelope: Envelope | None = None
        self._speaking_id: int | None = None
        self._health = Health("starting")
        self._reported: Health | None = None
        self._started_s = time.monotonic()
        self._turn = 0
        self._painted: object = None
        self._painted_s = 0.0
        self._frame = 0
        self._shown: dict[int, dict[str, Any]] = {}
        self._shown_scene: dict[str, Any] = {}
        self._pictures: list[tuple[Path, Answer]] = []
        self._ask_for_step: Callable[[], None] = lambda: None
        self._witness: Witness | None = None
        zone_id = settings.zone_id or (self._place.zone_id if self._place else "")
        topics = [f"board/{zone_id}"] if zone_id else []
        self.link: Link = open_link(settings.state, topics=topics, on_view=self._on_view, on_state=self._on_state)
        self._maker = PackMaker(settings.state / "clips" / "default")
        self._voice = Voice(
            zone_id or "hall",
            open_pack=self._open_pack,
            open_sink=lambda: open_sink(settings.sound),
            rate=lambda: self.link.rate,
            on_over=self._on_over,
            on_health=self._on_health,
        )

    # --- From other threads ---

    def _on_view(self, _topic: str, envelope: Envelope) -> None:
        if isinstance(envelope.view, BoardView):
            self._envelope = envelope
            self._ask_for_step()

    def _on_state(self, state: LinkState) -> None:
        if state == "up":
            self.introduce()
        self._ask_for_step()

    def _on_over(self, call_id: int) -> None:
        if self._speaking_id == call_id:
            self._speaking_id = None
        self._ask_for_step()

    def _on_health(self, health: Health) -> None:
        self._health = health
        if health.state not in ("ok", "starting"):
            print(f"display: voice: {health.state}: {health.detail}", file=sys.stderr, flush=True)  # noqa: T201 -- journald keeps it.
        if self._witness is not None:
            self._witness.tell({"event": "health", "state": health.state, "detail": health.detail})
        self._report()

    def _open_pack(self) -> Pack:
        if self._settings.clips is not None:
            return open_pack(self._settings.clips)
        return self._maker.make()

    # --- Who am I ---

    def introduce(self) -> None:
        """Ask the server which board this is; the answer names the zone to watch."""
        if self._reported is None:
            self.link.ask(Introduce(), self._on_introduction, deadline_s=ASK_S)

    def _on_introduction(self, reply: AnyReply | None) -> None:
        if not isinstance(reply, Introduction):
            return  # The link's state tells; when it comes up, the question is asked again.
        boards = [function for function in reply.functions if function.kind == "board"]
        if not boards:
            print(f"display: {reply.device_id} has no function of kind board", file=sys.stderr, flush=True)  # noqa: T201 -- journald keeps it.
            return
        place = Place(function_id=boards[0].function_id, zone_id=self._settings.zone_id or boards[0].zone_id)
        if place != self._place:
            self._place = place
            save_place(self._settings.state, place)
        self.link.watch(f"board/{place.zone_id}")
        self._report()

    def _report(self) -> None:
        """Tell the server how the voice is, when that has changed."""
        health = self._health
        if self._place is None or health.state == "starting" or health == self._reported:
            return
        fine = health.state == "ok"
        report = ReportDevice(
            function_id=self._place.function_id,
            state="ok" if fine else "degraded",
            reason="" if fine else f"voice_{health.state}",
            detail=health.detail[:256],
        )

        def on_reply(reply: AnyReply | None) -> None:
            self._reported = health if reply is not None else None

        try:
            self.link.ask(report, on_reply, deadline_s=ASK_S)
        except LinkFull:
            self._reported = None  # Told when the link comes up again.

    # --- Kivy's thread ---

    def paint_until_stopped(self) -> None:
        """Open the window and run Kivy's loop."""
        prepare(self._settings.state, self._settings.screen)
        from kivy.base import runTouchApp, stopTouchApp
        from kivy.clock import Clock
        from kivy.core.window import Window

        from display.painting import make_board

        self._window = Window
        self._clock_events = Clock
        Window.clearcolor = rgba(self._settings.theme.night)
        Window.bind(on_flip=self._on_flip)
        self._board = make_board(self._settings.theme, self._texts)
        self._trigger = Clock.create_trigger(self._step)
        self._ask_for_step = self._trigger
        self._wake: Any = None
        self._finish_drawing = _finish_drawing() if self._settings.witness_socket else (lambda: None)
        Clock.schedule_interval(self._trigger, CLOCK_S)
        Clock.schedule_interval(self._next_turn, FOOTER_S)
        Clock.schedule_interval(self._drift, DRIFT_S)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: Clock.schedule_once(lambda _dt: stopTouchApp()))
        if self._settings.witness_socket is not None:
            self._witness = Witness(self._settings.witness_socket, self._on_join, self._on_ask)
        self._voice.start()
        try:
            self._step()
            runTouchApp(self._board)
        finally:
            self._ask_for_step = lambda: None
            self._voice.stop()
            self._maker.cancel()
            self._voice.close()
            if self._witness is not None:
                self._witness.close()

    def _step(self, *_: object) -> None:
        envelope = self._envelope
        view = envelope.view if envelope is not None and isinstance(envelope.view, BoardView) else None
        now = self.link.hall_now()
        world = Input(view, now, self._link_state(view), self._speaking_id, self._memory)
        done = step(self._stage, world, self._texts)
        if done.stage.told is not None and done.stage.told != self._stage.told:
            save_told(self._settings.state, done.stage.told)
        self._stage = done.stage
        if done.announcement is not None and view is not None:
            self._announce(done.announcement, view)
        self._paint(done.scene)
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        if done.wake_at is not None:
            wait_s = max((done.wake_at - now).total_seconds() / self.link.rate, 0.0)
            self._wake = self._clock_events.schedule_once(self._step, wait_s)

    def _link_state(self, view: BoardView | None) -> LinkState:
        state = self.link.state
        if view is None and state in ("connecting", "up") and time.monotonic() - self._started_s > SILENCE_S:
            return "gone"
        return state

    def _announce(self, announcement: Announcement, view: BoardView) -> None:
        if self._voice.say(announcement, view.policies, self._still_called):
            self._speaking_id = announcement.call.call_id

    def _still_called(self, call_id: int) -> bool:
        """Tell whether this citizen is still on the way, by the newest view; asked by the voice's thread."""
        envelope = self._envelope
        if envelope is None or not isinstance(envelope.view, BoardView) or self.link.state != "up":
            return False
        return any(call.call_id == call_id and call.state == "called" for call in envelope.view.calls)

    def _paint(self, scene: Scene) -> None:
        """Paint calls at once, and what nobody waits for (the clock, waiting lines) once a second at most.

        A frame costs a software renderer some 50 ms of processor time; where the hall's time goes fast, every minute
        of it would be one.
        """
        lines = scene.lines
        urgent = (scene.kind, scene.amber, scene.titles, scene.hints, lines and (lines.current, lines.others))
        now = time.monotonic()
        if urgent != self._painted or now - self._painted_s >= CLOCK_S * 0.9:
            self._painted, self._painted_s = urgent, now
            self._board.show(scene, self._turn)

    def _next_turn(self, *_: object) -> None:
        self._turn += 1
        self._painted_s = 0.0
        self._step()

    def _drift(self, *_: object) -> None:
        self._board.drift = DRIFTS[(self._turn // 20) % len(DRIFTS)]

    # --- Telling what is on the screen ---

    def _on_flip(self, window: Any) -> bool:
        """Flip the frame ourselves, so that what follows is known to be on the screen."""
        for path, answer in self._pictures:
            answer({"answer": "screenshot", "path": str(_save_picture(window, path))})
        self._pictures.clear()
        window.flip()
        self._frame += 1
        if self._witness is not None:
            self._finish_drawing()
            self._tell_changes(self._witness)
        if self._frame == 1 and self._settings.announce_ready:
            print(json.dumps({"program": "display", FIRST_FRAME: True, "frame_s": _process_age_s()}), flush=True)  # noqa: T201 -- journald keeps it.
        return True

    def _stamp(self) -> dict[str, Any]:
        return {
            "frame": self._frame,
            "monotonic_ns": time.monotonic_ns(),
            "hall_at": self.link.hall_now().isoformat(),
        }

    def _tell_changes(self, witness: Witness) -> None:
        stamp = self._stamp()
        scene = self._board.kind
        if scene != self._shown_scene.get("scene"):
            self._shown_scene = {"event": "scene", "scene": scene, **stamp}
            witness.tell(self._shown_scene)
        before, self._shown = self._shown, {}
        for call in self._board.shown_calls():
            event = before.get(call.call_id)
            if event is None or event["place"] != call.place:
                event = {"event": "shown", **call.as_data(), **stamp}
                witness.tell(event)
            self._shown[call.call_id] = event

    def _on_join(self, answer: Answer) -> None:
        self._clock_events.schedule_once(lambda _dt: self._tell_all(answer))

    def _tell_all(self, answer: Answer) -> None:
        for event in (self._shown_scene, *self._shown.values()):
            if event:
                answer(event)
        answer({"event": "health", "state": self._health.state, "detail": self._health.detail})

    def _on_ask(self, question: dict[str, Any], answer: Answer) -> None:
        match question.get("ask"):
            case "state":
                self._clock_events.schedule_once(lambda _dt: answer(self._state()))
            case "screenshot":
                path = Path(question["path"])
                self._clock_events.schedule_once(lambda _dt: self._take_picture(path, answer))
            case other:
                raise ValueError(f"nothing is known about {other!r}")

    def _state(self) -> dict[str, Any]:
        return {
            "answer": "state",
            **self._board.showing(),
            "link": self.link.state,
            "rate": self.link.rate,
            "voice": self._health.state,
            "voice_detail": self._health.detail,
            "speaking_id": self._speaking_id,
            **self._stamp(),
        }

    def _take_picture(self, path: Path, answer: Answer) -> None:
        self._pictures.append((path, answer))
        self._board.canvas.ask_update()


def _save_picture(window: Any, path: Path) -> Path:
    """Keep the frame that was just drawn; Kivy chooses a free name, which is changed into the wanted one."""
    made = Path(window.screenshot(name=str(path.with_suffix(".png"))))
    return made.replace(path)


def _finish_drawing() -> Callable[[], None]:
    """Give the function of the graphics library that waits until everything is drawn; Kivy's own does not wait."""
    for name in ("libGL.so.1", "libGLESv2.so.2"):
        try:
            finish = ctypes.CDLL(name).glFinish
        except OSError:
            continue
        finish.argtypes, finish.restype = (), None
        return lambda: finish() and None
    return lambda: None


def _process_age_s() -> float:
    """Tell how long ago this process was started, by the kernel (see proc(5), starttime)."""
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks_per_s = 100  # USER_HZ, fixed on Linux.
    return round(time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / ticks_per_s, 3)
