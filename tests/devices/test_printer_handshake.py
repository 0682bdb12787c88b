"""How a serial printer makes us wait: by the bytes XON and XOFF, which we obey, or by lines, which Linux obeys."""

import termios
from dataclasses import replace

import pytest

from hardware import registry
from hardware.printer import profile_named
from tests.devices.test_links import Pty
from tests.devices.test_printer_rules import BODY, Talk, _job

XOFF, XON = "13", "11"
SERIAL = replace(profile_named("xprinter_80").on_wire(11_520.0), pulse_bytes=0)


def begun() -> Talk:
    """Give a dialogue that has handed over the first piece of a ticket, and no more."""
    talk = Talk(SERIAL)
    talk.submit(_job(body=BODY))
    for answer in ("12", "12", "12"):
        talk.hear(answer)
    talk.news += talk.dialogue.received(bytes.fromhex("12"), talk.now_s)
    piece = talk.dialogue.to_write()
    assert piece, "the ticket begins"
    talk.said += piece
    talk.news += talk.dialogue.wrote(len(piece), talk.now_s)
    return talk


def test_nothing_goes_between_xoff_and_xon_and_nothing_is_lost_or_doubled() -> None:
    talk = begun()
    before = len(talk.said)
    talk.hear(XOFF)
    assert talk.dialogue.to_write() == b""
    assert len(talk.said) == before
    talk.hear(XON)
    assert BODY in talk.said
    assert talk.said.count(BODY[:8]) == 1
    assert talk.states()[-1] == "sent"


def test_a_printer_that_does_not_say_xon_again_holds_the_ticket_and_goes_on_when_it_does() -> None:
    talk = begun()
    talk.hear(XOFF)
    talk.later(SERIAL.stall_s + 1.0)
    assert talk.states()[-1] == "held:stalled"
    talk.hear(XON)
    assert "sending" in talk.states()[talk.states().index("held:stalled") :]
    assert talk.states()[-1] == "sent"
    assert talk.said.count(BODY[:8]) == 1


@pytest.mark.parametrize(("flow", "by_lines"), [("", False), ("&flow=none", False), ("&flow=hardware", True)])
def test_an_address_with_hardware_flow_has_linux_obey_the_lines(flow: str, by_lines: bool) -> None:
    """A pty has no lines, but it keeps what was asked of it. XON and XOFF are never left to Linux."""
    pty = Pty()
    link = registry.find(f"serial://{pty.path}?baud=115200{flow}").open()
    try:
        taken_in, _, control, *_ = termios.tcgetattr(link.fileno())
        assert bool(control & termios.CRTSCTS) == by_lines
        assert not taken_in & (termios.IXON | termios.IXOFF)
    finally:
        link.close()
        pty.close()
