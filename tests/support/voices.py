"""A hall with a suggestion box and a hotline, and what is asked of it."""

from typing import Any

from protocol import voice_commands as vc
from protocol.configuration import Configuration, VoiceKind, VoiceRules
from protocol.link import new_id
from tests.support.halls import small_hall

TEXT = "Cán bộ ở quầy 1 yêu cầu tôi nộp thêm giấy xác nhận tạm trú dù không có trong danh mục."
CONTACT = "Nguyễn Thị Bưởi, 0912 345 678"
ANSWER = "Giấy này không cần nộp. Bộ phận một cửa xin lỗi và đã nhắc nhở."
KINDS = (
    VoiceKind(kind_id="suggestion", names={"vi": "Góp ý", "en": "Suggestion"}, answer_days=10),
    VoiceKind(kind_id="complaint", names={"vi": "Phản ánh", "en": "Complaint"}, answer_days=3),
)


def voices_hall(**rules: Any) -> Configuration:
    """Give the small hall with every channel on; `rules` overrides any of its rules about voices."""
    fields: dict[str, Any] = {"channels": ("phone", "paper", "hotline", "desk", "kiosk"), "kinds": KINDS, **rules}
    return small_hall(voices=VoiceRules(**fields))


def received(voice_id: str = "", **more: Any) -> vc.ReceiveVoice:
    """Give a complaint that an usher enters; `more` overrides any field."""
    fields: dict[str, Any] = {
        "function_id": "staff-1",
        "staff_role": "usher",
        "clerk_id": "hoa",
        "voice_id": voice_id or new_id(),
        "channel": "paper",
        "kind_id": "complaint",
        "text": TEXT,
        **more,
    }
    return vc.ReceiveVoice(**fields)


def by_phone(voice_id: str = "", **more: Any) -> vc.ReceiveVoice:
    """Give a complaint from a phone."""
    return received(
        voice_id, **{"function_id": "public-1", "staff_role": "", "clerk_id": "", "channel": "phone", **more}
    )


def at_kiosk(voice_id: str = "", **more: Any) -> vc.ReceiveVoice:
    """Give a complaint that is written at the kiosk."""
    return by_phone(voice_id, **{"function_id": "kiosk-1", "channel": "kiosk", **more})


def by(kind: Any, clerk_id: str = "boss", role: str = "manager", **fields: Any) -> Any:
    """Give a command of a person of the staff."""
    return kind(function_id="staff-1", staff_role=role, clerk_id=clerk_id, **fields)


def follow(code: str) -> vc.FollowVoice:
    """Give what a phone asks with a code."""
    return vc.FollowVoice(function_id="public-1", code=code)
