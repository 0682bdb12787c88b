"""Run a ticket kiosk: services on a touch screen, a number on the screen and on paper.

The kiosk asks its server by the key in its folder of state (see `motcua pair`). What it must not forget in a power cut
stands in the same folder. The printer is an address:

    tcp://10.0.0.9:9100                                   a printer in the network
    file:///dev/usb/lp0                                   a USB printer
    serial:///dev/serial/by-id/usb-printer?baud=115200    a serial one

So is the scanner, for tickets, receipts and citizen cards:

    serial:///dev/serial/by-id/usb-scanner-if00           a scanner in serial mode, which reads Vietnamese letters
    evdev:///dev/input/by-id/usb-scanner-event-kbd        a scanner in keyboard mode, which does not

A tactile keypad with a headset's socket lets who does not see the screen use it by keys and ears:

    --tactile-keypad evdev:///dev/input/by-id/usb-AudioNav-event-kbd --headset device://USB%20Audio
"""

import argparse
from pathlib import Path

from motcua.commands import Problem

CONFIG = Path(__file__).parents[2] / "config"
ROLL_LEAST_MM, ROLL_MOST_MM = 1_000.0, 1_000_000.0
"""Who gives less has written metres or the width of the paper."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `motcua kiosk`."""
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the kiosk's folder of state")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="DIR", help="the folder with texts/")
    parser.add_argument("--printer", default="", metavar="ADDRESS", help="the printer (default: none)")
    parser.add_argument(
        "--profile",
        default="generic_80mm",
        metavar="NAME|FILE.toml",
        help="its kind (default: generic_80mm); `motcua devices profiles` lists them",
    )
    parser.add_argument(
        "--roll-mm", type=float, metavar="MM", help="how long a fresh roll is (default: by the profile)"
    )
    parser.add_argument("--scanner", default="", metavar="ADDRESS", help="the scanner (default: none)")
    parser.add_argument(
        "--dossier-pattern", metavar="REGEX", help="the form of dossier codes (default: Decree 61/2018)"
    )
    parser.add_argument(
        "--appointment-pattern",
        metavar="REGEX",
        help="the form of appointment codes, with groups day, time, what (default: LH-yymmdd-hhmm-what)",
    )
    parser.add_argument("--tactile-keypad", default="", metavar="ADDRESS", help="the tactile keypad (default: none)")
    parser.add_argument(
        "--tactile-kind",
        default="audionav",
        metavar="NAME|FILE.toml",
        help="which of its keys does what (default: audionav)",
    )
    parser.add_argument(
        "--headset", default="", metavar="ADDRESS", help="the sound device of its headset, by name (default: no speech)"
    )
    parser.add_argument(
        "--piper",
        action="append",
        default=[],
        metavar="LANGUAGE=MODEL",
        help="have Piper speak this language to the headset by this model; may be given again (default: espeak-ng)",
    )
    parser.add_argument("--language", default="vi", metavar="CODE", help="the language to begin with (default: vi)")
    screen_arguments(parser, "1080x1920")


def screen_arguments(parser: argparse.ArgumentParser, size: str) -> None:
    """Add what every touch program can be told about its screen and its doors."""
    parser.add_argument("--size", default=size, metavar="WxH", help=f"the window (default: {size})")
    parser.add_argument("--fullscreen", action="store_true", help="take the whole screen")
    parser.add_argument("--headless", action="store_true", help="draw into memory, without a display")
    parser.add_argument("--touch-socket", type=Path, metavar="PATH", help="take the touches of a remote panel there")
    parser.add_argument("--witness-socket", type=Path, metavar="PATH", help="tell there what the screen really shows")
    parser.add_argument("--json", action="store_true", help="print one JSON line when the first frame is shown")


def size_of(text: str) -> tuple[int, int]:
    """Read `1080x1920`; raises Problem."""
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError as error:
        raise Problem(f"{text!r} is no size; write it as 1080x1920") from error
    return width, height


def roll_length(roll_mm: float | None) -> float | None:
    """Check the length of a roll; raises Problem."""
    if roll_mm is None or ROLL_LEAST_MM <= roll_mm <= ROLL_MOST_MM:
        return roll_mm
    raise Problem(f"--roll-mm {roll_mm:g} is no roll's length; give it in millimetres, as 80000 for a roll of 80 m")


