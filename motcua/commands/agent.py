"""Put bare devices on the network: call keypads, rating keypads and LED counter displays on their wires.

`agent.toml` in the folder of state says which function hangs on which wire:

    [[wires]]
    wire_id = "hall"
    address = "serial:///dev/serial/by-id/usb-…?baud=9600"

    [[functions]]
    function_id = "call-keypad-1"
    wire_id = "hall"
    slave = 1

What a function is, and at which counter, is the server's to say (see `motcua devices create`). Ratings are kept on
disk while the server is gone.
"""

import argparse
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `motcua agent`."""
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the agent's folder of state")
    parser.add_argument("--json", action="store_true", help="print one JSON line when the wires are served")


def run(arguments: argparse.Namespace) -> int:
    """Run the agent until it is told to end."""
    from hardware.agent.program import run as run_agent
    from hardware.agent.settings import WrongSettings
    from hardware.registry import WrongAddress
    from protocol.link import NotPaired, UnusableKey

    try:
        run_agent(arguments.state, announce_ready=arguments.json)
    except (WrongSettings, WrongAddress, NotPaired, UnusableKey) as error:
        raise Problem(str(error)) from error
    return 0
