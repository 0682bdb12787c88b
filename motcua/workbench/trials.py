"""The tests of `motcua devices`: paper, keys, displays, and a word with the printer of a kiosk that runs."""

import argparse
import json
import math
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from motcua.commands import Problem

if TYPE_CHECKING:
    from motcua.workbench.checks import Check
    from motcua.workbench.raw import Event, Frame
    from motcua.workbench.wires import Changed, Place, Pressed
    from presentation.texts import Words

CONFIG = Path(__file__).parents[2] / "config"

PRINTER_WORDS: Final = {
    "status": {"ask": "printer"},
    "mended": {"order": "mended"},
    "roll-changed": {"order": "roll_changed"},
}


def language_of(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add whose words are read and printed."""
    parser.add_argument("--language", default="vi", metavar="CODE", help="of what is printed and told (default: vi)")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="DIR", help="the folder with texts/")
    return parser


def configure_wire(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add where a bare device hangs."""
    parser.add_argument("address", metavar="ADDRESS", help="the wire, or a keypad at USB (evdev://…)")
    parser.add_argument("--protocol", default="reference", metavar="NAME", help="its language (default: reference)")
    parser.add_argument("--slave", type=int, default=1, metavar="N", help="its address on the wire (default: 1)")
    parser.add_argument("--preset", default="", metavar="NAME", help="for protocols with a device file that ships")
    parser.add_argument("--file", default="", metavar="PATH", help="for protocols with a device file of your own")
    return language_of(parser)


def configure_keys(parser: argparse.ArgumentParser) -> None:
    """Add what the keys of a keypad are, and how to hear an unknown one."""
    parser.add_argument(
        "--agent", type=Path, metavar="DIR",
        help="an agent's folder: ADDRESS is then a function of its agent.toml, tried with the keys declared there",
    )  # fmt: skip
    parser.add_argument(
        "--kind", choices=("call_keypad", "rating_keypad"), default="call_keypad", help="of a keypad at USB"
    )
    parser.add_argument(
        "--key", action="append", default=[], metavar="KEY_F1=N", help="what a key at USB sends; may be given again"
    )
    parser.add_argument("--raw", action="store_true", help="of an unknown keypad: all bytes or codes that come")
    parser.add_argument(
        "--send", default="", metavar="HEX", help="with --raw: its maker's question, asked again and again"
    )
    parser.add_argument("--every-ms", type=int, default=200, metavar="MS", help="with --send: how often (default: 200)")


def _words(arguments: argparse.Namespace) -> "Words":
    from motcua.workbench.words import words_of

    return words_of(arguments.config, arguments.language)


def _tell(arguments: argparse.Namespace, text: str) -> None:
    if not arguments.json:
        print(text, flush=True)


# --- Printers ---------------------------------------------------------------------------------------------------------


def test_print(arguments: argparse.Namespace) -> int:
    """Print a test ticket."""
    from motcua.workbench.printing import print_trial
    from motcua.workbench.words import world_text

    words = _words(arguments)
    now = datetime.now(UTC)  # noqa: TID251 -- the paper tells the hour of this machine.
    printed = print_trial(
        arguments.address, arguments.profile, words, now, deadline_s=arguments.deadline_s,
        tell=lambda outcome: _tell(arguments, world_text(words, f"job.{outcome.state}", outcome.reason)),
    )  # fmt: skip
    if arguments.json:
        told = {"state": printed.state, "reason": printed.reason, "took_ms": round(printed.took_s * 1000)}
        print(json.dumps({**told, "profile": arguments.profile, "address": arguments.address}))
    elif printed.needs_eyes:
        print(words("workbench.print_unseen"))
    elif printed.is_good:
        seconds = f"{printed.took_s:.1f}".replace(".", words("format.decimal"))
        print(words("workbench.print_good", seconds=seconds))
    else:
        print(words("workbench.print_bad", state=world_text(words, f"job.{printed.state}", printed.reason)))
    return 0 if printed.is_good else 1


def printer(arguments: argparse.Namespace) -> int:
    """Speak with the printer of a kiosk that runs on this machine."""
    from motcua.workbench.printer_door import tell_printer

    words = _words(arguments)
    if arguments.address:
        return _mended(arguments, words)
    told = tell_printer(arguments.state, PRINTER_WORDS[arguments.word], deadline_s=arguments.deadline_s)
    if arguments.json:
        print(json.dumps(told))
        return 0
    if arguments.word == "mended":
        print(words("workbench.printer_told"))
    elif arguments.word == "roll-changed":
        print(words("workbench.roll_noted"))
    reason, left = told["reason"], told["tickets_left"]
    state = words(f"device_state.{told['state']}")
    why = f"; {words(f'workbench.printer.{reason}')}" if reason else ""
    used, whole = (
        text.replace(".", words("format.decimal"))
        for text in (f"{told['paper_used_mm'] / 1000:.1f}", f"{told['roll_mm'] / 1000:g}")
    )
    foretold = words("workbench.tickets_unknown") if left is None else words("workbench.tickets_left", count=left)
    print(words("workbench.printer_state", state=state + why))
    print(words("workbench.printer_jobs", count=told["jobs_unfinished"]))
    print(words("workbench.printer_roll", used=used, whole=whole, left=foretold))
    return 0


def _mended(arguments: argparse.Namespace, words: "Words") -> int:
    """Tell a printer that no kiosk holds that its jam is mended. Raises Problem, WrongAddress."""
    from motcua.workbench.printing import say_mended

    if arguments.word != "mended":
        raise Problem(f"{arguments.word} is asked of a kiosk: give its --state, or use test-print")
    say_mended(arguments.address)
    told = {"address": arguments.address, "said": "mended"}
    print(json.dumps(told) if arguments.json else words("workbench.mended_said"))
    return 0


# --- Keys -------------------------------------------------------------------------------------------------------------


def key_test(arguments: argparse.Namespace) -> int:
    """Tell each key of a keypad; or all that an unknown one sends."""
    if arguments.raw:
        return _raw_test(arguments)
    from motcua.workbench.wires import Pressed, keys_of

    words = _words(arguments)
    place, meanings = _keypad(arguments)
    _tell(arguments, words("workbench.press_each"))
    keys, present = 0, False
    with _until_told():
        for told in keys_of(place, seconds=math.inf if arguments.seconds is None else arguments.seconds):
            at = datetime.now(UTC)  # noqa: TID251 -- people compare it with what their finger just did.
            is_key = isinstance(told, Pressed)
            keys, present = keys + is_key, is_key or (not isinstance(told, Pressed) and told.present)
            line, text = _told(told, words, meanings)
            print(json.dumps({"at": at.isoformat(), **line}) if arguments.json else f"{_stamp(at)}  {text}", flush=True)
    _tell(arguments, words("workbench.keys_counted", count=keys))
    return 0 if present else 1


def _told(told: "Pressed | Changed", words: "Words", meanings: dict[str, str]) -> tuple[dict[str, object], str]:
    from motcua.workbench.commissioning import meaning_text
    from motcua.workbench.wires import Changed
    from motcua.workbench.words import world_text

    if isinstance(told, Changed):
        what = world_text(words, f"wire.{told.word}", detail=told.detail)
        return {"present": told.present, "reason": told.word, "what": what}, what
    line: dict[str, object] = {"key": told.key, "number": told.number, "is_named": told.is_named}
    if not told.is_named:
        return line, words("workbench.key_unnamed", key=told.key)
    meaning = meaning_text(words, meanings.get(told.key, ""))
    text = (
        words("workbench.key_meaning", key=told.key, meaning=meaning)
        if meaning
        else words("workbench.key", key=told.key)
    )
    number = "" if told.number is None else f"  {words('workbench.press_number', number=told.number)}"
    return line, text + number


def _keypad(arguments: argparse.Namespace) -> "tuple[Place, dict[str, str]]":
    """Say which keypad is meant, and what its keys mean as far as a file says it. Raises Problem."""
    from motcua.workbench.raw import usb_keys_of
    from motcua.workbench.replug import place_of
    from motcua.workbench.wires import Place

    if arguments.agent is not None:
        check = _check_of(arguments.agent, arguments.address, arguments.slave)
        return place_of(check), check.meanings
    return Place(
        arguments.address, arguments.slave, arguments.protocol, arguments.preset, arguments.file,
        arguments.kind, usb_keys_of(arguments.key),
    ), {}  # fmt: skip


def _check_of(folder: Path, wanted: str, slave: int) -> "Check":
    """Find a keypad of an agent by the name of its function, or by where it is. Raises Problem."""
    from hardware.agent.functions import load_functions
    from hardware.agent.settings import WrongSettings, load_settings
    from motcua.workbench.checks import Unknown, checks_of_agent

    kinds = {one.function_id: one.kind for one in load_functions(folder)}
    try:
        checks = checks_of_agent(load_settings(folder), kinds)
    except (WrongSettings, Unknown) as problem:
        raise Problem(str(problem)) from problem
    keypads = [check for check in checks if check.keys]
    for check in keypads:
        if wanted == check.check_id or (wanted == check.address and check.slave in {0, slave}):
            return check
    names = ", ".join(check.check_id for check in keypads)
    raise Problem(f"{folder}: no keypad {wanted!r} stands in its agent.toml; there are: {names or 'none'}")


def _raw_test(arguments: argparse.Namespace) -> int:
    """Show all that comes, then the lines of a file of settings that follow from it."""
    from motcua.workbench.raw import FRAMES_KEPT, Event, declared_hint, listen, question_of, usb_hint

    words = _words(arguments)
    seconds = math.inf if arguments.seconds is None else arguments.seconds
    question, every_s = question_of(arguments.send), max(0.02, arguments.every_ms / 1000)
    _tell(arguments, words("workbench.raw_listening"))
    names: list[str] = []
    frames: list[bytes] = []
    last, repeated, repeats = b"", 0, False
    with _until_told():
        for told in listen(arguments.address, seconds=seconds, question=question, every_s=every_s):
            if isinstance(told, Event):
                names += [told.key] if told.is_press else []
                _print_raw(arguments, told)
                continue
            if told.data == last and not arguments.json:
                repeated, repeats = repeated + 1, repeats or not question
                continue
            if repeated:
                _tell(arguments, f"              {words('workbench.raw_again', count=repeated + 1)}")
            last, repeated = told.data, 0
            frames = [*frames, told.data][-FRAMES_KEPT:]
            _print_raw(arguments, told)
    if not names and not frames:
        _tell(arguments, words("workbench.raw_silent"))
        return 1
    hint = (
        usb_hint(names, arguments.address, arguments.kind, words)
        if names
        else declared_hint(frames, words, repeats=repeats)
    )
    _tell(arguments, "\n".join(("", words("workbench.raw_hint"), *hint)))
    return 0


def _print_raw(arguments: argparse.Namespace, told: "Event | Frame") -> None:
    from motcua.workbench.raw import Event, hex_of

    line: dict[str, object]
    if isinstance(told, Event):
        one = told.event
        line = {"type": one.kind, "code": one.code, "value": one.value, "key": told.key}
        text = f"type {one.kind}  code {one.code}  value {one.value}  {told.key}".rstrip()
    else:
        line = {"hex": hex_of(told.data)}
        text = f"{hex_of(told.data)}   ({len(told.data)} B)"
    print(
        json.dumps({"at": told.at.isoformat(), **line}) if arguments.json else f"{_stamp(told.at)}  {text}", flush=True
    )


@contextmanager
def _until_told() -> Iterator[None]:
    """Go on until Ctrl-C, also where a script that starts this in the background has left it ignored."""
    for told_to_end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_end, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        print(file=sys.stderr)


def _stamp(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


# --- Displays ---------------------------------------------------------------------------------------------------------


def led_test(arguments: argparse.Namespace) -> int:
    """Have a display show a text."""
    from motcua.workbench.wires import Place, show_text
    from motcua.workbench.words import world_text

    words = _words(arguments)
    place = Place(arguments.address, arguments.slave, arguments.protocol, arguments.preset, arguments.file)
    shown = show_text(place, arguments.text, deadline_s=min(arguments.deadline_s, 3.0))
    what = world_text(words, f"wire.{shown.word}" if shown.word else f"display.{shown.state}", detail=shown.detail)
    if arguments.json:
        print(json.dumps({"state": shown.state, "what": what, "text": arguments.text}))
    else:
        print(what)
    return 0 if shown.is_good else 1
