"""Clip packs: folders of short recordings, one per word, from which every announcement is joined.

A pack is a folder with `pack.toml` and one WAV (22,050 Hz, mono, 16 bit) per clip in a folder per language:

    pack.toml       name = "…"   made_by = "…"   [languages]  vi = "…"  en = "…"
    chime.wav       optional; without it three notes are synthesised
    vi/call.wav     the keys are those of `presentation.speech.clip_words`
    vi/five.wav

`make_default_pack` has espeak-ng say the words, never digits (espeak-ng 1.51 reads 15 as "mười năm"), one clip at a
time with a time-out. A hall that wants a human voice records the same words and names the folder.
"""

import array
import math
import os
import subprocess
import sys
import threading
import tomllib
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from shutil import rmtree, which

from presentation.speech import SPOKEN_LANGUAGES, clip_words

SAMPLE_RATE = 22_050
SAMPLE_BYTES = 2
MANIFEST = "pack.toml"
CHIME = "chime"
CHIME_HERTZ = (880, 1174, 1568)
CHIME_NOTE_S = 0.19
CHIME_RING_S = 0.55
CHIME_LOUDNESS = 0.22

ESPEAK = "espeak-ng"
ESPEAK_VOICES = {"vi": "vi", "en": "en-gb"}
ESPEAK_WORDS_PER_MINUTE = 145
ESPEAK_TIMEOUT_S = 5.0
PEAK = 0.7
QUIET = 300
"""Samples below this (of 32,768) at the ends of a synthesised clip are silence."""
EDGE_S = 0.006
CLIP_LIMIT_S = 10.0
MAKING_TIMEOUT_S = 180.0
MAKING_NICENESS = 10


class NoPack(Exception):  # noqa: N818 -- a state of the world: this board has no voice.
    """There is no usable pack; the message says why and what to do. The board goes on without a voice."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A clip as it is played: its key (`vi/five`, `chime`, `pause`) and its samples, 16 bit little-endian mono."""

    key: str
    pcm: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / SAMPLE_BYTES / SAMPLE_RATE


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
    return Sound(CHIME, _bytes_of(array.array("h", (int(32767 * CHIME_LOUDNESS * each) for each in mixed))))


# --- The default pack -------------------------------------------------------------------------------------------------


def make_default_pack(folder: Path, languages: Sequence[str] = SPOKEN_LANGUAGES) -> Pack:
    """Have espeak-ng say every word of these languages into `folder`, unless a complete pack is there already.

    The folder appears only when it is complete. Raises NoPack when espeak-ng is missing, fails or hangs.
    """
    if (folder / MANIFEST).exists() and not missing_clips(folder, languages):
        return open_pack(folder)
    program = which(ESPEAK)
    if program is None:
        raise NoPack(f"{ESPEAK} is not installed; install it (apt-get install {ESPEAK}) or name a recorded pack")
    making = folder.with_name(f".{folder.name}.making")
    rmtree(making, ignore_errors=True)
    for language in languages:
        (making / language).mkdir(parents=True)
        for key, words in clip_words(language).items():
            write_wav(making / language / f"{key}.wav", spoken(program, words, language))
    voices = "\n".join(f'{language} = "{ESPEAK} {ESPEAK_VOICES[language]}"' for language in languages)
    manifest = f'name = "default"\nmade_by = "{ESPEAK}, from words"\n\n[languages]\n{voices}\n'
    (making / MANIFEST).write_text(manifest, encoding="utf-8")
    rmtree(folder, ignore_errors=True)
    making.rename(folder)
    return open_pack(folder)


