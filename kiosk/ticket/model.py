"""What the ticket kiosk knows, hears and wants done: the data of its state machine (`flow.step`).

Nothing here acts. The *state* is everything the screen depends on; an *input* is something that happened to the kiosk;
an *effect* is something the program around the flow shall do. Time and chance come in with each step as `Now`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.kept_model import Identity, OfflineNumber, OutboxEntry, PendingVisit, RefusedHandOver
from kiosk.ticket.order_model import PaperOrder
from kiosk.ticket.person_model import OwnGift, PersonKey, PersonScreen
from kiosk.ticket.scan_model import Brought, Scanned, ScanScreen
from kiosk.ticket.voice_model import CodeTold, PrintCode, VoiceScreen
from presentation.composing import Method, Typed
from protocol.commands import AnyCommand
from protocol.configuration import Procedure
from protocol.views import AnyReply, Estimate, KioskView

LinkState = Literal["connecting", "up", "gone", "refused"]
PrintState = Literal["none", "printing", "printed", "held", "uncertain", "failed"]
HelpState = Literal["none", "asked", "called", "coming", "unanswered", "failed", "taken_back"]


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of a step: hall time for what people see, the real clock (seconds) for safety, and a new id."""

    hall_at: datetime
    real_s: float
    fresh_id: str
    """A UUIDv7 that nobody has used; a step uses it at most once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this kiosk behaves. Times with `_s` alone are hall time; `_real_s` are on the real clock."""

    has_printer: bool = True
    has_scanner: bool = True
    language: str = "vi"
    idle_s: float = 60.0
    """Without a touch for this long, the kiosk asks whether the citizen is still there …"""
    stay_s: float = 30.0
    """… and returns to the start after this long without an answer; WCAG 2.2.1 wants 20 s at least."""
    least_still_real_s: float = 3.0
    """No screen is taken away sooner than this after a touch, however fast the hall's clock runs."""
    listening_s: float = 120.0
    listening_stay_s: float = 60.0
    """The two for who hears the screens and does not see them."""
    number_s: float = 20.0
    trouble_number_s: float = 60.0  # Of a number that is not on paper, since it must be remembered.
    slow_real_s: float = 0.4
    """An answer that takes longer than this gets the words "please wait"."""
    offline_after_real_s: float = 3.0
    """How long the server may be silent before the kiosk gives a number of its own."""
    ask_real_s: float = 10.0
    print_real_s: float = 20.0
    resume_s: float = 120.0
    """A visit that was interrupted by a power cut is taken up again when it is no older than this."""
    retry_real_s: float = 5.0
    help_again_real_s: float = 3.0
    """Who touches "help" again sooner is in a hurry; later, the call is taken back."""
    copies_most: int = 2


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a citizen chose for reading and reaching; the next citizen starts with the usual ones."""

    language: str = "vi"
    large_text: bool = False
    low_reach: bool = False
    high_contrast: bool = False
    typing: Method = "letters"


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A number, and what its ticket says."""

    visit: PendingVisit
    prefix: str
    number: int
    taken_at: datetime
    ahead: int | None = None
    estimate: Estimate | None = None
    counter_numbers: tuple[int, ...] = ()
    offline: bool = False
    secret: str = ""
    """The ticket's, where another kiosk gave the number; of its own a kiosk makes it itself."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A print order: the visit's id names the job, so that the same order twice is one piece of paper.

    `copy` 0 is the ticket, `copy` n its n-th reprint, with the same number. `late`: taken so late that a result of the
    day comes the next working day.
    """

    given: GivenNumber
    copy: int
    secret: str
    late: bool = False
    order_id: str = ""
    """Of whoever of the staff ordered it: then that names the job, whatever else was printed of the visit."""


