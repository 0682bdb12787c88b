"""Who may open which door of the staff pages, and what is checked at each."""

import html
import json
import re
from pathlib import Path

import pytest

from protocol.ballots import CODE_SIGNS, checked_code
from protocol.views import Refused
from queue_server.web.doors import DOORS, STEP_DOORS, Step
from queue_server.web.tries import TRIES_TOGETHER, TRYING
from tests.support.expected_doors import EXPECTED
from tests.support.paper_hall import furnish
from tests.support.routes import routes
from tests.support.web_pages import ORIGIN, PASSWORD, PEOPLE, Pages, Visitor

REQUEST_ID = "0" * 31 + "1"
CONSOLE = "/counters/counter-3"
COMMANDS = f"{CONSOLE}/commands"
STEP_PATH: dict[Step, str] = {"code": "login/code", "password": "password", "second_factor": "second-factor"}
ONE_OF_EACH = {role: clerk_id for clerk_id, (_, role) in PEOPLE.items()}


# --- Doors -----------------------------------------------------------------------------------------------------------


def paths(pages: Pages) -> dict[str, tuple[str, str]]:
    """Every endpoint with a method and a path."""
    found = {}
    for route in routes(pages.app):
        assert route.endpoint not in found, f"{route.endpoint}: one endpoint answers to one method"
        found[route.endpoint] = (route.method, route.path)
    return found


def test_every_route_stands_in_the_table(pages: Pages) -> None:
    assert set(paths(pages)) == set(DOORS)


def test_the_table_is_the_one_that_was_written_out_by_hand() -> None:
    assert EXPECTED == DOORS


@pytest.mark.parametrize("role", ["", "clerk", "usher", "technician", "manager", "inspector"])
def test_every_role_before_every_door(pages: Pages, role: str) -> None:
    """Unsafe methods come without their token: who may pass the door is stopped by the next guard, which says so."""
    visitor = pages.signed_in(ONE_OF_EACH[role]) if role else pages.visitor()
    shut, no_token = (pages.parts.texts(f"error.{key}", "vi") for key in ("forbidden", "form_expired"))
    for endpoint, (method, path) in paths(pages).items():
        answer = visitor.client.open(path, method=method)
        may = EXPECTED[endpoint] == "everybody" or role in EXPECTED[endpoint]
        if may and method == "POST":
            assert answer.status_code == 403, endpoint
            assert no_token in answer.text, endpoint
        elif may:
            assert answer.status_code in {200, 302}, endpoint
            assert role == "" or answer.headers.get("Location") != "/login", endpoint
        elif role:
            assert answer.status_code == 403, endpoint
            assert shut in answer.text, endpoint
        elif method == "POST" or endpoint.endswith(".live"):
            assert answer.status_code == 401, endpoint
        else:
            assert answer.headers["Location"] == "/login", endpoint
        answer.close()


def test_each_role_begins_where_its_work_is(pages: Pages) -> None:
    begins = {clerk_id: pages.signed_in(clerk_id).get("/").headers["Location"] for clerk_id in PEOPLE}
    assert begins == {
        "anh": "/counters/",
        "minh": "/counters/",
        "lan": "/counters/",
        "hoa": "/usher/",
        "tech": "/devices/",
        "boss": "/hall/",
        "inspector": "/hall/",
    }


# --- Guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["", *ONE_OF_EACH.values()])
def test_headers_on_every_answer(pages: Pages, person: str) -> None:
    visitor = pages.signed_in(person) if person else pages.visitor()
    nowhere = {"a page that is none": ("GET", "/nowhere"), "a method that is none": ("DELETE", "/login")}
    for endpoint, (method, path) in (paths(pages) | nowhere).items():
        answer = visitor.client.open(path, method=method)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, endpoint
        assert "unsafe" not in policy, endpoint
        assert "frame-ancestors 'none'" in policy, endpoint
        assert answer.headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert answer.headers["Referrer-Policy"] == "same-origin", endpoint
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", endpoint
        assert "Server" not in answer.headers, endpoint
        kept = endpoint in {"static", "entry.look", "entry.font"}
        assert ("no-store" in answer.headers["Cache-Control"]) is not kept, endpoint
        answer.close()


def test_pages_hold_no_inline_script_or_style_and_no_outside_address(pages: Pages, clerk: Visitor) -> None:
    technician, manager = pages.signed_in("tech"), pages.signed_in("boss")
    seen = [clerk.get(path).text for path in ("/counters/", CONSOLE, "/password", "/account", "/second-factor")]
    seen += [
        technician.get(path).text for path in ("/devices/", "/people/", "/people/anh", "/changes", "/second-factor")
    ]
    seen += [manager.get("/hall/").text, manager.get("/reports/day").text, pages.visitor().get("/login").text]
    for text in seen:
        assert "<title>" in text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", text)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


