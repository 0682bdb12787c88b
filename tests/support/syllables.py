"""All syllables that Vietnamese spelling allows, each with its tone where people write it: made from a table by hand.

The endings stand in the table with the *sắc* tone already in its place, so that no rule of ours puts it there; where
the old and the new custom differ, both are given (`óa|oá`). Meaning is not asked for: many of these are no words.
"""

# ruff: noqa: SIM905 -- tables are read as they are spoken.

import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

ENDINGS = """
á ác ách ái ám án áng ánh áo áp át áu áy ắc ắm ắn ắng ắp ắt ấc ấm ấn ấng ấp ất ấu ấy
é éc ém én éng éo ép ét ế ếch ếm ến ếnh ếp ết ếu
ó óc ói óm ón óng óp ót oóc oóng óa|oá oác oách oái oám oán oáng oánh oáo oáp oát oáy oắc oắm oắn oắng oắt
óe|oé oén oéo oét ố ốc ối ốm ốn ống ốp ốt ớ ới ớm ớn ớp ớt
ú úa úc úi úm ún úng úp út uế uếch uếnh uấn uấng uất uấy uốc uối uốm uốn uống uốt uớ úy|uý uých uýn uýnh uýp uýt uýu
uyến uyết ứ ứa ức ứi ứng ứt ứu ước ưới ướm ướn ướng ướp ướt ướu
""".split()
WITH_I = "í ía ích ím ín ính íp ít íu iếc iếm iến iếng iếp iết iếu".split()
WITH_Y = "ý yếm yến yếng yết yếu".split()
"""Endings of syllables that begin with a vowel (`yêu`) …"""
AFTER_QU = """
á ác ách ái án áng ánh áo át áy ắc ắm ắn ắng ắp ắt ấn ất ấy é én éo ét ế ến ết ốc ớ ý ých ýnh ýt yến yết
""".split()
"""… and of those that begin with `qu`."""
BEGINNINGS = "b c ch d đ g gh h k kh l m n ng ngh nh p ph r s t th tr v x".split()
BEFORE_E_I = {"c": False, "g": False, "ng": False, "k": True, "gh": True, "ngh": True}
"""Which of two spellings of a sound stands before e, ê, i."""

TONES = {"": "", "sac": "\u0301", "huyen": "\u0300", "hoi": "\u0309", "nga": "\u0303", "nang": "\u0323"}
SAC = TONES["sac"]


class Syllable(NamedTuple):
    """A syllable in both customs, and what is typed for it: its letters without tone, and the tone's name."""

    old: str
    new: str
    letters: str
    tone: str


def syllables() -> Iterator[Syllable]:
    """Give all of them, each once."""
    for beginning, ending in _pairs():
        old, _, new = ending.partition("|")
        stopped = ending.endswith(("c", "ch", "p", "t"))
        for tone, mark in TONES.items():
            if not stopped or tone in {"sac", "nang"}:
                yield Syllable(
                    _toned(beginning + old, mark),
                    _toned(beginning + (new or old), mark),
                    _toned(beginning + old, ""),
                    tone,
                )


def _pairs() -> Iterator[tuple[str, str]]:
    for ending in (*ENDINGS, *WITH_I, *WITH_Y):
        if not ending.startswith(("í", "i")) or ending in {"í", "ía", "ít", "ím", "ích"}:
            yield "", ending
    for beginning, ending in product(BEGINNINGS, (*ENDINGS, *WITH_I, "ý")):
        if BEFORE_E_I.get(beginning, ending[0] in "eéếiíý") == (ending[0] in "eéếiíý"):
            yield beginning, ending
    yield from (("qu", ending) for ending in AFTER_QU)
    yield from (("gi", ending) for ending in ENDINGS if not ending.startswith("u"))
    yield from (("g", ending) for ending in ("í", "ín", "ích"))


def _toned(syllable: str, mark: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).replace(SAC, mark))
