"""Tickets: what one says (`content`), how it is drawn (`drawing`), the bytes that print it (`raster`). Pure.

`trial` draws the ticket by which a technician sees whether a printer prints.
"""

from hardware.ticket.content import TicketContent, TicketLabels
from hardware.ticket.drawing import draw_ticket, forget_drawn
from hardware.ticket.raster import picture_bytes
from hardware.ticket.trial import TRIAL_CODE, draw_trial, trial_content

__all__ = [
    "TRIAL_CODE",
    "TicketContent",
    "TicketLabels",
    "draw_ticket",
    "draw_trial",
    "forget_drawn",
    "picture_bytes",
    "ticket_bytes",
    "trial_content",
]


def ticket_bytes(content: TicketContent, width_dots: int = 576, feed_units_per_dot: int | None = None) -> bytes:
    """Draw and encode a ticket: the body of a print job; its owner adds reset, feed and cut.

    What a ticket shares with others (letterhead, labels, service, footer) is drawn once and kept, so whoever expects
    tickets draws one beforehand. Raises ValueError when the QR text does not fit the paper's width.
    """
    return picture_bytes(draw_ticket(content, width_dots), feed_units_per_dot)
