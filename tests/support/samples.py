"""One well-formed message of every type, for tests that go through all of them."""

from datetime import UTC, datetime

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import voice_commands as vc
from protocol.link import new_id
from protocol.message import type_of
from protocol.rosters import WantedRoster

VISIT_ID = "01890000000070008000000000000000"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def sample(
    kind: type[c.Command], function_id: str, staff_role: str = "", counter_id: str = "counter-1"
) -> c.AnyCommand:
    """Give a command of this type by this function, as valid as it can be without a story around it."""
    fields = _FIELDS.get(kind, {})
    if issubclass(kind, c.TerminalCommand):
        fields = {**fields, "function_id": function_id, "staff_role": staff_role}
    if issubclass(kind, c.CounterCommand):
        fields = {**fields, "counter_id": counter_id, "clerk_id": "lan" if staff_role else ""}
    made = kind(**fields)  # type: ignore[arg-type]  # The table below is what makes it right.
    assert isinstance(made, c.AnyCommand), f"{type_of(kind.__name__)} is no command"
    return made


_FIELDS: dict[type[c.Command], dict[str, object]] = {
    c.TakeTicket: {"visit_id": VISIT_ID, "service_id": "land", "priority_class_id": "usual"},
    c.HandOverVisit: {
        "visit_id": VISIT_ID, "service_id": "land", "priority_class_id": "usual", "prefix": "L", "number": 501,
        "taken_at": AT,
    },
    c.ReportTicket: {"visit_id": VISIT_ID, "state": "confirmed"},
    c.CancelVisit: {"visit_id": VISIT_ID},
    c.CallVisit: {"visit_id": VISIT_ID, "reason": "asked"},
    c.ReleaseCounter: {"released_clerk_id": "lan", "reason": "asked"},
    c.CallNumber: {"number": 1, "reason": "asked"},
    c.EndService: {"outcome": "received"},
    c.ReinstateVisit: {"visit_id": VISIT_ID},
    c.ReinstateNumber: {"number": 1},
    c.PlanServices: {"visit_id": VISIT_ID, "service_ids": ("land",)},
    c.CallHelp: {"to": "colleague"},
    c.AnswerCounterHelp: {"counter_id": "counter-1"},
    c.PrioritizeNumber: {"number": 1, "priority_class_id": "usual", "reason": "asked"},
    c.ResumeVisit: {"visit_id": VISIT_ID},
    c.PressRating: {"press_id": new_id(), "level": 1, "pressed_at": AT},
    c.RateByLink: {"visit_id": VISIT_ID, "secret": "0" * 32, "level": 1},
    c.Configure: {"sources": {}},
    c.ResumeHall: {"told_at": AT},
    c.PlanRoster: {"rosters": (WantedRoster(day="2026-11-25", shifts=()),)},
    c.FetchRosters: {"first_day": "2026-11-23"},
    bc.DrawBallots: {"draw_id": VISIT_ID},
    bc.HandBallots: {"codes": ("11111111111",)},
    bc.EnterBallot: {"code": "11111-11111-1", "level": 1, "clerk_id": "boss"},
    bc.SettleBallot: {"code": "11111-11111-1", "level": 1, "clerk_id": "boss"},
    bc.VoidBallot: {"code": "11111-11111-1", "reason": "lost", "clerk_id": "boss"},
    bc.PlanCampaign: {"campaign_id": VISIT_ID, "first_day": "2026-11-23", "last_day": "2026-11-27"},
    bc.EndCampaign: {"campaign_id": VISIT_ID},
    ic.StepAlert: {"alert_id": VISIT_ID, "step_id": new_id(), "kind": "acknowledged", "clerk_id": "boss"},
    ic.StepInquiry: {
        "inquiry_id": VISIT_ID, "step_id": new_id(), "kind": "given", "to": "boss", "clerk_id": "boss",
    },
    ic.SpeakInInquiry: {
        "hearing_id": VISIT_ID, "step_id": new_id(), "kind": "stated", "text": "no", "clerk_id": "lan",
    },
    ic.FetchAlerts: {"clerk_id": "boss"},
    ic.FetchInquiries: {"clerk_id": "boss"},
    ic.FindInquiry: {"inquiry_id": VISIT_ID, "clerk_id": "boss"},
    ic.FetchHearings: {"clerk_id": "lan"},
    ic.FetchConcerns: {"clerk_id": "boss"},
    vc.ReceiveVoice: {
        "voice_id": VISIT_ID, "channel": "paper", "kind_id": "complaint", "text": "slow",
        "clerk_id": "boss",
    },
    vc.AssignVoice: {"voice_id": VISIT_ID, "owner_id": "lan", "clerk_id": "boss"},
    vc.AnswerVoice: {"voice_id": VISIT_ID, "text": "sorry", "clerk_id": "boss"},
    vc.EndVoice: {"voice_id": VISIT_ID, "ending": "closed", "clerk_id": "boss"},
    vc.FindVoice: {"voice_id": VISIT_ID, "clerk_id": "boss"},
    vc.FindVoiceCode: {"voice_id": VISIT_ID, "clerk_id": "boss"},
    vc.FetchVoices: {"clerk_id": "boss"},
    vc.FollowVoice: {"code": "11111-11111-1"},
    mc.CloseMonth: {"month": "2026-10", "seq": 9, "snapshot_hash": "0" * 64, "clerk_id": "boss"},
    mc.CorrectMonth: {
        "month": "2026-10", "channel": "paper", "seq": 9, "reason": "late_papers", "clerk_id": "boss",
    },
    mc.EvaluateClerk: {
        "month": "2026-10", "evaluated_id": "an", "form_id": "nine-2018", "points": {"attitude": 2}, "clerk_id": "boss",
    },
    c.MendVisit: {"visit_id": VISIT_ID, "reason": "asked"},
    c.FindTicket: {"visit_id": VISIT_ID},
    c.PrintTicket: {"order_id": new_id(), "visit_id": VISIT_ID, "kiosk_function_id": "kiosk-1"},
    c.FindPrintOrder: {"order_id": VISIT_ID},
    c.CreateDevice: {
        "device_id": "sample", "name": "", "functions": (c.FunctionDescription(function_id="sample", kind="observer"),),
    },
    c.RevokeDevice: {"device_id": "nobody"},
    c.ReportDevice: {"state": "ok"},
    c.Attend: {"about": c.About(program="p", program_version="1", machine_at=AT, started_at=AT)},
    c.FindDevice: {"device_id": "nobody"},
    c.TryFunction: {"tried_function_id": "nobody", "trial": "answer", "trial_id": VISIT_ID},
    c.PlaceFunction: {"placed_function_id": "nobody"},
    c.ReportUnsaidCall: {"day": "2026-11-23", "call_id": 1},
    c.AnswerHelp: {"kiosk_function_id": "kiosk-1"},
    c.Pair: {"code": "AB23CDEF"},
    c.FetchCatalogue: {"catalogue_hash": "none"},
    c.FindVisit: {"visit_id": VISIT_ID},
    c.FindNote: {"visit_id": VISIT_ID},
    c.FindHeldNumber: {"service_id": "land", "person_mark": "a" * 32},
}  # fmt: skip
