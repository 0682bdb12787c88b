"""One row of the budget table: what was measured, its floor of the same run, and whether it keeps the budget; pure."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A measured figure.

    ``budget`` bounds ``ratio`` where a floor exists (``value / floor``), else ``value``; ``sense`` tells from which
    side. A row that could not be measured has no value, says why in ``note`` and is not ok.
    """

    what: str
    value: float | None
    unit: str
    floor: float | None = None
    budget: float
    sense: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value in units of its floor."""
        return None if self.value is None or not self.floor else self.value / self.floor

    @property
    def ok(self) -> bool:
        """Whether the budget is kept."""
        measured = self.value if self.floor is None else self.ratio
        if measured is None:
            return False
        return measured <= self.budget if self.sense == "at most" else measured >= self.budget

    def as_json(self) -> dict[str, Any]:
        """The row as ``motcua bench --json`` prints it."""
        return {
            "what": self.what,
            "value": _rounded(self.value),
            "unit": self.unit,
            "floor": _rounded(self.floor),
            "ratio": _rounded(self.ratio),
            "budget": self.budget,
            "ok": self.ok,
            **({"note": self.note} if self.note else {}),
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which the share of values lies (nearest rank)."""
    assert values, "a percentile of nothing"
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: Sequence[Row]) -> str:
    """The rows as a table for people."""
    lines = [
        ("what", "value", "floor", "ratio", "budget", ""),
        *(
            (
                row.what,
                f"{_shown(row.value)} {row.unit}",
                _shown(row.floor),
                _shown(row.ratio),
                f"{row.sense} {row.budget:g}{' x' if row.floor is not None else ' ' + row.unit}",
                ("ok" if row.ok else "OVER") + (f"  {row.note}" if row.note else ""),
            )
            for row in rows
        ),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]).rstrip()
        for line in lines
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}" if value < 10_000 else f"{value:,.0f}"  # noqa: PLR2004 -- digits.
