"""A trembling finger, and a finger that was on its way when the page changed; on the real clock."""

import pytest

from kiosk.widgets.aim import Offer, Shown, TouchAt, aimed_at, is_bounce, is_next_key


def touch(x: float, y: float, at_s: float, *, waited_s: float = 0.0) -> TouchAt:
    """A touch that was found at a moment, after it may have waited so long."""
    return TouchAt(x, y, at_s - waited_s, at_s)


@pytest.mark.parametrize(
    ("x", "y", "after_s", "bounces"),
    [
        (0.50, 0.50, 0.10, True),
        (0.53, 0.47, 0.20, True),
        (0.50, 0.50, 0.30, False),
        (0.50, 0.80, 0.10, False),
        (0.70, 0.50, 0.10, False),
    ],
)
def test_the_same_place_too_soon_is_a_bounce(x: float, y: float, after_s: float, *, bounces: bool) -> None:
    assert is_bounce(touch(0.5, 0.5, 10.0), touch(x, y, 10.0 + after_s)) is bounces


def test_the_first_touch_is_meant() -> None:
    assert not is_bounce(None, touch(0.5, 0.5, 10.0))


def test_what_lay_there_during_a_slow_frame_may_have_come_at_its_beginning() -> None:
    assert is_bounce(touch(0.5, 0.5, 10.0), touch(0.5, 0.5, 10.4, waited_s=0.35))
    assert not is_bounce(touch(0.5, 0.5, 10.0), touch(0.5, 0.5, 10.4, waited_s=0.03))


LAND, USUAL = Offer("services", "", "service:land"), Offer("class", "", "class:usual")
BACK_OF_CLASS, BACK_OF_CONFIRM = Offer("class", "", "back"), Offer("confirm", "", "back")
BIRTH, DEATH = Offer("question", "birth", "answer:5"), Offer("question", "death", "answer:5")
MIDDLE, CORNER = (40.0, 40.0, 60.0, 60.0), (0.0, 0.0, 20.0, 20.0)


@pytest.mark.parametrize(
    ("frames", "at_s", "aimed"),
    [
        pytest.param([(1, LAND, MIDDLE), (2, USUAL, MIDDLE)], 1.5, LAND, id="it came when the old page stood there"),
        pytest.param([(1, LAND, MIDDLE), (2, USUAL, MIDDLE)], 2.0, USUAL, id="it came with the new page's frame"),
        pytest.param([(1, LAND, MIDDLE), (2, USUAL, CORNER)], 2.5, None, id="what was there has left"),
        pytest.param([(1, LAND, MIDDLE), (2, LAND, MIDDLE)], 1.5, LAND, id="a repaint moves nothing"),
        pytest.param(
            [(1, BACK_OF_CLASS, MIDDLE), (2, BACK_OF_CONFIRM, MIDDLE)],
            1.5,
            BACK_OF_CLASS,
            id="back, but from elsewhere",
        ),
        pytest.param(
            [(1, BIRTH, MIDDLE), (2, DEATH, MIDDLE)], 1.9, BIRTH, id="the same answer, but about another visit"
        ),
        pytest.param([(1, LAND, MIDDLE)], 0.5, None, id="nothing was on the screen yet"),
        pytest.param([], 0.5, None, id="nothing ever was"),
    ],
)
def test_a_touch_is_for_what_was_on_the_screen_when_it_came(
    frames: list[tuple[float, Offer, tuple[float, float, float, float]]], at_s: float, aimed: Offer | None
) -> None:
    shown = [Shown(since_s, ((offer, box),)) for since_s, offer, box in frames]
    assert aimed_at(shown, 50.0, 50.0, at_s) == aimed


def test_what_lies_above_is_touched_first() -> None:
    assert aimed_at([Shown(0.0, ((USUAL, MIDDLE), (LAND, MIDDLE)))], 50.0, 50.0, 1.0) == USUAL


KEY_A, KEY_B = Offer("search", "", "type:a"), Offer("search", "", "type:ă")
TELEX, VNI = Offer("search", "", "method:telex"), Offer("search", "", "method:vni")
"""One key that changes its own meaning."""


@pytest.mark.parametrize(
    ("before", "now", "lay_there", "meant"),
    [
        (KEY_A, KEY_B, KEY_B, True),
        (KEY_A, KEY_A, KEY_A, False),
        (TELEX, VNI, TELEX, False),
        (LAND, USUAL, LAND, False),
        (BIRTH, DEATH, DEATH, False),
        (None, KEY_A, KEY_A, False),
        (KEY_A, None, None, False),
    ],
)
def test_the_key_beside_the_last_is_meant_and_what_a_touch_brought_is_not(
    before: Offer | None, now: Offer | None, lay_there: Offer | None, *, meant: bool
) -> None:
    assert is_next_key(before, now, lay_there) is meant
