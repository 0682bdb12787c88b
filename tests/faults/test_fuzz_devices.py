"""Any bytes into every decoder: a message or nothing, or the errors it names; never another, and never a hang.

Each room that decodes what devices say adds its decoders to ``DECODERS``. In the normal run each gets a few thousand
inputs; ``make faults`` gives all of them together more than a million, and another seed gives other inputs. Inputs are
half noise and half right frames with something wrong in them, handed over in pieces of any size.
"""

import json
import random
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from hardware import device_files, registry
from hardware.agent import settings
from hardware.bus.echo import EchoFilter
from hardware.codecs import am03127, cd5220, declared, dm_d, xunpeng
from hardware.codecs import modbus_rtu as modbus
from hardware.codecs import reference_frame as rf
from hardware.codecs.citizen_card import NotACard, read_citizen_card
from hardware.codecs.declared import Description, Frame
from hardware.codecs.hid_keypad import CALL_KEYS, HidKeypad, key_table
from hardware.codecs.hid_text import keys_of
from hardware.codecs.input_event import EV_SYN, SYN_DROPPED, InputEvent, KeyDecoder, encode_event, key_records
from hardware.codecs.modbus_keypad import KeypadMap, Presses
from hardware.codecs.scan import ScanDecoder, ScanSettings, readable
from hardware.codecs.withheld import Withheld
from hardware.inputs import TypedScans
from hardware.links import LinkGone
from hardware.printer.dialogue import Dialogue
from hardware.printer.jobs import Job
from hardware.printer.profile_files import parse_profile, profile_named
from hardware.printer.raster import pieces as raster_pieces
from hardware.printer.replies import Demultiplexer
from hardware.simulated.escpos_stream import OrderReader
from hardware.simulated.field_slaves import DeclaredSlave, ModbusKeys, ModbusLed
from hardware.simulated.slaves import MatrixBoardSlave
from hardware.simulated.wire import SlaveModel
from hardware.speeches import speech
from hardware.usb_link import UsbAddress, open_usb
from kiosk.ticket.scans import CodeForms, classify
from motcua.workbench.printer_door import answer_of
from motcua.workbench.raw import declared_hint
from presentation.mistakes import Mistakes
from protocol.ticket_code import ticket_code
from tests.support.cards import CARD
from tests.support.devices import simulated_hall
from tests.support.spoilt_usb import PRODUCT_ID, VENDOR_ID, SpoiltUsb, interface
from tests.support.texts import shipped_texts
from tests.unit.test_agent_settings import RIGHT

INPUTS = 1_200_000
"""Of all decoders together in the long lane."""

FEW = 300
"""Of each decoder in the normal run."""

LONGEST_S = 1.0
"""What no input may take of a processor: the usual is less than a millisecond."""


@dataclass(frozen=True)
class Fuzzed:
    """A decoder: ``make`` gives a fresh one as a function of bytes; ``frames`` are right inputs to spoil.

    ``errors`` are the exceptions that it names in its docstring.
    """

    name: str
    make: Callable[[], Callable[[bytes], Any]]
    frames: tuple[bytes, ...]
    errors: tuple[type[Exception], ...] = ()


def _preset(name: str) -> Any:
    return device_files.load_preset(name)


def _declared(name: str) -> Fuzzed:
    description: Description = _preset(name)
    told = (description.poll, description.acknowledge, description.show, description.idle, description.key)
    commands = [bytes.fromhex(one.command) for one in told if one is not None]
    frames = [
        declared.encode(description.frame, Frame(5, command, data)) for command in commands for data in (b"", b"1")
    ]
    return Fuzzed(f"declared: {name}", lambda: declared.Decoder(description.answers).feed, tuple(frames))


def _heard_by(protocol: str, preset: str, *, has_keys: bool) -> Fuzzed:
    """The whole speech: what a master makes of anything a slave may say, to whatever it was just asked."""

    def make() -> Callable[[bytes], Any]:
        device = _preset(preset) if preset else None
        made = speech(protocol, 5, has_keys=has_keys, device=device)
        if not has_keys:
            made.show("H017")
        made.request(1.0)
        return made.hear

    name = f"{preset or protocol}{'' if has_keys or preset else ', display'}"
    return Fuzzed(f"speech: {name}", make, _FRAMES[protocol])


