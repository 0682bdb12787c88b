"""From what is left of a day (the notebook, the pictures, the voices' files, the branch's folder) to its report.

The notebook is kept as ``seen.json`` beside the branch's folder, so that a day can be judged again long after it, and
so that a test can change a line of it and see it caught.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from motcua.demo.counts import Sightings
from motcua.demo.report import Day, Latencies, report
from protocol.configuration import Configuration
from protocol.events import AnyEvent, ConfigurationChanged

SEEN_FILE: Final = "seen.json"


@dataclass
class Recording:
    """What was seen in a day, complete."""

    seed: int
    sightings: Sightings
    latencies: Latencies
    troubles: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def keep(self, folder: Path) -> None:
        """Write it down."""
        (folder / SEEN_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1))

    @classmethod
    def load(cls, folder: Path) -> "Recording":
        """Read it again."""
        return msgspec.json.decode((folder / SEEN_FILE).read_bytes(), type=cls)


def judge(recording: Recording, branch: Path) -> dict[str, Any]:
    """Compare what was seen with the log in the branch's folder."""
    from queue_server.journal import Journal, verify

    log_file = branch / "branch.db"
    verdict = verify(log_file, branch / "heads.jsonl")
    with Journal(log_file) as journal:
        log = [row.event() for row in journal.rows()]
    return judged(recording, log, wrong_log=verdict.wrong.sentence if verdict.wrong else "")


def judged(recording: Recording, log: Sequence[AnyEvent], *, wrong_log: str = "") -> dict[str, Any]:
    """Compare what was seen with a log; pure."""
    return report(
        Day(
            seed=recording.seed,
            log=log,
            sightings=recording.sightings,
            configuration=_configuration(log),
            latencies=recording.latencies,
            wrong_log=wrong_log,
            troubles=recording.troubles,
            extra=recording.extra,
        )
    )


def replied_at(kiosks: Sequence[Path]) -> Mapping[str, datetime]:
    """Read, per visit, when the number was known to its kiosk, from the books of the kiosks' printers."""
    import apsw

    found: dict[str, datetime] = {}
    for folder in kiosks:
        connection = apsw.Connection(str(folder / "printer" / "jobs.db"), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            query = "SELECT visit_id, replied_us FROM jobs WHERE attempt = 0 AND replied_us IS NOT NULL"
            found.update(
                (visit_id, datetime.fromtimestamp(us / 1e6, UTC)) for visit_id, us in connection.execute(query)
            )
        finally:
            connection.close()
    return found


def _configuration(log: Sequence[AnyEvent]) -> Configuration:
    changes = [event for event in log if isinstance(event, ConfigurationChanged)]
    assert changes, "a log begins with a configuration"
    return changes[-1].configuration
