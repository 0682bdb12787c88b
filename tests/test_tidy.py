"""The repository keeps its own rules; and each rule catches what it is there for.

Where a rule is set aside for one name or file, the reason stands here.
"""

import functools
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import tidy
from tests.support.tidy import File

TOP = Path(__file__).parent.parent

# Patterns of names in which a word of the glossary's last column is right, because it means something else there.
ALLOWED_NAMES = {
    "*role*": "what a key or an account may do; a counter's queues are its work profile",
    "*topic*": "what a terminal subscribes to; a citizen queues for a service",
    "*transfer_position": "first or last in the queue; where citizens are served is a counter",
    "position": "the same, inside Transfer",
    "*rating_window*": "the span in which a rating is taken; where citizens are served is a counter",
    "window": "the same, inside the view of a rating terminal",
    "off_line": "the link is cut; what visits wait in is a queue",
    "*_line": "a line of text on a screen or page; what visits wait in is a queue",
    "*_lines": "the same",
    "lines": "the same",
    "line": "the visits of one priority class within a queue, in order; a queue is all its lines",
    "*_file": "a file on disk; a citizen's papers are a dossier",
    "session": "somebody signed in at a browser; the hall's day is a business day",
    "sessions": "the same",
}

# Product files longer than one should hold in mind, and why they are one story.
LONG_FILES = {
    "hardware/printer/dialogue.py": "the pure conversation with one printer, from asking to knowing or not knowing",
    "protocol/link.py": "asking, watching and the link's state are one thread's story over one pair of sockets",
}

# Conditions on a rate that are no branch between a demonstration and a hall: "path:function".
ALLOWED_RATES = {
    "queue_server/clock.py:keep_anchor": "a server that is started again with the same wish goes on with its clock",
    "protocol/hall_clock.py:heard": "offsets kept at another rate are worthless; nothing differs by the rate's value",
}


@functools.cache
def paths() -> tuple[str, ...]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=TOP, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(name for name in names if name and (TOP / name).is_file())


@functools.cache
def repository() -> tuple[File, ...]:
    """Return all text files. A file with a zero byte is a picture or a sound; any other must be UTF-8."""
    contents = ((path, (TOP / path).read_bytes()) for path in paths())
    return tuple(File(path, data.decode()) for path, data in contents if b"\0" not in data)


def file(path: str) -> File:
    return next(file for file in repository() if file.path == path)


def glossary() -> frozenset[str]:
    return tidy.forbidden_words(file("docs/glossary.md").text)


def assert_none(findings: Iterator[str]) -> None:
    found = list(findings)
    assert not found, "\n" + "\n".join(found)


# --- The repository keeps the rules --------------------------------------------------------------------------------


def test_names_are_the_glossarys() -> None:
    assert_none(tidy.wrong_words(repository(), glossary(), ALLOWED_NAMES))


def test_every_allowance_is_needed() -> None:
    kept: set[str] = set()
    list(tidy.wrong_words(repository(), glossary(), ALLOWED_NAMES, kept))
    assert kept == set(ALLOWED_NAMES)
    # A file that shrank well below the limit needs its allowance no more; one that wavers around it keeps it.
    assert all(len(file(path).lines) > 0.9 * tidy.LONGEST_FILE for path in LONG_FILES)
    branches = {f"{f.path}:{name}" for f in repository() if f.is_product for name, _ in tidy.conditions(f.tree)}
    assert set(ALLOWED_RATES) <= branches


def test_tests_wait_for_events() -> None:
    assert_none(tidy.sleeps(repository()))


def test_nothing_is_mocked() -> None:
    assert_none(tidy.mocks(repository()))


def test_files_tell_one_story() -> None:
    assert_none(tidy.long_files(repository(), LONG_FILES))


def test_functions_fit_a_screen() -> None:
    assert_none(tidy.long_functions(repository()))


def test_the_demonstration_is_only_a_configuration() -> None:
    assert_none(tidy.branches_on_the_demo(repository(), ALLOWED_RATES))


def test_what_is_ignored_has_a_reason() -> None:
    assert_none(tidy.unreasoned_exceptions(repository()))


def test_packages_are_listed() -> None:
    assert_none(
        tidy.unlisted_packages(
            repository(), tomllib.loads(file("pyproject.toml").text)["tool"]["setuptools"]["packages"]
        )
    )


def test_nothing_is_true_on_one_machine_only() -> None:
    assert_none(tidy.machine_paths(repository()))


def test_text_is_composed() -> None:
    assert_none(tidy.decomposed_text(repository()))


def test_languages_say_the_same() -> None:
    assert_none(tidy.uneven_languages(file("config/texts/vi.toml"), file("config/texts/en.toml")))


def test_requirements_are_exact() -> None:
    assert_none(tidy.loose_requirements(file("requirements.lock")))


def test_links_of_documents_lead_somewhere() -> None:
    assert_none(tidy.broken_links(repository(), frozenset(paths())))


