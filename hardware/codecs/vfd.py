"""What the vacuum fluorescent displays have in common: two lines of twenty letters and a cursor. Pure."""

from typing import Final

COLUMNS: Final = 20
LINES: Final = 2


class Screen:
    """The letters of a display. Whatever is no printable ASCII shows as a blank."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Blank all letters and send the cursor home."""
        self._letters = [[" "] * COLUMNS for _ in range(LINES)]
        self.column = self.line = 0

    def move(self, column: int, line: int) -> None:
        """Place the cursor, counting from 1; a place that is not there changes nothing."""
        if 1 <= column <= COLUMNS and 1 <= line <= LINES:
            self.column, self.line = column - 1, line - 1

    def put(self, letter: int) -> None:
        """Write one letter at the cursor and step on, from the end of a line to the other one (overwrite mode)."""
        self._letters[self.line][self.column] = chr(letter) if 0x20 <= letter <= 0x7E else " "
        self.column += 1
        if self.column == COLUMNS:
            self.column, self.line = 0, (self.line + 1) % LINES

    def write_line(self, line: int, text: bytes) -> None:
        """Replace line 1 or 2; what is longer is cut."""
        self.move(1, line)
        for letter in text[:COLUMNS].ljust(COLUMNS):
            self.put(letter)

    @property
    def shown(self) -> str:
        """Return what people read: the lines without their margins, joined by a line break if there are two."""
        lines = ["".join(line).strip() for line in self._letters]
        return "\n".join(line for line in lines if line)


def centred(text: str) -> bytes:
    """Return ``text`` (printable ASCII, at most 20 letters) in the middle of a line of twenty."""
    assert len(text) <= COLUMNS, text
    assert all(" " <= mark <= "~" for mark in text), text
    return text.center(COLUMNS).encode("ascii")