class PackMaker:
    """Makes the default pack in a child process at low priority, since the board must paint meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._cancelled = False

    def make(self) -> Pack:
        """Give the default pack, made first if need be. Raises NoPack."""
        if (self._folder / MANIFEST).exists() and not missing_clips(self._folder, SPOKEN_LANGUAGES):
            return open_pack(self._folder)
        command = [sys.executable, "-m", "display.clips", str(self._folder)]
        with self._lock:
            if self._cancelled:
                raise NoPack("the board is ending")
            self._child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- our own module.
        try:
            _, said = self._child.communicate(timeout=MAKING_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            self._child.kill()
            self._child.communicate()
            raise NoPack(f"making the default pack took longer than {MAKING_TIMEOUT_S:g} s") from error
        if self._child.returncode:
            raise NoPack(said.strip() or f"making the default pack ended with {self._child.returncode}")
        return open_pack(self._folder)

    def cancel(self) -> None:
        """Stop making; a `make` that is under way raises NoPack soon."""
        with self._lock:
            self._cancelled = True
            if self._child is not None and self._child.poll() is None:
                self._child.kill()


def spoken(program: str, words: str, language: str, timeout_s: float = ESPEAK_TIMEOUT_S) -> bytes:
    """Have espeak-ng say words; returns the samples without the silence around them. Raises NoPack."""
    assert not any(each.isdigit() for each in words), f"digits are never read by a speech program: {words!r}"
    command = [program, "-v", ESPEAK_VOICES[language], "-s", str(ESPEAK_WORDS_PER_MINUTE), "--stdout", "--", words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=True)  # noqa: S603 -- our words.
    except (OSError, subprocess.SubprocessError) as error:
        raise NoPack(f"{ESPEAK} could not say {words!r}: {error}") from error
    header, _, samples = done.stdout.partition(b"data")
    if not header.startswith(b"RIFF") or len(samples) <= 4 + SAMPLE_BYTES:
        raise NoPack(f"{ESPEAK} gave no sound for {words!r}")
    return trimmed(samples[4:])


def trimmed(pcm: bytes) -> bytes:
    """Cut the silence at both ends, soften the edges, and bring the loudest sample to `PEAK`. Raises NoPack."""
    samples = _samples_of(pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES])
    loud = [at for at, sample in enumerate(samples) if abs(sample) > QUIET]
    if not loud:
        raise NoPack("a clip is nothing but silence")
    edge = int(EDGE_S * SAMPLE_RATE)
    samples = samples[max(0, loud[0] - edge) : loud[-1] + edge]
    gain = PEAK * 32767 / max(abs(sample) for sample in samples)
    last = len(samples) - 1
    return _bytes_of(
        array.array(
            "h", (int(sample * gain * min(1.0, at / edge, (last - at) / edge)) for at, sample in enumerate(samples))
        )
    )


def loudness(*pieces: bytes) -> float:
    """Give the root mean square of samples as a share of full scale: 0 is silence."""
    samples = sum(len(pcm) for pcm in pieces) / SAMPLE_BYTES
    return math.sqrt(sum(map(_energy, pieces)) / max(samples, 1)) / 32768


def mixed(first: bytes, second: bytes) -> bytes:
    """Add samples to others that begin at the same moment; what is too loud is cut, as a loudspeaker does."""
    longer, shorter = sorted((_samples_of(first), _samples_of(second)), key=len, reverse=True)
    for at, sample in enumerate(shorter):
        longer[at] = max(-32768, min(32767, longer[at] + sample))
    return _bytes_of(longer)


@lru_cache(maxsize=256)
def _energy(pcm: bytes) -> int:
    """Add up the squares of samples, once per clip: the same few are played all day."""
    return sum(sample * sample for sample in _samples_of(pcm))


def _samples_of(pcm: bytes) -> "array.array[int]":
    samples = array.array("h")
    samples.frombytes(pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes_of(samples: "array.array[int]") -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def main() -> int:
    """Make the default pack in the folder that the command line names."""
    os.nice(MAKING_NICENESS)
    try:
        make_default_pack(Path(sys.argv[1]))
    except NoPack as problem:
        print(problem, file=sys.stderr)  # noqa: T201 -- read by the board.
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
