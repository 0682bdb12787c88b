"""The ticket: read back from its dots by an outside witness, and never broken by long or odd words."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image, ImageDraw

from hardware.ticket import TicketContent, TicketLabels, draw_ticket, forget_drawn, picture_bytes, ticket_bytes
from hardware.ticket.drawing import Weight, _font, _text
from hardware.ticket.trial import LETTER_COLUMNS, LETTER_ROWS, LETTERS_MARGIN, draw_letters, draw_trial

LABELS = TicketLabels(
    your_number="SỐ THỨ TỰ CỦA QUÝ VỊ",
    taken="Giờ lấy số",
    people_ahead="Người chờ trước",
    wait="Ước tính chờ",
    counters="Quầy phục vụ",
    hotline="Đường dây nóng",
)
TICKET = TicketContent(
    agency=("ỦY BAN NHÂN DÂN PHƯỜNG PHÚC LỢI", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
    number_text="H025",
    service="Hộ tịch: Đăng ký khai sinh",
    taken_text="08:42 · 23/11/2026",
    labels=LABELS,
    class_text="ƯU TIÊN · Người cao tuổi",
    people_ahead=6,
    wait_text="15–30 phút",
    counters_text="3, 4",
    qr_text="https://mot-cua.example/t/9f8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c",
    hotline="024 3876 5432",
    footer=("Quét mã để theo dõi lượt và đánh giá phục vụ.", "Vui lòng ngồi chờ đến lượt gọi."),
)
LONG = replace(
    TICKET,
    number_text="AB12345",
    service="Đăng ký kinh doanh, hợp tác xã và các thủ tục liên quan đến đất đai, nhà ở và tài sản khác " * 3,
    procedure="Thủ tục đăng ký biến động quyền sử dụng đất trong các trường hợp chuyển đổi, chuyển nhượng " * 4,
    notices=("BẢN IN LẠI (lần 2)", "Số ngoại tuyến: vẫn được phục vụ theo thứ tự"),
    counters_text=", ".join(str(counter) for counter in range(1, 31)),
)

TONES = ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"


def _ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    return picture.crop(box).convert("L").histogram()[0]


def test_the_trial_has_each_letter_of_vietnamese_that_has_a_mark() -> None:
    """They are made from their parts: a letter, the mark that makes it another, and one of five tones or none."""
    made = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *TONES)}
    marked = {letter for letter in made | {"đ"} if not letter.isascii()}
    assert len(marked) == 67
    assert sorted("".join(LETTER_ROWS)) == sorted(marked | {letter.upper() for letter in marked})


@pytest.mark.parametrize("width_dots", [576, 512, 384])
def test_all_letters_of_the_trial_stand_whole_on_the_paper(width_dots: int) -> None:
    picture = draw_letters(width_dots)
    cell = (width_dots - 2 * LETTERS_MARGIN) // LETTER_COLUMNS
    left = (width_dots - cell * LETTER_COLUMNS) // 2
    pitch = (picture.height - 2 * LETTERS_MARGIN) // len(LETTER_ROWS)
    drawn: dict[bytes, str] = {}
    for row, letters in enumerate(LETTER_ROWS):
        for column, letter in enumerate(letters):
            x, y = left + column * cell, LETTERS_MARGIN + row * pitch
            assert not _ink(picture, (x, y, x + 1, y + pitch)), f"{letter} runs into its neighbour"
            alike = drawn.setdefault(picture.crop((x, y, x + cell, y + pitch)).tobytes(), letter)
            assert alike == letter, f"{alike} and {letter} cannot be told apart"
    trial = draw_trial(TICKET, width_dots)
    below = trial.crop((0, draw_ticket(TICKET, width_dots).height, width_dots, trial.height))
    assert below.crop((0, 0, width_dots, picture.height)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("width_dots", [576, 512, 384])
@pytest.mark.parametrize("content", [TICKET, LONG], ids=["plain", "long"])
def test_an_outside_reader_finds_the_code_on_every_width_of_paper(content: TicketContent, width_dots: int) -> None:
    picture = draw_ticket(content, width_dots)
    assert picture.width == width_dots
    assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [content.qr_text]


@pytest.mark.picture
def test_the_ticket_of_the_documents(picture: Callable[[str], Path]) -> None:
    path = picture("ticket")
    draw_ticket(TICKET, 576).save(path)
    assert [found.text for found in zxingcpp.read_barcodes(Image.open(path).convert("L"))] == [TICKET.qr_text]


@pytest.mark.parametrize("width_dots", [576, 512, 384])
@pytest.mark.parametrize("content", [TICKET, LONG], ids=["plain", "long"])
def test_no_ink_reaches_the_edge_of_the_paper(content: TicketContent, width_dots: int) -> None:
    picture = draw_ticket(content, width_dots)
    assert _ink(picture, (0, 0, 8, picture.height)) == 0
    assert _ink(picture, (width_dots - 8, 0, width_dots, picture.height)) == 0


@pytest.mark.parametrize("weight", ["Medium", "SemiBold", "Bold", "ExtraBold"])
@pytest.mark.parametrize("size", [22, 26, 40])
def test_no_mark_is_cut_off_a_letter(weight: Weight, size: int) -> None:
    """Every Vietnamese letter keeps all its ink; the marks above "Ố" and "Ằ" reach beyond the font's own line."""
    room = 3 * size
    for letter in VIETNAMESE + VIETNAMESE.upper():
        wide = Image.new("L", (2 * room, 2 * room))
        ImageDraw.Draw(wide).text((room, room), letter, fill=255, font=_font(weight, size), anchor="ls")
        whole, kept = wide.getbbox(), _text(letter, weight, size).getbbox()
        assert whole is not None
        assert kept is not None
        assert kept[3] - kept[1] == whole[3] - whole[1], letter


