"""Scales that follow one another, and forms by which months are scored: each mistake has its place and its mend."""

import pytest

from queue_server.config import MAIN, Mistake, Mistakes, parse
from tests.unit.config.test_config import WARD, mistakes_after

FILE = "catalogue/evaluation.toml"
SCALES = """
[[later_scales]]
scale_id = "five-2027"
valid_from = "2027-01-01"
levels = [
    { level = 1, names = { vi = "Một", en = "One" }, satisfied = true, official = "very_satisfied" },
    { level = 2, names = { vi = "Hai", en = "Two" }, satisfied = true, official = "satisfied" },
    { level = 3, names = { vi = "Ba", en = "Three" }, satisfied = false, official = "not_satisfied" },
]

[[later_scales]]
scale_id = "two-2028"
valid_from = "2028-01-01"
levels = [
    { level = 1, names = { vi = "Có", en = "Yes" }, satisfied = true },
    { level = 2, names = { vi = "Không", en = "No" }, satisfied = false },
]
"""


def test_scales_and_forms_are_read_from_the_files_that_the_hall_names() -> None:
    hall = parse({**WARD, FILE: WARD[FILE] + SCALES})
    assert [scale.scale_id for scale in hall.later_scales] == ["five-2027", "two-2028"]
    (form,) = hall.evaluation_forms
    assert len(form.indicators) == 9
    assert form.most_points == 18
    assert [one.from_points for one in form.classes] == [0, 6, 9, 12, 15]


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "mend"),
    [
        ('"2028-01-01"', '"2027-01-01"', "later_scales[2].valid_from", "not after the one before", "later than"),
        ('"2028-01-01"', '"2028-02-30"', "later_scales[2].valid_from", "no day 2028-02-30", "yyyy-mm-dd"),
        ('valid_from = "2028-01-01"\n', "", "later_scales[2].valid_from", "first day is missing", "2027-01-01"),
        ('"two-2028"', '"four-2026"', "later_scales[2].scale_id", "more than once", "keep one"),
        ('"two-2028"', '"five-2027"', "later_scales[2].scale_id", "more than once", "keep one"),
        ("level = 3", "level = 4", "later_scales[1].levels", "the levels are [1, 2, 4]", "1, 2, 3"),
        (', en = "Three"', "", "later_scales[1].levels[3].names", "no words in en", 'en = "…"'),
        ('official = "satisfied"', 'official = "fine"', "later_scales[1].levels[2]", "will not do", "satisfied"),
        (', official = "satisfied"', "", "later_scales[1].levels[2].official", "no official answer", "very_satisfied"),
        (
            'satisfied = true, official = "satisfied"',
            'satisfied = false, official = "satisfied"',
            "later_scales[1].levels[2].official",
            "counts here otherwise",
            "the same",
        ),
        (
            '"Một", en = "One" }, satisfied = true, official = "very_satisfied"',
            '"Một", en = "One" }, satisfied = true, official = "not_satisfied"',
            "later_scales[1].levels[2].official",
            "told as better",
            "from best to worst",
        ),
    ],
)
def test_each_mistake_in_a_scale_is_told(old: str, new: str, place: str, what: str, mend: str) -> None:
    assert old in SCALES
    assert_told({**WARD, FILE: WARD[FILE] + SCALES.replace(old, new, 1)}, place, what, mend)


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "mend"),
    [
        ("from_points = 0", "from_points = 1", "evaluation_forms[1].classes", "sums below 1 have", "from_points = 0"),
        ("from_points = 9", "from_points = 6", "classes[3].from_points", "not above the one before", "higher border"),
        ("from_points = 15", "from_points = 18.5", "classes[5].from_points", "nobody can have 18.5", "18"),
        ('"excellent"', '"good"', "classes[5].class_id", "more than once", "keep one"),
        ('"online"', '"answers"', "indicators[9].indicator_id", "more than once", "keep one"),
        (', en = "As planned"', "", "indicators[9].one_point", "no words in en", 'en = "…"'),
        ('valid_from = "2018-06-21"', 'valid_from = "2018"', "evaluation_forms[1]", "will not do", "a day"),
    ],
)
def test_each_mistake_in_a_form_is_told(old: str, new: str, place: str, what: str, mend: str) -> None:
    assert old in WARD[FILE]
    assert_told({**WARD, FILE: WARD[FILE].replace(old, new, 1)}, place, what, mend)


def test_a_better_level_is_never_the_unsatisfied_one() -> None:
    best = 'en = "Very satisfied" }\nsatisfied = true\nofficial = "very_satisfied"\n'
    told = mistakes_after(best, 'en = "Very satisfied" }\nsatisfied = false\n')
    assert any("the better one does not" in mistake.what for mistake in told), told


def test_the_first_scale_has_no_first_day() -> None:
    (mistake,) = mistakes_after('scale_id = "four-2026"\n', 'scale_id = "four-2026"\nvalid_from = "2026-01-01"\n')
    assert (mistake.file, mistake.place) == (MAIN, "rating_scale.valid_from")
    assert "[[later_scales]]" in mistake.mend


def assert_told(sources: dict[str, str], place: str, what: str, mend: str) -> None:
    with pytest.raises(Mistakes) as caught:
        parse(sources)
    fitting: list[Mistake] = [one for one in caught.value.mistakes if place in one.place and what in one.what]
    assert fitting, "\n".join(map(str, caught.value.mistakes))
    assert mend in fitting[0].mend
    assert fitting[0].file == FILE
    assert fitting[0].line > 0
