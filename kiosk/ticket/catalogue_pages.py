"""Reading what a procedure needs: beside the way to a number, never in it. Pure."""

from kiosk.ticket.hall import procedure_of, service_of
from kiosk.ticket.model import Details, State
from kiosk.ticket.parts import back_and_start, paging
from kiosk.widgets.page import Actions, Block, Button, Facts, Page
from presentation.texts import Words, name_in
from protocol.configuration import Procedure

FactPage = tuple[tuple[str, tuple[str, ...]], ...]

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
    hint = official if official != name_in(procedure.names, language) else ""
    return Page("details", name_in(procedure.names, language), hint, blocks, nav)


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
    label = words("kiosk.documents")
    if procedure.documents is None:
        return ((*brief, (label, (missing,))),)
    lines_most = 7 if state.preferences.large_text or state.preferences.low_reach else 18
    pages: list[FactPage] = []
    page: list[str] = []
    lines = 0
    for document in procedure.documents:
        needed = 1 + len(document) // SIGNS_PER_LINE
        if page and lines + needed > lines_most:
            pages.append(((label, tuple(page)),))
            page, lines = [], 0
        page.append(document)
        lines += needed
    pages.append(((label, tuple(page) or (missing,)),))
    return ((*brief, *pages[0]), *pages[1:])
