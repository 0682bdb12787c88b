"""The decision to stop the whole hall, and to go on.

A stopped hall gives no numbers and calls nobody; everything that people see and hear tells why instead. Nobody loses
anything by it: who waits keeps place and arrival, who was called is no no-show, and a service that was begun may be
ended. What passes meanwhile is marked, so that no figure takes it for the hall's own slowness.

A stop stands until somebody ends it, over a restart and over the day's end: after a fire no clock may reopen a hall.
Only a message that is about today alone (``ends_with_day``) is over with the day.
"""

import re
import unicodedata
from datetime import datetime
from typing import Final

from protocol import commands as c
from protocol import events as e
from protocol.configuration import Words
from queue_server.core import ratings
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events

_LONG_NUMBER: Final = re.compile(r"\d(?:[ .\-]?\d){7,}")
"""Eight digits or more, as in the numbers of cards and telephones: such a number is somebody's."""


def stop_hall(branch: Branch, request: Request, command: c.StopHall, at: datetime) -> Events:
    """Stop the hall, or tell something else while it stands; the message that is told already changes nothing."""
    stopped = _message(branch, request, command, at)
    standing = branch.stopped
    if standing is not None and _says(standing) == _says(stopped):
        return ()
    if stopped.ends_with_day and not branch.day_open:
        raise Refusal("day_closed")
    questions = [event for counter in branch.counters.values() for event in ratings.close_window(counter, at)]
    return (*questions, stopped)


def resume_hall(branch: Branch, request: Request, command: c.ResumeHall, at: datetime) -> Events:
    """Go on, if the message that is meant is the one that is told; a hall that goes on already is not changed."""
    if branch.stopped is None:
        return ()
    if branch.stopped.at != command.told_at:
        raise Refusal("stopped_anew")
    return (e.HallResumed(at=at, clerk_id=request.actor.clerk_id),)


def need_going_hall(branch: Branch) -> None:
    """Refuse what nobody can answer to while the hall is stopped: numbers, calls, and that somebody did not come."""
    if branch.stopped is not None:
        raise Refusal("hall_stopped")


def _message(branch: Branch, request: Request, command: c.StopHall, at: datetime) -> e.HallStopped:
    languages, ends_with_day = branch.configuration.languages, command.ends_with_day
    names, hints = _told(command.names, languages), _told(command.hints, languages)
    if command.emergency_id:
        known = {one.emergency_id: one for one in branch.configuration.emergencies}.get(command.emergency_id)
        if known is None:
            raise Refusal("unknown_emergency", emergency_id=command.emergency_id)
        names, hints, ends_with_day = known.names, known.hints, known.ends_with_day
    elif command.names or command.hints:
        _check_free(names, hints)
    return e.HallStopped(
        at=at,
        emergency_id=command.emergency_id,
        names=names,
        hints=hints,
        ends_with_day=ends_with_day,
        clerk_id=request.actor.clerk_id,
        since_at=branch.stopped.since_at or branch.stopped.at if branch.stopped is not None else None,
    )


def _check_free(names: Words, hints: Words) -> None:
    """Check that a free message can stand on every board, and in the log for ever: it holds nobody's number."""
    if not names.get("vi"):
        raise Refusal("message_without_words")
    if any(_LONG_NUMBER.search(text) for text in (*names.values(), *hints.values())):
        raise Refusal("message_with_number")


def _told(words: Words, languages: tuple[str, ...]) -> Words:
    """Give words as they are told: in the hall's languages, in one form, on one line; none where nothing is said."""
    lines = {language: _line(words.get(language, "")) for language in languages}
    return {language: line for language, line in lines.items() if line}


def _line(text: str) -> str:
    signs = (sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", text))
    return " ".join("".join(signs).split())


def _says(event: e.HallStopped) -> tuple[str, Words, Words, bool]:
    return event.emergency_id, event.names, event.hints, event.ends_with_day
