"""Decisions about voices: what is received, who answers it and by when, and how long its words are kept.

Whom a voice is about neither sees nor answers it, in whatever role; a counter that is named stands for everybody who
was signed in there that day. The last day to answer in time counts in the branch's working days, and is fixed when the
voice comes: a holiday that is decreed later moves no promise.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from protocol import events as e
from protocol import voice_commands as vc
from protocol import voice_events as ve
from protocol.configuration import Configuration, VoiceKind
from protocol.voices import UNATTENDED, UNATTENDED_DAILY_MOST, VOICES_AT_ONCE, VOICES_MOST, Voice
from queue_server.core.calendar import business_date, working_days
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events

OLDEST_DAYS: Final = 31
"""A paper or a call may be entered so long after it came."""


def receive_voice(branch: Branch, request: Request, command: vc.ReceiveVoice, at: datetime) -> Events:
    """Keep a new voice; one that is known changes nothing, and is refused where it says something else than before.

    Public pages bring those by phone, kiosks those that are written there, and staff all others.
    """
    known = branch.voices.get(command.voice_id)
    if known is not None:
        if request.facts.voice_differs or command.kind_id != known.kind_id:
            raise Refusal("voice_sent_before")
        return ()
    own = own_channel(request)
    if own and (command.named or command.received_day):
        raise Refusal("not_allowed")
    rules = branch.configuration.voices
    is_theirs = command.channel == own if own else command.channel not in UNATTENDED
    if not is_theirs or command.channel not in rules.channels:
        raise Refusal("voice_not_offered")
    kind = kind_of(branch.configuration, command.kind_id)
    if kind is None:
        raise Refusal("voice_kind")
    if not command.text.strip():
        raise Refusal("voice_empty")
    offset_s = request.facts.utc_offset_s
    today = business_date(at, offset_s)
    received = _received_day(command, today)
    _need_room(branch, command, today.isoformat())
    assert request.facts.voice_code_hash, "whoever hands in a voice hands in the hash of its code"
    if request.facts.voice_code_hash in branch.voice_by_hash:
        # Two ids have come to one code, which will hardly ever be; sent anew, the voice has another id.
        raise Refusal("too_many_voices")
    visit_id, counter_id, service_id, named = _about(branch, command)
    voice = Voice(
        voice_id=command.voice_id,
        code_hash=request.facts.voice_code_hash,
        channel=command.channel,
        kind_id=kind.kind_id,
        received_at=at,
        received_day=received.isoformat(),
        due_day=due_day(branch.configuration, received, kind.answer_days),
        entered_by=request.actor.clerk_id,
        visit_id=visit_id,
        counter_id=counter_id,
        service_id=service_id,
        named=named,
        has_contact=bool(command.contact.strip()),
    )
    return (ve.VoiceReceived(at=at, voice=voice),)


def assign_voice(branch: Branch, request: Request, command: vc.AssignVoice, at: datetime) -> Events:
    """Let somebody answer a voice who is not named in it."""
    voice = open_to(branch, request, command.voice_id)
    if not voice.is_open:
        raise Refusal("voice_over")
    named = tuple(dict.fromkeys((*voice.named, *command.named)))
    if command.owner_id in named:
        raise Refusal("voice_owner_named")
    if (voice.owner_id, voice.named) == (command.owner_id, named):
        return ()
    assigned = ve.VoiceAssigned(
        at=at, voice_id=voice.voice_id, owner_id=command.owner_id, named=named, clerk_id=request.actor.clerk_id
    )
    return (assigned,)


def answer_voice(branch: Branch, request: Request, command: vc.AnswerVoice, at: datetime) -> Events:
    """Answer a voice, or mend the answer while it is not closed."""
    voice = open_to(branch, request, command.voice_id)
    if voice.ended_day:
        raise Refusal("voice_over")
    if not command.text.strip():
        raise Refusal("voice_empty")
    answered = ve.VoiceAnswered(at=at, voice_id=voice.voice_id, day=_day(request, at), clerk_id=request.actor.clerk_id)
    return (answered,)


def end_voice(branch: Branch, request: Request, command: vc.EndVoice, at: datetime) -> Events:
    """End a voice. Only one that is answered is closed; sent again the same ending changes nothing."""
    voice = open_to(branch, request, command.voice_id)
    if voice.state == command.ending:
        return ()
    if voice.ended_day:
        raise Refusal("voice_over")
    if command.ending == "closed" and voice.state != "answered":
        raise Refusal("voice_unanswered")
    ended = ve.VoiceEnded(
        at=at,
        voice_id=voice.voice_id,
        day=_day(request, at),
        ending=command.ending,
        clerk_id=request.actor.clerk_id,
    )
    return (ended,)


def still_kept(branch: Branch, today: str, at: datetime) -> Iterator[e.AnyEvent]:
    """Carry voices over to a new day, and erase the words of those that are over for long enough."""
    first_kept = (date.fromisoformat(today) - timedelta(days=branch.configuration.voices.kept_days)).isoformat()
    erased = tuple(one.voice_id for one in branch.voices.values() if one.done_day and one.done_day < first_kept)
    for first in range(0, len(erased), VOICES_AT_ONCE):
        yield ve.VoicesErased(at=at, voice_ids=erased[first : first + VOICES_AT_ONCE])
    kept = [one for one in branch.voices.values() if one.voice_id not in set(erased)]
    for first in range(0, len(kept), VOICES_AT_ONCE):
        yield ve.VoicesKept(at=at, voices=tuple(kept[first : first + VOICES_AT_ONCE]))


def open_to(branch: Branch, request: Request, voice_id: str) -> Voice:
    """Give a voice to somebody who may read it; raises :class:`Refusal`.

    Managers and inspectors read all, others what they are to answer; and nobody what is about themselves.
    """
    voice = branch.voices.get(voice_id)
    if voice is None:
        raise Refusal("unknown_voice")
    if not request.actor.clerk_id:
        raise Refusal("not_allowed")
    if request.actor.clerk_id in voice.named:
        raise Refusal("voice_own")
    if not reads(request, voice):
        raise Refusal("not_allowed")
    return voice


def reads(request: Request, voice: Voice) -> bool:
    """Tell whether this person may see a voice."""
    asks = request.actor.clerk_id
    if not asks or asks in voice.named:
        return False
    return request.actor.staff_role in ("manager", "inspector") or voice.owner_id == asks


def own_channel(request: Request) -> str:
    """Give the one channel by which this device hands in voices; empty for consoles, where staff enter the others."""
    function = request.actor.function
    return {"public": "phone", "kiosk": "kiosk"}.get(function.kind, "") if function is not None else ""


def kind_of(configuration: Configuration, kind_id: str) -> VoiceKind | None:
    """Give a kind of voice by its id; None for one that the hall does not have (any more)."""
    return next((one for one in configuration.voices.kinds if one.kind_id == kind_id), None)


def due_day(configuration: Configuration, received: date, days: int) -> str:
    """Tell the last day on which an answer is in time: so many working days after the day on which the voice came.

    Working days are those of the branch's own hours: one on which results alone are handed out is none. A calendar
    without that many working days within a year or so gives its last one, or the next day without any.
    """
    ahead = working_days(configuration, received + timedelta(days=1), 0)
    after = [plan.day for plan in islice((plan for plan in ahead if plan.spans_of("")), days)]
    return after[-1] if after else (received + timedelta(days=1)).isoformat()


def due_soon_day(branch: Branch) -> str:
    """Tell up to which day open voices are due soon; empty before the first day."""
    days = branch.configuration.voices.due_soon_days
    if not branch.day:
        return ""
    return due_day(branch.configuration, date.fromisoformat(branch.day), days) if days else branch.day


def alarming(branch: Branch) -> tuple[int, int]:
    """Count the open voices that are overdue, and those that will be soon."""
    waiting = [one.due_day for one in branch.voices.values() if one.is_open]
    if not waiting:
        return 0, 0
    soon = due_soon_day(branch)
    overdue = sum(one < branch.day for one in waiting)
    return overdue, sum(one <= soon for one in waiting) - overdue


def _received_day(command: vc.ReceiveVoice, today: date) -> date:
    if not command.received_day:
        return today
    try:
        received = date.fromisoformat(command.received_day)
    except ValueError:
        raise Refusal("voice_day") from None
    if not today - timedelta(days=OLDEST_DAYS) <= received <= today:
        raise Refusal("voice_day")
    return received


def _need_room(branch: Branch, command: vc.ReceiveVoice, today: str) -> None:
    """Refuse one too many. What nobody looks at as it comes is limited by the day too: staff can always enter more."""
    alike = sum(one.channel == command.channel and one.received_day == today for one in branch.voices.values())
    is_full = command.channel in UNATTENDED and alike >= UNATTENDED_DAILY_MOST
    if is_full or len(branch.voices) >= VOICES_MOST:
        raise Refusal("too_many_voices")


def _about(branch: Branch, command: vc.ReceiveVoice) -> tuple[str, str, str, tuple[str, ...]]:
    """Give visit, counter, service and people that a voice is about; a visit tells who served it."""
    if command.counter_id and command.counter_id not in branch.hall.counters:
        raise Refusal("unknown_counter", counter_id=command.counter_id)
    if command.service_id and command.service_id not in branch.hall.services:
        raise Refusal("unknown_service", service_id=command.service_id)
    if command.number:
        found = [
            branch.visits[visit_id]
            for (prefix, number), visit_id in branch.by_number.items()
            if number == command.number and command.prefix in ("", prefix)
        ]
        if len(found) != 1:
            raise Refusal("unknown_number", number=f"{command.prefix}{command.number:03d}")
        visit = found[0]
        named = (*command.named, *([visit.clerk_id] if visit.clerk_id else ()))
        return visit.visit_id, visit.counter_id, visit.service_id, tuple(dict.fromkeys(named))
    is_today = command.received_day in ("", branch.day)
    here = branch.worked_at.get(command.counter_id, ()) if is_today else ()
    return "", command.counter_id, command.service_id, tuple(dict.fromkeys((*command.named, *here)))


def _day(request: Request, at: datetime) -> str:
    return business_date(at, request.facts.utc_offset_s).isoformat()
