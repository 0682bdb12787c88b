"""The figures of the history a second time: slowly, in plain Python, from the log's own JSON, one figure at a time.

It shares no code with `queue_server.reporting`: it knows neither its rows nor its SQL nor its statistics, and reads the
log as anybody could who was given the file and `docs/figures.md`. What takes part in a figure is gathered as *facts*
(what happened, when, at which counter …) by following one visit, or one counter, from beginning to end.
"""

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

Event = dict[str, Any]


@dataclass
class Fact:
    """One thing that is counted: its kind, its value (seconds, people, …) and everything it can be cut by."""

    kind: str
    day: str
    hour: str
    value: Any = None
    service: str | None = None
    counter: str | None = None
    clerk: str | None = None
    priority_class: str | None = None


class Reading:
    """A log, read."""

    def __init__(self, log: Path) -> None:
        connection = sqlite3.connect(log)
        try:
            self.events: list[Event] = [
                json.loads(body) for (body,) in connection.execute("SELECT body FROM events ORDER BY seq")
            ]
        finally:
            connection.close()
        self.facts = [*self._of_visits(), *self._of_counters(), *self._of_the_hall()]

    def figures(self, first: str, last: str, by: str | None, within: Mapping[Any, str]) -> dict[str, dict[str, Any]]:
        """Give by key all figures that can be had, as plain values."""
        facts = [
            fact
            for fact in self.facts
            if first <= fact.day <= last and all(getattr(fact, name) == wanted for name, wanted in within.items())
        ]
        keys = {getattr(fact, by) for fact in facts} - {None} if by else {""}
        return {key: figures_of([one for one in facts if not by or getattr(one, by) == key]) for key in keys}

    # --- Visits ------------------------------------------------------------------------------------------------------

    def _of_visits(self) -> Iterator[Fact]:
        ids = [event["visit_id"] for event in self.events if event["type"] == "visit_taken"]
        for visit_id in ids:
            yield from self._of_visit(visit_id)

    def _of_visit(self, visit_id: str) -> Iterator[Fact]:
        day, offset_s = "", 0
        promises: dict[str, int] = {}
        served_outcomes: set[str] = set()
        known: dict[str, Event] = {}
        taken: Event | None = None
        own: list[tuple[Event, str, set[str]]] = []
        of_day, promise_s, of_offset = "", 0, 0
        for event in self.events:
            if event["type"] == "configuration_changed":
                known[event["configuration"]["configuration_id"]] = event["configuration"]
                if event.get("effective", "now") == "now" or not promises:
                    promises, served_outcomes = _meant(event["configuration"])
            if event["type"] == "day_opened":
                day, offset_s = event["day"], event["utc_offset_s"]
                promises, served_outcomes = _meant(known[event["configuration_id"]])
            if event.get("visit_id") != visit_id:
                continue
            if event["type"] == "visit_taken":
                taken, of_day, promise_s, of_offset = event, day, promises[event["service_id"]], offset_s
            own.append((event, _hour(event["at"], offset_s), served_outcomes))
        assert taken is not None
        yield from _life(taken, own, of_day, promise_s, of_offset)

    # --- Counters ----------------------------------------------------------------------------------------------------

    def _of_counters(self) -> Iterator[Fact]:  # noqa: C901, PLR0912 -- slow and plain is what it is for.
        """Walk through each counter's day, and cut what it did at every full hour."""
        counters = sorted({event["counter_id"] for event in self.events if event.get("counter_id")})
        for counter in counters:
            day, offset_s = "", 0
            clerk, state, reason, at_counter, since = "", "closed", "", "", ""
            halted, before = False, ("closed", "", "")
            for event in self.events:
                kind = event["type"]
                if kind == "day_opened":
                    day, offset_s = event["day"], event["utc_offset_s"]
                    clerk, state, reason, at_counter, halted = "", "closed", "", "", False
                    before = ("closed", "", "")
                if kind in {"hall_stopped", "hall_resumed"}:
                    halted = kind == "hall_stopped"
                elif event.get("counter_id") != counter:
                    continue
                if kind == "clerk_signed_in":
                    clerk = event["clerk_id"]
                elif kind == "clerk_signed_out":
                    clerk, state, reason, at_counter = "", "closed", "", ""
                elif kind in {"counter_opened", "counter_paused", "counter_closed"}:
                    state = kind.removeprefix("counter_").replace("opened", "open")
                    reason = event.get("reason", "") if state == "paused" else ""
                elif kind == "service_continued":
                    at_counter = f"service_started {event['visit_id']}"
                elif kind in {"visit_called", "service_started", "service_continued"}:
                    at_counter = f"{kind.replace('continued', 'started')} {event['visit_id']}"
                elif kind in {"service_ended", "visit_marked_no_show", "visit_parked", "visit_transferred"}:
                    at_counter = "" if at_counter.endswith(event["visit_id"]) else at_counter
                ready = "stopped" if halted else "idle"
                doing = at_counter or {"open": ready}.get(state, state)
                if (doing, clerk, reason) == before:
                    continue
                if since and before[1]:
                    did, who = before[0].partition(" ")[0], before[1]
                    yield from _hours(since, event["at"], day, offset_s, doing=did, counter=counter, clerk=who)
                since, before = event["at"], (doing, clerk, reason)

    # --- The hall ----------------------------------------------------------------------------------------------------

    def _of_the_hall(self) -> Iterator[Fact]:
        """Walk through each business day minute after minute of its stops, as one with a watch at the door would."""
        day, offset_s, is_open, since = "", 0, False, ""
        for event in self.events:
            kind, at = event["type"], event["at"]
            if kind == "day_opened":
                day, offset_s, is_open, since = event["day"], event["utc_offset_s"], True, ""
            elif kind == "hall_stopped" and is_open and not since:
                since = at
                yield Fact("stop", day, _hour(at, offset_s))
            elif kind in {"hall_resumed", "day_closed"} and since:
                for fact in _hours(since, at, day, offset_s, doing="stood", counter="", clerk=""):
                    yield Fact("stood", fact.day, fact.hour, fact.value[1])
                since = ""
            is_open = is_open and kind != "day_closed"


