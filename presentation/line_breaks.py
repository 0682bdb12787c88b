"""Where a line of text may end: at a space, but neither at a no-break space nor inside a telephone number."""

import re
from typing import Final

NO_BREAK: Final = "\u00a0\u202f\u2007"
"""Spaces that hold together what they part (Unicode Annex 14, class GL)."""
DIGITS_OF_A_NUMBER: Final = 7
"""A run of fewer digits is an hour, a counter, a count; a telephone's number in groups has at least so many."""

_GROUPS: Final = re.compile(r"(?<![\w.])\+?\(?\d[\dx]*\)?(?:[ .\-][\dx]+)+(?!\w)")
"""Digits in groups, as numbers of telephones are written; ``x`` stands for one in an example."""
_SPACE: Final = re.compile(rf"[^\S{NO_BREAK}]+")


def words_of(text: str) -> list[str]:
    """Give what may stand at the end of a line and at the beginning of the next, in order."""
    return [word for word in _SPACE.split(unbroken(text)) if word]


def unbroken(text: str) -> str:
    """Give the text with no-break spaces inside its telephone numbers, for programs that break lines themselves."""
    return _GROUPS.sub(_held_together, text)


def _held_together(groups: re.Match[str]) -> str:
    found = groups[0]
    digits = sum(sign.isdecimal() or sign == "x" for sign in found)
    return found.replace(" ", NO_BREAK[0]) if digits >= DIGITS_OF_A_NUMBER else found
