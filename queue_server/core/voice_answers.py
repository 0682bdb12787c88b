"""What is told of voices: to staff what each may see, and to whoever has the code how far their own has come."""

from typing import Final, assert_never

from protocol import voice_commands as vc
from protocol import voice_views as vv
from protocol.configuration import Words
from protocol.voices import UNATTENDED, Voice
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.voices import due_soon_day, kind_of, open_to, own_channel, reads

PAGE_VOICES: Final = 50


def check_voice_question(branch: Branch, request: Request, command: vc.VoiceQuestion) -> None:
    """Refuse what is not for this asker. Every code that is not of a voice at hand gets the same refusal."""
    match command:
        case vc.FindVoice():
            open_to(branch, request, command.voice_id)
        case vc.FindVoiceCode():
            _just_entered(branch, request, command)
        case vc.FollowVoice():
            _followed(branch, request)
        case vc.FetchVoices():
            if not request.actor.clerk_id:
                raise Refusal("not_allowed")
        case _:
            assert_never(command)


def answer_about_voices(
    branch: Branch, request: Request, command: vc.VoiceQuestion
) -> vv.VoiceFound | vv.VoiceCodeFound | vv.VoiceFollowed | vv.VoicesFound:
    """Answer a question that may be asked."""
    match command:
        case vc.FindVoice():
            voice = open_to(branch, request, command.voice_id)
            return vv.VoiceFound(voice=voice, words=request.facts.voice_words, kind_names=_kind_names(branch, voice))
        case vc.FindVoiceCode():
            voice = _just_entered(branch, request, command)
            return vv.VoiceCodeFound(
                code=request.facts.voice_code, received_day=voice.received_day, due_day=voice.due_day
            )
        case vc.FollowVoice():
            voice = _followed(branch, request)
            return vv.VoiceFollowed(
                state=voice.state,
                kind_names=_kind_names(branch, voice),
                received_day=voice.received_day,
                due_day=voice.due_day,
                answered_day=voice.answered_day,
                answer=request.facts.voice_words.answer,
            )
        case vc.FetchVoices():
            return _voices_found(branch, request, command)
        case _:
            assert_never(command)


def _just_entered(branch: Branch, request: Request, command: vc.FindVoiceCode) -> Voice:
    """Give the voice whose code may be told: to the phone or kiosk that sent it, or to the person who entered it."""
    voice = branch.voices.get(command.voice_id)
    own = own_channel(request)
    if voice is None or (voice.channel != own if own else voice.channel in UNATTENDED):
        raise Refusal("unknown_voice")
    if not own and voice.entered_by != request.actor.clerk_id:
        raise Refusal("not_allowed")
    return voice


def _followed(branch: Branch, request: Request) -> Voice:
    voice = branch.voices.get(branch.voice_by_hash.get(request.facts.voice_code_hash, ""))
    if voice is None:
        raise Refusal("unknown_voice")
    if request.actor.clerk_id in voice.named:  # A colleague looks for the citizen then.
        raise Refusal("voice_own")
    return voice


def _voices_found(branch: Branch, request: Request, command: vc.FetchVoices) -> vv.VoicesFound:
    seen = [one for one in branch.voices.values() if reads(request, one)]
    soon = due_soon_day(branch)
    overdue = [one for one in seen if one.is_open and one.due_day < branch.day]
    chosen = {
        "open": [one for one in seen if one.is_open],
        "overdue": overdue,
        "mine": [one for one in seen if one.is_open and one.owner_id == request.actor.clerk_id],
        "all": seen,
    }[command.shown]
    chosen.sort(key=lambda one: (not one.is_open, one.due_day, one.received_at))
    return vv.VoicesFound(
        voices=tuple(chosen[command.page * PAGE_VOICES : (command.page + 1) * PAGE_VOICES]),
        pages=-(-len(chosen) // PAGE_VOICES),
        day=branch.day,
        open=sum(one.is_open for one in seen),
        overdue=len(overdue),
        due_soon=sum(one.is_open and branch.day <= one.due_day <= soon for one in seen),
        due_soon_day=soon,
        kinds=branch.configuration.voices.kinds,
        channels=branch.configuration.voices.channels,
    )


def _kind_names(branch: Branch, voice: Voice) -> Words:
    kind = kind_of(branch.configuration, voice.kind_id)
    return kind.names if kind is not None else {"vi": voice.kind_id, "en": voice.kind_id}
