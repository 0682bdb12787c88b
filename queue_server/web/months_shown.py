"""What the routes of months share: which month is asked for, how far its figures are to be believed, and its frame.

A closed month is shown from its snapshot alone; where that is lost or changed its pages say so and show no figure.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from flask import Response, abort, request

from protocol.views import HallView
from queue_server.reporting.exports import Sheet, as_xlsx
from queue_server.reporting.month_shelf import State, look
from queue_server.reporting.month_snapshot import MonthSnapshot, Part
from queue_server.reporting.month_tables import Corrected, Cut, MonthNow, NoMonth, read_month
from queue_server.reporting.month_words import Limits, RatingLine, rating_lines, with_corrections
from queue_server.reporting.tables import read_known
from queue_server.web.shared import message_page, parts, when, words

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Shown:
    """A month as it may be shown: `figures` are those of its snapshot, or of now while it is open; None for neither."""

    now: MonthNow
    state: Literal["open"] | State
    figures: MonthSnapshot | None

    @property
    def month(self) -> str:
        """Which month it is."""
        return self.now.figures.month

    @property
    def is_over(self) -> bool:
        """Whether the month has ended by the hall's clock, so that it can be closed and evaluated."""
        return self.month < today()[:7]


@dataclass(frozen=True)
class CorrectionLine:
    """A correction, in words."""

    channel: str
    reason: str
    at: str
    by: str
    ratings: int


def asked_month() -> Shown:
    """Read which month the address asks for: the last one with figures if none. Raises `NoReports`, `NoMonth`."""
    named = request.values.get("month", "")
    return shown_month(named or read_known(parts().reports).last_day[:7])


def shown_month(month: str) -> Shown:
    """Give a month as it may be shown; aborts with 404 for none with figures. Raises `NoReports`."""
    now = read(month)
    if now.closing is None:
        return Shown(now, "open", now.figures)
    shelved = look(parts().reports.parent, now.closing)
    return Shown(now, shelved.state, shelved.snapshot)


def read(month: str) -> MonthNow:
    """Read what is known of a month; aborts with 404 for none with figures. Raises `NoReports`."""
    if not _MONTH.fullmatch(month):
        abort(404)
    try:
        return read_month(parts().reports, month)
    except NoMonth:
        abort(404)


def today() -> str:
    """Give today's date (ISO) by the hall's clock."""
    hall = parts().hall.view("hall", HallView)
    offset = timedelta(seconds=hall.utc_offset_s if hall else 0)
    return (parts().hall.now() + offset).date().isoformat()


def written(month: str) -> str:
    """Write a month as people read it."""
    return f"{month[5:7]}/{month[:4]}"


def frame(shown: Shown, clerk_id: str | None = None) -> dict[str, object]:
    """Give what every page of a month begins with; on a clerk's card a correction counts the clerk's own ratings."""
    hall, closing, done = parts().hall.view("hall", HallView), shown.now.closing, request.args.get("done", "")
    return {
        "hall": hall,
        "shown": shown,
        "month": shown.month,
        "written": written,
        "closed_at": when_of(closing.at) if closing else "",
        "closed_by": name_of(closing.clerk_id) if closing else "",
        "corrections": [_correction(one, clerk_id) for one in shown.now.corrections],
        "done": done if done in {"closed", "corrected", "evaluated"} else "",
    }


def _correction(one: Corrected, clerk_id: str | None) -> CorrectionLine:
    spoken, row = words(), one.row
    ratings = one.ratings[""].get("", ()) if clerk_id is None else one.ratings["clerk"].get(clerk_id, ())
    return CorrectionLine(
        spoken(f"rating.channel.{row.channel}"),
        spoken(f"months.reason.{row.reason}"),
        when_of(row.at),
        name_of(row.clerk_id),
        sum(part.rated for part in ratings),
    )


def corrected(shown: Shown, part: Part, cut: Cut, *, is_own: bool = False) -> list[RatingLine]:
    """Write the ratings of a part with its corrections; none where there are none, or too few to be told of."""
    assert shown.figures is not None, "there are figures to correct"
    limits = Limits.of(shown.figures, is_own=is_own)
    added = [one.ratings[cut].get(part.key, ()) for one in shown.now.corrections]
    summed = with_corrections(part, [one for one in added if one], limits.least)
    return rating_lines(summed.ratings, limits, words()) if summed is not None else []


def name_of(clerk_id: str) -> str:
    """Name a person of the staff; one who has no account any more by the id."""
    return parts().accounts.names().get(clerk_id, clerk_id)


def when_of(at: str) -> str:
    """Write an instant of the log by the clock on the hall's wall."""
    return when(datetime.fromisoformat(at))


def standing(shown: Shown) -> dict[str, str]:
    """Give what a file says of the month that it is about."""
    spoken, closing = words(), shown.now.closing
    told = {
        spoken("months.month"): written(shown.month),
        spoken("months.state"): spoken("months.state_open" if closing is None else "months.state_closed"),
    }
    if closing is not None:
        told |= {
            spoken("months.closed_at"): when_of(closing.at),
            spoken("months.hash"): closing.snapshot_hash,
            spoken("months.reached"): str(closing.reached_seq),
        }
    return told


def workbook(shown: Shown, sheets: list[Sheet], what: str) -> Response:
    """Give sheets as a file to keep."""
    response = Response(as_xlsx(sheets, words()), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="motcua-{shown.month}-{what}.xlsx"'
    return response


def nothing_yet() -> Response:
    """Say that there are no figures yet."""
    return message_page(words()("months.title"), words()("staff.no_reports"), 404)
