"""Events of voices -> the rows of their steps. Pure."""

from protocol import voice_events as ve
from queue_server.reporting.rows import VoiceStepRow


def voice_step(seq: int, event: ve.VoiceReceived | ve.VoiceAnswered | ve.VoiceEnded) -> VoiceStepRow:
    """Give the row of a step; what a voice says is in no event."""
    if isinstance(event, ve.VoiceReceived):
        one = event.voice
        return VoiceStepRow(
            seq=seq,
            day=one.received_day,
            voice_id=one.voice_id,
            step="received",
            channel=one.channel,
            kind_id=one.kind_id,
            due_day=one.due_day,
        )
    step = "answered" if isinstance(event, ve.VoiceAnswered) else event.ending
    return VoiceStepRow(seq=seq, day=event.day, voice_id=event.voice_id, step=step)
