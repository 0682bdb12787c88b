"""What holds at every route of every program of pages, read from the url maps: a new page is under it at once."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from queue_server.web.tries import TRIES_TOGETHER, TRYING
from tests.support.lanes import one_in
from tests.support.programs import PROGRAMS, Program
from tests.support.routes import SAFE, Route, parameters, routes
from tests.support.web_pages import ORIGIN, PASSWORD, Pages, Visitor

KEPT = (
    "SELECT * FROM accounts",
    "SELECT * FROM changes",
    "SELECT * FROM recovery_codes",
    "SELECT * FROM secrets",
    "SELECT clerk_id, secret FROM second_factors WHERE secret IS NOT NULL",
    "SELECT token_hash, clerk_id, code_due FROM sessions",
)
"""What no safe and no refused request changes; when a session was last used and which phone is offered may change."""


class Walk:
    """A program with somebody of each role signed in."""

    def __init__(self, program: Program, pages: Pages) -> None:
        self.program, self.pages = program, pages
        self.visitors = {
            clerk_id: pages.signed_in(clerk_id) if clerk_id else pages.visitor() for clerk_id in program.people
        }
        self.routes = routes(pages.app)
        self.read = parameters(program.sources)

    def inside(self) -> Iterator[tuple[Route, Visitor]]:
        """Give each route with somebody to whom its door opens."""
        for route in self.routes:
            who = next(clerk_id for clerk_id in self.program.people if self.program.may_open(route.endpoint, clerk_id))
            yield route, self.visitors[who]

    def tokens(self) -> dict[Visitor, str]:
        """Give each visitor's right token."""
        return {one: one.token("/account" if clerk_id else "/login") for clerk_id, one in self.visitors.items()}

    def kept(self) -> list[object]:
        """Give all that the pages keep, and what was asked of the queue server beside questions that only read."""
        rows = self.pages.parts.accounts._store.rows
        kept: list[object] = [[tuple(row) for row in rows(question)] for question in KEPT]
        asked = [one for one in self.pages.hall.asked if not type(one[1]).__name__.startswith(("Fetch", "Find"))]
        return [*kept, asked]


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.name)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    program: Program = request.param
    with program.served(tmp_path_factory.mktemp(program.name)) as pages:
        yield Walk(program, pages)


# --- Methods ---------------------------------------------------------------------------------------------------------


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW")


def test_a_method_that_a_route_has_not_is_refused_and_named(walk: Walk) -> None:
    """Signed in or not; and whatever a header says that the method should be."""
    addresses = walk.pages.app.url_map.bind("localhost")
    known = {route.path: set(addresses.allowed_methods(route.path)) for route in walk.routes}
    before = walk.kept()
    for visitor in {walk.visitors[""], walk.visitors[walk.program.people[-1]]}:
        disguised = {"Origin": ORIGIN, "X-CSRF-Token": walk.tokens()[visitor], "X-HTTP-Method-Override": "POST"}
        for path, allowed in known.items():
            for method in set(METHODS) - allowed:
                answer = visitor.client.open(path, method=method, headers=disguised)
                assert answer.status_code == 405, (method, path)
                assert allowed == set(answer.headers["Allow"].split(", ")), (method, path)
    assert walk.kept() == before


def test_methods_that_are_safe_change_nothing(walk: Walk) -> None:
    before = walk.kept()
    for route, visitor in walk.inside():
        for method in SAFE if route.method == "GET" else {"OPTIONS"}:
            visitor.client.open(route.path, method=method, query_string=dict.fromkeys(walk.read, "x")).close()
            assert walk.kept() == before, route


# --- Forged requests -------------------------------------------------------------------------------------------------


FOREIGN = (
    "http://localhost:81",
    "http://localhost.",
    "http://xlocalhost",
    "http://localhost@elsewhere",
    "http://elsewhere/http://localhost",
    "http://localhost, http://elsewhere",
    "HTTP://LOCALHOST",
    "http://[::1]",
    "file://",
    " ",
)


