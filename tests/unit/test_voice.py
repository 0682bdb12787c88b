"""The voice: packs made by the real espeak-ng, calls said once, in order, aloud, and never with a hole in a number."""

import json
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest

from display import clips
from display.clips import (
    NoPack,
    Pack,
    missing_clips,
    open_pack,
    read_wav,
)
from display.pack_maker import PackMaker, espeak, make_default_pack
from display.voice import Ending, Health, Voice, sounds_of
from hardware.sound.pcm import SAMPLE_RATE, loudness
from hardware.sound.sinks import NoSound, Sink, open_sink
from hardware.sound.speech_programs import CannotSay
from motcua.__main__ import main
from presentation.announcing import languages_of, words_of
from presentation.board_flow import Announcement, HallWarning
from presentation.speech import clip_words
from presentation.stopping import StopWords
from protocol.configuration import Policies
from protocol.views import BoardCall
from tests.support.boards import call

pytestmark = pytest.mark.thorough  # Whole packs are made and played.

PATIENCE_S = 20.0


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Make the default pack once, with the real program."""
    return make_default_pack(tmp_path_factory.mktemp("clips") / "default")


@pytest.fixture
def copied(pack: Pack, tmp_path: Path) -> Callable[[], Path]:
    """Copy the pack, for tests that damage it."""

    def copy() -> Path:
        folder = tmp_path / "copy"
        for path in pack.folder.rglob("*.*"):
            target = folder / path.relative_to(pack.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        return folder

    return copy


class Ear:
    """A voice under test with everything it told."""

    def __init__(
        self,
        sink: str,
        pack: Callable[[], Pack],
        rate: float = 300.0,
        open_it: Callable[[], Sink] | None = None,
    ) -> None:
        self.rate = rate
        self.over: list[int] = []
        self.endings: list[Ending] = []
        self.health: list[Health] = []
        self._changed = threading.Condition()
        self.voice = Voice(
            "hall",
            open_pack=pack,
            open_sink=open_it or (lambda: open_sink(sink)),
            rate=lambda: self.rate,
            on_over=lambda call_id, ending: self._note(lambda: self._end(call_id, ending)),
            on_health=lambda health: self._note(lambda: self.health.append(health)),
        )
        self.voice.start()

    def _end(self, call_id: int, ending: Ending) -> None:
        self.over.append(call_id)
        self.endings.append(ending)

    def _note(self, note: Callable[[], None]) -> None:
        with self._changed:
            note()
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_S), (self.over, self.health)


@pytest.fixture
def listening(pack: Pack) -> Iterator[Callable[..., Ear]]:
    ears: list[Ear] = []

    def listen(sink: str, open_it: Callable[[], Pack] = lambda: pack, rate: float = 300.0) -> Ear:
        ears.append(Ear(sink, open_it, rate))
        return ears[-1]

    yield listen
    for ear in ears:
        ear.voice.close()


def _on_the_way(call_id: int, *, begun: bool) -> bool:
    del call_id, begun
    return True


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- Packs ------------------------------------------------------------------------------------------------------------


def test_the_default_pack_is_complete_and_every_clip_can_be_heard(pack: Pack) -> None:
    assert missing_clips(pack.folder, ("vi", "en")) == []
    for language in ("vi", "en"):
        for key in clip_words(language):
            sound = pack.clip(language, key)
            assert 0.08 < sound.seconds < 3.0, (language, key, sound.seconds)
            assert loudness(sound.pcm) > 0.02, (language, key)


def test_words_differ_from_one_another_but_for_letters_that_sound_alike(pack: Pack) -> None:
    heard: dict[bytes, list[str]] = {}
    for key in clip_words("vi"):
        heard.setdefault(pack.clip("vi", key).pcm, []).append(key)
    # In the north, D (dê) and G (giê) are one sound; a hall does well to give its services other letters.
    assert [keys for keys in heard.values() if len(keys) > 1] == [["letter_d", "letter_g"]]


def test_a_complete_pack_is_not_made_again(pack: Pack) -> None:
    before = (pack.folder / "pack.toml").stat().st_mtime_ns
    assert make_default_pack(pack.folder) == pack
    assert (pack.folder / "pack.toml").stat().st_mtime_ns == before


def test_a_studio_pack_that_lacks_a_word_is_reported_by_name(copied: Callable[[], Path]) -> None:
    folder = copied()
    (folder / "vi" / "five.wav").unlink()
    (folder / "en" / "call.wav").write_bytes(b"RIFF of another kind")
    found = missing_clips(folder, ("vi", "en", "fr"))
    assert [line.partition(":")[0] for line in found] == ["vi/five", "en/call", "fr"]


def test_a_clip_at_another_speed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "five.wav"
    with wave.open(str(path), "wb") as recording:
        recording.setparams((2, 2, 44_100, 0, "NONE", "not compressed"))
        recording.writeframes(bytes(4000))
    with pytest.raises(NoPack, match="44100 Hz, 2 channels, 16 bit"):
        read_wav(path)


def test_no_pack_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoPack, match="no clip pack"):
        open_pack(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPack, match="apt-get install espeak-ng"):
        make_default_pack(tmp_path / "default")
    assert not (tmp_path / "default").exists()


def test_a_speech_program_that_hangs_is_given_up(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexec tail -f /dev/null\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(NoPack, match="timed out"):
        espeak("vi", program=str(program), timeout_s=0.2).say("năm")


def test_a_pack_is_made_by_a_child_that_can_be_stopped(tmp_path: Path) -> None:
    maker = PackMaker(tmp_path / "default")
    problems: list[NoPack] = []

    def make() -> None:
        try:
            maker.make()
        except NoPack as problem:
            problems.append(problem)

    thread = threading.Thread(target=make)
    thread.start()
    maker.cancel()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert len(problems) == 1
    assert not (tmp_path / "default").exists()


def test_digits_are_never_given_to_a_speech_program() -> None:
    with pytest.raises(AssertionError, match="never read"):
        espeak("vi").say("số 25")


def test_the_chime_rises_by_three_notes_and_ends_in_silence() -> None:
    chime = clips.synthesised_chime()
    assert 0.8 < chime.seconds < 1.2
    assert loudness(chime.pcm) > 0.02
    assert loudness(chime.pcm[-200:]) < 0.005


# --- Sentences --------------------------------------------------------------------------------------------------------


SAID = (
    # what is called, language, how numbers are read, the words
    (call(1, "H025", 3), "vi", "digits", "call letter_h zero two five to_counter three"),
    (call(1, "A105", 15), "vi", "digits", "call letter_a one zero five to_counter ten five_after_tens"),
    (
        *(call(1, "A105", 21), "vi", "number"),
        "call letter_a one hundred no_tens_north five to_counter two tens one_after_tens",
    ),
    (call(1, "L012", 5), "en", "digits", "call letter_l zero one two to_counter five"),
)


@pytest.mark.parametrize(("called", "language", "numbers", "expected"), SAID)
def test_what_is_said(pack: Pack, called: BoardCall, language: str, numbers: str, expected: str) -> None:
    policies = Policies(announce_digits="number" if numbers == "number" else "digits")
    words = words_of(called, policies, language)
    assert " ".join(words) == expected
    sounds = sounds_of(words, language, pack)
    assert [sound.key for sound in sounds if sound.key != "pause"] == [f"{language}/{word}" for word in words]
    assert 2.0 < sum(sound.seconds for sound in sounds) < 9.0


def test_a_recall_is_worded_as_one() -> None:
    assert words_of(call(2, "H025", 3, again=True), Policies(), "vi")[0] == "call_again"


def test_a_priority_number_is_called_one_and_by_a_pack_without_those_words_like_any_other(
    listening: Callable[..., Ear], copied: Callable[[], Path], tmp_path: Path
) -> None:
    first = msgspec.structs.replace(call(1, "A105", 3), priority=True)
    assert words_of(first, Policies(), "vi")[0] == "call_priority"
    folder = copied()
    (folder / "vi" / "call_priority.wav").unlink()
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri(), lambda: open_pack(folder))
    again = msgspec.structs.replace(call(2, "A105", 3, again=True), priority=True)
    for each in (first, again):
        assert ear.voice.say(Announcement(each), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1, 2])
    assert [cast("list[str]", line["keys"])[1] for line in lines_of(path)] == ["vi/call", "vi/call_again_priority"]
    assert "call_priority" in next(health.detail for health in ear.health if health.state == "clips_missing")


def test_a_citizen_who_took_the_ticket_in_another_language_hears_it_too_unless_in_a_hurry() -> None:
    english = replace_language("en")
    assert languages_of(english, Policies(announce_languages=("vi",)), hurried=False) == ("vi", "en")
    assert languages_of(english, Policies(announce_languages=("vi",)), hurried=True) == ("vi",)
    assert languages_of(replace_language("fr"), Policies(announce_languages=("vi",)), hurried=False) == ("vi",)


def replace_language(language: str) -> BoardCall:
    return msgspec.structs.replace(call(1, "H025", 3), language=language)


# --- Announcements ----------------------------------------------------------------------------------------------------


def test_calls_are_said_in_order_each_once_after_its_chime(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri())
    for call_id, name in ((1, "H025"), (2, "C041"), (3, "L012")):
        assert ear.voice.say(Announcement(call(call_id, name, call_id)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1, 2, 3])
    lines = lines_of(path)
    assert [(line["call_id"], line["number"], line["counter"], line["complete"]) for line in lines] == [
        (1, "H025", 1, True),
        (2, "C041", 2, True),
        (3, "L012", 3, True),
    ]
    for line in lines:
        keys = line["keys"]
        assert isinstance(keys, list)
        assert keys.count("chime") == 1
        assert keys[0] == "chime"
        assert isinstance(line["loudness"], float)
        assert line["loudness"] > 0.02


def test_two_languages_twice_are_said_in_order(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri())
    policies = Policies(announce_languages=("vi", "en"), announce_repeat=2)
    ear.voice.say(Announcement(call(1, "H025", 3)), policies, _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    (line,) = lines_of(path)
    assert isinstance(line["keys"], list)
    assert [key for key in line["keys"] if key.endswith("/call")] == ["vi/call", "en/call", "vi/call", "en/call"]


ARRIVALS = (
    # when the citizen arrives, how often the call is said although the hall says it three times
    ("before the chime", (False,), 0),
    ("during the chime", (True, False), 0),
    ("during the first time", (True, True, False), 1),
    ("during the second time", (True, True, True, False), 2),
)


@pytest.mark.parametrize(("when", "answers", "times"), ARRIVALS, ids=[row[0] for row in ARRIVALS])
def test_a_citizen_who_has_arrived_is_not_called(
    listening: Callable[..., Ear], tmp_path: Path, when: str, answers: tuple[bool, ...], times: int
) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri())
    coming = iter(answers)

    def still_called(call_id: int, *, begun: bool) -> bool:
        assert (call_id, begun) == (1, len(asked) > 1), "only what has begun is said again"
        asked.append(call_id)
        return next(coming)

    asked: list[int] = []
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(announce_repeat=3), still_called)
    ear.wait_for(lambda: ear.over == [1])
    keys = [key for line in lines_of(path) for key in cast("list[str]", line["keys"])]
    assert keys.count("vi/call") == times, when
    assert ear.endings == ["whole"], "there is nobody to recall"


def test_a_hurried_announcement_is_short(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri())
    policies = Policies(announce_languages=("vi", "en"), announce_repeat=2)
    ear.voice.say(Announcement(call(1, "H025", 3), hurried=True), policies, _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    (line,) = lines_of(path)
    assert isinstance(line["keys"], list)
    assert [key for key in line["keys"] if key.endswith("/call")] == ["vi/call"]


def test_speech_is_paced_in_hall_time(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri(), rate=20.0)
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    (line,) = lines_of(path)
    pcm_bytes, began, ended = line["pcm_bytes"], line["began_monotonic_ns"], line["ended_monotonic_ns"]
    assert isinstance(pcm_bytes, int)
    assert isinstance(began, int)
    assert isinstance(ended, int)
    hall_s = pcm_bytes / 2 / SAMPLE_RATE
    assert hall_s / 20 <= (ended - began) / 1e9 < hall_s / 20 + 1.0


def test_what_is_played_can_be_kept_as_sound(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    ear = listening(path.as_uri())
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    with wave.open(str(path), "rb") as recording:
        assert recording.getframerate() == SAMPLE_RATE
        assert 4.0 < recording.getnframes() / SAMPLE_RATE < 9.0
        assert loudness(recording.readframes(recording.getnframes())) > 0.02


def test_a_number_with_a_missing_clip_is_not_said_in_that_language_and_the_fault_is_told(
    listening: Callable[..., Ear], copied: Callable[[], Path], tmp_path: Path
) -> None:
    folder = copied()
    (folder / "vi" / "five.wav").unlink()
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri(), lambda: open_pack(folder))
    policies = Policies(announce_languages=("vi", "en"))
    ear.voice.say(Announcement(call(1, "H025", 3)), policies, _on_the_way)
    ear.voice.say(Announcement(call(2, "H024", 3)), policies, _on_the_way)
    ear.wait_for(lambda: ear.over == [1, 2])
    first, second = (line["keys"] for line in lines_of(path))
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert {key.partition("/")[0] for key in first} == {"chime", "en"}
    assert {key.partition("/")[0] for key in second} == {"chime", "vi", "en"}
    assert ear.health[-1].state == "clips_missing"
    assert "five.wav" in ear.health[-1].detail


def test_a_sound_card_that_is_plugged_in_later_is_found_by_the_next_call(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    tries = iter((NoSound("no card"), NoSound("no card"), None))

    def plug() -> Sink:
        problem = next(tries)
        if problem is not None:
            raise problem
        return open_sink(path.as_uri())

    ear = Ear("null://", lambda: pack, open_it=plug)
    try:
        ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
        ear.wait_for(lambda: ear.over == [1])
        assert [health.state for health in ear.health] == ["no_sound"]
        ear.voice.say(Announcement(call(2, "H026", 3)), Policies(), _on_the_way)
        ear.wait_for(lambda: ear.over == [1, 2])
        assert [health.state for health in ear.health] == ["no_sound", "ok"]
    finally:
        ear.voice.close()
    assert [line["call_id"] for line in lines_of(path)] == [2]


def test_a_full_disk_is_told_and_the_board_goes_on(listening: Callable[..., Ear], tmp_path: Path) -> None:
    full = tmp_path / "said.jsonl"
    full.symlink_to("/dev/full")
    ear = listening(full.as_uri())
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    assert ear.health[-1].state == "no_sound"
    assert ear.endings == ["cut_off"]


def test_a_voice_without_a_pack_answers_at_once_and_says_so(listening: Callable[..., Ear], tmp_path: Path) -> None:
    ear = listening("null://", lambda: open_pack(tmp_path / "nowhere"), rate=0.001)
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    assert ear.health[-1].state == "no_pack"


def test_closing_stops_in_the_middle_of_a_word(listening: Callable[..., Ear]) -> None:
    ear = listening("null://", rate=0.001)
    ear.wait_for(lambda: bool(ear.health))
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.voice.close()
    assert ear.endings in ([], ["cut_off"])


# --- Warnings ---------------------------------------------------------------------------------------------------------

FIRE = HallWarning("fire", (StopWords("vi", "Mời rời khỏi tòa nhà ngay", ""), StopWords("en", "Please leave now", "")))


def test_a_warning_cuts_a_call_off_in_the_middle_of_a_word_and_is_said_by_a_program(
    pack: Pack, tmp_path: Path, listening: Callable[..., Ear]
) -> None:
    said = tmp_path / "said.jsonl"
    programs: list[tuple[str, str]] = []
    began = threading.Event()

    def say(language: str, sentence: str) -> bytes:
        programs.append((language, sentence))
        return pack.clip(language, "three").pcm

    def on_the_way(call_id: int, *, begun: bool) -> bool:
        del call_id
        if not begun:
            began.set()
        return True

    ear = listening(said.as_uri(), rate=0.05)  # A word of this call lasts minutes.
    ear.voice.say_words = say
    ear.wait_for(lambda: bool(ear.health))
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), on_the_way)
    assert began.wait(PATIENCE_S)
    ear.rate = 300.0
    assert ear.voice.warn(FIRE)
    ear.wait_for(lambda: ear.endings == ["cut_off"])
    ear.voice.say(Announcement(call(2, "H026", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1, 2])
    lines = lines_of(said)
    assert [line.get("warning") or line["number"] for line in lines] == ["fire", "H026"]
    assert lines[0]["keys"] == ["chime", "chime", "emergency_fire", "emergency_fire"]
    assert [language for language, _ in programs] == ["vi", "en"]


def test_a_studios_own_warning_is_said_and_one_that_nobody_can_say_is_a_chime(
    pack: Pack, copied: Callable[[], Path], listening: Callable[..., Ear], tmp_path: Path
) -> None:
    folder = copied()
    (folder / "vi" / "emergency_fire.wav").write_bytes((pack.folder / "vi" / "hundred.wav").read_bytes())
    said = tmp_path / "said.jsonl"

    def nothing(language: str, sentence: str) -> bytes:
        raise CannotSay(f"no program for {language} {sentence}")

    ear = listening(said.as_uri(), lambda: open_pack(folder))
    ear.voice.say_words = nothing
    ear.voice.warn(FIRE)
    ear.wait_for(lambda: any(health.state == "clips_missing" for health in ear.health))
    ear.voice.say(Announcement(call(1, "H025", 3)), Policies(), _on_the_way)
    ear.wait_for(lambda: ear.over == [1])
    assert lines_of(said)[0]["keys"] == ["chime", "chime", "vi/emergency_fire"], "in Vietnamese, and no English"


# --- Sound cards ------------------------------------------------------------------------------------------------------


def test_a_sound_card_plays_to_the_end(pack: Pack) -> None:
    """The library's own silent backend stands for the card: same code, same callbacks, real time."""
    sink: Sink = open_sink("device://default?backend=null")
    sounds = (pack.clip("vi", "three"),)
    assert sink.play(sounds, 1.0, threading.Event())
    stop = threading.Event()
    stop.set()
    assert not sink.play(sounds, 1.0, stop)
    sink.close()


