"""The words people read, by key and language.

A language is one TOML file of nested tables; its keys are joined by dots: `kiosk.print.paper_out`. A sentence may hold
named parts in braces, `"Số của quý vị là {number}."`, which the caller fills in. A table that has `other` is a counted
phrase: `none` stands for 0, `one` for 1 (where the language tells one from many), `other` for every other count.

A missing key, language or part is a mistake of this program and stops it as an assertion; what a hall may leave out,
a name of a service in English for instance, falls back along an order of languages instead (`name_in`).
Nothing here opens a file: whoever starts a program hands in the text of its files.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

NAME_ORDER = ("vi", "en")
"""In which order a configured name is looked for when it lacks the language that was asked for."""

COUNTED = "other"
"""The key that makes a table a counted phrase."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of all languages; made by `texts_from`."""

    by_language: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, language: str, /, **parts: object) -> str:
        """Give the sentence of a key in a language with its parts filled in."""
        assert language in self.by_language, f"no texts for language {language!r}"
        words = self.by_language[language]
        assert key in words, f"no text {key!r} in language {language!r}"
        missing = part_names(words[key]) - parts.keys()
        assert not missing, f"text {key!r} in language {language!r} lacks its parts {sorted(missing)}"
        return words[key].format_map(parts)

    def counted(self, key: str, language: str, count: int, /, **parts: object) -> str:
        """Give the counted phrase of a key for a count; `{count}` is among its parts."""
        chosen = {0: "none", 1: "one"}.get(count, COUNTED)
        if not self.has(f"{key}.{chosen}", language):
            chosen = COUNTED
        return self(f"{key}.{chosen}", language, count=count, **parts)

    def together(self, key: str, languages: Iterable[str], /, separator: str = " · ", **parts: object) -> str:
        """Give one label in several languages: "Kính mời số · Now calling"; equal words stand once."""
        return separator.join(dict.fromkeys(self(key, language, **parts) for language in languages))

    def has(self, key: str, language: str) -> bool:
        """Tell whether a language has a key, for keys that are made from data such as a code."""
        return key in self.by_language.get(language, {})

    def words(self, language: str) -> "Words":
        """Give the words of one language, for a screen that shows one at a time."""
        assert language in self.by_language, f"no texts for language {language!r}"
        return Words(self, language)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: `words("common.counter", counter="3")`."""

    texts: Texts
    language: str

    def __call__(self, key: str, /, **parts: object) -> str:
        """Give the sentence of a key with its parts filled in."""
        return self.texts(key, self.language, **parts)

    def counted(self, key: str, count: int, /, **parts: object) -> str:
        """Give the counted phrase of a key for a count."""
        return self.texts.counted(key, self.language, count, **parts)

    def has(self, key: str) -> bool:
        """Tell whether the language has a key."""
        return self.texts.has(key, self.language)


class TextsError(ValueError):
    """A file of texts cannot be used; the message says which key and what to mend."""


def texts_from(files: Mapping[str, str]) -> Texts:
    """Make texts from the contents of the files, by language: `{"vi": "…TOML…", "en": "…"}`.

    Raises TextsError for no file at all, and for one that is no TOML, holds something else than strings, or has
    malformed braces.
    """
    if not files:
        raise TextsError("there are no texts: see that texts/vi.toml and texts/en.toml lie in the folder of --config")
    return Texts({language: parse_texts(toml_text) for language, toml_text in files.items()})


def parse_texts(toml_text: str) -> dict[str, str]:
    """Read one language's file into sentences by dotted key, in NFC. Raises TextsError."""
    try:
        tables = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise TextsError(f"the texts are no TOML: {error}") from error
    return dict(_flattened(tables, ""))


def _flattened(table: Mapping[str, Any], above: str) -> Iterable[tuple[str, str]]:
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, dict):
            yield from _flattened(value, f"{key}.")
        elif isinstance(value, str):
            sentence = unicodedata.normalize("NFC", value)
            try:
                part_names(sentence)
            except ValueError as error:
                raise TextsError(f"text {key!r}: {error}; write braces in pairs around one name") from error
            yield key, sentence
        else:
            raise TextsError(f"text {key!r} is {value!r}; put it in quotes")


def part_names(sentence: str) -> set[str]:
    """Name the parts of a sentence. Raises ValueError when its braces do not hold plain names."""
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"{{{name}}} is no name of a part")
    return names


def name_in(names: Mapping[str, str], language: str, order: Iterable[str] = NAME_ORDER) -> str:
    """Choose a configured name, of a service for instance, in a language or else in the first of the order it has.

    A name in a language beyond the order is better than none; no name at all is refused by the configuration's check.
    """
    assert names, "a configured name has at least one language"
    for candidate in (language, *order):
        if candidate in names:
            return names[candidate]
    return names[min(names)]
