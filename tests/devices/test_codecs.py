"""Frames of the wires: quoted bytes, every frame there and back, and noise that no frame is lost after."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.codecs import am03127
from hardware.codecs import reference_frame as rf
from hardware.speeches.reference import ReferenceSpeech

_printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)
_frames = st.builds(rf.Frame, st.integers(0, 0xFE), st.sampled_from("PAWK?-RI"), _printable)


def test_the_published_key_frame() -> None:
    assert rf.encode(rf.key(5, 7, "N")).hex(" ") == "02 30 35 4b 30 37 4e 03 30 34"
    assert rf.Decoder().feed(bytes.fromhex("02 30 35 4b 30 37 4e 03 30 34")) == [rf.Frame(5, "K", "07N")]
    assert rf.key_of(rf.Frame(5, "K", "07N")) == rf.Key(7, "N")


def test_the_frames_in_the_documentation_are_right() -> None:
    text = (Path(__file__).parents[2] / "docs" / "devices" / "wire.md").read_text()
    quoted = re.findall(r"^(?:master|slave)\s+((?:[0-9a-f]{2} )+) ", text, re.MULTILINE)
    found = [frame for line in quoted for frame in rf.Decoder().feed(bytes.fromhex(line))]
    assert found == [rf.Poll(5), rf.key(5, 7, "N"), rf.acknowledge(5, 7), rf.Poll(5), rf.Nothing(5)]


@pytest.mark.parametrize("address", range(1, rf.ADDRESS_LAST + 1))
def test_a_short_poll_is_heard_by_its_slave_alone_and_no_wrong_byte_passes(address: int) -> None:
    whole = rf.poll(address)
    assert rf.Decoder().feed(whole + rf.nothing(address)) == [rf.Poll(address), rf.Nothing(address & 0x7F)]
    for place in range(len(whole)):
        for wrong in set(range(256)) - {whole[place]}:
            spoilt = whole[:place] + bytes((wrong,)) + whole[place + 1 :]
            assert not any(isinstance(message, rf.Poll) for message in rf.Decoder().feed(spoilt))


@settings(deadline=None)  # The machine may be busy.
@given(_frames)
def test_a_frame_comes_back_as_it_went(frame: rf.Frame) -> None:
    decoder = rf.Decoder()
    assert [found for byte in rf.encode(frame) for found in decoder.feed(bytes((byte,)))] == [frame]
    assert decoder.errors == 0


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(max_size=80), _frames)
def test_noise_before_a_frame_does_not_hide_it(noise: bytes, frame: rf.Frame) -> None:
    assert rf.Decoder().feed(noise + rf.encode(frame))[-1] == frame


@settings(deadline=None)  # The machine may be busy.
@given(_frames, st.data())
def test_no_single_wrong_byte_passes_for_a_frame(frame: rf.Frame, data: st.DataObject) -> None:
    spoilt = bytearray(rf.encode(frame))
    place = data.draw(st.integers(0, len(spoilt) - 1))
    spoilt[place] ^= data.draw(st.integers(1, 255))
    assert not any(isinstance(message, rf.Frame) for message in rf.Decoder().feed(bytes(spoilt)))


@settings(deadline=None)  # The machine may be busy.
@given(_frames, st.integers(1, 8))
def test_a_frame_cut_short_costs_nothing_but_itself(frame: rf.Frame, lost: int) -> None:
    whole = rf.encode(frame)
    assert rf.Decoder().feed(whole[: -min(lost, len(whole))] + whole) == [frame]


@pytest.mark.parametrize("shape", ["K", "K7", "K07", "K07NN", "KxxN", "A07"])
def test_a_misshapen_key_is_none(shape: str) -> None:
    assert rf.key_of(rf.Frame(5, shape[0], shape[1:])) is None


# Packets as they stand in the programs of people who own such boards.
@pytest.mark.parametrize(
    ("wire", "board", "content"),
    [
        ("<ID00><L1><PA><FE><MA><WC><FE>hello16<E>", 0, "<L1><PA><FE><MA><WC><FE>hello"),
        ("<ID01><L1><PA><FE><MA><WC><FE>bonjour15<E>", 1, "<L1><PA><FE><MA><WC><FE>bonjour"),
        ("<ID01><L1><PA><FE><MA><WC><FE>message1F<E>", 1, "<L1><PA><FE><MA><WC><FE>message"),
        ("<ID00><L1><PA><FE><MA><WC><FE><CA>oui07<E>", 0, "<L1><PA><FE><MA><WC><FE><CA>oui"),
        ("<ID01><BE>05<E>", 1, "<BE>"),
        ("<ID00><BF>06<E>", 0, "<BF>"),
    ],
)
def test_packets_seen_in_the_field(wire: str, board: int, content: str) -> None:
    packet = am03127.Packet(board, content)
    assert am03127.encode(packet) == wire.encode()
    assert am03127.PacketDecoder().feed(b"\xff\x00<ID" + wire.encode()) == [(packet, True)]


def test_a_text_is_shown_at_once_and_steady() -> None:
    assert am03127.encode(am03127.show(11, "H025")) == b"<ID0B><L1><PA><FA><MA><WC><FA>H0250B<E>"
    assert am03127.shown_text(am03127.show(11, "H025")) == "H025"
    assert am03127.shown_text(am03127.Packet(1, "<L1><PA><FE><MA><WC><FE><CA>oui")) == "oui"
    assert am03127.shown_text(am03127.Packet(1, "<BE>")) is None


_texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="<>"), max_size=32)


@settings(deadline=None)  # The machine may be busy.
@given(st.integers(0, 255), _texts)
def test_any_text_comes_back_as_it_went(board: int, text: str) -> None:
    packet = am03127.show(board, text)
    assert am03127.PacketDecoder().feed(am03127.encode(packet)) == [(packet, True)]
    assert am03127.shown_text(packet) == text


def test_the_other_packets_of_the_data_sheet() -> None:
    packets = [am03127.run_page_a(5), am03127.brightness(5, 25), am03127.delete_all(0)]
    assert [am03127.encode(packet) for packet in packets] == [
        b"<ID05><RPA>41<E>",
        b"<ID05><BD>04<E>",
        b"<ID00><D*>6C<E>",
    ]
    assert [am03127.shown_text(packet) for packet in packets] == [None] * 3


def test_a_wrong_check_is_seen() -> None:
    assert am03127.PacketDecoder().feed(b"<ID01><BE>06<E>") == [(am03127.Packet(1, "<BE>"), False)]


@settings(deadline=None)  # The machine may be busy.
@given(st.binary(max_size=30).filter(lambda noise: b"ACK" not in noise and not noise.endswith((b"N", b"A", b"AC"))))
def test_an_answer_is_found_in_noise(noise: bytes) -> None:
    assert am03127.AnswerDecoder().feed(noise + b"ACK") == [True]
    assert am03127.AnswerDecoder().feed(noise + b"NACK") == [False]


@pytest.mark.parametrize("address", [-1, 0, 255, 999])
def test_a_slave_that_cannot_be_is_refused_in_words(address: int) -> None:
    with pytest.raises(ValueError, match="an address from 1 to 254"):
        ReferenceSpeech(address, has_keys=True)
