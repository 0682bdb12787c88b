"""Our Modbus against other people's, both ways over real ptys: pymodbus as slave and as master, mbpoll as master.

A master and a slave by one hand share mistakes; these two were written by others (mbpoll speaks through libmodbus).
"""

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient

from hardware import device_files, registry
from hardware.bus import BusConfig, BusOwner, SlaveHealth, TextShown
from hardware.codecs import modbus_rtu as modbus
from hardware.simulated.field_slaves import ModbusKeys, ModbusLed
from hardware.simulated.slaves import slave
from hardware.speeches import speech
from tests.devices.pymodbus_server import COILS, INPUT_REGISTERS, INPUTS, UNIT
from tests.support.devices import Heard
from tests.support.slave_ends import Cable, SlaveEnd

PATIENCE_S = 30.0


# --- pymodbus is the slave -------------------------------------------------------------------------------------------


@pytest.fixture
def port() -> Iterator[str]:
    """Run pymodbus's server at one end of a cable; give the port at the other."""
    with Cable() as cable:
        command = [sys.executable, "-m", "tests.devices.pymodbus_server", cable.paths[0]]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
            try:
                yield cable.paths[1]
            finally:
                process.kill()


def ask(port: str, request: modbus.Request) -> modbus.Reply | modbus.Refusal:
    """Ask the slave, again and again until it is there."""
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            decoder = modbus.ReplyDecoder(request)
            os.write(descriptor, modbus.encode(request))
            while select.select([descriptor], [], [], 1.0)[0]:
                answer = decoder.feed(os.read(descriptor, 256))
                if answer is not None:
                    return answer
    finally:
        os.close(descriptor)
    pytest.fail(f"pymodbus does not answer {request}")


def test_pymodbus_answers_every_function_that_we_speak(port: str) -> None:
    bits = tuple(map(int, COILS[:8])), tuple(map(int, INPUTS[:8]))
    assert ask(port, modbus.read(UNIT, modbus.READ_COILS, 0, 8)) == modbus.Reply(UNIT, 1, bits[0])
    assert ask(port, modbus.read(UNIT, modbus.READ_INPUTS, 0, 8)) == modbus.Reply(UNIT, 2, bits[1])
    assert ask(port, modbus.read(UNIT, modbus.READ_INPUT_REGISTERS, 0, 3)) == modbus.Reply(
        UNIT, 4, tuple(INPUT_REGISTERS)
    )
    assert ask(port, modbus.write_registers(UNIT, 0, (0x41, 0x30, 0x31, 0x37))) == modbus.Reply(UNIT, 16)
    assert ask(port, modbus.write_register(UNIT, 3, 0x38)) == modbus.Reply(UNIT, 6)
    assert ask(port, modbus.read(UNIT, modbus.READ_HOLDING, 0, 4)) == modbus.Reply(UNIT, 3, (0x41, 0x30, 0x31, 0x38))
    assert ask(port, modbus.write_coil(UNIT, 1, on=True)) == modbus.Reply(UNIT, 5)
    assert ask(port, modbus.write_coils(UNIT, 4, (1, 1, 0))) == modbus.Reply(UNIT, 15)
    assert ask(port, modbus.read(UNIT, modbus.READ_COILS, 0, 8)) == modbus.Reply(UNIT, 1, (1, 1, 1, 1, 1, 1, 0, 0))
    assert ask(port, modbus.read(UNIT, modbus.READ_HOLDING, 50, 1)) == modbus.Refusal(UNIT, 3, modbus.ILLEGAL_ADDRESS)


def test_our_master_drives_a_display_that_pymodbus_plays(port: str) -> None:
    """The whole driver, from the text to the registers, at a slave that knows nothing of it."""
    ask(port, modbus.read(UNIT, modbus.READ_HOLDING, 0, 1))
    heard = Heard()
    display = speech("modbus_led", UNIT, has_keys=False, device=device_files.load_preset("dm36"))
    owner = BusOwner(registry.find(f"serial://{port}?baud=9600").open, BusConfig((display,)), heard)
    try:
        owner.show(UNIT, "H017")
        heard.wait(lambda events: TextShown(UNIT, "H017") in events)
        assert SlaveHealth(UNIT, "ok") in heard.all
    finally:
        owner.close()
    wanted = tuple(map(ord, "  H017"))
    assert ask(port, modbus.read(UNIT, modbus.READ_HOLDING, 0, 6)) == modbus.Reply(UNIT, 3, wanted)


# --- pymodbus and mbpoll are the master ------------------------------------------------------------------------------


