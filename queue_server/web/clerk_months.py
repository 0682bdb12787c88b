"""The routes of clerks' months: the card, one's own card, and the form by which somebody else evaluates a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.evaluation import EvaluationForm
from protocol.month_commands import EvaluateClerk
from protocol.months import end_of
from queue_server.reporting.month_snapshot import Part
from queue_server.reporting.month_tables import NoMonth, closed_months
from queue_server.reporting.month_words import Limits, rating_lines
from queue_server.reporting.tables import NoReports
from queue_server.satisfaction.evaluation import form_on
from queue_server.web.asking import answered, sent_id, who
from queue_server.web.months_files import card_sheets
from queue_server.web.months_page import CARD_FIGURES, FormPage, definitions, figure_lines, form_page, inquiry_lines
from queue_server.web.months_shown import (
    Shown,
    asked_month,
    corrected,
    frame,
    name_of,
    nothing_yet,
    read,
    shown_month,
    standing,
    when_of,
    workbook,
)
from queue_server.web.shared import message_page, parts, person, words

clerk_months = Blueprint("clerk_months", __name__, url_prefix="/months")

_ID_SHOWN: Final = 64


@dataclass(frozen=True)
class Evaluation:
    """A clerk's evaluation, with who gave it and when."""

    form: FormPage
    by: str
    at: str
    is_later: bool
    """It was given after the month had been closed, so that its snapshot does not have it."""


@clerk_months.get("/card")
def card() -> AnyResponse | str:
    """Show a clerk's card to whoever answers for results."""
    try:
        shown = asked_month()
    except (NoReports, NoMonth):
        return nothing_yet()
    return _card(shown, _clerk(shown))


@clerk_months.get("/card.xlsx")
def card_as_xlsx() -> Response:
    """Give a clerk's card as a workbook, under the clerk's id."""
    shown = asked_month()
    clerk_id = _clerk(shown)
    if shown.figures is None or not clerk_id:
        abort(404)
    part = _part(shown.figures.clerks, clerk_id)
    return workbook(shown, card_sheets(shown.figures, part, words(), standing(shown)), f"card-{clerk_id}")


@clerk_months.get("/own")
def own() -> AnyResponse | str:
    """Show clerks their own cards of closed months, and nobody else's; what is still open could tell of single days."""
    spoken = words()
    try:
        closings = closed_months(parts().reports)
        if not closings:
            return message_page(spoken("months.own_title"), spoken("months.none_closed"), 200)
        month = request.args.get("month", "") or max(closings)
        if month not in closings:
            abort(404)
        shown = shown_month(month)
    except (NoReports, NoMonth):
        return nothing_yet()
    return _card(shown, person().clerk_id, own_months=sorted(closings, reverse=True))


@clerk_months.get("/own.xlsx")
def own_as_xlsx() -> AnyResponse:
    """Give clerks their own card of a closed month as a workbook, and nobody else's."""
    try:
        closings = closed_months(parts().reports)
        if not closings:
            return message_page(words()("months.own_title"), words()("months.none_closed"), 200)
        shown = shown_month(request.args.get("month", max(closings)))
    except (NoReports, NoMonth):
        return nothing_yet()
    if shown.now.closing is None or shown.figures is None:
        abort(404)
    part = _part(shown.figures.clerks, person().clerk_id)
    return workbook(shown, card_sheets(shown.figures, part, words(), standing(shown), is_own=True), "own-card")


@clerk_months.get("/evaluation")
def evaluation() -> AnyResponse | str:
    """Show the form by which a clerk's month is evaluated."""
    return _evaluation_page([])


