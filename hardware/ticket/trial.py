"""The ticket that a technician prints to see whether a printer prints: letters, code, edges. Pure.

It shows what goes wrong on real printers: marks of Vietnamese letters (all 134 that have one, each in a cell of its
own), both edges of the paper (a picture that is too wide is cut off or wrapped), dots that are missing in the head, and
a code that a scanner must read.
"""

from datetime import datetime, timedelta
from typing import Final

from PIL import Image, ImageDraw

from hardware.ticket.content import TicketContent, TicketLabels
from hardware.ticket.drawing import _text, draw_ticket
from presentation.formats import moment
from presentation.texts import Words

TRIAL_CODE: Final = "MOTCUA-TRIAL-0123456789"
"""What the code on a test ticket says; no ticket of a visit begins so."""

RULER_HEIGHT: Final = 48
STRIPES_HEIGHT: Final = 40

_SMALL: Final = ("áàảãạăắằẳẵặâấầẩẫậ", "éèẻẽẹêếềểễệíìỉĩị", "óòỏõọôốồổỗộơớờởỡợ", "úùủũụưứừửữựýỳỷỹỵđ")
LETTER_ROWS: Final = (*_SMALL, *(row.upper() for row in _SMALL))
"""Each letter of Vietnamese that has a mark, composed (NFC), small and capital."""

LETTER_COLUMNS: Final = max(map(len, LETTER_ROWS))
LETTERS_MARGIN: Final = 8


def draw_letters(width_dots: int) -> Image.Image:
    """Draw `LETTER_ROWS` in cells of one size, at the size of a ticket's small print, mode "1"."""
    cell = (width_dots - 2 * LETTERS_MARGIN) // LETTER_COLUMNS
    size = min(cell, 26)
    pitch = _text("Ẵ", "Medium", size).height
    paper = Image.new("L", (width_dots, len(LETTER_ROWS) * pitch + 2 * LETTERS_MARGIN), 255)
    left = (width_dots - cell * LETTER_COLUMNS) // 2
    for row, letters in enumerate(LETTER_ROWS):
        for column, letter in enumerate(letters):
            mask = _text(letter, "Medium", size)
            x = left + column * cell + (cell - mask.width) // 2
            paper.paste(0, (x, LETTERS_MARGIN + row * pitch), mask)
    return paper.point([0] * 128 + [255] * 128, mode="1")


def draw_trial(content: TicketContent, width_dots: int = 576) -> Image.Image:
    """Draw a ticket and below it all letters, a ruler over the whole width of the head and stripes one dot apart."""
    ticket, letters = draw_ticket(content, width_dots), draw_letters(width_dots)
    below = ticket.height + letters.height
    paper = Image.new("1", (width_dots, below + RULER_HEIGHT + STRIPES_HEIGHT + 8), 1)
    paper.paste(ticket, (0, 0))
    paper.paste(letters, (0, ticket.height))
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


def trial_content(words: Words, at: datetime) -> TicketContent:
    """Say what a test ticket says: a number that is never given, all the marks of Vietnamese, a code, the hour."""
    labels = TicketLabels(
        your_number=words("trial.your_number"),
        taken=words("trial.printed_at"),
        people_ahead=words("ticket.ahead"),
        wait=words("ticket.wait"),
        counters=words("ticket.counters"),
        hotline=words("trial.width"),
    )
    return TicketContent(
        agency=(words("trial.agency"), words("trial.title")),
        number_text="000",
        service=words("trial.letters"),
        taken_text=moment(words, at, round((at.astimezone().utcoffset() or timedelta()).total_seconds())),
        labels=labels,
        qr_text=TRIAL_CODE,
        footer=(words("trial.look"),),
        notices=(words("ticket.test_print"),),
    )
