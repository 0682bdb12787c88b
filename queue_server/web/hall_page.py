"""The hall at a glance, for managers and inspectors: the day in numbers, the queues, the counters. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from presentation.formats import clock, duration, ticket_number, wait_range
from presentation.texts import Words, name_in
from protocol.configuration import PriorityClass
from protocol.views import HallCounter, HallQueue, HallView
from queue_server.reporting.history import time_of_day_s
from queue_server.web.console_help import HelpWanted, all_wanted

_MINUTE_S = 60


@dataclass(frozen=True)
class Figure:
    """A number of the day and what it counts."""

    label: str
    value: int


@dataclass(frozen=True)
class QueueRow:
    """A queue: how many wait, how many of them by priority, since when, how long it may take."""

    name: str
    waiting: int
    priority: int
    oldest: str
    past_promise: bool
    estimate: str


@dataclass(frozen=True)
class CounterRow:
    """A counter: who is there, what it does."""

    number: int
    clerk: str
    profile: str
    state: Literal["closed", "open", "paused"]
    standing: str
    ticket: str
    since: str
    counter_id: str
    clerk_id: str
    """Who is signed in there, empty where nobody is; they can be signed out by who may."""
    serves: bool
    """Whether a service is open, of which who signs the clerk out must say whether it is over."""
    planned: str = ""
    """When today's roster has it open; empty without a roster."""
    missing: bool = False
    """The roster has it open now, and it is closed."""


@dataclass(frozen=True)
class HelpRow:
    """A citizen at a kiosk waits for somebody of the staff."""

    function_id: str
    sentence: str


@dataclass(frozen=True)
class Stopped:
    """That the hall is stopped, for every page of the staff."""

    title: str
    sentence: str


@dataclass(frozen=True)
class HallPage:
    """All that the page says."""

    name: str
    utc_offset_s: int
    day_open: bool
    figures: tuple[Figure, ...]
    queues: tuple[QueueRow, ...]
    counters: tuple[CounterRow, ...]
    alarms: tuple[str, ...]
    help_rows: tuple[HelpRow, ...]
    help_wanted: tuple[HelpWanted, ...]
    cut_off: tuple[str, ...]
    release_reasons: tuple[tuple[str, str], ...]
    """Why a clerk may be signed out by somebody else: id and words."""
    stopped: Stopped | None
    voices: tuple[str, ...]
    """That answers to citizens are overdue or due soon, for those who may see voices."""


@dataclass(frozen=True)
class Overview:
    """The views and the words from which the page is written."""

    hall: HallView
    names: Mapping[str, str]
    priority_classes: tuple[PriorityClass, ...]
    words: Words
    now: datetime

    def name(self, names: Mapping[str, str]) -> str:
        """Give a configured name in the page's language."""
        return name_in(names, self.words.language)

    def ago(self, at: datetime) -> str:
        """Write how long something lasts by now."""
        seconds = (self.now - at).total_seconds()
        return duration(self.words, seconds) if seconds >= _MINUTE_S else self.words("format.under_minutes", minutes=1)


def hall_page(overview: Overview) -> HallPage:
    """Make the page."""
    hall, words = overview.hall, overview.words
    today = hall.today
    counted = {
        "taken": today.visits_taken,
        "waiting": today.waiting,
        "in_service": today.called + today.in_service,
        "served": today.served,
        "no_shows": today.no_shows,
        "left": today.cancelled + today.expired,
    }
    return HallPage(
        name=overview.name(hall.names),
        utc_offset_s=hall.utc_offset_s,
        day_open=hall.day_open,
        figures=tuple(Figure(words(f"overview.{name}"), value) for name, value in counted.items()),
        queues=tuple(_queue_row(overview, queue) for queue in hall.queues),
        counters=tuple(_counter_row(overview, counter) for counter in hall.counters),
        alarms=tuple(_alarm(words, code) for code in hall.alarms),
        help_rows=help_rows(hall, words),
        help_wanted=all_wanted(hall, overview.names, words),
        cut_off=cut_off(hall, words),
        release_reasons=tuple(
            (one.reason_id, overview.name(one.names)) for one in hall.reasons if "release" in one.uses
        ),
        stopped=stopped_line(hall, words),
        voices=_voices(hall, words),
    )


