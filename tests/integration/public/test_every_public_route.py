"""What holds at every route of the public pages, read from their url map; they have no session to forge."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from protocol.commands import CancelVisit
from tests.integration.web.test_every_route import FOREIGN, METHODS, TRICKS
from tests.support.paper_hall import kiosk_view
from tests.support.payloads import MARK, PAYLOADS, poisoned, read
from tests.support.programs import ROOT
from tests.support.public_pages import EXAMPLES, Phones, public_pages, services, ticket
from tests.support.routes import SAFE, parameters, routes

SOURCES = ROOT / "queue_server" / "public"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    with public_pages(tmp_path_factory.mktemp("public")) as made:
        yield made


def test_a_method_that_a_route_has_not_is_refused_and_named(served: Phones) -> None:
    addresses, phone = served.app.url_map.bind("localhost"), served.phone()
    for route in routes(served.app, EXAMPLES):
        allowed = set(addresses.allowed_methods(route.path))
        for method in set(METHODS) - allowed:
            answer = phone.open(route.path, method=method, headers={"X-HTTP-Method-Override": "POST"})
            assert answer.status_code == 405, (method, route)
            assert set(answer.headers["Allow"].split(", ")) == allowed, (method, route)
    assert served.asked(CancelVisit) == 0


def test_every_answer_is_dressed_and_leaves_no_cookie(served: Phones) -> None:
    phone = served.phone()
    asked = [(route.method, route.path) for route in routes(served.app, EXAMPLES)]
    for method, path in [*asked, ("GET", "/nowhere/at/all"), ("BREW", "/"), ("POST", "/t/x/cancel"), ("GET", "/t/x")]:
        answer = phone.open(path, method=method, headers={"Origin": "http://elsewhere"})
        headers = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert set(policy.values()) == {"'none'", "'self'"}, path
        assert {policy[one] for one in ("default-src", "object-src", "base-uri", "frame-ancestors")} == {"'none'"}, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert not {"Set-Cookie", "Server", "Access-Control-Allow-Origin"} & set(headers.keys()), path
        assert headers["Cache-Control"] == "no-store" or path.startswith(("/files/", "/chime", "/board/fonts/")), path
        answer.close()


@pytest.mark.parametrize("origin", [*FOREIGN, "null", "http://elsewhere"])
def test_no_unsafe_route_takes_an_origin_that_is_not_ours(served: Phones, origin: str) -> None:
    unsafe = [route for route in routes(served.app, EXAMPLES) if route.method not in SAFE]
    assert unsafe
    for route in unsafe:
        assert served.phone().open(route.path, method=route.method, headers={"Origin": origin}).status_code == 403, (
            route
        )
    assert served.asked(CancelVisit) == 0


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_is_sent_elsewhere(served: Phones, trick: str) -> None:
    assert parameters(SOURCES) >= {"lang", "q", "service"}
    fields = dict.fromkeys(parameters(SOURCES) | {"next", "url", "to"}, trick)
    for route in routes(served.app, EXAMPLES):
        served.becomes(ticket())
        answer = served.phone().open(route.path, method=route.method, query_string=fields, data=fields)
        place = answer.headers.get("Location", "/")
        assert urlsplit(place)[:2] == ("", ""), (route, place)
        assert place.startswith("/"), (route, place)
        assert not place.startswith(("//", "/\\")), (route, place)
        answer.close()


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_text_stays_text_on_every_page(served: Phones, kind: str) -> None:
    text, seen = PAYLOADS[kind], 0
    served.found = ticket()
    view = poisoned(kiosk_view(), lambda: text)
    offered = tuple(poisoned(one, lambda: text) for one in services())
    served.hall.publish("kiosk", replace(view, services=offered))
    for route in routes(served.app, EXAMPLES):
        if route.method not in SAFE:
            continue
        fields = {**dict.fromkeys(parameters(SOURCES), text), "lang": "vi"}
        for query in ({}, fields):
            answer = served.phone().get(route.path, query_string=query)
            if answer.mimetype == "text/html":
                reader = read(answer.text)
                assert reader.wrong == [], route
                assert "49" + MARK not in answer.text, route
                seen += text in "".join(reader.texts)
            answer.close()
    assert seen >= 3
