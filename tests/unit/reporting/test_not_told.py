"""What the tables skip without a look changes no row."""

import random

from queue_server.reporting.fold import NOT_TOLD, Fold
from queue_server.reporting.rows import Context
from queue_server.reporting.touched import Touched
from tests.support.everyday import Everyday
from tests.support.halls import small_hall
from tests.support.tables import Table


def test_skipping_them_gives_the_same_rows(seed: int) -> None:
    table = Table(small_hall())
    everyday = Everyday(table, random.Random(seed))
    for _ in range(800):
        table.say(everyday.line())
    told, untold = folded(table, skip=frozenset()), folded(table, skip=NOT_TOLD)
    assert told == untold
    tags = {str(type(event).__struct_config__.tag) for event in table.hall.events()}
    assert {"ticket_reported", "rating_closed"} <= tags & NOT_TOLD, "some of them were there to be skipped"


def folded(table: Table, skip: frozenset[str]) -> Touched:
    """Fold a log, but for events with these tags."""
    fold = Fold(Context(), stored_visit=lambda _: None, stored_day=lambda _: None)
    for seq, event in enumerate(table.hall.events(), 1):
        if str(type(event).__struct_config__.tag) not in skip:
            fold.take(seq, event)
    return fold.touched
