"""From the log to the lines of the webhooks: every call and every end once, in order, whatever was restarted meanwhile.

The log is what is promised to be kept, so it is what deliveries are made of: this reads on from where it stopped, and
keeps that place in the same transaction as the deliveries. A log that does not fit the place (a restored copy) is begun
at its end: what it holds was told before, or is old.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from protocol import events as e
from protocol.codec import Malformed
from queue_server.api.news import NEWS_OF, ToldEvent, happened, ticket_of
from queue_server.journal import Journal, Row
from queue_server.systems.outbox import Outbox, Place, Told
from queue_server.systems.webhooks import Webhook

ROWS_AT_ONCE: Final = 500
CONFIGURATIONS_LOOKED_AT: Final = 20
_HASH_SIGNS: Final = 16

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder(order="deterministic")


class Follower:
    """Reads the log on. In one thread; the log is opened for each look, so it may be missing for a while."""

    def __init__(self, journal: Path, outbox: Outbox) -> None:
        self._path = journal
        self._outbox = outbox
        self._place: Place | None = None
        self._counters: Mapping[str, int] | None = None

    def follow(self, webhooks: Sequence[Webhook]) -> None:
        """Read what is new and put it into the lines. A webhook that is new here begins behind what is read now.

        Raises `queue_server.journal.NotALog`, OldSqlite, `apsw.Error`, sqlite3.Error.
        """
        with Journal(self._path) as journal:
            place = self._begun(journal)
            known = [one for one in webhooks if one.webhook_id in place.webhook_ids]
            while rows := list(journal.rows(place.seq + 1, ROWS_AT_ONCE)):
                told = [one for row in rows for one in self._told(journal, row, known)]
                place = Place(rows[-1].seq, rows[-1].hash, place.webhook_ids)
                # Rows of which nobody is told are read again after a restart: that is cheaper than a write for each.
                if told or len(rows) == ROWS_AT_ONCE:
                    self._outbox.put(told, place)
                self._place = place
            webhook_ids = frozenset(one.webhook_id for one in webhooks)
            if webhook_ids != place.webhook_ids:
                self._place = Place(place.seq, place.hash, webhook_ids)
                self._outbox.put((), self._place)

    def _begun(self, journal: Journal) -> Place:
        """Give where to read on from: the place that was kept, if this is still the same log."""
        place = self._place or self._outbox.place()
        if place is not None:
            row = next(journal.rows(place.seq, 1), None)
            if place.seq == 0 or (row is not None and (row.seq, row.hash) == (place.seq, place.hash)):
                return place
            log.warning("the log is not the one that was read up to event %d; it is begun at its end", place.seq)
        self._place = Place(*journal.head(), place.webhook_ids if place else frozenset())
        self._outbox.put((), self._place)
        return self._place

    def _told(self, journal: Journal, row: Row, webhooks: Sequence[Webhook]) -> list[Told]:
        if row.type in {"day_opened", "configuration_changed"}:
            self._counters = None
        news = NEWS_OF.get(row.type)
        wanting = [one for one in webhooks if news in one.news]
        if news is None or not wanting:
            return []
        try:
            event = row.event()
            assert isinstance(event, ToldEvent), row.type
            ticket = ticket_of(one.event() for one in journal.visit(event.visit_id) if one.seq <= row.seq)
        except Malformed as error:
            log.error("event %d cannot be read, and nobody is told of it: %s", row.seq, error)  # noqa: TRY400 -- whole.
            return []
        if ticket is None:
            log.error("event %d is of a visit without a number, and nobody is told of it", row.seq)
            return []
        body = _encoder.encode(happened(event, row.seq, row.day, ticket, self._numbers(journal))).decode()
        # A restored branch counts on from its copy: by the hash, another event of the same number has another id.
        event_id = f"{row.seq}-{row.hash.hex()[:_HASH_SIGNS]}"
        return [Told(one.webhook_id, f"{one.webhook_id}-{event_id}", row.type, body) for one in wanting]

    def _numbers(self, journal: Journal) -> Mapping[str, int]:
        """Give the numbers of the counters, by the configuration that is effective at the end of the log."""
        if self._counters is None:
            self._counters = counter_numbers(journal)
        return self._counters


def counter_numbers(journal: Journal) -> dict[str, int]:
    """Give the number of each counter of the hall as it is now."""
    opened = next(journal.latest("day_opened", 1), None)
    for row in journal.latest("configuration_changed", CONFIGURATIONS_LOOKED_AT):
        event = row.event()
        assert isinstance(event, e.ConfigurationChanged), row.type
        if opened is None or (row.seq > opened.seq and event.effective == "now"):
            return {one.counter_id: one.number for one in event.configuration.counters}
    if opened is None:
        return {}
    day = opened.event()
    assert isinstance(day, e.DayOpened), opened.type
    configuration = journal.configuration(day.configuration_id)
    return {one.counter_id: one.number for one in configuration.counters} if configuration else {}
