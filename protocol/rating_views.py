"""What a rating terminal sees: the question that is open at its counter, if there is one."""

from typing import Literal

import msgspec

from protocol.configuration import RatingScale, Words
from protocol.message import Instant
from protocol.view_parts import Part, StoppedHall, View


class RatingWindow(Part, frozen=True, kw_only=True):
    """The question that is open now."""

    nonce: str
    prefix: str
    number: int
    tone: Literal["usual", "neutral"]
    closes_at: Instant
    language: str
    after_words: Words = msgspec.field(default_factory=dict)
    """Congratulations or condolences after this very service, with the question and the thanks."""
    clerk_id: str = ""
    """Who has served, where the branch lets terminals show it (``policies.rating_shows_clerk``)."""


class LinkRating(Part, frozen=True, kw_only=True):
    """What a ticket's link asks once the visit is over; told to its citizen alone."""

    scale: RatingScale
    tone: Literal["usual", "neutral"]
    given: bool
    """It has been answered by the link. What was answered is told to nobody."""
    drawn: bool = False
    """The visit was drawn by a surprise campaign, and waits for its citizen's answer."""
    after_words: Words = msgspec.field(default_factory=dict)


class RatingView(View, frozen=True, kw_only=True):
    """Topic ``rating/<counter>``: what the rating terminal asks. No press ever changes it."""

    counter_id: str
    counter_number: int
    agency: Words
    languages: tuple[str, ...]
    scale: RatingScale
    window: RatingWindow | None
    utc_offset_s: int
    hotline: str = ""
    stopped: StoppedHall | None = None
    """The hall is stopped: nobody is asked."""
