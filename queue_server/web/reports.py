"""The routes of managers and inspectors to the figures of a day; the tables are read, never written, here."""

import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, render_template, request

from presentation.formats import clock, duration, fraction_text, number, rate
from presentation.texts import Words, name_in
from protocol.views import HallView
from queue_server.reporting.day import ChannelDay, DayReport, GivenPriority, OutOfOrder, ServiceDay, day_report
from queue_server.reporting.day_text import CSV_COLUMNS, channel_name, day_csv, gap_text, satisfied_text
from queue_server.reporting.figures import LEAST_SAMPLE, Share, Spread
from queue_server.reporting.silences import Gap
from queue_server.reporting.tables import NoReports, known_days, read_day
from queue_server.web.devices_page import counter_name
from queue_server.web.shared import message_page, parts, words

reports = Blueprint("reports", __name__, url_prefix="/reports")

DAYS_SHOWN: Final = 31
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Written:
    """How figures are written on the page, in its language."""

    words: Words
    utc_offset_s: int

    def share(self, share: Share) -> str:
        """Write a share: its counts, and a percentage only when there are enough."""
        if share.low is None:
            return self.words("format.share_of", part=share.part, whole=share.whole)
        return rate(self.words, share.part, share.whole, 1)

    def satisfied(self, one: ChannelDay) -> str:
        """Write how many were satisfied; of too few only how many answered, since that could tell of a person."""
        return satisfied_text(one, self.words)

    def interval(self, share: Share | None) -> str:
        """Write between which bounds the true share lies, or that too few say so."""
        if share is None or share.low is None or share.high is None:
            return self.words("reports.too_few")
        low, high = (fraction_text(self.words, bound, 1) for bound in (share.low, share.high))
        return self.words("reports.interval", low=low, high=high)

    def measured(self, spread: Spread) -> str:
        """Write how many a median or a percentile was measured of."""
        return self.words("figures.measured", count=number(self.words, spread.n))

    def seconds(self, seconds: int | None) -> str:
        """Write a duration, or a dash for one that too few would tell."""
        return "–" if seconds is None else duration(self.words, seconds)

    def name(self, one: ServiceDay) -> str:
        """Write a service's name, or that the row is the whole hall."""
        if not one.service_id:
            return self.words("day_report.all")
        return name_in(one.names, self.words.language) if one.names else one.service_id

    def named(self, names: dict[str, str]) -> str:
        """Write a name in the reader's language."""
        return name_in(names, self.words.language)

    def reason(self, one: OutOfOrder | GivenPriority) -> str:
        """Write why a number was called out of order, or given another class."""
        return name_in(one.reason_names, self.words.language) if one.reason_names else one.reason

    def channel(self, one: ChannelDay | Gap) -> str:
        """Write a channel of ratings."""
        return channel_name(one.channel, self.words)

    def gap(self, one: Gap) -> str:
        """Write why and when a channel could ask nobody."""
        return gap_text(one, self.words, self.utc_offset_s)

    def outcome(self, report: DayReport, outcome_id: str) -> str:
        """Write an outcome."""
        names = report.outcome_names.get(outcome_id, {})
        return name_in(names, self.words.language) if names else outcome_id


@reports.get("/day")
def day() -> str | Response:
    """Show the figures of a business day: the last one, or the one that is named."""
    spoken, path = words(), parts().reports
    named = request.args.get("date", "")
    if named and not _DAY.fullmatch(named):
        abort(404)
    try:
        rows = read_day(path, named)
        days = known_days(path, DAYS_SHOWN)
    except NoReports:
        return message_page(spoken("reports.title"), spoken("staff.no_reports"), 404)
    hall = parts().hall.view("hall", HallView)
    return render_template(
        "day_report.html",
        report=day_report(rows),
        days=days,
        written=Written(spoken, rows.day.utc_offset_s),
        least=LEAST_SAMPLE,
        columns=CSV_COLUMNS,
        names=parts().accounts.names(),
        counter=lambda counter_id: counter_name(hall, counter_id, spoken),
        clock=lambda at: clock(spoken, at, rows.day.utc_offset_s),
    )


@reports.get("/day.csv")
def day_as_csv() -> Response:
    """Give the figures by service as CSV."""
    named = request.args.get("date", "")
    if named and not _DAY.fullmatch(named):
        abort(404)
    try:
        rows = read_day(parts().reports, named)
    except NoReports:
        abort(404)
    response = Response(day_csv(day_report(rows), words()), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="motcua-{rows.day.day}.csv"'
    return response
