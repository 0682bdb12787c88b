"""Consoles as browsers keep them: most hear a stream, the rest look; clerks press, and it is noted when they see it.

There are more pages than counters, so several stand open at each. All of them act, in turns: what one does, the others
of its counter show as well.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import Final, Self

import msgspec

from motcua.bench.branch import Branch
from motcua.demo.consoles import Browser
from protocol.link import new_id

HOST: Final = "127.0.0.1"
PASSWORD: Final = "only-for-this-measurement"  # noqa: S105 -- of accounts that live as long as it does.
PAUSE_S: Final = 6.0
"""Between two presses at a counter. In a real day a citizen takes some eight minutes and three presses: so 60 consoles
press seven times as often as 60 clerks do. With fewer presses a run of minutes had no 99th percentile."""
SEEN_WITHIN_S: Final = 5.0
LOOK_AGAIN_S: Final = 1.0
STREAMS: Final = 48
ROUND: Final = (("call_next", "called"), ("start", "serving"), ("end", "idle"))
"""A press, and the state that the console shows then."""

_STATE: Final = re.compile(r'data-state="(\w+)"')


def turns(pages: Sequence[int], streams: int = STREAMS) -> list[int]:
    """Give the order in which the pages of one counter act, over and over: all of them do.

    `pages` are their numbers; those from `streams` on look. A page that looks has each second turn: there are few of
    them, and a percentile needs many presses.
    """
    hearing = [page for page in pages if page < streams]
    looking = [page for page in pages if page >= streams]
    if not hearing or not looking:
        return [*hearing, *looking]
    rounds = max(len(hearing), len(looking))
    pairs = ((looking[turn % len(looking)], hearing[turn % len(hearing)]) for turn in range(rounds))
    return [page for pair in pairs for page in pair]


@dataclass
class _Screen:
    """A page of a counter: what it shows now."""

    browser: Browser
    place: str
    changed: threading.Condition = field(default_factory=threading.Condition)
    state: str = ""
    mark: str = ""
    one_look: threading.Lock = field(default_factory=threading.Lock)
    """As the page's script does: an answer that was overtaken by a later look is not shown."""

    def show(self, regions: dict[str, str]) -> None:
        found = _STATE.search(regions.get("card", ""))
        with self.changed:
            if found:
                self.state = found[1]
                self.changed.notify_all()


