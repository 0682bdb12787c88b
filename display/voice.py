"""Say calls: words to clips to sound, one after the other, in a thread of its own.

A zone has one voice, so that no two calls are ever said at once. Each announcement begins with the chime; then the
call is said in the hall's languages in order (and in the citizen's own, when a ticket was taken in another one), as
often as the hall repeats. Before the chime and before each sentence the voice asks whether the citizen is still on the
way. Whoever ordered an announcement learns whether it was heard: one that was cut off is not begun again here.

Why a hall is stopped is said before everything else: a call that is being said is cut off in the middle of its word.
Such words are the hall's own, so they are clips only where a studio has recorded them (`emergency_fire.wav`); else a
speech program says them. Where neither can, the chime alone makes people look at the board.

A voice without a pack or without a sound device is a voice that is silent and says so; the board goes on.
"""

import contextlib
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from msgspec.structs import replace

from display.clips import NoPack, Pack, pause
from hardware.sound.pcm import Sound
from hardware.sound.sinks import NoSound, Sink
from hardware.sound.speech_programs import CannotSay
from presentation.announcing import (
    AFTER_CHIME_MS,
    BEFORE_COUNTER_MS,
    BETWEEN_CALLS_MS,
    BETWEEN_PARTS_MS,
    BETWEEN_WORDS_MS,
    languages_of,
    words_of,
)
from presentation.board_flow import Announcement, HallWarning
from presentation.formats import ticket_number
from presentation.stopping import StopWords
from protocol.configuration import Policies
from protocol.views import BoardCall

WAITING_LIMIT = 4
"""The flow gives one announcement at a time; should it ever give more, so many wait."""

CHIMES_OF_WARNING = 2
"""A warning begins with so many chimes: it is no call."""

SayWords = Callable[[str, str], bytes]
"""Has a sentence said in a language, and gives its samples; raises `hardware.sound.speech_programs.CannotSay`."""

Ending = Literal["whole", "cut_off"]
"""How an announcement ended: as it should, or in the middle, so that its citizen may not have heard it."""

