"""What the kiosk learns from its disk and from the server, and tells of itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from kiosk.ticket import persons
from kiosk.ticket.hall import derived_id
from kiosk.ticket.kept_model import Identity
from kiosk.ticket.model import (
    Ask,
    CatalogueRead,
    Effect,
    KeepCatalogue,
    KeepKnowledge,
    Now,
    PrinterHealth,
    ReadCatalogue,
    Restored,
    ScannerHealth,
    State,
)
from kiosk.ticket.taking import Step
from presentation.formats import ticket_number
from protocol.commands import DeviceState, FetchCatalogue, Introduce, ReportDevice
from protocol.views import AnyReply, CataloguePage, Introduction, KioskView

REFUSED_TOLD_FOR: Final = timedelta(days=2)
DETAIL_MOST: Final = 256
REFUSED_NAMED: Final = 6
"""So many fit into the detail of a report with the longest codes."""


def restored(state: State, kept: Restored) -> State:
    """Take what the disk knew; what the server has told since is newer."""
    return replace(
        state,
        identity=state.identity or kept.identity,
        view=state.view or kept.view,
        resume=kept.visit,
        offline_numbers=kept.offline_numbers,
        outbox=kept.outbox,
        refused=kept.refused,
        gifts=persons.restored_gifts(kept.outbox, kept.view.day if kept.view else ""),
    )


def viewed(state: State, view: KioskView) -> Step:
    """Take the hall as it is now, and look for its catalogue when that is new."""
    before = state.view
    state = persons.viewed(replace(state, view=view), view)
    effects: list[Effect] = []
    known = before is not None and (before.configuration_id, before.day, before.state, before.stopped) == (
        view.configuration_id,
        view.day,
        view.state,
        view.stopped,
    )
    if not known and state.identity is not None:
        effects.append(KeepKnowledge(state.identity, view))
    there = state.catalogue.catalogue_hash if state.catalogue else ""
    if there != view.catalogue_hash and not state.reading and not state.fetching:
        state = replace(state, reading=view.catalogue_hash)
        effects.append(ReadCatalogue(view.catalogue_hash))
    return state, tuple(effects)


def link_changed(state: State, now: Now) -> Step:
    """Greet a link that has come up: tell it how the printer is, and ask who we are. Of one that is lost, keep all."""
    state = replace(state, introduced=False)
    if state.link != "up" and state.identity is not None and state.view is not None:
        return state, (KeepKnowledge(state.identity, state.view),)
    return report_health(state, now)


def introduce(state: State, now: Now) -> Step:
    """Ask who we are, once per link, and again as long as there is no answer."""
    if state.link != "up" or state.introduced or state.introducing:
        return state, ()
    request_id = derived_id(now.fresh_id, "introduce")
    return replace(state, introducing=request_id), (Ask(request_id, Introduce(), state.settings.ask_real_s),)


def introduced(state: State, reply: AnyReply | None, now: Now) -> Step:
    """Take the name and the key that the server knows this kiosk by; under a new name, tell how we are."""
    if not isinstance(reply, Introduction):
        return state, ()
    state = persons.introduced(replace(state, introduced=True), reply)
    kiosks = [function for function in reply.functions if function.kind == "kiosk"]
    if not kiosks or not reply.link_key:
        return state, ()
    identity = Identity(kiosks[0].function_id, reply.link_key)
    if identity == state.identity:
        return state, ()
    state, health = report_health(replace(state, identity=identity), now)
    return state, (KeepKnowledge(identity, state.view), *health)


HEALTHS: Final[dict[str, DeviceState]] = {"silent": "unknown", "mute": "unknown", "unreachable": "gone"}
"""The health of a kiosk by its printer's reason; with any other it is out."""

PRINTERS_OWN: Final = {"silent": "printer_silent"}
"""Reasons that would mean something else of the kiosk than of its printer."""


