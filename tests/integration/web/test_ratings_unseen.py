"""No page of a clerk, an usher or a technician tells how citizens answered: two halls that differ in nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.web.test_inspectors import ONE_OF_EACH, pages_of
from tests.support.logs import follow_log
from tests.support.paper_answers import answer
from tests.support.paper_hall import furnish
from tests.support.programs import MORNING
from tests.support.tables import play
from tests.support.web_pages import Pages, staff_pages

KEPT = ("reports.db", "branch.db")
OWN_TRAIL = frozenset({"/account", "/changes"})
"""Who signed in when: that differs from one look to the next."""
FIGURES = ("/reports/", "/figures/", "/months/", "/satisfaction/")
_DRAWN = re.compile(r'name="csrf" (?:content|value)="[^"]+"|\b[0-9a-f]{32}\b')
"""Tokens, and ids that a form brings along for what it will ask."""


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    assert "rate 1 2" in MORNING
    for answered in ("1", "3"):
        events = play(MORNING.replace("rate 1 2", f"rate 1 {answered}")).hall.events()
        follow_log(tmp_path / answered, events)
    with staff_pages(tmp_path / "web") as ready:
        furnish(ready.hall)
        ready.hall.answer = answer
        yield ready


def seen(pages: Pages, state: Path, role: str, answered: str) -> dict[str, str]:
    """Give the pages that a role may open, of the hall in which citizens answered so."""
    for name in KEPT:
        (state / "web" / name).unlink(missing_ok=True)
        (state / "web" / name).symlink_to(state / answered / name)
    return {path: _DRAWN.sub("", text) for path, text in pages_of(pages, role).items() if path not in OWN_TRAIL}


@pytest.mark.parametrize("role", ["clerk", "usher", "technician"])
def test_who_may_not_see_figures_sees_the_same_whatever_was_answered(pages: Pages, tmp_path: Path, role: str) -> None:
    first, second = (seen(pages, tmp_path, role, answered) for answered in ("1", "3"))
    assert len(first) > 3
    assert first == second


@pytest.mark.parametrize("role", sorted({"manager", "inspector"} & set(ONE_OF_EACH)))
def test_who_answers_for_figures_sees_totals_and_no_single_press(pages: Pages, tmp_path: Path, role: str) -> None:
    first, second = (seen(pages, tmp_path, role, answered) for answered in ("1", "3"))
    told = {path for path in first if first[path] != second[path]}
    assert "/reports/day" in told, "the two halls do differ: in one more event, since a low answer opens an inquiry"
    body, other = (re.sub(r'<p class="meta">[^<]*</p>', "", one["/reports/day"]) for one in (first, second))
    assert body == other, "of one answer there is how many there were, and nothing else"
    assert all(path.startswith(FIGURES) for path in told), told
