"""What the routes share: the parts of the program, and the words and person of the present request."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlencode

import msgspec
from flask import Response, current_app, render_template, request
from flask_wtf.csrf import generate_csrf

from presentation.formats import moment
from presentation.texts import Texts, Words, name_in
from protocol.configuration import PriorityClass
from protocol.keys import LinkSettings
from protocol.views import HallView, KioskView, Refused
from queue_server.systems.file import SystemsFile
from queue_server.web.acceptance_records import AcceptanceRecords
from queue_server.web.accounts import Account, Accounts
from queue_server.web.backups import Backups
from queue_server.web.changes import Changes
from queue_server.web.concerns import Concerns
from queue_server.web.doors import may_open, next_step
from queue_server.web.drawing import Drawing
from queue_server.web.editing import Editing
from queue_server.web.guard import Guard
from queue_server.web.hall import Hall
from queue_server.web.live import LivePage, Streams, events, look
from queue_server.web.second_factors import SecondFactors
from queue_server.web.sessions import Sessions
from queue_server.web.signed_in import present_session
from queue_server.web.today import Today
from queue_server.web.tries import Tries

LANGUAGE_COOKIE: Final = "motcua-language"
DEFAULT_LANGUAGE: Final = "vi"
LOOK: Final = "look"
"""With this a page asks once how it is, in place of a stream."""

ROOMS: Final = (
    ("devices.devices", "technician.devices"),
    ("editor.home", "editor.title"),
    ("backups.backups", "backups.title"),
    ("overview.hall", "overview.title"),
    ("order.ledger", "order.title"),
    ("roster.week", "roster.title"),
    ("ballots.home", "ballots.title"),
    ("alerts.home", "alerts.title"),
    ("inquiries.listing", "inquiries.room"),
    ("voices.home", "voices.title"),
    ("reports.day", "overview.reports"),
    ("figures.history", "figures.title"),
    ("satisfaction.page", "satisfaction.title"),
    ("months.home", "months.title"),
    ("acceptance.wizard", "acceptance.room"),
    ("people.people", "people.title"),
    ("systems.systems", "systems.title"),
    ("people.changes", "changes.room"),
    ("log_search.find", "log.room"),
    ("usher.hall", "usher.title"),
    ("waiting.paper", "waiting_list.title"),
    ("stopping.page", "stopping.title"),
)
"""The pages between which people go to and fro; each sees those that are open to them."""


@dataclass(frozen=True)
class Parts:
    """The parts of the web program, made once."""

    hall: Hall
    accounts: Accounts
    sessions: Sessions
    second_factors: SecondFactors
    changes: Changes
    tries: Tries
    streams: Streams
    guard: Guard
    texts: Texts
    fonts: Path
    """The folder of the typeface's files."""
    reports: Path
    """The report tables, which need not be there."""
    concerns: Concerns
    """What waits of alerts and inquiries."""
    today: Today
    """Today's figures and advice."""
    editing: Editing
    """The hall editor's drafts and trials."""
    systems: SystemsFile | None
    """What other systems may; None where its file cannot be opened."""
    acceptance: AcceptanceRecords
    """What was tried before the hall opened."""
    backups: Backups
    """The copies of the branch, and the tests whether they can be restored."""
    known_as: str
    """The branch PC's name or address in the hall's network, as was set; empty: as browsers name it."""
    link: LinkSettings | None
    """Where the queue server is, to be told to new devices; None before these pages are paired themselves."""


def parts() -> Parts:
    """Give the parts of the running application."""
    return cast("Parts", current_app.extensions["motcua"])


def person() -> Account:
    """Give who asks; the guard has let them in."""
    session = present_session()
    assert session is not None, f"{request.endpoint} is open to people who are not signed in"
    return session.account


def language_cookie() -> str:
    """Name the cookie of the chosen language; behind TLS it, too, is bound to this host alone."""
    return f"__Host-{LANGUAGE_COOKIE}" if parts().guard.behind_tls else LANGUAGE_COOKIE


def words() -> Words:
    """Give the words in the language that this browser chose."""
    chosen = request.cookies.get(language_cookie(), DEFAULT_LANGUAGE)
    texts = parts().texts
    return texts.words(chosen if chosen in texts.by_language else DEFAULT_LANGUAGE)


def priority_classes(hall: Hall) -> tuple[PriorityClass, ...]:
    """Give the classes of the effective configuration; empty until the server has told them."""
    kiosk = hall.view("kiosk", KioskView)
    return kiosk.priority_classes if kiosk else ()


