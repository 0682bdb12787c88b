"""The nginx configuration that ships, in a real nginx: TLS, who asks, slow clients, streams, and what its log holds."""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, Response

from motcua.bench.nginx import HOST, NGINX, Proxy, nginx_before
from queue_server.public.program import LIMITS
from queue_server.serving import Door, Limits, WebServer
from tests.support.public_pages import LINK, SECRET, VISIT_ID, Phones, public_pages

PATIENCE_S = 20
SLOW = 500


def needs_nginx() -> None:
    if not Path(NGINX).exists():
        pytest.fail("nginx is not installed: run tools/setup test")


@dataclass
class Served:
    phones: Phones
    proxy: Proxy

    def fetch(self, path: str, **headers: str) -> tuple[int, str]:
        """Fetch a public page by TLS, as a device that was given the hall's authority."""
        trusted = self.proxy.trusting()
        with closing(http.client.HTTPSConnection(HOST, self.proxy.public, timeout=PATIENCE_S, context=trusted)) as line:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    needs_nginx()
    with public_pages(tmp_path / "public") as phones:
        server = WebServer(phones.app, Door(HOST, 0, behind_tls=True), LIMITS)
        server.start()
        try:
            with nginx_before(tmp_path, pages=server.port) as proxy:
                yield Served(phones, proxy)
        finally:
            server.close()


