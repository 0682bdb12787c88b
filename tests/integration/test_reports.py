"""`reports.db` follows the log, survives being deleted, sees that a log is another one, and is read meanwhile."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import msgspec
import pytest

from protocol.events import AnyEvent
from queue_server.journal import Journal
from queue_server.reporting.day import DayReport, day_report
from queue_server.reporting.tables import NoReports, SomebodyFollows, following, read_day
from tests.support.everyday import Everyday
from tests.support.halls import MONDAY, small_hall
from tests.support.logs import write_log
from tests.support.tables import Table


def drawn_day(seed: int, lines: int = 400) -> list[AnyEvent]:
    """Draw a day's events."""
    table = Table(small_hall())
    everyday = Everyday(table, random.Random(seed))
    for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
        table.say(f"signin {clerk} {counter}")
    for _ in range(lines):
        table.say(everyday.line())
    return table.hall.events()


@pytest.fixture(scope="module")
def events(request: pytest.FixtureRequest) -> list[AnyEvent]:
    return drawn_day(request.config.option.seed)


@pytest.fixture
def state(tmp_path: Path, events: list[AnyEvent]) -> Path:
    write_log(tmp_path, events)
    return tmp_path


def follow(state: Path) -> bool:
    with Journal(state / "branch.db") as journal, following(state / "reports.db") as tables:
        return tables.follow(journal)


def content(state: Path) -> list[tuple[object, ...]]:
    """Everything that the tables hold, in one order."""
    connection = sqlite3.connect(state / "reports.db")
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1")]
        rows = [(name, *row) for name in names for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608 -- names of our own.
    finally:
        connection.close()
    return sorted(rows, key=repr)


def test_following_bit_by_bit_is_the_same_as_at_once(tmp_path: Path, events: list[AnyEvent]) -> None:
    at_once, in_bits = tmp_path / "a", tmp_path / "b"
    write_log(at_once, events)
    follow(at_once)
    chance = random.Random(len(events))
    at = 0
    while at < len(events):
        step = chance.randint(1, 60)
        write_log(in_bits, events[at : at + step])
        assert follow(in_bits) is False
        at += step
    assert content(in_bits) == content(at_once)


def test_deleted_tables_come_back_the_same(state: Path) -> None:
    follow(state)
    before = content(state)
    (state / "reports.db").unlink()
    follow(state)
    assert content(state) == before


def test_a_log_that_is_another_one_makes_the_tables_anew(tmp_path: Path, seed: int) -> None:
    write_log(tmp_path, drawn_day(seed, 200))
    follow(tmp_path)
    for leftover in tmp_path.glob("branch.db*"):
        leftover.unlink()
    write_log(tmp_path, drawn_day(seed + 1, 100))
    assert follow(tmp_path) is True
    fresh = tmp_path / "fresh"
    write_log(fresh, drawn_day(seed + 1, 100))
    follow(fresh)
    assert content(tmp_path) == content(fresh)
    assert not (tmp_path / "reports.db.draft").exists()


def test_tables_of_another_version_are_made_anew(state: Path) -> None:
    follow(state)
    connection = sqlite3.connect(state / "reports.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert follow(state) is True
    assert follow(state) is False


def test_a_broken_log_leaves_the_old_tables(state: Path) -> None:
    follow(state)
    before = content(state)
    log = apsw.Connection(str(state / "branch.db"))
    log.execute("UPDATE events SET hash = randomblob(32)")
    log.execute(
        "DELETE FROM events WHERE type = 'visit_taken' AND seq = (SELECT min(seq) FROM events WHERE type='visit_taken')"
    )
    log.close()
    with pytest.raises(Exception, match="never took a number"):
        follow(state)
    assert content(state) == before


def test_one_follows_and_the_others_read(state: Path) -> None:
    follow(state)
    with following(state / "reports.db"):
        with pytest.raises(SomebodyFollows), following(state / "reports.db"):
            pass
        assert read_day(state / "reports.db", "").day.day == MONDAY


def test_a_day_that_never_was(state: Path, tmp_path: Path) -> None:
    with pytest.raises(NoReports, match="does not exist"):
        read_day(tmp_path / "nowhere.db", "")
    follow(state)
    with pytest.raises(NoReports, match="2020-01-01"):
        read_day(state / "reports.db", "2020-01-01")


def run_report(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "motcua", "report", *arguments, "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_reports_the_day(state: Path) -> None:
    answer = run_report(state, "day", "--json")
    assert answer.returncode == 0, answer.stderr
    report = msgspec.json.decode(answer.stdout, type=DayReport)
    assert report == day_report(read_day(state / "reports.db", MONDAY))
    assert "Báo cáo ngày 23/11/2026" in run_report(state, "day", "--date", MONDAY).stdout
    assert run_report(state, "day", "--csv").stdout.startswith("\ufeffday,service_id,")


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    answer = run_report(tmp_path, "day")
    assert answer.returncode == 1
    assert "branch.db cannot be read as a log" in answer.stderr
    assert "nothing was asked" in run_report(tmp_path).stderr


def test_the_follower_follows_until_told_to_end(tmp_path: Path, events: list[AnyEvent]) -> None:
    write_log(tmp_path, events[:100])
    command = [sys.executable, "-m", "motcua", "report", "--follow", "--state", str(tmp_path)]
    follower = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        await_seq(tmp_path, 100)
        write_log(tmp_path, events[100:])
        await_seq(tmp_path, len(events))
        follower.send_signal(signal.SIGTERM)
        _, complaints = follower.communicate(timeout=10)
    finally:
        if follower.poll() is None:
            follower.kill()
            follower.communicate()
    assert (follower.returncode, complaints) == (0, "")


def await_seq(state: Path, seq: int) -> None:
    """Wait until the tables have followed so far: each look waits for the file's lock, the follower's own pace."""
    deadline = time.monotonic() + 20
    pause = threading.Event()
    while time.monotonic() < deadline:
        try:
            if read_day(state / "reports.db", "").followed_seq >= seq:
                return
        except (NoReports, sqlite3.OperationalError):
            pass
        pause.wait(0.05)
    pytest.fail(f"the follower has not come to event {seq} within 20 s")
