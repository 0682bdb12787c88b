"""The ratings of a month in words, with what must not be told left out. Pure.

Of fewer ratings than the hall's least number there is how many, and nothing else: neither a share nor how many were
satisfied, on no page and in no file. Each channel stands in a row of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

import msgspec

from presentation.formats import fraction_text, number, rate
from presentation.texts import Words, name_in
from queue_server.reporting.month_snapshot import AT_COUNTER, CHANNELS, ChannelPart, MonthSnapshot, Part
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.shown import Verdict, decimals_for, is_claimable, met, percent_text

LEAST_OTHERWISE: Final = 3


@dataclass(frozen=True)
class Limits:
    """From how many ratings on a share is told of, and the line it is held against, in per cent.

    `otherwise`: so many must have answered otherwise than the others; where all answered alike, a share tells how each
    of them did.
    """

    least: int
    target: int
    otherwise: int = 0

    @classmethod
    def of(cls, snapshot: MonthSnapshot, *, is_own: bool = False) -> "Limits":
        """Give those that held in a month; clerks, who know whom they served, see less of their own."""
        return cls(snapshot.least_rated, snapshot.target_percent, LEAST_OTHERWISE if is_own else 0)

    def are_alike(self, satisfied: int, rated: int) -> bool:
        """Tell whether so many answered alike that the share would tell of single ones."""
        return min(satisfied, rated - satisfied) < self.otherwise


@dataclass(frozen=True)
class RatingLine:
    """The ratings of one channel by one scale, in words. `verdict` is empty where nothing may be said."""

    channel: str
    scale: str
    asked: str
    response: str
    rated: str
    share: str
    below: str
    verdict: Verdict | None


def rating_lines(ratings: Sequence[ChannelPart], limits: Limits, words: Words) -> list[RatingLine]:
    """Write the ratings of a part, channel by channel; nobody rated is "no data", never 0 or 100 %.

    A channel that asked nobody was off: that is a gap, not a channel without complaints. Two scales in a month are two
    lines of a channel, not one average; how many answered stands in the first.
    """
    several = len({one.scale_id for one in ratings if one.scale_id}) > 1
    lines, last = [], ""
    for one in ratings:
        of_channel = sum(other.rated for other in ratings if other.channel == one.channel)
        line = _line(one, of_channel if one.channel != last else None, limits, words)
        lines.append(replace(line, scale=one.scale_id) if several else line)
        last = one.channel
    known = {one.channel for one in ratings}
    return lines + [_gap(channel, words) for channel in CHANNELS if channel not in known]


def _gap(channel: str, words: Words) -> RatingLine:
    return RatingLine(words(f"months.channel.{channel}"), "", "–", "–", "–", words("months.off"), "", None)


def counter_line(part: Part, limits: Limits, words: Words) -> RatingLine:
    """Write the ratings at the counter alone; by the scale with most ratings where there were two."""
    own = [one for one in part.ratings if one.channel == AT_COUNTER]
    return _line(at_counter(part), sum(one.rated for one in own) if own else None, limits, words)


def at_counter(part: Part) -> ChannelPart:
    """Give the ratings at the counter by the scale with most of them; none where nobody was asked there."""
    own = (one for one in part.ratings if one.channel == AT_COUNTER)
    return max(own, key=lambda one: (one.rated, one.scale_id), default=NOBODY)


NOBODY: Final = ChannelPart(channel=AT_COUNTER, scale_id="", asked=0, rated=0, satisfied=0, levels=())
"""The ratings of a counter at which nobody was asked."""


def _line(one: ChannelPart, of_channel: int | None, limits: Limits, words: Words) -> RatingLine:
    is_told = one.rated >= limits.least
    response = "–"
    if of_channel is not None and 0 < one.asked >= of_channel:
        response = rate(words, of_channel, one.asked, decimals_for(one.asked))
    return RatingLine(
        channel=words(f"months.channel.{one.channel}"),
        scale="",
        asked=number(words, one.asked),
        response=response,
        rated=number(words, one.rated),
        share=share_text(one.satisfied, one.rated, limits, words),
        below=interval_text(one.satisfied, one.rated, limits, words),
        verdict=met(one.satisfied, one.rated, limits.target) if is_told or not one.rated else None,
    )


def share_text(satisfied: int, rated: int, limits: Limits, words: Words) -> str:
    """Write a share of satisfied answers with its counts; of too few that they are too few."""
    if not rated:
        return words("common.no_data")
    if rated < limits.least:
        return words("months.too_few")
    if limits.are_alike(satisfied, rated):
        return words("months.alike")
    part, whole = number(words, satisfied), number(words, rated)
    if not is_claimable(satisfied, rated, limits.least):
        return words("format.share_of", part=part, whole=whole)
    return words("format.rate", percent=percent_text(satisfied, rated, words), part=part, whole=whole)


def interval_text(satisfied: int, rated: int, limits: Limits, words: Words) -> str:
    """Write between which bounds the true share lies, or why nothing is said of it."""
    if not rated:
        return ""
    if rated < limits.least:
        return words("months.least", count=limits.least)
    if limits.are_alike(satisfied, rated):
        return words("months.alike_why", count=limits.otherwise)
    bounds = wilson(satisfied, rated) if is_claimable(satisfied, rated, limits.least) else None
    if bounds is None:
        return words("months.not_claimed")
    low, high = (fraction_text(words, bound, 1) for bound in (bounds.low, bounds.high))
    return words("reports.interval", low=low, high=high)


def counter_labels(snapshot: MonthSnapshot, words: Words) -> dict[str, tuple[str, str]]:
    """Name the counters, in the order of their numbers."""
    return {
        key: (f"{shown:05d}", words("common.counter", counter=shown)) for key, shown in snapshot.words.counters.items()
    }


def service_labels(snapshot: MonthSnapshot, words: Words) -> dict[str, tuple[str, str]]:
    """Name the services."""
    named = {key: name_in(names, words.language) for key, names in snapshot.words.services.items()}
    return {key: (name, name) for key, name in named.items()}


def with_corrections(part: Part, corrections: Iterable[tuple[ChannelPart, ...]], least: int) -> Part | None:
    """Give a part with what corrections took in; None where there is nothing, or a difference would tell of too few.

    Whoever sees the figures before and after a correction sees what it added: so each must be enough by itself.
    """
    added = [one for parts in corrections for one in parts]
    if not added or any(one.rated < least for one in added):
        return None
    summed = {(one.channel, one.scale_id): one for one in part.ratings}
    for one in added:
        name = (one.channel, one.scale_id)
        before = summed.get(name)
        summed[name] = one if before is None else _sum_of(before, one)
    ratings = sorted(summed.values(), key=lambda one: (CHANNELS.index(one.channel), one.scale_id))
    return msgspec.structs.replace(part, ratings=tuple(ratings))


def _sum_of(before: ChannelPart, added: ChannelPart) -> ChannelPart:
    levels = tuple(map(sum, zip_longest(before.levels, added.levels, fillvalue=0)))
    return msgspec.structs.replace(
        before, rated=before.rated + added.rated, satisfied=before.satisfied + added.satisfied, levels=levels
    )


# --- The public results ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Board:
    """The results that may hang in the hall: by counter, and of the hall where that gives no counter away."""

    rows: tuple[tuple[str, RatingLine], ...]
    whole: RatingLine | None
    hidden: int
    """So many counters have too few ratings to be told of."""
    told: tuple[tuple[str, str, ChannelPart], ...] = ()
    """What the rows and the whole (whose key is empty) say, as counts: key, name, ratings by one scale."""


def board_of(snapshot: MonthSnapshot, words: Words) -> Board:
    """Make the public results: no clerk, nothing of fewer ratings than the least, and nothing that tells of these.

    Each counter and the hall is told of by one scale. The hall is left out where what the shown counters leave of its
    scale would tell of one counter, or of too few ratings.
    """
    limits, labels = Limits.of(snapshot), counter_labels(snapshot, words)
    by_scale = {part.key: at_counter(part) for part in snapshot.counters}
    shown = sorted(
        (part for part in snapshot.counters if by_scale[part.key].rated >= limits.least),
        key=lambda part: labels.get(part.key, ("", part.key)),
    )
    whole, kept = at_counter(snapshot.whole), {part.key for part in shown}
    rest = [
        one.rated
        for part in snapshot.counters
        for one in part.ratings
        if (one.channel, one.scale_id) == (AT_COUNTER, whole.scale_id) and one.rated
        if part.key not in kept or by_scale[part.key].scale_id != whole.scale_id
    ]
    gives_away = len(rest) == 1 or 0 < sum(rest) < limits.least
    is_told = whole.rated >= limits.least and not gives_away
    names = {part.key: labels.get(part.key, ("", part.key))[1] for part in shown}
    return Board(
        rows=tuple((names[part.key], counter_line(part, limits, words)) for part in shown),
        whole=counter_line(snapshot.whole, limits, words) if is_told else None,
        hidden=sum(1 for key, one in by_scale.items() if one.rated and key not in kept),
        told=(
            *((("", words("figures.whole"), whole),) if is_told else ()),
            *((part.key, names[part.key], by_scale[part.key]) for part in shown),
        ),
    )
