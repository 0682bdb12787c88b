"""Every state of the touch programs, made by the flows themselves, moved by hand (`tests.support.kiosks`).

A name is `STATE` or `STATE-WISH`: `number_paper_out-large`. `tests.support.kiosk_pictures` paints them. Whoever gives a
screen a new state gives it a name here: the picture set and all rules over all screens then take it in.
"""

import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, time, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from hardware.codecs.withheld import Withheld
from kiosk.rating import pages as rating_pages
from kiosk.ticket import model as m
from kiosk.ticket import pages
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.scans import AppointmentScan, CardScan, DossierScan, UnknownScan
from kiosk.ticket.voice_model import CodeTold
from kiosk.widgets.page import Header, Page
from presentation.composing import TONES
from protocol.configuration import KioskRange
from protocol.views import Done, Estimate, StoppedHall
from protocol.voice_views import VoiceCodeFound
from tests.support.boards import in_training
from tests.support.boards import stopped as told
from tests.support.kiosks import (
    FUNCTION,
    MONDAY_8,
    TO_NUMBER,
    Scene,
    hall_clock,
    limited_view,
    procedures,
    ward_texts,
    ward_view,
    with_service,
)
from tests.support.languages import in_language, texts_with
from tests.support.rating_states import RATING_STATES
from tests.support.scans import TICKET as TICKET_SCAN
from tests.support.scans import found, looked_up, scanned, told_held
from tests.unit.kiosk.test_rating_flow import Terminal
from tests.unit.kiosk.test_rating_flow import window as rating_window

Painted = tuple[Page, Header]
CATALOGUE = Path(__file__).parents[2] / "config" / "catalogue"
MESSAGE = {
    "vi": "Hôm nay mất điện từ 14:00 đến 16:00. Quý vị cần kết quả trong ngày vui lòng lấy số trước 13:30.",
    "en": "No electricity today from 14:00 to 16:00. For a result on the same day, please take a number before 13:30.",
}
AT_0842 = MONDAY_8 + timedelta(minutes=42)


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


def official_names() -> list[str]:
    """Give the names of all 588 procedures, the longest first."""
    published = tomllib.loads((CATALOGUE / "procedures.toml").read_text("utf-8"))["procedures"]
    return sorted((one["name"] for one in published), key=len, reverse=True)


def shared_letters(names: list[str]) -> int:
    """Tell with how many letters in common names begin."""
    columns = zip(*names, strict=False)
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, columns))


def alike_names() -> list[str]:
    """Give names for pages of four: seven that are one and the same, the longest, and four that begin alike."""
    names = official_names()
    same = sorted((name for name in names if names.count(name) > 1), key=lambda name: (-names.count(name), name))[:7]
    known = sorted(set(names))
    alike = max((known[start : start + 4] for start in range(len(known) - 3)), key=shared_letters)
    assert same[0] == same[-1], "official names are not always one procedure's alone"
    assert shared_letters(alike) > 100, "they are as alike as a citizen may find them"
    return [*same, names[0], *alike]


def many_listed(names: Sequence[str] = ()) -> Scene:
    """A field as large as a large hall's, with the longest names and documents there are."""
    known = procedures()
    longest = sorted((one for each in known for one in each.documents or ()), key=len, reverse=True)
    many = tuple(
        msgspec.structs.replace(
            known[0],
            code=f"9.{number:06}",
            service_id="land",
            official_name=name,
            names={"vi": name},
            documents=tuple(longest[:12]),
        )
        for number, name in enumerate((names or official_names())[:45], start=1)
    )
    scene = Scene(view=ward_view()).opened()
    scene.happen(m.CatalogueRead(scene.view.catalogue_hash, Catalogue.of(scene.view.catalogue_hash, many)))
    return scene


def many_details() -> Scene:
    scene = many_listed().touch("search", "procedures:land")
    return scene.touch(next(action for action in scene.actions if action.startswith("procedure:")))


def unprinted(reason: str) -> Scene:
    return numbered().printer("held", reason)


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


def no_printer() -> Scene:
    scene = Scene(view=ward_view(), settings=m.Settings(has_printer=False)).opened().with_catalogue()
    return scene.touch(*TO_NUMBER).disk().number(25)


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


def helped(scene: Scene | None = None) -> Scene:
    scene = scene or hall().touch("key:help")
    scene.happen(m.Replied(scene.last(m.Ask, "ReportDevice").request_id, Done()))
    return scene


def stopped_now(scene: Scene, why: StoppedHall | None = None) -> Scene:
    """Stop the hall while a citizen is there."""
    scene.happen(m.Viewed(msgspec.structs.replace(scene.view, stopped=why or told())))
    return scene


def slow() -> Scene:
    return hall().touch(*TO_NUMBER).disk().later(1)


