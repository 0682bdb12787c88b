"""Writing Vietnamese with the keys of a screen or of a keyboard: text and a key in, text out. Pure; always NFC.

Three ways, since nobody should have to learn one at a kiosk. *Letters*: every letter has its key, and a tone key marks
the word that stands last. *Telex* and *VNI*: the two ways that people bring along from their telephones and computers,
as the keyboard programs of Windows and Android have them: `aa aw dd ow`, `s f r x j`, `z`; `6 7 8 9`, `1` to `5`, `0`.
A mark may follow anywhere in its word, a tone moves to where it belongs while the word grows, and the same key twice
takes the mark back and stands for itself.

Where a tone stands: on the letter with a mark of its own (`quyến`); else, before a last consonant, on the vowel next to
it (`toán`); else on the first of two vowels and the second of three (`mía`, `ngoái`). For `oa oe uy` there are two
customs, `hòa` (old, usual here) and `hoà` (new).
"""

import unicodedata
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

Method = Literal["letters", "telex", "vni"]
METHODS: Final[tuple[Method, ...]] = ("letters", "telex", "vni")

TONES: Final = {"sac": "\u0301", "huyen": "\u0300", "hoi": "\u0309", "nga": "\u0303", "nang": "\u0323"}
"""The tone keys of the *letters* way, by their names without marks, and the mark of each."""

_TELEX_TONES: Final = dict(zip("sfrxj", TONES.values(), strict=True))
_VNI_TONES: Final = dict(zip("12345", TONES.values(), strict=True))

_PLAIN: Final = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}
_VOWELS: Final = frozenset("aeiouyăâêôơư")
_HAT: Final = {"a": "â", "e": "ê", "o": "ô"}
_HORN: Final = {"u": "ư", "o": "ơ"}
_BREVE: Final = {"a": "ă"}

_MARKED: Final = frozenset(
    "â âu ây uâ uây ê êu iê iêu yê yêu uê uyê ô ôi uô uôi ă oă ư ưa ưi ưu ơ ơi uơ ươ ươi ươu".split()  # noqa: SIM905 -- a table is read as it is spoken.
)
"""The vowels of Vietnamese syllables that hold a marked letter: no key makes any others."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What has been typed. `literal`: a mark was taken back, and the word now takes keys as they are."""

    text: str = ""
    literal: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """A word taken apart: its letters without the tone, and the tone ("" for the level one)."""

    letters: str
    tone: str

    def vowels(self) -> tuple[int, int]:
        """Give from where to where its vowels stand; equal when it has none. *qu* and *gi* may begin a syllable."""
        letters, end = self.letters, len(self.letters)
        while end and letters[end - 1] not in _VOWELS:
            end -= 1
        start = end
        while start and letters[start - 1] in _VOWELS:
            start -= 1
        begins = letters[max(0, start - 1) : start + 1]
        return (start + 1 if begins in {"qu", "gi"} and end - start > 1 else start), end


def typed(before: Typed, key: str, method: Method, *, new_style: bool = False) -> Typed:
    """Add a key: a letter, a digit or a space; in the *letters* way also the name of a tone in `TONES`."""
    if key == " ":
        return Typed(before.text + " ") if before.text and not before.text.endswith(" ") else before
    if before.literal:
        return Typed(before.text + key, literal=True)
    head, word = _last_word(before.text)
    match method:
        case "letters":
            return Typed(head + _written(_lettered(word, key), new_style=new_style))
        case "telex":
            marked = _telex(word, key)
        case "vni":
            marked = _vni(word, key)
    if marked == word:  # The mark is there already: the same key again takes it back.
        bare = _unmarked(word, key, method)
        if key == "o":  # Two letters o are a sound of their own (`xoong`), and such a word may still get its tone.
            return Typed(head + _written(_Word(bare.letters + key, bare.tone), new_style=new_style))
        return Typed(head + _written(bare, new_style=new_style) + key, literal=True)
    return Typed(head + _written(marked or _grown(word, key), new_style=new_style))


def erased(before: Typed, *, new_style: bool = False) -> Typed:
    """Take the last letter away, whole, however many keys it took; its word keeps its tone while it has a vowel."""
    text = before.text[:-1]
    if before.literal or before.text.endswith(" ") or not text:
        return Typed(text)
    head, word = _last_word(before.text)
    shorter = _Word(word.letters[:-1], word.tone)
    start, end = shorter.vowels()
    keeps = end > start and shorter.letters != "qu"
    return Typed(head + _written(shorter if keeps else _Word(shorter.letters, ""), new_style=new_style))


# --- A word taken apart, and put together ----------------------------------------------------------------------------


def _last_word(text: str) -> tuple[str, _Word]:
    at = text.rfind(" ") + 1
    letters, tone = "", ""
    for sign in text[at:]:
        parts = unicodedata.normalize("NFD", sign)
        tones = [part for part in parts if part in TONES.values()]
        tone = tones[0] if tones else tone
        letters += unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES.values()))
    return text[:at], _Word(letters, tone)


