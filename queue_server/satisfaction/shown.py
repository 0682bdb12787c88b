"""What may be said of a share of satisfied answers."""

from typing import Final, Literal

from presentation.formats import percentage
from presentation.texts import Words

Verdict = Literal["met", "not_met", "no_data"]

TARGET_PERCENT: Final = 80
"""What the halls promise: at least so many in a hundred are satisfied."""

LEAST_RATED: Final = 10
"""Below so many answers there are counts, but no share, no interval and no place in any order."""

CLAIM_PERCENT: Final = 98
CLAIM_RATED: Final = 200
"""Above so many in a hundred a share is claimed from so many answers on only: see :func:`is_claimable`."""

_DECIMALS: Final = ((1000, 2), (100, 1))


def met(satisfied: int, rated: int, target_percent: int = TARGET_PERCENT) -> Verdict:
    """Say whether the target is met, in whole numbers: 80 of 100 meets 80 %, 79 does not, and 0 of 0 says nothing."""
    assert 0 <= satisfied <= rated, f"a share of {satisfied} in {rated}"
    assert 0 <= target_percent <= 100, f"a target of {target_percent} %"  # noqa: PLR2004 -- per cent.
    if rated == 0:
        return "no_data"
    return "met" if 100 * satisfied >= target_percent * rated else "not_met"


def is_claimable(satisfied: int, rated: int, least_rated: int = LEAST_RATED) -> bool:
    """Whether these answers are enough to say a share and its interval at all.

    Of few answers nothing is said. Of a share above 98 % nothing is said below 200 answers: so near to the end an
    interval of few answers holds the true share less often than it says (docs/satisfaction.md has the table).
    """
    assert 0 <= satisfied <= rated, f"a share of {satisfied} in {rated}"
    if rated < max(least_rated, 1):
        return False
    return rated >= CLAIM_RATED or 100 * satisfied <= CLAIM_PERCENT * rated


def decimals_for(rated: int) -> int:
    """Give how many decimals of a percentage so many answers can tell apart: 2 from 1,000 on, 1 from 100, else 0."""
    return next((decimals for least, decimals in _DECIMALS if rated >= least), 0)


def percent_text(part: int, whole: int, words: Words) -> str:
    """Write a share in per cent with the decimals it can carry: 2,499 of 2,500 is 99,96 %, 17 of 20 is 85 %.

    Not all is never 100 %, something never 0 %, and a share of nothing is "no data".
    """
    return percentage(words, part, whole, decimals_for(whole))
