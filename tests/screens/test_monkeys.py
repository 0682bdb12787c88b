"""Monkeys at the touch programs: random touches on the real window find no fault, and find every fault that is planted.

The world behind a monkey is simulated (`tests.support.monkeys`), so that an hour of a hall takes a minute; the long
lane sends them out for 100,000 touches. A run that finds something tells its seed, its last touches and its picture.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.screen, pytest.mark.begins_first]

GROWTH_MOST_KB = 40_000
"""Letters and words that were measured are kept up to a limit; nothing else may grow."""

LONG = 20_000
STANDING, LYING = "540x960", "960x540"

Report = dict[str, Any]


def send(program: str, touches: int, seed: int, folder: Path, *more: str) -> subprocess.Popen[str]:
    # Mesa's helpers would only take the other monkey's core.
    environment = {**os.environ, "LP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.support.monkeys", program, str(touches), "--seed", str(seed)]
    command += ["--folder", str(folder), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def report_of(monkey: subprocess.Popen[str], timeout_s: float) -> Report:
    try:
        said, log = monkey.communicate(timeout=timeout_s)
    finally:
        monkey.kill()
        monkey.wait()
    assert said, log
    report: Report = json.loads(said)
    report["log"] = log
    return report


def assert_nothing_found(report: Report) -> None:
    last = "\n".join(report.get("last", ()))
    assert not report["found"], f"{report['found']}\nseed {report['seed']}, picture {report.get('picture')}\n{last}"
    assert "Traceback" not in report["log"], report["log"]
    assert report["grown_kb"] < GROWTH_MOST_KB, report


def assert_went_everywhere(report: Report) -> None:
    """A monkey that sees only the start finds nothing."""
    pages = {"services", "class", "confirm", "number", "refused", "search", "procedures", "details"}
    limits = {"person_day"} if report["per_person"] else {"too_many_tickets"}
    if report["per_person"]:
        pages |= {"card", "held"}
    if report["touches"] >= LONG:
        pages |= {"closed", "gone", "found", "taking", "unanswered", "scanned"}
        limits |= {"too_many_tickets", "quota_reached"}
    assert pages <= set(report["reached"]), pages - set(report["reached"])
    assert report["tickets"] > report["touches"] / 400, report
    assert limits <= set(report["refusals"]), f"limits that were not met: {limits - set(report['refusals'])}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("more", "size"), [(0, STANDING), (1, LYING)])
def test_a_monkey_at_the_kiosk_finds_nothing(more: int, size: str, tmp_path: Path, seed: int) -> None:
    report = report_of(send("ticket", 1500, seed + more, tmp_path, "--size", size), 280)
    assert_nothing_found(report)
    assert_went_everywhere(report)


@pytest.mark.timeout(300)
def test_a_monkey_at_the_rating_terminal_finds_nothing(tmp_path: Path, seed: int) -> None:
    report = report_of(send("rating", 600, seed, tmp_path), 280)
    assert_nothing_found(report)
    assert {"idle", "question", "reasons", "thanks"} <= set(report["reached"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("program", "times", "plant", "found"),
    [
        ("ticket", 1, "no_way_back", "has no way back"),
        pytest.param("ticket", 1, "double_take", "began 1 visits", marks=pytest.mark.slow),
        ("ticket", 1, "stale_glass", "the glass"),
        pytest.param("ticket", 1, "crash", "IndexError: the third letter", marks=pytest.mark.slow),
        ("ticket", 1, "forgotten_idle", "no time-out leads from 'refused' to the start"),
        pytest.param("ticket", 2, "generous_server", "one person ", marks=pytest.mark.slow),
        ("rating", 1, "late_window", "made the press"),
        ("rating", 1, "lasting_thanks", "without a touch the screen is 'thanks'"),
    ],
)
def test_a_monkey_finds_a_fault_that_is_there(  # noqa: PLR0917 -- a table's columns, and what every test has.
    program: str, times: int, plant: str, found: str, tmp_path: Path, seed: int
) -> None:
    report = report_of(send(program, 6000, times * seed, tmp_path, "--plant", plant), 280)
    assert found in report["found"]
    assert report["touches"] < 6000
    assert 0 < len(report["last"]) <= 30
    assert Path(report["picture"]).stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_hundred_thousand_touches_find_nothing(tmp_path: Path, seed: int) -> None:
    shapes = ((seed, STANDING), (seed + 1, LYING))
    monkeys = [send("ticket", 45_000, number, tmp_path, "--size", size) for number, size in shapes]
    monkeys.append(send("rating", 10_000, seed, tmp_path))
    try:
        *kiosks, terminal = (report_of(monkey, 2300) for monkey in monkeys)
    finally:
        for monkey in monkeys:
            monkey.kill()
            monkey.communicate()
    for report in (*kiosks, terminal):
        assert_nothing_found(report)
    for report in kiosks:
        assert_went_everywhere(report)
    assert {"idle", "gone", "question", "reasons", "thanks"} <= set(terminal["reached"])
    assert sum(report["touches"] for report in (*kiosks, terminal)) >= 100_000
