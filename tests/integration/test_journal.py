"""The chain tells what was done to a log behind its back; the day heads tell the rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from protocol.events import AnyEvent, DayClosed, DayOpened, RatingPressed, VisitTaken
from queue_server.journal import GENESIS, Head, Journal, NotALog, OldSqlite, chained, read_heads, require_sqlite, verify
from queue_server.log import PRUNE_AT_ONCE, Log, LogUnusable, StoredReply, body_hash, write_head

OPENED_AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def opened(day: str) -> DayOpened:
    return DayOpened(
        at=OPENED_AT, day=day, configuration_id="c", opens_at=OPENED_AT, closes_at=OPENED_AT, utc_offset_s=0, spans={}
    )


def taken(number: int) -> VisitTaken:
    at = OPENED_AT + timedelta(seconds=number)
    return VisitTaken(
        at=at, visit_id=f"{number:032x}", device_id="kiosk-1", function_id="kiosk-1", service_id="land",
        queue_id="land", priority_class_id="usual", prefix="L", number=number, taken_at=at,
    )  # fmt: skip


def closed(day: str, visits: int) -> DayClosed:
    return DayClosed(at=OPENED_AT, day=day, visits_taken=visits, served=0, expired=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two days of four visits each, with the head of the first kept."""
    path = tmp_path / "branch.db"
    log = Log(path)
    for day, first in (("2026-11-23", 1), ("2026-11-24", 5)):
        log.append([opened(day), *map(taken, range(first, first + 4)), closed(day, 4)])
        write_head(tmp_path / "heads.jsonl", Head(day, log.seq, log.hash.hex()))
    log.append([opened("2026-11-25"), taken(9)])
    log.close()
    return path


def change(path: Path, *statements: str) -> None:
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()


def chain_anew(path: Path) -> None:
    connection = apsw.Connection(str(path))
    previous = GENESIS
    for seq, *columns in list(connection.execute("SELECT seq, day, at, type, body FROM events ORDER BY seq")):
        previous = chained(previous, seq, *columns)
        connection.execute("UPDATE events SET hash=? WHERE seq=?", (previous, seq))
    connection.close()


def swap(first: int, second: int) -> Callable[[Path], None]:
    moves = ((first, -1), (second, first), (-1, second))
    return lambda path: change(path, *(f"UPDATE events SET seq={to} WHERE seq={seq}" for seq, to in moves))  # noqa: S608 -- numbers.


def recompute(path: Path) -> None:
    change(path, "UPDATE events SET body=replace(body, 'L', 'H') WHERE seq=3")
    chain_anew(path)


def test_an_untouched_log_is_verified_with_its_heads(path: Path) -> None:
    verdict = verify(path, path.with_name("heads.jsonl"))
    assert (verdict.wrong, verdict.events, verdict.heads) == (None, 14, 2)


@pytest.mark.parametrize(
    ("tamper", "kind", "seq"),
    [
        (lambda path: change(path, "UPDATE events SET body=replace(body,'L','H') WHERE seq=3"), "changed", 3),
        (lambda path: change(path, "UPDATE events SET day='2026-11-22' WHERE seq=4"), "changed", 4),
        (lambda path: change(path, "UPDATE events SET visit_id=NULL WHERE seq=4"), "changed", 4),
        (lambda path: change(path, "DELETE FROM events WHERE seq=5"), "missing", 5),
        (lambda path: change(path, "DELETE FROM events WHERE seq=1"), "missing", 1),
        (swap(3, 4), "reordered", 3),
        (swap(2, 9), "reordered", 2),
        (lambda path: change(path, "DELETE FROM events WHERE seq>10"), "cut", 11),
        (recompute, "recomputed", 6),
    ],
)
def test_verification_names_the_first_wrong_event(
    path: Path, tamper: Callable[[Path], None], kind: str, seq: int
) -> None:
    tamper(path)
    wrong = verify(path, path.with_name("heads.jsonl")).wrong
    assert wrong is not None
    assert (wrong.kind, wrong.seq) == (kind, seq), wrong.sentence


def test_without_the_heads_a_cut_tail_cannot_be_seen(path: Path) -> None:
    change(path, "DELETE FROM events WHERE seq>10")
    assert verify(path).wrong is None


