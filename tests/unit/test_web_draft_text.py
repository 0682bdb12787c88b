"""Changes of a hall's text by forms: only what differs is touched, and what stands around it stays where it belongs."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from queue_server.web.draft_text import UNSET, NoSuchPlace, with_item, with_values, without_item

CONFIG = Path(__file__).parents[2] / "config"
WARD = (CONFIG / "branch.toml").read_text("utf-8")
HALLS = [CONFIG / "branch.toml", CONFIG / "demo" / "large.toml", CONFIG / "catalogue" / "ward.toml"]


def changes(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("path", HALLS, ids=lambda path: path.name)
def test_a_change_of_nothing_leaves_a_file_as_it_is_to_the_byte(path: Path) -> None:
    text = path.read_text("utf-8")
    assert with_values(text, (), {}) == text
    name, items = next(
        (name, items)
        for name, items in tomllib.loads(text).items()
        if isinstance(items, list) and items and isinstance(items[0], dict)
    )
    for index, item in enumerate(items):
        assert with_values(text, (name, index), item) == text


def test_a_changed_value_keeps_the_comment_at_its_line() -> None:
    after = with_values(WARD, ("calendar",), {"kiosk_lead_s": 60})
    assert changes(WARD, after) == [
        "- kiosk_lead_s = 1800 # Numbers are given from half an hour before the counters open …",
        "+ kiosk_lead_s = 60 # Numbers are given from half an hour before the counters open …",
    ]


def test_one_word_in_one_language_changes_one_line() -> None:
    after = with_values(WARD, ("services", 2), {"names": {"vi": "Đất đai", "en": "Land, construction"}})
    assert changes(WARD, after) == [
        '- names = { vi = "Đất đai, xây dựng", en = "Land, construction" }',
        '+ names = { vi = "Đất đai", en = "Land, construction" }',
    ]


def test_a_new_key_stands_with_its_table_and_not_under_the_next_headline() -> None:
    """The last service is followed by the comment that introduces the priority classes."""
    after = with_values(WARD, ("services", 7), {"daily_quota": 5})
    lines = after.splitlines()
    assert lines[lines.index("daily_quota = 5") - 1] == "target_service_s = 600"
    assert changes(WARD, after) == ["+ daily_quota = 5"]


def test_a_new_item_stands_behind_the_last_of_its_kind() -> None:
    values = {"service_id": "tax", "names": {"vi": "Thuế", "en": 'Tax "office"'}, "prefix": UNSET}
    after = with_item(WARD, ("services",), values)
    assert tomllib.loads(after)["services"][-1] == {"service_id": "tax", "names": {"vi": "Thuế", "en": 'Tax "office"'}}
    assert after.index('service_id = "tax"') < after.index("# --- Who goes earlier, and why")
    assert len(changes(WARD, after)) == 4, "a blank line, its header, its two keys"


def test_a_list_that_was_empty_begins() -> None:
    after = with_item(WARD, ("calendar", "working_days"), {"day": "2027-02-20", "as_weekday": "friday"})
    assert tomllib.loads(after)["calendar"]["working_days"] == [{"day": "2027-02-20", "as_weekday": "friday"}]
    assert all(line.startswith("+") for line in changes(WARD, after))


@pytest.mark.parametrize(
    "path", [("services", 0), ("services", 7), ("calendar", "holidays", 3), ("calendar", "hours", 1)]
)
def test_an_item_goes_alone(path: tuple[str | int, ...]) -> None:
    def items(text: str) -> Any:
        found: Any = tomllib.loads(text)
        for part in path[:-1]:
            found = found[part]
        return found

    after, index = without_item(WARD, path), path[-1]
    assert isinstance(index, int)
    assert items(after) == [one for number, one in enumerate(items(WARD)) if number != index]
    comments = [line for line in WARD.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments


def test_opening_hours_of_one_day() -> None:
    after = with_values(WARD, ("calendar", "hours", 1, "spans"), {"saturday": [["07:30", "11:30"]], "friday": UNSET})
    hours = tomllib.loads(after)["calendar"]["hours"]
    assert hours[1]["spans"]["saturday"] == [["07:30", "11:30"]]
    assert "friday" not in hours[1]["spans"]
    assert hours[0] == tomllib.loads(WARD)["calendar"]["hours"][0]


@pytest.mark.parametrize("text", ["= nonsense", "services = 7\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(NoSuchPlace):
        with_item(text, ("services",), {"service_id": "x"})
