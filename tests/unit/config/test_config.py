"""A wrong file is refused with the place and the mend of every mistake."""

from pathlib import Path

import msgspec
import pytest

from presentation.mistakes import locate
from protocol.codec import decode_configuration, encode
from queue_server.config import MAIN, Mistake, Mistakes, load, parse, read_sources

CONFIG = Path(__file__).parents[3] / "config"
WARD = read_sources(CONFIG / "branch.toml")


def mistakes_after(old: str, new: str, *, file: str = MAIN) -> tuple[Mistake, ...]:
    """Plant one change in the ward's hall and give what is said about it."""
    assert old in WARD[file], f"the ward's hall no longer says {old!r}"
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, file: WARD[file].replace(old, new, 1)})
    return caught.value.mistakes


@pytest.mark.parametrize("file", ["branch.toml", "demo/large.toml"])
def test_the_halls_we_ship_are_right_and_survive_the_wire(file: str) -> None:
    configuration, _ = load(CONFIG / file)
    assert decode_configuration(encode(configuration)) == configuration


def test_the_ward_has_six_counters_and_the_large_hall_sixteen() -> None:
    assert [len(load(CONFIG / file)[0].counters) for file in ("branch.toml", "demo/large.toml")] == [6, 16]


def test_the_same_files_are_the_same_configuration_and_a_changed_word_is_another() -> None:
    changed = {**WARD, MAIN: WARD[MAIN].replace("024 3xxx xxxx", "024 3999 9999")}
    assert parse(WARD).configuration_id == parse(dict(reversed(WARD.items()))).configuration_id
    assert parse(WARD).configuration_id != parse(changed).configuration_id


def test_decomposed_letters_become_composed() -> None:
    decomposed = {**WARD, MAIN: WARD[MAIN].replace("Hộ tịch", "Hô\u0323 tịch")}
    names = {service.service_id: service.names["vi"] for service in parse(decomposed).services}
    assert names["civil_status"] == "Hộ tịch"


PLANTED = [
    # what is planted                                             place                        what is said        mend
    ('hotline = "024 3xxx xxxx"', "", "", "'hotline' is missing", "add hotline"),
    ('hotline = "024 3xxx xxxx"', 'hotlin = "1"', "hotlin", "the key 'hotlin' is unknown", "did you mean 'hotline'?"),
    (
        'prefix = "C"',
        'prefix = "c1"',
        "services[1].prefix (certification)",
        "'c1' will not do",
        "one to three capital letters",
    ),
    (
        "mean_service_s = 360",
        'mean_service_s = "x"',
        "services[1].mean_service_s (certification)",
        "'x'",
        "write a whole number",
    ),
    (
        'queue_id = "certification"\nprefix',
        'queue_id = "nowhere"\nprefix',
        "services[1].queue_id",
        "no queue 'nowhere'",
        "use one of",
    ),
    (
        'service_id = "civil_status"',
        'service_id = "certification"',
        "services[1].service_id",
        "more than once",
        "its own id",
    ),
    (
        'zone_id = "hall"\n\n[[queues]]',
        'zone_id = "attic"\n\n[[queues]]',
        "queues[1].zone_id",
        "no zone 'attic'",
        "hall",
    ),
    ("number = 2\n", "number = 1\n", "counters[1].number", "two counters have the number 1", "apart"),
    (
        'kind = "code"\n\n',
        'kind = "hall_page"\nbase_address = "http://localhost/t"\n\n',
        "ticket_link.base_address",
        "the phone itself",
        "in the hall's network",
    ),
    ("slope = 1.0", "slope = 0.0", "priority_classes[1].slope", "wait for ever", "above 0"),
    ('"Asia/Ho_Chi_Minh"', '"Asia/Saigoon"', "calendar.time_zone", "no time zone", "Asia/Ho_Chi_Minh"),
    ('["08:00", "12:00"]', '["12:00", "08:00"]', "calendar.hours[1].spans", "ends before it starts", "earlier"),
    (
        '["08:00", "12:00"]',
        '["25:00", "26:00"]',
        "calendar.hours[1].spans",
        "will not do",
        'an hour from "00:00" to "23:59"',
    ),
    (
        "monday =",
        "moonday =",
        "calendar.hours[1].spans.moonday",
        "the key 'moonday' will not do",
        "one of: monday, tuesday",
    ),
    ('day = "2026-11-24"', 'day = "2026-02-30"', "calendar.holidays[1].day", "no day 2026-02-30", "yyyy-mm-dd"),
    ('prefix = "H"\nfirst = 501', 'prefix = "C"\nfirst = 550', "kiosk_ranges[2]", "overlaps", "its own numbers"),
    (
        'primary_queue_ids = ["residence"]',
        "primary_queue_ids = []",
        "queues[7]",
        "no counter serves",
        "primary_queue_ids",
    ),
    (', en = "Civil status" }\nhints', " }\nhints", "services[2].names", "no words in en", 'en = "…"'),
    ("level = 2", "level = 3", "rating_scale.levels", "the levels are [1, 3, 3, 4]", "best to worst"),
    (
        'vi = "Hộ tịch", en = "Civil status" }\nhints',
        f'vi = "{"x" * 41}", en = "C" }}\nhints',
        "services[2].names",
        "41 letters",
        "40",
    ),
    (
        'queue_id = "certification"\nprefix',
        f'after_words = {{ vi = "{"x" * 81}", en = "C" }}\nqueue_id = "certification"\nprefix',
        "services[1].after_words",
        "81 letters",
        "80",
    ),
    (
        'queue_id = "certification"\nprefix',
        'after_words = { vi = "Chúc mừng!" }\nqueue_id = "certification"\nprefix',
        "services[1].after_words",
        "no words in en",
        'en = "…"',
    ),
    ("quiet_hours = []", 'quiet_hours = [["13:00", "12:00"]]', "policies.quiet_hours[1]", "no span", "earlier one"),
    ('board_languages = ["vi", "en"]', 'board_languages = ["vi", "fr"]', "policies.board_languages", "'fr'", "vi, en"),
    ('announce_languages = ["vi"]', 'announce_languages = ["fr"]', "policies.announce_languages", "grammar", "vi, en"),
    (
        'late_receipt_from = "15:00"',
        'late_receipt_from = "25:00"',
        "policies.late_receipt_from",
        "will not do",
        'an hour from "00:00" to "23:59"',
    ),
    ('late_receipt_from = "15:00"', 'late_receipt_from = "19:00"', "policies.late_receipt_from", "outside", "15:00"),
    (
        "consent_waiting_s = 3600",
        "consent_waiting_s = -1",
        "policies.consent_waiting_s",
        "-1",
        "a whole number of at least 0",
    ),
    ("help_wait_s = 120", "help_wait_s = 0", "policies.help_wait_s", "0", "a whole number of at least 10"),
    ('phone = "024 3xxx xxxx"', 'phone = "at the gate"', "duty_contacts[1].phone", "cannot be dialled", "dial"),
    ('phone = "024 3xxx xxxx"', 'phone = "1"\ndays = ["2027-02-30"]', "duty_contacts[1].days", "no day", "yyyy"),
    (
        ', en = "Death registration out of hours and on holidays"',
        "",
        "duty_contacts[1].names",
        "no words in en",
        "en =",
    ),
    ('day = "2027-02-06"', 'day = "2027-02-04"', "calendar.holidays", "2027-02-06, Tết", "working_days"),
    ('day = "2027-04-16"', 'day = "2027-04-17"', "calendar.holidays", "2027-04-16, Giỗ Tổ", "working_days"),
    ('day = "2027-02-07"', 'day = "2027-02-06"', "calendar.holidays[5].day", "more than once", "keep one"),
    ("at_once = 0", "at_once = -1", "numbers_per_person.at_once", "-1", "a whole number from 0 to 99"),
    ("day = 0 #", f"day = {10**20 - 1} #", "numbers_per_person.day", "will not do", "a whole number from 0 to 99"),
    ("at_once = 0", "at_once = 100", "numbers_per_person.at_once", "100", "a whole number from 0 to 99"),
    ("day = 0 #", "daily = 0 #", "numbers_per_person.daily", "the key 'daily' is unknown", "'day'"),
    ('["citizen_card"] # Also', '["face"] # Also', "numbers_per_person.known_by", "'face'", "citizen_card"),
    ('en = "We make clear: who', '# "We make clear: who', "pledges[2]", "no words in en", 'en = "…"'),
]


