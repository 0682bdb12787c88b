"""Tables of the docs that tests measure: each test holds its own row to what the page says, or writes it there.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; its first column names the row. Rows are measured
on simulated clocks, or rounded to what holds on any machine, so that the same code gives the same table.
``pytest --write-tables`` writes instead of comparing.
"""

import re
from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_RULE = re.compile(r"\|[-|]+\|")


class FaultTable:
    """One table of a page. ``order`` names all its rows, as they stand one below another."""

    def __init__(self, page: Path, name: str, columns: Sequence[str], order: Sequence[str]) -> None:
        self._page, self._name, self._columns, self._order = page, name, tuple(columns), tuple(order)

    def hold(self, row: Sequence[str], *, write: bool) -> None:
        """Compare a measured row with the page's, or with ``write`` put it there. AssertionError when they differ."""
        assert len(row) == len(self._columns), row
        assert row[0] in self._order, row
        rows = self.rows()
        if write and rows.get(row[0]) != tuple(row):
            rows[row[0]] = tuple(row)
            self._write(rows)
        elif not write:
            found = rows.get(row[0])
            assert found == tuple(row), f"{self._page.name} says {found}\nmeasured {tuple(row)}; see --write-tables"

    def rows(self) -> dict[str, tuple[str, ...]]:
        """Return the rows of the page by their names."""
        lines = [line for line in self._block()[1].splitlines() if line.startswith("|") and not _RULE.match(line)]
        cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]
        return {row[0]: row for row in cells}

    def complete(self) -> None:
        """Assert that the page has exactly the rows that are measured, in order."""
        assert tuple(self.rows()) == self._order

    def _block(self) -> tuple[str, str, str]:
        text = self._page.read_text(encoding="utf-8")
        begin = f"<!-- table: {self._name} -->\n"
        assert begin in text, f"{self._page} has no {begin.strip()}"
        before, _, rest = text.partition(begin)
        inside, _, after = rest.partition("<!-- end -->")
        return before + begin, inside, "<!-- end -->" + after

    def _write(self, rows: dict[str, tuple[str, ...]]) -> None:
        before, _, after = self._block()
        ordered = [rows[name] for name in self._order if name in rows]
        lines = ["| " + " | ".join(row) + " |" for row in (self._columns, *ordered)]
        lines.insert(1, "|" + "---|" * len(self._columns))
        self._page.write_text(before + "\n".join(lines) + "\n" + after, encoding="utf-8")
