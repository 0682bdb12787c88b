"""The made parts of ``docs/satisfaction.md``: coverage, what the rules make impossible, and what the charts see."""

import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from motcua.bench.satisfaction.coverage import RATED, SHARES, coverage, mean_coverage
from motcua.bench.satisfaction.methods import ALL_CHARTS, BEGINS, Caught, FalseAlarms, caught, false_alarms
from motcua.bench.satisfaction.nature import HONEST, MONTH_DAYS, TACTICS, character, counted, day_of
from motcua.bench.satisfaction.rules import Attempt, attempts, play
from protocol.configuration import Configuration

PAGE: Final = Path(__file__).parents[3] / "docs" / "satisfaction.md"
MOST_FALSE_ALARMS: Final = 0.011
"""Per counter and month of 22 days over the first year, for all charts together."""

_IN_TIME: Final = {TACTICS[0].name: 3.0, TACTICS[1].name: 7.0}
"""By how many days most who press so much must be seen, whether they begin or always did."""

_LEAST_SEEN: Final = {TACTICS[2].name: 0.37}
"""What part of those who press so little must be seen within a month."""


class Bench(NamedTuple):
    """All that was measured."""

    seed: int
    branches: int
    honest: int
    visits: int
    """How many visits were played on the real rules too, and came to the same counts."""
    attempts: list[Attempt]
    caught: list[Caught]
    false_alarms: list[FalseAlarms]

    @property
    def ok(self) -> bool:
        """Whether the charts together are as good as they must be, about who begins to press and who always has."""
        seen = [one for one in self.caught if one.method == ALL_CHARTS]
        alarms = next(one for one in self.false_alarms if one.method == ALL_CHARTS)
        return alarms.rate <= MOST_FALSE_ALARMS and all(
            (one.median_days or MONTH_DAYS + 1) <= _IN_TIME.get(one.tactic, MONTH_DAYS + 1)
            and one.within_a_month >= _LEAST_SEEN.get(one.tactic, 0.0)
            for one in seen
        )


def measure(configuration: Configuration, seed: int, branches: int, honest: int) -> Bench:
    """Measure it all: so many branches for each tactic, and so many of honest clerks alone."""
    return Bench(
        seed=seed,
        branches=branches,
        honest=honest,
        visits=_on_real_rules(configuration, seed),
        attempts=attempts(configuration),
        caught=caught(branches, seed),
        false_alarms=false_alarms(honest, seed),
    )


def _on_real_rules(configuration: Configuration, seed: int) -> int:
    """Play days of each tactic on the real rules; AssertionError when they count otherwise than the bench."""
    chance, visits = random.Random(f"{seed}/rules"), 0
    tactics = (HONEST, *TACTICS)
    counters = len(configuration.counters)
    for start in range(len(tactics)):
        days = [day_of(character(chance), tactics[(start + at) % len(tactics)], chance) for at in range(counters)]
        played, told = play(configuration, days), [counted(day) for day in days]
        assert played == told, f"the rules count {played}, the bench {told}"
        visits += sum(len(day) for day in days)
    return visits


def parts(bench: Bench) -> dict[str, str]:
    """Give the made parts in Markdown, by name."""
    return {"coverage": _coverage(), "rules": _rules(bench), "charts": _charts(bench)}


def write(made: dict[str, str], page: Path = PAGE) -> None:
    """Put the made parts into the page; raises ValueError when it has no place for one."""
    whole = page.read_text(encoding="utf-8")
    for name, text in made.items():
        block = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not block.search(whole):
            raise ValueError(f"{page} has no <!-- made: {name} --> … <!-- end -->")
        whole = block.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", whole)  # type: ignore[misc]  # The text of this turn.
    page.write_text(whole, encoding="utf-8")


def _coverage() -> str:
    means = [mean_coverage(rated) for rated in range(RATED[0], RATED[-1] + 1, 10)]
    head = ["Answers", *(f"p = {share}" for share in SHARES), "mean"]
    rows = [
        [f"{rated:,}", *(f"{coverage(share, rated):.1%}" for share in SHARES), f"{mean_coverage(rated):.2%}"]
        for rated in RATED
    ]
    return (
        f"{_table(head, rows)}\n\nThe mean over all p from {SHARES[0]} to {SHARES[-1]} lies between {min(means):.2%} "
        f"and {max(means):.2%} for {RATED[0]} to {RATED[-1]:,} answers."
    )


def _rules(bench: Bench) -> str:
    rows = [
        [
            one.what,
            f"{one.tried:,}",
            f"{one.kept:,}",
            f"{one.ratings:,}",
            ", ".join(f"{count} × {flag}" for flag, count in one.flags.items()) or "refused",
        ]
        for one in bench.attempts
    ]
    head = ["What is tried", "Tries", "Presses kept", "Satisfied ratings gained", "As what they are kept"]
    return (
        f"{_table(head, rows)}\n\n{bench.visits:,} visits of honest and of cheating clerks were played on the real "
        "rules, too, and came to the same counts as the bench's."
    )


def _charts(bench: Bench) -> str:
    alarms = {one.method: one for one in bench.false_alarms}
    months = bench.honest * 8
    said = (
        f"Seed {bench.seed}: {bench.branches} branches for each tactic and beginning; {months:,} months of honest "
        f"counters. The target is {'reached' if bench.ok else 'NOT reached'}."
    )
    false = _table(
        ["Method", "False alarms per counter: first month", "later, a month", "the first year, a month"],
        [[name, f"{one.first_rate:.2%}", f"{one.later_rate:.2%}", f"{one.rate:.2%}"] for name, one in alarms.items()],
    )
    return "\n\n".join([said, false, *(_seen(bench.caught, began) for began in BEGINS)])


def _seen(found: Sequence[Caught], began: str) -> str:
    methods = list(dict.fromkeys(one.method for one in found))
    cells = {(one.tactic, one.method): one for one in found if one.began == began}
    tactics = list(dict.fromkeys(one.tactic for one in found))
    rows = [[tactic, *(_cell(cells[tactic, method]) for method in methods)] for tactic in tactics]
    return f"Begun {began}: the part seen within {MONTH_DAYS} days, and the median day.\n\n" + _table(
        ["What the clerk does", *methods], rows
    )


def _cell(one: Caught) -> str:
    days = "" if one.median_days is None else f" · day {one.median_days:g}"
    return f"{one.within_a_month:.0%}{days}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
