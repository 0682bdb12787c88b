"""What belongs to scans in the kiosk's state machine (`model`): the input, and the screens that follow it."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from kiosk.ticket.scans import AnyScan
from protocol.views import VisitFound


@dataclass(frozen=True, slots=True)
class Brought:
    """The paper that led a citizen to a service; of an appointment, its time in the hall.

    `person_mark`: of a receipt, where numbers are limited per person and a receipt tells who it is.
    """

    kind: Literal["receipt", "appointment"]
    booked_time: time | None = None
    person_mark: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """Something was held under the scanner; None when it could not be read whole."""

    scan: AnyScan | None


@dataclass(frozen=True, slots=True)
class Looking:
    """A scanned ticket is being looked up; the answer to this request is awaited."""

    request_id: str


@dataclass(frozen=True, slots=True)
class FoundVisit:
    """How it stands with the visit of a scanned ticket."""

    found: VisitFound


ScanAnswerCode = Literal[
    "dossier",
    "citizen_card",
    "card_too_early",
    "number",
    "unknown",
    "unread",
    "server_gone",
    "appointment_unknown",
    "appointment_other_day",
]


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """A scan that leads no further than to a sentence. `masked_id` is all that is known of a citizen card.

    `day`: for which an appointment is, when that is not today.
    """

    code: ScanAnswerCode
    masked_id: str = ""
    day: date | None = None


ScanScreen = Looking | FoundVisit | ScanAnswer
