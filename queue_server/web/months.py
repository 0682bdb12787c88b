"""The routes of months: closed or open, the branch's report, clerks' cards and evaluations, the public results.

A closed month is shown from its snapshot alone; where that is lost or changed the page says so and shows no figure.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.link import new_id
from protocol.message import RatingChannel
from protocol.month_commands import CloseMonth, CorrectMonth
from protocol.months import CorrectionReason
from queue_server.reporting.month_rows import ClosingRow
from queue_server.reporting.month_shelf import State, look
from queue_server.reporting.month_snapshot import canonical, hash_of
from queue_server.reporting.month_tables import MonthNow, NoMonth, closed_months
from queue_server.reporting.month_words import Limits, board_of, counter_labels, rating_lines, service_labels
from queue_server.reporting.tables import Known, NoReports, read_known
from queue_server.web.asking import answered, sent_id, who
from queue_server.web.months_files import board_sheets, report_sheets
from queue_server.web.months_page import (
    CARD_FIGURES,
    HALL_FIGURES,
    definitions,
    figure_lines,
    heads,
    inquiry_lines,
    part_rows,
)
from queue_server.web.months_shown import (
    asked_month,
    corrected,
    frame,
    name_of,
    nothing_yet,
    read,
    standing,
    when_of,
    workbook,
    written,
)
from queue_server.web.shared import parts, words

months = Blueprint("months", __name__, url_prefix="/months")

MONTHS_OFFERED: Final = 36
_SEQ_DIGITS: Final = 15
REASONS: Final[tuple[str, ...]] = get_args(CorrectionReason)


@dataclass(frozen=True)
class MonthRow:
    """A month in the list of all."""

    month: str
    state: Literal["open"] | State
    closed: str
    by: str


# --- The branch ------------------------------------------------------------------------------------------------------


@months.get("/")
def home() -> AnyResponse | str:
    """List the months, the latest first, with who closed them and whether what was frozen is whole."""
    try:
        known, closings = read_known(parts().reports), closed_months(parts().reports)
    except NoReports:
        return nothing_yet()
    names = parts().accounts.names()
    rows = [_month_row(month, closings.get(month), names) for month in _months(known)]
    return render_template("months/home.html", rows=rows, written=written)


@months.get("/report")
def report() -> AnyResponse | str:
    """Show the report of a month, to be printed; a manager closes it and corrects it here."""
    return _report([])


@months.post("/close")
def close() -> AnyResponse | str:
    """Freeze a month by the figures of now. A second try finds it closed, so each has an id of its own."""
    now = read(request.form.get("month", ""))
    figures = now.figures
    body_hash = hash_of(canonical(figures))
    command = CloseMonth(**who(), month=figures.month, seq=figures.seq, snapshot_hash=body_hash)
    reply = answered(command, new_id())
    if isinstance(reply, str):
        return _refused(reply)
    return redirect(url_for("months.report", month=figures.month, done="closed"))


@months.post("/correct")
def correct() -> AnyResponse | str:
    """Let the late ratings of one channel count for a closed month."""
    form = request.form
    now = read(form.get("month", ""))
    channel, reason, seq = form.get("channel", ""), form.get("reason", ""), form.get("seq", "")
    if channel not in get_args(RatingChannel) or reason not in REASONS or not _is_reached(seq, now):
        abort(400)
    if channel not in now.late and all(one.row.channel != channel for one in now.corrections):
        return _refused(words()("months.nothing_late"))  # A form that is sent again finds its own correction.
    command = CorrectMonth(
        **who(),
        month=now.figures.month,
        channel=channel,  # type: ignore[arg-type]  # Looked up just now.
        seq=int(seq),
        reason=reason,  # type: ignore[arg-type]  # As above.
    )
    reply = answered(command, sent_id())
    if isinstance(reply, str):
        return _refused(reply)
    return redirect(url_for("months.report", month=now.figures.month, done="corrected"))


def _is_reached(typed: str, now: MonthNow) -> bool:
    """Tell whether this is an event that the tables know: no correction takes in what is still to come."""
    return typed.isdecimal() and typed.isascii() and len(typed) <= _SEQ_DIGITS and 0 < int(typed) <= now.figures.seq


@months.get("/report.xlsx")
def report_as_xlsx() -> Response:
    """Give the report as a workbook; clerks are ids in it, since files travel."""
    shown = asked_month()
    if shown.figures is None:
        abort(404)
    return workbook(shown, report_sheets(shown.figures, words(), standing(shown)), "report")


@months.get("/board")
def board() -> AnyResponse | str:
    """Show the results that may hang in the hall, by counter and without names, to be printed."""
    try:
        shown = asked_month()
    except (NoReports, NoMonth):
        return nothing_yet()
    made = board_of(shown.figures, words()) if shown.figures is not None else None
    return render_template("months/board.html", **frame(shown), board=made)


@months.get("/board.xlsx")
def board_as_xlsx() -> Response:
    """Give the public results as a workbook."""
    shown = asked_month()
    if shown.figures is None:
        abort(404)
    return workbook(shown, board_sheets(shown.figures, words(), standing(shown)), "results")


def _months(known: Known) -> list[str]:
    """List the months from the last one with a business day back to the first."""
    found: list[str] = []
    month = known.last_day[:7]
    while month >= known.first_day[:7] and len(found) < MONTHS_OFFERED:
        found.append(month)
        month = (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]
    return found


# --- What is shown ---------------------------------------------------------------------------------------------------


def _report(sentences: list[str]) -> AnyResponse | str:
    try:
        shown = asked_month()
    except (NoReports, NoMonth):
        return nothing_yet()
    figures, spoken = shown.figures, words()
    filled: dict[str, object] = {}
    if figures is not None:
        limits = Limits.of(figures)
        clerks = {one.key: (name_of(one.key).casefold(), name_of(one.key)) for one in figures.clerks}
        filled = {
            "limits": limits,
            "channels": rating_lines(figures.whole.ratings, limits, spoken),
            "hall_figures": figure_lines(figures.whole, HALL_FIGURES, spoken),
            "heads": heads(spoken),
            "counters": part_rows(figures.counters, counter_labels(figures, spoken), limits, spoken),
            "services": part_rows(figures.services, service_labels(figures, spoken), limits, spoken),
            "clerks": part_rows(figures.clerks, clerks, limits, spoken),
            "corrected": corrected(shown, figures.whole, ""),
            "inquiries": inquiry_lines(figures.inquiries_of(""), spoken),
            "definitions": definitions((*HALL_FIGURES, *CARD_FIGURES), spoken),
        }
    return render_template(
        "months/report.html",
        **frame(shown),
        **filled,
        sentences=sentences,
        late=[
            (channel, spoken(f"rating.channel.{channel}"), count) for channel, count in sorted(shown.now.late.items())
        ],
        reasons=REASONS,
    )


def _month_row(month: str, closing: ClosingRow | None, names: dict[str, str]) -> MonthRow:
    if closing is None:
        return MonthRow(month, "open", "", "")
    state = look(parts().reports.parent, closing).state
    return MonthRow(month, state, when_of(closing.at), names.get(closing.clerk_id, closing.clerk_id))


def _refused(sentence: str) -> AnyResponse:
    page = _report([sentence])
    return Response(page, 409) if isinstance(page, str) else page
