"""Written words as they are said: no digit, no sign and no shortened word is left to a speech program's guess."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presentation.language_runs import runs
from presentation.reading_aloud import aloud, letter, number, spelt
from presentation.texts import texts_from
from tests.support.kiosks import procedures
from tests.support.texts import shipped_texts

VI, EN = (shipped_texts().words(language) for language in ("vi", "en"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("H025", "hát, không, hai, năm"),
        ("Số của quý vị là A042.", "Số của quý vị là a, không, bốn, hai."),
        ("15–30 phút", "từ mười lăm đến ba mươi phút"),
        ("dưới 5 phút", "dưới năm phút"),
        ("Mở cửa lại: 07:30 T4 25/11", "Mở cửa lại: bảy giờ ba mươi phút Thứ Tư ngày hai mươi lăm tháng mười một"),
        ("15:00", "mười lăm giờ"),
        (
            "08:05 · 23/11/2026",
            "tám giờ năm phút, ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu",
        ),
        ("Trang 3/5", "Trang ba trên năm"),
        ("Trang 11/12", "Trang mười một trên mười hai"),
        ("8.000 đ/bản", "tám nghìn đồng, bản"),
        ("1.050.000 đồng", "một triệu không trăm năm mươi nghìn đồng"),
        ("1.500.000 đ", "một triệu năm trăm nghìn đồng"),
        ("02 bản chính", "hai bản chính"),
        ("024 3825 1234", "không, hai, bốn, ba, tám, hai, năm, một, hai, ba, bốn"),
        ("Tờ khai (CT01)", "Tờ khai, xê, tê, không, một"),
        ("ƯU TIÊN · Người cao tuổi", "ưu tiên, Người cao tuổi"),
        ("Quét mã QR để lưu.", "Quét mã quy rờ để lưu."),
        ("Cấp thẻ BHYT", "Cấp thẻ bảo hiểm y tế"),
        ("giấy BTC", "giấy bê tê xê"),
        ("Số định danh: •••••••••345", "Số định danh: kết thúc bằng ba, bốn, năm"),
        ("99,96 %", "chín mươi chín phẩy chín sáu phần trăm"),
        ("từ khóa “khai sinh”…", "từ khóa khai sinh."),
        ("mã 20261123", "mã hai, không, hai, sáu, một, một, hai, ba"),
    ],
)
def test_vietnamese_is_said_as_people_say_it(written: str, said: str) -> None:
    assert aloud(written, VI) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("H025", "aitch, zero, two, five"),
        ("15–30 min", "fifteen to thirty minutes"),
        ("1 min", "one minute"),
        ("Opens at 13:30 Mon 23/11", "Opens at thirteen thirty Monday twenty three November"),
        ("08:05", "eight oh five"),
        ("13:00", "thirteen o’clock"),
        ("8,000 VND", "eight thousand dong"),
        ("Page 3/5", "Page three of five"),
        ("PRIORITY · Elderly", "priority, Elderly"),
        ("PEOPLE'S COMMITTEE", "people's committee"),
        ("PEOPLE’S COMMITTEE of the TV’s", "people’s committee of the tee vee’s"),
    ],
)
def test_english_is_said_as_people_say_it(written: str, said: str) -> None:
    assert aloud(written, EN) == said


def test_a_southern_hall_says_a_thousand_its_own_way() -> None:
    assert number(1005, VI, "south") == "một ngàn không trăm lẻ năm"
    assert aloud("24.000 đ", VI, "south") == "hai mươi bốn ngàn đồng"


@given(st.text(alphabet="0123456789.,:/–-% đhABĐHT•aăx()“” \n", max_size=40))
def test_whatever_is_written_no_digit_and_no_sign_is_left(written: str) -> None:
    for words in (VI, EN):
        assert not re.search(r"[\d•·/–“”()%]", aloud(written, words)), aloud(written, words)


def test_an_amount_that_nobody_follows_is_said_digit_by_digit() -> None:
    assert aloud("1.000.000.000.000 đ", VI) == f"một{', không' * 12} đồng"
    assert aloud("999,000,000,000 VND", EN) == "nine hundred and ninety nine thousand million dong"
    assert number(10**12, EN) == f"one{', zero' * 12}"


@pytest.mark.parametrize(
    "written", ["{}", "{}/{}", "Trang {}/{}", "{},{}", "A{}", "{} đ", "1.{}", "•{}", "{}–{}", "{}h05"]
)
def test_no_length_of_digits_is_too_much(written: str) -> None:
    """Python counts no further than 4,300 digits; a scanned or configured text may have as many as it likes."""
    digits = "9" * 5_000
    for words in (VI, EN):
        assert not re.search(r"\d", aloud(written.format(digits, digits), words))


@given(st.text(max_size=60))
def test_no_text_from_the_world_is_refused(written: str) -> None:
    for words in (VI, EN):
        assert not re.search(r"\d", aloud(written, words))


def test_what_is_said_is_said_the_same_again() -> None:
    for one in procedures():
        said = aloud(one.official_name, VI)
        assert aloud(said, VI) == said


def test_every_procedure_s_own_words_can_be_said() -> None:
    for one in procedures():
        for written in (one.official_name, *one.names.values(), *(one.documents or ())):
            said = aloud(written, VI)
            assert bool(said) == bool(written)
            assert not re.search(r"[\d•·/–“”()%]|\b[^\W\d_]*[A-ZĐ]{3,}", said), (written, said)


def test_each_letter_and_digit_of_the_keyboard_has_a_name_of_its_own() -> None:
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyfjzw"
    named = [letter(sign, VI) for sign in letters]
    assert len(set(named)) == len(letters)
    assert not any(len(name) == 1 and name not in "aeoôu" for name in named if name not in {"á", "ớ", "ê", "ư", "ơ"})
    assert spelt("K7", EN) == "kay, seven"


@pytest.mark.parametrize(
    ("written", "vietnamese"),
    [
        ("You took number H025, regular, for Hộ tịch at 08:00.", ["Hộ tịch"]),
        ("PEOPLE'S COMMITTEE OF PHÚC LỢI WARD", ["PHÚC LỢI"]),
        ("People's Committee of Thanh Xuân ward", ["Thanh Xuân"]),
        ("The counter for Đăng ký khai sinh is closed.", ["Đăng ký khai sinh"]),
        ("Nguyễn Văn Hòa has served you at counter 3.", ["Nguyễn Văn Hòa"]),
        ("From Hộ tịch to Chứng thực, wait 15–30 min", ["Hộ tịch", "Chứng thực"]),
        ("Your number is Đ012", []),
        ("Birth registration", []),
        ("At 10:00 on the way to a café", []),
        ("Fee: 8.000 đ each copy", ["8.000 đ"]),
    ],
)
def test_in_an_english_sentence_only_the_names_are_vietnamese(written: str, vietnamese: list[str]) -> None:
    """WCAG 3.1.2: the rest of the sentence and every number is the page's."""
    cut = runs(written, "en")
    assert "".join(part for part, _ in cut) == written
    assert [part.strip(" ,.:") for part, language in cut if language == "vi"] == vietnamese
    assert {language for _, language in cut} <= {"en", "vi"}


