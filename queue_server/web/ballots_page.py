"""What the pages of ballots say, made of what the server knows of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from presentation.formats import moment, number
from presentation.texts import Words, name_in
from protocol.ballot_views import BallotsFound
from protocol.ballots import BALLOTS_MOST, Ballot, written_code
from protocol.configuration import RatingScale
from protocol.views import HallView
from queue_server.web.typed_days import show_day

LINES: Final = 8
"""So many ballots are entered at once: with three fields each, as many parts as a form may have."""


@dataclass(frozen=True)
class Line:
    """One line of the entry page, as it was typed, and why it was not kept."""

    code: str = ""
    answer: str = ""
    typed_reasons: str = ""
    sentence: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.code or self.answer or self.typed_reasons)

    @property
    def level(self) -> int | None:
        """Give the number of the answer; None where none was typed."""
        return int(self.answer) if self.answer.isdecimal() and self.answer.isascii() else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give the reasons by their places on the paper."""
        return tuple(self.typed_reasons.replace(",", " ").split())

    @property
    def as_typed(self) -> str:
        """Give the line as one text, the same for the same entry."""
        return "/".join((self.code, self.answer, *self.reasons))

    def told(self, sentence: str) -> "Line":
        """Give the line with why it was not kept."""
        return replace(self, sentence=sentence)


@dataclass(frozen=True)
class CountRow:
    """How far the ballots of a channel have come; ``share`` is how many of the handed ones came back."""

    channel: str
    blank: bool
    drawn: int
    handed: int
    returned: int
    entered: int
    rated: int
    void: int
    share: str


@dataclass(frozen=True)
class BallotRow:
    """A ballot in the list."""

    code: str
    written: str
    channel: str
    about: str
    drawn: str
    state: str
    state_word: str
    draw_id: str
    may_void: bool


@dataclass(frozen=True)
class CampaignPage:
    """The campaign that stands."""

    campaign_id: str
    days: str
    share_percent: int
    daily_most: int
    seed_hash: str
    begun: bool
    is_full: bool
    """As many ballots are at hand as may be: until some leave, the campaign draws nobody."""
    ballots_most: str


@dataclass(frozen=True)
class Paper:
    """A ballot as it is printed: what it is about, without any name, and what can be ticked."""

    code: str
    written: str
    about: str
    day: str
    channel: str
    blank: bool
    levels: tuple[tuple[int, str], ...]
    reasons: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Reading:
    """What one person read on a ballot."""

    name: str
    answer: str
    reasons: str


def count_rows(found: BallotsFound, words: Words) -> tuple[CountRow, ...]:
    """Give a row per channel; blank ballots have their own."""
    return tuple(
        CountRow(
            channel=words(f"rating.channel.{one.channel}"),
            blank=one.blank,
            drawn=one.drawn,
            handed=one.handed,
            returned=one.returned,
            entered=one.entered,
            rated=one.rated,
            void=one.void,
            share=words("ballots.share", part=one.returned, whole=one.handed),
        )
        for one in found.counts
    )


def ballot_rows(found: BallotsFound, hall: HallView, words: Words) -> tuple[BallotRow, ...]:
    """Give the ballots, the newest first."""
    return tuple(
        BallotRow(
            code=one.code,
            written=written_code(one.code),
            channel=words(f"rating.channel.{one.channel}"),
            about=about(one, hall, words),
            drawn=moment(words, one.drawn_at, hall.utc_offset_s),
            state=one.state,
            state_word=words(f"ballots.state.{one.state}"),
            draw_id=one.draw_id,
            may_void=one.state in ("drawn", "handed"),
        )
        for one in found.ballots
    )


def campaign_page(found: BallotsFound, hall: HallView, words: Words) -> CampaignPage | None:
    """Give the campaign that stands."""
    one = found.campaign
    if one is None:
        return None
    return CampaignPage(
        campaign_id=one.campaign_id,
        days=words(
            "ballots.days",
            first=show_day(date.fromisoformat(one.first_day)),
            last=show_day(date.fromisoformat(one.last_day)),
        ),
        share_percent=one.share_percent,
        daily_most=one.daily_most,
        seed_hash=one.seed_hash,
        begun=hall.day >= one.first_day,
        is_full=sum(counts.drawn for counts in found.counts) >= BALLOTS_MOST,
        ballots_most=number(words, BALLOTS_MOST),
    )


def paper_of(ballot: Ballot, found: BallotsFound, hall: HallView, words: Words) -> Paper:
    """Give a ballot as it is printed, by the scale that it asks with."""
    scale = scale_of(ballot, found)
    return Paper(
        code=ballot.code,
        written=written_code(ballot.code),
        about=about(ballot, hall, words),
        day=show_day(date.fromisoformat(ballot.day)),
        channel=words(f"rating.channel.{ballot.channel}"),
        blank=ballot.is_blank,
        levels=tuple((one.level, name_in(one.names, words.language)) for one in scale.levels),
        reasons=tuple((place, name_in(one.names, words.language)) for place, one in enumerate(scale.reasons, 1)),
    )


def reading_rows(ballot: Ballot, found: BallotsFound, names: Mapping[str, str], words: Words) -> tuple[Reading, ...]:
    """Give what each person read on a ballot."""
    scale = scale_of(ballot, found)
    levels = {one.level: name_in(one.names, words.language) for one in scale.levels}
    reasons = {one.reason_id: name_in(one.names, words.language) for one in scale.reasons}
    return tuple(
        Reading(
            name=names.get(one.clerk_id, one.clerk_id),
            answer=f"{one.level} · {levels.get(one.level, '?')}",
            reasons=", ".join(reasons.get(reason, reason) for reason in one.reasons),
        )
        for one in ballot.entries
        if not one.flag
    )


def scale_of(ballot: Ballot, found: BallotsFound) -> RatingScale:
    """Give the scale that a ballot asks with; today's where its own is gone."""
    return next((one for one in found.scales if one.scale_id == ballot.scale_id), found.scales[0])


def about(ballot: Ballot, hall: HallView, words: Words) -> str:
    """Say what a ballot is about: number, counter and service, and no person."""
    if ballot.is_blank:
        return words("ballots.about_hall")
    counter = next((str(one.number) for one in hall.counters if one.counter_id == ballot.counter_id), "?")
    names = next((one.names for one in hall.services if one.service_id == ballot.service_id), None)
    service = name_in(names, words.language) if names is not None else ballot.service_id
    return words("ballots.about", number=f"{ballot.prefix}{ballot.number:03d}", counter=counter, service=service)
