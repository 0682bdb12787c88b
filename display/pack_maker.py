"""Make clip packs: by espeak-ng (the default), by Piper where a model is at hand, or from what a studio recorded.

Words are handed to a speech program, never digits (espeak-ng 1.51 reads 15 as "mười năm"), one clip at a time with a
time-out. Whatever the source, a clip ends up trimmed, as loud as the others, and of the one kind that a board plays.
A pack appears only when it is whole; `python -m display.pack_maker FOLDER` makes the default one.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Self

import miniaudio

from display.clips import (
    CHIME,
    CLIP_LIMIT_S,
    MANIFEST,
    NoPack,
    Pack,
    missing_clips,
    open_pack,
    trimmed,
    write_wav,
)
from hardware.sound import speech_programs
from hardware.sound.pcm import SAMPLE_BYTES, SAMPLE_RATE
from hardware.sound.speech_programs import ESPEAK, PIPER, TIMEOUT_S, CannotSay, SpeechProgram
from presentation.speech import SPOKEN_LANGUAGES, clip_words

MAKING_TIMEOUT_S = 180.0
MAKING_NICENESS = 10
RECORDING_KINDS = (".wav", ".flac", ".mp3", ".ogg")
RECORDING_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says the words of a language: `say` gives the samples of words as a clip, and raises NoPack."""

    voice: str
    say: Callable[[str], bytes]


def espeak(language: str, *, program: str = ESPEAK, timeout_s: float = TIMEOUT_S[ESPEAK]) -> Speaker:
    """Have espeak-ng speak a language. Raises NoPack when it is not installed."""
    return _speaker(lambda: speech_programs.espeak(language, program=program, timeout_s=timeout_s))


def piper(model: Path, *, program: str = PIPER, timeout_s: float = TIMEOUT_S[PIPER]) -> Speaker:
    """Have Piper speak by this model (NAME.onnx with NAME.onnx.json beside it). Raises NoPack when one is missing."""
    return _speaker(lambda: speech_programs.piper(model, program=program, timeout_s=timeout_s))


def _speaker(open_program: Callable[[], SpeechProgram]) -> Speaker:
    try:
        program = open_program()
    except CannotSay as problem:
        raise NoPack(str(problem)) from problem
    return Speaker(f"{program.name} {program.voice}", lambda words: _said(program, words))


def _said(program: SpeechProgram, words: str) -> bytes:
    assert not any(each.isdigit() for each in words), f"digits are never read by a speech program: {words!r}"
    try:
        return _clip(program.say(words), f"{words!r}")
    except CannotSay as problem:
        raise NoPack(str(problem)) from problem


def make_pack(folder: Path, speakers: Mapping[str, Speaker], *, name: str) -> Pack:
    """Have every word of each language said into `folder`, which appears only when it is complete. Raises NoPack."""
    with _Making(folder) as making:
        for language, speaker in speakers.items():
            for key, words in clip_words(language).items():
                making.add(f"{language}/{key}", speaker.say(words))
        return making.finish(name, "a speech program, from words", {key: each.voice for key, each in speakers.items()})


def make_default_pack(folder: Path, languages: Sequence[str] = SPOKEN_LANGUAGES) -> Pack:
    """Have espeak-ng make a pack of these languages, unless a complete one is there already. Raises NoPack."""
    if (folder / MANIFEST).exists() and not missing_clips(folder, languages):
        return open_pack(folder)
    return make_pack(folder, {language: espeak(language) for language in languages}, name="default")


def take_recordings(recordings: Path, folder: Path, *, name: str, speakers: Mapping[str, str]) -> list[str]:
    """Make a pack of a studio's recordings: `vi/five.wav` (or flac, mp3, ogg; any rate), `chime.wav` if there is one.

    `speakers` says per language who speaks. Returns what is missing or cannot be used, each with its reason; the pack
    is made only when that is nothing. Raises NoPack when there is nothing at all to take.
    """
    wanted = [f"{language}/{key}" for language in speakers for key in clip_words(language)]
    found = {key: path for key in (*wanted, CHIME) if (path := _recording(recordings, key)) is not None}
    if not found:
        raise NoPack(f"{recordings} holds no recording; `motcua voice script` lists their names and words")
    wrong = [f"{key}: there is no recording" for key in wanted if key not in found]
    with _Making(folder) as making:
        for key, path in found.items():
            try:
                making.add(key, read_recording(path))
            except NoPack as problem:
                wrong.append(f"{key}: {problem}")
        if not wrong:
            making.finish(name, "recorded", speakers)
    return wrong


def read_recording(path: Path) -> bytes:
    """Read a recording of any usual kind as a clip: one channel, trimmed, as loud as the others. Raises NoPack."""
    try:
        if path.stat().st_size > RECORDING_LIMIT_BYTES:
            raise NoPack(f"{path} is larger than {RECORDING_LIMIT_BYTES // 1_000_000} MB; a clip is one or a few words")
        decoded = miniaudio.decode_file(str(path), miniaudio.SampleFormat.SIGNED16, 1, SAMPLE_RATE)
    except (OSError, miniaudio.MiniaudioError) as error:
        raise NoPack(f"{path} cannot be read: {error}") from error
    return _clip(decoded.samples.tobytes(), str(path))


def _clip(samples: bytes, what: str) -> bytes:
    pcm = trimmed(samples)
    seconds = len(pcm) / SAMPLE_BYTES / SAMPLE_RATE
    if seconds > CLIP_LIMIT_S:
        raise NoPack(f"{what} lasts {seconds:.1f} s; a clip lasts up to {CLIP_LIMIT_S:g} s")
    return pcm


class _Making:
    """A pack in the making, beside the place where it will stand; gone again unless it is finished."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = folder.with_name(f".{folder.name}.making")

    def __enter__(self) -> Self:
        rmtree(self._making, ignore_errors=True)
        self._making.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        rmtree(self._making, ignore_errors=True)

    def add(self, key: str, pcm: bytes) -> None:
        path = self._making / f"{key}.wav"
        path.parent.mkdir(exist_ok=True)
        write_wav(path, pcm)

    def finish(self, name: str, made_by: str, voices: Mapping[str, str]) -> Pack:
        lines = [f"name = {_quoted(name)}", f"made_by = {_quoted(made_by)}", "", "[languages]"]
        lines += [f"{language} = {_quoted(voice)}" for language, voice in voices.items()]
        (self._making / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8")
        rmtree(self._folder, ignore_errors=True)
        self._making.rename(self._folder)
        return open_pack(self._folder)


def _quoted(text: str) -> str:
    """Write a TOML string."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _recording(folder: Path, key: str) -> Path | None:
    paths = (folder / f"{key}{kind}" for kind in RECORDING_KINDS)
    return next((path for path in paths if path.is_file()), None)


# --- Beside the board -------------------------------------------------------------------------------------------------


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
        command = [sys.executable, "-m", "display.pack_maker", str(self._folder)]
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