def test_both_unicode_forms_give_the_same_picture() -> None:
    def decomposed(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    other = replace(
        TICKET,
        agency=tuple(decomposed(line) for line in TICKET.agency),
        service=decomposed(TICKET.service),
        class_text=decomposed(TICKET.class_text or ""),
        footer=tuple(decomposed(line) for line in TICKET.footer),
        labels=TicketLabels(*(decomposed(getattr(LABELS, name)) for name in LABELS.__slots__)),
    )
    assert other.service != TICKET.service
    assert draw_ticket(other).tobytes() == draw_ticket(TICKET).tobytes()


def test_what_is_absent_leaves_no_trace() -> None:
    whole = draw_ticket(TICKET).height
    for shorter in (
        replace(TICKET, class_text=None),
        replace(TICKET, wait_text=None),
        replace(TICKET, counters_text=None),
        replace(TICKET, qr_text=None),
        replace(TICKET, hotline=None),
        replace(TICKET, people_ahead=None),
    ):
        assert draw_ticket(shorter).height < whole, shorter
    assert draw_ticket(replace(TICKET, people_ahead=0)).height == whole, "nobody ahead is a fact worth telling"


def test_a_reprint_and_an_off_line_number_are_marked_before_the_number() -> None:
    marked = draw_ticket(replace(TICKET, notices=("BẢN IN LẠI (lần 1)",)))
    assert marked.height > draw_ticket(TICKET).height
    top = draw_ticket(TICKET).crop((0, 0, 576, 90))
    assert marked.crop((0, 0, 576, 90)).tobytes() == top.tobytes(), "the letterhead stays as it was"


def test_a_priority_class_is_white_on_black() -> None:
    bar = "ƯU TIÊN"
    with_class = draw_ticket(replace(TICKET, class_text=bar)).convert("L").histogram()[0]
    without = draw_ticket(replace(TICKET, class_text=None)).convert("L").histogram()[0]
    assert with_class - without > 3_000, "a bar of ink, not thin letters"


def test_a_text_too_long_for_a_code_on_narrow_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="too wide for 384 dots"):
        draw_ticket(replace(TICKET, qr_text="x" * 900), 384)


def _rows_of(stream: bytes) -> tuple[int, bytes]:
    """Read ``GS v 0`` bands and ``ESC J`` feeds (one unit a row) back into rows of dots."""
    width_bytes, dots, at = 0, b"", 0
    while at < len(stream):
        if stream[at : at + 4] == b"\x1dv0\x00":
            width_bytes, height = (int.from_bytes(stream[at + n : at + n + 2], "little") for n in (4, 6))
            dots += stream[at + 8 : at + 8 + width_bytes * height]
            at += 8 + width_bytes * height
        else:
            assert stream[at : at + 2] == b"\x1bJ"
            dots += bytes(72 * stream[at + 2])
            at += 3
    return width_bytes, dots


def test_our_bands_carry_the_same_dots_as_the_whole_picture_of_python_escpos(capfd: pytest.CaptureFixture[str]) -> None:
    picture = draw_ticket(TICKET)
    whole = Dummy()
    whole.image(picture, impl="bitImageRaster", center=False, fragment_height=4000)
    capfd.readouterr()  # It warns that its default profile knows no width.
    assert _rows_of(picture_bytes(picture)) == _rows_of(bytes(whole.output))


def test_feeding_over_white_rows_prints_the_same_dots_with_fewer_bytes() -> None:
    picture = draw_ticket(TICKET)
    plain, skipping = picture_bytes(picture), picture_bytes(picture, feed_units_per_dot=1)
    assert len(skipping) < 0.9 * len(plain)
    width_bytes, dots = _rows_of(skipping)
    assert dots == _rows_of(plain)[1][: len(dots)]
    assert not any(_rows_of(plain)[1][len(dots) :]), "only white rows are left unsaid"
    assert width_bytes == 72


@pytest.mark.parametrize(("content", "width_dots"), [(TICKET, 576), (TICKET, 384), (LONG, 576), (LONG, 384)])
def test_what_is_kept_from_earlier_tickets_changes_no_dot(content: TicketContent, width_dots: int) -> None:
    others = [
        replace(content, number_text="C104", agency=content.agency[::-1], labels=replace(LABELS, taken="Taken at")),
        replace(content, number_text="C105", footer=content.footer[:1], hotline=None, notices=("COPY (1)",)),
        replace(content, number_text="C106", service="Đất đai", class_text=None, procedure=None, people_ahead=None),
    ]
    fresh = []
    for one in (content, *others):
        forget_drawn()
        fresh.append((draw_ticket(one, width_dots).tobytes(), ticket_bytes(one, width_dots, 1)))
    for other_width in (384, 512, 576):
        for one in (*others, content):
            draw_ticket(one, other_width)
    kept = [(draw_ticket(one, width_dots).tobytes(), ticket_bytes(one, width_dots, 1)) for one in (content, *others)]
    assert kept == fresh


@pytest.mark.picture
@pytest.mark.parametrize(
    ("name", "content", "width_dots"),
    [
        ("80mm", TICKET, 576),
        ("58mm", LONG, 384),
        ("reprint", replace(TICKET, notices=("BẢN IN LẠI (lần 1)",)), 576),
    ],
)
def test_pictures_of_tickets(
    picture: Callable[[str], Path], name: str, content: TicketContent, width_dots: int
) -> None:
    path = picture(f"tickets/{name}")
    path.parent.mkdir(exist_ok=True)
    drawn = draw_ticket(content, width_dots)
    drawn.save(path)
    assert drawn.height > 600
    assert [found.text for found in zxingcpp.read_barcodes(drawn.convert("L"))] == [content.qr_text]
