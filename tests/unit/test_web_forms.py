"""The forms of the hall editor: every setting has one, every form its words, and untouched fields change nothing."""

import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from protocol import configuration as c
from queue_server.config import MAIN
from queue_server.web.draft_text import UNSET, with_item, with_values
from queue_server.web.form_values import changes_of, new_values
from queue_server.web.hall_forms import BY_NAME, GROUPS, PARTS, Field, title_of
from tests.support.texts import shipped_texts
from tests.unit.config.test_config import WARD

TEXTS = shipped_texts()

WITHOUT_A_FIELD = {
    ("configuration_id",): "it is the hash of the texts",
    ("training",): "motcua training writes it; a hall never changes its kind",
    ("catalogue",): "procedures have files of their own",
    ("later_scales",): "scales that follow have files of their own",
    ("evaluation_forms",): "forms have files of their own",
    ("rating_scale", "valid_from"): "the first scale has no first day",
    ("services", "icon"): "no screen shows it",
    ("rating_scale", "reasons", "uses"): "a reason of a rating is for the rating alone",
}


def settings(struct: type[msgspec.Struct], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the place of every setting of a configuration, without the numbers of items."""
    for field in msgspec.structs.fields(struct):
        inner = next((one for one in structs_of(field.type)), None)
        if inner is None or (*above, field.name) in WITHOUT_A_FIELD:
            yield (*above, field.name)
        else:
            yield from settings(inner, (*above, field.name))


def structs_of(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in get_args(kind):
        yield from structs_of(part)


def test_every_setting_of_a_hall_has_a_field() -> None:
    shown = {
        tuple(str(step) for step in (*part.path, *field.path, *([field.key] if field.key else [])))
        for part in PARTS
        for field in part.fields
    }
    shown = {
        ("calendar", "hours", "spans") if place[:3] == ("calendar", "hours", "spans") else place for place in shown
    }
    missing = set(settings(c.Configuration)) - shown
    assert missing == WITHOUT_A_FIELD.keys()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_form_field_and_choice_has_words(language: str) -> None:
    words = TEXTS.by_language[language]
    for group, members in GROUPS:
        assert f"editor.group.{group}" in words
        for part in members:
            assert f"editor.part.{part.name}" in words
            for field in part.fields:
                assert f"editor.field.{field.words_key}" in words or field.key == part.id_key, field
                assert all(f"editor.value.{one}" in words for one in field.values), field
    hinted = {key.removeprefix("editor.hint.") for key in words if key.startswith("editor.hint.")}
    assert hinted <= {field.words_key for part in PARTS for field in part.fields} | {"list_id"}


def sent(**fields: str | list[str]) -> Any:
    """Give what a browser sends, by name; a dot is written as two underscores."""
    named = {key.replace("__", "."): [value] if isinstance(value, str) else value for key, value in fields.items()}
    return lambda name: named.get(name, [])


def field_of(part: str, key: str) -> Field:
    return next(field for field in BY_NAME[part].fields if field.key == key)


@pytest.mark.parametrize(
    ("part", "key", "form", "present", "changes"),
    [
        ("linked_services", "service_ids", sent(service_ids=["b", "a", ""]), {"service_ids": ["a", "b"]}, ["b", "a"]),
        ("linked_services", "procedure_codes", sent(procedure_codes="2.1 , 2.2,"), {}, ["2.1", "2.2"]),
        ("linked_services", "procedure_codes", sent(procedure_codes=""), {}, None),
        ("linked_services", "procedure_codes", sent(procedure_codes=""), {"procedure_codes": ["2.1"]}, UNSET),
        ("policies", "quiet_hours", sent(quiet_hours="12:00-13:00"), {"quiet_hours": []}, [["12:00", "13:00"]]),
        ("policies", "quiet_hours", sent(quiet_hours=""), {"quiet_hours": []}, []),
        ("policies", "board_languages", sent(board_languages=["en", "vi", ""]), {}, ["en", "vi"]),
        ("policies", "board_languages", sent(board_languages=["vi", "en", ""]), {}, None),
        ("policies", "recall_limit", sent(recall_limit="two"), {"recall_limit": 3}, "two"),
        ("reasons", "uses", sent(uses=["pause"]), {"uses": ["close", "pause"]}, ["pause"]),
        ("outcomes", "served", sent(), {}, False),
        ("outcomes", "served", sent(served="1"), {}, None),
        ("duty_contacts", "days", sent(days="2027-02-06, 2027-02-07"), {}, ["2027-02-06", "2027-02-07"]),
    ],
)
def test_a_field_changes_what_it_says_and_nothing_else(
    part: str, key: str, form: Any, present: dict[str, Any], changes: Any
) -> None:
    expected = {} if changes is None else {key: changes}
    assert changes_of(field_of(part, key), form, present, ("vi", "en")) == expected


def test_a_service_gets_limits_of_its_own_within_its_table() -> None:
    path = ("services", 2, "numbers_per_person")
    text = with_values(WARD[MAIN], path, {"day": 1})
    read = tomllib.loads(text)
    assert read["services"][2]["numbers_per_person"] == {"day": 1}
    read["services"][2].pop("numbers_per_person")
    assert read == tomllib.loads(WARD[MAIN])
    assert len(text.splitlines()) - len(WARD[MAIN].splitlines()) <= 3


@pytest.mark.parametrize(
    ("part", "form", "expected"),
    [
        (
            "rating_reasons",
            sent(reason_id="noise", names__vi="Ồn", names__en="Noise"),
            {"reason_id": "noise", "names": {"vi": "Ồn", "en": "Noise"}, "uses": ()},
        ),
        (
            "rating_levels",
            sent(level="5", names__vi="Kém", names__en="Poor"),
            {"level": 5, "names": {"vi": "Kém", "en": "Poor"}, "satisfied": False},
        ),
        ("hours", sent(hours_id="never"), {"hours_id": "never", "spans": {}}),
        (
            "services",
            sent(service_id="s", queue_id="land", prefix="S", names__vi="S", mean_service_s="600", daily_quota="0"),
            {"service_id": "s", "queue_id": "land", "prefix": "S", "names": {"vi": "S"}, "hints": {}},
        ),
    ],
)  # fmt: skip
def test_a_new_item_says_what_was_written_and_what_it_must(part: str, form: Any, expected: dict[str, Any]) -> None:
    values = new_values(BY_NAME[part], form, ("vi", "en"))
    assert values == expected
    text = with_item(WARD[MAIN], BY_NAME[part].path, values)
    read: Any = tomllib.loads(text)
    for step in BY_NAME[part].path:
        read = read[step]
    assert read[-1] == {key: list(value) if isinstance(value, tuple) else value for key, value in expected.items()}


def test_items_are_called_by_what_people_know() -> None:
    ranges = BY_NAME["kiosk_ranges"]
    assert title_of(ranges, {"function_id": "k", "prefix": "C", "first": 5, "last": 9}, "vi") == "k · C5–C9"
    assert title_of(ranges, {}, "vi") == " · –"
    assert title_of(BY_NAME["pledges"], {"vi": "Hứa"}, "en") == "Hứa"
