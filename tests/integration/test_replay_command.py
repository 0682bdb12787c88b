"""`motcua replay` as a technician or a page starts it: a process that reads a log and prints figures."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from motcua.bench.recorded_days import keep_log, recorded_days, simulated_hall
from queue_server.config import read_sources

TOP = Path(__file__).parents[2]
LARGE = TOP / "config" / "demo" / "large.toml"
DAYS = 3


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    keep_log(folder, recorded_days(simulated_hall("large 1", 120, 3), DAYS))
    return folder


def replay(state: Path, *more: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "motcua", "replay", *more, "--state", str(state)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=100, check=False)


def fingerprint(state: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(state.glob("branch.db"))}


def test_an_unchanged_draft_gives_the_same_calls_and_leaves_the_log_as_it_was(state: Path) -> None:
    before = fingerprint(state)
    done = replay(state, str(LARGE), "--json", "--progress")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["same_calls"] == found["calls_before"] == found["calls_after"] > 200
    assert len(found["days"]) == DAYS
    assert found["unrepeated"] == {}
    assert found["all"]["before"] == found["all"]["after"]
    assert [json.loads(line) for line in done.stderr.splitlines()] == [
        {"done": day, "of": DAYS} for day in range(1, DAYS + 1)
    ]
    assert fingerprint(state) == before


def test_a_draft_comes_as_texts_and_changes_the_figures(state: Path) -> None:
    sources = read_sources(LARGE)
    changed = {name: text.replace("slope = 2.5", "slope = 1.0") for name, text in sources.items()}
    assert changed != sources
    done = replay(state, "-", "--json", "--days", "1", given=json.dumps(changed))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["days"]) == 1
    assert found["same_calls"] < found["calls_before"], "without steeper slopes others are called"
    assert found["all"]["after"]["waiting"]["n"] == found["all"]["before"]["waiting"]["n"]


def test_people_read_a_table(state: Path) -> None:
    done = replay(state, str(LARGE))
    assert done.returncode == 0, done.stderr
    assert f"{DAYS} days, 2027-03-01 to 2027-03-03" in done.stdout
    assert "within target" in done.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--time-limit-s", "0"), "must be above 0"),
        (("--time-limit-s", "0.02"), "out_of_time"),
        (("--days", "999"), "1 to 60 can be played"),
        (("--from", "2031-01-01"), "no recorded day"),
    ],
)
def test_limits_are_told_and_nothing_is_printed(state: Path, more: tuple[str, ...], said: str) -> None:
    done = replay(state, str(LARGE), "--json", *more)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_a_replay_that_grows_too_large_gives_up(state: Path) -> None:
    sources = read_sources(LARGE)
    sources["branch.toml"] += "#" * 7_000_000
    done = replay(state, "-", "--memory-limit-mb", "5", given=json.dumps(sources))
    assert done.returncode == 1
    assert "out_of_memory" in done.stderr


def test_a_draft_with_mistakes_is_not_played(state: Path) -> None:
    sources = read_sources(LARGE)
    sources["branch.toml"] = sources["branch.toml"].replace('zone_id = "hall"', 'zone_id = "attic"', 1)
    done = replay(state, "-", given=json.dumps(sources))
    assert done.returncode == 1
    assert "branch.toml:" in done.stderr
    assert "attic" in done.stderr
