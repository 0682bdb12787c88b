"""A training hall: the real hall's own services, counters and words, with simulated citizens, and nothing of it real.

It is a branch of its own, with keys, a log, sockets and a folder of its own, so nothing that happens in it can enter a
number, a board, a log or a figure of the real hall. Its configuration carries a mark, which stands before the hall's
name on every screen, on every page and in a frame on every ticket; the rules refuse to turn a branch from one kind into
the other, and no report is made of one that is marked.
"""

import json
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from motcua.commands import Problem
from motcua.demo.people import FIRST_ARRIVALS_S, HALF_HOUR_S, Ending, Person
from presentation.texts import Texts
from protocol.configuration import Configuration, Outcome, PriorityClass, Service
from queue_server.config import MAIN, Mistakes, load, parse
from queue_server.core.calendar import working_weekday

SET_UP_AT: Final = time(6, 35)
OPENS_AT: Final = time(7, 59, 30)
ARRIVALS_PER_HALF_HOUR: Final = 12
HALF_HOURS: Final = 18
LOOKED_AHEAD_DAYS: Final = 60
_VARIATION: Final = 0.5
_PRIORITY_SHARE: Final = 0.1
_ENDINGS: Final[tuple[tuple[Ending, float], ...]] = (("served", 0.93), ("no_show", 0.04), ("no_show_returns", 0.03))


@dataclass(frozen=True)
class Training:
    """What to train on: the marked texts of a hall by file name, and how many counters are left to people."""

    sources: Mapping[str, str]
    counters_left_free: int


def marked(sources: Mapping[str, str], texts: Texts) -> dict[str, str]:
    """Give the texts of a hall with the mark of a training hall. Raises Problem for a hall that has one already."""
    configuration = parse(sources)
    if configuration.training:
        raise Problem("this hall is a training hall already; name the folder of the real one")
    words = ", ".join(
        f"{language} = {json.dumps(texts('staff.training_mark', language), ensure_ascii=False)}"
        for language in dict.fromkeys(("vi", "en", *configuration.languages))
    )
    return {**sources, MAIN: f"training = {{ {words} }}\n{sources[MAIN]}"}


def sources_of(real: Path, config: Path) -> dict[str, str]:
    """Give the texts of the hall to train on: what is effective in the real branch, else the files of ``config``.

    The branch's log is opened for reading alone. Raises Problem.
    """
    from queue_server.web.effective import NoLog, standing

    log = real / "branch.db"
    if log.exists():
        try:
            return dict(standing(log).effective.sources)
        except NoLog as problem:
            raise Problem(f"the hall cannot be read from {log}: {problem}") from problem
    try:
        return load(config)[1]
    except Mistakes as found:
        raise Problem(f"the hall in {config} has mistakes:\n{found}") from found


def write_hall(training: Training, folder: Path) -> Path:
    """Put the texts where the programs of the training hall find them, and give the main file."""
    for name, text in training.sources.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Problem(f"the hall names a file outside its folder: {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / MAIN


def day_for(configuration: Configuration, today: date) -> tuple[datetime, datetime]:
    """Give when the hall is set up and when people come: on the next day on which the hall works in the morning."""
    zone = ZoneInfo(configuration.calendar.time_zone)
    for ahead in range(LOOKED_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        weekday = working_weekday(configuration.calendar, day)
        spans = (
            [span for hours in configuration.calendar.hours for span in hours.spans.get(weekday, ())] if weekday else []
        )
        if any(opens <= "08:00" < closes for opens, closes in spans):
            return datetime.combine(day, SET_UP_AT, zone), datetime.combine(day, OPENS_AT, zone)
    raise Problem("the hall has no morning at 08:00 in its calendar; train with --config of a hall that has one")


def people_for(configuration: Configuration, seed: int) -> tuple[Person, ...]:
    """Draw citizens for any hall, in the order of arrival; none where every number needs a card, which they lack."""
    choice = _Choice(
        services=tuple(service for service in configuration.services if not _needs_card(configuration, service)),
        classes=tuple(one for one in configuration.priority_classes if one.chosen_by == "citizen"),
        outcomes=tuple(one for one in configuration.outcomes if one.key and one.served),
    )
    if not (choice.services and choice.classes and choice.outcomes):
        return ()
    chance = random.Random(f"training/{seed}")
    arrivals = sorted(
        FIRST_ARRIVALS_S + (slot + chance.random()) * HALF_HOUR_S
        for slot in range(HALF_HOURS)
        for _ in range(ARRIVALS_PER_HALF_HOUR)
    )
    return tuple(_person(index, arrives_s, choice, chance) for index, arrives_s in enumerate(arrivals))


@dataclass(frozen=True)
class _Choice:
    """From what a citizen's wishes are drawn."""

    services: tuple[Service, ...]
    classes: tuple[PriorityClass, ...]
    outcomes: tuple[Outcome, ...]


def _person(index: int, arrives_s: float, choice: _Choice, chance: random.Random) -> Person:
    service = chance.choice(choice.services)
    usual = min(choice.classes, key=lambda one: one.slope)
    chosen = chance.choice(choice.classes) if chance.random() < _PRIORITY_SHARE else usual
    sigma = math.sqrt(math.log(1 + _VARIATION**2))
    endings, shares = zip(*_ENDINGS, strict=True)
    return Person(
        index=index,
        arrives_s=arrives_s,
        service_id=service.service_id,
        priority_class_id=chosen.priority_class_id,
        language="vi",
        double_tap=False,
        walking_s=chance.uniform(8, 40),
        service_s=max(30.0, service.mean_service_s * chance.lognormvariate(-(sigma**2) / 2, sigma)),
        ending=chance.choices(endings, shares)[0],
        outcome_key=chance.choice(choice.outcomes).key,
        rating_level=chance.choice((0, 0, 1, 2)),
        rating_after_s=chance.uniform(3, 40),
        rating_presses=1,
    )


def _needs_card(configuration: Configuration, service: Service) -> bool:
    limited = configuration.numbers_per_person.any or service.numbers_per_person.any
    return limited and not service.free_for_all
