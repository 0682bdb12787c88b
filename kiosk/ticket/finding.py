"""What touches do on the way to a procedure: letters typed, a field opened. Pure."""

from dataclasses import replace

from kiosk.ticket.keyboard import method_of
from kiosk.ticket.model import Search, State
from presentation.composing import METHODS, TONES, Typed, erased, typed
from presentation.search import Found, found

SEARCH_LIMIT = 40
"""Letters of a search; nobody types more, but a child may."""


def touched(state: State, screen: Search, verb: str, target: str) -> State:
    """Type a key, or change the keys."""
    match verb:
        case "method" if target in METHODS:
            wishes = replace(state.preferences, typing=target)
            return replace(state, preferences=wishes, screen=replace(screen, typed=Typed(screen.typed.text)))
        case "digits":
            return replace(state, screen=replace(screen, digits=not screen.digits))
        case "type":
            return replace(state, screen=_key_typed(state, screen, target))
        case _:
            return state


def _key_typed(state: State, screen: Search, what: str) -> Search:
    """Type a sign, the name of a tone, or one of the words *space*, *delete*, *clear*; anything else is no key."""
    match what:
        case "clear":
            return Search(digits=screen.digits)
        case "delete":
            return Search(erased(screen.typed), digits=screen.digits)
    key = " " if what == "space" else what
    is_sign = len(key) == 1 and (key.isalnum() or key == " ")
    method = method_of(state)
    if not (is_sign or (method == "letters" and key in TONES)) or len(screen.typed.text) >= SEARCH_LIMIT:
        return screen
    return Search(typed(screen.typed, key.lower(), method), digits=screen.digits)


def found_for(state: State, screen: Search) -> Found:
    """Give what the typed words find in the hall's catalogue."""
    if state.catalogue is None:
        return Found()
    return found(state.catalogue.names, screen.typed.text, state.preferences.language)
