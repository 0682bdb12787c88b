"""What the ticket kiosk knows of the papers that staff have ordered at it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """A paper that staff ordered here, and how far it is.

    ``asked``: the server was asked which number it is. ``put_off``: it gave no answer, and is asked again. ``ordered``:
    the printer has it. ``withdrawn``: it stands no longer, and the printer was told so. ``done``: nothing more to do.
    """

    order_id: str
    request_id: str
    stage: Literal["asked", "put_off", "ordered", "withdrawn", "done"] = "asked"
    again_real_s: float = 0.0
    """When it is asked for again, once it was put off."""
