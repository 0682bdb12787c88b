"""The routes of the hall as a whole: the first page, and how long one waits, now and usually."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from presentation.formats import clock, duration, listed, opening_long, wait_range
from presentation.texts import Words, name_in
from protocol.views import KioskService, KioskView
from queue_server.public.shared import (
    PLAIN_AGAIN_S,
    kiosk_view,
    message_page,
    page,
    parts,
    stopped_words,
    unchanged_or,
    words,
)
from queue_server.public.usual import LEAST_VISITS, UsualHour

waits = Blueprint("waits", __name__)

AGAIN_S = PLAIN_AGAIN_S


@dataclass(frozen=True, slots=True)
class WaitNow:
    """How one service stands: people, range, counters; or why no numbers are given."""

    service_id: str
    prefix: str
    name: str
    people: str
    range: str
    counters: str
    closed: str


@dataclass(frozen=True, slots=True)
class WaitHour:
    """An hour as it usually is. `bar` is the length of its bar in twentieths of the longest."""

    hours: str
    middle: str
    most: str
    visits: int
    bar: int


@waits.get("/")
def start() -> Response:
    """Give the first page."""
    return unchanged_or(page("start.html", words(), published=bool(parts().months.known())))


@waits.get("/waits")
def now() -> Response:
    """Tell how long one waits now, and by the hour."""
    spoken, kiosk, hall = words(), kiosk_view(), parts().hall
    if kiosk is None or hall.state != "up":
        return message_page(spoken("follow.gone_title"), spoken("public.no_waits"), spoken, 503, again_s=AGAIN_S)
    chosen = request.args.get("service", "")
    usual = parts().usual.before(kiosk.day, kiosk.utc_offset_s)
    chosen = chosen if chosen in {one.service_id for one in kiosk.services} else ""
    answer = page(
        "waits.html",
        spoken,
        services=[_wait_now(one, kiosk, spoken) for one in kiosk.services],
        chosen=chosen,
        hours=_hours(usual.hours.get(chosen, ()), spoken),
        days=usual.days,
        least=LEAST_VISITS,
        at=clock(spoken, hall.now(), kiosk.utc_offset_s),
        again_s=AGAIN_S,
    )
    return unchanged_or(answer)


@waits.get("/stopped")
def stopped() -> Response:
    """Tell a page that looks again why the hall is stopped; nothing while it goes on, 304 while that is as it was."""
    spoken = words()
    return unchanged_or(Response(render_template("stopped.html", words=spoken, stopped=stopped_words(spoken))))


def _wait_now(one: KioskService, kiosk: KioskView, spoken: Words) -> WaitNow:
    gives = one.state == "open"
    return WaitNow(
        service_id=one.service_id,
        prefix=one.prefix,
        name=name_in(one.names, spoken.language),
        people=spoken.counted("public.people", one.waiting),
        range=wait_range(spoken, one.estimate.low_s, one.estimate.high_s) if gives and one.estimate else "",
        counters=listed(spoken, one.counter_numbers),
        closed="" if gives else _closed(one, kiosk, spoken),
    )


def _closed(one: KioskService, kiosk: KioskView, spoken: Words) -> str:
    why = spoken(f"public.service.{one.state}")
    if one.next_opens_at is None:
        return why
    opens = opening_long(spoken, one.next_opens_at, parts().hall.now(), kiosk.utc_offset_s)
    return f"{why} · {spoken('board.closed_next', when=opens)}"


def _hours(hours: tuple[UsualHour, ...], spoken: Words) -> list[WaitHour]:
    longest = max((one.most_s or 0 for one in hours), default=0)
    return [
        WaitHour(
            hours=spoken("public.hour", begins=f"{one.hour:02d}:00", ends=f"{one.hour + 1:02d}:00"),
            middle=duration(spoken, one.middle_s) if one.middle_s is not None else "",
            most=duration(spoken, one.most_s) if one.most_s is not None else "",
            visits=one.visits,
            bar=-(-20 * one.most_s // longest) if one.most_s and longest else 0,
        )
        for one in hours
    ]
