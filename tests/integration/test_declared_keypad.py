"""A keypad of a maker whom nobody has heard of, through the real agent, with no code written for it.

Its far end is played here byte by byte, from the maker's sheet in ``config/devices/example_keypad.toml`` and from
nothing else: no codec of ours stands between the two.
"""

import os
import select
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from hardware import device_files
from hardware.agent.settings import SETTINGS_FILE, WrongSettings, load_settings
from protocol import commands as c
from tests.support.agents import FUNCTIONS, PATIENCE_S, RealAgent, Server

POLL = bytes.fromhex("AA 55 05 01 00 06")
NOTHING = bytes.fromhex("AA 55 05 81 00 86")
NEXT_IS_PRESS_0 = bytes.fromhex("AA 55 05 82 02 00 4E D7")
HAVE_0 = bytes.fromhex("AA 55 05 02 01 00 08")
START_IS_PRESS_1 = bytes.fromhex("AA 55 05 82 02 01 53 DD")
HAVE_1 = bytes.fromhex("AA 55 05 02 01 01 09")


class MakersKeypad:
    """Once somebody presses, N and then S wait in it. It says each until it is acknowledged, and it is deaf twice."""

    def __init__(self) -> None:
        self.far, near = os.openpty()
        tty.setraw(near)
        self.near, self.path = near, os.ttyname(near)
        self.said: list[bytes] = []
        self.empty = threading.Event()
        self.pressed = threading.Event()
        self._waiting = [(NEXT_IS_PRESS_0, HAVE_0), (START_IS_PRESS_1, HAVE_1)]
        self._deaf = 2
        self._ending, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run, name="makers-keypad")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._end, b"x")
        self._thread.join()
        for descriptor in (self.far, self.near, self._ending, self._end):
            os.close(descriptor)

    def _run(self) -> None:
        held = b""
        while True:
            ready, _, _ = select.select([self.far, self._ending], [], [])
            if self._ending in ready:
                return
            held = self._heard(held + os.read(self.far, 64))

    def _heard(self, held: bytes) -> bytes:
        """Hear what is whole and pass over what is for others; return what may still become a frame."""
        known = (POLL, HAVE_0, HAVE_1)
        while held and not any(frame.startswith(held) and frame != held for frame in known):
            frame = next((frame for frame in known if held.startswith(frame)), b"")
            held = held[len(frame) or 1 :]
            self._hear(frame)
        return held

    def _hear(self, frame: bytes) -> None:
        if frame == POLL:
            answer = self._waiting[0][0] if self._waiting and self.pressed.is_set() else NOTHING
            self.said.append(answer)
            os.write(self.far, answer)
            if not self._waiting:
                self.empty.set()
        elif self._waiting and frame == self._waiting[0][1]:
            if self._deaf:
                self._deaf -= 1
                return
            del self._waiting[0]


@pytest.fixture
def keypad() -> Iterator[MakersKeypad]:
    with MakersKeypad() as keypad:
        yield keypad


def agent_toml(keypad: MakersKeypad, file: Path) -> str:
    """Give the settings of an agent whose first function is that keypad, on a wire of its own."""
    functions = "".join(
        f'[[functions]]\nfunction_id = "{function.function_id}"\nwire_id = "makers"\nslave = {slave}\n{more}'
        for function, slave, more in zip(
            FUNCTIONS, (5, 23, 43), (f'protocol = "declared"\nfile = "{file}"\n', "", ""), strict=True
        )
    )
    return f'[[wires]]\nwire_id = "makers"\naddress = "serial://{keypad.path}?baud=115200"\n{functions}'


def test_a_keypad_that_is_only_described_calls_the_next_citizen(keypad: MakersKeypad, tmp_path: Path) -> None:
    state = tmp_path / "agent"
    state.mkdir()
    file = tmp_path / "makers_keypad.toml"
    file.write_bytes((device_files.SHIPPED / "example_keypad.toml").read_bytes())
    (state / SETTINGS_FILE).write_text(agent_toml(keypad, file), encoding="utf-8")
    with Server() as server:
        server.far_end.settings.save(state)
        server.show()
        with RealAgent(state):
            # A key that is pressed while the server is not heard yet is refused at once, as it should be.
            server.wait_for(lambda: bool(server.of_type(c.ReportDevice)))
            keypad.pressed.set()
            server.wait_for(lambda: bool(server.of_type(c.StartService)))
            assert keypad.empty.wait(PATIENCE_S)
        keyed = [command for command in server.commands.values() if isinstance(command, c.CounterCommand)]
    assert [type(command) for command in keyed] == [c.CallNext, c.StartService], "each once, whatever was repeated"
    assert keypad.said.count(NEXT_IS_PRESS_0) == 3, "it was deaf to two acknowledgements"


def test_a_file_with_mistakes_keeps_the_agent_from_starting_and_names_all_of_them(
    keypad: MakersKeypad, tmp_path: Path
) -> None:
    text = (device_files.SHIPPED / "example_keypad.toml").read_text(encoding="utf-8")
    file = tmp_path / "makers_keypad.toml"
    file.write_text(text.replace('check = "sum8"', 'check = "sum9"').replace("code_at", "kode_at"), encoding="utf-8")
    (tmp_path / SETTINGS_FILE).write_text(agent_toml(keypad, file), encoding="utf-8")
    with pytest.raises(WrongSettings) as caught:
        load_settings(tmp_path)
    said = str(caught.value)
    assert "call-keypad-3" in said
    line = text[: text.index('check = "sum8"')].count("\n") + 1
    assert f"makers_keypad.toml:{line}: frame[6].check: 'sum9' will not do" in said
    assert "did you mean 'code_at'?" in said
