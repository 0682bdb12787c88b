"""Rating keypads: which key means which answer is configuration. Pure.

The order of the keys and their lettering differ between makers; the scale is the hall's. Every press is handed on, the
meaningless too: whether a rating counts is for others to decide, who know whether a service has just ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEFAULT_KEYS: Final[dict[str, int]] = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}


@dataclass(frozen=True, slots=True)
class RatingPressed:
    """A citizen has pressed ``key``; ``value`` is the answer on the hall's scale, None when the key means nothing."""

    key: str
    value: int | None


class RatingKeypad:
    """Turns the keys of one keypad into answers. Raises ValueError when the configuration cannot be meant."""

    def __init__(self, keys: Mapping[str, int] | None = None) -> None:
        self._keys = dict(DEFAULT_KEYS if keys is None else keys)
        wrong = [key for key, value in self._keys.items() if len(key) != 1 or value < 1]
        if wrong:
            raise ValueError(f"rating keypad keys {wrong}: name each by one character and give it an answer from 1 up")

    def press(self, key: str) -> RatingPressed:
        """Take a key."""
        return RatingPressed(key, self._keys.get(key))
