"""The suggestion box of the real kiosk before a real server: a finger writes, the server has it, the kiosk nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import zxingcpp
from PIL import Image

from protocol.voice_events import VoiceReceived
from tests.screens.test_kiosk_program import events
from tests.support.canaries import files, traces
from tests.support.kiosk_gallery import keys_of
from tests.support.real_hall import PATIENCE_S, PaperPrinter, RealHall, RealScreen, press, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(240)]

WRITTEN, READ = "ghế gãy, xin sửa.", "Ghế gãy, xin sửa."
REACHED = "0987"
CANARIES = ("ghế gãy", "Ghế gãy", "xin sửa", "g h ế")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path / "hall") as hall:
        yield hall


def write(screen: RealScreen) -> None:
    """Write a complaint, up to the last look at it."""
    screen.on("services")
    for action, then in (("voice", "voice_kinds"), ("voice_kind:complaint", "voice_text")):
        press(screen, action)
        screen.on(then)
    for key in keys_of(WRITTEN):
        press(screen, key)
    screen.on("voice_text", having=READ)
    press(screen, "write_on")
    screen.on("voice_contact")
    for key in keys_of(REACHED):
        press(screen, key)
    screen.on("voice_contact", having=REACHED)
    press(screen, "write_on")
    screen.on("voice_review", having=READ)


def send_until_received(screen: RealScreen) -> None:
    """Try again as a citizen does, as long as the screen says that nobody knows."""
    deadline_s = time.monotonic() + PATIENCE_S
    while screen.seen[-1]["screen"] != "voice_sent":
        assert time.monotonic() < deadline_s, "it is never received"
        if screen.seen[-1]["screen"] == "voice_unsent":
            screen.touch("send")


def kept_words(hall: RealHall) -> list[str]:
    """Give what the server keeps of voices."""
    path = hall.folder / "server" / "voices.db"
    file = apsw.Connection(f"file:{path}?mode=ro", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    kept = [str(row[0]) for row in file.execute("SELECT words FROM words ORDER BY part DESC")]
    file.close()
    return kept


def test_a_complaint_is_written_sent_and_answered_with_a_code_on_screen_and_paper(
    hall: RealHall, tmp_path: Path
) -> None:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    tickets = tmp_path / "tickets"
    with PaperPrinter(tickets) as printer:
        with RealScreen("kiosk", state, "--printer", printer.address) as screen:
            write(screen)
            press(screen, "send")
            shown = screen.on("voice_sent", having="Mời quý vị lấy phiếu")
            assert kept_words(hall) == [READ, REACHED]
            (event,) = events(hall, VoiceReceived)
            assert isinstance(event, VoiceReceived)
            assert (event.voice.channel, event.voice.kind_id, event.voice.has_contact) == ("kiosk", "complaint", True)
            assert event.voice.voice_id == shown["subject"]
            assert event.voice.due_day[8:] + "/" + event.voice.due_day[5:7] in words(shown)
            press(screen, "done")
            screen.on("services")
        (paper,) = printer.tickets()
    assert zxingcpp.read_barcodes(Image.open(paper["picture"]).convert("L")) == [], "its phones reach no pages"
    assert list(traces(CANARIES, files(state))) == []


def test_a_server_that_dies_before_the_answer_has_it_once_in_the_end(hall: RealHall) -> None:
    with RealScreen("kiosk", hall.pair("kiosk-a", "kiosk:kiosk-1")) as screen:
        write(screen)
        hall.kill()
        press(screen, "send")
        screen.on("voice_unsent", having="gửi lần nữa không bị tính hai lần")
        hall.start()
        send_until_received(screen)
        screen.on("voice_sent", having="chỉ hiện một lần")
    assert len(events(hall, VoiceReceived)) == 1
    assert kept_words(hall) == [READ, REACHED]
