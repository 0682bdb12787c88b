"""Which passwords are guessed soon, and which of their kin are not."""

import pytest

from queue_server.web.guessing import guessable

HALL = ("Phúc Lợi", "UBND phường Phúc Lợi", "Nguyễn Thị Ánh")


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "password123",
        "aaaaaaaaaaaa",
        "iloveyou2026",
        "matkhau12345",
        "mật khẩu 123",
        "motcua2026!",
        "Một Cửa 2026",
        "anhyeuem123",
        "phucloi2026",
        "PhucLoi@123",
        "Nguyễn Thị Ánh",
        "nguyenthianh1",
        "technician1",
        "kythuatvien",
        "hanhchinhcong",
        "abcabcabcabc",
    ],
)
def test_what_is_guessed_first_is_no_password(password: str) -> None:
    assert guessable(password, HALL)


@pytest.mark.parametrize(
    "password",
    ["một câu của riêng tôi", "quầy số ba sáng nay", "con mèo leo cây cau", "xK4-tq9z-Lm2v", "m" + "ưa rơi" * 21],
)
def test_what_is_ones_own_is_one(password: str) -> None:
    """Of any letters: none of them has to be large, a digit or a sign."""
    assert not guessable(password, HALL)


def test_the_halls_own_names_make_the_difference() -> None:
    assert guessable("longthanhmy2026", ("Long Thạnh Mỹ",))
    assert not guessable("longthanhmy2026")
