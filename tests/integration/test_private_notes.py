"""A clerk's note with a transfer: for the next clerk alone, in no log, reply or copy, and gone with its day."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol import commands as c
from protocol.codec import decode_reply, encode
from protocol.configuration import Configuration, StaffRules
from protocol.events import ConfigurationChanged, DevicePaired, VisitTransferred
from protocol.link import new_id
from protocol.views import Done, NoteFound, Refused
from queue_server.backup import back_up
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.core import counter_view
from queue_server.handler import Asked, Handler
from queue_server.log import LOG_FILE, Log
from queue_server.private import PRIVATE_FILE, NotKept, PrivateNotes
from queue_server.recovery import load_branch
from tests.faults.morning import BEGINS_AT, SURROUNDINGS
from tests.support.driven_branch import instant
from tests.support.halls import devices_of, key_of, small_hall

NOTE = "Thiếu bản sao giấy khai sinh,\n\tđã hẹn <b>bổ sung</b> lúc 14 giờ"
KEPT = "Thiếu bản sao giấy khai sinh, đã hẹn <b>bổ sung</b> lúc 14 giờ"
DAY, NEXT, THIRD = "2026-11-23", "2026-11-25", "2026-11-26"


class Hall:
    """A branch in a folder, taken up as often as a test wants."""

    def __init__(self, folder: Path, configuration: Configuration) -> None:
        self.log = Log(folder / LOG_FILE)
        self.at = BEGINS_AT
        devices = [
            DevicePaired(
                at=self.at, device_id=one.device_id, name="", public_key=one.public_key, functions=one.functions
            )
            for one in devices_of(configuration)
        ]
        self.log.append([ConfigurationChanged(at=self.at, configuration=configuration, sources={}), *devices])
        self.start(self.at)

    def start(self, at: datetime) -> None:
        loaded = load_branch(self.log)
        assert loaded is not None
        self.notes = PrivateNotes(self.path)
        self.handler = Handler(self.log, loaded[0], replace(SURROUNDINGS, notes=self.notes))
        self.until(at)

    def until(self, at: datetime) -> None:
        self.at = at
        while self.handler.tick(at):
            pass

    @property
    def path(self) -> Path:
        return self.log.path.with_name(PRIVATE_FILE)

    def ask(self, kind: Any, counter: str, clerk: str, **fields: object) -> Any:
        self.at += timedelta(seconds=1)
        command = kind(function_id="staff-1", staff_role="clerk", counter_id=counter, clerk_id=clerk, **fields)
        return self.say(command)

    def say(self, command: Any, device: str = "staff-1") -> Any:
        (body,) = self.handler.handle([Asked(key_of(device), new_id().encode(), encode(command))], self.at).replies
        assert body is not None
        return decode_reply(body)

    def noted(self, note: str = NOTE) -> tuple[str, Any]:
        """Take a number, serve it at counter 1, and send it on to counter 2 with a note; gives its id and the reply."""
        visit_id = new_id()
        self.say(
            c.TakeTicket(
                function_id="kiosk-1", visit_id=visit_id, service_id="civil_status", priority_class_id="usual"
            ),
            "kiosk-1",
        )
        for counter, clerk in (("counter-1", "an"), ("counter-2", "binh")):
            self.ask(c.SignInClerk, counter, clerk)
        self.ask(c.CallNext, "counter-1", "an")
        self.ask(c.StartService, "counter-1", "an")
        return visit_id, self.ask(c.TransferVisit, "counter-1", "an", to_counter_id="counter-2", note=note)

    def note_of(self, visit_id: str, counter: str = "counter-2", clerk: str = "binh") -> Any:
        return self.ask(c.FindNote, counter, clerk, visit_id=visit_id)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path / "branch", small_hall())
    yield made
    made.log.close()
    made.notes.close()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "branch").mkdir()


def test_the_next_clerk_reads_it_once_the_visit_is_there_and_nobody_else_does(hall: Hall) -> None:
    assert not hall.path.exists(), "no file before there is a note"
    visit_id, reply = hall.noted()
    assert isinstance(reply, Done)
    assert stat.S_IMODE(hall.path.stat().st_mode) == 0o600
    assert hall.note_of(visit_id).code == "not_allowed", "it waits; nobody serves it yet"
    hall.ask(c.CallNext, "counter-2", "binh")
    view = counter_view(hall.handler.branch, "counter-2", hall.at)
    assert view.serving is not None
    assert view.serving.noted
    assert b"khai sinh" not in encode(view)
    assert hall.note_of(visit_id) == NoteFound(visit_id=visit_id, note=KEPT)
    assert hall.note_of(visit_id, "counter-1", "an").code == "not_allowed", "who wrote it has no business with it now"
    assert hall.note_of(visit_id, "counter-2", "an").code == "not_signed_in"
    boss = c.FindNote(
        function_id="staff-1", staff_role="manager", counter_id="counter-2", clerk_id="boss", visit_id=visit_id
    )
    assert hall.say(boss).code == "not_allowed"
    by_keypad = c.FindNote(function_id="call-keypad-2", counter_id="counter-2", visit_id=visit_id)
    assert hall.say(by_keypad, "call-keypad-2").code == "not_allowed"


def test_it_goes_one_step_far(hall: Hall) -> None:
    visit_id, _ = hall.noted()
    hall.ask(c.CallNext, "counter-2", "binh")
    hall.ask(c.TransferVisit, "counter-2", "binh", to_counter_id="counter-1")
    hall.ask(c.CallNext, "counter-1", "an")
    assert hall.note_of(visit_id, "counter-1", "an").code == "no_note"


def test_it_survives_a_start_and_a_visit_that_was_parked_has_it(hall: Hall) -> None:
    visit_id, _ = hall.noted()
    hall.notes.close()
    hall.start(hall.at)
    hall.ask(c.CallNext, "counter-2", "binh")
    hall.ask(c.StartService, "counter-2", "binh")
    hall.ask(c.ParkVisit, "counter-2", "binh")
    assert hall.note_of(visit_id).note == KEPT


def test_no_log_no_reply_and_no_copy_holds_a_word_of_it(hall: Hall, tmp_path: Path) -> None:
    visit_id, _ = hall.noted()
    hall.ask(c.CallNext, "counter-2", "binh")
    assert hall.note_of(visit_id).note == KEPT
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        (hall.log.path.parent / name).write_bytes(b"of the server")
    back_up(hall.log.path.parent, tmp_path / "copies", hall.at)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(PRIVATE_FILE)]
    assert any(path.name == LOG_FILE for path in files)
    for path in files:
        assert "giấy khai sinh".encode() not in path.read_bytes(), path
    assert not list((tmp_path / "copies").rglob(f"{PRIVATE_FILE}*"))
    events = [row.event() for row in hall.log.visit(visit_id)]
    assert [event.noted for event in events if isinstance(event, VisitTransferred)] == [True]


def test_it_is_overwritten_as_its_day_closes(hall: Hall) -> None:
    hall.noted()
    assert "giấy khai sinh".encode() in hall.path.read_bytes()
    hall.until(instant("20:00"))
    assert "giấy khai sinh".encode() not in hall.path.read_bytes()


def test_a_server_that_missed_the_evening_erases_it_at_its_start(hall: Hall) -> None:
    hall.noted()
    hall.notes.close()
    hall.start(instant("08:00", NEXT))
    assert "giấy khai sinh".encode() not in hall.path.read_bytes()


def test_a_branch_may_keep_notes_some_days(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "branch", small_hall(staff_rules=StaffRules(notes_kept_days=2)))
    hall.noted()
    for clock, day, is_kept in (("20:00", DAY, True), ("08:00", NEXT, True), ("20:00", NEXT, False)):
        hall.until(instant(clock, day))
        assert ("giấy khai sinh".encode() in hall.path.read_bytes()) == is_kept, (clock, day)
    hall.log.close()
    hall.notes.close()


def test_blank_paper_is_no_note_and_a_long_one_is_none_of_ours(hall: Hall) -> None:
    visit_id, reply = hall.noted(" \n ")
    assert isinstance(reply, Done)
    assert not hall.path.exists()
    hall.ask(c.CallNext, "counter-2", "binh")
    assert hall.note_of(visit_id).code == "no_note"
    assert hall.ask(c.TransferVisit, "counter-2", "binh", to_counter_id="counter-1", note="x" * 281).code == "malformed"


def test_what_cannot_be_kept_is_not_sent_on(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    hall.path.mkdir()
    visit_id, reply = hall.noted()
    assert isinstance(reply, Refused)
    assert reply.code == "note_not_kept"
    assert hall.handler.branch.visits[visit_id].state == "in_service"
    assert "free or replace the disk" in capsys.readouterr().err
    hall.until(instant("20:00"))
    assert "notes" in hall.handler.alarms
    hall.path.rmdir()
    hall.until(instant("08:00", NEXT))
    assert "notes" not in hall.handler.alarms


def test_notes_of_no_file_live_in_memory(tmp_path: Path) -> None:
    notes = PrivateNotes()
    notes.keep("1" * 32, BEGINS_AT, DAY, NOTE)
    assert notes.of("1" * 32, BEGINS_AT) == KEPT
    assert notes.erase(DAY, day_open=False, kept_days=0)
    assert notes.of("1" * 32, BEGINS_AT) == ""
    notes.close()
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(NotKept):
        PrivateNotes(tmp_path / "broken.db").keep("1" * 32, BEGINS_AT, DAY, NOTE)


def test_a_note_of_a_transfer_that_was_lost_is_never_shown(hall: Hall) -> None:
    """The note is written first. If the transfer then is not, the visit refers to no note."""
    visit_id, _ = hall.noted()
    hall.notes.keep(visit_id, hall.at + timedelta(hours=1), DAY, "of a transfer that never was")
    hall.ask(c.CallNext, "counter-2", "binh")
    assert msgspec.to_builtins(hall.note_of(visit_id))["note"] == KEPT
