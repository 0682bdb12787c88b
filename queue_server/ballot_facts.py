"""What decisions about ballots need from outside: codes and lots by chance, and the seed of a surprise campaign.

A campaign's seed is made of the branch's key and the campaign's id, as the secrets of tickets are: nothing more has to
be kept, backed up or lost, and whoever does not have the branch's key knows nothing of it until it is told.
"""

import hmac
from collections.abc import Callable
from typing import Final

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol.ballots import CODE_ALPHABET, CODE_SIGNS, checked_code
from queue_server import core

TRIES_MOST: Final = 100
"""So many codes may be known already: with 31^10 of them, one would be a wonder."""


def ballot_facts(
    branch: core.Branch,
    command: bc.DrawBallots | bc.PlanCampaign | bc.EndCampaign | c.EndService | c.CloseDay,
    branch_key: bytes,
    draw: Callable[[str, int], str],
    utc_offset_s: int,
) -> core.Facts:
    """Give the facts of a command about ballots. Chance is drawn at each end of a service, whatever comes of it."""
    if isinstance(command, bc.DrawBallots):
        codes = new_codes(branch, 1 if command.channel == "home" else command.count, draw)
        return core.Facts(utc_offset_s=utc_offset_s, ballot_codes=codes, ballot_chance=draw("0123456789abcdef", 32))
    if isinstance(command, bc.PlanCampaign):
        return core.Facts(utc_offset_s=utc_offset_s, campaign_seed=campaign_seed(branch_key, command.campaign_id))
    codes = new_codes(branch, 1, draw) if isinstance(command, c.EndService) else ()
    return core.Facts(utc_offset_s=utc_offset_s, campaign_seed=standing_seed(branch, branch_key), ballot_codes=codes)


def standing_seed(branch: core.Branch, branch_key: bytes) -> str:
    """Give the seed of the campaign that stands; without one, an empty text."""
    return campaign_seed(branch_key, branch.campaign.campaign_id) if branch.campaign is not None else ""


def campaign_seed(branch_key: bytes, campaign_id: str) -> str:
    """Give a campaign's seed as 64 hex digits: HMAC-SHA256(branch key, ``surprise`` and the campaign's id)."""
    return hmac.digest(branch_key, b"surprise\n" + campaign_id.encode("ascii"), "sha256").hex()


def new_codes(branch: core.Branch, count: int, draw: Callable[[str, int], str]) -> tuple[str, ...]:
    """Draw so many codes that no ballot at hand has, each once."""
    codes: dict[str, None] = {}
    for _ in range(count + TRIES_MOST):
        if len(codes) == count:
            break
        code = checked_code(draw(CODE_ALPHABET, CODE_SIGNS))
        if code not in branch.ballots:
            codes[code] = None
    assert len(codes) == count, "whoever draws the same signs again and again draws no chance"
    return tuple(codes)
