"""Simulated business days as a log on disk: what a hall of that size has recorded after a month."""

import dataclasses
from pathlib import Path
from typing import Any

from motcua.bench.estimates import clerks
from motcua.bench.estimates.comparison import Hall, configurations, halls
from motcua.bench.estimates.nature import Nature
from motcua.bench.estimates.playing import Stage, open_branch
from protocol import events as e
from queue_server.log import LOG_FILE, Log

BATCH = 500


def simulated_hall(name: str, tickets: int, seed: int) -> Hall:
    """Give one of the simulated halls, with so many tickets on a usual day."""
    hall = next(hall for hall in halls(configurations(), seed) if hall.name == name)
    return dataclasses.replace(hall, character=dataclasses.replace(hall.character, tickets=tickets))


def recorded_days(hall: Hall, days: int, sources: dict[str, str] | None = None) -> list[e.AnyEvent]:
    """Play so many days and give all their events, the configuration (with its texts) first."""
    branch, nature = open_branch(hall.configuration), Nature(hall.character, hall.seed)
    heard: list[e.AnyEvent] = []
    for index in range(days):
        plan = nature.day(index)
        stage = _Heard(heard, branch, nature, plan, lambda *_: None, clerks.serve)
        if index == 0:
            heard.append(e.ConfigurationChanged(at=stage.at, configuration=hall.configuration, sources=sources or {}))
        stage.play()
    return heard


def keep_log(state: Path, events: list[e.AnyEvent]) -> Path:
    """Write events as a branch's log; gives the file."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = Log(state / LOG_FILE, synchronous="OFF")
    for begin in range(0, len(events), BATCH):
        log.append(events[begin : begin + BATCH])
    log.close()
    return state / LOG_FILE


class _Heard(Stage):
    def __init__(self, heard: list[e.AnyEvent], *play: Any) -> None:
        self._heard = heard
        super().__init__(*play)

    def happened(self, event: e.AnyEvent) -> None:
        """Keep it."""
        self._heard.append(event)
