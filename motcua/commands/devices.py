"""List a branch's devices, announce or shut out one, and try printers, keypads and displays at their own wires.

    motcua devices                                        what the server knows: health, and since when
    motcua devices watch                                  the same, live
    motcua devices create kiosk-hall --function kiosk:kiosk-1
    motcua devices revoke kiosk-hall --reason lost
    motcua devices test-print tcp://10.0.0.9:9100 --profile tm_t82
    motcua devices profiles                               the kinds of printers; with one, all that is known of it
    motcua devices key-test serial:///dev/serial/by-id/usb-… --protocol reference --slave 5
    motcua devices key-test call-keypad-2 --agent /var/lib/motcua/agent
    motcua devices key-test serial:///dev/serial/by-id/usb-… --raw --send "AA 55 05 01 00 06"
    motcua devices led-test serial:///dev/serial/by-id/usb-… --protocol reference --slave 41 --text 8888
    motcua devices printer --state /var/lib/motcua/kiosk roll-changed

The first four need a technician's key (--state). `create` prints the pairing string for motcua pair, good for ten
minutes and five tries. The tests need the device and nothing else; they refuse one that a program holds, and say which.
With --agent, key-test takes place, kind and keys from that agent's own settings; --raw shows all that an unknown keypad
sends, and ends with the lines of a file of settings that follow from it.
`printer` speaks with the kiosk that runs on this machine: how its printer is (status), that hands have freed its cutter
(mended) or put in a fresh roll (roll-changed).
`fault`, `mend` and `log` steer simulated devices (docs/demo.md).
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import TYPE_CHECKING, Final

from motcua.commands import Problem
from motcua.workbench import trials

if TYPE_CHECKING:
    from protocol.commands import AnyCommand, FunctionDescription
    from protocol.link import Link
    from protocol.views import AnyReply, DeviceLine, DevicesView

LOOK_S: Final = 1.0
"""So often a watch looks whether the server is still heard."""

HEADS: Final = ("DEVICE", "KIND", "FUNCTION", "COUNTER", "PAIRING", "STATE", "SINCE", "REASON")
LEAST: Final = (0, 0, 0, 0, 9, 9, 14)
"""The widths of the columns at least: a watch prints its heads before a state, and a time, is known."""

OF_THE_SERVER: Final = ("list", "watch", "create", "revoke")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments. Those of all actions may stand before the action and after it."""
    _common(parser, first=True)
    parser.set_defaults(action="list")
    actions = parser.add_subparsers(metavar="ACTION", dest="action")
    _add(actions, "list", "what the server knows of all devices (the default)")
    _seconds(_add(actions, "watch", "the same, and each change as it comes"))
    create = _add(actions, "create", "announce a device and print its pairing string")
    create.add_argument("device_id", metavar="DEVICE")
    create.add_argument(
        "--function", action="append", default=[], metavar="KIND:FUNCTION[:COUNTER[:ZONE]]",
        help="one function of the device; may be given again",
    )  # fmt: skip
    create.add_argument("--name", default="", help="what people call the device")
    create.add_argument("--host", default="", help="the address under which the device will reach the server")
    revoke = _add(actions, "revoke", "shut a device out")
    revoke.add_argument("device_id", metavar="DEVICE")
    revoke.add_argument("--reason", default="", help="why it is revoked, a reason from the configuration")
    _configure_tests(actions)
    _configure_printer(actions)
    _configure_faults(actions)


