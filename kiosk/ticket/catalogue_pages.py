"""Reading what a procedure needs: beside the way to a number, never in it. Pure."""

from collections.abc import Iterable

from kiosk.ticket.hall import procedure_of, service_of
from kiosk.ticket.model import Details, State
from kiosk.ticket.parts import back_and_start, paging
from kiosk.widgets.page import Actions, Block, Button, Facts, Page
from presentation.texts import Words, name_in
from protocol.configuration import Procedure

FactPage = tuple[tuple[str, tuple[str, ...]], ...]

SIGNS_OF_NAME = 150
"""So many signs of a name above the facts cost them a line."""
SIGNS_PER_LINE = 46
"""How many signs a line of a fact holds, roughly; the painter wraps exactly."""


def details_page(state: State, screen: Details, words: Words) -> Page:
    """Say what one procedure needs; what nobody has recorded yet is said to be so."""
    procedure = procedure_of(state, screen.procedure_code)
    if procedure is None:
        return Page("details", words("common.no_data"), "", (), back_and_start(words))
    language = state.preferences.language
    pages = _fact_pages(procedure, state, words)
    place = min(screen.page, len(pages) - 1)
    blocks: tuple[Block, ...] = (
        Facts(pages[place]),
        Actions((Button("choose", words("kiosk.confirm_button"), look="primary"),)),
    )
    nav = (*back_and_start(words), *paging(words, place, len(pages), "common.previous", "common.next"))
    official = procedure.official_name
    title = name_in(procedure.names, language)
    hint = words("kiosk.official_name", name=official) if official != title else ""
    if not hint and said_otherwise((procedure,), words):
        title = words("kiosk.official_name", name=title)  # A line of its own would not fit beside the longest names.
    return Page("details", title, hint, blocks, nav)


def said_otherwise(procedures: Iterable[Procedure], words: Words) -> str:
    """Say that names are Vietnamese where some are not there in the page's own language (WCAG 3.1.2)."""
    return words("kiosk.in_vietnamese") if any(words.language not in one.names for one in procedures) else ""


def _fact_pages(
    procedure: Procedure, state: State, words: Words
) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    """Cut what is recorded into pages that fit: time, fee and place first, the documents after them."""
    language, missing = state.preferences.language, words("common.not_recorded")
    service = service_of(state, procedure.service_id)
    brief = [
        (label, (name_in(recorded, language) if recorded else missing,))
        for label, recorded in (
            (words("kiosk.processing_time"), procedure.time),
            (words("kiosk.fee"), procedure.fee),
            (words("kiosk.result_place"), procedure.result_place or (service.result_place if service else None)),
        )
    ]
    label = words("kiosk.documents_as_named")
    if procedure.documents is None:
        return ((*brief, (label, (missing,))),)
    lines_most, lines = (7, 2) if state.preferences.large_text or state.preferences.low_reach else (12, 4)
    # What stands beside them on the first page takes some of its lines, a long name above them some of each page's.
    lines_most = max(3, lines_most - len(procedure.official_name) // SIGNS_OF_NAME)
    pages: list[FactPage] = []
    page: list[str] = []
    for document in procedure.documents:
        needed = 1 + len(document) // SIGNS_PER_LINE
        if page and lines + needed > lines_most:
            pages.append(((label, tuple(page)),))
            page, lines = [], 0
        page.append(document)
        lines += needed
    pages.append(((label, tuple(page) or (missing,)),))
    return ((*brief, *pages[0]), *pages[1:])
