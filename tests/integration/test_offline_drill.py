"""The drill: the server is away for half an hour, three kiosks go on, and all is as if it had been there.

The server, the kiosks' programs, the links and the printers are real; the hall's clock runs fast. What citizens saw is
written down beside them, and in the end it is held against the log.
"""

import random
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from protocol import commands as c
from protocol.events import VisitTaken
from protocol.link import LinkSettings
from protocol.views import AnyReply, Done, Refused
from queue_server.config import read_sources
from queue_server.journal import Journal
from tests.support.blind_kiosk import CONFIG, BlindKiosk, Seen
from tests.support.real_hall import PaperPrinter
from tests.support.relay import Relay
from tests.support.replayed import ReplayedBranch
from tests.support.served_branch import ServedBranch, function, reap, until

pytestmark = pytest.mark.timeout(240)

MORNING = "2026-11-23T07:00:00+07:00"
AWAY = timedelta(minutes=30)
KIOSKS = {"kiosk-1": (501, 599), "kiosk-2": (601, 699), "kiosk-3": (701, 702)}
CLERK: Final[dict[str, Any]] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-3",
    "clerk_id": "lan",
}
KILLED_AT_COMMIT = 10
HALF_A_HAND_OVER_BYTES = 2_000
"""The greeting of the wire and the first of the numbers, not all of them."""


def sources(ranges: dict[str, tuple[int, int]]) -> dict[str, str]:
    """Give the ward hall, open all day, with these ranges of H numbers."""
    texts = read_sources(CONFIG)
    main, _, _ = texts["branch.toml"].partition("[[kiosk_ranges]]")
    main = main.replace('[["08:00", "12:00"], ["13:00", "17:00"]]', '[["07:00", "18:00"]]')
    for function_id, (first, last) in ranges.items():
        main += f'[[kiosk_ranges]]\nfunction_id = "{function_id}"\nprefix = "H"\nfirst = {first}\nlast = {last}\n'
    return texts | {"branch.toml": main}


def configure(branch: ServedBranch, ranges: dict[str, tuple[int, int]]) -> AnyReply:
    with branch.technician() as technician:
        return technician.ask_and_wait(c.Configure(function_id="technician", sources=sources(ranges)))


@contextmanager
def hall(folder: Path, *, rate: float) -> Iterator[ServedBranch]:
    """A branch with three kiosks announced and a clerk at counter 1."""
    with ServedBranch(folder, anchor=MORNING, rate=rate) as branch:
        assert isinstance(configure(branch, KIOSKS), Done)
        for kiosk_id in KIOSKS:
            branch.pair(kiosk_id, function("kiosk", kiosk_id))
        branch.pair("staff", function("staff", "staff-1"))
        yield branch


def handed_over(branch: ServedBranch) -> int:
    with Journal(branch.state / "branch.db") as journal:
        events = (row.event() for row in journal.rows())
        return sum(isinstance(event, VisitTaken) and event.off_line for event in events)


def call_everybody(branch: ServedBranch) -> None:
    """Have the clerk call until nobody waits; nobody comes."""
    with branch.link("staff") as link:
        for command in (c.SignInClerk(**CLERK), c.OpenCounter(**CLERK)):
            assert isinstance(link.ask_and_wait(command), Done)
        while not isinstance(link.ask_and_wait(c.CallNext(**CLERK)), Refused):
            assert isinstance(link.ask_and_wait(c.MarkNoShow(**CLERK)), Done)


def reconciled(kiosks: list[BlindKiosk]) -> None:
    """Wait until every kiosk has its server back and nothing left to hand over."""
    for kiosk in kiosks:
        kiosk.wait(lambda kiosk=kiosk: kiosk.state.link == "up" and not kiosk.state.outbox)  # type: ignore[misc]  # Bound now.
        assert [one for one in kiosk.state.refused if one.code != "visit_too_old"] == []


def assert_the_log_is_what_citizens_saw(branch: ServedBranch, seen: list[Seen]) -> ReplayedBranch:
    """No number twice, none lost, the times that the papers say, everybody called once and by the rule."""
    replayed = ReplayedBranch(branch.state)
    replayed.check()
    taken = replayed.taken()
    assert len({one.number_text for one in seen}) == len(seen), "a number was given twice"
    kept = {
        one.visit_id: Seen(one.visit_id, f"{one.prefix}{one.number:03d}", one.taken_at, one.off_line)
        for one in taken.values()
    }
    assert kept == {one.visit_id: one for one in seen}
    return replayed


