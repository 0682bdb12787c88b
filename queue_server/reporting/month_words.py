"""The ratings of a month in words, with what must not be told left out. Pure.

Of fewer ratings than the hall's least number there is how many, and nothing else: neither a share nor how many were
satisfied, on no page and in no file. Each channel stands in a row of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

import msgspec

from presentation.formats import number, percentage, rate
from presentation.texts import Words, name_in
from queue_server.reporting.month_snapshot import AT_COUNTER, CHANNELS, ChannelPart, MonthSnapshot, Part
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.shown import Verdict, decimals_for, is_claimable, met, percent_text


@dataclass(frozen=True)
class Limits:
    """From how many ratings on a share is told of, and the line it is held against, in per cent."""

    least: int
    target: int

    @classmethod
    def of(cls, snapshot: MonthSnapshot) -> "Limits":
        """Give those that held in a month."""
        return cls(snapshot.least_rated, snapshot.target_percent)


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
    if not own:
        return _line(NOBODY, None, limits, words)
    most = max(own, key=lambda one: (one.rated, one.scale_id))
    return _line(most, sum(one.rated for one in own), limits, words)


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
    bounds = wilson(satisfied, rated) if is_claimable(satisfied, rated, limits.least) else None
    if bounds is None:
        return words("months.not_claimed")
    low, high = (percentage(words, round(bound * 1000), 1000, 1) for bound in (bounds.low, bounds.high))
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


def board_of(snapshot: MonthSnapshot, words: Words) -> Board:
    """Make the public results: no clerk, nothing of fewer ratings than the least, and nothing that tells of these."""
    limits, labels = Limits.of(snapshot), counter_labels(snapshot, words)
    rated_at = {part.key: _rated_at_counter(part) for part in snapshot.counters}
    shown = sorted(
        (part for part in snapshot.counters if rated_at[part.key] >= limits.least),
        key=lambda part: labels.get(part.key, ("", part.key)),
    )
    left_out = [rated_at[part.key] for part in snapshot.counters if 0 < rated_at[part.key] < limits.least]
    gives_away = 0 < sum(left_out) < limits.least or len(left_out) == 1
    enough = _rated_at_counter(snapshot.whole) >= limits.least
    return Board(
        rows=tuple((labels.get(part.key, ("", part.key))[1], counter_line(part, limits, words)) for part in shown),
        whole=counter_line(snapshot.whole, limits, words) if enough and not gives_away else None,
        hidden=len(left_out),
    )


def _rated_at_counter(part: Part) -> int:
    return sum(one.rated for one in part.ratings if one.channel == AT_COUNTER)
