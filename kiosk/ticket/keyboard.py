"""The keys on the screen to type a search with: letters and tones for who never learnt more, Telex or VNI for who did.

Vietnamese letters stand in the order of the alphabet, since most who search here have never learnt where letters lie;
Telex, VNI and other languages have them as keyboards do. No search needs an accent, so in low reach, where there is
room for four rows only, the letters come without. Pure.
"""

from dataclasses import replace
from typing import Final

from kiosk.ticket.model import Search, State
from kiosk.ticket.voice_model import VoiceWriting
from kiosk.widgets.page import Button, Keyboard
from presentation.composing import METHODS, TONES, Method, Typed, erased, typed
from presentation.texts import Words

VIETNAMESE: Final = ("aăâbcdđeêf", "ghijklmnoô", "ơpqrstuưvw", "xyz")
BARE: Final = ("abcdefghij", "klmnopqrst", "uvwxyz")
AS_KEYBOARDS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS: Final = "1234567890"
MARKS: Final = ",.?"
"""What sentences are made of; a search needs none."""

ROW_CELLS: Final = 10


def method_of(state: State) -> Method:
    """Give how letters become Vietnamese now; in other languages they stay as they are."""
    return state.preferences.typing if state.preferences.language == "vi" else "letters"


def keys_changed(state: State, screen: Search | VoiceWriting, verb: str, target: str) -> State:
    """Let the keys stand for another method, or their first row for digits; any other touch changes nothing."""
    match verb:
        case "method" if target in METHODS:
            wishes = replace(state.preferences, typing=target)
            return replace(state, preferences=wishes, screen=replace(screen, typed=Typed(screen.typed.text)))
        case "digits":
            return replace(state, screen=replace(screen, digits=not screen.digits))
        case _:
            return state


def key_typed(state: State, before: Typed, what: str, most: int) -> Typed:
    """Type a sign, the name of a tone, *space* or *delete*; what is no key, or a letter too many, changes nothing."""
    if what == "delete":
        return erased(before)
    key, method = " " if what == "space" else what, method_of(state)
    is_sign = len(key) == 1 and (key.isalnum() or key == " ")
    if not (is_sign or (method == "letters" and key in TONES)) or len(before.text) >= most:
        return before
    return typed(before, key.lower(), method)


def keyboard(state: State, words: Words, *, digits: bool, marks: bool = False) -> Keyboard:
    """Give the keys for the method and the language of who types; with `marks`, sentences can be written."""
    method, vietnamese = method_of(state), state.preferences.language == "vi"
    delete = "type:delete", words("kiosk.search.delete")
    if vietnamese and method == "letters" and not state.preferences.low_reach:
        *full, last = (_letters(row) for row in VIETNAMESE)
        tones = tuple(_tone(name, words) for name in TONES)
        rows = [*full, (*last, *tones, Button(*delete, look="quiet", cells=ROW_CELLS - len(last) - len(tones)))]
    else:
        *full, last = (_letters(row) for row in (BARE if vietnamese and method == "letters" else AS_KEYBOARDS))
        rows = [*full, (*last, Button(*delete, look="quiet", cells=3 if len(last) > len("zxcvbn") else 4))]
    if digits and method != "vni":
        rows[0] = _letters(DIGITS)
    elif method == "vni":
        rows.insert(0, tuple(_vni_digit(digit, words) for digit in DIGITS))
    return Keyboard((*rows, _last_row(words, method, vietnamese=vietnamese, digits=digits, marks=marks)))


def _letters(row: str) -> tuple[Button, ...]:
    return tuple(Button(f"type:{letter}", letter.upper()) for letter in row)


def _tone(name: str, words: Words) -> Button:
    return Button(f"type:{name}", words(f"kiosk.search.tone.{name}"), look="quiet")


VNI_MARKS: Final = dict(zip(DIGITS, (*TONES, "mu", "moc", "trang", "gach", "bo"), strict=True))


def _vni_digit(digit: str, words: Words) -> Button:
    return Button(f"type:{digit}", digit, words(f"kiosk.search.tone.{VNI_MARKS[digit]}"), look="quiet")


def _last_row(words: Words, method: Method, *, vietnamese: bool, digits: bool, marks: bool) -> tuple[Button, ...]:
    keys = []
    if method != "vni":
        label = "abc" if digits else "123"
        keys.append(Button("digits", label, look="quiet"))
    if vietnamese:
        after = METHODS[(METHODS.index(method) + 1) % len(METHODS)]
        keys.append(Button(f"method:{after}", words(f"kiosk.search.method.{after}"), look="quiet", cells=3))
    # What was written with care is not cleared by one touch; a search is.
    ending = _letters(MARKS) if marks else (Button("type:clear", words("kiosk.search.clear"), look="quiet", cells=2),)
    taken = sum(key.cells for key in (*keys, *ending))
    return (*keys, Button("type:space", words("kiosk.search.space"), cells=ROW_CELLS - taken), *ending)
