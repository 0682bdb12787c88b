"""A citizen who does not see, before the kiosk's real program: only keys of the keypad in, only spoken words out.

EN 301 549 4.2.1 (usage without vision), 5.1.3 (non-visual access), 5.1.3.16 (tickets); WCAG 2.2.1 (timing adjustable).
The keys come as records of a keyboard over a pty; the words are those that were handed to the headset's sound device.
"""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.events import DeviceReported, VisitTaken
from tests.screens.test_kiosk_program import events
from tests.support.real_hall import PATIENCE_S, PaperPrinter, RealHall, RealScreen, number_on
from tests.support.tactile import BlindCitizen, PtyKeypad, number_heard

pytestmark = [pytest.mark.screen, pytest.mark.begins_first, pytest.mark.timeout(300)]

IN, OUT, NEXT, CHOOSE, AGAIN, HELP = "KEY_F15", "KEY_F16", "KEY_DOWN", "KEY_ENTER", "KEY_RIGHT", "KEY_F1"
STEPS_MOST = 40
UNHURRIED, HURRIED = 5.0, 15.0
"""How fast the hall's clock runs: speech is as fast, so a citizen need not be waited for as long as a real one."""


@pytest.fixture
def keypad() -> Iterator[PtyKeypad]:
    with PtyKeypad() as keypad:
        yield keypad


def kiosk(hall: RealHall, keypad: PtyKeypad, headset: str, *more: object) -> RealScreen:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    return RealScreen("kiosk", state, "--tactile-keypad", keypad.address, "--headset", headset, *more)


@pytest.mark.parametrize("language", ["vi", pytest.param("en", marks=pytest.mark.slow)])
def test_a_blind_citizen_gets_from_idle_to_the_number_by_keypad_and_speech_alone(
    language: str, tmp_path: Path, keypad: PtyKeypad
) -> None:
    said = tmp_path / "said.jsonl"
    words = {
        "vi": ("Xin chào!", "Hộ tịch", "Không, lấy số thường", "Lấy số", "Số thứ tự của quý vị", "Xong"),
        "en": ("Welcome!", "Civil status", "No, a regular number", "Take a number", "Your number", "Done"),
    }[language]
    with RealHall(tmp_path / "hall", rate=UNHURRIED) as hall, PaperPrinter(tmp_path / "tickets") as printer:
        more = ("--printer", printer.address, "--language", language)
        with kiosk(hall, keypad, f"file://{said}", *more) as screen:
            screen.on("services")
            assert screen.heard == [], "nobody listens, and nothing is said"
            citizen = BlindCitizen(keypad, screen, place=PLACE[language])

            citizen.press(IN)
            number = _to_the_number(citizen, words)

            given = screen.on("number", having={"vi": "ngồi chờ đến lượt", "en": "have a seat"}[language])
            assert number == number_on(given)
            assert given["focus"] == "done"
            (taken,) = events(hall, VisitTaken)
            assert isinstance(taken, VisitTaken)
            assert number == f"{taken.prefix}{taken.number:03d}"
            assert len(printer.tickets()) == 1
            citizen.press(OUT)
        assert screen.exit_code == 0
    played = [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines()]
    assert all(one["loudness"] > 0.005 for one in played if one["whole"]), "what was said could be heard"
    assert not any(sign.isdigit() for one in played for sign in one["said"])


PLACE = {"vi": r"\w+(?: \w+)* trên \w+(?: \w+)*", "en": r"\w+(?: \w+)* of \w+(?: \w+)*"}


def _to_the_number(citizen: BlindCitizen, words: tuple[str, ...]) -> str:
    """Choose by what is heard and nothing else, and give the number that was heard."""
    greeting, service, usual, take, yours, done = words
    heard = citizen.listens()
    assert any(greeting in sentence for sentence in heard)
    citizen.looks_for(service, heard)
    citizen.press(CHOOSE)
    citizen.looks_for(usual, citizen.listens())
    citizen.press(CHOOSE)
    citizen.looks_for(take, citizen.listens())
    citizen.press(CHOOSE)
    heard = citizen.hears(done)
    return number_heard(heard[heard.index(yours) + 1], "vi" if "Xong" in words else "en")


