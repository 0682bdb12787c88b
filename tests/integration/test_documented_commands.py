"""Every command that a document or a systemd unit shows is one that the command line understands."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from motcua.__main__ import build_parser
from motcua.commands import names
from tests.support.units import SERVICES, command_line

TOP = Path(__file__).parents[2]
PROGRAM = "/opt/motcua/.venv/bin/motcua"


def shown_in_documents() -> Iterator[str]:
    """Yield "page: command" for each command in a block of a page, and for each `motcua …` inside its sentences."""
    for page in [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        lines = re.findall(rf"^(?:sudo -u motcua )?(?:motcua|{PROGRAM}) .*", blocks, re.MULTILINE)
        lines += re.findall(r"`((?:sudo -u motcua )?motcua [a-z][^`]*)`", text)
        for line in lines:
            yield f"{page.name}: {line}"


def shown_in_units() -> Iterator[str]:
    """Yield "unit: command" for each service, as systemd starts it where no file of options is."""
    for service in SERVICES:
        yield f"{service}: {shlex.join(command_line(service, {}))}"


@pytest.mark.parametrize("shown", [*shown_in_units(), *shown_in_documents()])
def test_a_shown_command_is_understood(shown: str) -> None:
    words = shlex.split(shown.partition(": ")[2], comments=True)
    start = max(index for index, word in enumerate(words) if word in {"motcua", PROGRAM})
    arguments = words[start + 1 :]
    assert arguments[0] in names()
    if "--help" in arguments:
        return
    if len(arguments) > 1 or shown.partition(": ")[0].endswith(".service"):
        build_parser(arguments[0]).parse_args(arguments)


def test_commands_are_found_at_all() -> None:
    assert len(list(shown_in_units())) >= 8
    assert len(list(shown_in_documents())) >= 10
