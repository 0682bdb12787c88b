#!/usr/bin/env python3
"""Try the tests of the rules: change the rules one small thing at a time, and count the changes that no test notices.

    .venv/bin/python tools/mutate.py                       a sample of 300 mutants, drawn with seed 7
    .venv/bin/python tools/mutate.py --sample 0            all of them; some hours
    .venv/bin/python tools/mutate.py --only calling.py     those of one file
    .venv/bin/python tools/mutate.py --show                the survivors of the last run, as diffs
    .venv/bin/python tools/mutate.py --again               the survivors of the last run, against the tests of now

The changes are those of cosmic-ray, made in a copy of the checkout, never in the checkout itself, one after another.
Each is judged in a process of its own: first by the tables of the rules, then, if those noticed nothing, by all of
`tests/unit/core` and a simulated day. That process is forked from one that has the libraries loaded already, which is
what makes hundreds of mutants a matter of minutes. The exit code tells whether enough were killed.

Left out are changes that say nothing about tests: the `|` of type annotations; arithmetic replaced by an operator that
the types forbid; an equality of names replaced by their order in the alphabet; an order replaced by an identity.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import hypothesis  # noqa: F401 -- loaded once, so that each fork has it.
import msgspec  # noqa: F401 -- the same.
import pytest
from cosmic_ray.mutating import mutate_code, use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec

ROOT = Path(__file__).parents[1]
LAST = ROOT / "build" / "mutants.json"
MODULES = "queue_server/core"
NEEDED = ("protocol", "presentation", "queue_server", "motcua", "tests", "config", "docs", "pyproject.toml")
ENOUGH = 0.85
PATIENCE_S = 120

TESTS = [
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-x",
    "-q",
    "--no-header",
    "-m",
    "not slow",
    "tests/unit/core",
    "tests/simulation/test_branch.py",
]

SENSELESS = re.compile(
    r"BitOr|RemoveDecorator|_Invert$|_Nothing$"
    r"|BinaryOperator_(?!Add_Sub|Sub_Add|Mul_Div|Div_Mul|Div_FloorDiv|FloorDiv_Div|Mod_Div)"
    r"|ComparisonOperator_(Eq_(?!NotEq)|NotEq_(?!Eq)|Is_(?!IsNot)|IsNot_(?!Is$)|In_(?!NotIn)|NotIn_(?!In$))"
    r"|ComparisonOperator_(Lt|LtE|Gt|GtE)_(Is|IsNot)$"
)
"""Operators whose mutants fail by their types alone, or are the same program in other words."""


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run, report, remember; 0 when enough mutants were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7, help="the number from which the sample is drawn")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants; 0 for all")
    parser.add_argument("--only", default="", help="a file of the core")
    parser.add_argument("--minutes", type=float, default=60, help="stop after this long, and report what was done")
    parser.add_argument("--show", action="store_true", help="show the survivors of the last run")
    parser.add_argument("--again", action="store_true", help="try the survivors of the last run only")
    asked = parser.parse_args()
    if asked.show:
        say("\n\n".join(json.loads(LAST.read_text(encoding="utf-8"))["survivors"]))
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        _copy_checkout(copy)
        os.chdir(copy)
        assert _passes(copy), "the rules as they are do not pass; nothing can be learned from mutants"
        mutants = _all_mutants(asked.only)
        chance = random.Random(asked.seed)  # noqa: S311 -- a sample that can be drawn again.
        chosen = chance.sample(mutants, asked.sample) if 0 < asked.sample < len(mutants) else mutants
        if asked.again:
            chosen = _survivors_of_last_run(copy, mutants)
        say(f"seed {asked.seed}: {len(chosen)} of the {len(mutants)} mutants of {MODULES}/{asked.only}")
        return _try_all(copy, chosen, asked.seed, asked.minutes * 60)


def _copy_checkout(copy: Path) -> None:
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)


def _all_mutants(only: str) -> list[MutationSpec]:
    """Let cosmic-ray list the mutants, and give the sensible ones in the order of their places."""
    Path("mutants.toml").write_text(
        "[cosmic-ray]\n"
        f'module-path = ["{MODULES}/{only}"]\n'
        f"timeout = {PATIENCE_S}\n"
        f'excluded-modules = ["{MODULES}/__init__.py", "{MODULES}/refusals.py"]\n'
        'test-command = "true"\n'
        '[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "cosmic_ray.cli", "init", "mutants.toml", "session.sqlite"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words.
    with use_db("session.sqlite", WorkDB.Mode.open) as database:
        found = [item.mutations[0] for item in database.work_items]
    return sorted((one for one in found if not SENSELESS.search(one.operator_name)), key=_place)


def _survivors_of_last_run(copy: Path, mutants: list[MutationSpec]) -> list[MutationSpec]:
    """Find the last survivors again by file, operator and changed line; lines may have moved since."""
    lived = set(json.loads(LAST.read_text(encoding="utf-8"))["survivors"])
    suspects = {one.split(":", 1)[0] + one.split("\n", 1)[0].split(" ", 1)[1] for one in lived}
    found = [one for one in mutants if one.module_path.name + one.operator_name in suspects]
    wanted = {(one.split(":", 1)[0], one.split("\n", 1)[0].split(" ", 1)[1], one.split("\n", 1)[1]) for one in lived}
    return [one for one in found if (one.module_path.name, one.operator_name, _change(copy, one)) in wanted]


def _change(copy: Path, mutant: MutationSpec) -> str:
    """Give the first changed line, before and after."""
    before = (copy / mutant.module_path).read_text(encoding="utf-8")
    after = mutate_code(before, get_operator(mutant.operator_name)(**mutant.operator_args), mutant.occurrence)
    old, new = before.splitlines(), (after or before).splitlines()
    changes = [f"- {one.strip()}\n+ {two.strip()}" for one, two in zip(old, new, strict=False) if one != two]
    return changes[0] if changes else ""


def _place(mutant: MutationSpec) -> tuple[str, tuple[int, int], str, int]:
    return (str(mutant.module_path), mutant.start_pos, mutant.operator_name, mutant.occurrence)


def _try_all(copy: Path, mutants: list[MutationSpec], seed: int, patience_s: float) -> int:
    until = time.monotonic() + patience_s
    by_file: dict[str, Counter[bool]] = {}
    survivors: list[str] = []
    for done, mutant in enumerate(mutants):
        if time.monotonic() > until:
            say(f"stopped after {patience_s / 60:.0f} minutes and {done} mutants")
            break
        if done and done % 25 == 0:
            say(f"… {done} tried, {len(survivors)} survived")
        lived = _survives(copy, mutant)
        by_file.setdefault(mutant.module_path.name, Counter())[lived] += 1
        if lived:
            where = f"{mutant.module_path.name}:{mutant.start_pos[0]} {mutant.operator_name}"
            survivors.append(f"{where}\n{_change(copy, mutant)}")
            say(survivors[-1])
    for name, counts in sorted(by_file.items()):
        say(f"{name:<20} {counts[False]:>4} killed {counts[True]:>4} survived")
    tried = sum(counts.total() for counts in by_file.values())
    share = (tried - len(survivors)) / tried
    say(f"seed {seed}: {tried - len(survivors)} of {tried} killed, {share:.1%}")
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(
        json.dumps({"seed": seed, "tried": tried, "survivors": survivors}, indent=1, ensure_ascii=False),
        encoding="utf-8",
    )
    return 0 if share >= ENOUGH else 1


def _survives(copy: Path, mutant: MutationSpec) -> bool:
    """Plant one mutant, judge it, and take it out again."""
    operator = get_operator(mutant.operator_name)(**mutant.operator_args)
    with use_mutation(copy / mutant.module_path, operator, mutant.occurrence) as (_, after):
        return after is not None and _passes(copy)


def _passes(copy: Path) -> bool:
    """Judge the copy in a fork of this process, which has not loaded any of it."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0
    verdict = 1
    try:
        signal.alarm(PATIENCE_S)  # A mutant that runs for ever is killed, in both senses.
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(copy))
        from tests.simulation.judge import judge

        verdict = 1 if judge(seed=7, steps=0) else int(pytest.main(TESTS))
    finally:
        os._exit(verdict)


if __name__ == "__main__":
    sys.exit(main())
