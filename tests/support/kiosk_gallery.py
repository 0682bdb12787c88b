"""Paint screens of the touch programs in every state, in a process of its own, and tell what really stands on them.

    python -m tests.support.kiosk_gallery FOLDER WIDTHxHEIGHT [NAME …]

Each picture is `FOLDER/NAME.png`; standard output has a JSON line per picture, as a witness would be told. The states
are made by the flows themselves, moved by hand (`tests.support.kiosks`).
"""

import json
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from hardware.codecs.withheld import Withheld
from kiosk.rating import pages as rating_pages
from kiosk.ticket import model as m
from kiosk.ticket import pages
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.scans import AppointmentScan, CardScan, DossierScan
from kiosk.widgets import window
from kiosk.widgets.page import Header, Page
from presentation.composing import TONES
from protocol.configuration import KioskRange
from protocol.views import Estimate
from tests.support.kiosks import (
    FUNCTION,
    MONDAY_8,
    TO_NUMBER,
    Scene,
    hall_clock,
    procedures,
    ward_texts,
    ward_view,
    with_service,
)
from tests.support.scans import TICKET as TICKET_SCAN
from tests.support.scans import found, looked_up, scanned

Painted = tuple[Page, Header]
AT_0842 = MONDAY_8 + timedelta(minutes=42)


def ticket(scene: Scene) -> Painted:
    header = pages.header(scene.state, ward_texts(), AT_0842)
    return pages.page(scene.state, ward_texts(), scene.hall_at), header


def hall(**changes: Any) -> Scene:
    return Scene(view=ward_view(**changes)).opened().with_catalogue()


def gone(scene: Scene) -> Scene:
    scene.happen(m.LinkChanged("gone"))
    return scene


def all_given() -> Scene:
    own = KioskRange(function_id=FUNCTION, prefix="H", first=501, last=501)
    scene = gone(hall(kiosk_ranges=(own,)))
    return scene.touch(*TO_NUMBER).disk().disk().printer("confirmed").touch("done")


def typed(scene: Scene, keys: str) -> Scene:
    """Type key by key; a letter with a tone is the letter's key, and the tone's where the way of typing has one."""
    if "search" in scene.actions:
        scene.touch("search")
    return scene.touch(*keys_of(keys))


def keys_of(text: str) -> list[str]:
    """Give the keys of a text in turn: for a letter with a tone the letter's, and then the tone's."""
    names = {mark: name for name, mark in TONES.items()}
    keys: list[str] = []
    for sign in text:
        letter = unicodedata.normalize("NFC", "".join(part for part in parts(sign) if part not in names))
        keys.append("type:space" if letter == " " else f"type:{letter}")
        keys += [f"type:{names[part]}" for part in parts(sign) if part in names]
    return keys


def parts(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)


def details(scene: Scene, words: str) -> Scene:
    typed(scene, words)
    return scene.touch(next(action for action in scene.actions if action.startswith("procedure:")))


def without_results() -> Scene:
    return Scene(view=with_service(ward_view(), "results", takes_receipts=False)).opened().with_catalogue()


def appointment(what: str, day: date, priority_class_id: str = "") -> AppointmentScan:
    return AppointmentScan(day, time(9, 30), what, priority_class_id)


def many_listed() -> Scene:
    """A field as large as a large hall's, and every name the longest there is."""
    longest = max(procedures(), key=lambda one: len(one.official_name))
    many = tuple(
        msgspec.structs.replace(
            longest,
            code=f"9.{number:06}",
            service_id="land",
            names=dict.fromkeys(("vi", "en"), f"{number}. {longest.official_name}"),
        )
        for number in range(1, 46)
    )
    scene = Scene(view=ward_view()).opened()
    scene.happen(m.CatalogueRead(scene.view.catalogue_hash, Catalogue.of(scene.view.catalogue_hash, many)))
    return scene


def closed() -> Scene:
    opens_at = MONDAY_8.replace(day=25, hour=0, minute=30)
    return hall(state="closed", next_opens_at=opens_at)


