"""What ushers ask, who walk through the hall with a tablet, and whoever needs all that wait on one sheet of paper."""

from typing import Annotated

import msgspec

from protocol.command_parts import TerminalCommand
from protocol.message import Identifier, OptionalIdentifier, VisitId


class FetchWaitingList(TerminalCommand, frozen=True, kw_only=True):
    """All who wait, queue by queue in the order in which the rule would call them now; one page of it."""

    page: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class AnswerHelp(TerminalCommand, frozen=True, kw_only=True):
    """Staff go to a kiosk whose citizen called for help (it reported ``help_called``); ``clerk_id`` is who goes."""

    kiosk_function_id: Identifier
    clerk_id: OptionalIdentifier = ""


class MendVisit(TerminalCommand, frozen=True, kw_only=True):
    """Another service or class for who waits, where the wrong one was chosen; empty: as it is."""

    visit_id: VisitId
    service_id: OptionalIdentifier = ""
    priority_class_id: OptionalIdentifier = ""
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    clerk_id: OptionalIdentifier = ""


class PrintTicket(TerminalCommand, frozen=True, kw_only=True):
    """Have a number of today printed at a kiosk, once; the same ``order_id`` is the same piece of paper.

    What becomes of it stands in the view ``hall``. An order that no kiosk has printed in three minutes is void.
    """

    order_id: VisitId
    visit_id: VisitId
    kiosk_function_id: Identifier
    clerk_id: OptionalIdentifier = ""


class FindPrintOrder(TerminalCommand, frozen=True, kw_only=True):
    """For the kiosk that an order names: the number to print, with its ticket's secret.

    The reply is ``visit_found``, in which ``copies`` tells which paper of the number it is; 0 is the first.
    """

    order_id: VisitId


class FindTicket(TerminalCommand, frozen=True, kw_only=True):
    """For an usher: a visit of today with its ticket's secret, so that its code can be shown to be photographed."""

    visit_id: VisitId
