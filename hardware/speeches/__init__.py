"""The languages of slaves, one module each, all of them :class:`hardware.bus.speech.Speech`. Pure.

A language is chosen by the ``protocol`` of a function in ``agent.toml``; :func:`speech` makes it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hardware.bus.speech import Speech
from hardware.speeches.am03127 import MatrixBoard
from hardware.speeches.reference import ReferenceSpeech


def _reference(address: int, *, has_keys: bool) -> Speech:
    return ReferenceSpeech(address, has_keys=has_keys)


def _am03127(address: int, *, has_keys: bool) -> Speech:
    if has_keys:
        raise ValueError("a line board (am03127) has no keys; give the keypad another protocol")
    return MatrixBoard(address)


PROTOCOLS: Final[Mapping[str, Callable[..., Speech]]] = {"reference": _reference, "am03127": _am03127}
"""By name: what makes the speech of one slave, from its address and whether it has keys (else it shows texts)."""


def speech(protocol: str, address: int, *, has_keys: bool) -> Speech:
    """Return the speech for one slave. Raises ValueError that says what is wrong and what to do."""
    if protocol not in PROTOCOLS:
        raise ValueError(f"no protocol is called {protocol!r}; there are: {', '.join(sorted(PROTOCOLS))}")
    return PROTOCOLS[protocol](address, has_keys=has_keys)