class Consoles:
    """So many pages of consoles, open until the block ends."""

    def __init__(self, branch: Branch, state: Path, port: int, count: int) -> None:
        self.seen_ms: list[float] = []
        """Of actions at pages that hear a stream."""
        self.looked_ms: list[float] = []
        """Of actions at pages that look."""
        self.acted: set[int] = set()
        """The pages at which somebody has acted."""
        self.problems: list[str] = []
        self._port = port
        self._outcome = next(one.outcome_id for one in branch.configuration.outcomes if one.served)
        self._counters = [one.counter_id for one in branch.configuration.counters]
        self._stop = threading.Event()
        self._closing = ExitStack()
        _make_accounts(state, len(self._counters))
        self._screens = [self._opened(page) for page in range(count)]
        self._threads: list[threading.Thread] = []

    @property
    def streams(self) -> int:
        """How many pages hear a stream."""
        return min(STREAMS, len(self._screens))

    @property
    def looking(self) -> int:
        """How many look."""
        return len(self._screens) - self.streams

    def __enter__(self) -> Self:
        for page, screen in enumerate(self._screens):
            self._begin(self._hear if page < STREAMS else self._look_on, screen)
        for counter in range(len(self._counters)):
            pages = range(counter, len(self._screens), len(self._counters))
            self._begin(self._work, *(self._screens[page] for page in turns(pages)))
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._closing.close()
        assert not self.problems, self.problems[:3]

    def _begin(self, work: Callable[..., None], *screens: _Screen) -> None:
        thread = threading.Thread(target=self._guarded, args=(work, *screens))
        self._threads.append(thread)
        thread.start()

    def _guarded(self, work: Callable[..., None], *screens: _Screen) -> None:
        try:
            work(*screens)
        except (OSError, HTTPException, AssertionError) as problem:
            self.problems.append(f"{screens[0].place}: {problem!r}")

    def _opened(self, page: int) -> _Screen:
        """Log in and open a page, as a browser of its own."""
        counter = page % len(self._counters)
        browser = self._closing.enter_context(closing(Browser(f"http://{HOST}:{self._port}")))
        browser.get("/login")
        browser.submit("/login", username=f"clerk{counter}", password=PASSWORD)
        place = f"/counters/{self._counters[counter]}"
        if page < len(self._counters):
            browser.get("/counters/")
            browser.submit(f"{place}/sign-in", request_id=new_id())
        browser.get(place)
        return _Screen(browser, place)

    # --- What a page does ---

    def _hear(self, screen: _Screen) -> None:
        for name, data in self._events(screen):
            assert name == "now", f"a stream said {name}"
            screen.show(msgspec.json.decode(data)["regions"])

    def _events(self, screen: _Screen) -> Iterator[tuple[str, bytes]]:
        with closing(HTTPConnection(HOST, self._port, timeout=10)) as line:
            headers = {"Cookie": screen.browser.cookies, "Accept": "text/event-stream"}
            line.request("GET", f"{screen.place}/live", headers=headers)
            answer = line.getresponse()
            name = ""
            while not self._stop.is_set():
                text = answer.readline()
                if text.startswith(b"event: "):
                    name = text[7:].strip().decode()
                elif text.startswith(b"data: "):
                    yield name, text[6:]

    def _look_on(self, screen: _Screen) -> None:
        with closing(HTTPConnection(HOST, self._port, timeout=10)) as line:
            while not self._stop.wait(LOOK_AGAIN_S):
                self._look(line, screen)

    def _look(self, line: HTTPConnection, screen: _Screen) -> None:
        with screen.one_look:
            headers = {"Cookie": screen.browser.cookies, "If-None-Match": screen.mark or '"none"'}
            line.request("GET", f"{screen.place}/live?look", headers=headers)
            answer = line.getresponse()
            body = answer.read()
            assert answer.status in {200, 304}, f"a look got {answer.status}"
            if answer.status == 200:  # noqa: PLR2004 -- HTTP's own number.
                screen.mark = answer.headers["ETag"]
                screen.show(msgspec.json.decode(body))

    # --- What a clerk does ---

    def _work(self, *acting: _Screen) -> None:
        """Act at a counter, at each of its pages in turn."""
        counter = self._counters.index(acting[0].place.rpartition("/")[2])
        presses, screens = cycle(ROUND), cycle(acting)
        with closing(HTTPConnection(HOST, self._port, timeout=10)) as line:
            if self._stop.wait(PAUSE_S * counter / len(self._counters)):  # Clerks do not press in step.
                return
            while not self._stop.wait(PAUSE_S):
                (action, state), screen = next(presses), next(screens)
                looks = self._screens.index(screen) >= STREAMS
                taken_ms = self._press(screen, action, state, line if looks else None)
                (self.looked_ms if looks else self.seen_ms).append(taken_ms)
                self.acted.add(self._screens.index(screen))

    def _press(self, screen: _Screen, action: str, state: str, line: HTTPConnection | None) -> float:
        """Press a key and wait until the screen shows what came of it; a page that looks does so after the answer."""
        press = {"request_id": new_id(), "action": action, **({"outcome": self._outcome} if action == "end" else {})}
        body = msgspec.json.encode(press)
        began_s = time.perf_counter()
        status, answer = screen.browser.post(f"{screen.place}/commands{'' if line is None else '?look'}", body)
        assert status == 200, f"{action} was answered with {status} {answer[:200]!r}"  # noqa: PLR2004 -- HTTP's own number.
        if line is not None:
            self._look(line, screen)
        with screen.changed:
            seen = screen.changed.wait_for(lambda: screen.state == state, SEEN_WITHIN_S)
        assert seen, f"{action} was never seen; the page shows {screen.state}"
        return (time.perf_counter() - began_s) * 1000


def _make_accounts(state: Path, count: int) -> None:
    from queue_server.web.program import accounts_at

    with accounts_at(state) as accounts:
        for number in range(count):
            accounts.add(f"clerk{number}", f"Cán bộ {number}", "clerk")
            accounts.choose_password(f"clerk{number}", PASSWORD)
