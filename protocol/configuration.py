"""The hall as checked: frozen structs that the rules can trust.

``queue_server.config`` makes a :class:`Configuration` from TOML and names the place and the mend of each mistake; the
log stores it with the event that made it effective, so that yesterday's log keeps yesterday's meaning. Words per
language stand in dictionaries ``{"vi": …, "en": …}``.
"""

from typing import Annotated, Final, Literal, get_args

import msgspec

from protocol.evaluation import EvaluationForm
from protocol.message import Code, Identifier, Language, OptionalIdentifier, Prefix

Words = dict[Language, str]
"""Text per language; Vietnamese and English are always there."""

ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day at the branch, ``07:30``."""

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A business date, ``2026-11-23``."""


Seconds = Annotated[int, msgspec.Meta(ge=0)]


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of ``date.weekday()``."""


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Any part of a configuration."""


PersonKind = Literal["citizen_card", "receipt"]
"""By what a kiosk knows a person again: the code of a citizen card, or of the receipt of a dossier."""


class PersonLimits(_Part, frozen=True, kw_only=True):
    """How many numbers one person may take; 0 = as many as they like."""

    day: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    """Numbers a day at most."""
    at_once: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    """Numbers at most that are not over yet: waiting, called, in service or parked."""

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return bool(self.day or self.at_once)


class NumbersPerPerson(PersonLimits, frozen=True, kw_only=True):
    """The limits over all services together, how a person is known, and which numbers count by the day.

    A number that was cancelled before it was ever called does not count, unless ``cancelled_counts``; one whose citizen
    did not come counts, unless ``no_show_counts`` is false.
    """

    known_by: tuple[PersonKind, ...] = ("citizen_card",)
    cancelled_counts: bool = False
    no_show_counts: bool = True


class Service(_Part, frozen=True, kw_only=True):
    """What a citizen queues for. ``mean_service_s`` and ``target_waiting_s`` seed estimates and figures."""

    service_id: Identifier
    queue_id: Identifier
    prefix: Prefix
    names: Words
    hints: Words
    icon: Code = ""
    mean_service_s: int = 600
    target_waiting_s: int = 1800
    target_service_s: int = 900
    daily_quota: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Numbers a day at most; 0 = as many as come."""
    result_place: Words = msgspec.field(default_factory=dict)
    """Where results of its procedures are handed out, unless a procedure says otherwise."""
    after_15h_notice: bool = False
    """Its results come the next working day when received late (``policies.late_receipt_from``)."""
    takes_receipts: bool = False
    """A citizen who shows a receipt at a kiosk is led here; of several such services, to the first."""
    numbers_per_person: PersonLimits = PersonLimits()
    """Of this service; the branch's own limits hold beside them."""
    free_for_all: bool = False
    """Its numbers need no card and count for nobody, whatever the branch limits: a guidance counter."""
    hours_id: OptionalIdentifier = ""
    rating_tone: Literal["usual", "neutral"] = "usual"
    after_words: Words = msgspec.field(default_factory=dict)
    """What its citizens are told once it is over, beside the question for a rating: congratulations, or condolences."""


class Queue(_Part, frozen=True, kw_only=True):
    """Visits that wait, in order. A backup counter helps once a head has waited ``overflow_after_s``."""

    queue_id: Identifier
    names: Words
    overflow_after_s: int = 900
    zone_id: OptionalIdentifier = ""


class PriorityClass(_Part, frozen=True, kw_only=True):
    """Why someone goes earlier: points per second waited, and the longest wait that is guaranteed."""

    priority_class_id: Identifier
    names: Words
    slope: float
    guaranteed_waiting_s: int
    chosen_by: Literal["citizen", "staff"] = "citizen"
    hints: Words = msgspec.field(default_factory=dict)


class WorkProfile(_Part, frozen=True, kw_only=True):
    """The queues a counter serves: its own, and those it helps."""

    work_profile_id: Identifier
    names: Words
    primary_queue_ids: tuple[Identifier, ...]
    backup_queue_ids: tuple[Identifier, ...] = ()


class Counter(_Part, frozen=True, kw_only=True):
    """Where a citizen is served; ``number`` is what boards and voices say."""

    counter_id: Identifier
    number: Annotated[int, msgspec.Meta(ge=1, le=999)]
    names: Words
    work_profile_id: Identifier
    zone_id: Identifier


class Zone(_Part, frozen=True, kw_only=True):
    """A part of the hall with its own boards and one voice."""

    zone_id: Identifier
    names: Words


