"""What the server last said this agent's functions are, kept for a start while the server is gone."""

from pathlib import Path

import msgspec

from protocol import commands as c

FUNCTIONS_FILE = "functions.json"


def load_functions(state: Path) -> tuple[c.FunctionDescription, ...]:
    """Read what the server last said this agent is; empty when that is not known."""
    try:
        return msgspec.json.decode((state / FUNCTIONS_FILE).read_bytes(), type=tuple[c.FunctionDescription, ...])
    except (FileNotFoundError, msgspec.DecodeError):
        return ()


def save_functions(state: Path, functions: tuple[c.FunctionDescription, ...]) -> None:
    """Keep what the server said, so that the agent can start while the server is gone."""
    beside = state / f"{FUNCTIONS_FILE}.new"
    beside.write_bytes(msgspec.json.encode(functions))
    beside.replace(state / FUNCTIONS_FILE)
