"""One delivery: sign it, send it, and say what became of it.

Signed as "Standard Webhooks" (standardwebhooks.com, version 1.0.0) has it: HMAC-SHA256 over `<id>.<timestamp>.<body>`
in three headers. Nothing is followed, nothing is read but the first line of the answer, and all of it is over within
some seconds however slowly the other side speaks.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from queue_server.systems.addresses import check_address, port_of, refused_ip
from queue_server.systems.settings import Settings

CONNECT_S: Final = 5.0
WHOLE_S: Final = 10.0
"""From the first byte to the answer."""

Outcome = Literal["taken", "unreachable", "answered_wrongly", "address_refused"]


class Sent(NamedTuple):
    """What became of a try. `problem` is a code for people: a status such as `http_503`, or what broke."""

    outcome: Outcome
    problem: str = ""


def signature(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Give the value of `webhook-signature`; `secret` is as it was shown, `whsec_` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


class Sender:
    """Sends deliveries; for any thread."""

    def __init__(self, settings: Settings, utc_now: Callable[[], datetime], whole_s: float = WHOLE_S) -> None:
        self._allowed = settings.allowed
        self._utc_now = utc_now
        self._whole_s = whole_s
        self._tls = ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.ca_file:
            self._tls.load_verify_locations(settings.ca_file)

    def send(self, address: str, secret: str, delivery_id: str, body: bytes) -> Sent:
        """Make one try."""
        if check_address(address):
            return Sent("address_refused", "address_refused")
        timestamp = int(self._utc_now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "motcua",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, delivery_id, timestamp, body),
        }
        try:
            status = self._post(address, headers, body)
        except _RefusedAddress:
            return Sent("address_refused", "address_refused")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Sent("unreachable", _what_broke(error))
        if 200 <= status < 300:  # noqa: PLR2004 -- HTTP's own numbers.
            return Sent("taken")
        return Sent("answered_wrongly", f"http_{status}")

    def _post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """Send, and give the status; a redirect is an answer like any other, and is not followed."""
        parts = urlsplit(address)
        host, port = parts.hostname or "", port_of(parts)
        with contextlib.ExitStack() as closing:
            line = self._connected(host, port)
            if parts.scheme == "https":
                # It takes the line over; the handshake comes later, when there is a deadline for it.
                line = self._tls.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
            closing.enter_context(line)
            ending = threading.Timer(self._whole_s, _cut, [line])
            ending.start()
            closing.callback(ending.join)
            closing.callback(ending.cancel)
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            connection = http.client.HTTPConnection(host, port)
            connection.sock = line
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Host": parts.netloc, "Connection": "close", **headers})
            answer = connection.getresponse()
            closing.callback(answer.close)
            return answer.status

    def _connected(self, host: str, port: int) -> socket.socket:
        """Connect to an address of this name that may be reached; of all its addresses none may be a refused one."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if any(refused_ip(one, self._allowed) for one in addresses):
            raise _RefusedAddress
        broken: OSError | None = None
        for one in addresses:
            try:
                line = socket.create_connection((one, port), CONNECT_S)
            except OSError as error:
                broken = error
            else:
                line.settimeout(self._whole_s)
                return line
        raise broken or OSError(f"{host} has no address")


class _RefusedAddress(Exception):  # noqa: N818 -- what it is.
    """The name stands for a machine that no webhook may reach."""


def _what_broke(error: OSError | http.client.HTTPException | ValueError) -> str:
    """Name what broke. What the deadline has cut reads as a broken connection, or as an answer that is none."""
    match error:
        case ssl.SSLCertVerificationError():
            return "certificate"
        case ssl.SSLError():
            return "tls"
        case socket.gaierror():
            return "unknown_name"
        case TimeoutError():
            return "timeout"
        case http.client.HTTPException() | ValueError():
            return "no_http"
        case _:
            return "no_connection"


def _cut(line: socket.socket) -> None:
    """End a connection on which somebody speaks too slowly, from another thread."""
    with contextlib.suppress(OSError):
        # Not the TLS socket's own `shutdown`, which would take its parts away from the thread that reads.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
