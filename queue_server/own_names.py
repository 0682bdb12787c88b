"""By which names a program of pages may be asked for: against pages elsewhere that lend it their own (DNS rebinding).

A page on the internet may give its own name this machine's address, and then read and send in a browser of the hall
what a page of ours could: to the browser both are one place. Such a page needs a name that its owner holds in the
world's DNS. So requests are answered by address, by names that nobody can hold there, and by those that the technician
names.
"""

import ipaddress
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OF_NOBODY: Final = ("localhost", "local", "lan", "internal", "home.arpa", "test")
"""Ends of names that the world's DNS gives to nobody: RFC 6761, 6762 and 8375, ICANN's `internal`, and `lan`."""
TOLD_MOST: Final = 16

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Misdirected:
    """What whoever came by a name that is not ours is told."""

    body: str
    kind: str = "text/plain; charset=utf-8"


def misdirected(sentences: Iterable[str]) -> Misdirected:
    """Say it to people: the sentence `error.wrong_name` in each language."""
    return Misdirected("".join(f"{sentence}\n" for sentence in sentences))


def host_name(host: str) -> str:
    """Give the name or address of a Host header, without its port, as it is compared."""
    bare = host.strip().lower()
    bare = bare[1 : bare.find("]")] if bare.startswith("[") and "]" in bare else bare.partition(":")[0]
    return bare.removesuffix(".")


def is_safe(host: str) -> bool:
    """Tell whether no page elsewhere can have come by this Host header: an address, or a name that nobody holds."""
    name = host_name(host)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(tuple(f".{end}" for end in OF_NOBODY))
    return True


class OwnNames:
    """Answers 421 to whoever comes by a name that is not this program's; all else goes to the application."""

    def __init__(
        self,
        app: "WSGIApplication",
        names: Iterable[str],
        misdirected: Misdirected,
        also: Callable[[], str] = lambda: "",
    ) -> None:
        self._app, self._misdirected, self._also = app, misdirected, also
        self._names = frozenset(host_name(one.encode("idna").decode()) for one in names)
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request. `also` gives one name more that is ours at present."""
        host = str(environ.get("HTTP_HOST", ""))
        name = host_name(host)
        if is_safe(host) or name in self._names or name == self._also():
            return self._app(environ, start_response)
        self._tell(name[:100])
        body = self._misdirected.body.encode()
        start_response(
            "421 Misdirected Request",
            [
                ("Content-Type", self._misdirected.kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]

    def _tell(self, name: str) -> None:
        """Tell the machine's journal of each name once, so that a technician finds the mend."""
        with self._lock:
            if name in self._told or len(self._told) >= TOLD_MOST:
                return
            self._told.add(name)
        log.warning("somebody came by the name %r, which is not ours; if it is, start with --host-name", name)
