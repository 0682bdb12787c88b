"""The master's side of devices whose frames are described in a file (``codecs/declared.py``). Pure.

A press is handed on once: by its number, where the maker gives it one; else a key that is told again within
``same_key_ms`` is the same press, repeated because its acknowledgement was lost.
"""

import math
from typing import Final

from hardware.bus.speech import DOUBT_S, Heard, Key, Purpose, Request, Wish
from hardware.codecs import declared
from hardware.codecs.declared import Answer, Description, Frame, Told

POLL_S: Final = 0.03
NUMBER_KEPT_S: Final = 15.0  # A number that was not heard for longer begins a new press: the keypad has started anew.
UNNUMBERED_REPEATED_S: Final = 15.0  # To a master begun anew; a clerk who has waited for longer presses once more.
SOON_S: Final = 0.25  # A display that never answers is told a new text again soon, then ever more seldom.
DATA_USUAL: Final = 16


class DeclaredDevice:
    """One keypad or display. Raises ValueError when the description does not fit its address or its purpose."""

    def __init__(self, address: int, description: Description, *, has_keys: bool) -> None:
        if (description.key if has_keys else description.show) is None:
            wanted = "tells no keys; is it a display?" if has_keys else "shows no text; is it a keypad?"
            raise ValueError(f"slave {address}: {description.name!r} {wanted}")
        self.address = address
        self.text: str | None = None
        self._description = description
        self._has_keys = has_keys
        fixed = sum(part.bytes_of or 0 for part in description.answers)
        is_open = any(part.bytes_of is None for part in description.answers)
        self._answer_most = fixed + DATA_USUAL * is_open
        self._asked = Purpose.POLL
        self._asked_s = -math.inf
        self._decoder = declared.Decoder(description.answers)
        self._owed: bytes | None = None
        self._last: tuple[tuple[int, int], float] | None = None  # The last press's number and code, and when.
        self._pending = self._fresh = False
        self._doubted = False  # Whether a display that answers has not done so.
        self._again_s = description.again_s
        self._try()

    def _try(self) -> None:
        """See that all can be said at this address."""
        try:
            for told in (self._description.poll, self._description.show):
                if told is not None:
                    self._frame(told, sequence=b"\0", code=b"\0", text=self._text_bytes(""))
        except ValueError as error:
            raise ValueError(f"slave {self.address}: {error}; give it another address, or mend its file") from error

    def _frame(self, told: Told, **values: bytes) -> bytes:
        frame = Frame(self.address, bytes.fromhex(told.command), declared.filled(told.data, **values))
        return declared.encode(self._description.frame, frame)

    def _text_bytes(self, text: str) -> bytes:
        how = self._description.text
        return declared.text_bytes(how, how.face.of(text)) if how is not None else b""

    @property
    def is_mute(self) -> bool:
        """Whether it is a display that does not even acknowledge."""
        return not self._has_keys and self._description.shown is None

    def show(self, text: str) -> None:
        """Have it show what it can of ``text``. ValueError: it is a keypad."""
        if self._has_keys:
            raise ValueError(f"keypad {self.address} cannot show {text!r}")
        self.text = text
        self._pending = self._fresh = True
        self._again_s = self._description.again_s if self._description.shown is not None else SOON_S

    # --- Saying -------------------------------------------------------------------------------------------------------

    def wish(self) -> Wish | None:
        """Acknowledge, then show, then ask; a keypad that speaks by itself is never asked."""
        if self._owed is not None:
            return Wish(Purpose.ACKNOWLEDGE, 0.0)
        if self._has_keys:
            return Wish(Purpose.POLL, self._asked_s + POLL_S) if self._description.poll is not None else None
        if self.text is None:
            return None
        if self._pending:
            return Wish(Purpose.TEXT, 0.0)
        return Wish(Purpose.ALIVE, self._asked_s + (DOUBT_S if self._doubted else self._again_s))

    def request(self, now_s: float) -> Request:
        """Say what was wished."""
        turn_s = self._description.answer_ms / 1000
        if self._owed is not None:
            owed, self._owed = self._owed, None
            return Request(owed, Purpose.ACKNOWLEDGE, 0, turn_s)
        self._asked_s = now_s
        self._decoder = declared.Decoder(self._description.answers)
        if self._has_keys:
            assert self._description.poll is not None, "nothing was wished"
            self._asked = Purpose.POLL
            return Request(self._frame(self._description.poll), self._asked, self._answer_most, turn_s)
        assert self._description.show is not None, "a display has been asked to show"
        self._asked = Purpose.TEXT if self._pending else Purpose.ALIVE
        if self._asked is Purpose.ALIVE:
            self._again_s = min(2 * self._again_s, self._description.again_s)
        most = self._answer_most if self._description.shown is not None else 0
        self._pending, self._doubted = self._pending and most > 0, most > 0
        data = self._frame(self._description.show, text=self._text_bytes(self.text or ""))
        return Request(data, self._asked, most, turn_s)

    # --- Hearing ------------------------------------------------------------------------------------------------------

    def hear(self, data: bytes) -> Heard | None:
        """Take bytes; the first frame that answers what was asked counts."""
        for frame in self._mine(data):
            heard = self._key(frame, self._asked_s) if self._has_keys else self._shown(frame)
            if heard is not None:
                return heard
        return None

    def overhear(self, data: bytes, now_s: float) -> Heard | None:
        """Take bytes that came unasked: a keypad that speaks by itself tells its keys."""
        if not self._has_keys or self._description.poll is not None:
            return None
        keys: tuple[Key, ...] = ()
        unnamed: tuple[int, ...] = ()
        known = False
        for frame in self._mine(data):
            heard = self._key(frame, now_s)
            known = known or heard is not None
            keys += heard.keys if heard is not None else ()
            unnamed += heard.unnamed if heard is not None else ()
        return Heard(keys, unnamed=unnamed) if known else None

    def _mine(self, data: bytes) -> list[Frame]:
        return [frame for frame in self._decoder.feed(data) if frame.address in {None, self.address}]

    def _shown(self, frame: Frame) -> Heard | None:
        if self._description.shown is None or not _is(frame, self._description.shown):
            return None
        fresh, self._pending, self._fresh, self._doubted = self._fresh, False, False, False
        return Heard(shown=fresh)

    def _key(self, frame: Frame, now_s: float) -> Heard | None:
        key, idle = self._description.key, self._description.idle
        if idle is not None and _is(frame, idle):
            return Heard()
        if key is None or not _is(frame, Answer(command=key.command)):
            return None
        numbered = key.sequence_at is not None
        if len(frame.data) <= max(key.code_at, key.sequence_at or 0):
            return None
        code, number = frame.data[key.code_at], frame.data[key.sequence_at or 0] if numbered else 0
        if self._description.acknowledge is not None:
            sequence = bytes((number,)) if numbered else b""
            self._owed = self._frame(self._description.acknowledge, sequence=sequence, code=bytes((code,)))
        name = self._description.named.get(code)
        kept_s = NUMBER_KEPT_S if numbered else key.same_key_ms / 1000
        repeated = self._last is not None and self._last[0] == (number, code) and now_s < self._last[1] + kept_s
        self._last = ((number, code), now_s)
        if repeated:
            return Heard()
        if name is None:
            return Heard(unnamed=(code,))
        # Nobody repeats what needs no acknowledgement; without a number only time tells a repeated key from a new one.
        repeated_s = 0.0 if self._description.acknowledge is None else math.inf if numbered else UNNUMBERED_REPEATED_S
        return Heard((Key(name, number, repeated_s),))

    def lost(self) -> None:
        """Ask only whether it lives."""
        self._owed, self._pending = None, False

    def found(self) -> None:
        """Show its text again: it may have been without power."""
        self._pending = self._fresh = self.text is not None


def _is(frame: Frame, answer: Answer) -> bool:
    command = bytes.fromhex(answer.command)
    return (not command or frame.command == command) and frame.data.startswith(bytes.fromhex(answer.data))
