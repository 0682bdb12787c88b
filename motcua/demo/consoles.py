"""A clerk's browser without a screen: the requests of the real console pages, as their scripts send them.

The page is read as HTML (what state the counter is in, which number stands on it, the token of its forms), presses are
posted as `static/commands.js` posts them: with an id made once, and sent again under the same id until the outcome is
known.
"""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from threading import Event, Lock
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from protocol.link import new_id

TRY_TIMEOUT_S: Final = 6.0
PAUSE_S: Final = 0.7
GIVE_UP_S: Final = 30.0
"""As in `static/commands.js`."""

LOOK_AGAIN_S: Final = 0.03
LOOKS_MOST: Final = 100

OWN_PASSWORD_TAIL: Final = "-at-the-demo"  # noqa: S105 -- what makes a chosen password long enough; no secret by itself.


_DOOR: Final = Lock()
"""The pages hash one password at a time."""


class ConsoleProblem(Exception):  # noqa: N818 -- what a clerk met, told in the report.
    """The pages did not do what they promise; says what was asked and what came."""


@dataclass(frozen=True)
class Answer:
    """What came of a press: ``done``, ``refused`` (with the code) or ``unknown``; and how long the clerk waited."""

    result: str
    code: str
    took_s: float
    pressed_at_s: float
    """On the monotonic clock."""


@dataclass(frozen=True)
class OnConsole:
    """What the console shows: its state, and the number at the counter."""

    state: str
    number: str


class _Tags(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def with_attribute(self, name: str, value: str | None = None) -> Iterator[dict[str, str]]:
        return (has for _, has in self.found if name in has and (value is None or has[name] == value))

    def token(self) -> str:
        return next((meta.get("content", "") for meta in self.with_attribute("name", "csrf")), "")


class Browser:
    """One connection, its cookies and the token of the last page; for one thread."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=TRY_TIMEOUT_S)
        self._cookies: dict[str, str] = {}
        self._token = ""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def cookies(self) -> str:
        """The cookies, for a further connection of the same browser."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def get(self, path: str) -> _Tags:
        """Open a page, following where it sends us. Raises ConsoleProblem, OSError, HTTPException."""
        status, location, body = self._send("GET", path, None, {})
        if location:
            return self.get(location)
        if status != http.client.OK:
            raise ConsoleProblem(f"GET {path}: {status} {body[:200]!r}")
        tags = _Tags(body.decode())
        self._token = tags.token() or self._token
        return tags

    def submit(self, path: str, **fields: str) -> _Tags:
        """Send a form and open the page that it leads to. Raises ConsoleProblem, OSError, HTTPException."""
        body = urlencode({"csrf": self._token, **fields}).encode()
        status, location, answer = self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        if not location:
            raise ConsoleProblem(f"POST {path}: {status}, and the page does not go on: {answer[:200]!r}")
        return self.get(location)

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Post JSON as the page's script does. Raises OSError, HTTPException."""
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self._token}
        status, _, answer = self._send("POST", path, body, headers)
        return status, answer

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str, bytes]:
        sent = {
            **headers,
            **({"Cookie": self.cookies} if self._cookies else {}),
            **({"Origin": self._origin} if body else {}),
        }
        response, answer = self._exchange(method, path, body, sent)
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        location = urlsplit(response.headers.get("Location", ""))
        return response.status, location.path if 300 <= response.status < 400 else "", answer  # noqa: PLR2004 -- RFC 9110.

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send and receive; on a connection that the server has closed meanwhile once more, as browsers do.

        Presses and forms carry ids of their own, so that one that comes twice is one.
        """
        used_before = self._connection.sock is not None
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return response, response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            if used_before and isinstance(error, ConnectionError):
                return self._exchange(method, path, body, headers)
            raise


class Console:
    """A clerk at the pages of one counter."""

    def __init__(self, address: str, clerk_id: str, one_time_password: str, counter_id: str, stop: Event) -> None:
        self._browser = Browser(address)
        self._clerk_id = clerk_id
        self._password = one_time_password
        self._place = f"/counters/{counter_id}"
        self._stop = stop

    def close(self) -> None:
        """Close the browser."""
        self._browser.close()

    def log_in(self) -> None:
        """Log in with the one-time password and choose one's own; one after the other, as through a narrow door."""
        with _DOOR:
            self._browser.get("/login")
            self._browser.submit("/login", username=self._clerk_id, password=self._password)
            own = self._password[::-1] + OWN_PASSWORD_TAIL
            self._browser.submit("/password", old=self._password, new=own, repeat=own)
            self._password = own

    def sign_in(self) -> None:
        """Choose the counter on the page of counters and take place there."""
        page = self._browser.get("/counters/")
        action = f"{self._place}/sign-in"
        if not any(page.with_attribute("action", action)):
            raise ConsoleProblem(f"the page of counters offers no {action}")
        self._browser.submit(action, request_id=new_id())

    def look_until(self, wanted: Callable[[OnConsole], bool]) -> OnConsole:
        """Look until the console shows what is wanted: an answer may be here before the view that tells it."""
        for _ in range(LOOKS_MOST):
            seen = self.look()
            if wanted(seen) or self._stop.wait(LOOK_AGAIN_S):
                break
        return seen

    def look(self) -> OnConsole:
        """Look at the console, again after a moment while it cannot be reached. Raises ConsoleProblem."""
        until = time.monotonic() + GIVE_UP_S
        while True:
            with suppress(OSError, http.client.HTTPException):
                seen = _on_console(self._browser.get(self._place))
                if seen is not None:
                    return seen
            if time.monotonic() > until:
                raise ConsoleProblem(f"{self._place} did not show its console for {GIVE_UP_S:g} s")
            if self._stop.wait(PAUSE_S / 7):
                raise ConsoleProblem("the day was called off")

    def press(self, action: str, **particulars: str) -> Answer:
        """Press a button; sent again under the same id until the outcome is known, as the page's script does."""
        body = msgspec.json.encode({"request_id": new_id(), "action": action, **particulars})
        began = time.monotonic()
        while True:
            result, code = self._once(body)
            took_s = time.monotonic() - began
            known = result not in {"unknown", "unsent"}
            if known or took_s > GIVE_UP_S or self._stop.wait(PAUSE_S):
                return Answer(result if known else "unknown", code, took_s, began)

    def _once(self, body: bytes) -> tuple[str, str]:
        try:
            status, answer = self._browser.post(f"{self._place}/commands", body)
            told = msgspec.json.decode(answer, type=dict[str, str])
        except (OSError, http.client.HTTPException, msgspec.DecodeError):
            return "unknown", ""
        if "result" not in told:
            raise ConsoleProblem(f"a press was answered with {status} {answer[:200]!r}")
        return told["result"], told.get("code", "")


def _on_console(page: _Tags) -> OnConsole | None:
    """Read the console; None while it shows no counter (the page waits for its link)."""
    card = next(page.with_attribute("data-state"), None)
    if card is None:
        return None
    return OnConsole(card["data-state"], card.get("data-visit", ""))
