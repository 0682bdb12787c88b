"""Who may send or see what: the table role x message, and the second one, staff role x command.

A role is the kind of a function (``kiosk``, ``rating_keypad`` …). The server looks at this table on every message; a
message that no table names for the sender is refused with ``not_allowed``.
"""

from typing import Final

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import voice_commands as vc

Role = str

CommandTypes = frozenset[type[c.Command]]

_QUESTIONS: Final[CommandTypes] = frozenset({c.Introduce, c.Attend})
_COUNTER: Final[CommandTypes] = frozenset(
    {
        c.SignOutClerk,
        c.OpenCounter,
        c.PauseCounter,
        c.CloseCounter,
        c.CallNext,
        c.RecallVisit,
        c.StartService,
        c.EndService,
        c.MarkNoShow,
        c.CallNumber,
        c.CallHelp,
        c.EndHelp,
        c.ParkVisit,
        c.ResumeVisit,
        c.TransferVisit,
        c.ReinstateNumber,
    }
)
_CONSOLE: Final[CommandTypes] = _COUNTER | {
    c.SignInClerk,
    c.CallVisit,
    c.ReinstateVisit,
    c.PrioritizeNumber,
    c.PlanServices,
    c.FindNote,
    c.CancelVisit,
}
_DEVICES: Final[CommandTypes] = frozenset(
    (c.CreateDevice, c.RevokeDevice, c.PlaceFunction, c.FindDevice, c.TryFunction)
)
_BRANCH: Final[CommandTypes] = _DEVICES | {c.Configure, c.OpenDay, c.CloseDay}
_HELP: Final[CommandTypes] = frozenset((c.AnswerHelp, c.AnswerCounterHelp))
_RELEASE: Final[CommandTypes] = frozenset({c.ReleaseCounter})
_STOP: Final[CommandTypes] = frozenset({c.StopHall, c.ResumeHall})
_LIST: Final[CommandTypes] = frozenset({c.FetchWaitingList})
_ROSTERS: Final[CommandTypes] = frozenset({c.PlanRoster, c.FetchRosters})
_IN_CHARGE: Final[CommandTypes] = _BRANCH | _RELEASE | _HELP | _STOP | _LIST | _ROSTERS
_BALLOTS: Final[CommandTypes] = frozenset({bc.DrawBallots, bc.HandBallots, bc.EnterBallot, bc.FetchBallots})
_CAMPAIGNS: Final[CommandTypes] = frozenset({bc.SettleBallot, bc.VoidBallot, bc.PlanCampaign, bc.EndCampaign})
_READ_VOICES: Final[CommandTypes] = frozenset({vc.FetchVoices, vc.FindVoice})
_VOICES: Final[CommandTypes] = _READ_VOICES | {vc.AnswerVoice, vc.FollowVoice}
"""What whoever a voice is assigned to may ask about it; the rules show each person their own. At the desk it is found
by its code, for whoever holds the paper."""
_TAKE_VOICES: Final[CommandTypes] = _VOICES | {vc.ReceiveVoice, vc.FindVoiceCode}
_MANAGE_VOICES: Final[CommandTypes] = _TAKE_VOICES | {vc.AssignVoice, vc.EndVoice}
_PHONE_VOICES: Final[CommandTypes] = frozenset({vc.ReceiveVoice, vc.FindVoiceCode, vc.FollowVoice})
_MONTHS: Final[CommandTypes] = frozenset({mc.CloseMonth, mc.CorrectMonth, mc.EvaluateClerk})
_READ_INQUIRIES: Final[CommandTypes] = frozenset({ic.FetchAlerts, ic.FetchInquiries, ic.FindInquiry, ic.FetchConcerns})
_MANAGE_INQUIRIES: Final[CommandTypes] = _READ_INQUIRIES | {ic.StepAlert, ic.StepInquiry}
_OWN_HEARINGS: Final[CommandTypes] = frozenset({ic.FetchHearings, ic.SpeakInInquiry})
"""What whoever served may ask of inquiries about that: what was opened to them, and no more."""
_HEALTH: Final[CommandTypes] = frozenset({c.ReportDevice})

