"""End a board when it is told to, wherever it is at that moment."""

import signal
import socket
import threading
from collections.abc import Callable


def end_on_signals(end: Callable[[], object]) -> None:
    """Call ``end`` once, in a thread of its own, after SIGTERM or SIGINT. For the main thread.

    A handler that spoke to Kivy's clock itself could find the clock locked by the very code that it interrupted, and
    the board would stand still for ever. So the signal only drops a byte, and a thread that holds no lock picks it up.
    """
    hears, told = socket.socketpair()
    told.settimeout(0)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def wait() -> None:
        with hears:
            hears.recv(1)
        end()

    threading.Thread(target=wait, name="ending", daemon=True).start()
