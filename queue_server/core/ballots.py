"""Decisions about ballots: who draws them and of whom, who may enter what came back, and when that is a rating.

A ballot is entered by somebody who could gain nothing by it: not by the clerk whom it rates, nor by anybody who was
signed in at that counter on that day. Where the branch wants two readings the second person does not see the first;
two that differ wait for a manager with the paper in hand. Every reading is kept, whatever becomes of it.
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from protocol import ballot_commands as bc
from protocol import ballot_events as be
from protocol import ballot_views as bv
from protocol import events as e
from protocol.ballots import (
    BALLOTS_KEPT_DAYS,
    BALLOTS_MOST,
    KEPT_AT_ONCE,
    Ballot,
    BallotChannel,
    BallotEntry,
    BallotState,
    read_code,
)
from protocol.configuration import RatingScale
from queue_server.core.counters import need_open_day
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, Visit
from queue_server.core.tickets import Events, number_of

PAGE_BALLOTS: Final = 60

_IN: Final[tuple[BallotState, ...]] = ("rated", "counted")
_WAITING: Final[tuple[BallotState, ...]] = ("drawn", "handed", "entered")


def draw_ballots(branch: Branch, request: Request, command: bc.DrawBallots, at: datetime) -> Events:
    """Draw ballots of today's served visits by chance, of one visit, or blank ones; a draw is made once."""
    if any(ballot.draw_id == command.draw_id for ballot in branch.ballots.values()):
        return ()
    need_open_day(branch)
    visits: list[Visit | None]
    if command.channel == "home":
        visits = [_named_visit(branch, command)]
    elif command.blank:
        visits = [None] * command.count
    else:
        asked = sorted(to_ask(branch, "paper"), key=lambda one: _lot(request.facts.ballot_chance, one.visit_id))
        visits = list(asked[: command.count])
    if not visits:
        raise Refusal("nobody_to_ask")
    codes = request.facts.ballot_codes
    assert len(codes) >= len(visits), "whoever hands in a draw hands in its codes"
    if len(branch.ballots) + len(visits) > BALLOTS_MOST:
        raise Refusal("too_many_ballots", limit=str(BALLOTS_MOST))
    ballots = tuple(
        ballot_of(branch, visit, command.channel, code, draw_id=command.draw_id, at=at)
        for visit, code in zip(visits, codes, strict=False)
    )
    return (be.BallotsDrawn(at=at, draw_id=command.draw_id, ballots=ballots, clerk_id=request.actor.clerk_id),)


def to_ask(branch: Branch, channel: BallotChannel) -> Iterator[Visit]:
    """Give today's visits that a clerk has served to the end and that have no ballot of this channel yet."""
    have = {one.visit_id for one in branch.ballots.values() if one.channel == channel and one.state != "void"}
    return (visit for visit in branch.visits.values() if _was_served(branch, visit) and visit.visit_id not in have)


def ballot_of(
    branch: Branch, visit: Visit | None, channel: BallotChannel, code: str, *, draw_id: str, at: datetime
) -> Ballot:
    """Give a new ballot of this visit, with what it is about; without one, a blank one of the hall."""
    blank = Ballot(
        code=code,
        channel=channel,
        draw_id=draw_id,
        day=branch.day,
        drawn_at=at,
        scale_id=branch.hall.scale_on(branch.day).scale_id,
    )
    if visit is None:
        return blank
    return msgspec.structs.replace(
        blank,
        visit_id=visit.visit_id,
        prefix=visit.prefix,
        number=visit.number,
        counter_id=visit.counter_id,
        clerk_id=visit.clerk_id,
        service_id=visit.service_id,
    )


def hand_ballots(branch: Branch, request: Request, command: bc.HandBallots, at: datetime) -> Events:
    """Note that ballots are in their citizens' hands; what is known already changes nothing."""
    handed = []
    for code in command.codes:
        if code not in branch.ballots:
            raise Refusal("unknown_ballot")
        if branch.ballots[code].state == "drawn":
            handed.append(code)
    return (be.BallotsHanded(at=at, codes=tuple(handed), clerk_id=request.actor.clerk_id),) if handed else ()


def enter_ballot(branch: Branch, request: Request, command: bc.EnterBallot, at: datetime) -> Events:
    """Keep what somebody read on a ballot; once it is sure, it is the rating of its visit by its channel."""
    ballot = _ballot(branch, request, command.code)
    if ballot.state == "void":
        raise Refusal("ballot_void")
    entry = _entry(branch, request, ballot, command, at)
    state: BallotState = ballot.state
    if state not in _WAITING:
        entry = msgspec.structs.replace(entry, flag="duplicate")
    elif ballot.entries:
        first = ballot.entries[0]
        if first.clerk_id == entry.clerk_id:
            raise Refusal("ballot_same_person")
        same = (first.level, set(first.reasons)) == (entry.level, set(entry.reasons))
        state = _in(ballot) if same else "differs"
    else:
        state = "entered" if branch.configuration.satisfaction.ballot_two_entries else _in(ballot)
    entered = be.BallotEntered(at=at, code=ballot.code, entry=entry, state=state)
    return (entered, *(_rating(ballot, entry, at) if not entry.flag and state in _IN else ()))


