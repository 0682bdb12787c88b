"""The tests are tested: mistakes that one might really make in the rules are planted, and each must be found.

A mutant is data: a file of the core, a piece of its text, and what stands there instead. It is planted in a copy of the
package and judged by the tables and the simulated days (``judge.py``) in a process of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """One planted mistake: what it would do to people, and the text that does it."""

    harm: str
    file: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "the latest deadline goes first",
        "calling.py",
        "return min(overdue, key=_by_deadline)",
        "return max(overdue, key=_by_deadline)",
    ),
    Mutant(
        "a guarantee is met a moment late",
        "calling.py",
        "head.waited_s >= head.guaranteed_s",
        "head.waited_s > head.guaranteed_s",
    ),
    Mutant("slopes are forgotten", "calling.py", "(-head.slope * head.waited_s,", "(-head.waited_s,"),
    Mutant(
        "equals are served youngest first",
        "calling.py",
        "return (-head.slope * head.waited_s, -head.waited_s, head.order)",
        "return (-head.slope * head.waited_s, -head.waited_s, -head.order)",
    ),
    Mutant(
        "backups are helped before their time",
        "calling.py",
        "if not primaries or head.waited_s > head.overflow_s",
        "if True",
    ),
    Mutant(
        "an idle counter does not help",
        "calling.py",
        "if not primaries or head.waited_s > head.overflow_s",
        "if head.waited_s > head.overflow_s",
    ),
    Mutant(
        "a visit sent to one counter is called at another",
        "calling.py",
        "if sent_here or (not to_counter_id and (is_primary or is_backup)):",
        "if sent_here or is_primary or is_backup:",
    ),
    Mutant(
        "the server gives a kiosk's own numbers",
        "hall.py",
        "if numbers.first <= number <= numbers.last:",
        "if False:",
    ),
    Mutant(
        "one number on two papers",
        "tickets.py",
        "if taken in branch.by_number:",
        "if False:",
    ),
    Mutant(
        "a double tap takes two numbers",
        "tickets.py",
        "if command.visit_id in branch.visits:",
        "if False:",
    ),
    Mutant(
        "a wrong kiosk clock buys a place",
        "tickets.py",
        "return min(max(taken_at, earliest), at)",
        "return min(taken_at, at)",
    ),
    Mutant(
        "a kiosk's clock runs ahead",
        "tickets.py",
        "return min(max(taken_at, earliest), at)",
        "return max(taken_at, earliest)",
    ),
    Mutant(
        "a second citizen is sent to the same window",
        "counters.py",
        'code = "call_unanswered" if visit.state == "called" else "counter_busy"',
        'code = "counter_busy"\n        if visit.state == "called":\n            return',
    ),
    Mutant(
        "a clerk sits at two counters",
        "counters.py",
        "if elsewhere is not None and elsewhere != counter.counter_id:",
        "if False:",
    ),
    Mutant(
        "a closing counter forgets its parked visits",
        "counters.py",
        "for visit_id in counter.parked:",
        "for visit_id in ():",
    ),
    Mutant(
        "the parked are left over at the day's end",
        "day.py",
        'if visit.state in ("waiting", "parked")]',
        'if visit.state == "waiting"]',
    ),
    Mutant(
        "whoever has a service more to come goes home",
        "linked.py",
        "services = what_follows(branch, visit) if goes_on else ()",
        "services = ()",
    ),
    Mutant(
        "a citizen who goes on keeps a service that is done",
        "linked.py",
        "coming = tuple(one.service_id for one in later)",
        "coming = tuple(one.service_id for one in services)",
    ),
    Mutant(
        "two colleagues get up for one call",
        "counter_help.py",
        "if wanted.answered_by:",
        "if False:",
    ),
    Mutant("a date is opened twice", "day.py", "if plan.day <= branch.day:", "if plan.day < branch.day:"),
    Mutant(
        "a no-show goes to the end of the line",
        "calls.py",
        "            rank_at=visit.rank_at,\n            reason=command.reason,",
        "            rank_at=at,\n            reason=command.reason,",
    ),
    Mutant(
        "a recall has the number of its call",
        "calls.py",
        "call_id=branch.last_call_id + 1,\n            recalls",
        "call_id=visit.call_id,\n            recalls",
    ),
    Mutant(
        "the first press counts, not the last",
        "apply_visits.py",
        "window.presses[event.channel] = Press(event.level, event.reasons)",
        "window.presses.setdefault(event.channel, Press(event.level, event.reasons))",
    ),
    Mutant(
        "a press counts after the window",
        "ratings.py",
        "if window is None or at >= window.closes_at:",
        "if window is None:",
    ),
    Mutant("a bounce counts", "ratings.py", "if last is not None and abs(", "if last is None and abs("),
    Mutant(
        "a bounce is told by when it arrived",
        "ratings.py",
        "abs(command.pressed_at - last) <",
        "at - last <",
    ),
    Mutant(
        "a visit is rated twice by two counters",
        "services.py",
        "if other is counter or (other.window is not None and other.window.visit_id == visit.visit_id)",
        "if other is counter",
    ),
    Mutant(
        "who has just answered elsewhere is asked again",
        "ratings.py",
        "if answered or not _AT_COUNTER",
        "if not _AT_COUNTER",
    ),
    Mutant(
        "somebody who was not served is asked",
        "services.py",
        "if outcome.served and not command.come_back_today and not command.stay:",
        "if not command.come_back_today and not command.stay:",
    ),
    Mutant(
        "a transfer loses the old arrival",
        "ranks.py",
        "            return min(visit.rank_at, line.head.rank_at - _JUST_BEFORE)\n    return visit.rank_at",
        "            return min(visit.rank_at, line.head.rank_at - _JUST_BEFORE)\n    return at",
    ),
    Mutant(
        "a number that lost to paper is free again",
        "apply_visits.py",
        "    branch.by_number[event.prefix, event.number] = visit.visit_id\n",
        "    branch.by_number[event.prefix, event.number] = visit.visit_id\n"
        "    branch.last_numbers[event.void_prefix] -= 1\n",
    ),
    Mutant(
        "one person takes as many numbers as there are",
        "persons.py",
        "if limits.day and len(counted) >= limits.day:",
        "if False:",
    ),
    Mutant(
        "a person may hold one more than allowed",
        "persons.py",
        "if limits.at_once and len(open_now) >= limits.at_once:",
        "if limits.at_once and len(open_now) > limits.at_once:",
    ),
    Mutant(
        "who gives a number back has had it all the same",
        "persons.py",
        "return policy.cancelled_counts or bool(visit.call_id)",
        "return True",
    ),
    Mutant(
        "who shows no card is asked no more",
        "tickets.py",
        "if not command.person_mark:",
        "if False:",
    ),
    Mutant(
        "a number of a kiosk that was cut off is not looked at",
        "tickets.py",
        "over_limit=limit_reached(branch, service, command.person_mark) is not None,",
        "over_limit=False,",
    ),
    Mutant(
        "a transfer frees its citizen for another number",
        "persons.py",
        "if one.service_id == service.service_id]",
        "if branch.visits[one.visit_id].service_id == service.service_id]",
    ),
    Mutant(
        "yesterday's numbers count today",
        "state.py",
        "        branch.held_by_person,\n",
        "",
    ),
    Mutant(
        "numbers go on into the next day",
        "state.py",
        "        branch.last_numbers,\n",
        "",
    ),
)


def plant(mutant: Mutant | None, folder: Path) -> Path:
    """Copy the package ``queue_server`` into ``folder`` with the mutant in it; gives what to put on PYTHONPATH."""
    copy = folder / "queue_server"
    shutil.copytree(ROOT / "queue_server", copy, ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not None:
        file = copy / "core" / mutant.file
        text = file.read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.harm}: its text stands {text.count(mutant.old)} times in the file"
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return folder


def judged(path: Path, seed: int) -> subprocess.CompletedProcess[str]:
    """Judge the copy in a process of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "tests.simulation.judge", "--seed", str(seed)],
        env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_the_rules_as_they_are_are_acquitted(tmp_path: Path, seed: int) -> None:
    done = judged(plant(None, tmp_path), seed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path) in done.stdout, "the copy was judged, not the original"


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.harm for mutant in MUTANTS])
def test_a_planted_mutant_is_convicted(mutant: Mutant, tmp_path: Path, seed: int) -> None:
    done = judged(plant(mutant, tmp_path), seed)
    assert done.returncode == 1, f"{mutant.harm}: nobody noticed\n{done.stdout}{done.stderr}"
    assert str(tmp_path) in done.stdout, f"the judge did not come to a verdict: {done.stderr}"
