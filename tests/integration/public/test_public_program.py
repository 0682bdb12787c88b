"""`motcua public` as a process before a real server: a number is taken, followed, called, cancelled."""

import http.client
import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import pytest

from protocol.commands import (
    CallNext,
    CancelVisit,
    EndService,
    FindVisit,
    Introduce,
    OpenCounter,
    SignInClerk,
    StartService,
    TakeTicket,
)
from protocol.events import RatingPressed, VisitRated
from protocol.keys import new_id
from protocol.ticket_code import ticket_code, ticket_secret
from protocol.views import Introduction, Refused, TicketTaken, VisitCalledReply
from queue_server.journal import Journal
from tests.support.served_branch import CONFIG, PATIENCE_S, ServedBranch, function, reap, until


class ServedPublic:
    """`motcua public` before a served branch, with a kiosk's key to take numbers with and a clerk's to call them."""

    def __init__(self, branch: ServedBranch) -> None:
        self.branch = branch
        self.state = branch.pair("public", function("public", "public-1"))
        branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        branch.pair("staff", function("staff", "staff-1"))
        self.process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        command = [*(sys.executable, "-m", "motcua", "public", "--json", "--port", "0")]
        command += ["--state", str(self.state), "--config", str(CONFIG)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        assert ready, "the pages did not start"
        self.port = int(json.loads(self.process.stdout.readline())["address"].rstrip("/").rpartition(":")[2])
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert reap(self.process) == 0, "pages that are stopped end with 0"

    def fetch(self, path: str, method: str = "GET", form: dict[str, str] | None = None) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            connection.request(method, path, urlencode(form) if form else None, kind)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def take(self, service_id: str = "civil_status") -> tuple[TicketTaken, str]:
        """Take a number at the kiosk; gives it with the link of its QR."""
        with self.branch.link("kiosk-1") as kiosk:
            told = kiosk.ask_and_wait(Introduce())
            assert isinstance(told, Introduction)
            command = TakeTicket(
                function_id="kiosk-1", visit_id=new_id(), service_id=service_id, priority_class_id="usual"
            )
            taken = kiosk.ask_and_wait(command)
        assert isinstance(taken, TicketTaken), taken
        return taken, ticket_code(taken.visit_id, ticket_secret(told.link_key, taken.visit_id))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPublic]:
    with ServedBranch(tmp_path_factory.mktemp("hall")) as branch, ServedPublic(branch) as served:
        yield served


def test_a_ticket_is_followed_until_it_is_called(pages: ServedPublic) -> None:
    taken, link = pages.take()
    status, text = pages.fetch(f"/t/{link}")
    assert status == 200
    assert f'aria-label="{taken.prefix}{taken.number:03d}"' in text
    by_clerk = {"function_id": "staff-1", "staff_role": "clerk", "clerk_id": "anh", "counter_id": "counter-3"}
    with pages.branch.link("staff") as staff:
        for command in (SignInClerk(**by_clerk), OpenCounter(**by_clerk)):  # type: ignore[arg-type]  # Plain words.
            staff.ask_and_wait(command)
        called = staff.ask_and_wait(CallNext(**by_clerk))  # type: ignore[arg-type]  # The same.
    assert isinstance(called, VisitCalledReply), called
    assert called.visit_id == taken.visit_id
    status, text = pages.fetch(f"/t/{link}/now?lang=en")
    assert status == 200
    assert 'data-state="called"' in text
    assert "Please go to Counter 3." in text


def test_a_number_is_given_back_by_its_link(pages: ServedPublic) -> None:
    taken, link = pages.take("land")
    wrong = f"{taken.visit_id}-{'0' * 32}"
    assert pages.fetch(f"/t/{wrong}/cancel", "POST")[0] == 404
    assert 'data-state="cancelled"' not in pages.fetch(f"/t/{link}")[1]
    assert pages.fetch(f"/t/{link}/cancel", "POST")[0] == 303
    assert 'data-state="cancelled"' in pages.fetch(f"/t/{link}")[1]


def test_a_served_visit_is_rated_once_by_its_link(pages: ServedPublic) -> None:
    taken, link = pages.take("land")
    by_clerk = {"function_id": "staff-1", "staff_role": "clerk", "clerk_id": "binh", "counter_id": "counter-4"}
    with pages.branch.link("staff") as staff:
        for command in (
            SignInClerk(**by_clerk),  # type: ignore[arg-type]  # Plain words.
            OpenCounter(**by_clerk),  # type: ignore[arg-type]  # The same.
            CallNext(**by_clerk),  # type: ignore[arg-type]  # The same.
            StartService(**by_clerk, visit_id=taken.visit_id),  # type: ignore[arg-type]  # The same.
        ):
            assert not isinstance(staff.ask_and_wait(command), Refused), command
        assert "/rate" not in pages.fetch(f"/t/{link}")[1], "nobody is asked before it is over"
        assert pages.fetch(f"/t/{link}/rate", "POST", {"level": "1"})[0] == 422
        staff.ask_and_wait(EndService(**by_clerk, visit_id=taken.visit_id, outcome="received"))  # type: ignore[arg-type]  # The same.
    until(lambda: "/rate" in pages.fetch(f"/t/{link}")[1], "the phone is not asked")
    answers = [pages.fetch(f"/t/{link}/rate", "POST", {"level": level}) for level in ("4", "1")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    with Journal(pages.branch.state / "branch.db") as journal:
        events = [row.event() for row in journal.rows()]
    rated = [one for one in events if isinstance(one, VisitRated) and one.visit_id == taken.visit_id]
    assert [(one.channel, one.level, one.clerk_id) for one in rated] == [("link", 4, "binh")]
    pressed = [one for one in events if isinstance(one, RatingPressed) and one.visit_id == taken.visit_id]
    assert [(one.level, one.flag) for one in pressed] == [(4, ""), (1, "duplicate_link")]


def test_the_server_takes_no_turned_bit(pages: ServedPublic) -> None:
    """Each of the 128 bits of the secret is looked at, and an unknown visit is refused like a wrong secret."""
    taken, link = pages.take("business")
    secret = int(link.partition("-")[2], 16)
    other = f"{int(taken.visit_id, 16) ^ 1:032x}"
    with pages.branch.link("public") as public:
        guesses = [FindVisit(visit_id=taken.visit_id, secret=f"{secret ^ 1 << bit:032x}") for bit in range(128)]
        guesses += [FindVisit(visit_id=taken.visit_id, secret=one) for one in ("", "0", f"{secret:032x}0")]
        guesses += [FindVisit(visit_id=other, secret=f"{secret:032x}")]
        codes = {reply.code for one in guesses if isinstance(reply := public.ask_and_wait(one), Refused)}
        cancels = public.ask_and_wait(
            CancelVisit(function_id="public-1", visit_id=taken.visit_id, secret=f"{secret ^ 1:032x}")
        )
        rightly = public.ask_and_wait(FindVisit(visit_id=taken.visit_id, secret=f"{secret:032x}"))
    assert codes == {"secret_wrong"}
    assert isinstance(cancels, Refused)
    assert not isinstance(rightly, Refused)


def test_pages_that_are_not_paired_say_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "motcua", "public", "--state", str(tmp_path), "--port", "0"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert answer.returncode == 1
    assert "pair this device first" in answer.stderr