def test_documents_that_code_names_are_there() -> None:
    planting = "tests/test_tidy.py"  # The documents that it names below are planted ones.
    assert_none(tidy.stale_references([f for f in repository() if f.path != planting], frozenset(paths())))


# --- The rules catch what they are there for -----------------------------------------------------------------------

WORDS = frozenset({"customer", "line", "ticket id"})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("protocol/views.py", "class A:\n    customer_id: str\n"),
        ("protocol/views.py", "def ask(customers: int) -> None: ...\n"),
        ("protocol/views.py", "LINE = 3\n"),
        ("protocol/views.py", "ticket_id = 3\n"),
        ("kiosk/app.py", "class CustomerScreen: ...\n"),
        ("config/branch.toml", "[[line]]\n"),
        ("config/branch.toml", "[counter]\n  max-line = 3\n"),
    ],
)
def test_a_wrong_word_is_found(path: str, text: str) -> None:
    assert len(list(tidy.wrong_words([File(path, text)], WORDS, {}))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kiosk/app.py", "customer = 3\nclass _Customer: ...\n"),
        ("protocol/views.py", "online = 3\nclass Baseline: ...\n"),
        ("config/texts/en.toml", "line = 3\n"),
    ],
)
def test_a_word_elsewhere_is_free(path: str, text: str) -> None:
    assert list(tidy.wrong_words([File(path, text)], WORDS, {})) == []


def test_an_allowed_name_is_noted() -> None:
    kept: set[str] = set()
    planted = [File("protocol/views.py", "line = 3\n")]
    assert list(tidy.wrong_words(planted, WORDS, {"lin*": "a line of text"}, kept)) == []
    assert kept == {"lin*"}


def test_forbidden_words_come_from_the_glossary() -> None:
    table = "| Use | Meaning | On screens | Not |\n| **queue** | x | y | line, agent |\n| **agent** | x | y | – |\n"
    assert tidy.forbidden_words(table) == {"line"}
    assert {"customer", "session", "ticket id"} <= glossary()


@pytest.mark.parametrize("name", ["VIPLine", "vip_line", "vip-line", "VipLine"])
def test_words_of_a_name(name: str) -> None:
    assert tidy.words(name) == ["vip", "line"]


@pytest.mark.parametrize(
    "text", ["import time\ntime.sleep(1)\n", "sleep(1)\n", "async def f():\n    await asyncio.sleep(0)\n"]
)
def test_a_sleeping_test_is_found(text: str) -> None:
    assert len(list(tidy.sleeps([File("tests/test_x.py", text)]))) == 1
    assert list(tidy.sleeps([File("hardware/x.py", text)])) == []


@pytest.mark.parametrize(
    "text",
    ["from unittest.mock import patch\n", "from unittest import mock\n", "import mock\n", "def test(mocker): ...\n"],
)
def test_a_mock_is_found(text: str) -> None:
    assert len(list(tidy.mocks([File("tests/test_x.py", text)]))) == 1


def test_a_long_file_is_found() -> None:
    long = File("kiosk/app.py", "x = 1\n" * 501)
    assert len(list(tidy.long_files([long], {}))) == 1
    assert list(tidy.long_files([long], {"kiosk/app.py": "a table"})) == []
    assert list(tidy.long_files([File("kiosk/app.py", "x = 1\n" * 500)], {})) == []


@pytest.mark.parametrize(("lines", "found"), [(69, 0), (70, 1)])
def test_a_long_function_is_found(lines: int, found: int) -> None:
    text = "class A:\n    def f():\n" + "        x = 1\n" * lines
    assert len(list(tidy.long_functions([File("tests/x.py", text)]))) == found


@pytest.mark.parametrize(
    "text",
    [
        "if demo: x = 1\n",
        "x = 1 if settings.is_demo else 2\n",
        "def f():\n    while clock.rate > 1: pass\n",
        "if mode == 'demo': x = 1\n",
        "x = [a for a in b if not a.demo]\n",
        "if ready and not rate: x = 1\n",
        "if (epoch, rate) == (1, 2): x = 1\n",
        "match demo:\n    case True: pass\n",
    ],
)
def test_a_branch_on_the_demonstration_is_found(text: str) -> None:
    assert len(list(tidy.branches_on_the_demo([File("kiosk/app.py", text)], {}))) == 1
    assert list(tidy.branches_on_the_demo([File("motcua/demo/app.py", text)], {})) == []


