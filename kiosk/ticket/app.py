"""The ticket kiosk as a program: the pure flow, its screen, and behind queues its disk, its link and its printer."""

import json
import queue
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.ticket import flow, pages
from kiosk.ticket import model as m
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.hall import procedure_of
from kiosk.ticket.hall_time import HallTime
from kiosk.ticket.scans import APPOINTMENT_PATTERN, DOSSIER_PATTERN, CodeForms
from kiosk.ticket.voice_model import CodeTold, PrintCode, VoiceSent
from kiosk.widgets import window
from kiosk.widgets.emblem import EMBLEM_FILE
from kiosk.widgets.page import Header, Page
from kiosk.widgets.worker import Worker
from presentation.text_files import texts_in
from presentation.texts import Texts, Words
from protocol.configuration import Procedure
from protocol.views import AnyReply, Envelope, KioskView

if TYPE_CHECKING:
    from kiosk.attending import ShowPicture
    from kiosk.ticket.printer_door import PrinterDoor
    from kiosk.ticket.printing import Printing
    from kiosk.ticket.scanner import Scanner
    from kiosk.ticket.store import Store
    from kiosk.widgets.listener import Listener
    from protocol.attending import Program as Attending
    from protocol.attending import Try
    from protocol.commands import TrialKind
    from protocol.link import Link

TOPIC = "kiosk"


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """How a kiosk is started."""

    state: Path
    config: Path
    printer: str = ""
    """The printer's address (see `hardware.registry`); empty for a kiosk that prints no tickets."""
    profile: str = "generic_80mm"
    roll_mm: float | None = None
    """How long a fresh roll is; None for the length of the profile."""
    scanner: str = ""
    """The scanner's address; empty for a kiosk without one."""
    dossier_pattern: str = DOSSIER_PATTERN
    """The whole form of a dossier's code, as a regular expression."""
    appointment_pattern: str = APPOINTMENT_PATTERN
    """The whole form of an appointment's code, with the groups `day` (yymmdd), `time` (hhmm), `what` and `priority`."""
    tactile_keypad: str = ""
    """The tactile keypad's address; empty for a kiosk without one."""
    tactile_kind: str = "audionav"
    """Which kind it is: the name of one of ours, or the path of a file (`hardware.device_files.load_tactile`)."""
    headset: str = ""
    """Where the keypad's speech goes (`hardware.sound.sinks`); empty for a kiosk that does not speak."""
    speech_models: tuple[tuple[str, Path], ...] = ()
    """Languages that Piper speaks, each with its model."""
    size: tuple[int, int] = (1080, 1920)
    full_screen: bool = False
    headless: bool = False
    touch_socket: Path | None = None
    witness_socket: Path | None = None
    announce_ready: bool = False
    language: str = "vi"


def run(settings: KioskSettings) -> None:
    """Run a kiosk until it is told to end.

    Raises NotPaired or UnusableKey (protocol.link), WrongAddress (hardware.registry), KeyError for an unknown profile.
    """
    started_s = time.monotonic()
    texts = texts_in(settings.config / "texts")
    window.prepare(settings.state, settings.size, headless=settings.headless, full_screen=settings.full_screen)
    # Kivy is imported from here on.
    from kiosk.widgets.shell import Doors, Shell, say

    def ready() -> None:
        if settings.announce_ready:
            say(json.dumps({"ready": "kiosk", "first_frame_s": round(time.monotonic() - started_s, 3)}))

    program = TicketProgram(settings, texts)
    doors = Doors(settings.touch_socket, settings.witness_socket)
    shell = Shell(program, doors, emblem=settings.config / EMBLEM_FILE, on_first_frame=ready)
    if program.listener is not None:
        shell.listen(program.listener)
    program.post = shell.post
    program.stop = shell.stop
    program.show_picture = shell.show_picture
    try:
        shell.run()
    finally:
        program.close()
    if program.failure is not None:
        raise program.failure


