"""What the ticket kiosk has on its disk of visits and numbers, besides the hall and its catalogue."""

from dataclasses import dataclass
from datetime import datetime

from protocol.commands import HandOverVisit, ReportTicket

OutboxCommand = HandOverVisit | ReportTicket
"""What must reach the server some day, whatever happens to the link or the power."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the server says this kiosk is; kept on disk for a start without the server."""

    function_id: str
    link_key: str


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the kiosk's own range, and when it was given."""

    prefix: str
    number: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PendingVisit:
    """A visit that was decided on: stored before anybody is asked, so that it never gets two numbers."""

    visit_id: str
    service_id: str
    priority_class_id: str
    procedure_code: str
    language: str
    day: str
    decided_at: datetime
    own: OwnNumber | None = None
    """The number of the kiosk's own range that it was given: after a crash it is that one again."""
    person_mark: str = ""
    """Of whoever takes it, where numbers are limited per person."""


@dataclass(frozen=True, slots=True)
class OfflineNumber:
    """A number of the kiosk's own range that has been given on a day."""

    day: str
    prefix: str
    number: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A command that waits for the link, under the id it will always be sent with."""

    request_id: str
    command: OutboxCommand


@dataclass(frozen=True, slots=True)
class RefusedHandOver:
    """A number on paper that the server refused to take over, with the refusal's code: its citizen is in no line."""

    prefix: str
    number: int
    taken_at: datetime
    code: str
