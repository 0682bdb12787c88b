"""What outlives the agent: ratings until the server has them, and under which id the last key of a keypad was sent.

A press is written with `synchronous=FULL` before anything else is done with it, and taken out when the server has
given any definite answer. The place is bounded: when it is full, further presses are not kept, and the agent says so.

A keypad repeats a key until it is acknowledged. If the agent was ended between sending the command and that, the key
comes once more after its start: it must be sent under the same id, so that the server carries it out once.
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
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS last_keys (keypad TEXT PRIMARY KEY, number INTEGER, key TEXT, request_id TEXT)"
        )

    def request_id_of(self, keypad: str, number: int, key: str, fresh_id: str) -> str:
        """Give the id under which a key is sent: ``fresh_id``, or the one it had if it is the keypad's last come again.

        ``number`` is the keypad's own count of its presses. On disk before it returns. Raises apsw.Error.
        """
        query = "SELECT request_id FROM last_keys WHERE keypad = ? AND number = ? AND key = ?"
        for (request_id,) in self._connection.execute(query, (keypad, number, key)):
            return str(request_id)
        self._connection.execute("REPLACE INTO last_keys VALUES (?, ?, ?, ?)", (keypad, number, key, fresh_id))
        return fresh_id

    def forget_keys(self, keypad: str) -> None:
        """Forget a keypad's last key: it has been switched on, and counts from the beginning."""
        self._connection.execute("DELETE FROM last_keys WHERE keypad = ?", (keypad,))

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
