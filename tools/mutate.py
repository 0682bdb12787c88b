#!/usr/bin/env python3
"""Try the tests of the rules: change the rules one small thing at a time, and count the changes that no test notices.

    .venv/bin/python tools/mutate.py                       a sample of 250 mutants, drawn with seed 7
    .venv/bin/python tools/mutate.py --sample 0            all of them; a matter of hours
    .venv/bin/python tools/mutate.py --only calling.py     those of one file
    .venv/bin/python tools/mutate.py --show                the survivors of the last run, as diffs

The changes are made by cosmic-ray in a copy of the checkout, never in the checkout itself, one after another in one
process. Left out are changes that no test could miss or none could notice for reasons that have nothing to do with
tests: the `|` of type annotations, and arithmetic replaced by an operator that the types forbid. Each mutant is judged
by `tests/unit/core` and a simulated day, stopping at the first failure. The exit code tells whether enough were killed.
"""

import argparse
import json
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

ROOT = Path(__file__).parents[1]
LAST = ROOT / "build" / "mutants.json"
MODULES = "queue_server/core"
NEEDED = ("protocol", "presentation", "queue_server", "motcua", "tests", "config", "docs", "pyproject.toml")
ENOUGH = 0.85
PATIENCE_S = 90.0

TESTS = [
    *(f"tests/unit/core/test_{name}.py" for name in ("scenarios", "ratings", "branch", "devices", "calendar", "line")),
    "tests/unit/core",
    "tests/simulation/test_branch.py",
]

SENSELESS = re.compile(
    r"BitOr|ReplaceBinaryOperator_(?!Add_Sub|Sub_Add|Mul_Div|Div_Mul|Div_FloorDiv|FloorDiv_Div|Mod_Div)|ReplaceUnary"
    r"Operator_\w+_(Invert|Nothing)$|RemoveDecorator"
)
"""Operators whose mutants fail by their types alone, or (a decorator of a data class) before any test begins."""


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run, report, remember; 0 when enough mutants were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7, help="the number from which the sample is drawn")
    parser.add_argument("--sample", type=int, default=250, help="how many mutants; 0 for all")
    parser.add_argument("--only", default="", help="a file of the core")
    parser.add_argument("--minutes", type=float, default=60, help="stop after this long, and report what was done")
    parser.add_argument("--show", action="store_true", help="show the survivors of the last run")
    asked = parser.parse_args()
    if asked.show:
        say("\n\n".join(json.loads(LAST.read_text(encoding="utf-8"))["survivors"]))
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        _copy_checkout(copy)
        session = copy / "session.sqlite"
        _python(copy, _tests())  # The rules as they are must pass.
        (copy / "mutants.toml").write_text(_config(asked.only), encoding="utf-8")
        _python(copy, ["cosmic_ray.cli", "init", "mutants.toml", str(session)])
        with use_db(session, WorkDB.Mode.open) as database:
            chosen = _choose(database, asked.seed, asked.sample)
            say(f"seed {asked.seed}: {chosen} mutants of {MODULES}/{asked.only}")
        _run(copy, session, asked.minutes * 60)
        with use_db(session, WorkDB.Mode.open) as database:
            return _report(database, asked.seed)


def _copy_checkout(copy: Path) -> None:
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)


def _tests() -> list[str]:
    return ["pytest", "-x", "-q", "--no-header", "-m", "not slow", *TESTS]


def _config(only: str) -> str:
    command = shlex.join([sys.executable, "-B", "-m", *_tests()])
    return (
        "[cosmic-ray]\n"
        f'module-path = ["{MODULES}/{only}"]\n'
        f"timeout = {PATIENCE_S}\n"
        'excluded-modules = ["queue_server/core/__init__.py", "queue_server/core/refusals.py"]\n'
        f'test-command = "{command}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n'
    )


def _python(folder: Path, words: list[str], patience_s: float | None = None) -> None:
    command = [sys.executable, "-B", "-m", *words]
    subprocess.run(command, cwd=folder, check=True, timeout=patience_s, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words.


def _choose(database: WorkDB, seed: int, sample: int) -> int:
    """Set aside what makes no sense and what the sample leaves out; gives how many are left."""
    items = sorted(database.work_items, key=_place)
    chance = random.Random(seed)  # noqa: S311 -- a sample that can be drawn again.
    sensible = [item for item in items if not SENSELESS.search(item.mutations[0].operator_name)]
    chosen = chance.sample(sensible, sample) if 0 < sample < len(sensible) else sensible
    keep = {item.job_id for item in chosen}
    skipped = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
    database.set_multiple_results([item.job_id for item in items if item.job_id not in keep], skipped)
    return len(chosen)


def _place(item: WorkItem) -> tuple[str, tuple[int, int], str, int]:
    """Order mutants by place, so that a seed draws the same sample each time."""
    change = item.mutations[0]
    return (str(change.module_path), change.start_pos, change.operator_name, change.occurrence)


def _run(copy: Path, session: Path, patience_s: float) -> None:
    try:
        _python(copy, ["cosmic_ray.cli", "exec", "mutants.toml", str(session)], patience_s)
    except subprocess.TimeoutExpired:
        say(f"stopped after {patience_s / 60:.0f} minutes")


def _report(database: WorkDB, seed: int) -> int:
    places = {item.job_id: item for item in database.work_items}
    done = [(places[job], result) for job, result in database.results if result.worker_outcome != WorkerOutcome.SKIPPED]
    by_file: dict[str, Counter[bool]] = {}
    survivors = []
    for item, result in sorted(done, key=lambda pair: _place(pair[0])):
        name = item.mutations[0].module_path.name
        lived = result.test_outcome == TestOutcome.SURVIVED
        by_file.setdefault(name, Counter())[lived] += 1
        if lived:
            survivors.append(
                f"{name}:{item.mutations[0].start_pos[0]} {item.mutations[0].operator_name}\n{result.diff}"
            )
    killed = len(done) - len(survivors)
    for name, counts in sorted(by_file.items()):
        say(f"{name:<20} {counts[False]:>4} killed {counts[True]:>4} survived")
    share = killed / len(done) if done else 0.0
    say(f"seed {seed}: {killed} of {len(done)} killed, {share:.1%}")
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps({"seed": seed, "killed": killed, "of": len(done), "survivors": survivors}, indent=1))
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