def limited_services(hall: Hall) -> frozenset[str]:
    """Give the services whose numbers are limited per person, so that a kiosk asks for a card."""
    kiosk = hall.view("kiosk", KioskView)
    return frozenset(one.service_id for one in kiosk.services if one.card_needed) if kiosk else frozenset()


def when(at: datetime) -> str:
    """Write an instant of this machine as the clock on the hall's wall shows it; by UTC while no hall is known."""
    hall = parts().hall.view("hall", HallView)
    return moment(words(), at, hall.utc_offset_s if hall else 0)


@dataclass(frozen=True)
class Scene:
    """All that the regions of a page are made with, taken from the request: a stream outlives its request."""

    parts: Parts
    account: Account
    words: Words
    _drawing: Drawing

    @classmethod
    def of_request(cls) -> "Scene":
        """Take from the present request what its page needs."""
        app = current_app
        addresses = app.create_url_adapter(request)
        assert addresses is not None, "inside a request there are addresses"
        context: dict[str, object] = {
            **shown_everywhere(),
            "csrf_token": partial(str, generate_csrf()),
            "url_for": lambda endpoint, **values: addresses.build(endpoint, values),
        }
        return cls(parts(), person(), words(), Drawing(app.jinja_env, context))

    def region(self, template: str, page: object) -> str:
        """Make a region, or give the last one again while it would be the same."""
        return self._drawing.region(template, page)


def shown_everywhere() -> dict[str, object]:
    """Give what every template may use."""
    spoken, shared, session = words(), parts(), present_session()
    role = session.account.staff_role if session else None
    settled = session is not None and next_step(session) is None
    hall = shared.hall.view("hall", HallView)
    return {
        "words": spoken,
        "language": spoken.language,
        "languages": {language: shared.texts("language.own_name", language) for language in shared.texts.by_language},
        "name_in": lambda names: name_in(names, spoken.language),
        "csrf_token": generate_csrf,
        "person": session.account if session else None,
        "place": request.path,
        "here": _here(),
        "asked": _asked(),
        "settled": settled,
        "rooms": [(endpoint, spoken(key)) for endpoint, key in ROOMS if settled and may_open(endpoint, role)],
        "may": lambda endpoint: may_open(endpoint, role),
        "when": when,
        "now": shared.changes.now(),
        "training": hall is not None and hall.training,
    }


def _here() -> str:
    """Give this page's address with all that it was asked with, to come back to it in another language.

    What keeps a page live is asked with the same, and belongs to the page.
    """
    return f"{request.path.removesuffix('/live')}{_asked()}"


def _asked() -> str:
    """Give what this page was asked with, as the end of an address; that it looks is its script's own word."""
    asked = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != LOOK])
    return f"?{asked}" if asked else ""


def sentence_of(refused: Refused) -> str:
    """Give the sentence of a refusal in the page's language."""
    spoken = words()
    if spoken.language in refused.sentences:
        return refused.sentences[spoken.language]
    key = f"refusal.{refused.code}"
    return spoken(key, **refused.parts) if spoken.has(key) else spoken("staff.refused", code=refused.code)


def message_page(title: str, sentence: str, status: int) -> Response:
    """Give a page that holds one message and a way on."""
    return Response(render_template("message.html", title=title, sentence=sentence), status)


def live_response(page: LivePage) -> Response:
    """Stream a page's events; or tell once how it is, to a page that looks."""
    if LOOK in request.args:
        return _look_response(page)
    session = present_session()
    assert session is not None, "streams are for people who are signed in"
    shared = parts()

    def still() -> bool:
        return shared.sessions.still(session.session_id)

    stream = events(page, shared.hall, shared.streams, session.session_id, still)
    response = Response(stream, mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back.
    return response


def _look_response(page: LivePage) -> Response:
    """Tell how a page is now: 200 with its regions, 304 while they are as it knows them, 503 while nothing is known."""
    hall = parts().hall
    seen = look(page, hall, generate_csrf())
    if seen.regions is None:
        return Response(page.gone_sentence, 503, mimetype="text/plain")
    response = Response(msgspec.json.encode(seen.regions), mimetype="application/json")
    response.headers["X-Hall-At"] = str(hall.now().timestamp())
    response.headers["X-Hall-Rate"] = str(hall.rate)
    response.set_etag(seen.mark)
    return cast("Response", response.make_conditional(request))