def _life(  # noqa: C901, PLR0912, PLR0915 -- one case per event, as it happens.
    taken: Event, own: list[tuple[Event, str, set[str]]], day: str, promise_s: int, offset_s: int
) -> Iterator[Fact]:
    """Follow one visit from its number to its end."""
    asked_for = service = taken["service_id"]
    taken_hour = _hour(taken["taken_at"], offset_s)
    rank, work_s, here, last_call = taken["taken_at"], 0, False, None
    priority_class = taken["priority_class_id"]
    first_call: Event | None = None
    end = "still here"
    for event, hour, served_outcomes in own:
        kind = event["type"]
        place = {
            "day": day,
            "hour": hour,
            "service": service,
            "counter": event.get("counter_id"),
            "clerk": event.get("clerk_id", ""),
            "priority_class": priority_class,
        }
        if kind == "visit_called":
            first_call = first_call or event
            yield Fact("call", value=(event["clause"], event.get("passed_over", 0)), **place)
            here, last_call, end = True, place, "still here"
        elif kind == "visit_marked_no_show":
            assert last_call is not None
            yield Fact("no show", **last_call)
            here, end = False, "no show"
        elif kind == "visit_prioritized":
            yield Fact("prioritized", **{**place, "priority_class": event["priority_class_id"]})
            priority_class = event["priority_class_id"]
        elif kind == "visit_parked":
            work_s += event.get("served_s", 0)
            here, end = False, "still here"
        elif kind == "service_started":
            end = "in service"
        elif kind == "service_ended":
            work_s += event["served_s"]
            back = event.get("come_back_today", False)
            yield Fact("work", value=work_s, **place)
            yield Fact(
                "end",
                value=(
                    event["outcome"],
                    event["outcome"] in served_outcomes and not back,
                    event["outcome"] == "papers_missing" or back,
                ),
                **place,
            )
            work_s, here, end = 0, False, "ended"
        elif kind == "visit_transferred":
            if here:
                yield Fact("transfer", value=_before(event["rank_at"], rank), **place)
            if here and (end == "in service" or work_s):
                yield Fact("work", value=work_s + event.get("served_s", 0), **place)
                work_s = 0
            rank, service, here, end = event["rank_at"], event["to_service_id"], False, "still here"
        elif kind == "service_continued":
            service, here, end = event["to_service_id"], True, "in service"
        elif kind in {"visit_reinstated", "visit_continued"}:
            rank, service, end = event["rank_at"], event.get("to_service_id", service), "still here"
        elif kind in {"visit_cancelled", "visit_expired"}:
            end = kind.removeprefix("visit_")
    arrival = {"day": day, "hour": taken_hour, "service": asked_for, "priority_class": priority_class}
    yield Fact("taken", value=end, **arrival)
    if first_call is not None:
        waited_s = max(0, round((_at(first_call["at"]) - _at(taken["taken_at"])).total_seconds()))
        at_counter = {"counter": first_call["counter_id"], "clerk": first_call.get("clerk_id", "")}
        marks = (waited_s, waited_s <= promise_s, first_call.get("stopped_s", 0) > 0)
        yield Fact("first call", value=marks, **arrival, **at_counter)


