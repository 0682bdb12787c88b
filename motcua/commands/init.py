"""Begin a branch: its keys, its log with the hall's configuration, and the first technician.

The folder then holds all that the branch is. Keep a copy in the safe: whoever has it can be this branch.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/server"), help="the branch's folder, made if missing")
    parser.add_argument("--config", type=Path, default=Path("config"), help="branch.toml, or the folder that holds it")
    parser.add_argument("--host", default=None, help="the address to listen at (default: all of this machine's)")
    parser.add_argument("--port", type=int, default=None, help="the commands' port (default: 7411; 0 = any free one)")
    parser.add_argument("--views-port", type=int, default=None, help="the views' port (default: 7412)")
    parser.add_argument("--pairing-port", type=int, default=None, help="the pairing port (default: 7413)")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Begin one branch."""
    from protocol.keys import UnusableKey
    from queue_server.branch_files import TECHNICIAN, Address, BranchExists, found_branch
    from queue_server.clock import machine_clock
    from queue_server.config import Mistakes, load
    from queue_server.journal import NotALog, OldSqlite
    from queue_server.log import LogUnusable

    named = {
        "host": arguments.host,
        "commands_port": arguments.port,
        "views_port": arguments.views_port,
        "pairing_port": arguments.pairing_port,
    }
    address = Address(**{name: value for name, value in named.items() if value is not None})
    try:
        configuration, sources = load(arguments.config)
        own = found_branch(arguments.state, configuration, sources, address, machine_clock())
    except Mistakes as found:
        lines = "\n".join(map(str, found.mistakes))
        raise Problem(f"the hall in {arguments.config} has mistakes; mend them first:\n{lines}") from found
    except (BranchExists, UnusableKey, NotALog, OldSqlite, LogUnusable, OSError) as problem:
        raise Problem(str(problem)) from problem
    technician = arguments.state / TECHNICIAN
    if arguments.json:
        told = {"state": str(arguments.state), "technician": str(technician), "server_key": own.server.public}
        print(json.dumps({**told, "branch_id": configuration.branch_id}))
        return 0
    print(
        f"Branch {configuration.branch_id} begins in {arguments.state}. What to do next:\n"
        f"  motcua server --state {arguments.state} --config {arguments.config}\n"
        f"  motcua devices --state {technician} create DEVICE --function KIND:FUNCTION[:COUNTER[:ZONE]]\n"
        "and on the device: motcua pair --state FOLDER 'motcua://…'\n"
        "The server's key, by which devices know it:\n"
        f"  {own.server.public}"
    )
    return 0
