"""What each state of the ticket kiosk looks like: state and words in, `Page` out. Pure.

On every screen: where am I (the title), back, start again, and the keys for language, letters, contrast, reach, help.
"""

from datetime import datetime
from typing import Final

from kiosk.ticket import catalogue_pages, finding_pages
from kiosk.ticket.before import cautions, few_left
from kiosk.ticket.hall import (
    HELP_UNDER_WAY,
    citizen_classes,
    class_of,
    closed_because,
    is_stopped,
    next_opens_at,
    own_range,
    procedure_of,
    procedures_of,
    service_of,
    service_state,
    situation,
)
from kiosk.ticket.listening import stay_s
from kiosk.ticket.model import (
    ClassChoice,
    Confirm,
    Details,
    Number,
    Procedures,
    Refusal,
    Search,
    Services,
    State,
)
from kiosk.ticket.number_page import number_page
from kiosk.ticket.parts import back_and_start, paging, wait_texts
from kiosk.ticket.person_model import CardFirst, Held
from kiosk.ticket.person_pages import card_page, held_page
from kiosk.ticket.scan_model import FoundVisit, Looking, ScanAnswer
from kiosk.ticket.scan_pages import brought_notice, scan_page
from kiosk.ticket.voice_model import VoiceKinds, VoiceRefused, VoiceReview, VoiceSent, VoiceWriting
from kiosk.ticket.voice_pages import door, voice_page
from kiosk.widgets.page import (
    Actions,
    Block,
    Button,
    Cautions,
    Choices,
    Emblem,
    Field,
    Header,
    Notice,
    Page,
    Summary,
    Tile,
    Tiles,
)
from presentation.formats import clock, opening, opening_long, weekday_date
from presentation.stopping import StopWords, to_reader
from presentation.texts import Texts, Words, name_in
from protocol.views import KioskService, KioskView

TILES_PER_PAGE = 6
RESTING: Final = frozenset({"services", "closed", "stopped", "gone", "not_ready"})
"""Names of the pages before which nobody need stand."""


def header(state: State, texts: Texts, hall_at: datetime) -> Header:
    """Give the head of the screen: agency in capitals, the hall's name, the time of the hall."""
    words = texts.words(state.preferences.language)
    if state.view is None:
        return Header("", "", "", "")
    language, offset_s = state.preferences.language, state.view.utc_offset_s
    return Header(
        name_in(state.view.agency, language).upper(),
        name_in(state.view.names, language),
        clock(words, hall_at, offset_s),
        weekday_date(words, hall_at, offset_s),
    )


def page(state: State, texts: Texts, hall_at: datetime) -> Page:
    """Give the screen of a state."""
    words = texts.words(state.preferences.language)
    stopped = _stop_message(state, texts)
    if stopped and not isinstance(state.screen, Number):
        shown = _stopped(*stopped)
    else:
        shown = _still_there(state, words, hall_at) if state.stay_asked_hall_at else _screen(state, words, hall_at)
    wishes = state.preferences
    notices = _helper(state, words)
    if stopped and isinstance(state.screen, Number):  # A number that is given is shown all the same.
        notices = (Notice(stopped[0].sentences, "trouble"), *notices)
    return Page(
        shown.name,
        shown.title,
        shown.hint,
        (*notices, *shown.blocks),
        shown.nav,
        _keys(state, texts, words),
        wishes.large_text,
        wishes.low_reach,
        wishes.high_contrast,
        busy=shown.busy,
        subject=shown.subject,
        is_private=shown.is_private,
    )


def _stop_message(state: State, texts: Texts) -> tuple[StopWords, tuple[str, ...]] | None:
    if state.view is None or state.view.stopped is None or not is_stopped(state):
        return None
    return to_reader(state.view.stopped, texts, state.preferences.language, state.view.languages)


def _stopped(told: StopWords, others: tuple[str, ...]) -> Page:
    """Say why the hall is stopped, and nothing else; what was begun is there again when it goes on."""
    sentences = (*((told.hint,) if told.hint else ()), *others)
    return Page("stopped", told.title, "", (Emblem("warning"), *(Notice(one, "trouble") for one in sentences)))


