"""Calls and ends told to real receivers that die and come back, by a program that is killed and comes back."""

import ast
import ipaddress
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from motcua.bench.nginx import free_ports
from protocol import commands as c
from protocol.views import Refused
from queue_server.api.couriers import TRIES_MOST
from queue_server.api.sender import Sender
from queue_server.systems.file import SYSTEMS_FILE
from queue_server.systems.outbox import Place
from queue_server.systems.settings import Settings
from tests.integration.api.conftest import AT, Hall, Program, in_process, utc_now
from tests.support.receivers import receiving
from tests.support.served_branch import until

API_PAGE = Path(__file__).parents[3] / "docs" / "api.md"
HERE = (ipaddress.ip_network("127.0.0.1/32"),)
NOWHERE = Place(0, b"", frozenset())
FORGED = "whsec_" + "A" * 43 + "="


@pytest.fixture(autouse=True)
def _nobody_else_is_told(hall: Hall) -> Iterator[None]:
    """A receiver of the next test may get the port of one of this."""
    yield
    for webhook in hall.file.webhooks.all():
        hall.file.webhooks.remove(webhook.system_id)


def test_a_call_and_an_end_are_told_signed_and_in_order(hall: Hall) -> None:
    with receiving() as receiver, receiving() as calls_only, in_process(hall):
        _, secret = hall.system(receiver.address)
        hall.system(calls_only.address, ("calls",))
        taken = hall.serve()
        called, ended = (one.told for one in receiver.wait(2))
        assert (called["type"], ended["type"]) == ("visit_called", "service_ended")
        number = f"{taken.prefix}{taken.number:03d}"
        for told in (called, ended):
            assert (told["visit_id"], told["number"], told["service_id"]) == (taken.visit_id, number, "civil_status")
            assert (told["counter_id"], told["counter_number"], told["day"]) == ("counter-1", 1, "2026-11-23")
            assert "lan" not in str(told), "nobody is told who serves"
        assert (called["call_id"], ended["call_id"]) != (None, called["call_id"])
        assert (ended["outcome"], ended["comes_back"], called["outcome"]) == ("received", False, None)
        assert called["sequence"] < ended["sequence"]
        assert all(one.is_signed(secret) for one in receiver.got)
        assert all(abs(one.timestamp - time.time()) < 60 for one in receiver.got), "signed by the world's clock"
        assert [one.told["type"] for one in calls_only.wait(1)] == ["visit_called"]


def test_every_end_is_told(hall: Hall) -> None:
    with receiving() as receiver, in_process(hall):
        hall.system(receiver.address)
        hall.take()
        kinds = ["visit_called", "visit_recalled", "visit_marked_no_show"]
        for command in (c.CallNext(**AT), c.RecallVisit(**AT), c.MarkNoShow(**AT)):  # type: ignore[arg-type]  # Plain words.
            assert not isinstance(hall.staff.ask_and_wait(command), Refused)
        gone = hall.take()
        cancel = c.CancelVisit(function_id="staff-1", staff_role="clerk", clerk_id="lan", visit_id=gone.visit_id)
        assert not isinstance(hall.staff.ask_and_wait(cancel), Refused)
        told = [one.told for one in receiver.wait(4)]
        assert [one["type"] for one in told] == [*kinds, "visit_cancelled"]
        assert (told[3]["visit_id"], told[3]["counter_id"], told[3]["outcome"]) == (gone.visit_id, None, None)


def test_a_dead_receiver_loses_nothing_and_slows_nobody(hall: Hall) -> None:
    with receiving() as alive, receiving() as mortal, in_process(hall):
        hall.system(alive.address)
        system_id, secret = hall.system(mortal.address)
        hall.serve()
        mortal.wait(2)
        mortal.die()
        for _ in range(4):
            hall.serve()
        assert len(alive.wait(10)) == 10, "the other one is told meanwhile"
        until(lambda: hall.waiting(system_id) == 8, "they wait for the dead one")
        webhook = hall.file.webhooks.of(system_id)
        assert webhook is not None
        until(lambda: (hall.file.webhooks.of(system_id) or webhook).failures > 1, "it is tried again and again")
        mortal.start()
        mortal.wait(10)
        until(lambda: hall.waiting(system_id) == 0, "nothing waits any more")
        assert mortal.numbers() == alive.numbers() == sorted(alive.numbers())
        assert all(one.is_signed(secret) for one in mortal.got)
        after = hall.file.webhooks.of(system_id)
        assert after is not None
        assert (after.failures, after.problem, after.delivered) == (0, "", 10)
        assert hall.file.outbox.count_given_up(webhook.webhook_id) == 0, "who is away is not wrong"