def shut(because: str, **changes: Any) -> Scene:
    opens_at = MONDAY_8.replace(day=25, hour=0, minute=30)
    return hall(state="closed", closed_because=because, next_opens_at=opens_at, **changes)


def late() -> Scene:
    """Before the number, with all that there may be to hear: late, long, near closing, few left."""
    view = with_service(
        ward_view(), "civil_status", rest=None, numbers_left=4, estimate=Estimate(low_s=2400, high_s=3900)
    )
    scene = Scene(view=view, hall_at=hall_clock(15, 40)).opened().with_catalogue()
    return scene.touch("service:civil_status", "class:elderly")


def few() -> Scene:
    return Scene(view=with_service(ward_view(), "civil_status", numbers_left=4)).opened().with_catalogue()


def coming() -> Scene:
    scene = helped()
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, help_answered=(FUNCTION,))))
    return scene


def quota() -> Scene:
    view = with_service(
        ward_view(), "land", state="quota_reached", estimate=None, next_opens_at=MONDAY_8.replace(day=25, hour=0)
    )
    view = with_service(view, "business", state="closed", next_opens_at=MONDAY_8.replace(hour=6))
    return Scene(view=view).opened().with_catalogue()


def numbered(service: str = "civil_status", priority: str = "usual") -> Scene:
    return hall().touch(f"service:{service}", f"class:{priority}", "take").disk().number(25)


def helped() -> Scene:
    scene = hall().touch("key:help")
    from protocol.views import Done

    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, Done()))
    return scene


def slow() -> Scene:
    return hall().touch(*TO_NUMBER).disk().later(1)


TICKET: dict[str, Callable[[], Scene]] = {
    "start": hall,
    "start_page_2": lambda: hall().touch("page:next"),
    "start_quota": quota,
    "start_own_numbers": lambda: gone(hall()),
    "class": lambda: hall().touch("service:civil_status"),
    "confirm": lambda: hall().touch("service:civil_status", "class:elderly"),
    "taking": slow,
    "number_printing": lambda: numbered().printer("queued"),
    "number": lambda: numbered().printer("confirmed"),
    "number_paper_out": lambda: numbered(priority="elderly").printer("held", "paper_out"),
    "number_uncertain": lambda: numbered(priority="elderly").printer("uncertain"),
    "number_own": lambda: gone(hall()).touch(*TO_NUMBER).disk().disk().printer("confirmed"),
    "number_own_paper_out": lambda: gone(hall()).touch(*TO_NUMBER).disk().disk().printer("held", "paper_out"),
    "own_numbers_all_given": lambda: all_given().touch("service:civil_status"),
    "unanswered": lambda: hall().touch("service:land", "class:usual", "take").disk().silence(),
    "refused": lambda: quota().touch("service:land"),
    "procedures": lambda: hall().touch("service:civil_status", "procedures"),
    "procedures_page_3": lambda: hall().touch("search", "procedures:civil_status", "page:3"),
    "procedures_many": lambda: many_listed().touch("search", "procedures:land", "page:2"),
    "search_start": lambda: hall().touch("search"),
    "search": lambda: typed(hall(), "khai"),
    "search_one": lambda: typed(hall(), "lưu trú"),
    "search_many": lambda: typed(hall(), "đăng"),
    "search_similar": lambda: typed(hall(), "kahi xinh"),
    "search_empty": lambda: typed(hall(), "zzz"),
    "search_telex": lambda: typed(hall().touch("search", "method:telex"), "ddawng"),
    "search_vni": lambda: typed(hall().touch("search", "method:telex", "method:vni"), "d9at61"),
    "search_digits": lambda: hall().touch("search", "digits"),
    "details": lambda: details(hall(), "khai sinh"),
    "still_there": lambda: hall().touch("service:land").later(61),
    "helped": helped,
    "gone": lambda: gone(hall(kiosk_ranges=())),
    "closed": closed,
    "closed_holiday": lambda: shut("holiday", holiday_names={"vi": "Tết Nguyên đán", "en": "Lunar New Year"}),
    "closed_weekend": lambda: shut("weekend"),
    "closed_rest": lambda: shut("rest"),
    "confirm_late": late,
    "start_few": few,
    "help_coming": coming,
    "help_unanswered": lambda: helped().later(121),
    "not_ready": Scene,
    "looking": lambda: scanned(hall(), TICKET_SCAN),
    "found": lambda: looked_up(scanned(hall(), TICKET_SCAN), found()),
    "found_called": lambda: looked_up(scanned(hall(), TICKET_SCAN), found("called", counter_number=3)),
    "scanned_card": lambda: scanned(hall(), CardScan("•••••••••345")),
    "scanned_dossier": lambda: scanned(hall(), DossierScan(Withheld("H15"))),
    "scanned_receipt_other": lambda: scanned(without_results(), DossierScan(Withheld("H15"))),
    "scanned_appointment": lambda: scanned(hall(), appointment("1.001193", MONDAY_8.date())),
    "scanned_appointment_class": lambda: scanned(hall(), appointment("land", MONDAY_8.date(), "elderly")),
    "scanned_other_day": lambda: scanned(hall(), appointment("land", date(2026, 12, 1))),
    "scanned_unread": lambda: scanned(hall(), None),
}

