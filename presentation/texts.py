"""The words people read, by key and language.

A language is one TOML file of nested tables; its keys are joined by dots: `kiosk.print.paper_out`. A sentence may hold
named parts in braces, `"Số của quý vị là {number}."`, which the caller fills in. A table that has `other` is a counted
phrase: `none` stands for 0, `one` for 1 (where the language tells one from many), `other` for every other count.

A key or part that no language has is a mistake of this program and stops it as an assertion. What a hall may leave out
falls back along an order of languages instead: a name of a service (`name_in`), and a sentence that the file of a
language of the hall's own lacks; `missing_texts` lists those for `motcua check`.
Nothing here opens a file: whoever starts a program hands in the text of its files.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

NAME_ORDER = ("vi", "en")
"""In which order words are looked for when the language that was asked for lacks them: both ship complete."""

CITIZENS = ("language", "format", "common", "kiosk", "listen", "rating", "ticket", "board", "follow", "public")
"""The tables of a file that hold what citizens read; a language of the hall's own needs no others …"""
STAFFS = ("rating.channel", "rating.flag", "ticket.closing", "ticket.test_print")
"""… and of those not what only staff see."""

COUNTED = "other"
"""The key that makes a table a counted phrase."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of all languages; made by `texts_from`."""

    by_language: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, language: str, /, **parts: object) -> str:
        """Give the sentence of a key in a language with its parts filled in."""
        language = self._speaking(key, language)
        sentence = self.by_language[language][key]
        missing = part_names(sentence) - parts.keys()
        if missing and language not in NAME_ORDER:
            return self(key, NAME_ORDER[0], **parts)  # A branch's slip of the pen must not stop its kiosk.
        assert not missing, f"text {key!r} in language {language!r} lacks its parts {sorted(missing)}"
        return sentence.format_map(parts)

    def counted(self, key: str, language: str, count: int, /, **parts: object) -> str:
        """Give the counted phrase of a key for a count; `{count}` is among its parts."""
        language = self._speaking(f"{key}.{COUNTED}", language)
        chosen = {0: "none", 1: "one"}.get(count, COUNTED)
        if f"{key}.{chosen}" not in self.by_language[language]:
            chosen = COUNTED
        return self(f"{key}.{chosen}", language, count=count, **parts)

    def _speaking(self, key: str, language: str) -> str:
        """Choose the language that says a key: the one asked for, or else the first of the order that has it."""
        for candidate in (language, *NAME_ORDER):
            if key in self.by_language.get(candidate, {}):
                return candidate
        raise AssertionError(f"no text {key!r} in language {language!r}")

    def own_name(self, language: str) -> str:
        """Give a language's name in itself; its code where nobody has written it."""
        return self.by_language.get(language, {}).get("language.own_name", language.upper())

    def together(self, key: str, languages: Iterable[str], /, separator: str = " · ", **parts: object) -> str:
        """Give one label in several languages: "Kính mời số · Now calling"; equal words stand once."""
        return separator.join(dict.fromkeys(self(key, language, **parts) for language in languages))

    def has(self, key: str, language: str) -> bool:
        """Tell whether there is a text for a key, for keys that are made from data such as a code."""
        return any(key in self.by_language.get(candidate, {}) for candidate in (language, *NAME_ORDER))

    def words(self, language: str) -> "Words":
        """Give the words of one language, for a screen that shows one at a time."""
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


def missing_texts(texts: Texts, language: str) -> list[str]:
    """Name the citizens' keys that a language lacks, or says with parts that nobody fills in; sorted."""
    known, words = texts.by_language[NAME_ORDER[0]], texts.by_language.get(language, {})
    wanted = {key for key in known if key.partition(".")[0] in CITIZENS and not key.startswith(STAFFS)}
    counted = {key.removesuffix(f".{COUNTED}") for key in wanted if key.endswith(f".{COUNTED}")}
    lacking = {key for key in wanted - words.keys() if key.rpartition(".")[0] not in counted or key.endswith(COUNTED)}
    strange = {key for key in wanted & words.keys() if part_names(words[key]) - part_names(known[key]) - {"count"}}
    return sorted(lacking | strange)


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


@lru_cache(maxsize=4096)
def part_names(sentence: str) -> frozenset[str]:
    """Name the parts of a sentence. Raises ValueError when its braces do not hold plain names."""
    names = frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
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
