"""What differs between printers, as data. Pure.

A profile promises nothing that its printer does not do: with ``status="none"`` a printer is *unknown*, with
``confirm="none"`` a ticket ends as *sent*, never as *confirmed*. Only the first facts of a profile matter to a citizen;
when in doubt choose ``generic_80mm``, which trusts least.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

PULSE_S: Final = 0.25  # A printer that is switched off and on is away for longer.


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of printer. Times in seconds of real time."""

    name: str
    width_dots: int = 576  # 576 = 80 mm at 203 dots an inch, 512 = 80 mm at 180, 384 = 58 mm.
    dots_per_inch: int = 203
    status: Literal["asb", "dle", "none"] = "dle"
    confirm: Literal["process_id", "gs_r", "none"] = "gs_r"
    clear: Literal["enq", "dc4", "none"] = "enq"  # How to make it forget a held ticket.
    link: Literal["kept", "per_job"] = "kept"  # per_job: given back after each ticket, for others want to print too.
    cut: Literal["full", "partial", "none"] = "partial"
    feed_lines: int = 4  # Fed before the cut: the blade stands above the head.
    feed_units_per_dot: int | None = None  # Of ESC J, where known: white rows are then fed over, not sent.
    bytes_per_s: float = 100_000.0  # What its wire carries; at a serial port baud / 10.
    pulse_bytes: int = 0  # After so many bytes of a ticket it is asked whether it is there; 0: its link tells that.
    rows_per_s: float = 800.0  # How fast it prints (100 mm/s).
    margin_s: float = 4.0  # How much later than computed a confirmation may come.
    stall_s: float = 3.0  # No byte taken for so long: it has stopped.
    reply_s: float = 1.0  # No reply to a status request for so long: it is silent.
    rest_s: float = 30.0  # Of a link that is given back: after so long without a ticket the printer is looked at.
    roll_mm: float = 80_000.0  # A fresh roll: 80 mm across on a narrow core; 40 mm across holds 18 m.
    near_end_mm: float = 5000.0  # What a roll still holds when the near-end sensor tells: by its height on the roll.
    held_limit_s: float = 180.0  # A ticket waits for paper so long; then its citizen has gone, and it is taken back.

    def on_wire(self, bytes_per_s: float | None) -> "Profile":
        """Return this printer at a serial port that carries ``bytes_per_s``; None for a link that sets no limit.

        A serial wire does not tell when its printer loses power: the printer is asked throughout the ticket instead.
        """
        if bytes_per_s is None:
            return self
        pulse_bytes = 0 if self.status == "none" else max(1, round(bytes_per_s * PULSE_S))
        return replace(self, bytes_per_s=bytes_per_s, pulse_bytes=pulse_bytes)

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
        Profile("xprinter_58", width_dots=384, roll_mm=18_000.0, cut="none", feed_lines=5, rows_per_s=700.0),
        Profile("rongta_80", status="asb", rows_per_s=1600.0),
        Profile("generic_80mm"),
        Profile("generic_58mm", width_dots=384, roll_mm=18_000.0, cut="none", feed_lines=5, rows_per_s=600.0),
        Profile("mute_80mm", status="none", confirm="none", clear="none"),
    )
}
