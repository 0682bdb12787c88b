"""Ratings kept on disk until the server has them.

A press is written with `synchronous=FULL` before anything else is done with it, and taken out when the server has
given any definite answer. The place is bounded: when it is full, further presses are not kept, and the agent says so.
"""

from pathlib import Path

import apsw

from protocol.codec import decode_command, encode
from protocol.commands import PressRating

PRESSES_FILE = "presses.db"
LIMIT = 2_000
"""A rating keypad in a busy hall is pressed some 150 times a day: this is a week of twelve keypads off line."""


class PressStore:
    """Presses in the order in which they came. One thread uses it."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = apsw.Connection(str(folder / PRESSES_FILE))
        self._connection.set_busy_timeout(2000)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS presses (place INTEGER PRIMARY KEY, press_id TEXT, body BLOB)"
        )

    def keep(self, press: PressRating) -> bool:
        """Keep a press; False when the place is full. Raises apsw.Error when the disk does not take it."""
        if len(self) >= self._limit:
            return False
        self._connection.execute("INSERT INTO presses(press_id, body) VALUES (?, ?)", (press.press_id, encode(press)))
        return True

    def oldest(self) -> PressRating | None:
        """Give the press that is to be sent next."""
        for (body,) in self._connection.execute("SELECT body FROM presses ORDER BY place LIMIT 1"):
            command = decode_command(bytes(body))
            assert isinstance(command, PressRating), "nothing else is kept here"
            return command
        return None

    def remove(self, press_id: str) -> None:
        """Take out a press that the server has answered."""
        self._connection.execute("DELETE FROM presses WHERE press_id = ?", (press_id,))

    def __len__(self) -> int:
        """Count the presses that the server does not have yet."""
        ((count,),) = self._connection.execute("SELECT count(*) FROM presses")
        return int(count)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
