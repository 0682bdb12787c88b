"""Every Vietnamese syllable can be written in three ways, and comes out as people write it."""

import random
import unicodedata

import pytest

from presentation.composing import METHODS, TONES, Method, Typed, erased, typed
from tests.support.syllables import syllables

ALL = tuple(syllables())

TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
TELEX_TONE = {"": "", "sac": "s", "huyen": "f", "hoi": "r", "nga": "x", "nang": "j"}
VNI_TONE = {"": "", "sac": "1", "huyen": "2", "hoi": "3", "nga": "4", "nang": "5"}


def written(keys: list[str] | str, method: Method, *, new_style: bool = False, before: str = "") -> str:
    state = Typed(before)
    for key in keys:
        state = typed(state, key, method, new_style=new_style)
        assert unicodedata.is_normalized("NFC", state.text)
    return state.text


def telex(letters: str) -> str:
    # Two letters o in a row are written with a third, which takes the hat of the first two back.
    return "".join(TELEX.get(letter, letter) for letter in letters.replace("oo", "ooo"))


def vni(letters: str) -> str:
    return "".join(VNI.get(letter, letter) for letter in letters)


def test_the_table_holds_the_language() -> None:
    old = [one.old for one in ALL]
    assert len(set(old)) == len(old) > 15_000
    everyday = "người việt đăng ký khai sinh giấy phép xây dựng quyền sử dụng đất nghĩa vụ hộ khẩu chuyển hưởng tuổi"
    assert set(everyday.split()) <= set(old)
    assert {"hòa", "khỏe", "thủy", "thuở", "khuỷu", "quý", "già", "gì", "yếu", "ngoằn"} <= set(old)
    assert {"hoà", "khoẻ", "thuỷ"} <= {one.new for one in ALL}


@pytest.mark.thorough
@pytest.mark.parametrize("new_style", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_every_syllable_comes_out_as_people_write_it(method: Method, *, new_style: bool) -> None:
    wrong = []
    for one in ALL:
        keys = {
            "letters": [*one.letters, *([one.tone] if one.tone else [])],
            "telex": [*telex(one.letters), *TELEX_TONE[one.tone]],
            "vni": [*vni(one.letters), *VNI_TONE[one.tone]],
        }[method]
        expected = one.new if new_style else one.old
        came = written(keys, method, new_style=new_style)
        if came != expected:
            wrong.append((keys, came, expected))
    assert wrong == []


@pytest.mark.thorough
def test_a_tone_may_be_typed_as_soon_as_its_vowel_is_there_and_moves_to_its_place() -> None:
    for one in ALL:
        vowel = next(place for place, letter in enumerate(one.letters) if letter in "aeiouyăâêôơư")
        start, rest = one.letters[: vowel + 1], one.letters[vowel + 1 :]
        if one.tone:
            keys, first = telex(one.letters), len(telex(start))
            assert written(keys[:first] + TELEX_TONE[one.tone] + keys[first:], "telex") == one.old
            assert written(vni(start) + VNI_TONE[one.tone] + vni(rest), "vni") == one.old
            assert written([*start, one.tone, *rest], "letters") == one.old


@pytest.mark.thorough
def test_all_marks_may_be_typed_after_the_letters() -> None:
    hats = {letter: (keys[0], keys[1]) for letter, keys in VNI.items()}
    for one in ALL:
        bare = "".join(hats.get(letter, (letter, ""))[0] for letter in one.letters)
        marks = dict.fromkeys(hats[letter][1] for letter in one.letters if letter in hats)
        if one.letters.endswith("uơ") or len(marks) > 1 + one.letters.startswith("đ"):
            continue
        assert written(bare + "".join(marks) + VNI_TONE[one.tone], "vni") == one.old, (bare, marks, one)


@pytest.mark.parametrize(
    ("method", "keys", "text"),
    [
        ("telex", "ddawng kys khai sinh", "đăng ký khai sinh"),
        ("telex", "dduwowngf", "đường"),
        ("telex", "duongwdf", "đường"),
        ("telex", "huowng", "hương"),
        ("telex", "thuowr", "thuở"),
        ("telex", "tranas", "trấn"),
        ("telex", "tw", "tư"),
        ("telex", "ass", "as"),
        ("telex", "asss", "ass"),
        ("telex", "ddd", "dd"),
        ("telex", "asz", "a"),
        ("telex", "asf", "à"),
        ("telex", "xoongs", "xống"),
        ("telex", "xooongs", "xoóng"),
        ("telex", "xoosong", "xoóng"),
        ("telex", "classs", "class"),
        ("telex", "ngoaos", "ngoáo"),
        ("telex", "a1", "a1"),
        ("telex", "brr", "brr"),
        ("vni", "d9ang8 ky1", "đăng ký"),
        ("vni", "huong7", "hương"),
        ("vni", "a11", "a1"),
        ("vni", "d99", "d9"),
        ("vni", "a10", "a"),
        ("vni", "duoi 6", "duoi 6"),
        ("letters", ["h", "o", "a", "huyen", "n"], "hoàn"),
        ("letters", ["a", "sac", "sac"], "a"),
        ("letters", ["a", "sac", "nang"], "ạ"),
        ("letters", ["k", "sac"], "k"),
        ("letters", ["t", "h", "u", "ơ", "n"], "thuơn"),
        ("letters", "bass", "bass"),
    ],
)
def test_what_people_type_comes_out(method: Method, keys: list[str] | str, text: str) -> None:
    assert written(keys, method) == text


def test_a_word_that_took_a_mark_back_takes_keys_as_they_are_until_it_ends() -> None:
    assert written("basss", "telex") == "bass"
    assert written("basss as", "telex") == "bass á"


@pytest.mark.parametrize(
    ("text", "left"),
    [("hoàn", "hòa"), ("hòa", "hò"), ("khá", "kh"), ("đ", ""), ("a ", "a"), ("", ""), ("quý", "qu"), ("mía", "mí")],
)
def test_a_letter_is_taken_away_whole(text: str, left: str) -> None:
    assert erased(Typed(text)) == Typed(left)


@pytest.mark.thorough
@pytest.mark.parametrize("method", METHODS)
def test_whatever_is_typed_stays_composed_and_can_be_taken_away(method: Method) -> None:
    seed = 20261122
    chance = random.Random(seed)
    signs = [*"aăâbcdđeêfghijklmnoôơpqrstuưvwxyz0123456789", " ", *(TONES if method == "letters" else ())]
    for _ in range(300):
        state = Typed()
        for key in chance.choices(signs, k=40):
            state = typed(state, key, method)
            assert unicodedata.is_normalized("NFC", state.text), (seed, state)
            assert "  " not in state.text, (seed, state)
        for left in range(len(state.text), 0, -1):
            assert len(state.text) == left, (seed, state)
            state = erased(state)
        assert state.text == ""
