"""Under which id a key is sent: the same for the same press, however often its keypad and the agent begin anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.agent.presses import PressStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PressStore]:
    store = PressStore(tmp_path)
    yield store
    store.close()


def test_a_key_that_comes_again_after_a_restart_keeps_its_id(store: PressStore, tmp_path: Path) -> None:
    assert store.request_id_of("call-keypad-1", 7, "N", "first") == "first"
    again = PressStore(tmp_path)
    assert again.request_id_of("call-keypad-1", 7, "N", "second") == "first"
    again.close()


def test_the_next_key_another_keypads_and_another_keys_get_their_own(store: PressStore) -> None:
    store.request_id_of("call-keypad-1", 7, "N", "first")
    assert store.request_id_of("call-keypad-2", 7, "N", "second") == "second"
    assert store.request_id_of("call-keypad-1", 7, "S", "third") == "third"
    assert store.request_id_of("call-keypad-1", 8, "S", "fourth") == "fourth"
    assert store.request_id_of("call-keypad-1", 7, "N", "fifth") == "fifth", "the numbers have gone all around"


def test_a_keypad_that_was_switched_on_counts_anew(store: PressStore) -> None:
    store.request_id_of("call-keypad-1", 0, "N", "first")
    store.forget_keys("call-keypad-1")
    assert store.request_id_of("call-keypad-1", 0, "N", "second") == "second"
