"""Satisfaction as managers read it: what one channel says, how sure that is, and who can be told apart at all. Pure.

Every share stands with how many answered, its interval and the part of those asked; of too few there are counts alone,
of none "no data". Nobody is ranked: groups are shown only where a line between them holds (`satisfaction.ranking`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from presentation.formats import fraction_text, number
from presentation.texts import Words, name_in
from protocol.commands import RatingChannel
from queue_server.reporting.rows import House, Meaning
from queue_server.reporting.satisfaction import CHANNELS, ChannelFound, Cut, SpanFound
from queue_server.satisfaction.cusum import RULES, charts
from queue_server.satisfaction.funnel import Funnel, Standing, funnel
from queue_server.satisfaction.intervals import wilson
from queue_server.satisfaction.mix import standardise
from queue_server.satisfaction.ranking import groups
from queue_server.satisfaction.shown import Verdict, is_claimable, met, percent_text
from queue_server.satisfaction.shrinkage import shrink
from queue_server.satisfaction.tallies import NOTHING, Tally
from queue_server.web.figures_page import Labels

_WATCHED: Final = frozenset({"keypad", "terminal"})
"""The channels that whoever is rated could press himself."""

LEVEL_SHOWN: Final = 20
"""From so many per cent of its threshold on a chart is shown; those below have nothing to say."""


@dataclass(frozen=True)
class Said:
    """A figure in words, and what stands small below it."""

    text: str
    below: str = ""


@dataclass(frozen=True)
class ChannelLine:
    """A channel of the table that is always there, also of one that was switched off."""

    channel: RatingChannel
    name: str
    is_chosen: bool
    offered: bool
    asked: str
    rated: str
    response: Said
    share: Said
    verdict: Verdict
    gap: str
    """How many could not be asked because it was silent; empty for none."""
    flagged: str
    with_flagged: str


@dataclass(frozen=True)
class Line:
    """A counter, clerk or service: its answers, and what they say of it beside the others."""

    key: str
    label: str
    tally: Tally
    response: Said
    share: Said
    gap: str
    shrunken: Said
    mix: Said
    standing: Standing | None


@dataclass(frozen=True)
class Watched:
    """A counter's chart of one rule: how high it stands of its threshold, in per cent, and the days of its alarms."""

    label: str
    rule: str
    level_percent: int
    alarms: tuple[str, ...]


