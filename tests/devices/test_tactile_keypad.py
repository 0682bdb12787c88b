"""Tactile keypads: their files, and what the records of their keys mean."""

import pytest

from hardware import device_files
from hardware.codecs.input_event import KEY_CODES, key_records
from hardware.codecs.tactile_keypad import DOUBLE_STRIKE_MOST_MS, DOUBLE_STRIKE_MS, TactileMap, TactileSource
from presentation.mistakes import Mistakes
from presentation.texts import texts_from

SHIPPED = sorted(path.stem for path in device_files.TACTILE.glob("*.toml"))
TEXT = (device_files.TACTILE / "audionav.toml").read_text(encoding="utf-8")
USUAL = "double_strike_ms = 150"
AUDIONAV = device_files.load_tactile("audionav")


def pressed(*names: str, apart_s: float = 1.0, held_s: float = 0.1, device: TactileMap = AUDIONAV) -> list[str]:
    source = TactileSource(device)
    meant: list[str] = []
    for place, name in enumerate(names):
        at_s = 10 + place * apart_s
        for down in (True, False):
            records = key_records(KEY_CODES[name], at_s if down else at_s + held_s, pressed=down)
            for cut in (records[:17], records[17:]):  # The kernel gives whole records; a pty may not.
                meant += source.feed(cut, at_s)
    assert source.due_s() is None
    assert source.let_time_pass(99.0) == []
    return meant


@pytest.mark.parametrize("name", SHIPPED)
def test_each_file_we_ship_is_right_and_its_keys_can_be_told(name: str) -> None:
    device = device_files.load_tactile(name)
    assert ("EXPERIMENTAL" in (device_files.TACTILE / f"{name}.toml").read_text()) == (device.status == "experimental")
    assert {"next", "previous", "select", "back", "help", "repeat"} <= {does for _, does in device.guide}
    texts = device_files.TACTILE.parents[1] / "texts"
    for language in ("vi", "en"):
        words = texts_from({language: (texts / f"{language}.toml").read_text(encoding="utf-8")}).words(language)
        for felt, does in device.guide:
            assert words.has(f"listen.felt.{felt}")
            assert words.has(f"listen.does.{does}")


def test_a_round_on_the_keys_is_what_they_mean() -> None:
    names = ("KEY_F15", "KEY_DOWN", "KEY_UP", "KEY_RIGHT", "KEY_ENTER", "KEY_LEFT", "KEY_F1", "KEY_F2", "KEY_F16")
    assert pressed(*names) == [
        *("plugged", "next", "previous", "repeat", "select", "back", "help", "volume", "unplugged"),
    ]
    assert pressed("KEY_A", "KEY_VOLUMEUP", "KEY_VOLUMEDOWN") == ["louder", "quieter"]


def test_a_trembling_hand_presses_once_and_a_quick_one_as_often_as_it_does() -> None:
    """EN 301 549 5.8: a second strike of the same key so soon is not meant."""
    usual_s = DOUBLE_STRIKE_MS / 1000
    assert pressed("KEY_DOWN", "KEY_DOWN", apart_s=usual_s * 0.6, held_s=0.02) == ["next"]
    assert pressed("KEY_DOWN", "KEY_DOWN", apart_s=usual_s * 1.2, held_s=0.02) == ["next", "next"]
    assert pressed("KEY_DOWN", "KEY_UP", apart_s=usual_s * 0.6, held_s=0.02) == ["next", "previous"]


@pytest.mark.parametrize("wanted_ms", [0, 500, DOUBLE_STRIKE_MOST_MS])
def test_how_long_a_hand_may_tremble_is_the_file_s(wanted_ms: int) -> None:
    """EN 301 549 5.8: adjustable up to half a second at least."""
    device = device_files.parse_tactile("keypad.toml", TEXT.replace(USUAL, f"double_strike_ms = {wanted_ms}"))
    later_s, sooner_s = wanted_ms / 1000 + 0.05, max(0.0, wanted_ms / 1000 - 0.05)
    assert pressed("KEY_DOWN", "KEY_DOWN", apart_s=later_s, held_s=0.01, device=device) == ["next", "next"]
    assert pressed("KEY_DOWN", "KEY_DOWN", apart_s=sooner_s, held_s=0.01, device=device) == ["next"] * (
        2 if wanted_ms == 0 else 1
    )
    silent = device_files.parse_tactile("keypad.toml", TEXT.replace(USUAL, ""))
    assert silent.double_strike_ms == DOUBLE_STRIKE_MS, "a file that says nothing has the usual time"


def test_a_key_that_is_held_counts_once() -> None:
    """EN 301 549 5.7: nothing repeats by itself."""
    source = TactileSource(AUDIONAV)
    down = key_records(KEY_CODES["KEY_DOWN"], 10.0, pressed=True)
    repeated = down.replace(b"\x01\x00\x00\x00", b"\x02\x00\x00\x00")
    assert source.feed(down + repeated * 30, 10.0) == ["next"]
    source.reset()
    assert source.feed(down, 10.05) == ["next"], "after it was away, it begins anew"


MISTAKES = [
    ([('key = "KEY_DOWN"', 'key = "KEY_DWON"')], "there is no key 'KEY_DWON'"),
    ([('key = "KEY_DOWN"', 'key = "KEY_UP"')], "KEY_UP has two meanings"),
    ([('does = "next"', 'does = "help"')], "no key means 'next'"),
    ([('does = "next"', 'does = "forward"')], "'forward' will not do"),
    ([(USUAL, "double_strike_ms = 1001")], "1001"),
    ([(USUAL, "double_strike_ms = -1")], "-1"),
    ([(USUAL, "double_strike_ms = 0.5")], "double_strike_ms"),
    ([('felt = "middle"', 'felt = "soft"')], "'soft' will not do"),
    ([('does = "unplugged"', 'does = "repeat"')], "no key means 'unplugged', but one means the opposite"),
    ([('kind = "tactile_keypad"', 'kind = "modbus_led"')], "no kind of device"),
]


@pytest.mark.parametrize(("changes", "said"), MISTAKES)
def test_a_mistake_in_a_file_is_told_with_its_place(changes: list[tuple[str, str]], said: str) -> None:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(Mistakes, match="keypad") as caught:
        device_files.parse_tactile("keypad.toml", text)
    assert said in str(caught.value)


def test_an_unknown_name_and_a_missing_file_are_told() -> None:
    with pytest.raises(Mistakes, match="there are: audionav"):
        device_files.load_tactile("audionaf")
    with pytest.raises(Mistakes, match="cannot be read"):
        device_files.load_tactile("/nowhere/mine.toml")
