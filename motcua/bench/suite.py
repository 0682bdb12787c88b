"""The groups of the budget table, in the order of ``docs/architecture.md``."""

from collections.abc import Callable, Iterable
from typing import Final

from motcua.bench import (
    board_rows,
    finding_rows,
    memory_rows,
    pages_rows,
    program_rows,
    replay_rows,
    report_rows,
    server_rows,
    wire_rows,
)
from motcua.bench.rows import Row

GROUPS: Final[dict[str, Callable[[], Iterable[Row]]]] = {
    "acknowledged numbers": server_rows.acknowledged_rows,
    "a long day": server_rows.long_day_rows,
    "a call to the board": server_rows.call_row,
    "server start": server_rows.start_row,
    "programs of citizens": program_rows.program_rows,
    "typing a search": finding_rows.finding_rows,
    "three thousand tickets": memory_rows.memory_rows,
    "a board, moving and still": board_rows.board_rows,
    "keys on a wire": wire_rows.wire_rows,
    "pages under load": pages_rows.pages_rows,
    "last month again": replay_rows.replay_rows,
    "a year of reports": report_rows.report_rows,
}
"""What is measured together, by name; each gives its rows."""
