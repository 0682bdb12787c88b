"""A kiosk's real program that prints what staff order, until each order it hears of has come to an end and is told.

Run as a program (``python -m tests.support.printing_kiosk FOLDER PRINTER``) it can be killed at any moment.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.blind_kiosk import BlindKiosk


def print_all(state: Path, printer: str) -> None:
    """Live until an order was printed (or could not be), the server knows it, and none stands any more."""
    with BlindKiosk(state, printer) as kiosk:
        kiosk.wait(lambda: bool(kiosk.state.orders) and all(one.stage == "done" for one in kiosk.state.orders))
        kiosk.wait(lambda: not kiosk.state.outbox and not kiosk.state.orders)


def main(arguments: Sequence[str]) -> None:
    folder, printer = arguments
    print_all(Path(folder), printer)


if __name__ == "__main__":
    main(sys.argv[1:])
