"""The printer's owner against printers that speak bytes at the far ends of real ports, in a process of their own."""

import itertools
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from hardware import registry
from hardware.printer import JobMissing, JobState, Outcome, PrinterOwner, Profile, ReprintTooSoon, profile_named
from hardware.simulated.remote import Remote
from hardware.ticket import ticket_bytes
from tests.devices.test_ticket import TICKET
from tests.support.devices import Heard, simulated_hall

EPSON, CLONE, OLD = profile_named("tm_t82"), profile_named("xprinter_80"), profile_named("generic_80mm")
QUICK: dict[str, Any] = {"rows_per_s": 8000, "margin_s": 0.4, "stall_s": 0.4, "reply_s": 0.4}
PRINTERS_OF_A_KIND = 40


@dataclass
class Bench:
    """A printer, its far end, and what has been heard."""

    control: Remote
    name: str
    address: str
    folder: Path
    heard: Heard

    @contextmanager
    def own(self, profile: Profile, **differently: Any) -> Iterator[PrinterOwner]:
        device = registry.find(self.address)
        wanted = replace(profile.on_wire(device.bytes_per_s), **{**QUICK, **differently})
        owner = PrinterOwner(device.open, wanted, self.folder / self.name / "jobs.db", self.heard)
        try:
            yield owner
        finally:
            owner.close(finish_s=0)

    def fault(self, fault: str, *, on: bool = True, **more: object) -> None:
        self.control.order("fault", device=self.name, fault=fault, on=on, **more)

    def tickets(self) -> list[str]:
        """Read the code on every piece of paper that came out, by an outside reader; "" for one without a code."""
        codes = []
        for note in self.control.order("tickets", device=self.name):
            with Image.open(note["picture"]) as picture:
                codes.append("+".join(found.text for found in zxingcpp.read_barcodes(picture.convert("L"))))
        return codes


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Remote]]:
    folder = tmp_path_factory.mktemp("hall")
    printers = [
        {"name": f"{kind}-{n}", "address": far_end.format(folder=folder, n=n), "rows_per_s": 8000}
        for kind, far_end in (("tcp", "tcp://127.0.0.1:0"), ("pty", "pty:{folder}/port-{n}"))
        for n in range(PRINTERS_OF_A_KIND)
    ]
    with simulated_hall(folder, printers=printers) as ready:
        yield ready


_fresh = {kind: itertools.count() for kind in ("tcp", "pty")}


@pytest.fixture(params=["tcp", "pty"])
def bench(request: pytest.FixtureRequest, hall: tuple[dict[str, Any], Remote], tmp_path: Path) -> Bench:
    addresses, control = hall
    name = f"{request.param}-{next(_fresh[request.param])}"
    return Bench(control, name, addresses["printers"][name], tmp_path, Heard())


def _body(number: int, *notices: str, width_dots: int = 576, feed_units_per_dot: int | None = None) -> bytes:
    content = replace(TICKET, number_text=f"H{number:03d}", qr_text=f"visit-{number}", notices=notices)
    return ticket_bytes(content, width_dots, feed_units_per_dot)


def _says(*wanted: str) -> Callable[[list[Outcome]], bool]:
    """Wait for the last word of the news to be one of ``wanted``, written state:reason."""
    return lambda heard: bool(heard) and f"{heard[-1].state}:{heard[-1].reason}" in wanted


@pytest.mark.parametrize("profile", [EPSON, CLONE, OLD], ids=lambda profile: profile.name)
def test_a_ticket_is_printed_and_confirmed(bench: Bench, profile: Profile) -> None:
    replied_at = datetime.now(UTC)  # noqa: TID251 - the test stands for the terminal's loop.
    with bench.own(profile) as owner:
        owner.submit("job-1", "visit-1", _body(1), replied_at=replied_at)
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
        assert bench.heard.states("job-1") == ["sending", "sent", "confirmed"]
        (record,) = owner.attempts("job-1")
        assert owner.status().trouble is None
        assert owner.status().known
    assert bench.tickets() == ["visit-1"]
    assert record.replied_at == replied_at
    assert record.started_at is not None
    assert record.handed_at is not None
    assert replied_at <= record.submitted_at <= record.started_at <= record.handed_at <= record.changed_at


