"""The tables of ``docs/messages.md``, made from the types themselves.

``python -m tests.support.message_tables`` writes them into the page between its markers; a test holds the page to them.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import inspect

from presentation.texts import texts_from
from protocol import commands as c
from protocol import views as v
from protocol.commands import AnyCommand
from protocol.roles import COMMANDS_OF_ROLE, COMMANDS_OF_STAFF_ROLE, TOPICS_OF_ROLE
from queue_server.core import REFUSALS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "messages.md"
_BLOCK = re.compile(r"<!-- made: (\w+) -->\n.*?<!-- end -->", re.DOTALL)
_NAMED = {
    r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$": "id",
    r"^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$": 'id or ""',
    r"^[0-9a-f]{32}$": "32 hex digits",
    r"^([0-9a-f]{32})?$": '32 hex digits or ""',
    r"^[A-ZĐ]{1,3}$": "prefix",
    r"^[a-z]{2}$": "language",
    r"^\d{4}-\d{2}-\d{2}$": "day",
    r"^(\d{4}-\d{2}-\d{2})?$": 'day or ""',
    r"^([0-9a-f]{64})?$": '64 hex digits or ""',
    r"^[0-9A-HJKMNP-TV-Z]{8}$": "pairing code",
    r"^([01]\d|2[0-3]):[0-5]\d$": "hh:mm",
}


def tag_of(kind: type[msgspec.Struct]) -> str:
    """Give the ``type`` of a message."""
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def _wire(kind: inspect.Type) -> str:
    """Say in a few words what stands on the wire."""
    match kind:
        case inspect.Metadata(type=inner):
            return _wire(inner)
        case inspect.VarTupleType(item_type=item, max_length=most):
            return f"list of {_wire(item)}" + (f", ≤ {most}" if most else "")
        case inspect.DictType(key_type=key, value_type=value):
            return f"object: {_wire(key)} → {_wire(value)}"
        case inspect.StructType(cls=cls):
            # A view stands under its tag, a part of one under its name; anchors are in small letters.
            tag = cls.__struct_config__.tag
            return f"[{cls.__name__}](#{tag if isinstance(tag, str) else cls.__name__.lower()})"
        case inspect.UnionType(types=types):
            return " or ".join(map(_wire, types))
        case _:
            return _scalar(kind)


_PLAIN = {
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.DateTimeType: "instant",
    inspect.NoneType: "null",
}


def _scalar(kind: inspect.Type) -> str:
    match kind:
        case inspect.StrType(pattern=str(pattern)) if pattern in _NAMED:
            return _NAMED[pattern]
        case inspect.TupleType(item_types=items):
            return f"({', '.join(map(_wire, items))})"
        case inspect.StrType(max_length=longest):
            return "text" if longest is None else f"text ≤ {longest}"
        case inspect.IntType(ge=low, le=high):
            bounds = [f"{sign} {bound}" for sign, bound in (("≥", low), ("≤", high)) if bound is not None]
            return " ".join(["integer", *bounds])
        case inspect.LiteralType(values=values):
            return ", ".join(f'`"{value}"`' for value in sorted(values, key=str))
        case _:
            return _PLAIN[type(kind)]


def _default(field: inspect.Field) -> str:
    if field.required:
        return "required"
    if field.default is not msgspec.NODEFAULT:
        return f"`{msgspec.json.encode(field.default).decode()}`"
    assert field.default_factory is not msgspec.NODEFAULT
    return f"`{msgspec.json.encode(field.default_factory()).decode()}`"


def _told(kind: type[Any]) -> str:
    text = " ".join((kind.__doc__ or "").split())
    return text.replace("``", "`")


def _struct(kind: type[msgspec.Struct], title: str) -> Iterable[str]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    yield f"#### {title}\n"
    yield f"{_told(kind)}\n"
    fields = [field for field in info.fields if field.name != "version"]
    if fields:
        yield "| field | value | if missing |"
        yield "|---|---|---|"
        yield from (f"| `{f.encode_name}` | {_wire(f.type)} | {_default(f)} |" for f in fields)
        yield ""


def _parts(kinds: Iterable[type[msgspec.Struct]]) -> list[type[msgspec.Struct]]:
    """Name the structs inside these messages, each once, in order of appearance."""
    found: dict[type[msgspec.Struct], None] = {}

    def walk(kind: Any) -> None:
        match kind:
            case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
                walk(inner)
            case inspect.DictType(value_type=inner):
                walk(inner)
            case inspect.UnionType(types=types):
                for one in types:
                    walk(one)
            case inspect.StructType(cls=cls, fields=fields):
                if cls not in found and not issubclass(cls, c.Command | v.Reply | v.View):
                    found[cls] = None
                for field in fields:
                    walk(field.type)
            case _:
                pass

    for one in kinds:
        walk(inspect.type_info(one))
    return list(found)


def _messages(kinds: Iterable[type[msgspec.Struct]]) -> str:
    return "\n".join(line for kind in kinds for line in _struct(kind, f"`{tag_of(kind)}`"))


COMMANDS: tuple[type[c.Command], ...] = get_args(AnyCommand)
REPLIES: tuple[type[v.Reply], ...] = get_args(v.AnyReply)
VIEWS: tuple[type[v.View], ...] = get_args(v.AnyView)
WIRE_COMMANDS = tuple(kind for kind in COMMANDS if kind is not c.Tick)
"""``Tick`` is the loop's own."""


