"""What a month's ratings may be told of: the line in whole numbers, too few, none, off, and nothing by a difference."""

import pytest

from queue_server.reporting.month_snapshot import (
    AT_COUNTER,
    ChannelPart,
    MonthSnapshot,
    MonthWords,
    Part,
    UnknownSnapshot,
    canonical,
    decoded,
    hash_of,
)
from queue_server.reporting.month_words import Limits, board_of, counter_line, rating_lines, with_corrections
from queue_server.web.months_files import board_sheets, card_sheets
from tests.support.texts import shipped_texts

EN = shipped_texts().words("en")
VI = shipped_texts().words("vi")
LIMITS = Limits(least=10, target=80)


def channel(satisfied: int, rated: int, asked: int = 4_000, name: str = AT_COUNTER, scale: str = "four") -> ChannelPart:
    return ChannelPart(
        channel=name,
        scale_id=scale,
        asked=asked,
        rated=rated,
        satisfied=satisfied,
        levels=(satisfied, rated - satisfied),
    )


def part(key: str, *ratings: ChannelPart) -> Part:
    return Part(key=key, figures={}, ratings=ratings)


def month(*counters: Part, whole: Part | None = None) -> MonthSnapshot:
    rated = sum(one.rated for counter in counters for one in counter.ratings)
    satisfied = sum(one.satisfied for counter in counters for one in counter.ratings)
    return MonthSnapshot(
        month="2026-10",
        seq=7,
        days=("2026-10-01",),
        target_percent=80,
        least_rated=10,
        whole=whole or part("", channel(satisfied, rated)),
        counters=counters,
        services=(),
        clerks=(part("an", channel(50, 60)),),
        evaluations=(),
        words=MonthWords(services={}, counters={one.key: place for place, one in enumerate(counters, 1)}, scales={}),
    )


@pytest.mark.parametrize(
    ("satisfied", "rated", "share", "verdict"),
    [
        (80, 100, "80.0% (80/100)", "met"),
        (79, 100, "79.0% (79/100)", "not_met"),
        (2_499, 2_500, "99.96% (2,499/2,500)", "met"),
        (0, 0, "No data", "no_data"),
        (9, 9, "too few", None),
        (8, 10, "80% (8/10)", "met"),
        (50, 50, "50 / 50", "met"),  # So high a share has no interval from so few.
    ],
)
def test_the_line_and_the_words_of_a_share(satisfied: int, rated: int, share: str, verdict: str | None) -> None:
    line = rating_lines([channel(satisfied, rated)], LIMITS, EN)[0]
    assert (line.share, line.verdict) == (share, verdict)
    assert ("interval" in line.below) == (rated >= 10)


@pytest.mark.parametrize("rated", [2_500, 10_000, 999_999])
def test_no_bound_of_less_than_all_is_written_as_all(rated: int) -> None:
    """Of 2,499 in 2,500 the upper bound is 0.99993."""
    line = rating_lines([channel(rated - 1, rated)], LIMITS, EN)[0]
    assert "100" not in line.below.replace("100.", "100", 1).replace(f"{rated:,}", "")
    assert "99.9%" in line.below
    assert "0.0%" not in rating_lines([channel(1, rated)], LIMITS, EN)[0].below.replace("10.0%", "")


@pytest.mark.parametrize(
    ("satisfied", "told"), [(20, False), (18, False), (17, True), (3, True), (2, False), (0, False)]
)
def test_a_card_of_ones_own_tells_nothing_where_nearly_all_answered_alike(satisfied: int, told: bool) -> None:
    own = Limits.of(month(part("c1", channel(satisfied, 20))), is_own=True)
    line = rating_lines([channel(satisfied, 20)], own, EN)[0]
    assert (line.share != "Not told: nearly all answered alike") == told
    assert line.rated == "20"
    assert line.verdict == ("met" if satisfied >= 16 else "not_met")
    sheet = card_sheets(month(), part("an", channel(satisfied, 20)), EN, {}, is_own=True)[2]
    ((*_, counted, share, low, high, _verdict),) = sheet.rows
    assert ((counted, share, low, high) == (None,) * 4) == (not told)
    if satisfied in {0, 20}:
        assert rating_lines([channel(satisfied, 20)], LIMITS, EN)[0].share != line.share, "managers are told"


def test_too_few_ratings_tell_how_many_they_are_and_nothing_else() -> None:
    for satisfied in (0, 4, 9):
        line = rating_lines([channel(satisfied, 9, asked=20)], LIMITS, VI)[0]
        assert line == rating_lines([channel(5, 9, asked=20)], LIMITS, VI)[0]
        assert (line.rated, line.asked) == ("9", "20")


def test_a_channel_that_asked_nobody_is_a_gap_and_one_that_nobody_answered_is_not() -> None:
    lines = rating_lines([channel(50, 60), channel(0, 0, asked=30, name="paper")], LIMITS, EN)
    told = {line.channel: (line.rated, line.share, line.verdict) for line in lines}
    assert told["Paper ballots"] == ("0", "No data", "no_data")
    assert told["Phone"] == ("–", "was off", None)
    assert len(lines) == 5


