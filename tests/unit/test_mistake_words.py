"""Every mistake that the check of a hall can find has words in both languages, and a place as the forms name it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from presentation.mistakes import Mistake, Mistakes
from presentation.said import Said, in_words, said
from presentation.texts import part_names
from queue_server.config import MAIN, parse
from queue_server.web.draft_text import values_at
from queue_server.web.mistake_words import Told, told
from tests.support.texts import shipped_texts
from tests.unit.config.test_config import PLANTED, WARD

TOP = Path(__file__).parents[2]
FILES = (
    *sorted((TOP / "queue_server" / "config").glob("*.py")),
    TOP / "presentation" / "checked_tables.py",
    TOP / "presentation" / "wanted.py",
)
TEXTS = shipped_texts()
LANGUAGES = ("vi", "en")


def sentences() -> Iterator[tuple[str, str]]:
    """Give each sentence of the checker as it stands in the code: its key and its English, braces and all."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said":
                pair = node.args
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
                pair = node.elts
            else:
                continue
            words = [one.value for one in pair if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if len(words) == 2 and (isinstance(node, ast.Call) or "{" in words[1]):
                yield words[0], words[1]


SENTENCES = dict(sentences())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_has_words_with_the_same_parts_and_no_words_are_left_over(language: str) -> None:
    words = {
        key.removeprefix("mistake."): text
        for key, text in TEXTS.by_language[language].items()
        if key.startswith("mistake.")
    }
    assert len(SENTENCES) > 120
    assert words.keys() == SENTENCES.keys()
    for key, english in SENTENCES.items():
        assert part_names(words[key]) == part_names(english), key


def test_nothing_is_told_in_a_sentence_that_is_english_alone() -> None:
    """What is handed to a mistake is made by `said`: the checkers' functions take nothing else, and mypy sees to it."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("note", "tell", "_mistake", "Mistake"):
                told_here = [one for one in node.args[-2:] if isinstance(one, ast.Constant | ast.JoinedStr)]
                assert not told_here or isinstance(node.args[-1], ast.Starred), f"{path.name}:{node.lineno}"


def in_language(mistake: Mistake, text: str, language: str) -> Told:
    return told(mistake, TEXTS.words(language), lambda path: values_at(text, tuple(path)))


@pytest.mark.parametrize("planted", PLANTED, ids=range(len(PLANTED)))
def test_each_planted_mistake_is_told_in_both_languages(planted: tuple[str, str, str, str, str]) -> None:
    text = WARD[MAIN].replace(planted[0], planted[1], 1)
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, MAIN: text})
    for mistake in caught.value.mistakes:
        assert isinstance(mistake.what, Said), mistake
        assert isinstance(mistake.mend, Said), mistake
        vietnamese, english = (in_language(mistake, text, language) for language in LANGUAGES)
        assert vietnamese.what != english.what
        assert vietnamese.mend != english.mend
        assert "{" not in vietnamese.what + vietnamese.mend


def the_mistake(text: str) -> Mistake:
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, MAIN: text})
    (mistake,) = caught.value.mistakes
    return mistake


@pytest.mark.parametrize(
    ("old", "new", "where", "words", "form"),
    [
        (
            'prefix = "L"',
            'prefix = "l1"',
            "Dịch vụ › Đất đai, xây dựng › Chữ đầu của số",
            ("Giá trị 'l1' không dùng được", "Hãy ghi một đến ba chữ in hoa từ A đến Z hoặc Đ"),
            ("services", 2),
        ),
        (
            "number = 4",
            "number = 5",
            "Quầy › Quầy 4 › Số quầy",
            ("Hai quầy cùng mang số 5", "Cho mỗi quầy một số riêng"),
            ("counters", 3),
        ),
        (
            'day_closes = "18:00"',
            'day_closes = "16:30"',
            "Giờ làm việc › with_saturday",
            (
                "Thứ Hai: 13:00–17:00 trùng khoảng trước hoặc nằm ngoài ngày làm việc (06:30–16:30)",
                "Xếp các khoảng theo thứ tự, nằm giữa giờ mở và giờ đóng ngày trong phần Lịch làm việc",
            ),
            ("hours", 0),
        ),
        (
            "recall_limit = 3",
            'recall_limit = "three"',
            "Quy tắc chung › Gọi lại tối đa",
            ("Giá trị 'three' không dùng được", "Hãy ghi một số nguyên"),
            ("policies", None),
        ),
        (
            'hotline = "024 3xxx xxxx"\n',
            "",
            "",
            ("Thiếu: Đường dây nóng (hotline)", "Điền Đường dây nóng (hotline)"),
            ("", None),
        ),
    ],
)
def test_a_mistake_stands_where_its_form_is(
    old: str, new: str, where: str, words: tuple[str, str], form: tuple[str, int | None]
) -> None:
    text = WARD[MAIN].replace(old, new, 1)
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, MAIN: text})
    found = in_language(caught.value.mistakes[0], text, "vi")
    assert (found.where, found.what, found.mend) == (where, *words)
    assert (found.part, found.index) == form


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    inner = said(
        "number_between", "{number} from {least} to {most}", number=said("number", "a number"), least=1, most=9
    )
    outer = said("write_it", "write {wanted}", wanted=inner)
    assert outer == "write a number from 1 to 9"
    assert in_words(outer, TEXTS.words("vi")) == "Hãy ghi một số từ 1 đến 9"
    assert in_words("plain", TEXTS.words("vi")) == "plain"
