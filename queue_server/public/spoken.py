"""A call as one sound file, joined from the clips of the hall's voice, with the pauses of the board's own voice.

A television plays one file: no browser joins clips without gaps of its own. A number whose clips are not all there is
not said: with a hole in it, it would be a wrong number.

Why a hall is stopped is said as the boards say it: two chimes, then the message in each language, as a studio recorded
it (`emergency_fire.wav`) or else as a speech program of this machine says it. Where neither can, the chimes alone make
people look up.
"""

import wave
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from presentation.announcing import (
    AFTER_CHIME_MS,
    BEFORE_COUNTER_MS,
    BETWEEN_PARTS_MS,
    BETWEEN_WORDS_MS,
    languages_of,
    words_of,
)
from presentation.board_flow import HallWarning
from presentation.stopping import StopWords
from protocol.configuration import Policies
from protocol.views import BoardCall
from queue_server.public.chime import notes

RATE: Final = 22_050
SAMPLE_BYTES: Final = 2
CLIP_LIMIT_S: Final = 10
KEPT: Final = 256
CHIMES_OF_WARNING: Final = 2
"""A warning begins with so many chimes, as on the boards: it is no call."""

SayWords = Callable[[str, str], bytes | None]
"""Has a sentence said in a language: its samples of `RATE`, 16 bits, one channel; None where nothing can say it."""


def nobody_says(_language: str, _sentence: str) -> bytes | None:
    """Say nothing: there is no speech program."""
    return None


class NoClip(Exception):  # noqa: N818 -- a state of the world: this voice lacks a word.
    """A clip is missing, or is no sound of the right kind."""


class Spoken:
    """Says calls with the clips of a pack (`display.clips` tells how one looks); without a pack all is silent."""

    def __init__(self, clips: Path | None, say_words: SayWords = nobody_says) -> None:
        self._clips = clips
        self._say_words = say_words
        self._warned: tuple[HallWarning, bytes] | None = None
        self._clip = lru_cache(maxsize=KEPT)(self._read)

    @property
    def has_clips(self) -> bool:
        """Whether there is a pack at all."""
        return self._clips is not None and self._clips.is_dir()

    def wav(self, call: BoardCall, policies: Policies, *, hurried: bool) -> bytes | None:
        """Give the announcement of a call as a WAV; None when nothing of it can be said."""
        if not self.has_clips:
            return None
        spoken = languages_of(call, policies, hurried=hurried)
        sentences = [said for language in spoken if (said := self._sentence(call, policies, language))]
        if not sentences:
            return None
        repeats = 1 if hurried else max(1, policies.announce_repeat)
        parts = _silence(BETWEEN_PARTS_MS).join(sentences * repeats)
        return _wav(self._chime() + _silence(AFTER_CHIME_MS) + parts)

    def warning(self, warning: HallWarning) -> bytes | None:
        """Give why the hall is stopped as a WAV, made once for each message; None without a pack."""
        if not self.has_clips:
            return None
        if self._warned is None or self._warned[0] != warning:
            chimes = (self._chime() + _silence(AFTER_CHIME_MS)) * CHIMES_OF_WARNING
            said = [sound for words in warning.words if (sound := self._warning_in(warning.emergency_id, words))]
            self._warned = warning, _wav(chimes + _silence(BETWEEN_PARTS_MS).join(said))
        return self._warned[1]

    def _warning_in(self, emergency_id: str, words: StopWords) -> bytes | None:
        try:
            if emergency_id:
                return self._clip(f"{words.language}/emergency_{emergency_id}")
        except NoClip:
            pass  # Nobody has recorded it.
        return self._say_words(words.language, words.sentences)

    def _sentence(self, call: BoardCall, policies: Policies, language: str) -> bytes:
        """Join the clips of a call in a language; a voice without words for priority calls it like any other."""
        for each in (call, replace(call, priority=False)) if call.priority else (call,):
            sound = b""
            try:
                for key in words_of(each, policies, language):
                    if sound:
                        sound += _silence(BEFORE_COUNTER_MS if key == "to_counter" else BETWEEN_WORDS_MS)
                    sound += self._clip(f"{language}/{key}")
            except NoClip:
                continue
            return sound
        return b""

    def _chime(self) -> bytes:
        try:
            return self._clip("chime")
        except NoClip:
            return notes(RATE)

    def _read(self, key: str) -> bytes:
        assert self._clips is not None, "there are clips"
        try:
            with wave.open(str(self._clips / f"{key}.wav"), "rb") as clip:
                kind = clip.getframerate(), clip.getnchannels(), clip.getsampwidth()
                if kind != (RATE, 1, SAMPLE_BYTES) or clip.getnframes() > CLIP_LIMIT_S * RATE:
                    raise NoClip(key)
                return clip.readframes(clip.getnframes())
        except (OSError, wave.Error, EOFError) as problem:
            raise NoClip(key) from problem


def length_s(wav: bytes) -> float:
    """Tell how long a sound lasts."""
    with wave.open(BytesIO(wav), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


def _silence(milliseconds: int) -> bytes:
    return bytes(SAMPLE_BYTES * (RATE * milliseconds // 1000))


def _wav(samples: bytes) -> bytes:
    made = BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setframerate(RATE)
        sound.setnchannels(1)
        sound.setsampwidth(SAMPLE_BYTES)
        sound.writeframes(samples)
    return made.getvalue()
