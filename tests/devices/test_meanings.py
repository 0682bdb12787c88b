"""What keys and displays mean, above any wire."""

import pytest

from hardware.keypad import CallKeypad, KeypadAction, Pressed
from hardware.led import CounterDisplay, fitted
from hardware.rating_keypad import RatingKeypad, RatingPressed


def _typed(keypad: CallKeypad, keys: str, apart_s: float = 0.3) -> list[Pressed]:
    pressed = [keypad.press(key, now_s=100 + at * apart_s) for at, key in enumerate(keys)]
    return [one for one in pressed if one is not None]


@pytest.mark.parametrize(
    ("keys", "meaning"),
    [
        ("N", [Pressed(KeypadAction.NEXT)]),
        ("RSEXP", [Pressed(KeypadAction(name)) for name in ("recall", "start", "end", "no_show", "pause")]),
        ("042C", [Pressed(KeypadAction.CALL_CHOSEN, 42)]),
        ("1234567C", [Pressed(KeypadAction.CALL_CHOSEN, 34567)]),
        ("C", []),
        ("04B2C", [Pressed(KeypadAction.CALL_CHOSEN, 2)]),
        ("04N2C", [Pressed(KeypadAction.NEXT), Pressed(KeypadAction.CALL_CHOSEN, 2)]),
        ("?Z²", []),
    ],
)
def test_keys_of_a_call_keypad(keys: str, meaning: list[Pressed]) -> None:
    assert _typed(CallKeypad(), keys) == meaning


def test_digits_are_forgotten_after_a_while() -> None:
    assert _typed(CallKeypad(), "12C", apart_s=4.0) == [Pressed(KeypadAction.CALL_CHOSEN, 12)]
    assert _typed(CallKeypad(), "12C", apart_s=6.0) == []


def test_another_makers_keys_are_configuration() -> None:
    keypad = CallKeypad({"*": KeypadAction.NEXT})
    assert _typed(keypad, "*N") == [Pressed(KeypadAction.NEXT)]
    with pytest.raises(ValueError, match="one ASCII character that is no digit"):
        CallKeypad({"5": KeypadAction.NEXT})


def test_every_press_of_a_rating_keypad_is_handed_on() -> None:
    assert [RatingKeypad().press(key) for key in "15x"] == [
        RatingPressed("1", 1),
        RatingPressed("5", 5),
        RatingPressed("x", None),
    ]
    assert RatingKeypad({"A": 5, "B": 1}).press("A").value == 5
    with pytest.raises(ValueError, match="an answer from 1 up"):
        RatingKeypad({"A": 0})


def test_a_counter_display_is_given_only_what_it_can_show() -> None:
    display = CounterDisplay(width=6, idle_text="Mời", closed_text="Nghỉ trưa")
    assert [display.called("A042"), display.idle(), display.paused(), display.closed()] == [
        "A042",
        "MOI",
        "----",
        "NGHI T",
    ]
    assert fitted("Đường <E> số 5", 32) == "DUONG E SO 5"
