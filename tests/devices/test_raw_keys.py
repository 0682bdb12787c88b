"""An unknown keypad is heard byte by byte, and the lines that follow from it make a file that works."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import device_files
from hardware.agent.functions import save_functions
from hardware.codecs.checks import CHECKS
from hardware.codecs.declared import Description
from hardware.simulated.remote import Remote
from hardware.speeches.declared import DeclaredDevice
from motcua.__main__ import main
from motcua.commands import Problem
from motcua.workbench.raw import declared_hint, question_of, shape_of, usb_hint
from protocol.commands import FunctionDescription
from tests.devices.test_workbench import KeyTest
from tests.support.devices import simulated_hall
from tests.support.texts import shipped_texts

WORDS = shipped_texts().words("vi")
HEAD = 'kind = "declared"\nname = "heard"\nsource = "this test"\nstatus = "experimental"\n'


def frames_of(check: str, codes: str, head: str = "A5 5A 07 82", first: int = 2) -> list[bytes]:
    start = bytes.fromhex(head)
    bodies = [start + bytes((number, ord(code))) for number, code in enumerate(codes, 0x30)]
    return [body + CHECKS[check][1](body[first:]) for body in bodies]


@pytest.mark.parametrize("check", ["sum8", "xor", "lrc", "crc16", "none"])
def test_the_lines_that_are_hinted_make_a_keypad_that_tells_its_keys(check: str, tmp_path: Path) -> None:
    frames = frames_of(check, "NRS1N")
    hint = "\n".join(declared_hint(frames, WORDS))
    for code, name in ("4E", "N"), ("52", "R"), ("53", "S"), ("31", "1"):
        assert f'{code} = "?"' in hint
        hint = hint.replace(f'{code} = "?"', f'{code} = "{name}"')
    path = tmp_path / "heard.toml"
    path.write_text(HEAD + hint, encoding="utf-8")
    description = device_files.load(path)
    assert isinstance(description, Description)
    keypad = DeclaredDevice(1, description, has_keys=True)
    heard = [keypad.overhear(frame, float(second)) for second, frame in enumerate(frames)]
    assert "".join(key.name for one in heard if one is not None for key in one.keys) == "NRS1N"


def test_the_check_and_where_it_begins_are_found(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        check = chance.choice(("sum8", "xor", "lrc", "crc16"))
        codes = "".join(chance.sample("0123456789NRSEXPCB", chance.randint(6, 12)))
        frames = frames_of(check, codes, head=chance.randbytes(4).hex(), first=chance.randint(0, 4))
        shape = shape_of(frames)
        assert shape is not None
        assert shape.closing.check != "none"
        assert all(shape.closing.fits(frame) for frame in frames)
        assert (shape.closing.tail, shape.closing.is_hex, shape.code) == (0, False, 5)


def ascii_frames(check: str, codes: str, *, first: int, over_etx: bool) -> list[bytes]:
    """A maker's frames in letters: STX, a decimal address, a length, command and key, ETX, two hex digits, CR."""
    frames = []
    for code in codes:
        body = b"\x0205" + b"02" + b"K" + code.encode() + b"\x03"
        covered = body[first:] if over_etx else body[first:-1]
        frames.append(body + CHECKS[check][1](covered).hex().upper().encode() + b"\r")
    return frames


@pytest.mark.parametrize("over_etx", [True, False])
@pytest.mark.parametrize("check", ["sum8", "xor", "lrc", "crc16"])
@pytest.mark.parametrize("first", [0, 1, 3])
def test_a_check_of_hex_digits_before_a_tail_is_taken_for_no_key(
    check: str,
    first: int,
    over_etx: bool,
    tmp_path: Path,
) -> None:
    frames = ascii_frames(check, "NRS1", first=first, over_etx=over_etx)
    hint = "\n".join(declared_hint(frames, WORDS))
    for code in "NRS1":
        assert f'{ord(code):02X} = "?"' in hint
        hint = hint.replace(f'{ord(code):02X} = "?"', f'{ord(code):02X} = "{code}"')
    assert 'encoding = "hex"' in hint
    assert "chưa hiểu" not in hint
    path = tmp_path / "heard.toml"
    path.write_text(HEAD + hint, encoding="utf-8")
    description = device_files.load(path)
    assert isinstance(description, Description)
    keypad = DeclaredDevice(5, description, has_keys=True)
    heard = [keypad.overhear(frame, float(second)) for second, frame in enumerate(frames)]
    assert "".join(key.name for one in heard if one is not None for key in one.keys) == "NRS1"


def test_a_hint_is_marked_as_a_guess_with_all_that_it_leaves_unexplained() -> None:
    unknown = [b"\x02K" + bytes((code, code * 7 % 251)) + b"\r" for code in b"NRS1"]
    hint = "\n".join(declared_hint([*unknown, b"\x02OK\r"], shipped_texts().words("en")))
    assert "# This is a guess from 4 kinds of frames: try each key with key-test" in hint
    assert "# not understood: none of sum8, xor, lrc, crc16, as bytes or as hex digits, fits every frame" in hint
    assert "# not understood: bytes 4 (counted from 1) differ between frames as well" in hint
    assert "# not understood: 1 of another length, as 02 4F 4B 0D" in hint
    assert '4E = "?"' in hint
    assert 'hex = "0D"' in hint
    two = [b"\x10\x01\x11", b"\x10\x02\x12"]  # Sum and exclusive or are the same here by chance.
    assert "the check may be xor as well; press more keys" in "\n".join(declared_hint(two, shipped_texts().words("en")))