def test_no_unsafe_route_takes_an_origin_that_only_looks_like_ours(walk: Walk) -> None:
    before, tokens = walk.kept(), walk.tokens()
    for route, visitor in walk.inside():
        for origin in FOREIGN if route.method not in SAFE else ():
            headers = {"Origin": origin, "X-CSRF-Token": tokens[visitor]}
            answer = visitor.client.open(route.path, method=route.method, data={}, headers=headers)
            assert answer.status_code == 403, (route, origin)
    assert walk.kept() == before


def smuggled(token: str) -> dict[str, dict[str, Any]]:
    """A right token of this session at places where a foreign page could put it, or nowhere, in disguises of a form."""
    return {
        "in the address": {"query_string": {"csrf": token}, "data": {}},
        "in a cookie": {"headers": {"Cookie": f"csrf={token}"}},
        "as plain text": {"data": f"csrf={token}", "content_type": "text/plain"},
        "as JSON": {"json": {"csrf": token}},
        "as JSON that says it is text": {"data": f'{{"csrf": "{token}"}}', "content_type": "text/plain"},
        "twice, the wrong one first": {"data": f"csrf=wrong&csrf={token}"}
        | {"content_type": "application/x-www-form-urlencoded"},
        "without anything": {},
    }


def test_a_token_counts_in_a_form_or_its_header_alone(walk: Walk) -> None:
    before, tokens = walk.kept(), walk.tokens()
    for route, visitor in walk.inside():
        for how, request in smuggled(tokens[visitor]).items() if route.method not in SAFE else ():
            sent = {**request, "headers": {"Origin": ORIGIN, **request.get("headers", {})}}
            answer = visitor.client.open(route.path, method=route.method, **sent)
            assert answer.status_code == 403, (how, route)
    assert walk.kept() == before


# --- Where one can be sent -------------------------------------------------------------------------------------------


TRICKS = (
    "//elsewhere/x",
    "///elsewhere/x",
    "/\\elsewhere/x",
    "\\\\elsewhere/x",
    "/\t/elsewhere/x",
    "/\r\n/elsewhere",
    "/login\r\nLocation: http://elsewhere/",
    "https:elsewhere",
    "https:/elsewhere",
    "https://elsewhere/login",
    "HTTPS://elsewhere",
    "http://localhost@elsewhere/",
    "http://localhost.elsewhere/",
    "http://elsewhere#http://localhost/",
    "javascript:alert(1)//",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "%2f%2felsewhere",
    "/%2felsewhere",
    "/%09/elsewhere",
    "/%5celsewhere",
    "/login/../..//elsewhere",
    "/.//elsewhere",
    "/static/..//elsewhere",
    "/;@elsewhere",
    "//elsewhere\x00/login",
    "\x00//elsewhere",
    "〱elsewhere",
    "//elsewhere。vn",
)


def test_the_fields_that_pages_read_are_found(walk: Walk) -> None:
    assert {"place", "username", "about"} <= walk.read or walk.program.name != "staff"
    assert walk.read


