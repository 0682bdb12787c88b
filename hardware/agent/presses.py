"""What outlives the agent: ratings and commands of keys until the server has answered them, and half-typed digits.

All that comes of a key is written at once (`at_once`) and with `synchronous=FULL` before the key is acknowledged and
before anything is sent: so either its keypad repeats the key, or what it asks is here. It is taken out when the server
has given any definite answer. The place for ratings is bounded: when it is full, further ones are not kept, and the
agent says so.

A keypad repeats a key until it is acknowledged. If the agent was ended between writing and that, the key comes once
more after its start: it is known by the keypad's own count, and what it asked is here already.
"""

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import apsw

from protocol.codec import decode_command, encode
from protocol.commands import AnyCommand, PressRating

PRESSES_FILE = "presses.db"
LIMIT = 2_000
"""A rating keypad in a busy hall is pressed some 150 times a day: this is a week of twelve keypads off line."""


class Unanswered(NamedTuple):
    """A command that was written and has had no answer yet. ``age_s`` is negative when the clock was set back."""

    request_id: str
    function_id: str
    command: AnyCommand
    age_s: float


class PressStore:
    """Presses in the order in which they came. One thread uses it. ``clock`` gives seconds that outlive the program."""

    def __init__(self, folder: Path, limit: int = LIMIT, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = apsw.Connection(str(folder / PRESSES_FILE))
        self._connection.set_busy_timeout(2000)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS presses (place INTEGER PRIMARY KEY, press_id TEXT, body BLOB)"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS heard_keys (keypad TEXT PRIMARY KEY, number INTEGER, key TEXT, heard_at_s REAL)"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS commands"
            " (place INTEGER PRIMARY KEY, request_id TEXT UNIQUE, function_id TEXT, body BLOB, kept_at_s REAL)"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS digits (keypad TEXT PRIMARY KEY, digits TEXT, typed_at_s REAL)"
        )

    def at_once(self) -> AbstractContextManager[object]:
        """Write all that is written within, or nothing of it; on disk when it ends. Raises apsw.Error."""
        return self._connection

    # --- Keys ---------------------------------------------------------------------------------------------------------

    def is_again(self, keypad: str, number: int, key: str, repeated_s: float = math.inf) -> bool:
        """Tell whether the first key of a keypad after our start is its last from before, repeated.

        ``number`` is the keypad's own count of its presses; ``repeated_s`` how long it may repeat one.
        """
        query = "SELECT heard_at_s FROM heard_keys WHERE keypad = ? AND number = ? AND key = ?"
        for (heard_at_s,) in self._connection.execute(query, (keypad, number, key)):
            return bool(repeated_s == math.inf or 0 <= self._clock() - heard_at_s < repeated_s)
        return False

    def heard(self, keypad: str, number: int, key: str) -> None:
        """Write which key of a keypad came last; together with what came of it."""
        self._connection.execute("REPLACE INTO heard_keys VALUES (?, ?, ?, ?)", (keypad, number, key, self._clock()))

    def forget_keys(self, keypad: str) -> None:
        """Forget a keypad's last key: it has been switched on, and counts from the beginning."""
        self._connection.execute("DELETE FROM heard_keys WHERE keypad = ?", (keypad,))

    def keep_command(self, request_id: str, function_id: str, command: AnyCommand) -> None:
        """Keep what a key asks of the server, until it is answered."""
        self._connection.execute(
            "INSERT INTO commands(request_id, function_id, body, kept_at_s) VALUES (?, ?, ?, ?)",
            (request_id, function_id, encode(command), self._clock()),
        )

    def unanswered(self) -> list[Unanswered]:
        """Give the commands that were kept and not answered, the oldest first."""
        query = "SELECT request_id, function_id, body, kept_at_s FROM commands ORDER BY place"
        return [
            Unanswered(request_id, function_id, decode_command(bytes(body)), self._clock() - kept_at_s)
            for request_id, function_id, body, kept_at_s in self._connection.execute(query)
        ]

    def answered(self, request_id: str) -> None:
        """Take out a command that was answered, or told as lost."""
        self._connection.execute("DELETE FROM commands WHERE request_id = ?", (request_id,))

    def keep_digits(self, keypad: str, digits: str) -> None:
        """Keep the digits that wait for a key; empty: none do."""
        if digits:
            self._connection.execute("REPLACE INTO digits VALUES (?, ?, ?)", (keypad, digits, self._clock()))
        else:
            self._connection.execute("DELETE FROM digits WHERE keypad = ?", (keypad,))

    def digits(self) -> list[tuple[str, str, float]]:
        """Give keypads with the digits that wait there, and for how many seconds they have."""
        query = "SELECT keypad, digits, typed_at_s FROM digits"
        return [(keypad, digits, self._clock() - at_s) for keypad, digits, at_s in self._connection.execute(query)]

    # --- Ratings ------------------------------------------------------------------------------------------------------

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
