"""Finding a procedure: by letters, or through its field. Beside the way to a number, never in it. Pure.

The page of the search has both: while nothing is typed, the fields stand where what is found will stand.
"""

from kiosk.ticket.catalogue_pages import said_otherwise
from kiosk.ticket.finding import found_for
from kiosk.ticket.hall import procedure_of, procedures_of, service_of
from kiosk.ticket.keyboard import keyboard, method_of
from kiosk.ticket.model import Procedures, Search, State
from kiosk.ticket.parts import back_and_start, paging
from kiosk.widgets.page import Block, Button, Choices, Field, Notice, Page, Pages
from presentation.search import Found
from presentation.texts import Words, name_in
from protocol.configuration import Procedure

MANY = 12
"""From so many on, another letter is quicker than turning pages."""
LONG_NAME, LONG_PER_PAGE = 120, 4
"""Names of more letters than a button of eight can show stand so few on a page, to be read whole."""


def search_page(state: State, screen: Search, words: Words) -> Page:
    """Type letters, and see at once what is found; as long as nothing is typed, the fields."""
    text = screen.typed.text
    found = found_for(state, screen)
    nothing = bool(text.strip()) and not found.entry_ids
    across, lines = _room(state, listing=bool(found.entry_ids), nothing=nothing)
    count = len(found.entry_ids) or len(_fields(state))
    pages = max(1, -(-count // (lines * across)))
    place = min(screen.page, pages - 1)
    on_page = slice(place * lines * across, (place + 1) * lines * across)
    blocks: list[Block] = [Field(text, words("kiosk.search.hint"))]
    if nothing:
        blocks.append(Notice(words("kiosk.search.empty", words=text.strip()), "trouble"))
    shown = tuple(one for one in (procedure_of(state, code) for code in found.entry_ids[on_page]) if one)
    buttons = tuple(_procedure_button(state, one) for one in shown) or _fields(state)[on_page]
    blocks += [Choices(buttons, lines * across, across), keyboard(state, words, digits=screen.digits)]
    nav = (*back_and_start(words), *paging(words, place, pages, "common.previous", "common.next"))
    hint = " · ".join(part for part in (_hint(text, found, words), said_otherwise(shown, words)) if part)
    return Page("search", words("kiosk.search.title"), hint, tuple(blocks), nav)


def _room(state: State, *, listing: bool, nothing: bool) -> tuple[int, int]:
    """Give how many things stand side by side above the letters, and how many below one another."""
    wishes = state.preferences
    if wishes.low_reach:
        fields_across = 2 if wishes.large_text else 3
        return 2 if listing else fields_across, 1 if nothing or method_of(state) == "vni" else 2
    if nothing:
        return 2, 2
    return (1, 3 if wishes.large_text else 4) if listing else (2, 4)


def _hint(text: str, found: Found, words: Words) -> str:
    """Say what the list below is: the fields, what was found, or what is like it."""
    if not text.strip():
        return words("kiosk.search.keys_hint")
    if found.similar:
        return words("kiosk.search.similar", words=text.strip())
    counted = words.counted("kiosk.search.found", len(found.entry_ids))
    return words("kiosk.search.many", found=counted) if len(found.entry_ids) > MANY else counted


def _fields(state: State) -> tuple[Button, ...]:
    services = state.view.services if state.view else ()
    return tuple(
        Button(f"procedures:{service.service_id}", name_in(service.names, state.preferences.language))
        for service in services
        if procedures_of(state, service.service_id)
    )


def procedures_page(state: State, screen: Procedures, words: Words) -> Page:
    """List the procedures of one field; each of its pages is one touch away."""
    procedures = procedures_of(state, screen.service_id)
    per_page = _per_page(state, procedures)
    pages = max(1, -(-len(procedures) // per_page))
    place = min(screen.page, pages - 1)
    service = service_of(state, screen.service_id)
    hint = name_in(service.names, state.preferences.language) if service else ""
    shown = procedures[place * per_page : (place + 1) * per_page]
    blocks: list[Block] = [Choices(tuple(_procedure_button(state, one) for one in shown), per_page)]
    paged = words("common.page", page=place + 1, pages=pages) if pages > 1 else ""
    hint = " · ".join(part for part in (hint, paged, said_otherwise(shown, words)) if part)
    if pages > 1:
        numbers = (Button(f"page:{page}", str(page), chosen=page == place + 1) for page in range(1, pages + 1))
        blocks.append(Pages(tuple(numbers)))
    return Page("procedures", words("kiosk.choose_procedure"), hint, tuple(blocks), back_and_start(words))


def _per_page(state: State, procedures: tuple[Procedure, ...]) -> int:
    """Give how many names stand on each page of a field: alike on all of them, so that no button moves."""
    if any(len(name_in(one.names, state.preferences.language)) > LONG_NAME for one in procedures):
        return LONG_PER_PAGE
    return 5 if state.preferences.low_reach or state.preferences.large_text else 8


def _procedure_button(state: State, procedure: Procedure) -> Button:
    """Name a procedure; one whose name others of this hall have too is told from them by its code."""
    language = state.preferences.language
    name = name_in(procedure.names, language)
    known = state.catalogue.procedures if state.catalogue else ()
    if sum(name_in(one.names, language) == name for one in known) > 1:
        name = f"{name} ({procedure.code})"
    return Button(f"procedure:{procedure.code}", name)