def carded(**changes: Any) -> Scene:
    """Before the page that asks for a card, on a day on which numbers are limited per person."""
    return Scene(view=limited_view(**changes)).opened().with_catalogue().touch("service:civil_status", "class:usual")


COMPLAINT = "ghế chờ ở sảnh bị gãy, sáng nay có cụ già ngã. "


def written(text: str) -> Scene:
    return hall().touch("voice", "voice_kind:complaint", *keys_of(text))


def reviewed(text: str) -> Scene:
    scene = written(text).touch("write_on")
    return scene.touch(*keys_of("0912345678"), "write_on")


def told_the_code(scene: Scene, code: str = "7K3QM9WZ2DX") -> Scene:
    """Send it, and let the server say that it has it, and by which code."""
    scene.touch("send").happen(m.Replied(scene.last(m.Ask, "ReceiveVoice").request_id, Done()))
    told = VoiceCodeFound(code=code, received_day="2026-11-23", due_day="2026-11-30")
    scene.happen(m.Replied(scene.last(m.Ask, "FindVoiceCode").request_id, told))
    return scene


def on_code_paper(scene: Scene, *, printed: bool) -> Scene:
    scene.happen(CodeTold(scene.page.subject, printed))
    return scene


def refused_voice() -> Scene:
    sentences = {language: ward_texts()("refusal.too_many_voices", language) for language in ("vi", "en")}
    return reviewed(COMPLAINT).touch("send").refuses("too_many_voices", **sentences)


CARD = CardScan("•••••••••345", Withheld("001099012345"))


def held(state: str = "waiting") -> Scene:
    scene = scanned(carded(), CARD).touch("take").disk()
    told = {"limit": "1", "number": "H017", "time": "08:00"}
    named = {"vi": "Hộ tịch", "en": "Civil status"}
    texts = {
        language: ward_texts()("refusal.person_day", language, **told, service_id=name)
        for language, name in named.items()
    }
    scene.refuses("person_day", **texts)
    return told_held(scene, found(state, counter_number=3, secret="5e" * 16, copies=1))


def held_offline() -> Scene:
    scene = gone(Scene(view=limited_view()).opened().with_catalogue())
    scanned(scene.touch("service:civil_status", "class:usual"), CARD).touch("take").disk().disk().printer("confirmed")
    return scanned(scene.touch("done", "service:certification", "class:usual"), CARD)


def without_scanner() -> Scene:
    scene = carded()
    scene.happen(m.ScannerHealth("unplugged"))
    return scene


