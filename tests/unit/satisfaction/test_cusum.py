"""What the charts make of days: hand-made ones, where it is plain what they should say."""

import math

import pytest

from queue_server.satisfaction.cusum import (
    LEAST_PEERS,
    RESPONSE_BESIDE_PAST,
    RESPONSE_BESIDE_PEERS,
    SHARE_BESIDE_PAST,
    Rule,
    Standing,
    charts,
)
from queue_server.satisfaction.tallies import Tally

USUAL = Tally(7, 8, 24)
PRESSED = Tally(19, 20, 24)
QUIET = {f"peer-{at}": USUAL for at in range(5)}


def days(*of_one: tuple[Tally, int], peers: dict[str, Tally] | None = None) -> list[dict[str, Tally]]:
    """Give days of one counter, each kind so often, beside peers that are as usual."""
    return [{"one": own} | (QUIET if peers is None else peers) for own, times in of_one for _ in range(times)]


def test_a_counter_like_its_peers_stays_at_zero() -> None:
    for rule in (RESPONSE_BESIDE_PEERS, RESPONSE_BESIDE_PAST, SHARE_BESIDE_PAST):
        for chart in charts(days((USUAL, 60)), rule).values():
            assert max(chart.levels) < 1
            assert not chart.alarms


def test_the_level_is_the_log_likelihood_ratio() -> None:
    rule = Rule("response", pressed=0.4, threshold=100)
    even = Tally(0, 49, 98)
    found = charts(days((even, 30), (PRESSED, 1), peers=dict.fromkeys(["a", "b", "c"], even)), rule)["one"]
    # Usual is 1/2 and pressing for 40 % of the others makes 0.7 of it: 20 of 24.
    assert found.levels[-1] == pytest.approx(20 * math.log(0.7 / 0.5) + 4 * math.log(0.3 / 0.5))


def test_the_standing_is_in_standard_deviations_above_the_median() -> None:
    rule = Standing("response", threshold=3.0, calm=2.5, differ=0.06)
    found = charts(days((PRESSED, 1), peers=dict.fromkeys(["a", "b", "c", "d"], Tally(0, 49, 98))), rule)["one"]
    variance = (0.06**2 + 0.25 / 24) * (1 + math.pi / 2 / 4)
    assert found.levels[0] == pytest.approx((20 / 24 - 0.5) / math.sqrt(variance))


def test_who_always_presses_is_seen_beside_the_peers_alone() -> None:
    always = days((PRESSED, 10))
    assert charts(always, RESPONSE_BESIDE_PEERS)["one"].alarms[0] <= 3
    assert not charts(always, RESPONSE_BESIDE_PAST)["one"].alarms


def test_who_begins_to_press_is_seen_beside_the_past() -> None:
    found = charts(days((USUAL, 30), (Tally(11, 12, 24), 15)), RESPONSE_BESIDE_PAST)
    assert 30 < found["one"].alarms[0] < 44
    assert not any(chart.alarms for key, chart in found.items() if key != "one")


def test_what_all_do_together_is_no_pressing() -> None:
    everybody = [dict.fromkeys(["one", *QUIET], tally) for tally in [USUAL] * 30 + [Tally(11, 12, 24)] * 15]
    assert not charts(everybody, RESPONSE_BESIDE_PAST)["one"].alarms


def test_who_hides_the_keys_from_the_unhappy_is_seen_by_the_share() -> None:
    mixed = {f"peer-{at}": Tally(8, 10, 24) for at in range(5)}
    found = charts(days((Tally(8, 10, 24), 30), (Tally(9, 9, 24), 22), peers=mixed), SHARE_BESIDE_PAST)
    assert found["one"].alarms
    assert found["one"].alarms[0] > 30


def test_a_peer_who_cheats_does_not_hide_another() -> None:
    two = [day | {"peer-0": PRESSED} for day in days((PRESSED, 10))]
    assert charts(two, RESPONSE_BESIDE_PEERS)["one"].alarms


def test_a_shut_counter_keeps_its_level() -> None:
    found = charts([*days((USUAL, 30), (PRESSED, 1)), dict(QUIET)], RESPONSE_BESIDE_PAST)["one"]
    assert found.levels[-2] == found.levels[-1] > 0


def test_an_alarm_begins_a_cusum_anew() -> None:
    found = charts(days((USUAL, 30), (PRESSED, 12)), RESPONSE_BESIDE_PAST)["one"]
    first = found.alarms[0]
    assert found.levels[first] > RESPONSE_BESIDE_PAST.threshold > found.levels[first + 1]
    assert len(found.alarms) > 1


def test_who_stays_above_the_peers_is_one_alarm_and_another_after_a_calm() -> None:
    found = charts(days((PRESSED, 30), (USUAL, 30), (PRESSED, 30)), RESPONSE_BESIDE_PEERS)["one"]
    assert len(found.alarms) == 2
    assert found.alarms[1] > 60


def test_beside_too_few_nobody_is_judged() -> None:
    few = {f"peer-{at}": USUAL for at in range(LEAST_PEERS - 1)}
    assert charts(days((PRESSED, 10), peers=few), RESPONSE_BESIDE_PEERS)["one"].levels == (0.0,) * 10
    assert charts([], RESPONSE_BESIDE_PEERS) == {}


@pytest.mark.parametrize("all_of_it", [Tally(24, 24, 24), Tally(0, 0, 24)])
def test_all_and_none_are_no_mistake(all_of_it: Tally) -> None:
    everybody = [dict.fromkeys(["one", *QUIET], all_of_it)] * 30
    for rule in (RESPONSE_BESIDE_PEERS, RESPONSE_BESIDE_PAST, SHARE_BESIDE_PAST):
        assert not charts(everybody, rule)["one"].alarms
