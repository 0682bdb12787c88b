"""A simulated day as one JSON object: what the witnesses counted, how long things took, and what was wrong; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from motcua.demo import counts
from motcua.demo.counts import Finding, Sightings
from protocol import events as e
from protocol.configuration import Configuration
from protocol.events import AnyEvent


@dataclass
class Latencies:
    """Real seconds that things took, as seen from outside."""

    touch_to_number_s: list[float] = field(default_factory=list)
    reply_to_last_byte_s: list[float] = field(default_factory=list)
    call_to_board_s: list[float] = field(default_factory=list)


@dataclass
class Day:
    """All that is known of a day when it is over."""

    seed: int
    log: Sequence[AnyEvent]
    sightings: Sightings
    configuration: Configuration
    latencies: Latencies = field(default_factory=Latencies)
    wrong_log: str = ""
    """What `motcua verify` found wrong; empty when the chain holds."""
    troubles: Sequence[str] = ()
    """What people met that should not be."""
    extra: Mapping[str, Any] = field(default_factory=dict)


def report(day: Day) -> dict[str, Any]:
    """Count the day. ``findings`` stands in it only when there are any."""
    seen, log = day.sightings, day.log
    duplicates = counts.duplicate_numbers(seen)
    doubles = counts.double_calls(seen)
    lost = counts.lost_acknowledged(seen, log)
    others = [
        *counts.missing_pictures(seen, log),
        *counts.silent_devices(seen, log, day.configuration),
        *counts.unannounced(seen, log),
        *counts.miscalled(seen, log, day.configuration),
        *_against_the_log(seen, log),
        *(Finding("trouble", what) for what in day.troubles),
        *([Finding("log", day.wrong_log)] if day.wrong_log else []),
    ]
    findings = [*duplicates, *doubles, *lost, *others]
    return {
        "seed": day.seed,
        **_figures(seen, log),
        "duplicate_numbers": len(duplicates),
        "double_calls": len(doubles),
        "lost_acknowledged": len(lost),
        "log_verified": not day.wrong_log,
        "latency_ms": {
            "touch_to_number": _percentiles_ms(day.latencies.touch_to_number_s),
            "reply_to_last_byte": _percentiles_ms(day.latencies.reply_to_last_byte_s),
            "call_to_board": _percentiles_ms(day.latencies.call_to_board_s),
        },
        "wait_s": {
            "p50": _rounded(counts.percentile(counts.waits_s(log), 0.5)),
            "p90": _rounded(counts.percentile(counts.waits_s(log), 0.9)),
        },
        **day.extra,
        **({"findings": [f"{finding.kind}: {finding.what}" for finding in findings]} if findings else {}),
    }


def _figures(seen: Sightings, log: Sequence[AnyEvent]) -> dict[str, int]:
    """Count by the witnesses what can be seen; only how a visit ended stands in the log alone."""
    tally = counts.tally(log)
    return {
        "visits_taken": len({number.visit_id for number in seen.numbers}),
        "tickets_confirmed": len({ticket.visit_id for ticket in seen.tickets}),
        "calls": len(seen.holds),
        "announcements": len({said.call_id for said in seen.spoken}),
        "ended": tally["ended"],
        "no_shows": tally["no_shows"],
        "cancelled": tally["cancelled"],
        "expired": tally["expired"],
        "ratings": tally["ratings"],
    }


def _against_the_log(seen: Sightings, log: Sequence[AnyEvent]) -> list[Finding]:
    """Hold the figures of the witnesses against those of the log; a visit that nobody was shown is a finding too."""
    shown = {number.visit_id for number in seen.numbers}
    taken = {event.visit_id: event for event in log if isinstance(event, e.VisitTaken)}
    found = [
        Finding("unseen_ticket", f"the log has {event.prefix}{event.number:03d}, but no screen showed it")
        for visit_id, event in taken.items()
        if visit_id not in shown
    ]
    calls = sum(isinstance(event, e.VisitCalled) for event in log)
    if calls != len(seen.holds):
        found.append(Finding("unseen_call", f"the log has {calls} calls, the counters held {len(seen.holds)}"))
    return found


def _percentiles_ms(values_s: Iterable[float]) -> dict[str, float | None]:
    values_ms = [1000 * value for value in values_s]
    return {"p50": _rounded(counts.percentile(values_ms, 0.5)), "p99": _rounded(counts.percentile(values_ms, 0.99))}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
