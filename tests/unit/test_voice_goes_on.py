"""A hall's voice under failures: whatever happens in its thread, the board is answered and the technician told."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import miniaudio
import pytest

from display.clips import Pack, synthesised_chime
from display.voice import Ending, Health, Voice
from hardware.sound.pcm import SAMPLE_RATE, Sound
from hardware.sound.sinks import Sink, open_sink
from presentation.board_flow import Announcement
from protocol.configuration import Policies
from tests.support.boards import call

PATIENCE_S = 20.0


class Tones(Pack):
    """A pack in which every word is a short silence."""

    def clip(self, language: str, key: str) -> Sound:
        return Sound(f"{language}/{key}", bytes(SAMPLE_RATE // 100))

    def chime(self) -> Sound:
        return Sound("chime", synthesised_chime().pcm[: SAMPLE_RATE // 50])


class Board:
    """What a voice answers to the board."""

    def __init__(self, open_pack: Callable[[], Pack], open_it: Callable[[], Sink]) -> None:
        self.over: list[tuple[int, Ending]] = []
        self.health: list[Health] = []
        self._changed = threading.Condition()
        self.voice = Voice(
            "hall",
            open_pack=open_pack,
            open_sink=open_it,
            rate=lambda: 300.0,
            on_over=lambda call_id, ending: self._note(lambda: self.over.append((call_id, ending))),
            on_health=lambda health: self._note(lambda: self.health.append(health)),
        )
        self.voice.start()

    def _note(self, note: Callable[[], None]) -> None:
        with self._changed:
            note()
            self._changed.notify_all()

    def has_said(self, call_id: int) -> Ending:
        """Order a call, and wait until the voice says how it ended."""
        assert self.voice.say(Announcement(call(call_id, "H025", 3)), Policies(), lambda _, *, begun: not begun)
        with self._changed:
            assert self._changed.wait_for(lambda: self.over[-1:] and self.over[-1][0] == call_id, PATIENCE_S)
            return self.over[-1][1]


@pytest.fixture
def board() -> Iterator[Callable[..., Board]]:
    made: list[Board] = []

    def make(open_it: Callable[[], Sink], open_pack: Callable[[], Pack] = tones) -> Board:
        made.append(Board(open_pack, open_it))
        return made[-1]

    yield make
    for one in made:
        one.voice.close()


def tones() -> Pack:
    return Tones(Path("nowhere"), "tones", ("vi", "en"))


def test_a_card_that_was_pulled_out_is_told_and_the_next_call_tries_it_anew(
    board: Callable[..., Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own silent backend stands for the card, and its own error for a plug that was pulled."""

    def pulled(*_: object) -> None:
        raise miniaudio.MiniaudioError("failed to start audio device", -2)

    hall = board(lambda: open_sink("device://default?backend=null"))
    with monkeypatch.context() as card:
        card.setattr(miniaudio.PlaybackDevice, "start", pulled)
        assert hall.has_said(1) == "cut_off"
    assert [one.state for one in hall.health] == ["ok", "no_sound"]
    assert "does not play" in hall.health[-1].detail
    hall.has_said(2)
    assert [one.state for one in hall.health] == ["ok", "no_sound", "ok"]


def test_what_nobody_foresaw_is_told_and_the_board_is_answered(
    board: Callable[..., Board], capsys: pytest.CaptureFixture[str]
) -> None:
    def unforeseen() -> Sink:
        raise ValueError("a card of glass")

    hall = board(unforeseen)
    assert hall.has_said(1) == "whole", "a board that has no sound shows its calls as if it had"
    assert hall.health[-1].state == "no_sound"
    assert "a card of glass" in hall.health[-1].detail
    assert "ValueError" in capsys.readouterr().err


def test_a_pack_that_fails_unforeseen_is_told_and_the_board_is_answered(board: Callable[..., Board]) -> None:
    def torn() -> Pack:
        raise OSError("the disk is gone")

    hall = board(lambda: open_sink("null://"), torn)
    hall.has_said(1)
    assert hall.health[-1].state == "no_pack"
    assert "the disk is gone" in hall.health[-1].detail
