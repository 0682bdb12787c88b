"""What pages cost under load: 60 consoles and 500 phones while a day runs, and 500 slow clients before nginx.

The hall is the largest that there is (16 counters), so several pages stand open at each; 48 of them hear a stream, the
others look. The phones come through the nginx that ships, by TLS, all from one address; the consoles come straight to
their program. All of it, and the people who press, runs on this one machine: the figures hold for it and its load.
"""

import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from random import Random
from typing import Final, Self

import msgspec

from motcua.bench.branch import CONFIG, Branch, Serving, new_branch, serving, take_ticket
from motcua.bench.consoles_load import Consoles
from motcua.bench.nginx import HOST, Proxy, nginx_before
from motcua.bench.program_rows import running_program, settled
from motcua.bench.rows import Row, percentile
from protocol import commands as c
from protocol.link import Link
from protocol.ticket_code import ticket_code, ticket_secret
from protocol.views import Introduction, TicketTaken

CONSOLES: Final = 60
PHONES: Final = 500
SLOW: Final = 500
LOAD_S: Final = 180.0
"""So long that the 99th percentile of the pages that look is of some 180 presses; with all else, under 4 minutes."""
ARRIVE_S: Final = 30.0
"""Within this all phones open their first page, with a handshake of their own."""
POLL_S: Final = 6.0
"""Between 4 s (near) and 15 s (far), so that more of them are near than ever will be."""
WHOLE_PAGE_SHARE: Final = 0.1
HANDS: Final = 8
"""Threads that act for all phones; each phone has its own connection."""
GOOD_REQUESTS: Final = 300
SEED: Final = 7


@dataclass
class Pages:
    """The two programs of pages before a branch."""

    branch: Branch
    server: Serving
    staff: Path
    staff_port: int
    public_port: int
    links: list[str] = field(default_factory=list)


def pages_rows() -> Iterator[Row]:
    """Consoles and phones together; then slow clients. Phones and slow clients come through nginx."""
    with _pages() as pages, tempfile.TemporaryDirectory(prefix="motcua-nginx-") as name:
        Path(name).chmod(0o755)
        pages.links = _tickets(pages, PHONES)
        with nginx_before(Path(name), web=pages.staff_port, pages=pages.public_port) as proxy:
            phones = Phones(proxy, pages.links)
            with Consoles(pages.branch, pages.staff, pages.staff_port, CONSOLES) as consoles, phones:
                threading.Event().wait(LOAD_S)
                load = _load()
            yield from _console_rows(consoles, load)
            note = f"by TLS through nginx; {phones.unchanged} of them 304, {phones.opened} connections"
            yield _row(f"a phone's page, {PHONES} phones: p99", phones.taken_ms, 100, note)
            yield _row(f"a good request by TLS, {SLOW} slow clients: p99", _among_slow(proxy, pages), 100, _load())


def _console_rows(consoles: Consoles, load: str) -> Iterator[Row]:
    streamed, looked = consoles.seen_ms, consoles.looked_ms
    assert len(consoles.acted) == CONSOLES, f"only {len(consoles.acted)} consoles acted"
    # The budget is that of all consoles; those that look are few, and press more often here than their share.
    parts = ((consoles.streams, "hear a stream", streamed), (consoles.looking, "look", looked))
    told = "; ".join(f"{count} {do}: {percentile(ms, 0.99):.0f} ms of {len(ms)}" for count, do, ms in parts)
    yield _row(f"console action to its screen, {CONSOLES} consoles: p99", streamed + looked, 150, f"{told}; {load}")


def _row(what: str, values_ms: list[float], budget_ms: float, note: str) -> Row:
    """Give a row; its note begins with of how many the percentile is."""
    told = f"n = {len(values_ms)}"
    value = percentile(values_ms, 0.99)
    return Row(what=what, value=value, unit="ms", budget=budget_ms, note=f"{told}; {note}" if note else told)


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f}"


@contextmanager
def _pages() -> Iterator[Pages]:
    with new_branch(kiosks=1) as branch, serving(branch) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = [sys.executable, "-m", "motcua"]
        staff, public = settled(folder / "web", branch.staff, server), settled(folder / "public", branch.public, server)
        options = ["--config", str(CONFIG), "--port", "0", "--json"]
        with (
            running_program([*words, "web", "--state", str(staff), *options]) as (_, web),
            running_program([*words, "public", "--state", str(public), *options, "--behind-tls"]) as (_, pages),
        ):
            yield Pages(branch, server, staff, _port(web), _port(pages))


def _port(line: str) -> int:
    return int(msgspec.json.decode(line)["address"].rstrip("/").rpartition(":")[2])