def stopped_line(hall: HallView, words: Words) -> Stopped | None:
    """Write that the hall is stopped, and what that means at a counter; None while it goes on."""
    if hall.stopped is None:
        return None
    names = hall.stopped.names
    title = name_in(names, words.language) if names else words("board.stopped")
    return Stopped(words("stopping.told_to_staff"), words("stopping.staff_hint", title=title))


def help_rows(hall: HallView, words: Words) -> tuple[HelpRow, ...]:
    """Write who calls for help, and since when; for every page of the staff."""
    return tuple(
        HelpRow(
            call.function_id,
            words(
                "overview.help_called",
                kiosk=call.name or call.function_id,
                time=clock(words, call.since_at, hall.utc_offset_s),
            ),
        )
        for call in hall.help_calls
    )


def cut_off(hall: HallView, words: Words) -> tuple[str, ...]:
    """Write which kiosks are not heard, and what becomes of numbers taken there; for every page of the staff."""
    return tuple(
        words(
            "overview.cut_off",
            kiosk=one.name or one.function_id,
            time=clock(words, one.since_at, hall.utc_offset_s),
        )
        for one in hall.kiosks_cut_off
    )


def _voices(hall: HallView, words: Words) -> tuple[str, ...]:
    overdue = (words("voices.overdue_count", count=hall.voices_overdue),) if hall.voices_overdue else ()
    soon = (words("voices.soon_count", count=hall.voices_due_soon),) if hall.voices_due_soon else ()
    return overdue + soon


def _alarm(words: Words, code: str) -> str:
    key = f"technician.{code}_alarm"
    return words(key) if words.has(key) else words("overview.alarm", code=code)


def _queue_row(overview: Overview, queue: HallQueue) -> QueueRow:
    hall, words = overview.hall, overview.words
    slopes = {one.priority_class_id: one.slope for one in overview.priority_classes}
    least = min(slopes.values(), default=0.0)
    targets = [one.target_waiting_s for one in hall.services if one.queue_id == queue.queue_id and one.target_waiting_s]
    oldest_s = (overview.now - queue.oldest_at).total_seconds() if queue.oldest_at else 0.0
    estimate = wait_range(words, queue.estimate.low_s, queue.estimate.high_s) if queue.estimate else ""
    return QueueRow(
        name=overview.name(queue.names),
        waiting=sum(queue.waiting.values()),
        priority=sum(count for one, count in queue.waiting.items() if slopes.get(one, least) > least),
        oldest=overview.ago(queue.oldest_at) if queue.oldest_at else "",
        past_promise=bool(targets) and oldest_s > min(targets),
        estimate=estimate,
    )


def _counter_row(overview: Overview, counter: HallCounter) -> CounterRow:
    hall, words = overview.hall, overview.words
    profiles = {one.work_profile_id: overview.name(one.names) for one in hall.work_profiles}
    standing = words(f"state.{counter.visit_state}") if counter.visit_state else words(f"overview.{counter.state}")
    since = ""
    if counter.since_at:
        since = f"{clock(words, counter.since_at, hall.utc_offset_s)} · {overview.ago(counter.since_at)}"
    return CounterRow(
        number=counter.number,
        clerk=overview.names.get(counter.clerk_id, counter.clerk_id),
        profile=profiles.get(counter.work_profile_id, counter.work_profile_id),
        state=counter.state,
        standing=standing,
        ticket=ticket_number(counter.prefix, counter.ticket_number) if counter.visit_state else "",
        since=since,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        serves=counter.visit_state == "in_service",
        planned=_planned(counter, words) if hall.has_roster else "",
        missing=counter.state == "closed" and is_planned(counter, time_of_day_s(overview.now, hall.utc_offset_s)),
    )


def is_planned(counter: HallCounter, at_s: int) -> bool:
    """Tell whether today's roster has a counter open at this time of day."""
    return any(begins <= at_s < ends for begins, ends in counter.planned)


def _planned(counter: HallCounter, words: Words) -> str:
    if not counter.planned:
        return words("roster.nobody")
    return " · ".join(f"{_of_day(begins, words)}–{_of_day(ends, words)}" for begins, ends in counter.planned)


def _of_day(seconds: int, words: Words) -> str:
    return words("format.time", hour=f"{seconds // 3600:02d}", minute=f"{seconds % 3600 // 60:02d}")
