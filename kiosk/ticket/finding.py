"""What touches do on the way to a procedure: letters typed, a field opened. Pure."""

from dataclasses import replace

from kiosk.ticket.keyboard import key_typed, keys_changed
from kiosk.ticket.model import Search, State
from presentation.search import Found, found

SEARCH_LIMIT = 40
"""Letters of a search; nobody types more, but a child may."""


def touched(state: State, screen: Search, verb: str, target: str) -> State:
    """Type a key, or change the keys; new words are found from their first page on."""
    if verb != "type":
        return keys_changed(state, screen, verb, target)
    if target == "clear":
        return replace(state, screen=Search(digits=screen.digits))
    typed = key_typed(state, screen.typed, target, SEARCH_LIMIT)
    return state if typed == screen.typed else replace(state, screen=Search(typed, digits=screen.digits))


def found_for(state: State, screen: Search) -> Found:
    """Give what the typed words find in the hall's catalogue."""
    if state.catalogue is None:
        return Found()
    return found(state.catalogue.names, screen.typed.text, state.preferences.language)
