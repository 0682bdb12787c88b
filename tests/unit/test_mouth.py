"""The mouth: real processes and a recording sink. It is interrupted at once, bounded, and its death harms nobody."""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import miniaudio
import pytest

from hardware.sound.mouth import SENTENCES_MOST, Ears, Mouth, Sentence
from hardware.sound.pcm import SAMPLE_RATE, Sound, gained, loudness
from hardware.sound.sinks import NoSound, open_sink
from hardware.sound.speech_programs import CannotSay, SpeechProgram, Started, espeak
from motcua.__main__ import main

PATIENCE_S = 20.0


class Card:
    """A sink that notes what it plays; with `holds_first` the first lasts until it is told to stop."""

    def __init__(self, *, holds_first: bool = False) -> None:
        self.played: list[tuple[str, float]] = []
        self._holds_first = holds_first
        self.cut_off = 0
        self.broken = False

    def play(self, sounds: tuple[Sound, ...], rate: float, stop: threading.Event) -> bool:
        del rate
        if self.broken:
            raise NoSound("the plug was pulled")
        self.played += [(sound.key, loudness(sound.pcm)) for sound in sounds]
        if self._holds_first and len(self.played) == 1:
            assert stop.wait(PATIENCE_S), "nobody interrupted"
            self.cut_off += 1
            return False
        return True

    def finish(self, label: dict[str, Any]) -> None:
        pass

    def close(self) -> None:
        pass


class Quick(SpeechProgram):
    """A program that has said anything at once, in a tenth of a second."""

    def __init__(self) -> None:
        super().__init__("quick", "vi", (), 1.0)

    def say(self, words: str, started: Started = lambda _: None) -> bytes:
        del words, started
        return bytes(SAMPLE_RATE // 5)


class Listened:
    """A mouth and all that it tells."""

    def __init__(self, open_it: Callable[[], Any], program_for: Callable[[str], SpeechProgram] = espeak) -> None:
        self.begun: list[str] = []
        self.heard: list[str] = []
        self.health: list[str] = []
        self._changed = threading.Condition()
        ears = Ears(
            lambda sentence: self._note(self.begun, sentence.text),
            lambda sentence: self._note(self.heard, sentence.text),
            lambda health: self._note(self.health, health),
        )
        self.mouth = Mouth(open_it, program_for, ears, languages=("vi",))

    def _note(self, into: list[str], what: str) -> None:
        with self._changed:
            into.append(what)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), (self.begun, self.heard, self.health)


@pytest.fixture
def listened() -> Iterator[Callable[..., Listened]]:
    made: list[Listened] = []

    def make(*given: Any) -> Listened:
        made.append(Listened(*given))
        return made[-1]

    yield make
    for one in made:
        one.mouth.close()


def program(script: str, timeout_s: float = 10.0) -> Callable[[str], SpeechProgram]:
    """Make a speech program of a line of Python; `out` is the WAV that it shall write."""
    text = f"import sys; out = sys.argv[1]; words = sys.stdin.read(); {script}"
    return lambda language: SpeechProgram("test", language, (sys.executable, "-c", text, "{out}"), timeout_s)


def test_sentences_are_said_aloud_in_order_and_told_when_they_begin_and_end(listened: Callable[..., Listened]) -> None:
    card = Card()
    ears = listened(lambda: card)
    ears.mouth.say([Sentence("xin chào", "vi"), Sentence("welcome", "en", 18.0)])
    ears.wait(lambda: len(ears.heard) == 2)
    assert ears.begun == ears.heard == ["xin chào", "welcome"]
    assert ears.health == [""]
    (first, usual), (second, loud) = card.played
    assert (first, second) == ("vi/sentence", "en/sentence")
    assert loud > 3 * usual > 0.003, "eighteen decibels are eight times as much"


