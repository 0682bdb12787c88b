"""What the master must know of a slave's language, and nothing more. Pure.

A :class:`Speech` is one slave's language together with what has been said to that slave and heard of it so far. The
schedule decides *whom* to address; the speech decides *what* is said to it and what its bytes mean. Speeches live in
``hardware/speeches/``, one module per language; ``hardware.speeches.speech`` makes one by its name.

An exchange goes like this: the schedule asks each speech what it wishes (:meth:`Speech.wish`), grants one of the wishes
(:meth:`Speech.request`), and passes on what comes (:meth:`Speech.hear`) until the speech has understood an answer or
the time is over. A request begins anew: whatever was half heard before it is forgotten.
"""

import math
from enum import Enum
from typing import NamedTuple, Protocol, runtime_checkable

TURN_S = 0.05
"""How long after a request's end a slave may begin its answer, unless its speech knows better."""

SILENCE = 3.5
"""How many characters the wire is quiet before a request, unless its speech knows better (the rule of Modbus RTU)."""


DOUBT_S = 0.2
"""How soon a display that has not answered is asked again: its absence is known before its next sign of life."""


class Purpose(Enum):
    """What a request is for; the schedule's order of service goes by it."""

    ACKNOWLEDGE = "acknowledge"
    """A key has been handed on: at once, or the keypad repeats it."""

    TEXT = "text"
    """A display shall show something new."""

    POLL = "poll"
    """A keypad is asked for its keys."""

    ALIVE = "alive"
    """A slave without news is asked whether it lives."""


class Wish(NamedTuple):
    """What a slave's speech would say next, and from when on (seconds of the steady clock; 0 is at once)."""

    purpose: Purpose
    due_s: float


class Request(NamedTuple):
    """What is said to a slave.

    ``answer_most`` is the length in bytes of the longest right answer, 0 when none comes. ``turn_s`` is how long after
    the request's end the answer may begin; ``silence`` how many characters the wire must have been quiet before it.
    """

    data: bytes
    purpose: Purpose
    answer_most: int = 0
    turn_s: float = TURN_S
    silence: float = SILENCE


class Key(NamedTuple):
    """A pressed key: its name of one character, and the number by which the slave counts its presses.

    A slave repeats its last key until that is acknowledged, to a master that has begun anew as well. For ``repeated_s``
    after a press the same name and number from such a slave are that press once more; 0: it repeats nothing.
    """

    name: str
    number: int
    repeated_s: float = math.inf


class Heard(NamedTuple):
    """What an answer said. An answer that says nothing new is ``Heard()``.

    ``keys`` are presses that were not handed on before; ``shown`` says that the display shows its text for the first
    time since it was told, ``refused`` that it would not; ``restarted`` that the slave has been switched on anew.
    ``lost`` counts presses that the slave knows of and can no longer name; ``unnamed`` are the codes of presses for
    which its description has no name.
    """

    keys: tuple[Key, ...] = ()
    shown: bool = False
    refused: bool = False
    restarted: bool = False
    lost: int = 0
    unnamed: tuple[int, ...] = ()


class Speech(Protocol):
    """One slave's language with its state. No clock but ``now_s``, no input or output."""

    @property
    def address(self) -> int:
        """The slave's address; no two slaves of a wire share one."""

    @property
    def text(self) -> str | None:
        """What the slave shall show; None while it has not been told, and always for a slave that shows nothing."""

    def show(self, text: str) -> None:
        """Have it show ``text`` from now on; a text not yet sent is replaced. ValueError: it cannot show that."""

    def wish(self) -> Wish | None:
        """Return what it would say next and from when on; None when there is nothing to say, now or later."""

    def request(self, now_s: float) -> Request:
        """Say what :meth:`wish` just wished."""

    def hear(self, data: bytes) -> Heard | None:
        """Take bytes that came after the request, its echo removed; None while they are no right answer.

        It never raises, whatever comes. After it has returned an answer it is not asked again before the next request.
        """

    def lost(self) -> None:
        """Take note that the slave is taken for absent. From now on only the cheapest question is wished."""

    def found(self) -> None:
        """Take note that it is there again: what it may have forgotten must be said anew."""


@runtime_checkable
class Listener(Protocol):
    """A speech whose slave may also speak unasked, on a line of its own."""

    @property
    def address(self) -> int:
        """The slave's address."""

    def overhear(self, data: bytes, now_s: float) -> Heard | None:
        """Take bytes that came while nobody was asked; None while they mean nothing to it. It never raises."""
