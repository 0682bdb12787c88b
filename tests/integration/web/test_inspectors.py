"""No page shows a key that its reader may not press; and an inspector sees every page, and can change nothing."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import msgspec
import pytest
from werkzeug.routing import RequestRedirect

from queue_server.web.shared import ROOMS
from tests.support.boards import FIRE, stopped
from tests.support.expected_doors import EXPECTED
from tests.support.paper_answers import answer
from tests.support.paper_hall import hall_view
from tests.support.routes import routes
from tests.support.web_pages import PEOPLE, Pages

ONE_OF_EACH = {role: clerk_id for clerk_id, (_, role) in PEOPLE.items()}

OWN = frozenset({"entry.log_out", "entry.choose_language"})
"""Forms of the head of every page."""
LEADS_ON = frozenset({302, 303})
"""What a page answers that sends on: the first, and those of a step of signing in that is taken."""
OWN_ACCOUNT = "account."
"""Of one's own password, phone and sessions."""

NOT_AN_INSPECTORS = {
    *("counter.choose", "counter.console", "counter.live"),  # A clerk's own place, with a colleague's note.
    *("usher.hall", "usher.live", "usher.visit", "usher_prints.live"),  # Ticket codes, by which one cancels.
    "hearings.own",  # What a clerk was asked, and says, about his own work.
    "editor_forms.new_item",  # An empty form.
    "ballots.entry",  # Empty lines to type into.
    "clerk_months.evaluation",  # An empty form.
    *("clerk_months.own", "clerk_months.own_as_xlsx"),  # A clerk's own card.
    *("voices.new", "voices.slip"),  # An empty form; the code that belongs to a citizen.
    "voice_desk.look",  # What a citizen's code opens, at the desk.
}


def open_to(role: str) -> set[str]:
    return {endpoint for endpoint, roles in EXPECTED.items() if role in roles or roles == "everybody"}


def pages_of(pages: Pages, role: str) -> dict[str, str]:
    """Give every page that a person of this role may open: its path and its text."""
    visitor, found = pages.signed_in(ONE_OF_EACH[role]), {}
    walked = [one.path for one in routes(pages.app) if one.method == "GET" and one.endpoint in open_to(role)]
    filled = ("/devices/agent-1", "/editor/parts/services/0", "/editor/text")
    for path in [*walked, *(one for one in filled if leads_to(pages, "/", one, "GET") in open_to(role))]:
        if path.endswith(("/live", "progress")):
            continue
        answer = visitor.client.get(path)
        if answer.mimetype == "text/html" and answer.status_code not in LEADS_ON:
            assert answer.status_code == 200, path
            found[path] = answer.text
        answer.close()
    return found


def leads_to(pages: Pages, path: str, address: str, method: str) -> str:
    """Name the endpoint that a form or link on the page at `path` leads to; one that leads to none is a fault."""
    there = urlsplit(urljoin(path, unescape(address))).path
    try:
        endpoint, _ = pages.app.url_map.bind("localhost").match(there, method=method)
    except RequestRedirect as elsewhere:
        return leads_to(pages, path, elsewhere.new_url, method)
    return str(endpoint)


def forms_of(pages: Pages, path: str, text: str) -> set[str]:
    found = set()
    for tag in re.findall(r"<form\b[^>]*>", text):
        if 'method="post"' in tag:
            action = re.search(r'\baction="([^"]*)"', tag)
            found.add(leads_to(pages, path, action[1] if action else "", "POST"))
    return found


@pytest.mark.parametrize("role", list(ONE_OF_EACH))
@pytest.mark.parametrize("is_stopped", [False, True])
def test_no_form_and_no_link_leads_to_a_door_that_is_shut(pages: Pages, role: str, *, is_stopped: bool) -> None:
    pages.hall.answer = answer
    if is_stopped:
        pages.hall.publish("hall", msgspec.structs.replace(hall_view(), stopped=stopped()))
    shut = set(EXPECTED) - open_to(role)
    for path, text in pages_of(pages, role).items():
        assert not forms_of(pages, path, text) & shut, path
        links = {leads_to(pages, path, one, "GET") for one in re.findall(r'<a\b[^>]*\bhref="([^"#]*)"', text)}
        assert not links & shut, path


def test_an_inspector_sees_every_page_and_finds_nothing_to_press(pages: Pages) -> None:
    pages.hall.answer = answer
    looked_at = {endpoint for endpoint, roles in EXPECTED.items() if roles != "everybody" and "inspector" in roles}
    safe = {one.endpoint for one in routes(pages.app) if one.method == "GET"}
    assert safe - looked_at - open_to("inspector") == NOT_AN_INSPECTORS
    unsafe = {one for one in looked_at - safe if not one.startswith(OWN_ACCOUNT)}
    assert unsafe == {"entry.log_out", "entry.check_code"}, "no more than signing in and out"
    for path, text in pages_of(pages, "inspector").items():
        pressed = {one for one in forms_of(pages, path, text) if not one.startswith(OWN_ACCOUNT)} - OWN
        assert pressed <= {"entry.log_in", "entry.check_code"}, path


def test_an_inspector_goes_to_every_room_by_its_name(pages: Pages) -> None:
    page = pages.signed_in("inspector").get("/hall/").text
    rooms = page.partition('<nav class="rooms">')[2].partition("</nav>")[0]
    with pages.app.test_request_context():
        addresses = {endpoint: pages.app.url_for(endpoint, _external=False) for endpoint, _ in ROOMS}
    assert {one for one, address in addresses.items() if f'href="{address}"' in rooms} == {
        endpoint for endpoint, _ in ROOMS if endpoint != "usher.hall"
    }


def test_an_inspector_reads_what_a_technician_writes(pages: Pages) -> None:
    pages.hall.answer = answer
    pages.hall.publish("hall", msgspec.structs.replace(hall_view(), stopped=stopped()))
    inspector, technician = pages.signed_in("inspector"), pages.signed_in("tech")
    for path, seen in {
        "/devices/agent-1": "Máy ở quầy 3",
        "/people/lan": "Lê Thị Lan",
        "/systems/": "Cổng dịch vụ công",
        "/editor/text": "[[services]]",
        "/editor/parts/services/0": 'name="service_id"',
        "/stop/": FIRE["vi"],
        "/waiting/": "H025",
    }.items():
        assert seen in technician.get(path).text, path
        assert seen in inspector.get(path).text, path
    assert "<textarea" in inspector.get("/editor/text").text
    assert re.search(r"<textarea[^>]* readonly ", inspector.get("/editor/text").text)
    assert '<fieldset disabled class="card hall-form only-read">' in inspector.get("/editor/parts/services/0").text


def test_the_address_of_a_webhook_may_hold_a_secret_of_its_receiver(pages: Pages) -> None:
    assert pages.parts.systems is not None
    pages.parts.systems.webhooks.set("portal", "https://portal.example/hook?key=verysecret", ["calls"], by="tech")
    assert "verysecret" in pages.signed_in("tech").get("/systems/portal").text
    page = pages.signed_in("inspector").get("/systems/portal").text
    assert "verysecret" not in page
    assert "https://portal.example/…" in page
    assert "whsec_" not in page
