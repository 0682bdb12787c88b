"""The made part of ``docs/estimate.md``: the tables, with what was played for them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from motcua.bench.estimates.comparison import LEARNING_DAYS, Comparison, Hall, Told
from motcua.bench.estimates.table import Verdict, tables, verdict

PAGE: Final = Path(__file__).parents[3] / "docs" / "estimate.md"
_BLOCK: Final = re.compile(r"(<!-- made: estimate -->\n).*?(<!-- end -->)", re.DOTALL)


_PLAYED: Final = re.compile(r"(\d+) halls, \d+ days each.*?: (\d+) days")
_FOUND: Final = re.compile(r"error is ([\d.]+) of.*?; ([\d.]+)% waited longer than our P50 and ([\d.]+)%", re.DOTALL)


class Played(NamedTuple):
    """What a page says that was played, and whether its figures reach the target."""

    halls: int
    days: int
    ok: bool


def measure(halls: Sequence[Hall], days: int) -> Iterator[tuple[Hall, list[Told], int]]:
    """Play hall after hall; gives what was told in each, and how many were told nothing."""
    for hall in halls:
        comparison = Comparison(hall)
        yield hall, list(comparison.play(days)), comparison.silent


def made(told: Sequence[Told], silent: int, halls: int, days: int, seed: int) -> str:
    """Give the made part in Markdown."""
    found = verdict([one for one in told if one.has_to_wait])
    played = (
        f"Seed {seed}: {halls} halls, {days} days each, of which the first {LEARNING_DAYS} only teach: "
        f"{halls * (days - LEARNING_DAYS)} days, on which {len(told):,} citizens were told a range and {silent:,} none."
    )
    outcome = (
        f"Of the {found.told:,} who had to wait, our median error is {found.ratio:.2f} of the best other method's "
        f"({found.best}); {found.longer_than_low:.1%} waited longer than our P50 and {found.longer_than_high:.1%} "
        f"longer than our P90. The target is {'reached' if found.ok else 'NOT reached'}."
    )
    return f"{played}\n\n{outcome}\n\n{tables(told)}\n"


def write(text: str, page: Path = PAGE) -> None:
    """Put the made part into the page; raises ValueError when the page has no place for it."""
    whole = page.read_text(encoding="utf-8")
    if not _BLOCK.search(whole):
        raise ValueError(f"{page} has no <!-- made: estimate --> … <!-- end -->")
    page.write_text(_BLOCK.sub(lambda found: f"{found[1]}{text}{found[2]}", whole), encoding="utf-8")


def played_in(text: str) -> Played | None:
    """Read back what a made part says; ``None`` when it says nothing."""
    played, found = _PLAYED.search(text), _FOUND.search(text)
    if played is None or found is None:
        return None
    ratio, low, high = (float(figure) for figure in found.groups())
    ok = Verdict(0, 0.0, 0.0, 0.0, ratio, 1.0, "", low / 100, high / 100).ok
    return Played(int(played[1]), int(played[2]), ok)
