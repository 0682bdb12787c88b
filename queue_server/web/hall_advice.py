"""Advice for the hall as it stands: the hall's view and earlier days -> what to do, in words; worked out now and then.

Working it out takes some tenths of a second. It is done at most once a minute, by one request at a time; whoever comes
meanwhile gets what was found last.
"""

import random
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from presentation.formats import duration
from presentation.texts import Words, name_in
from protocol.estimates import Stretch
from protocol.views import HallCounter, HallView
from queue_server.reporting.advice import AHEAD_S, LEAST_DAYS, Advice, History, NoAdvice, Now, OpenCounter, advise
from queue_server.reporting.history import read_history, time_of_day_s
from queue_server.reporting.tables import NoReports
from queue_server.web.hall_page import is_planned

WORKED_OUT_EVERY_S: Final = 60.0
LATE_S: Final = 600
"""What a counter may still need that is behind its roster, as in the wait estimates."""
_SOON_S: Final = 60
"""A service that has lasted longer than usual is taken to be over in so long."""


class Advisor:
    """Keeps the last advice, and works out the next when it is old."""

    def __init__(self, reports: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._reports = reports
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at = -WORKED_OUT_EVERY_S
        self._day = ""
        self._found: Advice | NoAdvice | None = None
        self._history: tuple[str, History] | None = None

    def advice(self, hall: HallView, at: datetime) -> Advice | NoAdvice | None:
        """Give the advice of the last minute; None when the hall is closed or none was worked out yet."""
        if not hall.day_open:
            return None
        is_old = self._monotonic() >= self._at + WORKED_OUT_EVERY_S or self._day != hall.day
        if is_old and self._lock.acquire(blocking=False):
            try:
                self._found, self._day = self._worked_out(hall, at), hall.day
                self._at = self._monotonic()
            finally:
                self._lock.release()
        return self._found if self._day == hall.day else None

    def _worked_out(self, hall: HallView, at: datetime) -> Advice | NoAdvice:
        try:
            if self._history is None or self._history[0] != hall.day:
                self._history = hall.day, read_history(self._reports, hall.day)
        except NoReports:
            return NoAdvice("history", 0)
        history = self._history[1]
        chance = random.Random(f"{hall.day}/{at:%H:%M}")  # noqa: S311 -- a forecast, no secret.
        return advise(now_of(hall, history, at, chance), history, chance)


def now_of(hall: HallView, history: History, at: datetime, chance: random.Random) -> Now:
    """Give the hall as the forecast sees it. Views tell how many wait, not for what: that is drawn as usual."""
    at_s = time_of_day_s(at, hall.utc_offset_s)
    queue_of = {service.service_id: service.queue_id for service in hall.services}
    usual: dict[str, list[str]] = {}
    for day in history.arrivals:
        for _, service_id in day:
            if service_id in queue_of:
                usual.setdefault(queue_of[service_id], []).append(service_id)
    for service_id, queue_id in queue_of.items():
        usual.setdefault(queue_id, [service_id])
    promises: dict[str, int] = {}
    for service in hall.services:
        least = min(promises.get(service.queue_id, service.target_waiting_s), service.target_waiting_s)
        promises[service.queue_id] = least
    return Now(
        at_s=at_s,
        closes_at_s=time_of_day_s(hall.closes_at, hall.utc_offset_s) if hall.closes_at else at_s + AHEAD_S,
        waiting={
            queue.queue_id: chance.choices(usual[queue.queue_id], k=sum(queue.waiting.values()))
            for queue in hall.queues
            if queue.queue_id in usual
        },
        waited_s={
            queue.queue_id: max(0, int((at - queue.oldest_at).total_seconds()))
            for queue in hall.queues
            if queue.oldest_at is not None
        },
        serving=[
            *(
                _counter(hall, one, free_at_s=at_s + _left_s(hall, one, history, at), at_s=at_s)
                for one in hall.counters
                if one.state == "open"
            ),
            *(
                _counter(hall, one, free_at_s=at_s + _late_s(one, at_s), at_s=at_s)
                for one in hall.counters
                if one.state != "open" and one.planned
            ),
        ],
        idle=[
            _counter(hall, one, free_at_s=0, at_s=at_s)
            for one in hall.counters
            if one.state == "closed" and not one.visit_state
        ],
        queue_of=queue_of,
        promise_s=promises,
    )


def _counter(hall: HallView, counter: HallCounter, free_at_s: float, at_s: int) -> OpenCounter:
    profiles = {one.work_profile_id: one for one in hall.work_profiles}
    profile = profiles.get(counter.work_profile_id)
    own, helps = (profile.primary_queue_ids, profile.backup_queue_ids) if profile else ((), ())
    return OpenCounter(counter.counter_id, frozenset(own), frozenset(helps), free_at_s, _planned(counter, at_s))


def _planned(counter: HallCounter, at_s: int) -> tuple[Stretch, ...] | None:
    """Give when the roster has a counter open; one that works though it should rest goes to its break soon."""
    if not counter.planned:
        return None
    works_on = counter.state == "open" and not is_planned(counter, at_s)
    return (*([(at_s, at_s + LATE_S)] if works_on else []), *counter.planned)


def _late_s(counter: HallCounter, at_s: int) -> int:
    """Guess how long a counter that should be open still takes."""
    return LATE_S if is_planned(counter, at_s) else 0


def _left_s(hall: HallView, counter: HallCounter, history: History, at: datetime) -> float:
    """Guess how long a counter is still taken: a usual service of the number's kind, less what has passed."""
    if not counter.visit_state or counter.since_at is None:
        return 0.0
    kinds = [one.service_id for one in hall.services if one.prefix == counter.prefix]
    seen = [served_s for kind in kinds for served_s in history.service_s.get(kind, ())]
    usual_s = statistics.median(seen) if seen else _SOON_S
    return max(float(_SOON_S), usual_s - (at - counter.since_at).total_seconds())


# --- In words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AdvicePage:
    """The advice as the page says it: whether something is to be done, the sentence, the reason, how sure it is."""

    kind: Literal["do", "none"]
    sentence: str
    reason: str = ""
    sure: str = ""
    roster: str = ""


def advice_page(found: Advice | NoAdvice | None, hall: HallView, words: Words) -> AdvicePage:
    """Say the advice."""
    queues = {one.queue_id: one.names for one in hall.queues}
    if found is None:
        return AdvicePage("none", words("advice.unavailable"))
    if isinstance(found, NoAdvice):
        parts = {"days": found.days, "least": LEAST_DAYS, "before": _wait(found.before_s, words)}
        queue = _name(queues, found.queue_id, words)
        return AdvicePage("none", words(f"advice.{found.because}", queue=queue, **parts))
    numbers = {one.counter_id: one.number for one in hall.counters}
    if found.counter_id not in numbers:
        return AdvicePage("none", words("advice.unavailable"))  # It has left the hall since.
    return AdvicePage(
        "do",
        words("advice.open", counter=numbers[found.counter_id], time=_clock(found.at_s, words)),
        words(
            "advice.reason",
            queue=_name(queues, found.queue_id, words),
            slot=_clock(max(found.slot_s, found.at_s), words),
            before=_wait(found.before_s, words),
            after=_wait(found.after_s, words),
            promise=_wait(found.promise_s, words),
        ),
        words(
            "advice.sure_by_roster" if hall.has_roster else "advice.sure",
            broken=found.broken,
            continuations=found.continuations,
            days=found.days,
        ),
        _by_roster(found, hall, words),
    )


def _by_roster(found: Advice, hall: HallView, words: Words) -> str:
    """Say when the roster opens this counter by itself; nothing where it does not."""
    planned = next((one.planned for one in hall.counters if one.counter_id == found.counter_id), ())
    later = [begins for begins, ends in planned if ends > found.at_s]
    return words("advice.roster_opens", time=_clock(min(later), words)) if later else ""


def _name(queues: Mapping[str, Mapping[str, str]], queue_id: str, words: Words) -> str:
    return name_in(queues[queue_id], words.language) if queue_id in queues else queue_id


def _wait(seconds: int, words: Words) -> str:
    return words("advice.beyond") if seconds >= AHEAD_S else duration(words, seconds)


def _clock(seconds: int, words: Words) -> str:
    return words("format.time", hour=f"{seconds // 3600:02d}", minute=f"{seconds % 3600 // 60:02d}")
