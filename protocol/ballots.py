"""Ballots: a rating on paper, known by a code that nobody can guess and that tells most mistakes of whoever types it.

A ballot is bound to a served visit with its counter, clerk and service when it is drawn; one without a visit is blank,
the weaker kind: it tells how people find the hall, and nothing of who served them.
"""

import hmac
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec

from protocol.configuration import Day
from protocol.message import Code, Identifier, Instant, OptionalIdentifier, OptionalVisitId, VisitId

CODE_ALPHABET: Final = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""31 signs, a prime number, so that the check sign tells every wrong sign and every two that changed places.

No I, L, O, U and no zero: nothing here is mistaken for another sign in handwriting or a small print.
"""
CODE_SIGNS: Final = 10
"""31^10 codes: 49.5 bits."""
BALLOTS_AT_ONCE: Final = 50
BALLOTS_MOST: Final = 2_000
"""So many are at hand at most: each opening of a day carries them over."""
BALLOTS_KEPT_DAYS: Final = 14
"""So long after its day a ballot may still be entered; the log has it for ever."""
KEPT_AT_ONCE: Final = 100
"""So many ballots one event carries over."""
CAMPAIGN_DAYS_MOST: Final = 92

BallotChannel = Literal["paper", "surprise", "home"]
"""By which channel a ballot asks: at the desk, without notice, or at the citizen's home."""

BallotState = Literal["drawn", "handed", "entered", "differs", "rated", "counted", "void"]
"""``entered``: by the first of two; ``differs``: the two read it differently; ``counted``: a blank one that is in."""

BallotFlag = Literal["", "duplicate"]
"""Why an entry does not count; empty when it does."""

VoidReason = Literal["spoiled", "lost", "left_over"]

BallotCode = Annotated[str, msgspec.Meta(pattern=rf"^[{CODE_ALPHABET}]{{{CODE_SIGNS + 1}}}$")]
"""Ten signs and their check sign, without the dashes that people read."""


class BallotEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one person read on the paper; without a clerk it is the citizen's own answer, by the ticket's link."""

    at: Instant
    clerk_id: OptionalIdentifier
    level: int
    reasons: tuple[Code, ...] = ()
    flag: BallotFlag = ""


class Ballot(msgspec.Struct, frozen=True, kw_only=True):
    """A ballot, and how far it has come. ``barred`` are those who were signed in at its counter that day."""

    code: BallotCode
    channel: BallotChannel
    draw_id: VisitId
    day: Day
    drawn_at: Instant
    scale_id: Identifier
    visit_id: OptionalVisitId = ""
    prefix: str = ""
    number: int = 0
    counter_id: OptionalIdentifier = ""
    clerk_id: OptionalIdentifier = ""
    service_id: OptionalIdentifier = ""
    barred: tuple[Identifier, ...] = ()
    state: BallotState = "drawn"
    entries: tuple[BallotEntry, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether it belongs to no visit: a code of the hall, the weaker kind."""
        return not self.visit_id


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which a share of the served visits gets a ballot without notice.

    ``seed_hash`` is the SHA-256 of the seed (its 64 hex digits as ASCII), told before the first draw; the seed is
    told when the campaign ends, so that anybody can draw the same sample again with :func:`is_drawn`.
    """

    campaign_id: VisitId
    first_day: Day
    last_day: Day
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)]
    daily_most: Annotated[int, msgspec.Meta(ge=1, le=100)]
    """So many a day at one counter at most."""
    seed_hash: str
    by_clerk_id: OptionalIdentifier = ""


def checked_code(signs: str) -> str:
    """Give these ten signs with their check sign."""
    assert len(signs) == CODE_SIGNS, f"a code has {CODE_SIGNS} signs, not {signs!r}"
    return signs + CODE_ALPHABET[_sum_of(signs)]


def read_code(typed: str) -> str | None:
    """Read a code as it was typed, in any case and with any gaps; None where it is none or the check sign differs."""
    signs = "".join(sign for sign in typed.upper() if sign not in " -–.·")
    if len(signs) != CODE_SIGNS + 1 or any(sign not in CODE_ALPHABET for sign in signs):
        return None
    return signs if checked_code(signs[:CODE_SIGNS]) == signs else None


def written_code(code: str) -> str:
    """Write a code in groups, as it stands on paper: ``7K3QM-9WZ2D-X``."""
    half = CODE_SIGNS // 2
    return f"{code[:half]}-{code[half:CODE_SIGNS]}-{code[CODE_SIGNS:]}"


def seed_hash_of(seed: str) -> str:
    """Give what is told of a seed before the first draw."""
    return sha256(seed.encode("ascii")).hexdigest()


def is_drawn(seed: str, visit_id: str, share_percent: int) -> bool:
    """Tell whether a campaign with this seed draws this visit: HMAC-SHA256(seed, visit id) is in its lowest share.

    The first 64 bits count, as a number: below ``share_percent`` hundredths of 2^64.
    """
    lot = int.from_bytes(hmac.digest(seed.encode("ascii"), visit_id.encode("ascii"), "sha256")[:8])
    return lot * 100 < share_percent << 64


def _sum_of(signs: str) -> int:
    """Add up the signs' places, each weighed by where it stands, modulo 31."""
    weighed = ((place + 2) * CODE_ALPHABET.index(sign) for place, sign in enumerate(signs))
    return sum(weighed) % len(CODE_ALPHABET)