@dataclass(frozen=True)
class Sight:
    """What the page is about: one channel of a span, in somebody's words, by a house's rules."""

    found: SpanFound
    channel: RatingChannel
    cut: Cut
    labels: Labels
    house: House

    @property
    def words(self) -> Words:
        """The reader's words."""
        return self.labels.words

    @property
    def own(self) -> ChannelFound:
        """What the chosen channel says."""
        return self.found.channels[self.channel]

    @property
    def verdict(self) -> Verdict:
        """Whether the channel meets the target; of too few answers there is no data to say so."""
        return self.verdict_of(self.own.tally)

    def verdict_of(self, tally: Tally) -> Verdict:
        """Judge counts by the house's line."""
        if tally.rated < self.house.least_rated:
            return "no_data"
        return met(tally.satisfied, tally.rated, self.house.target_percent)

    def share(self, tally: Tally) -> Said:
        """Write a satisfied share with its interval; of few answers the counts, of none that there are none."""
        words = self.words
        if tally.rated == 0:
            return Said(words("common.no_data"))
        counts = words("format.share_of", part=number(words, tally.satisfied), whole=number(words, tally.rated))
        if tally.rated < self.house.least_rated:
            return Said(counts, words("satisfaction.too_few", count=self.house.least_rated))
        if not is_claimable(tally.satisfied, tally.rated, self.house.least_rated):
            return Said(counts, words("satisfaction.not_claimed"))
        bounds = wilson(tally.satisfied, tally.rated)
        assert bounds is not None, "somebody answered"
        interval = words("reports.interval", low=self._percent(bounds.low), high=self._percent(bounds.high))
        return Said(percent_text(tally.satisfied, tally.rated, words), f"{interval} · {counts}")

    def response(self, tally: Tally) -> Said:
        """Write which part of those asked answered."""
        words = self.words
        if tally.asked == 0:
            return Said(words("satisfaction.not_asked"))
        counts = words("format.share_of", part=number(words, tally.rated), whole=number(words, tally.asked))
        return Said(percent_text(tally.rated, tally.asked, words), counts)

    def channels(self) -> list[ChannelLine]:
        """Give every channel's line, each for itself."""
        return [self._channel_line(self.found.channels[channel]) for channel in CHANNELS]

    def _channel_line(self, one: ChannelFound) -> ChannelLine:
        words, presses = self.words, sum(flagged.presses for flagged in one.flagged)
        return ChannelLine(
            channel=one.channel,
            name=words(f"rating.channel.{one.channel}"),
            is_chosen=one.channel == self.channel,
            offered=one.offered,
            asked=number(words, one.tally.asked),
            rated=number(words, one.tally.rated),
            response=self.response(one.tally),
            share=self.share(one.tally),
            verdict=self.verdict_of(one.tally),
            gap=self._gap(one.unasked),
            flagged=number(words, presses),
            with_flagged=self.share(one.with_flagged).text,
        )

    def lines(self) -> list[Line]:
        """Give the rows of the chosen cut, by name; those of too few answers are compared with nobody."""
        tallies, gaps = self.own.by(self.cut), self.own.unasked_by(self.cut)
        comparable = self.comparable()
        drawn = shrink(comparable) or {}
        around = self.funnel()
        mixes = standardise(self.own.mixes(self.cut)) if self.cut != "service" else {}
        lines = []
        for key in sorted({*tallies, *(key for key, gap in gaps.items() if gap)}, key=self._sort):
            tally, shrunken = tallies.get(key, NOTHING), drawn.get(key)
            point = around.points.get(key) if around else None
            mix = mixes.get(key) if key in comparable else None
            lines.append(
                Line(
                    key=key,
                    label=self.label(key),
                    tally=tally,
                    response=self.response(tally),
                    share=self.share(tally),
                    gap=self._gap(gaps.get(key, 0)),
                    shrunken=Said(self._percent(shrunken.share)) if shrunken else Said("–"),
                    mix=Said(
                        self._points(mix.difference),
                        self.words(
                            "satisfaction.from_to",
                            low=self._points(mix.difference_interval.low),
                            high=self._points(mix.difference_interval.high),
                        ),
                    )
                    if mix
                    else Said("–"),
                    standing=point.standing if point else None,
                )
            )
        return lines

    def comparable(self) -> dict[str, Tally]:
        """Give those with enough answers to be held beside one another."""
        return {key: one for key, one in self.own.by(self.cut).items() if one.rated >= self.house.least_compared}

    def funnel(self) -> Funnel | None:
        """Give the funnel of those that can be compared; of a single one there is none."""
        comparable = self.comparable()
        return funnel(comparable) if len(comparable) > 1 else None

    def groups(self) -> list[list[str]]:
        """Give the names of those who can be told apart, the best group first; one group: nobody can."""
        found = groups(self.comparable(), least_rated=self.house.least_compared)
        return [[self.label(key) for key in group] for group in found]

    def watched(self, history: Sequence[str], past: ChannelFound) -> list[Watched]:
        """Give the charts of counters whose response or share rises as if somebody pressed, over all days of history.

        Only those are given that have risen. Of channels that nobody could press for somebody else there are none.
        Alarms are those of the span.
        """
        if not self.is_watched:
            return []
        days = past.daily("counter", history)
        found = []
        for name, rule in RULES.items():
            for key, chart in charts(days, rule).items():
                alarms = tuple(
                    self.labels.of("day", history[place])
                    for place in chart.alarms
                    if history[place] >= self.found.span.first_day
                )
                level = chart.levels[-1] if chart.levels else 0.0
                percent = min(100, round(100 * level / rule.threshold))
                found.append(Watched(self.labels.of("counter", key), name, percent, alarms))
        risen = [one for one in found if one.alarms or one.level_percent >= LEVEL_SHOWN]
        return sorted(risen, key=lambda one: (not one.alarms, -one.level_percent, one.label))

    @property
    def is_watched(self) -> bool:
        """Whether it is a channel by which somebody could press for somebody else."""
        return self.channel in _WATCHED

    def levels(self) -> list[tuple[str, str, Said]]:
        """Give each answer of the scales that were asked: its words, as what it is officially told, how often."""
        rated = sum(one.ratings for one in self.own.levels)
        lines = []
        for one in self.own.levels:
            of_scale = self.meaning.levels.get(one.scale_id, ())
            level = of_scale[one.level - 1] if one.level <= len(of_scale) else None
            official = self.words(f"satisfaction.official.{level.official}") if level and level.official else "–"
            name = name_in(level.names, self.words.language) if level else str(one.level)
            lines.append((name, official, self._part(one.ratings, rated)))
        return lines

    def reasons(self) -> list[tuple[str, Said]]:
        """Give what was named as a reason, the most often named first, as a part of those who named any answer."""
        rated = self.own.tally.rated
        return [
            (self._reason(reason), self._part(min(ratings, rated), rated))
            for reason, ratings in self.own.reasons.items()
        ]

    def flags(self) -> list[tuple[str, str, str]]:
        """Give why presses did not count: the reason, how many, how many would have said satisfied."""
        return [
            (self.words(f"rating.flag.{one.flag}"), number(self.words, one.presses), number(self.words, one.satisfied))
            for one in self.own.flagged
        ]

    @property
    def meaning(self) -> Meaning:
        """What ids mean."""
        return self.labels.meaning

    def label(self, key: str) -> str:
        """Name a row of the chosen cut."""
        return self.labels.of(self.cut, key)

    def day(self, place: int) -> str:
        """Name a business day of the span by its place."""
        return self.labels.of("day", self.found.days[place])

    def daily(self) -> list[Tally]:
        """Give the channel's answers of each business day."""
        return [self.own.of_day(day) for day in self.found.days]

    def _sort(self, key: str) -> str:
        return self.labels.sort(self.cut, key)

    def _reason(self, reason: str) -> str:
        names = self.meaning.rating_reason_names.get(reason, {})
        return name_in(names, self.words.language) if names else reason

    def _part(self, part: int, whole: int) -> Said:
        counts = self.words("format.share_of", part=number(self.words, part), whole=number(self.words, whole))
        return Said(percent_text(part, whole, self.words), counts)

    def _gap(self, unasked: int) -> str:
        return self.words.counted("satisfaction.unasked", unasked) if unasked else ""

    def _percent(self, share: float) -> str:
        return fraction_text(self.words, share, 1)

    def _points(self, difference: float) -> str:
        """Write a difference of shares in percentage points, with its sign."""
        text = number(self.words, abs(difference) * 100, 1)
        sign = "+" if difference > 0 else "−" if difference < 0 else "±"
        return self.words("satisfaction.points", points=f"{sign}{text}")
