"""A draft of a hall, as a command is handed it: a file with its catalogues beside it, or its texts as JSON."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from protocol.configuration import Configuration

SOURCES_LIMIT_BYTES = 8_000_000


def read_draft(name: str) -> "Configuration":
    """Read and check a draft; ``-`` reads its texts by file name from the standard input. Raises :class:`Problem`."""
    from queue_server.config import Mistakes, load, parse

    try:
        return parse(_from_standard_input()) if name == "-" else load(Path(name))[0]
    except Mistakes as found:
        raise Problem(f"the draft has mistakes:\n{found}") from found


def _from_standard_input() -> dict[str, str]:
    body = sys.stdin.buffer.read(SOURCES_LIMIT_BYTES + 1)
    if len(body) > SOURCES_LIMIT_BYTES:
        raise Problem(f"the draft is larger than {SOURCES_LIMIT_BYTES} bytes")
    try:
        sources = json.loads(body)
    except ValueError as error:
        raise Problem(f"the standard input holds no JSON: {error}") from error
    if not isinstance(sources, dict) or not all(isinstance(text, str) for text in sources.values()):
        raise Problem('the standard input must hold texts by file name: {"branch.toml": "…"}')
    return sources
