"""The pictures of the satisfaction page as points on paper: a funnel, and the response from day to day. Pure.

Nothing is told by colour alone: what lies outside the limits has another shape and stands in the table in words, and a
day on which nobody could be asked is a hatched gap, not a zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from queue_server.satisfaction.funnel import ALARM, WARNING, Funnel, Standing, limits
from queue_server.satisfaction.tallies import Tally

WIDTH: Final = 960
HEIGHT: Final = 380
LEFT: Final = 64
RIGHT: Final = 24
TOP: Final = 20
BOTTOM: Final = 52

Shape = Literal["circle", "diamond", "up", "down"]
Anchor = Literal["start", "end"]
_ANCHORS: Final[tuple[Anchor, ...]] = ("start", "end")
_SHAPES: Final[dict[Standing, Shape]] = {
    "inside": "circle",
    "above": "diamond",
    "below": "diamond",
    "far_above": "up",
    "far_below": "down",
}
_CURVE_POINTS: Final = 36
_LEAST_SPAN: Final = 0.2
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000)
_TICKS: Final = 8
_LETTER: Final = 9.0
"""How wide a letter of a name is at most, on average; names are written in 15 units."""
_LINE: Final = 15.0
_REACH: Final = 10.0
"""From the middle of a shape to its edge."""
_BESIDE: Final = 14.0
_BASELINE: Final = 5.0
_LINES_AWAY: Final = 12

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where, and the number that it stands for (a share in per cent, a count, a day's place)."""

    at: float
    value: int


@dataclass(frozen=True)
class Mark:
    """A counter in the funnel: where it stands, where its name begins or ends, and its shape."""

    key: str
    x: float
    y: float
    name_x: float
    name_y: float
    anchor: Anchor
    shape: Shape
    standing: Standing


@dataclass(frozen=True)
class FunnelPicture:
    """A funnel to be drawn: the limits as lines of points, the branch's mean and the target as heights."""

    warning: tuple[str, str]
    alarm: tuple[str, str]
    mean_y: float
    target_y: float | None
    marks: tuple[Mark, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True)
class Gap:
    """Days in a row on which nobody could be asked, or nobody was: from here, so wide."""

    x: float
    width: float
    first: int
    last: int