@pytest.mark.slow
def test_the_kiosk_asks_aloud_before_it_leaves_and_any_key_gives_more_time(tmp_path: Path, keypad: PtyKeypad) -> None:
    with RealHall(tmp_path, rate=HURRIED) as hall, kiosk(hall, keypad, "null://") as screen:
        screen.on("services")
        citizen = BlindCitizen(keypad, screen)
        citizen.press(NEXT)
        citizen.looks_for("Hộ tịch", citizen.listens())
        citizen.press(CHOOSE)
        citizen.hears("diện ưu tiên")
        citizen.hears("Quý vị còn đó không?")
        citizen.press(AGAIN)
        citizen.hears("diện ưu tiên")
        citizen.hears("Quý vị còn đó không?")
        citizen.hears("Đã kết thúc.")
        assert screen.on("services")["focus"] == ""


def test_the_help_key_calls_the_usher_and_the_citizen_hears_of_it(tmp_path: Path, keypad: PtyKeypad) -> None:
    with RealHall(tmp_path, rate=UNHURRIED) as hall, kiosk(hall, keypad, "null://") as screen:
        screen.on("services")
        citizen = BlindCitizen(keypad, screen)
        citizen.press(HELP)
        citizen.hears("Đã gọi người giúp. Vui lòng chờ tại máy.")
        assert reasons(hall).count("help_called") == 1


def test_a_kiosk_whose_headset_has_no_sound_goes_on_silent_and_says_so(tmp_path: Path, keypad: PtyKeypad) -> None:
    silent = "file:///proc/no-such-folder/said.wav"
    with RealHall(tmp_path, rate=UNHURRIED) as hall, kiosk(hall, keypad, silent) as screen:
        screen.on("services")
        keypad.press(IN, NEXT)
        shown = screen.wait(lambda shown: bool(shown["focus"]))
        keypad.press(CHOOSE)
        screen.wait(lambda later: later["screen"] != shown["screen"])
        assert screen.heard == []
        deadline_s, pause = time.monotonic() + PATIENCE_S, threading.Event()
        while "speech_gone" not in reasons(hall):
            assert time.monotonic() < deadline_s, reasons(hall)
            pause.wait(0.05)


def reasons(hall: RealHall) -> list[str]:
    """Give the reasons that the kiosk has reported of its health, as the server keeps them."""
    return [one.reason for one in events(hall, DeviceReported) if isinstance(one, DeviceReported)]


@pytest.mark.parametrize("size", ["1080x1920", pytest.param("1920x1080", marks=pytest.mark.slow), "1280x800"])
def test_whatever_the_keypad_steps_onto_stands_on_the_screen(size: str, tmp_path: Path, keypad: PtyKeypad) -> None:
    """WCAG 2.4.7: a lying screen leaves the key for low reach out, and so does the keypad."""
    with RealHall(tmp_path, rate=UNHURRIED) as hall, kiosk(hall, keypad, "null://", "--size", size) as screen:
        screen.on("services")
        keypad.press(IN)
        shown = screen.wait(lambda seen: bool(seen["focus"]))
        focused = [shown["focus"]]
        for _ in range(STEPS_MOST):
            since = len(screen.seen)
            keypad.press(NEXT)
            shown = screen.wait(lambda seen: seen["focus"] != focused[-1], since=since)
            focused.append(shown["focus"])
            if focused[-1] == focused[0]:
                break
        painted = {one["action"] for one in shown["touch"]}
        assert set(focused) - {""} == painted, "each has its box, and none is passed over"
        assert focused[0] == focused[-1], "a round ends where it began"
        assert ("key:low_reach" in painted) == (size == "1080x1920")


def test_unplugging_ends_the_speech_at_once(tmp_path: Path, keypad: PtyKeypad) -> None:
    with RealHall(tmp_path) as hall, kiosk(hall, keypad, "null://") as screen:
        screen.on("services")
        citizen = BlindCitizen(keypad, screen)
        citizen.press(IN)
        citizen.hears("Máy đọc cho quý vị nghe.")
        keypad.press(OUT)
        screen.wait(lambda shown: not shown["focus"], since=len(screen.seen) - 1)
        before = len(screen.heard)
        shown = len(screen.seen)
        keypad.press(NEXT, NEXT)  # They go through the screen for who sees it; nothing is said into an empty socket.
        screen.wait(lambda shown: bool(shown["focus"]), since=shown)
        assert len(screen.heard) == before
