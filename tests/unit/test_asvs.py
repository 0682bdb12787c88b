"""`docs/asvs.md` answers each requirement of levels 1 and 2 once, and points at tests and files that are there."""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "asvs.md"

LEVELS = (
    "22 1111122223 112222222223 222 123",
    "122 112 12223 23",
    "3 113 12223 11222233 11122333 3 22333",
    "12233 23333 22 1222",
    "2 112333 113 222",
    "122 111111112222 11223333 112233 22222333 2223 33 2222",
    "222 1111 22 11222 223 22",
    "1233 1123 133 23",
    "111 1222",
    "22 223 22223 1111122222233333 22222 22 222",
    "2233 22233 11233 1222 23 23 33",
    "12233 11 22223",
    "2333 222223 2233 1222233",
    "22 12223333 122",
    "12233 12233 1222222 3333",
    "2 22222 2222 222 2223",
    "23 22223333 22",
)
"""The level of each requirement of ASVS 5.0.0: a line for each chapter, a word for each section, a digit for each."""

STANDINGS = ("tested", "does not apply", "inspected", "not met")
REASON_LEAST = 12


@dataclass(frozen=True)
class Row:
    """A line of the page."""

    requirement: str
    level: str
    standing: str
    answer: str


def rows() -> list[Row]:
    """Read the page's tables."""
    found = re.findall(r"^\| ([\d.]+) \| (\d) \| [^|]+ \| ([^|]+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [Row(*one) for one in found]


def cited(answer: str) -> tuple[list[str], list[str]]:
    """Give what an answer points at: tests as `file.py::name`, and paths."""
    quoted = re.findall(r"`([^`]+)`", answer) + re.findall(r"\]\(([^)#]+)\)", answer)
    tests = [one for one in quoted if "::" in one]
    paths = [one for one in quoted if re.fullmatch(r"[\w./-]*/[\w./-]+|[\w-]+\.(lock|md)", one)]
    return tests, paths


def test_each_requirement_of_the_two_levels_is_answered_once_and_in_order() -> None:
    wanted = [
        (f"{chapter}.{section}.{number}", level)
        for chapter, sections in enumerate(LEVELS, 1)
        for section, levels in enumerate(sections.split(), 1)
        for number, level in enumerate(levels, 1)
        if level != "3"
    ]
    assert len(wanted) == 253
    assert [(row.requirement, row.level) for row in rows()] == wanted


def test_the_counts_at_the_top_are_those_of_the_lines() -> None:
    counted = Counter(row.standing for row in rows())
    assert set(counted) == set(STANDINGS)
    said = re.search(r"^Of (\d+) requirements: (.+)\.$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert said
    assert int(said[1]) == counted.total()
    assert {name: int(count) for count, name in re.findall(r"\*\*(\d+)\*\* ([a-z ]+)", said[2])} == counted


@pytest.fixture(scope="module")
def files() -> dict[str, list[str]]:
    """Every test file by its name, with the text of each that has it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found.setdefault(path.name, []).append(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.requirement)
def test_what_a_line_points_at_is_there(row: Row, files: dict[str, list[str]]) -> None:
    tests, paths = cited(row.answer)
    for test in tests:
        file, _, name = test.partition("::")
        assert any(f"\ndef {name}(" in text for text in files.get(file, ())), test
    for path in paths:
        assert (ROOT / path).exists() or (PAGE.parent / path).exists(), path
    if row.standing == "tested":
        assert tests, "a test is named"
    elif row.standing == "inspected":
        assert paths or "ruff" in row.answer, "it says where somebody looked"
    else:
        assert len(row.answer) >= REASON_LEAST, "it says why"


# --- Claims that can drift -------------------------------------------------------------------------------------------

SERVED = ("queue_server", "protocol", "presentation")
"""What a page, the interface or the server runs in its own process."""


IMPORTED = re.compile(r"^\s*(?:import ([\w., ]+)|from ([\w.]+) import (.*))$", re.MULTILINE)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Each source file of the programs."""
    paths = (path for folder in SERVED for path in sorted((ROOT / folder).rglob("*.py")))
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}


def using(sources: dict[str, str], *modules: str) -> set[str]:
    """Give the files that import one of the modules, or something of it."""
    found = set()
    for path, text in sources.items():
        for plain, of, what in IMPORTED.findall(text):
            named = [one.split()[0] for one in plain.split(",")] if plain else [of]
            named += [f"{of}.{one.split()[0]}" for one in what.strip("( ").split(",") if of and one.strip()]
            if any(f"{one}.".startswith(f"{module}.") for one in named for module in modules):
                found.add(path)
    return found


def named_in(requirement: str) -> set[str]:
    """Give the source files that a line names."""
    (row,) = (row for row in rows() if row.requirement == requirement)
    return {path for path in cited(row.answer)[1] if path.endswith(".py") and path.startswith(SERVED)}


def test_processes_are_started_where_the_page_says_and_without_a_shell(sources: dict[str, str]) -> None:
    starting = using(sources, "subprocess", "multiprocessing", "pty", "concurrent.futures.process")
    assert starting == named_in("1.2.5")
    for path, text in sources.items():
        assert not re.search(r"\bos\.(system|popen|posix_spawnp?|exec[lv]\w*|spawn\w+|fork)\(", text), path
    for path in starting:
        calls = [node for node in ast.walk(ast.parse(sources[path])) if isinstance(node, ast.Call)]
        begun = [call for call in calls if ast.unparse(call.func) in {"subprocess.Popen", "subprocess.run"}]
        assert begun, path
        for call in begun:
            assert not any(one.arg in {"shell", None} for one in call.keywords), path
            assert isinstance(call.args[0], ast.List) or ast.unparse(call.args[0]) == "command", path


def test_connections_are_opened_where_the_page_says(sources: dict[str, str]) -> None:
    networked = using(sources, "socket", "ssl", "http.client", "urllib.request", "zmq", "smtplib", "ftplib", "asyncio")
    assert networked - {"protocol/keys.py"} == named_in("13.2.4")
    assert set(re.findall(r"zmq\.(\w+)\(", sources["protocol/keys.py"])) == {"curve_keypair", "curve_public"}, (
        "it draws"
    )


def test_files_are_taken_where_the_page_says(sources: dict[str, str]) -> None:
    taking = {path for path, text in sources.items() if re.search(r"request\.(files|stream)\b", text)}
    assert taking == named_in("5.2.2") == {"queue_server/web/editor_files.py"}


def test_nothing_reads_xml_or_pickles(sources: dict[str, str]) -> None:
    reading = ("xml", "lxml", "pickle", "marshal", "shelve", "yaml", "zipfile", "tarfile", "ldap", "memcache")
    assert using(sources, *reading) == set()


def test_using_finds_each_way_of_importing() -> None:
    ways = (
        "import socket",
        "import os, ssl",
        "    import zmq.auth",
        "from http import client",
        "from http.client import X",
    )
    sources = {str(number): f"x = 1\n{way}\n" for number, way in enumerate(ways)}
    assert using(sources, "socket", "ssl", "zmq", "http.client") == set(sources)
    assert using({"a": "from httpx import client\nimport sockets\n"}, "socket", "http.client") == set()
