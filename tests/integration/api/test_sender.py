"""One delivery to a real receiver: signed, bounded, and to no machine that may not be reached."""

import ipaddress
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from motcua.bench.nginx import certified
from queue_server.api.sender import Sender, Sent
from queue_server.systems.settings import Settings
from tests.support.receivers import dripping, receiving, within

SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI="  # noqa: S105 -- an example, of no real system.
BODY = '{"type":"visit_called","sequence":1,"number":"Đ001"}'.encode()
HERE = (ipaddress.ip_network("127.0.0.1/32"),)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def sender(*, whole_s: float = 10, ca_file: str = "", here: bool = True) -> Sender:
    return Sender(Settings(HERE if here else (), ca_file), lambda: NOW, whole_s)


def test_a_delivery_is_signed_and_taken() -> None:
    with receiving() as receiver:
        assert sender().send(f"{receiver.address}?from=hall", SECRET, "d-1", BODY) == Sent("taken")
    (got,) = receiver.got
    assert (got.delivery_id, got.timestamp, got.body, got.path) == ("d-1", NOW.timestamp(), BODY, "/hook?from=hall")
    assert got.is_signed(SECRET)
    assert not got.is_signed(SECRET.replace("c2", "d2"))
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_known_example_of_the_standard() -> None:
    """The example of Standard Webhooks' own libraries, so that theirs can read ours."""
    from queue_server.api.sender import signature

    secret, name, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    assert signature(secret, name, at, b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    with receiving() as other, receiving() as receiver:
        receiver.headers = {"Location": other.address}
        receiver.status = status
        assert sender().send(receiver.address, SECRET, "d-1", BODY) == Sent("answered_wrongly", f"http_{status}")
        assert other.got == []


def test_the_machine_itself_is_not_reached_unless_a_file_allows_it() -> None:
    with receiving() as receiver:
        for address in (receiver.address, f"http://localhost:{receiver.port}/", f"http://0.0.0.0:{receiver.port}/"):
            assert sender(here=False).send(address, SECRET, "d-1", BODY).outcome == "address_refused", address
        for address in ("http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://127.1/", "http://169.254.169.254/"):
            assert sender(here=False).send(address, SECRET, "d-1", BODY).outcome == "address_refused", address
        assert receiver.got == []
        assert sender().send(receiver.address, SECRET, "d-1", BODY).outcome == "taken"


def test_what_broke_is_named() -> None:
    with receiving() as receiver:
        port = receiver.port
    assert sender().send(f"http://127.0.0.1:{port}/", SECRET, "d-1", BODY) == Sent("unreachable", "no_connection")
    with receiving() as receiver:
        over_tls = sender().send(receiver.address.replace("http:", "https:"), SECRET, "d-1", BODY)
        assert over_tls == Sent("unreachable", "tls")
        receiver.status = 503
        assert sender().send(receiver.address, SECRET, "d-1", BODY) == Sent("answered_wrongly", "http_503")
    for wrong in ("ftp://127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1:25/"):
        assert sender().send(wrong, SECRET, "d-1", BODY).outcome == "address_refused"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    tls = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "hall.crt", tls / "hall.key")
    with receiving(context) as receiver:
        assert sender().send(receiver.address, SECRET, "d-1", BODY) == Sent("unreachable", "certificate")
        assert receiver.got == []
        trusting = sender(ca_file=str(tls / "ca.crt"))
        assert trusting.send(receiver.address, SECRET, "d-1", BODY) == Sent("taken")
        assert [one.delivery_id for one in receiver.got] == ["d-1"]


def test_a_receiver_that_speaks_for_ever_is_cut_off() -> None:
    with dripping() as port:
        begun_s = time.monotonic()
        assert sender(whole_s=0.5).send(f"http://127.0.0.1:{port}/", SECRET, "d-1", BODY).outcome == "unreachable"
        assert within(5, begun_s)
