"""How long things take on a wire by arithmetic alone: the floor that measurements are held against. Pure.

A byte takes ten bits. An exchange is the quiet before it, the request, the slave's turn (one character, as early as the
reference frame lets it speak) and the answer. Nothing here knows of adapters, computers or programs.
"""

from typing import Final, NamedTuple

from hardware.bus.schedule import POLLS_PER_ASIDE

TURN_CHARACTERS: Final = 1.0


class Cost(NamedTuple):
    """What an exchange puts on the wire, in bytes; ``silence`` in characters. ``answer`` 0: none comes."""

    request: int
    answer: int
    silence: float

    def characters(self) -> float:
        """Return the time that it takes, in characters."""
        return self.silence + self.request + (TURN_CHARACTERS + self.answer if self.answer else 0)


class Load(NamedTuple):
    """What a wire carries: so many keypads, polls that hear no or a key, and the longest exchange aside."""

    keypads: int
    quiet: Cost
    key: Cost
    aside: Cost


def worst_case_s(load: Load, bytes_per_s: float) -> float:
    """Return how long a key may wait from the press to its last byte at the master, on a wire without other keys.

    A keypad has just said no when its key is pressed. Then every other keypad is asked once, then this one, and before
    each eighth poll an exchange goes aside. Keys of other keypads, their acknowledgements and questions out of turn
    come on top; that they stay within three tenths of this at the 99th percentile is what the tests hold.
    """
    asides = -(-load.keypads // POLLS_PER_ASIDE)
    characters = (load.keypads - 1) * load.quiet.characters() + asides * load.aside.characters() + load.key.characters()
    return characters / bytes_per_s
