"""The key of the day: the same for a server that starts again, another each day, and in no log and no backup."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.commands import FindHeldNumber, FindVisit, Introduce, TakeTicket
from protocol.link import new_id
from protocol.person_mark import person_mark
from protocol.views import Refused, TicketTaken, VisitFound
from queue_server.backup import back_up
from queue_server.log import LOG_FILE, Log
from queue_server.person_keys import PERSON_KEY_FILE, PersonKeys
from tests.faults.morning import BEGINS_AT
from tests.faults.morning import found as begun
from tests.support.driven_branch import instant
from tests.support.halls import limited_hall
from tests.support.kept_branch import ask, log_of, served
from tests.support.served_branch import ServedBranch

CARD = "001099012345"
DAY, NEXT = "2026-11-23", "2026-11-25"


def test_a_day_has_one_key_and_the_next_day_another(tmp_path: Path) -> None:
    path = tmp_path / PERSON_KEY_FILE
    keys = PersonKeys(path)
    assert not path.exists(), "no key is drawn before somebody needs it"
    first = keys.of(DAY)
    assert (keys.of(DAY), PersonKeys(path).of(DAY)) == (first, first), "a server that starts again has the same"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (len(bytes.fromhex(first)), first in path.read_text()) == (32, True)
    second = keys.of(NEXT)
    assert second != first
    assert first not in path.read_text()
    keys.keep_only(NEXT)
    assert keys.of(NEXT) == second
    keys.keep_only("")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    path = tmp_path / PERSON_KEY_FILE
    keys = PersonKeys(path)
    key = keys.of(DAY)
    with path.open("rb") as held:
        keys.keep_only("")
        assert not path.exists()
        assert key.encode() not in held.read()


def test_what_cannot_be_kept_or_read_is_said_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / PERSON_KEY_FILE
    path.write_text("not a key")
    keys = PersonKeys(path)
    assert "a new key is drawn" in capsys.readouterr().err
    key = keys.of(DAY)
    assert PersonKeys(path).of(DAY) == key
    nowhere = PersonKeys(tmp_path / PERSON_KEY_FILE / "below")
    assert len(nowhere.of(DAY)) == 64
    assert "cannot be" in capsys.readouterr().err


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with log_of(limited_hall(), tmp_path) as log:
        yield log


def taking(mark: str) -> TakeTicket:
    return TakeTicket(
        function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual", person_mark=mark
    )


def test_all_kiosks_of_a_day_make_the_same_marks_also_after_a_start_and_others_the_next_day(log: Log) -> None:
    handler = served(log, BEGINS_AT)
    told = ask(handler, Introduce())
    assert (len(told.person_key), told.person_day) == (64, DAY)
    again = served(log, BEGINS_AT)
    assert ask(again, Introduce(), "kiosk-2").person_key == told.person_key
    assert ask(again, Introduce(), "staff-1").person_key == ""
    evening = instant("20:00")
    closed = served(log, evening)
    assert ask(closed, Introduce(), at=evening).person_key == ""
    assert not log.path.with_name(PERSON_KEY_FILE).exists(), "the key goes with its day"
    morning = instant("08:00", NEXT)
    assert ask(served(log, morning), Introduce(), at=morning).person_key not in {"", told.person_key}


def test_a_server_that_missed_the_evening_destroys_the_key_at_its_start(log: Log) -> None:
    ask(served(log, BEGINS_AT), Introduce())
    assert log.path.with_name(PERSON_KEY_FILE).exists()
    served(log, instant("08:00", NEXT))
    assert not log.path.with_name(PERSON_KEY_FILE).exists()


def test_the_limit_holds_after_a_start_and_the_held_number_can_be_printed_by_another_kiosk(log: Log) -> None:
    key = ask(served(log, BEGINS_AT), Introduce()).person_key
    mark = person_mark(key, DAY, "citizen_card", CARD)
    handler = served(log, BEGINS_AT)
    first, second = (ask(handler, taking(mark)) for _ in range(2))
    assert isinstance(second, TicketTaken)
    handler = served(log, BEGINS_AT)
    refused = ask(handler, taking(mark))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.parts["number"]) == ("person_at_once", f"L{second.number:03d}")
    found = ask(handler, FindHeldNumber(function_id="kiosk-2", service_id="land", person_mark=mark), "kiosk-2")
    assert isinstance(found, VisitFound)
    proof = FindVisit(visit_id=found.visit.visit_id, secret=found.secret)
    assert isinstance(ask(handler, proof, "public-1"), VisitFound), "the secret is the ticket's own"
    nobody = FindHeldNumber(function_id="kiosk-2", service_id="land", person_mark="0" * 32)
    assert ask(handler, nobody, "kiosk-2").code == "nothing_held"
    assert first != second


def test_neither_key_nor_code_nor_secret_stands_in_the_branchs_files(log: Log) -> None:
    handler = served(log, BEGINS_AT)
    key = ask(handler, Introduce()).person_key
    mark = person_mark(key, DAY, "citizen_card", CARD)
    for _ in range(3):
        ask(handler, taking(mark))
    found = ask(handler, FindHeldNumber(function_id="kiosk-1", service_id="land", person_mark=mark))
    folder = log.path.parent
    for path in folder.iterdir():
        written = path.read_bytes()
        assert CARD.encode() not in written
        assert found.secret.encode() not in written
        assert (key.encode() in written) == (path.name == PERSON_KEY_FILE), path
    assert mark.encode() in b"".join(path.read_bytes() for path in folder.iterdir()), "the mark is in the log"


def test_a_branch_that_limits_nothing_draws_no_key(tmp_path: Path) -> None:
    log = Log(tmp_path / LOG_FILE)
    handler = begun(log)
    assert ask(handler, Introduce()).person_key == ""
    log.close()


def test_no_copy_of_the_branch_holds_the_key(tmp_path: Path) -> None:
    with ServedBranch(tmp_path) as branch:
        (branch.state / PERSON_KEY_FILE).write_text("the key of the day")
        copy = back_up(branch.state, tmp_path / "copies", BEGINS_AT).path
        assert {path.name for path in copy.iterdir()} >= {LOG_FILE, "branch.key"}
        assert PERSON_KEY_FILE not in {path.name for path in copy.rglob("*")}
