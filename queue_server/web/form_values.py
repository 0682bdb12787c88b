"""What a browser sent of a form, as values of the configuration: only what was really changed. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from queue_server.web.draft_text import UNSET
from queue_server.web.hall_forms import Field, Part

_SPAN: Final = re.compile(r"^\s*(\d{1,2}:\d{2})\s*(?:-|–|—|đến|to)\s*(\d{1,2}:\d{2})\s*$")


def times_text(spans: object) -> str:
    """Write opening spans for people, ``08:00–12:00, 13:00–17:00``."""
    if not isinstance(spans, Sequence) or isinstance(spans, str):
        return ""
    return ", ".join("–".join(map(str, span)) for span in spans)


def times_value(text: str) -> Any:
    """Read opening spans as people write them; what is none stays as it was written, for the check to name it."""
    if not text.strip():
        return UNSET
    found = [_SPAN.match(piece) for piece in text.split(",")]
    if any(one is None for one in found):
        return text.strip()
    return [[_clock(one[1]), _clock(one[2])] for one in found if one is not None]


def _clock(text: str) -> str:
    return text.zfill(len("00:00"))


def changes_of(
    field: Field, form: Callable[[str], list[str]], present: Mapping[str, Any], languages: Sequence[str]
) -> dict[str, Any]:
    """Give what one field changes of a table that says ``present``: keys with their values, or `UNSET`.

    ``form`` gives the texts that the browser sent under a name.
    """
    if not field.key:  # The item is itself a table of words.
        said = {one: _text(form(f"words.{one}"), present.get(one)) for one in languages}
        return {one: words or UNSET for one, words in said.items()}
    value = _value(field, form, present, languages)
    there = field.key in present
    if value is UNSET or (not there and not field.required and _same(value, field.default)):
        return {field.key: UNSET} if there and value is UNSET else {}
    return {field.key: value}


def new_values(part: Part, form: Callable[[str], list[str]], languages: Sequence[str]) -> dict[str, Any]:
    """Give what a new item says; a table within it stands there when it says something, or has to."""
    values: dict[str, Any] = {}
    for field in part.fields:
        found = {key: one for key, one in changes_of(field, form, {}, languages).items() if one is not UNSET}
        if not field.path:
            values.update(found)
        elif found or field.default is None:
            values.setdefault(str(field.path[0]), {}).update(found)
    return {**values, **dict(part.given)}


def _value(field: Field, form: Callable[[str], list[str]], present: Mapping[str, Any], languages: Sequence[str]) -> Any:
    """Give what a field says now, or `UNSET`."""
    before = present.get(field.key)
    if field.kind in ("words", "long_words"):
        return _words(field, form, before, languages)
    sent = form(field.name)
    text = _text(sent, before)
    match field.kind:
        case "tick":
            value: Any = bool(sent)
        case "many":
            # A browser sends them in the order of the page; people wrote them in theirs.
            kept = [one for one in before if one in sent] if isinstance(before, list) else []
            value = [*kept, *(one for one in sent if one and one not in kept)]
        case "sequence":
            value = _listed([one for one in sent if one], field, before)
        case "lines":
            value = _listed([one.strip() for one in text.split(",") if one.strip()], field, before)
        case "number" | "decimal":
            value = _number(text)
        case "times":
            said = times_value(text)
            value = _listed([], field, before) if said is UNSET else said
        case _:
            value = text if text or before == "" else UNSET
    return value


def _listed(values: list[str], field: Field, before: Any) -> Any:
    """Give a list; an empty one stands only where one stood, or where the part needs it."""
    return values if values or field.required or before == [] else UNSET


def _number(text: str) -> Any:
    """Read a number as people write it; what is none stays as it was written, for the check to name it."""
    if re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    plain = text.replace(",", ".")
    return float(plain) if re.fullmatch(r"-?\d{1,9}\.\d{1,9}", plain) else (text or UNSET)


def _words(field: Field, form: Callable[[str], list[str]], kept: Any, languages: Sequence[str]) -> Any:
    """Give a table of words; languages that the hall does not name stay as they are."""
    before = kept if isinstance(kept, dict) else {}
    said = {one: _text(form(f"{field.name}.{one}"), before.get(one)) for one in languages}
    spoken = {one: said.get(one, words) for one, words in before.items() if said.get(one, words)}
    spoken.update({one: words for one, words in said.items() if words})
    return spoken if spoken or field.required or before == {} == kept else UNSET


def _text(sent: Sequence[str], before: Any = None) -> str:
    """Give what was written, without blanks around it; what was not touched stays to the letter."""
    text = sent[0].replace("\r\n", "\n") if sent else ""
    return before if isinstance(before, str) and before.strip() == text.strip() else text.strip()


def _same(value: Any, default: Any) -> bool:
    return bool(value == (list(default) if isinstance(default, tuple) else default))