def led(preset: str) -> ModbusLed:
    model = slave("modbus_led", 41, "led", device_files.load_preset(preset))
    assert isinstance(model, ModbusLed)
    return model


def keys(preset: str) -> ModbusKeys:
    model = slave("modbus_keypad", 5, "call_keypad", device_files.load_preset(preset))
    assert isinstance(model, ModbusKeys)
    return model


@pytest.fixture
def client() -> Iterator[Callable[[SlaveEnd], ModbusSerialClient]]:
    opened: list[ModbusSerialClient] = []

    def open_at(end: SlaveEnd) -> ModbusSerialClient:
        opened.append(ModbusSerialClient(end.path, baudrate=9600, timeout=PATIENCE_S, retries=0))
        assert opened[-1].connect()
        return opened[-1]

    yield open_at
    for each in opened:
        each.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it so.


def test_pymodbus_writes_and_reads_our_display(client: Callable[[SlaveEnd], ModbusSerialClient]) -> None:
    with SlaveEnd(led("dm36")) as end:
        master = client(end)
        assert not master.write_registers(0, [*map(ord, "A017  ")], device_id=41).isError()
        assert end.slave.shown == "A017"
        assert not master.write_register(5, ord("U"), device_id=41).isError()
        assert master.read_holding_registers(0, count=6, device_id=41).registers == [*map(ord, "A017 U")]
        assert master.read_holding_registers(6, count=1, device_id=41).exception_code == modbus.ILLEGAL_ADDRESS
        assert master.read_coils(0, count=1, device_id=41).exception_code == modbus.ILLEGAL_FUNCTION


def test_pymodbus_reads_our_keypads(client: Callable[[SlaveEnd], ModbusSerialClient]) -> None:
    with SlaveEnd(keys("keypad_registers")) as end:
        end.slave.press("4", 0.0)
        end.slave.press("N", 0.0)
        assert client(end).read_input_registers(0, count=5, device_id=5).registers == [2, 10, 4, 0, 0]
    with SlaveEnd(keys("keypad_inputs")) as end:
        assert client(end).read_discrete_inputs(0, count=5, device_id=5).bits[:5] == [False] * 5
    with SlaveEnd(keys("keypad_inputs"), lambda: 1.0) as end:  # Time stands still, and so does the finger.
        end.slave.press("3", 1.0)
        assert client(end).read_discrete_inputs(0, count=5, device_id=5).bits[:5] == [False, False, True, False, False]


def mbpoll(end: SlaveEnd, unit: int, kind: int, *values: int, count: int = 1) -> str:
    """Run mbpoll once (it counts registers from 0 with ``-0``); return what it prints."""
    program = shutil.which("mbpoll")
    if program is None:
        pytest.skip("mbpoll is not installed (Debian package mbpoll): no second witness for Modbus")
    given = ["-a", str(unit), "-b", "9600", "-P", "none", "-0", "-r", "0", "-t", str(kind), "-1", "-o", "5", "-q"]
    many = [] if values else ["-c", str(count)]
    done = subprocess.run(
        [program, "-m", "rtu", *given, *many, end.path, *map(str, values)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.stdout + done.stderr


def test_mbpoll_writes_our_display_and_reads_it_back() -> None:
    with SlaveEnd(led("dm56")) as end:
        assert "Written 4 references" in mbpoll(end, 41, 4, *map(ord, "A017"))
        assert end.slave.shown == "A017"
        told = mbpoll(end, 41, 4, count=4)
        assert [line.split()[-1] for line in told.splitlines() if line.startswith("[")] == ["65", "48", "49", "55"]
        assert "Illegal data address" in mbpoll(end, 41, 4, count=5)
    with SlaveEnd(led("tm1650")) as end:
        assert "Written 1 references" in mbpoll(end, 41, 4, 1234)
        assert end.slave.shown == "1234"


def test_mbpoll_reads_our_keypads() -> None:
    with SlaveEnd(keys("keypad_registers")) as end:
        end.slave.press("N", 0.0)
        told = mbpoll(end, 5, 3, count=5)
        assert [line.split()[-1] for line in told.splitlines() if line.startswith("[")] == ["1", "10", "0", "0", "0"]
    with SlaveEnd(keys("keypad_inputs"), lambda: 1.0) as end:
        end.slave.press("3", 1.0)
        told = mbpoll(end, 5, 1, count=5)
        assert [line.split()[-1] for line in told.splitlines() if line.startswith("[")] == ["0", "0", "1", "0", "0"]
