"""What an LED counter display shows, by what the board's view says of its counter. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from hardware.agent.settings import FunctionSettings
from hardware.led import CounterDisplay, fitted
from presentation.board import is_away
from presentation.formats import ticket_number
from protocol.views import BoardCounter

CLOSED_TEXT = "----"
UNKNOWN_TEXT = "-"  # Nothing is known: the server is not heard.
MISTAKE_TEXT = "LOI"
NOBODY_TEXT = "0"
STOPPED_TEXT = "STOP"
"""The hall is stopped: nobody is called. The word of the road sign has no second meaning without its marks."""


def refusal_text(code: str, *, live: bool, stopped: bool) -> str:
    """Say why a key did nothing; ``code`` is the server's refusal, empty where there was none.

    An agent whose server is gone knows of the stop that it heard of last.
    """
    if code == "hall_stopped" or (stopped and not live):
        return STOPPED_TEXT
    return NOBODY_TEXT if code == "nobody_waiting" else MISTAKE_TEXT


@dataclass(frozen=True, slots=True)
class Function:
    """A function of this agent: what the server says it is, and where on a wire it hangs (None: on none)."""

    function_id: str
    kind: str
    counter_id: str
    zone_id: str
    at: FunctionSettings | None


def led_text(counters: Mapping[str, BoardCounter], function: Function, *, live: bool, notice: str = "") -> str:
    """Say what an LED counter display shows: a notice before all, then what the board's view says of the counter.

    Where the whole number finds no room, its digits say most: a number that is cut off would be another number.
    """
    assert function.at is not None, "a display hangs on a wire"
    width = function.at.columns
    display = CounterDisplay(width=width, closed_text=CLOSED_TEXT)
    if notice:
        return fitted(notice[-width:], width)
    counter = counters.get(function.counter_id)
    if not live or counter is None:
        return UNKNOWN_TEXT
    if counter.ticket_number:
        whole = ticket_number(counter.prefix, counter.ticket_number)
        return display.called(whole if len(whole) <= width else str(counter.ticket_number)[-width:])
    return display.closed() if is_away(counter) else display.idle()