def _packed() -> KeypadMap:
    """A keypad of which one register holds the count and the last key."""
    lines = ('kind = "modbus_keypad"', 'name = "n"', 'source = "s"', 'status = "published"', 'layout = "packed"')
    found = device_files.parse("packed.toml", "\n".join((*lines, "function = 4", "start = 0", "[keys]", '65 = "N"')))
    assert isinstance(found, KeypadMap)
    return found


def _values(keypad: KeypadMap) -> Callable[[bytes], Any]:
    presses = Presses(keypad)

    def read(data: bytes) -> Any:
        padded = data.ljust(2 * keypad.count, b"\0")
        return presses.read(tuple(padded[2 * place] << 8 | padded[2 * place + 1] for place in range(keypad.count)), 1.0)

    return read


def _parsed(text: bytes) -> Any:
    return device_files.parse("fuzzed.toml", text.decode("utf-8", "replace"))


def _slave(make: Callable[[], SlaveModel]) -> Callable[[], Callable[[bytes], Any]]:
    def made() -> Callable[[bytes], Any]:
        model = make()
        return lambda data: model.receive(data, 1.0)

    return made


_WRITE = modbus.write_registers(5, 0, tuple(map(ord, "  H017")))
_READ = modbus.read(5, 4, 0, 5)
_MODBUS_REQUESTS = tuple(
    modbus.encode(request)
    for request in (_WRITE, _READ, modbus.write_register(5, 1, 2), modbus.write_coils(5, 3, (1, 0, 1) * 9))
)
_MODBUS_ANSWERS = (
    modbus.encode_reply(_WRITE),
    modbus.encode_reply(_READ, (3, 10, 11, 12, 13)),
    modbus.encode_refusal(modbus.Refusal(5, 16, 2)),
)
_REFERENCE = (rf.encode(rf.key(5, 7, "N")), rf.encode(rf.show(5, 9, "A017")), rf.poll(5), rf.nothing(5))
_AM03127 = (am03127.encode(am03127.show(5, "H017")), b"ACK", b"NACK", b"<ID05><BE>05<E>")
_XUNPENG = (xunpeng.encode_short(5, 17), xunpeng.encode_long(17), xunpeng.answer_long(xunpeng.encode_long(17)))
_VFD = (cd5220.start() + cd5220.show("A017"), dm_d.settings() + dm_d.show("A017", "QUAY 3"), b"\x1b@\x0c\x1fE\x05")
_DECLARED = tuple(
    declared.encode(_preset("example_keypad").frame, frame)
    for frame in (Frame(5, b"\x81", b""), Frame(5, b"\x82", b"\x07N"), Frame(5, b"\x01", b""))
)
_FRAMES = {
    "reference": _REFERENCE,
    "am03127": _AM03127,
    "xunpeng_line": _XUNPENG,
    "modbus_led": _MODBUS_ANSWERS,
    "modbus_keypad": _MODBUS_ANSWERS,
    "declared": _DECLARED,
}


def _typed_records(text: str) -> bytes:
    changes = [(code, pressed) for code, _ in keys_of(text) for pressed in (True, False)]
    return b"".join(key_records(code, at / 100, pressed=pressed) for at, (code, pressed) in enumerate(changes))


def _card(data: bytes) -> Any:
    return read_citizen_card(readable(data))


def _kind_of_scan(data: bytes) -> Any:
    return classify(Withheld(readable(data)), CodeForms())


