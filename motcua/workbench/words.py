"""The words of what technicians print, sign and read at the devices themselves."""

from datetime import datetime
from pathlib import Path

from motcua.commands import Problem
from motcua.workbench.checks import Seen
from presentation.formats import hall_time
from presentation.text_files import texts_in
from presentation.texts import Texts, TextsError, Words


def read_texts(config: Path) -> Texts:
    """Read the words of all languages. Raises Problem."""
    try:
        return texts_in(config / "texts")
    except TextsError as error:
        raise Problem(str(error)) from error


def words_of(config: Path, language: str) -> Words:
    """Give the words of one language. Raises Problem."""
    texts = read_texts(config)
    if language not in texts.by_language:
        raise Problem(f"there are no words in {language!r}; there are: {', '.join(texts.by_language)}")
    return texts.words(language)


def code_of(reason: str) -> str:
    """Name the words of a printer's reason, as `printer.paper_out`."""
    return f"printer.{reason}"


def world_text(words: Words, code: str, reason: str = "", *, detail: str = "") -> str:
    """Say how a device is: the words of a code below `workbench`, the reason's behind, and what its driver said."""
    said = [words(f"workbench.{code}"), words(f"workbench.{code_of(reason)}") if reason else "", detail]
    return ": ".join(part for part in said if part)


def seen_text(words: Words, seen: Seen, offset_s: int | None = None) -> str:
    """Say what was measured. ``offset_s`` is the hall's distance to UTC, that of this machine unless given."""
    parts = {name: _part(words, name, told, offset_s) for name, told in seen.parts.items()}
    if {"gone_at", "back_at"} <= seen.parts.keys():
        took = datetime.fromisoformat(seen.parts["back_at"]) - datetime.fromisoformat(seen.parts["gone_at"])
        parts["seconds"] = f"{took.total_seconds():.0f}"
    return words(f"commissioning.seen.{seen.key}", **parts)


def _part(words: Words, name: str, told: str, offset_s: int | None) -> str:
    if name.endswith("_code"):
        return words(f"workbench.{told}")
    if name == "seconds":
        return told.replace(".", words("format.decimal"))
    if not name.endswith("_at"):
        return told
    at = datetime.fromisoformat(told)
    local = at.astimezone() if offset_s is None else hall_time(at, offset_s)
    return f"{local:%H:%M:%S}"
