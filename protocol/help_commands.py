"""Commands by which counters call each other for help."""

from typing import Literal

from protocol.command_parts import CounterCommand, TerminalCommand
from protocol.message import Identifier, OptionalIdentifier

HelpFrom = Literal["supervisor", "colleague"]
"""Whom a clerk calls for help."""


class CallHelp(CounterCommand, frozen=True, kw_only=True):
    """The clerk asks somebody to come: a supervisor, any colleague, or the one at ``to_counter_id``."""

    to: HelpFrom
    to_counter_id: OptionalIdentifier = ""


class EndHelp(CounterCommand, frozen=True, kw_only=True):
    """Nobody need come any more: the call for help is taken back, or it is over."""


class AnswerCounterHelp(TerminalCommand, frozen=True, kw_only=True):
    """Somebody goes to the counter that called for help; ``clerk_id`` is who goes."""

    counter_id: Identifier
    clerk_id: OptionalIdentifier = ""