TICKET: dict[str, Callable[[], Scene]] = {
    "card": carded,
    "card_or_receipt": lambda: carded(known_by=("citizen_card", "receipt")),
    "card_unread": lambda: scanned(carded(), None),
    "card_not_this": lambda: scanned(carded(), UnknownScan()),
    "card_cannot_read": without_scanner,
    "card_without": lambda: helped(carded().touch("without_card")),
    "card_too_early": lambda: scanned(Scene(view=limited_view()).opened().with_catalogue(), CARD),
    "held": held,
    "held_called": lambda: held("called"),
    "held_served": lambda: held("ended"),
    "held_offline": held_offline,
    "start": hall,
    "start_training": lambda: hall(names=in_training(ward_view().names), training=True),
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
    "number_cover_open": lambda: unprinted("cover_open"),
    "number_printer_silent": lambda: unprinted("silent"),
    "number_failed": lambda: numbered().printer("failed", "error"),
    "number_reprinted": lambda: numbered().printer("uncertain").touch("reprint").printer("confirmed"),
    "number_no_printer": no_printer,
    "refused": lambda: quota().touch("service:land"),
    "refused_closed": lambda: quota().touch("service:business"),
    "start_message": lambda: hall(message=dict(MESSAGE)),
    "class_procedure": lambda: details(hall(), "khai sinh").touch("choose"),
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
    "details_many": many_details,
    "details_many_page_2": lambda: many_details().touch("page:next"),
    "details": lambda: details(hall(), "khai sinh"),
    "still_there": lambda: hall().touch("service:land").later(61),
    "helped": helped,
    "gone": lambda: gone(hall(kiosk_ranges=())),
    "closed": closed,
    "closed_message": lambda: shut("holiday", message=dict(MESSAGE)),
    "closed_holiday": lambda: shut("holiday", holiday_names={"vi": "Tết Nguyên đán", "en": "Lunar New Year"}),
    "closed_weekend": lambda: shut("weekend"),
    "closed_rest": lambda: shut("rest"),
    "confirm_late": late,
    "start_few": few,
    "help_coming": coming,
    "help_taken_back": lambda: helped().later(4).touch("key:help"),
    "help_unanswered": lambda: helped().later(121),
    "stopped": lambda: stopped_now(hall()),
    "stopped_no_message": lambda: stopped_now(hall(), told(names={}, hints={})),
    "stopped_gone": lambda: gone(stopped_now(hall().touch("service:land"))),
    "number_stopped": lambda: stopped_now(numbered().printer("confirmed")),
    "not_ready": Scene,
    "voice_kinds": lambda: hall().touch("voice"),
    "voice_text": lambda: written(COMPLAINT),
    "voice_contact": lambda: written(COMPLAINT).touch("write_on"),
    "voice_review": lambda: reviewed(COMPLAINT),
    "voice_unsent": lambda: reviewed(COMPLAINT).touch("send").silence(),
    "voice_sending": lambda: reviewed(COMPLAINT).touch("send").later(1),
    "voice_sent": lambda: on_code_paper(told_the_code(reviewed(COMPLAINT)), printed=True),
    "voice_sent_no_paper": lambda: on_code_paper(told_the_code(reviewed(COMPLAINT)), printed=False),
    "voice_refused": refused_voice,
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
UNPICTURED: dict[str, Callable[[], Scene]] = {
    "procedures_one_name": lambda: many_listed(alike_names()).touch("search", "procedures:land", "page:2"),
    "procedures_alike": lambda: many_listed(alike_names()).touch("search", "procedures:land", "page:3"),
    "voice_text_start": lambda: hall().touch("voice", "voice_kind:complaint"),
    "voice_text_full": lambda: written(COMPLAINT * 8),
    "voice_review_full": lambda: reviewed(COMPLAINT * 8),
}
"""States that only rules look at, for what is so rare that no picture of it is kept."""


@dataclass(frozen=True)
class Look:
    """How a page is looked at: the wishes of its citizen, in a language; `longest` is one that no hall has."""

    language: str = "vi"
    large_text: bool = False
    high_contrast: bool = False
    low_reach: bool = False


WISHES = {
    "": Look(),
    "english": Look("en"),
    "large": Look(large_text=True),
    "contrast": Look(high_contrast=True),
    "low": Look(low_reach=True),
    "large_english_contrast_low": Look("en", large_text=True, high_contrast=True, low_reach=True),
    "longest": Look("xx"),
    "longest_large_low": Look("xx", large_text=True, low_reach=True),
    "french": Look("fr"),
}
HARDEST = "large_english_contrast_low"
"""Everything at once: who reads this page reads all."""


def _ticket_page(state: str, look: Look) -> Painted:
    scene = (TICKET | UNPICTURED)[state]()
    known = scene.state
    wishes = replace(known.preferences, **{field.name: getattr(look, field.name) for field in fields(look)})
    view = known.view and in_language(known.view, look.language)
    catalogue = known.catalogue and Catalogue.of(
        known.catalogue.catalogue_hash, tuple(in_language(one, look.language) for one in known.catalogue.procedures)
    )
    known = replace(known, preferences=wishes, view=view, catalogue=catalogue)
    texts = texts_with(look.language)
    return pages.page(known, texts, scene.hall_at), pages.header(known, texts, AT_0842)


def _rating_page(state: str, look: Look) -> Painted:
    known = RATING[state]().state
    wishes = replace(
        known.preferences, language=look.language, large_text=look.large_text, high_contrast=look.high_contrast
    )
    known = replace(known, preferences=wishes, view=known.view and in_language(known.view, look.language))
    texts = texts_with(look.language)
    return rating_pages.page(known, texts), rating_pages.header(known, texts, AT_0842)


def _moved(move: Callable[[Any], Any]) -> Terminal:
    terminal = Terminal().opened()
    move(terminal)
    return terminal


RATING: dict[str, Callable[[], Terminal]] = {
    "idle": lambda: Terminal().opened(),
    "question": lambda: Terminal().opened().asks(),
    "neutral": lambda: Terminal().opened().asks(rating_window(tone="neutral")),
    "reasons": lambda: Terminal().opened().asks().touch("answer:4", "reason:long_wait"),
    "thanks": lambda: Terminal().opened().asks().touch("answer:1").disk(),
    **{name: partial(_moved, moved) for name, moved in RATING_STATES.items()},
}

TRIALS = {"trial_picture": "start", "rating_trial_picture": "rating_idle"}
"""A technician's trial picture covers the page of a state; it is no page, and no rule reads it."""

STATES = (*TICKET, *(f"rating_{name}" for name in RATING))
ALL_NAMES = tuple(
    f"{name}-{wish}".rstrip("-")
    for name in STATES
    for wish, look in WISHES.items()
    if not (name.startswith("rating_") and look.low_reach and wish != HARDEST)
)
NAMES = tuple(name for name in ALL_NAMES if WISHES[name.partition("-")[2]].language in {"vi", "en"})
"""All names in the languages that ship."""


def painted(name: str) -> Painted:
    """Give the page of a name, and the head above it."""
    state, _, wish = name.partition("-")
    look = WISHES[wish]
    if state.startswith("rating_"):
        return _rating_page(state.removeprefix("rating_"), look)
    return _ticket_page(state, look)