def device_told(state: State, told: PrinterHealth | ScannerHealth, now: Now) -> Step:
    """Take how the printer or the scanner is now, and pass it on."""
    if isinstance(told, PrinterHealth):
        return report_health(replace(state, printer_reason=told.reason, tickets_left=told.tickets_left), now)
    return report_health(replace(state, scanner_gone=told.gone), now)


def report_health(state: State, now: Now) -> Step:
    """Tell how the kiosk is, when there is somebody to tell it to: its printer, its scanner, refused numbers."""
    identity = state.identity
    if identity is None or state.link != "up":
        return state, ()
    since = now.hall_at - REFUSED_TOLD_FOR
    state = replace(state, refused=tuple(one for one in state.refused if one.taken_at >= since))
    health, reason = _health(state)
    left = str(state.tickets_left) if reason == "paper_low" and state.tickets_left is not None else ""
    detail = (_refused_numbers(state) or state.scanner_gone or state.keypad_gone or state.speech_gone or left)[
        :DETAIL_MOST
    ]
    report = ReportDevice(function_id=identity.function_id, state=health, reason=reason, detail=detail)
    return state, (Ask(now.fresh_id, report, state.settings.ask_real_s),)


def _health(state: State) -> tuple[DeviceState, str]:
    """Name the worst of what is known, and its reason. A printer that has told nothing is not said to be well."""
    printer = state.printer_reason if state.settings.has_printer else ""
    if printer is not None and printer not in {"", "paper_low"}:
        return HEALTHS.get(printer, "out"), PRINTERS_OWN.get(printer, printer)
    if state.refused:
        return "degraded", "handover_refused"
    if state.scanner_gone:
        return "degraded", "scanner_gone"
    if state.keypad_gone or state.speech_gone:
        return "degraded", "tactile_keypad_gone" if state.keypad_gone else "speech_gone"
    return ("unknown", "printer_unheard") if printer is None else ("degraded" if printer else "ok", printer)


def _refused_numbers(state: State) -> str:
    """Write the last numbers that were refused, each with the refusal's code: `H501 number_taken`."""
    newest = reversed(state.refused[-REFUSED_NAMED:])
    more = len(state.refused) - REFUSED_NAMED
    named = [f"{ticket_number(one.prefix, one.number)} {one.code}" for one in newest]
    return ", ".join([*named, f"+{more}"] if more > 0 else named)


# --- The catalogue, page by page -------------------------------------------------------------------------------------


def catalogue_read(state: State, read: CatalogueRead, now: Now) -> Step:
    """Take the catalogue from disk, or begin to fetch it."""
    state = replace(state, reading="")
    if state.view is None or read.catalogue_hash != state.view.catalogue_hash:
        return state, ()
    if read.catalogue is not None:
        return replace(state, catalogue=read.catalogue), ()
    if not state.view.catalogue_pages:  # A hall without procedures: there is no page to be asked for.
        return replace(state, reading=read.catalogue_hash), (KeepCatalogue(read.catalogue_hash, ()),)
    return _fetch_page(state, read.catalogue_hash, 0, now)


def _fetch_page(state: State, catalogue_hash: str, page: int, now: Now) -> Step:
    command = FetchCatalogue(catalogue_hash=catalogue_hash, page=page)
    return replace(state, fetching=now.fresh_id), (Ask(now.fresh_id, command, state.settings.ask_real_s),)


def page_fetched(state: State, reply: AnyReply | None, now: Now) -> Step:
    """Take a page of the catalogue and ask for the next, until it is complete."""
    done = replace(state, fetching="", fetched=())
    if state.view is None or not isinstance(reply, CataloguePage):
        return done, ()
    if reply.catalogue_hash != state.view.catalogue_hash:
        return done, ()  # The hall was configured anew meanwhile; its next view asks again.
    fetched = (*state.fetched, *reply.procedures)
    if reply.page + 1 < reply.pages:
        return _fetch_page(replace(state, fetched=fetched), reply.catalogue_hash, reply.page + 1, now)
    return replace(done, reading=reply.catalogue_hash), (KeepCatalogue(reply.catalogue_hash, fetched),)
