"""What `make qemu-devices` proves, told line by line: drivers of ours and of the kernel on devices made of nothing.

Runs as root inside the guest, whose kernel has USB, input devices and udev; on any other machine it would plug devices
into it. Each proof is a function; its return value is what was seen.
"""

import errno
import fcntl
import grp
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import zxingcpp
from PIL import Image

from hardware import registry
from hardware.codecs.hid_keypad import CALL_KEYS, HidKeypad, key_table
from hardware.codecs.input_event import KEY_CODES, EventDecoder
from hardware.codecs.scan import Scanned, ScanSettings
from hardware.evdev import EVIOCGRAB, describe, open_evdev
from hardware.inputs import InputOwner, KeypadSource, SourceHealth, scans_of
from hardware.links import LinkGone
from hardware.printer import JobState, PrinterOwner, profile_named
from hardware.simulated.printer import PrinterConfig, PrinterModel
from hardware.ticket import ticket_bytes
from tests.devices.test_ticket import TICKET
from tests.qemu.usb_ip import FtdiAdapter, Keyboard, Printer, SerialScanner
from tests.support.cards import CARD
from tests.support.devices import Heard

PATIENCE_S = 40.0
"""The guest's processor is a program: everything takes some ten times as long."""

BY_ID = Path("/dev/input/by-id/usb-SIGMACHIP_USB_keypad_K0001-event-kbd")
SCANNER_ID = Path("/dev/serial/by-id/usb-Datalogic_simulated_Scanner_S0001-if00")
ADAPTER_ID = Path("/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A0001-if00-port0")
KEYPAD_ENTER, KEYPAD_4 = 0x58, 0x5C

T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something, and give it."""
    deadline_s = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline_s, f"waited {PATIENCE_S:g} s for {what}"
        pause.wait(0.05)


def there(path: Path) -> Path:
    """Wait for a device node, and for udev to have done with it."""
    until(lambda: path.exists() or None, str(path))
    subprocess.run(["udevadm", "settle", "--timeout=30"], check=True)
    return path


def gone(path: Path) -> None:
    """Wait until a node is away."""
    until(lambda: not path.exists() or None, f"{path} to go")


def rights(path: Path) -> str:
    """Give group and mode of a node."""
    node = path.resolve()
    return f"{node} {grp.getgrgid(node.stat().st_gid).gr_name} {node.stat().st_mode & 0o777:o}"


def healths(heard: Heard) -> list[bool]:
    """Give what an owner told of its device's coming and going."""
    return [one.is_open for one in heard.all if isinstance(one, SourceHealth)]


# --- Keypads and scanners that type ----------------------------------------------------------------------------------


def a_keypad_has_a_name_that_stays_and_a_group() -> str:
    """udev, by Debian's rules and ours."""
    with Keyboard():
        seen = rights(there(BY_ID))
        assert seen.endswith("input 660"), seen
        with BY_ID.open("rb") as node:
            device = describe(node.fileno())
        assert device.name == "SIGMACHIP USB keypad", device
        assert {96, 75} <= device.keys
    gone(BY_ID)
    return f"{BY_ID.name} -> {seen}; it calls itself {device.name!r}"


