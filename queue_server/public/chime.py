"""The sound that goes before a call: three rising notes, made by rule; for a phone about 11 kB."""

import math
from array import array
from functools import cache
from typing import Final

PHONE_RATE: Final = 8_000
NOTES_HERTZ: Final = (880, 1174, 1568)
NOTE_S: Final = 0.22
RING_S: Final = 0.8
LOUDNESS: Final = 0.5


@cache
def _shape(rate: int) -> tuple[float, ...]:
    """Give the notes as samples from -1 to 1, as loud as they are played."""
    count = int(rate * (NOTE_S * (len(NOTES_HERTZ) - 1) + RING_S))
    mixed = [0.0] * count
    for place, hertz in enumerate(NOTES_HERTZ):
        start = int(rate * NOTE_S * place)
        for at in range(start, count):
            seconds = (at - start) / rate
            swell = min(1.0, seconds / 0.01) * math.exp(-5.0 * seconds)
            mixed[at] += swell * math.sin(2 * math.pi * hertz * seconds)
    loudest = max(map(abs, mixed))
    return tuple(LOUDNESS * value / loudest for value in mixed)


@cache
def notes(rate: int) -> bytes:
    """Give the notes as samples of 16 bits, little-endian as every machine that runs this is."""
    return array("h", (round(32_767 * value) for value in _shape(rate))).tobytes()


@cache
def chime() -> bytes:
    """Give a WAV of 8,000 samples a second, one channel, 8 bits (unsigned, as that format has it)."""
    samples = bytes(round(128 + 127 * value) for value in _shape(PHONE_RATE))
    format_chunk = b"fmt " + _four(16) + _two(1) + _two(1) + _four(PHONE_RATE) + _four(PHONE_RATE) + _two(1) + _two(8)
    data_chunk = b"data" + _four(len(samples)) + samples + b"\x80" * (len(samples) % 2)
    body = b"WAVE" + format_chunk + data_chunk
    return b"RIFF" + _four(len(body)) + body


def _two(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _four(value: int) -> bytes:
    return value.to_bytes(4, "little")
