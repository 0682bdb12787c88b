"""Pair this device with a branch: show the technician's pairing string once, and keep the key and the addresses.

The private key is made here and never leaves this machine.
"""

import argparse
import json
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("pairing", help="the whole string that motcua devices create printed: 'motcua://…'")
    parser.add_argument("--state", type=Path, required=True, help="the folder of the program that will use the key")
    parser.add_argument("--deadline-s", type=float, default=10, metavar="S", help="how long to wait for the server")
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Pair one device."""
    from protocol.link import BadPairing, NoAnswer, PairingRefused, UnusableKey, pair

    try:
        paired = pair(arguments.pairing, arguments.state, deadline_s=arguments.deadline_s)
    except (BadPairing, UnusableKey, PairingRefused, NoAnswer, OSError) as problem:
        raise Problem(str(problem)) from problem
    functions = [f"{function.kind}:{function.function_id}" for function in paired.functions]
    if arguments.json:
        print(json.dumps({"device_id": paired.device_id, "functions": functions}))
    else:
        print(
            f"This device is {paired.device_id} now, with {', '.join(functions)}. Its files are in {arguments.state}."
        )
    return 0
