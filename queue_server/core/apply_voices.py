"""What events change about voices."""

from typing import assert_never

import msgspec

from protocol import voice_events as ve
from protocol.voices import Voice
from queue_server.core.state import Branch


def change_voices(branch: Branch, event: ve.VoiceEvent) -> None:
    """Keep what became of voices."""
    match event:
        case ve.VoiceReceived():
            _keep(branch, event.voice)
        case ve.VoicesKept():
            for voice in event.voices:
                _keep(branch, voice)
        case ve.VoiceAssigned():
            _change(
                branch,
                event.voice_id,
                state="assigned",
                owner_id=event.owner_id,
                named=event.named,
                assigned_at=event.at,
                assigned_by=event.clerk_id,
            )
        case ve.VoiceAnswered():
            first = branch.voices[event.voice_id].answered_day or event.day
            by = event.clerk_id
            _change(branch, event.voice_id, state="answered", answered_at=event.at, answered_day=first, answered_by=by)
        case ve.VoiceEnded():
            by = event.clerk_id
            _change(branch, event.voice_id, state=event.ending, ended_at=event.at, ended_day=event.day, ended_by=by)
        case ve.VoicesErased():
            for voice_id in event.voice_ids:
                if voice_id in branch.voices:  # A day opens without those that it erases.
                    del branch.voice_by_hash[branch.voices.pop(voice_id).code_hash]
        case _:
            assert_never(event)


def _keep(branch: Branch, voice: Voice) -> None:
    branch.voices[voice.voice_id] = voice
    branch.voice_by_hash[voice.code_hash] = voice.voice_id


def _change(branch: Branch, voice_id: str, **changes: object) -> None:
    branch.voices[voice_id] = msgspec.structs.replace(branch.voices[voice_id], **changes)
