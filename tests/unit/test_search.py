"""People find what they need without accents, without order, and without a full word."""

import random
import unicodedata

import pytest

from presentation.search import Found, fold, found, index

NAMES = index(
    [
        ("1.001193", "Đăng ký khai sinh", "vi"),
        ("1.004884", "Đăng ký lại khai sinh", "vi"),
        ("1.000656", "Đăng ký khai tử", "vi"),
        ("1.013978", "Cấp sổ đỏ lần đầu", "vi"),
        ("1.012812", "Hòa giải tranh chấp đất đai", "vi"),
        ("2.000635", "Cấp bản sao trích lục hộ tịch", "vi"),
        ("2.000635", "Bản sao giấy khai sinh", "vi"),
        ("1.013978", "First land certificate", "en"),
        ("2.002516", "Civil status data", "en"),
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
        ("dang ky khai", ("1.001193", "1.000656", "1.004884")),
        ("đăng kí khai", ("1.001193", "1.000656", "1.004884")),
        ("dat", ("1.012812", "2.002516")),
        ("đất", ("1.012812", "2.002516")),
        ("dữ", ()),
        ("!?", ()),
        ("", ()),
    ],
)
def test_what_is_typed_finds_the_best_first(typed: str, ids: tuple[str, ...]) -> None:
    assert found(NAMES, typed, "vi") == Found(ids)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("dkks", ("1.001193",)),
        ("dklks", ("1.004884",)),
        ("khaisinh", ("1.001193", "1.004884", "2.000635")),
        ("ksinh", ("1.001193", "1.004884", "2.000635")),
        ("dkkt", ("1.000656",)),
        ("bs gks", ("2.000635",)),
    ],
)
def test_letters_may_stand_for_words_that_follow_one_another(typed: str, ids: tuple[str, ...]) -> None:
    assert found(NAMES, typed, "vi") == Found(ids)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("khai xinh", "1.001193"),  # sounds alike in the north
        ("dang ki khai tu", "1.000656"),
        ("tranh trap", "1.012812"),
    ],
)
def test_spellings_that_sound_alike_are_one(typed: str, first: str) -> None:
    assert found(NAMES, typed, "vi").entry_ids[0] == first
    assert not found(NAMES, typed, "vi").similar


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("kahi sinh", "1.001193"),  # two letters swapped
        ("kai sinh", "1.001193"),  # a letter missing
        ("khaii sinh", "1.001193"),  # a letter too many
        ("khai sunh", "1.001193"),  # a wrong letter
        ("khai sinhs", "1.001193"),  # a tone of Telex
        ("trichs lujc", "2.000635"),  # two of them
        ("giay khaii sinh", "2.000635"),
        ("xin ban sao trich luc", "2.000635"),  # a word that the name lacks
    ],
)
def test_a_mistake_finds_what_is_similar_and_says_so(typed: str, first: str) -> None:
    assert found(NAMES, typed, "vi").similar
    assert found(NAMES, typed, "vi").entry_ids[0] == first


@pytest.mark.parametrize("typed", ["zzz", "qwertz", "xx yy", "7", "so zzz"])
def test_what_is_like_nothing_finds_nothing(typed: str) -> None:
    assert found(NAMES, typed, "vi").entry_ids == ()


def test_each_procedure_is_found_once_whatever_its_names() -> None:
    matched = found(NAMES, "khai sinh", "vi").entry_ids
    assert len(matched) == len(set(matched)) == 3


def test_no_text_whatever_is_too_much() -> None:
    chance = random.Random(11)
    for _ in range(500):
        typed = "".join(chance.choices("aăbcdđeghiknoôstuưxy 1.%€\u0301", k=chance.randint(1, 60)))
        assert set(found(NAMES, typed, "vi").entry_ids) <= {entry.entry_id for entry in NAMES.entries}
