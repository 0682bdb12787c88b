"""Say calls: words to clips to sound, one after the other, in a thread of its own.

A zone has one voice, so that no two calls are ever said at once. Each announcement begins with the chime; then the
call is said in the hall's languages in order (and in the citizen's own, when a ticket was taken in another one), as
often as the hall repeats. Before the chime and before each sentence the voice asks whether the citizen is still on the
way. Whoever ordered an announcement learns whether it was heard: one that was cut off is not begun again here.

A voice without a pack or without a sound device is a voice that is silent and says so; the board goes on.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from msgspec.structs import replace

from display.clips import NoPack, Pack, Sound, pause
from display.flow import Announcement
from display.player import NoSound, Sink
from presentation.formats import ticket_number
from presentation.speech import SPOKEN_LANGUAGES, CallStyle, call_words
from protocol.configuration import Policies
from protocol.views import BoardCall

WAITING_LIMIT = 4
"""The flow gives one announcement at a time; should it ever give more, so many wait."""

AFTER_CHIME_MS = 120
BETWEEN_WORDS_MS = 35
BEFORE_COUNTER_MS = 140
BETWEEN_PARTS_MS = 600
BETWEEN_CALLS_MS = 800
"""After each call there is quiet, so that in a burst one number does not run into the next."""

Ending = Literal["whole", "cut_off"]
"""How an announcement ended: as it should, or in the middle, so that its citizen may not have heard it."""

VoiceState = Literal["starting", "ok", "no_pack", "no_sound", "clips_missing", "off"]


@dataclass(frozen=True, slots=True)
class Health:
    """How the voice is, for the technician's page."""

    state: VoiceState
    detail: str = ""


class StillCalled(Protocol):
    """Tells whether a citizen is still on the way; `begun` when something of the announcement has been said already."""

    def __call__(self, call_id: int, *, begun: bool) -> bool:
        """Tell."""


def languages_of(call: BoardCall, policies: Policies, *, hurried: bool) -> tuple[str, ...]:
    """Give the languages in which a call is said, in order: the hall's, then the citizen's own if it is another."""
    wanted = dict.fromkeys((*policies.announce_languages, call.language))
    spoken = tuple(language for language in wanted if language in SPOKEN_LANGUAGES)
    return spoken[:1] if hurried else spoken


def words_of(call: BoardCall, policies: Policies, language: str) -> tuple[str, ...]:
    """Give the clip keys of a call in a language, as the hall reads numbers."""
    style = CallStyle(numbers=policies.announce_digits, dialect=policies.announce_dialect)
    return call_words(
        call.prefix, call.number, call.counter_number, language, style, again=call.again, priority=call.priority
    )


def sounds_of(words: Sequence[str], language: str, pack: Pack) -> tuple[Sound, ...]:
    """Join the clips of a sentence with the pauses that make it a sentence. Raises NoPack when a clip is missing."""
    sounds: list[Sound] = []
    for key in words:
        if sounds:
            sounds.append(pause(BEFORE_COUNTER_MS if key == "to_counter" else BETWEEN_WORDS_MS))
        sounds.append(pack.clip(language, key))
    return tuple(sounds)


