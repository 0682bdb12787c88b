"""Codes by which new devices are paired: 8 characters, of which the first two name the pairing and six are secret."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from queue_server.core import Branch

PAIRING_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""


def pairing_code(branch: Branch, draw: Callable[[str, int], str], at: datetime) -> str:
    """Draw a code whose two public characters name no pairing that is still open."""
    open_names = {name for name, pairing in branch.pairings.items() if pairing.expires_at > at}
    while True:
        code = draw(PAIRING_ALPHABET, 8)
        if code[:2] not in open_names or len(open_names) >= len(PAIRING_ALPHABET) ** 2:
            return code
