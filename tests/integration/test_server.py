"""A real server through a morning: numbers, calls, views, repeated requests, kills, two starts, the clock."""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, TypeVar

import pytest
import zmq

from protocol.codec import encode
from protocol.commands import (
    AnyCommand,
    CallNext,
    CloseDay,
    EndService,
    FindVisit,
    Introduce,
    OpenCounter,
    PressRating,
    ReportDevice,
    SignInClerk,
    StartService,
    TakeTicket,
)  # fmt: skip
from protocol.link import Link, new_id, open_link
from protocol.ticket_code import ticket_secret
from protocol.views import (
    AnyReply,
    AnyView,
    BoardView,
    DevicesView,
    Done,
    Envelope,
    Introduction,
    KioskView,
    RatingView,
    Refused,
    TicketTaken,
    VisitCalledReply,
    VisitFound,
)  # fmt: skip
from queue_server.journal import read_heads, verify
from queue_server.server import Ready, Settings, serve
from tests.support.raw import hears, keys_of, peer
from tests.support.served_branch import OPEN_MORNING, ServedBranch, begin_branch, function, pair_with, until

DEVICES = {
    "kiosk": function("kiosk", "kiosk-1"),
    "board": function("board", "board-1", zone_id="hall"),
    "staff": function("staff", "staff-1"),
    "rating": function("rating_terminal", "rating-1", "counter-1"),
    "public": function("public", "public-1"),
}
AT_COUNTER: dict[str, Any] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-1",
    "clerk_id": "lan",
}


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ServedBranch]:
    with ServedBranch(tmp_path) as branch:
        for name, one in DEVICES.items():
            branch.pair(name, one)
        yield branch


def take(service_id: str = "certification", visit_id: str = "") -> TakeTicket:
    return TakeTicket(
        function_id="kiosk-1", visit_id=visit_id or new_id(), service_id=service_id, priority_class_id="usual"
    )


def sign_in() -> tuple[AnyCommand, ...]:
    return SignInClerk(**AT_COUNTER, work_profile_id=""), OpenCounter(**AT_COUNTER)


def numbers(reply: AnyReply) -> tuple[str, int]:
    assert isinstance(reply, TicketTaken | VisitCalledReply), reply
    return reply.prefix, reply.number


ViewT = TypeVar("ViewT", bound=AnyView)


def view(link: Link, topic: str, kind: type[ViewT]) -> ViewT:
    envelope = link.last_view(topic)
    assert envelope is not None
    assert isinstance(envelope.view, kind)
    return envelope.view


def test_a_citizen_takes_a_number_is_called_served_and_asked(tmp_path: Path) -> None:
    with ServedBranch(tmp_path, rate=20) as branch:
        for name, one in DEVICES.items():
            branch.pair(name, one)
        with (
            branch.link("kiosk", topics=("kiosk",)) as kiosk,
            branch.link("board", topics=("board/hall",)) as board,
            branch.link("staff", topics=("counter/counter-1", "hall")) as staff,
            branch.link("rating", topics=("rating/counter-1",)) as rating,
        ):
            until(lambda: all(link.state == "up" for link in (kiosk, board, staff, rating)), "all are up")
            assert view(kiosk, "kiosk", KioskView).state == "open"
            assert numbers(kiosk.ask_and_wait(take())) == ("C", 1)
            for command in sign_in():
                assert staff.ask_and_wait(command) == Done()
            assert numbers(staff.ask_and_wait(CallNext(**AT_COUNTER))) == ("C", 1)
            until(lambda: len(view(board, "board/hall", BoardView).calls) == 1, "the board sees the call")
            call = view(board, "board/hall", BoardView).calls[0]
            assert (call.prefix, call.number, call.counter_number, call.state) == ("C", 1, 1, "called")
            assert staff.ask_and_wait(StartService(**AT_COUNTER)) == Done()
            enough_at = staff.hall_now() + timedelta(seconds=25)
            until(lambda: staff.hall_now() > enough_at, "a service takes its time")
            assert staff.ask_and_wait(EndService(**AT_COUNTER, outcome="received")) == Done()
            until(lambda: view(rating, "rating/counter-1", RatingView).window is not None, "the question is open")
            window = view(rating, "rating/counter-1", RatingView).window
            assert window is not None
            press = PressRating(
                function_id="rating-1", press_id=new_id(), level=1, pressed_at=rating.hall_now(), nonce=window.nonce
            )
            assert rating.ask_and_wait(press) == Done()
            until(lambda: view(rating, "rating/counter-1", RatingView).window is None, "the window closes by itself")
        branch.stop()
        verdict = verify(branch.state / "branch.db", branch.state / "heads.jsonl")
        assert verdict.wrong is None
        branch.start()


