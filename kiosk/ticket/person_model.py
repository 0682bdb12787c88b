"""What belongs to limits per person in the kiosk's state machine (`model`): the day's key, and the screens about it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hardware.codecs.withheld import Withheld
from kiosk.ticket.scan_model import Brought
from protocol.views import VisitFound

if TYPE_CHECKING:
    from kiosk.ticket.model import GivenNumber


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of one business day for the marks of persons. It lives in memory alone."""

    day: str
    key: Withheld[str]


@dataclass(frozen=True, slots=True)
class OwnGift:
    """A number that this kiosk has given today to whoever has this mark, so that it knows while the server is gone."""

    person_mark: str
    given: "GivenNumber"


@dataclass(frozen=True, slots=True)
class CardFirst:
    """Asking for the card, before a number of a limited service. `trouble`: what came of the last try."""

    service_id: str
    priority_class_id: str
    procedure_code: str = ""
    brought: Brought | None = None
    trouble: Literal["", "unread", "no_card"] = ""


@dataclass(frozen=True, slots=True)
class Held:
    """This person has as many numbers as allowed: which one, and its paper again. `found` once the server has told it.

    `own`: what this kiosk gave itself, when it is the kiosk that says no because the server is gone.
    """

    service_id: str
    request_id: str = ""
    sentences: dict[str, str] = field(default_factory=dict)
    found: VisitFound | None = None
    own: "GivenNumber | None" = None
    limit: int = 0


PersonScreen = CardFirst | Held
