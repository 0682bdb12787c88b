"""Languages that no hall ships: one longer than any, made from English, and French, as a branch might add it."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from presentation.texts import Texts, parse_texts
from tests.support.texts import shipped_texts

Struct = TypeVar("Struct", bound=msgspec.Struct)

FRENCH = Path(__file__).parents[1] / "texts" / "fr.toml"
LONGEST = "xx"
LONGER = 1.4
"""How much longer than English the longest language is."""
_MARKED = str.maketrans("aeiouyAEIOUYd", "ậễịộựỹẬỄỊỘỰỸđ")


def lengthened(sentence: str) -> str:
    """Give a sentence 40 % longer and with the highest and lowest letters of Vietnamese; its parts stay as they are."""
    pieces = re.split(r"(\{\w+\})", sentence)
    words = [piece if piece.startswith("{") else _word_by_word(piece) for piece in pieces]
    return "".join(words)


def _word_by_word(text: str) -> str:
    return re.sub(r"[^\W\d_]{3,}", lambda found: _longer(found.group()), text).translate(_MARKED)


def _longer(word: str) -> str:
    more = max(1, round(len(word) * (LONGER - 1)))
    return word + ("ngương" * 3)[:more]


@lru_cache
def texts_with(language: str) -> Texts:
    """Give the shipped texts, and beside them the language if it is one of these."""
    shipped = shipped_texts().by_language
    if language == LONGEST:
        made = {key: lengthened(words) for key, words in shipped["en"].items()}
        return Texts({**shipped, LONGEST: made})
    if language == "fr":
        return Texts({**shipped, "fr": parse_texts(FRENCH.read_text("utf-8"))})
    return shipped_texts()


def in_language(told: Struct, language: str) -> Struct:
    """Give what a server tells with every name in this language too, where a hall would have written it."""
    say: Callable[[str], str] = lengthened if language == LONGEST else str
    if language in {"vi", "en"}:
        return told
    return msgspec.convert(_named(msgspec.to_builtins(told), language, say), type(told))


def _named(value: Any, language: str, say: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        more = {language: say(value["en"])} if isinstance(value.get("en"), str) else {}
        return {**{key: _named(each, language, say) for key, each in value.items()}, **more}
    if isinstance(value, list | tuple):
        return [*value, language] if list(value) == ["vi", "en"] else [_named(each, language, say) for each in value]
    return value
