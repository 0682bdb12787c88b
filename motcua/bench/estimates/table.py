"""How far off each method was, and how often a wait was longer than our range said: figures and tables; pure."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Final, NamedTuple

from motcua.bench.estimates.comparison import OURS, Told
from motcua.bench.rows import percentile

TARGET_RATIO: Final = 0.8
LONGER_THAN_LOW: Final = (0.45, 0.55)
LONGER_THAN_HIGH: Final = (0.08, 0.12)


class Errors(NamedTuple):
    """How far off one method was, in seconds."""

    median_s: float
    mean_s: float
    p90_s: float
    bias_s: float
    """What was said less what came, on the average: negative for one that promises too much."""


class Verdict(NamedTuple):
    """How true our range was over some citizens, and how far off its P50, compared with the best of the others."""

    told: int
    waited_s: float
    """The median wait."""
    low_s: float
    high_s: float
    """The medians of both ends of our range."""
    ours_s: float
    best_s: float
    best: str
    longer_than_low: float
    longer_than_high: float

    @property
    def ratio(self) -> float:
        """Our median absolute error in units of the best other's."""
        return self.ours_s / self.best_s if self.best_s else float("inf")

    @property
    def ok(self) -> bool:
        """Whether the target is reached."""
        return (
            self.ratio <= TARGET_RATIO
            and LONGER_THAN_LOW[0] <= self.longer_than_low <= LONGER_THAN_LOW[1]
            and LONGER_THAN_HIGH[0] <= self.longer_than_high <= LONGER_THAN_HIGH[1]
        )


def errors(told: Sequence[Told], method: str) -> Errors:
    """Sum one method up."""
    off = [one.points[method] - one.waited_s for one in told]
    sizes = [abs(value) for value in off]
    return Errors(median(sizes), fmean(sizes), percentile(sizes, 0.9), fmean(off))


def verdict(told: Sequence[Told]) -> Verdict:
    """Judge our range over these citizens."""
    by_method = {method: errors(told, method).median_s for method in told[0].points}
    ours_s = by_method.pop(OURS)
    best = min(by_method, key=lambda method: by_method[method])
    return Verdict(
        told=len(told),
        waited_s=median(one.waited_s for one in told),
        low_s=median(one.points[OURS] for one in told),
        high_s=median(one.high_s for one in told),
        ours_s=ours_s,
        best_s=by_method[best],
        best=best,
        longer_than_low=fmean(one.waited_s > one.points[OURS] for one in told),
        longer_than_high=fmean(one.waited_s > one.high_s for one in told),
    )


MINUTE_S: Final = 60
GROUPS: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("told before 8:00", "hour", 0, 8),
    ("told 8:00 to 10:00", "hour", 8, 10),
    ("told 10:00 to 13:00", "hour", 10, 13),
    ("told from 13:00 on", "hour", 13, 24),
    ("told less than 10 min", "told_s", 0, 10 * MINUTE_S),
    ("told 10 to 30 min", "told_s", 10 * MINUTE_S, 30 * MINUTE_S),
    ("told more than 30 min", "told_s", 30 * MINUTE_S, 1e9),
    ("usual class", "priority", 0, 1),
    ("priority classes", "priority", 1, 2),
)
"""(name, what is looked at, from, up to)"""


def _in_group(one: Told, what: str, begins: float, ends: float) -> bool:
    return begins <= {"hour": one.hour, "told_s": one.points[OURS], "priority": one.priority}[what] < ends


def tables(told: Sequence[Told]) -> str:
    """Give both tables in Markdown: the methods against each other, and our range hall by hall and hour by hour."""
    waiting = [one for one in told if one.has_to_wait]
    groups = {"all who had to wait": waiting, "everybody, those who were called at once too": list(told)}
    groups |= {name: [one for one in waiting if one.hall == name] for name in sorted({one.hall for one in told})}
    for name, what, begins, ends in GROUPS:
        groups[name] = [one for one in waiting if _in_group(one, what, begins, ends)]
    return "\n\n".join((_of_methods(waiting), _of_groups({name: some for name, some in groups.items() if some})))


def _of_methods(told: Sequence[Told]) -> str:
    rows = [
        f"| {method} | {_minutes(of.median_s)} | {_minutes(of.mean_s)} | {_minutes(of.p90_s)} | {_minutes(of.bias_s)} |"
        for method, of in ((method, errors(told, method)) for method in told[0].points)
    ]
    head = "| Method | Median error (min) | Mean error | 9 of 10 within | Told less waited |\n|---|---:|---:|---:|---:|"
    return "\n".join((head, *rows))


def _of_groups(groups: Mapping[str, Sequence[Told]]) -> str:
    rows = [
        f"| {name} | {found.told:,} | {_minutes(found.waited_s)} | {_minutes(found.low_s)}–{_minutes(found.high_s)} "
        f"| {_minutes(found.ours_s)} | {_minutes(found.best_s)} | {found.ratio:.2f} "
        f"| {found.longer_than_low:.1%} | {found.longer_than_high:.1%} |"
        for name, found in ((name, verdict(some)) for name, some in groups.items())
    ]
    head = (
        "| Of whom | Told | Median wait (min) | Median range "
        "| Our error | Best other's | Ratio | Above P50 | Above P90 |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    return "\n".join((head, *rows))


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f}"