def test_a_keypad_that_repeats_its_key_is_to_be_switched_off_and_on() -> None:
    words = shipped_texts().words("en")
    few = declared_hint([b"\x01\x02\x03"], words, repeats=True)
    assert any("Switch it off and on, then press another key" in line for line in few)
    many = declared_hint(frames_of("sum8", "NRS1"), words, repeats=True)
    assert any("it waits for an acknowledgement" in line for line in many)
    assert not any("acknowledgement" in line for line in declared_hint(frames_of("sum8", "NRS1"), words))


def test_one_kind_of_frame_is_too_little_to_say_anything() -> None:
    assert shape_of([b"\x01\x02\x03"] * 5) is None
    assert declared_hint([b"\x01\x02\x03"] * 5, WORDS) == [f"# {WORDS('workbench.hint.few')}"]
    assert declared_hint([], WORDS) == [f"# {WORDS('workbench.hint.few')}"]


def test_keys_of_a_usb_keypad_are_named_and_the_unknown_left_to_be_filled_in() -> None:
    lines = usb_hint(["KEY_F1", "KEY_KPENTER", "KEY_F1", "code 700"], "evdev:///dev/x", "call_keypad", WORDS)
    assert lines[-1] == 'keys = { KEY_F1 = "?", KEY_KPENTER = "N" }'


def test_a_question_that_is_no_hex_is_refused() -> None:
    with pytest.raises(Problem, match="no hex"):
        question_of("AA 5")


# --- The command, against devices -------------------------------------------------------------------------------------


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[tuple[dict[str, Any], Remote]]:
    slaves = [{"address": 7, "kind": "call_keypad", "protocol": "declared", "preset": "example_keypad"}]
    config: dict[str, Any] = {
        "wires": [{"name": "hall", "address": f"pty:{tmp_path}/wire", "slaves": slaves}],
        "inputs": [{"name": "keypad", "address": f"pty:{tmp_path}/keypad", "kind": "keypad"}],
    }
    with simulated_hall(tmp_path / "devices", **config) as hall:
        yield hall


def heard(test: KeyTest, name: str, wanted: str) -> Callable[[], bool]:
    return lambda: any(str(one.get(name, "")).startswith(wanted) for one in test.said)


def test_all_bytes_that_an_asked_keypad_answers_are_shown(hall: tuple[dict[str, Any], Remote]) -> None:
    addresses, control = hall
    told = KeyTest(addresses["wires"]["hall"], "--raw", "--send", "AA 55 07 01 00 08", "--every-ms", 50)
    try:
        told.wait(heard(told, "hex", "AA 55 07 81"))  # Nothing new.
        control.order("press", wire="hall", slave=7, keys="2")
        told.wait(heard(told, "hex", "AA 55 07 82 02"))
    finally:
        assert told.interrupt() == 0
    assert any(one["hex"].endswith("32 BD") or " 32 " in one["hex"] for one in told.said if "hex" in one)


def test_the_code_of_a_key_without_a_meaning_is_shown(hall: tuple[dict[str, Any], Remote]) -> None:
    addresses, control = hall
    told = KeyTest(addresses["inputs"]["keypad"], "--raw")
    try:
        # A key that is pressed before anybody listens waits with the kernel.
        control.order("press_keys", device="keypad", keys=["KEY_F1", "KEY_KP7"])
        told.wait(heard(told, "key", "KEY_KP7"))
    finally:
        assert told.interrupt() == 0
    pressed = [(one["key"], one["code"]) for one in told.said if one.get("value") == 1]
    assert pressed == [("KEY_F1", 59), ("KEY_KP7", 71)]


def test_silence_is_told_with_what_may_be_the_matter(
    hall: tuple[dict[str, Any], Remote], capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, _ = hall
    assert main(["devices", "key-test", addresses["wires"]["hall"], "--raw", "--seconds", "0.3"]) == 1
    assert "thêm --send với khung hỏi của hãng" in capsys.readouterr().out


def test_declared_keys_are_tried_as_the_agent_has_them(
    hall: tuple[dict[str, Any], Remote], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses, control = hall
    address = addresses["inputs"]["keypad"]
    told = KeyTest(address, "--kind", "rating_keypad", "--key", "KEY_F1=5")
    try:
        told.wait(lambda: told.present == [True])
        control.order("press_keys", device="keypad", keys=["KEY_KP4", "KEY_F1", "KEY_KPENTER"])
        told.wait(lambda: told.keys == "45KEY_KPENTER")
    finally:
        assert told.interrupt() == 0
    (tmp_path / "agent.toml").write_text(
        f'[[usb_keypads]]\nfunction_id = "rate"\naddress = "{address}"\nkeys = {{ KEY_F2 = "3" }}\n', encoding="utf-8"
    )
    save_functions(tmp_path, (FunctionDescription(function_id="rate", kind="rating_keypad", counter_id="counter-1"),))
    for named in ("rate", address):
        declared = KeyTest(named, "--agent", tmp_path)
        try:
            declared.wait(lambda declared=declared: declared.present == [True])
            control.order("press_keys", device="keypad", keys=["KEY_F2", "KEY_KP1"])
            declared.wait(lambda declared=declared: declared.keys == "31")
        finally:
            assert declared.interrupt() == 0
    assert main(["devices", "key-test", "rate-9", "--agent", str(tmp_path)]) == 1
    assert "no keypad 'rate-9' stands in its agent.toml; there are: rate" in capsys.readouterr().err
    assert main(["devices", "key-test", address, "--key", "KEY_NONE=N", "--seconds", "0.1"]) == 1
    assert "there is no key 'KEY_NONE'" in capsys.readouterr().err
    assert main(["devices", "key-test", "keypad-9", "--agent", str(tmp_path / "none")]) == 1
    assert "agent.toml is missing" in capsys.readouterr().err
