"""A call as the words to say: which recorded clips, in which order, per language.

A voice is a pack of short recordings, one per word, so that it works off line and never depends on how a speech
program reads a digit: some read 15 as "mười năm" and 25 as "hai mươi năm" (twenty years). `clip_words` is the whole
list of a pack, `call_words` the clips of one call. Clip keys are the same words in every language where the word
exists (`five`, `hundred`, `letter_h`) and are safe as file names.

Vietnamese numbers, northern and southern, by the rules every speaker follows:

- 1 is *mốt* only after *mươi* (21, 31 … 91), never in 11 or 101;
- 4 is *tư* after *mươi* in the north; the south says *bốn*;
- 5 is *lăm* after *mười* and *mươi* (15, 25), but *năm* alone, in hundreds, after *linh* and digit by digit;
- a ten is *mười* in 10 to 19 and *mươi* from 20 on;
- no tens between hundreds and units are said as *linh* (north) or *lẻ* (south): 105 *một trăm linh năm*;
- no hundreds below a thousand are said as *không trăm*: 1005 *một nghìn không trăm linh năm*;
- a thousand is *nghìn* (north) or *ngàn* (south).

Counters are always said as numbers; the number of a ticket digit by digit or as a number, as the hall has chosen.
"""

from dataclasses import dataclass
from typing import Literal

Dialect = Literal["north", "south"]

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_NUMBER_LIMIT = 1_000_000
_LEAST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class CallStyle:
    """How a hall wants numbers to be said. `numbers` is about tickets; counters are always said as numbers."""

    numbers: Literal["digits", "number"] = "digits"
    dialect: Dialect = "north"


_VIETNAMESE_NUMBERS = {
    "zero": "không",
    "one": "một",
    "two": "hai",
    "three": "ba",
    "four": "bốn",
    "five": "năm",
    "six": "sáu",
    "seven": "bảy",
    "eight": "tám",
    "nine": "chín",
    "ten": "mười",
    "tens": "mươi",
    "one_after_tens": "mốt",
    "four_after_tens": "tư",
    "five_after_tens": "lăm",
    "no_tens_north": "linh",
    "no_tens_south": "lẻ",
    "hundred": "trăm",
    "thousand_north": "nghìn",
    "thousand_south": "ngàn",
}

_VIETNAMESE_LETTERS = {
    "A": "a",
    "B": "bê",
    "C": "xê",
    "D": "dê",
    "Đ": "đê",
    "E": "e",
    "F": "ép phờ",
    "G": "giê",
    "H": "hát",
    "I": "i ngắn",
    "J": "gi",
    "K": "ca",
    "L": "e lờ",
    "M": "em mờ",
    "N": "en nờ",
    "O": "o",
    "P": "pê",
    "Q": "quy",
    "R": "e rờ",
    "S": "ét sì",
    "T": "tê",
    "U": "u",
    "V": "vê",
    "W": "vê kép",
    "X": "ích xì",
    "Y": "i dài",
    "Z": "dét",
}

_ENGLISH_LETTERS = {
    "A": "ay",
    "B": "bee",
    "C": "see",
    "D": "dee",
    "Đ": "dee",
    "E": "ee",
    "F": "eff",
    "G": "jee",
    "H": "aitch",
    "I": "eye",
    "J": "jay",
    "K": "kay",
    "L": "ell",
    "M": "em",
    "N": "en",
    "O": "oh",
    "P": "pee",
    "Q": "cue",
    "R": "ar",
    "S": "ess",
    "T": "tee",
    "U": "you",
    "V": "vee",
    "W": "double you",
    "X": "ex",
    "Y": "why",
    "Z": "zed",
}

_PHRASES = {
    "vi": {
        "call": "xin mời số thứ tự",
        "call_again": "xin mời lại số thứ tự",
        "call_priority": "xin mời số ưu tiên",
        "call_again_priority": "xin mời lại số ưu tiên",
        "to_counter": "đến quầy số",
    },
    "en": {
        "call": "ticket number",
        "call_again": "calling again, ticket number",
        "call_priority": "priority ticket number",
        "call_again_priority": "calling again, priority ticket number",
        "to_counter": "please proceed to counter",
    },
}


def _letter_key(letter: str) -> str:
    return "letter_dd" if letter == "Đ" else f"letter_{letter.lower()}"


_CLIPS = {
    "vi": {
        **_PHRASES["vi"],
        **_VIETNAMESE_NUMBERS,
        **{_letter_key(letter): name for letter, name in _VIETNAMESE_LETTERS.items()},
    },
    "en": {
        **_PHRASES["en"],
        **{name: name for name in (*_DIGITS, *_TEENS, *_TENS, "hundred", "and", "thousand")},
        **{_letter_key(letter): name for letter, name in _ENGLISH_LETTERS.items()},
    },
}

