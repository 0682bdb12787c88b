"""What an usher's page says of the hall as it is now."""

from dataclasses import dataclass

from protocol.configuration import Words
from queue_server.web.hall_page import HelpRow, Stopped
from queue_server.web.usher_prints_page import PrintRow
from queue_server.web.waiting_rows import WaitingQueue


@dataclass(frozen=True)
class UsherPage:
    """The live part of the page: who calls for help, what the hall is told, and who waits, in calling order."""

    name: Words
    utc_offset_s: int
    help_rows: tuple[HelpRow, ...]
    cut_off: tuple[str, ...]
    stopped: Stopped | None
    waiting: int
    prints: tuple[PrintRow, ...]
    queues: tuple[WaitingQueue, ...]