class TicketProgram:
    """The flow's state, and the doing of its effects."""

    resting = pages.RESTING

    def __init__(self, settings: KioskSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self.state = flow.initial(
            m.Settings(
                has_printer=bool(settings.printer), has_scanner=bool(settings.scanner), language=settings.language
            )
        )
        self.post: Callable[[m.Input], None] = lambda _: None
        self.stop: Callable[[], None] = lambda: None
        self.show_picture: ShowPicture = lambda _title, ended: ended("no_such_part")
        self.failure: Exception | None = None
        self._link: Link | None = None
        self._store: Store | None = None
        self._kept_time: HallTime | None = None
        self._disk = Worker("disk")
        self._printing: Printing | None = None
        self._printer_door: PrinterDoor | None = None
        self._scanner: Scanner | None = None
        self.listener = _listener(settings, self) if settings.tactile_keypad else None
        self._expected: object = None
        """What lasts of the view that was prepared for."""
        self._expected_pages: Iterator[Page] = iter(())

    # --- as the shell sees it ---

    def take(self, happened: m.Input) -> bool:
        """Step the flow; what a citizen waits for is painted at once, the hall's changes within a second."""
        self._step(happened)
        if isinstance(happened, m.Viewed | m.Restored):
            self._expect()
        elif isinstance(happened, m.CatalogueRead):
            self._expect_search()
        return not isinstance(happened, m.Viewed | m.Tick)

    def touched(self, action: str) -> None:
        """Take a touch."""
        self._step(m.Touched(action))

    def tick(self) -> None:
        """Tell the flow that a deadline has passed."""
        self._step(m.Tick())

    def page(self) -> Page:
        """Give the page of the present state."""
        return pages.page(self.state, self._texts, self.hall_now())

    def expected_pages(self) -> Iterator[Page]:
        """Give the pages that are worth preparing for; none when nothing lasting has changed."""
        expected, self._expected_pages = self._expected_pages, iter(())
        return expected

    def header(self) -> Header:
        """Give the head of the screen."""
        return pages.header(self.state, self._texts, self.hall_now())

    def seconds_to_next(self) -> float | None:
        """Give how long until the flow wants a tick."""
        return flow.seconds_to_next(self.state, self._now(), self.rate())

    def hall_now(self) -> datetime:
        """Give the hall's time; before the link has told it, as it was known before, else the machine's own."""
        link = self._heard_link()
        if link is not None:
            return link.hall_now()
        machine_at = datetime.now(UTC)  # noqa: TID251 -- the loop reads the clock.
        return self._kept_time.now(machine_at) if self._kept_time else machine_at

    def _heard_link(self) -> "Link | None":
        return self._link if self._link is not None and self._link.last_view(TOPIC) is not None else None

    def words(self) -> Words:
        """Give the words of the citizen's language."""
        return self._texts.words(self.state.preferences.language)

    def rate(self) -> float:
        """Give how much faster than the real clock the hall's clock runs."""
        link = self._heard_link()
        return link.rate if link else self._kept_time.rate if self._kept_time else 1.0

    def begin(self) -> None:
        """Open disk, printer and link in turn, in a thread: the first frame is already on the screen."""
        self._disk.put(self._open)

    def close(self) -> None:
        """End everything that `begin` has started."""
        self._disk.close()
        for part in (self.listener, self._scanner, self._link, self._printer_door, self._printing, self._store):
            if part is not None:
                part.close()

    # --- the beginning, in the disk's thread ---

    def _open(self) -> None:
        from protocol.attending import attend
        from protocol.link import open_link

        try:
            self._post_restored()
            if self._settings.printer:
                self._open_printer()
            if self._settings.scanner:
                self._open_scanner()
            if self.listener is not None:
                self.listener.begin(tuple(self._texts.by_language))
            link = open_link(
                self._settings.state,
                topics=[TOPIC],
                on_view=self._on_view,
                on_state=lambda state: self.post(m.LinkChanged(state)),
            )
            self._link = link  # Before it starts: its first word already asks questions.
            attend(link, self._attending())
            link.start()
        except Exception as error:  # noqa: BLE001 -- told to whoever started the program, by the thread that can.
            self.failure = error
            self.stop()

    def _attending(self) -> "Attending":
        """Give what the server and its technicians hear of this kiosk, and may have tried here."""
        from kiosk.attending import try_screen, try_ticket
        from protocol.attending import Holding, Program, hash_of

        def holding() -> Holding:
            state, status = self.state, self._printing.status() if self._printing is not None else None
            return Holding(
                configuration_id=state.view.configuration_id if state.view else "",
                waiting=len(state.outbox),
                refused=len(state.refused),
                jobs=status.jobs_waiting if status else None,
                tickets_left=status.tickets_left if status else None,
            )

        trials: dict[TrialKind, Try] = {
            "ticket": lambda trial, tell: try_ticket(self._printing, trial, tell),
            "screen": lambda trial, tell: try_screen(self.show_picture, trial, tell),
        }
        return Program("kiosk", hash_of(self._texts.by_language), holding, trials)

    def _post_restored(self) -> None:
        import apsw

        from kiosk.ticket.store import Store

        try:
            self._store = Store(self._settings.state)
            self._kept_time = self._store.hall_time()
            self.post(self._store.restored())
        except apsw.Error as error:
            # Without its disk the kiosk has no memory and no numbers of its own, but the server's it can still give.
            sys.stderr.write(f"kiosk: {self._settings.state} cannot be used: {error}; free or replace the disk\n")
            self.post(m.Restored())

    def _open_printer(self) -> None:
        from hardware.printer import profile_named
        from hardware.registry import find
        from kiosk.ticket.printer_door import PrinterDoor
        from kiosk.ticket.printing import Printing

        folder = self._settings.state / "printer"
        device = find(self._settings.printer)
        profile = profile_named(self._settings.profile)
        if self._settings.roll_mm is not None:
            profile = replace(profile, roll_mm=self._settings.roll_mm)
        self._printing = Printing(device, profile, folder, self.post, words=self._texts.words("vi"))
        try:
            self._printer_door = PrinterDoor(self._settings.state, self._printing)
        except OSError as error:
            # Citizens come first: it prints all the same, and a jam is mended by switching the printer off and on.
            sys.stderr.write(f"kiosk: `motcua devices printer` will not reach this one: {error}; see its folder\n")

    def _open_scanner(self) -> None:
        from hardware.registry import find
        from kiosk.ticket.scanner import Scanner

        device = find(self._settings.scanner)
        settings = self._settings
        forms = CodeForms(re.compile(settings.dossier_pattern), re.compile(settings.appointment_pattern))
        self._scanner = Scanner(device, forms, self.post)

    def _on_view(self, _: str, envelope: Envelope) -> None:
        if isinstance(envelope.view, KioskView):
            self.post(m.Viewed(envelope.view))

    # --- steps and effects, in the window's thread ---

    def _now(self) -> m.Now:
        from protocol.link import new_id

        return m.Now(self.hall_now(), time.monotonic(), new_id())

    def _step(self, happened: m.Input) -> None:
        self.state, effects = flow.step(self.state, happened, self._now())
        for effect in effects:
            self._start(effect)

    def _start(self, effect: m.Effect) -> None:
        match effect:
            case m.Ask():
                self._ask(effect)
            case m.Print(ticket):
                self._print(ticket)
            case PrintCode(sent, language):
                self._print_code(sent, language)
            case m.VoidTicket(job_id):
                if self._printing is not None:
                    self._printing.withdraw(job_id)
            case _:
                try:
                    self._disk.put(lambda: self._write(effect))
                except queue.Full:
                    self._not_written(effect)

    def _expect(self) -> None:
        """Once the view tells something else that lasts, prepare for what citizens will see and take home."""
        from kiosk.ticket.expected import expected_pages, expected_tickets, lasting

        view = self.state.view
        if view is None or (now_lasting := (lasting(view), self._printing is not None)) == self._expected:
            return
        self._expected = now_lasting
        self._expected_pages = expected_pages(self.state, self._texts, self.hall_now())
        if self._printing is not None:
            self._printing.expect(expected_tickets(view, self._texts, self.hall_now()))

    def _expect_search(self) -> None:
        from kiosk.ticket.expected import expected_search

        search = expected_search(self.state, self._texts, self.hall_now())
        self._expected_pages = chain(self._expected_pages, search)

    def _ask(self, ask: m.Ask) -> None:
        from protocol.link import LinkFull

        def replied(reply: AnyReply | None) -> None:
            self.post(m.Replied(ask.request_id, reply))

        if self._link is None:
            replied(None)
            return
        try:
            self._link.ask(ask.command, replied, request_id=ask.request_id, deadline_s=ask.deadline_s)
        except LinkFull:
            replied(None)

    def _print(self, ticket: m.Ticket) -> None:
        from kiosk.ticket.paper import ticket_content

        visit, view = ticket.given.visit, self.state.view
        if self._printing is None or view is None:
            self.post(m.PrinterTold(visit.visit_id, ticket.copy, "queued", order_id=ticket.order_id))
            self.post(m.PrinterTold(visit.visit_id, ticket.copy, "failed", "unreachable", ticket.order_id))
            return
        procedure = procedure_of(self.state, visit.procedure_code)
        self._printing.print(ticket, lambda: ticket_content(ticket, view, procedure, self._texts))

    def _print_code(self, sent: VoiceSent, language: str) -> None:
        from kiosk.ticket.paper import code_content

        view, told = self.state.view, self.post
        if self._printing is None or view is None:
            told(CodeTold(sent.voice_id, printed=False))
            return
        content = code_content(sent, language, view, self._texts, self.hall_now())
        self._printing.print_code(
            sent.voice_id, content, lambda result, _: told(CodeTold(sent.voice_id, printed=result != "failed"))
        )

    # --- the disk's thread ---

    def _write(self, effect: m.Effect) -> None:
        import apsw

        try:
            if self._store is None:
                self._not_written(effect)
                return
            self._written(self._store, effect)
        except (apsw.Error, OSError) as error:
            sys.stderr.write(f"kiosk: {type(effect).__name__} could not be written: {error}\n")
            self._not_written(effect)

    def _written(self, store: "Store", effect: m.Effect) -> None:
        match effect:
            case m.KeepVisit(visit):
                store.keep_visit(visit)
                self.post(m.Kept("visit", visit.visit_id))
            case m.KeepOffline(number, entry, visit):
                store.keep_offline(number, entry, visit)
                self.post(m.Kept("offline", entry.command.visit_id))
            case m.KeepOutbox(entry):
                store.keep_outbox(entry.request_id, entry.command)
            case m.DropOutbox(request_id, error):
                store.drop_outbox(request_id, error)
            case m.DropVisit(visit_id):
                store.drop_visit(visit_id)
            case m.KeepKnowledge(identity, view):
                machine_at = datetime.now(UTC)  # noqa: TID251 -- the loop reads the clock.
                link = self._heard_link()
                time = HallTime(hall_at=link.hall_now(), machine_at=machine_at, rate=link.rate) if link else None
                store.keep_knowledge(identity, view, time)
            case m.ReadCatalogue(catalogue_hash):
                self.post(m.CatalogueRead(catalogue_hash, store.catalogue(catalogue_hash)))
            case m.KeepCatalogue(catalogue_hash, procedures):
                store.keep_catalogue(catalogue_hash, procedures)
                self._catalogue_ready(catalogue_hash, procedures)
            case m.Ask() | m.Print() | PrintCode() | m.VoidTicket():
                raise AssertionError(f"{effect} is no work for the disk")

    def _not_written(self, effect: m.Effect) -> None:
        match effect:
            case m.KeepVisit(visit):
                self.post(m.Kept("visit", visit.visit_id, ok=False))
            case m.KeepOffline(entry=entry):
                self.post(m.Kept("offline", entry.command.visit_id, ok=False))
            case m.ReadCatalogue(catalogue_hash):
                self.post(m.CatalogueRead(catalogue_hash, None))
            case m.KeepCatalogue(catalogue_hash, procedures):
                self._catalogue_ready(catalogue_hash, procedures)  # It is fetched again after the next start.
            case _:
                pass  # Told on stderr; the state in memory is still right.

    def _catalogue_ready(self, catalogue_hash: str, procedures: tuple[Procedure, ...]) -> None:
        """Make a catalogue ready for searching, which takes too long for the window's thread."""
        self.post(m.CatalogueRead(catalogue_hash, Catalogue.of(catalogue_hash, procedures)))


def _listener(settings: KioskSettings, program: TicketProgram) -> "Listener":
    """Set up the tactile keypad and its speech; nothing is opened yet."""
    from kiosk.widgets.listener import Listener, Listeners, ListeningSettings

    models = dict(settings.speech_models)
    listening = ListeningSettings(settings.tactile_keypad, settings.tactile_kind, settings.headset, models)
    asked = Listeners(
        words=program.words,
        is_listening=lambda: program.state.listening,
        rate=program.rate,
        listening=m.Listening,
        attended=m.Attended,
        health=lambda part, gone: m.ListeningHealth("keypad" if part == "keypad" else "speech", gone),
    )
    return Listener(listening, asked)