def commands() -> str:
    """Make the tables of all commands."""
    return _messages(WIRE_COMMANDS)


def replies() -> str:
    """Make the tables of all replies."""
    return _messages(REPLIES)


def views() -> str:
    """Make the tables of the envelope and of all views."""
    return "\n".join(_struct(v.Envelope, "The envelope")) + "\n" + _messages(VIEWS)


def parts() -> str:
    """Make the tables of what stands inside messages."""
    kinds = _parts([*WIRE_COMMANDS, *REPLIES, *VIEWS])
    return "\n".join(line for kind in kinds for line in _struct(kind, kind.__name__))


def roles() -> str:
    """Make the table of who may ask what."""
    rows = ["| a function of kind | may send |", "|---|---|"]
    for role, kinds in COMMANDS_OF_ROLE.items():
        rows.append(f"| `{role}` | {', '.join(f'`{tag_of(kind)}`' for kind in WIRE_COMMANDS if kind in kinds)} |")
    rows += ["", "| at a `staff` function, `staff_role` | may send |", "|---|---|"]
    for role, kinds in COMMANDS_OF_STAFF_ROLE.items():
        rows.append(f"| `{role}` | {', '.join(f'`{tag_of(kind)}`' for kind in WIRE_COMMANDS if kind in kinds)} |")
    return "\n".join(rows)


def topics() -> str:
    """Make the table of who may watch what."""
    rows = ["| a function of kind | may watch |", "|---|---|"]
    for role, names in TOPICS_OF_ROLE.items():
        rows.append(
            f"| `{role}` | {', '.join(f'`{name}…`' if name.endswith('/') else f'`{name}`' for name in names)} |"
        )
    return "\n".join(rows)


def refusals() -> str:
    """Make the table of refusals, with the English sentence of each."""
    texts = texts_from({"en": (ROOT / "config/texts/en.toml").read_text("utf-8")})
    rows = ["| code | parts | sentence |", "|---|---|---|"]
    for code, names in REFUSALS.items():
        sentence = texts.by_language["en"][f"refusal.{code}"]
        rows.append(f"| `{code}` | {', '.join(f'`{name}`' for name in names)} | {sentence} |")
    return "\n".join(rows)


MADE = {one.__name__: one for one in (commands, replies, views, parts, roles, topics, refusals)}


def filled(page: str) -> str:
    """Give the page with every made part made anew."""

    def block(found: re.Match[str]) -> str:
        return f"<!-- made: {found[1]} -->\n{MADE[found[1]]().strip()}\n<!-- end -->"

    return _BLOCK.sub(block, page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