def test_many_tickets_come_out_in_order(bench: Bench) -> None:
    with bench.own(EPSON) as owner:
        for number in range(8):
            owner.submit(f"job-{number}", f"visit-{number}", _body(number))
        bench.heard.settled("job-7")
    assert bench.tickets() == [f"visit-{number}" for number in range(8)]


def test_the_same_job_again_prints_nothing_also_after_a_restart(bench: Bench) -> None:
    with bench.own(EPSON) as owner:
        for _ in range(3):
            owner.submit("job-1", "visit-1", _body(1))
        bench.heard.settled("job-1")
        assert owner.submit("job-1", "visit-1", _body(1)).state is JobState.CONFIRMED
    with bench.own(EPSON) as owner:
        assert owner.submit("job-1", "visit-1", _body(1)).state is JobState.CONFIRMED
        owner.submit("job-2", "visit-2", _body(2))
        bench.heard.settled("job-2")
    assert bench.tickets() == ["visit-1", "visit-2"]
    assert bench.heard.states("job-1") == ["sending", "sent", "confirmed"]


@pytest.mark.parametrize("profile", [EPSON, OLD], ids=lambda profile: profile.name)
@pytest.mark.parametrize(
    ("fault", "reason"), [("paper_out", "paper_out"), ("cover_open", "cover_open"), ("hot", "overheated")]
)
def test_a_printer_in_trouble_is_sent_nothing_until_it_is_mended(
    bench: Bench, profile: Profile, fault: str, reason: str
) -> None:
    bench.fault(fault)
    with bench.own(profile) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says(f"held:{reason}"))
        assert owner.status().trouble == reason
        assert bench.tickets() == []
        bench.fault(fault, on=False)
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-1"]


@pytest.mark.parametrize("profile", [EPSON, CLONE, OLD], ids=lambda profile: profile.name)
def test_paper_that_ends_within_a_ticket_holds_it_and_never_sends_it_twice(bench: Bench, profile: Profile) -> None:
    bench.fault("paper_out", after_rows=900)
    with bench.own(profile) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        # One that tells only when asked, and reads no question with its buffer full, is silent, perhaps after a first
        # answer, that it is off line: held all the same.
        reasons = {"paper_out"} if profile.status == "asb" else {"paper_out", "silent", "off_line"}
        bench.heard.wait(lambda heard: any(one.reason in reasons for one in heard))
        owner.submit("job-2", "visit-2", _body(2))
        bench.fault("paper_out", on=False)
        # A silence that nobody explained on a wire that does not tell power may have been a loss of power.
        silent = any(one.job_id == "job-1" and one.reason == "silent" for one in bench.heard.all)
        state = JobState.UNCERTAIN if silent and bench.address.startswith("serial") else JobState.CONFIRMED
        assert bench.heard.settled("job-1").state is state
        assert bench.heard.settled("job-2").state is JobState.CONFIRMED
        if profile.status == "asb":
            assert owner.status().paper_used_mm < 150, "the fresh roll is counted anew"
    assert bench.tickets() == ["visit-1", "visit-2"]


def test_a_cutter_jam_waits_for_hands_and_for_the_word_that_it_is_mended(bench: Bench) -> None:
    bench.fault("cutter_jam")
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:cutter"))
        bench.fault("cutter_jam", on=False)
        owner.mended()
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-1"]


def test_a_link_cut_within_a_ticket_leaves_it_uncertain_and_the_next_one_whole(bench: Bench) -> None:
    bench.fault("paper_out", after_rows=300)
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:paper_out"))
        bench.fault("unplugged")
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.UNCERTAIN, "link_gone")
        owner.submit("job-2", "visit-2", _body(2))
        bench.fault("paper_out", on=False)
        bench.fault("unplugged", on=False)
        assert bench.heard.settled("job-2").state is JobState.CONFIRMED
    assert bench.tickets() == ["", "visit-2"], "the torn ticket has no code yet, and did not eat into the next one"


def test_a_stalled_printer_is_held_and_goes_on_where_it_stopped(bench: Bench) -> None:
    bench.fault("stalled", after_rows=100)
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        # Where the kernel still takes bytes, the unread question tells the same.
        bench.heard.wait(_says("held:stalled", "held:silent"))
        bench.fault("stalled", on=False)
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-1"]