_RECORDS = (_typed_records("H001\r"), _typed_records("42"), encode_event(InputEvent(1.0, EV_SYN, SYN_DROPPED, 0)))
_CODES = (
    CARD.encode(),
    b"H001\r",
    ticket_code("0" * 32, "f" * 32).encode() + b"\r",
    b"H15.50.05.13-261008-0975\r",
    b"LH-261123-0930-land-usual\r",
)
_INPUTS = (
    Fuzzed("input records", lambda: KeyDecoder(0.03).feed, _RECORDS),
    Fuzzed("keypad at usb", lambda: HidKeypad(key_table(CALL_KEYS)).feed, _RECORDS),
    Fuzzed("scanner: keys", lambda: partial(TypedScans(ScanSettings()).feed, now_s=1.0), _RECORDS),
    Fuzzed("scanner: bytes", lambda: partial(ScanDecoder().feed, now_s=1.0), _CODES),
    Fuzzed("citizen card", lambda: _card, _CODES, (NotACard,)),
    Fuzzed("what a scan is", lambda: _kind_of_scan, _CODES),
)


def _address(data: bytes) -> Any:
    return registry.find(data.decode("utf-8", "replace"))


_REPLIES = (
    bytes.fromhex("10 00 03 00"),
    bytes.fromhex("12 12 12 12"),
    bytes.fromhex("37 22 20 20 20 21 00"),
    bytes.fromhex("13 11 00 00"),
    bytes.fromhex("18 00 12 0c 00 37 25 00"),
)
_ORDERS = (
    bytes.fromhex("1b 40 1d 61 0e 1d 76 30 00 02 00 02 00 ff ff ff ff 1b 64 04 1d 56 01 1d 72 01"),
    bytes.fromhex("1d 28 48 06 00 30 30 20 20 20 21 10 04 01 10 14 08 01 03 14 01 06 02 08"),
    bytes.fromhex("1d 28 4c 0e 00 30 70 30 01 01 31 08 00 02 00 ff ff 1b 4a 20 10 05 02"),
)


def _replies() -> Callable[[bytes], Any]:
    demultiplexer = Demultiplexer()
    return lambda data: demultiplexer.feed(data, 0.0)


def _heard_by_printer(name: str) -> Callable[[], Callable[[bytes], Any]]:
    """The whole dialogue with a printer, a ticket under way, whatever it answers."""

    def made() -> Callable[[bytes], Any]:
        dialogue = Dialogue(profile_named(name).on_wire(11_520.0))
        dialogue.opened(0.0)
        at = datetime(2026, 11, 23, tzinfo=UTC)
        dialogue.submitted(Job("job-1", "visit-1", 0, 1, _ORDERS[0], at), 0.0, 99.0)
        now_s = [0.0]

        def feed(data: bytes) -> None:
            now_s[0] += 0.01
            dialogue.wrote(len(dialogue.to_write()), now_s[0])
            dialogue.received(data, now_s[0])
            dialogue.tick(now_s[0])

        return feed

    return made


def _descriptors(data: bytes) -> None:
    """Open a USB printer that says so of itself, ask for its lines, and give it back."""
    link = open_usb(UsbAddress(VENDOR_ID, PRODUCT_ID), backend=SpoiltUsb(data))
    try:
        link.port_status()
    finally:
        link.close()


_BULK_OUT, _BULK_IN = (0x01, 2, 64), (0x82, 2, 64)
_USB = (
    b"\1\1" + interface(0, 0, 7, _BULK_OUT, _BULK_IN),
    b"\1\0"
    + interface(0, 0, 3, (0x81, 3, 8))
    + interface(1, 0, 7, _BULK_OUT)
    + interface(1, 1, 7, _BULK_OUT, _BULK_IN),
)


_WORDS = shipped_texts().words("vi")


def _hints() -> Callable[[bytes], Any]:
    """What is said of an unknown keypad after each frame that came, however unlike the others it is."""
    frames: list[bytes] = []

    def heard(data: bytes) -> list[str]:
        frames.extend([data] if data else [])  # A frame that is empty is none.
        return declared_hint(frames, _WORDS)

    return heard


