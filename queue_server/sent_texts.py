"""The texts of a hall as a command brings them: unpacked, so that the log holds what people read, and checked."""

from collections.abc import Callable, Mapping

import msgspec

from protocol.commands import Configure
from protocol.configuration import Configuration
from protocol.packed import BadPack, unpacked
from queue_server.config import Mistakes
from queue_server.core import Refusal


def whole(command: Configure) -> Configure:
    """Give the command with its texts unpacked. Raises :class:`queue_server.core.Refusal`."""
    if not command.packed:
        return command
    if command.sources:
        raise Refusal("configuration_invalid", mistakes="texts came both packed and not; send them in one way")
    try:
        return msgspec.structs.replace(command, sources=unpacked(command.packed), packed="")
    except BadPack as bad:
        raise Refusal("configuration_invalid", mistakes=str(bad)) from bad


def configuration_of(command: Configure, parse: Callable[[Mapping[str, str]], Configuration]) -> Configuration:
    """Check the texts of a whole command. Raises :class:`queue_server.core.Refusal`, which names every mistake."""
    try:
        return parse(command.sources)
    except Mistakes as mistakes:
        shown = "; ".join(str(mistake) for mistake in mistakes.mistakes)
        raise Refusal("configuration_invalid", mistakes=shown) from mistakes
