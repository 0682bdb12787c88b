"""Somebody who does not see the screen: fingers at a real pty that carries a keypad's records, ears at what is said.

Whoever chooses here has nothing but spoken words: there is no way to ask what is on the screen.
"""

import os
import re
import tty
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from hardware.codecs.input_event import KEY_CODES, key_records
from presentation.speech import clip_words
from tests.support.real_hall import RealScreen

PRESSES_APART_S = 1.0
"""By the records' own times: a hand is never as quick as a test."""
STOPS_MOST = 60
"""No screen has as many; who has gone so far has gone round."""


class PtyKeypad:
    """A tactile keypad at the far end of a pty; each press is its records' bytes, with times of their own."""

    def __init__(self) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.address = f"evdev://{os.ttyname(self._far)}?source=pty"
        self._at_s = 1000.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._near)
        os.close(self._far)

    def press(self, *names: str) -> None:
        for name in names:
            self._at_s += PRESSES_APART_S
            for down in (True, False):
                os.write(self._near, key_records(KEY_CODES[name], self._at_s + (0 if down else 0.1), pressed=down))


class BlindCitizen:
    """Fingers and ears; `heard` is all that was said so far, sentence by sentence."""

    def __init__(
        self, keypad: PtyKeypad, screen: RealScreen, *, place: str = r"\w+(?: \w+)* trên \w+(?: \w+)*"
    ) -> None:
        self._keypad, self._screen = keypad, screen
        self._place = re.compile(place)
        self._from = 0

    def press(self, name: str) -> None:
        self._from = len(self._screen.heard)
        self._keypad.press(name)

    def listens(self) -> list[str]:
        """Listen until one has been told where one is, which ends whatever is said; give the sentences."""
        until = self._screen.hear(lambda text: self._place.fullmatch(text) is not None, since=self._from)
        return self.heard(until)

    def heard(self, until: int | None = None) -> list[str]:
        """Give what was said since the last key."""
        return [one["text"] for one in self._screen.heard[self._from : until]]

    def hears(self, words: str) -> list[str]:
        """Listen for words, and give what was said since the last key until then."""
        return self.heard(self._screen.hear(lambda text: words in text, since=self._from))

    def looks_for(self, words: str, said: Sequence[str]) -> None:
        """Go on from choice to choice until one is called so; `said` is what was heard of the first."""
        for _ in range(STOPS_MOST):
            if any(sentence.startswith(words) for sentence in said):
                return
            self.press("KEY_DOWN")
            said = self.listens()
        raise AssertionError(f"nothing on this screen is called {words!r}")


def number_heard(sentence: str, language: str) -> str:
    """Read a number off what was said sign by sign: hát, không, hai, năm is H025."""
    digits = dict(
        zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "0123456789", strict=True)
    )
    signs = {
        words: digits.get(key) or key.removeprefix("letter_").upper() for key, words in clip_words(language).items()
    }
    return "".join(signs[word] for word in sentence.split(", "))
