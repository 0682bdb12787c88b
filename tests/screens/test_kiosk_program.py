"""The kiosk's real program before a real server and a real printer's wire: what a finger does, what an eye sees."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import zxingcpp
from PIL import Image

from motcua.__main__ import main
from protocol.codec import decode_event
from protocol.events import VisitTaken
from protocol.ticket_code import read_ticket_code
from tests.support.real_hall import PaperPrinter, RealHall, RealScreen, middle_of, number_on, press, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(240)]

THREE_TOUCHES = ("service:civil_status", "class:usual", "take")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path) as hall:
        yield hall


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[PaperPrinter]:
    with PaperPrinter(tmp_path / "tickets") as printer:
        yield printer


def kiosk_at(hall: RealHall, printer: PaperPrinter | None = None, state: Path | None = None) -> RealScreen:
    arguments = ("--printer", printer.address) if printer else ()
    return RealScreen("kiosk", state or hall.pair("kiosk-a", "kiosk:kiosk-1"), *arguments)


def take(screen: RealScreen, *, until: str = "") -> str:
    """Touch three times and give the number that is shown, once these words stand beside it."""
    screen.on("services")
    for action, then in zip(THREE_TOUCHES, ("class", "confirm", "number"), strict=True):
        touched_after = len(screen.seen)
        press(screen, action)
        screen.wait_for_screen(then, since=touched_after)
    return number_on(screen.on("number", having=until))


def events(hall: RealHall, kind: type) -> list[object]:
    log = apsw.Connection(f"file:{hall.folder / 'server' / 'branch.db'}?mode=ro", apsw.SQLITE_OPEN_READONLY | 0x40)
    bodies = [row[0] for row in log.execute("select body from events order by seq")]
    log.close()
    decoded = (decode_event(body.encode() if isinstance(body, str) else body) for body in bodies)
    return [event for event in decoded if isinstance(event, kind)]


def test_three_touches_give_a_number_on_the_screen_on_paper_and_in_the_log(
    hall: RealHall, printer: PaperPrinter
) -> None:
    with kiosk_at(hall, printer) as screen:
        number = take(screen, until="Vui lòng lấy phiếu và ngồi chờ đến lượt gọi.")
        visit_id = screen.seen[-1]["subject"]
        screen.touch_text("Xong")
        screen.on("services")
    assert screen.exit_code == 0
    (ticket,) = printer.tickets()
    (code,) = zxingcpp.read_barcodes(Image.open(ticket["picture"]).convert("L"))
    printed = read_ticket_code(code.text)
    assert printed is not None
    assert printed.visit_id == visit_id
    (taken,) = events(hall, VisitTaken)
    assert isinstance(taken, VisitTaken)
    assert (taken.visit_id, f"{taken.prefix}{taken.number:03d}") == (visit_id, number)


def test_a_power_cut_in_the_middle_gives_the_same_visit_its_number(hall: RealHall, printer: PaperPrinter) -> None:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    with kiosk_at(hall, printer, state) as screen:
        first = take(screen)
        visit_id = screen.seen[-1]["subject"]
        screen.crash()
    with kiosk_at(hall, printer, state) as screen:
        shown = screen.wait(lambda shown: shown["screen"] in {"number", "services"})
        assert shown["screen"] == "services" or (number_on(shown), shown["subject"]) == (first, visit_id)
    assert len(events(hall, VisitTaken)) == 1


def test_an_empty_printer_is_told_and_the_ticket_comes_when_paper_does(hall: RealHall, printer: PaperPrinter) -> None:
    printer.fault("paper_out")
    with kiosk_at(hall, printer) as screen:
        number = take(screen, until="Máy in hết giấy.")
        assert f"Số của quý vị là {number}." in words(screen.seen[-1])
        picture = screen.picture(hall.folder / "held.png")
        (code,) = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
        shown = read_ticket_code(code.text)
        assert shown is not None
        assert shown.visit_id == screen.seen[-1]["subject"]
        printer.fault("paper_out", on=False)
        screen.on("number", having="Vui lòng lấy phiếu")
    assert len(printer.tickets()) == 1


def test_a_jam_is_told_mended_from_outside_and_the_held_ticket_comes_once(
    hall: RealHall, printer: PaperPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    command = ("devices", "printer", "--state", str(state))
    printer.fault("cutter_jam")
    with RealScreen("kiosk", state, "--printer", printer.address, "--roll-mm", "50000") as screen:
        take(screen, until="Máy in không hoạt động.")
        assert main([*command, "--json", "status"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["state"], told["reason"], told["jobs_unfinished"]) == ("out", "cutter", 1)
        assert told["roll_mm"] == 50_000
        assert stat.S_IMODE((state / "printer.sock").stat().st_mode) == 0o600
        printer.fault("cutter_jam", on=False)
        assert main([*command, "mended"]) == 0
        screen.on("number", having="Vui lòng lấy phiếu")
    assert len(printer.tickets()) == 1
    assert main([*command, "status"]) == 1
    assert "no kiosk with a printer runs on this folder" in capsys.readouterr().err


def test_the_server_dies_the_kiosk_goes_on_and_hands_over_when_it_is_back(hall: RealHall) -> None:
    with kiosk_at(hall) as screen:
        screen.on("services")
        hall.kill()
        screen.on("services", having="Máy đang hoạt động độc lập")
        number = take(screen, until="Máy đang hoạt động độc lập")
        assert number == "H501"
        visit_id = screen.seen[-1]["subject"]
        screen.touch("done")
        hall.start()
        screen.wait(
            lambda shown: shown["screen"] == "services" and "Máy đang hoạt động độc lập" not in words(shown),
            since=len(screen.seen) - 1,
        )
        taken = take(screen)
        assert taken == "H001"
    visits = [event for event in events(hall, VisitTaken) if isinstance(event, VisitTaken)]
    handed = {event.visit_id: (event.prefix, event.number, event.off_line) for event in visits}
    assert handed[visit_id] == ("H", 501, True)
    assert len(visits) == 2


def test_the_keys_change_what_is_seen(hall: RealHall) -> None:
    with kiosk_at(hall) as screen:
        screen.on("services", having="Xin chào! Quý vị cần làm gì?")
        screen.touch("key:language")
        screen.on("services", having="Welcome! What would you like to do?")
        screen.touch("key:large_text")
        screen.on("services", having="Normal text")
        screen.touch("search")
        screen.on("search")
        for letter in "khai":
            touched_after = len(screen.seen)
            screen.touch(f"type:{letter}")
            screen.wait(lambda shown: shown["screen"] == "search", since=touched_after)
        screen.on("search", having="Birth registration")


def test_a_touch_beside_everything_does_nothing(hall: RealHall) -> None:
    with kiosk_at(hall) as screen:
        screen.on("services")
        assert screen.touch_at(540, 400) == {"down": [540, 400], "on": None, "up": [540, 400], "obeyed": False}
        assert screen.seen[-1]["screen"] == "services"
        first, second = screen.tremble_at(*middle_of(screen.seen[-1], "service:land"), times=2)
        assert (first["on"], first["obeyed"]) == ("service:land", True)
        assert (second["on"], second["obeyed"]) == (None, False), "a trembling finger touches once"
        screen.on("class")


def test_a_touch_that_was_meant_for_the_old_page_presses_nothing_on_the_new_one(hall: RealHall) -> None:
    with kiosk_at(hall) as screen:
        screen.on("services")
        screen.touch("service:civil_status")
        usual = middle_of(screen.on("class"), "class:usual")
        screen.touch("start_again")
        land = middle_of(screen.on("services"), "service:land")
        assert max(abs(usual[0] - land[0]), abs(usual[1] - land[1])) > 0.1 * 1080, "no bounce: another place"
        first, second = screen.touch_together(land, usual)
        assert (first["on"], first["obeyed"]) == ("service:land", True)
        assert (second["on"], second["obeyed"]) == (None, False), "class:usual was not on the screen when it came"
        screen.on("class")
        press(screen, "class:usual")
        screen.on("confirm")


@pytest.mark.parametrize(
    ("program", "arguments", "said"),
    [
        ("kiosk", (), "motcua pair"),
        ("rating", (), "motcua pair"),
        ("kiosk", ("--printer", "pigeon://roof"), "pigeon://roof"),
        ("kiosk", ("--printer", "tcp://127.0.0.1:9", "--profile", "typewriter"), "typewriter"),
        ("kiosk", ("--scanner", "evdev:///dev/input/event3"), "/dev/input/by-id/"),
        ("kiosk", ("--dossier-pattern", "[A-Z"), "no regular expression"),
        ("kiosk", ("--appointment-pattern", "(?P<day>[0-9]+)"), "day, time, what"),
    ],
)
def test_what_stands_in_the_way_is_told_in_a_sentence(
    program: str, arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "motcua", program, "--state", str(tmp_path), "--headless", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
