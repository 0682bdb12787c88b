"""What the routes share: the parts of the program, and the words and person of the present request."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, cast

from flask import Response, current_app, g, render_template, request
from jinja2 import Environment

from presentation.texts import Texts, Words, name_in
from protocol.configuration import PriorityClass
from protocol.keys import LinkSettings
from protocol.views import KioskView, Refused
from queue_server.web.accounts import Account, Accounts
from queue_server.web.attempts import Attempts
from queue_server.web.guard import Guard
from queue_server.web.hall import Hall
from queue_server.web.live import LivePage, Streams, events
from queue_server.web.sessions import Session, Sessions

LANGUAGE_COOKIE: Final = "motcua-language"
DEFAULT_LANGUAGE: Final = "vi"


@dataclass(frozen=True)
class Parts:
    """The parts of the web program, made once."""

    hall: Hall
    accounts: Accounts
    sessions: Sessions
    attempts: Attempts
    streams: Streams
    guard: Guard
    texts: Texts
    fonts: Path
    """The folder of the typeface's files."""
    reports: Path
    """The report tables, which need not be there."""
    link: LinkSettings | None
    """Where the queue server is, to be told to new devices; None before these pages are paired themselves."""


def parts() -> Parts:
    """Give the parts of the running application."""
    return cast("Parts", current_app.extensions["motcua"])


def person() -> Account:
    """Give who asks; the guard has let them in."""
    session: Session | None = g.session
    assert session is not None, f"{request.endpoint} is open to people who are not signed in"
    return session.account


def words() -> Words:
    """Give the words in the language that this browser chose."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, DEFAULT_LANGUAGE)
    texts = parts().texts
    return texts.words(chosen if chosen in texts.by_language else DEFAULT_LANGUAGE)


def priority_classes(hall: Hall) -> tuple[PriorityClass, ...]:
    """Give the classes of the effective configuration; empty until the server has told them."""
    kiosk = hall.view("kiosk", KioskView)
    return kiosk.priority_classes if kiosk else ()


@dataclass(frozen=True)
class Scene:
    """All that the regions of a page are made with, taken from the request: a stream outlives its request."""

    parts: Parts
    account: Account
    words: Words
    _templates: Environment
    _context: dict[str, object]

    @classmethod
    def of_request(cls) -> "Scene":
        """Take from the present request what its page needs."""
        app = current_app
        addresses = app.create_url_adapter(request)
        assert addresses is not None, "inside a request there are addresses"
        context: dict[str, object] = {
            **shown_everywhere(),
            "csrf_token": partial(str, parts().guard.csrf_token()),
            "url_for": lambda endpoint, **values: addresses.build(endpoint, values),
            "place": request.path.removesuffix("/live"),
        }
        return cls(parts(), person(), words(), app.jinja_env, context)

    def region(self, template: str, page: object) -> str:
        """Make a region."""
        return self._templates.get_template(template).render({**self._context, "page": page})


def shown_everywhere() -> dict[str, object]:
    """Give what every template may use."""
    spoken, shared = words(), parts()
    return {
        "words": spoken,
        "language": spoken.language,
        "languages": {language: shared.texts("language.own_name", language) for language in shared.texts.by_language},
        "name_in": lambda names: name_in(names, spoken.language),
        "csrf_token": shared.guard.csrf_token,
        "person": g.session.account if g.get("session") else None,
        "place": request.path,
    }


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


def has_room_for_page() -> bool:
    """Tell whether this person may open one more live page."""
    session: Session | None = g.session
    return session is not None and parts().streams.room(session.session_id)


def too_many_pages() -> Response:
    """Say that too many pages are open."""
    spoken = words()
    return message_page(spoken("staff.too_many_pages_title"), spoken("staff.too_many_pages"), 429)


def live_response(page: LivePage) -> Response:
    """Stream a page's events."""
    session: Session | None = g.session
    assert session is not None, "streams are for people who are signed in"
    shared = parts()

    def still() -> bool:
        return shared.sessions.still(session.session_id)

    stream = events(page, shared.hall, shared.streams, session.session_id, still)
    response = Response(stream, mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back.
    return response
