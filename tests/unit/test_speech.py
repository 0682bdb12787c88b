"""What a voice says, held against tables written by hand: every number a hall can reach in a day, and the traps."""

import re

import pytest

from presentation.speech import (
    SPOKEN_LANGUAGES,
    CallStyle,
    Dialect,
    call_words,
    clip_words,
    digit_words,
    number_words,
    transcript,
)

# The hundred endings as a northern speaker says them after "một trăm", written out by hand, ten to a line.
NORTH_AFTER_HUNDRED = """
| linh một | linh hai | linh ba | linh bốn | linh năm | linh sáu | linh bảy | linh tám | linh chín
mười | mười một | mười hai | mười ba | mười bốn | mười lăm | mười sáu | mười bảy | mười tám | mười chín
hai mươi | hai mươi mốt | hai mươi hai | hai mươi ba | hai mươi tư | hai mươi lăm | hai mươi sáu | hai mươi bảy | hai mươi tám | hai mươi chín
ba mươi | ba mươi mốt | ba mươi hai | ba mươi ba | ba mươi tư | ba mươi lăm | ba mươi sáu | ba mươi bảy | ba mươi tám | ba mươi chín
bốn mươi | bốn mươi mốt | bốn mươi hai | bốn mươi ba | bốn mươi tư | bốn mươi lăm | bốn mươi sáu | bốn mươi bảy | bốn mươi tám | bốn mươi chín
năm mươi | năm mươi mốt | năm mươi hai | năm mươi ba | năm mươi tư | năm mươi lăm | năm mươi sáu | năm mươi bảy | năm mươi tám | năm mươi chín
sáu mươi | sáu mươi mốt | sáu mươi hai | sáu mươi ba | sáu mươi tư | sáu mươi lăm | sáu mươi sáu | sáu mươi bảy | sáu mươi tám | sáu mươi chín
bảy mươi | bảy mươi mốt | bảy mươi hai | bảy mươi ba | bảy mươi tư | bảy mươi lăm | bảy mươi sáu | bảy mươi bảy | bảy mươi tám | bảy mươi chín
tám mươi | tám mươi mốt | tám mươi hai | tám mươi ba | tám mươi tư | tám mươi lăm | tám mươi sáu | tám mươi bảy | tám mươi tám | tám mươi chín
chín mươi | chín mươi mốt | chín mươi hai | chín mươi ba | chín mươi tư | chín mươi lăm | chín mươi sáu | chín mươi bảy | chín mươi tám | chín mươi chín
"""  # noqa: E501 - ten to a line, so that the eye finds a wrong one.
ENDINGS = [ending.strip() for line in NORTH_AFTER_HUNDRED.strip("\n").splitlines() for ending in line.split("|")]
SMALL = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def northern(number: int) -> str:
    """Read 0..1999 off the table: look up the ending, put what stands before it."""
    if number < 10:
        return SMALL[number]
    if number < 100:
        return ENDINGS[number]
    hundred = f"{SMALL[number // 100 % 10]} trăm {ENDINGS[number % 100]}".strip()
    if number < 1000:
        return hundred
    return "một nghìn" if number == 1000 else f"một nghìn {hundred}"


def said(number: int, dialect: Dialect = "north") -> str:
    return transcript(number_words(number, "vi", dialect), "vi")


def test_the_table_is_whole() -> None:
    assert len(ENDINGS) == 100
    assert len(set(ENDINGS)) == 100


def test_the_north_says_every_number_to_1999_as_the_table() -> None:
    assert [said(number) for number in range(2000)] == [northern(number) for number in range(2000)]


def test_the_south_differs_in_three_words_and_no_more() -> None:
    for number in range(2000):
        southern = northern(number).replace("linh", "lẻ").replace("nghìn", "ngàn").replace("mươi tư", "mươi bốn")
        assert said(number, "south") == southern