def _hours(begin: str, end: str, day: str, offset_s: int, *, doing: str, counter: str, clerk: str) -> Iterator[Fact]:
    """Give to each hour of the day what falls into it."""
    shift = timedelta(seconds=offset_s)
    began, ended = _at(begin) + shift, _at(end) + shift
    for hour in range(24):
        opens = began.replace(hour=hour, minute=0, second=0, microsecond=0)
        lasted = min(ended, opens + timedelta(hours=1)) - max(began, opens)
        if lasted > timedelta(0):
            us = lasted.days * 86_400_000_000 + lasted.seconds * 1_000_000 + lasted.microseconds
            yield Fact("time", day, str(hour), (doing, us), counter=counter, clerk=clerk)


def _meant(configuration: Event) -> tuple[dict[str, int], set[str]]:
    promises = {one["service_id"]: one.get("target_waiting_s", 1800) for one in configuration["services"]}
    return promises, {one["outcome_id"] for one in configuration["outcomes"] if one.get("served", True)}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _hour(text: str, offset_s: int) -> str:
    return str((_at(text) + timedelta(seconds=offset_s)).hour)


def _before(one: str, other: str) -> bool:
    return _at(one) < _at(other)


# --- What the facts come to ------------------------------------------------------------------------------------------


def figures_of(facts: list[Fact]) -> dict[str, Any]:
    """Give every figure of these facts."""

    def values(kind: str) -> list[Any]:
        return [fact.value for fact in facts if fact.kind == kind]

    def time_s(*doings: str) -> int:
        lasted_us: int = sum(us for doing, us in values("time") if doing in doings)
        return lasted_us // 1_000_000

    taken, calls, ends, first_calls = values("taken"), values("call"), values("end"), values("first call")
    transfers = values("transfer")
    by_hand = [passed for clause, passed in calls if clause == "chosen"]
    open_s = time_s("idle", "visit_called", "service_started")
    signed_in_s = time_s("idle", "visit_called", "service_started", "paused", "closed", "stopped")
    outcomes: dict[str, int] = {}
    for outcome, _, _ in ends:
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return {
        "taken": len(taken),
        "cancelled": share(taken.count("cancelled"), len(taken)),
        "expired": share(taken.count("expired"), len(taken)),
        "waiting": spread([waited_s for waited_s, _, _ in first_calls]),
        "within_target": share([kept for _, kept, _ in first_calls].count(True), len(first_calls)),
        "stopped_waits": share([stood for _, _, stood in first_calls].count(True), len(first_calls)),
        "ended": len(ends),
        "served": share([served for _, served, _ in ends].count(True), len(ends)),
        "papers_missing": share([papers for _, _, papers in ends].count(True), len(ends)),
        "service": spread(values("work")),
        "calls": len(calls),
        "no_shows": share(len(values("no show")), len(calls)),
        "by_hand": share(len(by_hand), len(calls)),
        "passed_over": sum(by_hand),
        "prioritized": len(values("prioritized")),
        "transfers": len(transfers),
        "transfers_first": share(transfers.count(True), len(transfers)),
        "signed_in": signed_in_s,
        "open": open_s,
        "idle": (time_s("idle"), open_s),
        "paused": (time_s("paused"), signed_in_s),
        "stops": len(values("stop")),
        "stopped": sum(values("stood")) // 1_000_000,
        "outcomes": outcomes,
    }


def spread(durations_s: list[int]) -> tuple[int, int | None, int | None]:
    """Give the count, the median and the 90th percentile: by counting, for each value, how many do not exceed it."""
    if len(durations_s) < 10:
        return len(durations_s), None, None

    def least(percent: int) -> int:
        enough = [
            value
            for value in durations_s
            if sum(other <= value for other in durations_s) * 100 >= percent * len(durations_s)
        ]
        return min(enough)

    return len(durations_s), least(50), least(90)


def share(part: int, whole: int) -> tuple[int, int, float | None, float | None]:
    """Give a share and where the score test at 95 % would put its bounds, found by halving."""
    if whole < 10:
        return part, whole, None, None
    z, found = 1.959963984540054, Fraction(part, whole)

    def agrees(bound: float) -> bool:
        return (float(found) - bound) ** 2 <= z * z * bound * (1 - bound) / whole

    def edge(inside: float, outside: float) -> float:
        for _ in range(80):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if agrees(middle) else (inside, middle)
        return inside

    return part, whole, edge(float(found), 0.0), edge(float(found), 1.0)


def same(ours: float | None, theirs: float | None) -> bool:
    """Tell whether two bounds are the same but for the last digits of a float."""
    return (ours is None and theirs is None) or (
        ours is not None and theirs is not None and math.isclose(ours, theirs, abs_tol=1e-9)
    )
