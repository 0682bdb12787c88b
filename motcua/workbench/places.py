"""Which functions need a counter or a zone; the table in docs/operating.md says the same to people. Pure."""

from collections.abc import Sequence
from typing import Final

from protocol.commands import FunctionDescription

OF_A_COUNTER: Final = ("call_keypad", "rating_keypad", "rating_terminal", "counter_display")
OF_A_ZONE: Final = {
    "board": "give it one, or start the board with --zone",
    "counter_display": "it will show nothing but a dash; give it the zone of its counter",
}


def lacks(functions: Sequence[FunctionDescription]) -> list[str]:
    """Tell of each function without the place that it needs: the server takes it, and it would stand there dark."""
    said = []
    for function in functions:
        name, kind = function.function_id, function.kind
        if kind in OF_A_COUNTER and not function.counter_id:
            said.append(f"{name} has no counter, and a {kind} needs one; see docs/operating.md.")
        if kind in OF_A_ZONE and not function.zone_id:
            said.append(f"{name} has no zone: {OF_A_ZONE[kind]}.")
    return said
