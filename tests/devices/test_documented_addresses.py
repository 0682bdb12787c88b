"""The lines of docs/devices/displays.md that give a display its address: mbpoll, run as shown, says just that."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from hardware.codecs import modbus_rtu as modbus
from tests.support.slave_ends import SlaveEnd

PAGE = (Path(__file__).parents[2] / "docs" / "devices" / "displays.md").read_text(encoding="utf-8")
LINES = re.findall(r"^mbpoll .*$", PAGE, re.MULTILINE)
FACTORY_ADDRESS, NEW_ADDRESS = 1, 41
PATIENCE_S = 30.0


class FreshDisplay:
    """A display as it leaves the factory: takes function 06 at its address, and has told what it was asked."""

    faults: set[str]
    shown = ""

    def __init__(self) -> None:
        self.address = FACTORY_ADDRESS
        self.faults = set()
        self.taken: list[tuple[str, int]] = []
        self.asked: list[modbus.Request] = []
        self._decoder = modbus.RequestDecoder()

    def receive(self, data: bytes, _now_s: float) -> bytes:
        """Hear a master; its request is its own answer, as the standard has it for function 06."""
        answers = b""
        for request in self._decoder.feed(data):
            assert isinstance(request, modbus.Request), request
            self.asked.append(request)
            if request.unit == self.address and request.function == modbus.WRITE_REGISTER:
                answers += modbus.encode_reply(request)
        return answers

    def press(self, name: str, now_s: float) -> None:
        """Have no keys."""
        raise ValueError(name, now_s)

    def power_cycle(self) -> None:
        """Forget nothing."""


@pytest.mark.parametrize("line", LINES)
def test_a_documented_line_writes_the_address_to_the_register_that_the_table_names(line: str) -> None:
    if shutil.which("mbpoll") is None:
        pytest.skip("mbpoll is not installed (Debian package mbpoll)")
    display = FreshDisplay()
    with SlaveEnd(display) as end:
        words = [end.path if word == "PORT" else word for word in shlex.split(line)]
        told = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout
    assert "Written 1 references" in told
    (asked,) = display.asked
    assert f"register {asked.start}" in PAGE
    assert asked == modbus.write_register(FACTORY_ADDRESS, asked.start, NEW_ADDRESS)


def test_both_registers_have_their_line() -> None:
    registers = {re.search(r" -r (\d+) ", line)[1] for line in LINES}  # type: ignore[index]  # No match is the failure.
    assert registers == {"5", "253"}
