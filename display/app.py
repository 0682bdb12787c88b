"""The board's program: link, stage, voice and window put together.

Four threads: the link's brings views, the stage's gives turns (`display.stage`), the voice's speaks, and this one
paints. Scenes come from the stage; what is only decoration (the footer, pages of waiting lines, the drift against
burning in) goes by the real clock, as nobody should read in a hurry.
"""

import ctypes
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from display.clips import Pack, open_pack
from display.ending import end_on_signals
from display.identity import Identity, tell
from display.pack_maker import PackMaker
from display.pictures import NoPicture, Picture, read_pictures
from display.screen import ScreenSettings, prepare
from display.stage import StageLoop
from display.trying import try_screen, try_sound
from display.voice import Ending, Health, Voice
from display.witness import Answer, Witness
from hardware.sound.sinks import open_sink
from hardware.sound.speech_programs import espeak
from presentation.board_flow import Scene
from presentation.reading_aloud import aloud
from presentation.text_files import texts_in
from presentation.texts import Texts
from presentation.tokens import DAY, Theme, rgba
from protocol.attending import Program, Try, attend, hash_of
from protocol.commands import TrialKind
from protocol.link import Link, LinkState, open_link

PAINT_S = 1.0
FOOTER_S = 12.0
DRIFT_S = 240.0
DRIFTS = ((0, 0), (3, 0), (3, -3), (0, -3), (-3, -3), (-3, 0), (-3, 3), (0, 3), (3, 3))


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """How a board is started. `zone_id` empty means: as the server says."""

    state: Path
    config: Path
    zone_id: str = ""
    sound: str = "device://default"
    clips: Path | None = None
    pictures: Path | None = None
    witness_socket: Path | None = None
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    theme: Theme = DAY
    announce_ready: bool = False


def run(settings: BoardSettings) -> None:
    """Run a board until it is told to end (SIGTERM, SIGINT, the window's close button)."""
    settings.state.mkdir(parents=True, exist_ok=True)
    board = BoardProgram(settings, texts_in(settings.config / "texts"))
    with board.link:
        board.paint_until_stopped()