def test_a_reader_finds_days_and_visits_while_the_writer_has_the_file_open(path: Path) -> None:
    log = Log(path)
    with Journal(path) as journal:
        log.append([taken(10)])
        assert journal.days() == ["2026-11-23", "2026-11-24", "2026-11-25"]
        assert [row.seq for row in journal.rows_of_day("2026-11-24")] == list(range(7, 13))
        assert [row.seq for row in journal.rows_of_day("2026-11-25")] == [13, 14, 15]
        assert list(journal.rows_of_day("2026-11-26")) == []
        assert [row.event() for row in journal.visit(f"{6:032x}")] == [taken(6)]
        assert journal.head() == (15, log.hash)
        row = journal.last_day_opened()
        assert row is not None
        assert row.day == "2026-11-25"
    log.close()


def test_a_reply_is_found_by_its_device_and_request_and_forgotten_after_eight_days(tmp_path: Path) -> None:
    log = Log(tmp_path / "branch.db")
    for number in range(1, 10):
        events: list[AnyEvent] = [opened(f"2026-12-{number:02}")]
        log.append(events, [StoredReply("kiosk-1", f"{number:032x}", body_hash(b"body"), b"{}")])
    assert log.reply_to("kiosk-1", f"{1:032x}") is not None
    assert log.reply_to("kiosk-2", f"{1:032x}") is None
    assert (log.prune_replies(), log.prune_replies()) == (1, 0)
    assert log.reply_to("kiosk-1", f"{1:032x}") is None
    assert log.reply_to("kiosk-1", f"{2:032x}") is not None
    log.close()


def test_old_replies_are_found_behind_many_young_ones_and_after_all_have_been_looked_at(tmp_path: Path) -> None:
    log = Log(tmp_path / "branch.db")
    young = [StoredReply("kiosk-1", f"{number:032x}", b"", b"{}") for number in range(PRUNE_AT_ONCE)]
    for day in range(1, 10):
        old = [StoredReply("kiosk-2", "f" * 31 + "0", b"", b"{}"), StoredReply("kiosk-1", "f" * 31 + "1", b"", b"{}")]
        log.append([opened(f"2026-12-{day:02}")], old if day == 1 else young if day == 9 else [])
    assert [log.prune_replies() for _ in range(4)] == [0, 2, 0, 0]
    log.append([opened("2026-12-31")], [StoredReply("kiosk-1", "0" * 31 + "x", b"", b"{}")])
    log.append([opened(f"2027-01-{day:02}") for day in range(1, 9)])
    assert [log.prune_replies() for _ in range(3)] == [PRUNE_AT_ONCE, 1, 0]
    log.close()


def test_a_press_without_a_visit_is_in_no_visits_story(tmp_path: Path) -> None:
    log = Log(tmp_path / "branch.db")
    pressed = RatingPressed(
        at=OPENED_AT, press_id="0" * 32, device_id="r", function_id="r", channel="keypad", level=1, pressed_at=OPENED_AT
    )
    log.append([pressed])
    assert log.visit("") == []
    log.close()
    assert verify(log.path).wrong is None


def test_what_is_no_log_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(NotALog):
        Journal(tmp_path / "other.db")
    with pytest.raises(LogUnusable):
        Log(tmp_path / "other.db")
    with pytest.raises(NotALog):
        Journal(tmp_path / "missing.db")
    (tmp_path / "heads.jsonl").write_text("{")
    with pytest.raises(NotALog):
        read_heads(tmp_path / "heads.jsonl")


def test_a_library_that_can_corrupt_a_log_is_refused() -> None:
    require_sqlite()
    for library in ("3.40.1", "3.51.2"):
        with pytest.raises(OldSqlite, match=r"3\.51\.3"):
            require_sqlite(library)


def test_the_epoch_rises_with_each_start(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        log = Log(tmp_path / "branch.db")
        assert log.next_epoch() == expected
        log.close()


def test_the_owner_alone_may_read_a_log_and_what_sqlite_keeps_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "branch.db"
    for _ in range(2):
        log = Log(path)
        log.append([opened("2026-11-23")])
        assert {one.name: oct(one.stat().st_mode & 0o777) for one in tmp_path.iterdir()} == {
            name: oct(0o600) for name in ("branch.db", "branch.db-wal", "branch.db-shm")
        }
        log.close()
        path.chmod(0o644)  # As an older version left it.