class Voice:
    """The voice of a zone. `open_pack` and `open_sink` are called in its thread, since both may take seconds."""

    def __init__(
        self,
        zone_id: str,
        *,
        open_pack: Callable[[], Pack],
        open_sink: Callable[[], Sink],
        rate: Callable[[], float],
        on_over: Callable[[int, Ending], None],
        on_health: Callable[[Health], None],
    ) -> None:
        self._zone_id = zone_id
        self._open_pack = open_pack
        self._open_sink = open_sink
        self._rate = rate
        self._on_over = on_over
        self._on_health = on_health
        self._orders: queue.Queue[_Order | None] = queue.Queue(WAITING_LIMIT)
        self._stop = threading.Event()
        self._health = Health("starting")
        self._thread = threading.Thread(target=self._run, name=f"voice-{zone_id}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Say nothing more; `close` waits for the thread to end."""
        self._stop.set()

    def close(self) -> None:
        """Stop at once, in the middle of a word if need be."""
        self.stop()
        with contextlib.suppress(queue.Full):  # When full, the thread looks at `_stop` after the order it is at.
            self._orders.put_nowait(None)
        if self._thread.ident is not None:
            self._thread.join()

    def say(self, announcement: Announcement, policies: Policies, still_called: StillCalled) -> bool:
        """Order an announcement; False when too many wait.

        `on_over` is told its call id whatever becomes of it, and how it ended.
        """
        try:
            self._orders.put_nowait(_Order(announcement, policies, still_called))
        except queue.Full:
            return False
        return True

    # --- In the thread ---

    def _run(self) -> None:
        try:
            pack = self._open_pack()
        except NoPack as problem:
            if not self._stop.is_set():
                self._tell(Health("no_pack", str(problem)))
            self._only_answer()
            return
        sink: Sink | None = None
        try:
            sink = self._opened(None, pack)
            while (order := self._next()) is not None:
                sink = self._opened(sink, pack)
                ending: Ending = "whole"
                if sink is not None:
                    try:
                        ending = "whole" if self._say(order, pack, sink) else "cut_off"
                    except NoSound as problem:
                        self._tell(Health("no_sound", str(problem)))
                        sink.close()
                        sink, ending = None, "cut_off"
                self._on_over(order.announcement.call.call_id, ending)
        finally:
            if sink is not None:
                sink.close()

    def _opened(self, sink: Sink | None, pack: Pack) -> Sink | None:
        """Give the sink, opened (again) if need be: a sound card that was unplugged may be back."""
        if sink is not None:
            return sink
        try:
            sink = self._open_sink()
        except NoSound as problem:
            self._tell(Health("no_sound", str(problem)))
            return None
        self._tell(Health("ok", pack.name))
        return sink

    def _only_answer(self) -> None:
        """Answer every order at once, so that the board never waits for a voice it does not have."""
        while (order := self._next()) is not None:
            self._on_over(order.announcement.call.call_id, "whole")

    def _next(self) -> "_Order | None":
        order = self._orders.get()
        return None if self._stop.is_set() else order

    def _say(self, order: "_Order", pack: Pack, sink: Sink) -> bool:
        """Say an announcement; False when it was cut off. Raises NoSound."""
        call, policies = order.announcement.call, order.policies
        if not order.still_called(call.call_id, begun=False):
            return True
        languages = languages_of(call, policies, hurried=order.announcement.hurried)
        repeats = 1 if order.announcement.hurried else max(1, policies.announce_repeat)
        sentences = self._sentences(call, policies, languages, pack)
        if not sentences:
            return True
        said = sink.play((pack.chime(), pause(AFTER_CHIME_MS)), self._rate(), self._stop)
        for index, sounds in enumerate(sentences * repeats):
            if not said or not order.still_called(call.call_id, begun=index > 0):
                break
            lead = (pause(BETWEEN_PARTS_MS),) if index else ()
            said = sink.play((*lead, *sounds), self._rate(), self._stop)
        if said:
            sink.play((pause(BETWEEN_CALLS_MS),), self._rate(), self._stop)
        sink.finish(
            {
                "zone_id": self._zone_id,
                "call_id": call.call_id,
                "number": ticket_number(call.prefix, call.number),
                "counter": call.counter_number,
                "again": call.again,
                "hurried": order.announcement.hurried,
                "complete": said,
            }
        )
        return said

    def _sentences(
        self, call: BoardCall, policies: Policies, languages: Sequence[str], pack: Pack
    ) -> list[tuple[Sound, ...]]:
        """Give the call in each language whose clips are all there: a number with a hole in it is a wrong number.

        A pack that has no words for priority calls such a number like any other.
        """
        sentences = []
        for language in languages:
            for each in (call, replace(call, priority=False)) if call.priority else (call,):
                try:
                    sentences.append(sounds_of(words_of(each, policies, language), language, pack))
                    break
                except NoPack as problem:
                    self._tell(Health("clips_missing", str(problem)))
        return sentences

    def _tell(self, health: Health) -> None:
        if health != self._health:
            self._health = health
            self._on_health(health)


@dataclass(frozen=True, slots=True)
class _Order:
    announcement: Announcement
    policies: Policies
    still_called: StillCalled
