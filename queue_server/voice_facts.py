"""What decisions about voices need from outside: their codes, by the branch's key, and the words that lie in a file."""

from protocol import voice_commands as vc
from queue_server import core
from queue_server.voice_codes import voice_code, voice_code_hash
from queue_server.voice_words import VoicesFile


def voice_facts(
    branch: core.Branch,
    command: vc.VoiceCommand | vc.VoiceQuestion,
    branch_key: bytes,
    file: VoicesFile,
    utc_offset_s: int,
) -> core.Facts:
    """Give the facts of a command about voices. A code that is not known costs what a known one does."""
    match command:
        case vc.ReceiveVoice():
            code_hash = voice_code_hash(branch_key, voice_code(branch_key, command.voice_id))
            return core.Facts(utc_offset_s=utc_offset_s, voice_code_hash=code_hash)
        case vc.FindVoiceCode():
            return core.Facts(utc_offset_s=utc_offset_s, voice_code=voice_code(branch_key, command.voice_id))
        case vc.FollowVoice():
            code_hash = voice_code_hash(branch_key, command.code)
            voice = branch.voices.get(branch.voice_by_hash.get(code_hash, ""))
            return core.Facts(utc_offset_s=utc_offset_s, voice_code_hash=code_hash, voice_words=file.of(voice))
        case vc.FindVoice():
            words = file.of(branch.voices.get(command.voice_id))
            return core.Facts(utc_offset_s=utc_offset_s, voice_words=words)
        case _:
            return core.Facts(utc_offset_s=utc_offset_s)