def test_a_key_interrupts_in_the_middle_of_a_word(listened: Callable[..., Listened]) -> None:
    """EN 301 549 5.1.3.4 and 5.1.3.5."""
    card = Card(holds_first=True)
    ears = listened(lambda: card)
    ears.mouth.say([Sentence("một câu rất dài", "vi"), Sentence("không bao giờ nghe", "vi")])
    ears.wait(lambda: len(ears.begun) == 1)
    ears.mouth.say([Sentence("câu mới", "vi")])
    ears.wait(lambda: ears.heard == ["câu mới"])
    assert ears.begun == ["một câu rất dài", "câu mới"]
    assert card.cut_off == 1


def test_what_comes_meanwhile_waits_for_what_is_being_said(listened: Callable[..., Listened]) -> None:
    ears = listened(Card)
    ears.mouth.say([Sentence("một", "vi"), Sentence("hai", "vi")])
    ears.mouth.say([Sentence("ba", "vi")], interrupt=False)
    ears.wait(lambda: len(ears.heard) == 3)
    assert ears.heard == ["một", "hai", "ba"]


def test_a_speech_program_at_work_is_ended_by_its_id_when_nobody_wants_it(
    listened: Callable[..., Listened], tmp_path: Path
) -> None:
    began = tmp_path / "began"
    hanging = program(f"open({str(began)!r}, 'w').close(); import signal; signal.pause()", timeout_s=600.0)
    ears = listened(Card, hanging)
    ears.mouth.say([Sentence("mãi mãi", "vi")])
    deadline_s = time.monotonic() + PATIENCE_S
    waiting = threading.Event()
    while not began.exists():
        assert time.monotonic() < deadline_s
        waiting.wait(0.01)
    since_s = time.monotonic()
    ears.mouth.close()
    assert time.monotonic() - since_s < PATIENCE_S / 2
    assert ears.begun == []
    assert ears.health == [""], "what nobody wants any more is no failure"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import signal; signal.pause()", "timed out"),
        ("sys.exit('no voice')", "no voice"),
        ("pass", "gave no sound"),
        ("open(out, 'w').write('no sound at all')", "cannot be read"),
    ],
)
def test_a_program_that_cannot_speak_is_told_once_and_tried_anew(
    listened: Callable[..., Listened], script: str, said: str
) -> None:
    programs = {"vi": program(script, timeout_s=1.0)("vi"), "en": espeak("en")}
    ears = listened(Card, programs.__getitem__)
    ears.mouth.say([Sentence("xin chào", "vi"), Sentence("page", "en")])
    ears.wait(lambda: len(ears.health) == 2)
    assert said in ears.health[1]
    ears.mouth.say([Sentence("hello", "en")])
    ears.wait(lambda: ears.heard == ["hello"])
    assert ears.health == ["", ears.health[1], ""]


def test_a_card_that_is_pulled_out_is_opened_anew_with_the_next_words(listened: Callable[..., Listened]) -> None:
    cards: list[Card] = []

    def opening() -> Card:
        cards.append(Card())
        return cards[-1]

    ears = listened(opening)
    ears.mouth.say([Sentence("một", "vi")])
    ears.wait(lambda: ears.heard == ["một"])
    cards[0].broken = True
    ears.mouth.say([Sentence("hai", "vi")])
    ears.wait(lambda: ears.health[-1:] == ["the plug was pulled"])
    ears.mouth.say([Sentence("ba", "vi")])
    ears.wait(lambda: ears.heard == ["một", "ba"])
    assert (len(cards), ears.health[-1]) == (2, "")