class OpeningHours(_Part, frozen=True, kw_only=True):
    """Opening spans per weekday, each ``(from, to)`` in the branch's time; empty = closed."""

    hours_id: Identifier
    spans: dict[Weekday, tuple[tuple[ClockTime, ClockTime], ...]]


class Holiday(_Part, frozen=True, kw_only=True):
    """A day on which the branch is closed."""

    day: Day
    names: Words


class WorkingDay(_Part, frozen=True, kw_only=True):
    """A day that works by another weekday's hours (a moved Saturday)."""

    day: Day
    as_weekday: Weekday


class Calendar(_Part, frozen=True, kw_only=True):
    """When the branch is open. Kiosks give numbers ``kiosk_lead_s`` before opening and stop ``kiosk_stop_s`` before."""

    time_zone: str
    default_hours_id: Identifier
    hours: tuple[OpeningHours, ...]
    holidays: tuple[Holiday, ...] = ()
    working_days: tuple[WorkingDay, ...] = ()
    day_opens: ClockTime = "06:00"
    day_closes: ClockTime = "20:00"
    kiosk_lead_s: int = 1800
    kiosk_stop_s: int = 1800


class DutyContact(_Part, frozen=True, kw_only=True):
    """Whom to call while the hall is closed, and what for: on these days, or whenever it is closed if none are named.

    A function, never a person: the configuration is stored with the log.
    """

    names: Words
    phone: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    days: tuple[Day, ...] = ()


class KioskRange(_Part, frozen=True, kw_only=True):
    """The numbers that one kiosk may give by itself while the server is gone; the server skips them."""

    function_id: Identifier
    prefix: Prefix
    first: Annotated[int, msgspec.Meta(ge=1)]
    last: Annotated[int, msgspec.Meta(ge=1)]


class Emergency(_Part, frozen=True, kw_only=True):
    """What the whole hall is told when it is stopped: large words, and a sentence on what to do."""

    emergency_id: Identifier
    names: Words
    hints: Words
    ends_with_day: bool = False
    """The stop is over when the business day is; else it stands until somebody resumes the hall."""


class Outcome(_Part, frozen=True, kw_only=True):
    """What came of a service. ``served`` tells whether a rating is asked for and the visit counts as served."""

    outcome_id: Identifier
    names: Words
    served: bool = True
    key: Annotated[str, msgspec.Meta(max_length=1)] = ""
    goes_on: bool = True
    """After it a visit goes on to the services that follow; without the papers of the first, say, it does not."""


class LinkedServices(_Part, frozen=True, kw_only=True):
    """Services that one visit goes through in sequence, under one number: a birth, then the residence, then insurance.

    A visit begins them at the kiosk by one of these procedures, or at a counter by its clerk.
    """

    linked_id: Identifier
    names: Words
    service_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=2, max_length=8)]
    procedure_codes: tuple[Code, ...] = ()


ReasonUse = Literal[
    "call",
    "pause",
    "close",
    "transfer",
    "reinstate",
    "revoke",
    "release",
    "priority",
    "without_card",
    "mend",
    "cancel",
]
"""What staff may give a reason for."""


class Reason(_Part, frozen=True, kw_only=True):
    """A reason that staff may give."""

    reason_id: Identifier
    names: Words
    uses: tuple[ReasonUse, ...]


OfficialLevel = Literal["very_satisfied", "satisfied", "not_satisfied"]
"""The three answers in which authorities are told of satisfaction, best first."""

OFFICIAL_LEVELS: Final[tuple[OfficialLevel, ...]] = get_args(OfficialLevel)


class RatingLevel(_Part, frozen=True, kw_only=True):
    """One answer of a scale, 1 = best. ``satisfied`` tells whether it counts as satisfied.

    ``official`` is the answer as which it is told to authorities; empty: they are not told of this scale.
    """

    level: Annotated[int, msgspec.Meta(ge=1, le=9)]
    names: Words
    satisfied: bool
    asks_reason: bool = False
    official: Literal["", "very_satisfied", "satisfied", "not_satisfied"] = ""


class RatingScale(_Part, frozen=True, kw_only=True):
    """A scale of answers with an id of its own, since scales change by decree.

    Once ratings may have been given by it, an id keeps what its levels mean; another meaning is another scale.
    ``valid_from`` is the first business day on which it is asked by; the hall's first scale has none.
    """

    scale_id: Identifier
    valid_from: str = ""
    levels: tuple[RatingLevel, ...]
    reasons: tuple[Reason, ...] = ()


