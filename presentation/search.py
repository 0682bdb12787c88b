"""Finding a procedure by what people type: without accents, in any order of words, from the first letters on.

Vietnamese is folded to bare letters, so that "so do", "sổ đỏ" and "SỔ ĐỎ" are one, and so are the old and the new place
of a tone mark ("hòa", "hoà"). A query matches when each of its words begins a word of the name.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_QUERY_WORDS = 12
"""Words of a query beyond this are ignored; nobody types them, but a stuck key may."""


def fold(text: str) -> str:
    """Fold text to bare lower-case letters: "Đăng ký khai sinh" -> "dang ky khai sinh"; other signs become spaces."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare.replace("đ", "d")).split())


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found: its id (a procedure's code), and its name folded once."""

    entry_id: str
    folded: str


def index(names: Iterable[tuple[str, str]]) -> tuple[Entry, ...]:
    """Make entries from (id, name); several names may lead to one id."""
    return tuple(Entry(entry_id, fold(name)) for entry_id, name in names)


def found(entries: Iterable[Entry], typed: str, limit: int) -> tuple[str, ...]:
    """Give the ids of the best matches for what was typed, at most `limit`, each once.

    A name that holds what was typed in a row goes before one that has its words anywhere; among equals the shorter name
    goes first ("Đăng ký khai sinh" before "Khai sinh cho người đã có giấy tờ"), then the order of the entries. Nothing
    typed finds nothing.
    """
    query = fold(typed)
    words = query.split()[:_QUERY_WORDS]
    if not words:
        return ()
    ranked = sorted(
        (f" {query}" not in f" {entry.folded}", len(entry.folded), place, entry.entry_id)
        for place, entry in enumerate(entries)
        if _matches(entry.folded, words)
    )
    return tuple(dict.fromkeys(entry_id for *_, entry_id in ranked))[:limit]


def _matches(folded: str, words: list[str]) -> bool:
    return all(f" {word}" in f" {folded}" for word in words)
