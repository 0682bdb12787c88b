"""The routes of managers and inspectors to the satisfaction of citizens: a page, a workbook, a table for machines."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from flask import Blueprint, Response, abort, render_template, request, url_for

from protocol.commands import RatingChannel
from queue_server.reporting.exports import as_csv, as_xlsx
from queue_server.reporting.satisfaction import CHANNELS, CUTS, Cut, Span, SpanFound, read_span
from queue_server.reporting.tables import NoReports, read_known
from queue_server.web.figures_page import Labels
from queue_server.web.satisfaction_charts import days_picture, funnel_picture
from queue_server.web.satisfaction_page import Sight
from queue_server.web.satisfaction_sheets import sheets_of
from queue_server.web.shared import message_page, parts, words
from queue_server.web.typed_days import DAY_PATTERN, read_day, show_day

satisfaction = Blueprint("satisfaction", __name__, url_prefix="/satisfaction")

USUAL_SPAN: Final = timedelta(days=29)
LONGEST_SPAN: Final = timedelta(days=731)
HISTORY: Final = timedelta(days=100)
"""So long before the span the charts begin: they learn what is usual from some weeks."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ChoiceT = TypeVar("ChoiceT", bound=str)


@dataclass(frozen=True)
class Asked:
    """What a page's address asks for. `wrong` are fields that hold no day; what is shown is then of the usual days."""

    span: Span
    channel: str
    cut: Cut
    typed: dict[str, str]
    wrong: tuple[str, ...] = field(default=())

    def address(self, endpoint: str = "satisfaction.page", **changes: str) -> str:
        """Give the address that asks for the same, but for the changes."""
        fields = {
            "from": self.span.first_day,
            "to": self.span.last_day,
            "channel": self.channel,
            "by": self.cut,
            **changes,
        }
        shown: dict[str, Any] = {key: value for key, value in fields.items() if value}
        return url_for(endpoint, **shown)


@satisfaction.get("/")
def page() -> str | Response:
    """Show what the channels say of some days."""
    try:
        asked, sight = _sight()
        watched_from = (date.fromisoformat(asked.span.first_day) - HISTORY).isoformat()
        history = read_span(parts().reports, Span(watched_from, asked.span.last_day))
    except NoReports:
        return message_page(words()("satisfaction.title"), words()("staff.no_reports"), 404)
    funnel = sight.funnel()
    names = {key: sight.label(key) for key in sorted(sight.comparable())}
    daily = sight.daily()
    shown = render_template(
        "satisfaction/page.html",
        asked=asked,
        sight=sight,
        lines=sight.lines(),
        funnel=funnel_picture(funnel, names, sight.house.target_percent) if funnel else None,
        response_days=days_picture(daily, of_response=True),
        daily=daily,
        watched=sight.watched(history.days, history.channels[sight.channel]),
        cuts=CUTS,
        day_pattern=DAY_PATTERN,
    )
    return Response(shown, 400 if asked.wrong else 200)


@satisfaction.get("/satisfaction.xlsx")
def workbook() -> Response:
    """Give everything of the span as a workbook: each channel, each cut, each day."""
    asked, sight = _for_file()
    return _file(as_xlsx(sheets_of(sight), words()), XLSX, f"{_name(asked)}.xlsx")


@satisfaction.get("/satisfaction.csv")
def table() -> Response:
    """Give the table of the chosen cut as CSV."""
    asked, sight = _for_file()
    (sheet,) = [one for one in sheets_of(sight) if one.title == sight.words(f"figures.by.{sight.cut}")]
    return _file(as_csv(sheet), "text/csv", f"{_name(asked)}-{asked.cut}.csv")


def _sight() -> tuple[Asked, Sight]:
    """Read the address and the tables; aborts with 404 for what no link of ours says, raises `NoReports`."""
    known = read_known(parts().reports)
    usual_last = date.fromisoformat(known.last_day)
    last, last_wrong = _day("to", usual_last)
    first, first_wrong = _day("from", last - min(USUAL_SPAN, last - date.min))
    wrong = tuple(name for name, is_wrong in (("from", first_wrong), ("to", last_wrong)) if is_wrong)
    if wrong:
        first, last = usual_last - USUAL_SPAN, usual_last
    first, last = sorted((first, last))
    first = max(first, last - min(LONGEST_SPAN, last - date.min))
    span = Span(first.isoformat(), last.isoformat())
    found = read_span(parts().reports, span)
    shown = {"from": show_day(first), "to": show_day(last)}
    asked = Asked(
        span=span,
        channel=_one_of("channel", ("", *CHANNELS), ""),
        cut=_one_of("by", CUTS, "counter"),
        typed={name: request.args.get(name, "") if name in wrong else day for name, day in shown.items()},
        wrong=wrong,
    )
    labels = Labels(words(), known.meaning, parts().accounts.names())
    return asked, Sight(found, _channel(asked, found), asked.cut, labels, known.meaning.house)


def _channel(asked: Asked, found: SpanFound) -> RatingChannel:
    return next((channel for channel in CHANNELS if channel == asked.channel), found.main)


def _for_file() -> tuple[Asked, Sight]:
    try:
        asked, sight = _sight()
    except NoReports:
        abort(404)
    if asked.wrong:
        abort(404)  # A file of other days than those that were meant would be believed.
    # A file goes to others: in it a clerk is an id.
    labels = Labels(sight.words, sight.labels.meaning, {})
    return asked, Sight(sight.found, sight.channel, sight.cut, labels, sight.house)


def _day(name: str, usual: date) -> tuple[date, bool]:
    """Read a day of the address, and whether what stands there is none."""
    named = request.args.get(name, "").strip()
    read = read_day(named) if named else usual
    return (read, False) if read is not None else (usual, True)


def _one_of(name: str, choices: tuple[ChoiceT, ...], usual: ChoiceT) -> ChoiceT:
    named = request.args.get(name, "") or usual
    chosen = next((choice for choice in choices if choice == named), None)
    if chosen is None:
        abort(404)
    return chosen


def _name(asked: Asked) -> str:
    return f"motcua-satisfaction-{asked.span.first_day}-{asked.span.last_day}"


def _file(body: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
