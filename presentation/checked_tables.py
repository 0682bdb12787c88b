"""Raw TOML tables to frozen structs, field by field, collecting every mistake: a technician mends a file once."""

import difflib
from enum import Enum
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from presentation.mistakes import Mistake, Path, place_of

PartT = TypeVar("PartT", bound=msgspec.Struct)


class Reader:
    """Reads parts and notes mistakes; a part with a mistake in it is left out of the result."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes

    def parts(self, kind: type[PartT], raw: Any, file: str, path: Path) -> list[PartT]:
        """Read a list of tables."""
        if not isinstance(raw, list):
            self._note(file, path, "must be a list of tables", f"write [[{path[-1]}]] before each")
            return []
        made = [self.part(kind, item, file, (*path, index)) for index, item in enumerate(raw)]
        return [part for part in made if part is not None]

    def part(self, kind: type[PartT], raw: Any, file: str, path: Path) -> PartT | None:
        """Read one table; ``None`` when it holds a mistake."""
        if not isinstance(raw, dict):
            self._note(file, path, "must be a table", f"write [{place_of(path)}] and its keys")
            return None
        before = len(self._mistakes)
        values = self.fields(kind, raw, file, path)
        return kind(**values) if len(self._mistakes) == before else None

    def fields(self, kind: type[msgspec.Struct], raw: dict[str, Any], file: str, path: Path) -> dict[str, Any]:
        """Read the fields of a table that are there and right; note those that are missing, unknown or wrong."""
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for key in raw.keys() - fields.keys():
            near = difflib.get_close_matches(key, fields.keys(), n=1)
            mend = f"did you mean '{near[0]}'? Else take it out" if near else f"take it out; known: {', '.join(fields)}"
            self._note(file, (*path, key), f"the key '{key}' is unknown", mend, raw)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            if name in raw:
                value = self._value(field.type, raw[name], file, (*path, name), raw)
                if value is not None:
                    values[name] = value
            elif field.required:
                self._note(file, path, f"'{name}' is missing", f"add {name} = …", raw)
        return values

    def _value(self, kind: Any, raw: Any, file: str, path: Path, item: dict[str, Any]) -> Any:
        struct, many = _struct_of(kind)
        if struct is not None:
            return tuple(self.parts(struct, raw, file, path)) if many else self.part(struct, raw, file, path)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            what, _, inner = str(error).partition(" - at `$")
            shown = f" (at {path[-1]}{inner.rstrip('`')})" if inner else ""
            self._note(
                file,
                path,
                f"{_shorten(raw)} will not do: {what[:1].lower()}{what[1:]}{shown}",
                _mend(what, _allowed(kind, of_keys="`key` in" in str(error))),
                item,
            )
            return None

    def _note(self, file: str, path: Path, what: str, mend: str, item: Any = None) -> None:
        self._mistakes.append(Mistake(file, 0, place_of(path, item), what, mend, path))


def _struct_of(kind: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """``Policies`` or ``Policies | None`` -> (Policies, False); ``tuple[Service, ...]`` -> (Service, True)."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind, False
    arguments = getattr(kind, "__args__", ())
    if isinstance(kind, UnionType):
        structs = [each for each in arguments if each is not type(None)]
        return _struct_of(structs[0]) if len(structs) == 1 else (None, False)
    if getattr(kind, "__origin__", None) is tuple and arguments and isinstance(arguments[0], type):
        return (arguments[0], True) if issubclass(arguments[0], msgspec.Struct) else (None, False)
    return None, False


def _shorten(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 -- one line of a terminal.


def _allowed(kind: Any, *, of_keys: bool) -> list[str]:
    """Name the values that a type allows, if it allows only some: those of a table's keys, or of all else."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    if get_origin(kind) is Literal:
        return [str(value) for value in get_args(kind)]
    parts = get_args(kind)
    if get_origin(kind) is dict:
        parts = parts[:1] if of_keys else parts[1:]
    return [name for part in parts for name in _allowed(part, of_keys=of_keys)]


def _mend(what: str, allowed: list[str]) -> str:
    if "regex" in what:
        return "use the form that the pattern allows"
    if "Expected" in what:
        return what.split(",", maxsplit=1)[0].replace("Expected", "write a value of the kind").strip()
    return f"choose one of: {', '.join(allowed)}" if "enum" in what and allowed else "correct the value"