def test_a_receiver_that_answers_wrongly_is_given_up_and_told_again_by_hand(hall: Hall) -> None:
    with receiving() as receiver, in_process(hall):
        receiver.becomes(500)
        system_id, _ = hall.system(receiver.address, ("calls",))
        hall.serve()
        tries = receiver.wait(TRIES_MOST)
        assert {one.delivery_id for one in tries} == {tries[0].delivery_id}, "one id for all tries of one delivery"
        webhook = hall.file.webhooks.of(system_id)
        assert webhook is not None
        until(lambda: hall.file.outbox.count_given_up(webhook.webhook_id) == 1, "it is given up")
        (dead,) = hall.file.outbox.given_up(webhook.webhook_id, 9)
        assert (dead.tries, dead.problem, hall.waiting(system_id)) == (TRIES_MOST, "http_500", 0)
        receiver.becomes(200)
        hall.serve()
        until(lambda: len(receiver.numbers()) == 2, "the line goes on behind it")
        before = len(receiver.got)
        assert hall.file.outbox.send_again(webhook.webhook_id) == 1
        assert receiver.wait(before + 1)[-1].delivery_id == dead.delivery_id


def test_a_webhook_that_is_taken_away_is_told_no_more(hall: Hall) -> None:
    with receiving() as receiver, receiving() as other, in_process(hall):
        system_id, _ = hall.system(receiver.address)
        hall.system(other.address)
        hall.serve()
        receiver.wait(2)
        hall.file.webhooks.remove(system_id)
        hall.serve()
        other.wait(4)
        assert len(receiver.got) == 2


def test_a_restart_loses_none(hall: Hall, program: Program) -> None:
    """Killed while the receiver is dead, away while people are called, and started again: all of it comes, in order."""
    with receiving() as mortal:
        program.start()
        system_id, secret = hall.system(mortal.address)
        hall.serve()
        mortal.wait(2)
        mortal.die()
        hall.serve()
        until(lambda: hall.waiting(system_id) == 2, "they wait on disk")
        program.end(signal.SIGKILL)
        hall.serve()  # Nobody is there to read the log.
        mortal.start()
        program.start()
        mortal.wait(6)
        until(lambda: hall.waiting(system_id) == 0, "all is delivered")
        assert [one.told["type"] for one in mortal.got if one.is_signed(secret)][:6:2] == ["visit_called"] * 3
        assert mortal.numbers() == sorted(mortal.numbers())
        assert len(mortal.numbers()) == 6
        assert program.end(signal.SIGTERM) == 0


def test_a_log_that_is_another_one_is_begun_at_its_end(hall: Hall) -> None:
    """As after a restore from a copy: nothing old is told a second time."""
    with receiving() as receiver:
        with in_process(hall):
            hall.system(receiver.address)
            hall.serve()
            receiver.wait(2)
        with closing(sqlite3.connect(hall.api_state / SYSTEMS_FILE)) as file, file:
            file.execute("UPDATE followed SET seq = 3, hash = zeroblob(32)")
        with in_process(hall):
            until(lambda: (hall.file.outbox.place() or (0,))[0] > 3, "the log is begun at its end")
            hall.serve()
            assert len({one.told["sequence"] for one in receiver.wait(4)}) == 4


def test_a_webhook_is_told_nothing_of_before(hall: Hall) -> None:
    """Also when it was set while the API was away."""
    with receiving() as receiver:
        with in_process(hall):
            hall.serve()
        hall.serve()
        hall.file.register.add("late", "late", by="tech")
        hall.file.webhooks.set("late", receiver.address, ["calls"], by="tech")
        with in_process(hall):
            webhook = hall.file.webhooks.of("late")
            assert webhook is not None
            until(lambda: webhook.webhook_id in (hall.file.outbox.place() or NOWHERE).webhook_ids, "it is known")
            last = hall.serve()
            (got,) = receiver.wait(1)
            assert got.told["visit_id"] == last.visit_id


def test_the_receiver_of_the_page_understands_what_is_sent(hall: Hall) -> None:
    """The one of docs/api.md, as it stands there; and it takes no forged and no repeated one."""
    (source,) = re.findall(r"```python\n(.*?)```", API_PAGE.read_text("utf-8"), re.DOTALL)
    port = free_ports(1)[0]
    with in_process(hall):
        system_id, secret = hall.system(f"http://127.0.0.1:{port}/")
        environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
        command = [sys.executable, "-c", source]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as receiver:
            try:
                assert receiver.stdout is not None
                taken = hall.serve()
                told = [ast.literal_eval(receiver.stdout.readline()) for _ in range(2)]
                assert [one["type"] for one in told] == ["visit_called", "service_ended"]
                assert {one["visit_id"] for one in told} == {taken.visit_id}
                until(lambda: hall.waiting(system_id) == 0, "it has taken both")
                statuses = [
                    Sender(Settings(HERE), lambda at=at: at).send(f"http://127.0.0.1:{port}/", key, "d-1", b"{}")  # type: ignore[misc]  # A clock.
                    for key, at in (
                        (FORGED, utc_now()),
                        (secret, utc_now() - timedelta(minutes=6)),
                        (secret, utc_now()),
                    )
                ]
                assert [one.problem for one in statuses] == ["http_401", "http_401", ""]
            finally:
                receiver.terminate()
