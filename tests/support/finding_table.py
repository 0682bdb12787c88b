"""How many touches and letters lead to each procedure: measured over all of them, for `docs/finding.md`.

``python -m tests.support.finding_table`` writes the tables into the page; a test holds the page to them, and the goals.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from presentation.search import fold, found, index

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "finding.md"
CATALOGUE = ROOT / "config" / "catalogue"
_BLOCK = re.compile(r"<!-- made: finding -->\n.*?<!-- end -->", re.DOTALL)

LETTERS_MOST = 6
AT_ONCE, AT_ONCE_LEAST = 4, 2
"""So many of what was found are on the first page; in the tightest layout only the second number."""
SEED = 2026


@dataclass(frozen=True)
class Measured:
    """A list of procedures, and after how many letters (0: not within the most) each stands on the first page."""

    name: str
    from_a_word: tuple[int, ...]
    from_a_word_tightest: tuple[int, ...]
    by_initials: tuple[int, ...]
    from_the_start: tuple[int, ...]
    same_names: int

    def within(self, letters: tuple[int, ...]) -> int:
        return sum(0 < needed <= LETTERS_MOST for needed in letters)


def ward() -> list[tuple[str, str]]:
    """Give code and short name of what the ward publishes."""
    return [(one["code"], one["names"]["vi"]) for one in _read("ward.toml")]


def official() -> list[tuple[str, str]]:
    """Give code and official name of everything that a commune-level hall may receive."""
    return [(one["code"], one["name"]) for one in _read("procedures.toml")]


def _read(name: str) -> list[dict[str, Any]]:
    procedures: list[dict[str, Any]] = tomllib.loads((CATALOGUE / name).read_text("utf-8"))["procedures"]
    return procedures


@cache
def ward_measured() -> Measured:
    """Give how far the ward's procedures are; worked out once."""
    return _measured("the ward's list, short names", ward())


@cache
def official_measured() -> Measured:
    """Give how far all procedures are; worked out once."""
    return _measured("all, official names", official())


def _measured(name: str, procedures: list[tuple[str, str]]) -> Measured:
    """Type towards each procedure until it is on the first page, in each of the ways people type."""
    names = index((code, name, "vi") for code, name in procedures)

    @cache
    def first(query: str) -> tuple[str, ...]:
        return found.__wrapped__(names, query, "vi").entry_ids[:AT_ONCE]

    def least(ways: Callable[[str, int], Iterable[str]], at_once: int) -> tuple[int, ...]:
        return tuple(
            next(
                (
                    letters
                    for letters in range(1, LETTERS_MOST + 1)
                    if any(code in first(query)[:at_once] for query in ways(name, letters))
                ),
                0,
            )
            for code, name in procedures
        )

    same = Counter(fold(name) for _, name in procedures)
    return Measured(
        name,
        least(_from_a_word, AT_ONCE),
        least(_from_a_word, AT_ONCE_LEAST),
        least(_by_initials, AT_ONCE),
        least(lambda name, letters: list(_from_a_word(name, letters))[:1], AT_ONCE),
        sum(times for times in same.values() if times > 1),
    )


def _from_a_word(name: str, letters: int) -> Iterator[str]:
    """Give the name from each of its words on, cut after so many letters; spaces are no letters."""
    words = fold(name).split()
    for start in range(len(words)):
        typed, left = [], letters
        for word in words[start:]:
            typed.append(word[:left])
            left -= len(word[:left])
            if left == 0:
                yield " ".join(typed)
                break


def _by_initials(name: str, letters: int) -> Iterator[str]:
    """Give the first letters of words in a row."""
    words = fold(name).split()
    for start in range(len(words) - letters + 1):
        yield "".join(word[0] for word in words[start : start + letters])


def mistaken(text: str, kind: int, chance: random.Random) -> str:
    """Make one mistake in a text: a letter wrong, missing, twice, or swapped with the next; never the first of all."""
    places = [place for place in range(1, len(text) - 1) if text[place] != " " and text[place + 1] != " "]
    at = chance.choice(places)
    match kind % 4:
        case 0:
            return text[:at] + chance.choice("aeionthgc".replace(text[at], "")) + text[at + 1 :]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + text[at] + text[at:]
        case _:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def found_in_spite_of_a_mistake(procedures: list[tuple[str, str]]) -> int:
    """Count the procedures that stand on the first page when their name is typed whole with one mistake."""
    chance = random.Random(SEED)
    names = index((code, name, "vi") for code, name in procedures)
    typed = ((code, mistaken(fold(name), place, chance)) for place, (code, name) in enumerate(procedures))
    return sum(code in found(names, text, "vi").entry_ids[:AT_ONCE] for code, text in typed)


def tables() -> str:
    """Give the tables of the page."""
    lists = (ward_measured(), official_measured())
    rows = [
        ("procedures", *(str(len(one.from_a_word)) for one in lists)),
        (f"within {LETTERS_MOST} letters of the name, from any of its words on", *map(_share("from_a_word"), lists)),
        ("… the same where only two are shown at once", *map(_share("from_a_word_tightest"), lists)),
        (f"within {LETTERS_MOST} first letters of words in a row", *map(_share("by_initials"), lists)),
        (f"within the first {LETTERS_MOST} letters of the name", *map(_share("from_the_start"), lists)),
        ("letters needed: median, and for nine of ten", *(_spread(one.from_a_word) for one in lists)),
        ("procedures whose name another one has too", *(str(one.same_names) for one in lists)),
    ]
    head = ("", *(one.name for one in lists))
    lines = [_row(head), _row(("---", "--:", "--:")), *map(_row, rows)]
    whole = len(ward())
    spite = found_in_spite_of_a_mistake(ward())
    sentence = f"Typed whole, with one mistake: {spite} of the ward's {whole} procedures are on the first page."
    return "\n".join([*lines, "", sentence])


def _share(field: str) -> Callable[[Measured], str]:
    def share(one: Measured) -> str:
        letters = getattr(one, field)
        count = one.within(letters)
        return f"{count} ({100 * count / len(letters):.1f} %)"

    return share


def _spread(letters: tuple[int, ...]) -> str:
    ordered = sorted(needed or 99 for needed in letters)
    return f"{ordered[len(ordered) // 2]}, {ordered[len(ordered) * 9 // 10]}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page_with(made: str) -> str:
    """Give the page with these tables in it."""
    return _BLOCK.sub(lambda _: f"<!-- made: finding -->\n{made}\n<!-- end -->", PAGE.read_text("utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page_with(tables()), "utf-8")
