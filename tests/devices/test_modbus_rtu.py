"""Modbus RTU: published frames, every request there and back, and noise that no frame is lost after."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.codecs import checks
from hardware.codecs import modbus_rtu as modbus

# Frames as makers print them, the first four with their source; the exchange of unit 5 was written down between two
# programs of other people (pymodbus and libmodbus).
PUBLISHED = {
    "01 06 00 00 04 d2 0b 57": modbus.write_register(1, 0, 1234),  # lamaplc.com, TM1650
    "01 06 00 00 00 32 08 1f": modbus.write_register(1, 0, 50),  # shop.rfid-life.com, 0.8 inch
    "01 10 00 00 00 03 06 09 a4 00 03 00 01 a6 00": modbus.write_registers(1, 0, (2468, 3, 1)),  # lamaplc.com, TM1650
    "05 10 00 00 00 04 08 00 41 00 30 00 31 00 37 b3 60": modbus.write_registers(5, 0, (0x41, 0x30, 0x31, 0x37)),
    # MODBUS over Serial Line V1.02 and the Application Protocol V1.1b3 print these without their CRC, which is ours.
    "11 01 00 13 00 13 8e 92": modbus.read(0x11, modbus.READ_COILS, 19, 19),
    "11 02 00 c4 00 16 ba a9": modbus.read(0x11, modbus.READ_INPUTS, 196, 22),
    "11 03 00 6b 00 03 76 87": modbus.read(0x11, modbus.READ_HOLDING, 107, 3),
    "11 04 00 08 00 01 b2 98": modbus.read(0x11, modbus.READ_INPUT_REGISTERS, 8, 1),
    "11 05 00 ac ff 00 4e 8b": modbus.write_coil(0x11, 172, on=True),
    "11 0f 00 13 00 0a 02 cd 01 bf 0b": modbus.write_coils(0x11, 19, (1, 0, 1, 1, 0, 0, 1, 1, 1, 0)),
}


@pytest.mark.parametrize(("wire", "request_"), PUBLISHED.items())
def test_published_requests(wire: str, request_: modbus.Request) -> None:
    assert modbus.encode(request_).hex(" ") == wire
    assert modbus.RequestDecoder().feed(bytes.fromhex(wire)) == [request_]


def test_published_answers() -> None:
    written = modbus.write_registers(5, 0, (0x41, 0x30, 0x31, 0x37))
    assert modbus.encode_reply(written).hex(" ") == "05 10 00 00 00 04 c0 4e"
    asked = modbus.read(0x11, modbus.READ_HOLDING, 107, 3)
    answer = bytes.fromhex("11 03 06 ae 41 56 52 43 40 49 ad")
    assert modbus.ReplyDecoder(asked).feed(answer) == modbus.Reply(0x11, 3, (0xAE41, 0x5652, 0x4340))
    bits = modbus.read(0x11, modbus.READ_COILS, 19, 19)
    assert modbus.encode_reply(bits, (1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1))[2:6].hex() == "03cd6b05"


def test_the_checks_of_the_standards() -> None:
    assert checks.crc16(b"123456789") == 0x4B37  # CRC-16/MODBUS of the catalogue of parametrised CRC algorithms.
    assert checks.lrc(bytes.fromhex("11 03 00 6b 00 03")) == 0x7E  # Modbus ASCII, the same request as above.
    assert checks.sum8(bytes.fromhex("05 03 e7")) == 0xEF
    assert checks.xor8(b"<BE>") == 0x05


_units = st.integers(1, 247)
_registers = st.integers(0, 0xFFFF)
_bits = st.integers(0, 1)
requests = st.one_of(
    st.builds(modbus.read, _units, st.sampled_from([1, 2]), _registers, st.integers(1, 2000)),
    st.builds(modbus.read, _units, st.sampled_from([3, 4]), _registers, st.integers(1, 125)),
    st.builds(modbus.write_register, _units, _registers, _registers),
    st.builds(lambda unit, at, on: modbus.write_coil(unit, at, on=on), _units, _registers, st.booleans()),
    st.builds(modbus.write_registers, _units, _registers, st.lists(_registers, min_size=1, max_size=123).map(tuple)),
    st.builds(modbus.write_coils, _units, _registers, st.lists(_bits, min_size=1, max_size=200).map(tuple)),
)


@settings(deadline=None)  # The machine may be busy.
@given(requests, st.binary(max_size=60))
def test_a_request_comes_back_as_it_went_whatever_noise_is_before_it(request: modbus.Request, noise: bytes) -> None:
    assert modbus.RequestDecoder().feed(noise + modbus.encode(request))[-1] == request


@settings(deadline=None)
@given(requests, st.binary(max_size=60))
def test_an_answer_comes_back_as_it_went_one_byte_at_a_time(request: modbus.Request, noise: bytes) -> None:
    values = tuple((place * 7919) % (2 if request.function < 3 else 65536) for place in range(request.count))
    wanted = values if request.function <= 4 else ()
    answer = modbus.encode_reply(request, wanted)
    assert len(answer) == modbus.reply_length(request)
    decoder = modbus.ReplyDecoder(request)
    found = [decoder.feed(bytes((byte,))) for byte in noise + answer]
    assert found[-1] == modbus.Reply(request.unit, request.function, wanted)


@settings(deadline=None)
@given(requests, st.sampled_from(sorted(modbus.REASONS)))
def test_a_refusal_is_known_as_one(request: modbus.Request, code: int) -> None:
    refusal = modbus.Refusal(request.unit, request.function, code)
    assert modbus.ReplyDecoder(request).feed(modbus.encode_refusal(refusal)) == refusal


@settings(deadline=None)
@given(requests, st.data())
def test_no_single_wrong_byte_passes_for_a_request(request: modbus.Request, data: st.DataObject) -> None:
    spoilt = bytearray(modbus.encode(request))
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= data.draw(st.integers(1, 255))
    assert modbus.RequestDecoder().feed(bytes(spoilt)) == []


def test_the_answer_of_another_slave_or_to_another_write_is_none() -> None:
    decoder = modbus.ReplyDecoder(modbus.write_register(7, 3, 9))
    others = (modbus.write_register(8, 3, 9), modbus.write_register(7, 4, 9), modbus.write_register(7, 3, 8))
    assert [decoder.feed(modbus.encode_reply(other)) for other in others] == [None, None, None]


@pytest.mark.parametrize(
    "wire",
    [
        "11 03 00 6b 00 00",  # No register.
        "11 03 00 6b 00 7e",  # 126 registers.
        "11 05 00 ac 12 34",  # Neither on nor off.
        "11 10 00 01 00 02 03 00 01 02",  # Three bytes for two registers.
        "00 03 00 6b 00 03",  # Everybody is asked.
    ],
)
def test_a_request_that_nobody_can_carry_out_is_told(wire: str) -> None:
    frame = bytes.fromhex(wire)
    (found,) = modbus.RequestDecoder().feed(frame + checks.crc16_bytes(frame))
    assert found == modbus.Malformed(frame[0], frame[1], modbus.ILLEGAL_VALUE)


def test_everybody_is_written_to_and_nobody_answers() -> None:
    written = modbus.write_register(modbus.EVERYBODY, 0, 8)
    assert modbus.reply_length(written) == 0
    assert modbus.RequestDecoder().feed(modbus.encode(written)) == [written]
