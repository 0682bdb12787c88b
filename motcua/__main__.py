"""The command line: `motcua SUB-COMMAND …`.

It knows no sub-command by name; `motcua.commands` tells which exist. Only the chosen one is imported, so that a queue
server never loads a touch screen's libraries and `motcua --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

from motcua import commands

INTERRUPTED = 130  # What a shell reports for a process that ended by Ctrl-C.


class _Version(argparse.Action):
    """Look the version up only when it is asked for; reading metadata takes longer than all the rest."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"motcua {version('motcua')}")
        parser.exit()


class SubCommand(Protocol):
    """What a module of :mod:`motcua.commands` gives."""

    __doc__: str | None

    def configure(self, parser: argparse.ArgumentParser, /) -> None:
        """Add the arguments."""

    def run(self, arguments: argparse.Namespace, /) -> int:
        """Do the work."""


@dataclass(frozen=True)
class Shelf:
    """Where sub-commands are found: their names, the one line of each, and how one is loaded."""

    names: Callable[[], Sequence[str]] = commands.names
    summary: Callable[[str], str] = commands.summary
    load: Callable[[str], SubCommand] = lambda name: cast("SubCommand", import_module(f"motcua.commands.{name}"))


OUR_SHELF = Shelf()


def build_parser(chosen: str | None, shelf: Shelf = OUR_SHELF) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, with the arguments of the chosen sub-command alone."""
    parser = argparse.ArgumentParser(
        prog="motcua",
        description="Một cửa: kiosks, queues, hall boards and ratings for one-stop public service halls.",
        epilog="'motcua SUB-COMMAND --help' tells more of each.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    choices = parser.add_subparsers(title="sub-commands", metavar="SUB-COMMAND", dest="command", required=True)
    for name in shelf.names():
        child = choices.add_parser(name, help=shelf.summary(name))
        if name == chosen:
            module = shelf.load(name)
            child.description = module.__doc__
            child.formatter_class = argparse.RawDescriptionHelpFormatter
            child.set_defaults(run=module.run)
            module.configure(child)
    return parser


def main(argv: Sequence[str] | None = None, shelf: Shelf = OUR_SHELF) -> int:
    """Run one sub-command and return its exit code: 0 done, 1 a problem, 2 wrong arguments, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    chosen = next((argument for argument in argv if not argument.startswith("-")), None)
    arguments = build_parser(chosen, shelf).parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except commands.Problem as problem:
        print(f"motcua {chosen}: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`motcua … | head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
