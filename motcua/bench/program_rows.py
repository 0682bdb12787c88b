"""What a citizen waits for: a program's first frame, the number after the touch, the ticket's last byte."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from hardware.ticket import TicketContent, TicketLabels, ticket_bytes
from motcua.bench.branch import CONFIG, Branch, Device, Serving, new_branch, serving
from motcua.bench.rows import Row, percentile
from motcua.demo.citizens import Screen
from motcua.demo.pace import Watched
from motcua.demo.witnesses import KioskDoor
from presentation.text_files import texts_in
from protocol.keys import KEY_FILE, write_private

STARTS = 5
TICKETS = 300
"""So many that the slowest few of them are not one accident."""
TICKETS_DRAWN = 200
TICKET_LIMIT_KB = 100.0
"""As much as a printer's wire of 100 kB/s carries in a second."""
STEP_TIMEOUT_S = 10.0
TOUCHES = 4
TREMBLING_S = 0.25
"""A second touch at one place is not obeyed sooner."""
STEPS = ("service:certification", "class:usual", "take")
"""Three touches to a number."""


def program_rows() -> Iterator[Row]:
    """The touch programs and the board in their real sizes, drawn by software, against the real server."""
    with new_branch(kiosks=1) as branch, serving(branch) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kiosk, board = branch.kiosks[0], branch.board
        starts = {
            "kiosk": [_first_frame_s(_kiosk(folder, kiosk, server)) for _ in range(STARTS)],
            "board": [_first_frame_s(board_words(folder, board, server, branch)) for _ in range(STARTS)],
            "rating terminal": [_first_frame_s(_rating(folder, branch.rating, server)) for _ in range(STARTS)],
        }
        for program, taken in starts.items():
            what = f"{program}: process start to first frame, median of {STARTS}"
            yield Row(what=what, value=percentile(taken, 0.5), unit="s", budget=1.5)
        yield from _drawing_rows(branch)
        yield from _ticket_rows(folder, kiosk, server)


def _drawing_rows(branch: Branch) -> Iterator[Row]:
    """Draw tickets of the hall alone, in the state of a kiosk that has prepared itself."""
    contents = _tickets_of(branch)
    for content in contents:
        ticket_bytes(content)
    taken_ms, sizes = [], []
    for number in range(TICKETS_DRAWN):
        content = replace(contents[number % len(contents)], number_text=f"H{number:03d}", qr_text=f"{number:0100d}")
        started = time.perf_counter()
        sizes.append(len(ticket_bytes(content)))
        taken_ms.append((time.perf_counter() - started) * 1000)
    yield Row(what="ticket rendered (80 mm): p99", value=percentile(taken_ms, 0.99), unit="ms", budget=40)
    largest_kb = max(sizes) / 1000
    yield Row(what="bytes of the longest ticket (80 mm)", value=largest_kb, unit="kB", budget=TICKET_LIMIT_KB)


def _tickets_of(branch: Branch) -> list[TicketContent]:
    """Give a ticket of each service of the hall."""
    hall = branch.configuration
    words = texts_in(CONFIG / "texts").words("vi")
    labels = TicketLabels(
        your_number=words("ticket.heading"),
        taken=words("ticket.taken_at"),
        people_ahead=words("ticket.ahead"),
        wait=words("ticket.wait"),
        counters=words("ticket.counters"),
        hotline=words("common.hotline"),
    )
    return [
        TicketContent(
            agency=(hall.agency["vi"].upper(), hall.names["vi"]),
            number_text=f"{service.prefix}000",
            service=service.names["vi"],
            taken_text="08:42 · 23/11/2026",
            labels=labels,
            people_ahead=12,
            wait_text="15–30 phút",
            counters_text="3, 4",
            hotline=hall.hotline or None,
            footer=(words("ticket.sit"),),
        )
        for service in hall.services
    ]


@contextmanager
def kiosk_door(folder: Path, kiosk: Device, server: Serving, *more: str) -> Iterator[tuple[int, KioskDoor]]:
    """Run a kiosk, and stand before it; gives its process id and its door."""
    doors = {"witness": folder / "witness", "panel": folder / "panel"}
    sockets = ("--witness-socket", str(doors["witness"]), "--touch-socket", str(doors["panel"]))
    with running_program([*_kiosk(folder, kiosk, server), *more, *sockets]) as (pid, _):
        screen: Watched[Screen] = Watched(Screen())
        door = KioskDoor(doors["witness"], doors["panel"], screen)
        try:
            yield pid, door
        finally:
            door.close()


