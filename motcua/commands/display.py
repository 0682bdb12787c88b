"""Run a hall board: who is called, where to, and the voice that says so.

The board watches its zone by the key in its folder of state (see `motcua pair`). Without a screen at hand it draws off
screen. Where the sound goes is an address:

    device://default        the sound card
    null://                 nowhere, at the pace of speech
    file:///…/said.jsonl    what was really said, one line per announcement (or .wav, as sound)
"""

import argparse
from pathlib import Path

from motcua.commands import Problem

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `motcua display`."""
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the board's folder of state")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="DIR", help="the folder with texts/")
    parser.add_argument("--zone", default="", metavar="ZONE", help="the zone to show (default: as the server says)")
    parser.add_argument("--sound", default="device://default", metavar="ADDRESS", help="where calls are said")
    parser.add_argument("--clips", type=Path, metavar="DIR", help="a recorded clip pack (default: made by espeak-ng)")
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="DIR",
        help="pictures for quiet times, by file name (default: the folder pictures/ beside the texts, if there is one)",
    )
    parser.add_argument("--theme", choices=("day", "high-contrast"), default="day", help="the colours (default: day)")
    parser.add_argument("--fullscreen", action="store_true", help="take the whole screen")
    parser.add_argument("--size", default="1920x1080", metavar="WxH", help="the window (default: 1920x1080)")
    parser.add_argument("--witness-socket", type=Path, metavar="PATH", help="tell there what the screen really shows")
    parser.add_argument("--json", action="store_true", help="print one JSON line when the first frame is shown")


def run(arguments: argparse.Namespace) -> int:
    """Run the board until it is told to end."""
    from display.app import BoardSettings
    from display.app import run as run_board
    from display.screen import ScreenSettings
    from presentation.texts import TextsError
    from presentation.tokens import THEMES
    from protocol.link import NotPaired, UnusableKey

    try:
        width, height = (int(part) for part in arguments.size.split("x"))
    except ValueError as error:
        raise Problem(f"{arguments.size!r} is no size; write it as 1920x1080") from error
    settings = BoardSettings(
        state=arguments.state,
        config=arguments.config,
        zone_id=arguments.zone,
        sound=arguments.sound,
        clips=arguments.clips,
        pictures=arguments.pictures or arguments.config / "pictures",
        witness_socket=arguments.witness_socket,
        screen=ScreenSettings(size=(width, height), fullscreen=arguments.fullscreen),
        theme=next(theme for theme in THEMES if theme.name == arguments.theme),
        announce_ready=arguments.json,
    )
    try:
        run_board(settings)
    except (NotPaired, UnusableKey, TextsError, FileNotFoundError) as error:
        raise Problem(str(error)) from error
    return 0
