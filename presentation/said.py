"""A sentence in English that remembers what it is made of, so that it can be said in another language. Pure.

A check runs where no words of other languages are at hand, and a command line shows what it finds in English. A page
shows the same finding to people who read Vietnamese: it asks the sentence for its key and its parts.
"""

from collections.abc import Callable
from typing import Final

from presentation.texts import Words

TABLE: Final = "mistake"
"""The table of the texts that holds these sentences."""

Part = object
"""A part of a sentence: a name or a number as it is, or a sentence of its own."""


class Said(str):
    """A sentence with its key and its parts; everywhere else it is the English text."""

    __slots__ = ("key", "parts")

    key: str
    parts: dict[str, Part]


def said(key: str, english: str, /, **parts: Part) -> Said:
    """Make a sentence: `said("no_such_queue", "there is no queue '{known}'", known="attic")`."""
    made = Said(english.format_map(parts))
    made.key, made.parts = key, parts
    return made


def in_words(sentence: str, words: Words) -> str:
    """Say a sentence in the language of `words`; one that remembers nothing stays as it is."""
    if not isinstance(sentence, Said):
        return sentence
    return words(f"{TABLE}.{sentence.key}", **{name: _part(name, one, words) for name, one in sentence.parts.items()})


def _field(words: Words, key: str) -> str:
    """Call a key by the label that its form gives it, and by itself: whoever reads may have the form, or the text."""
    label = f"editor.field.{key}"
    return f"{words(label)} ({key})" if words.has(label) else key


OWN_WORDS: Final[dict[str, Callable[[Words, str], str]]] = {
    "field": _field,
    "languages": lambda words, part: ", ".join(words.texts.own_name(one) for one in part.split(", ")),
    "weekday": lambda words, part: words(f"editor.value.{part}"),
    "language": lambda words, part: words.texts.own_name(part),
}
"""Parts that are codes of ours, and how a language says them."""


def _part(name: str, part: Part, words: Words) -> str:
    if isinstance(part, Said):
        return in_words(part, words)
    return OWN_WORDS[name](words, str(part)) if name in OWN_WORDS else str(part)
