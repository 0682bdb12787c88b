"""What the report tables hold. Instants are ISO 8601 in UTC, durations whole seconds; nothing names a person."""

from typing import Final, Literal

import msgspec

VisitState = Literal["waiting", "called", "in_service", "parked", "ended", "no_show", "cancelled", "expired"]


class VisitRow(msgspec.Struct, kw_only=True):
    """A visit as it stands now. `first_service_id` is what the citizen took a number for, `service_id` the last one.

    `waited_s` is the time from the ticket to the first call, `target_s` the promise for it when the number was taken;
    `walked_s` the time from the last call to the start; `served_s` adds up over parkings and transfers.
    """

    visit_id: str
    day: str
    prefix: str
    number: int
    first_service_id: str
    service_id: str
    priority_class_id: str
    procedure_code: str
    taken_at: str
    off_line: bool
    target_s: int
    state: VisitState = "waiting"
    called_at: str = ""
    last_called_at: str = ""
    waited_s: int | None = None
    walked_s: int | None = None
    served_s: int = 0
    stage_s: int = 0
    ended_at: str = ""
    outcome: str = ""
    served: bool = False
    counter_id: str = ""
    clerk_id: str = ""
    recalls: int = 0
    transfers: int = 0
    reinstated: int = 0


class CallRow(msgspec.Struct, kw_only=True):
    """A call, with the rule's clause that chose it and how many it passed over."""

    seq: int
    day: str
    at: str
    visit_id: str
    number: str
    service_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str
    clause: str
    reason: str
    waited_s: int
    passed_over: int


class PriorityRow(msgspec.Struct, kw_only=True):
    """Another priority class that a clerk gave to a waiting visit, with the reason."""

    seq: int
    day: str
    at: str
    visit_id: str
    number: str
    before_class_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str
    reason: str


class StageRow(msgspec.Struct, kw_only=True):
    """A stage of service that is over: at one service, ended with an outcome or passed on (`outcome` empty)."""

    seq: int
    day: str
    visit_id: str
    service_id: str
    counter_id: str
    clerk_id: str
    served_s: int
    outcome: str


class QuestionRow(msgspec.Struct, kw_only=True):
    """A rating that was asked for: the system opened a window after a service."""

    seq: int
    day: str
    visit_id: str
    service_id: str
    counter_id: str
    clerk_id: str


class RatingRow(msgspec.Struct, kw_only=True):
    """The one rating of a visit by one channel. `day` is the visit's own, `rated_day` when it came."""

    seq: int
    day: str
    rated_day: str
    visit_id: str
    service_id: str
    counter_id: str
    clerk_id: str
    channel: str
    scale_id: str
    level: int
    satisfied: bool


class PressRow(msgspec.Struct, kw_only=True):
    """A press on a rating device that was kept; `flag` tells why it did not count."""

    seq: int
    day: str
    visit_id: str
    counter_id: str
    function_id: str
    channel: str
    level: int
    flag: str


class DayRow(msgspec.Struct, kw_only=True):
    """A business day. `configuration_id` tells what ids meant on it, last."""

    day: str
    opened_at: str
    utc_offset_s: int
    configuration_id: str
    closed_at: str = ""


class ServiceMeaning(msgspec.Struct, frozen=True):
    """A service's names and promises in one configuration."""

    names: dict[str, str]
    target_waiting_s: int


class Meaning(msgspec.Struct, frozen=True):
    """What ids meant in one configuration."""

    services: dict[str, ServiceMeaning]
    outcome_names: dict[str, dict[str, str]]
    reason_names: dict[str, dict[str, str]]
    served_outcomes: frozenset[str]
    satisfied: dict[str, frozenset[int]]
    """Levels that count as satisfied, by scale id."""
    class_names: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


class Context(msgspec.Struct):
    """What the fold must remember between events: every configuration's meanings, and which is effective."""

    meanings: dict[str, Meaning] = msgspec.field(default_factory=dict)
    effective: str = ""
    day: str = ""

    @property
    def meaning(self) -> Meaning:
        """The meanings that hold now."""
        return self.meanings.get(self.effective, NOTHING_MEANT)


NOTHING_MEANT: Final = Meaning(
    services={}, outcome_names={}, reason_names={}, served_outcomes=frozenset(), satisfied={}
)
