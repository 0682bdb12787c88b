"""Garbage is looked for while nobody waits: what a citizen's pages left is freed at rest, and not before."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from kiosk.widgets.garbage import PAGES_AT_ONCE, THRESHOLDS, Garbage


class Widget:
    """Knows itself in a circle, as widgets do."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def garbage() -> Iterator[Garbage]:
    before = gc.get_threshold()
    yield Garbage()
    gc.set_threshold(*before)
    gc.unfreeze()


def left_page() -> "weakref.ref[Widget]":
    return weakref.ref(Widget())


def test_what_a_page_left_goes_when_the_screen_rests(garbage: Garbage) -> None:
    page = left_page()
    garbage.leave()
    assert page() is not None
    garbage.rest()
    assert page() is None
    assert gc.get_threshold() == THRESHOLDS


def test_what_many_pages_left_goes_before_the_screen_rests(garbage: Garbage) -> None:
    garbage.rest()
    pages: list[weakref.ref[Widget]] = []
    for _ in range(PAGES_AT_ONCE):
        assert not any(page() is None for page in pages), "few pages are worth no search"
        pages.append(left_page())
        garbage.leave()
        garbage.breathe()
    assert all(page() is None for page in pages)


def test_what_lasts_is_walked_through_once(garbage: Garbage) -> None:
    garbage.rest()
    frozen = gc.get_freeze_count()
    assert frozen > 0
    garbage.leave()
    garbage.rest()
    assert gc.get_freeze_count() <= frozen, "what is left now may go with the next citizen"


def test_a_screen_that_has_rested_is_not_searched_again(garbage: Garbage) -> None:
    garbage.rest()
    page = left_page()
    garbage.rest()
    assert page() is not None, "the clock's second paints the start again and again"
    garbage.leave()
    garbage.rest()
    assert page() is None


def test_what_was_set_aside_and_has_gone_since_is_found_when_pages_are_prepared(garbage: Garbage) -> None:
    kept = Widget()
    page = weakref.ref(kept)
    garbage.rest()
    del kept
    garbage.leave()
    garbage.rest()
    assert page() is not None, "it was frozen"
    garbage.settle()
    assert page() is None
