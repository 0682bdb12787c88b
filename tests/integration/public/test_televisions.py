"""The hall board on a television: the board's own lines and turns, and the sound of its own voice."""

import re
import wave
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from display.clips import open_pack, pause, write_wav
from display.voice import sounds_of
from presentation.announcing import AFTER_CHIME_MS, BETWEEN_PARTS_MS, words_of
from presentation.board_flow import HallWarning, Scene
from presentation.stopping import stop_words
from protocol.configuration import Policies
from protocol.views import BoardCall, BoardView
from queue_server.public.board_picture import board_picture
from queue_server.public.boards import Boards
from queue_server.public.spoken import Spoken
from tests.support.boards import at, board, call, repository_texts, stopped
from tests.support.packs import small_pack
from tests.support.public_pages import Phones, public_pages
from tests.support.served_branch import until

FIVE = (
    call(5, "H025", 3, at_s=120),
    call(4, "C041", 1, at_s=110, state="in_service"),
    call(3, "L012", 5, at_s=90, state="in_service"),
    call(2, "K007", 4, at_s=60, state="over"),
    call(1, "R018", 6, at_s=30, state="over"),
)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack whose every clip is a sound of its own."""
    return small_pack(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def speaking(tmp_path: Path, clips: Path) -> Iterator[Phones]:
    with public_pages(tmp_path, clips) as made:
        yield made


def numbers(text: str) -> list[str]:
    """Read the numbers off a board, in the order in which they stand."""
    found = re.findall(r'(?:class="number">|<li><b>)((?:<span class="cell[^"]*">.</span>)+)', text)
    return ["".join(re.findall(r">(.)</span>", one)) for one in found]


def shows(phones: Phones, view: BoardView, seconds: float) -> None:
    """Let the hall be so many seconds after opening, and look so."""
    phones.hall.at = at(seconds)
    phones.hall.publish("board/hall", view)


def wait_for(phones: Phones, current: str) -> str:
    def has_it() -> bool:
        return numbers(phones.phone().get("/board/now").text)[:1] == [current]

    until(has_it, f"{current} never had the large place")
    return phones.phone().get("/board/now").text


def test_a_television_shows_the_boards_lines(phones: Phones) -> None:
    shows(phones, board(*FIVE), 125)
    text = wait_for(phones, "H025")
    assert numbers(text) == ["H025", "C041", "L012", "K007", "R018"]
    assert 'class="current amber"' in text
    page = phones.phone().get("/board/hall").text
    assert numbers(page) == numbers(text)
    assert "data-now" in page
    for zone in ("zone/hall", "hall"):
        assert phones.phone().get(f"/board/{zone}").status_code == 200
    assert phones.phone().get("/board/zone/attic").status_code == 404
    assert phones.phone().get("/board/now?zone=attic").status_code == 404


def test_each_call_has_its_minimum_in_the_large_place(phones: Phones) -> None:
    view = board(call(1, "H001", 1, at_s=100), call(2, "H002", 2, at_s=100))
    minimum_s = view.policies.board_minimum_s
    shows(phones, view, 100)
    text = wait_for(phones, "H001")
    assert numbers(text) == ["H001", "H002"], "who waits for a turn is seen from the first moment"
    shows(phones, view, 100 + minimum_s - 0.5)
    assert numbers(phones.phone().get("/board/now").text)[0] == "H001"
    shows(phones, view, 100 + minimum_s + 0.1)
    wait_for(phones, "H002")


class SpoiltVoice(Spoken):
    """A voice that fails, as a clip that was cut off makes it, until it is mended."""

    spoilt = True

    def wav(self, call: BoardCall, policies: Policies, *, hurried: bool = False) -> bytes | None:
        if self.spoilt:
            raise EOFError("the clip ends in its head")
        return super().wav(call, policies, hurried=hurried)


def test_a_board_that_fails_is_out_of_service_until_it_goes_again(
    phones: Phones, caplog: pytest.LogCaptureFixture
) -> None:
    voice = SpoiltVoice(None)
    shows(phones, board(), 100)
    boards = Boards(phones.parts.hall, repository_texts(), voice)

    def kind() -> str:
        found = boards.shown("hall")
        return found.scene.kind if found else ""

    boards.start()
    try:
        until(lambda: kind() not in {"", "starting", "out_of_service"}, "the board begins")
        shows(phones, board(call(1, "H001", 1, at_s=101)), 101)
        until(lambda: kind() == "out_of_service", "a board whose voice fails says so")
        voice.spoilt = False
        shows(phones, board(call(1, "H001", 1, at_s=101), call(2, "H002", 2, at_s=102)), 102)
        until(lambda: kind() not in {"", "out_of_service"}, "the board goes again")
    finally:
        boards.close()
    assert "the clip ends in its head" in caplog.text


def test_nothing_changed_is_nothing_sent(phones: Phones) -> None:
    shows(phones, board(*FIVE), 125)
    wait_for(phones, "H025")
    phone, statuses = phones.phone(), set()
    for _ in range(3):  # A page of what shares a place may turn between two looks.
        mark = phone.get("/board/now").headers["ETag"]
        answer = phone.get("/board/now", headers={"If-None-Match": mark})
        statuses.add((answer.status_code, len(answer.data) == 0))
    assert (304, True) in statuses


def test_what_is_not_heard_is_not_shown(phones: Phones) -> None:
    shows(phones, board(*FIVE), 125)
    wait_for(phones, "H025")
    phones.hall.become("gone")
    until(lambda: numbers(phones.phone().get("/board/now").text) == [], "numbers of a silent server are shown")
    assert phones.parts.texts("board.out_of_service", "vi") in phones.phone().get("/board/now").text


def test_a_stopped_hall_says_so_on_televisions_too(phones: Phones) -> None:
    shows(phones, board(*FIVE, stopped=stopped()), 125)
    until(lambda: "is-stopped" in phones.phone().get("/board/now").text, "the message never came")
    text = phones.phone().get("/board/now").text
    assert "Mời rời khỏi tòa nhà ngay" in text
    assert "Please leave the building now" in text
    assert numbers(text) == []


def test_stored_text_is_never_markup(phones: Phones) -> None:
    evil = {"vi": '<script>alert("1")</script>', "en": '"><img src=x onerror=alert(1)>'}
    view = board(*FIVE)
    line = replace(view.waiting[0], names=evil)
    bad = replace(view, names=evil, agency=evil, hotline=evil["en"], pledges=(evil,), notices=(evil,), waiting=(line,))
    for one in (bad, replace(bad, calls=()), replace(bad, stopped=stopped(names=evil, hints=evil))):
        shows(phones, one, 125)
        for path in ("/board/", "/board/hall", "/board/now"):
            text = phones.phone().get(path).text
            assert "<script>alert" not in text
            assert "<img" not in text or "<img src=x" not in text


def test_what_shares_a_place_goes_by_turns(phones: Phones) -> None:
    shows(phones, board(*FIVE), 125)
    wait_for(phones, "H025")
    own = phones.parts.boards.shown("")
    assert own is not None
    pictures = [board_picture(own.scene, turn, repository_texts()) for turn in range(6)]
    assert [one.language for one in pictures] == ["vi", "vi", "en", "vi", "vi", "en"]
    assert {one.prefix for picture in pictures for one in picture.waiting} == {"C", "H", "L", "X", "R"}
    assert board_picture(Scene("starting"), 0, repository_texts()).current is None


# --- The voice -------------------------------------------------------------------------------------------------------


def samples(wav: bytes) -> bytes:
    with wave.open(BytesIO(wav), "rb") as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (22_050, 1, 2)
        return sound.readframes(sound.getnframes())


def test_it_says_what_the_boards_own_voice_says(clips: Path) -> None:
    policies = Policies(announce_languages=("vi", "en"), announce_repeat=2)
    one = call(7, "H025", 13, priority=True)
    pack = open_pack(clips)
    sentences = [
        b"".join(sound.pcm for sound in sounds_of(words_of(one, policies, language), language, pack))
        for language in ("vi", "en")
    ]
    chime = pack.chime().pcm + pause(AFTER_CHIME_MS).pcm
    said = Spoken(clips).wav(one, policies, hurried=False)
    assert said is not None
    assert samples(said) == chime + pause(BETWEEN_PARTS_MS).pcm.join(sentences * 2)
    hurried = Spoken(clips).wav(one, policies, hurried=True)
    assert hurried is not None
    assert samples(hurried) == chime + sentences[0]


def test_a_number_with_a_hole_is_not_said(clips: Path, tmp_path: Path) -> None:
    holed = tmp_path / "holed"
    (holed / "vi").mkdir(parents=True)
    for clip in (clips / "vi").iterdir():
        if clip.stem != "five":
            (holed / "vi" / clip.name).write_bytes(clip.read_bytes())
    voice, policies = Spoken(holed), Policies()
    assert voice.wav(call(1, "H025", 3), policies, hurried=False) is None
    assert voice.wav(call(1, "H024", 3), policies, hurried=False) is not None, "with a chime made by rule"
    assert Spoken(None).wav(call(1, "H024", 3), policies, hurried=False) is None


def test_a_stop_is_said_as_the_boards_say_it(clips: Path) -> None:
    """Two chimes, then each language: as recorded, else as a program says it, else nothing."""
    chimes = (open_pack(clips).chime().pcm + pause(AFTER_CHIME_MS).pcm) * 2
    asked: list[tuple[str, str]] = []

    def say(language: str, sentence: str) -> bytes | None:
        asked.append((language, sentence))
        return b"\x01\x02" * 300 if language == "en" else None

    fire = stop_words(stopped(), repository_texts(), ("vi", "en"))
    write_wav(clips / "vi" / "emergency_fire.wav", b"\x07\x08" * 400)
    voice = Spoken(clips, say)
    both = voice.warning(HallWarning("fire", fire))
    assert both is not None
    assert samples(both) == chimes + b"\x07\x08" * 400 + pause(BETWEEN_PARTS_MS).pcm + b"\x01\x02" * 300
    assert voice.warning(HallWarning("fire", fire)) is both, "made once"
    assert asked == [("en", fire[1].sentences)]
    free = voice.warning(HallWarning("", fire[:1]))
    assert free is not None
    assert samples(free) == chimes, "nobody can say it: the chimes alone"
    assert Spoken(None, say).warning(HallWarning("fire", fire)) is None


def test_a_stop_sounds_again_and_again_and_goes_before_what_is_played(speaking: Phones) -> None:
    shows(speaking, board(call(1, "H001", 1, at_s=100)), 100)
    wait_for(speaking, "H001")
    phone = speaking.phone()
    assert phone.get("/board/now").headers["X-Sound-First"] == "no"

    def address(seconds: float) -> str:
        shows(speaking, board(call(1, "H001", 1, at_s=100), stopped=stopped(101)), seconds)
        known = phone.get("/board/now").headers["X-Sound"]
        until(lambda: phone.get("/board/now").headers["X-Sound"] != known, "nothing new is said")
        return str(phone.get("/board/now").headers["X-Sound"])

    addresses = [address(102), address(123), address(144)]
    assert len(set(addresses)) == 3
    now = phone.get("/board/now")
    assert now.headers["X-Sound-First"] == "yes"
    assert "is-stopped" in now.text
    assert len({phone.get(one).data for one in addresses}) == 1, "the same words each time"


def test_a_call_sounds_once_and_holds_its_turn(speaking: Phones) -> None:
    view = board(call(1, "H001", 1, at_s=100), call(2, "H002", 2, at_s=100))
    shows(speaking, view, 100)
    wait_for(speaking, "H001")
    phone = speaking.phone()
    address = phone.get("/board/now").headers["X-Sound"]
    assert "2026-11-23-1.wav" in address
    wav = phone.get(address)
    assert wav.status_code == 200
    part = phone.get(address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.data) == (206, wav.data[:100])
    assert phone.get("/board/sounds/2026-11-23-9.wav").status_code == 404
    assert "sound-on" in phone.get("/board/hall").text
    shows(speaking, view, 160)
    wait_for(speaking, "H002")
    assert "2026-11-23-2.wav" in phone.get("/board/now").headers["X-Sound"]


def test_without_clips_a_board_is_silent(phones: Phones) -> None:
    shows(phones, board(call(1, "H001", 1, at_s=100)), 100)
    wait_for(phones, "H001")
    assert "X-Sound" not in phones.phone().get("/board/now").headers
    assert "sound-on" not in phones.phone().get("/board/hall").text
