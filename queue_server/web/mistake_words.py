"""A mistake of the draft as the pages tell it: the place by the names of forms and fields, what is wrong, and the mend.

The checker writes English for a command line; its sentences know what they are made of (`presentation.said`), so that
the pages say them in the language of whoever reads. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from presentation.mistakes import Mistake, Path
from presentation.said import in_words
from presentation.texts import Words
from queue_server.config import MAIN
from queue_server.web.hall_forms import PARTS, Part, identity_of, title_of

Values = Callable[[Sequence[str | int]], Any]
"""Gives the plain values at a place of the draft."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mistake in words. `part` and `index` are the form where it can be mended; empty where only the text says it."""

    where: str
    what: str
    mend: str
    part: str
    index: int | None


def told(mistake: Mistake, words: Words, values: Values) -> Told:
    """Tell one mistake."""
    what, mend = in_words(mistake.what, words), in_words(mistake.mend, words)
    part = part_of(mistake.path) if mistake.file == MAIN else None
    if part is None:
        return Told(mistake.place if mistake.path else "", what, mend, "", None)
    below = mistake.path[len(part.path) :]
    index = below[0] if part.is_list and below and isinstance(below[0], int) else None
    steps = [words(f"editor.part.{part.name}")]
    if index is not None:
        item = values((*part.path, index))
        steps.append(title_of(part, item, words.language) or identity_of(part, item) or str(index + 1))
        below = below[1:]
    steps.append(_field_words(part, below, words))
    return Told(" › ".join(step for step in steps if step), what, mend, part.name, index)


def part_of(path: Path) -> Part | None:
    """Find the form that shows a place: the one whose own place is the longest beginning of it."""
    fitting = [part for part in PARTS if path and path[: len(part.path)] == part.path and _has(part, path)]
    return max(fitting, key=lambda part: len(part.path), default=None)


def _has(part: Part, path: Path) -> bool:
    below = path[len(part.path) :]
    if part.is_list:
        return not below or isinstance(below[0], int)
    known = {(*field.path, field.key)[0] for field in part.fields}
    return not below or below[0] in known


def _field_words(part: Part, below: Path, words: Words) -> str:
    """Name a field as its form does; what no form shows is named by its key."""
    for field in part.fields:
        place = (*field.path, field.key)
        if below[: len(place)] == place and field.key != part.id_key:
            return words(f"editor.field.{field.words_key}")
    if below and below[0] == part.id_key:
        return words("editor.id")
    if any(field.path and field.path == below for field in part.fields):
        return ""  # Of all fields of a table together; the sentence says which of them.
    return ".".join(str(step) for step in below)
