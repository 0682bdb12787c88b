"""Advice and today's figures on the hall's page: from the live view and the report tables of earlier days."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from protocol.views import HallView
from queue_server.reporting.advice import Advice, NoAdvice
from queue_server.reporting.history import read_history
from queue_server.web.hall_advice import WORKED_OUT_EVERY_S, Advisor, advice_page
from queue_server.web.today import LOOKED_UP_EVERY_S, Today
from tests.support.logs import follow_log
from tests.support.month import weeks
from tests.support.paper_hall import NOW, furnish, hall_view
from tests.support.texts import shipped_texts
from tests.support.web_pages import Pages, staff_pages

AFTER = "2027-03-29"
"""A Monday after all that was played."""
LAST = "2027-03-19"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return follow_log(tmp_path_factory.mktemp("weeks"), list(weeks(15, 150)))


def crowded(day: str = AFTER, waiting: int = 14) -> HallView:
    """08:42 on a Monday: many wait for certification at the one counter that serves it, five are closed."""
    view = hall_view(clerks={2: "minh"})
    profiles = tuple(
        msgspec.structs.replace(one, primary_queue_ids=("certification", "civil_status")) for one in view.work_profiles
    )
    queues = tuple(
        msgspec.structs.replace(one, waiting={"usual": waiting}, oldest_at=NOW - timedelta(minutes=10))
        if one.queue_id == "certification"
        else msgspec.structs.replace(one, waiting={}, oldest_at=None)
        for one in view.queues
    )
    return msgspec.structs.replace(view, day=day, queues=queues, work_profiles=profiles)


def test_a_crowded_hall_is_told_what_to_do_and_why(reports: Path) -> None:
    found = Advisor(reports).advice(crowded(), NOW)
    assert isinstance(found, Advice)
    assert found.queue_id in {"certification", "civil_status"}
    assert found.after_s < found.before_s
    for language in ("vi", "en"):
        page = advice_page(found, crowded(), shipped_texts().words(language))
        assert page.kind == "do"
        assert str(found.broken) in page.sure
        assert not any("{" in text for text in (page.sentence, page.reason, page.sure))


def test_advice_to_open_a_counter_that_has_left_the_hall_is_not_given(reports: Path) -> None:
    found = Advisor(reports).advice(crowded(), NOW)
    assert isinstance(found, Advice)
    view = crowded()
    without = msgspec.structs.replace(
        view, counters=tuple(one for one in view.counters if one.counter_id != found.counter_id)
    )
    assert advice_page(found, without, shipped_texts().words("vi")).kind == "none"


def test_an_old_branch_with_a_short_memory_says_so(tmp_path: Path) -> None:
    reports = follow_log(tmp_path, list(weeks(6, 120)))
    found = Advisor(reports).advice(crowded(), NOW)
    assert found == NoAdvice("history", 6)
    assert "6" in advice_page(found, crowded(), shipped_texts().words("vi")).sentence
    assert Advisor(tmp_path / "none.db").advice(crowded(), NOW) == NoAdvice("history", 0)


def test_a_day_that_goes_on_is_no_history(reports: Path) -> None:
    assert len(read_history(reports, AFTER).arrivals) == 15
    assert len(read_history(reports, LAST).arrivals) == 14


def test_advice_is_worked_out_once_a_minute(reports: Path) -> None:
    clock = [0.0]
    advisor = Advisor(reports, lambda: clock[0])
    first = advisor.advice(crowded(), NOW)
    assert isinstance(first, Advice)
    calm = msgspec.structs.replace(
        crowded(waiting=0), counters=hall_view(clerks=dict.fromkeys(range(1, 7), "an")).counters
    )
    clock[0] = WORKED_OUT_EVERY_S - 1
    assert advisor.advice(calm, NOW) is first
    clock[0] = WORKED_OUT_EVERY_S
    assert advisor.advice(calm, NOW) != first
    assert advisor.advice(msgspec.structs.replace(calm, day_open=False), NOW) is None


def test_todays_figures_are_looked_up_now_and_then(reports: Path, tmp_path: Path) -> None:
    clock = [0.0]
    path = tmp_path / "reports.db"
    today = Today(path, lambda: clock[0])
    assert today.figures(LAST) is None
    path.symlink_to(reports)
    assert today.figures(LAST) is None, "as of a short while ago"
    clock[0] = LOOKED_UP_EVERY_S
    found = today.figures(LAST)
    assert found is not None
    assert found.values["taken"]
    assert today.figures("2001-01-01") is None


@pytest.fixture
def pages(tmp_path: Path, reports: Path) -> Iterator[Pages]:
    with staff_pages(tmp_path / "web") as ready:
        (tmp_path / "web" / "reports.db").symlink_to(reports)
        furnish(ready.hall)
        yield ready


def test_managers_and_inspectors_see_advice_and_technicians_do_not(pages: Pages) -> None:
    pages.hall.publish("hall", crowded())
    for clerk_id, sees in (("boss", True), ("inspector", True), ("tech", False)):
        text = pages.signed_in(clerk_id).get("/hall/").text
        assert ('class="advice"' in text) is sees, clerk_id
        assert ('class="today"' in text) is sees, clerk_id


def test_the_page_shows_the_figures_of_the_day(pages: Pages) -> None:
    boss = pages.signed_in("boss")
    pages.hall.publish("hall", crowded(day=AFTER))
    assert pages.parts.texts("figures.today_none", "vi") in boss.get("/hall/").text
    pages.hall.publish("hall", crowded(day=LAST))
    text = boss.get("/hall/").text
    assert pages.parts.texts("figure.within_target.name", "vi") in text
    assert "n = " in text
