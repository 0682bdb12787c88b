"""Alerts and inquiries through the real handler, log and file of words: raised once, kept over restarts, erased."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import inquiry_events as ie
from protocol.codec import decode_reply, encode
from protocol.configuration import InquiryRules
from protocol.link import new_id
from protocol.views import Done, Refused
from queue_server.backup import VOICES_KEPT_DAYS, back_up, restore
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.handler import Asked, Handler
from queue_server.inquiry_words import INQUIRIES_FILE, InquiriesFile, StepNotKept
from queue_server.journal import Journal
from queue_server.log import Log
from queue_server.recovery import load_branch
from tests.faults.morning import BEGINS_AT, SURROUNDINGS
from tests.support.driven_branch import instant
from tests.support.halls import key_of
from tests.support.inquiries import WORDS, by, rated_hall
from tests.support.kept_branch import log_of

AT_COUNTER: dict[str, Any] = {
    "function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "an",
}  # fmt: skip
QUESTION = "Xin nêu ý kiến về cách giải thích giấy tờ."


class FullDisk(InquiriesFile):
    """A file on a disk that takes nothing."""

    def _keep(self, *_: object) -> None:
        raise StepNotKept("the disk is full")


class Hall:
    """A branch in a folder, taken up as often as a test wants."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.path = log.path.with_name(INQUIRIES_FILE)
        self.at = BEGINS_AT
        self.start()

    def start(self, file: InquiriesFile | None = None) -> None:
        loaded = load_branch(self.log)
        assert loaded is not None
        self.file = file or InquiriesFile(self.path)
        self.handler = Handler(self.log, loaded[0], replace(SURROUNDINGS, inquiries=self.file))
        self.until(self.at)

    def until(self, at: datetime) -> None:
        self.at = at
        while self.handler.tick(at):
            pass

    def say(self, command: Any, device: str = "", request_id: str = "") -> Any:
        self.at += timedelta(seconds=1)
        asked = Asked(key_of(device or command.function_id), (request_id or new_id()).encode(), encode(command))
        (body,) = self.handler.handle([asked], self.at).replies
        assert body is not None
        return decode_reply(body)

    def press(self, level: int) -> None:
        """Let a citizen be served at counter 1 and press a key; the question is still open then."""
        if not self.handler.branch.counters["counter-1"].clerk_id:
            self.say(c.SignInClerk(**AT_COUNTER))
            self.say(c.OpenCounter(**AT_COUNTER))
        self.say(
            c.TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="civil_status", priority_class_id="usual")
        )
        for command in (c.CallNext(**AT_COUNTER), c.StartService(**AT_COUNTER)):
            assert not isinstance(self.say(command), Refused)
        self.at += timedelta(seconds=30)
        assert self.say(c.EndService(**AT_COUNTER, outcome="received")) == Done()
        pressed = c.PressRating(function_id="rating-keypad-1", press_id=new_id(), level=level, pressed_at=self.at)
        assert self.say(pressed) == Done()

    def rate(self, *levels: int) -> None:
        for level in levels:
            self.press(level)
            self.until(self.at + timedelta(seconds=90))

    def events(self, kind: type[Any]) -> list[Any]:
        with Journal(self.log.path) as journal:
            return [event for row in journal.rows() if isinstance(event := row.event(), kind)]

    def step(self, kind: str, clerk_id: str = "boss", **more: Any) -> Any:
        (inquiry,) = self.handler.branch.inquiries.values()
        return self.say(by(ic.StepInquiry, clerk_id, inquiry_id=inquiry.inquiry_id, kind=kind, **more))

    def open_to_clerk(self) -> None:
        """Take the only inquiry up on the next working day, and ask the clerk."""
        self.until(instant("09:00", "2026-11-25"))
        assert [self.step("given", to="boss"), self.step("statement_asked", text=QUESTION)] == [Done(), Done()]

    def words(self) -> list[str]:
        (inquiry,) = self.handler.branch.inquiries.values()
        return list(self.say(by(ic.FindInquiry, inquiry_id=inquiry.inquiry_id)).words.values())

    def stored(self) -> int:
        with apsw.Connection(str(self.path)) as file:
            (count,) = next(file.execute("SELECT count(*) FROM words"))
        return int(count)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    (tmp_path / "branch").mkdir()
    with log_of(rated_hall(inquiries=InquiryRules(kept_days=7, appeal_days=1)), tmp_path / "branch") as log:
        made = Hall(log)
        yield made
        made.file.close()


