"""The screen that matters most: the citizen's number, and what became of the paper. Pure."""

from kiosk.ticket.hall import citizen_classes, class_of, service_of
from kiosk.ticket.model import Number, State
from kiosk.widgets.page import Actions, Block, Button, Code, Hero, Notice, Page, Summary, Tone
from presentation.formats import listed, ticket_number, wait_range
from presentation.texts import Words, name_in
from protocol.ticket_code import qr_text, ticket_code, ticket_secret

_HELD_TEXTS = {
    "paper_out": "kiosk.print.paper_out",
    "cover_open": "kiosk.print.cover_open",
    "silent": "kiosk.print.printer_unknown",
}
"""What a citizen is told about a ticket that could not be printed, by the printer's reason."""


def number_page(state: State, screen: Number, words: Words) -> Page:
    """Give the screen of a number."""
    given, language = screen.given, state.preferences.language
    service = service_of(state, given.visit.service_id)
    one = class_of(state, given.visit.priority_class_id)
    usual = citizen_classes(state)[:1]
    class_text = "" if one is None or one in usual else name_in(one.names, language)
    number_text = ticket_number(given.prefix, given.number)
    blocks: list[Block] = [
        Hero(number_text, words("ticket.priority_class", class_name=class_text) if class_text else "")
    ]
    if service is not None:
        blocks.append(Summary(service.prefix, name_in(service.names, language), _lines(screen, words)))
    sentence, tone = _paper(screen, number_text, words)
    blocks.append(Notice(sentence, tone))
    if given.offline:
        blocks.append(Notice(words("kiosk.offline_hint")))
    if screen.printing not in {"printing", "printed"} and state.identity is not None and state.view is not None:
        secret = given.secret or ticket_secret(state.identity.link_key, given.visit.visit_id)
        code = ticket_code(given.visit.visit_id, secret)
        link = state.view.ticket_link
        sentence = words("kiosk.number.keep_code" if link.kind == "code" else "kiosk.number.scan_phone")
        blocks.append(Code(qr_text(link, code), sentence))
    blocks.append(Actions(_buttons(state, screen, words)))
    return Page("number", words("kiosk.number.title"), "", tuple(blocks), subject=given.visit.visit_id)


def _lines(screen: Number, words: Words) -> tuple[str, ...]:
    given = screen.given
    lines: list[str] = []
    if given.ahead is not None:
        lines.append(words.counted("kiosk.number.ahead", given.ahead))
    if given.estimate is not None:
        lines.append(words("kiosk.number.wait", range=wait_range(words, given.estimate.low_s, given.estimate.high_s)))
    if given.counter_numbers:
        numbers = given.counter_numbers
        lines.append(words.counted("kiosk.number.counters", len(numbers), counters=listed(words, numbers)))
    return tuple(lines)


def _paper(screen: Number, number_text: str, words: Words) -> tuple[str, Tone]:
    match screen.printing:
        case "none":
            return words("kiosk.print.no_printer"), "info"
        case "printing":
            return words("kiosk.print.printing"), "info"
        case "printed" if screen.copy:
            return words("kiosk.print.reprinted", number=number_text), "good"
        case "printed":
            return words("kiosk.number.sit"), "good"
        case "uncertain":
            return words("kiosk.print.uncertain", number=number_text), "trouble"
        case "held" | "failed":
            key = _HELD_TEXTS.get(screen.reason, "kiosk.print.printer_off")
            return words(key, number=number_text), "trouble"


def _buttons(state: State, screen: Number, words: Words) -> tuple[Button, ...]:
    again = screen.copy + 1 < state.settings.copies_most
    done = Button("done", words("common.done"), look="primary")
    match screen.printing:
        case "uncertain" if again:
            return (
                Button("done", words("kiosk.print.uncertain_yes"), look="primary"),
                Button("reprint", words("kiosk.print.uncertain_no")),
            )
        case "failed" if again:
            return (done, Button("reprint", words("kiosk.print.reprint")))
        case _:
            return (done, Button("another", words("kiosk.number.another")))
