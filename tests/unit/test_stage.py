"""The thread that gives turns: what it remembers before it speaks, and that nothing can hold it for ever."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from display.memory import STOPPED_FILE, STOPPED_FOR, TOLD_FILE, StopKeeper, load_memory
from display.stage import StageLoop
from display.voice import StillCalled
from presentation.board import Told
from presentation.board_flow import Announcement, HallWarning, LinkState, Scene
from protocol.configuration import Policies
from protocol.views import AnyReply, BoardView, Done, Envelope
from tests.support.boards import FIRE, at, board, call, repository_texts, stopped

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

    def __init__(self, folder: Path, *, voice_has_room: bool = True, link: LinkState = "up") -> None:
        self.folder = folder
        self.link = Link(link)
        self.warned: list[HallWarning] = []
        self.said: list[tuple[int, Told | None]] = []
        self.unsaid: list[tuple[str, int, Callable[[AnyReply | None], None]]] = []
        self.scenes: list[Scene] = []
        self._voice_has_room = voice_has_room
        self._changed = threading.Condition()
        self.stage = StageLoop(
            folder,
            repository_texts(),
            self.link,
            say=self._say,
            report_unsaid=self._report_unsaid,
            on_scene=self._on_scene,
            warn=self.warned.append,
        )
        self.stage.start()

    def _say(self, announcement: Announcement, _policies: Policies, _still_called: StillCalled) -> bool:
        with self._changed:
            memory = load_memory(self.folder)
            assert memory is not None
            assert (DAY, announcement.call.call_id) in memory.begun
            self.said.append((announcement.call.call_id, memory.told))
            self._changed.notify_all()
        return self._voice_has_room

    def _report_unsaid(self, day: str, call_id: int, on_reply: Callable[[AnyReply | None], None]) -> None:
        with self._changed:
            self.unsaid.append((day, call_id, on_reply))
            self._changed.notify_all()

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

    def others(self) -> list[str]:
        lines = self.scenes[-1].lines if self.scenes else None
        return [line.number for line in lines.others] if lines else []

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
    bench.stage.take_end(1, "whole")
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


def test_a_board_of_no_zone_shows_the_whole_hall_and_one_of_a_zone_its_own(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3)))
    bench.wait_for(lambda: bench.current() == "H025")
    bench.show(msgspec.structs.replace(board(call(7, "L900", 9)), zone_id="upstairs"))
    bench.wait_for(lambda: bench.others() == ["L900"])
    bench.stage.watch("hall")
    bench.stage.look()
    bench.wait_for(lambda: bench.others() == [])
    bench.show(msgspec.structs.replace(board(call(8, "L901", 9)), zone_id="upstairs"))
    scenes = len(bench.scenes)
    bench.stage.look()
    bench.wait_for(lambda: len(bench.scenes) > scenes)
    assert (bench.current(), bench.others()) == ("H025", [])


def test_a_citizen_is_still_called_only_as_long_as_that_can_be_known(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3), call(2, "C041", 1, state="in_service")))
    assert [bench.stage.still_called(number, begun=True) for number in (1, 2, 3)] == [True, False, False]
    bench.link.state = "gone"
    assert not bench.stage.still_called(1, begun=True), "nothing is said again that may be over"
    assert [bench.stage.still_called(number, begun=False) for number in (1, 2)] == [True, False], "but it is said once"


def begun(folder: Path) -> tuple[tuple[str, int], ...]:
    memory = load_memory(folder)
    return memory.begun if memory else ()


def test_a_call_that_was_cut_off_by_a_crash_is_reported_until_the_server_knows_and_never_said_again(
    tmp_path: Path,
) -> None:
    killed = Bench(tmp_path)
    killed.show(board(call(1, "H025", 3)))
    killed.wait_for(lambda: len(killed.said) == 1)
    killed.stage.close()  # No end of the announcement was ever told: to the memory, that is a crash.
    assert begun(tmp_path) == ((DAY, 1),)
    back = Bench(tmp_path)
    try:
        back.show(board(call(1, "H025", 3)), second=60)
        back.wait_for(lambda: len(back.unsaid) == 1)
        assert back.unsaid[0][:2] == (DAY, 1)
        back.unsaid[0][2](None)
        back.stage.look()
        back.wait_for(lambda: len(back.unsaid) == 2)
        assert begun(tmp_path) == ((DAY, 1),)
        back.unsaid[1][2](Done())
        scenes = len(back.scenes)
        back.wait_for(lambda: len(back.scenes) > scenes)
    finally:
        back.stage.close()
    assert begun(tmp_path) == ()
    assert back.said == [], "nobody is called twice"


def test_a_call_that_the_sound_card_cut_off_is_reported_and_one_that_was_heard_is_not(bench: Bench) -> None:
    bench.show(board(call(1, "H025", 3), call(2, "C041", 1)))
    bench.wait_for(lambda: len(bench.said) == 1)
    bench.stage.take_end(1, "whole")
    bench.show(board(call(1, "H025", 3), call(2, "C041", 1)), second=8)
    bench.wait_for(lambda: len(bench.said) == 2)
    bench.stage.take_end(2, "cut_off")
    bench.wait_for(lambda: len(bench.unsaid) == 1)
    assert bench.unsaid[0][:2] == (DAY, 2)


def test_what_was_cut_off_yesterday_is_nobodys_business(tmp_path: Path) -> None:
    killed = Bench(tmp_path)
    killed.show(board(call(1, "H025", 3)))
    killed.wait_for(lambda: len(killed.said) == 1)
    killed.stage.close()
    back = Bench(tmp_path)
    try:
        back.show(board(call(1, "C001", 3), day="2026-11-24"), second=24 * 3600)
    finally:
        back.stage.close()
    assert back.unsaid == []


@pytest.mark.parametrize("kept", [b"", b"{", b'{"day": 7}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / TOLD_FILE).write_bytes(kept)
    assert load_memory(tmp_path) is None


def restarted(folder: Path, link: LinkState, kind: str) -> Bench:
    """Switch the board on anew, with the server heard or not; gives it once it shows that kind of scene."""
    again = Bench(folder, link=link)
    try:
        again.wait_for(lambda: any(scene.kind == kind for scene in again.scenes))
    finally:
        again.stage.close()
    return again


def test_a_board_switched_on_without_its_server_still_tells_the_stop_it_heard(bench: Bench, tmp_path: Path) -> None:
    bench.show(board(stopped=stopped()))
    bench.wait_for(lambda: bench.scenes[-1].kind == "stopped")
    bench.stage.close()
    again = restarted(tmp_path, "gone", "stopped")
    assert again.scenes[-1].titles[0] == FIRE["vi"]
    assert again.scenes[-1].clock == "", "the time of day may be wrong"
    assert [warning.emergency_id for warning in again.warned] == ["fire"], "and it is said"
    assert not any(scene.kind == "stopped" for scene in restarted(tmp_path, "connecting", "starting").scenes)


def test_a_stop_that_is_over_is_told_no_more_after_a_start(bench: Bench, tmp_path: Path) -> None:
    bench.show(board(stopped=stopped()))
    bench.wait_for(lambda: bench.scenes[-1].kind == "stopped")
    bench.show(board(), 5)
    bench.wait_for(lambda: bench.scenes[-1].kind != "stopped")
    bench.stage.close()
    assert not any(scene.kind == "stopped" for scene in restarted(tmp_path, "gone", "out_of_service").scenes)


def test_a_stop_that_was_heard_of_half_a_day_ago_is_known_no_more(tmp_path: Path) -> None:
    view = board(stopped=stopped())
    StopKeeper(tmp_path).heard(view, at(0))
    for zone_id, after, known in (("hall", timedelta(hours=11), True), ("", timedelta(hours=11), True)):
        assert (StopKeeper(tmp_path).still(zone_id, at(0) + after) == view) is known
    assert StopKeeper(tmp_path).still("hall", at(0) + STOPPED_FOR) is None
    assert StopKeeper(tmp_path).still("hall", at(0) - STOPPED_FOR) is None, "a clock that was wrong says nothing"
    assert StopKeeper(tmp_path).still("upstairs", at(0)) is None
    (tmp_path / STOPPED_FILE).write_bytes(b"{half a")
    assert StopKeeper(tmp_path).still("hall", at(0)) is None


def test_that_it_still_stands_is_written_now_and_then(tmp_path: Path) -> None:
    keeper, view = StopKeeper(tmp_path), board(stopped=stopped())
    for minutes in range(13 * 60):
        keeper.heard(view, at(60 * minutes))
    assert StopKeeper(tmp_path).still("hall", at(60 * 13 * 60)) == view
