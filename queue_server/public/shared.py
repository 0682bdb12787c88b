"""What the routes share: the parts of the program, the words of the present request, the files of the pages."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request, url_for

from presentation.stopping import StopWords, to_reader
from presentation.texts import Texts, Words, name_in
from presentation.tokens import css_variables
from protocol.views import KioskView
from queue_server.public.boards import Boards
from queue_server.public.closed_months import PublicMonths
from queue_server.public.tickets import Tickets
from queue_server.public.usual import UsualWaits
from queue_server.public.voice_box import VoiceBox
from queue_server.watched_hall import WatchedHall

DEFAULT_LANGUAGE: Final = "vi"
FILES: Final = Path(__file__).parent / "static"
YEAR_S: Final = 31_536_000
STOPPED_EVERY_S: Final = 15
"""So often a page asks whether the hall is stopped …"""
PLAIN_AGAIN_S: Final = 60
"""… and so often one without a script is made again, that has nothing else to renew."""


@dataclass(frozen=True)
class Parts:
    """The parts of the program, made once."""

    hall: WatchedHall
    tickets: Tickets
    texts: Texts
    usual: UsualWaits
    boards: Boards
    months: PublicMonths
    voices: VoiceBox


@dataclass(frozen=True)
class Kept:
    """A file of the pages: its bytes, their kind, and the mark that changes with them."""

    content: bytes
    kind: str
    mark: str = field(default="")


def parts() -> Parts:
    """Give the parts of the running application."""
    return cast("Parts", current_app.extensions["motcua"])


def words(preferred: str = "") -> Words:
    """Give the words of this request: as its address asks, else in the preferred language, else the browser's own."""
    texts = parts().texts
    asked = request.args.get("lang", "")
    candidates = (asked, preferred, request.accept_languages.best_match(list(texts.by_language)) or "")
    return texts.words(next((one for one in candidates if one in texts.by_language), DEFAULT_LANGUAGE))


def kiosk_view() -> KioskView | None:
    """Give what kiosks show now; None before the server has told it."""
    return parts().hall.view("kiosk", KioskView)


def stopped_words(spoken: Words) -> StopWords | None:
    """Give why the hall is stopped, in the page's language if it was written in it; None while the hall goes on.

    What was told last stays told while the server is not heard, as on the boards.
    """
    kiosk = kiosk_view()
    if kiosk is None or kiosk.stopped is None:
        return None
    told, _ = to_reader(kiosk.stopped, parts().texts, spoken.language, kiosk.languages)
    return told


def page(template: str, spoken: Words, status: int = 200, **more: object) -> Response:
    """Make a page in a language; why the hall is stopped stands first on each."""
    kiosk, texts = kiosk_view(), parts().texts
    shown = render_template(
        template,
        words=spoken,
        language=spoken.language,
        languages={language: texts.own_name(language) for language in texts.by_language},
        names=name_in(kiosk.names, spoken.language) if kiosk else "",
        agency=name_in(kiosk.agency, spoken.language) if kiosk else "",
        hotline=kiosk.hotline if kiosk else "",
        voice_channels=kiosk.voice_channels if kiosk else (),
        name_in=lambda names: name_in(names, spoken.language),
        stopped=stopped_words(spoken),
        stopped_every_s=STOPPED_EVERY_S,
        plain_again_s=PLAIN_AGAIN_S,
        to=_to,
        in_language=_in_language,
        file=file_address,
        **more,
    )
    response = Response(shown, status)
    response.headers["Content-Language"] = spoken.language
    return response


def message_page(title: str, sentence: str, spoken: Words, status: int, *, again_s: int = 0) -> Response:
    """Make a page that holds one message; `again_s`: it is made again after so long."""
    return page("message.html", spoken, status, title=title, sentence=sentence, again_s=again_s)


def _to(endpoint: str, **values: object) -> str:
    """Give the address of a page, in the language that this one was asked for in."""
    asked = request.args.get("lang", "")
    known: dict[str, Any] = {**values, "lang": asked} if asked in parts().texts.by_language else values
    return url_for(endpoint, **known)


def _in_language(language: str) -> str:
    """Give this page's address in another language; all else that it was asked with stays."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return f"?{urlencode([*kept, ('lang', language)])}"


def unchanged_or(response: Response) -> Response:
    """Mark a response by its content, and answer with 304 alone if the asker has it already."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    return cast("Response", response.make_conditional(request))


# --- Files -----------------------------------------------------------------------------------------------------------


@cache
def kept_file(name: str) -> Kept:
    """Give a file of the pages; raises KeyError for a name that is none. The style sheet begins with the look's."""
    kinds = {
        "phone.css": "text/css",
        "ask.js": "text/javascript",
        "phone.js": "text/javascript",
        "again.js": "text/javascript",
        "board.css": "text/css",
        "board.js": "text/javascript",
        "door.svg": "image/svg+xml",
    }
    kind = kinds[name]
    content = (FILES / name).read_bytes()
    if kind == "text/css":
        content = css_variables().encode() + content
    return Kept(content, kind, hashlib.sha256(content).hexdigest()[:12])


def file_address(name: str) -> str:
    """Give the address of a file, by its content: it may be kept for ever, and a new one is another address."""
    return url_for("site.file", mark=kept_file(name).mark, name=name)
