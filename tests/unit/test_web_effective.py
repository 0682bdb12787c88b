"""What is effective, read off a log: the last change at once since the day opened, else what the day opened with."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from protocol import events as e
from queue_server.web.effective import NoLog, Standing, standing
from tests.support.driven_branch import instant
from tests.support.halls import small_hall
from tests.support.logs import write_log

AT = instant("06:00")


def changed(name: str, minutes: int, effective: str = "now") -> e.ConfigurationChanged:
    configuration = msgspec.structs.replace(small_hall(), configuration_id=name * 64)
    return e.ConfigurationChanged(
        at=AT + timedelta(minutes=minutes),
        configuration=configuration,
        sources={"branch.toml": name},
        effective=effective,  # type: ignore[arg-type]  # One of two words.
    )


def opened(name: str, minutes: int, day: str) -> e.DayOpened:
    at = AT + timedelta(minutes=minutes)
    return e.DayOpened(at=at, day=day, configuration_id=name * 64, opens_at=at, closes_at=at, utc_offset_s=0, spans={})


def stand(tmp_path: Path, *events: e.AnyEvent) -> Standing:
    return standing(write_log(tmp_path, list(events)))


def names(found: Standing) -> tuple[str, str]:
    return found.effective.configuration_id[0], found.coming.configuration_id[0] if found.coming else ""


def test_the_first_start_imports_one(tmp_path: Path) -> None:
    assert names(stand(tmp_path, changed("a", 0))) == ("a", "")


def test_a_change_at_once_is_effective(tmp_path: Path) -> None:
    found = stand(tmp_path, changed("a", 0), opened("a", 1, "2026-11-23"), changed("b", 2))
    assert names(found) == ("b", "")
    assert found.effective.sources == {"branch.toml": "b"}


def test_one_for_the_next_day_is_coming_until_that_day_opens_with_it(tmp_path: Path) -> None:
    events = (changed("a", 0), opened("a", 1, "2026-11-23"), changed("b", 2, "next_day"))
    assert names(stand(tmp_path / "before", *events)) == ("a", "b")
    assert names(stand(tmp_path / "after", *events, opened("b", 3, "2026-11-24"))) == ("b", "")


def test_the_last_decision_counts(tmp_path: Path) -> None:
    events = (changed("a", 0), opened("a", 1, "2026-11-23"), changed("b", 2, "next_day"))
    assert names(stand(tmp_path / "one", *events, changed("c", 3, "next_day"))) == ("a", "c")
    assert names(stand(tmp_path / "two", *events, changed("a", 3))) == ("a", ""), "taken back"


def test_without_a_log_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoLog):
        standing(tmp_path / "branch.db")