@pytest.mark.parametrize(
    ("number", "north"),
    [
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (104, "một trăm linh bốn"),
        (555, "năm trăm năm mươi lăm"),
        (1005, "một nghìn không trăm linh năm"),
        (1015, "một nghìn không trăm mười lăm"),
        (1105, "một nghìn một trăm linh năm"),
        (2000, "hai nghìn"),
        (10_001, "mười nghìn không trăm linh một"),
        (25_021, "hai mươi lăm nghìn không trăm hai mươi mốt"),
        (105_100, "một trăm linh năm nghìn một trăm"),
        (999_999, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín"),
    ],
)
def test_the_known_traps(number: int, north: str) -> None:
    assert said(number) == north


@pytest.mark.parametrize("hundreds", range(1, 10))
def test_no_zero_in_the_middle_is_ever_dropped(hundreds: int) -> None:
    for units in range(1, 10):
        number = hundreds * 100 + units
        assert said(number) == f"{SMALL[hundreds]} trăm linh {SMALL[units]}"
        assert digit_words(number)[1] == "zero"
        assert said(number) != said(hundreds * 10 + units)


def test_one_four_and_five_change_only_where_they_must() -> None:
    for tens in range(10):
        for units, plain, changed, least in ((1, "một", "mốt", 2), (4, "bốn", "tư", 2), (5, "năm", "lăm", 1)):
            for number in (100 + tens * 10 + units, 1000 + tens * 10 + units):
                assert said(number).split()[-1] == (changed if tens >= least else plain)


def test_no_two_numbers_sound_the_same() -> None:
    for language in SPOKEN_LANGUAGES:
        heard = {transcript(number_words(number, language), language) for number in range(12_000)}
        assert len(heard) == 12_000


def test_digit_by_digit_is_what_the_ticket_shows() -> None:
    for number in range(2000):
        digits = transcript(digit_words(number), "vi").split()
        assert "".join(str(SMALL.index(word)) for word in digits) == f"{number:03d}"


@pytest.mark.parametrize(
    ("number", "english"),
    [
        (0, "zero"),
        (5, "five"),
        (12, "twelve"),
        (25, "twenty five"),
        (40, "forty"),
        (105, "one hundred and five"),
        (110, "one hundred and ten"),
        (300, "three hundred"),
        (1000, "one thousand"),
        (1005, "one thousand and five"),
        (1120, "one thousand one hundred and twenty"),
        (12_345, "twelve thousand three hundred and forty five"),
    ],
)
def test_english_numbers(number: int, english: str) -> None:
    assert transcript(number_words(number, "en"), "en") == english


@pytest.mark.parametrize(
    ("style", "again", "vi", "en"),
    [
        (
            CallStyle("digits", "north"),
            False,
            "xin mời số thứ tự hát không hai năm đến quầy số ba",
            "ticket number aitch zero two five please proceed to counter three",
        ),
        (
            CallStyle("number", "north"),
            True,
            "xin mời lại số thứ tự hát hai mươi lăm đến quầy số ba",
            "calling again, ticket number aitch twenty five please proceed to counter three",
        ),
    ],
)
def test_a_call_is_a_polite_sentence(style: CallStyle, again: bool, vi: str, en: str) -> None:
    assert transcript(call_words("H", 25, 3, "vi", style, again=again), "vi") == vi
    assert transcript(call_words("H", 25, 3, "en", style, again=again), "en") == en


def test_a_priority_number_is_called_one_and_no_reason_is_ever_said() -> None:
    style = CallStyle("digits", "north")
    said = [
        transcript(call_words("A", 105, 3, language, style, again=again, priority=True), language)
        for language in ("vi", "en")
        for again in (False, True)
    ]
    assert said == [
        "xin mời số ưu tiên a một không năm đến quầy số ba",
        "xin mời lại số ưu tiên a một không năm đến quầy số ba",
        "priority ticket number ay one zero five please proceed to counter three",
        "calling again, priority ticket number ay one zero five please proceed to counter three",
    ]


def test_counters_are_numbers_even_when_tickets_are_digits() -> None:
    assert call_words("", 7, 15, "vi", CallStyle("digits"), again=False) == (
        *("call", "zero", "zero", "seven"),
        *("to_counter", "ten", "five_after_tens"),
    )


def test_letters_of_the_alphabet_have_names_that_differ_to_the_ear() -> None:
    words = clip_words("vi")
    names = [
        words[call_words(letter, 1, 1, "vi", CallStyle(), again=False)[1]] for letter in "ABCDĐEFGHIJKLMNOPQRSTUVWXYZ"
    ]
    assert len(set(names)) == 27
    assert words["letter_h"] == "hát"
    assert words["letter_dd"] == "đê"
    with pytest.raises(AssertionError, match=r"letter_\?"):
        call_words("?", 1, 1, "vi", CallStyle(), again=False)


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_a_pack_holds_every_clip_and_no_clip_too_many(language: str) -> None:
    dialects: tuple[Dialect, ...] = ("north", "south")
    used = {
        word
        for dialect in dialects
        for again in (False, True)
        for priority in (False, True)
        for number in range(2000)
        for word in call_words(
            "", number, number, language, CallStyle("number", dialect), again=again, priority=priority
        )
    }
    letters = {key for key in clip_words(language) if key.startswith("letter_")}
    assert used | letters == set(clip_words(language))
    for key, spoken in clip_words(language).items():
        assert re.fullmatch(r"[a-z_]+", key), key
        assert spoken
        assert not re.search(r"\d", spoken), f"{key}: digits are written as words"