def surprise_of(branch: Branch, visit: Visit) -> Ballot | None:
    """Give the surprise ballot of this visit that nobody has answered yet; its citizen may, by the ticket's link."""
    awaited = (
        one
        for one in branch.ballots.values()
        if one.channel == "surprise" and one.visit_id == visit.visit_id and one.state in ("drawn", "handed")
    )
    return next(awaited, None)


def answered_by_link(ballot: Ballot, scale_id: str, level: int, reasons: tuple[str, ...], at: datetime) -> Events:
    """Take a surprise ballot as answered by its own citizen: nobody has to read it, and so nobody reads it twice."""
    entry = BallotEntry(at=at, clerk_id="", level=level, reasons=reasons)
    asked = msgspec.structs.replace(ballot, scale_id=scale_id)
    return (be.BallotEntered(at=at, code=ballot.code, entry=entry, state="rated"), *_rating(asked, entry, at))


def settle_ballot(branch: Branch, request: Request, command: bc.SettleBallot, at: datetime) -> Events:
    """Take what stands on the paper, where two people had read it differently."""
    ballot = _ballot(branch, request, command.code)
    if ballot.state != "differs":
        raise Refusal("ballot_settled")
    entry = _entry(branch, request, ballot, command, at)
    settled = be.BallotSettled(at=at, code=ballot.code, entry=entry, state=_in(ballot))
    return (settled, *_rating(ballot, entry, at))


def void_ballot(branch: Branch, request: Request, command: bc.VoidBallot, at: datetime) -> Events:
    """Let a ballot be void that nobody can enter any more; one that is in stays in."""
    ballot = _ballot(branch, request, command.code)
    if ballot.state == "void":
        return ()
    if ballot.state in _IN or ballot.entries:
        raise Refusal("ballot_settled")
    return (be.BallotVoided(at=at, code=ballot.code, reason=command.reason, clerk_id=request.actor.clerk_id),)


