"""The table of printer faults in ``docs/devices/printers.md``: each row is tried from the citizen's touch to the paper.

A row runs over a real TCP port or pty. Waiting times are shortened by the profile's own data. In every row the paper
is asked at the end: no number issued twice, no second paper without its mark, nothing called confirmed that is torn.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware import registry
from hardware.printer import profile_named
from hardware.simulated.remote import Remote
from tests.support.devices import simulated_hall
from tests.support.fault_tables import DOCS, FaultTable
from tests.support.printer_desk import Desk
from tests.support.relay import Relay

QUICK: dict[str, Any] = {"rows_per_s": 8000, "margin_s": 0.5, "stall_s": 0.5, "reply_s": 0.5}
PRINTED, PRINTING = "kiosk.number.sit", "kiosk.print.printing"
OUT, COVER, OFF, UNKNOWN = (
    f"kiosk.print.{one}" for one in ("paper_out", "cover_open", "printer_off", "printer_unknown")
)
UNCERTAIN, REPRINTED = "kiosk.print.uncertain", "kiosk.print.reprinted"
Row = Callable[[Desk], None]
_ROWS: dict[str, tuple[str, str, dict[str, Any], Row]] = {}


def row(name: str, link: str, profile: str, **differently: Any) -> Callable[[Row], Row]:
    def keep(play: Row) -> Row:
        _ROWS[name] = (link, profile, differently, play)
        return play

    return keep


@row("paper near its end", "TCP", "tm_t82")
def _paper_near_its_end(desk: Desk) -> None:
    desk.fault("near_end")
    desk.take()
    desk.sees(PRINTED)
    desk.reports("degraded", "paper_low", detail=True)


@row("paper out before a ticket", "TCP", "tm_t82")
def _paper_out_before_a_ticket(desk: Desk) -> None:
    desk.fault("paper_out")
    desk.take()
    desk.sees(OUT)
    desk.reports("out", "paper_out")
    desk.fault("paper_out", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("paper out inside a ticket", "TCP", "xprinter_80")
def _paper_out_inside_a_ticket(desk: Desk) -> None:
    desk.fault("paper_out", after_rows=300)
    desk.take()
    desk.sees(OUT)
    desk.reports("out", "paper_out")
    desk.fault("paper_out", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("paper out inside a ticket, the citizen leaves", "TCP", "tm_t82")
def _paper_out_inside_a_ticket_the_citizen_leaves(desk: Desk) -> None:
    desk.fault("paper_out", after_rows=850)
    desk.take()
    desk.sees(OUT)
    desk.touch("done")
    desk.told_of("void")
    desk.fault("paper_out", on=False)
    desk.take()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("paper out inside a ticket still being sent, the citizen leaves", "serial", "tm_t82")
def _paper_out_inside_a_ticket_still_being_sent_the_citizen_leaves(desk: Desk) -> None:
    desk.fault("paper_out", after_rows=300)
    desk.take()
    desk.sees(OUT)
    desk.touch("done")
    desk.told_of("uncertain")
    desk.fault("paper_out", on=False)
    desk.take()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("paper out after a ticket", "serial", "tm_t82")
def _paper_out_after_a_ticket(desk: Desk) -> None:
    desk.take()
    desk.sees(PRINTED)
    desk.fault("paper_out")
    desk.reports("out", "paper_out")
    desk.take()
    desk.sees(OUT)
    desk.fault("paper_out", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("cover open inside a ticket", "serial", "tm_t88")
def _cover_open_inside_a_ticket(desk: Desk) -> None:
    desk.fault("cover_open", after_rows=300)
    desk.take()
    desk.sees(COVER)
    desk.reports("out", "cover_open")
    desk.fault("cover_open", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("cutter jam", "TCP", "tm_t81")
def _cutter_jam(desk: Desk) -> None:
    desk.fault("cutter_jam")
    desk.take()
    desk.sees(OFF)
    desk.reports("out", "cutter")
    desk.fault("cutter_jam", on=False)
    desk.printing.mended()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("off line", "TCP", "generic_80mm")
def _off_line(desk: Desk) -> None:
    desk.fault("off_line")
    desk.take()
    desk.sees(OFF)
    desk.reports("out", "off_line")
    desk.fault("off_line", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("silent clone", "serial", "generic_80mm")
def _silent_clone(desk: Desk) -> None:
    desk.fault("silent")
    desk.take()
    desk.sees(UNKNOWN)
    desk.reports("unknown", "printer_silent")
    desk.fault("silent", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


@row("silent clone, known to be mute", "serial", "mute_80mm")
def _silent_clone_known_to_be_mute(desk: Desk) -> None:
    desk.fault("silent")
    desk.take()
    desk.sees(UNCERTAIN)
    desk.reports("unknown", "mute")
    desk.paper_comes()


@row("garbage replies from within a ticket", "TCP", "xprinter_80", held_limit_s=4.0)
def _garbage_replies_from_within_a_ticket(desk: Desk) -> None:
    desk.fault("garbage", after_rows=300)
    desk.take()
    desk.sees(UNCERTAIN, timeout_s=30)
    desk.fault("garbage", on=False)
    desk.touch("done")
    desk.take()
    desk.sees(PRINTED, timeout_s=30)
    desk.reports("ok", timeout_s=30)


@row("replies one byte at a time", "serial", "rongta_80", reply_s=2.0)
def _replies_one_byte_at_a_time(desk: Desk) -> None:
    desk.fault("dribbling")
    desk.take()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("9600 baud, 58 mm", "serial, paced", "generic_58mm", margin_s=4.0, stall_s=3.0, rows_per_s=600)
def _at_9600_baud_58_mm(desk: Desk) -> None:
    desk.take()
    desk.sees(PRINTING)
    desk.sees(PRINTED, timeout_s=110)
    desk.reports("ok")


@row("cable cut inside a ticket, all swallowed by the kernel", "TCP", "tm_t82", held_limit_s=4.0)
def _cable_cut_inside_a_ticket_all_swallowed_by_the_kernel(desk: Desk) -> None:
    desk.between.cut_after(20_000)
    desk.take()
    desk.sees(UNKNOWN)
    desk.reports("unknown", "printer_silent")
    desk.sees(UNCERTAIN)
    desk.touch("reprint")
    desk.reports("gone", "unreachable")
    desk.between.mend()
    desk.sees(REPRINTED, timeout_s=30)
    desk.reports("ok")


@row("cable cut inside a ticket", "serial", "tm_t82")
def _cable_cut_inside_a_ticket(desk: Desk) -> None:
    desk.fault("stalled", after_rows=300)
    desk.take()
    desk.sees(OFF)
    desk.fault("unplugged")
    desk.sees(UNCERTAIN)
    desk.reports("gone", "unreachable")
    desk.touch("reprint")
    desk.fault("stalled", on=False)
    desk.fault("unplugged", on=False)
    desk.sees(REPRINTED)
    desk.reports("ok")


@row("power lost and back inside a ticket", "TCP", "tm_t82")
def _power_lost_and_back_inside_a_ticket(desk: Desk) -> None:
    desk.fault("stalled", after_rows=300)
    desk.take()
    desk.sees(UNKNOWN)
    desk.fault("unplugged")
    desk.fault("switched_off")
    desk.sees(UNCERTAIN)
    desk.reports("gone", "unreachable")
    desk.touch("reprint")
    desk.fault("stalled", on=False)
    desk.fault("switched_off", on=False)
    desk.fault("unplugged", on=False)
    desk.sees(REPRINTED)
    desk.reports("ok")


@row("power lost for 0.6 s inside a ticket", "serial, paced", "xprinter_80", margin_s=2.0, rows_per_s=1500)
def _power_lost_for_0_6_s_inside_a_ticket(desk: Desk) -> None:
    lost = round(0.6 * PACED["power lost for 0.6 s inside a ticket"])  # In bytes: a busy machine has no exact 0.6 s.
    desk.fault("switched_off", after_rows=300, for_bytes=lost)
    desk.take()
    desk.sees(UNCERTAIN, timeout_s=40)
    desk.touch("reprint")
    desk.sees(REPRINTED, timeout_s=40)
    desk.reports("ok", timeout_s=30)


@row("two programs on one port", "serial", "tm_t82")
def _two_programs_on_one_port(desk: Desk) -> None:
    desk.take()
    desk.sees(OFF)
    desk.reports("out", "in_use")
    desk.between.close()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("two programs on one printer", "TCP", "generic_80mm")
def _two_programs_on_one_printer(desk: Desk) -> None:
    desk.take()
    desk.sees(UNKNOWN)
    desk.reports("unknown", "printer_silent")
    desk.between.close()
    desk.sees(PRINTED)
    desk.reports("ok")


@row("gone at the start, back later", "TCP", "tm_t82")
def _gone_at_the_start_back_later(desk: Desk) -> None:
    desk.take()
    desk.sees(OFF)
    desk.reports("gone", "unreachable")
    desk.fault("unplugged", on=False)
    desk.sees(PRINTED)
    desk.reports("ok")


TABLE = FaultTable(
    DOCS / "devices" / "printers.md",
    "printer-faults",
    ("fault", "link", "profile", "the citizen reads", "the job ends as", "the technician reads", "paper"),
    tuple(_ROWS),
)
SLOW_ROWS = {"9600 baud, 58 mm"}  # A whole ticket at its real pace.
PACED = {"9600 baud, 58 mm": 960.0, "power lost for 0.6 s inside a ticket": 11_520.0}
WIDTHS = {"9600 baud, 58 mm": 384}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Remote]]:
    folder = tmp_path_factory.mktemp("hall")
    printers = []
    for number, (name, (link, _, _, _)) in enumerate(_ROWS.items()):
        entry: dict[str, Any] = {"name": name, "rows_per_s": 8000, "width_dots": WIDTHS.get(name, 576)}
        entry["address"] = "tcp://127.0.0.1:0" if link.startswith("TCP") else f"pty:{folder}/port-{number}"
        entry["tear_bar"] = name in WIDTHS
        entry["bytes_per_s"] = PACED.get(name, 0.0)
        printers.append(entry)
    with simulated_hall(folder, printers=printers) as ready:
        yield ready


@contextmanager
def _between(name: str, address: str, control: Remote) -> Iterator[tuple[str, Any]]:
    """Put what a row needs between kiosk and printer; gives the kiosk's address, and the thing itself."""
    with ExitStack() as stack:
        thing: Any = None
        match name:
            case "cable cut inside a ticket, all swallowed by the kernel":
                thing = stack.enter_context(closing(Relay(address)))
                address = thing.address
            case "two programs on one port":
                thing = stack.enter_context(closing(registry.find(address).open()))
            case "two programs on one printer":
                host, _, port = address.removeprefix("tcp://").rpartition(":")
                thing = stack.enter_context(closing(socket.create_connection((host, int(port)))))
            case "gone at the start, back later":
                control.order("fault", device=name, fault="unplugged")
            case "9600 baud, 58 mm":
                address = address.replace("115200", "9600")
        yield address, thing


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW_ROWS else []) for name in _ROWS]
)
def test_whatever_breaks_no_number_is_doubled_and_no_paper_is_claimed(
    name: str, hall: tuple[dict[str, Any], Remote], tmp_path: Path, write_tables: bool
) -> None:
    addresses, control = hall
    link, profile, differently, play = _ROWS[name]
    shortened = replace(profile_named(profile), **{**QUICK, **differently})
    with _between(name, addresses["printers"][name], control) as (address, thing):
        desk = Desk(control, name, address, shortened, tmp_path / "printer", between=thing)
        try:
            play(desk)
        finally:
            desk.close()
    paper = desk.judge()
    ends = ", ".join(desk.job_states())
    cells = (name, link, profile, " → ".join(desk.citizen), ends, " → ".join(desk.technician), paper)
    TABLE.hold(cells, write=write_tables)


def test_the_table_has_every_row() -> None:
    TABLE.complete()
