"""What the report tables hold. Instants are ISO 8601 in UTC, durations whole seconds; nothing names a person."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from protocol.evaluation import EvaluationForm

VisitState = Literal["waiting", "called", "in_service", "parked", "ended", "no_show", "cancelled", "expired"]


class VisitRow(msgspec.Struct, kw_only=True):
    """A visit as it stands now. `first_service_id` is what the citizen took a number for, `service_id` the last one.

    `hour` is the hour at the hall in which the number was taken, `first_counter_id` and `first_clerk_id` made the first
    call, `rank_at` is what it is ranked by;
    `waited_s` is the time from the ticket to the first call, `target_s` the promise for it when the number was taken;
    `without_card` is the reason for which staff gave the number, where numbers are limited per person, and `over_limit`
    marks one too many, of a kiosk that was cut off;
    `stopped_s` is the part of `waited_s` in which the hall was stopped;
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
    hour: int
    rank_at: str
    off_line: bool
    target_s: int
    without_card: str = ""
    over_limit: bool = False
    state: VisitState = "waiting"
    called_at: str = ""
    first_counter_id: str = ""
    first_clerk_id: str = ""
    last_called_at: str = ""
    waited_s: int | None = None
    stopped_s: int = 0
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
    hour: int
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


class NoShowRow(msgspec.Struct, kw_only=True):
    """A call that nobody answered; hour, counter and clerk are those of the call."""

    seq: int
    day: str
    hour: int
    visit_id: str
    service_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str


class TransferRow(msgspec.Struct, kw_only=True):
    """A visit sent on from a counter, or put back when its clerk had gone; `service_id` is what it was there for.

    `place` tells how it is ranked from then on: by its old arrival, before it (`first`), or behind it (`last`).
    """

    seq: int
    day: str
    at: str
    hour: int
    visit_id: str
    service_id: str
    to_service_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str
    place: Literal["first", "arrival", "last"]
    reason: str


class PriorityRow(msgspec.Struct, kw_only=True):
    """Another priority class that a clerk gave to a waiting visit, with the reason."""

    seq: int
    day: str
    at: str
    hour: int
    visit_id: str
    number: str
    service_id: str
    before_class_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str
    reason: str


class StageRow(msgspec.Struct, kw_only=True):
    """A stage of service that is over: at one service, ended with an outcome or passed on (`outcome` empty).

    `hour` is the one in which it ended; `served` tells that its outcome counts as served, `papers_missing` that the
    citizen was sent for papers, today or for another day.
    """

    seq: int
    day: str
    hour: int
    visit_id: str
    service_id: str
    priority_class_id: str
    counter_id: str
    clerk_id: str
    served_s: int
    outcome: str
    served: bool
    papers_missing: bool


Doing = Literal["", "idle", "stopped", "called", "serving", "paused", "closed"]
"""What a counter with a clerk does: ready for the next, or kept from it by a stopped hall; waiting for whom it called,
serving, pausing, closed."""


class StretchRow(msgspec.Struct, kw_only=True):
    """A stretch of time in which a counter did one thing, within one hour at the hall; kept in whole microseconds.

    A longer one is parted at each full hour, so that the times of an hour add up to an hour.
    """

    stretch_id: str
    day: str
    hour: int
    counter_id: str
    clerk_id: str
    doing: Doing
    reason: str
    began_at: str
    lasted_us: int


class StopRow(msgspec.Struct, kw_only=True):
    """A time in which the hall was stopped, within one hour of a business day; `begins` marks where a stop begins.

    Of one that still stands there is that first row alone, of no length yet. `emergency_id` is what was told first.
    """

    stop_id: str
    day: str
    hour: int
    began_at: str
    lasted_us: int
    begins: bool
    emergency_id: str


class QuestionRow(msgspec.Struct, kw_only=True):
    """A rating that was asked for: the system opened a window after a service.

    `keypad` and `terminal` tell by which of the counter's devices it could be answered; one that was silent is 0.
    """

    seq: int
    day: str
    hour: int
    visit_id: str
    service_id: str
    counter_id: str
    clerk_id: str
    keypad: bool = False
    terminal: bool = False


class RatingRow(msgspec.Struct, kw_only=True):
    """The one rating of a visit by one channel. `day` is the visit's own, `rated_day` when it came, at `rated_at`.

    `low` is an answer that asks for reasons; `reasons` are their ids, one after the other with spaces between.
    """

    seq: int
    day: str
    rated_day: str
    rated_at: str
    hour: int
    visit_id: str
    service_id: str
    counter_id: str
    clerk_id: str
    channel: str
    scale_id: str
    level: int
    satisfied: bool
    low: bool
    reasons: str


class PressRow(msgspec.Struct, kw_only=True):
    """A press on a rating device that was kept; `flag` tells why it did not count.

    `satisfied` is what it would have said, by the scale that was asked last.
    """

    seq: int
    day: str
    hour: int
    visit_id: str
    counter_id: str
    function_id: str
    channel: str
    level: int
    flag: str
    satisfied: bool = False


class BallotRow(msgspec.Struct, kw_only=True):
    """A ballot, by the event that drew it and its place there; of its code there is nothing here.

    `day` is that of its visit, `drawn_day` when it was drawn; a blank one has no visit, and `level` and `satisfied`
    once it is counted. Of others the rating is a `RatingRow`.
    """

    ballot_id: str
    day: str
    drawn_day: str
    channel: str
    visit_id: str
    counter_id: str
    clerk_id: str
    service_id: str
    state: str
    scale_id: str
    level: int = 0
    satisfied: bool = False


