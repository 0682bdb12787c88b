"""Files of devices: those that come with Motcua are right, and each mistake in one is told with its place and mend."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware import device_files
from hardware.codecs import declared
from hardware.codecs.declared import Description, Frame
from presentation.mistakes import Mistake, Mistakes

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in device_files.SHIPPED.glob("*.toml")}
KEYPAD = device_files.load_preset("example_keypad")
assert isinstance(KEYPAD, Description)


def mistakes_after(preset: str, *changes: tuple[str, str]) -> tuple[Mistake, ...]:
    """Plant changes in a file and give what is said about it."""
    text = TEXTS[preset]
    for old, new in changes:
        assert old in text, f"{preset} no longer says {old!r}"
        text = text.replace(old, new, 1)
    with pytest.raises(Mistakes) as caught:
        device_files.parse(f"{preset}.toml", text)
    return caught.value.mistakes


@pytest.mark.parametrize("preset", sorted(TEXTS))
def test_the_files_we_ship_are_right(preset: str) -> None:
    device = device_files.load_preset(preset)
    assert device.source
    assert ("EXPERIMENTAL" in TEXTS[preset]) == (device.status == "experimental")
    assert device.status != "verified", "no device of a maker has stood on our table"


@pytest.mark.parametrize("preset", sorted(TEXTS))
def test_a_design_of_our_own_is_not_called_published(preset: str) -> None:
    device = device_files.load_preset(preset)
    assert (device.status == "own") == (device.source == "this file" or device.source.startswith("docs/"))


def test_the_bytes_in_the_comments_of_the_example_are_its_frames() -> None:
    assert isinstance(KEYPAD, Description)
    said = [Frame(5, b"\x01", b""), Frame(5, b"\x82", b"\x07\x32"), Frame(5, b"\x02", b"\x07")]
    for frame in said:
        wire = declared.encode(KEYPAD.frame, frame)
        assert f" {wire.hex(' ').upper()}" in TEXTS["example_keypad"]
        assert declared.Decoder(KEYPAD.frame).feed(wire) == [frame]


# (file, what is changed, where the mistake is, what is said of it)
MISTAKES = [
    ("example_keypad", [('kind = "declared"', 'kind = "declare"')], "kind", "no kind of device"),
    ("example_keypad", [('hex = "AA 55"', 'hex = "AA 5"')], "frame[1].hex", "will not do"),
    ("example_keypad", [('hex = "AA 55"', 'hex = ""')], "frame[1].hex", "says no bytes"),
    ("example_keypad", [('check = "sum8"', 'check = "crc"')], "frame[6].check", "'crc' will not do"),
    ("example_keypad", [('check = "sum8"', "")], "frame[6].check", "has no kind"),
    ("example_keypad", [('"command", "length", "data"]', '"command", "size"]')], "frame[6].over", "'size'"),
    ("example_keypad", [('"command", "length", "data"]', '"check"]')], "frame[6].over", "cannot cover itself"),
    ("example_keypad", [('part = "check"', 'part = "check"\nencoding = "bcd"')], "frame[6].encoding", "cannot be bcd"),
    ("example_keypad", [('counts = ["data"]', "counts = []")], "frame[4].counts", "counts nothing"),
    ("example_keypad", [('counts = ["data"]', 'counts = ["body"]')], "frame[4].counts", "no part is called 'body'"),
    (
        "example_keypad",
        [('part = "length"\ncounts = ["data"]', 'part = "bytes"\nhex = "00"')],
        "frame[5]",
        "where the data",
    ),
    ("example_keypad", [('part = "length"\ncounts = ["data"]', 'part = "command"')], "frame[4]", "one command already"),
    ("example_keypad", [("code_at = 1", "code_at = 0")], "key.sequence_at", "stands where the code stands"),
    ("example_keypad", [("code_at = 1", "code = 1")], "key.code", "the key 'code' is unknown"),
    ("example_keypad", [("sequence_at = 0", "#")], "acknowledge.data", "presses have no number"),
    ("example_keypad", [('data = "{sequence}"', 'data = "{number}"')], "acknowledge.data", "{number} means nothing"),
    ("example_keypad", [('data = "{sequence}"', 'data = "xy"')], "acknowledge.data", "is not hex"),
    ("example_keypad", [('command = "01"', 'command = "0101"')], "poll", "is not 1 bytes long"),
    ("example_keypad", [('command = "81"', 'command = "82"')], "idle", "cannot be told from"),
    ("example_keypad", [('command = "81"', 'command = "8181"')], "idle.command", "is not 1 bytes long"),
    ("example_keypad", [("[idle]", "#"), ('command = "81"', "")], "poll", "without the other"),
    ("example_keypad", [('31 = "1"', '310 = "1"')], "keys.310", "will not do"),
    ("example_keypad", [('31 = "1"', '3132 = "1"')], "keys.3132", "not one byte"),
    ("example_keypad", [('31 = "1"', '31 = "one"')], "keys.31", "will not do"),
    ("example_keypad", [('4E = "N"', '4E = "N"\n4e = "N"')], "keys.4e", "stands there twice"),
    ("example_keypad", [("[key]", "[kex]")], "kex", "did you mean 'key'"),
    ("matrix_fe_ff", [('data = "{text}"', 'data = "00"')], "show.data", "no place in the frame"),
    ("matrix_fe_ff", [("0123456789ABC", "012345678ABC")], "text.shows", "a digit is missing"),
    ("matrix_fe_ff", [('encoding = "ascii"', 'encoding = "bcd"')], "text.shows", "bcd holds digits only"),
    ("matrix_fe_ff", [("0123456789ABC", "0123456789Đ")], "text.shows", "no ASCII"),
    ("matrix_fe_ff", [("[show]", "[key]\n[show]")], "keys", "no key has a name"),
    ("dm36", [("columns = 6", "columns = 0")], "columns", "will not do"),
    ("dm36", [("0123456789-", "012345678-")], "shows", "a digit is missing"),
    ("dm36", [('otherwise = "E"', 'otherwise = "LOI"')], "otherwise", "cannot show"),
    ("dm36", [("start = 0", "start = 65533")], "start", "do not end before"),
    ("tm1650", [("columns = 4", "columns = 5")], "columns", "more than four digits"),
    ("tm1650", [('"0123456789"', '"0123456789-"')], "shows", "digits only"),
    ("tm1650", [('otherwise = "0"', 'otherwise = "-"')], "otherwise", "cannot hold this"),
    ("tm1650", [("register = 2", "register = 70000")], "settings[2].register", "will not do"),
    ("y113", [('" " = 17', "")], "codes", "no code for ' '"),
    ("y113", [('" " = 17', '" " = 16')], "codes", "same code"),
    ("keypad_inputs", [("function = 2", "function = 4")], "function", "does not read inputs"),
    ("keypad_inputs", [('4 = "5"', '99 = "5"')], "keys", "more than 64 inputs"),
    ("keypad_registers", [('17 = "B"', 'x = "B"')], "keys.x", "is no code"),
    ("keypad_registers", [('layout = "counter"', 'layout = "packed"')], "remembers", "holds one press"),
    ("keypad_registers", [("start = 0", "start = 65533")], "start", "do not end before"),
]


@pytest.mark.parametrize(("preset", "changes", "place", "what"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_mend(
    preset: str, changes: list[tuple[str, str]], place: str, what: str
) -> None:
    told = mistakes_after(preset, *changes)
    found = [mistake for mistake in told if mistake.place == place and what in str(mistake)]
    assert found, [str(mistake) for mistake in told]
    assert all(mistake.mend and mistake.file == f"{preset}.toml" for mistake in told)
    assert found[0].line > 0 or f"[{place}]" not in TEXTS[preset], "what stands in the file has a line"


def test_all_mistakes_are_told_and_not_only_the_first() -> None:
    changes = [("code_at", "kode_at"), ('check = "sum8"', 'check = "sum9"'), ('part = "address"', 'part = "adress"')]
    assert [mistake.place for mistake in mistakes_after("example_keypad", *changes)] == [
        "frame[2].part",
        "frame[6].check",
        "key.kode_at",
    ]


def test_the_mistakes_that_the_docs_show_are_told_so() -> None:
    page = (device_files.SHIPPED.parents[1] / "docs" / "devices" / "keypads.md").read_text(encoding="utf-8")
    for mistake in mistakes_after("example_keypad", ("code_at", "kode_at"), ('check = "sum8"', 'check = "sum9"')):
        assert f"\n{mistake}\n" in page


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="give the path of a readable file"):
        device_files.load(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(Mistakes, match="save the file as UTF-8"):
        device_files.load(tmp_path / "latin.toml")
    with pytest.raises(Mistakes, match="mend the syntax there"):
        device_files.parse("x.toml", "kind =")
    with pytest.raises(Mistakes, match="there are: caller_21_keys, dm36"):
        device_files.load_preset("dm37")


# --- Any frame that can be described ---------------------------------------------------------------------------------

_sizes: st.SearchStrategy[tuple[declared.Encoding, int]] = st.sampled_from(
    [("binary", 1), ("binary", 2), ("little", 2), ("hex", 2), ("decimal", 3), ("bcd", 2)]
)


@st.composite
def frames(draw: st.DrawFn) -> tuple[declared.Part, ...]:
    """Draw the parts of a frame that is without mistakes."""
    address, length = draw(_sizes), draw(_sizes)
    check: declared.Check = draw(st.sampled_from(["sum8", "xor", "lrc", "crc16"]))
    written: declared.Encoding = draw(st.sampled_from(["binary", "hex"]))
    middle = draw(
        st.permutations(
            [
                declared.Part(part="address", encoding=address[0], size=address[1]),
                declared.Part(part="command"),
                declared.Part(part="length", encoding=length[0], size=length[1], counts=("data", "command"), plus=1),
            ]
        )
    )
    return (
        declared.Part(part="bytes", hex=draw(st.sampled_from(["AA 55", "FF 68", "02", "7E 7E 7E"]))),
        *middle,
        declared.Part(part="data"),
        declared.Part(part="check", check=check, over=("address", "data"), encoding=written),
        *draw(
            st.sampled_from([(), (declared.Part(part="bytes", hex="16"),), (declared.Part(part="bytes", hex="0D 0A"),)])
        ),
    )


@settings(deadline=None, max_examples=60)  # The machine may be busy.
@given(frames(), st.integers(0, 99), st.binary(min_size=1, max_size=1), st.binary(max_size=12), st.binary(max_size=20))
def test_whatever_frame_is_described_its_frames_come_back_as_they_went(
    parts: tuple[declared.Part, ...], address: int, command: bytes, data: bytes, noise: bytes
) -> None:
    frame = Frame(address, command, data)
    wire = declared.encode(parts, frame)
    assert declared.decode(parts, wire) == frame
    decoder = declared.Decoder(parts)
    found = [each for byte in noise + wire for each in decoder.feed(bytes((byte,)))]
    # Within the noise something may have looked like a frame; it must then be one by every rule.
    assert found[-1:] == [frame] or any(declared.decode(parts, declared.encode(parts, each)) == each for each in found)


@pytest.mark.parametrize("wrong", range(1, 256))
def test_no_wrong_check_is_taken_for_the_right_one(wrong: int) -> None:
    """Not even one that differs as a small letter does from a capital."""
    assert isinstance(KEYPAD, Description)
    wire = bytearray(declared.encode(KEYPAD.frame, Frame(5, b"\x82", b"\x0a\xaf")))
    assert wire[-1] in range(0x41, 0x5B), "a check that is a capital letter in ASCII"
    wire[-1] ^= wrong
    assert declared.decode(KEYPAD.frame, bytes(wire)) is None


@settings(deadline=None, max_examples=60)
@given(frames(), st.binary(max_size=12), st.data())
def test_a_wrong_byte_under_the_check_is_seen(
    parts: tuple[declared.Part, ...], content: bytes, data: st.DataObject
) -> None:
    wire = bytearray(declared.encode(parts, Frame(7, b"\x21", content)))
    if not content:
        return
    begun = bytes(wire).rfind(content)
    place = data.draw(st.integers(begun, begun + len(content) - 1))
    wire[place] ^= data.draw(st.integers(1, 255))
    assert declared.decode(parts, bytes(wire)) is None