def _ticket_rows(folder: Path, kiosk: Device, server: Serving) -> Iterator[Row]:
    with ExitStack() as stack:
        printer = stack.enter_context(simulated_printer(folder))
        _, door = stack.enter_context(kiosk_door(folder, kiosk, server, "--printer", printer))
        touched_ms = [touch_to_number_s(door, STEPS) * 1000 for _ in range(TICKETS)]
    jobs = next((folder / "kiosk").rglob("jobs.db"))
    handed_ms, confirmed_ms = _after_reply_ms(jobs, "handed_us"), _after_reply_ms(jobs, "changed_us")
    what = f"touch to number on the screen, {TICKETS} tickets from the start: p99"
    yield Row(what=what, value=percentile(touched_ms, 0.99), unit="ms", budget=100)
    what = "reply to the ticket's last byte at the printer's link: p99"
    yield Row(what=what, value=percentile(handed_ms, 0.99), unit="ms", budget=60)
    what = "reply to the printer's word that the ticket is on paper, printed at once: p99"
    yield Row(what=what, value=percentile(confirmed_ms, 0.99), unit="ms", budget=250)


def touch_to_number_s(door: KioskDoor, steps: Sequence[str]) -> float:
    """Take one number as a citizen does; the seconds from the lifted finger to the frame with the number."""
    lifted_s = 0.0
    for action in steps:
        lifted_s = _touched_s(door, action, lifted_s)
    assert door.screen.wait(lambda now: now.page == "number", STEP_TIMEOUT_S), f"no number: {door.screen.value}"
    shown_s = door.screen.value.at_s
    _touched_s(door, "done", shown_s)
    assert door.screen.wait(lambda now: now.page != "number", STEP_TIMEOUT_S), "the number cannot be sent away"
    return shown_s - lifted_s


def _touched_s(door: KioskDoor, action: str, after_s: float) -> float:
    """Touch what a screen offers that is no older than a moment; give the moment of the lifted finger.

    A finger so quick that it was taken for a trembling one comes down again.
    """
    offered = door.screen.wait(lambda now: now.at_s >= after_s and action in now.actions, STEP_TIMEOUT_S)
    assert offered, f"the kiosk offers no {action}: {door.screen.value}"
    for _ in range(TOUCHES):
        lifted_s = door.tap(action)
        if door.obeyed:
            return lifted_s
        threading.Event().wait(TREMBLING_S)
    raise AssertionError(f"the kiosk does not obey {action}: {door.screen.value}")


def _after_reply_ms(jobs: Path, instant: Literal["handed_us", "changed_us"]) -> Sequence[float]:
    """Read an instant that the printer's owner kept with each confirmed job, from the server's reply on."""
    connection = apsw.Connection(str(jobs), flags=apsw.SQLITE_OPEN_READONLY)
    query = "SELECT handed_us, changed_us, replied_us FROM jobs WHERE state = 'confirmed' AND replied_us IS NOT NULL"
    column = ("handed_us", "changed_us").index(instant)
    taken = [(row[column] - row[2]) / 1000 for row in connection.execute(query)]
    connection.close()
    return taken


def _kiosk(folder: Path, device: Device, server: Serving) -> list[str]:
    state = settled(folder / "kiosk", device, server)
    return [*_motcua("kiosk", state), "--headless", "--json"]


def _rating(folder: Path, device: Device, server: Serving) -> list[str]:
    return [*_motcua("rating", settled(folder / "rating", device, server)), "--headless", "--json"]


def board_words(folder: Path, device: Device, server: Serving, branch: Branch) -> list[str]:
    """Pair a board and give the command that starts it."""
    state = settled(folder / "board", device, server)
    zone = branch.configuration.zones[0].zone_id
    return [*_motcua("display", state), "--zone", zone, "--sound", "null://", "--json"]


def _motcua(command: str, state: Path) -> list[str]:
    return [sys.executable, "-m", "motcua", command, "--state", str(state), "--config", str(CONFIG)]


def settled(state: Path, device: Device, server: Serving) -> Path:
    """Write the folder of a paired device."""
    write_private(state / KEY_FILE, msgspec.json.encode(device.keys._asdict()))
    server.settings.save(state)
    return state


def _first_frame_s(words: Sequence[str]) -> float:
    started = time.perf_counter()
    with running_program(words):
        return time.perf_counter() - started


@contextmanager
def running_program(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Run a program from its first line of JSON, printed when it is at work; gives its process id and that line."""
    environment = {"SDL_VIDEODRIVER": "offscreen", "PATH": "/usr/bin:/bin", "KIVY_NO_ARGS": "1"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith("{")), "")
        assert line, f"{' '.join(words[2:4])} ended before it was at work"
        yield process.pid, line
    finally:
        process.terminate()
        process.wait(60)  # A board may be in the middle of making its first clips.
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def simulated_printer(folder: Path) -> Iterator[str]:
    """A printer at the far end of a TCP connection; gives its address."""
    settings = folder / "devices.json"
    entry = {"name": "printer", "address": "tcp://127.0.0.1:0"}
    settings.write_text(json.dumps({"tickets": str(folder / "tickets"), "printers": [entry], "wires": []}), "utf-8")
    words = [sys.executable, "-m", "hardware.simulated", "--config", str(settings)]
    with running_program(words) as (_, line):
        yield str(json.loads(line)["printers"]["printer"])
