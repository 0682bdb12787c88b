"""What stands for a person on one business day, where numbers are limited per person.

A hall must tell that the same card was shown twice, and must not know whose it is. So a kiosk makes a *mark* of the
card's number with a key that is drawn anew for each day. The server destroys it when the day closes; a kiosk forgets
it when it sees the day closed, or at the hall's midnight if it sees nothing (``docs/decisions/0021-…``). The number
itself leaves the kiosk in no form; without the key a mark says nothing, not even to who can try all numbers.
"""

import hmac
from hashlib import sha256

from protocol.configuration import PersonKind

MARK_HEX_DIGITS = 32
"""128 bits: two persons with one mark are not met in the life of all halls."""

KEY_HEX_DIGITS = 64


def person_mark(person_key: str, day: str, kind: PersonKind, code: str) -> str:
    """Give the mark of a code: HMAC-SHA256(key, day, kind and code, a line each), cut to 32 hex digits.

    ``person_key`` is the day's, 64 hex digits; ``code`` a card's 12 digits or the code on a receipt.
    """
    said = f"{day}\n{kind}\n{code}".encode()
    return hmac.new(bytes.fromhex(person_key), said, sha256).hexdigest()[:MARK_HEX_DIGITS]
