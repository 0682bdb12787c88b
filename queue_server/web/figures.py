"""The routes of managers and inspectors to the history: tables, charts, files, the monthly report, the definitions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, TypeVar, cast, get_args

from flask import Blueprint, Response, abort, render_template, request, url_for

from presentation.texts import Words
from protocol.views import HallView
from queue_server.reporting.definitions import DIMENSIONS, GROUPS, Dimension, Group
from queue_server.reporting.exports import Sheet, as_csv, as_xlsx, sheet_of
from queue_server.reporting.figures import LEAST_SAMPLE, share
from queue_server.reporting.questions import Answer, Question, answer
from queue_server.reporting.tables import Known, NoReports, read_known
from queue_server.web.figures_page import Cell, Labels, Order, Wanted, definitions_in, share_cell, table_of
from queue_server.web.shared import message_page, parts, words
from queue_server.web.typed_days import DAY_PATTERN, read_day, show_day

figures = Blueprint("figures", __name__, url_prefix="/figures")

USUAL_SPAN: Final = timedelta(days=29)
"""From the first to the last of the days that are usually shown."""
MONTHS_OFFERED: Final = 24
SHOWN_OF_ID: Final = 80
ChoiceT = TypeVar("ChoiceT", bound=str)

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTH_TABLES: Final[tuple[tuple[Dimension, Group], ...]] = (
    ("day", "waiting"),
    ("service", "waiting"),
    ("service", "service"),
    ("hour", "waiting"),
    ("priority_class", "waiting"),
    ("counter", "counters"),
    ("counter", "order"),
)
"""What a month's report shows; no table of clerks, because paper goes on."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """What a page's address asks for."""

    question: Question
    wanted: Wanted
    known: Known
    typed: Mapping[str, str] = field(default_factory=dict)
    """What the fields of days hold, by name: as it was typed, or the usual."""
    wrong: tuple[str, ...] = ()
    """The fields that hold no day; the figures are then those of the usual days."""

    def address(self, endpoint: str = "figures.history", **changes: str) -> str:
        """Give the address that asks for the same, but for the changes."""
        question, wanted = self.question, self.wanted
        (within,) = [f"{one}:{key}" for one, key in question.within.items()] or [""]
        fields = {
            "from": question.first_day,
            "to": question.last_day,
            "by": question.by or "",
            "group": wanted.group,
            "within": within,
            "sort": wanted.sort,
            "order": wanted.order if wanted.sort else "",
            "contains": wanted.contains,
            **changes,
        }
        shown: dict[str, Any] = {key: value for key, value in fields.items() if value}
        return url_for(endpoint, **shown)


@figures.get("/")
def history() -> str | Response:
    """Show the figures of some days, cut by one thing."""
    try:
        asked = _asked()
        found = answer(parts().reports, asked.question)
    except NoReports:
        return _nothing()
    labels = _labels(asked.known)
    page = render_template(
        "figures/history.html",
        asked=asked,
        answer=found,
        table=table_of(found, asked.wanted, labels),
        labels=labels,
        outcomes=_outcomes(found, labels) if asked.wanted.group == "service" else [],
        choices=_choices(asked.known, labels),
        groups=[one for one in GROUPS if any(figure.group == one for figure in asked.question.definitions)],
        dimensions=[one for one in DIMENSIONS if one not in asked.question.within],
        definitions=definitions_in(labels.words, lambda group: group == asked.wanted.group),
        least=LEAST_SAMPLE,
        day_pattern=DAY_PATTERN,
    )
    return Response(page, 400 if asked.wrong else 200)


@figures.get("/table.csv")
def table_as_csv() -> Response:
    """Give the table as CSV, with all groups of figures."""
    try:
        asked, sheet = _sheet()
    except NoReports:
        abort(404)
    return _file(as_csv(sheet), "text/csv", f"{_file_name(asked.question)}.csv")


@figures.get("/table.xlsx")
def table_as_xlsx() -> Response:
    """Give the table as a workbook, with all groups of figures and their definitions."""
    try:
        asked, sheet = _sheet()
    except NoReports:
        abort(404)
    return _file(as_xlsx([sheet], words()), XLSX, f"{_file_name(asked.question)}.xlsx")


@figures.get("/month")
def month() -> str | Response:
    """Show the report of a month, to be printed: the last one with figures, or the one that is named."""
    try:
        known = read_known(parts().reports)
        chosen = _month(known)
        answers = _month_answers(chosen)
    except NoReports:
        return _nothing()
    labels = _labels(known)
    whole = answers["day"]
    hall = parts().hall.view("hall", HallView)
    return render_template(
        "figures/month.html",
        month=chosen,
        months=_months(known),
        hall=hall,
        answer=whole,
        summary=[table_of(whole, Wanted(group), labels) for group in GROUPS],
        tables=[(by, group, table_of(answers[by], Wanted(group), labels)) for by, group in _MONTH_TABLES],
        outcomes=_outcomes(whole, labels),
        definitions=definitions_in(labels.words),
        least=LEAST_SAMPLE,
    )


@figures.get("/month.xlsx")
def month_as_xlsx() -> Response:
    """Give the report of a month as a workbook: a sheet for each cut, and the definitions."""
    try:
        known = read_known(parts().reports)
        chosen = _month(known)
        answers = _month_answers(chosen)
    except NoReports:
        abort(404)
    spoken, labels = words(), _labels(known)
    sheets = [
        sheet_of(spoken(f"figures.by.{by}"), found, spoken, partial(labels.of, by)) for by, found in answers.items()
    ]
    return _file(as_xlsx(sheets, spoken), XLSX, f"motcua-{chosen}.xlsx")


@figures.get("/definitions")
def definitions() -> str:
    """Show how every figure is counted."""
    spoken = words()
    groups = [(spoken(f"figures.group.{one}"), definitions_in(spoken, one.__eq__)) for one in GROUPS]
    return render_template("figures/definitions.html", groups=groups, least=LEAST_SAMPLE)


# --- What is asked ---------------------------------------------------------------------------------------------------


def _asked() -> Asked:
    """Read the address; what it does not say is as usual. Aborts with 404 for what no link of ours says."""
    known = read_known(parts().reports)
    usual_last = date.fromisoformat(known.last_day)
    last = _day("to", usual_last)
    first = _day("from", (last or usual_last) - min(USUAL_SPAN, (last or usual_last) - date.min))
    wrong = tuple(name for name, day in (("from", first), ("to", last)) if day is None)
    if first is None or last is None:
        first, last = usual_last - USUAL_SPAN, usual_last
    shown = {"from": show_day(first), "to": show_day(last)}
    typed = {name: request.args.get(name, "") if name in wrong else day for name, day in shown.items()}
    by = _one_of("by", DIMENSIONS, "hour")
    within = _within()
    if by in within:
        by = next(one for one in DIMENSIONS if one not in within)
    days = sorted((first.isoformat(), last.isoformat()))
    question = Question(first_day=days[0], last_day=days[1], by=by, within=within)
    group = _one_of("group", GROUPS, "waiting")
    if not any(one.group == group for one in question.definitions):
        group = "waiting"
    wanted = Wanted(
        group=group,
        sort=request.args.get("sort", "")[:SHOWN_OF_ID],
        order=cast("Order", _one_of("order", get_args(Order), "descending")),
        contains=request.args.get("contains", "")[:SHOWN_OF_ID],
    )
    return Asked(question, wanted, known, typed, wrong)


def _day(name: str, usual: date) -> date | None:
    """Read a day of the address; None for what is none."""
    named = request.args.get(name, "").strip()
    return read_day(named) if named else usual


def _one_of(name: str, choices: tuple[ChoiceT, ...], usual: ChoiceT) -> ChoiceT:
    named = request.args.get(name, "") or usual
    if named not in choices:
        abort(404)
    return named


def _within() -> dict[Dimension, str]:
    dimension, _, key = request.args.get("within", "").partition(":")
    if not dimension:
        return {}
    if dimension not in DIMENSIONS:
        abort(404)
    return {dimension: key[:SHOWN_OF_ID]}


def _month(known: Known) -> str:
    named = request.args.get("month", "") or known.last_day[:7]
    if not _MONTH.fullmatch(named):
        abort(404)
    return named


def _months(known: Known) -> list[str]:
    """List the months with figures, the latest first."""
    months: list[str] = []
    month = known.last_day[:7]
    while month >= known.first_day[:7] and len(months) < MONTHS_OFFERED:
        months.append(month)
        month = (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]
    return months


def _month_answers(month: str) -> dict[Dimension, Answer]:
    dimensions = dict.fromkeys(by for by, _ in _MONTH_TABLES)
    reports = parts().reports
    return {by: answer(reports, Question(first_day=f"{month}-01", last_day=f"{month}-31", by=by)) for by in dimensions}


# --- What is given ---------------------------------------------------------------------------------------------------


def _labels(known: Known) -> Labels:
    return Labels(words(), known.meaning, parts().accounts.names())


def _outcomes(found: Answer, labels: Labels) -> list[tuple[str, Cell]]:
    """Give the outcomes of the whole, each as a share of the ends."""
    ended = sum(found.whole.outcomes.values())
    return [
        (labels.outcome(key), share_cell(share(count, ended), labels.words))
        for key, count in sorted(found.whole.outcomes.items(), key=lambda one: -one[1])
    ]


def _choices(known: Known, labels: Labels) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give by what a table may be held fast: headings with their ids and names."""
    ids: dict[Dimension, list[str]] = {
        "service": list(known.meaning.services),
        "counter": list(known.meaning.counter_numbers),
        "clerk": list(known.clerk_ids),
        "priority_class": list(known.meaning.class_names),
        "hour": [str(hour) for hour in known.hours],
    }
    return [
        (
            labels.words(f"figures.by.{by}"),
            [(f"{by}:{key}", labels.of(by, key)) for key in sorted(keys, key=partial(labels.sort, by))],
        )
        for by, keys in ids.items()
        if keys
    ]


def _sheet() -> tuple[Asked, Sheet]:
    asked = _asked()
    if asked.wrong:
        abort(404)  # A file of other days than those that were meant would be believed.
    spoken, labels = words(), _labels(asked.known)
    found, by = answer(parts().reports, asked.question), asked.question.by
    assert by is not None, "a table is cut by something"
    title = spoken(f"figures.by.{by}")
    # A file goes to others: in it a clerk is an id.
    label = (lambda key: key) if by == "clerk" else (lambda key: labels.of(by, key))
    return asked, sheet_of(title, found, spoken, label)


def _file_name(question: Question) -> str:
    return f"motcua-{question.first_day}-{question.last_day}-{question.by}"


def _file(body: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _nothing() -> Response:
    spoken: Words = words()
    return message_page(spoken("figures.title"), spoken("staff.no_reports"), 404)