# --- Screens ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Services:
    """The start: services, six to a page. What it really shows depends on the hall (closed, link gone …)."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Procedures:
    """The procedures of one service."""

    service_id: str
    page: int = 0


NOTHING_TYPED: Final = Typed()


@dataclass(frozen=True, slots=True)
class Search:
    """Finding a procedure by letters, or through its field. `digits`: they stand in the uppermost row of keys."""

    typed: Typed = NOTHING_TYPED
    page: int = 0
    digits: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """Documents, time and fee of one procedure."""

    procedure_code: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """Asking whether the citizen is entitled to priority. `brought`: what was scanned to come here."""

    service_id: str
    procedure_code: str = ""
    brought: Brought | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """One look before the number is taken; `visit` is set once "take" was touched, and then nothing else acts."""

    service_id: str
    priority_class_id: str
    procedure_code: str = ""
    visit: PendingVisit | None = None
    brought: Brought | None = None
    person_mark: str = ""
    """Of whoever showed a card for it, where numbers are limited per person."""
    own: GivenNumber | None = None
    """A number of the kiosk's own range that is being made durable, and is not shown before it is."""
    since_real_s: float = 0.0
    slow: bool = False
    unanswered: bool = False
    """No answer, and no number of our own: the citizen may try again, under the same visit."""

    @property
    def busy(self) -> bool:
        """Tell whether an answer is awaited; then nothing that would change the visit acts."""
        return self.visit is not None and not self.unanswered


@dataclass(frozen=True, slots=True)
class Number:
    """The citizen's number, and what became of the paper."""

    given: GivenNumber
    printing: PrintState
    since_hall_at: datetime
    since_real_s: float
    reason: str = ""
    copy: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """No number, and why: the server's sentences, else a code of ours with a text of its own."""

    code: str
    sentences: dict[str, str] = field(default_factory=dict)
    service_id: str = ""


