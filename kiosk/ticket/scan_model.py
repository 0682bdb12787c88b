"""What belongs to scans in the kiosk's state machine (`model`): the input, and the screens that follow it."""

from dataclasses import dataclass
from typing import Literal

from kiosk.ticket.scans import AnyScan
from protocol.views import VisitFound


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


ScanAnswerCode = Literal["dossier", "citizen_card", "number", "unknown", "unread", "server_gone"]


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """A scan that leads no further than to a sentence. `masked_id` is all that is known of a citizen card."""

    code: ScanAnswerCode
    masked_id: str = ""


ScanScreen = Looking | FoundVisit | ScanAnswer
