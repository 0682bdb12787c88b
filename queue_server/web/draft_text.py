"""Changes of a draft's TOML text that leave everything else as it stands: comments, order, blanks. Pure.

`tomlkit` keeps the style of a document; here only the values are touched that really differ, so a form that is saved
unchanged leaves the file as it was, to the byte.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import tomlkit
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Item, Table
from tomlkit.toml_document import TOMLDocument

Path = tuple[str | int, ...]
"""Where a table stands: ``("services", 2)``, ``("calendar", "hours", 0, "spans")``; empty for the document itself."""

_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(?:#.*)?$")

UNSET: Final = object()
"""Stands for a key that shall not be there."""


class NoSuchPlace(Exception):  # noqa: N818 -- a state of the text.
    """The text is no TOML, or holds no table there."""


def parsed(text: str) -> TOMLDocument:
    """Read a text. Raises :class:`NoSuchPlace` when it is no TOML."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise NoSuchPlace(str(error)) from error


def values_at(text: str, path: Path) -> Any:
    """Give the plain values at a place, not to be changed; None for nothing. Raises :class:`NoSuchPlace`."""
    found: Any = _read(text)
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
    return found


@lru_cache(maxsize=8)
def _read(text: str) -> dict[str, Any]:
    """Read plain values; the standard reader is a hundred times as fast as one that keeps the style."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NoSuchPlace(str(error)) from error


def with_values(text: str, path: Path, changes: Mapping[str, Any]) -> str:
    """Give the text with keys of one table changed; `UNSET` takes a key out. A missing table is added."""
    present = values_at(text, path)
    known = present if isinstance(present, dict) else {}
    fresh = {key: value for key, value in changes.items() if value is not UNSET and key not in known}
    if present is None and fresh and any(isinstance(step, int) for step in path):
        return with_values(text, path[:-1], {str(path[-1]): fresh})  # A table within an item stands in its line.
    differing = {key: value for key, value in changes.items() if key in known and known[key] != value}
    if differing:
        document = parsed(text)
        table = _table(document, path)
        for key, value in differing.items():
            if value is UNSET:
                table.remove(key)
            else:
                _put(table, key, value)
        text = str(tomlkit.dumps(document))
    return _with_fresh(text, path, fresh) if fresh else text


def _with_fresh(text: str, path: Path, fresh: Mapping[str, Any]) -> str:
    """Add keys at the end of a table, above what stands below it: a comment there belongs to what comes next."""
    lines = text.splitlines()
    at = _end_of_table(lines, path)
    if at is None:
        document = parsed(text)
        table = _table(document, path)
        for key, value in fresh.items():
            _put(table, key, value)
        return str(tomlkit.dumps(document))
    return "\n".join([*lines[:at], *(f"{key} = {_written(value)}" for key, value in fresh.items()), *lines[at:]]) + "\n"


def _end_of_table(lines: Sequence[str], path: Path) -> int | None:
    """Tell behind which line the keys of a table end; None where it has no header of its own."""
    begin, end, names = 0, len(lines), []
    for part in path:
        if isinstance(part, str):
            names.append(part)
            continue
        spans = _spans(lines[begin:end], ".".join(names))
        if part >= len(spans):
            return None
        begin, end = begin + spans[part][0], begin + spans[part][1]
    if path and isinstance(path[-1], str):
        headers = (number for number in range(begin, end) if _is_header(lines[number], "[", ".".join(names)))
        found = next(headers, None)
        if found is None:
            return None
        begin = found
    last = begin + 1 if path else 0
    for number in range(last, end):
        if _HEADER.match(lines[number]):
            break
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            last = number + 1
    return last


def _is_header(line: str, bracket: str, name: str) -> bool:
    header = _HEADER.match(line)
    return header is not None and (header[1], header[2]) == (bracket, name)


def with_item(text: str, path: Path, values: Mapping[str, Any]) -> str:
    """Give the text with one more table at the end of a list of tables: behind the last one, before what follows it."""
    name = ".".join(map(str, path))
    written = [f"[[{name}]]", *(f"{key} = {_written(value)}" for key, value in values.items() if value is not UNSET)]
    present = values_at(text, path) or []
    if not isinstance(present, list):
        raise NoSuchPlace(f"{name} is no list of tables")
    if not present:
        text = with_values(text, path[:-1], {str(path[-1]): UNSET})
    lines = text.splitlines()
    spans = _spans(lines, name)
    at = spans[-1][1] if spans else len("\n".join(lines).rstrip().splitlines())
    return _surely("\n".join([*lines[:at], "", *written, *lines[at:]]) + "\n", path, len(present) + 1)


def without_item(text: str, path: Path) -> str:
    """Give the text without one table of a list of tables. Comments above and below it stay."""
    name, index = ".".join(map(str, path[:-1])), path[-1]
    lines = text.splitlines()
    spans = _spans(lines, name)
    if not isinstance(index, int) or not 0 <= index < len(spans):
        raise NoSuchPlace(f"there is no {name}[{index}]")
    begin, end = spans[index]
    if end < len(lines) and not lines[end].strip():
        end += 1
    return _surely("\n".join([*lines[:begin], *lines[end:]]) + "\n", path[:-1], len(spans) - 1)


def _spans(lines: Sequence[str], name: str) -> list[tuple[int, int]]:
    """Give where each table of a list begins, and where what is said in it ends; comments after it are not its own."""
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    last = 0
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header and begin is not None and not header[2].startswith(f"{name}."):
            spans.append((begin, last + 1))
            begin = None
        if _is_header(line, "[[", name):
            begin = number
        if line.strip() and not line.lstrip().startswith("#"):
            last = number
    return spans if begin is None else [*spans, (begin, last + 1)]


def _surely(text: str, path: Path, length: int) -> str:
    """Give the text if the list now has as many tables as it should; a text that is written strangely is refused."""
    found = values_at(text, path) or []
    if len(found) != length:
        raise NoSuchPlace(f"{'.'.join(map(str, path))} is written in a way that only people can change: use the text")
    return text


def _table(document: TOMLDocument, path: Path) -> Any:
    found: Any = document
    for depth, part in enumerate(path):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError) as error:
            if isinstance(part, int) or depth + 1 < len(path):
                raise NoSuchPlace(f"there is no {'.'.join(map(str, path[: depth + 1]))}") from error
            found[part] = tomlkit.table()
            found = found[part]
    if not isinstance(found, TOMLDocument | Table | InlineTable | OutOfOrderTableProxy):
        raise NoSuchPlace(f"{'.'.join(map(str, path))} is no table")
    return found


def _put(table: Any, key: str, value: Any) -> None:
    """Set one value; what hangs at its line (a comment) stays there, and a table of words keeps its own style."""
    present = table.get(key)
    if isinstance(value, Mapping) and isinstance(present, InlineTable | Table):
        for inner in [name for name in present if name not in value]:
            present.remove(inner)
        for inner, inner_value in value.items():
            if inner not in present or _plain(present[inner]) != inner_value:
                _put(present, inner, inner_value)
        return
    made = _item(value)
    if isinstance(present, Item):
        made.trivia.comment_ws, made.trivia.comment = present.trivia.comment_ws, present.trivia.comment
        made.trivia.trail = present.trivia.trail
    table[key] = made


def _item(value: Any) -> Item:
    made = tomlkit.parse(f"made = {_written(value)}").item("made")
    assert isinstance(made, Item), "a value of a document is an item"
    return made


def _written(value: Any) -> str:
    """Write a value as the shipped files do."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(inner)}" for key, inner in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(tomlkit.item(value).as_string())


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value
