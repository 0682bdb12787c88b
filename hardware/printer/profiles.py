"""What differs between printers, as data. Pure.

A profile promises nothing that its printer does not do: with ``status="none"`` a printer is *unknown*, with
``confirm="none"`` a ticket ends as *sent*, never as *confirmed*. Only the first facts of a profile matter to a citizen;
when in doubt choose ``generic_80mm``, which trusts least.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of printer. Times in seconds of real time."""

    name: str
    width_dots: int = 576  # 576 = 80 mm at 203 dots an inch, 512 = 80 mm at 180, 384 = 58 mm.
    dots_per_inch: int = 203
    status: Literal["asb", "dle", "none"] = "dle"
    confirm: Literal["process_id", "gs_r", "none"] = "gs_r"
    clear: Literal["enq", "dc4", "none"] = "enq"  # How to make it forget a held ticket.
    cut: Literal["full", "partial", "none"] = "partial"
    feed_lines: int = 4  # Fed before the cut: the blade stands above the head.
    feed_units_per_dot: int | None = None  # Of ESC J, where known: white rows are then fed over, not sent.
    bytes_per_s: float = 100_000.0  # What its wire carries; at a serial port baud / 10.
    rows_per_s: float = 800.0  # How fast it prints (100 mm/s).
    margin_s: float = 4.0  # How much later than computed a confirmation may come.
    stall_s: float = 3.0  # No byte taken for so long: it has stopped.
    reply_s: float = 1.0  # No reply to a status request for so long: it is silent.
    held_limit_s: float = 180.0  # A ticket waits for paper so long; then its citizen has gone, and it is taken back.

    def printing_s(self, length: int) -> float:
        """How long a job of ``length`` bytes of raster takes from the last byte handed over to its end, at most."""
        rows = 8 * length / self.width_dots
        return length / self.bytes_per_s + rows / self.rows_per_s + self.margin_s


_EPSON = Profile("tm_t88", status="asb", confirm="process_id", rows_per_s=1600.0)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        _EPSON,
        replace(_EPSON, name="tm_t82", rows_per_s=1200.0),
        replace(_EPSON, name="tm_t81", rows_per_s=1200.0),
        replace(_EPSON, name="tm_t88iii", width_dots=512, dots_per_inch=180, confirm="gs_r"),
        Profile("xprinter_80", status="asb", rows_per_s=1600.0),
        Profile("xprinter_58", width_dots=384, cut="none", feed_lines=5, rows_per_s=700.0),
        Profile("rongta_80", status="asb", rows_per_s=1600.0),
        Profile("generic_80mm"),
        Profile("generic_58mm", width_dots=384, cut="none", feed_lines=5, rows_per_s=600.0),
        Profile("mute_80mm", status="none", confirm="none", clear="none"),
    )
}


def profile_named(name: str) -> Profile:
    """Return the profile called ``name``. Raises KeyError that lists the known names."""
    try:
        return PROFILES[name]
    except KeyError:
        raise KeyError(f"no printer profile is called {name!r}; known are {', '.join(sorted(PROFILES))}") from None
