"""Surprise campaigns: which served visits get a ballot without notice, foreseen by no clerk and checked by all.

The seed stays with the server; its hash is in the log before the first draw, itself when the campaign is over. Whether
a visit is drawn follows from the seed and the visit's id alone (:func:`protocol.ballots.is_drawn`), and is asked when
its last service ends, not before: so the clerk who serves cannot know, and the sample can be drawn again by anybody.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from protocol import ballot_commands as bc
from protocol import ballot_events as be
from protocol import events as e
from protocol.ballots import BALLOTS_MOST, CAMPAIGN_DAYS_MOST, Campaign, is_drawn, seed_hash_of
from queue_server.core.ballots import ballot_of
from queue_server.core.calendar import business_date
from queue_server.core.refusals import Refusal
from queue_server.core.request import Facts, Request
from queue_server.core.state import Branch, CounterToday, Visit
from queue_server.core.tickets import Events


def plan_campaign(branch: Branch, request: Request, command: bc.PlanCampaign, at: datetime) -> Events:
    """Let a campaign stand, and tell the hash of its seed; the same campaign again changes nothing."""
    standing = branch.campaign
    if standing is not None and standing.campaign_id == command.campaign_id:
        return ()
    if standing is not None:
        raise Refusal("campaign_stands")
    first, last = _date_of(command.first_day), _date_of(command.last_day)
    today = business_date(at, request.facts.utc_offset_s)
    if not today <= first <= last < first + timedelta(days=CAMPAIGN_DAYS_MOST):
        raise Refusal("campaign_days", days=str(CAMPAIGN_DAYS_MOST))
    campaign = Campaign(
        campaign_id=command.campaign_id,
        first_day=command.first_day,
        last_day=command.last_day,
        share_percent=command.share_percent,
        daily_most=command.daily_most,
        seed_hash=seed_hash_of(request.facts.campaign_seed),
        by_clerk_id=request.actor.clerk_id,
    )
    return (be.CampaignPlanned(at=at, campaign=campaign),)


def end_campaign(branch: Branch, request: Request, command: bc.EndCampaign, at: datetime) -> Events:
    """End the campaign that stands before its time, and tell its seed."""
    if branch.campaign is None or branch.campaign.campaign_id != command.campaign_id:
        raise Refusal("no_campaign")
    return (_ended(branch.campaign, request.facts, at, request.actor.clerk_id),)


def draw_surprise(branch: Branch, counter: CounterToday, visit: Visit, facts: Facts, at: datetime) -> Events:
    """Draw a ballot for this visit, whose last service ends now, if the seed says so and its counter has few today."""
    campaign = branch.campaign
    if campaign is None or branch.stopped is not None or not campaign.first_day <= branch.day <= campaign.last_day:
        return ()
    seed = facts.campaign_seed
    if seed_hash_of(seed) != campaign.seed_hash or not is_drawn(seed, visit.visit_id, campaign.share_percent):
        return ()
    surprises = [one for one in branch.ballots.values() if one.channel == "surprise"]
    here = sum((one.day, one.counter_id) == (branch.day, counter.counter_id) for one in surprises)
    again = any(one.visit_id == visit.visit_id for one in surprises)
    if again or here >= campaign.daily_most or len(branch.ballots) >= BALLOTS_MOST:
        return ()
    ballot = ballot_of(branch, visit, "surprise", facts.ballot_codes[0], draw_id=visit.visit_id, at=at)
    ballot = msgspec.structs.replace(ballot, counter_id=counter.counter_id, clerk_id=counter.clerk_id)
    drawn = be.BallotsDrawn(at=at, draw_id=visit.visit_id, ballots=(ballot,), campaign_id=campaign.campaign_id)
    return (drawn,)


def end_with_day(branch: Branch, facts: Facts, at: datetime) -> Iterator[e.AnyEvent]:
    """End a campaign whose last day closes now."""
    if branch.campaign is not None and branch.campaign.last_day <= branch.day:
        yield _ended(branch.campaign, facts, at)


def still_planned(branch: Branch, today: str, facts: Facts, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry a campaign over to a new day, or end it where its last day has passed without being opened."""
    if branch.campaign is None:
        return
    yield be.CampaignPlanned(at=at, campaign=branch.campaign)
    if branch.campaign.last_day < today:
        yield _ended(branch.campaign, facts, at)


def _ended(campaign: Campaign, facts: Facts, at: datetime, clerk_id: str = "") -> be.CampaignEnded:
    known = seed_hash_of(facts.campaign_seed) == campaign.seed_hash
    seed = facts.campaign_seed if known else ""
    return be.CampaignEnded(at=at, campaign_id=campaign.campaign_id, seed=seed, clerk_id=clerk_id)


def _date_of(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise Refusal("campaign_days", days=str(CAMPAIGN_DAYS_MOST)) from error
