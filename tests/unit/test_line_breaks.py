"""A line ends at a space, but never inside a telephone's number: half a number is dialled wrong."""

import pytest

from hardware.ticket.drawing import _balanced, _greedy
from presentation.line_breaks import unbroken, words_of

PHONE = "024 3xxx xxxx"
SENTENCE = f"Đường dây nóng: {PHONE}. Xin cảm ơn quý vị."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SENTENCE, ["Đường", "dây", "nóng:", "024\u00a03xxx\u00a0xxxx.", "Xin", "cảm", "ơn", "quý", "vị."]),
        ("Gọi +84 24 3936 1234 ngay", ["Gọi", "+84\u00a024\u00a03936\u00a01234", "ngay"]),
        ("Gọi 0912.345.678 ngay", ["Gọi", "0912.345.678", "ngay"]),
        ("(024) 3936 1234", ["(024)\u00a03936\u00a01234"]),
        ("quầy 3 12 người", ["quầy", "3", "12", "người"]),
        ("08:30 23/11/2026 đến 17:00", ["08:30", "23/11/2026", "đến", "17:00"]),
        ("10\u00a0phút  nữa", ["10\u00a0phút", "nữa"]),
        ("  ", []),
    ],
)
def test_a_number_is_one_word_and_a_no_break_space_holds(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_what_breaks_its_lines_itself_is_given_spaces_that_hold() -> None:
    assert unbroken(SENTENCE) == SENTENCE.replace(PHONE, PHONE.replace(" ", "\u00a0"))


@pytest.mark.parametrize("room", range(200, 560, 20))
def test_no_number_is_broken_on_a_ticket(room: int) -> None:
    for lines in (_balanced(SENTENCE, "Medium", 26, room), _greedy(words_of(SENTENCE), "Medium", 26, room)):
        assert sum(PHONE.replace(" ", "\u00a0") in line for line in lines) == 1, lines
