"""A whole hall for a story: every program of the demonstration as a process of its own, and all that people reach.

Browsers note every request that any of their pages makes, wherever it goes; the kiosk, the printer, the keypads, the
displays and the board are met as in the demonstration, by touch, by key and by looking.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from hardware.simulated.remote import Remote
from motcua.demo.citizens import Screen
from motcua.demo.pace import Watched
from motcua.demo.programs import Programs
from motcua.demo.stage import READY_S, Hall, Plan, set_up
from motcua.demo.witnesses import BoardWitness, DeviceWitness, KioskDoor
from motcua.demo.world import Notes
from protocol.events import AnyEvent
from protocol.link import Link
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.web.program import ACCOUNTS_FILE
from tests.support.asking_hall import asking_at_once
from tests.support.authenticators import Authenticators
from tests.support.served_branch import until

LOOKED_FOR_MS: Final = 20_000
"""A hall's worth of programs shares two cores with other tests."""
PATIENCE_S: Final = 30.0
TAP_AGAIN_S: Final = 1.0
DESK: Final[Any] = {"width": 1366, "height": 768}
TABLET: Final[Any] = {"width": 820, "height": 1180}
PHONE: Final[Any] = {"width": 360, "height": 640}


@dataclass
class Windows:
    """The browsers of everybody in the hall, each a context of its own, and what they asked and complained about."""

    browser: Browser
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, size: Any = DESK) -> Page:
        """Open a browser nobody has used."""
        context = self.browser.new_context(viewport=size, locale="vi-VN", has_touch=size is not DESK)
        self.contexts.append(context)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._said)
        page = context.new_page()
        page.set_default_timeout(LOOKED_FOR_MS)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location})")

    def strangers(self, ours: Sequence[str]) -> list[str]:
        """Name every request that went anywhere but to the hall's own two programs."""
        places = {urlsplit(one).netloc for one in ours}
        return [url for url in self.asked if not url.startswith("data:") and urlsplit(url).netloc not in places]

    def close(self) -> None:
        """Close every browser."""
        while self.contexts:
            self.contexts.pop().close()


@dataclass
class StoryHall:
    """The hall, its people's browsers, and what stands in it."""

    hall: Hall
    technician: Link
    windows: Windows
    phones: Authenticators
    kiosk: KioskDoor
    devices: DeviceWitness
    remote: Remote
    notes: Notes
    displays: dict[int, Watched[str]]
    """What the display over each counter shows."""

    @property
    def staff(self) -> str:
        """Where the pages of staff are."""
        return self.hall.pages.rstrip("/")

    @property
    def public(self) -> str:
        """Where the public pages are."""
        return self.hall.public_pages.rstrip("/")

    # --- Citizens ---

    def take_at_kiosk(self, service_id: str, class_id: str = "usual") -> str:
        """Touch one's way to a number on the kiosk's screen; gives the number."""
        screens, until_s = self.kiosk.screen, monotonic() + PATIENCE_S
        self._leave_the_last_number()
        way = {"class": f"class:{class_id}", "confirm": "take"}
        while (seen := screens.value).page != "number":
            assert monotonic() < until_s, f"no number for {service_id}: the kiosk shows {seen.page}, {seen.sentence!r}"
            wanted = f"service:{service_id}" if f"service:{service_id}" in seen.actions else "page:next"
            action = wanted if seen.page == "services" else way.get(seen.page, "")
            if action in seen.actions:
                self.kiosk.tap(action)
            screens.wait(lambda now, seen=seen: now.revision != seen.revision, TAP_AGAIN_S)  # type: ignore[misc]  # Bound now.
        return seen.number

    def _leave_the_last_number(self) -> None:
        screens, until_s = self.kiosk.screen, monotonic() + PATIENCE_S
        while screens.value.page == "number":
            assert monotonic() < until_s, "the last number stays on the screen"
            self.kiosk.tap("done")
            screens.wait(lambda now: now.page != "number", TAP_AGAIN_S)

    def link_on_paper(self, visit_id: str) -> str:
        """Read the code off the picture of a printed ticket, as a phone's camera does."""
        read: dict[str, str] = {}

        def is_printed() -> bool:
            for ticket in self.remote.order("tickets", device="kiosk-1"):
                with Image.open(ticket["picture"]) as picture:
                    read.update((one.text, ticket["picture"]) for one in zxingcpp.read_barcodes(picture.convert("L")))
            return any(visit_id in text for text in read)

        until(is_printed, f"no ticket with the code of {visit_id} came out of the printer")
        return next(text for text in read if visit_id in text)

    def press_rating(self, counter_number: int, key: str) -> None:
        """Press a key of the rating keypad at a counter."""
        counter_id = f"counter-{counter_number}"
        keypad = self.hall.equipment.at_counter("rating_keypad", counter_id)
        assert keypad is not None
        self.remote.order("press", wire=keypad.wire_id, slave=keypad.slave, keys=[key])

    # --- The server ---

    def kill_server(self) -> None:
        """End the server as a power cut does."""
        self.hall.programs.kill("server")

    def wait_for_server(self) -> None:
        """Wait until it has been started again, as systemd does by itself."""
        programs, until_s = self.hall.programs, monotonic() + PATIENCE_S
        while programs.process_id("server") is not None and monotonic() < until_s:
            programs.wait(0.1)
        programs.wait_ready(["server"], READY_S)

    def goes_on_at(self, at: datetime) -> None:
        """Start the server anew at another time of the day."""
        self.hall.programs.replace(self.hall.server(at, self.hall.plan.rate), READY_S)

    def events(self) -> list[AnyEvent]:
        """Read the whole log."""
        with Journal(self.hall.folder("server") / LOG_FILE) as journal:
            return [row.event() for row in journal.rows()]

    def until_log(self, holds: Callable[[AnyEvent], bool], what: str) -> None:
        """Wait until the log holds an event."""
        until(lambda: any(holds(event) for event in self.events()), what, PATIENCE_S)


@contextmanager
def story_hall(browser: Browser, folder: Path, begins_at: datetime, rate: float) -> Iterator[StoryHall]:
    """Set up a hall in a folder; afterwards no program may have ended by itself, or refused to end."""
    plan = Plan(asking_at_once(folder) / "branch.toml", folder / "hall", begins_at, rate, headless=True)
    with Programs(folder / "log") as programs, set_up(plan, programs) as (hall, technician), ExitStack() as closing:
        assert hall.troubles == []
        notes, windows = Notes(), Windows(browser)
        closing.callback(windows.close)
        kiosk = KioskDoor(hall.socket("kiosk-1.witness"), hall.socket("kiosk-1.panel"), Watched(Screen()))
        closing.callback(kiosk.close)
        board = BoardWitness(hall.socket("board-1.witness"), notes, Watched(frozenset()))
        closing.callback(board.close)
        displays = {one.counter.number: Watched("") for one in hall.equipment.bare if one.kind == "counter_display"}
        places = {
            one.place: displays[one.counter.number] for one in hall.equipment.bare if one.kind == "counter_display"
        }
        ratings = {one.place: one.counter.number for one in hall.equipment.bare if one.kind == "rating_keypad"}
        devices = DeviceWitness(hall.control, notes, ratings, places, lambda: None)
        closing.callback(devices.close)
        remote = Remote(hall.control)
        closing.callback(remote.close)
        phones = Authenticators(hall.folder("web") / ACCOUNTS_FILE)
        yield StoryHall(hall, technician, windows, phones, kiosk, devices, remote, notes, displays)
        windows.close()
    assert [str(death) for death in programs.deaths] == []
    assert programs.stubborn == []