def test_a_card_whose_start_fails_is_told_and_opened_anew(
    listened: Callable[..., Listened], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own silent backend stands for the card, and its own error for a plug that was pulled."""

    def pulled(*_: object) -> None:
        raise miniaudio.MiniaudioError("failed to start audio device", -2)

    ears = listened(lambda: open_sink("device://default?backend=null"), lambda _: Quick())
    ears.wait(lambda: ears.health == [""])
    with monkeypatch.context() as card:
        card.setattr(miniaudio.PlaybackDevice, "start", pulled)
        ears.mouth.say([Sentence("một", "vi")])
        ears.wait(lambda: len(ears.health) == 2)
    assert "does not play" in ears.health[1]
    ears.mouth.say([Sentence("hai", "vi")])
    ears.wait(lambda: ears.heard == ["hai"])
    assert ears.health[2:] == [""]


def test_a_missing_folder_for_passing_files_is_told_and_speech_comes_back(
    listened: Callable[..., Listened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ears = listened(Card)
    with monkeypatch.context() as machine:
        machine.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        ears.mouth.say([Sentence("một", "vi")])
        ears.wait(lambda: len(ears.health) == 2)
    assert "gets no folder" in ears.health[1]
    ears.mouth.say([Sentence("hai", "vi")])
    ears.wait(lambda: ears.heard == ["hai"])
    assert ears.health[2:] == [""]


def test_what_nobody_foresaw_is_told_as_well_and_ends_nothing(
    listened: Callable[..., Listened], capsys: pytest.CaptureFixture[str]
) -> None:
    tries = iter((ValueError("at the first look"), ValueError("while speaking"), None))

    def opening() -> Card:
        if (problem := next(tries)) is not None:
            raise problem
        return Card()

    ears = listened(opening)
    ears.wait(lambda: len(ears.health) == 1)
    ears.mouth.say([Sentence("một", "vi")])
    ears.wait(lambda: len(ears.health) == 2)
    assert "at the first look" in ears.health[0]
    assert "while speaking" in ears.health[1]
    ears.mouth.say([Sentence("một", "vi")])
    ears.wait(lambda: ears.heard == ["một"])
    assert ears.health[2:] == [""]
    assert "opening" in capsys.readouterr().err


def test_no_card_and_no_program_are_told_at_the_beginning(listened: Callable[..., Listened]) -> None:
    ears = listened(lambda: open_sink("device://no-such-card?backend=null"))
    ears.wait(lambda: len(ears.health) == 1)
    assert "no-such-card" in ears.health[0]

    def missing(language: str) -> SpeechProgram:
        return espeak(language, program="espeak-that-is-not-there")

    deaf = listened(Card, missing)
    deaf.wait(lambda: len(deaf.health) == 1)
    assert "is not installed" in deaf.health[0]
    with pytest.raises(CannotSay):
        missing("vi")


def test_however_much_is_ordered_the_mouth_keeps_a_limit(listened: Callable[..., Listened]) -> None:
    card = Card(holds_first=True)
    ears = listened(lambda: card)
    ears.mouth.say([Sentence("một", "vi")])
    ears.wait(lambda: len(ears.begun) == 1)
    ears.mouth.say([Sentence("một", "vi")] * (3 * SENTENCES_MOST))
    ears.wait(lambda: len(ears.heard) == SENTENCES_MOST)
    ears.mouth.say([Sentence("hai", "vi")])
    ears.wait(lambda: ears.heard[-1] == "hai")
    assert len(ears.heard) == SENTENCES_MOST + 1


def test_gain_is_gain_and_never_wraps_round() -> None:
    tone = b"\x00\x10\x00\xf0" * SAMPLE_RATE
    assert loudness(gained(tone, 6.0206)) == pytest.approx(2 * loudness(tone), rel=0.01)
    assert loudness(gained(tone, -18.0)) == pytest.approx(loudness(tone) / 7.943, rel=0.02)
    assert loudness(gained(tone, 60.0)) == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--headset", "device://Headset"), "needs --tactile-keypad"),
        (("--tactile-keypad", "evdev:///dev/input/by-id/k-event-kbd", "--headset", "device://default"), "loudspeaker"),
        (("--tactile-keypad", "evdev:///dev/input/by-id/k-event-kbd", "--headset", "device://"), "loudspeaker"),
        (("--tactile-keypad", "evdev:///dev/input/by-id/k-event-kbd", "--headset", "hw:1"), "no sound address"),
        (("--tactile-keypad", "evdev:///dev/input/by-id/k-event-kbd", "--piper", "vi"), "names no voice"),
    ],
)
def test_a_headset_that_might_be_heard_by_the_hall_is_refused(
    options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """EN 301 549 5.1.3.9 and 5.1.3.10: what is said to one person is heard by one person."""
    assert main(["kiosk", "--state", str(tmp_path), "--headless", *options]) == 1
    assert said in capsys.readouterr().err