def still_awaited(branch: Branch, today: str, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry over to a new day the ballots that may still come back, and those that may come twice."""
    oldest = (date.fromisoformat(today) - timedelta(days=BALLOTS_KEPT_DAYS)).isoformat()
    kept = [_barring(branch, one) for one in branch.ballots.values() if one.day >= oldest]
    for first in range(0, len(kept), KEPT_AT_ONCE):
        yield be.BallotsKept(at=at, ballots=tuple(kept[first : first + KEPT_AT_ONCE]))


def ballots_found(branch: Branch, request: Request, command: bc.FetchBallots) -> bv.BallotsFound:
    """Give a page of the ballots, newest first; what was read on one only to those who settle it."""
    chosen = [
        one
        for one in reversed(branch.ballots.values())
        if (command.channel is None or one.channel == command.channel)
        and command.draw_id in ("", one.draw_id)
        and (not command.to_settle or one.state == "differs")
    ]
    shown = chosen[command.page * PAGE_BALLOTS : (command.page + 1) * PAGE_BALLOTS]
    settles = request.actor.staff_role == "manager"
    today = branch.hall.scale_on(branch.day)
    ids = dict.fromkeys((today.scale_id, *(one.scale_id for one in shown)))
    return bv.BallotsFound(
        ballots=tuple(one if settles and one.state == "differs" else _unread(one) for one in shown),
        counts=tuple(_counts(branch.ballots.values())),
        pages=-(-len(chosen) // PAGE_BALLOTS),
        two_entries=branch.configuration.satisfaction.ballot_two_entries,
        day=branch.day,
        campaign=branch.campaign,
        scales=tuple(branch.hall.scales[one] for one in ids if one in branch.hall.scales),
    )


def ballot_kept(branch: Branch, command: bc.EnterBallot | bc.SettleBallot, events: Events) -> bv.BallotKept:
    """Tell how far a ballot has come by what was entered."""
    code = read_code(command.code)
    assert code is not None, "a wrong code was refused"
    kept = next(one for one in events if isinstance(one, be.BallotEntered | be.BallotSettled))
    return bv.BallotKept(code=code, state=branch.ballots[code].state, flag=kept.entry.flag)


def _named_visit(branch: Branch, command: bc.DrawBallots) -> Visit:
    """Give the served visit of a number of today, for a ballot that goes to the citizen's home."""
    found = [
        branch.visits[visit_id]
        for (prefix, number), visit_id in branch.by_number.items()
        if number == command.number and command.prefix in ("", prefix)
    ]
    if len(found) != 1:
        raise Refusal("unknown_number", number=f"{command.prefix}{command.number:03d}")
    visit = found[0]
    if not _was_served(branch, visit):
        raise Refusal("not_rateable")
    if all(one.visit_id != visit.visit_id for one in to_ask(branch, "home")):
        raise Refusal("ballot_drawn", number=number_of(visit))
    return visit


def _was_served(branch: Branch, visit: Visit) -> bool:
    outcome = branch.hall.outcomes.get(visit.outcome)
    return visit.state == "ended" and outcome is not None and outcome.served and not visit.come_back_today


def _ballot(branch: Branch, request: Request, typed: str) -> Ballot:
    """Give the ballot of a code, to somebody who has nothing to do with what it says; raises :class:`Refusal`."""
    asks = request.actor.clerk_id
    if not asks:
        raise Refusal("not_allowed")
    code = read_code(typed)
    if code is None:
        raise Refusal("ballot_code_wrong")
    ballot = branch.ballots.get(code)
    if ballot is None:
        raise Refusal("unknown_ballot")
    if asks == ballot.clerk_id or asks in _barring(branch, ballot).barred:
        raise Refusal("ballot_own_counter")
    return ballot


def _barring(branch: Branch, ballot: Ballot) -> Ballot:
    """Give the ballot with everybody who was signed in at its counter on its day, as far as that is known by now."""
    if ballot.day != branch.day or not ballot.counter_id:
        return ballot
    here = branch.worked_at.get(ballot.counter_id, ())
    return msgspec.structs.replace(ballot, barred=tuple(dict.fromkeys((*ballot.barred, *here))))


def _entry(
    branch: Branch, request: Request, ballot: Ballot, command: bc.EnterBallot | bc.SettleBallot, at: datetime
) -> BallotEntry:
    scale = _scale_of(branch, ballot)
    if command.level not in {level.level for level in scale.levels}:
        raise Refusal("ballot_level", level=str(command.level))
    by_place = {str(place): reason.reason_id for place, reason in enumerate(scale.reasons, 1)}
    known = {reason.reason_id: reason.reason_id for reason in scale.reasons}
    for reason in command.reasons:
        if reason not in by_place and reason not in known:
            raise Refusal("ballot_reason", reason=reason)
    reasons = dict.fromkeys(known.get(reason) or by_place[reason] for reason in command.reasons)
    return BallotEntry(at=at, clerk_id=request.actor.clerk_id, level=command.level, reasons=tuple(reasons))


def _scale_of(branch: Branch, ballot: Ballot) -> RatingScale:
    """Give the scale that is printed on the ballot; today's where the configuration has lost it."""
    return branch.hall.scales.get(ballot.scale_id, branch.hall.scale_on(branch.day))


def _rating(ballot: Ballot, entry: BallotEntry, at: datetime) -> Events:
    """Give the rating of the ballot's visit; a blank one is about nobody."""
    if ballot.is_blank:
        return ()
    rated = e.VisitRated(
        at=at,
        counter_id=ballot.counter_id,
        clerk_id=ballot.clerk_id,
        visit_id=ballot.visit_id,
        service_id=ballot.service_id,
        channel=ballot.channel,
        scale_id=ballot.scale_id,
        level=entry.level,
        reasons=entry.reasons,
    )
    return (rated,)


def _in(ballot: Ballot) -> BallotState:
    return "counted" if ballot.is_blank else "rated"


def _unread(ballot: Ballot) -> Ballot:
    """Give a ballot without what anybody read on it."""
    return msgspec.structs.replace(ballot, entries=())


def _counts(ballots: Iterable[Ballot]) -> Iterator[bv.BallotCounts]:
    by_kind: dict[tuple[BallotChannel, bool], list[Ballot]] = {}
    for ballot in ballots:
        by_kind.setdefault((ballot.channel, ballot.is_blank), []).append(ballot)
    for (channel, blank), those in sorted(by_kind.items()):
        states = [one.state for one in those]
        yield bv.BallotCounts(
            channel=channel,
            blank=blank,
            drawn=len(states),
            handed=sum(one not in ("drawn", "void") for one in states),
            returned=sum(one in ("entered", "differs", *_IN) for one in states),
            entered=sum(one in _IN for one in states),
            rated=states.count("rated"),
            differs=states.count("differs"),
            void=states.count("void"),
        )


def _lot(chance: str, visit_id: str) -> bytes:
    return hmac.digest(chance.encode("ascii"), visit_id.encode("ascii"), "sha256")
