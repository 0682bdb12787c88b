"""Run a touch rating terminal at a counter: asked when a service ends, answered by one touch.

The terminal asks its server by the key in its folder of state (see `motcua pair`); the server knows at which counter it
stands. Presses made while the server is gone are kept in the same folder and sent when it is back.
"""

import argparse
from pathlib import Path

from motcua.commands import Problem

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `motcua rating`."""
    from motcua.commands.kiosk import screen_arguments

    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the terminal's folder of state")
    parser.add_argument("--config", type=Path, default=CONFIG, metavar="DIR", help="the folder with texts/")
    parser.add_argument(
        "--clerks", type=Path, metavar="DIR", help="the folder with clerks' names and photos (default: clerks/ there)"
    )
    parser.add_argument("--language", default="vi", metavar="CODE", help="the language to begin with (default: vi)")
    screen_arguments(parser, "1280x800")


def run(arguments: argparse.Namespace) -> int:
    """Run the terminal until it is told to end."""
    from kiosk.rating.app import RatingSettings
    from kiosk.rating.app import run as run_rating
    from motcua.commands.kiosk import foreseen, size_of

    settings = RatingSettings(
        state=arguments.state,
        config=arguments.config,
        clerks=arguments.clerks,
        size=size_of(arguments.size),
        full_screen=arguments.fullscreen,
        headless=arguments.headless,
        touch_socket=arguments.touch_socket,
        witness_socket=arguments.witness_socket,
        announce_ready=arguments.json,
        language=arguments.language,
    )
    try:
        run_rating(settings)
    except foreseen() as error:
        raise Problem(str(error)) from error
    return 0