def _screen(state: State, words: Words, hall_at: datetime) -> Page:  # noqa: C901, PLR0911 -- one line per screen.
    match state.screen:
        case Services():
            return _start(state, state.screen, words, hall_at)
        case Procedures():
            return finding_pages.procedures_page(state, state.screen, words)
        case Search():
            return finding_pages.search_page(state, state.screen, words)
        case Details():
            return catalogue_pages.details_page(state, state.screen, words)
        case ClassChoice():
            return _class_choice(state, state.screen, words)
        case Confirm():
            return _confirm(state, state.screen, words, hall_at)
        case Number():
            return number_page(state, state.screen, words)
        case Refusal():
            return _refusal(state, state.screen, words, hall_at)
        case CardFirst():
            return card_page(state, state.screen, words)
        case Held():
            return held_page(state, state.screen, words)
        case Looking() | FoundVisit() | ScanAnswer():
            return scan_page(state, state.screen, words)
        case VoiceKinds() | VoiceWriting() | VoiceReview() | VoiceSent() | VoiceRefused():
            return voice_page(state, state.screen, words)


# --- The start -------------------------------------------------------------------------------------------------------


def _start(state: State, screen: Services, words: Words, hall_at: datetime) -> Page:
    view = state.view
    match situation(state, hall_at):
        case "not_ready":
            blocks = (Emblem("warning"), *_hotline(state, words))
            return Page("not_ready", words("common.out_of_service"), words("kiosk.not_started"), blocks)
        case "closed":
            assert view is not None, "only a view tells that the hall is closed"
            return _closed(state, view, words, hall_at)
        case "gone":
            blocks = (Emblem("warning"), *_search_field(state, words), *_hotline(state, words))
            return Page("gone", words("kiosk.server_gone_title"), words("kiosk.server_gone_hint"), blocks)
        case "own_numbers":
            notices: tuple[Block, ...] = (Notice(words("kiosk.offline_hint")),)
        case "open":
            notices = ()
    assert view is not None, "an open hall is known by its view"
    message = view.message and name_in(view.message, state.preferences.language)
    if message:
        notices = (*notices, Notice(message))
    pages = max(1, -(-len(view.services) // TILES_PER_PAGE))
    place = min(screen.page, pages - 1)
    services = view.services[place * TILES_PER_PAGE : (place + 1) * TILES_PER_PAGE]
    tiles = Tiles(tuple(_tile(state, service, words, hall_at) for service in services))
    hint = "" if notices else words("kiosk.greeting_hint")
    turns = paging(words, place, pages, "kiosk.previous_services", "kiosk.more_services")
    nav = (*(turns[:1] if place else ()), *door(state, words), *(turns[1:] if place else turns))
    return Page("services", words("kiosk.greeting"), hint, (*notices, *_search_field(state, words), tiles), nav)


def _tile(state: State, service: KioskService, words: Words, hall_at: datetime) -> Tile:
    language = state.preferences.language
    wait, people, mark = wait_texts(service, words)
    obstacles = {
        "closed": words("kiosk.service_closed"),
        "quota_reached": words("kiosk.service_full"),
        "full": words("kiosk.hall_full"),
    }
    hint = name_in(service.hints, language) if service.hints else ""
    now = service_state(state, service, hall_at)
    usable = now == "open"
    if not usable:
        wait, people, mark = obstacles[now], "", "none"
        opens_at = next_opens_at(state, service, hall_at)
        if opens_at and state.view:
            hint = words("kiosk.service_opens", time=opening(words, opens_at, hall_at, state.view.utc_offset_s))
    elif state.link != "up":
        # How many wait is not known while the server is gone, and what is not known is not shown.
        usable = own_range(state, service, hall_at) is not None
        wait, people, mark = ("" if usable else words("kiosk.service_waits")), "", "none"
    elif state.view:
        people = few_left(state.view, service, words) or people
    return Tile(
        f"service:{service.service_id}",
        service.prefix,
        name_in(service.names, language),
        hint,
        wait,
        people,
        mark,
        usable,
    )


def _search_field(state: State, words: Words) -> tuple[Block, ...]:
    if state.catalogue is None or not state.catalogue.procedures:
        return ()
    return (Field("", words("kiosk.search.hint"), action="search"),)


def _hotline(state: State, words: Words) -> tuple[Block, ...]:
    hotline = state.view.hotline if state.view else ""
    return (Notice(words("common.hotline_number", phone=hotline)),) if hotline else ()


def _closed(state: State, view: KioskView, words: Words, hall_at: datetime) -> Page:
    lines: list[Block] = [Emblem("clock")]
    if view.message:
        lines.append(Notice(name_in(view.message, state.preferences.language)))
    lines.extend(_on_duty(state, words))
    if state.catalogue is not None:
        lines.append(Notice(words("kiosk.closed_hint")))
    lines.extend(_search_field(state, words))
    lines.extend(_hotline(state, words))
    hint = ""
    opens_at = next_opens_at(state, None, hall_at)
    if opens_at:
        hint = words("kiosk.closed_next", when=opening_long(words, opens_at, hall_at, view.utc_offset_s))
    return Page("closed", _why_closed(state, view, words, hall_at), hint, tuple(lines), door(state, words))


def _why_closed(state: State, view: KioskView, words: Words, hall_at: datetime) -> str:
    because = closed_because(state, hall_at)
    if because == "holiday":
        names = view.holiday_names
        name = name_in(names, state.preferences.language) if names else ""
        return words("kiosk.closed.holiday", name=name) if name else words("kiosk.closed_title")
    key = f"kiosk.closed.{because}"
    return words(key) if because and words.has(key) else words("kiosk.closed_title")


def _on_duty(state: State, words: Words) -> tuple[Block, ...]:
    """Say whom to call for what cannot wait until the hall opens."""
    contacts = state.view.duty_contacts if state.view else ()
    language = state.preferences.language
    return tuple(
        Notice(words("kiosk.closed_duty", what=name_in(one.names, language), phone=one.phone)) for one in contacts
    )


# --- On the way to a number ------------------------------------------------------------------------------------------


def _class_choice(state: State, screen: ClassChoice, words: Words) -> Page:
    language = state.preferences.language
    usual, *others = citizen_classes(state)
    choices = [Button(f"class:{usual.priority_class_id}", words("kiosk.class_normal"), look="primary")]
    for one in others:
        hint = name_in(one.hints, language) if one.hints else ""
        choices.append(Button(f"class:{one.priority_class_id}", name_in(one.names, language), hint))
    blocks = (
        *brought_notice(screen.brought, words),
        _chosen_so_far(state, screen.service_id, screen.procedure_code, words),
        Choices(tuple(choices)),
        # Who brings a paper has been told what to bring; the next page has the documents all the same.
        *(() if screen.brought else _documents(state, screen.service_id, screen.procedure_code, words)),
    )
    return Page("class", words("kiosk.choose_class"), words("kiosk.choose_class_hint"), blocks, back_and_start(words))


def _confirm(state: State, screen: Confirm, words: Words, hall_at: datetime) -> Page:
    if screen.unanswered:
        retry = Actions((Button("retry", words("common.retry"), look="primary"),))
        summary = _chosen_so_far(state, screen.service_id, screen.procedure_code, words)
        title, hint = words("kiosk.server_gone_title"), words("kiosk.server_gone_hint")
        return Page("unanswered", title, hint, (summary, Emblem("warning"), retry), back_and_start(words))
    service = service_of(state, screen.service_id)
    one = class_of(state, screen.priority_class_id)
    class_name = name_in(one.names, state.preferences.language) if one else ""
    summary = _chosen_so_far(state, screen.service_id, screen.procedure_code, words, class_name)
    heard = cautions(state, service, screen.procedure_code, words, hall_at) if service is not None else ()
    asks = any(one.asks for one in heard)
    blocks: list[Block] = [*brought_notice(screen.brought, words), summary]
    if heard:
        blocks.append(Cautions(tuple(one.sentence for one in heard)))
    if screen.slow:
        blocks.append(Notice(words("kiosk.server_slow")))
        return Page("taking", words("kiosk.taking"), "", tuple(blocks), busy=True)
    label = words("kiosk.before.consent" if asks else "kiosk.confirm_button")
    blocks.append(Actions((Button("take", label, look="primary"),)))
    blocks.extend(_documents(state, screen.service_id, screen.procedure_code, words))
    hint = words("kiosk.before.consent_hint") if asks else ""
    return Page("confirm", words("kiosk.confirm_title"), hint, tuple(blocks), back_and_start(words), busy=screen.busy)


def _chosen_so_far(state: State, service_id: str, procedure_code: str, words: Words, class_name: str = "") -> Summary:
    language = state.preferences.language
    service = service_of(state, service_id)
    if service is None:
        return Summary("", "")
    procedure = procedure_of(state, procedure_code)
    lines = [name_in(procedure.names, language)] if procedure else []
    if class_name:
        lines.append(class_name)
    wait, people, mark = wait_texts(service, words) if state.link == "up" else ("", "", "none")
    return Summary(service.prefix, name_in(service.names, language), tuple(lines), wait, people, mark)


def _documents(state: State, service_id: str, procedure_code: str, words: Words) -> tuple[Block, ...]:
    """One touch beside the way: the documents of the procedure, or all procedures of the service."""
    if procedure_code:
        return (Actions((Button(f"procedure:{procedure_code}", words("kiosk.documents"), look="quiet"),)),)
    if procedures_of(state, service_id):
        return (Actions((Button("procedures", words("kiosk.all_procedures"), look="quiet"),)),)
    return ()


def _refusal(state: State, screen: Refusal, words: Words, hall_at: datetime) -> Page:
    own_words = {
        "server_gone": ("kiosk.server_gone_title", "kiosk.server_gone_hint"),
        "offline_full": ("kiosk.server_gone_title", "kiosk.offline_full"),
    }
    if screen.code in own_words:
        title, sentence = (words(key) for key in own_words[screen.code])
    else:
        title = words("kiosk.refused_title")
        sentence = screen.sentences.get(state.preferences.language, "")
        if not sentence:
            key = f"kiosk.refused.{screen.code}"
            sentence = words(key) if words.has(key) else words("kiosk.server_gone_hint")
    blocks: list[Block] = []
    service = service_of(state, screen.service_id)
    if service is not None:
        blocks.append(Summary(service.prefix, name_in(service.names, state.preferences.language)))
        opens_at = next_opens_at(state, service, hall_at) or next_opens_at(state, None, hall_at)
        if opens_at and state.view and screen.code in {"closed", "service_closed", "quota_reached"}:
            when = opening_long(words, opens_at, hall_at, state.view.utc_offset_s)
            blocks.append(Notice(words("kiosk.closed_next", when=when)))
    if screen.code in {"closed", "service_closed"}:
        blocks.extend(_on_duty(state, words))
    blocks.extend(_documents(state, screen.service_id, "", words))
    return Page("refused", title, sentence, tuple(blocks), back_and_start(words))


# --- On every screen -------------------------------------------------------------------------------------------------


def _helper(state: State, words: Words) -> tuple[Block, ...]:
    """Say what became of a call for help."""
    hotline = state.view.hotline if state.view else ""
    match state.help:
        case "called":
            return (Notice(words("kiosk.helper_called"), "good"),)
        case "coming":
            return (Notice(words("kiosk.helper_coming"), "good"),)
        case "unanswered":
            return (Notice(words("kiosk.helper_unanswered", phone=hotline or "–"), "trouble"),)
        case "failed":
            return (Notice(words("kiosk.helper_failed"), "trouble"),)
        case "taken_back":
            return (Notice(words("kiosk.helper_taken_back")),)
        case _:
            return ()


def _help_key(state: State) -> str:
    return "kiosk.keys.help_back" if state.help in {"called", "coming"} else "kiosk.keys.help"


def _still_there(state: State, words: Words, hall_at: datetime) -> Page:
    assert state.stay_asked_hall_at is not None, "asked only while the question is open"
    gone_s = (hall_at - state.stay_asked_hall_at).total_seconds()
    left_s = max(0, round(stay_s(state) - gone_s))
    buttons = (
        Button("stay", words("kiosk.timeout_stay"), look="primary"),
        Button("start_again", words("common.start_again")),
    )
    hint = words("kiosk.timeout_hint", seconds=left_s)
    return Page("still_there", words("kiosk.timeout_title"), hint, (Emblem("clock"), Actions(buttons)))


def _keys(state: State, texts: Texts, words: Words) -> tuple[Button, ...]:
    wishes = state.preferences
    languages = state.view.languages if state.view else ("vi", "en")
    place = languages.index(wishes.language) if wishes.language in languages else -1
    other = languages[(place + 1) % len(languages)]

    def switch(key: str, on: str, off: str, *, chosen: bool) -> Button:
        return Button(f"key:{key}", words(f"kiosk.keys.{on if chosen else off}"), chosen=chosen)

    return (
        Button("key:language", texts.own_name(other)),
        switch("large_text", "normal_text", "large_text", chosen=wishes.large_text),
        switch("high_contrast", "normal_contrast", "high_contrast", chosen=wishes.high_contrast),
        switch("low_reach", "full_reach", "low_reach", chosen=wishes.low_reach),
        Button("key:help", words(_help_key(state)), look="primary", chosen=state.help in HELP_UNDER_WAY),
    )
