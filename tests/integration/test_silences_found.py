"""Silences in the tables beside questions: whoever could not be asked stood at a counter whose devices were silent."""

import random
from datetime import datetime
from pathlib import Path

from protocol import events as e
from protocol.commands import DeviceState
from queue_server.journal import Journal
from queue_server.reporting.rows import QuestionRow, SilenceRow
from queue_server.reporting.tables import following, open_to_read, read_day, rows_where
from tests.support.everyday import Everyday
from tests.support.halls import MONDAY, small_hall
from tests.support.logs import write_log
from tests.support.tables import Table

STATES: tuple[DeviceState, ...] = ("ok", "gone", "out", "degraded", "unknown")


def drawn_day(seed: int) -> list[e.AnyEvent]:
    """Draw a day on which rating devices fall silent and come back at any moment."""
    table, chance = Table(small_hall()), random.Random(f"{seed}/silences")
    everyday = Everyday(table, chance)
    for clerk, counter in (("an", "1"), ("binh", "2"), ("chi", "3")):
        table.say(f"signin {clerk} {counter}")
    for _ in range(900):
        table.say(everyday.line())
        if chance.random() < 0.05:
            table.say("wait 1")  # What happens in one instant has an order that no time of a row tells.
            device_id = f"rating-{chance.choice(('keypad', 'terminal'))}-{chance.randint(1, 3)}"
            report = e.DeviceReported(
                at=table.hall.at, device_id=device_id, function_id=device_id, state=chance.choice(STATES)
            )
            table.hall.happens(report)
    return table.hall.events()


def test_a_question_could_be_answered_by_a_device_unless_it_was_silent_just_then(tmp_path: Path, seed: int) -> None:
    events = drawn_day(seed)
    at_of = dict(enumerate((event.at for event in events), 1))
    reports = tmp_path / "reports.db"
    with Journal(write_log(tmp_path, events)) as journal, following(reports) as tables:
        tables.follow(journal)
    with open_to_read(reports) as (tables_, _):
        questions = rows_where(tables_, QuestionRow, "day >= ?", "")
        silences = rows_where(tables_, SilenceRow, "day >= ?", "")
    seen = {True: 0, False: 0}
    for question in questions:
        for channel, could in (("keypad", question.keypad), ("terminal", question.terminal)):
            own = [one for one in silences if (one.channel, one.counter_id) == (channel, question.counter_id)]
            assert could is not any(_covers(one, at_of[question.seq]) for one in own), (question, channel)
            seen[could] += 1
    assert min(seen.values()) > 5, "there were some of both"
    assert sorted(read_day(reports, MONDAY).silences, key=_id) == sorted(
        (one for one in silences if one.day == MONDAY), key=_id
    )


def _covers(silence: SilenceRow, at: datetime) -> bool:
    end = datetime.fromisoformat(silence.to_at) if silence.to_at else None
    return datetime.fromisoformat(silence.from_at) <= at and (end is None or at < end)


def _id(silence: SilenceRow) -> str:
    return silence.silence_id
