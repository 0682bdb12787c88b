"""The ticket that a technician prints to see whether a printer prints: letters, code, edges. Pure.

It shows what goes wrong on real printers: marks of Vietnamese letters, both edges of the paper (a picture that is too
wide is cut off or wrapped), dots that are missing in the head, and a code that a scanner must read.
"""

from typing import Final

from PIL import Image, ImageDraw

from hardware.ticket.content import TicketContent
from hardware.ticket.drawing import draw_ticket

RULER_HEIGHT: Final = 48
STRIPES_HEIGHT: Final = 40


def draw_trial(content: TicketContent, width_dots: int = 576) -> Image.Image:
    """Draw a ticket with, below it, a ruler over the whole width of the head and stripes one dot apart, mode "1"."""
    ticket = draw_ticket(content, width_dots)
    below = ticket.height
    paper = Image.new("1", (width_dots, below + RULER_HEIGHT + STRIPES_HEIGHT + 8), 1)
    paper.paste(ticket, (0, 0))
    pen = ImageDraw.Draw(paper)
    for x in range(width_dots):
        if x % 8 == 0 or x == width_dots - 1:
            long = 3 if x % 64 == 0 or x == width_dots - 1 else 1
            pen.line((x, below, x, below + RULER_HEIGHT * long // 3), fill=0)
    pen.line((0, below, width_dots - 1, below), fill=0)
    top = below + RULER_HEIGHT + 8
    for x in range(0, width_dots, 2):
        pen.line((x, top, x, top + STRIPES_HEIGHT // 2 - 1), fill=0)
    for x in range(1, width_dots, 2):
        pen.line((x, top + STRIPES_HEIGHT // 2, x, top + STRIPES_HEIGHT - 1), fill=0)
    return paper
