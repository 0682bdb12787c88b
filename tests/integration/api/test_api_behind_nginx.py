"""The interface behind the nginx configuration that ships: by TLS, and each system by its own address."""

import http.client
from contextlib import closing
from pathlib import Path

import pytest

from motcua.bench.nginx import HOST, NGINX, Proxy, nginx_before
from queue_server.api.program import LIMITS
from queue_server.serving import Door, WebServer
from tests.support.api_pages import api_pages

PATIENCE_S = 20


def ask(proxy: Proxy, key: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """Ask as a system does that was given the hall's authority."""
    with closing(http.client.HTTPSConnection(HOST, proxy.api, timeout=PATIENCE_S, context=proxy.trusting())) as line:
        line.request("GET", path, headers={"Authorization": f"Bearer {key}", **headers})
        answer = line.getresponse()
        answer.read()
        return answer


def test_the_interface_by_tls(tmp_path: Path) -> None:
    if not Path(NGINX).exists():
        pytest.fail("nginx is not installed: run tools/setup test")
    with api_pages(tmp_path / "api", behind_tls=True) as api:
        server = WebServer(api.app, Door(HOST, 0, behind_tls=True), LIMITS)
        server.start()
        try:
            with nginx_before(tmp_path, api=server.port) as proxy:
                key = api.key("hall:read")
                answer = ask(proxy, key, "/v1/hall")
                assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
                assert len(answer.headers.get_all("Strict-Transport-Security") or ()) == 1
                told = [ask(proxy, "mc_wrong", "/v1/hall", **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(31)]
                assert [one.status for one in told] == [401] * 30 + [429], (
                    "nobody guesses from another address each time"
                )
                assert ask(proxy, key, "/v1/hall").status == 200
                assert key not in proxy.log
        finally:
            server.close()
