"""Finding a procedure and reading what it needs: beside the way to a number, never in it. Pure."""

from kiosk.ticket.hall import procedure_of, procedures_of, service_of
from kiosk.ticket.model import Catalogue, Details, Procedures, Search, State
from kiosk.ticket.parts import back_and_start, paging
from kiosk.widgets.page import Actions, Block, Button, Choices, Facts, Field, Keyboard, Notice, Page
from presentation.search import found
from presentation.texts import Words, name_in
from protocol.configuration import Procedure

LETTERS = ("abcdefg", "hijklmn", "opqrstu", "vwxyz")
"""In the order of the alphabet: most who search here have never learnt where letters lie on a keyboard."""

FactPage = tuple[tuple[str, tuple[str, ...]], ...]

FOUND_LIMIT = 60
SIGNS_PER_LINE = 46
"""How many signs a line of a fact holds, roughly; the painter wraps exactly."""


def procedures_page(state: State, screen: Procedures, words: Words) -> Page:
    """List the procedures of one service."""
    per_page = 5 if state.preferences.low_reach or state.preferences.large_text else 8
    procedures = procedures_of(state, screen.service_id)
    pages = max(1, -(-len(procedures) // per_page))
    place = min(screen.page, pages - 1)
    service = service_of(state, screen.service_id)
    hint = name_in(service.names, state.preferences.language) if service else ""
    if pages > 1:
        hint = f"{hint} · {words('common.page', page=place + 1, pages=pages)}"
    shown = procedures[place * per_page : (place + 1) * per_page]
    buttons = tuple(_procedure_button(state, procedure) for procedure in shown)
    nav = (*back_and_start(words), *paging(words, place, pages, "common.previous", "common.next"))
    return Page("procedures", words("kiosk.choose_procedure"), hint, (Choices(buttons, per_page),), nav)


def search_page(state: State, screen: Search, words: Words) -> Page:
    """Type letters without accents, see what is found at once."""
    per_page = 2 if state.preferences.low_reach or state.preferences.large_text else 4
    codes = _find(state.catalogue, screen.words)
    pages = max(1, -(-len(codes) // per_page))
    place = min(screen.page, pages - 1)
    blocks: list[Block] = [Field(screen.words, words("kiosk.search.hint"))]
    hint = words("kiosk.search.keys_hint")
    if screen.words and not codes:
        sentences = words("kiosk.search.empty", words=screen.words), words("kiosk.search.empty_next")
        blocks.append(Notice(" ".join(sentences)))
    else:
        if codes:
            hint = words.counted("kiosk.search.found", len(codes))
        shown = [procedure_of(state, code) for code in codes[place * per_page : (place + 1) * per_page]]
        blocks.append(Choices(tuple(_procedure_button(state, one) for one in shown if one), per_page))
    blocks.append(_keyboard(words))
    nav = (*back_and_start(words), *paging(words, place, pages, "common.previous", "common.next"))
    return Page("search", words("kiosk.search.title"), hint, tuple(blocks), nav)


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
    brief = [
        (label, (name_in(recorded, language) if recorded else missing,))
        for label, recorded in (
            (words("kiosk.processing_time"), procedure.time),
            (words("kiosk.fee"), procedure.fee),
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


def _procedure_button(state: State, procedure: Procedure) -> Button:
    return Button(f"procedure:{procedure.code}", name_in(procedure.names, state.preferences.language))


def _keyboard(words: Words) -> Keyboard:
    rows = [tuple(Button(f"type:{letter}", letter.upper()) for letter in row) for row in LETTERS]
    space = Button("type:space", words("kiosk.search.space"), look="quiet")
    delete = Button("type:delete", words("kiosk.search.delete"), look="quiet")
    return Keyboard((*rows[:-1], (*rows[-1], space, delete)))


def _find(catalogue: Catalogue | None, typed: str) -> tuple[str, ...]:
    return found(catalogue.entries, typed, FOUND_LIMIT) if catalogue else ()
