"""The real board program, fed by real ZeroMQ views, watched through its own door and by what it really said."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from display.pack_maker import make_default_pack
from presentation.speech import transcript
from protocol.commands import Introduce, ReportDevice, ReportUnsaidCall
from tests.support.board_hall import RealBoard, ServedHall
from tests.support.boards import board, call

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_default_pack(tmp_path_factory.mktemp("pack") / "default").folder


@pytest.fixture
def hall() -> Iterator[ServedHall]:
    """A hall whose time goes four times as fast."""
    with ServedHall(rate=4.0) as hall:
        yield hall


@pytest.fixture
def fast_hall() -> Iterator[ServedHall]:
    """A hall whose time goes ten times as fast."""
    with ServedHall(rate=10.0) as hall:
        yield hall


def numbers(state: dict[str, object], place: str) -> list[str]:
    calls = state["calls"]
    assert isinstance(calls, list)
    return [each["number"] for each in calls if each["place"] == place]


def test_a_call_is_on_the_screen_and_said_in_words(hall: ServedHall, tmp_path: Path, clips: Path) -> None:
    hall.pair(tmp_path)
    hall.show(board())
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        assert shown.ready["first_frame"]
        shown.wait_for_scene("idle")
        hall.show(board(call(1, "H025", 3)))
        seen = shown.wait_for_call(1, places=("current",))
        assert (seen["number"], seen["counter"], seen["amber"]) == ("H025", "3", True)
        (said,) = shown.wait_until_said(1)
    assert said["call_id"] == 1
    assert said["keys"][0] == "chime"
    words = tuple(key.partition("/")[2] for key in said["keys"][1:])
    assert transcript(words, "vi") == "xin mời số thứ tự hát không hai năm đến quầy số ba"
    assert said["pcm_bytes"] > 3 * 22_050 * 2
    assert shown.exit_code == 0
    hall.wait_until_asked(Introduce)
    reports = [command for command in hall.asked.queue if isinstance(command, ReportDevice)]
    assert [(report.function_id, report.state) for report in reports] == [("board-1", "ok")]


def test_silence_becomes_out_of_service_within_three_seconds_and_the_calls_come_back(
    hall: ServedHall, tmp_path: Path, clips: Path
) -> None:
    hall.pair(tmp_path)
    hall.show(board(call(1, "H025", 3)))
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        shown.wait_for_call(1, places=("current",))
        assert min(silence_s(hall, shown) for _ in range(3)) <= 3.0
        state = shown.ask(ask="state")
        assert (state["calls"], state["waiting"], state["clock"], state["link"]) == ([], [], "", "gone")
        hall.show(board(call(1, "H025", 3, state="over"), call(2, "C041", 1)))
        shown.wait_for_call(2)
        assert [line["call_id"] for line in shown.wait_until_said(2)] == [1, 2]


def silence_s(hall: ServedHall, shown: RealBoard) -> float:
    """Let the server fall silent; returns how long the board took to say so, from the last word that was sent to it.

    What the board's threads waited while the machine did other things is not the board's time, and is left out.
    """
    hall.show(board(call(1, "H025", 3)))
    shown.wait_for_state(lambda state: bool(state["scene"] == "calls"))
    shown.events.clear()
    hall.show(board(call(1, "H025", 3)))
    hall.show(None)
    waited_before_s = shown.waited_for_processor_s()
    silent = shown.wait_for_scene("out_of_service")
    waited_s = shown.waited_for_processor_s() - waited_before_s
    return float(silent["monotonic_ns"] - hall.last_word_ns) / 1e9 - waited_s


def test_five_at_once_all_stand_there_in_one_frame_and_have_their_turns(
    fast_hall: ServedHall, tmp_path: Path, clips: Path
) -> None:
    fast_hall.pair(tmp_path)
    fast_hall.show(board())
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        shown.wait_for_scene("idle")
        fast_hall.show(board(*(call(number, f"H{number:03d}", number) for number in range(1, 6))))
        frames = {shown.wait_for_call(number)["frame"] for number in range(1, 6)}
        assert len(frames) == 1
        turns = [shown.wait_for_call(number, places=("current",)) for number in range(1, 6)]
        all_s = (turns[-1]["monotonic_ns"] - turns[0]["monotonic_ns"]) / 1e9 * fast_hall.rate
        assert all_s >= 4 * 8 - 4, "eight seconds of hall time each, less one late frame at tenfold speed"
        assert all(late["frame"] > early["frame"] for early, late in pairwise(turns))
        assert [line["call_id"] for line in shown.wait_until_said(5)] == [1, 2, 3, 4, 5]


def test_a_killed_board_repeats_nothing_and_says_what_it_missed(
    fast_hall: ServedHall, tmp_path: Path, clips: Path
) -> None:
    fast_hall.pair(tmp_path)
    fast_hall.show(board())
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        shown.wait_for_scene("idle")
        fast_hall.show(board(call(1, "H025", 3)))
        shown.wait_until_said(1)
        shown.kill()
    fast_hall.show(board(call(1, "H025", 3), call(2, "C041", 1)))
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        assert [line["call_id"] for line in shown.wait_until_said(2)] == [1, 2]
        shown.wait_for_call(2, places=("current",))


def test_a_board_that_is_killed_in_the_middle_of_a_call_tells_its_clerk_and_does_not_say_it_again(
    fast_hall: ServedHall, tmp_path: Path, clips: Path
) -> None:
    hall = fast_hall
    hall.rate = 0.1  # A call takes a minute to say, long enough to die in its middle.
    hall.pair(tmp_path)
    hall.show(board())
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        shown.wait_for_scene("idle")
        hall.show(board(call(1, "H025", 3)))
        shown.wait_for_state(lambda state: bool(state["speaking_id"] == 1))
        shown.kill()
    hall.rate = 10.0
    said = shown.said.read_text("utf-8") if shown.said.exists() else ""
    assert said == "", "it was killed before the end of the call"
    hall.show(board(call(1, "H025", 3)))
    with RealBoard(tmp_path, "--clips", str(clips)) as shown:
        shown.wait_for_call(1, places=("current",))
        told = hall.wait_until_asked(ReportUnsaidCall)
        assert (told.function_id, told.day, told.call_id) == ("board-1", "2026-11-23", 1)
        hall.show(board(call(1, "H025", 3), call(2, "C041", 1)))
        assert [line["call_id"] for line in shown.wait_until_said(1)] == [2]


def test_a_board_that_is_not_paired_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended with 1 before its first frame"), RealBoard(tmp_path):
        pass
