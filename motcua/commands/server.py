"""Run the queue server of one branch until SIGTERM or Ctrl-C.

Begin the branch with motcua init first. The configuration on disk is a draft: motcua init makes it effective, and later
a technician's command does (docs/operating.md). A simulated hall names what time it begins there and how fast it runs;
asked for the same again, its time goes on where it is.
"""

import argparse
import json
from datetime import datetime
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the branch's folder (motcua init)")
    parser.add_argument("--config", type=Path, default=Path("config"), help="the folder with texts/ (default: config)")
    parser.add_argument("--host", default=None, help="the address to listen at (default: as begun)")
    parser.add_argument("--port", type=int, default=None, help="the commands' port (0 = any free one)")
    parser.add_argument("--views-port", type=int, default=None, help="the views' port")
    parser.add_argument("--pairing-port", type=int, default=None, help="the pairing port")
    parser.add_argument("--clock-anchor", type=_instant, default=None, metavar="ISO", help="hall time at the beginning")
    parser.add_argument("--clock-rate", type=float, default=1.0, metavar="X", help="hall seconds in a real one")
    parser.add_argument(
        "--requests-per-second", type=float, default=200.0, metavar="N", help="of one device, in the long run"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object when ready")


def run(arguments: argparse.Namespace) -> int:
    """Serve one branch."""
    from presentation.texts import TextsError
    from protocol.keys import UnusableKey
    from queue_server.branch_files import NoBranch
    from queue_server.journal import NotALog, OldSqlite
    from queue_server.log import CommitUnknown, LogUnusable
    from queue_server.server import AlreadyServed, DoorOpen, PortTaken, Ready, Settings, serve

    def on_ready(ready: Ready) -> None:
        address = ready.address
        ports = {
            "port": address.commands_port,
            "views_port": address.views_port,
            "pairing_port": address.pairing_port,
        }
        if arguments.json:
            told = {"ready": True, "host": address.host, **ports, "server_key": ready.server_key, "epoch": ready.epoch}
            print(json.dumps(told), flush=True)
        else:
            where = f"{address.host}, ports {address.commands_port}, {address.views_port}, {address.pairing_port}"
            print(f"Serving {arguments.state} at {where}; start {ready.epoch}.", flush=True)

    config = arguments.config if arguments.config.is_dir() else arguments.config.parent
    settings = Settings(
        state=arguments.state,
        texts=config / "texts" if (config / "texts").is_dir() else None,
        host=arguments.host,
        port=arguments.port,
        views_port=arguments.views_port,
        pairing_port=arguments.pairing_port,
        clock_anchor=arguments.clock_anchor,
        clock_rate=arguments.clock_rate,
        requests_per_second=arguments.requests_per_second,
    )
    world = (NoBranch, UnusableKey, NotALog, OldSqlite, LogUnusable, CommitUnknown, AlreadyServed, DoorOpen, PortTaken)
    try:
        serve(settings, on_ready)
    except (*world, TextsError, OSError) as problem:
        raise Problem(str(problem)) from problem
    return 0


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("an instant needs its offset from UTC, such as 2026-11-23T06:45:00+07:00")
    return at
