"""The thread that gives turns: what it remembers before it speaks, and that nothing can hold it for ever."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from display.flow import Announcement, LinkState, Scene
from display.memory import TOLD_FILE, load_told
from display.stage import StageLoop
from display.voice import StillCalled
from presentation.board import Told
from protocol.configuration import Policies
from protocol.views import BoardView, Envelope
from tests.support.boards import at, board, call, repository_texts

PATIENCE_S = 20.0
DAY = "2026-11-23"


@dataclass
class Link:
    """A link that is heard or not, on a clock that stands."""

    state: LinkState = "up"
    rate: float = 1.0
    now: datetime = field(default_factory=lambda: at(0))

    def hall_now(self) -> datetime:
        return self.now


class Bench:
    """A stage under test, and all that it said and showed."""

    def __init__(self, folder: Path, *, voice_has_room: bool = True) -> None:
        self.folder = folder
        self.link = Link()
        self.said: list[tuple[int, Told | None]] = []
        self.scenes: list[Scene] = []
        self._voice_has_room = voice_has_room
        self._changed = threading.Condition()
        self.stage = StageLoop(folder, repository_texts(), self.link, say=self._say, on_scene=self._on_scene)
        self.stage.start()

    def _say(self, announcement: Announcement, _policies: Policies, _still_called: StillCalled) -> bool:
        with self._changed:
            self.said.append((announcement.call.call_id, load_told(self.folder)))
            self._changed.notify_all()
        return self._voice_has_room

    def _on_scene(self, scene: Scene) -> None:
        with self._changed:
            self.scenes.append(scene)
            self._changed.notify_all()

    def show(self, view: BoardView, second: float = 0) -> None:
        self.link.now = at(second)
        self.stage.take_view(Envelope(epoch=1, sequence=1, at=at(second), rate=1.0, version=1, view=view))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), (self.said, self.scenes[-1:])

    def current(self) -> str:
        lines = self.scenes[-1].lines if self.scenes else None
        return lines.current.number if lines and lines.current else ""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.stage.close()


def test_what_is_about_to_be_said_is_remembered_before_the_first_sound(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3)))
    bench.wait_for(lambda: bench.said == [(1, Told(DAY, 1))])


def test_the_next_turn_waits_for_the_voice_and_comes_when_it_has_ended(bench: Bench) -> None:
    both = board(call(1, "H025", 3), call(2, "C041", 1))
    bench.show(both)
    bench.wait_for(lambda: len(bench.said) == 1)
    assert bench.stage.speaking_id == 1
    scenes = len(bench.scenes)
    bench.show(both, second=20)
    bench.wait_for(lambda: len(bench.scenes) > scenes)
    assert bench.current() == "H025"
    bench.stage.take_end(1)
    bench.wait_for(lambda: bench.current() == "C041")


def test_a_voice_that_has_no_room_does_not_hold_the_board(tmp_path: Path) -> None:
    bench = Bench(tmp_path, voice_has_room=False)
    try:
        both = board(call(1, "H025", 3), call(2, "C041", 1))
        bench.show(both)
        bench.wait_for(lambda: len(bench.said) == 1)
        bench.show(both, second=8)
        bench.wait_for(lambda: bench.current() == "C041")
    finally:
        bench.stage.close()


def test_a_board_of_no_zone_stays_with_the_first_it_hears_of(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3)))
    bench.wait_for(lambda: bench.current() == "H025")
    bench.show(msgspec.structs.replace(board(call(7, "L900", 9)), zone_id="upstairs"))
    scenes = len(bench.scenes)
    bench.stage.look()
    bench.wait_for(lambda: len(bench.scenes) > scenes)
    assert bench.current() == "H025"


def test_a_citizen_is_still_called_only_as_long_as_that_can_be_known(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3), call(2, "C041", 1, state="in_service")))
    assert [bench.stage.still_called(number, begun=True) for number in (1, 2, 3)] == [True, False, False]
    bench.link.state = "gone"
    assert not bench.stage.still_called(1, begun=True), "nothing is said again that may be over"
    assert [bench.stage.still_called(number, begun=False) for number in (1, 2)] == [True, False], "but it is said once"


@pytest.mark.parametrize("kept", [b"", b"{", b'{"day": 7}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / TOLD_FILE).write_bytes(kept)
    assert load_told(tmp_path) is None