def test_an_allowed_condition_is_no_branch() -> None:
    planted = File("kiosk/app.py", "def f(rate):\n    if rate <= 0: raise ValueError\n")
    assert list(tidy.branches_on_the_demo([planted], {"kiosk/app.py:f": "refuses a clock that stands"})) == []
    assert list(tidy.branches_on_the_demo([File("kiosk/app.py", "if separate: x = 1\n")], {})) == []
    assert list(tidy.branches_on_the_demo([File("kiosk/app.py", "if play(x, rate) > 3 * rate: x = 1\n")], {})) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kiosk/app.py", "x = 1  # no" + "qa\n"),
        ("kiosk/app.py", "x = 1  # no" + "qa: S101\n"),
        ("kiosk/app.py", "x = 1  # type: ig" + "nore\n"),
        ("kiosk/app.py", "x = 1  # type: ig" + "nore[misc]\n"),
        ("pyproject.toml", 'ignore = [\n    "D100",\n]\n'),
        ("pyproject.toml", '"tests" = [\n    "D100", "D101",\n]\n'),
        ("pyproject.toml", '"kiosk/**" = ["T201", "S603"]\n'),
    ],
)
def test_an_exception_without_a_reason_is_found(path: str, text: str) -> None:
    assert len(list(tidy.unreasoned_exceptions([File(path, text)]))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kiosk/app.py", "x = 1  # no" + "qa: S101 - it is our own\n"),
        ("kiosk/app.py", "x = 1  # type: ig" + "nore[misc]  # Kivy has no types\n"),
        ("pyproject.toml", 'ignore = [\n    "D100", # Names tell it.\n    "zmq>=1",\n]\n'),
    ],
)
def test_an_exception_with_a_reason_is_free(path: str, text: str) -> None:
    assert list(tidy.unreasoned_exceptions([File(path, text)])) == []


def test_packages_that_are_not_listed_or_not_there_are_found() -> None:
    files = [File("kiosk/__init__.py", ""), File("kiosk/ticket/__init__.py", ""), File("tests/__init__.py", "")]
    assert list(tidy.unlisted_packages(files, ["kiosk", "kiosk.ticket"])) == []
    assert len(list(tidy.unlisted_packages(files, ["kiosk", "display"]))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "root/project\n",
        'open("/' + 'work/main")\n',
        "--index-" + "url x\n",
        "https://pypi" + ".example/simple/\n",
        "/" + "home/lan/x\n",
    ],
)
def test_what_is_true_on_one_machine_only_is_found(text: str) -> None:
    assert len(list(tidy.machine_paths([File("docs/x.md", text)]))) == 1


@pytest.mark.parametrize("text", ["docs/work/x\n", "/var/lib/motcua\n", "/network/root\n", "https://a.vn/work/x\n"])
def test_paths_of_every_machine_are_free(text: str) -> None:
    assert list(tidy.machine_paths([File("docs/x.md", text)])) == []


def test_decomposed_text_is_found() -> None:
    assert len(list(tidy.decomposed_text([File("docs/x.md", "\na\u0301\n")]))) == 1


def test_uneven_languages_are_found() -> None:
    first = File("config/texts/vi.toml", '[a]\nb = "số {number}"\nc = "x"\n')
    second = File("config/texts/en.toml", '[a]\nb = "number {counter}"\nd = "x"\n')
    assert len(list(tidy.uneven_languages(first, second))) == 3
    assert list(tidy.uneven_languages(first, first)) == []


def test_a_language_without_plural_is_even() -> None:
    vietnamese = File("config/texts/vi.toml", '[ahead]\nother = "{count} người"\n')
    english = File("config/texts/en.toml", '[ahead]\none = "1 person"\nother = "{count} people"\n')
    assert list(tidy.uneven_languages(vietnamese, english)) == []


@pytest.mark.parametrize(
    "text",
    [
        "msgspec==1.0\n",
        "msgspec>=1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "msgspec @ http" + "s://example.org/x.whl\n",
        "--require-hashes\n",
    ],
)
def test_a_loose_requirement_is_found(text: str) -> None:
    assert list(tidy.loose_requirements(File("requirements.lock", text)))


def test_a_broken_link_is_found() -> None:
    documents = [
        File("docs/a.md", "[b](b.md#its-heading) [top](../README.md) [folder](../docs) [web](https://a.vn)\n"),
        File("docs/b.md", "# Its *heading*\n[gone](gone.md)\n[heading](a.md#gone)\n![shot](pictures/a.png)\n"),
    ]
    found = list(tidy.broken_links(documents, frozenset({"docs/a.md", "docs/b.md", "README.md"})))
    assert [line.partition(" ")[0] for line in found] == ["docs/b.md:2:", "docs/b.md:3:", "docs/b.md:4:"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""``docs/a.md`` has the table."""', 0),
        ('mend = "See docs/a.md, The services, for more"', 0),
        ('mend = "see docs/a.md#the-services"', 0),
        ('"""``docs/gone.md`` has the table."""', 1),
        ('mend = "See docs/a.md, The wires"', 1),
        ('mend = "see docs/a.md#the-wires"', 1),
    ],
)
def test_a_document_that_is_named_and_gone_is_found(text: str, found: int) -> None:
    files = [File("docs/a.md", "# A page\n## The services\n"), File("kiosk/app.py", text + "\n")]
    assert len(list(tidy.stale_references(files, frozenset({"docs/a.md", "kiosk/app.py"})))) == found