def test_half_an_hour_without_the_server(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with ExitStack() as stack:
        branch = stack.enter_context(hall(tmp_path, rate=200))
        paper, empty = (stack.enter_context(PaperPrinter(tmp_path / name)) for name in ("paper", "empty"))
        printers = (paper.address, empty.address, "")
        kiosks = [
            stack.enter_context(BlindKiosk(tmp_path / "devices" / name, printer))
            for name, printer in zip(KIOSKS, printers, strict=True)
        ]
        first, second, small = kiosks
        for number, kiosk in enumerate(kiosks, start=1):
            assert kiosk.take("civil_status") == f"H{number:03d}"
        branch.kill()
        killed_at = first.program.hall_now()
        # The first one comes before the kiosk knows, waits, and gets a number of the kiosk's own.
        assert first.take("civil_status") == "H501"
        for kiosk in kiosks:
            kiosk.wait(lambda kiosk=kiosk: kiosk.state.link == "gone")  # type: ignore[misc]  # Bound now.
            assert "độc lập" in str(kiosk.on({"services", "number"}).blocks), "it says that it is cut off"
        assert [small.take("civil_status") for _ in range(3)] == ["H701", "H702", "refused"]
        assert small.leave() == "Máy đã hết số dự phòng. Vui lòng đến quầy hướng dẫn để lấy số."
        empty.fault("paper_out")
        assert second.take("civil_status") == "H601"
        for _ in range(chance.randint(8, 14)):
            assert first.take("civil_status").startswith("H5")
        second.wait(lambda: any(sentence.startswith("Máy in hết giấy") for sentence in second.read))
        empty.fault("paper_out", on=False)
        until(lambda: first.program.hall_now() >= killed_at + AWAY, "the hall's time stands still")
        killed_in_the_middle(branch)
        branch.start()
        on_line = first.take("civil_status")
        reconciled(kiosks)
        until(lambda: len(paper.tickets()) == len(first.seen), "not every number is on paper once")
        call_everybody(branch)
        branch.stop()
    seen = [one for kiosk in kiosks for one in kiosk.seen]
    replayed = assert_the_log_is_what_citizens_saw(branch, seen)
    by_arrival = sorted(seen, key=lambda one: one.taken_at)
    assert replayed.called() == [one.visit_id for one in by_arrival], "one class: whoever came first is called first"
    off_line = [one for one in seen if one.off_line]
    assert all(killed_at - timedelta(minutes=1) <= one.taken_at for one in off_line)
    assert len(off_line) >= 10, off_line
    assert re.fullmatch(r"H(00\d|5\d\d)", on_line)


def killed_in_the_middle(branch: ServedBranch) -> None:
    """Start the server and kill it while the kiosks hand over: at a commit, where strace is there to choose one."""
    if shutil.which("strace") is None:
        branch.start()
        until(lambda: handed_over(branch) > 0, "nothing is handed over")
        branch.kill()
        return
    at_commit = f"inject=fdatasync:signal=SIGKILL:when={KILLED_AT_COMMIT}"
    branch.launch("strace", "-D", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", at_commit)
    process, branch.process = branch.process, None
    assert process is not None
    assert reap(process) < 0, "it was not killed: too little to hand over"


def test_cut_off_while_the_hall_goes_on(tmp_path: Path) -> None:
    """One kiosk loses its wire, then its range, then its wire again in the middle of the hand-over."""
    with hall(tmp_path, rate=60) as branch, ExitStack() as stack:
        state = tmp_path / "devices" / "kiosk-1"
        wires = through_wires(stack, state)
        kiosk = stack.enter_context(BlindKiosk(state))
        other = stack.enter_context(BlindKiosk(tmp_path / "devices" / "kiosk-2"))
        assert kiosk.take("civil_status") == "H001"
        for wire in wires:
            wire.cut()
        kiosk.wait(lambda: kiosk.state.link == "gone")
        assert [kiosk.take("civil_status") for _ in range(3)] == ["H501", "H502", "H503"]
        assert other.take("civil_status") == "H002", "the others do not notice"
        assert isinstance(configure(branch, {"kiosk-2": KIOSKS["kiosk-2"]}), Done)
        refused = configure(branch, {"kiosk-2": (501, 599)})
        assert isinstance(refused, Refused)
        assert refused.code == "would_strand", "kiosk-1 may be giving them"
        assert kiosk.take("civil_status") == "H504"
        assert other.take("civil_status") == "H003"
        commands, views = wires
        commands.mend()
        commands.cut_after(HALF_A_HAND_OVER_BYTES)
        views.mend()
        until(lambda: commands.is_cut, "nothing goes through the wire")
        assert handed_over(branch) < len(kiosk.seen) - 1, "the wire is to be cut in the middle"
        commands.mend()
        kiosk.wait(lambda: kiosk.state.link == "up" and not kiosk.state.outbox)
        assert kiosk.state.refused == ()
        call_everybody(branch)
        branch.stop()
        seen = [*kiosk.seen, *other.seen]
    replayed = assert_the_log_is_what_citizens_saw(branch, seen)
    assert replayed.called() == [one.visit_id for one in sorted(seen, key=lambda one: one.taken_at)]


def through_wires(stack: ExitStack, state: Path) -> tuple[Relay, Relay]:
    """Lay a paired device's two wires through relays that can be cut: that of commands and that of views."""
    settings = LinkSettings.load(state)
    commands, views = Relay(settings.commands_address), Relay(settings.views_address)
    for wire in (commands, views):
        stack.callback(wire.close)
    msgspec.structs.replace(settings, commands_address=commands.address, views_address=views.address).save(state)
    return commands, views


def test_the_next_morning_old_numbers_are_told_to_the_technician(tmp_path: Path) -> None:
    """The server stays away until the day is over: nobody waits any more, and nothing is forgotten."""
    with hall(tmp_path, rate=60) as branch, BlindKiosk(tmp_path / "devices" / "kiosk-1") as kiosk:
        kiosk.on({"services"})
        branch.kill()
        kiosk.wait(lambda: kiosk.state.link == "gone")
        assert kiosk.take("civil_status") == "H501"
        branch.options[branch.options.index(MORNING)] = "2026-11-25T07:00:00+07:00"
        branch.start()
        kiosk.wait(lambda: kiosk.state.link == "up" and not kiosk.state.outbox)
        (refused,) = kiosk.state.refused
        assert (refused.prefix, refused.number, refused.code) == ("H", 501, "visit_too_old")
        with branch.technician() as technician:
            technician.watch("devices")
            until(lambda: "H501 visit_too_old" in str(technician.last_view("devices")), "the technician is not told")
        assert kiosk.take("civil_status") == "H001"
        branch.kill()
        kiosk.wait(lambda: kiosk.state.link == "gone")
        assert kiosk.take("civil_status") == "H501", "numbers begin anew with the day"
        branch.start()
        reconciled([kiosk])