def test_a_ticket_by_tls_and_by_the_halls_wifi(served: Served) -> None:
    status, text = served.fetch(f"/t/{LINK}")
    assert (status, 'aria-label="H025"' in text) == (200, True)
    with closing(http.client.HTTPConnection(HOST, served.proxy.plain, timeout=PATIENCE_S)) as line:
        line.request("POST", f"/t/{LINK}/cancel", headers={"Origin": f"http://{HOST}:{served.proxy.plain}"})
        assert line.getresponse().status == 303, "a form of our own page comes from our own origin, behind nginx too"
    stranger = ssl.create_default_context()
    with (
        socket.create_connection((HOST, served.proxy.public), timeout=PATIENCE_S) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        stranger.wrap_socket(plain, server_hostname="localhost")


def test_what_nginx_says_by_itself_is_dressed_too_and_nothing_twice(served: Served) -> None:
    by_itself = {"a page": (200, "GET", "/waits", b""), "too long": (413, "POST", "/waits", b"x" * 70_000)}
    for kind, (status, method, path, body) in by_itself.items():
        trusted = served.proxy.trusting()
        with closing(
            http.client.HTTPSConnection(HOST, served.proxy.public, timeout=PATIENCE_S, context=trusted)
        ) as line:
            line.request(method, path, body=body)
            answer = line.getresponse()
            answer.read()
        assert answer.status == status, kind
        for name in ("X-Content-Type-Options", "Content-Security-Policy"):
            assert len(answer.headers.get_all(name) or ()) == 1, (kind, name)
        assert answer.headers["Server"] == "nginx", "it names no version"


def test_only_the_doors_of_staff_and_systems_ask_for_tls_for_ever_and_for_their_own_name_alone(served: Served) -> None:
    """The hall's phones may be sent to http:// at an address or another name of the same machine."""

    def strict(line: http.client.HTTPConnection) -> list[str]:
        with closing(line):
            line.request("GET", "/waits")
            answer = line.getresponse()
            answer.read()
            return answer.headers.get_all("Strict-Transport-Security") or []

    def by_tls(port: int) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection(HOST, port, timeout=PATIENCE_S, context=served.proxy.trusting())

    proxy = served.proxy
    for port in (proxy.staff, proxy.api):
        assert strict(by_tls(port)) == ["max-age=31536000"], "nobody is behind: nginx says so by itself"
    assert strict(by_tls(proxy.public)) == []
    assert strict(http.client.HTTPConnection(HOST, proxy.plain, timeout=PATIENCE_S)) == []


def logged(served: Served, wanted: str) -> str:
    """Give the log once it holds this: nginx writes of a request after it has answered it."""
    deadline_s, moment = time.monotonic() + 10, threading.Event()
    while wanted not in (log := served.proxy.log):
        assert time.monotonic() < deadline_s, log
        moment.wait(0.05)
    return log


def test_the_log_holds_no_secret(served: Served) -> None:
    for path in (f"/t/{LINK}", f"/{LINK}", f"/t/{LINK}/now?lang=vi", "/waits"):
        assert served.fetch(path)[0] == 200
    assert served.fetch(f"/v1/tickets/{LINK}")[0] == 404, "another program's address, by the same log"
    shown = logged(served, '"GET /v1/tickets/')
    assert shown.count(VISIT_ID[:8]) == 4
    assert VISIT_ID not in shown
    assert SECRET not in shown
    assert not re.search(rf"{SECRET[:8]}|{SECRET[-8:]}", shown)


def test_what_goes_wrong_tells_no_secret_and_whole_files_reach_the_editor_alone(tmp_path: Path) -> None:
    """Nobody is behind: nginx refuses, limits and says 502 by itself, and its log of errors holds no address."""
    needs_nginx()
    with nginx_before(tmp_path) as proxy:

        def status(line: http.client.HTTPSConnection, method: str, path: str, length: int = 0) -> int:
            line.request(method, path, body=b"x" * length if method == "POST" else None)
            answer = line.getresponse()
            answer.read()
            return answer.status

        def by_tls(port: int) -> http.client.HTTPSConnection:
            return http.client.HTTPSConnection(HOST, port, timeout=PATIENCE_S, context=proxy.trusting())

        with closing(by_tls(proxy.public)) as line:
            assert status(line, "GET", f"/t/{LINK}") == 502
        with closing(by_tls(proxy.api)) as line:
            asked = (status(line, "GET", f"/v1/tickets/{LINK}") for _ in range(2_000))
            assert next((one for one in asked if one == 429), None) == 429, "it was asked too often"
        with closing(by_tls(proxy.staff)) as line:
            assert status(line, "POST", "/editor/text", 1_048_576) == 502, "a whole file of the hall"
            assert status(line, "POST", "/devices/", 60_000) == 502
            assert status(line, "POST", "/devices/", 70_000) == 413
        with closing(by_tls(proxy.staff)) as line:
            line.putrequest("POST", "/editor/text")
            line.putheader("Content-Length", "1200000")
            line.endheaders()
            assert line.getresponse().status == 413
        errors = (tmp_path / "error.log").read_text("utf-8")
    assert SECRET not in errors
    assert VISIT_ID not in errors


def test_a_client_cannot_say_where_it_comes_from(served: Served) -> None:
    """Else whoever guesses would be another address each time."""
    for guess in range(5):
        said = dict.fromkeys(("X-Forwarded-For", "Forwarded", "X-Real-IP"), f"192.0.2.{guess}")
        assert served.fetch(f"/t/{VISIT_ID}-{guess:032x}", **said)[0] == 404
    assert list(served.phones.parts.tickets._guesses._of) == [HOST]


def test_slow_clients_hold_up_nobody_and_are_let_go(served: Served) -> None:
    with ExitStack() as silent:
        lines = [silent.enter_context(socket.create_connection((HOST, served.proxy.plain), 10)) for _ in range(SLOW)]
        for line in lines:
            line.sendall(b"GET /t/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        times = []
        for _ in range(40):
            begun = time.monotonic()
            assert served.fetch(f"/t/{LINK}")[0] == 200
            times.append(time.monotonic() - begun)
        times.sort()
        assert times[20] < 0.25, f"{times[20] * 1000:.0f} ms among {SLOW} slow connections"
        for line in (lines[0], lines[-1]):
            line.settimeout(PATIENCE_S)
            with suppress(ConnectionResetError):  # The same, said by TCP.
                assert line.recv(4096) == b"", "let go without a word"


def test_a_stream_is_not_held_back(tmp_path: Path) -> None:
    needs_nginx()
    go_on = threading.Event()
    app = Flask("stream")

    @app.get("/hall/live")
    def live() -> Response:
        def events() -> Iterator[bytes]:
            yield b"event: now\ndata: 1\n\n"
            go_on.wait(PATIENCE_S)
            yield b"event: now\ndata: 2\n\n"

        return Response(events(), mimetype="text/event-stream")

    server = WebServer(app, Door(HOST, 0, behind_tls=True), Limits(threads=2))
    server.start()
    try:
        with nginx_before(tmp_path, web=server.port) as proxy:
            trusted = proxy.trusting()
            with closing(
                http.client.HTTPSConnection(HOST, proxy.staff, timeout=PATIENCE_S / 2, context=trusted)
            ) as line:
                line.request("GET", "/hall/live")
                answer = line.getresponse()
                assert answer.readline() == b"event: now\n"
                assert answer.readline() == b"data: 1\n", "it is here before the next one was made"
                go_on.set()
                assert b"data: 2" in answer.read()
    finally:
        go_on.set()
        server.close()
