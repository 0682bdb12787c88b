"""Voices of the hall on paper: one late, one due soon, one answered, one closed, and one about a person who asks."""

from datetime import timedelta

import msgspec

from protocol import voice_commands as vc
from protocol.ballots import checked_code, read_code
from protocol.configuration import VoiceKind
from protocol.views import AnyReply, Done, Refused
from protocol.voice_views import VoiceCodeFound, VoiceFollowed, VoiceFound, VoicesFound, VoiceWords
from protocol.voices import Voice, VoiceState
from tests.support.paper_hall import NOW, words

KINDS = (
    VoiceKind(kind_id="suggestion", names=words("Góp ý", "Suggestion"), answer_days=10),
    VoiceKind(kind_id="complaint", names=words("Phản ánh", "Complaint"), answer_days=5),
    VoiceKind(kind_id="praise", names=words("Khen ngợi", "Praise"), answer_days=10),
    VoiceKind(kind_id="question", names=words("Câu hỏi", "Question"), answer_days=3),
)
CODE = checked_code("4T7WXP2M9K")
TEXT = (
    "Sáng thứ Sáu tôi đến nộp hồ sơ đăng ký khai sinh cho cháu, được yêu cầu về lấy thêm giấy xác nhận tạm trú."
    "\nTôi đọc bảng niêm yết thì không thấy giấy này. Xin cho biết có phải nộp không."
)
ANSWER = "Giấy này không cần nộp. Bộ phận một cửa xin lỗi ông/bà và đã nhắc nhở. Mời ông/bà mang hồ sơ đến quầy 3."


def voice(number: int, state: VoiceState = "received", **more: object) -> Voice:
    """Give a voice; `more` overrides any field."""
    one = Voice(
        voice_id=f"{number:x}".rjust(32, "5"),
        code_hash=f"{number:x}".rjust(64, "a"),
        channel="paper",
        kind_id="complaint",
        received_at=NOW - timedelta(days=3, minutes=number),
        received_day="2026-11-20",
        due_day="2026-11-30",
        entered_by="hoa",
        counter_id="counter-3",
        service_id="civil_status",
        state=state,
    )
    return msgspec.structs.replace(one, **more)


OWNED = {"owner_id": "lan", "assigned_by": "boss", "assigned_at": NOW - timedelta(days=2)}
ANSWERED = {**OWNED, "answered_at": NOW - timedelta(days=1), "answered_by": "lan", "answered_day": "2026-11-22"}
VOICES = (
    voice(1, "assigned", due_day="2026-11-20", named=("anh",), has_contact=True, **OWNED),
    voice(2, channel="phone", kind_id="question", due_day="2026-11-25", entered_by="", counter_id=""),
    voice(3, channel="hotline", kind_id="suggestion", counter_id="", service_id=""),
    voice(4, "answered", **ANSWERED),
    voice(5, "closed", kind_id="praise", **ANSWERED, ended_at=NOW, ended_day="2026-11-23", ended_by="boss"),
    voice(6, "forwarded", kind_id="suggestion", ended_at=NOW, ended_day="2026-11-23", ended_by="boss"),
)
OWN = voice(7, named=("boss",)).voice_id
"""The id of a voice about whoever asks."""


def found(voices: tuple[Voice, ...] = VOICES, **more: object) -> VoicesFound:
    """Give a page of the list; `more` overrides any field."""
    page = VoicesFound(
        voices=voices,
        pages=1 if voices else 0,
        day="2026-11-23",
        open=sum(one.is_open for one in voices),
        overdue=sum(one.is_open and one.due_day < "2026-11-23" for one in voices),
        due_soon=sum(one.is_open and "2026-11-23" <= one.due_day <= "2026-11-25" for one in voices),
        due_soon_day="2026-11-25",
        kinds=KINDS,
        channels=("phone", "paper", "hotline", "desk"),
    )
    return msgspec.structs.replace(page, **more)


def answer(command: vc.VoiceCommand | vc.VoiceQuestion) -> AnyReply:
    """Answer as a server that has these voices."""
    match command:
        case vc.FetchVoices():
            shown = {
                "open": tuple(one for one in VOICES if one.is_open),
                "overdue": VOICES[:1],
                "mine": (),
                "all": VOICES,
            }
            return found(shown[command.shown], open=3, overdue=1, due_soon=1)
        case vc.FindVoiceCode():
            return VoiceCodeFound(code=CODE, received_day="2026-11-20", due_day="2026-11-30")
        case vc.FindVoice(voice_id=voice_id):
            one = next((one for one in VOICES if one.voice_id == voice_id), None)
            if one is None:
                return Refused(code="voice_own" if voice_id == OWN else "unknown_voice")
            kind = next(kind for kind in KINDS if kind.kind_id == one.kind_id)
            contact = "Nguyễn Thị Bưởi, 0912 345 678" if one.has_contact else ""
            told = VoiceWords(text=TEXT, contact=contact, answer=ANSWER if one.answered_day else "")
            return VoiceFound(voice=one, words=told, kind_names=kind.names)
        case vc.FollowVoice(code=code):
            return _followed(VOICES[3]) if read_code(code) == CODE else Refused(code="unknown_voice")
        case _:
            return Done()


def _followed(one: Voice) -> VoiceFollowed:
    return VoiceFollowed(
        state=one.state,
        kind_names=next(kind for kind in KINDS if kind.kind_id == one.kind_id).names,
        received_day=one.received_day,
        due_day=one.due_day,
        answered_day=one.answered_day,
        answer=ANSWER,
    )