class VoiceStepRow(msgspec.Struct, kw_only=True):
    """A step of a voice that figures tell of: received, answered, or how it ended. `day` is when it was told or done.

    `channel`, `kind_id` and `due_day` stand with the first step alone.
    """

    seq: int
    day: str
    voice_id: str
    step: str
    channel: str = ""
    kind_id: str = ""
    due_day: str = ""


SilenceReason = Literal["silent", "removed", "switched_off", "no_campaign"]


class SilenceRow(msgspec.Struct, kw_only=True):
    """A time of a business day in which a channel could ask nobody, at a counter or (no counter) in the whole hall.

    It is a row from its first instant on; `to_at` is empty until it is over.
    """

    silence_id: str
    day: str
    channel: str
    counter_id: str
    reason: SilenceReason
    from_at: str
    to_at: str = ""


class DayRow(msgspec.Struct, kw_only=True):
    """A business day. `configuration_id` tells what ids meant on it, last; `links`, whether tickets lead to a page.

    `opening` are its opening hours, `from/to` with spaces between, ISO.
    """

    day: str
    opened_at: str
    utc_offset_s: int
    configuration_id: str
    closed_at: str = ""
    links: bool = False
    opening: str = ""


class ServiceMeaning(msgspec.Struct, frozen=True):
    """A service's names and promises in one configuration."""

    names: dict[str, str]
    target_waiting_s: int


class LevelMeaning(msgspec.Struct, frozen=True):
    """One answer of a scale: its words, as what it is officially told (or nothing), and whether it is a low one."""

    names: dict[str, str]
    official: str
    low: bool


class House(msgspec.Struct, frozen=True):
    """What a configuration says of satisfaction: its line, from how many ratings on, and by which forms to evaluate."""

    target_percent: int = 80
    least_rated: int = 10
    least_compared: int = 30
    publish_results: bool = False
    forms: tuple[EvaluationForm, ...] = ()


class Meaning(msgspec.Struct, frozen=True):
    """What ids meant in one configuration."""

    services: dict[str, ServiceMeaning]
    outcome_names: dict[str, dict[str, str]]
    reason_names: dict[str, dict[str, str]]
    served_outcomes: frozenset[str]
    satisfied: dict[str, frozenset[int]]
    """Levels that count as satisfied, by scale id."""
    class_names: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    counter_numbers: dict[str, int] = msgspec.field(default_factory=dict)
    levels: dict[str, tuple[LevelMeaning, ...]] = msgspec.field(default_factory=dict)
    """By scale id, from level 1 on."""
    rating_reason_names: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    house: House = House()
    voice_channels: tuple[str, ...] = ()
    """The ways by which voices were taken."""
    voice_kind_names: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    links: bool = False
    """Tickets lead to a page on which their visit can be rated."""


class KeysNow(msgspec.Struct):
    """A rating device that is paired: where it hangs, and whether it was last heard to be out of order or gone."""

    kind: str
    device_id: str
    counter_id: str
    silent: bool = False


class CampaignNow(msgspec.Struct):
    """The surprise campaign that stands, with its first and its last day."""

    campaign_id: str
    first_day: str
    last_day: str


class CounterNow(msgspec.Struct):
    """A counter as its last event left it: its state and clerk, whom it has called or serves, and since when so."""

    state: Literal["open", "paused", "closed"] = "closed"
    clerk_id: str = ""
    reason: str = ""
    visit: Literal["", "called", "serving"] = ""
    since_at: str = ""


class Context(msgspec.Struct):
    """What the fold must remember between events: every configuration's meanings, which is effective, the counters."""

    meanings: dict[str, Meaning] = msgspec.field(default_factory=dict)
    effective: str = ""
    day: str = ""
    utc_offset_s: int = 0
    stopped: bool = False
    stopped_since: str = ""
    """Since when the hall has stood, within the open business day; empty while it goes on."""
    stopped_by: str = ""
    counters: dict[str, CounterNow] = msgspec.field(default_factory=dict)
    keys: dict[str, KeysNow] = msgspec.field(default_factory=dict)
    """Rating devices, by function."""
    scale_id: str = ""
    """The scale that was asked last."""
    day_open: bool = False
    campaign: CampaignNow | None = None
    asking: set[str] = msgspec.field(default_factory=set)
    """`channel/counter` where a rating device has hung today."""
    silences: dict[str, SilenceRow] = msgspec.field(default_factory=dict)
    """Those that go on, by `channel/counter`."""

    @property
    def meaning(self) -> Meaning:
        """The meanings that hold now."""
        return self.meanings.get(self.effective, NOTHING_MEANT)


NOTHING_MEANT: Final = Meaning(
    services={}, outcome_names={}, reason_names={}, served_outcomes=frozenset(), satisfied={}
)


def together(newest: Meaning, others: Iterable[Meaning]) -> Meaning:
    """Give what ids mean over all configurations: the newest words, and those of ids that it has no more."""
    every = [*others, newest]
    return Meaning(
        services={key: value for one in every for key, value in one.services.items()},
        outcome_names={key: value for one in every for key, value in one.outcome_names.items()},
        reason_names={key: value for one in every for key, value in one.reason_names.items()},
        served_outcomes=newest.served_outcomes,
        satisfied={key: value for one in every for key, value in one.satisfied.items()},
        class_names={key: value for one in every for key, value in one.class_names.items()},
        counter_numbers={key: value for one in every for key, value in one.counter_numbers.items()},
        levels={key: value for one in every for key, value in one.levels.items()},
        rating_reason_names={key: value for one in every for key, value in one.rating_reason_names.items()},
        voice_kind_names={key: value for one in every for key, value in one.voice_kind_names.items()},
        house=newest.house,
    )
