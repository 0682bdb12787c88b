"""What a recording says, by its samples alone: which clips of a pack stand where, to the sample, and nothing else."""

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from display.clips import Pack
from hardware.sound.pcm import SAMPLE_RATE
from presentation.speech import clip_words

QUIET_BYTES = b"\x00\x00"


class Unintelligible(AssertionError):  # noqa: N818 -- what a listener would say.
    """Something sounds that is no clip of the pack: two at once, or half a word."""


@dataclass(frozen=True)
class Heard:
    """A clip in a recording: its key (`vi/five`, `chime`), and when it began and ended (seconds)."""

    key: str
    began_s: float
    ended_s: float


@dataclass(frozen=True)
class Announced:
    """A chime and the words that followed it."""

    words: tuple[str, ...]
    began_s: float
    first_word_s: float
    ended_s: float
    chime_ended_s: float


def heard_in(path: Path, pack: Pack, languages: Iterable[str] = ("vi",)) -> list[Heard]:
    """Recognise every sound of a recording. Raises Unintelligible when one is no clip of the pack.

    Clips begin and end softly, and a recording holds silence between them; so each is looked for from its first sample
    that is not zero, the longest first, since one word may begin like another.
    """
    with wave.open(str(path), "rb") as recording:
        assert (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        pcm = recording.readframes(recording.getnframes())
    known = {"chime": pack.chime().pcm}
    for language in languages:
        known |= {f"{language}/{key}": pack.clip(language, key).pcm for key in clip_words(language)}
    sounds = sorted(((_core(samples), key) for key, samples in known.items()), key=lambda each: -len(each[0]))
    heard: list[Heard] = []
    at = _next_sound(pcm, 0)
    while at < len(pcm):
        found = next(((core, key) for core, key in sounds if pcm.startswith(core, at)), None)
        if found is None:
            raise Unintelligible(f"{path.name}: no word known at {at / 2 / SAMPLE_RATE:.3f} s, after {heard[-3:]}")
        core, key = found
        heard.append(Heard(key, at / 2 / SAMPLE_RATE, (at + len(core)) / 2 / SAMPLE_RATE))
        at = _next_sound(pcm, at + len(core))
    return heard


def announcements_in(heard: list[Heard]) -> list[Announced]:
    """Part what was heard into announcements, each from its chime on."""
    begins = [index for index, sound in enumerate(heard) if sound.key == "chime"]
    assert not heard or begins[:1] == [0], f"words without a chime: {heard[:3]}"
    announced = []
    for begin, end in zip(begins, [*begins[1:], len(heard)], strict=True):
        chime, *words = heard[begin:end]
        assert words, f"a chime at {chime.began_s:.2f} s that no word follows"
        announced.append(
            Announced(
                words=tuple(sound.key for sound in words),
                began_s=chime.began_s,
                chime_ended_s=chime.ended_s,
                first_word_s=words[0].began_s,
                ended_s=words[-1].ended_s,
            )
        )
    return announced


def _core(pcm: bytes) -> bytes:
    """Leave out the zeros at both ends."""
    begin = _next_sound(pcm, 0)
    end = len(pcm)
    while end > begin and pcm[end - 2 : end] == QUIET_BYTES:
        end -= 2
    return pcm[begin:end]


def _next_sound(pcm: bytes, at: int) -> int:
    """Give where the next sample that is not zero begins; the end when there is none."""
    while at < len(pcm) and pcm[at : at + 2] == QUIET_BYTES:
        at += 2
    return at