@clerk_months.post("/evaluation")
def evaluate() -> AnyResponse | str:
    """Keep what was given for every indicator."""
    form = request.form
    now = read(form.get("month", ""))
    given = {key.removeprefix("points-"): value for key, value in form.items() if key.startswith("points-")}
    if any(value not in {"0", "1", "2"} for value in given.values()):
        abort(400)
    evaluated_id = form.get("clerk", "")
    if all(one.key != evaluated_id for one in now.figures.clerks):
        abort(404)  # Nobody of this name worked here that month.
    command = EvaluateClerk(
        **who(),
        month=now.figures.month,
        evaluated_id=evaluated_id,
        form_id=form.get("form", "")[:_ID_SHOWN],
        points={key: int(value) for key, value in given.items()},
    )
    reply = answered(command, sent_id())
    if isinstance(reply, str):
        page = _evaluation_page([reply])
        return Response(page, 409) if isinstance(page, str) else page
    return redirect(url_for("clerk_months.card", month=now.figures.month, clerk=command.evaluated_id, done="evaluated"))


# --- What is asked and shown ------------------------------------------------------------------------------------------


def _clerk(shown: Shown) -> str:
    """Read which clerk is asked for: the first by name if none; empty where nobody worked."""
    clerks = [one.key for one in shown.figures.clerks] if shown.figures is not None else []
    named = request.values.get("clerk", "")
    if not named:
        return min(clerks, key=lambda one: name_of(one).casefold(), default="")
    if clerks and named not in clerks:
        abort(404)
    return named


def _part(of: Iterable[Part], key: str) -> Part:
    return next((one for one in of if one.key == key), Part(key=key, figures={}, ratings=()))


def _card(shown: Shown, clerk_id: str, own_months: list[str] | None = None) -> AnyResponse | str:
    figures, spoken = shown.figures, words()
    filled: dict[str, object] = {}
    if figures is not None:
        is_own = own_months is not None
        part, limits = _part(figures.clerks, clerk_id), Limits.of(figures, is_own=is_own)
        filled = {
            "limits": limits,
            "channels": rating_lines(part.ratings, limits, spoken),
            "card_figures": figure_lines(part, CARD_FIGURES, spoken),
            "corrected": corrected(shown, part, "clerk", is_own=is_own),
            "inquiries": inquiry_lines(figures.inquiries_of(clerk_id), spoken, is_own=is_own),
            "definitions": definitions(CARD_FIGURES, spoken),
        }
    clerks = [one.key for one in figures.clerks] if figures is not None and own_months is None else []
    return render_template(
        "months/card.html",
        **frame(shown, clerk_id),
        **filled,
        clerk_id=clerk_id,
        clerk=name_of(clerk_id),
        clerks=sorted(((one, name_of(one)) for one in clerks), key=lambda one: one[1].casefold()),
        evaluation=_evaluated(shown, clerk_id),
        own_months=own_months,
        may_evaluate=shown.is_over and clerk_id not in {"", person().clerk_id} and bool(shown.now.forms),
    )


def _evaluation_page(sentences: list[str]) -> AnyResponse | str:
    try:
        shown = asked_month()
    except (NoReports, NoMonth):
        return nothing_yet()
    clerk_id, spoken = _clerk(shown), words()
    form = form_on(shown.now.forms, end_of(shown.month))
    before = shown.now.evaluations.get(clerk_id)
    given = before.by_indicator if before is not None else {}
    if request.method == "POST":
        sent = ((key.removeprefix("points-"), value) for key, value in request.form.items())
        given = {**given, **{key: int(value) for key, value in sent if value in {"0", "1", "2"}}}
    return render_template(
        "months/evaluation.html",
        **frame(shown),
        sentences=sentences,
        clerk_id=clerk_id,
        clerk=name_of(clerk_id),
        form=form_page(form, given, spoken) if form is not None else None,
        is_own=clerk_id == person().clerk_id,
    )


def _evaluated(shown: Shown, clerk_id: str) -> Evaluation | None:
    row = shown.now.evaluations.get(clerk_id)
    form: EvaluationForm | None = shown.now.known_forms.get(row.form_id) if row is not None else None
    if row is None or form is None:
        return None
    closing = shown.now.closing
    return Evaluation(
        form_page(form, row.by_indicator, words()),
        name_of(row.clerk_id),
        when_of(row.at),
        is_later=closing is not None and row.seq > closing.reached_seq,
    )
