"""The door at which a technician tells the kiosk's printer what hands have done, and asks how it is.

It is a Unix socket in the kiosk's folder of state, `printer.sock`, open to the kiosk's own user (0600), with one JSON
object per line. An order is answered when the printer's owner has done it; a change of the roll is on disk by then.

    {"ask": "printer"}        -> {"answer": "printer", "state": "out", "reason": "cutter", "jobs_unfinished": 1,
                                  "tickets_left": 412, "paper_used_mm": 20713.4, "roll_mm": 80000.0}
    {"order": "roll_changed"} -> {"answer": "roll_changed", …the same, with the fresh roll…}
    {"order": "mended"}       -> {"answer": "mended", …the same; what the printer makes of it comes later…}
    anything else             -> {"error": "…"}

`tickets_left` is null while nothing can be foretold. `state` is as for any device: ok, degraded, out, gone, unknown.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.ticket.knowledge import HEALTHS
from kiosk.widgets.doors import Answer, Door

if TYPE_CHECKING:
    from hardware.printer import PrinterStatus
    from kiosk.ticket.printing import Printing
    from protocol.commands import DeviceState

SOCKET_NAME: Final = "printer.sock"
UNHEARD: Final = "unheard"
"""The reason of a printer that has told nothing yet."""


def open_folder(state: Path) -> int:
    """Take hold of a kiosk's folder; whoever calls closes the descriptor. Raises OSError."""
    return os.open(state, os.O_PATH | os.O_DIRECTORY)


def socket_in(folder: int) -> Path:
    """Name the door's socket by its held folder: the folder's own name may be longer than a socket's name can be."""
    return Path(f"/proc/self/fd/{folder}") / SOCKET_NAME


def health_of(reason: str | None) -> "tuple[DeviceState, str]":
    """Give the state of the printer alone, by :meth:`Printing.reason`."""
    if reason is None:
        return "unknown", UNHEARD
    if reason in {"", "paper_low"}:
        return ("degraded" if reason else "ok"), reason
    return HEALTHS.get(reason, "out"), reason


class PrinterDoor:
    """The door of one printer, from construction to :meth:`close`. Raises OSError when it cannot be opened."""

    def __init__(self, state: Path, printing: "Printing") -> None:
        self._printing = printing
        self._folder = open_folder(state)
        try:
            self._door = Door(socket_in(self._folder), self._heard, lambda _: None)
        except OSError:
            os.close(self._folder)
            raise

    def close(self) -> None:
        """Shut the door; what was ordered and not yet answered stays unanswered."""
        self._door.close()
        os.close(self._folder)

    def _heard(self, asked: dict[str, Any], answer: Answer, _came_s: float) -> None:
        from hardware.printer import PrinterStopped

        try:
            match asked:
                case {"ask": "printer", **more} if not more:
                    self._answering("printer", answer)(self._printing.status())
                case {"order": "roll_changed", **more} if not more:
                    self._printing.paper_changed(self._answering("roll_changed", answer))
                case {"order": "mended", **more} if not more:
                    self._printing.mended(self._answering("mended", answer))
                case _:
                    answer({"error": "orders are roll_changed and mended, and the one thing to ask is printer"})
        except PrinterStopped as stopped:
            answer({"error": str(stopped)})

    def _answering(self, name: str, answer: Answer) -> "Callable[[PrinterStatus], None]":
        return lambda status: answer({"answer": name, **self._told(status)})

    def _told(self, status: "PrinterStatus") -> dict[str, Any]:
        state, reason = health_of(self._printing.reason(status))
        return {
            "state": state,
            "reason": reason,
            "jobs_unfinished": status.jobs_waiting,
            "tickets_left": status.tickets_left,
            "paper_used_mm": status.paper_used_mm,
            "roll_mm": self._printing.roll_mm,
        }
