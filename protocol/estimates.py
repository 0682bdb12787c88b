"""What a branch has learned of its own days, to estimate waits by: figures of services and counters, none of people.

It is carried from day to day by the event that opens a day, so that it follows from the log like everything else.
Nothing here is kept per clerk or per citizen. All times are whole seconds; times of day count from midnight at the
branch.
"""

import msgspec

Stretch = tuple[int, int]
"""From, up to: two times of day in seconds after midnight."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A range of waiting, P50 to P90, in seconds."""

    low_s: int
    high_s: int


class WorkedDay(msgspec.Struct, frozen=True, kw_only=True):
    """When each counter was open on a day, and the opening hours of that day."""

    hours: tuple[Stretch, ...]
    counters: dict[str, tuple[Stretch, ...]]


class Pace(msgspec.Struct, frozen=True):
    """How much longer services took than believed: how many were seen (fading), and their log ratios, summed."""

    seen: float = 0.0
    log_ratio: float = 0.0


class Answers(msgspec.Struct, frozen=True):
    """Calls, and how many of them nobody answered; both fade."""

    calls: float = 0.0
    vain: float = 0.0


class Correction(msgspec.Struct, frozen=True):
    """By what P50 and P90 are stretched, so that as many wait longer as should."""

    low: float = 1.0
    high: float = 1.0


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of earlier days; empty at first. The newest of each series stands last."""

    durations_s: dict[str, tuple[int, ...]] = msgspec.field(default_factory=dict)
    """By service: how long services took."""
    walking_s: tuple[int, ...] = ()
    """From calls to the start of service."""
    between_s: tuple[int, ...] = ()
    """From the end of a service to the next call, while people waited for that counter."""
    vain_s: tuple[int, ...] = ()
    """How long calls blocked a counter that nobody answered."""
    answers: dict[str, Answers] = msgspec.field(default_factory=dict)
    """By length of the wait before it: how calls were answered; who has waited for hours has often gone."""
    paces: dict[str, Pace] = msgspec.field(default_factory=dict)
    """By counter."""
    arrivals: dict[str, tuple[float, ...]] = msgspec.field(default_factory=dict)
    """By service: how many take a number in each half hour of a day, from midnight on."""
    class_shares: dict[str, float] = msgspec.field(default_factory=dict)
    """By priority class: its share of the numbers."""
    days: tuple[WorkedDay, ...] = ()
    corrections: dict[str, Correction] = msgspec.field(default_factory=dict)
    """By length of wait."""
