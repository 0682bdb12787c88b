"""Those who watch a simulated day from the outside: the boards' screens, the far ends of the wires, what was said.

Each watches in a thread of its own and writes into the notebook what was really shown, printed, pressed and said. None
of them knows what the log holds.
"""

import json
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hardware.simulated.remote import Remote
from motcua.demo.citizens import Screen
from motcua.demo.counts import CallShown, CallSpoken, PressAnswered, TicketPrinted
from motcua.demo.pace import Watched
from motcua.demo.world import Notes
from protocol.ticket_code import read_ticket_code

CONNECT_TIMEOUT_S: Final = 10.0
ANSWER_TIMEOUT_S: Final = 10.0
FINGER_S: Final = 0.035
"""So long a finger rests on a button; touches of less than 30 ms are bounces."""

NUMBER: Final = re.compile(r"[A-ZĐ]{1,3}\d{3,}")
DEVICE_LOOK_S: Final = 1.0


class SocketWitness:
    """Reads what a program tells at its Unix socket, one JSON object per line, until the program or we end."""

    def __init__(self, path: Path, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._on_event = on_event
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(CONNECT_TIMEOUT_S)
        self._socket.connect(str(path))
        self._socket.settimeout(None)
        self._sending = threading.Lock()
        self._thread = threading.Thread(target=self._read, name=f"watches {path.stem}", daemon=True)
        self._thread.start()

    def ask(self, **question: object) -> None:
        """Ask the program something; the answer comes as an event."""
        with self._sending:
            self._socket.sendall(json.dumps(question).encode() + b"\n")

    def close(self) -> None:
        """Stop watching."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _read(self) -> None:
        with self._socket.makefile("rb") as lines, suppress(OSError):
            for line in lines:
                self._on_event(json.loads(line))


@dataclass(frozen=True)
class SeenOnBoard:
    """A call as it came to stand on a board, by the monotonic clock."""

    number: str
    counter_number: int
    at_s: float


class BoardWitness:
    """Writes down each call that a board's widgets show."""

    def __init__(self, path: Path, notes: Notes, boards: Watched[frozenset[tuple[str, int]]]) -> None:
        self.seen: list[SeenOnBoard] = []
        self._notes = notes
        self._boards = boards
        self._known: set[int] = set()
        self._socket = SocketWitness(path, self._on_event)

    def close(self) -> None:
        """Stop watching."""
        self._socket.close()

    def _on_event(self, event: dict[str, Any]) -> None:
        if event.get("event") != "shown" or event["call_id"] in self._known:
            return
        self._known.add(event["call_id"])
        number, counter_number = str(event["number"]), int(event["counter"])
        self.seen.append(SeenOnBoard(number, counter_number, event["monotonic_ns"] / 1e9))
        self._notes.sightings.calls.append(CallShown(event["call_id"], number, counter_number))
        self._boards.set(self._boards.value | {(number, counter_number)})


class KioskDoor:
    """A kiosk as a citizen stands before it: what its widgets really show, and fingers on its panel."""

    def __init__(self, witness: Path, panel: Path, screen: Watched[Screen]) -> None:
        self.screen = screen
        self.obeyed = False
        """Whether the last tap did what it was meant to: a second one at the same place too soon does not."""
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._revision = 0
        self._panel = SocketWitness(panel, self._answers.put)
        self._witness = SocketWitness(witness, self._on_event)

    def close(self) -> None:
        """Go away."""
        self._witness.close()
        self._panel.close()

    def tap(self, action: str, times: int = 1) -> float:
        """Touch the middle of what offers the action; gives the moment (monotonic) at which the finger left first.

        Raises OSError when the kiosk is gone. What has left the screen meanwhile is not touched.
        """
        box = self.screen.value.actions.get(action)
        lifted: list[float] = []
        while box is not None and len(lifted) < times:
            left, top, width, height = box
            point = [left + width / 2, top + height / 2]
            self._touch(down=point)
            self._lifted.wait(FINGER_S)
            lifted.append(time.monotonic())
            self._touch(up=point)
        return lifted[0] if lifted else time.monotonic()

    def picture(self, path: Path) -> None:
        """Ask for a picture of the screen."""
        self._witness.ask(ask="screenshot", path=str(path))

    _lifted: Final = threading.Event()
    """Never set: a finger stays on the glass for a moment."""

    def _touch(self, **touch: list[float]) -> None:
        self._panel.ask(**touch)
        try:
            self.obeyed = bool(self._answers.get(timeout=ANSWER_TIMEOUT_S).get("obeyed"))
        except queue.Empty:
            raise TimeoutError(f"the kiosk has not obeyed a touch within {ANSWER_TIMEOUT_S:g} s") from None

    def _on_event(self, event: dict[str, Any]) -> None:
        if event.get("event") != "shown":
            return
        self._revision += 1
        self.screen.set(
            Screen(
                page=event["screen"],
                actions={one["action"]: tuple(one["box"]) for one in event["touch"]},
                number=number_on_screen(event["texts"]),
                visit_id=event["subject"],
                sentence=max((str(one["text"]) for one in event["texts"]), key=len, default=""),
                revision=self._revision,
                at_s=event["monotonic_ns"] / 1e9,
            )
        )


def number_on_screen(texts: Sequence[Mapping[str, Any]]) -> str:
    """Read the number that a screen shows: the tallest text that is one; empty when there is none."""
    found = [(one["box"][3], str(one["text"])) for one in texts if NUMBER.fullmatch(str(one["text"]))]
    return max(found, default=(0, ""))[1]


def voice_of(board: Path, deadline_s: float) -> str:
    """Wait until a board's voice is made, and say how it is: ``ok``, or what it lacks."""
    told: queue.Queue[dict[str, Any]] = queue.Queue()
    witness = SocketWitness(board, told.put)
    until = time.monotonic() + deadline_s
    state = "starting"
    try:
        witness.ask(ask="state")
        while state == "starting":
            event = told.get(timeout=max(0.0, until - time.monotonic()))
            if event.get("answer") == "state":
                state = event["voice"]
            elif event.get("event") == "health":
                state = event["state"]
    except queue.Empty:
        state = f"still {state} after {deadline_s:g} s"
    finally:
        witness.close()
    return state


@dataclass(frozen=True)
class CutTicket:
    """A ticket that came out of a printer, with the machine's time at which its last byte had arrived."""

    picture: Path
    last_byte_at: datetime


class DeviceWitness:
    """Watches the simulated devices: tickets cut, texts on LED counter displays, keys that were taken."""

    def __init__(
        self,
        control: str,
        notes: Notes,
        rating_keypads: Mapping[tuple[str, int], int],
        displays: Mapping[tuple[str, int], Watched[str]],
        on_shown: Callable[[], None],
    ) -> None:
        self.tickets: list[CutTicket] = []
        self._notes = notes
        self._rating_keypads = rating_keypads
        """Wire and slave -> the counter's number."""
        self._displays = displays
        """Wire and slave -> what it shows."""
        self._on_shown = on_shown
        self._client = Remote(control)
        self._client.watch()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watches devices", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()
        self._client.close()

    def _watch(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                event = self._client.event(DEVICE_LOOK_S)
                if event is not None:
                    self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        place = (event.get("wire", ""), event.get("slave", 0))
        match event["event"]:
            case "ticket":
                self.tickets.append(CutTicket(Path(event["picture"]), datetime.fromisoformat(event["last_byte_at"])))
            case "shown" if place in self._displays:
                self._displays[place].set(event["text"])
                self._on_shown()
            case "key_taken" if place in self._rating_keypads and event["key"].isdigit():
                press = PressAnswered(self._rating_keypads[place], int(event["key"]))
                self._notes.sightings.presses.append(press)


def read_tickets(tickets: list[CutTicket]) -> tuple[dict[str, CutTicket], list[TicketPrinted], list[str]]:
    """Read the code in each picture: tickets by visit, all of them as sightings, and pictures without a good code."""
    import zxingcpp
    from PIL import Image

    by_visit: dict[str, CutTicket] = {}
    printed, unreadable = [], []
    for ticket in tickets:
        with Image.open(ticket.picture) as picture:
            barcodes = zxingcpp.read_barcodes(picture.convert("L"))
        codes = [code for barcode in barcodes if (code := read_ticket_code(barcode.text)) is not None]
        if len(codes) != 1:
            unreadable.append(ticket.picture.name)
            continue
        by_visit[codes[0].visit_id] = ticket
        printed.append(TicketPrinted(codes[0].visit_id, ticket.picture.name))
    return by_visit, printed, unreadable


def read_spoken(path: Path) -> list[CallSpoken]:
    """Read what a voice said, from the file that its sound went to; an unfinished last line is not counted."""
    if not path.exists():
        return []
    spoken = []
    for line in path.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            said = json.loads(line)
            spoken.append(CallSpoken(said["call_id"], tuple(said["keys"])))
    return spoken
