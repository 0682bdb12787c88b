"""What it takes to play a recorded month again under a draft, by the command itself, from start to end."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from motcua.bench.branch import CONFIG
from motcua.bench.recorded_days import keep_log, recorded_days, simulated_hall
from motcua.bench.rows import Row

DAYS = 20
TICKETS = 260
SEED = 5
BUDGET_S = 10
PATIENCE_S = 120


def replay_rows() -> Iterator[Row]:
    """Play 20 days of 260 visits."""
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        state = Path(name)
        keep_log(state, recorded_days(simulated_hall("large 1", TICKETS, SEED), DAYS))
        command = [sys.executable, "-m", "motcua", "replay", str(CONFIG / "demo" / "large.toml"), "--json"]
        began = time.perf_counter()
        done = subprocess.run([*command, "--state", name], capture_output=True, check=True, timeout=PATIENCE_S)
        took_s = time.perf_counter() - began
    found = json.loads(done.stdout)
    same = found["same_calls"] == found["calls_before"] == found["calls_after"]
    visits_a_day = round(found["visits"] / len(found["days"]))
    yield Row(
        what=f"replay of {len(found['days'])} days x {visits_a_day} visits",
        value=took_s if same else None,
        unit="s",
        budget=BUDGET_S,
        note="" if same else "an unchanged draft did not give the same calls",
    )