@pytest.mark.parametrize(("old", "new", "place", "what", "mend"), PLANTED, ids=[row[2] or row[3] for row in PLANTED])
def test_each_mistake_is_told_with_place_and_mend(old: str, new: str, place: str, what: str, mend: str) -> None:
    told = mistakes_after(old, new)
    fitting = [mistake for mistake in told if mistake.place.startswith(place) and what in mistake.what]
    assert fitting, "\n".join(map(str, told))
    assert mend in fitting[0].mend
    assert fitting[0].file == MAIN


def test_the_line_of_the_mistake_is_the_line_of_the_key() -> None:
    (mistake,) = mistakes_after('prefix = "K"', 'prefix = "?"')
    lines = WARD[MAIN].splitlines()
    assert lines[mistake.line - 1] == 'prefix = "K"'


def test_all_mistakes_are_told_and_not_only_the_first() -> None:
    text = WARD[MAIN].replace('prefix = "C"', 'prefix = "?"').replace("slope = 1.0", "slope = -1.0")
    text = text.replace('"Asia/Ho_Chi_Minh"', '"Mars"').replace("recall_limit = 3", 'recall_limit = "three"')
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, MAIN: text})
    places = {mistake.place.split(" ")[0] for mistake in caught.value.mistakes}
    assert {"services[1].prefix", "priority_classes[1].slope", "calendar.time_zone", "policies.recall_limit"} <= places


def test_broken_syntax_names_its_line() -> None:
    (mistake,) = mistakes_after('hotline = "024 3xxx xxxx"', "hotline = = 3")
    assert WARD[MAIN].splitlines()[mistake.line - 1].startswith("hotline")


def test_a_missing_file_is_a_mistake_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="cannot be read"):
        load(tmp_path)
    (tmp_path / MAIN).write_bytes(b"\xff\xfe")
    with pytest.raises(Mistakes, match="not UTF-8"):
        load(tmp_path)


def test_a_line_is_found_in_nested_tables() -> None:
    text = "[calendar]\na = 1\n[[calendar.hours]]\nx = 1\n[[calendar.hours]]\n# x\nx = 2\n"
    assert locate(text, ("calendar", "hours", 1, "x")) == 7
    assert locate(text, ("calendar", "hours", 1, "absent")) == 5
    assert locate(text, ("nothing",)) == 0


def test_a_mistake_reads_as_one_line() -> None:
    mistake = Mistake("branch.toml", 31, "services[2].prefix", "'?' will not do", "use letters")
    assert str(mistake) == "branch.toml:31: services[2].prefix: '?' will not do. Mend: use letters."
    assert msgspec.structs.replace(mistake, line=0).__str__().startswith("branch.toml: services[2]")