def test_addresses_that_are_none_are_refused() -> None:
    for address in ("loud://", "file:///tmp/said.mp3", "device://no-such-card?backend=null"):
        with pytest.raises(NoSound):
            open_sink(address)


def test_the_check_of_a_hall_names_the_clips_that_its_calls_lack(
    copied: Callable[[], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied()
    hall = Path(__file__).parents[2] / "config" / "branch.toml"
    assert main(["check", str(hall), "--clips", str(folder)]) == 0
    (folder / "vi" / "five.wav").unlink()
    assert main(["check", str(hall), "--clips", str(folder)]) == 1
    assert "clip vi/five" in capsys.readouterr().out


# --- On trial ---------------------------------------------------------------------------------------------------------


def tried(ear: Ear) -> list[str]:
    """Have a voice tried, and give why not, empty when it was said to its end."""
    heard: list[str] = []
    assert ear.voice.try_out(StopWords("vi", "Thử loa", ""), lambda why: ear._note(lambda: heard.append(why)))
    ear.wait_for(lambda: bool(heard))
    return heard


def test_a_trial_is_said_after_the_call_that_is_being_said(listening: Callable[..., Ear], tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    ear = listening(path.as_uri())
    ear.voice.say_words = lambda _language, _sentence: b"\x00\x10" * 2_000
    assert ear.voice.say(Announcement(call(1, "H025", 1)), Policies(), _on_the_way)
    assert tried(ear) == [""]
    lines = lines_of(path)
    assert [line.get("call_id") for line in lines] == [1, None], "the call is not cut off"
    assert (lines[-1]["trial"], lines[-1]["complete"]) == ("Thử loa", True)
    assert ear.over == [1], "a trial is no call that ended"


def test_a_voice_that_cannot_be_heard_says_why(listening: Callable[..., Ear], tmp_path: Path, pack: Pack) -> None:
    def no_card() -> Sink:
        raise NoSound("no sound card")

    silent = Ear("", lambda: pack, open_it=no_card)
    try:
        assert tried(silent) == ["voice_no_sound"]
    finally:
        silent.voice.close()
    assert tried(listening("null://", lambda: open_pack(tmp_path / "nowhere"))) == ["voice_no_pack"]