DECODERS: list[Fuzzed] = [
    Fuzzed("usb printer: descriptors", lambda: _descriptors, _USB, (LinkGone,)),
    Fuzzed("unknown keypad: hints", _hints, (bytes.fromhex("aa550582074e56"), bytes.fromhex("aa550582084f58"))),
    Fuzzed("wire: echo", lambda: EchoFilter(_REFERENCE[2]).feed, _REFERENCE),
    Fuzzed("printer: replies", _replies, _REPLIES),
    Fuzzed("printer: dialogue, named fence", _heard_by_printer("tm_t82"), _REPLIES),
    Fuzzed("printer: dialogue, GS r", _heard_by_printer("xprinter_80"), _REPLIES),
    Fuzzed("printer: dialogue, without ASB", _heard_by_printer("generic_58mm"), _REPLIES),
    Fuzzed("printer: bodies of jobs", lambda: lambda data: list(raster_pieces(data)), _ORDERS),
    Fuzzed("printer: orders", lambda: OrderReader().feed, _ORDERS),
    Fuzzed("modbus: requests", lambda: modbus.RequestDecoder().feed, _MODBUS_REQUESTS),
    Fuzzed("modbus: the answer to a read", lambda: modbus.ReplyDecoder(_READ).feed, _MODBUS_ANSWERS),
    Fuzzed("modbus: the answer to a write", lambda: modbus.ReplyDecoder(_WRITE).feed, _MODBUS_ANSWERS),
    Fuzzed("modbus: values of a keypad", lambda: _values(_preset("keypad_registers")), (b"\0\1\0\5\0\6\0\7\0\x08",)),
    Fuzzed("modbus: values, packed", lambda: _values(_packed()), (b"\1A", b"\2A", b"\xffA", b"\0A", b"\0\0")),
    Fuzzed("reference frame", lambda: rf.Decoder().feed, _REFERENCE),
    Fuzzed("am03127: packets", lambda: am03127.PacketDecoder().feed, _AM03127),
    Fuzzed("am03127: answers", lambda: am03127.AnswerDecoder().feed, _AM03127),
    Fuzzed("xunpeng: four bytes", lambda: xunpeng.ShortDecoder().feed, _XUNPENG),
    Fuzzed("xunpeng: seven bytes", lambda: xunpeng.LongDecoder().feed, _XUNPENG),
    Fuzzed("xunpeng: answers", lambda: xunpeng.AnswerDecoder(xunpeng.encode_long(17)).feed, _XUNPENG),
    Fuzzed("cd5220", lambda: cd5220.Display().feed, _VFD),
    Fuzzed("dm_d", lambda: dm_d.Display().feed, _VFD),
    *map(_declared, ("example_keypad", "caller_21_keys", "matrix_fe_ff")),
    _heard_by("reference", "", has_keys=True),
    _heard_by("reference", "", has_keys=False),
    _heard_by("modbus_led", "tm1650", has_keys=False),
    _heard_by("modbus_led", "y113", has_keys=False),
    _heard_by("declared", "matrix_fe_ff", has_keys=False),
    _heard_by("declared", "caller_21_keys", has_keys=True),
    _heard_by("am03127", "", has_keys=False),
    _heard_by("xunpeng_line", "", has_keys=False),
    _heard_by("modbus_led", "dm36", has_keys=False),
    _heard_by("modbus_keypad", "keypad_registers", has_keys=True),
    _heard_by("modbus_keypad", "keypad_inputs", has_keys=True),
    _heard_by("declared", "example_keypad", has_keys=True),
    Fuzzed(
        "slave: matrix board", _slave(lambda: MatrixBoardSlave(5)), (*_AM03127, b"<ID05><L1><P05<E>", b"<ID05><RP6C<E>")
    ),
    Fuzzed("slave: display", _slave(lambda: ModbusLed(5, _preset("dm36"))), _MODBUS_REQUESTS),
    Fuzzed("slave: keypad", _slave(lambda: ModbusKeys(5, _preset("keypad_inputs"))), _MODBUS_REQUESTS),
    Fuzzed("slave: declared", _slave(lambda: DeclaredSlave(5, _preset("example_keypad"))), _DECLARED),
    *_INPUTS,
    Fuzzed(
        "printer's door: answers",
        lambda: answer_of,
        (b'{"answer": "mended", "state": "ok", "tickets_left": null}', b'{"error": "no"}', b"[" * 3_000),
    ),
    Fuzzed(
        "addresses",
        lambda: _address,
        (
            b"serial:///dev/serial/by-id/usb-a?baud=9600&parity=E&stop_bits=2&flow=hardware&suffix=none",
            b"tcp://10.0.0.9:9100?give_up_s=5",
            b"tcp://[::1]:9100",
            b"file:///dev/usb/lp0",
            b"evdev:///dev/input/by-id/k-event-kbd?source=pty",
            b"usb://04b8:0e28?serial=J5",
            b"simulated://wire/hall?call_keypads=1,2&leds=41&modbus_leds=5:tm1650",
            b"simulated://printer/front?width_dots=576",
        ),
        (registry.WrongAddress,),
    ),
]
"""Of these, what takes whole lines or texts stands in `WHOLE`."""