def test_a_repeated_request_gets_the_stored_answer_also_after_a_kill(branch: ServedBranch) -> None:
    request_id, command = new_id(), take()
    with branch.link("kiosk") as kiosk:
        first = kiosk.ask_and_wait(command, request_id=request_id)
        assert kiosk.ask_and_wait(command, request_id=request_id) == first
        branch.kill()
        branch.start()
        assert branch.epoch == 2
        assert kiosk.ask_and_wait(command, request_id=request_id) == first
        again = kiosk.ask_and_wait(command)
        assert numbers(again) == numbers(first), "another request for the same visit gets the same number"
        other = kiosk.ask_and_wait(take(), request_id=request_id)
        assert isinstance(other, Refused)
        assert other.code == "id_reused"
        assert numbers(kiosk.ask_and_wait(take())) == ("C", 2)


def test_a_restart_is_a_pause_of_at_most_three_seconds(branch: ServedBranch) -> None:
    pauses_s = []
    with branch.link("kiosk") as kiosk:
        for _ in range(3):  # The best of three: a busy machine says nothing about ours.
            killed_at = time.monotonic()
            branch.kill()
            branch.start()
            assert isinstance(kiosk.ask_and_wait(take()), TicketTaken)
            pauses_s.append(time.monotonic() - killed_at)
    assert min(pauses_s) < 3.0, pauses_s


def test_the_stored_answer_is_the_very_bytes(branch: ServedBranch) -> None:
    settings, keys = branch.settings, keys_of(branch.folder / "devices" / "kiosk")
    frames = [new_id().encode(), encode(take())]
    with peer(zmq.DEALER, settings.commands_address, settings, keys) as dealer:
        answers = []
        for _ in range(3):
            dealer.send_multipart(frames)
            answers.append(hears(dealer, 5000))
    assert answers[0] is not None
    assert answers == [answers[0]] * 3


def test_a_question_asked_while_the_server_is_away_is_answered_when_it_is_back(branch: ServedBranch) -> None:
    with branch.link("kiosk", topics=("kiosk",)) as kiosk:
        until(lambda: kiosk.state == "up", "up")
        branch.kill()
        replies: list[AnyReply | None] = []
        kiosk.ask(take(), replies.append)
        branch.start()
        until(lambda: bool(replies), "the answer comes after all")
        assert replies[0] is not None
        assert numbers(replies[0]) == ("C", 1)
        until(lambda: (kiosk.last_view("kiosk") or DUMMY).epoch == 2, "views of the new start")