SPOKEN_LANGUAGES = tuple(_CLIPS)
"""The languages that have a grammar here and so may have a voice."""


def clip_words(language: str) -> dict[str, str]:
    """List every clip of a language's voice: key -> the words to record or to synthesise, never with digits."""
    assert language in _CLIPS, f"no grammar for language {language!r}"
    return dict(_CLIPS[language])


def call_words(
    prefix: str,
    number: int,
    counter_number: int,
    language: str,
    style: CallStyle,
    *,
    again: bool,
    priority: bool = False,
) -> tuple[str, ...]:
    """Give the clips of one call, in order: xin mời số thứ tự · hát · không · hai · năm · đến quầy số · ba.

    `prefix` is letters A to Z and Đ, in either case, or empty; `again` says that the visit has been called before,
    `priority` that its number is one of priority (the voice never says why).
    """
    letters = tuple(_letter_key(letter) for letter in prefix.upper())
    said = digit_words(number) if style.numbers == "digits" else number_words(number, language, style.dialect)
    counter = number_words(counter_number, language, style.dialect)
    invitation = ("call_again" if again else "call") + ("_priority" if priority else "")
    words = (invitation, *letters, *said, "to_counter", *counter)
    unknown = set(words) - _CLIPS[language].keys()
    assert not unknown, f"no clips {sorted(unknown)} for {prefix!r} {number} in {language!r}"
    return words


def transcript(words: tuple[str, ...], language: str) -> str:
    """Write out what a row of clips says, for captions, logs and tests."""
    return " ".join(_CLIPS[language][word] for word in words)


def digit_words(number: int) -> tuple[str, ...]:
    """Say a ticket's number as it is printed, digit by digit, with at least three of them."""
    assert 0 <= number < _NUMBER_LIMIT, f"{number} is no number of a ticket"
    return tuple(_DIGITS[int(digit)] for digit in f"{number:0{_LEAST_DIGITS}d}")


def number_words(number: int, language: str, dialect: Dialect = "north") -> tuple[str, ...]:
    """Say a number from 0 to 999,999 as a number of a language."""
    assert 0 <= number < _NUMBER_LIMIT, f"{number} is beyond what can be said"
    assert language in _CLIPS, f"no grammar for language {language!r}"
    return _vietnamese(number, dialect) if language == "vi" else _english(number)


def _vietnamese(number: int, dialect: Dialect) -> tuple[str, ...]:
    if number == 0:
        return ("zero",)
    thousands, rest = divmod(number, 1000)
    words: list[str] = []
    if thousands:
        words += [*_vietnamese_below_thousand(thousands, dialect, after_thousands=False), f"thousand_{dialect}"]
    if rest:
        words += _vietnamese_below_thousand(rest, dialect, after_thousands=bool(thousands))
    return tuple(words)


def _vietnamese_below_thousand(number: int, dialect: Dialect, *, after_thousands: bool) -> list[str]:
    hundreds, below = divmod(number, 100)
    tens, units = divmod(below, 10)
    words: list[str] = []
    if hundreds or after_thousands:
        words += [_DIGITS[hundreds], "hundred"]
    if tens == 0:
        if words and units:
            words.append(f"no_tens_{dialect}")
    elif tens == 1:
        words.append("ten")
    else:
        words += [_DIGITS[tens], "tens"]
    if units:
        words.append(_vietnamese_unit(units, tens, dialect))
    return words


def _vietnamese_unit(units: int, tens: int, dialect: Dialect) -> str:
    """Choose the word of a unit by the ten it follows: mốt, tư, lăm."""
    match _DIGITS[units]:
        case "one" if tens > 1:
            return "one_after_tens"
        case "four" if tens > 1 and dialect == "north":
            return "four_after_tens"
        case "five" if tens:
            return "five_after_tens"
        case plain:
            return plain


def _english(number: int) -> tuple[str, ...]:
    if number == 0:
        return ("zero",)
    thousands, rest = divmod(number, 1000)
    words: list[str] = [*_english_below_thousand(thousands), "thousand"] if thousands else []
    if thousands and 0 < rest < 100:  # noqa: PLR2004 - "one thousand and five", but "one thousand one hundred".
        words.append("and")
    return (*words, *_english_below_thousand(rest))


def _english_below_thousand(number: int) -> list[str]:
    hundreds, below = divmod(number, 100)
    words = [_DIGITS[hundreds], "hundred"] if hundreds else []
    if hundreds and below:
        words.append("and")
    tens, units = divmod(below, 10)
    if tens == 1:
        words.append(_TEENS[units])
    else:
        if tens:
            words.append(_TENS[tens - 2])
        if units:
            words.append(_DIGITS[units])
    return words