def dossier_pattern(text: str | None) -> str:
    """Check the form of dossier codes, given as a regular expression; raises Problem."""
    import re

    from kiosk.ticket.scans import DOSSIER_PATTERN

    try:
        return re.compile(text or DOSSIER_PATTERN).pattern
    except re.error as error:
        where = "see docs/devices/scanners.md"
        raise Problem(f"--dossier-pattern {text!r} is no regular expression: {error}; {where}") from error


def appointment_pattern(text: str | None) -> str:
    """Check the form of appointment codes, given as a regular expression; raises Problem."""
    import re

    from kiosk.ticket.scans import APPOINTMENT_GROUPS, APPOINTMENT_PATTERN

    try:
        groups = set(re.compile(text or APPOINTMENT_PATTERN).groupindex)
    except re.error as error:
        where = "see docs/devices/scanners.md"
        raise Problem(f"--appointment-pattern {text!r} is no regular expression: {error}; {where}") from error
    needed = APPOINTMENT_GROUPS - {"priority"}
    if not needed <= groups <= APPOINTMENT_GROUPS:
        named = ", ".join(sorted(needed))
        raise Problem(f"--appointment-pattern {text!r} must name the groups {named}, and may name priority")
    return text or APPOINTMENT_PATTERN


def headset(address: str, keypad: str) -> str:
    """Check where the words for one ear go: a device that is named, so that no hall ever hears them; raises Problem."""
    if not address:
        return address
    if not keypad:
        raise Problem("--headset needs --tactile-keypad: without keys nobody can make it speak")
    scheme, _, name = address.partition("://")
    if scheme == "device" and name.partition("?")[0] in {"", "default"}:
        raise Problem(f"--headset {address!r} may be the hall's loudspeaker; name the headset's own device")
    if scheme not in {"device", "null", "file"}:
        raise Problem(f"--headset {address!r} is no sound address; write device://NAME (a space as %20)")
    return address


def speech_models(given: list[str]) -> tuple[tuple[str, Path], ...]:
    """Read `vi=/path/NAME.onnx`; raises Problem."""
    models = []
    for one in given:
        language, equals, model = one.partition("=")
        if not (language and equals and model):
            raise Problem(f"{one!r} names no voice; write --piper vi=/path/NAME.onnx")
        models.append((language, Path(model)))
    return tuple(models)


def run(arguments: argparse.Namespace) -> int:
    """Run the kiosk until it is told to end."""
    from kiosk.ticket.app import KioskSettings
    from kiosk.ticket.app import run as run_kiosk

    settings = KioskSettings(
        state=arguments.state,
        config=arguments.config,
        printer=arguments.printer,
        profile=arguments.profile,
        roll_mm=roll_length(arguments.roll_mm),
        scanner=arguments.scanner,
        dossier_pattern=dossier_pattern(arguments.dossier_pattern),
        appointment_pattern=appointment_pattern(arguments.appointment_pattern),
        tactile_keypad=arguments.tactile_keypad,
        tactile_kind=arguments.tactile_kind,
        headset=headset(arguments.headset, arguments.tactile_keypad),
        speech_models=speech_models(arguments.piper),
        size=size_of(arguments.size),
        full_screen=arguments.fullscreen,
        headless=arguments.headless,
        touch_socket=arguments.touch_socket,
        witness_socket=arguments.witness_socket,
        announce_ready=arguments.json,
        language=arguments.language,
    )
    try:
        run_kiosk(settings)
    except foreseen() as error:
        raise Problem(str(error)) from error
    except KeyError as error:
        raise Problem(str(error.args[0])) from error
    return 0


def foreseen() -> tuple[type[Exception], ...]:
    """Give what may stand in the way, imported only once something does: the first frame does not wait for it."""
    from hardware.registry import WrongAddress
    from presentation.mistakes import Mistakes
    from presentation.texts import TextsError
    from protocol.link import NotPaired, UnusableKey

    return (NotPaired, UnusableKey, WrongAddress, Mistakes, TextsError, FileNotFoundError)
