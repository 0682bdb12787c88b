"""Which words of a text are Vietnamese on a page in another language (WCAG 3.1.2). Pure.

A page in English names services, wards and people in Vietnamese, in the middle of its sentences. Each voice is to say
its own words: the Vietnamese one the names, the page's own all else, and the page's numbers above all. What is
Vietnamese from its first word to its last (a procedure's official name, a fee) stays whole, its numbers with it.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

_VIETNAMESE_ONLY: Final = re.compile("[đĐơƠưƯăĂẠ-ỹ]")
_UNMARKED_LANGUAGES: Final = frozenset({"en"})
"""Languages that put no marks on their letters: a syllable with any mark is no word of theirs."""

_ONSET: Final = "(?:ngh?|[cgknpt]h|gi|qu|tr|[bcdghklmnpqrstvx])?"
_RIME: Final = (
    "(?:uy[eau]|[iy]eu|uo[iu]|oa[ioy]|oeo|ua[ioy]|a[iouy]?|e[ou]?|i[aeu]?|o[aei]?|u[aeiouy]?|ye?)"
    "(?:ch|(?<!i)ng|nh|[cmnpt])?"
)
_SYLLABLE: Final = re.compile(_ONSET + _RIME)
"""A Vietnamese syllable without its marks."""

_STOPPED: Final = re.compile(r".*(?:ch|[cpt])")
"""A syllable that ends so always has the mark of a tone: *at* and *not* are none."""

_ALSO_WORDS: Final = {
    "en": frozenset(
        (
            *("a", "am", "an", "be", "by", "can", "day", "do", "due", "go", "he", "hi", "him", "i", "in", "main"),
            *("may", "me", "men", "my", "no", "on", "pay", "say", "so", "than", "the", "them", "then", "to"),
        )
    )
}
"""Words of a language that could be Vietnamese syllables as well: beside a name they are taken for their own."""

_ACRONYM_MOST: Final = 5
_TOKEN: Final = re.compile(r"(?<!\w)\d[\d.,]*\s?(?:đồng|[đ₫])(?!\w)|\w+(?:['’]\w+)*")
"""A word, or an amount of money as only Vietnamese writes it."""

_MONEY: Final = re.compile(r"\d\s?(?:đồng|[đ₫])$")

_Kind = Literal["name", "syllable", "either", "other", "any"]


def runs(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """Cut a text of a page into parts, each with the language it is to be said in; joined they are the text."""
    if language == "vi" or not text:
        return ((text, language),)
    tokens = list(_TOKEN.finditer(text))
    kinds = [_kind(match[0], language) for match in tokens]
    if "name" not in kinds:
        return ((text, language),)
    if "other" not in kinds:
        return ((text, "vi"),)
    gaps = [text[one.end() : two.start()] for one, two in pairwise(tokens)]
    languages = ["vi" if named else language for named in _spread(kinds, gaps)]
    starts = [0, *(place for place in range(1, len(tokens)) if languages[place] != languages[place - 1])]
    edges = [0, *(tokens[place].start() for place in starts[1:]), len(text)]
    return tuple((text[edges[at] : edges[at + 1]], languages[place]) for at, place in enumerate(starts))


def _kind(word: str, language: str) -> _Kind:
    """Tell what a word can be: certainly Vietnamese, possibly, either, certainly the page's, or in any language."""
    if any(sign.isdecimal() for sign in word):
        return "name" if _MONEY.search(word) else "any"  # Đ012 is a number of the page's as any other.
    if _VIETNAMESE_ONLY.search(word):
        return "name"
    if not word.isalpha():
        return "other"
    if _is_syllable(word):
        if not word.isascii() and language in _UNMARKED_LANGUAGES:
            return "name"
        is_also = len(word) == 1 or word.lower() in _ALSO_WORDS.get(language, ())
        return "either" if is_also else "syllable"
    return "any" if word.isupper() and len(word) <= _ACRONYM_MOST else "other"


def _is_syllable(word: str) -> bool:
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(sign))
    if not _SYLLABLE.fullmatch(bare):
        return False
    return not (word.isascii() and _STOPPED.fullmatch(bare))


def _spread(kinds: Sequence[_Kind], gaps: Sequence[str]) -> list[bool]:
    """Take the unmarked syllables beside a name into it: *Đăng ký khai sinh*, *Thanh Xuân*."""
    named = [kind == "name" for kind in kinds]
    count = len(kinds)
    for places, back in ((range(1, count), 1), (range(count - 2, -1, -1), -1)):
        for place in places:
            gap = gaps[place - 1 if back == 1 else place]
            if kinds[place] == "syllable" and named[place - back] and (gap.isspace() or gap == "-"):
                named[place] = True
    return named