@pytest.mark.parametrize("trick", one_in(5, TRICKS))
def test_nobody_is_sent_elsewhere(walk: Walk, trick: str) -> None:
    """Whatever stands in any field of any form or query: who is sent on stays on these pages."""
    usual = {"next", "url", "return_to", "redirect", "continue", "to", "back"}
    fields = dict.fromkeys(walk.read | usual, trick) | {"language": "en"}
    names = {"Referer": trick if trick.isprintable() and trick.isascii() else "http://elsewhere/"}
    names |= {"X-Forwarded-Host": "elsewhere", "X-Forwarded-Proto": "gopher", "Forwarded": "host=elsewhere"}
    sent_on = 0
    tokens, nobody = walk.tokens(), walk.visitors[""]
    asked = [*walk.inside(), *[(route, nobody) for route in walk.routes if route.method in SAFE]]
    for route, visitor in asked:
        if route.endpoint in {"entry.log_in", "entry.log_out"}:
            continue  # They would end this walk.
        headers = {**names, "X-CSRF-Token": tokens[visitor], "Origin": ORIGIN}
        told: dict[str, Any] = {"query_string": fields} if route.method in SAFE else {"data": fields}
        answer = visitor.client.open(route.path, method=route.method, headers=headers, **told)
        answer.close()
        assert "elsewhere" not in answer.headers.get("Refresh", ""), route
        if "Location" in answer.headers:
            sent_on += 1
            place = answer.headers["Location"]
            assert re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", place), (route, place)
            assert "elsewhere" not in place, (route, place)
            walk.pages.app.url_map.bind("localhost").match(urlsplit(place).path)
    assert sent_on


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_who_signs_in_is_sent_elsewhere(walk: Walk, trick: str) -> None:
    fields = dict.fromkeys(("next", "place", "url", "return_to"), trick)
    visitor = walk.pages.visitor()
    visitor.client.environ_base["REMOTE_ADDR"] = f"127.0.1.{TRICKS.index(trick)}"  # So often nobody signs in at one.
    answer = visitor.post("/login", "/login", username="minh", password=PASSWORD, **fields)
    assert answer.headers["Location"] == "/counters/"


# --- Headers of every kind of answer ---------------------------------------------------------------------------------


def stale(visitor: Visitor, path: str) -> TestResponse:
    """Ask for a file that one has already."""
    with visitor.get(path) as first:
        return visitor.client.get(path, headers={"If-None-Match": first.headers["ETag"]})


def too_many(pages: Pages) -> TestResponse:
    visitor = pages.visitor()
    for _ in range(TRIES_TOGETHER):
        visitor.log_in("nobody", "wrong")
    return visitor.log_in("nobody", "wrong")


def too_long(pages: Pages) -> TestResponse:
    return pages.visitor().post("/login", "/login", username="anh", password="x" * 70_000)


def _fail() -> str:
    raise RuntimeError("secret of the inside")


def broken(pages: Pages) -> TestResponse:
    """Look at a page while something in the program is broken: a defect of ours."""
    visitor = pages.signed_in("tech")
    pages.app.view_functions["people.people"] = _fail
    return visitor.get("/people/")


KINDS: dict[str, tuple[int, Callable[[Pages], TestResponse]]] = {
    "a page": (200, lambda pages: pages.signed_in("tech").get("/people/")),
    "a file": (200, lambda pages: pages.visitor().get("/static/page.css")),
    "a part of a file": (
        206,
        lambda pages: pages.visitor().client.get("/static/page.css", headers={"Range": "bytes=0-9"}),
    ),
    "a part that is none": (
        416,
        lambda pages: pages.visitor().client.get("/static/page.css", headers={"Range": "bytes=9999999-"}),
    ),
    "a style sheet that is made": (200, lambda pages: pages.visitor().get("/look.css")),
    "a table": (200, lambda pages: pages.signed_in("boss").get("/reports/day.csv")),
    "a stream": (200, lambda pages: pages.signed_in("inspector").get("/hall/live")),
    "a way on": (302, lambda pages: pages.visitor().get("/people/")),
    "a file that one has": (304, lambda pages: stale(pages.visitor(), "/static/page.css")),
    "a form that is none": (400, lambda pages: pages.visitor().post("/language", "/login", language="xx")),
    "nobody at a stream": (401, lambda pages: pages.visitor().get("/hall/live")),
    "a door that is shut": (403, lambda pages: pages.signed_in("anh").get("/people/")),
    "a forged press": (403, lambda pages: pages.visitor().client.post("/login")),
    "nothing there": (404, lambda pages: pages.visitor().get("/nowhere")),
    "no such file": (404, lambda pages: pages.visitor().get("/static/../guard.py")),
    "a wrong method": (405, lambda pages: pages.visitor().client.delete("/login")),
    "a refusal": (409, lambda pages: pages.signed_in("tech").post("/people/tech/disable", "/people/tech")),
    "too long": (413, too_long),
    "too many tries": (429, too_many),
    "a defect": (500, broken),
}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tls"])
def dressing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with PROGRAMS[0].served(tmp_path_factory.mktemp("dressed"), behind_tls=request.param) as pages:
        yield pages


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_is_dressed(dressing: Pages, kind: str) -> None:
    status, ask = KINDS[kind]
    answer = ask(dressing)
    assert answer.status_code == status
    dressed(answer, behind_tls=dressing.origin.startswith("https"))
    if status >= 400:
        assert not re.search(r"Traceback|File \"|werkzeug|RuntimeError|secret of|queue_server", answer.text)
    answer.close()