WISHES = {
    "": (),
    "english": ("key:language",),
    "large": ("key:large_text",),
    "contrast": ("key:high_contrast",),
    "low": ("key:low_reach",),
    "large_english_contrast_low": ("key:language", "key:large_text", "key:high_contrast", "key:low_reach"),
}


def _ticket_page(name: str) -> Painted:
    base, _, wish = name.partition("-")
    scene = TICKET[base]()
    wanted = {"key:language": "en"}
    wishes = scene.state.preferences
    for key in WISHES[wish]:
        field = key.removeprefix("key:")
        changed: dict[str, Any] = {field: wanted.get(key, True)}
        wishes = replace(wishes, **changed)
    scene.state = replace(scene.state, preferences=wishes)
    return ticket(scene)


def _rating_page(name: str) -> Painted:
    from tests.unit.kiosk.test_rating_flow import Terminal
    from tests.unit.kiosk.test_rating_flow import window as rating_window

    base, _, wish = name.removeprefix("rating_").partition("-")
    terminal = Terminal().opened()
    match base:
        case "question":
            terminal.asks()
        case "neutral":
            terminal.asks(rating_window(tone="neutral"))
        case "reasons":
            terminal.asks().touch("answer:4", "reason:long_wait")
        case "thanks":
            terminal.asks().touch("answer:1").disk()
    for key in WISHES[wish]:
        if key != "key:low_reach":
            terminal.touch(key)
    header = rating_pages.header(terminal.state, ward_texts(), AT_0842)
    return rating_pages.page(terminal.state, ward_texts()), header


RATING = ("idle", "question", "neutral", "reasons", "thanks")
NAMES = (
    *(f"{name}-{wish}".rstrip("-") for name in TICKET for wish in WISHES),
    *(f"rating_{name}-{wish}".rstrip("-") for name in RATING for wish in WISHES if "low" not in wish),
)


def painted(name: str) -> Painted:
    return _rating_page(name) if name.startswith("rating_") else _ticket_page(name)


def main(folder: Path, size: tuple[int, int], names: tuple[str, ...]) -> None:
    with TemporaryDirectory() as state:
        window.prepare(Path(state), size, headless=True, full_screen=False)
        window.register_fonts()
        from kivy.base import EventLoop
        from kivy.core.window import Window

        from kiosk.widgets.screen import Screen, load_rules
        from kiosk.widgets.shell import look, save_picture

        EventLoop.ensure_window()
        load_rules()
        screen = Screen()
        Window.add_widget(screen)
        EventLoop.start()
        for name in names:
            screen.show(*painted(name))
            for _ in range(2):
                EventLoop.idle()
            save_picture(folder / f"{name}.png")
            sys.stdout.write(json.dumps({"name": name, **look(screen)}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    wide, high = (int(part) for part in sys.argv[2].split("x"))
    main(Path(sys.argv[1]), (wide, high), tuple(sys.argv[3:]) or NAMES)