def keys_are_grabbed_and_reach_nobody_else() -> str:
    """EVIOCGRAB by our reader; the kernel's answer to the next one."""
    with Keyboard() as keyboard:
        there(BY_ID)
        stranger = os.open(BY_ID, os.O_RDONLY | os.O_NONBLOCK)
        heard = Heard()
        owner = InputOwner(registry.find(f"evdev://{BY_ID}").open, KeypadSource(HidKeypad(key_table(CALL_KEYS))), heard)
        try:
            heard.wait(lambda _: healths(heard) == [True], PATIENCE_S)
            try:
                fcntl.ioctl(stranger, EVIOCGRAB, 1)
            except OSError as error:
                second = error.errno
            assert second == errno.EBUSY
            outsider = outside_witness(BY_ID)
            assert "This device is grabbed by another process." in outsider, outsider
            try:
                open_evdev(str(BY_ID))
            except LinkGone as refused:
                said = refused.what
            assert said == "another program holds the device"
            keyboard.tap(KEYPAD_4)
            keyboard.tap(KEYPAD_ENTER)
            heard.wait(lambda news: news[-2:] == ["4", "N"], PATIENCE_S)
            try:
                os.read(stranger, 24)
            except BlockingIOError:
                quiet = True
            assert quiet
        finally:
            owner.close()
            os.close(stranger)
    gone(BY_ID)
    names = dict(re.findall(r"Event code (\d+) \((KEY_\w+)\)", outsider))
    ours = {str(code): name for name, code in KEY_CODES.items()}
    assert names.keys() >= {"96", "75", "78"}, outsider
    assert all(ours[code] == name for code, name in names.items() if code in ours), names
    told = f"a second grab: [Errno {second}] Device or resource busy"
    return f"'4', 'N' came to us, nothing to another reader; {told}; evtest says it is grabbed, and names keys as we do"


