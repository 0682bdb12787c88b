"""Whether a password would be guessed soon, however long it is.

zxcvbn (Wheeler, USENIX Security 2016) counts the guesses of somebody who tries the passwords that leaked most often,
words and names, keyboard walks, dates, repetitions, and letters replaced by look-alikes. What else is guessed first in
this hall is told to it: the words below, the hall's own names, the person's own name and id. No kind of letter is
demanded (ASVS 6.2.5), and nothing is asked of other machines.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from zxcvbn import zxcvbn

LEAST_GUESSES: Final = 10**8
"""At the tries that the doors allow, five in a quarter of an hour, that is five centuries."""

_LOOKED_AT: Final = 72
"""What zxcvbn reads; a longer password is at least as hard as its beginning."""

_WORD_LEAST: Final = 3

_GAPS: Final = re.compile(r"[\s._-]+")

HALL_WORDS: Final = (
    *("motcua", "một cửa", "hành chính công", "trung tâm phục vụ", "bộ phận một cửa", "tiếp nhận và trả kết quả"),
    *("ủy ban nhân dân", "uỷ ban nhân dân", "ubnd", "phường", "thị trấn", "huyện", "thành phố", "quầy số", "hồ sơ"),
    *("cán bộ", "công chức", "kỹ thuật viên", "quản lý", "lãnh đạo", "thanh tra", "quản trị", "nhân viên", "kiosk"),
    *("clerk", "technician", "manager", "inspector", "counter", "mật khẩu", "xin chào", "anh yêu em", "em yêu anh"),
    *("yêu em", "gia đình", "hạnh phúc", "việt nam", "hà nội", "sài gòn", "hồ chí minh", "độc lập tự do"),
)
"""Words that stand near everybody at work in a hall, and those by which passwords of Vietnamese users begin."""


def guessable(password: str, words: Iterable[str] = ()) -> bool:
    """Tell whether so few guesses reach this password; `words` are the names of the hall and of the person."""
    known = sorted({variant for text in (*HALL_WORDS, *words) for variant in _variants(text)})
    # A gap between two words counts as much as a word there, yet everybody who guesses leaves it out as well.
    ways = {password, _GAPS.sub("", password)}
    return any(zxcvbn(way[:_LOOKED_AT], user_inputs=known)["guesses"] < LEAST_GUESSES for way in ways if way)


def _variants(text: str) -> set[str]:
    """Give a text and its words as people type them: with and without marks, together and apart."""
    spoken = unicodedata.normalize("NFC", text).casefold()
    ways = {spoken, _unmarked(spoken)}
    ways |= {way.replace(" ", "") for way in ways} | {word for way in ways for word in way.split()}
    return {way for way in ways if len(way) >= _WORD_LEAST}


def _unmarked(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
