"""The boards of the hall for televisions: each zone's turns are given here once, whoever watches.

It is the board's own flow (`presentation.board_flow`): the same lines, the same minimum time, the same turns. A
television asks once a second what is shown. As with a board's own voice a turn is held while its call is being said;
here that is for as long as the sound lasts, since nobody tells when a television has played it.

Why a hall is stopped is shown first and said then, again and again as on the boards, each time under another name, so
that televisions play it each time, and before whatever else they were playing.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from presentation.board import merged
from presentation.board_flow import Announcement, HallWarning, Input, Scene, Stage, step
from presentation.texts import Texts
from protocol.views import BoardView
from queue_server.public.spoken import Spoken, length_s
from queue_server.watched_hall import WatchedHall

WHOLE_HALL: Final = ""
FAMILY: Final = "board/"
log = logging.getLogger(__name__)

LOOK_AGAIN_S: Final = 1.0
PAGE_S: Final = 12.0
"""How long a page of waiting lines, a language or a slide is shown, in real time, as on the boards themselves."""
SOUNDS_KEPT: Final = 32
WARNING: Final = "stop-"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a board shows now; the last call or warning that was said, and the turn of what shares a place."""

    scene: Scene
    turn: int
    sound_id: str = ""
    is_warning: bool = False
    """The sound goes before whatever is being played."""


@dataclass
class _Zone:
    stage: Stage = field(default_factory=Stage)
    scene: Scene = field(default_factory=lambda: Scene("starting"))
    speaking_id: int | None = None
    silent_at: datetime | None = None
    sound_id: str = ""
    sounds: dict[str, bytes] = field(default_factory=dict)


class Boards:
    """Gives the turns in a thread of its own; what is shown may be read by any."""

    def __init__(self, hall: WatchedHall, texts: Texts, spoken: Spoken) -> None:
        self._hall = hall
        self._texts = texts
        self._spoken = spoken
        self._lock = threading.Lock()
        self._zones: dict[str, _Zone] = {WHOLE_HALL: _Zone()}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="boards")

    def start(self) -> None:
        """Begin to give turns."""
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._thread.join()

    @property
    def has_voice(self) -> bool:
        """Whether there are clips to say calls with."""
        return self._spoken.has_clips

    @property
    def zone_ids(self) -> tuple[str, ...]:
        """The zones of the hall, as far as they were heard of."""
        return tuple(topic.removeprefix(FAMILY) for topic in self._hall.topics(FAMILY))

    def shown(self, zone_id: str) -> Shown | None:
        """Give what the board of a zone shows (empty: of the whole hall); None for a zone that there is not."""
        with self._lock:
            zone = self._zones.get(zone_id)
            if zone is None:
                return None
            turn = int(time.monotonic() / PAGE_S)
            return Shown(zone.scene, turn, zone.sound_id, zone.sound_id.startswith(WARNING))

    def sound(self, zone_id: str, sound_id: str) -> bytes | None:
        """Give the sound of one of the last calls."""
        with self._lock:
            zone = self._zones.get(zone_id)
            return zone.sounds.get(sound_id) if zone else None

    # --- In the thread ---

    def _run(self) -> None:
        with self._hall.listening((FAMILY,)) as listener:
            patience_s = 0.0
            while not self._closing.is_set():
                listener.wait(patience_s)
                patience_s = self._step_all()

    def _step_all(self) -> float:
        """Make one step of each zone; a fault of one is told, and holds up neither the others nor the next step."""
        patience_s = LOOK_AGAIN_S
        for zone_id in (WHOLE_HALL, *self.zone_ids):
            try:
                patience_s = min(patience_s, self._step(zone_id))
            except Exception:  # A board that stood still for ever would show calls of long ago as if they were true.
                log.exception("the board of zone %r failed; it is out of service until it goes again", zone_id)
                with self._lock:
                    self._zones[zone_id].scene = Scene("out_of_service")
        return patience_s

    def _step(self, zone_id: str) -> float:
        """Make one step of a zone; gives after how many real seconds the next is due."""
        with self._lock:
            zone = self._zones.setdefault(zone_id, _Zone())
        view, now = self._view(zone_id), self._hall.now()
        if zone.silent_at is not None and now >= zone.silent_at:
            zone.speaking_id = zone.silent_at = None
        done = step(zone.stage, Input(view, now, self._hall.state, zone.speaking_id), self._texts)
        zone.stage = done.stage
        if done.announcement is not None and view is not None:
            self._announce(zone, done.announcement, view, now)
        with self._lock:
            zone.scene = done.scene
        if done.warning is not None:
            self._warn(zone, done.warning, now)
        due = [at for at in (done.wake_at, zone.silent_at) if at is not None]
        rate = self._hall.rate or 1.0
        return min([LOOK_AGAIN_S, *(max((at - now).total_seconds() / rate, 0.0) for at in due)])

    def _view(self, zone_id: str) -> BoardView | None:
        topics = self._hall.topics(FAMILY) if zone_id == WHOLE_HALL else (f"{FAMILY}{zone_id}",)
        views = [view for topic in topics if (view := self._hall.view(topic, BoardView)) is not None]
        return merged(views) if views else None

    def _announce(self, zone: _Zone, announcement: Announcement, view: BoardView, now: datetime) -> None:
        wav = self._spoken.wav(announcement.call, view.policies, hurried=announcement.hurried)
        if wav is None:
            return
        self._give(zone, f"{view.day}-{announcement.call.call_id}", wav)
        zone.speaking_id = announcement.call.call_id
        zone.silent_at = now + timedelta(seconds=length_s(wav) * (self._hall.rate or 1.0))

    def _warn(self, zone: _Zone, warning: HallWarning, now: datetime) -> None:
        """Have a warning said; it may take a speech program seconds, the first time."""
        wav = self._spoken.warning(warning)
        if wav is not None:
            self._give(zone, f"{WARNING}{now:%Y%m%dT%H%M%S}", wav)
        zone.speaking_id = zone.silent_at = None

    def _give(self, zone: _Zone, sound_id: str, wav: bytes) -> None:
        with self._lock:
            zone.sounds[sound_id] = wav
            while len(zone.sounds) > SOUNDS_KEPT:
                del zone.sounds[next(iter(zone.sounds))]
            zone.sound_id = sound_id