def _configure_tests(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    printing = trials.language_of(_add(actions, "test-print", "print a test ticket and tell how it ended"))
    printing.add_argument("address", metavar="ADDRESS", help="the printer, as in the kiosk's settings")
    printing.add_argument(
        "--profile",
        default="generic_80mm",
        metavar="NAME|FILE.toml",
        help="its kind (default: generic_80mm); `motcua devices profiles` lists them",
    )
    kinds = actions.add_parser("profiles", help="list the kinds of printers", description="List the kinds of printers.")
    kinds.add_argument("profile", nargs="?", metavar="NAME|FILE.toml", help="tell all of this one; a file is checked")
    kinds.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON for scripts")
    keys = _add(actions, "key-test", "tell each key of a keypad as it is pressed, until Ctrl-C")
    trials.configure_keys(trials.configure_wire(_seconds(keys)))
    display = trials.configure_wire(_add(actions, "led-test", "have a display show a text and tell whether it did"))
    display.add_argument("--text", default="8888", help="what to show (default: 8888)")


def _configure_printer(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = "ask a running kiosk how its printer is, or tell it what hands have done"
    printer = trials.language_of(actions.add_parser("printer", help=what, description=what.capitalize()))
    which = printer.add_mutually_exclusive_group(required=True)
    which.add_argument("--state", type=Path, metavar="DIR", help="the kiosk's folder of state")
    which.add_argument("--address", default="", help="with mended: a printer that no kiosk holds")
    _answering(printer, first=False)
    printer.add_argument(
        "word", choices=tuple(trials.PRINTER_WORDS), help="ask; say that a jam is mended; say that a fresh roll is in"
    )


def _configure_faults(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, what in (("fault", "bring a fault about at a simulated device"), ("mend", "mend it again")):
        parser = _add(actions, name, what)
        parser.add_argument("device", metavar="DEVICE[#SLAVE]", help="as `kiosk-1` or `wire-1#65`")
        parser.add_argument("fault", metavar="FAULT", help="docs/devices/simulated.md lists them")
        _control(parser)
    after = actions.choices["fault"]
    after.add_argument("--after-rows", type=int, metavar="N", help="a printer: only after so many rows of a ticket")
    log = _add(actions, "log", "print the bytes of a simulated device, with their times")
    log.add_argument("device", metavar="DEVICE")
    log.add_argument("--last", type=int, default=40, metavar="N", help="so many entries (default: 40)")
    _control(log)


def _add(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=what[0].upper() + what[1:])
    _common(parser, first=False)
    return parser


def _common(parser: argparse.ArgumentParser, *, first: bool) -> None:
    """A default stands at the outer parser alone: the inner one would undo what was said before the action."""
    state = Path("state/server/technician") if first else argparse.SUPPRESS
    parser.add_argument("--state", type=Path, default=state, metavar="DIR", help="the technician's folder")
    _answering(parser, first=first)


def _answering(parser: argparse.ArgumentParser, *, first: bool) -> None:
    deadline_s, as_json = (10.0, False) if first else (argparse.SUPPRESS, argparse.SUPPRESS)
    parser.add_argument(
        "--deadline-s", type=float, default=deadline_s, metavar="S", help="how long to wait for an answer"
    )
    parser.add_argument("--json", action="store_true", default=as_json, help="print JSON for scripts")


def _seconds(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--seconds", type=float, metavar="S", help="end by itself (default: until Ctrl-C)")
    return parser


def _control(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--control", required=True, metavar="ADDRESS", help="the control port, as `motcua demo` prints it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do one thing with devices."""
    arguments.action = arguments.action or "list"
    if arguments.action in OF_THE_SERVER:
        return _ask_server(arguments)
    from hardware.registry import WrongAddress, close_simulated

    doing = {
        "test-print": trials.test_print,
        "profiles": _profiles,
        "key-test": trials.key_test,
        "led-test": trials.led_test,
        "printer": trials.printer,
        "fault": _fault,
        "mend": _fault,
        "log": _log,
    }
    try:
        return doing[arguments.action](arguments)
    except WrongAddress as problem:
        raise Problem(str(problem)) from problem
    finally:
        close_simulated()


# --- What the server knows -------------------------------------------------------------------------------------------


def _ask_server(arguments: argparse.Namespace) -> int:
    from protocol.link import NoAnswer, NotPaired, UnusableKey, open_link

    views: Queue[DevicesView] = Queue()
    topics = ("devices",) if arguments.action in {"list", "watch"} else ()
    try:
        link = open_link(
            arguments.state, topics=topics, on_view=lambda _topic, envelope: views.put(envelope.view)  # type: ignore[arg-type]  # The topic decides.
        )  # fmt: skip
        with link:
            match arguments.action:
                case "create":
                    return _create(link, arguments)
                case "revoke":
                    return _revoke(link, arguments)
                case "watch":
                    return _watch(link, views, arguments)
                case _:
                    return _list(views, arguments)
    except (NotPaired, UnusableKey, NoAnswer, OSError) as problem:
        raise Problem(str(problem)) from problem


def _create(link: "Link", arguments: argparse.Namespace) -> int:
    from motcua.workbench.places import lacks
    from protocol.commands import CreateDevice
    from protocol.keys import only_here
    from protocol.link import LinkSettings, PairingString
    from protocol.views import DeviceCreatedReply

    functions = _functions(arguments.function)
    command = CreateDevice(
        function_id=_technician(link), device_id=arguments.device_id, name=arguments.name, functions=functions
    )
    reply = _ask(link, command, arguments.deadline_s)
    assert isinstance(reply, DeviceCreatedReply)
    pairing = PairingString.to_reach(LinkSettings.load(arguments.state), reply.code, arguments.host)
    text = str(pairing)
    if arguments.json:
        told = {"device_id": reply.device_id, "pairing": text, "code": reply.code}
        print(json.dumps({**told, "expires_at": reply.expires_at.isoformat()}))
        return 0
    print(text)
    for lack in lacks(functions):
        print(lack, file=sys.stderr)
    if only_here(pairing.host):
        print("This reaches the server from this machine alone; for others give --host.", file=sys.stderr)
    return 0


def _revoke(link: "Link", arguments: argparse.Namespace) -> int:
    from protocol.commands import RevokeDevice

    command = RevokeDevice(function_id=_technician(link), device_id=arguments.device_id, reason=arguments.reason)
    _ask(link, command, arguments.deadline_s)
    print(json.dumps({"revoked": arguments.device_id}) if arguments.json else f"{arguments.device_id} is shut out.")
    return 0


def _list(views: "Queue[DevicesView]", arguments: argparse.Namespace) -> int:
    lines = _first(views, arguments.deadline_s).lines
    print("\n".join([_as_json(line) for line in lines] if arguments.json else device_table(lines)))
    return 0


def _watch(link: "Link", views: "Queue[DevicesView]", arguments: argparse.Namespace) -> int:
    """Print all lines, then each that changes; a server that is gone, or back, is said once."""
    until_s = math.inf if arguments.seconds is None else monotonic() + arguments.seconds
    view: DevicesView | None = _first(views, arguments.deadline_s)
    told: dict[str, DeviceLine] = {}
    heard = True
    widths = _widths(view.lines) if view else []
    if not arguments.json:
        print(_row(HEADS, widths), flush=True)
    while True:
        for line in view.lines if view else ():
            if told.get(line.function_id) != line:
                told[line.function_id] = line
                print(_as_json(line) if arguments.json else _row(_cells(line), widths), flush=True)
        if heard != (link.state == "up"):
            heard = not heard
            said = "heard again" if heard else "not heard: what stands above may be old"
            print(f"The server is {said}.", file=sys.stderr, flush=True)
        left_s = until_s - monotonic()
        if left_s <= 0:
            return 0
        try:
            view = views.get(timeout=min(LOOK_S, left_s))
        except Empty:
            view = None


def _first(views: "Queue[DevicesView]", deadline_s: float) -> "DevicesView":
    try:
        return views.get(timeout=deadline_s)
    except Empty:
        raise Problem(f"no list came within {deadline_s:g} s: does the server run?") from None


def device_table(lines: "Sequence[DeviceLine]") -> list[str]:
    """Write the health of functions as lines below their heads; the hour is this machine's. Pure."""
    widths = _widths(lines)
    return [_row(HEADS, widths), *(_row(_cells(line), widths) for line in lines)]


def _widths(lines: "Sequence[DeviceLine]") -> list[int]:
    """Make each column as wide as what stands in it; the last one, of words, is open."""
    columns = zip(HEADS, *map(_cells, lines), strict=True)
    return [max(least, *map(len, column)) for least, column in zip(LEAST, columns, strict=False)]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    *first, last = cells
    return "  ".join([*(cell.ljust(width) for cell, width in zip(first, widths, strict=True)), last]).rstrip()


def _cells(line: "DeviceLine") -> tuple[str, ...]:
    since = line.since_at.astimezone().strftime("%d/%m %H:%M:%S") if line.since_at else "-"
    said = f"{line.reason} {line.detail}".strip()
    named = (line.device_id, line.kind, line.function_id, line.counter_id or "-")
    return (*named, line.pairing, line.state or "-", since, said)


def _as_json(line: "DeviceLine") -> str:
    told = {"device_id": line.device_id, "function_id": line.function_id, "kind": line.kind}
    state = {"counter_id": line.counter_id, "pairing": line.pairing, "state": line.state, "reason": line.reason}
    since = {"since_at": line.since_at.isoformat() if line.since_at else None, "detail": line.detail}
    return json.dumps({**told, **state, **since}, ensure_ascii=False)


def _technician(link: "Link") -> str:
    """Ask by which function this key may speak as a technician."""
    from protocol.commands import Introduce
    from protocol.views import Introduction

    introduction = _ask(link, Introduce(), 10)
    assert isinstance(introduction, Introduction)
    for function in introduction.functions:
        if function.kind == "technician":
            return function.function_id
    raise Problem(f"{introduction.device_id} is no technician's key; use the one that motcua init made")


def _functions(texts: Sequence[str]) -> "tuple[FunctionDescription, ...]":
    from typing import get_args, get_type_hints

    import msgspec

    from protocol.commands import FunctionDescription

    kinds = get_args(get_type_hints(FunctionDescription)["kind"])
    if not texts:
        raise Problem(f"name at least one --function KIND:FUNCTION; kinds: {', '.join(kinds)}")
    functions = []
    for text in texts:
        kind, function_id, counter_id, zone_id, *more = [*text.split(":"), "", "", ""]
        if kind not in kinds or not function_id or any(more):
            raise Problem(f"{text!r} is no KIND:FUNCTION[:COUNTER[:ZONE]]; kinds: {', '.join(kinds)}")
        told = {"kind": kind, "function_id": function_id, "counter_id": counter_id, "zone_id": zone_id}
        try:
            functions.append(msgspec.convert(told, FunctionDescription))
        except msgspec.ValidationError as error:
            raise Problem(f"{text!r}: {error}") from error
    return tuple(functions)


def _ask(link: "Link", command: "AnyCommand", deadline_s: float) -> "AnyReply":
    from protocol.views import Refused

    reply = link.ask_and_wait(command, deadline_s=deadline_s)
    if isinstance(reply, Refused):
        raise Problem(reply.sentences.get("en") or reply.code)
    return reply


# --- Kinds of printers -----------------------------------------------------------------------------------------------


def _profiles(arguments: argparse.Namespace) -> int:
    """List the profiles by what differs most, or tell every field of one."""
    from dataclasses import asdict

    from hardware.printer import PROFILES, WrongProfile, profile_named

    try:
        one = profile_named(arguments.profile) if arguments.profile else None
    except WrongProfile as wrong:
        raise Problem(str(wrong.args[0])) from wrong
    if arguments.json:
        told = {name: asdict(profile) for name, profile in PROFILES.items()} if one is None else asdict(one)
        print(json.dumps(told))
        return 0
    if one is not None:
        for field, value in asdict(one).items():
            print(f"{field:20} {'-' if value is None else value}")
        return 0
    for name in sorted(PROFILES):
        of = PROFILES[name]
        how = f"status {of.status:5} confirm {of.confirm:11} clear {of.clear:5} link {of.link:8} cut {of.cut}"
        print(f"{name:14} {of.width_dots} dots   {how}")
    return 0


# --- Simulated devices -----------------------------------------------------------------------------------------------


def _fault(arguments: argparse.Namespace) -> int:
    on = arguments.action == "fault"
    device, _, slave = arguments.device.partition("#")
    order: dict[str, object] = {"device": device, "fault": arguments.fault, "on": on}
    if slave:
        if not slave.isdecimal():
            raise Problem(f"{arguments.device!r}: write the slave's number behind the #, as in wire-1#65")
        order |= {"wire": device, "slave": int(slave)}
    if on and arguments.after_rows is not None:
        order["after_rows"] = arguments.after_rows
    _order(arguments.control, "fault", **order)
    said = {"device": arguments.device, "fault": arguments.fault, "on": on}
    print(json.dumps(said) if arguments.json else f"{arguments.device}: {arguments.fault} {'on' if on else 'off'}")
    return 0


def _log(arguments: argparse.Namespace) -> int:
    for at, direction, data in _order(arguments.control, "log", device=arguments.device, last=arguments.last):
        told = {"at": at, "direction": direction, "bytes": data}
        print(json.dumps(told) if arguments.json else f"{at}  {direction:12} {data}")
    return 0


def _order(control: str, do: str, **parameters: object) -> list[tuple[str, str, str]]:
    from hardware.simulated.remote import OrderRefused, Remote

    try:
        remote = Remote(control)
    except (OSError, ValueError) as error:
        raise Problem(f"{control}: no control port answers there ({error}); `motcua demo` prints its own") from error
    try:
        return remote.order(do, **parameters) or []
    except (OrderRefused, OSError) as error:
        raise Problem(f"{control}: {error}") from error
    finally:
        remote.close()
