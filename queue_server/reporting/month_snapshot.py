"""A month's figures as they are frozen: whole numbers alone, in bytes that are the same whoever makes them, and when.

The bytes are JSON (UTF-8, keys in order, one line): counts, seconds and ids, with the words that ids had. No share and
no interval stands in them, so that no rounding can differ; whoever shows them works those out. `SNAPSHOT_VERSION` is
raised when a field changes its meaning; a reader knows the older ones.
"""

import hashlib
from typing import Final

import msgspec

from queue_server.reporting.definitions import BY_ID, Definition
from queue_server.reporting.figures import Share, Spread, TimeShare, share, time_share
from queue_server.reporting.inquiry_steps import InquiryCounts
from queue_server.reporting.questions import Value

SNAPSHOT_VERSION: Final = 2
"""1: without inquiries."""
WITH_INQUIRIES: Final = 2

AT_COUNTER: Final = "counter"
"""The one group of channels that is counted together: the rating keypad and the rating terminal of a counter."""
CHANNELS: Final = (AT_COUNTER, "link", "paper", "surprise", "home")
"""In the order in which they are shown. They reach different people and are never added up."""

Numbers = tuple[int | None, ...]


class UnknownSnapshot(Exception):  # noqa: N818 -- it says what the bytes are not.
    """The bytes are no snapshot that this program can read."""


class ChannelPart(msgspec.Struct, frozen=True, kw_only=True):
    """The ratings of one channel by one scale. `levels` counts each answer from 1 on.

    `asked` is how many visits of the month it asked, by whatever scale; a rating may come of a visit of another month.
    """

    channel: str
    scale_id: str
    asked: int
    rated: int
    satisfied: int
    levels: tuple[int, ...]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A counter, service or clerk (`key` is its id), or the whole hall; figures by id, as `numbers_of` writes them."""

    key: str
    figures: dict[str, Numbers]
    ratings: tuple[ChannelPart, ...]

    def value(self, figure_id: str) -> Value | None:
        """Give a figure; None where it does not exist here."""
        numbers = self.figures.get(figure_id)
        return None if numbers is None else value_of(BY_ID[figure_id], numbers)


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk's month as it had been evaluated when the month was closed."""

    clerk_id: str
    form_id: str
    points: dict[str, int]
    by_clerk_id: str
    at: str


class ScaleWords(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a scale's answers from 1 on, and which of them count as satisfied."""

    names: tuple[dict[str, str], ...]
    satisfied: tuple[int, ...]


class MonthWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the ids of a month meant."""

    services: dict[str, dict[str, str]]
    counters: dict[str, int]
    scales: dict[str, ScaleWords]


class MonthSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A month's figures, as the log tells them up to event `seq`."""

    version: int = SNAPSHOT_VERSION
    month: str
    seq: int
    days: tuple[str, ...]
    target_percent: int
    least_rated: int
    whole: Part
    counters: tuple[Part, ...]
    services: tuple[Part, ...]
    clerks: tuple[Part, ...]
    evaluations: tuple[Evaluated, ...]
    words: MonthWords
    inquiries: tuple[InquiryCounts, ...] = ()
    """Of the whole hall first, then by clerk; of version 1 nothing is known of them."""

    def inquiries_of(self, key: str) -> InquiryCounts | None:
        """Give what became of the inquiries about a clerk, or of all (empty); None where it was not counted yet."""
        if self.version < WITH_INQUIRIES:
            return None
        return next((one for one in self.inquiries if one.key == key), InquiryCounts(key=key))


def canonical(snapshot: MonthSnapshot) -> bytes:
    """Give the bytes of a snapshot: the same figures are the same bytes."""
    return msgspec.json.encode(snapshot, order="sorted") + b"\n"


def hash_of(body: bytes) -> str:
    """Give the hash that stands in the log: SHA-256 of the bytes, 64 hex digits."""
    return hashlib.sha256(body).hexdigest()


def decoded(body: bytes) -> MonthSnapshot:
    """Read a snapshot; raises `UnknownSnapshot`."""
    try:
        snapshot = msgspec.json.decode(body, type=MonthSnapshot)
    except msgspec.DecodeError as error:
        raise UnknownSnapshot(f"these bytes are no snapshot of a month: {error}") from error
    if snapshot.version > SNAPSHOT_VERSION:
        raise UnknownSnapshot(f"the snapshot has version {snapshot.version}; this program reads {SNAPSHOT_VERSION}")
    return snapshot


def numbers_of(value: Value) -> Numbers:
    """Write a figure as whole numbers: a count, or a share's parts, or how many with their median and 90 %."""
    match value:
        case Share():
            return (value.part, value.whole)
        case TimeShare():
            return (value.part_s, value.whole_s)
        case Spread():
            return (value.n, value.p50_s, value.p90_s)
        case _:
            return (value,)


def value_of(definition: Definition, numbers: Numbers) -> Value:
    """Read a figure back from its numbers."""
    first, *more = numbers
    assert first is not None, f"{definition.figure_id} begins with a count"
    match definition.kind:
        case "share":
            return share(first, more[0] or 0)
        case "time_share":
            return time_share(first, more[0] or 0)
        case "spread":
            return Spread(n=first, p50_s=more[0], p90_s=more[1])
        case _:
            return first