Screen = (
    Services | Procedures | Search | Details | ClassChoice | Confirm | Number | Refusal
    | ScanScreen | PersonScreen | VoiceScreen
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """All that the kiosk knows."""

    settings: Settings
    preferences: Preferences
    screen: Screen = Services()
    history: tuple[Screen, ...] = ()
    link: LinkState = "connecting"
    view: KioskView | None = None
    identity: Identity | None = None
    catalogue: Catalogue | None = None
    fetched: tuple[Procedure, ...] = ()
    reading: str = ""
    """The hash of the catalogue that the disk was asked for."""
    fetching: str = ""
    """The request id of the catalogue page that was asked for."""
    introducing: str = ""
    introduced: bool = False
    resume: PendingVisit | None = None
    offline_numbers: tuple[OfflineNumber, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    sending: str = ""
    """The request id of the outbox entry that was sent and not yet answered."""
    send_after_real_s: float = 0.0
    help: HelpState = "none"
    helping: str = ""
    help_called_hall_at: datetime | None = None
    help_called_real_s: float = 0.0
    touched_hall_at: datetime | None = None
    touched_real_s: float = 0.0
    stay_asked_hall_at: datetime | None = None
    """Since when the kiosk asks "are you still there?"; None when it does not ask."""
    stay_asked_real_s: float = 0.0
    printer_reason: str | None = None
    """Why the printer does not print; empty while it does, None while it has told nothing yet."""
    tickets_left: int | None = None
    scanner_gone: str = ""
    keypad_gone: str = ""
    speech_gone: str = ""
    """Why scanner, tactile keypad or the headset's speech is away; empty while it is there, or there is to be none."""
    listening: bool = False
    """Somebody goes through the screens by the tactile keypad."""
    person_key: PersonKey | None = None
    gifts: tuple[OwnGift, ...] = ()
    """The numbers that this kiosk gave today to whom it knows by a mark."""
    refused: tuple[RefusedHandOver, ...] = ()
    """Own numbers that the server did not take over, newest last, until a technician has had two days to see them."""
    orders: tuple[PaperOrder, ...] = ()
    """Papers that staff have ordered here and that the view still names, or the printer still holds."""


# --- Inputs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Restored:
    """What the disk knew from before: read once after the start, before anything else is decided."""

    identity: Identity | None = None
    view: KioskView | None = None
    visit: PendingVisit | None = None
    offline_numbers: tuple[OfflineNumber, ...] = ()
    outbox: tuple[OutboxEntry, ...] = ()
    refused: tuple[RefusedHandOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """A citizen touched something that is on the screen now, named by its action id."""

    action: str


@dataclass(frozen=True, slots=True)
class Viewed:
    """A complete view of the hall."""

    view: KioskView


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to the server has another state."""

    link: LinkState


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer to a request; None when there was none in time, which says nothing about what the server did."""

    request_id: str
    reply: AnyReply | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Something is safe on disk, or (`ok` false) could not be written."""

    what: Literal["visit", "offline"]
    key: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class CatalogueRead:
    """What the disk has of the catalogue with this hash; None for nothing."""

    catalogue_hash: str
    catalogue: Catalogue | None


@dataclass(frozen=True, slots=True)
class PrinterTold:
    """What became of a print job."""

    visit_id: str
    copy: int
    state: Literal["queued", "confirmed", "uncertain", "held", "failed", "void"]
    """`queued`: the order is durable with the printer's owner, and will outlive a power cut."""
    reason: str = ""
    order_id: str = ""
    """Of a paper that staff ordered."""


@dataclass(frozen=True, slots=True)
class PrinterHealth:
    """The printer's health has changed: no `reason` when it is ready; `tickets_left`, about, when its paper is low."""

    reason: str
    tickets_left: int | None = None


@dataclass(frozen=True, slots=True)
class ScannerHealth:
    """The scanner has gone, ``gone`` says why, or is there (empty)."""

    gone: str


@dataclass(frozen=True, slots=True)
class Listening:
    """Somebody has begun to use the tactile keypad, or has unplugged the headset."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Attended:
    """Who listens is still there: pressed a key that touches nothing, or has just heard a sentence to its end."""


@dataclass(frozen=True, slots=True)
class ListeningHealth:
    """The tactile keypad, or the speech to the headset, has failed (``gone`` says why) or is well (empty)."""

    part: Literal["keypad", "speech"]
    gone: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline that the flow named has passed, or a second of the clock."""


Input = (
    Restored
    | Touched
    | Scanned
    | Viewed
    | LinkChanged
    | Replied
    | Kept
    | CatalogueRead
    | PrinterTold
    | CodeTold
    | PrinterHealth
    | ScannerHealth
    | Listening
    | Attended
    | ListeningHealth
    | Tick
)


# --- Effects ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a command; answer with `Replied` under this id."""

    request_id: str
    command: AnyCommand
    deadline_s: float


@dataclass(frozen=True, slots=True)
class KeepVisit:
    """Make the pending visit durable; answer with `Kept("visit", visit_id)`."""

    visit: PendingVisit


@dataclass(frozen=True, slots=True)
class KeepOffline:
    """Make a number of our own, its hand-over and its visit durable at once; answer with `Kept("offline", visit_id)`.

    One that was tried before for the visit, and of which nobody knows whether it was written, is replaced.
    """

    number: OfflineNumber
    entry: OutboxEntry
    visit: PendingVisit


@dataclass(frozen=True, slots=True)
class KeepOutbox:
    """Make a command that must arrive durable."""

    entry: OutboxEntry


@dataclass(frozen=True, slots=True)
class DropOutbox:
    """The command has arrived; an `error` (a refusal's code) keeps it on disk for the technician."""

    request_id: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class DropVisit:
    """The pending visit is settled."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class KeepKnowledge:
    """Keep for a start without the server: who we are, and the hall as last seen."""

    identity: Identity | None
    view: KioskView | None


@dataclass(frozen=True, slots=True)
class ReadCatalogue:
    """Look on disk for the catalogue of this hash; answer with `CatalogueRead`."""

    catalogue_hash: str


@dataclass(frozen=True, slots=True)
class KeepCatalogue:
    """Keep a complete list of procedures on disk; answer with `CatalogueRead`, made ready for searching."""

    catalogue_hash: str
    procedures: tuple[Procedure, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """Print a ticket; the outcome comes back as `PrinterTold`."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class VoidTicket:
    """The citizen left without paper, or staff want it no more: a held ticket must not surprise the next one."""

    job_id: str
    """The visit's id; of a paper that was ordered, the order's."""


Effect = (
    Ask
    | KeepVisit
    | KeepOffline
    | KeepOutbox
    | DropOutbox
    | DropVisit
    | KeepKnowledge
    | ReadCatalogue
    | KeepCatalogue
    | Print
    | PrintCode
    | VoidTicket
)
