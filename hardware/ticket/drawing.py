"""A ticket as a picture. Pure: the same content gives the same dots, whatever was drawn before.

Vietnamese is never sent as text: no code page of a receipt printer composes its stacked marks, so a ticket is one
raster picture. The words come in as data, already in the citizen's language; nothing here knows a language.

The fonts are read once at import through ``importlib.resources``; after that there is no I/O.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from math import ceil
from typing import Final, Literal

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.ticket.content import TicketContent
from presentation.line_breaks import words_of

Weight = Literal["Medium", "SemiBold", "Bold", "ExtraBold"]

QR_QUIET_MODULES: Final = 4  # ISO/IEC 18004 asks for four light modules on each side.
QR_MASK: Final = 3  # Trying all eight takes longer than the rest of the ticket; a reader takes any of them.


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes in dots for one width of paper."""

    width: int
    margin: int
    agency: int
    label: int
    hero: int
    service: int
    service_least: int
    procedure: int
    row: int
    row_pitch: int
    footer: int
    qr: int
    gap: int


_WIDE: Final = _Layout(576, 16, 25, 27, 172, 34, 27, 26, 25, 40, 23, 208, 14)
_NARROW: Final = _Layout(384, 10, 22, 23, 122, 28, 24, 23, 22, 34, 22, 176, 10)
_NARROW_LIMIT: Final = 448


def _layout(width_dots: int) -> _Layout:
    return replace(_NARROW if width_dots < _NARROW_LIMIT else _WIDE, width=width_dots)


