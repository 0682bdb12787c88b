"""The public pages before a hall on paper: one ticket, whose server knows its secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace

from protocol.ballots import checked_code, read_code
from protocol.commands import AnyCommand, CancelVisit, FindVisit, RateByLink
from protocol.configuration import RatingScale, VoiceChannel, VoiceKind
from protocol.views import (
    AnyReply,
    CounterVisit,
    Done,
    Estimate,
    KioskService,
    LinkRating,
    Refused,
    StoppedHall,
    VisitFound,
)
from protocol.voice_commands import FindVoiceCode, FollowVoice, ReceiveVoice
from protocol.voice_views import VoiceCodeFound, VoiceFollowed
from protocol.voices import VoiceState
from queue_server.config import load
from queue_server.public.program import Place, application
from queue_server.public.shared import Parts
from tests.support.boards import board
from tests.support.paper_hall import NOW, QUEUES, PaperHall, kiosk_view, visit, words
from tests.support.served_branch import until

CONFIG = Path(__file__).parents[2] / "config"
VISIT_ID = "0198a3b4c5d67e8f9a0b1c2d3e4f5a6b"
SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"  # noqa: S105 -- an example, of no real ticket.
LINK = f"{VISIT_ID}-{SECRET}"

EXAMPLES = {
    "link": LINK,
    "code": "1.001193",
    "mark": "0" * 12,
    "name": "phone.css",
    "zone_id": "hall",
    "sound_id": "2026-11-23-1",
    "weight": "Medium",
}
"""A value for each variable part of an address of these pages."""


VOICE_CODE = checked_code("7K3QM9WZ2D")
VOICE_KINDS = (
    VoiceKind(kind_id="suggestion", names=words("Góp ý", "Make a suggestion"), answer_days=10),
    VoiceKind(kind_id="complaint", names=words("Phản ánh việc chưa đúng", "Complain"), answer_days=5),
    VoiceKind(kind_id="praise", names=words("Khen ngợi", "Praise somebody"), answer_days=10),
    VoiceKind(kind_id="question", names=words("Hỏi", "Ask something"), answer_days=3),
)
ANSWER_TOLD = "Giấy này không cần nộp. Bộ phận một cửa xin lỗi quý vị và đã nhắc nhở.\nQuý vị có thể đến lấy kết quả."


def followed(state: VoiceState = "answered", **more: Any) -> VoiceFollowed:
    """Make what the server tells by the code of a voice; `more` overrides any field."""
    is_answered = state in ("answered", "closed")
    fields: dict[str, Any] = {
        "state": state,
        "kind_names": VOICE_KINDS[1].names,
        "received_day": "2026-11-16",
        "due_day": "2026-11-20",
        "answered_day": "2026-11-19" if is_answered else "",
        "answer": ANSWER_TOLD if is_answered else "",
        **more,
    }
    return VoiceFollowed(**fields)


def ticket(state: str = "waiting", *, ahead: int = 6, counter_number: int = 0, **more: Any) -> VisitFound:
    """Make what the server tells of H025."""
    one: CounterVisit = visit(25, state, visit_id=VISIT_ID, **more)
    estimate = Estimate(low_s=900, high_s=1800) if state == "waiting" else None
    return VisitFound(visit=one, ahead=ahead, estimate=estimate, counter_number=counter_number)


def called(*, recalls: int = 0) -> VisitFound:
    """Make what the server tells once counter 3 has called H025."""
    return ticket("called", ahead=0, counter_number=3, called_at=NOW - timedelta(seconds=5), recalls=recalls)


def served(*, given: bool = False, tone: Literal["usual", "neutral"] = "usual") -> VisitFound:
    """Make what the server tells once H025 was served: its link asks for a rating, or has been answered."""
    catalogue = load(CONFIG / "branch.toml")[0].catalogue
    words = next(one.after_words for one in catalogue if one.rating_tone == "neutral" and one.after_words)
    asked = LinkRating(scale=rating_scale(), tone=tone, given=given, after_words=words if tone == "neutral" else {})
    return replace(ticket("ended", ahead=0), link_rating=asked)


def rating_scale() -> RatingScale:
    """Give the scale of the hall that we ship."""
    return load(CONFIG / "branch.toml")[0].rating_scale


def services() -> tuple[KioskService, ...]:
    """Give the hall's services, all open."""
    return tuple(
        KioskService(
            service_id=service_id,
            prefix=prefix,
            names=words(vi, en),
            hints=words("", ""),
            icon="",
            state="open",
            waiting=9 - place,
            estimate=Estimate(low_s=300 * (6 - place), high_s=600 * (6 - place)),
            counter_numbers=(3, 4) if place == 0 else (place,),
        )
        for place, (service_id, prefix, vi, en) in enumerate(QUEUES)
    )


