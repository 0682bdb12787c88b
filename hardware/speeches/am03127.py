"""The master's side of LED line boards (``codecs/am03127.py``). Pure.

Such a board can be told a text, and asked for nothing; sending its text again also tells whether it lives. After the
first text that it took, and after each absence, it is told to show the page that we write, and brightly; a board that
does not know how says nothing to that, so each is said once.
"""

from typing import Final

from hardware.bus.speech import DOUBT_S, Heard, Purpose, Request, Wish
from hardware.codecs import am03127

AGAIN_S: Final = 30.0  # Not more often: a board may keep each text in flash memory.
TRIES_MOST: Final = 5
ANSWER_MOST: Final = 4


class MatrixBoard:
    """One line board."""

    def __init__(self, address: int) -> None:
        if not 0 < address <= 0xFF:  # Two hex digits; 0 speaks to all boards and gets no answer.
            raise ValueError(f"a line board has an address from 1 to 255, not {address}")
        self.address = address
        self.text: str | None = None
        self._asked_s = 0.0
        self._tries = 0
        self._pending = False
        self._answers = am03127.AnswerDecoder()
        self._settings: list[am03127.Packet] = []
        self._met = self._setting = False
        self._doubted = False  # Whether the last text has had no answer.

    def show(self, text: str) -> None:
        """Have it show ``text``: printable ASCII without angle brackets, at most 32 characters."""
        if len(text) > am03127.TEXT_MOST or any(not " " <= mark <= "~" or mark in "<>" for mark in text):
            raise ValueError(f"board {self.address} cannot show {text!r}: at most {am03127.TEXT_MOST} letters of ASCII")
        self.text = text
        self._tries, self._pending = 0, True

    def wish(self) -> Wish | None:
        """Show a new text; else, from time to time, the old one again."""
        if self.text is None:
            return None
        if self._pending:
            return Wish(Purpose.TEXT, 0.0)
        if self._settings:
            return Wish(Purpose.ALIVE, 0.0)
        return Wish(Purpose.ALIVE, self._asked_s + (DOUBT_S if self._doubted else AGAIN_S))

    def request(self, now_s: float) -> Request:
        """Say the text."""
        assert self.text is not None, "nothing was wished"
        self._asked_s = now_s
        self._answers = am03127.AnswerDecoder()
        purpose = Purpose.TEXT if self._pending else Purpose.ALIVE
        self._setting = bool(self._settings) and not self._pending
        self._doubted = not self._setting  # A setting that it does not know is no sign of absence.
        if self._setting:
            return Request(am03127.encode(self._settings.pop(0)), purpose, ANSWER_MOST)
        return Request(am03127.encode(am03127.show(self.address, self.text)), purpose, ANSWER_MOST)

    def hear(self, data: bytes) -> Heard | None:
        """Take ACK or NACK; a NACK is tried again at once, a few times, then at the next sign of life."""
        verdicts = self._answers.feed(data)
        if not verdicts:
            return None
        self._doubted = False
        if self._setting:
            return Heard()
        fresh = self._pending
        if verdicts[-1]:
            self._tries, self._pending = 0, False
            if not self._met:
                self._met = True
                self._settings = [am03127.run_page_a(self.address), am03127.brightness(self.address, 100)]
            return Heard(shown=fresh)
        self._tries += 1
        self._pending = fresh and self._tries < TRIES_MOST
        return Heard(refused=self._tries == TRIES_MOST)

    def lost(self) -> None:
        """Go on with its text, there is no cheaper question; it may have been without power when it answers again."""
        self._pending, self._met = self.text is not None, False

    def found(self) -> None:
        """Nothing: that it answered means that it shows its text."""