def test_a_printer_that_stays_stalled_is_given_up_as_uncertain(bench: Bench) -> None:
    bench.fault("stalled", after_rows=100)
    with bench.own(EPSON, held_limit_s=0.5) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        outcome = bench.heard.settled("job-1")
        assert outcome.state is JobState.UNCERTAIN
        assert outcome.reason in {"stalled", "silent"}


def test_a_silent_printer_is_unknown_not_fine(bench: Bench) -> None:
    bench.fault("silent")
    with bench.own(OLD) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:silent"))
        assert not owner.status().known
        bench.fault("silent", on=False)
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-1"]


def test_a_printer_that_is_away_is_told_and_found_again(bench: Bench) -> None:
    bench.fault("unplugged")
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:unreachable"))
        assert owner.status().trouble == "unreachable"
        bench.fault("unplugged", on=False)
        assert bench.heard.settled("job-1").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-1"]


def test_a_ticket_that_could_not_begin_in_time_fails_and_never_comes_out(bench: Bench) -> None:
    bench.fault("paper_out")
    with bench.own(EPSON, held_limit_s=0.5) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.FAILED, "too_late")
        bench.fault("paper_out", on=False)
        owner.submit("job-2", "visit-2", _body(2))
        bench.heard.settled("job-2")
    assert bench.tickets() == ["visit-2"]


@pytest.mark.parametrize("clear", ["enq", "dc4"])
def test_a_ticket_held_too_long_is_taken_back_from_the_printer(bench: Bench, clear: str) -> None:
    bench.fault("paper_out", after_rows=990)  # Near the end, when all bytes are with the printer.
    with bench.own(EPSON, held_limit_s=0.6, clear=clear) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.VOID, "too_late")
        bench.fault("paper_out", on=False)
        owner.submit("job-2", "visit-2", _body(2))
        assert bench.heard.settled("job-2").state is JobState.CONFIRMED
    assert bench.tickets() == ["visit-2"]


def test_a_held_ticket_may_be_withdrawn(bench: Bench) -> None:
    bench.fault("paper_out")
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:paper_out"))
        owner.withdraw("job-1")
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.VOID, "withdrawn")


def test_a_printer_that_does_not_confirm_leaves_uncertain_and_a_reprint_is_marked(bench: Bench) -> None:
    bench.fault("unconfirming")
    with bench.own(EPSON) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("sent:"))
        with pytest.raises(ReprintTooSoon):
            owner.reprint("job-1", lambda n: _body(1, f"BẢN IN LẠI (lần {n})"))
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.UNCERTAIN, "unconfirmed")
        bench.fault("unconfirming", on=False)
        owner.reprint("job-1", lambda n: _body(1, f"BẢN IN LẠI (lần {n})"))
        outcome = bench.heard.settled("job-1", attempt=1)
        assert (outcome.state, outcome.visit_id) == (JobState.CONFIRMED, "visit-1")
        assert [record.attempt for record in owner.attempts("job-1")] == [0, 1]
        with pytest.raises(JobMissing):
            owner.reprint("job-9", lambda _: b"")
    assert bench.tickets() == ["visit-1", "visit-1"]
    first, again = bench.control.order("tickets", device=bench.name)
    assert again["height_dots"] > first["height_dots"], "the reprint bears its mark"


def test_a_paper_that_another_printer_gave_is_printed_again_as_the_copy_that_it_is(bench: Bench) -> None:
    with bench.own(EPSON) as owner:
        owner.reprint("job-1", lambda n: _body(1, f"BẢN IN LẠI (lần {n})"), copy=2, visit_id="visit-1")
        assert bench.heard.settled("job-1", attempt=2).state == JobState.CONFIRMED
        owner.reprint("job-1", lambda n: _body(1, f"BẢN IN LẠI (lần {n})"), copy=1, visit_id="visit-1")
        assert bench.heard.settled("job-1", attempt=3).visit_id == "visit-1"
    assert bench.tickets() == ["visit-1", "visit-1"]