@dataclass
class Phones:
    """The application, and the hall on paper at the far end of its link."""

    app: Flask
    parts: Parts
    hall: PaperHall
    found: VisitFound = field(default_factory=ticket)
    """What the server tells of the one ticket there is."""
    refused: str = ""
    """With what code it refuses to cancel."""
    voices: dict[str, ReceiveVoice] = field(default_factory=dict)
    """By id: what was received."""
    voice: VoiceFollowed = field(default_factory=followed)
    """What is told of the one voice that there is."""
    voice_refused: str = ""
    """With what code it refuses a voice; ``no_answer`` stays silent."""
    voice_channels: tuple[VoiceChannel, ...] = get_args(VoiceChannel)

    def answer(self, command: AnyCommand) -> AnyReply | None:
        """Answer as the server does: any wrong secret, and any other visit, is a wrong code."""
        match command:
            case FindVisit() | CancelVisit() | RateByLink() if (command.visit_id, command.secret) != (VISIT_ID, SECRET):
                return Refused(code="secret_wrong")
            case FindVisit():
                return self.found
            case ReceiveVoice() | FindVoiceCode() | FollowVoice():
                return self._voice(command)
            case CancelVisit() if not self.refused:
                self.becomes(ticket("cancelled", ahead=0))
                return Done()
            case RateByLink() if not self.refused:
                return self._rated()
        return Refused(code=self.refused or "not_allowed")

    def _voice(self, command: ReceiveVoice | FindVoiceCode | FollowVoice) -> AnyReply | None:
        """Receive voices once each, and find the one with `VOICE_CODE`."""
        match command:
            case ReceiveVoice() if self.voice_refused:
                return None if self.voice_refused == "no_answer" else Refused(code=self.voice_refused)
            case ReceiveVoice():
                self.voices[command.voice_id] = command
                return Done()
            case FindVoiceCode():
                return VoiceCodeFound(code=VOICE_CODE, received_day="2026-11-23", due_day="2026-11-27")
            case FollowVoice() if read_code(command.code) == VOICE_CODE:
                return self.voice
        return Refused(code="unknown_voice")

    def _rated(self) -> AnyReply:
        """Count the first answer."""
        asked = self.found.link_rating
        if asked is None:
            return Refused(code="not_rateable")
        self.becomes(replace(self.found, link_rating=replace(asked, given=True)))
        return Refused(code="already_rated") if asked.given else Done()

    def becomes(self, found: VisitFound, stopped: StoppedHall | None = None) -> None:
        """Let the ticket stand otherwise, and the hall tell that something changed, or why it is stopped."""
        self.found = found
        view = replace(
            kiosk_view(),
            services=services(),
            hotline="024 3876 5432",
            stopped=stopped,
            voice_channels=self.voice_channels,
            voice_kinds=VOICE_KINDS,
        )
        self.hall.publish("kiosk", view)

    def phone(self) -> FlaskClient:
        """Give a phone's browser."""
        return self.app.test_client()

    def asked(self, kind: type[AnyCommand]) -> int:
        """Count the commands of a kind that were asked."""
        return sum(isinstance(command, kind) for _, command in self.hall.asked)


@contextmanager
def public_pages(state: Path, clips: Path | None = None) -> Iterator[Phones]:
    """Serve nobody but the test: the application before a hall on paper."""
    hall = PaperHall("public")
    with application(Place(state, CONFIG, clips=clips), hall.opened) as (app, parts):
        phones = Phones(app, parts, hall)
        hall.answer = phones.answer
        phones.becomes(ticket())
        hall.publish("board/hall", board())
        until(lambda: parts.boards.shown("hall") is not None, "the board gives no turns")
        yield phones