def test_cookies_are_for_this_place_and_no_script(pages: Pages) -> None:
    visitor = pages.visitor()
    cookies = visitor.log_in("anh", PASSWORD).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("motcua="))
    assert "HttpOnly" in session
    assert "SameSite=Strict" in session
    assert "Secure" not in session


def test_behind_tls_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    from queue_server.web.guard import Guard
    from queue_server.web.program import Place, application
    from tests.support.paper_hall import PaperHall
    from tests.support.web_pages import CONFIG

    with application(Place(tmp_path, CONFIG, behind_tls=True), PaperHall().opened) as (app, parts):
        assert isinstance(parts.guard, Guard)
        answer = app.test_client().get("/login", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-motcua=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "origin", [None, "null", "http://elsewhere", "http://localhost.elsewhere", "https://localhost"]
)
def test_a_press_from_a_foreign_page_is_refused(pages: Pages, clerk: Visitor, origin: str | None) -> None:
    headers = {"X-CSRF-Token": clerk.token(CONSOLE), **({"Origin": origin} if origin else {})}
    answer = clerk.client.post(COMMANDS, json={"request_id": REQUEST_ID, "action": "call_next"}, headers=headers)
    assert answer.status_code == 403
    assert pages.hall.asked == []


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_press_without_its_token_is_refused(pages: Pages, clerk: Visitor, token: str) -> None:
    headers = {"X-CSRF-Token": token, "Origin": ORIGIN}
    answer = clerk.client.post(COMMANDS, json={"request_id": REQUEST_ID, "action": "call_next"}, headers=headers)
    assert answer.status_code == 403
    assert pages.hall.asked == []


def test_a_token_of_another_session_does_not_fit(pages: Pages, clerk: Visitor) -> None:
    token = pages.signed_in("minh").token(CONSOLE)
    headers = {"X-CSRF-Token": token, "Origin": ORIGIN}
    assert clerk.client.post(COMMANDS, json={}, headers=headers).status_code == 403


# --- The way in ------------------------------------------------------------------------------------------------------


def test_a_wrong_name_and_a_wrong_password_look_alike(pages: Pages) -> None:
    visitor = pages.visitor()
    answers = [visitor.log_in("anh", "wrong"), visitor.log_in("nobody", "wrong")]
    pictures = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [403, 403]
    assert len(pictures) == 1


def test_guessing_stops_even_the_right_password_for_a_while(pages: Pages) -> None:
    visitor = pages.visitor()
    for _ in range(5):
        visitor.log_in("anh", "wrong")
    answer = visitor.log_in("anh", PASSWORD)
    assert answer.status_code == 429
    assert re.search("1[45] phút", answer.text)  # Fifteen minutes since the first wrong try.


def test_a_one_time_password_opens_only_the_door_to_ones_own(pages: Pages) -> None:
    once = pages.parts.accounts.add("new", "Người Mới", "clerk")
    visitor = pages.visitor()
    assert visitor.log_in("new", once).headers["Location"] == "/password"
    assert visitor.get("/counters/").headers["Location"] == "/password"
    own = "một câu của riêng tôi"
    short = visitor.post("/password", "/password", old=once, new="short", repeat="short")
    assert short.status_code == 400
    assert "10" in short.text
    differs = visitor.post("/password", "/password", old=once, new=own, repeat="một câu khác hẳn")
    assert differs.status_code == 400
    assert pages.parts.texts("account.repeat_differs", "vi") in differs.text
    changed = visitor.post("/password", "/password", old=once, new=own, repeat=own)
    assert changed.headers["Location"] == "/"
    assert visitor.get("/counters/").status_code == 200


def test_a_login_makes_a_new_session_and_a_logout_ends_it(clerk: Visitor) -> None:
    before = clerk.client.get_cookie("motcua")
    assert before is not None
    clerk.post("/logout", "/counters/")
    assert clerk.get("/counters/").headers["Location"] == "/login"
    clerk.client.set_cookie("motcua", before.value)
    assert clerk.get("/counters/").headers["Location"] == "/login"


