"""Read a hall's configuration and tell every mistake with its place and its mend.

Exit code 0 when the hall is right, 1 when it is not. The queue server refuses what this refuses.
"""

import argparse
import json
from pathlib import Path

from protocol.configuration import Configuration


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("config/branch.toml"), help="the hall's main file")
    parser.add_argument(
        "--clips", type=Path, metavar="DIR", help="a clip pack; name what it lacks for this hall's calls"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Check one hall."""
    from queue_server.config import Mistakes, load

    try:
        configuration, _ = load(arguments.file)
    except Mistakes as found:
        if arguments.json:
            rows = [
                {"file": m.file, "line": m.line, "place": m.place, "what": m.what, "mend": m.mend}
                for m in found.mistakes
            ]
            print(json.dumps({"ok": False, "mistakes": rows}, ensure_ascii=False))
        else:
            for mistake in found.mistakes:
                print(mistake)
            print(f"{len(found.mistakes)} to mend in {arguments.file}.")
        return 1
    missing = [] if arguments.clips is None else _missing_clips(arguments.clips, configuration)
    if arguments.json:
        sizes = _sizes(configuration)
        made = {
            "ok": not missing,
            "configuration_id": configuration.configuration_id,
            **sizes,
            "missing_clips": missing,
        }
        print(json.dumps(made, ensure_ascii=False))
    else:
        words = ", ".join(f"{count} {name}" for name, count in _sizes(configuration).items())
        print(f"{arguments.file} is right: {words}.")
        for line in missing:
            print(f"clip {line}")
    return int(bool(missing))


def _missing_clips(folder: Path, configuration: Configuration) -> list[str]:
    from display.clips import NoPack, missing_clips

    try:
        return missing_clips(folder, configuration.policies.announce_languages)
    except NoPack as problem:
        return [str(problem)]


def _sizes(configuration: Configuration) -> dict[str, int]:
    names = ("services", "queues", "counters", "priority_classes", "work_profiles", "catalogue")
    return {name: len(getattr(configuration, name)) for name in names}
