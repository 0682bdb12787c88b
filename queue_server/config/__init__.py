"""TOML to configuration, with the place and the mend of each mistake.

A hall is described by one file, ``branch.toml``, and the catalogues that it names: files of procedures, of later rating
scales and of evaluation forms, each by itself or together. :func:`read_sources` reads the files; :func:`parse` turns
their texts into a :class:`~protocol.configuration.Configuration` or raises :class:`Mistakes`, which holds every mistake
found and not only the first: a technician mends a file once.
"""

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from presentation.checked_tables import Reader
from presentation.mistakes import Mistake, Mistakes, locate
from presentation.said import Said, said
from protocol.configuration import Configuration, Procedure
from queue_server.config.evaluation import read_evaluation
from queue_server.config.rules import check

MAIN: Final = "branch.toml"
"""The name under which the main file stands among the sources, whatever it is called on disk."""

FILE_LIMIT_BYTES: Final = 1_000_000

__all__ = ["MAIN", "Mistake", "Mistakes", "load", "parse", "read_sources"]


def load(main: Path) -> tuple[Configuration, dict[str, str]]:
    """Read and check the hall that ``main`` (a ``branch.toml``, or a folder that holds one) describes.

    Returns the configuration and its sources by name. Raises :class:`Mistakes`.
    """
    sources = read_sources(main)
    return parse(sources), sources


def read_sources(main: Path) -> dict[str, str]:
    """Read ``main`` and the catalogues that it names, relative to itself: ``{"branch.toml": text, …}``.

    Raises :class:`Mistakes` for a file that is missing, too large or no UTF-8 text.
    """
    if main.is_dir():
        main = main / MAIN
    sources = {MAIN: _read_text(main, str(main))}
    try:
        named = tomllib.loads(sources[MAIN]).get("catalogues", [])
    except tomllib.TOMLDecodeError:
        return sources  # parse() will say what is wrong and where.
    for name in named if isinstance(named, list) else []:
        if isinstance(name, str):
            sources[name] = _read_text(main.parent / name, f"{main}: catalogues")
    return sources


def parse(sources: Mapping[str, str]) -> Configuration:
    """Check the texts of a hall. Raises :class:`Mistakes` with all that is wrong; pure but for time-zone look-ups."""
    mistakes: list[Mistake] = []
    texts = {name: unicodedata.normalize("NFC", text) for name, text in sources.items()}
    tables = {name: _table(name, text, mistakes) for name, text in texts.items()}
    if MAIN not in tables:
        what = said("no_main", "there is no {file}", file=MAIN)
        mistakes.append(_mistake(MAIN, 0, "", what, said("name_main", "name the main file of the hall")))
    if mistakes:
        raise Mistakes(mistakes)

    reader = Reader(mistakes)
    raw = dict(tables[MAIN])
    names = raw.pop("catalogues", [])
    raw["configuration_id"] = _fingerprint(texts)
    values = reader.fields(Configuration, raw, MAIN, ())
    listed = names if isinstance(names, list) else []
    files = {name: tables.get(name, {}) for name in listed if isinstance(name, str)}
    catalogue: list[Procedure] = []
    for name, table in files.items():
        catalogue += reader.parts(Procedure, table.get("procedures", []), name, ("procedures",))
    values["catalogue"] = tuple(catalogue)
    check(values, {MAIN: tables[MAIN], **files}, mistakes)
    read_evaluation(values, MAIN, files, reader, mistakes)
    if mistakes:
        raise Mistakes([_with_line(mistake, texts) for mistake in mistakes])
    return Configuration(**values)


def _mistake(file: str, line: int, place: str, what: Said, mend: Said) -> Mistake:
    """Tell of a file as a whole."""
    return Mistake(file, line, place, what, mend)


def _table(name: str, text: str, mistakes: list[Mistake]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = said("no_toml", "this is no TOML: {detail}", detail=error)
        mend = said("mend_syntax", "mend the syntax there")
        mistakes.append(_mistake(name, _line_of_syntax(error), "", what, mend))
        return {}


def _line_of_syntax(error: tomllib.TOMLDecodeError) -> int:
    """Python 3.11 tells the line in words only: ``… (at line 3, column 7)``."""
    _, _, rest = str(error).partition("at line ")
    digits = rest.split(",")[0]
    return int(digits) if digits.isdigit() else 0


def _with_line(mistake: Mistake, texts: Mapping[str, str]) -> Mistake:
    if mistake.line or mistake.file not in texts:
        return mistake
    return msgspec.structs.replace(mistake, line=locate(texts[mistake.file], mistake.path))


def _fingerprint(texts: Mapping[str, str]) -> str:
    """SHA-256 over names and texts in order, so that the same files always are the same configuration."""
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        for part in (name, text):
            digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()


def _read_text(path: Path, named_by: str) -> str:
    try:
        body = path.read_bytes()
    except OSError as error:
        what = said("unreadable", "cannot be read: {detail}", detail=error.strerror or error)
        mend = said("give_path", "give the path of a readable file")
        raise Mistakes([_mistake(str(path), 0, named_by, what, mend)]) from error
    if len(body) > FILE_LIMIT_BYTES:
        what = said("long_file", "is {count} bytes long", count=len(body))
        mend = said("split_file", "split it: {limit} bytes are allowed", limit=FILE_LIMIT_BYTES)
        raise Mistakes([_mistake(str(path), 0, named_by, what, mend)])
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        what = said("no_utf8", "is not UTF-8 text (byte {byte})", byte=error.start)
        raise Mistakes([_mistake(str(path), 0, named_by, what, said("save_utf8", "save the file as UTF-8"))]) from error