class SatisfactionRules(_Part, frozen=True, kw_only=True):
    """How satisfaction is told of: the line to reach, and how many ratings it takes to say anything."""

    target_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    """The share of satisfied citizens that the hall has promised at least."""
    least_rated: Annotated[int, msgspec.Meta(ge=10)] = 10
    """From so many ratings on a share is told of; one of fewer could be that of a person."""
    least_compared: Annotated[int, msgspec.Meta(ge=10)] = 30
    """From so many ratings on each, counters and clerks are held beside one another."""
    publish_results: bool = False
    """Whether the public pages show the results of closed months, by counter."""
    ballot_two_entries: bool = False
    """A ballot counts when two people have read it, neither of whom saw what the other one had read."""
    rating_least_s: Annotated[int, msgspec.Meta(ge=0, le=600)] = 20
    """A visit that ends, or is sent on, sooner after its call was no service, and is not asked; 0 = all are."""
    rating_burst_presses: Annotated[int, msgspec.Meta(ge=2, le=100)] = 6
    """So many presses on the same keys within ``rating_burst_s`` are play; those beyond them do not count."""
    rating_burst_s: Annotated[int, msgspec.Meta(ge=1, le=300)] = 10


VoiceChannel = Literal["phone", "paper", "hotline", "desk", "kiosk"]
"""How a voice came: by a page on a phone, on paper, by a call, told to staff, or written at a kiosk."""


class VoiceKind(_Part, frozen=True, kw_only=True):
    """A kind of voice, and within how many working days it is answered."""

    kind_id: Identifier
    names: Words
    answer_days: Annotated[int, msgspec.Meta(ge=1, le=90)]


class VoiceRules(_Part, frozen=True, kw_only=True):
    """The hotline and the suggestion box. Without a channel the hall has none, and says so rather than "none came"."""

    channels: tuple[VoiceChannel, ...] = ()
    kinds: tuple[VoiceKind, ...] = ()
    due_soon_days: Annotated[int, msgspec.Meta(ge=0, le=30)] = 2
    """So many working days before it is due, a voice is shown as due soon."""
    kept_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 90
    """So many days after it is over its words and its contact are erased; what counts of it stays."""


class AlertRules(_Part, frozen=True, kw_only=True):
    """When unsatisfied answers raise an alert: so large a share of at least so many answers within so long."""

    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    within_s: Annotated[int, msgspec.Meta(ge=60, le=14_400)] = 900
    least: Annotated[int, msgspec.Meta(ge=2, le=100)] = 4


class InquiryRules(_Part, frozen=True, kw_only=True):
    """Which ratings open an inquiry, how many working days people have in it, and how long its words are kept."""

    opened_by: Literal["unsatisfied", "lowest", "nothing"] = "unsatisfied"
    """Any answer that does not count as satisfied, the scale's worst one alone, or none."""
    answer_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    statement_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 2
    appeal_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    kept_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30
    """So many days after the end the words of alerts and inquiries are erased; what counts of them stays."""


class Policies(_Part, frozen=True, kw_only=True):
    """House rules as numbers. All times are hall time, in seconds."""

    recall_limit: int = 3
    call_timeout_s: int = 120
    """A call that nobody answers is offered as a no-show on the console after this long; nothing is automatic."""
    transfer_position: Literal["first", "last", "arrival"] = "arrival"
    rating_window_s: int = 90
    rating_grace_s: int = 10
    rating_debounce_ms: int = 400
    rating_too_soon_ms: int = 300
    rating_shows_clerk: bool = False
    """Rating terminals show who has served: name and photo, from a folder of the branch on the terminal itself."""
    minimum_service_s: int = 20
    board_minimum_s: int = 8
    board_recent_calls: int = 6
    announce_repeat: int = 1
    announce_digits: Literal["digits", "number"] = "digits"
    announce_dialect: Literal["north", "south"] = "north"
    announce_languages: tuple[Language, ...] = ("vi",)
    announce_priority: bool = True
    """Boards and voices tell that a number has priority, but never why; it is said before others that still wait."""
    quiet_hours: tuple[tuple[ClockTime, ClockTime], ...] = ()
    """Spans ``(from, to)`` in the branch's time in which nothing is said aloud; boards show calls all the same."""
    board_languages: tuple[Language, ...] = ("vi", "en")
    """The languages of the boards; names of services are in the first, and in the others by turns."""
    visits_per_kiosk_per_minute: int = 30
    waiting_limit: int = 5000
    late_receipt_from: ClockTime = "15:00"
    """What is received from then on counts from the next working day, where service or procedure say so."""
    consent_waiting_s: Seconds = 3600
    """From this expected wait on a kiosk asks whether a number is wanted all the same; 0 = it never asks."""
    consent_closing_s: Seconds = 1800
    """So short before the last closing, or when the wait may reach past it, a kiosk asks too; 0 = it never asks."""
    quota_notice: Annotated[int, msgspec.Meta(ge=0)] = 10
    """From so few numbers left on, a kiosk tells how many there are."""
    help_wait_s: Annotated[int, msgspec.Meta(ge=10)] = 120
    """After this long without an answer a kiosk tells who called for help where else to find it."""
    board_shows_estimates: bool = True
    emergency_repeat_s: Annotated[int, msgspec.Meta(ge=10, le=600)] = 20
    """While the hall is stopped, voices say why again so long after they have last begun to."""


