"""Screens that follow a scan. Pure."""

from kiosk.ticket.hall import service_of
from kiosk.ticket.model import State
from kiosk.ticket.parts import back_and_start
from kiosk.ticket.scan_model import Brought, FoundVisit, Looking, ScanAnswer
from kiosk.widgets.page import Actions, Block, Button, Emblem, Hero, Notice, Page, Summary
from presentation.formats import ticket_number, wait_range
from presentation.texts import Words, name_in

_READ = frozenset({"dossier", "citizen_card", "card_too_early"})
"""What was read well, and leads nowhere here."""


def scan_page(state: State, screen: Looking | FoundVisit | ScanAnswer, words: Words) -> Page:
    """Give the screen of a scan."""
    match screen:
        case Looking():
            return Page("looking", words("kiosk.scan.looking"), "", (Emblem("clock"),), busy=True)
        case FoundVisit():
            return _found(state, screen, words)
        case ScanAnswer():
            return _answer(screen, words)


def _found(state: State, screen: FoundVisit, words: Words) -> Page:
    visit, language = screen.found.visit, state.preferences.language
    number_text = ticket_number(visit.prefix, visit.number)
    blocks: list[Block] = [Hero(number_text, "")]
    service = service_of(state, visit.service_id)
    if service is not None:
        blocks.append(Summary(service.prefix, name_in(service.names, language), _lines(screen, words)))
    sentence = words(f"kiosk.scan.state.{visit.state}", counter=screen.found.counter_number or "")
    blocks.append(Notice(sentence, "good" if visit.state == "called" else "info"))
    blocks.append(Actions((Button("done", words("common.done"), look="primary"),)))
    return Page("found", words("kiosk.number.title"), "", tuple(blocks), subject=visit.visit_id)


def _lines(screen: FoundVisit, words: Words) -> tuple[str, ...]:
    if screen.found.visit.state != "waiting":
        return ()
    lines = [words.counted("kiosk.number.ahead", screen.found.ahead)]
    estimate = screen.found.estimate
    if estimate is not None:
        lines.append(words("kiosk.number.wait", range=wait_range(words, estimate.low_s, estimate.high_s)))
    return tuple(lines)


def brought_notice(brought: Brought | None, words: Words) -> tuple[Block, ...]:
    """Say that the paper was read which led here; nothing when a touch did."""
    match brought:
        case None:
            return ()
        case Brought(booked_time=at) if at is not None:
            time_text = words("format.time", hour=f"{at.hour:02}", minute=f"{at.minute:02}")
            return (Notice(words("kiosk.scan.by_appointment", time=time_text), "good"),)
        case _:
            return (Notice(words("kiosk.scan.by_receipt"), "good"),)


def _answer(screen: ScanAnswer, words: Words) -> Page:
    day = screen.day
    date = words("format.date", day=f"{day.day:02}", month=f"{day.month:02}", year=day.year) if day else ""
    title, sentence = words(f"kiosk.scan.title.{screen.code}"), words(f"kiosk.scan.answer.{screen.code}", date=date)
    blocks: tuple[Block, ...] = (Emblem("tick" if screen.code in _READ else "warning"),)
    if screen.masked_id:
        blocks = (*blocks, Notice(words("kiosk.scan.masked_id", masked_id=screen.masked_id)))
    done = Actions((Button("start_again", words("kiosk.scan.to_services"), look="primary"),))
    return Page("scanned", title, sentence, (*blocks, done), back_and_start(words))
