"""Packs from other voices: what a studio recorded, what Piper says, and what is told when something is missing."""

import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from display.clips import NoPack, Pack, missing_clips, open_pack, synthesised_chime
from display.pack_maker import make_default_pack, make_pack, piper, read_recording, take_recordings
from hardware.sound.pcm import loudness
from hardware.sound.speech_programs import ESPEAK
from motcua.__main__ import main
from presentation.speech import clip_words
from tests.support.recordings import heard_in

pytestmark = pytest.mark.thorough  # Whole packs are made and played.


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_default_pack(tmp_path_factory.mktemp("clips") / "default")


@pytest.fixture
def studio(pack: Pack, tmp_path: Path) -> Callable[[], Path]:
    """Give what a studio might send: 44.1 kHz, two channels, quiet, with a second of silence around each word."""

    def record() -> Path:
        folder = tmp_path / "studio"
        for key in clip_words("vi"):
            save_as_studio(folder / "vi" / f"{key}.wav", pack.clip("vi", key).pcm)
        save_as_studio(folder / "chime.wav", synthesised_chime().pcm)
        return folder

    return record


def save_as_studio(path: Path, pcm: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = [int.from_bytes(pcm[at : at + 2], "little", signed=True) // 4 for at in range(0, len(pcm), 2)]
    frames = b"".join(4 * sample.to_bytes(2, "little", signed=True) for sample in samples)
    with wave.open(str(path), "wb") as recording:
        recording.setparams((2, 2, 44_100, 0, "NONE", "not compressed"))
        recording.writeframes(bytes(4 * 44_100) + frames + bytes(4 * 44_100))


def test_a_studios_recordings_become_a_pack_that_says_a_call(
    studio: Callable[[], Path], pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "hạnh"
    words = ["voice", "take", str(studio()), str(target), "--speaker", 'Hạnh "2026"', "--language", "vi"]
    assert main(words) == 0
    made = open_pack(target)
    assert (made.name, made.languages) == ("hạnh", ("vi",))
    assert missing_clips(target, ("vi",)) == []
    for key in ("five", "call", "letter_h"):
        clip = made.clip("vi", key)
        assert clip.seconds == pytest.approx(pack.clip("vi", key).seconds, abs=0.06), f"{key}: its silence is cut"
        assert loudness(clip.pcm) == pytest.approx(loudness(pack.clip("vi", key).pcm), rel=0.15), "it is loud again"
    assert made.chime().pcm != synthesised_chime().pcm, "the studio's own"
    capsys.readouterr()
    said = tmp_path / "call.wav"
    assert main(["voice", "say", str(target), "H105", "21", "--to", str(said), "--priority"]) == 0
    assert "xin mời số ưu tiên hát một không năm đến quầy số hai mươi mốt" in capsys.readouterr().out
    assert [sound.key for sound in heard_in(said, made)] == [
        *("chime", "vi/call_priority", "vi/letter_h", "vi/one", "vi/zero", "vi/five"),
        *("vi/to_counter", "vi/two", "vi/tens", "vi/one_after_tens"),
    ]


def test_all_that_is_wrong_with_recordings_is_told_at_once_and_the_pack_in_use_stays(
    studio: Callable[[], Path], pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, target = studio(), tmp_path / "in-use"
    shutil.copytree(pack.folder, target)
    (folder / "vi" / "five.wav").unlink()
    (folder / "vi" / "six.wav").write_bytes(b"no sound")
    save_as_studio(folder / "vi" / "seven.wav", bytes(20_000))
    words = ["voice", "take", str(folder), str(target), "--speaker", "Hạnh", "--language", "vi"]
    assert main(words) == 1
    told = capsys.readouterr().out
    for expected in (
        "vi/five: there is no recording",
        "six.wav cannot be read",
        "vi/seven: a clip is nothing but silence",
    ):
        assert expected in told
    assert "3 to mend" in told
    assert open_pack(target).name == "default"
    assert missing_clips(target, ("vi", "en")) == []
    assert not list(tmp_path.glob(".*making"))
    with pytest.raises(NoPack, match="motcua voice script"):
        take_recordings(tmp_path / "nowhere", target, name="x", speakers={"vi": "x"})


def test_the_script_for_a_studio_names_each_file_and_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "script", "--language", "vi"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(clip_words("vi"))
    assert "vi/five.wav\tnăm" in lines
    assert main(["voice", "script", "--language", "fr"]) == 1


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "vi-test-medium.onnx"
    path.touch()
    path.with_name(f"{path.name}.json").touch()
    return path


def stand_in(tmp_path: Path, *, says: str) -> Path:
    """Put a program in Piper's place: the same options, the words on its input, a WAV as its answer."""
    program = tmp_path / "bin" / "piper"
    program.parent.mkdir(exist_ok=True)
    program.write_text(
        "#!/bin/sh\n"
        '[ "$1" = --model ] && [ -f "$2" ] && [ "$3" = --output_file ] || { echo "usage: piper" >&2; exit 2; }\n'
        f"{says}\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


def test_piper_speaks_where_it_is_at_hand(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    espeak_ng = shutil.which(ESPEAK)
    program = stand_in(tmp_path, says=f'exec {espeak_ng} -v vi -p 70 -w "$4"')
    assert loudness(piper(model, program=str(program)).say("năm")) > 0.02
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert main(["voice", "make", str(tmp_path / "pack"), "--piper", f"vi={model}"]) == 0
    assert "vi: piper vi-test-medium\nen: espeak-ng en-gb" in capsys.readouterr().out
    assert missing_clips(tmp_path / "pack", ("vi", "en")) == []


def test_piper_is_refused_with_the_mend_when_something_of_it_is_missing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = str(stand_in(tmp_path, says="echo 'model is broken' >&2; exit 1"))
    with pytest.raises(NoPack, match="piper could not say 'năm': model is broken"):
        piper(model, program=program).say("năm")
    with pytest.raises(NoPack, match="gave no sound"):
        piper(model, program=str(stand_in(tmp_path, says="exit 0"))).say("năm")
    model.with_name(f"{model.name}.json").unlink()
    with pytest.raises(NoPack, match=r"onnx\.json is missing"):
        piper(model, program=program)
    assert main(["voice", "make", str(tmp_path / "pack"), "--piper", "fr=x.onnx"]) == 1
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["voice", "make", str(tmp_path / "pack"), "--piper", f"vi={model}"]) == 1
    assert "install Piper so that the program piper is found" in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()


def test_a_recording_of_a_whole_speech_is_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    save_as_studio(path, synthesised_chime().pcm * 30)
    with pytest.raises(NoPack, match=r"lasts 2\d\.\d s"):
        read_recording(path)


def test_a_pack_is_made_of_whatever_speaks(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(NoPack):
        make_pack(tmp_path / "none", {"vi": piper(tmp_path / "none.onnx", program="/bin/true")}, name="none")
    assert not (tmp_path / "none").exists()
    assert "made_by" in (pack.folder / "pack.toml").read_text("utf-8")