def _tickets(pages: Pages, count: int) -> list[str]:
    """Take so many numbers; gives the links that their codes hold."""
    kiosk = pages.branch.kiosks[0]
    links = []
    with Link(pages.server.settings, kiosk.keys) as link:
        told = link.ask_and_wait(c.Introduce())
        assert isinstance(told, Introduction), told
        for _ in range(count):
            taken = link.ask_and_wait(take_ticket(pages.branch, kiosk))
            assert isinstance(taken, TicketTaken), taken
            links.append(ticket_code(taken.visit_id, ticket_secret(told.link_key, taken.visit_id)))
    return links


class Phones:
    """Phones that look at their tickets through nginx, each by its own connection, with the mark of what it shows."""

    def __init__(self, proxy: Proxy, links: list[str]) -> None:
        self.taken_ms: list[float] = []
        self.unchanged = 0
        self.opened = 0
        self._proxy = proxy
        self._trusted = proxy.trusting()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._problems: list[str] = []
        shares = [links[hand::HANDS] for hand in range(HANDS)]
        self._hands = [
            threading.Thread(target=self._guarded, args=(share, Random(f"{SEED} {hand}")))
            for hand, share in enumerate(shares)
        ]

    def __enter__(self) -> Self:
        for hand in self._hands:
            hand.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for hand in self._hands:
            hand.join()
        assert not self._problems, self._problems[:3]

    def _guarded(self, links: list[str], chance: Random) -> None:
        try:
            self._act(links, chance)
        except (OSError, HTTPException, AssertionError) as problem:
            self._problems.append(repr(problem))

    def _act(self, links: list[str], chance: Random) -> None:
        begun_s = time.monotonic()
        due = [(begun_s + chance.uniform(0, ARRIVE_S), link) for link in links]
        heapify(due)
        marks: dict[str, str] = {}
        with ExitStack() as closing_all:
            lines = {link: closing_all.enter_context(closing(self._line())) for link in links}
            while due:
                at_s, link = heappop(due)
                if self._stop.wait(max(0.0, at_s - time.monotonic())):
                    return
                self._look(lines[link], link, marks, chance)
                heappush(due, (at_s + POLL_S, link))

    def _line(self) -> HTTPSConnection:
        return HTTPSConnection(HOST, self._proxy.public, timeout=10, context=self._trusted)

    def _look(self, line: HTTPSConnection, link: str, marks: dict[str, str], chance: Random) -> None:
        whole = link not in marks or chance.random() < WHOLE_PAGE_SHARE
        began_s = time.perf_counter()
        opens = line.sock is None
        line.request("GET", f"/t/{link}" if whole else f"/t/{link}/now", headers={"If-None-Match": marks.get(link, "")})
        answer = line.getresponse()
        answer.read()
        taken_ms = (time.perf_counter() - began_s) * 1000
        assert answer.status in {200, 304}, f"a phone got {answer.status}"
        marks[link] = answer.headers.get("ETag") or marks.get(link, '"new"')
        with self._lock:
            self.taken_ms.append(taken_ms)
            self.unchanged += answer.status == 304  # noqa: PLR2004 -- HTTP's own number.
            self.opened += opens


def _among_slow(proxy: Proxy, pages: Pages) -> list[float]:
    """Milliseconds of good requests, each by a new connection, while slow clients come back as they are let go."""
    stop = threading.Event()
    slow = threading.Thread(target=_slow_clients, args=(proxy, stop))
    slow.start()
    trusted, taken_ms = proxy.trusting(), []
    try:
        threading.Event().wait(1.0)
        for turn in range(GOOD_REQUESTS):
            began_s = time.perf_counter()
            with closing(HTTPSConnection(HOST, proxy.public, timeout=10, context=trusted)) as line:
                line.request("GET", f"/t/{pages.links[turn % len(pages.links)]}")
                answer = line.getresponse()
                answer.read()
            assert answer.status == 200, f"a good request got {answer.status}"  # noqa: PLR2004 -- HTTP's own number.
            taken_ms.append((time.perf_counter() - began_s) * 1000)
    finally:
        stop.set()
        slow.join()
    return taken_ms


def _slow_clients(proxy: Proxy, stop: threading.Event) -> None:
    """Hold so many connections with a request that never ends; one letter each second, and a new one for each lost."""
    lines: list[socket.socket] = []
    with ExitStack() as closing_all:
        while True:
            lines = [line for line in lines if _goes_on(line)]
            for _ in range(SLOW - len(lines)):
                line = closing_all.enter_context(socket.create_connection((HOST, proxy.public), timeout=5))
                lines.append(line)
            if stop.wait(1.0):
                return


def _goes_on(line: socket.socket) -> bool:
    try:
        line.sendall(b"X")
    except OSError:
        return False
    return True
