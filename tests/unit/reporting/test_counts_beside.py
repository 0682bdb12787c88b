"""No rate without its counts, no median and no percentile without how many were measured: over all that writes them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.reporting.day import DayReport
from queue_server.reporting.day_text import CSV_COLUMNS, day_sheet, day_text
from queue_server.reporting.definitions import DEFINITIONS, Definition
from queue_server.reporting.exports import columns_of
from queue_server.reporting.figures import Share, Spread, TimeShare, share, spread, time_share
from queue_server.web import figures_page
from tests.support.texts import shipped_texts
from tests.unit.reporting.test_day import report_of

TOP = Path(__file__).parents[3]
EN = shipped_texts().words("en")

WRITERS = {
    "motcua/commands/replay.py": "here",
    "queue_server/public/waits.py": "here",
    "queue_server/reporting/day_text.py": "here",
    "queue_server/reporting/exports.py": "here",
    "queue_server/web/console_waiting.py": "here",
    "queue_server/web/figures_page.py": "here",
    "queue_server/web/templates/day_report.html": "test_figures_pages.py",
    "queue_server/web/templates/editor/trial.html": "here",
}
"""Whatever writes a median or a percentile for people, and where it is held to have its count beside it."""

MEANT = re.compile(r"\.p[59]0_s|\.median_service_s|\.middle_s")
NOT_WRITTEN = {
    "motcua/bench/estimates/table.py": "for builders: its table begins with how many",
    "queue_server/reporting/month_snapshot.py": "frozen for machines: how many stands first in the same list",
    "queue_server/reporting/advice.py": "a forecast: its sentence says of how many trials and days",
}


def writers() -> Iterator[str]:
    for folder in ("motcua", "presentation", "queue_server"):
        for file in sorted((TOP / folder).rglob("*")):
            if file.suffix in {".py", ".html"} and MEANT.search(file.read_text("utf-8")):
                yield str(file.relative_to(TOP))


def test_nothing_else_writes_a_median() -> None:
    assert set(writers()) == WRITERS.keys() | NOT_WRITTEN.keys()


VALUES: dict[str, Spread | Share | TimeShare | int] = {
    "spread": spread(range(60, 85)),
    "share": share(25, 30),
    "time_share": time_share(3000, 9000),
    "count": 7,
    "time": 7,
}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.figure_id)
def test_every_figure_has_its_counts_on_pages_and_in_files(definition: Definition) -> None:
    columns = {one.column_id: one for one in columns_of(definition, EN)}
    assert all(one.counted and one.heading for one in columns.values())
    if any(column_id.endswith(("_p50", "_p90")) for column_id in columns):
        assert f"{definition.figure_id}_n" in columns
    if any(column_id.endswith("_share") for column_id in columns):
        assert {definition.figure_id, f"{definition.figure_id}_whole"} <= columns.keys()
    cells = figures_page.cells_of(definition, VALUES[definition.kind], EN)
    assert cells
    for cell in cells:
        if definition.kind == "spread":
            assert cell.below == "n = 25"
        if definition.kind == "share":
            assert "25/30" in cell.text
        if definition.kind == "time_share":
            assert " / " in cell.below


@pytest.fixture(scope="module")
def busy() -> DayReport:
    """A day of twelve visits: enough for medians."""
    lines = ["signin an 1", "open 1"]
    for visit in range(1, 13):
        lines += [f"take V{visit} civil_status", "wait 60", "call 1", "start 1", "wait 300", "end 1 received", "wait 5"]
    return report_of("\n".join(lines))


def test_a_days_report_has_them_in_a_terminal_and_in_its_file(busy: DayReport) -> None:
    line = next(line for line in day_text(busy, EN, 0).splitlines() if line.startswith(EN("day_report.all")))
    assert line.count("min") == line.count("(n = 12)") == 3
    for before, percentile in (("called", "waiting_p50_s"), ("stages", "service_p50_s")):
        columns = list(CSV_COLUMNS)
        assert columns.index(percentile) == columns.index(before) + 1
    sheet = day_sheet(busy, EN)
    assert [one.column_id for one in sheet.columns] == list(CSV_COLUMNS)
    assert all(one.counted for one in sheet.columns)


@pytest.mark.parametrize(
    ("file", "count", "percentile"),
    [
        ("queue_server/web/templates/editor/trial.html", "row.before.waiting.n)", "row.before.waiting.p50_s"),
        ("motcua/commands/replay.py", "{before.waiting.n} >", "before.waiting.p50_s"),
        ("queue_server/web/console_waiting.py", 'console.served_today"), str(own.served)', "own.median_service_s"),
        ("queue_server/public/templates/waits.html", "public.visits_title", "public.middle_title"),
        ("queue_server/public/templates/waits.html", "<td>{{ one.visits }}</td></tr>", "{{ one.middle }}"),
    ],
)
def test_others_tell_how_many_right_beside(file: str, count: str, percentile: str) -> None:
    text = (TOP / file).read_text("utf-8")
    assert text.count(count) == 1
    assert percentile in text