def test_a_restart_with_the_last_question_open_raises_the_alert_once(hall: Hall) -> None:
    hall.rate(3, 3, 3)
    hall.press(3)
    hall.start()
    assert hall.events(ie.AlertRaised) == []
    hall.until(hall.at + timedelta(seconds=90))
    assert len(hall.events(ie.AlertRaised)) == 1
    hall.start()
    hall.rate(3)
    assert len(hall.events(ie.AlertRaised)) == 1
    (alert,) = hall.handler.branch.alerts.values()
    assert (alert.unsatisfied, alert.rated, alert.state) == (5, 5, "open")
    assert len(hall.events(ie.InquiryOpened)) == 5


def test_words_are_read_again_after_a_restart_and_stand_in_no_log(hall: Hall) -> None:
    hall.rate(3)
    hall.open_to_clerk()
    (hearing,) = hall.say(by(ic.FetchHearings, "an", "clerk")).hearings
    said = by(ic.SpeakInInquiry, "an", "clerk", hearing_id=hearing.hearing_id, kind="stated", text=WORDS)
    request_id = new_id()
    assert [hall.say(said, request_id=request_id) for _ in range(2)] == [Done(), Done()]
    hall.start()
    assert hall.say(said) == Done(), "the same step is one step under another request, too"
    assert hall.words() == [QUESTION, WORDS]
    assert stat.S_IMODE(hall.path.stat().st_mode) == 0o600
    log = b"".join(path.read_bytes() for path in hall.path.parent.iterdir() if path.name.startswith("branch.db"))
    assert WORDS[:12].encode() not in log
    assert QUESTION[:12].encode() not in log


def test_a_step_whose_words_cannot_be_kept_is_not_taken(hall: Hall) -> None:
    hall.rate(3)
    hall.open_to_clerk()
    hall.start(FullDisk(hall.path))
    reply = hall.step("answered", finding="open", text=WORDS)
    assert isinstance(reply, Refused)
    assert reply.code == "inquiry_statement_open"
    hall.until(instant("09:00", "2026-11-30"))
    reply = hall.step("answered", finding="open", text=WORDS)
    assert isinstance(reply, Refused)
    assert reply.code == "step_not_kept"
    assert [one.state for one in hall.handler.branch.inquiries.values()] == ["in_hand"]
    assert hall.step("called_back", call_back="no_contact") == Done(), "what has no words needs no file"


def test_words_without_their_step_go_with_the_next_day(hall: Hall) -> None:
    hall.rate(3)
    hall.open_to_clerk()
    (inquiry,) = hall.handler.branch.inquiries.values()
    with apsw.Connection(str(hall.path)) as file:  # As a server leaves it that ends between the words and the log.
        file.execute("INSERT INTO words VALUES (?, ?, 'orphan')", (inquiry.inquiry_id, new_id()))
    assert hall.words() == [QUESTION], "words count by their step alone"
    hall.until(instant("09:00", "2026-11-26"))
    assert hall.stored() == 1


def test_erased_words_are_gone_from_the_file(hall: Hall) -> None:
    hall.rate(3)
    hall.open_to_clerk()
    hall.until(instant("09:00", "2026-11-30"))
    assert hall.step("answered", finding="holds", text=WORDS) == Done()
    hall.until(instant("09:00", "2026-12-08"))
    assert hall.stored() == 2
    hall.until(instant("09:00", "2026-12-09"))
    assert hall.stored() == 0
    assert hall.handler.branch.inquiries == {}
    hall.file.close()
    assert WORDS[:12].encode() not in hall.path.read_bytes(), "overwritten, not only let go"


def test_a_copy_holds_the_words_for_two_weeks_and_gives_them_back(hall: Hall, tmp_path: Path) -> None:
    hall.rate(3)
    hall.open_to_clerk()
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        hall.log.path.with_name(name).write_bytes(b"x")
    at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    copies = tmp_path / "copies"
    first = back_up(hall.path.parent, copies, at).path
    restore(first, tmp_path / "again", at)
    log = Log(tmp_path / "again" / hall.log.path.name)
    again = Hall(log)
    try:
        assert again.words() == [QUESTION]
    finally:
        again.file.close()
        log.close()
    for days, holds in ((VOICES_KEPT_DAYS, True), (VOICES_KEPT_DAYS + 1, False)):
        back_up(hall.path.parent, copies, at + timedelta(days=days))
        assert (first / INQUIRIES_FILE).exists() == holds
