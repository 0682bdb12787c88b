"""What the API takes and gives. The OpenAPI document is made of these types, so it cannot say anything else."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from protocol.message import Identifier, Language, VisitId
from queue_server.systems.register import Right


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is told."""


class WaitingRange(_Told, frozen=True, kw_only=True):
    """How long it may take, from what is likely (P50) to what is rarely passed (P90), in seconds."""

    low_s: Annotated[int, msgspec.Meta(ge=0)]
    high_s: Annotated[int, msgspec.Meta(ge=0)]


class ServiceState(_Told, frozen=True, kw_only=True):
    """A service: whether numbers are given now, how many wait, and how long a new number may wait.

    `estimate` is null until the hall has seen enough to tell.
    """

    service_id: str
    prefix: str
    names: dict[str, str]
    state: Literal["open", "closed", "quota_reached", "full"]
    waiting: Annotated[int, msgspec.Meta(ge=0)]
    estimate: WaitingRange | None
    counter_numbers: list[int]
    """The counters that serve it now."""
    numbers_left: int | None
    """Of today's quota; null where there is none."""
    next_opens_at: datetime | None


class CounterNow(_Told, frozen=True, kw_only=True):
    """A counter, and the number that stands over it."""

    counter_id: str
    number: int
    zone_id: str
    state: Literal["closed", "open", "paused"]
    ticket: str | None
    ticket_state: Literal["called", "in_service"] | None


class HallStopped(_Told, frozen=True, kw_only=True):
    """Why nobody is served: what stands on every board, by language; empty where the hall says it in its own words."""

    since_at: datetime
    names: dict[str, str]
    hints: dict[str, str]


class HallState(_Told, frozen=True, kw_only=True):
    """The hall as its boards and kiosks show it. `at` is the hall's time."""

    at: datetime
    day: str
    state: Literal["open", "closed", "stopped"]
    closed_because: Literal["holiday", "weekend", "early", "rest", "over", "quota"] | None
    next_opens_at: datetime | None
    stopped: HallStopped | None
    services: list[ServiceState]
    counters: list[CounterNow]


TicketState = Literal["waiting", "called", "in_service", "parked", "ended", "no_show", "cancelled", "expired"]


class Ticket(_Told, frozen=True, kw_only=True):
    """A ticket. `ticket_code` is what its QR holds: who has it holds the ticket, so it goes to its citizen alone.

    `ticket_link` opens the citizen's page, where the hall has one. `ahead` and `estimate` are told while it waits.
    """

    visit_id: VisitId
    number: str
    service_id: str
    state: TicketState
    taken_at: datetime
    ahead: int | None
    estimate: WaitingRange | None
    counter_number: int | None
    ticket_code: str
    ticket_link: str | None


class TicketWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number for somebody who has an appointment. Without a class it is the one without precedence."""

    service_id: Annotated[Identifier, msgspec.Meta(examples=["civil_status"])]
    priority_class_id: Identifier | None = None
    language: Language = "vi"


class KeyInfo(_Told, frozen=True, kw_only=True):
    """The key that was shown: whose it is, and what it may do."""

    key_id: str
    system_id: str
    rights: list[Right]
    per_minute: int


class Problem(_Told, frozen=True, kw_only=True):
    """What went wrong (RFC 9457). `code` is stable and meant for programs; `detail` is for people and may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str
