"""Values about a person: to be used in memory, and shown, written or sent nowhere. Pure.

What a citizen's card says must not reach a log, a file, a message or a picture by accident. So such a value
is wrapped: it has no text of its own, cannot be copied into another form, and gives itself up to one method only, whose
name is easy to look for. Python cannot wipe a text from memory; the wrapper keeps it from travelling, and it is gone
when nobody holds it any more.
"""

from typing import Final, Generic, NoReturn, TypeVar

T = TypeVar("T")

SHOWN: Final = "(withheld)"


class CannotLeave(TypeError):  # noqa: N818 -- named for what is wrong.
    """Somebody tried to pickle, copy or encode a value that must stay where it is."""


class Unprintable:
    """A base for values whose contents no text, log, pickle, copy or encoder may show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}{SHOWN}"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, _: str) -> str:
        return repr(self)

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise CannotLeave(f"a {type(self).__name__} stays in memory: it is neither copied, pickled nor encoded")


class Withheld(Unprintable, Generic[T]):
    """One value; ``reveal`` is the only way to it. Two are equal when their values are."""

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # A hash stands for its value wherever it is shown.

    def __init__(self, value: T) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Withheld) and bool(self._value == other._value)

    def reveal(self) -> T:
        """Give the value, to be used at once and kept nowhere."""
        return self._value
