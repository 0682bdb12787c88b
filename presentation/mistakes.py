"""A mistake in a configuration: where it stands, what is wrong, and how to mend it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

Path = tuple[str | int, ...]
"""Where a value stands: ``("services", 2, "prefix")`` is the prefix of the third service."""


class Mistake(msgspec.Struct, frozen=True):
    """One mistake. ``line`` counts from 1; 0 = unknown."""

    file: str
    line: int
    place: str
    what: str
    mend: str
    path: Path = ()

    def __str__(self) -> str:
        """``branch.toml:31: services[2].prefix: … Mend: …``."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f" {self.place}:" if self.place else ""
        return f"{where}:{place} {self.what}. Mend: {self.mend}."


class Mistakes(Exception):  # noqa: N818 -- a configuration has mistakes; the program has errors.
    """All the mistakes of a configuration."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        assert mistakes
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def place_of(path: Path, item: Any = None) -> str:
    """``("services", 2, "prefix")`` -> ``services[3].prefix``, counting from 1 as people do; with the item's id."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    identifier = next((str(value) for key, value in item.items() if key.endswith("_id")), "") if item else ""
    return f"{words} ({identifier})" if identifier else words


def locate(text: str, path: Path) -> int:
    """Give the line on which the value of ``path`` stands, or its table's header, or 0.

    It reads the lines of tables and keys only, which is enough for files that people write.
    """
    lines = text.splitlines()
    line, depth = 0, 0
    for size in range(len(path), 0, -1):
        found = _header(lines, path[:size])
        if found:
            line, depth = found, size
            break
    keys = [part for part in path[depth:] if isinstance(part, str)]
    if not keys:
        return line
    key = re.compile(rf"^\s*\"?{re.escape(keys[0])}\"?\s*[=.]")
    for number in range(line + 1, len(lines) + 1):
        if lines[number - 1].lstrip().startswith("["):
            break
        if key.match(lines[number - 1]):
            return number
    return line


def _header(lines: Sequence[str], path: Path) -> int:
    """Find ``[a.b]``, or the n-th ``[[a.b]]`` when the path ends in a number. Nested numbers are not counted apart."""
    names = ".".join(part for part in path if isinstance(part, str))
    index = path[-1] if isinstance(path[-1], int) else None
    wanted = f"[{names}]" if index is None else f"[[{names}]]"
    seen = -1
    for number, line in enumerate(lines, 1):
        if line.split("#")[0].strip() == wanted:
            seen += 1
            if index is None or seen == index:
                return number
    return 0
