"""What a scanned code is: a ticket of ours, a dossier, an appointment, a citizen card, or nothing known here. Pure.

The text comes withheld and is looked at here once; what goes on holds no more than its use needs: of a citizen card its
number, masked and withheld, of a code that is not known nothing at all.
"""

import re
from datetime import date, datetime, time
from typing import Final, NamedTuple

from hardware.codecs.citizen_card import NotACard, read_citizen_card
from hardware.codecs.withheld import Withheld
from protocol.ticket_code import TicketCode, read_ticket_code

DOSSIER_PATTERN: Final = r"[A-Z][0-9]{2}(\.[0-9]{2}){0,3}-[0-9]{6}-[0-9]{4,7}"
"""Unit, day and number of the day, as on receipts since Decree 61/2018: H15.50.05.13-261008-0975."""

_NUMBER: Final = re.compile(r"[A-ZĐ]{1,3}[0-9]{3,5}")
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What a scanner may be told to put first: which kind of code it was (ISO/IEC 15424)."""


APPOINTMENT_PATTERN: Final = (
    r"LH-(?P<day>[0-9]{6})-(?P<time>[0-9]{4})-(?P<what>[A-Za-z0-9_.:]{1,64})(-(?P<priority>[A-Za-z0-9_]{1,64}))?"
)
"""Day (yymmdd), time of day, service or procedure, and perhaps a priority class: LH-261123-0930-1.001193-elderly."""

APPOINTMENT_GROUPS: Final = frozenset({"day", "time", "what", "priority"})


class CodeForms(NamedTuple):
    """The whole forms of the codes that other programs print: a dossier's, and an appointment's with its groups."""

    dossier: re.Pattern[str] = re.compile(DOSSIER_PATTERN)
    appointment: re.Pattern[str] = re.compile(APPOINTMENT_PATTERN)


class TicketScan(NamedTuple):
    """The QR of a ticket: visit and secret, which together prove who holds it."""

    code: Withheld[TicketCode]


class NumberScan(NamedTuple):
    """A bare number such as H001: known to everybody who looks at a board, so it opens nothing."""


class DossierScan(NamedTuple):
    """A dossier's code, on a receipt."""

    code: Withheld[str]


class CardScan(NamedTuple):
    """A citizen card; ``masked_id`` is what a screen may show.

    The whole number is there for the mark of the person alone, where numbers are limited per person.
    """

    masked_id: str
    citizen_id: Withheld[str] = Withheld("")


class AppointmentScan(NamedTuple):
    """An appointment's code: for which day and hour, and for what. It proves nothing, and gives no precedence."""

    day: date
    booked_time: time
    what: str
    """A service's id or a procedure's code."""
    priority_class_id: str


class UnknownScan(NamedTuple):
    """A code that is none of these."""


AnyScan = TicketScan | NumberScan | DossierScan | AppointmentScan | CardScan | UnknownScan


def classify(scanned: Withheld[str], forms: CodeForms) -> AnyScan:
    """Tell what a scan is."""
    text = _SYMBOLOGY.sub("", scanned.reveal(), count=1) if scanned.reveal().startswith("]") else scanned.reveal()
    ticket = read_ticket_code(text)
    if ticket is not None:
        return TicketScan(Withheld(ticket))
    try:
        card = read_citizen_card(text)
        return CardScan(card.masked_id(), Withheld(card.citizen_id))
    except NotACard:
        pass
    if forms.dossier.fullmatch(text):
        return DossierScan(Withheld(text))
    if match := forms.appointment.fullmatch(text):
        return _appointment(match)
    return NumberScan() if _NUMBER.fullmatch(text) else UnknownScan()


def _appointment(match: re.Match[str]) -> AppointmentScan | UnknownScan:
    parts = {name: part or "" for name, part in match.groupdict().items()}
    try:
        at = datetime.strptime(parts["day"] + parts["time"], "%y%m%d%H%M")  # noqa: DTZ007 -- the hall's own time.
    except ValueError:
        return UnknownScan()
    return AppointmentScan(at.date(), at.time(), parts["what"], parts.get("priority", ""))
