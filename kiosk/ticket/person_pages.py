"""Screens about limits per person: the card first, and the number that one has already. Pure."""

from typing import Final

from kiosk.ticket.hall import HELP_UNDER_WAY, service_of
from kiosk.ticket.model import State
from kiosk.ticket.parts import back_and_start
from kiosk.ticket.person_model import CardFirst, Held
from kiosk.ticket.persons import paper_again
from kiosk.ticket.scan_pages import brought_notice
from kiosk.widgets.page import Actions, Block, Button, Emblem, Hero, Notice, Page, Summary
from presentation.formats import clock, ticket_number
from presentation.texts import Words, name_in

AT_COUNTER: Final = frozenset({"called", "in_service"})
"""Whose number is in one of these is sent to the counter, and nowhere else."""


def card_page(state: State, screen: CardFirst, words: Words) -> Page:
    """Ask for the card: how, what is made of it, and what to do without one."""
    blocks: list[Block] = [*brought_notice(screen.brought, words), *_service(state, screen.service_id, words)]
    can_read = state.settings.has_scanner and not state.scanner_gone
    if screen.trouble and can_read:
        blocks.append(Notice(words(f"kiosk.card.{screen.trouble}"), "trouble"))
    blocks.append(Emblem("card" if can_read else "warning"))
    if can_read:
        blocks.append(Notice(words("kiosk.card.promise")))
    if state.help not in HELP_UNDER_WAY:
        blocks.append(Actions((_to_the_staff(words, can_read=can_read),)))
    title = words("kiosk.card.title" if can_read else "kiosk.card.title_needed")
    hint = words(f"kiosk.card.{_how(state, can_read=can_read)}")
    return Page("card", title, hint, tuple(blocks), back_and_start(words))


def _to_the_staff(words: Words, *, can_read: bool) -> Button:
    if can_read:
        return Button("without_card", words("kiosk.card.without"), words("kiosk.card.without_hint"))
    return Button("without_card", words("kiosk.card.without_hint"), look="primary")


def _how(state: State, *, can_read: bool) -> str:
    if not can_read:
        return "cannot_read"
    known_by = state.view.rules.numbers_per_person.known_by if state.view else ()
    return "how_or_receipt" if "receipt" in known_by else "how"


def held_page(state: State, screen: Held, words: Words) -> Page:
    """Say that there is no second number, which one it is that this person has, and offer its paper."""
    language = state.preferences.language
    title, hint = words("kiosk.held.title"), screen.sentences.get(language, "")
    if screen.request_id:
        return Page("held", title, hint, (Emblem("clock"),), busy=True)
    blocks: list[Block] = []
    own, told = screen.own, screen.found
    if own is not None and state.view is not None:
        time = clock(words, own.taken_at, state.view.utc_offset_s)
        hint = words("kiosk.held.own", time=time, limit=screen.limit)
        blocks += [Hero(ticket_number(own.prefix, own.number)), *_service(state, own.visit.service_id, words)]
    elif told is not None:
        blocks += [Hero(ticket_number(told.visit.prefix, told.visit.number))]
        blocks += _service(state, told.visit.service_id, words)
        if told.visit.state in AT_COUNTER:
            hint = ""  # The server's sentence says when there may be another number; this one's turn is now.
        sentence = words(f"kiosk.scan.state.{told.visit.state}", counter=told.counter_number or "")
        blocks.append(Notice(sentence, "good" if told.visit.state == "called" else "info"))
    else:
        blocks += [Emblem("counter"), *_service(state, screen.service_id, words)]
    buttons = [Button("done", words("common.done"), look="primary")]
    if paper_again(state, screen) is not None:
        buttons.append(Button("paper_again", words("kiosk.held.paper")))
    blocks.append(Actions(tuple(buttons)))
    subject = own.visit.visit_id if own else told.visit.visit_id if told else ""
    return Page("held", title, hint, tuple(blocks), subject=subject)


def _service(state: State, service_id: str, words: Words) -> tuple[Block, ...]:
    service = service_of(state, service_id)
    return () if service is None else (Summary(service.prefix, name_in(service.names, words.language)),)