def test_channels_and_scales_stand_apart_and_are_no_average() -> None:
    lines = rating_lines(
        [channel(40, 50, asked=200), channel(10, 50, asked=200, scale="five"), channel(20, 20, name="link", asked=10)],
        LIMITS,
        EN,
    )
    assert [(line.channel, line.scale, line.share) for line in lines[:3]] == [
        ("At the counter", "four", "80% (40/50)"),
        ("At the counter", "five", "20% (10/50)"),
        ("Phone", "four", "20 / 20"),
    ]
    assert [line.response for line in lines[:3]] == ["50.0% (100/200)", "–", "–"]  # More than were asked: no share.


def test_a_correction_is_added_only_where_the_difference_tells_of_enough() -> None:
    frozen = part("an", channel(80, 100))
    enough, few = channel(9, 12, name="paper"), channel(1, 3, name="paper")
    corrected = with_corrections(frozen, [(enough,)], 10)
    assert corrected is not None
    assert [(one.channel, one.satisfied, one.rated) for one in corrected.ratings] == [
        (AT_COUNTER, 80, 100), ("paper", 9, 12),
    ]  # fmt: skip
    twice = with_corrections(frozen, [(enough,), (enough,)], 10)
    assert twice is not None
    assert (twice.ratings[1].satisfied, twice.ratings[1].rated, twice.ratings[1].levels) == (18, 24, (18, 6))
    assert with_corrections(frozen, [(enough,), (few,)], 10) is None
    assert with_corrections(frozen, [], 10) is None


def test_the_public_results_name_counters_and_give_none_away() -> None:
    enough = [part(f"c{place}", channel(40, 50)) for place in range(3)]
    assert board_of(month(*enough), EN).whole is not None
    one_small = board_of(month(*enough, part("c9", channel(1, 9))), EN)
    assert (one_small.whole, one_small.hidden, len(one_small.rows)) == (None, 1, 3)
    two_small = board_of(month(*enough, part("c8", channel(1, 4)), part("c9", channel(1, 5))), EN)
    assert two_small.whole is None  # Together they have nine.
    hidden_well = board_of(month(*enough, part("c8", channel(1, 6)), part("c9", channel(1, 7))), EN)
    assert hidden_well.whole is not None
    assert hidden_well.whole.share == "74.8% (122/163)"
    unrated = board_of(month(*enough, part("c9", channel(0, 0))), EN)
    assert (unrated.hidden, unrated.whole is not None) == (0, True)
    assert [label for label, _ in unrated.rows] == ["Counter 1", "Counter 2", "Counter 3"]


def test_a_counter_without_ratings_by_its_devices_has_no_data() -> None:
    assert counter_line(part("c1", channel(40, 50, name="paper")), LIMITS, EN).share == "No data"


def test_bytes_are_the_same_for_the_same_figures_and_refused_when_they_are_none() -> None:
    body = canonical(month(part("c1", channel(40, 50))))
    assert canonical(decoded(body)) == body
    assert body.endswith(b"}\n")
    assert len(hash_of(body)) == 64
    assert b"." not in body.replace(b'"', b""), "no fraction whose digits could differ"
    for wrong in (b"", b"{}", body.replace(b'"version":2', b'"version":3')):
        with pytest.raises(UnknownSnapshot):
            decoded(wrong)


def test_two_scales_in_a_month_give_no_counter_away() -> None:
    """What the hall has of a scale, less what the shown counters have of it, would be one citizen's answer."""
    new, old = "s2", "s1"
    counters = (
        part("c1", channel(9, 10, scale=old), channel(0, 1, scale=new)),
        part("c2", channel(45, 50, scale=old), channel(45, 50, scale=new)),
    )
    whole = part("", channel(54, 60, scale=old), channel(45, 51, scale=new))
    snapshot = month(*counters, whole=whole)
    assert len(board_of(snapshot, EN).rows) == 2
    rows = board_sheets(snapshot, EN, {})[-1].rows
    assert {row[4] for row in rows} == {new, old}, "each counter by the scale with most ratings, the later one of two"
    for scale in (new, old):
        hall = [row for row in rows if not row[1] and row[4] == scale]
        shown = [row for row in rows if row[1] and row[4] == scale]
        for row in hall:
            left = int(str(row[6])) - sum(int(str(one[6])) for one in shown)
            assert left == 0 or left >= snapshot.least_rated
    assert all(int(str(row[6])) >= snapshot.least_rated for row in rows)


def test_a_file_of_the_public_results_has_what_the_page_has() -> None:
    enough = [part(f"c{place}", channel(40 + place, 50)) for place in range(3)]
    for snapshot in (month(*enough), month(*enough, part("c9", channel(1, 9))), month(part("c9", channel(1, 9)))):
        board, rows = board_of(snapshot, EN), board_sheets(snapshot, EN, {})[-1].rows
        assert len(rows) == len(board.rows) + (board.whole is not None)
