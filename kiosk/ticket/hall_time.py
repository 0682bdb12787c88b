"""What time it is in the hall for a kiosk that has not heard its server since it was switched on. Pure."""

from datetime import datetime, timedelta

import msgspec


class HallTime(msgspec.Struct, frozen=True, kw_only=True):
    """As the kiosk last knew it: it was ``hall_at`` when the machine's clock said ``machine_at``.

    A machine's clock may be minutes wrong, and is then as wrong as before after a restart: the hall's time is told by
    how much of the machine's has passed. A machine without a clock of its own may wake in the past; then it is at
    least as late as when the hall was last heard.
    """

    hall_at: datetime
    machine_at: datetime
    rate: float
    """How many hall seconds pass in a real one."""

    def now(self, machine_at: datetime) -> datetime:
        """Tell hall time by the machine's clock."""
        return self.hall_at + max(machine_at - self.machine_at, timedelta()) * self.rate
