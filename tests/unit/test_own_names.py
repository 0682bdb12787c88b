"""No page elsewhere can be one place with ours in a browser: names that somebody may hold are told us, or refused."""

import http.client
import json
from contextlib import closing

import pytest
from flask import Flask
from msgspec.structs import replace

from protocol.configuration import TicketLink
from queue_server.api.program import MISDIRECTED
from queue_server.own_names import OwnNames, is_safe, misdirected
from queue_server.public.program import _linked_name
from queue_server.serving import Door, Limits, WebServer
from queue_server.watched_hall import WatchedHall
from tests.support.boards import repository_texts
from tests.support.paper_hall import PaperHall, kiosk_view

HALL = "mot-cua.phuc-loi.example"


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:8080", "192.168.10.5", "[::1]:8080", "[fd00::5]", "localhost:8443", "branch-pc", "Branch-PC:8080"),
        *("motcua.lan", "MOTCUA.LAN.:8443", "motcua.local", "pc.home.arpa", ""),
    ],
)
def test_addresses_and_names_that_nobody_holds_are_answered(host: str) -> None:
    assert is_safe(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "lan.evil.example", "evillan.com", "1.2.3"),
        *("motcua.lan.evil.example", "localhost.evil.example", "a.b@c.d"),
    ],
)
def test_names_that_somebody_may_hold_are_not(host: str) -> None:
    assert not is_safe(host)


def asked(door: OwnNames, host: str, method: str = "GET") -> tuple[str, bytes]:
    told = []
    body = door(
        {"HTTP_HOST": host, "REQUEST_METHOD": method},
        lambda status, headers, *_: told.append((status, dict(headers))),  # type: ignore[arg-type]  # Nobody writes by it.
    )
    return told[0][0] if told else "", b"".join(body)


def test_names_that_were_named_are_answered_and_each_other_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    also = ["phones.phuc-loi.example"]
    door = OwnNames(lambda _, __: [b"ours"], (HALL, "phường.example"), MISDIRECTED, lambda: also[0])
    for host in (HALL, f"{HALL.upper()}:9443", "phường.example".encode("idna").decode(), also[0], "10.0.0.1"):
        assert asked(door, host) == ("", b"ours"), host
    also[0] = ""
    for _ in range(2):
        status, body = asked(door, "phones.phuc-loi.example")
        assert (status, json.loads(body)["status"]) == ("421 Misdirected Request", 421)
    assert asked(door, "evil.example", "HEAD") == ("421 Misdirected Request", b"")
    assert len(caplog.records) == 2
    for number in range(100):
        asked(door, f"{number}.evil.example")
    assert len(caplog.records) == 16, "nobody fills the journal"


def test_tickets_name_the_public_pages_own_name() -> None:
    paper = PaperHall("public")
    hall = WatchedHall(paper.opened, ("kiosk",), "public")
    hall.start()
    assert _linked_name(hall) == ""
    link = TicketLink(kind="public_page", base_address=f"https://{HALL}/t")
    paper.publish("kiosk", replace(kiosk_view(), ticket_link=link))
    assert _linked_name(hall) == HALL
    hall.close()


def test_a_server_of_pages_asks_for_the_name() -> None:
    app = Flask("named")
    app.add_url_rule("/", "page", lambda: "ours")
    texts = repository_texts()
    server = WebServer(
        app, Door("127.0.0.1", 0, names=(HALL,)), Limits(threads=1), misdirected([texts("error.wrong_name", "vi")])
    )
    server.start()
    try:
        for host, status in (("127.0.0.1", 200), (HALL, 200), ("evil.example", 421)):
            with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as line:
                line.request("GET", "/", headers={"Host": host})
                answer = line.getresponse()
                body = answer.read().decode()
            assert answer.status == status, host
        assert texts("error.wrong_name", "vi") in body
        assert answer.headers["Content-Security-Policy"]
    finally:
        server.close()
