"""Clip packs: folders of short recordings, one per word, from which every announcement is joined.

A pack is a folder with `pack.toml` and one WAV (22,050 Hz, mono, 16 bit) per clip in a folder per language:

    pack.toml       name = "…"   made_by = "…"   [languages]  vi = "…"  en = "…"
    chime.wav       optional; without it three notes are synthesised
    vi/call.wav     the keys are those of `presentation.speech.clip_words`
    vi/five.wav

`display.pack_maker` makes packs: by espeak-ng, by Piper, or from the recordings of a studio.
"""

import array
import math
import tomllib
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from hardware.sound.pcm import SAMPLE_BYTES, SAMPLE_RATE, Sound, bytes_of, samples_of
from presentation.speech import SPOKEN_LANGUAGES, clip_words

MANIFEST = "pack.toml"
CHIME = "chime"
CHIME_HERTZ = (880, 1174, 1568)
CHIME_NOTE_S = 0.19
CHIME_RING_S = 0.55
CHIME_LOUDNESS = 0.22

PEAK = 0.7
QUIET = 300
"""A clip whose loudest sample (of 32,768) is below this holds no word."""

QUIET_SHARE = 0.006
"""Samples below this share of the loudest, at the ends of a clip, are silence; the breath of an h is louder."""

EDGE_S = 0.006
CLIP_LIMIT_S = 10.0


class NoPack(Exception):  # noqa: N818 -- a state of the world: this board has no voice.
    """There is no usable pack; the message says why and what to do. The board goes on without a voice."""


@dataclass(frozen=True)
class Pack:
    """A pack that has been opened; clips are read when first needed and kept."""

    folder: Path
    name: str
    languages: tuple[str, ...]
    _kept: dict[str, Sound] = field(default_factory=dict, repr=False, compare=False)

    def clip(self, language: str, key: str) -> Sound:
        """Give a clip. Raises NoPack when it is missing or no WAV of the right kind."""
        return self._kept.get(f"{language}/{key}") or self._keep(f"{language}/{key}")

    def chime(self) -> Sound:
        """Give the pack's own chime, or the synthesised one."""
        if CHIME not in self._kept:
            own = (self.folder / f"{CHIME}.wav").exists()
            self._kept[CHIME] = self._keep(CHIME) if own else synthesised_chime()
        return self._kept[CHIME]

    def _keep(self, key: str) -> Sound:
        sound = Sound(key, read_wav(self.folder / f"{key}.wav"))
        self._kept[key] = sound
        return sound


def open_pack(folder: Path) -> Pack:
    """Open a pack by its manifest. Raises NoPack."""
    path = folder / MANIFEST
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        name, languages = str(manifest["name"]), tuple(dict(manifest["languages"]))
    except FileNotFoundError as error:
        raise NoPack(f"{folder} is no clip pack: it has no {MANIFEST}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise NoPack(f"{path} cannot be used: {error!r}; it needs name and a table [languages]") from error
    return Pack(folder, name, languages)


def missing_clips(folder: Path, languages: Sequence[str]) -> list[str]:
    """Name what a pack lacks to say every number in these languages, each as `vi/five: why`; empty when complete.

    Raises NoPack when there is no pack at all.
    """
    pack = open_pack(folder)
    missing = []
    for language in languages:
        if language not in SPOKEN_LANGUAGES:
            missing.append(f"{language}: no grammar for this language; known are {', '.join(SPOKEN_LANGUAGES)}")
            continue
        for key in clip_words(language):
            try:
                pack.clip(language, key)
            except NoPack as problem:
                missing.append(f"{language}/{key}: {problem}")
    return missing


def read_wav(path: Path) -> bytes:
    """Read a clip's samples. Raises NoPack when the file is missing, of another kind, empty or endless."""
    try:
        with wave.open(str(path), "rb") as recording:
            kind = recording.getframerate(), recording.getnchannels(), recording.getsampwidth()
            frames = recording.getnframes()
            if kind != (SAMPLE_RATE, 1, SAMPLE_BYTES):
                raise NoPack(
                    f"{path} is {kind[0]} Hz, {kind[1]} channels, {8 * kind[2]} bit; "
                    f"clips are {SAMPLE_RATE} Hz, mono, 16 bit"
                )
            if not 0 < frames <= CLIP_LIMIT_S * SAMPLE_RATE:
                raise NoPack(f"{path} lasts {frames / SAMPLE_RATE:g} s; a clip lasts up to {CLIP_LIMIT_S:g} s")
            return recording.readframes(frames)
    except (OSError, wave.Error, EOFError) as error:
        raise NoPack(f"{path} cannot be read: {error}") from error


def write_wav(path: Path, pcm: bytes) -> None:
    """Write samples as a clip."""
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(SAMPLE_BYTES)
        recording.setframerate(SAMPLE_RATE)
        recording.writeframes(pcm)


@lru_cache(maxsize=64)
def pause(milliseconds: int) -> Sound:
    """Give silence."""
    return Sound("pause", bytes(SAMPLE_BYTES * (SAMPLE_RATE * milliseconds // 1000)))


@lru_cache(maxsize=1)
def synthesised_chime() -> Sound:
    """Make three rising notes that fade, as bells do; the notes are those that Vietnamese halls are used to."""
    length = int(SAMPLE_RATE * (CHIME_NOTE_S * (len(CHIME_HERTZ) - 1) + CHIME_RING_S))
    mixed = [0.0] * length
    for index, hertz in enumerate(CHIME_HERTZ):
        start = int(index * CHIME_NOTE_S * SAMPLE_RATE)
        for at in range(start, length):
            seconds = (at - start) / SAMPLE_RATE
            swell = min(1.0, seconds / 0.008) * math.exp(-6.0 * seconds)
            overtone = 0.25 * math.sin(2 * math.pi * 2 * hertz * seconds)
            mixed[at] += swell * (math.sin(2 * math.pi * hertz * seconds) + overtone)
    fade = int(0.04 * SAMPLE_RATE)
    for back in range(fade):
        mixed[length - 1 - back] *= back / fade
    return Sound(CHIME, bytes_of(array.array("h", (int(32767 * CHIME_LOUDNESS * each) for each in mixed))))


def trimmed(pcm: bytes) -> bytes:
    """Cut the silence at both ends, soften the edges, and bring the loudest sample to `PEAK`. Raises NoPack."""
    samples = samples_of(pcm)
    peak = max((abs(sample) for sample in samples), default=0)
    if peak < QUIET:
        raise NoPack("a clip is nothing but silence")
    loud = [at for at, sample in enumerate(samples) if abs(sample) > QUIET_SHARE * peak]
    edge = int(EDGE_S * SAMPLE_RATE)
    samples = samples[max(0, loud[0] - edge) : loud[-1] + edge]
    gain = PEAK * 32767 / peak
    last = len(samples) - 1
    return bytes_of(
        array.array(
            "h", (int(sample * gain * min(1.0, at / edge, (last - at) / edge)) for at, sample in enumerate(samples))
        )
    )
