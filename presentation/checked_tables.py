"""Raw TOML tables to frozen structs, field by field, collecting every mistake: a technician mends a file once."""

import difflib
from collections.abc import Sequence
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from presentation.mistakes import Mistake, Path, place_of
from presentation.said import Said, said
from presentation.wanted import wanted

PartT = TypeVar("PartT", bound=msgspec.Struct)


class Reader:
    """Reads parts and notes mistakes; a part with a mistake in it is left out of the result."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes

    def parts(self, kind: type[PartT], raw: Any, file: str, path: Path) -> list[PartT]:
        """Read a list of tables."""
        if not isinstance(raw, list):
            what = said("no_list_of_tables", "must be a list of tables")
            self._note(file, path, what, said("write_headers", "write [[{name}]] before each", name=path[-1]))
            return []
        made = [self.part(kind, item, file, (*path, index)) for index, item in enumerate(raw)]
        return [part for part in made if part is not None]

    def part(self, kind: type[PartT], raw: Any, file: str, path: Path) -> PartT | None:
        """Read one table; ``None`` when it holds a mistake."""
        if not isinstance(raw, dict):
            what = said("no_table", "must be a table")
            self._note(file, path, what, said("write_header", "write [{name}] and its keys", name=place_of(path)))
            return None
        before = len(self._mistakes)
        values = self.fields(kind, raw, file, path)
        return kind(**values) if len(self._mistakes) == before else None

    def fields(self, kind: type[msgspec.Struct], raw: dict[str, Any], file: str, path: Path) -> dict[str, Any]:
        """Read the fields of a table that are there and right; note those that are missing, unknown or wrong."""
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for key in raw.keys() - fields.keys():
            what = said("unknown_key", "the key '{name}' is unknown", name=key)
            self._note(file, (*path, key), what, _near(key, list(fields)), raw)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            if name in raw:
                value = self._value(field.type, raw[name], file, (*path, name), raw)
                if value is not None:
                    values[name] = value
            elif field.required:
                what = said("missing_key", "'{field}' is missing", field=name)
                self._note(file, path, what, said("add_key", "add {field} = …", field=name), raw)
        return values

    def _value(self, kind: Any, raw: Any, file: str, path: Path, item: dict[str, Any]) -> Any:
        struct, many = _struct_of(kind)
        if struct is not None:
            return tuple(self.parts(struct, raw, file, path)) if many else self.part(struct, raw, file, path)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError:
            if get_origin(kind) is dict and isinstance(raw, dict):
                self._entries(kind, raw, file, path, item)
            else:
                self._note(file, path, _will_not_do(raw), _write(kind), item)
            return None

    def _entries(self, kind: Any, raw: dict[str, Any], file: str, path: Path, item: dict[str, Any]) -> None:
        """Note each wrong key and value of a table whose keys are the technician's own."""
        of_key, of_value = get_args(kind)
        for key, value in raw.items():
            if not _is(of_key, key):
                what = said("wrong_key", "the key {value} will not do", value=repr(key))
                self._note(file, (*path, key), what, _write(of_key), item)
            if not _is(of_value, value):
                self._note(file, (*path, key), _will_not_do(value), _write(of_value), item)

    def _note(self, file: str, path: Path, what: Said, mend: Said, item: Any = None) -> None:
        self._mistakes.append(Mistake(file, 0, place_of(path, item), what, mend, path))


def _near(key: str, known: Sequence[str]) -> Said:
    """Say what was meant perhaps by a key that nobody knows."""
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return said("near_key", "did you mean '{near}'? Else take it out", near=near[0])
    return said("take_key_out", "take it out; known: {known}", known=", ".join(known))


def _will_not_do(raw: Any) -> Said:
    return said("wrong_value", "{value} will not do", value=_shorten(raw))


def _write(kind: Any) -> Said:
    return said("write_it", "write {wanted}", wanted=wanted(kind))


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


def _is(kind: Any, raw: Any) -> bool:
    try:
        msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        return False
    return True