def outside_witness(path: Path) -> str:
    """Have evtest, a program by others, look at a device; it reads on until it is ended."""
    ended = ["timeout", "--signal=INT", "10", "evtest", str(path)]
    done = subprocess.run(ended, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def a_key_held_down_repeats_in_the_kernel_and_not_with_us() -> str:
    """The kernel's own repeats, value 2."""
    with Keyboard() as keyboard:
        there(BY_ID)
        link = open_evdev(str(BY_ID))
        try:
            keyboard.press(KEYPAD_ENTER)
            data = until(lambda: collected(link.read(1.0), data_so_far, enough=6), "repeats of a held key")
            keyboard.release()
        finally:
            link.close()
            data_so_far.clear()
        values = [event.value for event in EventDecoder().feed(data) if event.kind == 1]
        at_s = EventDecoder().feed(data)[0].at_s
        assert abs(at_s - time.monotonic()) < PATIENCE_S, "the times are those of the steady clock"
        assert values[0] == 1
        assert values.count(2) >= 3, values
        assert HidKeypad(key_table(CALL_KEYS)).feed(data) == ["N"]
    gone(BY_ID)
    return f"the kernel told {values.count(2)} repeats, the keypad one press"


data_so_far = bytearray()


def collected(data: bytes, so_far: bytearray, *, enough: int) -> bytes | None:
    """Gather records until there are enough reports."""
    so_far += data
    return bytes(so_far) if len(so_far) >= enough * 48 else None


def a_pulled_plug_is_told_and_a_keypad_that_is_back_is_taken_again() -> str:
    """ENODEV, and the same name after another enumeration."""
    heard = Heard()
    keyboard = Keyboard()
    keyboard.plug()
    owner = None
    try:
        there(BY_ID)
        link = open_evdev(str(BY_ID))
        keyboard.unplug()
        try:
            while True:
                link.read(PATIENCE_S)
        except LinkGone as away:
            said = away.what
        link.close()
        assert said.endswith("No such device"), said
        gone(BY_ID)
        keyboard.plug()
        there(BY_ID)
        owner = InputOwner(registry.find(f"evdev://{BY_ID}").open, KeypadSource(HidKeypad(key_table(CALL_KEYS))), heard)
        heard.wait(lambda _: healths(heard) == [True], PATIENCE_S)
        keyboard.unplug()
        heard.wait(lambda _: healths(heard) == [True, False], PATIENCE_S)
        keyboard.plug()
        began_s = time.monotonic()
        heard.wait(lambda _: healths(heard) == [True, False, True], PATIENCE_S)
        back_s = time.monotonic() - began_s
        keyboard.tap(KEYPAD_ENTER)
        heard.wait(lambda news: news[-1] == "N", PATIENCE_S)
    finally:
        if owner is not None:
            owner.close()
        keyboard.unplug()
    gone(BY_ID)
    return f"{said}; told once as gone, once as back, {back_s:.1f} s after the plug; then a key"


HID_SIGNS = {
    **{chr(ord("a") + place): (4 + place, False) for place in range(26)},
    **{chr(ord("A") + place): (4 + place, True) for place in range(26)},
    **{digit: (0x1E + place, False) for place, digit in enumerate("1234567890")},
    "\r": (0x28, False),
    "|": (0x31, True),
    " ": (0x2C, False),
    ",": (0x36, False),
}
"""USB's own codes for the keys (HID usage tables, page 7), which the kernel turns into its own."""


def a_scanner_that_types_is_read_whole() -> str:
    """Boot reports through usbhid and evdev to one scan."""
    code = "".join(sign for sign in CARD + "\r" if sign in HID_SIGNS)
    with Keyboard() as keyboard:
        there(BY_ID)
        device = registry.find(f"evdev://{BY_ID}")
        heard = Heard()
        # A processor of software pauses longer between two keys than any scanner.
        owner = InputOwner(device.open, scans_of(device, ScanSettings(idle_s=5.0)), heard)
        try:
            heard.wait(lambda _: healths(heard) == [True], PATIENCE_S)
            for sign in code:
                usage, shift = HID_SIGNS[sign]
                keyboard.tap(usage, shift=shift)
            (scan,) = heard.wait(lambda news: [one for one in news if isinstance(one, Scanned)], PATIENCE_S)
        finally:
            owner.close()
    gone(BY_ID)
    assert scan.text.reveal() == code.rstrip("\r")
    return f"{len(code)} keys, one scan, told as {scan.text!r}"


# --- Serial ports ----------------------------------------------------------------------------------------------------


def a_scanner_at_a_serial_port_is_set_up_and_read() -> str:
    """cdc_acm: line coding, modem lines, bytes, and a pulled plug."""
    device = registry.find(f"serial://{SCANNER_ID}?baud=19200&parity=E&stop_bits=2")
    heard = Heard()
    scanner = SerialScanner()
    scanner.plug()
    owner = None
    try:
        seen = rights(there(SCANNER_ID))
        assert seen.endswith("dialout 660"), seen
        owner = InputOwner(device.open, scans_of(device), heard)
        heard.wait(lambda _: healths(heard) == [True], PATIENCE_S)
        line = struct.unpack("<IBBB", scanner.line)
        assert line == (19200, 2, 2, 8), line
        lines_up = scanner.lines_up
        scanner.scan(CARD.encode() + b"\r")
        (scan,) = heard.wait(lambda news: [one for one in news if isinstance(one, Scanned)], PATIENCE_S)
        assert scan.text.reveal() == CARD
        scanner.unplug()
        heard.wait(lambda _: healths(heard) == [True, False], PATIENCE_S)
        gone(SCANNER_ID)
        scanner.plug()
        heard.wait(lambda _: healths(heard) == [True, False, True], PATIENCE_S)
        scanner.scan(b"H001\r")
        heard.wait(lambda news: isinstance(news[-1], Scanned), PATIENCE_S)
    finally:
        if owner is not None:
            owner.close()
        scanner.unplug()
    gone(SCANNER_ID)
    return f"{seen}; 19200 8E2, lines {lines_up:#x} at the device; {scan.text!r}; unplugged, back, read again"


def an_adapters_latency_timer_is_set_by_the_rule() -> str:
    """ftdi_sio and our udev rule."""
    with FtdiAdapter() as adapter:
        seen = rights(there(ADAPTER_ID))
        timer = Path("/sys/class/tty") / ADAPTER_ID.resolve().name / "device" / "latency_timer"
        until(lambda: adapter.latency_ms == 1 or None, "the adapter to be told 1 ms")
        assert timer.read_text().strip() == "1"
        facts = subprocess.run(["udevadm", "info", str(ADAPTER_ID)], check=True, capture_output=True, text=True).stdout
        assert "ID_MM_DEVICE_IGNORE=1" in facts
    gone(ADAPTER_ID)
    return f"{seen}; the chip was told 1 ms, ModemManager to keep off"


# --- The printer -----------------------------------------------------------------------------------------------------


class PrinterAtUsb:
    """The simulated printer behind a USB cable."""

    def __init__(self) -> None:
        self.model = PrinterModel(PrinterConfig())
        self.usb = Printer(self._printed)

    def _printed(self, data: bytes) -> None:
        while data:
            room = max(1, min(self.model.room, len(data)))
            self.model.receive(data[:room], time.monotonic())
            data = data[room:]
            if self.model.replies:
                said, self.model.replies = self.model.replies, b""
                self.usb.say(said)

    def texts(self) -> list[str]:
        """Give what the codes on its tickets say."""
        found = []
        for ticket in self.model.tickets:
            dots = b"".join(ticket.rows).translate(bytes(255 - byte for byte in range(256)))
            picture = Image.frombytes("1", (ticket.width_dots, len(ticket.rows)), dots).convert("L")
            found += [code.text for code in zxingcpp.read_barcodes(picture)]
        return found


def a_ticket_is_printed_through_usblp_and_confirmed() -> str:
    """The printer's owner at /dev/usb/lp0, with a plug pulled between two tickets."""
    node = Path("/dev/usb/lp0")
    paper = PrinterAtUsb()
    profile = profile_named("tm_t82")
    body = ticket_bytes(TICKET, profile.width_dots, profile.feed_units_per_dot)
    heard = Heard()
    paper.usb.plug()
    with tempfile.TemporaryDirectory() as folder:
        # The node is there before udev has given it away.
        until(lambda: (node.exists() and rights(node).endswith("lp 660")) or None, f"{node} to belong to the group lp")
        seen = rights(node)
        owner = PrinterOwner(registry.find(f"file://{node}").open, profile, Path(folder) / "jobs.db", heard)
        try:
            began_s = time.monotonic()
            owner.submit("job-1", "visit-1", body)
            first = settled(heard, "job-1")
            took_s = time.monotonic() - began_s
            paper.usb.unplug()
            gone(node)
            owner.submit("job-2", "visit-2", body)
            heard.wait(lambda news: [one for one in news if one.job_id == "job-2" and one.state == "held"], PATIENCE_S)
            paper.usb.plug()
            second = settled(heard, "job-2")
        finally:
            owner.close()
            paper.usb.unplug()
    gone(node)
    assert [first.state, second.state] == [JobState.CONFIRMED] * 2, [first, second]
    codes = paper.texts()
    assert codes == [TICKET.qr_text] * 2, codes
    told = f"{len(body)} bytes confirmed in {took_s:.1f} s; unplugged: held, back: confirmed"
    return f"{seen}; {told}; {len(codes)} codes read"


def settled(heard: Heard, job_id: str) -> Any:
    """Wait for the last word about a job."""
    return heard.wait(lambda news: [one for one in news if one.settled and one.job_id == job_id], PATIENCE_S)[0]


PROOFS: tuple[Callable[[], str], ...] = (
    a_keypad_has_a_name_that_stays_and_a_group,
    keys_are_grabbed_and_reach_nobody_else,
    a_key_held_down_repeats_in_the_kernel_and_not_with_us,
    a_pulled_plug_is_told_and_a_keypad_that_is_back_is_taken_again,
    a_scanner_that_types_is_read_whole,
    a_scanner_at_a_serial_port_is_set_up_and_read,
    an_adapters_latency_timer_is_set_by_the_rule,
    a_ticket_is_printed_through_usblp_and_confirmed,
)


def main() -> int:
    """Give each proof its turn, and 0 when all hold."""
    failed = 0
    for proof in PROOFS:
        try:
            print(f"proved  {proof.__name__}: {proof()}", flush=True)  # noqa: T201 -- the guest's console is the report.
        except Exception:  # noqa: BLE001 -- told, counted, and the next proof is tried.
            failed += 1
            print(f"FAILED  {proof.__name__}\n{traceback.format_exc()}", flush=True)  # noqa: T201 -- the same.
    print(f"{len(PROOFS) - failed} passed, {failed} failed", flush=True)  # noqa: T201 -- the same.
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