def test_two_servers_never_have_one_branch(branch: ServedBranch) -> None:
    second = subprocess.run(branch.command, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 1
    assert "another server" in second.stderr


def test_a_refusal_says_why_in_every_language_of_the_branch(branch: ServedBranch) -> None:
    reply = branch.ask("kiosk", take("unheard-of"))
    assert isinstance(reply, Refused)
    assert (reply.code, reply.parts) == ("unknown_service", {"service_id": "unheard-of"})
    assert set(reply.sentences) >= {"vi", "en"}
    assert "unheard-of" in reply.sentences["vi"]


def test_the_public_page_sees_a_visit_by_the_secret_of_its_ticket(branch: ServedBranch) -> None:
    visit_id = new_id()
    introduction = branch.ask("kiosk", Introduce())
    assert isinstance(introduction, Introduction)
    assert numbers(branch.ask("kiosk", take(visit_id=visit_id))) == ("C", 1)
    wrong = branch.ask("public", FindVisit(visit_id=visit_id, secret="0" * 32))
    assert isinstance(wrong, Refused)
    assert wrong.code == "secret_wrong"
    found = branch.ask("public", FindVisit(visit_id=visit_id, secret=ticket_secret(introduction.link_key, visit_id)))
    assert isinstance(found, VisitFound)
    assert found.visit.number == 1
    other = branch.ask("board", Introduce())
    assert isinstance(other, Introduction)
    assert other.link_key == "", "only a kiosk makes tickets"


def test_a_visit_of_yesterday_is_known_by_the_log_and_its_id_is_never_used_again(branch: ServedBranch) -> None:
    visit_id = new_id()
    assert numbers(branch.ask("kiosk", take(visit_id=visit_id))) == ("C", 1)
    branch.stop()
    heads = read_heads(branch.state / "heads.jsonl")
    assert heads[-1].why == "stopped"
    branch.options[1] = "2026-11-25T08:00:00+07:00"
    branch.start()
    again = branch.ask("kiosk", take(visit_id=visit_id))
    assert isinstance(again, Refused)
    assert again.code == "visit_too_old"
    assert numbers(branch.ask("kiosk", take())) == ("C", 1), "numbers begin again with the day"
    closed = [head for head in read_heads(branch.state / "heads.jsonl") if head.why == "closed"]
    assert [head.day for head in closed] == ["2026-11-23"]
    branch.stop()
    assert verify(branch.state / "branch.db", branch.state / "heads.jsonl").wrong is None
    branch.start()


def test_hall_time_goes_on_through_a_restart(branch: ServedBranch) -> None:
    anchor = datetime.fromisoformat(OPEN_MORNING)
    with branch.link("board", topics=("board/hall",)) as board:
        until(lambda: board.state == "up", "up")
        before = board.hall_now()
        assert anchor <= before < anchor + timedelta(minutes=2)
        branch.kill()
        branch.start()
        until(lambda: (board.last_view("board/hall") or DUMMY).epoch == 2, "views of the new start")
        assert before < board.hall_now() < anchor + timedelta(minutes=2)


def test_closing_the_day_ends_everything_and_keeps_its_head(branch: ServedBranch) -> None:
    assert numbers(branch.ask("kiosk", take())) == ("C", 1)
    close = CloseDay(function_id="technician")
    with branch.technician() as technician:
        assert technician.ask_and_wait(close) == Done()
    refused = branch.ask("kiosk", take())
    assert isinstance(refused, Refused)
    assert refused.code == "day_closed"
    assert read_heads(branch.state / "heads.jsonl")[-1].why == "closed"


def test_the_server_is_lean_when_idle(branch: ServedBranch) -> None:
    assert branch.process is not None
    status = Path(f"/proc/{branch.process.pid}/status").read_text()
    resident_kb = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    assert resident_kb < 60 * 1024, "the budget of the design"
    maps = Path(f"/proc/{branch.process.pid}/maps").read_text()
    assert not any(name in maps for name in ("kivy", "PIL", "flask")), "a server needs no screen, picture or page"


DUMMY = Envelope(
    epoch=0, sequence=0, at=datetime.fromisoformat(OPEN_MORNING), rate=1, version=1, view=DevicesView(lines=())
)


def test_a_terminal_that_is_there_stays_and_one_that_left_is_gone(tmp_path: Path) -> None:
    """In this process, since the span of silence is no option of the command."""
    begin_branch(tmp_path / "server")
    ready: Queue[Ready] = Queue()
    settings = Settings(
        state=tmp_path / "server", clock_anchor=datetime.fromisoformat(OPEN_MORNING), silent_after_s=4.0
    )
    thread = Thread(target=serve, args=(settings, ready.put), kwargs={"signals": False})
    thread.start()
    running = ready.get(timeout=20)
    try:
        with open_link(tmp_path / "server" / "technician", topics=("devices",)) as technician:

            def state() -> str:
                envelope = technician.last_view("devices")
                lines = envelope.view.lines if envelope and isinstance(envelope.view, DevicesView) else ()
                return next((line.state for line in lines if line.function_id == "observer"), "")

            pair_with(technician, tmp_path / "server", tmp_path / "observer", function("observer", "observer"))
            with open_link(tmp_path / "observer") as observer:
                assert observer.ask_and_wait(ReportDevice(function_id="observer", state="ok")) == Done()
                until(lambda: state() == "ok", "what it says is believed")
                quiet_until = time.monotonic() + 6
                until(lambda: time.monotonic() > quiet_until or state() != "ok", "it asks nothing for a while")
                assert state() == "ok", "a sign of life is enough"
            until(lambda: state() == "gone", "it has left")
            with open_link(tmp_path / "observer"):
                until(lambda: state() == "ok", "it is back, and what it was")
    finally:
        running.stop()
        thread.join()