def test_what_is_vietnamese_altogether_stays_whole() -> None:
    for written in ("Đăng ký khai sinh", "Tiếng Việt", "Tờ khai (CT01), 02 bản, lệ phí 8.000 đ/bản", "Cấp thẻ BHYT"):
        assert runs(written, "en") == ((written, "vi"),)
    whole = [one.official_name for one in procedures() if one.official_name]
    assert [name for name in whole if runs(name, "en") != ((name, "vi"),)] == []


@given(st.text(alphabet="aăâ bcdđeêhiknôơtuưy ĐHỘ'’ABC.,-_ 0123\n", max_size=40), st.sampled_from(("vi", "en", "fr")))
def test_however_a_text_is_cut_nothing_of_it_is_lost(written: str, language: str) -> None:
    cut = runs(written, language)
    assert "".join(part for part, _ in cut) == written
    assert all(one[1] != other[1] for one, other in itertools.pairwise(cut))


def test_vietnamese_words_on_another_page_are_said_in_vietnamese() -> None:
    assert runs("Birth registration", "en") == (("Birth registration", "en"),)
    assert runs("English", "vi") == (("English", "vi"),)
    assert runs("Votre guichet\u00a0: Đăng ký", "fr") == (("Votre guichet\u00a0: ", "fr"), ("Đăng ký", "vi"))


def test_a_language_without_our_grammar_leaves_digits_to_its_own_speech_program() -> None:
    french = texts_from({"fr": '[listen.short]\nQR = "Q R"'}).words("fr")
    assert aloud("Le code QR · 15 minutes (H025)", french) == "Le code Q R, 15 minutes, H025"
    assert (number(15, french), spelt("H2", french)) == ("15", "H, 2")
