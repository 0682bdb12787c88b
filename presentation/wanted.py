"""What a value of a type looks like, in words for whoever writes a configuration. Pure.

The types know their limits (`msgspec.Meta`), so these sentences cannot disagree with what is refused.
"""

from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from msgspec import inspect

FORMS: Final = {
    r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$": "letters without marks, digits and _ . : -, beginning with a letter or a digit",
    r"^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$": "letters without marks, digits and _ . : -, or nothing",
    r"^[A-ZĐ]{1,3}$": "one to three capital letters from A to Z or Đ",
    r"^[a-z]{2}$": 'two small letters, as "vi"',
    r"^([01]\d|2[0-3]):[0-5]\d$": 'an hour from "00:00" to "23:59"',
    r"^\d{4}-\d{2}-\d{2}$": 'a day as "2026-11-23"',
    "^([0-9A-Fa-f]{2} ?)*$": 'bytes in hex, two digits each, as "AA 55"',
}
"""The patterns of our configurations, in words."""

_PLAIN: Final[dict[type[inspect.Type], str]] = {
    inspect.BoolType: "true or false",
    inspect.DateType: "a day as 2026-11-23, without quotes",
    inspect.DateTimeType: "a moment as 2026-11-23T08:00:00+07:00, without quotes",
    inspect.TimeType: "an hour as 08:00:00, without quotes",
}


def wanted(kind: Any) -> str:
    """Say what may be written for a type: "a whole number from 1 to 255", "one of: full, partial, none"."""
    parts = get_args(kind)
    origin = get_origin(kind)
    if origin is Literal:
        return f"one of: {', '.join(map(str, parts))}"
    if origin in {Union, UnionType}:
        return " or ".join(wanted(part) for part in parts if part is not NoneType)
    if origin is dict:
        return f"a table; each key: {wanted(parts[0])}; each value: {wanted(parts[1])}"
    if origin is tuple and parts[1:] == (...,):
        return f"a list in [ ], each of it {wanted(parts[0])}"
    if origin is tuple:
        return f"a list in [ ] of {len(parts)}: {', then '.join(map(wanted, parts))}"
    return _single(inspect.type_info(kind))


def _single(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType():
            return f"a whole number{_range(kind.ge, kind.le)}"
        case inspect.FloatType():
            return f"a number{_range(kind.ge, kind.le)}"
        case inspect.StrType():
            return _text(kind)
        case inspect.EnumType():
            return f"one of: {', '.join(str(member.value) for member in kind.cls)}"
    return _PLAIN.get(type(kind), "a table")


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f" of at most {most}"
    return f" of at least {least}" if most is None else f" from {least} to {most}"


def _text(kind: inspect.StrType) -> str:
    least, most = kind.min_length, kind.max_length
    form = FORMS.get(kind.pattern or "")
    if least == most == 1:
        return 'one character in quotes, as "N"'
    if form is not None:
        return f"{form}, in quotes" if '"' not in form else form
    return "text in quotes" + (f", of at most {most} characters" if most else "") + (" and not empty" if least else "")
