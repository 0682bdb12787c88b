"""The public results: how satisfied citizens were in each closed month, by counter, where the hall publishes that.

Shown is what the snapshots hold, and nothing of a month whose file is lost or does not fit its hash: such a page would
tell the public what the hall never said.
"""

from flask import Blueprint, Response, abort, request

from queue_server.public.shared import message_page, page, parts, words
from queue_server.reporting.month_shelf import look
from queue_server.reporting.month_words import board_of

results = Blueprint("results", __name__)


@results.get("/results", strict_slashes=False)
def results_page() -> Response:
    """Show the results of a month: the latest, or the one that is named."""
    known, spoken = parts().months.known(), words()
    named = request.args.get("month", "")
    if not known and not named:
        return message_page(spoken("months.board"), spoken("months.none_public"), spoken, 200)
    month = named or next(iter(known))
    if month not in known:
        abort(404)
    snapshot = look(parts().months.folder, known[month]).snapshot
    if snapshot is None:
        abort(404)
    return page(
        "results.html",
        spoken,
        month=month,
        months=list(known),
        written=lambda one: f"{one[5:7]}/{one[:4]}",
        board=board_of(snapshot, spoken),
        least=snapshot.least_rated,
        target=snapshot.target_percent,
    )
