"""The thread that reads the log on for webhooks: what it cannot read once holds it up, and does not end it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from protocol.codec import Malformed
from queue_server.api.couriers import Clock, Dispatcher
from queue_server.api.follower import Follower
from queue_server.api.sender import Sender
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.systems.settings import Settings
from queue_server.systems.webhooks import Webhook
from queue_server.watched_hall import WatchedHall
from tests.support.boards import board
from tests.support.paper_hall import PaperHall

PATIENCE_S = 10.0


class Spoilt(Follower):
    """Reads a log whose configuration is spoilt, until it is mended."""

    def __init__(self, path: Path, file: SystemsFile) -> None:
        super().__init__(path, file.outbox)
        self.failed, self.mended, self.followed = Event(), Event(), Event()

    def follow(self, webhooks: Sequence[Webhook]) -> None:
        assert list(webhooks) == []
        if not self.mended.is_set():
            self.failed.set()
            raise Malformed("configuration: no such counter")
        self.followed.set()


def test_what_cannot_be_read_is_told_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def utc_now() -> datetime:
        return datetime(2026, 11, 23, 1, tzinfo=UTC)

    file, paper = SystemsFile.at(tmp_path / SYSTEMS_FILE, utc_now), PaperHall("system")
    hall, follower = WatchedHall(paper.opened, ("board/",), "system"), Spoilt(tmp_path / "branch.db", file)
    dispatcher = Dispatcher(file, follower, Sender(Settings(), utc_now), hall, Clock(utc_now))
    hall.start()
    dispatcher.start()
    try:
        assert follower.failed.wait(PATIENCE_S)
        follower.mended.set()
        paper.publish("board/hall", board())
        assert follower.followed.wait(PATIENCE_S), "the next news of the hall is followed"
    finally:
        dispatcher.close()
        hall.close()
        file.close()
    assert caplog.text.count("webhooks stand still: configuration: no such counter") == 1
