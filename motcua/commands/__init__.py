"""The sub-commands of `motcua`: one module each, and nothing else in this folder.

The name of the file is the name of the sub-command, the first line of its docstring is its line in `motcua --help`,
the whole docstring stands above its own `--help`. A module has two functions:

    def configure(parser: argparse.ArgumentParser) -> None     adds the arguments
    def run(arguments: argparse.Namespace) -> int              does the work; the exit code of the process

Only the chosen module is imported, so what it imports at its top costs nobody else. A module that only starts a
program of another room imports that room inside `run`, so that `--help` answers at once.

What can go wrong in the world (a file is missing, a port is taken, a mistake in a configuration) is raised as
`Problem` with a sentence for the person who typed the command: what happened, where, what to do. It is printed without
a traceback and the process ends with 1. Everything else is our mistake and shows its traceback.
"""

from pathlib import Path

# Programs that stay, in the order in which a hall starts them; every other module here is a tool that ends.
PROGRAMS = ("server", "web", "kiosk", "rating", "display", "agent", "hub", "demo")


class Problem(Exception):  # noqa: N818 - it is printed to people, who meet problems rather than errors.
    """Something of the world stands in the way; the message tells what, where, and what to do."""


def names() -> list[str]:
    """Return the sub-commands that exist, programs first, then tools by the alphabet."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"__init__"}
    return [name for name in PROGRAMS if name in found] + sorted(found.difference(PROGRAMS))


def summary(name: str) -> str:
    """Return the first line of a sub-command's docstring, read from its file without importing or parsing it."""
    with (Path(__file__).parent / f"{name}.py").open(encoding="utf-8") as source:
        line = source.readline().strip()
    assert line.startswith('"""'), f"motcua/commands/{name}.py must begin with the docstring that is its help"
    return line.strip('".')