WHOLE: Final = frozenset({"printer's door: answers", "addresses", "usb printer: descriptors", "unknown keypad: hints"})

FILES = Fuzzed(
    "files of devices",
    lambda: _parsed,
    tuple(path.read_bytes() for path in sorted(device_files.SHIPPED.glob("*.toml"))),
    (Mistakes,),
)
"""Texts, not bytes of a wire; slower, so it gets fewer inputs of its own."""


SETTINGS = Fuzzed(
    "agent.toml",
    lambda: lambda data: settings.parse("agent.toml", data.decode("utf-8", "replace")),
    (RIGHT.encode(),),
    (Mistakes,),
)


PROFILE = Fuzzed(
    "profile of a printer",
    lambda: lambda data: parse_profile("front.toml", data.decode("utf-8", "replace")),
    (
        b'like = "xprinter_80"\nlink = "per_job"\n',
        b'like = "tm_t82"\nconfirm = "gs_r"\nroll_mm = 50000\nreply_s = 2.5\n',
    ),
    (Mistakes,),
)

TEXTS: Final = (FILES, SETTINGS, PROFILE)


def inputs(fuzzed: Fuzzed, seed: int, count: int) -> Iterator[bytes]:
    """Give noise, and right frames that were cut, doubled, mixed or changed."""
    chance = random.Random(f"{fuzzed.name} {seed}")
    for _ in range(count):
        if chance.random() < 0.4:
            yield chance.randbytes(chance.randrange(40))
            continue
        data = bytearray(chance.choice(fuzzed.frames))
        for _ in range(chance.randrange(4)):
            _spoil(data, chance, fuzzed.frames)
        yield bytes(data)


def _spoil(data: bytearray, chance: random.Random, frames: tuple[bytes, ...]) -> None:
    place = chance.randrange(len(data) + 1)
    match chance.randrange(5):
        case 0 if place < len(data):
            data[place] = chance.randrange(256)
        case 1:
            del data[place : place + chance.randrange(1, 4)]
        case 2:
            data[place:place] = chance.randbytes(chance.randrange(1, 6))
        case 3:
            data[place:place] = chance.choice(frames)
        case _:
            data[place:] = data[place:][::-1]


def pieces(data: bytes, chance: random.Random) -> Iterable[bytes]:
    """Cut ``data`` as an adapter might."""
    at = 0
    while at < len(data):
        size = chance.randrange(1, 9)
        yield data[at : at + size]
        at += size


def fuzz(fuzzed: Fuzzed, seed: int, count: int) -> None:
    """Feed one decoder; a fresh one every few inputs, so that what is left over from one meets the next."""
    chance = random.Random(seed)
    feed = fuzzed.make()
    for number, data in enumerate(inputs(fuzzed, seed, count)):
        if number % 7 == 0:
            feed = fuzzed.make()
        begun_s = time.thread_time()
        whole = any(fuzzed is one for one in TEXTS) or fuzzed.name in WHOLE
        for piece in [data] if whole else pieces(data, chance):
            try:
                feed(piece)
            except fuzzed.errors:
                pass
            except Exception as error:
                raise AssertionError(f"{fuzzed.name}: {data.hex(' ')} (seed {seed}): {error!r}") from error
        assert time.thread_time() - begun_s < LONGEST_S, f"{fuzzed.name}: {data.hex(' ')} took too long"


