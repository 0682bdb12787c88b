"""What commands of every kind are made of: who asks, and what was seen of the counter when the key was pressed."""

from typing import Annotated, Literal

import msgspec

from protocol.message import Identifier, Message, OptionalIdentifier, OptionalVisitId


class Command(Message, frozen=True, kw_only=True):
    """Any command."""


StaffRole = Literal["", "clerk", "usher", "technician", "manager", "inspector"]
"""As what a person asks through the staff pages; empty for every other terminal."""


class TerminalCommand(Command, frozen=True, kw_only=True):
    """A command by a function of a paired device. The staff pages add the role of the person who asks."""

    function_id: Identifier
    staff_role: StaffRole = ""


class CounterCommand(TerminalCommand, frozen=True, kw_only=True):
    """A command at a counter. ``clerk_id`` is empty when a call keypad asks."""

    counter_id: Identifier
    clerk_id: OptionalIdentifier = ""


class VisitCommand(CounterCommand, frozen=True, kw_only=True):
    """A command about whoever is at the counter.

    ``visit_id`` is who was there when the key was pressed: it is refused when somebody else is by now. Empty: whoever
    is there.
    """

    visit_id: OptionalVisitId = ""


class CallingCommand(CounterCommand, frozen=True, kw_only=True):
    """A command to call somebody to the counter.

    ``after_call_id`` is the counter's last call that was known when the key was pressed (0: none today): it is refused
    when the counter has called anybody since. ``None``: whatever was called since.
    """

    after_call_id: Annotated[int, msgspec.Meta(ge=0)] | None = None
