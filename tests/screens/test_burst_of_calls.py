"""Twenty calls at once in two zones, recorded: what each hall hears, in order, one after the other, with gaps."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from display.clips import Pack, pause
from display.pack_maker import make_default_pack
from hardware.sound.sinks import open_sink
from presentation.speech import transcript
from protocol.views import BoardView
from tests.support.board_hall import RealBoard, ServedHall
from tests.support.boards import board, call
from tests.support.recordings import Announced, Unintelligible, announcements_in, heard_in

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LETTERS = {"H": "hát", "C": "xê"}
RATE = 10.0


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_default_pack(tmp_path_factory.mktemp("pack") / "default")


def sentence(letter: str, number: int, counter: int) -> str:
    """Write what is to be heard, without the product's grammar."""
    spelled = " ".join(DIGITS[int(digit)] for digit in f"{number:03d}")
    return f"xin mời số thứ tự {LETTERS[letter]} {spelled} đến quầy số {DIGITS[counter]}"


def said(announced: Announced) -> str:
    return transcript(tuple(key.removeprefix("vi/") for key in announced.words), "vi")


# --- The judge --------------------------------------------------------------------------------------------------------


def test_two_that_speak_at_once_are_heard_to(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    sink = open_sink(path.as_uri())
    stop = threading.Event()
    words = (pack.clip("vi", "call"), pack.clip("vi", "letter_h"))
    threads = [threading.Thread(target=sink.play, args=((pause(at_ms), *words), RATE, stop)) for at_ms in (0, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()
    with pytest.raises(Unintelligible, match="no word known"):
        heard_in(path, pack)


def test_a_word_that_is_cut_off_is_heard_to_be(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    sink = open_sink(path.as_uri())
    stop = threading.Event()
    thread = threading.Thread(target=sink.play, args=((pack.clip("vi", "call"),), 0.5, stop))
    thread.start()
    assert not stop.wait(0.2)
    stop.set()
    thread.join()
    sink.close()
    with pytest.raises(Unintelligible, match="no word known at 0"):
        heard_in(path, pack)


def test_a_recording_holds_the_silence_between_two_sounds_and_is_continued(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "hall.wav"
    for _ in range(2):
        sink = open_sink(path.as_uri())
        for _ in range(2):
            assert sink.play((pack.clip("vi", "three"), pause(2000)), RATE, threading.Event())
        sink.close()
    heard = heard_in(path, pack)
    assert [sound.key for sound in heard] == ["vi/three"] * 4
    assert all(after.began_s - before.ended_s >= 2.0 for before, after in pairwise(heard))


# --- The hall ---------------------------------------------------------------------------------------------------------


def of_zone(zone_id: str, *calls: tuple[int, str, int]) -> BoardView:
    return replace(board(*(call(call_id, name, counter) for call_id, name, counter in calls)), zone_id=zone_id)


@pytest.mark.screen
def test_a_burst_of_twenty_calls_in_two_zones_is_heard_in_order_with_gaps_and_never_two_at_once(
    tmp_path: Path, pack: Pack
) -> None:
    calls = {
        "east": [(2 * at + 1, f"H{95 + at:03d}", at % 5 + 1) for at in range(10)],
        "west": [(2 * at + 2, f"C{105 + 10 * at:03d}", at % 4 + 6) for at in range(10)],
    }
    recordings = {zone_id: tmp_path / f"{zone_id}.wav" for zone_id in calls}
    with ServedHall(rate=RATE) as hall:
        boards = {}
        for zone_id, recording in recordings.items():
            hall.pair(tmp_path / zone_id)
            hall.show(of_zone(zone_id))
            boards[zone_id] = RealBoard(
                *(tmp_path / zone_id, "--zone", zone_id, "--clips", str(pack.folder), "--sound", recording.as_uri())
            )
        with boards["east"] as east, boards["west"] as west:
            for shown in (east, west):
                shown.wait_for_scene("idle")
            for zone_id, called in calls.items():
                hall.show(of_zone(zone_id, *called))
            for zone_id, shown in boards.items():
                for call_id, _, _ in calls[zone_id]:
                    shown.wait_for_call(call_id, places=("current",))
                shown.wait_for_state(lambda state: state["speaking_id"] is None)
    for zone_id, recording in recordings.items():
        announced = announcements_in(heard_in(recording, pack))
        wanted = [sentence(name[0], int(name[1:]), counter) for _, name, counter in calls[zone_id]]
        assert [said(each) for each in announced] == wanted, zone_id
        for before, after in pairwise(announced):
            assert after.began_s - before.ended_s >= 0.8, f"{zone_id}: {said(after)!r} came too soon"
        for each in announced:
            assert each.first_word_s - each.chime_ended_s >= 0.1, "the chime rings out before the first word"
            assert each.ended_s - each.began_s < 10, "nobody waits long for the counter's number"