class StaffRules(_Part, frozen=True, kw_only=True):
    """House rules that no board and no kiosk need know."""

    linked_place: Literal["first", "last", "arrival"] = "arrival"
    """Where a visit stands that goes on to its next service: before all, behind all, or by its old arrival."""
    hides_queue: bool = False
    """Consoles show how many wait and how long, but not whose turn is next: nobody can be chosen from a list."""
    notes_kept_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    """How many days after its own a note with a transfer is kept; 0: it is erased as its day closes."""


class Procedure(_Part, frozen=True, kw_only=True):
    """One procedure that this hall publishes. ``None`` means "not yet recorded", which is shown as such."""

    code: Code
    service_id: Identifier
    names: Words
    official_name: str = ""
    documents: tuple[str, ...] | None = None
    time: Words | None = None
    fee: Words | None = None
    result_place: Words | None = None
    after_15h_next_day: bool = False
    saturday_morning: bool = False
    rating_tone: Literal["usual", "neutral"] = "usual"
    after_words: Words = msgspec.field(default_factory=dict)
    """Before those of its service."""


class TicketLink(_Part, frozen=True, kw_only=True):
    """What the QR on a ticket holds: a page on the hall's own network, a public page, or the visit's short code."""

    kind: Literal["code", "hall_page", "public_page"] = "code"
    base_address: str = ""
    valid_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    """Days on which the page of a ticket opens, that of the number counted; for ratings from home."""


class Configuration(_Part, frozen=True, kw_only=True):
    """The whole hall. ``configuration_id`` is the SHA-256 of its sources, in hex."""

    configuration_id: str
    branch_id: Identifier
    agency: Words
    names: Words
    hotline: str
    languages: tuple[Language, ...]
    calendar: Calendar
    zones: tuple[Zone, ...]
    queues: tuple[Queue, ...]
    services: tuple[Service, ...]
    priority_classes: tuple[PriorityClass, ...]
    work_profiles: tuple[WorkProfile, ...]
    counters: tuple[Counter, ...]
    outcomes: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    rating_scale: RatingScale
    later_scales: tuple[RatingScale, ...] = ()
    """The scales that follow the first one, by the day on which each begins."""
    evaluation_forms: tuple[EvaluationForm, ...] = ()
    """The forms by which months are scored, by the day on which each begins."""
    policies: Policies
    staff_rules: StaffRules = StaffRules()
    satisfaction: SatisfactionRules = SatisfactionRules()
    voices: VoiceRules = VoiceRules()
    alerts: AlertRules = AlertRules()
    inquiries: InquiryRules = InquiryRules()
    numbers_per_person: NumbersPerPerson = NumbersPerPerson()
    linked_services: tuple[LinkedServices, ...] = ()
    kiosk_ranges: tuple[KioskRange, ...] = ()
    duty_contacts: tuple[DutyContact, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    """The messages with which the hall can be stopped, beside a free one."""
    ticket_link: TicketLink = TicketLink()
    ticket_footer: Words = msgspec.field(default_factory=dict)
    training: Words = msgspec.field(default_factory=dict)
    """The mark of a training hall, before its name wherever that stands; empty: a hall of real citizens.

    A branch is one or the other for ever, and no report is made of a training hall.
    """
    pledges: tuple[Words, ...] = ()
    """What the branch promises, shown at the foot of its boards and in quiet times; ``5 rõ: rõ người · rõ việc``."""
    notices: tuple[Words, ...] = ()
    """What the boards tell in quiet times, a sentence or two each."""
    catalogue: tuple[Procedure, ...] = ()