@pytest.mark.parametrize(
    "place",
    [
        "//elsewhere/x",
        "https://elsewhere/x",
        "javascript:alert(1)",
        "\\\\elsewhere",
        "/\\elsewhere",
        "/\t/elsewhere",
        "//elsewhere?/login",
        "?x=//elsewhere",
        "",
    ],
)
def test_the_language_sends_nobody_elsewhere(pages: Pages, place: str) -> None:
    answer = pages.visitor().post("/language", "/login", language="en", place=place)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ("/log/?kind=ratings&from=22/11/2026", "/log/?kind=ratings&from=22%2F11%2F2026"),
        ("/log/?number=", "/log/?number="),
        ("/login?x=//elsewhere", "/login?x=%2F%2Felsewhere"),
        ("/login?x=1\r\nSet-Cookie: a=b", "/login?x=1%0D%0ASet-Cookie%3A+a%3Db"),
    ],
)
def test_another_language_keeps_what_the_page_was_asked_with(pages: Pages, place: str, kept: str) -> None:
    answer = pages.visitor().post("/language", "/login", language="en", place=place)
    assert answer.headers["Location"] == kept


def test_the_form_of_the_language_names_the_whole_address(pages: Pages) -> None:
    text = pages.signed_in("boss").get("/log/?kind=ratings&number=H%26025").text
    assert 'name="place" value="/log/?kind=ratings&amp;number=H%26025"' in text


def test_the_live_region_of_a_console_keeps_it_too(pages: Pages) -> None:
    """The script puts a console's head in again and again; its language button is to go on naming the whole address."""
    furnish(pages.hall)
    clerk, named = pages.signed_in("anh"), 'name="place" value="/counters/counter-3?a=H%26025&amp;_external=1"'
    page = clerk.get("/counters/counter-3?a=H%26025&look=&_external=1").text
    assert named in page
    (live,) = re.findall(r'data-live="([^"]+)"', page)
    assert live == "/counters/counter-3/live?a=H%26025&amp;_external=1"
    assert named in json.loads(clerk.get(f"{html.unescape(live)}&look").text)["top"]
    assert 'value="/counters/counter-3"' in json.loads(clerk.get("/counters/counter-3/live?look").text)["top"]


def test_no_door_sends_anybody_elsewhere(pages: Pages) -> None:
    """Nothing that a link, a form or a header can say becomes an address to go to."""
    bait = "//elsewhere/x"
    headers = {"Referer": "http://elsewhere/", "X-Forwarded-Host": "elsewhere", "X-Forwarded-Proto": "gopher"}
    for visitor in (pages.visitor(), pages.signed_in("tech")):
        for path in ("/", "/login", "/devices/", "/counters/", "/people/anh", "/second-factor"):
            query = dict.fromkeys(("next", "place", "url", "return_to", "replace"), bait)
            answer = visitor.client.get(path, query_string=query, headers=headers)
            assert "elsewhere" not in answer.headers.get("Location", ""), path
    answer = pages.visitor().post("/login", "/login", username="anh", password=PASSWORD, next=bait, place=bait)
    assert answer.headers["Location"] == "/counters/"


def test_the_page_speaks_the_chosen_language(pages: Pages) -> None:
    visitor = pages.visitor()
    visitor.post("/language", "/login", language="en", place="/login")
    assert "Sign in" in visitor.get("/login").text


# --- Forged requests -------------------------------------------------------------------------------------------------


FORGED = {
    "no token": ("", ORIGIN),
    "a token of nobody": ("x" * 300, ORIGIN),
    "a token of another session": ("theirs", ORIGIN),
    "no origin": ("mine", None),
    "another origin": ("mine", "http://elsewhere"),
    "the origin of a page from a file": ("mine", "null"),
}


@pytest.mark.parametrize("role", list(ONE_OF_EACH))
def test_no_unsafe_route_takes_a_forged_request(pages: Pages, role: str) -> None:
    visitor = pages.signed_in(ONE_OF_EACH[role])
    tokens = {"mine": visitor.token("/account"), "theirs": pages.signed_in("minh").token("/account")}
    noted = len(pages.parts.changes.before())
    unsafe = [path for method, path in paths(pages).values() if method == "POST"]
    assert len(unsafe) > 15
    for forged, (which, origin) in FORGED.items():
        token = tokens.get(which, which)
        headers = {"X-CSRF-Token": token, **({"Origin": origin} if origin else {})}
        for path in unsafe:
            assert visitor.client.post(path, data={"csrf": token}, headers=headers).status_code == 403, (forged, path)
    assert pages.hall.asked == []
    assert len(pages.parts.changes.before()) == noted
    assert visitor.get("/account").status_code == 200, "the session was not touched"


# --- Steps of signing in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["code", "password", "second_factor"])
def test_before_a_step_is_taken_no_other_door_opens(pages: Pages, step: Step) -> None:
    visitor, accounts = pages.visitor(), pages.parts.accounts
    once = accounts.add("new", "Người Mới", "technician")
    if step != "password":
        accounts.choose_password("new", PASSWORD)
    if step == "code":
        pages.phones.set_up("new")
    visitor.log_in("new", once if step == "password" else PASSWORD)
    token = visitor.token(visitor.get("/").headers["Location"])
    for endpoint, (method, path) in paths(pages).items():
        if endpoint in STEP_DOORS[step] or EXPECTED[endpoint] == "everybody":
            continue
        answer = visitor.client.open(path, method=method, headers={"Origin": ORIGIN, "X-CSRF-Token": token})
        if "technician" in EXPECTED[endpoint]:
            assert answer.headers.get("Location") == f"/{STEP_PATH[step]}", endpoint
        else:
            assert answer.status_code == 403, endpoint
    assert pages.hall.asked == []


