"""What an usher reads of the papers ordered at kiosks: how each of them goes, and which kiosk may be chosen. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from presentation.formats import clock, ticket_number
from presentation.texts import Words
from protocol.views import HallKiosk, HallPrintOrder, HallView, PrintOrderState

Mark = Literal["going", "done", "look", "not"]
"""What to do: wait, nothing, look at the kiosk, or print it elsewhere."""

MARKS: Final[dict[PrintOrderState, Mark]] = {
    "ordered": "going",
    "confirmed": "done",
    "held": "look",
    "uncertain": "look",
    "failed": "not",
    "void": "not",
    "expired": "not",
    "replaced": "not",
}


@dataclass(frozen=True)
class PrintRow:
    """A paper: of which number, at which kiosk, when it was ordered, how it goes."""

    visit_id: str
    number: str
    kiosk: str
    ordered: str
    mark: Mark
    sentence: str


@dataclass(frozen=True)
class KioskChoice:
    """A kiosk to choose: its name, with what is amiss there."""

    function_id: str
    name: str
    is_away: bool
    is_chosen: bool


def print_rows(view: HallView, words: Words, visit_id: str = "") -> tuple[PrintRow, ...]:
    """Give the last papers, the newest first; with an id those of that visit alone."""
    kiosks = {one.function_id: one for one in view.kiosks}
    return tuple(
        _row(order, kiosks.get(order.function_id), words, view.utc_offset_s)
        for order in view.print_orders
        if visit_id in ("", order.visit_id)
    )


def kiosk_choices(view: HallView, words: Words, last_used: str) -> tuple[KioskChoice, ...]:
    """Give the kiosks, the one that was used last chosen; else the first that is heard."""
    heard = [one.function_id for one in view.kiosks if one.state != "gone"]
    chosen = last_used if last_used in heard else next(iter(heard), "")
    return tuple(
        KioskChoice(
            function_id=one.function_id,
            name=f"{one.name} – {amiss}" if (amiss := _amiss(one, words)) else one.name,
            is_away=one.state == "gone",
            is_chosen=one.function_id == chosen,
        )
        for one in view.kiosks
    )


def _row(order: HallPrintOrder, kiosk: HallKiosk | None, words: Words, utc_offset_s: int) -> PrintRow:
    is_away = order.state == "ordered" and (kiosk is None or kiosk.state == "gone")
    name = kiosk.name if kiosk is not None else order.function_id
    key = "usher.print.away" if is_away else f"usher.print.{order.state}"
    return PrintRow(
        visit_id=order.visit_id,
        number=ticket_number(order.prefix, order.number),
        kiosk=name,
        ordered=clock(words, order.ordered_at, utc_offset_s),
        mark="not" if is_away else MARKS[order.state],
        sentence=words(key, reason=_reason(order.reason, words)),
    )


def _amiss(kiosk: HallKiosk, words: Words) -> str:
    if kiosk.state == "gone":
        return words("usher.kiosk_away")
    return _reason(kiosk.reason, words) if kiosk.state == "out" else ""


def _reason(reason: str, words: Words) -> str:
    key = f"devices.reason.{reason}"
    return words(key) if reason and words.has(key) else words("usher.printer_trouble")
