"""Samples: 16 bit little-endian, one channel, 22,050 a second. What is played, here and anywhere else. Pure."""

import array
import math
import sys
from dataclasses import dataclass, field
from functools import lru_cache

SAMPLE_RATE = 22_050
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as it is played: its key (`vi/five`, `chime`, `pause`) and its samples."""

    key: str
    pcm: bytes = field(repr=False)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / SAMPLE_BYTES / SAMPLE_RATE


def loudness(*pieces: bytes) -> float:
    """Give the root mean square of samples as a share of full scale: 0 is silence."""
    samples = sum(len(pcm) for pcm in pieces) / SAMPLE_BYTES
    return math.sqrt(sum(map(_energy, pieces)) / max(samples, 1)) / 32768


def mixed(first: bytes, second: bytes) -> bytes:
    """Add samples to others that begin at the same moment; what is too loud is cut, as a loudspeaker does."""
    longer, shorter = sorted((samples_of(first), samples_of(second)), key=len, reverse=True)
    for at, sample in enumerate(shorter):
        longer[at] = max(-32768, min(32767, longer[at] + sample))
    return bytes_of(longer)


def gained(pcm: bytes, gain_db: float) -> bytes:
    """Make samples louder, or softer by a negative gain; what is too loud is cut."""
    factor = 10 ** (gain_db / 20)
    scaled = (max(-32768, min(32767, int(sample * factor))) for sample in samples_of(pcm))
    return bytes_of(array.array("h", scaled))


@lru_cache(maxsize=256)
def _energy(pcm: bytes) -> int:
    """Add up the squares of samples, once per clip: the same few are played all day."""
    return sum(sample * sample for sample in samples_of(pcm))


def samples_of(pcm: bytes) -> "array.array[int]":
    """Give samples as numbers; half a sample at the end is left out."""
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def bytes_of(samples: "array.array[int]") -> bytes:
    """Give numbers as samples."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