# --- Sessions --------------------------------------------------------------------------------------------------------


def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(pages: Pages) -> None:
    """Session fixation: what somebody put into the browser beforehand must not become the session."""
    planted = pages.visitor()
    planted.get("/login")
    cookie = planted.client.get_cookie("motcua")
    assert cookie is not None
    victim = pages.visitor()
    victim.client.set_cookie("motcua", cookie.value)
    victim.log_in("anh", PASSWORD)
    assert victim.get("/counters/").status_code == 200
    assert planted.get("/counters/").headers["Location"] == "/login"
    old_token = {"csrf": planted.token("/login")}
    assert victim.client.post("/logout", data=old_token, headers={"Origin": ORIGIN}).status_code == 403


def test_a_forged_cookie_opens_nothing(pages: Pages, clerk: Visitor) -> None:
    cookie = clerk.client.get_cookie("motcua")
    assert cookie is not None
    payload, _, rest = cookie.value.partition(".")
    for forged in (payload + ".x." + rest, cookie.value[:-2] + "AA", "x" * 3000, ""):
        visitor = pages.visitor()
        visitor.client.set_cookie("motcua", forged)
        assert visitor.get("/counters/").headers["Location"] == "/login"


def test_one_ends_ones_own_sessions(pages: Pages) -> None:
    here, there, elsewhere = (pages.signed_in("anh") for _ in range(3))
    page = here.get("/account").text
    assert page.count('/end"') == 3
    sessions = pages.parts.sessions.of("anh")
    ours = re.search(r"sessions/(\w+)/end\"(?:(?!<tr>).)*Đăng xuất</button>", page, re.DOTALL)
    assert ours
    (other, *_) = [one.session_id for one in sessions if one.session_id != ours[1]]
    assert here.post(f"/account/sessions/{other}/end", "/account").headers["Location"] == "/account"
    alive = [visitor.get("/counters/").status_code for visitor in (here, there, elsewhere)]
    assert sorted(alive) == [200, 200, 302]
    here.post("/account/sessions/end-others", "/account")
    assert [visitor.get("/counters/").status_code for visitor in (here, there, elsewhere)] == [200, 302, 302]


def test_nobody_ends_a_session_that_is_not_theirs(pages: Pages, clerk: Visitor) -> None:
    other = pages.signed_in("minh")
    (theirs,) = pages.parts.sessions.of("minh")
    clerk.post(f"/account/sessions/{theirs.session_id}/end", "/account")
    assert other.get("/counters/").status_code == 200


# --- Rate limits -----------------------------------------------------------------------------------------------------


WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "entry.log_in": ("/login", {"username": "anh", "password": "wrong"}),
    "entry.check_code": ("/login/code", {"code": "none"}),
    "account.change_password": ("/password", {"old": "wrong", "new": PASSWORD, "repeat": PASSWORD}),
    "account.confirm_second_factor": ("/second-factor", {"code": "none"}),
    "voice_desk.follow": ("/voices/look", {"code": checked_code("2" * CODE_SIGNS)}),
}
"""A wrong try at every door where a secret is tried."""


def test_wrong_tries_are_limited_at_every_door_where_a_secret_is_tried(pages: Pages) -> None:
    assert set(WRONG) == TRYING
    pages.hall.answer = lambda _: Refused(code="unknown_voice")
    for endpoint, (path, form) in WRONG.items():
        pages.phones.set_up("minh")
        clerk_id = {"entry.check_code": "minh", "account.change_password": "boss", "voice_desk.follow": "hoa"}.get(
            endpoint, "lan"
        )
        visitor = pages.visitor() if endpoint == "entry.log_in" else pages.signed_in(clerk_id)
        if endpoint == "entry.check_code":
            visitor = pages.visitor()
            visitor.log_in(clerk_id, PASSWORD)
        statuses = [visitor.post(path, path, **form).status_code for _ in range(TRIES_TOGETHER + 1)]
        refused = 404 if endpoint == "voice_desk.follow" else 403
        assert statuses == [refused] * TRIES_TOGETHER + [429], endpoint
        again = visitor.post(path, path, **form)
        assert re.search(r"1[45] phút", again.text), "it says how long"
        assert again.headers["Content-Security-Policy"], endpoint
