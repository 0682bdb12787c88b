"""What decisions about voices need from outside: their codes, by the branch's key, and the words that lie in a file."""

from protocol import voice_commands as vc
from protocol.voice_views import VoiceWords
from queue_server import core
from queue_server.voice_codes import voice_code, voice_code_hash
from queue_server.voice_words import VoicesFile, plain


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
            differs = _differs(command, file.of(branch.voices.get(command.voice_id)))
            return core.Facts(utc_offset_s=utc_offset_s, voice_code_hash=code_hash, voice_differs=differs)
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


def _differs(command: vc.ReceiveVoice, written: VoiceWords) -> bool:
    """Tell whether other words are kept under this id; of what is erased, or cannot be read, nobody can say."""
    return bool(written.text) and (written.text, written.contact) != (plain(command.text), plain(command.contact))