WARNINGS_KEPT = 16

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
        say_words: SayWords | None = None,
    ) -> None:
        self._zone_id = zone_id
        self.say_words = say_words
        """Says what no clip holds; None where nothing does."""
        self._spoken: dict[tuple[str, str], Sound] = {}
        self._open_pack = open_pack
        self._open_sink = open_sink
        self._rate = rate
        self._on_over = on_over
        self._on_health = on_health
        self._orders: queue.Queue[_Order | _Warning | _Trial | None] = queue.Queue(WAITING_LIMIT)
        self._stop = threading.Event()
        self._hush = threading.Event()
        """The present announcement is to be cut off; set for good when the voice ends."""
        self._health = Health("starting")
        self._thread = threading.Thread(target=self._run, name=f"voice-{zone_id}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Say nothing more; `close` waits for the thread to end."""
        self._stop.set()
        self._hush.set()

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

    def warn(self, warning: HallWarning) -> bool:
        """Have a warning said, now: a call that is being said is cut off. False when too much waits."""
        self._hush.set()
        try:
            self._orders.put_nowait(_Warning(warning))
        except queue.Full:
            self._hush.clear()
            return False
        return True

    def try_out(self, words: StopWords, on_end: Callable[[str], None]) -> bool:
        """Have chime and words said on trial, after what waits already; `on_end` hears why not, empty when it was said.

        False when too much waits.
        """
        try:
            self._orders.put_nowait(_Trial(words, on_end))
        except queue.Full:
            return False
        return True

    # --- In the thread ---

    def _run(self) -> None:
        try:
            pack = self._open_pack()
        except Exception as problem:  # noqa: BLE001 -- a voice that died here would leave the board waiting.
            if not self._stop.is_set():
                self._tell(Health("no_pack", _why(problem)))
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
                        ending = "whole" if self._perform(order, pack, sink) else "cut_off"
                    except Exception as problem:  # noqa: BLE001 -- whatever it is, the board waits for an ending.
                        self._tell(Health("no_sound", _why(problem)))
                        sink.close()
                        sink, ending = None, "cut_off"
                self._answer(order, ending)
        finally:
            if sink is not None:
                sink.close()

    def _opened(self, sink: Sink | None, pack: Pack) -> Sink | None:
        """Give the sink, opened (again) if need be: a sound card that was unplugged may be back."""
        if sink is not None:
            return sink
        try:
            sink = self._open_sink()
        except Exception as problem:  # noqa: BLE001 -- as above.
            self._tell(Health("no_sound", _why(problem)))
            return None
        self._tell(Health("ok", pack.name))
        return sink

    def _only_answer(self) -> None:
        """Answer every order at once, so that the board never waits for a voice it does not have."""
        while (order := self._next()) is not None:
            self._answer(order, "whole")

    def _answer(self, order: "_Order | _Warning | _Trial", ending: Ending) -> None:
        if isinstance(order, _Order):
            self._on_over(order.announcement.call.call_id, ending)
        elif isinstance(order, _Trial):
            silent = self._health.state in ("no_pack", "no_sound", "off")
            order.on_end(f"voice_{self._health.state}" if silent else "cut_off" if ending == "cut_off" else "")

    def _next(self) -> "_Order | _Warning | _Trial | None":
        order = self._orders.get()
        if isinstance(order, _Warning):
            self._hush.clear()
        if self._stop.is_set():
            self._hush.set()
            return None
        return order

    def _perform(self, order: "_Order | _Warning | _Trial", pack: Pack, sink: Sink) -> bool:
        if isinstance(order, _Trial):
            return self._say_trial(order, pack, sink)
        return self._say(order, pack, sink) if isinstance(order, _Order) else self._warn(order.warning, pack, sink)

    def _say_trial(self, order: "_Trial", pack: Pack, sink: Sink) -> bool:
        """Say chime and words, or the chime alone where nothing can say words. Raises NoSound."""
        sound = self._sound_of("", order.words, pack)
        spoken = () if sound is None else (sound, pause(BETWEEN_PARTS_MS))
        said = sink.play((pack.chime(), pause(AFTER_CHIME_MS), *spoken), self._rate(), self._hush)
        sink.finish({"zone_id": self._zone_id, "trial": order.words.title, "complete": said})
        return said

    def _warn(self, warning: HallWarning, pack: Pack, sink: Sink) -> bool:
        """Say why the hall is stopped, once in each of its languages. Raises NoSound."""
        chimes = (pack.chime(), pause(AFTER_CHIME_MS)) * CHIMES_OF_WARNING
        said = sink.play(chimes, self._rate(), self._hush)
        for words in warning.words:
            sound = self._sound_of(warning.emergency_id, words, pack)
            if said and sound is not None:
                said = sink.play((sound, pause(BETWEEN_PARTS_MS)), self._rate(), self._hush)
        languages = [words.language for words in warning.words]
        sink.finish(
            {
                "zone_id": self._zone_id,
                "warning": warning.emergency_id or "free",
                "languages": languages,
                "complete": said,
            }
        )
        return said

    def _sound_of(self, emergency_id: str, words: StopWords, pack: Pack) -> Sound | None:
        """Give a warning in a language: as a studio recorded it, or as a program says it; None where nothing can."""
        key = f"emergency_{emergency_id}"
        if emergency_id:
            with contextlib.suppress(NoPack):
                return pack.clip(words.language, key)
        sentence = words.sentences
        known = self._spoken.get((words.language, sentence))
        if known is not None or self.say_words is None:
            return known
        try:
            sound = Sound(key, self.say_words(words.language, sentence))
        except CannotSay as problem:
            self._tell(Health("clips_missing", str(problem)))
            return None
        if len(self._spoken) >= WARNINGS_KEPT:
            self._spoken.clear()
        self._spoken[words.language, sentence] = sound
        return sound

    def _say(self, order: "_Order", pack: Pack, sink: Sink) -> bool:
        """Say an announcement; False when it was cut off. Raises NoSound."""
        call, policies = order.announcement.call, order.policies
        if not order.still_called(call.call_id, begun=False):
            return not self._hush.is_set()  # For a warning a call is put off, not over.
        languages = languages_of(call, policies, hurried=order.announcement.hurried)
        repeats = 1 if order.announcement.hurried else max(1, policies.announce_repeat)
        sentences = self._sentences(call, policies, languages, pack)
        if not sentences:
            return True
        said = sink.play((pack.chime(), pause(AFTER_CHIME_MS)), self._rate(), self._hush)
        for index, sounds in enumerate(sentences * repeats):
            if not said or not order.still_called(call.call_id, begun=index > 0):
                break
            lead = (pause(BETWEEN_PARTS_MS),) if index else ()
            said = sink.play((*lead, *sounds), self._rate(), self._hush)
        if said:
            sink.play((pause(BETWEEN_CALLS_MS),), self._rate(), self._hush)
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


def _why(problem: Exception) -> str:
    """Put a failure into words; where one happened that nobody foresaw goes into the journal."""
    if isinstance(problem, NoPack | NoSound):
        return str(problem)
    traceback.print_exception(problem)
    return f"the voice failed unforeseen ({type(problem).__name__}: {problem}); where is in the board's journal"


@dataclass(frozen=True, slots=True)
class _Order:
    announcement: Announcement
    policies: Policies
    still_called: StillCalled


@dataclass(frozen=True, slots=True)
class _Warning:
    warning: HallWarning


@dataclass(frozen=True, slots=True)
class _Trial:
    words: StopWords
    on_end: Callable[[str], None]
