"""Run a hall of simulated devices as a process: ``python -m hardware.simulated --config hall.toml``.

Prints one JSON line with the addresses once all devices can be reached, and serves until SIGTERM or SIGINT.
"""

import argparse
import signal
import sys
from pathlib import Path

import msgspec

from hardware.simulated.config import read_config
from hardware.simulated.control import ControlPort
from hardware.simulated.hall import SimulatedHall


def main() -> int:
    """Serve until told to end; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hardware.simulated", description="A hall of simulated devices.")
    parser.add_argument(
        "--config", type=Path, required=True, help="the hall, as .toml or .json (docs/devices/simulated.md)"
    )
    arguments = parser.parse_args()
    try:
        config = read_config(arguments.config)
        hall = SimulatedHall(config)
        control = ControlPort(hall, config.control)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the simulated hall cannot open: {error}\n")
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: hall.stop())
    sys.stdout.write(msgspec.json.encode({"control": control.address, **hall.addresses()}).decode() + "\n")
    sys.stdout.flush()
    try:
        hall.run()
    finally:
        control.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
