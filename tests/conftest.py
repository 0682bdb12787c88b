"""What holds for every test: it leaves nothing behind, its chance can be repeated, its pictures can be kept.

Fixtures for all rooms:

- `seed`: the number from which a test draws all its chance (`random.Random(seed)`). It stands at the end of the run's
  report; `--seed N` repeats or varies it. Hypothesis follows the same number.
- `write_tables`: whether a measured row goes into the docs (`tests/support/fault_tables.py`) or is held against them.
- `picture`: `picture("kiosk")` is the path where a test saves a picture: `kiosk.png` in the test's own folder, or under
  `--pictures FOLDER` when `make screenshots` remakes those of the docs (mark such a test with `picture`).
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.support.leftovers import Belongings, leftovers

# The gate draws the same chance each time, so that whoever breaks it sees it break; the long lanes vary the number.
DEFAULT_SEED = 7
# How long something that is already ending (a joined process's pipe, a thread past its last line) may take.
ENDING_S = 20.0
TESTS = Path(__file__).parent
OF_A_SET = re.compile(r"-\d+x\d+")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("motcua")
    group.addoption("--seed", type=int, default=None, help="the number from which tests draw their chance")
    group.addoption("--pictures", type=Path, default=None, help="keep the pictures that tests make in this folder")
    group.addoption("--write-tables", action="store_true", help="write measured rows into the docs (fault tables)")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = DEFAULT_SEED
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(config.option.seed)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give out the longest files first, so that no worker has one of them alone while the others have gone home.

    After them each folder is spread evenly over the run: while one worker draws windows, another waits for a browser.
    The many small files of tests/unit come last and fill whatever time is left.
    """
    longest = {item.path for item in items if item.get_closest_marker("begins_first")}
    folders: dict[str, list[Path]] = {}
    for path in dict.fromkeys(item.path for item in items):
        folders.setdefault(path.relative_to(TESTS).parts[0], []).append(path)
    places = {path: place / len(paths) for paths in folders.values() for place, path in enumerate(paths)}
    last = set(folders.get("unit", ()))
    items.sort(key=lambda item: (item.path not in longest, item.path in last, places[item.path]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    hashes = os.environ.get("PYTHONHASHSEED", "random")
    terminalreporter.write_line(f"seed {config.option.seed}, PYTHONHASHSEED {hashes}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        report.sections.append(("seed", f"repeat with --seed {item.config.option.seed}"))
    return report


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return the number from which this test draws its chance."""
    drawn: int = request.config.option.seed
    return drawn


@pytest.fixture
def write_tables(request: pytest.FixtureRequest) -> bool:
    """Return whether measured rows are written into the docs' tables instead of compared with them."""
    return bool(request.config.option.write_tables)


@pytest.fixture
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """Return where to save a picture of the given name (without its ending).

    The docs show a few. What is named by its size (`board-idle-vi-1280x720`) is one of a whole set of states, which
    goes into the folder `images` beside them.
    """
    folder: Path = request.config.option.pictures or tmp_path

    def place(name: str) -> Path:
        kept = folder.parent / "images" if request.config.option.pictures and OF_A_SET.search(name) else folder
        kept.mkdir(parents=True, exist_ok=True)
        return kept / f"{name}.png"

    return place


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test after which a thread, a child process or an open file remains that was not there before."""
    before = Belongings.now()
    yield
    if request.node.get_closest_marker("leaves_behind") is None:
        remaining = leftovers(before, ENDING_S)
        if remaining:
            pytest.fail("left behind:\n" + "\n".join(remaining), pytrace=False)
