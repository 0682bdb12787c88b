"""A disk that fails or is full, at any call: each fault surfaces or is harmless, and every answer stays what it was."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.commands import Introduce, TakeTicket
from protocol.link import Link, new_id
from protocol.views import HallView, Introduction, Refused, TicketTaken
from tests.faults.storage import Fault, fail_everywhere
from tests.support.served_branch import ServedBranch, function, until


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", ["io", "full"])
def test_a_fault_at_any_call_surfaces_or_is_harmless(seed: int, fault: Fault, *, lasts: bool) -> None:
    counted = fail_everywhere(seed, fault, lasts=lasts)
    assert counted["points"] > 30, counted
    assert counted["surfaced"] > 10, counted
    assert counted["violations"] == 0, counted


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ServedBranch]:
    with ServedBranch(tmp_path) as branch:
        branch.pair("kiosk", function("kiosk", "kiosk-1"))
        branch.pair("staff", function("staff", "staff-1"))
        yield branch


def limit_files(branch: ServedBranch, limit_bytes: int) -> None:
    """Let no file of the server grow beyond a size, as on a disk without space; -1 frees it again."""
    assert branch.process is not None
    resource.prlimit(branch.process.pid, resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY))


def take() -> TakeTicket:
    return TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual")


def alarms(link: Link) -> tuple[str, ...]:
    envelope = link.last_view("hall")
    return envelope.view.alarms if envelope is not None and isinstance(envelope.view, HallView) else ()


def test_a_full_disk_is_an_alarm_and_a_clear_refusal_and_heals_without_a_restart(branch: ServedBranch) -> None:
    request_id, wish = new_id(), take()
    with branch.link("kiosk") as kiosk, branch.link("staff", topics=("hall",)) as staff:
        first = kiosk.ask_and_wait(take())
        assert isinstance(first, TicketTaken)
        limit_files(branch, 1)
        refused = kiosk.ask_and_wait(wish, request_id=request_id)
        assert isinstance(refused, Refused)
        assert refused.code == "storage"
        assert refused.sentences["vi"]
        assert isinstance(kiosk.ask_and_wait(Introduce()), Introduction), "questions are answered"
        until(lambda: "storage" in alarms(staff), "staff see the alarm")
        limit_files(branch, resource.RLIM_INFINITY)
        until(lambda: staff.last_view("hall") is not None and "storage" not in alarms(staff), "the alarm is over")
        second = kiosk.ask_and_wait(wish, request_id=request_id)
        assert isinstance(second, TicketTaken)
        assert second.number == first.number + 1, "no number was lost, and none given twice"
