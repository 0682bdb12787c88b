"""What the server behind a hall on paper answers, for tests that look at pages as they are when there is much to see.

A page whose question gets no fitting answer says that it is not live, as it has to; so whoever walks over all pages
lets the hall answer with this.
"""

from datetime import timedelta

import msgspec

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import voice_commands as vc
from protocol.views import (
    AnyReply,
    DeviceCreatedReply,
    DeviceFound,
    Done,
    NoteFound,
    Refused,
    Silence,
    TicketTaken,
    TrialKnown,
    VisitFound,
    WaitingListPage,
    WaitingVisit,
)
from tests.support import paper_ballots, paper_inquiries, paper_voices, rosters
from tests.support.paper_hall import NOW, visit

DEVICE_ID = "agent-1"


def answer(command: c.AnyCommand) -> AnyReply:  # noqa: C901, PLR0911 -- one case per command.
    """Answer as a server beside the hall on paper would."""
    match command:
        case c.FetchWaitingList():
            visits = (waiting(21, "called", counter_number=3), *(waiting(number) for number in range(25, 37)))
            return WaitingListPage(at=NOW, page=0, pages=1, visits=visits)
        case c.TakeTicket():
            return TicketTaken(
                visit_id=command.visit_id,
                prefix="H",
                number=47,
                service_id=command.service_id,
                priority_class_id=command.priority_class_id,
                procedure_code="",
                taken_at=NOW,
                ahead=12,
                estimate=None,
                counter_numbers=(),
            )
        case c.FindTicket():
            found = msgspec.structs.replace(visit(47), visit_id=command.visit_id)
            return VisitFound(visit=found, ahead=12, estimate=None, secret="5e" * 16)
        case c.CreateDevice():
            return DeviceCreatedReply(device_id="kiosk-7", code="7KPQ2M4X", expires_at=NOW + timedelta(minutes=15))
        case c.FindDevice():
            return device() if command.device_id == DEVICE_ID else Refused(code="unknown_device")
        case c.FindNote():
            return NoteFound(visit_id=command.visit_id, note="Thiếu bản sao giấy chứng sinh, hẹn 14 giờ.")
        case c.FetchRosters():
            return rosters.answer(command)
        case bc.FetchBallots() | bc.EnterBallot():
            return paper_ballots.answer(command)
        case ic.FetchAlerts() | ic.FetchInquiries() | ic.FindInquiry() | ic.FetchHearings() | ic.FetchConcerns():
            return paper_inquiries.answer(command)
        case vc.FetchVoices() | vc.FindVoice() | vc.FindVoiceCode() | vc.FollowVoice():
            return paper_voices.answer(command)
        case _:
            return Done()


def waiting(number: int, state: str = "waiting", **more: object) -> WaitingVisit:
    """One line of the waiting list; `more` overrides any field."""
    fields: dict[str, object] = {
        "visit_id": f"{number:032x}",
        "prefix": "H",
        "number": number,
        "state": state,
        "queue_id": "civil_status",
        "service_id": "civil_status",
        "priority_class_id": "elderly",
        "taken_at": NOW - timedelta(minutes=number),
        **more,
    }
    return WaitingVisit(**fields)  # type: ignore[arg-type]  # Checked when it goes through its bytes.


# --- A device --------------------------------------------------------------------------------------------------------

ABOUT = c.About(
    program="agent",
    program_version="0.0.1",
    machine_at=NOW,
    started_at=NOW - timedelta(hours=2),
    configuration_id="c-old",
    texts_hash="abcdef",
    waiting=3,
    refused=0,
)
KEYPAD = c.FunctionDescription(function_id="call-keypad-3", kind="call_keypad", counter_id="counter-3")
DISPLAY = c.FunctionDescription(
    function_id="counter-display-3", kind="counter_display", counter_id="counter-3", zone_id="hall"
)
RATING = c.FunctionDescription(function_id="rating-keypad-3", kind="rating_keypad", counter_id="counter-3")


def tried(number: int, function_id: str, kind: c.TrialKind, result: str = "", reason: str = "") -> TrialKnown:
    """A trial some minutes ago; without a result the device never answered."""
    trial_id = f"{number:032x}"
    told = None
    if result:
        told = c.TrialResult(trial_id=trial_id, result=result, reason=reason)  # type: ignore[arg-type]  # One of its words.
    return TrialKnown(
        trial_id=trial_id,
        function_id=function_id,
        trial=kind,
        asked_at=NOW - timedelta(minutes=number),
        result=told,
        answered_at=NOW - timedelta(minutes=number) if told else None,
        over=told is None,
    )


TRIALS = (
    tried(1, "counter-display-3", "text", "done"),
    tried(2, "call-keypad-3", "answer", "failed", "no_answer"),
    tried(3, "counter-display-3", "text", "unseen", "look"),
    tried(4, "rating-keypad-3", "answer", "cannot", "hall_stopped"),
    tried(5, "rating-keypad-3", "answer"),
)


def device(**more: object) -> DeviceFound:
    """A machine of three functions that tells of itself, with trials of every outcome; `more` overrides any field."""
    fields: dict[str, object] = {
        "device_id": DEVICE_ID,
        "name": "Máy ở quầy 3 – tiếp nhận hồ sơ hộ tịch, chứng thực và bảo trợ xã hội",
        "pairing": "paired",
        "since_at": NOW - timedelta(days=30),
        "functions": (KEYPAD, DISPLAY, RATING),
        "heard_at": NOW - timedelta(seconds=2),
        "silences": (Silence(from_at=NOW - timedelta(hours=1), to_at=NOW - timedelta(minutes=50)),),
        "about": ABOUT,
        "told_at": NOW - timedelta(seconds=2),
        "clock_offset_s": -95.0,
        "trials": TRIALS,
        **more,
    }
    return DeviceFound(**fields)  # type: ignore[arg-type]  # Checked when it goes through its bytes.