@pytest.mark.parametrize("fuzzed", [*DECODERS, *TEXTS], ids=lambda fuzzed: fuzzed.name)
def test_any_bytes_are_a_message_or_a_named_error(fuzzed: Fuzzed, seed: int) -> None:
    fuzz(fuzzed, seed, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("fuzzed", DECODERS, ids=lambda fuzzed: fuzzed.name)
def test_a_million_inputs(fuzzed: Fuzzed, seed: int) -> None:
    fuzz(fuzzed, seed, INPUTS // len(DECODERS) + 1)


@pytest.mark.slow
def test_many_spoilt_files(seed: int) -> None:
    for one in TEXTS:
        fuzz(one, seed, 10_000)


ORDERS = Fuzzed(
    "control port",
    lambda: lambda _: None,
    (
        b'{"do": "devices"}',
        b'{"do": "press", "wire": "hall", "slave": 1, "keys": "N"}',
        b'{"do": "fault", "device": "hall", "wire": "hall", "slave": 1, "fault": "deaf", "on": true}',
        b'{"do": "fault", "device": "front", "fault": "cutter_jam", "after_rows": 9}',
        b'{"do": "fault", "device": "front", "fault": "cutter_jam", "after_rows": 1e400}',
        b'{"do": "tickets", "device": "front", "from": 0}',
        b'{"do": "log", "device": "hall", "last": 5}',
        b'{"do": "scan", "device": "counter", "code": "H001"}',
        b'{"do": "scan", "device": "counter", "code": 7}',
        b'{"do": "shown", "wire": "hall", "slave": 1}',
        b"[" * 3_000,
    ),
)
DEVICES: dict[str, list[dict[str, Any]]] = {
    "wires": [{"name": "hall", "slaves": [{"address": 1, "kind": "call_keypad"}]}],
    "printers": [{"name": "front", "address": "tcp://127.0.0.1:0"}],
    "inputs": [{"name": "counter", "kind": "serial_scanner"}],
}


@pytest.mark.parametrize("count", [FEW, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_line_at_the_control_port_is_answered(count: int, tmp_path: Path, seed: int) -> None:
    """The simulated hall goes on, whatever it is told but to stop."""
    devices = {
        kind: [{"address": f"pty:{tmp_path}/{one['name']}.pty", **one} for one in entries]
        for kind, entries in DEVICES.items()
    }
    with (
        simulated_hall(tmp_path / "hall", **devices) as (addresses, _),
        connected(addresses["control"]) as connection,
        connection.makefile("rb") as answers,
    ):
        for data in inputs(ORDERS, seed, count):
            line = data.replace(b"\n", b" ")
            if b"stop" in line or b"watch" in line:
                continue
            connection.sendall(line + b"\n")
            answer = json.loads(answers.readline())
            assert answer["ok"] or answer["error"], f"{line!r}"


def test_the_usb_printers_that_are_spoilt_are_right_before(seed: int) -> None:
    """Else all that was fuzzed would be refused at the first look; and some of it opens although it is spoilt."""
    for whole in _USB:
        _descriptors(whole)
    spoilt = next(one for one in DECODERS if one.name == "usb printer: descriptors")
    opened = 0
    for data in inputs(spoilt, seed, FEW):
        with suppress(LinkGone):
            _descriptors(data)
            opened += data not in _USB
    assert opened


def connected(address: str) -> socket.socket:
    """Give a connection of our own to a control port."""
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address.removeprefix("unix:"))
        return connection
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20.0)


def test_the_fuzzer_finds_what_it_is_there_for(seed: int) -> None:
    """A decoder that breaks at a frame with one changed byte is caught."""

    def brittle(data: bytes) -> None:
        if data and data[0] == 0x7F:
            raise IndexError("out of range")

    broken = Fuzzed("brittle", lambda: brittle, (bytes(8),))
    with pytest.raises(AssertionError, match=r"brittle: .*IndexError"):
        fuzz(broken, seed, 5_000)