def _written(word: _Word, *, new_style: bool) -> str:
    start, end = word.vowels()
    if not word.tone or start == end:
        return word.letters
    at = start + _tone_place(word.letters[start:end], closed=end < len(word.letters), new_style=new_style)
    return unicodedata.normalize("NFC", word.letters[: at + 1] + word.tone + word.letters[at + 1 :])


def _tone_place(vowels: str, *, closed: bool, new_style: bool) -> int:
    marked = [place for place, vowel in enumerate(vowels) if vowel in _PLAIN]
    if marked:
        return marked[-1]
    if closed:
        return len(vowels) - 1
    if len(vowels) == len("oa"):
        return 1 if new_style and vowels in {"oa", "oe", "uy"} else 0
    return min(1, len(vowels) - 1)


def _grown(word: _Word, key: str) -> _Word:
    """Add a letter. `uơ` is a whole ending (`thuở`); whatever follows it makes `ươ` of it (`hương`)."""
    letters = word.letters
    if letters.endswith("uơ") and key in "cimnptu":
        letters = letters[:-2] + "ươ"
    return _Word(letters + key, word.tone)


# --- Keys that mark --------------------------------------------------------------------------------------------------


def _lettered(word: _Word, key: str) -> _Word:
    """Add a letter, or a tone by its name; the same tone again takes it away."""
    if key in TONES:
        return _toned(word, TONES[key]) or _Word(word.letters, "")
    assert len(key) == 1, f"a key is one sign or the name of a tone, not {key!r}"
    return _Word(word.letters + key, word.tone)


def _telex(word: _Word, key: str) -> _Word | None:
    """Mark a word by a key of Telex; the same word when it is marked so already, None for an ordinary letter."""
    start, end = word.vowels()
    match key:
        case "s" | "f" | "r" | "x" | "j":
            marked = _toned(word, _TELEX_TONES[key], again=True)
        case "z":
            marked = _Word(word.letters, "") if word.tone else None
        case "d":
            marked = _barred(word)
        case "a" | "e" | "o":
            marked = _vowels_marked(word, {key: _HAT[key]})
        case "w" if start == end:
            marked = _Word(word.letters + "ư", "")
        case "w":
            marked = _vowels_marked(word, _HORN) or _vowels_marked(word, _BREVE)
        case _:
            marked = None
    return marked


def _vni(word: _Word, key: str) -> _Word | None:
    """Mark a word by a key of VNI, as `_telex` does."""
    match key:
        case "1" | "2" | "3" | "4" | "5":
            marked = _toned(word, _VNI_TONES[key], again=True)
        case "0":
            marked = _Word(word.letters, "") if word.tone else None
        case "6":
            marked = _vowels_marked(word, _HAT)
        case "7":
            marked = _vowels_marked(word, _HORN)
        case "8":
            marked = _vowels_marked(word, _BREVE)
        case "9":
            marked = _barred(word)
        case _:
            marked = None
    return marked


def _toned(word: _Word, tone: str, *, again: bool = False) -> _Word | None:
    """Give a word another tone; None when nothing can carry it, or (unless `again`) it is there already."""
    start, end = word.vowels()
    if start == end or (tone == word.tone and not again):
        return None
    return _Word(word.letters, tone)


def _barred(word: _Word) -> _Word | None:
    if word.letters.startswith("d"):
        return _Word("đ" + word.letters[1:], word.tone)
    return word if word.letters.startswith("đ") else None


def _vowels_marked(word: _Word, marks: dict[str, str]) -> _Word | None:
    """Put a mark on the vowels that can carry it, on as many as Vietnamese has together (`ươ`)."""
    start, end = word.vowels()
    vowels = word.letters[start:end]
    options = [_options(vowel, marks) for vowel in vowels]
    made = ["".join(one) for one in product(*options)]
    closed = end < len(word.letters)
    usable = [one for one in made if one in _MARKED and any(vowel in marks.values() for vowel in one)]
    if not usable:
        return None
    # `uo` becomes `uơ` while nothing follows, and `ươ` where something does; elsewhere there is but one way.
    best = max(usable, key=lambda one: (sum(vowel in marks.values() for vowel in one) if closed else 0, one == vowels))
    if not closed and best != vowels and "uơ" in usable:
        best = "uơ" if vowels in {"uo", "uô"} else "ươ"
    return _Word(word.letters[:start] + best + word.letters[end:], word.tone)


def _options(vowel: str, marks: dict[str, str]) -> tuple[str, ...]:
    plain = _PLAIN.get(vowel, vowel)
    return (vowel, plain, marks[plain]) if plain in marks else (vowel, plain)


def _unmarked(word: _Word, key: str, method: Method) -> _Word:
    tones = _TELEX_TONES if method == "telex" else _VNI_TONES
    if key in tones:
        return _Word(word.letters, "")
    if key == ("d" if method == "telex" else "9"):
        return _Word("d" + word.letters[1:], word.tone)
    start, end = word.vowels()
    plain = "".join(_PLAIN.get(vowel, vowel) for vowel in word.letters[start:end])
    return _Word(word.letters[:start] + plain + word.letters[end:], word.tone)