COMMANDS_OF_ROLE: Final[dict[Role, CommandTypes]] = {
    "kiosk": _QUESTIONS
    | _HEALTH
    | {
        c.TakeTicket,
        c.HandOverVisit,
        c.ReportTicket,
        c.FindVisit,
        c.FetchCatalogue,
        c.FindHeldNumber,
        c.FindPrintOrder,
        vc.ReceiveVoice,
        vc.FindVoiceCode,
    },
    "board": _QUESTIONS | _HEALTH | {c.ReportUnsaidCall},
    "counter_display": _QUESTIONS | _HEALTH,
    "call_keypad": _QUESTIONS | _HEALTH | (_COUNTER - {c.SignOutClerk}) | {c.PlanServices},
    "rating_keypad": _QUESTIONS | _HEALTH | {c.PressRating},
    "rating_terminal": _QUESTIONS | _HEALTH | {c.PressRating},
    "staff": _QUESTIONS
    | _HEALTH
    | _CONSOLE
    | _IN_CHARGE
    | _BALLOTS
    | _CAMPAIGNS
    | _MANAGE_VOICES
    | _MONTHS
    | _MANAGE_INQUIRIES
    | _OWN_HEARINGS
    | {c.TakeTicket, c.MendVisit, c.PrintTicket, c.FindTicket, c.FindVisit, c.FetchCatalogue},
    "public": _QUESTIONS | _HEALTH | _PHONE_VOICES | {c.CancelVisit, c.RateByLink, c.FindVisit, c.FetchCatalogue},
    "system": _QUESTIONS | _HEALTH | {c.TakeTicket, c.CancelVisit, c.FindVisit, c.FetchCatalogue},
    "technician": _QUESTIONS | _HEALTH | _BRANCH | _RELEASE | {c.FetchCatalogue},
    "observer": _QUESTIONS | _HEALTH,
}
"""What each role may ask. ``Tick`` and ``Pair`` stand in no row: one is the loop's own, one has its own socket."""

TOPICS_OF_ROLE: Final[dict[Role, tuple[str, ...]]] = {
    "kiosk": ("kiosk",),
    "board": ("board/{zone_id}",),
    "counter_display": ("board/",),
    "call_keypad": ("counter/{counter_id}",),
    "rating_keypad": ("rating/{counter_id}",),
    "rating_terminal": ("rating/{counter_id}",),
    "staff": ("hall", "order", "counter/", "kiosk", "devices", "board/"),
    "public": ("kiosk", "board/"),
    "system": ("kiosk", "board/"),
    "technician": ("hall", "devices", "kiosk"),
    "observer": ("board/",),
}
"""What each role may watch: a whole topic, a topic of the function's own counter or zone, or (ending in ``/``) a
family of topics. A ``board`` without a zone may watch every board."""

COMMANDS_OF_STAFF_ROLE: Final[dict[str, CommandTypes]] = {
    "clerk": _CONSOLE
    | _HELP
    | _VOICES
    | _OWN_HEARINGS
    | {c.TakeTicket, c.FindVisit, c.FetchCatalogue, c.Introduce, c.Attend},
    "usher": _HELP
    | _LIST
    | _BALLOTS
    | _TAKE_VOICES
    | {
        c.TakeTicket,
        c.MendVisit,
        c.CancelVisit,
        c.PrintTicket,
        c.FindTicket,
        c.FindVisit,
        c.FetchCatalogue,
        c.Introduce,
        c.Attend,
    },
    "technician": _IN_CHARGE | {c.FindVisit, c.FetchCatalogue, c.Introduce, c.Attend},
    "manager": _RELEASE
    | _HELP
    | _STOP
    | _LIST
    | _ROSTERS
    | _BALLOTS
    | _CAMPAIGNS
    | _MANAGE_VOICES
    | _MONTHS
    | _MANAGE_INQUIRIES
    | frozenset({c.OpenDay, c.CloseDay, c.FindVisit, c.FetchCatalogue, c.Introduce, c.Attend}),
    "inspector": _LIST
    | _READ_VOICES
    | _READ_INQUIRIES
    | frozenset({bc.FetchBallots, c.FindDevice, c.FetchRosters, c.FindVisit, c.FetchCatalogue, c.Introduce, c.Attend}),
}
"""The second table: what a person of this role may ask through the staff pages."""


def may_send(role: Role, command: type[c.Command]) -> bool:
    """Tell whether a function of this role may send this command."""
    return command in COMMANDS_OF_ROLE.get(role, frozenset())


def may_watch(role: Role, topic: str, *, counter_id: str = "", zone_id: str = "") -> bool:
    """Tell whether a function of this role, at this counter or in this zone, may see this topic."""
    return any(_topic_matches(pattern, topic, counter_id, zone_id) for pattern in TOPICS_OF_ROLE.get(role, ()))


def staff_may_send(staff_role: str, command: type[c.Command]) -> bool:
    """Tell whether a person of this staff role may send this command."""
    return command in COMMANDS_OF_STAFF_ROLE.get(staff_role, frozenset())


def _topic_matches(pattern: str, topic: str, counter_id: str, zone_id: str) -> bool:
    if pattern == "board/{zone_id}" and not zone_id:
        return topic.startswith("board/")
    if "{" in pattern:
        own = pattern.format(counter_id=counter_id, zone_id=zone_id)
        return topic == own and not own.endswith("/")
    if pattern.endswith("/"):
        return topic.startswith(pattern) and len(topic) > len(pattern)
    return topic == pattern
