"""The routes of ballots: drawn and printed, handed out, entered line by line, settled; and surprise campaigns.

A line of the entry page is a request of its own, known by the form and by what stands in the line: sent again as it was
it is the same entry, and mended it is another one.
"""

import hashlib
from typing import Final, get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.ballot_commands import (
    DrawBallots,
    EndCampaign,
    EnterBallot,
    FetchBallots,
    HandBallots,
    PlanCampaign,
    SettleBallot,
    VoidBallot,
)
from protocol.ballot_views import BallotKept, BallotsFound
from protocol.ballots import VoidReason
from protocol.commands import AnyCommand
from protocol.link import new_id
from protocol.views import HallView, Refused
from queue_server.web.asking import answered, asked, sent_id, who
from queue_server.web.ballots_page import (
    LINES,
    Line,
    ballot_rows,
    campaign_page,
    count_rows,
    paper_of,
    reading_rows,
)
from queue_server.web.presses import BadPress, checked_id
from queue_server.web.shared import parts, person, sentence_of, words
from queue_server.web.typed_days import read_day

ballots = Blueprint("ballots", __name__, url_prefix="/ballots")

VOID_REASONS: Final = get_args(VoidReason)
"""Why a ballot will not be entered."""


@ballots.get("/")
def home() -> AnyResponse | str:
    """Show how far the ballots of each channel have come, the campaign, and the last ballots."""
    return _home()


@ballots.post("/draw")
def draw() -> AnyResponse | str:
    """Draw ballots, and show the sheet to print; the draw has the id of the form."""
    form = request.form
    kind = form.get("kind", "random")
    prefix, digits = _number(form.get("number", ""))
    count = form.get("count", "1")
    draw_id = form.get("request_id", "")
    command = DrawBallots(
        **who(),
        draw_id=draw_id,
        channel="home" if kind == "home" else "paper",
        blank=kind == "blank",
        count=int(count) if count.isdecimal() and len(count) < 4 and kind != "home" else 1,  # noqa: PLR2004 -- 50 at most.
        prefix=prefix if kind == "home" else "",
        number=digits if kind == "home" else 0,
    )
    return _done(command, draw_id, url_for("ballots.sheet", draw=draw_id))


@ballots.get("/sheet")
def sheet() -> AnyResponse | str:
    """Show the ballots of one draw, ready to be printed on A4."""
    draw_id = request.args.get("draw", "")
    if not draw_id:
        return redirect(url_for("ballots.home"))
    found = _found(draw_id=draw_id)
    hall = _hall()
    if isinstance(found, str) or hall is None:
        return _nothing(found if isinstance(found, str) else words()("error.link_gone"))
    if not found.ballots:
        abort(404)
    papers = [paper_of(one, found, hall, words()) for one in found.ballots]
    unhanded = [one.code for one in found.ballots if one.state == "drawn"]
    return render_template(
        "ballots/sheet.html", papers=papers, hall=hall, unhanded=unhanded, blank=found.ballots[0].is_blank
    )


@ballots.post("/handed")
def hand() -> AnyResponse | str:
    """Note that these ballots are in their citizens' hands."""
    codes = tuple(request.form.get("codes", "").split())
    return _done(HandBallots(**who(), codes=codes), sent_id(), url_for("ballots.home", done="handed"))


@ballots.get("/entry")
def entry() -> AnyResponse | str:
    """Show the lines to enter ballots that came back."""
    return _entry([Line() for _ in range(LINES)], [])


@ballots.post("/entry")
def enter() -> AnyResponse | str:
    """Enter each line that is filled; what was kept leaves the lines, the rest stays with its sentence."""
    form_id = request.form.get("request_id", "")
    try:
        checked_id(form_id)
    except BadPress:
        abort(400)
    left, kept, answers = [], [], True
    for line in _typed_lines():
        if line.is_empty:
            continue
        if line.level is None:
            left.append(line.told(words()("ballots.no_answer_typed")))
            continue
        if not answers:
            left.append(line)
            continue
        command = EnterBallot(**who(), code=line.code, level=line.level, reasons=line.reasons)
        reply = asked(command, hashlib.sha256(f"{form_id}/{line.as_typed}".encode()).hexdigest()[:32])
        if isinstance(reply, BallotKept):
            kept.append((reply, line.code))
        else:
            answers = not isinstance(reply, str) or reply == words()("refusal.malformed")
            left.append(line.told(sentence_of(reply) if isinstance(reply, Refused) else str(reply)))
    page = _entry([*left, *(Line() for _ in range(LINES - len(left)))], kept, "" if answers else form_id)
    return Response(page, 409) if left and isinstance(page, str) else page


@ballots.get("/differences")
def differences() -> AnyResponse | str:
    """Show the ballots that two people have read differently."""
    return _differences([])


@ballots.post("/differences")
def settle() -> AnyResponse | str:
    """Take what stands on the paper."""
    form = request.form
    level = form.get("level", "")
    command = SettleBallot(
        **who(),
        code=form.get("code", ""),
        level=int(level) if level.isdecimal() and len(level) < 3 else -1,  # noqa: PLR2004 -- scales have a few levels.
        reasons=tuple(form.get("reasons", "").replace(",", " ").split()),
    )
    reply = answered(command, sent_id())
    if isinstance(reply, str):
        page = _differences([reply])
        return Response(page, 409) if isinstance(page, str) else page
    return redirect(url_for("ballots.differences"))


