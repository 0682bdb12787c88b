"""The catalogue and the waits on a phone: found without accents, honest about what nobody has recorded."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.views import KioskView
from queue_server.public.usual import AGAIN_S, KEPT_S, LEAST_VISITS, UsualWaits, usual_of
from tests.support.paper_hall import NOW, kiosk_view
from tests.support.public_pages import Phones, services

EVIL = '<script>alert("1")</script>'
UTC_OFFSET_S = 25_200


def shown(phones: Phones, path: str, status: int = 200) -> str:
    answer = phones.phone().get(path)
    assert answer.status_code == status
    return answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("khai sinh", ["Đăng ký khai sinh"]),
        ("Khai Sinh", ["Đăng ký khai sinh"]),
        ("ket hon", ["Đăng ký kết hôn"]),
        ("marriage", ["Đăng ký kết hôn"]),
        ("dang ky", ["Đăng ký khai sinh", "Đăng ký kết hôn"]),
    ],
)
def test_a_procedure_is_found_without_accents(phones: Phones, query: str, found: list[str]) -> None:
    text = shown(phones, f"/procedures/?q={query}&lang=vi")
    names = ["Đăng ký khai sinh", "Trích lục hộ tịch", "Đăng ký kết hôn"]
    assert [name for name in names if f">{name}<" in text] == found
    assert f'value="{query}"' in text


def test_what_is_not_found_is_said(phones: Phones) -> None:
    assert "Không tìm thấy “qqqq”" in shown(phones, "/procedures/?q=qqqq")
    assert "Ý quý vị là:" in shown(phones, "/procedures/?q=kahi+sinh")
    assert phones.parts.texts("public.procedure_unknown", "vi") in shown(phones, "/procedures/9.999999", 404)


def test_what_was_typed_is_never_markup(phones: Phones) -> None:
    for path in (f"/procedures/?q={EVIL}", f"/procedures/{EVIL}", f"/waits?service={EVIL}", f"/?lang={EVIL}"):
        assert "<script>alert" not in phones.phone().get(path).text


def test_a_procedure_tells_what_is_recorded_and_what_is_not(phones: Phones) -> None:
    known = phones.parts.hall.procedures
    known["1.001193"] = replace(
        known["1.001193"],
        documents=("Giấy chứng sinh", EVIL),
        fee={"vi": "Không thu phí", "en": "Free"},
        official_name="Thủ tục đăng ký khai sinh",
        time=None,
        result_place=None,
    )
    text = shown(phones, "/procedures/1.001193?lang=en")
    for words in ("Birth registration", "Giấy chứng sinh", ">Free<", "Thủ tục đăng ký khai sinh"):
        assert words in text
    assert text.count("Not yet recorded") == 2, "time and place"
    assert "<script>alert" not in text
    assert '<dd lang="vi">' in text, "papers are named as the law names them, and said to be Vietnamese"


def test_waits_now(phones: Phones) -> None:
    text = shown(phones, "/waits?lang=en")
    for words in ("Civil status", "9 people waiting", "at counter 3, 4", "30–60 min", "08:42"):
        assert words in text
    opens_at = NOW + timedelta(hours=5)
    closed = replace(services()[0], state="closed", next_opens_at=opens_at)
    phones.hall.publish("kiosk", replace(kiosk_view(), services=(closed,)))
    text = shown(phones, "/waits")
    assert "Đang nghỉ · Mở cửa lại: 13:42" in text
    assert "phút" not in text


def test_waits_are_not_shown_while_the_server_is_away(phones: Phones) -> None:
    phones.hall.become("gone")
    assert "30–60" not in shown(phones, "/waits", 503)
    assert "Đăng ký khai sinh" in shown(phones, "/procedures/"), "the catalogue does not grow old in a minute"


def rows(day: str, waits_s: list[int], hour: int = 8) -> list[tuple[str, str, str, int]]:
    taken = datetime.fromisoformat(f"{day}T00:00:00+07:00") + timedelta(hours=hour, minutes=5)
    return [(day, "civil_status", taken.astimezone(UTC).isoformat(), wait) for wait in waits_s]


def test_the_usual_hour_is_the_middle_and_nine_of_ten() -> None:
    usual = usual_of(
        [*rows("2026-11-20", [60 * n for n in range(1, 21)]), *rows("2026-11-19", [600], 10)], UTC_OFFSET_S
    )
    assert usual.days == 2
    full, few = usual.hours["civil_status"]
    assert (full.hour, full.visits, full.middle_s, full.most_s) == (8, 20, 600, 1080)
    assert (few.hour, few.visits, few.middle_s) == (10, 1, None), "of so few no figure is made"
    assert usual.hours[""] == usual.hours["civil_status"]


def test_tables_that_are_busy_are_read_again_and_what_was_read_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, now_s = tmp_path / "reports.db", [0.0]
    waits = UsualWaits(path, lambda: now_s[0], read_wait_s=0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as tables:
        tables.execute("CREATE TABLE visits (day TEXT, first_service_id TEXT, taken_at TEXT, waited_s INT)")
        tables.executemany("INSERT INTO visits VALUES (?, ?, ?, ?)", rows("2026-11-20", [300] * LEAST_VISITS))
        tables.execute("BEGIN EXCLUSIVE")
        for _ in range(3):
            assert waits.before("2026-11-23", UTC_OFFSET_S).days == 0
            now_s[0] += AGAIN_S
        tables.execute("ROLLBACK")
        assert waits.before("2026-11-23", UTC_OFFSET_S).days == 1, "some seconds later, and not after ten minutes"
        assert len(caplog.records) == 1, "told once"
        tables.execute("BEGIN EXCLUSIVE")
        now_s[0] += KEPT_S
        assert waits.before("2026-11-23", UTC_OFFSET_S).days == 1, "what was read last is told on"
        tables.execute("ROLLBACK")


def test_usual_waits_come_from_the_report_tables_of_earlier_days(phones: Phones, tmp_path: Path) -> None:
    path = tmp_path / "reports.db"
    now_s = [0.0]
    waits = UsualWaits(path, lambda: now_s[0])
    assert waits.before("2026-11-23", UTC_OFFSET_S).hours == {}
    with sqlite3.connect(path) as tables:
        tables.execute("CREATE TABLE visits (day TEXT, first_service_id TEXT, taken_at TEXT, waited_s INT)")
        for day in ("2026-10-01", "2026-11-20", "2026-11-23"):
            tables.executemany("INSERT INTO visits VALUES (?, ?, ?, ?)", rows(day, [300] * LEAST_VISITS))
        tables.execute("INSERT INTO visits VALUES ('2026-11-20', 'civil_status', '2026-11-20T01:00:00+00:00', NULL)")
    tables.close()
    assert waits.before("2026-11-23", UTC_OFFSET_S).hours == {}, "not looked at again at once"
    now_s[0] += AGAIN_S
    usual = waits.before("2026-11-23", UTC_OFFSET_S)
    assert usual.days == 1, "neither today nor what is older than four weeks"
    assert [one.visits for one in usual.hours[""]] == [LEAST_VISITS]
    object.__setattr__(phones.parts, "usual", waits)
    text = shown(phones, "/waits?service=civil_status")
    assert ">08:00–09:00</th><td>5 phút</td>" in text
    view = phones.parts.hall.view("kiosk", KioskView)
    assert view is not None
    assert "<td>5 phút</td>" not in shown(phones, "/waits?service=land"), "of another service nothing is known"