def dressed(answer: TestResponse, *, behind_tls: bool) -> None:
    """Check what every answer carries."""
    headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert {policy[name] for name in ("default-src", "object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert set(policy.values()) <= {"'none'", "'self'"}, "nothing is loaded from elsewhere, and nothing inline runs"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(headers.keys())
    if behind_tls:
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
    if answer.status_code != 304:
        kind = headers["Content-Type"]
        assert not kind.startswith(("text/", "application/json")) or "charset=utf-8" in kind or "json" in kind, kind
    personal = answer.request.path not in {"/static/page.css", "/look.css"} or answer.status_code >= 400
    assert (headers["Cache-Control"] == "no-store") is personal


def test_every_kind_of_answer_has_been_thought_of() -> None:
    assert {status for status, _ in KINDS.values()} >= {200, 302, 304, 400, 401, 403, 404, 405, 413, 429, 500}


# --- Cookies and sessions --------------------------------------------------------------------------------------------


def test_every_cookie_of_every_answer_is_bound_to_this_place(tmp_path: Path) -> None:
    """Behind TLS: not a session's cookie alone, but each that any route sets for anybody."""
    with PROGRAMS[0].served(tmp_path, behind_tls=True) as pages:
        set_: list[str] = []
        walk = Walk(PROGRAMS[0], pages)
        walk.visitors["fresh"] = pages.visitor()
        for visitor in walk.visitors.values():
            answers = [visitor.client.open(one.path, method=one.method, base_url=pages.origin) for one in walk.routes]
            answers.append(
                visitor.post(
                    "/language",
                    "/login" if visitor.get("/account").status_code == 302 else "/account",
                    language="en",
                    place="/",
                )
            )
            for answer in answers:
                set_ += answer.headers.getlist("Set-Cookie")
                answer.close()
        set_ += pages.visitor().log_in("anh", PASSWORD).headers.getlist("Set-Cookie")
        ordered = {"order_id": "ab" * 16, "kiosk_function_id": "kiosk-2"}
        printed = walk.visitors["hoa"].post(f"/usher/visits/{'0' * 32}/print", "/account", **ordered)
        set_ += printed.headers.getlist("Set-Cookie")
    names = {"__Host-motcua", "__Host-motcua-language", "__Host-motcua-kiosk"}
    assert {cookie.partition("=")[0] for cookie in set_} == names
    for cookie in set_:
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= attributes, cookie
        assert not any(part.startswith("Domain") for part in attributes), cookie


def token_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("motcua")
    assert cookie
    return cookie.value


def test_the_session_is_a_new_one_after_every_step_and_the_old_one_is_dead(tmp_path: Path) -> None:
    with PROGRAMS[0].served(tmp_path) as pages:
        once = pages.parts.accounts.add("moi", "Người Mới", "clerk")
        pages.phones.set_up("moi")
        visitor, own, used = pages.visitor(), "một câu của riêng tôi", []
        visitor.get("/login")
        used.append(token_of(visitor))
        visitor.log_in("moi", once)
        used.append(token_of(visitor))
        visitor.post("/login/code", "/login/code", code=pages.phones.fresh("moi"))
        used.append(token_of(visitor))
        visitor.post("/password", "/password", old=once, new=own, repeat=own)
        used.append(token_of(visitor))
        assert visitor.get("/counters/").status_code == 200
        assert len(set(used)) == 4
        for old in used[:-1]:
            again = pages.visitor()
            again.client.set_cookie("motcua", old)
            assert again.get("/account").headers["Location"] == "/login"
        assert len(pages.parts.sessions.of("moi")) == 1


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_no_header_makes_a_new_place_to_try_from(walk: Walk) -> None:
    visitor = walk.pages.visitor()
    token = visitor.token("/login")
    for place, header in enumerate(("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP")):
        visitor.client.environ_base["REMOTE_ADDR"] = f"127.0.2.{place}"
        form = {"csrf": token, "username": f"nobody-{place}", "password": "wrong"}
        statuses = [
            visitor.client.post(
                "/login", data=form, headers={"Origin": ORIGIN, header: f"for=10.0.0.{number}"}
            ).status_code
            for number in range(TRIES_TOGETHER + 1)
        ]
        assert statuses == [403] * TRIES_TOGETHER + [429], header


def test_a_name_given_twice_is_counted_as_the_one_that_is_tried(walk: Walk) -> None:
    visitor = walk.pages.visitor()
    visitor.client.environ_base["REMOTE_ADDR"] = "127.0.2.99"
    headers, kind = {"Origin": ORIGIN}, "application/x-www-form-urlencoded"
    token = visitor.token("/login")
    for number in range(TRIES_TOGETHER):
        body = f"csrf={token}&username=boss&username=x{number}&password=wrong&password=wrong"
        assert visitor.client.post("/login", data=body, content_type=kind, headers=headers).status_code == 403
    assert visitor.log_in("boss", PASSWORD).status_code == 429


def test_what_is_refused_is_told_to_the_journal_without_what_was_typed(
    walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = walk.pages.signed_in("minh")
    visitor.get("/people/")
    visitor.client.post("/logout", data={"csrf": "x"}, headers={"Origin": ORIGIN})
    visitor.client.post("/logout", headers={"Origin": "http://elsewhere"})
    stranger = walk.pages.visitor()
    stranger.client.environ_base["REMOTE_ADDR"] = "127.0.2.77"
    for _ in range(TRIES_TOGETHER + 1):
        stranger.log_in("typed-into-the-wrong-field", "wrong")
    said = [record.getMessage() for record in caplog.records if record.name == "queue_server.web.app"]
    assert said == [
        "403 at people.people for minh: not this role's door",
        "403 at entry.log_out for minh: form_expired",
        "403 at entry.log_out for minh: foreign",
        "429 at entry.log_in for nobody: too many tries",
    ]
    stranger.client.environ_base["REMOTE_ADDR"] = "127.0.2.78"
    stranger.log_in("minh", "wrong")
    told = [record.getMessage() for record in caplog.records if record.name == "queue_server.web.accounts"]
    assert told == [
        *["a sign-in as nobody we know was refused, from 127.0.2.77"] * TRIES_TOGETHER,
        "a sign-in as minh was refused, from 127.0.2.78",
    ]
    assert "typed-into" not in caplog.text


def test_signing_out_is_at_hand_on_every_page(walk: Walk) -> None:
    """On every page that opens by its address; an address that is nothing here answers otherwise."""
    seen, without = set(), set()
    for route, visitor in walk.inside():
        if route.method == "GET" and visitor is not walk.visitors[""]:
            page = visitor.client.get(route.path)
            if page.status_code == 200 and page.mimetype == "text/html":
                seen.add(route.endpoint)
                without |= set() if 'action="/logout"' in page.text else {route.endpoint}
            page.close()
    assert len(seen) > 25, seen
    assert without == set()


def test_whoever_compares_a_secret_is_under_the_limits(walk: Walk) -> None:
    """No route compares a password or a code without being counted: the sources of each view are read."""
    for route in walk.routes:
        view = walk.pages.app.view_functions[route.endpoint]
        source = inspect.getsource(view)
        compares = re.search(r"accounts\.check\(|second_factors\.(right|confirm)\(|_wrong_(password|code)\(", source)
        assert not compares or route.endpoint in TRYING, route
