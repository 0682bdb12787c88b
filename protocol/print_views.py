"""What is seen of the papers that staff order at kiosks: by the kiosks that print them, and by those who ordered."""

from typing import Literal

from protocol.commands import DeviceState
from protocol.message import Code, Instant
from protocol.view_parts import Part


class PrintOrder(Part, frozen=True, kw_only=True):
    """An order that stands, for the kiosk that it names; which number it is, that kiosk alone may ask."""

    order_id: str
    function_id: str


class HallKiosk(Part, frozen=True, kw_only=True):
    """A kiosk by name, and how it is."""

    function_id: str
    name: str
    state: DeviceState
    reason: Code


PrintOrderState = Literal["ordered", "confirmed", "held", "uncertain", "failed", "void", "expired", "replaced"]
"""``ordered``: the kiosk has said nothing yet. ``expired`` and ``replaced`` are void without its word."""


class HallPrintOrder(Part, frozen=True, kw_only=True):
    """A paper that was ordered, and what became of it. ``told_at`` is when that was heard."""

    order_id: str
    visit_id: str
    prefix: str
    number: int
    function_id: str
    state: PrintOrderState
    reason: Code
    ordered_at: Instant
    told_at: Instant | None = None
