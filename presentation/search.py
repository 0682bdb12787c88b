"""Finding a procedure by what people type: without accents, in any order, abbreviated, or with a mistake in it.

Vietnamese is folded to bare letters, so that "so do", "sổ đỏ" and "SỔ ĐỎ" are one, and so are the old and the new place
of a tone mark ("hòa", "hoà"), and i and y ("ki", "ký"). Then three readings are tried, and the first that fits any name
is the answer:

1. each word that was typed begins a word of the name: "khai s", "sinh lai"; or all sound like it: "trung thuc" for
   "chứng thực";
2. the letters abbreviate words that follow one another: "dkks", "khsinh", "khaisinh";
3. a word or two are misspelt: "xinh" for "sinh", "kahi" for "khai", "giay fep", or accents typed as Telex has them.
   What is found so is *similar*, and should be shown as a question.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from presentation.composing import TONES, Typed, typed

_QUERY_WORDS: Final = 12
"""Words of a query beyond this are ignored; nobody types them, but a stuck key may."""
_ABBREVIATION_MOST: Final = 16

_SOUNDS: Final = (("ngh", "ng"), ("gh", "g"), ("gi", "d"), ("tr", "ch"), ("ph", "f"), ("qu", "kw"))
_SOUND_LETTERS: Final = str.maketrans({"c": "k", "q": "k", "r": "d", "s": "x", "z": "d", "w": "u", "j": "d"})
"""Spellings that sound alike somewhere in the country, and so are taken for one another."""

_SURE_LETTERS: Final = 2
"""So short a word has no room for a mistake."""
_LONG_LETTERS: Final = 6
"""From so many letters on there may be two."""
_ABOUT_AS_LONG: Final = 24
_MISSING: Final = 3.0
"""How far a name is that lacks a word: farther than with any mistake."""


class _Signs(dict[int, str]):
    """What becomes of each sign, learnt once: letters and digits stay, marks of `dropped` go, the rest is a space."""

    def __init__(self, *, dropped: frozenset[str] | None, letters: dict[str, str]) -> None:
        super().__init__({ord(sign): letter for sign, letter in letters.items()})
        self._dropped = dropped

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        is_dropped = unicodedata.combining(sign) if self._dropped is None else sign in self._dropped
        keeps = sign.isalnum() or unicodedata.combining(sign)
        self[code] = "" if is_dropped else sign if keeps else " "
        return self[code]


_TONES: Final = frozenset(TONES.values())
_BARE: Final = _Signs(dropped=None, letters={"đ": "d"})
_SPELLED: Final = _Signs(dropped=_TONES, letters={})


def fold(text: str) -> str:
    """Fold text to bare lower-case letters: "Đăng ký khai sinh" -> "dang ky khai sinh"; other signs become spaces."""
    return " ".join(unicodedata.normalize("NFD", text.casefold()).translate(_BARE).split())


@dataclass(frozen=True, slots=True)
class Entry:
    """One name to be found by: the id it leads to (a procedure's code), and the name folded once."""

    entry_id: str
    language: str
    spelled: str
    """With ă â đ ê ô ơ ư, but without tones: those move within a word while it is typed."""
    folded: str
    """With a space before the first word too: a word begins after a space."""
    sounded: str
    """The same as it sounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """All names, and for each sounded word the places of the names that hold it. Every index is its own."""

    entries: tuple[Entry, ...]
    places: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """The ids found, best first, each once. `similar`: nothing was as typed, and these are like it."""

    entry_ids: tuple[str, ...] = ()
    similar: bool = False


def index(names: Iterable[tuple[str, str, str]]) -> Index:
    """Make an index of (id, name, language); several names may lead to one id."""
    entries = tuple(_entry(*one) for one in names)
    places: dict[str, set[int]] = {}
    for place, entry in enumerate(entries):
        for word in entry.sounded.split():
            places.setdefault(word, set()).add(place)
    return Index(entries, {word: frozenset(at) for word, at in places.items()})


def _entry(entry_id: str, name: str, language: str) -> Entry:
    words = _one_i(fold(name)).split()
    return Entry(entry_id, language, _spaced(_spelled(name)), _spaced(words), _spaced(map(_sounded, words)))


def _spelled(text: str) -> list[str]:
    bare = unicodedata.normalize("NFD", text.casefold()).translate(_SPELLED)
    return _one_i(unicodedata.normalize("NFC", bare)).split()


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)


@lru_cache(maxsize=64)
def found(names: Index, words: str, language: str) -> Found:
    """Give what was found for the words that were typed on a screen in a language. Nothing typed finds nothing.

    A name that holds what was typed in a row goes before one where it sounds so, and that before one with its words
    anywhere; where marked letters were typed, names that have them go first. Names in another language go behind their
    equals; among these the shorter name, roughly, goes first ("Đăng ký khai sinh" before "Khai sinh cho người đã có
    giấy tờ"), then the order of the names, which is the hall's.
    """
    query = _one_i(fold(words)).split()[:_QUERY_WORDS]
    if not query:
        return Found()
    plain = _ranked(names, language, _beginning(names, query, _spelled(words)))
    if plain:
        return Found(plain)
    abbreviated = _ranked(names, language, _abbreviated(names, query))
    similar = _ranked(names, language, _misspelt(names, query))
    if not abbreviated and not similar:
        telex = _one_i(fold(_as_telex(words))).split()[:_QUERY_WORDS]
        similar = _ranked(names, language, _misspelt(names, telex))
    return Found(tuple(dict.fromkeys((*abbreviated, *similar))), similar=bool(similar) and not abbreviated)


Match = tuple[float, int]
"""How far a name is from what was typed, and its place."""


def _ranked(names: Index, language: str, matches: Iterable[Match]) -> tuple[str, ...]:
    def key(match: Match) -> tuple[float, bool, int, int]:
        far, place = match
        entry = names.entries[place]
        return far, entry.language != language, len(entry.folded) // _ABOUT_AS_LONG, place

    return tuple(dict.fromkeys(names.entries[place].entry_id for _, place in sorted(matches, key=key)))


def _beginning(names: Index, query: list[str], spelled: list[str]) -> Iterator[Match]:
    """Find names of which each typed word begins a word: in a row, in a row by their sound, or anywhere."""
    begins = [f" {word}" for word in query]
    in_a_row, sounds = _spaced(query), _spaced(map(_sounded, query))
    as_spelled = _spaced(spelled)
    has_marks = as_spelled != in_a_row
    for place, entry in enumerate(names.entries):
        if in_a_row in entry.folded:
            yield has_marks and as_spelled not in entry.spelled, place
        elif sounds in entry.sounded:
            yield 2, place
        elif all(begin in entry.folded for begin in begins):
            yield 3, place


def _abbreviated(names: Index, query: list[str]) -> Iterator[Match]:
    """Find names of which words that follow one another begin with the letters typed; between typed words, any."""
    if not 1 < sum(map(len, query)) <= _ABBREVIATION_MOST:
        return
    pattern = re.compile(" " + r"[^ ]* (?:[^ ]+ )*?".join(_abbreviation(word, alone=len(query) == 1) for word in query))
    for place, entry in enumerate(names.entries):
        if match := pattern.search(entry.folded):
            yield match.group().count(" "), place


def _abbreviation(letters: str, *, alone: bool) -> str:
    """Give the pattern of letters that stand for words; beside other words they begin one, or all begin one each."""
    return r"(?:[^ ]* )?".join(letters) if alone else f"(?:{letters}|{'[^ ]* '.join(letters)})"


# --- Mistakes --------------------------------------------------------------------------------------------------------


def _misspelt(names: Index, query: list[str]) -> Iterator[Match]:
    """Find names that hold, for each typed word, one that is like it; of three words one may be missing."""
    total = dict.fromkeys(range(len(names.entries)), 0.0)
    most_missing = len(query) // 3
    for word in query:
        far = _like(names, _sounded(word))
        total = {place: cost + far.get(place, _MISSING) for place, cost in total.items()}
    for place, cost in total.items():
        if cost < len(query) + 0.5 and cost < _MISSING * (most_missing + 1):
            yield cost, place


@lru_cache(maxsize=64)
def _like(names: Index, word: str) -> dict[int, float]:
    """Give the places of names with a word like this one, and how far it is: a mistake in the first letter is rarer."""
    far: dict[int, float] = {}
    most = 0 if len(word) <= _SURE_LETTERS else 1 if len(word) < _LONG_LETTERS else 2
    for known, at in names.places.items():
        mistakes = _mistakes(word, known, most)
        if mistakes is not None:
            cost = mistakes + (0.4 if known[:1] != word[:1] else 0.0) + (0.2 if len(known) > len(word) + 1 else 0.0)
            far.update((place, cost) for place in at if cost < far.get(place, 9.0))
    return far


def _mistakes(word: str, known: str, most: int) -> int | None:
    """Count the mistakes after which a word begins a known one: a letter wrong, missing, too many, or two swapped."""
    same = 0
    while same < len(word) and same < len(known) and word[same] == known[same]:
        same += 1
    if same == len(word):
        return 0
    if most == 0:
        return None
    word, known = word[same:], known[same:]
    tries = [(word[1:], known[1:]), (word[1:], known), (word, known[1:])]
    if word[:2] == known[1::-1] and len(known) > 1:
        tries.append((word[2:], known[2:]))
    counts = [_mistakes(rest, known_rest, most - 1) for rest, known_rest in tries]
    return min((1 + count for count in counts if count is not None), default=None)


@lru_cache(maxsize=8192)
def _sounded(word: str) -> str:
    for spelling, sound in _SOUNDS:
        if word.startswith(spelling):
            word = sound + word[len(spelling) :]
            break
    return word[:1].translate(_SOUND_LETTERS) + word[1:]


def _one_i(folded: str) -> str:
    return folded.replace("y", "i")


def _as_telex(words: str) -> str:
    """Read the letters as Telex has them: "khai sinhf" may come from a hand that is used to it."""
    state = Typed()
    for sign in fold(words):
        state = typed(state, sign, "telex")
    return state.text
