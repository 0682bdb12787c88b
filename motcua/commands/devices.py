"""List a branch's devices, announce a new one, or shut one out. Needs a technician's key.

    motcua devices --state state/server/technician
    motcua devices --state state/server/technician create kiosk-hall --function kiosk:kiosk-1
    motcua devices --state state/server/technician revoke kiosk-hall --reason stolen

`create` prints the pairing string for motcua pair, good for ten minutes and five tries.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from protocol.commands import AnyCommand, FunctionDescription
    from protocol.link import Link
    from protocol.views import AnyReply, DevicesView

ACTIONS = ("list", "create", "revoke")
LOCAL = ("127.0.0.1", "::1", "localhost")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("device_id", nargs="?", default="", help="the device to create or revoke")
    parser.add_argument("--state", type=Path, default=Path("state/server/technician"), help="the technician's folder")
    parser.add_argument(
        "--function", action="append", default=[], metavar="KIND:FUNCTION[:COUNTER[:ZONE]]",
        help="one function of the device; may be given again",
    )  # fmt: skip
    parser.add_argument("--name", default="", help="what people call the device")
    parser.add_argument("--host", default="", help="the address under which the device will reach the server")
    parser.add_argument("--reason", default="", help="why it is revoked, a reason from the configuration")
    parser.add_argument("--deadline-s", type=float, default=10, metavar="S", help="how long to wait for the server")
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Do one thing with devices."""
    from protocol.link import NoAnswer, NotPaired, UnusableKey, open_link

    if arguments.action != "list" and not arguments.device_id:
        raise Problem(f"name the device: motcua devices {arguments.action} DEVICE")
    views: Queue[DevicesView] = Queue()
    topics = ("devices",) if arguments.action == "list" else ()
    try:
        link = open_link(
            arguments.state, topics=topics, on_view=lambda _topic, envelope: views.put(envelope.view)  # type: ignore[arg-type]  # The topic decides.
        )  # fmt: skip
        with link:
            if arguments.action == "create":
                return _create(link, arguments)
            if arguments.action == "revoke":
                return _revoke(link, arguments)
            return _list(views, arguments)
    except (NotPaired, UnusableKey, NoAnswer, OSError) as problem:
        raise Problem(str(problem)) from problem


def _create(link: "Link", arguments: argparse.Namespace) -> int:
    from protocol.commands import CreateDevice
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
    if pairing.host in LOCAL:
        print("This reaches the server from this machine alone; for others give --host.", file=sys.stderr)
    return 0


def _revoke(link: "Link", arguments: argparse.Namespace) -> int:
    from protocol.commands import RevokeDevice

    command = RevokeDevice(function_id=_technician(link), device_id=arguments.device_id, reason=arguments.reason)
    _ask(link, command, arguments.deadline_s)
    print(json.dumps({"revoked": arguments.device_id}) if arguments.json else f"{arguments.device_id} is shut out.")
    return 0


def _list(views: "Queue[DevicesView]", arguments: argparse.Namespace) -> int:
    try:
        view = views.get(timeout=arguments.deadline_s)
    except Empty:
        raise Problem(f"no list came within {arguments.deadline_s:g} s: does the server run?") from None
    for line in view.lines:
        if arguments.json:
            told = {"device_id": line.device_id, "function_id": line.function_id, "kind": line.kind}
            state = {"counter_id": line.counter_id, "pairing": line.pairing, "state": line.state, "reason": line.reason}
            since = {"since_at": line.since_at.isoformat() if line.since_at else None, "detail": line.detail}
            print(json.dumps({**told, **state, **since}, ensure_ascii=False))
        else:
            health = f"{line.state} {line.reason} {line.detail}".strip()
            place = line.counter_id or "-"
            print(f"{line.device_id:20} {line.kind:16} {line.function_id:20} {place:12} {line.pairing:9} {health}")
    return 0


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