class BoardProgram:
    """One running board."""

    def __init__(self, settings: BoardSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._identity = Identity(settings.state, settings.zone_id, self._watch)
        zone_id = self._identity.zone_id
        self.link: Link = open_link(
            settings.state,
            topics=[f"board/{zone_id}"] if zone_id else [],
            on_view=lambda _topic, envelope: self._stage.take_view(envelope),
            on_state=self._on_state,
        )
        self._clock: Any = None
        attend(self.link, self._attending())
        self._maker = PackMaker(settings.state / "clips" / "default")
        self._voice = Voice(
            zone_id or "hall",
            open_pack=self._open_pack,
            open_sink=lambda: open_sink(settings.sound),
            rate=lambda: self.link.rate,
            on_over=self._on_over,
            on_health=self._on_health,
            say_words=self._say_words,
        )
        self._stage = StageLoop(
            settings.state,
            texts,
            self.link,
            say=self._voice.say,
            report_unsaid=self._identity.report_unsaid,
            on_scene=self._on_scene,
            zone_id=zone_id,
            warn=self._voice.warn,
        )
        self._scene = Scene("starting")
        self._ask_for_paint: Callable[[], None] = lambda: None
        self._turn = 0
        self._painted: object = None
        self._painted_s = 0.0
        self._frame = 0
        self._shown: dict[int, dict[str, Any]] = {}
        self._shown_scene: dict[str, Any] = {}
        self._pictures: list[tuple[Path, Answer]] = []
        self._witness: Witness | None = None

    def _attending(self) -> Program:
        """Give what the server and its technicians hear of this board, and may have tried here."""
        trials: dict[TrialKind, Try] = {
            "sound": lambda trial, tell: try_sound(self._voice, self._texts, trial, tell),
            "screen": partial(try_screen, self._show_picture),
        }
        return Program(
            "display",
            hash_of(self._texts.by_language),
            trials=trials,
            on_functions=lambda _: self._identity.introduce(self.link),
        )

    def _show_picture(self, title: str, on_painted: Callable[[], None]) -> None:
        if self._clock is None:
            return  # The window is not open yet; whoever tries hears that nothing came.

        def show(_dt: float) -> None:
            from display.trial_picture import TrialPicture

            TrialPicture(title).show(on_painted)

        self._clock.schedule_once(show)

    # --- From other threads ---

    def _on_state(self, state: LinkState) -> None:
        # A link without a topic to watch comes up by being connected, one with a topic by its first view.
        if state == "up":
            self._identity.introduce(self.link)
        self._stage.look()

    def _watch(self, zone_id: str) -> None:
        self._stage.watch(zone_id)
        self.link.watch(f"board/{zone_id}")

    def _on_over(self, call_id: int, ending: Ending) -> None:
        self._stage.take_end(call_id, ending)

    def _on_scene(self, scene: Scene) -> None:
        self._scene = scene
        self._ask_for_paint()

    def _on_health(self, health: Health) -> None:
        self._identity.take_health(health)
        if self._witness is not None:
            self._witness.tell({"event": "health", "state": health.state, "detail": health.detail})

    def _say_words(self, language: str, sentence: str) -> bytes:
        """Have a sentence of the hall's own said: its numbers written out, by the speech program of the machine."""
        return espeak(language).say(aloud(sentence, self._texts.words(language)))

    def _open_pack(self) -> Pack:
        if self._settings.clips is not None:
            return open_pack(self._settings.clips)
        return self._maker.make()

    # --- Kivy's thread ---

    def paint_until_stopped(self) -> None:
        """Open the window and run Kivy's loop."""
        prepare(self._settings.state, self._settings.screen)
        from kivy.base import runTouchApp, stopTouchApp
        from kivy.clock import Clock
        from kivy.core.window import Window

        from display.painting import make_board, picture_room

        self._clock = Clock
        Window.clearcolor = rgba(self._settings.theme.night)
        Window.bind(on_flip=self._on_flip)
        self._board = make_board(self._settings.theme, self._texts)
        self._board.show(self._scene, self._turn)
        self._read_pictures(picture_room(Window.size))
        self._finish_drawing = _finish_drawing() if self._settings.witness_socket else (lambda: None)
        self._ask_for_paint = Clock.create_trigger(self._paint)
        Clock.schedule_interval(self._next_turn, FOOTER_S)
        Clock.schedule_interval(self._drift, DRIFT_S)
        end_on_signals(lambda: Clock.schedule_once(lambda _dt: stopTouchApp()))
        if self._settings.witness_socket is not None:
            self._witness = Witness(self._settings.witness_socket, self._on_join, self._on_ask)
        self._voice.start()
        self._stage.start()
        try:
            runTouchApp(self._board)
        finally:
            self._ask_for_paint = lambda: None
            self._voice.stop()
            self._maker.cancel()
            self._stage.close()
            self._reader.join()
            self._voice.close()
            if self._witness is not None:
                self._witness.close()

    def _read_pictures(self, room: tuple[int, int]) -> None:
        """Read the pictures for quiet times in a thread, since a large one takes longer than a frame may."""
        folder = self._settings.pictures

        def read() -> None:
            for picture in read_pictures(folder, room) if folder else ():
                if isinstance(picture, NoPicture):
                    tell(str(picture))
                else:
                    self._clock.schedule_once(partial(self._take_picture_for_quiet, picture))

        self._reader = threading.Thread(target=read, name="pictures", daemon=True)
        self._reader.start()

    def _take_picture_for_quiet(self, picture: Picture, _dt: float) -> None:
        self._board.take_picture(picture)

    def _paint(self, *_: object) -> None:
        """Paint calls at once, and what nobody waits for (the clock, waiting lines) once a second at most.

        A frame costs a software renderer some 15 ms of processor time; where the hall's time goes fast, every minute
        of it would be one.
        """
        scene = self._scene
        lines = scene.lines
        urgent = (scene.kind, scene.amber, scene.titles, scene.hints, lines and (lines.current, lines.others))
        now = time.monotonic()
        if urgent != self._painted or now - self._painted_s >= PAINT_S * 0.9:
            self._painted, self._painted_s = urgent, now
            self._board.show(scene, self._turn)

    def _next_turn(self, *_: object) -> None:
        self._turn += 1
        self._painted = None
        self._paint()

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
            print(json.dumps({"program": "display", "first_frame": True, "frame_s": _process_age_s()}), flush=True)  # noqa: T201 -- read by whoever started us.
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
        self._clock.schedule_once(lambda _dt: self._tell_all(answer))

    def _tell_all(self, answer: Answer) -> None:
        for event in (self._shown_scene, *self._shown.values()):
            if event:
                answer(event)
        health = self._identity.health
        answer({"event": "health", "state": health.state, "detail": health.detail})

    def _on_ask(self, question: dict[str, Any], answer: Answer) -> None:
        match question.get("ask"):
            case "state":
                self._clock.schedule_once(lambda _dt: answer(self._state()))
            case "turn":
                self._clock.schedule_once(lambda _dt: self._turn_for(answer))
            case "screenshot":
                path = Path(question["path"])
                self._clock.schedule_once(lambda _dt: self._take_picture(path, answer))
            case other:
                raise ValueError(f"nothing is known about {other!r}")

    def _state(self) -> dict[str, Any]:
        return {
            "answer": "state",
            **self._board.showing(),
            "turn": self._turn,
            "link": self.link.state,
            "rate": self.link.rate,
            "voice": self._identity.health.state,
            "voice_detail": self._identity.health.detail,
            "speaking_id": self._stage.speaking_id,
            **self._stamp(),
        }

    def _turn_for(self, answer: Answer) -> None:
        before = self._stamp()
        self._next_turn()
        answer({"answer": "turn", "turn": self._turn, "before": before, "after": self._stamp()})

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
