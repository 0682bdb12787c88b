"""Look whether this machine is fit: libraries, clock, disk, graphics, speech, keys, devices.

Each finding is good, weak (some programs or comforts will miss it) or bad (the hall must not open so), with what mends
it. Devices are those of each agent.toml below the folder of state, and those named by --device; nothing is sent to
them, and it is told which program holds one. The exit code is 1 if anything is bad.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import msgspec

from motcua.fitness import Finding, judge_state, look
from motcua.wiring import look_at_wiring


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `motcua doctor`."""
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="the folder of state to look at (default: state)",
    )
    parser.add_argument(
        "--device", action="append", default=[], metavar="ADDRESS", help="look also at this device; may be given again"
    )
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Look at this machine and say what was found."""
    state = arguments.state or Path("state")
    named = [judge_state(arguments.state, is_folder=arguments.state.is_dir())] if arguments.state else []
    findings = [*named, *look(state), *look_at_wiring(state, arguments.device)]
    if arguments.json:
        print(msgspec.json.encode(findings).decode())
    else:
        print("\n".join(lines(findings)))
    return int(any(finding.verdict == "bad" for finding in findings))


def lines(findings: Iterable[Finding]) -> Iterable[str]:
    """Write findings for people: one line each, its mend below."""
    for finding in findings:
        yield f"{finding.verdict:5} {finding.what:9} {finding.seen}"
        if finding.mend:
            yield f"{'':15} → {finding.mend}"
