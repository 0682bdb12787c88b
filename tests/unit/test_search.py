"""People find what they need without accents, without order, and without a full word."""

import unicodedata

import pytest

from presentation.search import fold, found, index

ENTRIES = index(
    [
        ("1.001193", "Đăng ký khai sinh"),
        ("1.004884", "Đăng ký lại khai sinh"),
        ("1.000656", "Đăng ký khai tử"),
        ("1.013978", "Cấp sổ đỏ lần đầu"),
        ("1.012812", "Hòa giải tranh chấp đất đai"),
        ("2.000635", "Cấp bản sao trích lục hộ tịch"),
        ("2.000635", "Bản sao giấy khai sinh"),
    ]
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("HOÀ GIẢI", "hoa giai"),
        ("hòa-giải, ở cơ sở", "hoa giai o co so"),
        ("Ủy ban / Uỷ ban", "uy ban uy ban"),
        (unicodedata.normalize("NFD", "Thường trú"), "thuong tru"),
        ("  ", ""),
    ],
)
def test_folding_leaves_bare_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("so do", ("1.013978",)),
        ("sổ đỏ", ("1.013978",)),
        ("hoà giải", ("1.012812",)),
        ("khai sinh", ("1.001193", "1.004884", "2.000635")),
        ("sinh lai", ("1.004884",)),
        ("kh t", ("1.000656",)),
        ("dang ky khai", ("1.000656", "1.001193", "1.004884")),
        ("ai sinh", ()),
        ("!?", ()),
        ("", ()),
    ],
)
def test_what_is_typed_finds_the_best_first(typed: str, ids: tuple[str, ...]) -> None:
    assert found(ENTRIES, typed, 5) == ids


def test_no_more_than_the_limit_and_each_once() -> None:
    assert len(found(ENTRIES, "d", 2)) == 2
    matched = found(ENTRIES, "khai sinh", 10)
    assert len(matched) == len(set(matched)) == 3