def _font_bytes(weight: Weight) -> bytes:
    return (files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf").read_bytes()


_FONTS: Final[dict[Weight, bytes]] = {
    "Medium": _font_bytes("Medium"),
    "SemiBold": _font_bytes("SemiBold"),
    "Bold": _font_bytes("Bold"),
    "ExtraBold": _font_bytes("ExtraBold"),
}


@lru_cache(maxsize=64)
def _font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout needs no shaping library and keeps the blank after "Ự" wide; composed letters need no more.
    return ImageFont.truetype(BytesIO(_FONTS[weight]), size, layout_engine=ImageFont.Layout.BASIC)


# The letters that reach highest and lowest. A font's own ascent is made for English and cuts the marks off "Ố".
_TALLEST: Final = "ẰẮẲẴẦẤẨẪẾỀỂỄỐỒỔỖỨỪỬỮẶỊỢỰỴgjpqy"


@lru_cache(maxsize=64)
def _line(weight: Weight, size: int) -> tuple[int, int]:
    """Measure how far a line reaches above and below its baseline, in dots, whatever letters stand in it."""
    font = _font(weight, size)
    ascent, descent = font.getmetrics()
    _, top, _, bottom = font.getbbox(_TALLEST, anchor="ls")
    return max(ascent, ceil(-top)), max(descent, ceil(bottom))


@lru_cache(maxsize=512)
def _text(text: str, weight: Weight, size: int) -> Image.Image:
    """One line of text as a mask, as high as the font's line whatever its letters, so that baselines agree."""
    font = _font(weight, size)
    ascent, descent = _line(weight, size)
    mask = Image.new("L", (max(1, round(font.getlength(text))), ascent + descent))
    ImageDraw.Draw(mask).text((0, ascent), text, fill=255, font=font, anchor="ls")
    return mask


@lru_cache(maxsize=256)
def _hero(number_text: str, size: int) -> Image.Image:
    """Draw the number, each digit in a cell of one width (the font has no tabular digits), cropped to its ink."""
    font = _font("ExtraBold", size)
    cell = max(font.getlength(digit) for digit in "0123456789")
    advances = [cell if mark.isdecimal() else font.getlength(mark) for mark in number_text]
    ascent, descent = _line("ExtraBold", size)
    mask = Image.new("L", (round(sum(advances)) + size // 8, ascent + descent))
    pen, x = ImageDraw.Draw(mask), size / 16
    for mark, advance in zip(number_text, advances, strict=True):
        pen.text((x + advance / 2, ascent), mark, fill=255, font=font, anchor="ms")
        x += advance
    box = mask.getbbox()
    return mask.crop(box) if box else mask


@lru_cache(maxsize=4096)
def _width(text: str, weight: Weight, size: int) -> float:
    return _font(weight, size).getlength(text)


def _greedy(words: list[str], weight: Weight, size: int, room: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, weight, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balanced(text: str, weight: Weight, size: int, room: int) -> list[str]:
    """Wrap into as few lines as possible, and among those into lines of about one length: a centred block looks so."""
    words = words_of(text)
    fewest = _greedy(words, weight, size, room)
    narrowest = len(fewest) and sum(_width(line, weight, size) for line in fewest) / len(fewest)
    for tried in range(int(narrowest), room, 8):
        lines = _greedy(words, weight, size, tried)
        if len(lines) == len(fewest) and all(_width(line, weight, size) <= room for line in lines):
            return lines
    return fewest


def _shortened(line: str, weight: Weight, size: int, room: int) -> str:
    """Return the line, or as much of it as fits before an ellipsis."""
    if _width(line, weight, size) <= room:
        return line
    words = words_of(line)
    while len(words) > 1 and _width(" ".join(words) + "…", weight, size) > room:
        words.pop()
    line = " ".join(words)
    while line and _width(line + "…", weight, size) > room:
        line = line[:-1]
    return line.rstrip(",;:. ") + "…"


def _fitted(text: str, weight: Weight, sizes: range, room: int, lines_most: int) -> tuple[list[str], int]:
    """Wrap at the first of ``sizes`` (large to small) that needs at most ``lines_most`` lines, else shorten."""
    lines: list[str] = []
    size = sizes[0]
    for size in sizes:
        lines = _greedy(words_of(text), weight, size, room)
        if len(lines) <= lines_most and all(_width(line, weight, size) <= room for line in lines):
            return _balanced(text, weight, size, room), size
    if len(lines) > lines_most:
        lines = [*lines[: lines_most - 1], " ".join(lines[lines_most - 1 :])]
    return [_shortened(line, weight, size, room) for line in lines], size


class _Sheet:
    """A strip of paper that grows downwards: 0 is black ink, 255 bare paper."""

    def __init__(self, layout: _Layout) -> None:
        self.layout = layout
        self.room = layout.width - 2 * layout.margin
        self._paper = Image.new("L", (layout.width, 512), 255)
        self.y = 0

    def _reach(self, bottom: int) -> None:
        if bottom > self._paper.height:
            longer = Image.new("L", (self._paper.width, bottom + 512), 255)
            longer.paste(self._paper, (0, 0))
            self._paper = longer

    def stamp(self, mask: Image.Image, x: int, y: int, ink: int = 0) -> None:
        self._reach(y + mask.height)
        self._paper.paste(ink, (x, y), mask)

    def fill(self, left: int, top: int, right: int, bottom: int, ink: int = 0) -> None:
        self._reach(bottom)
        self._paper.paste(ink, (left, top, right, bottom))

    def centre(self, line: str, weight: Weight, size: int, pitch: int | None = None) -> None:
        mask = _text(line, weight, size)
        self.stamp(mask, (self.layout.width - mask.width) // 2, self.y)
        self.y += pitch or mask.height

    def paragraph(self, words: str, weight: Weight, sizes: range, lines_most: int = 3) -> None:
        """Centred words, as large as ``sizes`` allows within ``lines_most`` lines."""
        lines, size = _fitted(words, weight, sizes, self.room, lines_most)
        for line in lines:
            self.centre(line, weight, size)

    def rule(self) -> None:
        self.y += self.layout.gap
        self.fill(self.layout.margin, self.y, self.layout.width - self.layout.margin, self.y + 3)
        self.y += 3 + self.layout.gap

    def append(self, strip: Image.Image) -> None:
        self._reach(self.y + strip.height)
        self._paper.paste(strip, (0, self.y))
        self.y += strip.height

    def cut(self) -> Image.Image:
        return self._paper.crop((0, 0, self.layout.width, self.y))


@lru_cache(maxsize=32)
def _header(agency: tuple[str, ...], layout: _Layout) -> Image.Image:
    """Draw the agency's name once: it is the same on every ticket of the day."""
    sheet = _Sheet(layout)
    for place, name in enumerate(agency):
        weight: Weight = "Bold" if place == len(agency) - 1 else "Medium"
        # A name on one line, if need be a little smaller, looks more like a letterhead than a name broken in two.
        sizes = range(layout.agency, 21, -1)
        whole = next((size for size in sizes if _width(name, weight, size) <= sheet.room), None)
        sheet.paragraph(name, weight, sizes if whole is None else range(whole, whole - 1, -1), lines_most=2)
    sheet.rule()
    return sheet.cut()


@lru_cache(maxsize=32)
def _footer(footer: tuple[str, ...], hotline: tuple[str, str] | None, layout: _Layout) -> Image.Image:
    """Draw once what to do next and whom to ring: it is the same on every ticket of the day."""
    sheet = _Sheet(layout)
    for sentence in footer:
        for line in _balanced(sentence, "Medium", layout.footer, sheet.room):
            sheet.centre(_shortened(line, "Medium", layout.footer, sheet.room), "Medium", layout.footer)
    if hotline is not None:
        label, telephone = _text(f"{hotline[0]}: ", "Medium", layout.footer), _text(hotline[1], "Bold", layout.footer)
        if label.width + telephone.width <= sheet.room:
            left = (layout.width - label.width - telephone.width) // 2
            sheet.stamp(label, left, sheet.y)
            sheet.stamp(telephone, left + label.width, sheet.y)
            sheet.y += max(label.height, telephone.height)
        else:
            sheet.centre(f"{hotline[0]}:", "Medium", layout.footer)
            sheet.centre(hotline[1], "Bold", layout.footer)
    return sheet.cut()


def _notice(sheet: _Sheet, notice: str) -> None:
    """Frame a sentence: what is unusual about this piece of paper stands before the number."""
    pad, left, right = 9, sheet.layout.margin, sheet.layout.width - sheet.layout.margin
    lines, size = _fitted(notice, "Bold", range(sheet.layout.row, 21, -1), sheet.room - 4 * pad, 3)
    top = sheet.y
    sheet.y += pad
    for line in lines:
        sheet.centre(line, "Bold", size)
    bottom = sheet.y + pad
    for box in ((left, top, right, top + 3), (left, bottom - 3, right, bottom)):
        sheet.fill(*box)
    for box in ((left, top, left + 3, bottom), (right - 3, top, right, bottom)):
        sheet.fill(*box)
    sheet.y = bottom + sheet.layout.gap


def _number(sheet: _Sheet, number_text: str) -> None:
    size = sheet.layout.hero
    mask = _hero(number_text, size)
    if mask.width > sheet.room:
        mask = _hero(number_text, size * sheet.room // mask.width - 1)
    sheet.y += sheet.layout.gap
    sheet.stamp(mask, (sheet.layout.width - mask.width) // 2, sheet.y)
    sheet.y += mask.height + sheet.layout.gap


def _priority(sheet: _Sheet, class_text: str) -> None:
    layout, pad = sheet.layout, 20
    lines, size = _fitted(class_text, "SemiBold", range(layout.row + 1, 21, -1), sheet.room - 2 * pad, 2)
    masks = [_text(line, "SemiBold", size) for line in lines]
    wide = max(mask.width for mask in masks) + 2 * pad
    sheet.y += layout.gap // 2
    left = (layout.width - wide) // 2
    sheet.fill(left, sheet.y, left + wide, sheet.y + 8 + sum(mask.height for mask in masks))
    sheet.y += 4
    for mask in masks:
        sheet.stamp(mask, (layout.width - mask.width) // 2, sheet.y, ink=255)
        sheet.y += mask.height
    sheet.y += 4


def _row(sheet: _Sheet, label: str, value: str) -> None:
    """Set a label at the left and its value at the right; a value too long for the line stands under its label."""
    layout = sheet.layout
    label = _shortened(label, "Medium", layout.row, sheet.room)
    sheet.stamp(_text(label, "Medium", layout.row), layout.margin, sheet.y)
    room_beside = sheet.room - int(_width(label, "Medium", layout.row)) - 16
    lines = [value]
    if _width(value, "SemiBold", layout.row) > room_beside:
        sheet.y += layout.row_pitch
        lines = _balanced(value, "SemiBold", layout.row, sheet.room)
    for line in lines:
        mask = _text(_shortened(line, "SemiBold", layout.row, sheet.room), "SemiBold", layout.row)
        sheet.stamp(mask, layout.width - layout.margin - mask.width, sheet.y)
        sheet.y += layout.row_pitch


def _code(sheet: _Sheet, qr_text: str) -> None:
    """Print the QR code, its modules whole dots, its quiet zone bare paper."""
    matrix = segno.make(qr_text, error="m", micro=False, mask=QR_MASK).matrix
    side = len(matrix)
    small = Image.frombytes("L", (side, side), b"".join(bytes(0 if dot else 255 for dot in line) for line in matrix))
    scale = max(4, sheet.layout.qr // side)
    if (side + 2 * QR_QUIET_MODULES) * scale > sheet.layout.width:
        message = f"QR text of {len(qr_text)} characters needs {side} modules: too wide for {sheet.layout.width} dots"
        raise ValueError(message)
    code = small.resize((side * scale, side * scale), Image.Resampling.NEAREST)
    # The rule above and the words below keep the distance; the sides of the paper are bare anyway.
    sheet.y += QR_QUIET_MODULES * scale - sheet.layout.gap
    inverse = code.point([255 - level for level in range(256)])
    sheet.stamp(inverse, (sheet.layout.width - code.width) // 2, sheet.y)
    sheet.y += code.height + QR_QUIET_MODULES * scale


def _purpose(sheet: _Sheet, content: TicketContent) -> None:
    """Say what the citizen came for, and why they may go earlier."""
    layout = sheet.layout
    sheet.paragraph(_composed(content.service), "Bold", range(layout.service, layout.service_least - 1, -1))
    if content.procedure:
        sheet.y += layout.gap // 3
        sheet.paragraph(_composed(content.procedure), "Medium", range(layout.procedure, 21, -1))
    if content.class_text:
        _priority(sheet, _composed(content.class_text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def draw_ticket(content: TicketContent, width_dots: int = 576) -> Image.Image:
    """Draw ``content`` for paper of ``width_dots`` (576 = 80 mm, 512, 384 = 58 mm): a mode "1" picture, 0 is ink.

    Raises ValueError when the QR text does not fit the paper's width.
    """
    layout = _layout(width_dots)
    labels = content.labels
    sheet = _Sheet(layout)
    sheet.y = 2 * layout.gap
    sheet.append(_header(tuple(_composed(line) for line in content.agency), layout))
    for notice in content.notices:
        _notice(sheet, _composed(notice))
    sheet.centre(_composed(labels.your_number), "SemiBold", layout.label)
    _number(sheet, _composed(content.number_text))
    _purpose(sheet, content)
    sheet.rule()
    rows: tuple[tuple[str, str | None], ...] = (
        (labels.taken, content.taken_text),
        (labels.people_ahead, None if content.people_ahead is None else str(content.people_ahead)),
        (labels.wait, content.wait_text),
        (labels.counters, content.counters_text),
    )
    for label, value in rows:
        if value:
            _row(sheet, _composed(label), _composed(value))
    sheet.rule()
    if content.qr_text:
        _code(sheet, content.qr_text)
    hotline = (_composed(labels.hotline), _composed(content.hotline)) if content.hotline else None
    sheet.append(_footer(tuple(_composed(line) for line in content.footer), hotline, layout))
    sheet.y += layout.gap
    return sheet.cut().point([0] * 128 + [255] * 128, mode="1")


def forget_drawn() -> None:
    """Forget all that was kept for the next ticket, as in a program that has just been started."""
    for kept in (_font, _line, _text, _hero, _width, _header, _footer):
        kept.cache_clear()
