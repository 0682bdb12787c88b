"""What is tried before a hall opens: in which order, what the program sees by itself, and what stays open."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from presentation.texts import texts_from
from queue_server.web.acceptance_items import Point, Seen, facts_of, items_of, objections, open_points, summary
from queue_server.web.acceptance_records import ACCEPTANCE_FILE, AcceptanceRecords, Answer
from queue_server.web.accounts import Account, Role
from tests.support.paper_hall import NOW, devices_view, hall_view, kiosk_view
from tests.support.rosters import week

TEXTS = texts_from(
    {path.stem: path.read_text("utf-8") for path in (Path(__file__).parents[2] / "config" / "texts").glob("*.toml")}
)
EN = TEXTS.words("en")


def account(clerk_id: str, role: Role, *, must_change: bool = False) -> Account:
    return Account(
        clerk_id, clerk_id.title(), role, must_change, disabled=False, has_second_factor=True, password_at=NOW
    )


PEOPLE = [account("an", "clerk"), account("boss", "manager"), account("tech", "technician")]


def seen(**more: object) -> Seen:
    plain = Seen(hall_view(), kiosk_view(), devices_view(), week().days, PEOPLE, behind_tls=True, now=NOW)
    return Seen(**{**vars(plain), **more})


def item(key: str, **more: object) -> Point:
    return next(one for one in items_of(seen(**more)) if one.key == key)


def passed(key: str) -> Answer:
    return Answer(NOW, "tech", key, "passed", "")


def test_every_device_of_the_hall_has_an_item_and_no_program_of_the_server() -> None:
    items = items_of(seen())
    devices = {line.function_id for line in devices_view().lines if line.kind not in ("staff", "public", "technician")}
    tried = {one.function_id for one in items if one.function_id}
    revoked = {line.function_id for line in devices_view().lines if line.pairing == "revoked"}
    assert tried == devices - revoked
    assert len({one.key for one in items}) == len(items)
    order = [one.part for one in items]
    assert order == sorted(order, key=["hall", "people", "devices", "safety", "handover"].index)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_item_has_its_words(language: str) -> None:
    words = TEXTS.words(language)
    for one in items_of(seen()):
        assert one.title(words)
        assert words(f"acceptance.{one.kind}.question").endswith("?")
        assert words(f"acceptance.{one.kind}.how")
        assert all(facts_of(one, seen(), words))


def test_what_the_program_sees_speaks_against_an_answer_and_gives_none() -> None:
    assert objections(item("tls"), seen(), EN) == []
    assert objections(item("tls"), seen(behind_tls=False), EN) == ["the pages do not run behind TLS"]
    nobody = objections(item("people"), seen(accounts=[account("tech", "technician", must_change=True)]), EN)
    assert len(nobody) == 3, nobody
    assert objections(item("hours"), seen(week=week(()).days[6:]), EN) == ["no opening hours in the next seven days"]
    no_devices = msgspec.structs.replace(devices_view(), lines=())
    assert objections(item("devices"), seen(devices=no_devices), EN)


def test_a_device_that_has_passed_and_is_gone_now_is_an_open_point() -> None:
    lines = devices_view().lines
    broken = next(line for line in lines if line.pairing == "paired" and line.state != "ok" and line.kind == "kiosk")
    key = f"kiosk:{broken.function_id}"
    points = {one.key: why for one, why in open_points(items_of(seen()), {key: passed(key)}, seen(), EN)}
    assert points[key].startswith("Noted as passed, but the device is now")


def test_nothing_is_left_out_politely() -> None:
    items = items_of(seen())
    assert [one for one, _ in open_points(items, {}, seen(), EN)] == items, "an empty book is all open"
    answers = {one.key: passed(one.key) for one in items}
    answers["power"] = Answer(NOW, "tech", "power", "skipped", "no permission to cut the power yet")
    answers["restore"] = Answer(NOW, "tech", "restore", "failed", "disk full")
    del answers["handover"]
    well = tuple(msgspec.structs.replace(line, state="ok") for line in devices_view().lines if line.pairing == "paired")
    good = seen(devices=msgspec.structs.replace(devices_view(), lines=well))
    points = {one.key: why for one, why in open_points(items_of(good), answers, good, EN)}
    assert points == {
        "restore": "Failed: disk full",
        "power": "Left out: no permission to cut the power yet",
        "handover": "Not tried",
    }
    assert summary(TEXTS, "en", items_of(good), answers).startswith(
        f"{len(items_of(good)) - 3} of {len(items_of(good))} "
    )


def test_answers_outlive_a_restart_and_are_never_changed(tmp_path: Path) -> None:
    clock = iter([datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(minutes=number) for number in range(9)])
    records = AcceptanceRecords(tmp_path, clock.__next__)
    records.keep("a" * 32, "tech", "clock", "failed", "two minutes late")
    records.keep("b" * 32, "tech-2", "clock", "passed", "")
    records.keep("b" * 32, "tech-2", "clock", "passed", "")
    records.close()
    again = AcceptanceRecords(tmp_path, clock.__next__)
    assert [(one.by_id, one.verdict, one.note) for one in again.of("clock")] == [
        ("tech-2", "passed", ""),
        ("tech", "failed", "two minutes late"),
    ], "the newest first; what was sent twice is there once"
    assert again.last()["clock"].at == datetime(2026, 11, 20, 8, 1, tzinfo=UTC)
    again.close()
    raw = sqlite3.connect(tmp_path / ACCEPTANCE_FILE)
    for forbidden in ("UPDATE answers SET verdict = 'passed'", "DELETE FROM answers"):
        with pytest.raises(sqlite3.IntegrityError, match="answered stay"):
            raw.execute(forbidden)
    raw.close()
    assert (tmp_path / ACCEPTANCE_FILE).stat().st_mode & 0o077 == 0