@dataclass(frozen=True)
class DaysPicture:
    """A share from day to day: lines that break where there is nothing, dots, gaps."""

    lines: tuple[str, ...]
    dots: tuple[tuple[float, float, int], ...]
    """Where, and the place of the day."""
    gaps: tuple[Gap, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def funnel_picture(funnel: Funnel, names: Mapping[str, str], target_percent: int) -> FunnelPicture:
    """Draw a funnel of these counters, in this order; the least share shown leaves room below all of them."""
    points = {str(key): point for key, point in funnel.points.items()}
    shown = [key for key in names if key in points]
    assert shown, "a funnel has somebody in it"
    most = max(points[key].tally.rated for key in shown)
    least = min(points[key].tally.rated for key in shown)
    first, last = max(1, round(least * 0.8)), max(2, round(most * 1.08))
    counts = sorted({round(first * (last / first) ** (step / _CURVE_POINTS)) for step in range(_CURVE_POINTS + 1)})
    warning = [limits(funnel.mean, count, WARNING) for count in counts]
    alarm = [limits(funnel.mean, count, ALARM) for count in counts]
    shares = [points[key].tally.satisfied / points[key].tally.rated for key in shown]
    bottom = max(0.0, min([*shares, funnel.mean - _LEAST_SPAN / 2, *(one.low for one in alarm)]) - 0.03)
    bottom = int(bottom * 10) / 10

    def x(count: float) -> float:
        return LEFT + (count - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(share: float) -> float:
        return TOP + (1 - share) / (1 - bottom) * (HEIGHT - TOP - BOTTOM)

    def line(bounds: Sequence[float]) -> str:
        return " ".join(f"{x(count):.1f},{y(bound):.1f}" for count, bound in zip(counts, bounds, strict=True))

    target = target_percent / 100
    return FunnelPicture(
        warning=(line([one.low for one in warning]), line([one.high for one in warning])),
        alarm=(line([one.low for one in alarm]), line([one.high for one in alarm])),
        mean_y=y(funnel.mean),
        target_y=y(target) if target >= bottom else None,
        marks=_marks(
            {key: names[key] for key in shown},
            points_at={key: (x(points[key].tally.rated), y(share)) for key, share in zip(shown, shares, strict=True)},
            standings={key: points[key].standing for key in shown},
        ),
        across=tuple(Tick(x(count), count) for count in _round_numbers(first, last)),
        up=tuple(Tick(y(percent / 100), percent) for percent in range(round(bottom * 100), 101, 10)),
    )


def _marks(
    names: Mapping[str, str], points_at: Mapping[str, tuple[float, float]], standings: Mapping[str, Standing]
) -> tuple[Mark, ...]:
    shapes = {key: (x - _REACH, y - _REACH, x + _REACH, y + _REACH) for key, (x, y) in points_at.items()}
    written: list[Box] = []
    marks = {}
    for key in sorted(names, key=lambda one: (points_at[one][1], points_at[one][0])):
        x, y = points_at[key]
        taken = [*written, *(box for other, box in shapes.items() if other != key)]
        name_y, anchor = _place_of_name(x, y, len(names[key]) * _LETTER, taken)
        written.append(_box_of_name(x, name_y, len(names[key]) * _LETTER, anchor))
        name_x = x + _BESIDE if anchor == "start" else x - _BESIDE
        marks[key] = Mark(key, x, y, name_x, name_y, anchor, _SHAPES[standings[key]], standings[key])
    return tuple(marks[key] for key in names)


def _place_of_name(x: float, y: float, width: float, taken: Sequence[Box]) -> tuple[float, Anchor]:
    """Find room for a name beside its shape, as near as can be, that no other shape and no name before it has."""
    for lines in sorted(range(-_LINES_AWAY, _LINES_AWAY + 1), key=abs):
        for anchor in _ANCHORS:
            box = _box_of_name(x, y + _BASELINE + lines * _LINE, width, anchor)
            inside = box[0] >= LEFT and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT - BOTTOM
            if inside and not any(overlap(box, other) for other in taken):
                return y + _BASELINE + lines * _LINE, anchor
    return y + _BASELINE, "end" if x > WIDTH / 2 else "start"


def _box_of_name(x: float, name_y: float, width: float, anchor: Anchor) -> Box:
    left = x + _BESIDE if anchor == "start" else x - _BESIDE - width
    return left, name_y - _LINE + _BASELINE / 2, left + width, name_y + _BASELINE / 2


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes have more than an edge in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def days_picture(tallies: Sequence[Tally], *, of_response: bool) -> DaysPicture:
    """Draw the response (or the satisfied share) of these days; a day without anybody to count breaks the line."""
    days = max(len(tallies), 1)
    step = (WIDTH - LEFT - RIGHT) / days
    shares = [one.response if of_response else one.share for one in tallies]

    def x(place: float) -> float:
        return LEFT + (place + 0.5) * step

    def y(share: float) -> float:
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)

    runs: list[list[tuple[float, float]]] = [[]]
    for place, share in enumerate(shares):
        if share is None:
            runs.append([])
        else:
            runs[-1].append((x(place), y(share)))
    every = max(1, -(-days // _TICKS))
    return DaysPicture(
        lines=tuple(" ".join(f"{left:.1f},{top:.1f}" for left, top in run) for run in runs if len(run) > 1),
        dots=tuple((x(place), y(share), place) for place, share in enumerate(shares) if share is not None),
        gaps=tuple(
            Gap(LEFT + first * step, (last - first + 1) * step, first, last) for first, last in _runs_of_none(shares)
        ),
        across=tuple(Tick(x(place), place) for place in range(0, days, every)),
        up=tuple(Tick(y(percent / 100), percent) for percent in range(0, 101, 20)),
    )


def _runs_of_none(shares: Sequence[float | None]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place, share in enumerate(shares):
        if share is not None:
            continue
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _round_numbers(first: int, last: int) -> list[int]:
    """Give a few round counts between two."""
    step = next((one for one in _STEPS if (last - first) / one <= _TICKS), _STEPS[-1])
    return [count for count in range(-(-first // step) * step, last + 1, step) if count >= first]
