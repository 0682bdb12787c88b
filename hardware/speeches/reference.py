"""The master's side of the reference frame (``codecs/reference_frame.py``): keypads, displays, or both in one. Pure."""

from typing import Final

from hardware.bus.arithmetic import Cost, Load
from hardware.bus.speech import Heard, Key, Purpose, Request, Wish
from hardware.codecs import reference_frame as rf

POLL_S: Final = 0.03  # How often a keypad is asked, if the wire has the time: a press is felt as answered at once.
ALIVE_S: Final = 2.0  # How often a display is asked whether it lives, and still shows what it was told.
TURN_S: Final = 0.01
SILENCE: Final = 1.5  # Characters: frames have a beginning of their own, so only the drivers must have changed over.


def load(keypads: int, letters: int) -> Load:
    """Return what a wire of keypads and displays carries, for :func:`hardware.bus.arithmetic.worst_case_s`."""
    return Load(
        keypads,
        quiet=Cost(rf.POLL_BYTES, 1, SILENCE),
        key=Cost(rf.POLL_BYTES, rf.KEY_BYTES, SILENCE),
        aside=Cost(rf.SHOWN_BYTES + letters, rf.SHOWN_BYTES, SILENCE),
    )


class ReferenceSpeech:
    """One slave that speaks the reference frame. ``has_keys``: it is asked as often as the wire allows."""

    def __init__(self, address: int, *, has_keys: bool, poll_s: float = POLL_S, alive_s: float = ALIVE_S) -> None:
        if not 0 < address <= rf.ADDRESS_LAST:
            raise ValueError(f"a slave has an address from 1 to {rf.ADDRESS_LAST}, not {address}")
        self.address = address
        self.text: str | None = None
        self._purpose = Purpose.POLL if has_keys else Purpose.ALIVE
        self._again_s = poll_s if has_keys else alive_s
        self._asked_s = -self._again_s
        self._asked = self._purpose
        self._decoder = rf.Decoder()
        self._owed: int | None = None  # The number to acknowledge.
        self._last_number: int | None = None
        self._text_number = 0
        self._text_pending = False
        self._text_tried = False

    def show(self, text: str) -> None:
        """Have it show ``text``: printable ASCII, at most 32 characters."""
        if len(text) > rf.TEXT_MOST or any(not " " <= mark <= "~" for mark in text):
            raise ValueError(f"slave {self.address} cannot show {text!r}: at most {rf.TEXT_MOST} characters of ASCII")
        self.text = text
        self._text_number = (self._text_number + 1) % rf.SEQUENCES
        self._text_pending = True

    def wish(self) -> Wish:
        """Acknowledge, then show, then ask."""
        if self._owed is not None:
            return Wish(Purpose.ACKNOWLEDGE, 0.0)
        if self._text_pending and not self._text_tried:
            return Wish(Purpose.TEXT, 0.0)
        # A text that was not acknowledged is said again after a question: a slave that hears only some is not gone.
        return Wish(self._purpose, 0.0 if self._text_pending else self._asked_s + self._again_s)

    def request(self, now_s: float) -> Request:
        """Say what was wished."""
        self._decoder = rf.Decoder()
        self._asked = self.wish().purpose
        if self._owed is not None:
            number, self._owed = self._owed, None
            return self._said(rf.encode(rf.acknowledge(self.address, number)), 0)
        self._text_tried = self._asked is Purpose.TEXT
        if self._text_tried:
            return self._said(rf.encode(rf.show(self.address, self._text_number, self.text or "")), rf.SHOWN_BYTES)
        self._asked_s = now_s
        return self._said(rf.poll(self.address), rf.KEY_BYTES)

    def _said(self, data: bytes, answer_most: int) -> Request:
        return Request(data, self._asked, answer_most, turn_s=TURN_S, silence=SILENCE)

    def hear(self, data: bytes) -> Heard | None:
        """Take bytes; the first message that answers what was asked counts."""
        for message in self._decoder.feed(data):
            heard = self._shown(message) if self._asked is Purpose.TEXT else self._news(message)
            if heard is not None:
                return heard
        return None

    def _shown(self, message: rf.Message) -> Heard | None:
        if not isinstance(message, rf.Frame) or message.address != self.address or message.command != "A":
            return None
        if rf.sequence_of(message) != self._text_number:
            return None
        self._text_pending = False
        return Heard(shown=True)

    def _news(self, message: rf.Message) -> Heard | None:
        match message:
            case rf.Nothing() if message.is_from(self.address):
                return Heard()
            case rf.Frame(address=self.address, command="R"):
                self._owed, self._last_number = 0, None
                self._text_pending = self.text is not None
                return Heard(restarted=True)
            case rf.Frame(address=self.address) if (key := rf.key_of(message)) is not None:
                self._owed = key.sequence
                fresh, self._last_number = key.sequence != self._last_number, key.sequence
                return Heard(keys=(Key(key.key, key.sequence),)) if fresh else Heard()
        return None

    def lost(self) -> None:
        """Ask it for news only: of a text it would make nothing."""
        self._text_pending = False
        self._owed = None

    def found(self) -> None:
        """Show its text again: it may have been without power."""
        self._text_pending = self.text is not None
