"""What a value of a type looks like, in words for whoever writes a configuration. Pure.

The types know their limits (`msgspec.Meta`), so these sentences cannot disagree with what is refused.
"""

from collections.abc import Sequence
from functools import reduce
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from msgspec import inspect

from presentation.said import Said, said

FORMS: Final = {
    r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$": said(
        "form_identifier",
        "letters without marks, digits and _ . : -, beginning with a letter or a digit, in quotes",
    ),
    r"^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$": said(
        "form_identifier_or_nothing", "letters without marks, digits and _ . : -, or nothing, in quotes"
    ),
    r"^[A-ZĐ]{1,3}$": said("form_prefix", "one to three capital letters from A to Z or Đ, in quotes"),
    r"^[a-z]{2}$": said("form_language", 'two small letters, as "vi"'),
    r"^([01]\d|2[0-3]):[0-5]\d$": said("form_clock", 'an hour from "00:00" to "23:59"'),
    r"^\d{4}-\d{2}-\d{2}$": said("form_day", 'a day as "2026-11-23"'),
    "^([0-9A-Fa-f]{2} ?)*$": said("form_bytes", 'bytes in hex, two digits each, as "AA 55"'),
}
"""The patterns of our configurations, in words."""

_PLAIN: Final[dict[type[inspect.Type], Said]] = {
    inspect.BoolType: said("form_bool", "true or false"),
    inspect.DateType: said("form_bare_day", "a day as 2026-11-23, without quotes"),
    inspect.DateTimeType: said("form_bare_moment", "a moment as 2026-11-23T08:00:00+07:00, without quotes"),
    inspect.TimeType: said("form_bare_time", "an hour as 08:00:00, without quotes"),
}


def wanted(kind: Any) -> Said:
    """Say what may be written for a type: "a whole number from 1 to 255", "one of: full, partial, none"."""
    parts = get_args(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return _one_of(list(map(str, parts)))
    if origin in {Union, UnionType}:
        return reduce(
            lambda one, other: said("either", "{one} or {other}", one=one, other=other),
            [wanted(part) for part in parts if part is not NoneType],
        )
    if origin is dict:
        key, value = map(wanted, parts)
        return said("table_of", "a table; each key: {key}; each value: {value}", key=key, value=value)
    if origin is tuple and parts[1:] == (...,):
        return said("list_of", "a list in [ ], each of it {each}", each=wanted(parts[0]))
    if origin is tuple:
        each = reduce(
            lambda one, other: said("one_then_other", "{one}, then {other}", one=one, other=other), map(wanted, parts)
        )
        return said("list_of_count", "a list in [ ] of {count}: {each}", count=len(parts), each=each)
    return _single(inspect.type_info(kind))


def _one_of(values: Sequence[str]) -> Said:
    return said("one_of", "one of: {values}", values=", ".join(values))


def _single(kind: inspect.Type) -> Said:
    match kind:
        case inspect.IntType():
            return _bounded(said("whole_number", "a whole number"), kind.ge, kind.le)
        case inspect.FloatType():
            return _bounded(said("number", "a number"), kind.ge, kind.le)
        case inspect.StrType():
            return _text(kind)
        case inspect.EnumType():
            return _one_of([str(member.value) for member in kind.cls])
    return _PLAIN.get(type(kind)) or said("table", "a table")


def _bounded(number: Said, least: float | None, most: float | None) -> Said:
    if least is None and most is None:
        return number
    if least is None:
        return said("number_at_most", "{number} of at most {most}", number=number, most=most)
    if most is None:
        return said("number_at_least", "{number} of at least {least}", number=number, least=least)
    return said("number_between", "{number} from {least} to {most}", number=number, least=least, most=most)


def _text(kind: inspect.StrType) -> Said:
    least, most = kind.min_length, kind.max_length
    form = FORMS.get(kind.pattern or "")
    if least == most == 1:
        return said("text_of_one", 'one character in quotes, as "N"')
    if form is not None:
        return form
    text = said("text", "text in quotes")
    if most:
        text = said("text_at_most", "{text}, of at most {most} characters", text=text, most=most)
    return said("text_not_empty", "{text} and not empty", text=text) if least else text
