"""docs/messages.md is true, and enough: a program written from it alone is a terminal."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol.codec import BODY_LIMIT_BYTES
from protocol.commands import CallNext, OpenCounter, SignInClerk
from protocol.message import OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION
from protocol.views import Done, VisitCalledReply
from tests.support.message_tables import PAGE, filled
from tests.support.served_branch import ServedBranch, function, reap

TERMINAL = Path(__file__).with_name("foreign_terminal.py")
AT_COUNTER: dict[str, Any] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-1",
    "clerk_id": "lan",
}


def test_every_table_of_the_page_is_made_from_the_types() -> None:
    page = PAGE.read_text("utf-8")
    assert page == filled(page), "run python -m tests.support.message_tables"


def test_the_numbers_in_the_pages_text_are_those_of_the_code() -> None:
    page = PAGE.read_text("utf-8")
    assert f"No message is longer than {BODY_LIMIT_BYTES:,} bytes" in page
    assert f"`version` is an integer, now **{PROTOCOL_VERSION}**" in page
    assert f"the oldest that is understood is {OLDEST_SUPPORTED_VERSION} too" in page


def test_the_foreign_terminal_is_short_and_knows_nothing_of_ours() -> None:
    source = TERMINAL.read_text("utf-8")
    assert len(source.splitlines()) < 80
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert imported == {"json", "sys", "zmq", "zmq.utils"}


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ServedBranch]:
    with ServedBranch(tmp_path) as branch:
        branch.pair("staff", function("staff", "staff-1"))
        yield branch


def test_the_foreign_terminal_pairs_takes_a_number_and_sees_it_called(branch: ServedBranch) -> None:
    pairing = branch.announce("foreign", function("kiosk", "kiosk-9"), function("board", "board-9", zone_id="hall"))
    terminal = subprocess.Popen([sys.executable, "-I", str(TERMINAL), pairing], stdout=subprocess.PIPE, text=True)
    try:
        assert terminal.stdout is not None
        assert json.loads(terminal.stdout.readline()) == {"paired": "foreign"}
        assert json.loads(terminal.stdout.readline()) == {"ticket": "C001", "ahead": 0}
        with branch.link("staff") as staff:
            assert staff.ask_and_wait(SignInClerk(**AT_COUNTER)) == Done()
            assert staff.ask_and_wait(OpenCounter(**AT_COUNTER)) == Done()
            assert isinstance(staff.ask_and_wait(CallNext(**AT_COUNTER)), VisitCalledReply)
        assert json.loads(terminal.stdout.readline()) == {"called": "C001", "counter": 1}
    finally:
        assert reap(terminal) == 0
