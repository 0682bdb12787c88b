"""A systemd unit's command line as systemd would make it: variables of the unit, then those of its file.

The rules are those of systemd.exec(5) and systemd.service(5), "Command lines": a file's variables are stronger than the
unit's; ``${NAME}`` is put in where it stands and never split; a word ``$NAME`` becomes as many words as its value has,
quotes heeded, and none where it is empty.
"""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

UNITS = Path(__file__).parents[2] / "config" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


class UnsetVariable(Exception):  # noqa: N818 -- named for what it is.
    """A command line uses a variable that nobody sets; systemd would only warn."""


def settings(service: str, key: str, folder: Path = UNITS) -> list[str]:
    """Return the values of a setting in a unit, in their order."""
    lines = (folder / service).read_text(encoding="utf-8").splitlines()
    return [value for name, _, value in (line.partition("=") for line in lines) if name == key]


def read_environment(text: str) -> dict[str, str]:
    """Read an environment file: ``NAME=value`` a line, comments, quotes around a value. Raises ValueError."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        name, separator, value = line.strip().partition("=")
        if not separator or not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
            raise ValueError(f"{line!r} is no NAME=value")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name] = value[1:-1] if quoted else value
    return found


def variables(service: str, folder: Path = UNITS) -> dict[str, str]:
    """Return the variables that a unit sets by itself."""
    return read_environment("\n".join(settings(service, "Environment", folder)))


def command_line(service: str, given: Mapping[str, str], folder: Path = UNITS) -> list[str]:
    """Return the words that a service is started with when its file gives these variables. Raises UnsetVariable."""
    known = {**variables(service, folder), **given}

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise UnsetVariable(f"{service} uses {match[1]}, which nobody sets")
        return known[match[1]]

    (line,) = settings(service, "ExecStart", folder)
    words: list[str] = []
    for word in shlex.split(line):
        if alone := re.fullmatch(r"\$([A-Z_][A-Z0-9_]*)", word):
            words += shlex.split(value(alone))
        else:
            words.append(re.sub(r"\$\{([A-Z_][A-Z0-9_]*)\}", value, word))
    return words
