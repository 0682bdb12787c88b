"""Searching a log: by time, kind, number, counter, clerk and device; page by page; and what is never told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from presentation.texts import texts_from
from protocol import events as e
from protocol.message import type_of
from queue_server.journal import Journal
from queue_server.web import log_search
from queue_server.web.log_page import Names, log_rows
from queue_server.web.log_search import GROUPS, TOLD, UNTOLD, CannotSearch, Found, Question, search, told_of
from tests.support.driven_branch import instant
from tests.support.logs import write_log
from tests.support.paper_hall import hall_view
from tests.support.programs import MORNING
from tests.support.tables import play

ROOT = Path(__file__).parents[2]
DAY = (instant("06:00"), instant("23:00"))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("log"), play(MORNING).hall.events())


def find(log: Path, **asked: str | int | datetime) -> Found:
    return search(log, Question(**{"first_at": DAY[0], "last_at": DAY[1], **asked}))  # type: ignore[arg-type]  # Fields by name.


def kinds(found: Found) -> list[str]:
    return [row.type for row in found.rows]


def test_every_event_stands_in_one_group_and_has_words() -> None:
    known = [name for one in get_args(e.AnyEvent) if (name := type_of(one.__name__)) not in UNTOLD]
    grouped = [kind for members in GROUPS.values() for kind in members]
    assert sorted(grouped) == sorted(known)
    for language in ("vi", "en"):
        words = texts_from({language: (ROOT / f"config/texts/{language}.toml").read_text("utf-8")}).words(language)
        assert all(words.has(f"log.event.{kind}") for kind in known)
        assert all(words.has(f"log.field.{name}") for name in TOLD)
        assert all(words.has(f"log.group.{name}") for name in GROUPS)


def test_the_day_newest_first(log: Path) -> None:
    found = find(log)
    seqs = [row.seq for row in found.rows]
    assert seqs == sorted(seqs, reverse=True)
    assert {"visit_taken", "visit_called", "service_ended", "visit_rated", "day_opened"} <= set(kinds(found))
    assert (found.more_before, found.reached_at) == (None, None)


def test_only_what_happened_within_the_span(log: Path) -> None:
    whole = find(log)
    cut = instant("08:20")
    early, late = find(log, last_at=cut), find(log, first_at=cut)
    assert kinds(late) + kinds(early) == kinds(whole)
    assert all(log_search.instant(row) < cut for row in early.rows)
    assert late.rows
    assert early.rows
    assert find(log, first_at=DAY[1], last_at=DAY[1] + timedelta(days=400)).rows == ()


def test_by_group_kind_counter_clerk_and_device(log: Path) -> None:
    assert set(kinds(find(log, kind="visit_taken"))) == {"visit_taken"}
    assert set(kinds(find(log, kind="services"))) == {"service_started", "service_ended"}
    assert set(kinds(find(log, clerk_id="an"))) >= {"clerk_signed_in", "visit_called"}
    assert "visit_taken" not in kinds(find(log, clerk_id="an"))
    counter_id = next(str(log_search.body_of(row)["counter_id"]) for row in find(log, kind="visit_called").rows)
    assert len(find(log, counter_id=counter_id, kind="calls").rows) == len(find(log, kind="calls").rows)
    assert find(log, counter_id="counter-9").rows == ()
    device_id = str(log_search.body_of(find(log, kind="visit_taken").rows[0])["device_id"])
    assert len(find(log, kind="visit_taken", device_id=device_id).rows) == 3
    assert find(log, device_id="nowhere").rows == ()


def test_a_number_finds_all_of_its_visit_and_its_id_too(log: Path) -> None:
    taken = find(log, kind="visit_taken").rows[-1]
    visit_id = str(log_search.body_of(taken)["visit_id"])
    number = find(log).numbers[visit_id]
    by_number = find(log, number=number.lower())
    assert {"visit_taken", "visit_called", "service_started", "service_ended"} <= set(kinds(by_number))
    assert {str(log_search.body_of(row)["visit_id"]) for row in by_number.rows} == {visit_id}
    assert kinds(find(log, number=visit_id)) == kinds(by_number)
    assert len(find(log, number=number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).rows) >= len(by_number.rows)
    for nonsense in ("H", "H999", "' OR 1=1 --", "9" * 40, "H٣"):
        assert find(log, number=nonsense).rows == ()


def test_a_number_with_the_letter_d_with_a_stroke_is_found(tmp_path: Path) -> None:
    taken = e.VisitTaken(
        at=instant("08:00"),
        taken_at=instant("08:00"),
        visit_id="1" * 32,
        device_id="kiosk-1",
        function_id="kiosk-1",
        service_id="land",
        queue_id="land",
        priority_class_id="usual",
        prefix="Đ",
        number=25,
    )
    log = write_log(tmp_path, [taken])
    for typed in ("Đ025", "đ25", "Đ 025", "025"):
        assert kinds(find(log, number=typed)) == ["visit_taken"], typed
    assert kinds(find(log, number="D025")) == []


def test_page_by_page_nothing_is_lost_or_told_twice(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [row.seq for row in find(log).rows]
    for shown, read in ((4, 1000), (100, 3), (4, 3), (1, 1)):
        monkeypatch.setattr(log_search, "SHOWN", shown)
        monkeypatch.setattr(log_search, "READ_AT_ONCE", read)
        seen: list[int] = []
        page = find(log)
        for _ in range(200):
            seen += [row.seq for row in page.rows]
            if page.more_before is None:
                break
            page = find(log, before=page.more_before)
        assert seen == whole, (shown, read)


def test_a_search_that_stopped_for_its_time_says_how_far_it_came(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_search, "READ_AT_ONCE", 5)
    found = find(log, kind="day_opened")
    assert found.rows == ()
    assert found.more_before is not None
    with Journal(log) as journal:
        (reached,) = journal.rows(found.more_before, 1)
    assert found.reached_at == log_search.instant(reached)


def test_what_was_rated_is_never_told(tmp_path: Path) -> None:
    """The same morning with each level: what is told, and how it is written, is the same to the letter."""
    words = texts_from({"vi": (ROOT / "config/texts/vi.toml").read_text("utf-8")}).words("vi")
    told = set()
    for level in (1, 2, 3):
        found = find(
            write_log(tmp_path / str(level), play(MORNING.replace("rate 1 2", f"rate 1 {level}")).hall.events())
        )
        assert {"rating_pressed", "visit_rated"} <= set(kinds(found))
        told.add(repr(log_rows(found, Names(words, {}, hall_view()))))
    assert len(told) == 1


def test_a_key_that_nobody_names_is_not_told_either(tmp_path: Path) -> None:
    reported = e.DeviceReported(
        at=instant("08:00"),
        device_id="agent",
        function_id="rating-keypad-1",
        state="degraded",
        reason="presses_unknown",
        detail="it sent the code 07; add it to [keys]",
    )
    (row,) = find(write_log(tmp_path, [reported])).rows
    assert told_of(row) == {"reason": "presses_unknown", "state": "degraded"}


def test_no_log_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotSearch):
        search(tmp_path / "branch.db", Question(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)))
