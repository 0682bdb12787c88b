"""What may be written for a value is said in words that follow from its type, and in no idiom of a library."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import inspect

from hardware.agent.settings import AgentSettings, Key
from hardware.codecs.declared import Description
from hardware.codecs.led_registers import LedMap
from hardware.codecs.modbus_keypad import KeypadMap
from hardware.keypad import KeypadAction
from presentation.wanted import FORMS, wanted
from protocol.configuration import Configuration
from protocol.message import Code, Prefix

FILES = (AgentSettings, Configuration, Description, KeypadMap, LedMap)
"""The kinds of files that technicians write."""

SAID = [
    (Annotated[int, msgspec.Meta(ge=1, le=255)], "a whole number from 1 to 255"),
    (Annotated[int, msgspec.Meta(le=255)], "a whole number of at most 255"),
    (Annotated[float, msgspec.Meta(ge=0)] | None, "a number of at least 0"),
    (bool, "true or false"),
    (Key, 'one character in quotes, as "N"'),
    (Code, "text in quotes, of at most 64 characters"),
    (Prefix, "one to three capital letters from A to Z or Đ, in quotes"),
    (Literal["full", "partial", "none"], "one of: full, partial, none"),
    (tuple[Code, ...], "a list in [ ], each of it text in quotes, of at most 64 characters"),
    (tuple[int, str], "a list in [ ] of 2: a whole number, then text in quotes"),
    (dict[Key, bool], 'a table; each key: one character in quotes, as "N"; each value: true or false'),
]


@pytest.mark.parametrize(("kind", "words"), SAID)
def test_what_is_wanted_is_said_in_words(kind: Any, words: str) -> None:
    assert wanted(kind) == words


def test_a_choice_keeps_its_order() -> None:
    assert wanted(KeypadAction) == f"one of: {', '.join(action.value for action in KeypadAction)}"


def leaves(kind: Any) -> Iterator[Any]:
    """Give the types of all fields, those of the tables within too."""
    for field in msgspec.structs.fields(kind):
        yield field.type
        for struct in structs_in(field.type):
            yield from leaves(struct)


def structs_in(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [struct for part in getattr(kind, "__args__", ()) for struct in structs_in(part)]


@pytest.mark.parametrize("kind", FILES)
def test_each_value_of_our_files_has_words(kind: Any) -> None:
    said = [wanted(leaf) for leaf in leaves(kind) if not structs_in(leaf)]
    assert len(said) >= 5
    assert not [words for words in said if "`" in words or "regex" in words or not words]


@pytest.mark.parametrize("kind", FILES)
def test_each_pattern_of_our_files_has_words(kind: Any) -> None:
    patterns = {
        node.pattern for node in nodes(inspect.type_info(kind)) if isinstance(node, inspect.StrType) and node.pattern
    }
    assert patterns <= FORMS.keys()


def nodes(node: Any) -> Iterator[Any]:
    """Give a type and all types within it."""
    yield node
    within = [getattr(node, name, None) for name in ("type", "key_type", "value_type", "item_type")]
    many = [*getattr(node, "types", ()), *getattr(node, "item_types", ()), *getattr(node, "fields", ())]
    for one in (*within, *many):
        if one is not None:
            yield from nodes(one)