def test_a_printer_switched_off_and_on_within_a_ticket_leaves_it_uncertain(bench: Bench) -> None:
    bench.fault("paper_out", after_rows=300)
    with bench.own(EPSON, held_limit_s=6.0) as owner:  # The second ticket must not be too late on a busy machine.
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.wait(_says("held:paper_out"))
        bench.fault("switched_off")
        bench.fault("paper_out", on=False)
        assert bench.heard.settled("job-1").state is JobState.UNCERTAIN
        bench.fault("switched_off", on=False)
        owner.submit("job-2", "visit-2", _body(2))
        assert bench.heard.settled("job-2").state is JobState.CONFIRMED
    assert "visit-1" not in bench.tickets()


def test_a_printer_that_can_neither_tell_nor_confirm_ends_as_sent(bench: Bench) -> None:
    with bench.own(profile_named("mute_80mm")) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        outcome = bench.heard.settled("job-1")
        assert (outcome.state, outcome.reason) == (JobState.SENT, "unconfirmed")
    with bench.own(OLD, confirm="none") as owner:
        owner.submit("job-2", "visit-2", _body(2))
        outcome = bench.heard.settled("job-2")
        assert (outcome.state, outcome.reason) == (JobState.SENT, "unconfirmed")
    assert bench.tickets() == ["visit-1", "visit-2"]


def test_paper_near_its_end_is_an_alarm_with_a_count(bench: Bench) -> None:
    bench.fault("near_end")
    with bench.own(EPSON) as owner:
        for number in (1, 2):
            owner.submit(f"job-{number}", f"visit-{number}", _body(number))
        bench.heard.settled("job-2")
        status = owner.status()
        assert (status.near_end, status.trouble, status.tickets_since_near_end) == (True, None, 2)
        assert status.paper_low
        assert status.tickets_left is not None
        assert 20 < status.tickets_left < 60, "five metres of near end, a ticket is some 14 cm long"
        bench.fault("near_end", on=False)
        owner.paper_changed()
        owner.submit("job-3", "visit-3", _body(3))
        bench.heard.settled("job-3")
        status = owner.status()
        assert (status.near_end, status.tickets_since_near_end, status.paper_low) == (False, 0, False)
        assert 100 < status.paper_used_mm < 200


def test_without_a_sensor_the_end_of_the_roll_is_foretold_from_its_length(bench: Bench) -> None:
    with bench.own(OLD, roll_mm=700.0) as owner:
        owner.submit("job-1", "visit-1", _body(1))
        bench.heard.settled("job-1")
        assert owner.status().tickets_left is None, "nobody knows how much the roll held"
        owner.paper_changed()
        owner.submit("job-2", "visit-2", _body(2))
        bench.heard.settled("job-2")
    with bench.own(OLD, roll_mm=700.0) as owner:
        status = owner.status()
        assert (status.tickets_left, status.paper_low) == (3, True), "the count outlives the program"
        assert status.trouble is None


CRASHING = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from hardware import registry
from hardware.printer import PrinterOwner, profile_named
address, jobs, moment = sys.argv[1:]
def heard(outcome):
    if outcome.state == moment and outcome.job_id == "job-1":
        os.kill(os.getpid(), signal.SIGKILL)
owner = PrinterOwner(registry.find(address).open, profile_named("tm_t82"), Path(jobs), heard)
body = sys.stdin.buffer.read()
owner.submit("job-1", "visit-1", body)
owner.submit("job-2", "visit-2", body.replace(b"", b""))
"""


@pytest.mark.parametrize(("moment", "left"), [("sending", "uncertain"), ("sent", "uncertain"), ("held", "confirmed")])
def test_after_a_crash_what_had_begun_is_uncertain_and_what_had_not_is_printed(
    bench: Bench, moment: str, left: str
) -> None:
    if moment == "held":
        bench.fault("paper_out")
    jobs = bench.folder / bench.name / "jobs.db"
    with subprocess.Popen(
        [sys.executable, "-c", CRASHING, bench.address, str(jobs), moment], stdin=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(_body(1))
        process.stdin.close()
        assert process.wait(timeout=20) == -signal.SIGKILL
    bench.fault("paper_out", on=False)
    with bench.own(EPSON) as owner:
        assert bench.heard.settled("job-1").state == left
        record = owner.submit("job-1", "visit-1", _body(1))
        assert record.state == left, "a ticket of a crashed run is never printed again by itself"
        owner.submit("job-3", "visit-3", _body(3))
        assert bench.heard.settled("job-3").state is JobState.CONFIRMED
    assert bench.tickets().count("visit-3") == 1
