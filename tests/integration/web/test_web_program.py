"""`motcua web` as a process: how it starts, ends, keeps accounts, and stands slow connections."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from motcua.__main__ import main
from queue_server.web.app import BODY_LIMIT_BYTES
from queue_server.web.guard import FILE_LIMIT_BYTES
from queue_server.web.program import Place, WebServer, application
from tests.support.paper_hall import PaperHall, furnish
from tests.support.served_pages import ServedPages, whole_hall
from tests.support.web_pages import CONFIG, Pages, staff_pages

SLOW = 300
"""More than four times as many silent connections as there are threads."""


def run_web(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "motcua", "web", *arguments, "--state", str(state), "--config", str(CONFIG)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_pages_that_are_not_paired_say_what_to_do(tmp_path: Path) -> None:
    answer = run_web(tmp_path, "--port", "0")
    assert answer.returncode == 1
    assert "pair this device first" in answer.stderr


def test_accounts_are_made_changed_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def web(*arguments: str) -> tuple[int, str]:
        code = main(["web", *arguments, "--state", str(tmp_path), "--json"])
        told = capsys.readouterr()
        return code, told.out or told.err

    def password_of(answer: str) -> str:
        told: dict[str, str] = json.loads(answer)
        return told["one_time_password"]

    _, made = web("add-account", "lan.tran", "--name", "Trần Thị Lan")
    assert web("add-account", "lan.tran", "--name", "Lan")[0] == 1
    _, reset = web("reset-password", "lan.tran")
    assert password_of(reset) != password_of(made)
    assert web("disable-account", "lan.tran")[0] == 0
    expected = {"clerk_id": "lan.tran", "name": "Trần Thị Lan", "role": "clerk", "disabled": True, "must_change": True}
    expected["second_factor"] = False
    assert json.loads(web("accounts")[1]) == expected
    assert "no account" in web("enable-account", "nobody")[1]
    assert "no account" in web("remove-second-factor", "nobody")[1]
    assert web("remove-second-factor", "lan.tran")[0] == 0
    whats = [json.loads(line)["what"] for line in web("changes", "lan.tran")[1].splitlines()]
    assert whats == ["account_created", "password_reset", "account_disabled", "second_factor_removed"]
    assert "needs the id" in web("add-account")[1]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedPages]:
    with whole_hall(tmp_path) as pages:
        yield pages


def test_the_first_start_makes_one_technician_and_tells_once(hall: ServedPages) -> None:
    first = hall.one_time_password
    assert len(first.replace("-", "")) == 12
    port = hall.port
    assert hall.end(signal.SIGTERM) == 0
    hall.start(port)
    assert hall.one_time_password == ""
    taken = run_web(hall.state, "--port", str(port))
    assert taken.returncode == 1
    assert "choose another --port" in taken.stderr


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Pages, WebServer]]:
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        server = WebServer(pages.app, Place(tmp_path / "web", CONFIG, port=0))
        server.start()
        yield pages, server
        pages.parts.streams.stop()
        server.close()


def fetch_s(port: int) -> float:
    """Fetch the login page, and tell how long it took."""
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/login")
        assert connection.getresponse().status == 200
    return time.monotonic() - begun


def test_silent_connections_hold_up_nobody(served: tuple[Pages, WebServer]) -> None:
    """Slow loris: requests that begin and never end (OWASP DoS; measured before: waitress's defaults die at 99)."""
    _, server = served
    alone_s = min(fetch_s(server.port) for _ in range(5))
    with ExitStack() as silent:
        for _ in range(SLOW):
            connection = silent.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            connection.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        times = sorted(fetch_s(server.port) for _ in range(20))
    assert times[10] < max(0.25, 20 * alone_s), f"{times[10] * 1000:.0f} ms among {SLOW} silent connections"


@pytest.mark.parametrize(
    ("size_bytes", "sent"), [(BODY_LIMIT_BYTES + 1, True), (FILE_LIMIT_BYTES * 2, False)], ids=["a form", "a file"]
)
def test_a_body_that_is_too_long_is_refused(served: tuple[Pages, WebServer], size_bytes: int, *, sent: bool) -> None:
    """One by the pages themselves, which take a whole file in one form alone; one before any of it has been read."""
    _, server = served
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.putrequest("POST", "/login")
        connection.putheader("Content-Length", str(size_bytes))
        connection.endheaders(b"x" * size_bytes if sent else None)
        assert connection.getresponse().status == 413


def test_open_pages_leave_threads_for_presses(served: tuple[Pages, WebServer]) -> None:
    pages, server = served
    cookies = []
    for clerk_id in ("anh", "minh", "lan", "boss", "inspector", "tech") * 2:
        cookie = pages.signed_in(clerk_id).client.get_cookie("motcua")
        assert cookie is not None
        cookies.append((cookie.value, "/hall/live" if clerk_id in {"boss", "inspector", "tech"} else None))
    with ExitStack() as opened:
        statuses = []
        for value, path in cookies * 6:
            connection = opened.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)))
            headers = {"Cookie": f"motcua={value}"}
            connection.request("GET", path or "/counters/counter-3/live", headers=headers)
            statuses.append(connection.getresponse().status)
        assert statuses == [200] * 72
        assert fetch_s(server.port) < 2


def test_behind_tls_the_proxys_word_about_scheme_and_host_counts(tmp_path: Path) -> None:
    place = Place(tmp_path, CONFIG, port=0, behind_tls=True, names=("hall.example",))
    with application(place, PaperHall().opened) as (app, parts):
        server = WebServer(app, place)
        server.start()
        try:
            origins = {"https://hall.example": b"Sai t", "http://hall.example": "Trang đã mở quá lâu".encode()}
            for origin, said in origins.items():
                assert said in _login_through_a_proxy(server.port, origin), origin
        finally:
            parts.streams.stop()
            server.close()


def _login_through_a_proxy(port: int, origin: str) -> bytes:
    """Send a wrong login as nginx hands it on; gives the page that answers."""
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hall.example", "X-Forwarded-For": "10.0.0.7"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/login", headers=proxied)
        page = connection.getresponse()
        cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
        token = page.read().partition(b'name="csrf" content="')[2].partition(b'"')[0].decode()
        body = urllib.parse.urlencode({"csrf": token, "username": "nobody", "password": "wrong"})
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Cookie": cookie}
        connection.request("POST", "/login", body=body, headers={**proxied, **form})
        return connection.getresponse().read()
