"""Where sound goes, by address.

    device://default          the sound card (miniaudio); any other name is looked for among the machine's devices
    null://                   nowhere, but as long as it would take
    file:///path/said.jsonl   as `null`, and what was really played is written down, one JSON line per announcement
    file:///path/said.wav     as `null`, and the samples are appended

Speech is paced in hall time: what plays for 6 s in a hall takes 6 s divided by the rate where nobody listens. A real
sound card plays at its own speed.
"""

import contextlib
import json
import threading
import time
import wave
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from display.clips import CHIME, SAMPLE_BYTES, SAMPLE_RATE, Sound, loudness

DEVICE_BUFFER_MS = 100
DEVICE_PATIENCE_S = 5.0
"""A card that has not played a sound this long after its end is stuck."""


class NoSound(Exception):  # noqa: N818 -- a state of the world: this board cannot be heard.
    """The address cannot be played to; the message says why."""


class Sink(Protocol):
    """Where sound goes. One thread uses it."""

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        """Play sounds one after the other and wait until they are over; False when `stop` came first.

        Raises NoSound.
        """

    def finish(self, label: dict[str, Any]) -> None:
        """An announcement is over; `label` says which. Raises NoSound."""

    def close(self) -> None:
        """Let go of files and devices."""


def open_sink(address: str) -> Sink:
    """Open a sink by its address. Raises NoSound."""
    parts = urlsplit(address)
    path = Path(unquote(parts.path))
    match parts.scheme:
        case "null":
            return Nowhere()
        case "file" if path.suffix == ".jsonl":
            return LineFile(path)
        case "file" if path.suffix == ".wav":
            return WaveFile(path)
        case "device":
            return SoundCard(parts.netloc or "default", parse_qs(parts.query).get("backend", [""])[0])
        case _:
            raise NoSound(f"{address!r} is no sound address: use device://default, null:// or file:///….jsonl or .wav")


class Nowhere:
    """Nobody listens; time passes all the same."""

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        """Wait as long as the sounds last in hall time."""
        return not stop.wait(sum(sound.seconds for sound in sounds) / rate)

    def finish(self, label: dict[str, Any]) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Nothing is open."""


class LineFile(Nowhere):
    """One JSON line per announcement: the label, the keys of the clips really played, their bytes and loudness."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise NoSound(f"{path} cannot be written: {error}") from error
        self._played: list[Sound] = []
        self._began_ns = 0

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        """Let the time pass, then remember what was played."""
        self._began_ns = self._began_ns or time.monotonic_ns()
        if not super().play(sounds, rate, stop):
            return False
        self._played += sounds
        return True

    def finish(self, label: dict[str, Any]) -> None:
        """Write the line, if any word was played: whoever arrives during the chime is not called."""
        if any(sound.key not in (CHIME, "pause") for sound in self._played):
            line = {
                **label,
                "keys": [sound.key for sound in self._played if sound.key != "pause"],
                "pcm_bytes": sum(len(sound.pcm) for sound in self._played),
                "loudness": round(loudness(*(sound.pcm for sound in self._played)), 4),
                "began_monotonic_ns": self._began_ns,
                "ended_monotonic_ns": time.monotonic_ns(),
            }
            self._written(json.dumps(line, ensure_ascii=False) + "\n")
        self._played.clear()
        self._began_ns = 0

    def _written(self, line: str) -> None:
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise NoSound(f"{self._file.name} cannot be written: {error}") from error

    def close(self) -> None:
        """Close the file; what a full disk did not take is gone."""
        with contextlib.suppress(OSError):
            self._file.close()


class WaveFile(Nowhere):
    """All that was played, one after the other, in one WAV that is right after each announcement."""

    def __init__(self, path: Path) -> None:
        earlier = b""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size:
                with wave.open(str(path), "rb") as before:
                    earlier = before.readframes(before.getnframes())
            self._file = path.open("wb")
        except (OSError, wave.Error, EOFError) as error:
            raise NoSound(f"{path} cannot be written: {error}") from error
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 -- open as long as the board runs.
        self._wave.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, 0, "NONE", "not compressed"))
        self._wave.writeframes(earlier)

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        """Let the time pass, then append the samples."""
        if not super().play(sounds, rate, stop):
            return False
        try:
            self._wave.writeframes(b"".join(sound.pcm for sound in sounds))
        except OSError as error:
            raise NoSound(f"{self._file.name} cannot be written: {error}") from error
        return True

    def finish(self, label: dict[str, Any]) -> None:  # noqa: ARG002 -- samples have no labels.
        """Bring the file to the disk's cache; `writeframes` has mended its header already."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._wave.close()
            self._file.close()


class SoundCard:
    """A sound card through miniaudio; opened anew after it was unplugged."""

    def __init__(self, name: str, backend: str = "") -> None:
        self._name = name
        self._backend = backend
        self._device: Any = None
        self._open()

    def _open(self) -> None:
        import miniaudio

        backends = [miniaudio.Backend[self._backend.upper()]] if self._backend else None
        try:
            self._device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=SAMPLE_RATE,
                buffersize_msec=DEVICE_BUFFER_MS,
                device_id=self._device_id(miniaudio.Devices(backends)),
                backends=backends,
                app_name="motcua",
            )
        except (miniaudio.MiniaudioError, KeyError) as error:
            raise NoSound(f"the sound device {self._name!r} cannot be opened: {error}") from error
        if self._device.backend == "Null" and not self._backend:
            self.close()
            raise NoSound("this machine has no sound card; plug one in or use null:// as the sound address")

    def _device_id(self, devices: Any) -> Any:
        if self._name == "default":
            return None
        found = {device["name"]: device["id"] for device in devices.get_playbacks()}
        if self._name not in found:
            raise NoSound(f"no sound device {self._name!r}; there are: {', '.join(found) or 'none'}")
        return found[self._name]

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:  # noqa: ARG002 -- its own speed.
        """Play through the card. Raises NoSound when it does not play."""
        if self._device is None:
            self._open()
        over = threading.Event()
        pcm = b"".join(sound.pcm for sound in sounds)
        stream = _stream(pcm, over, stop)
        next(stream)
        self._device.start(stream)
        try:
            if not over.wait(len(pcm) / SAMPLE_BYTES / SAMPLE_RATE + DEVICE_PATIENCE_S):
                raise NoSound(f"the sound device {self._name!r} does not play")
            # The card still holds what it fetched last.
            return not stop.wait(DEVICE_BUFFER_MS / 1000)
        finally:
            self._device.stop()

    def finish(self, label: dict[str, Any]) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Let go of the card."""
        if self._device is not None:
            self._device.close()
            self._device = None


def _stream(pcm: bytes, over: threading.Event, stop: threading.Event) -> Generator[bytes, int, None]:
    """Hand the card as many frames as it asks for, until there are no more."""
    frames = yield b""
    at = 0
    while at < len(pcm) and not stop.is_set():
        upto = at + frames * SAMPLE_BYTES
        frames = yield pcm[at:upto]
        at = upto
    over.set()
    while True:
        yield bytes(0)
