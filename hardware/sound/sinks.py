"""Where sound goes, by address.

    device://default          the sound card (miniaudio); any other name is looked for among the machine's devices, a
                              space in it written %20
    null://                   nowhere, but as long as it would take
    file:///path/said.jsonl   as `null`, and what was really played is written down, one JSON line per announcement
    file:///path/said.wav     as `null`, and all samples are recorded, each where it was heard

Speech is paced in hall time: what plays for 6 s in a hall takes 6 s divided by the rate where nobody listens. A real
sound card plays at its own speed.
"""

import contextlib
import json
import struct
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from hardware.sound.pcm import SAMPLE_BYTES, SAMPLE_RATE, Sound, loudness, mixed

WAVE_HEADER_BYTES = 44
WORDLESS = ("chime", "pause")
"""The keys of sounds that say nothing."""

SILENCE_MOST_S = 10.0
"""A recording holds no longer silence than this, since a hall may say nothing for a night."""

SAME_MOMENT_S = 0.003
"""A sound that begins so soon after the last one follows it at once."""

DEVICE_BUFFER_MS = 100
DEVICE_PATIENCE_S = 5.0
"""A card that has not played a sound this long after its end is stuck."""


class NoSound(Exception):  # noqa: N818 -- a state of the world: nobody can hear this.
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
            return SoundCard(unquote(parts.netloc) or "default", parse_qs(parts.query).get("backend", [""])[0])
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
        if any(sound.key not in WORDLESS for sound in self._played):
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
    """A recording as a microphone in the hall would make it: each sound where it was heard, in hall time.

    Should two ever be played at once, they are added up and both spoilt. The file is a right WAV after each sound; only
    a long silence is written shorter (`SILENCE_MOST_S`), and an earlier recording is continued.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            earlier = path.read_bytes()[WAVE_HEADER_BYTES:] if path.exists() else b""
            self._file = path.open("wb")
            self._file.write(_wave_header(len(earlier)) + earlier)
        except OSError as error:
            raise NoSound(f"{path} cannot be written: {error}") from error
        self._lock = threading.Lock()
        self._bytes = len(earlier)
        self._zero_s: float | None = None
        """The hall's clock (real time x rate) at the first sample; None before anything was played."""
        self._reader = path.open("rb")

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        """Let the time pass, then put the samples where they began."""
        pcm = b"".join(sound.pcm for sound in sounds)
        began_s = time.monotonic() * rate
        start = self._start(began_s)
        whole = super().play(sounds, rate, stop)
        heard = pcm if whole else pcm[: int((time.monotonic() * rate - began_s) * SAMPLE_RATE) * SAMPLE_BYTES]
        try:
            with self._lock:
                self._place(start * SAMPLE_BYTES, heard)
        except OSError as error:
            raise NoSound(f"{self._file.name} cannot be written: {error}") from error
        return whole

    def _start(self, hall_s: float) -> int:
        """Give the sample at which a sound that begins now belongs."""
        with self._lock:
            end = self._bytes // SAMPLE_BYTES
            if self._zero_s is None:
                self._zero_s = hall_s - end / SAMPLE_RATE
            start = round((hall_s - self._zero_s) * SAMPLE_RATE)
            if abs(start - end) < SAME_MOMENT_S * SAMPLE_RATE:
                return end
            most = end + int(SILENCE_MOST_S * SAMPLE_RATE)
            if start > most:
                self._zero_s = hall_s - most / SAMPLE_RATE
            return min(start, most)

    def _place(self, at: int, pcm: bytes) -> None:
        self._file.seek(WAVE_HEADER_BYTES + self._bytes)
        self._file.write(bytes(max(0, at - self._bytes)))
        if at < self._bytes:
            self._file.flush()
            self._reader.seek(WAVE_HEADER_BYTES + at)
            pcm = mixed(self._reader.read(min(len(pcm), self._bytes - at)), pcm)
        self._file.seek(WAVE_HEADER_BYTES + at)
        self._file.write(pcm)
        self._bytes = max(self._bytes, at + len(pcm))
        self._file.seek(0)
        self._file.write(_wave_header(self._bytes))
        self._file.flush()

    def finish(self, label: dict[str, Any]) -> None:
        """Samples have no labels."""

    def close(self) -> None:
        """Close the file; what a full disk did not take is gone."""
        self._reader.close()
        with contextlib.suppress(OSError):
            self._file.close()


def _wave_header(pcm_bytes: int) -> bytes:
    """Write the head of a WAV with so many bytes of samples (RIFF, as Microsoft's Multimedia Programming Interface)."""
    rate = SAMPLE_RATE * SAMPLE_BYTES
    return struct.pack(
        *("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + pcm_bytes, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE, rate),
        *(SAMPLE_BYTES, 8 * SAMPLE_BYTES, b"data", pcm_bytes),
    )


class SoundCard:
    """A sound card through miniaudio; opened anew after it was unplugged."""

    def __init__(self, name: str, backend: str = "") -> None:
        self._name = name
        self._backend = backend
        self._device: Any = None
        self._open()

    def _open(self) -> None:
        import miniaudio

        try:
            backends = [miniaudio.Backend[self._backend.upper()]] if self._backend else None
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
        """Play through the card. Raises NoSound when it does not play, or was pulled out."""
        import miniaudio

        if self._device is None:
            self._open()
        try:
            return self._played(b"".join(sound.pcm for sound in sounds), stop)
        except miniaudio.MiniaudioError as error:
            raise NoSound(f"the sound device {self._name!r} does not play: {error}") from error

    def _played(self, pcm: bytes, stop: threading.Event) -> bool:
        over = threading.Event()
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
