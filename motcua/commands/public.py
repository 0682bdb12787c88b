"""Serve the public pages: my ticket on the phone, the catalogue, waiting times, the hall board for a television.

It is one more terminal of the queue server: pair it first with a function of kind public (motcua pair). What the QR of
a ticket holds is configuration ([ticket_link] of the hall's main file); docs/public-pages.md tells how phones reach it.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from motcua.commands import Problem

if TYPE_CHECKING:
    from queue_server.public.spoken import SayWords

CONFIG = Path(__file__).parents[2] / "config"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--state", type=Path, default=Path("state/public"), help="the folder of this program's files")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the folder with texts/")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8090, help="the port (default: 8090; 0 = any free one)")
    parser.add_argument(
        "--reports", type=Path, default=Path("state/server/reports.db"), help="the tables of motcua report --follow"
    )
    parser.add_argument("--clips", type=Path, metavar="DIR", help="the voice's clips, for televisions (motcua voice)")
    parser.add_argument(
        "--host-name", action="append", default=[], metavar="NAME", help="a name of the world's DNS that leads here"
    )
    parser.add_argument("--behind-tls", action="store_true", help="a proxy on this machine adds TLS and names phones")
    parser.add_argument("--json", action="store_true", help="print JSON for scripts")


def _say_words(config: Path) -> "SayWords":
    """Have the machine's speech program say what no clip holds, its numbers written out. Raises TextsError."""
    from hardware.sound.speech_programs import CannotSay, espeak
    from presentation.reading_aloud import aloud
    from presentation.text_files import texts_in

    texts = texts_in(config / "texts")

    def say(language: str, sentence: str) -> bytes | None:
        try:
            return espeak(language).say(aloud(sentence, texts.words(language)))
        except CannotSay as problem:
            print(f"public: {problem}", file=sys.stderr, flush=True)
            return None

    return say


def run(arguments: argparse.Namespace) -> int:
    """Serve the pages."""
    from presentation.texts import TextsError
    from protocol.link import NotPaired, UnusableKey
    from queue_server.public.program import Place, serve

    def on_ready(address: str) -> None:
        told = json.dumps({"ready": True, "address": address}) if arguments.json else f"Public pages at {address}"
        print(told, flush=True)

    try:
        place = Place(
            arguments.state,
            arguments.config,
            arguments.host,
            arguments.port,
            arguments.behind_tls,
            arguments.reports,
            arguments.clips,
            _say_words(arguments.config),
            tuple(arguments.host_name),
        )
        serve(place, on_ready)
    except (NotPaired, UnusableKey, TextsError) as problem:
        raise Problem(str(problem)) from problem
    except OSError as problem:
        raise Problem(
            f"cannot serve at {arguments.host} port {arguments.port}: {problem}; choose another --port"
        ) from problem
    return 0
