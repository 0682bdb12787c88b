"""Written words as words to say: what stands on a screen, ready for a speech program. Pure.

Speech programs read digits and shortened words as they please: some say 15 as "mười năm" (ten years), H025 as a
weight, 8.000 đ as eight, and BHYT not at all. So everything that would be guessed is written out here by the number
grammar of `presentation.speech`, and what comes out holds no digit, no sign and no capitals to spell. A language
without a grammar of ours keeps its digits: its own speech program knows them better than we do.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from presentation.speech import SPOKEN_LANGUAGES, Dialect, clip_words, digit_words, number_words, transcript
from presentation.texts import Words

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS: Final = {
    "đ": "dong",
    "₫": "dong",
    "VND": "dong",
    "min": "minutes",
    "h": "hours",
    "s": "seconds",
    "%": "percent",
}
_VIETNAMESE_LETTERS: Final = {"Ă": "á", "Â": "ớ", "Ê": "ê", "Ô": "ô", "Ơ": "ơ", "Ư": "ư"}
"""The letters that no ticket has; those that tickets have are in `presentation.speech`."""

_VOWEL: Final = re.compile("[AEIOUYĂÂÊÔƠƯÀ-ÖÙ-ÝẠ-Ỹ]")
_NUMBER_LIMIT: Final = 1_000_000
_SAID_DIGITS_MOST: Final = 12
"""A longer number is said digit by digit: nobody follows a million million, and texts from the world have any."""

_YEARS: Final = range(1900, 2100)
_YEAR_DIGITS: Final = 4
_LONG: Final = 3
"""A bare row of more digits is a code or a year, never an amount: amounts have separators."""

_TWO_DIGITS: Final = 10
_MONTHS: Final = 12
_DAYS: Final = 31


def aloud(text: str, words: Words, dialect: Dialect = "north") -> str:
    """Write a text out as it is to be said in the language of `words`."""
    grammar = words.language in SPOKEN_LANGUAGES
    for pattern, said in _rules(words, dialect) if grammar else ():
        text = pattern.sub(said, text)
    text = _WORDS_IN_CAPITALS.sub(partial(_capitals, words=words), text)
    return _without_signs(text)


def letter(sign: str, words: Words) -> str:
    """Name a single letter or digit as it is called when it is spelt."""
    if words.language not in SPOKEN_LANGUAGES:
        return sign
    if sign.isdecimal():
        return transcript(digit_words(int(sign))[-1:], words.language)
    capital = sign.upper()
    if words.language == "vi" and capital in _VIETNAMESE_LETTERS:
        return _VIETNAMESE_LETTERS[capital]
    clips = clip_words(words.language)
    return clips.get("letter_dd" if capital == "Đ" else f"letter_{capital.lower()}", sign)


def spelt(signs: str, words: Words) -> str:
    """Say signs one by one: `H025` as hát, không, hai, năm. The commas give the ear its time."""
    return ", ".join(letter(sign, words) for sign in signs)


def number(value: int, words: Words, dialect: Dialect = "north") -> str:
    """Say a number that is not negative: as one below a million million, digit by digit from there on."""
    if words.language not in SPOKEN_LANGUAGES:
        return str(value)
    millions, rest = divmod(value, _NUMBER_LIMIT)
    if not millions:
        return transcript(number_words(value, words.language, dialect), words.language)
    if millions >= _NUMBER_LIMIT:
        return spelt(str(value), words)
    head = f"{number(millions, words, dialect)} {words('listen.million')}"
    if not rest:
        return head
    # A Vietnamese number says the hundreds that are not there: một triệu không trăm năm mươi nghìn.
    if words.language == "vi" and rest < _NUMBER_LIMIT // 10:
        whole = transcript(number_words(_NUMBER_LIMIT // 10 + rest, "vi", dialect), "vi")
        one, zero = (transcript((name,), "vi") for name in ("one", "zero"))
        return f"{head} {zero}{whole.removeprefix(one)}"
    return f"{head} {number(rest, words, dialect)}"


Said = Callable[[re.Match[str]], str]


class _Says:
    """What is said in place of each thing that is found."""

    def __init__(self, words: Words, dialect: Dialect) -> None:
        self._words = words
        self._number = partial(number, words=words, dialect=dialect)
        self._spell = partial(spelt, words=words)

    def _say(self, digits: str) -> str:
        """Say digits with any separators as a number; Python itself refuses to count thousands of them."""
        digits = _digits_of(digits)
        return self._spell(digits) if len(digits) > _SAID_DIGITS_MOST else self._number(int(digits))

    def of(self, match: re.Match[str]) -> str:
        return self._words("listen.of", part=self._say(match[1]), whole=self._say(match[2]))

    def to(self, match: re.Match[str]) -> str:
        return self._words("listen.to", low=match[1], high=match[2])

    def end(self, match: re.Match[str]) -> str:
        return self._words("listen.ends_in", signs=self._spell(match[1]))

    def signs(self, match: re.Match[str]) -> str:
        return self._spell(match[0])

    def phone(self, match: re.Match[str]) -> str:
        return self._spell(_digits_of(match[0]))

    def date(self, match: re.Match[str]) -> str:
        day, month, year = int(match[1]), int(match[2]), match[3]
        if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS):
            return self.of(match)
        parts = {"day": self._say(match[1]), "month": self._words(f"listen.month.m{month:02d}")}
        if year:
            return self._words("listen.date_year", year=self._say(year), **parts)
        return self._words("listen.date", **parts)

    def time(self, match: re.Match[str]) -> str:
        hour, minute = self._say(match[1]), int(match[2] or 0)
        if not minute:
            return self._words("listen.time_full", hour=hour)
        key = "listen.time_few" if minute < _TWO_DIGITS else "listen.time"
        return self._words(key, hour=hour, minute=self._say(match[2]))

    def unit(self, match: re.Match[str]) -> str:
        return match[1] + self._words.counted(f"listen.unit.{_UNITS[match[3]]}", 1 if match[2] == "1" else 2)

    def amount(self, match: re.Match[str]) -> str:
        return self._say(match[0])

    def decimals(self, match: re.Match[str]) -> str:
        whole, part = self._say(match[1]), self._spell(match[2]).replace(",", "")
        return self._words("listen.decimal", whole=whole, part=part)

    def bare(self, match: re.Match[str]) -> str:
        digits = match[0]
        whole = len(digits) <= _LONG and (digits[0] != "0" or len(digits) < _LONG)
        year = len(digits) == _YEAR_DIGITS and int(digits) in _YEARS
        said = self._say(digits) if whole or year else self._spell(digits)
        return f"{said} " if match.string[match.end() : match.end() + 1].isalpha() else said


def _digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def _rules(words: Words, dialect: Dialect) -> tuple[tuple[re.Pattern[str], Said], ...]:
    """Give what is written out, in the order in which it must be looked for: the special before the general."""
    says = _Says(words, dialect)
    thousands, decimal = (re.escape(words(f"format.{name}")) for name in ("thousands", "decimal"))
    amount = rf"\d{{1,3}}(?:{thousands}\d{{3}})+"
    page = re.escape(words("common.page", page="", pages="").rstrip("/").strip())
    short = {words(f"format.weekday_short.{day}"): words(f"format.weekday.{day}") for day in _WEEKDAYS}
    days, units = ("|".join(map(re.escape, names)) for names in (short, _UNITS))
    table: tuple[tuple[str, Said], ...] = (
        (r"•+ *(\w+)", says.end),
        (rf"\b({days})(?= \d)", lambda match: short[match[1]]),
        (rf"(?<={page} )(\d+)/(\d+)\b", says.of),
        (r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b", says.date),
        (r"\b(\d{1,2})(?::|h)(\d{2})\b", says.time),
        (r"\b(\d{1,2})h()\b", says.time),
        (rf"(({amount}|\d+) ?)({units})(?!\w)", says.unit),
        (r"(?<![\d.])\b0\d{1,3}(?:[ .]\d{3,4}){1,3}\b", says.phone),
        (rf"\b(\d+|{amount})[–-](\d+)", says.to),
        (r"\b([A-ZĐ]{1,4}\d+)\b", says.signs),
        (rf"\b({amount}|\d+){decimal}(\d+)\b", says.decimals),
        (rf"\b{amount}\b", says.amount),
        (r"\b(\d+)/(\d+)\b", says.of),
        (r"\d+", says.bare),
    )
    return tuple((re.compile(pattern), said) for pattern, said in table)


_WORDS_IN_CAPITALS: Final = re.compile(r"(?<!\w)([^\W\da-zà-ÿ_]{2,})(['’][^\W\d_]+)?(?!\w)")
"""With what an apostrophe joins to them: *PEOPLE'S* is one word, shouted or not."""


def _capitals(match: re.Match[str], words: Words) -> str:
    """Say what stands in capitals: a shortened word in full, a shouted one as a word, anything else by its letters."""
    signs, joined = match[1], match[2] or ""
    if words.has(f"listen.short.{signs}"):
        return words(f"listen.short.{signs}") + joined.lower()
    if signs != signs.upper() or signs == signs.lower():
        return match[0]
    return (signs.lower() if _VOWEL.search(signs) else spelt(signs, words).replace(",", "")) + joined.lower()


_SIGNS: Final = (
    (re.compile(r"[“”„\"«»•*|_%]"), ""),
    (re.compile(r"\s*[·/;()\[\]–—]\s*|\s+-\s+"), ", "),
    (re.compile("…"), "."),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,.?!:])"), r"\1"),
    (re.compile(r",(?:\s*,)+"), ","),
    (re.compile(r",\s*([.?!:])"), r"\1"),
    (re.compile(r"([?!:])[.,]"), r"\1"),
    (re.compile(r"\.(?:\s*\.)+"), "."),
)


def _without_signs(text: str) -> str:
    for pattern, instead in _SIGNS:
        text = pattern.sub(instead, text)
    return text.strip(" ,")
