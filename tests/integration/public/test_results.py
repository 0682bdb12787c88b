"""The public results: of closed months alone, where the hall publishes them, and never of what was changed."""

import html
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.events import ConfigurationChanged
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.public.closed_months import KEPT_S, PublicMonths
from queue_server.public.program import Place, application
from queue_server.reporting.month_shelf import Shelf, path_of
from queue_server.reporting.tables import REPORTS_FILE
from tests.support.logs import follow_log
from tests.support.month import MONTH, closing_of, rated_weeks
from tests.support.paper_hall import PaperHall, kiosk_view
from tests.support.public_pages import CONFIG


def a_hall(state: Path, *, publish: bool = True, close: bool = True) -> None:
    """Play some days of March; the hall publishes its results, or not."""
    first, *others = rated_weeks(8)
    assert isinstance(first, ConfigurationChanged)
    rules = replace(first.configuration.satisfaction, publish_results=publish)
    follow_log(state, [replace(first, configuration=replace(first.configuration, satisfaction=rules)), *others])
    if close:
        follow_log(state, [closing_of(state, MONTH, others[-1].at)])
        with Journal(state / LOG_FILE) as journal:
            Shelf(state / REPORTS_FILE).complete(journal)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "server"


def answers(state: Path, path: str) -> tuple[int, str]:
    """Ask the public pages of that branch once."""
    hall = PaperHall("public")
    place = Place(state.parent / "public", CONFIG, reports=state / REPORTS_FILE)
    with application(place, hall.opened) as (app, _):
        hall.publish("kiosk", kiosk_view())
        answer = app.test_client().get(path)
        return answer.status_code, " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_closed_month_is_shown_by_counter_without_any_clerk(state: Path) -> None:
    a_hall(state)
    status, text = answers(state, "/results")
    assert status == 200
    assert "tháng 03/2027" in text
    assert "Quầy 1" in text
    assert "Mức cam kết 80 %" in text
    assert "clerk" not in text
    assert "/results" in answers(state, "/")[1] or "Kết quả công khai" in answers(state, "/")[1]
    assert "Satisfaction of citizens, 03/2027" in answers(state, f"/results?month={MONTH}&lang=en")[1]
    assert answers(state, "/results?month=2027-04")[0] == 404


@pytest.mark.parametrize(("publish", "close"), [(False, True), (True, False)])
def test_nothing_is_shown_that_is_not_published_or_not_closed(state: Path, publish: bool, close: bool) -> None:
    a_hall(state, publish=publish, close=close)
    status, text = answers(state, "/results")
    assert (status, "Quầy 1" in text, "Chưa có kết quả nào được công khai" in text) == (200, False, True)
    assert answers(state, f"/results?month={MONTH}")[0] == 404
    assert "Kết quả công khai" not in answers(state, "/")[1]


def test_a_changed_snapshot_is_shown_to_nobody(state: Path) -> None:
    a_hall(state)
    path = path_of(state, MONTH)
    path.write_bytes(path.read_bytes() + b" ")
    assert answers(state, "/results")[0] == 404


def test_the_months_are_looked_up_now_and_then(state: Path) -> None:
    now_s = 0.0
    months = PublicMonths(state / REPORTS_FILE, lambda: now_s)
    assert months.known() == {}
    a_hall(state)
    now_s = KEPT_S - 1
    assert months.known() == {}
    now_s = KEPT_S
    assert list(months.known()) == [MONTH]
    (state / REPORTS_FILE).write_bytes(b"no tables " * 100)
    now_s = 3 * KEPT_S
    assert list(months.known()) == [MONTH]  # What was known stays while the tables cannot be read.
