"""Speech programs: words in, samples out. espeak-ng speaks a hundred languages; Piper those it has a model for.

They are handed words, never digits (espeak-ng 1.51 reads 15 as "mười năm"), one sentence at a time with a time-out, and
each as a process of its own, so that one that hangs or crashes harms nobody and can be ended by its id.
"""

import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from hardware.sound.pcm import SAMPLE_BYTES, SAMPLE_RATE

ESPEAK: Final = "espeak-ng"
ESPEAK_VOICES: Final = {"vi": "vi", "en": "en-gb"}
"""Any other language has a voice of its own name, or none."""

ESPEAK_WORDS_PER_MINUTE: Final = 145
PIPER: Final = "piper"
TIMEOUT_S: Final = {ESPEAK: 5.0, PIPER: 30.0}
"""Piper loads its model anew each time, which takes a small machine seconds."""

SAID_LIMIT_S: Final = 60.0
SAID_LIMIT_BYTES: Final = 20_000_000


class CannotSay(Exception):  # noqa: N818 -- a state of the world: no words come of this program.
    """The program is missing, has failed or hangs; the message says which and what to do."""


Started = Callable[["subprocess.Popen[bytes]"], None]


@dataclass(frozen=True, slots=True)
class SpeechProgram:
    """A program that speaks a language. In `command`, `{out}` stands for the WAV to write."""

    name: str
    voice: str
    command: tuple[str, ...]
    timeout_s: float

    def say(self, words: str, started: Started = lambda _: None) -> bytes:
        """Have words said, and give the samples as they came. Raises CannotSay.

        `started` is given the process, so that another thread can end it; then this raises CannotSay soon.
        """
        try:
            made = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        except OSError as error:
            raise CannotSay(
                f"{self.name} gets no folder for its sound: {error}; make room where this machine keeps /tmp"
            ) from error
        with made as folder:
            out = Path(folder) / "said.wav"
            self._run([part.replace("{out}", str(out)) for part in self.command], words, started)
            if not out.exists():
                raise CannotSay(f"{self.name} gave no sound for {words!r}")
            return decoded(out, SAID_LIMIT_S)

    def _run(self, arguments: list[str], words: str, started: Started) -> None:
        try:
            process = subprocess.Popen(  # noqa: S603 -- our words, by a program of this machine.
                arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise CannotSay(f"{self.name} could not be started: {error}") from error
        with process:
            started(process)
            try:
                _, said = process.communicate(f"{words}\n".encode(), timeout=self.timeout_s)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise CannotSay(f"{self.name} could not say {words!r}: timed out after {self.timeout_s:g} s") from error
            except OSError as error:
                process.kill()
                raise CannotSay(f"{self.name} could not say {words!r}: {error}") from error
        if process.returncode:
            why = said.decode("utf-8", "replace").strip()[-300:] or f"it ended with {process.returncode}"
            raise CannotSay(f"{self.name} could not say {words!r}: {why}")


def espeak(language: str, *, program: str = ESPEAK, timeout_s: float = TIMEOUT_S[ESPEAK]) -> SpeechProgram:
    """Have espeak-ng speak a language. Raises CannotSay when it is not installed."""
    found = _program(program, f"install it (apt-get install {ESPEAK}) or name a recorded pack")
    voice = ESPEAK_VOICES.get(language, language)
    command = (found, "-v", voice, "-s", str(ESPEAK_WORDS_PER_MINUTE), "-w", "{out}")
    return SpeechProgram(ESPEAK, voice, command, timeout_s)


def piper(model: Path, *, program: str = PIPER, timeout_s: float = TIMEOUT_S[PIPER]) -> SpeechProgram:
    """Have Piper speak by this model (NAME.onnx with NAME.onnx.json beside it). Raises CannotSay."""
    mend = f"install Piper so that the program {PIPER} is found, or leave the model out: espeak-ng speaks then"
    found = _program(program, mend)
    for needed in (model, model.with_name(f"{model.name}.json")):
        if not needed.is_file():
            raise CannotSay(f"{needed} is missing; a Piper voice is a file NAME.onnx with NAME.onnx.json beside it")
    return SpeechProgram(PIPER, model.stem, (found, "--model", str(model), "--output_file", "{out}"), timeout_s)


def _program(name: str, mend: str) -> str:
    found = which(name)
    if found is None:
        raise CannotSay(f"{name} is not installed; {mend}")
    return found


def decoded(path: Path, limit_s: float) -> bytes:
    """Read a sound of any usual kind and rate as samples. Raises CannotSay for one that is none, or too long."""
    limit = int(limit_s * SAMPLE_RATE) * SAMPLE_BYTES
    try:
        if path.stat().st_size > SAID_LIMIT_BYTES:
            raise CannotSay(f"{path} is larger than {SAID_LIMIT_BYTES // 1_000_000} MB")
        plain = _plain(path)
    except OSError as error:
        raise CannotSay(f"{path} cannot be read: {error}") from error
    if plain is not None:
        return plain[:limit]
    import miniaudio  # Only where it is needed: espeak-ng writes plain samples, which a server can read without it.

    try:
        found = miniaudio.decode_file(str(path), miniaudio.SampleFormat.SIGNED16, 1, SAMPLE_RATE)
    except (OSError, miniaudio.MiniaudioError) as error:
        raise CannotSay(f"{path} cannot be read: {error}") from error
    pcm: bytes = found.samples.tobytes()
    return pcm[:limit]


def _plain(path: Path) -> bytes | None:
    """Read a WAV whose samples are as they are played; None for any other kind of sound. Raises OSError."""
    try:
        with wave.open(str(path), "rb") as said:
            kind = said.getframerate(), said.getnchannels(), said.getsampwidth(), said.getcomptype()
            if kind != (SAMPLE_RATE, 1, SAMPLE_BYTES, "NONE"):
                return None
            return said.readframes(said.getnframes())
    except (wave.Error, EOFError):
        return None
