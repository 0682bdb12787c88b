"""Serve the API for other systems: the state of the hall, tickets by appointment, webhooks for calls and ends.

It is one more terminal of the queue server: pair it first with a function of kind system (motcua pair). It runs on the
server's machine, since webhooks are told from the branch's log. Technicians give keys and webhooks on the staff pages;
docs/api.md tells how systems use them. `motcua api --openapi` prints the OpenAPI document and serves nothing.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/api"), help="the folder of this program's files")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with systems.toml, if there is one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8095, help="the port (default: 8095; 0 = any free one)")
    parser.add_argument(
        "--log", type=Path, default=Path("state/server/branch.db"), help="the branch's log, for webhooks"
    )
    parser.add_argument(
        "--host-name", action="append", default=[], metavar="NAME", help="a name of the world's DNS that leads here"
    )
    parser.add_argument("--behind-tls", action="store_true", help="a proxy on this machine adds TLS and names clients")
    parser.add_argument("--openapi", action="store_true", help="print the OpenAPI document")
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Serve the API, or print its document."""
    if arguments.openapi:
        from queue_server.api.openapi import document

        print(json.dumps(document(), indent=2, ensure_ascii=False))
        return 0
    import sqlite3

    from protocol.link import NotPaired, UnusableKey
    from queue_server.api.program import Place, serve
    from queue_server.systems.settings import WrongSettings

    def on_ready(address: str) -> None:
        told = json.dumps({"ready": True, "address": address}) if arguments.json else f"API at {address}"
        print(told, flush=True)

    place = Place(
        arguments.state,
        arguments.config,
        arguments.host,
        arguments.port,
        arguments.behind_tls,
        arguments.log,
        names=tuple(arguments.host_name),
    )
    try:
        serve(place, on_ready)
    except (NotPaired, UnusableKey, WrongSettings) as problem:
        raise Problem(str(problem)) from problem
    except sqlite3.Error as problem:
        raise Problem(f"{place.state} cannot be used: {problem}") from problem
    except OSError as problem:
        raise Problem(f"cannot serve at {place.host} port {place.port}: {problem}; choose another --port") from problem
    return 0