@ballots.post("/void")
def void() -> AnyResponse | str:
    """Let a ballot be void that will not come back."""
    reason = next((one for one in VOID_REASONS if one == request.form.get("reason")), None)
    if reason is None:
        abort(400)
    command = VoidBallot(**who(), code=request.form.get("code", ""), reason=reason)
    return _done(command, sent_id(), url_for("ballots.home", done="voided"))


@ballots.post("/campaign")
def plan() -> AnyResponse | str:
    """Plan a surprise campaign; it has the id of the form."""
    form = request.form
    campaign_id = form.get("request_id", "")
    first, last = (read_day(form.get(name, "")) for name in ("first_day", "last_day"))
    if first is None or last is None:
        return _refused([words()("ballots.no_day")])
    share, most = form.get("share_percent", ""), form.get("daily_most", "")
    command = PlanCampaign(
        **who(),
        campaign_id=campaign_id,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        share_percent=int(share) if share.isdecimal() and len(share) < 4 else 0,  # noqa: PLR2004 -- 100 at most.
        daily_most=int(most) if most.isdecimal() and len(most) < 4 else 0,  # noqa: PLR2004 -- as above.
    )
    return _done(command, campaign_id, url_for("ballots.home", done="planned"), wrong_form="ballots.wrong_campaign")


@ballots.post("/campaign/end")
def end() -> AnyResponse | str:
    """End the campaign before its last day; its seed is told in the log."""
    command = EndCampaign(**who(), campaign_id=request.form.get("campaign_id", ""))
    return _done(command, sent_id(), url_for("ballots.home", done="ended"))


def _done(
    command: AnyCommand, request_id: str, then: str, *, wrong_form: str = "refusal.malformed"
) -> AnyResponse | str:
    reply = answered(command, request_id, wrong_form=wrong_form)
    return _refused([reply]) if isinstance(reply, str) else redirect(then)


def _refused(sentences: list[str]) -> AnyResponse:
    page = _home(sentences)
    return Response(page, 409) if isinstance(page, str) else page


def _home(sentences: list[str] | None = None) -> AnyResponse | str:
    page_number = request.args.get("page", "0")
    page_number = page_number if page_number.isdecimal() and len(page_number) < 4 else "0"  # noqa: PLR2004 -- 1000 pages.
    found, hall = _found(page=int(page_number)), _hall()
    if isinstance(found, str) or hall is None:
        return _nothing(*(sentences or []), found if isinstance(found, str) else words()("error.link_gone"))
    done = request.args.get("done", "") if request.method == "GET" else ""
    return render_template(
        "ballots/home.html",
        sentences=sentences or [],
        done=done if done in ("handed", "voided", "planned", "ended") else "",
        counts=count_rows(found, words()),
        campaign=campaign_page(found, hall, words()),
        rows=ballot_rows(found, hall, words()),
        reasons=VOID_REASONS,
        differing=sum(one.differs for one in found.counts),
        page=int(page_number),
        pages=found.pages,
        form=request.form,
        today=found.day,
    )


def _differences(sentences: list[str]) -> AnyResponse | str:
    found, hall = _found(to_settle=True), _hall()
    if isinstance(found, str) or hall is None:
        return _nothing(*sentences, found if isinstance(found, str) else words()("error.link_gone"))
    names = parts().accounts.names()
    readings = [
        (paper_of(one, found, hall, words()), reading_rows(one, found, names, words())) for one in found.ballots
    ]
    return render_template("ballots/differences.html", sentences=sentences, readings=readings)


def _entry(lines: list[Line], kept: list[tuple[BallotKept, str]], form_id: str = "") -> AnyResponse | str:
    found = _found()
    if isinstance(found, str):
        return _nothing(found, *(line.sentence for line in lines if line.sentence))
    return render_template(
        "ballots/entry.html",
        lines=lines[:LINES],
        kept=kept,
        scale=found.scales[0] if found.scales else None,
        two_entries=found.two_entries,
        entry_id=form_id or new_id(),
    )


def _typed_lines() -> list[Line]:
    form = request.form
    return [
        Line(
            code=form.get(f"code-{place}", "").strip()[:40],
            answer=form.get(f"answer-{place}", "").strip()[:4],
            typed_reasons=form.get(f"reasons-{place}", "").strip()[:40],
        )
        for place in range(LINES)
    ]


def _found(*, page: int = 0, draw_id: str = "", to_settle: bool = False) -> BallotsFound | str:
    command = FetchBallots(
        function_id=parts().hall.function_id or "unknown",
        staff_role=person().staff_role,
        page=page,
        draw_id=draw_id,
        to_settle=to_settle,
    )
    reply = asked(command)
    if isinstance(reply, BallotsFound):
        return reply
    if isinstance(reply, Refused):
        return sentence_of(reply)
    return reply if isinstance(reply, str) else words()("refusal.internal")


def _hall() -> HallView | None:
    return parts().hall.view("hall", HallView) if parts().hall.state == "up" else None


def _nothing(*why: str) -> Response:
    gone = parts().hall.state != "up"
    status = 503 if gone else 200 if request.method == "GET" else 409
    return Response(render_template("ballots/nothing.html", sentences=why), status)


def _number(typed: str) -> tuple[str, int]:
    """Read a ticket's number as people write it, ``H012`` or ``12``; 0 where it is none."""
    plain = typed.strip().upper()
    digits = plain.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZĐ")
    prefix = plain[: len(plain) - len(digits)]
    return prefix[:3], int(digits) if digits.isdecimal() and len(digits) < 7 else 0  # noqa: PLR2004 -- as tickets have.
