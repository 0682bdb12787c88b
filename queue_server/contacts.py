"""When each device was heard, and its silences: what a kiosk that was cut off says of its times is held against them.

A kiosk may be cut off again while it still hands over, and hand over the rest later. So not only the last silence
counts, but the one in which it says to have given the number.
"""

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

SILENCES_KEPT: Final = 64
"""Per device; a wire that is interrupted more often in a day makes its times a little later, never earlier."""


class _Silence(NamedTuple):
    from_at: datetime
    to_at: datetime


class Contacts:
    """The silences of devices that the server itself has noticed; a fresh server knows of none before its start."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap
        """A pause that is longer is a silence."""
        self._last_at: dict[str, datetime] = {}
        self._silences: dict[str, deque[_Silence]] = {}

    def heard(self, device_id: str, at: datetime) -> None:
        """Note that the device was heard."""
        last_at = self._last_at.get(device_id)
        if last_at is None:
            unknown = _Silence(datetime.min.replace(tzinfo=UTC), at)
            self._silences[device_id] = deque((unknown,), SILENCES_KEPT)
        elif at - last_at > self._gap:
            self._silences[device_id].append(_Silence(last_at, at))
        self._last_at[device_id] = at

    def last_before(self, device_id: str, taken_at: datetime, at: datetime) -> datetime | None:
        """Tell when the device was last heard before the silence that ``taken_at`` lies in.

        Of an instant between two silences the later one counts, since the device was in contact then. ``None`` when
        nothing is known: for a device not heard before ``at``, and for an instant after its last silence.
        """
        last_at = self._last_at.get(device_id)
        if last_at is None:
            return None
        silences = list(self._silences[device_id])
        if at - last_at > self._gap:
            silences.append(_Silence(last_at, at))
        for silence in silences:
            if taken_at <= silence.to_at:
                return silence.from_at
        return None

    def known(self, device_id: str, at: datetime) -> tuple[datetime | None, list[tuple[datetime, datetime | None]]]:
        """Tell when the device was last heard, and its silences, newest first; the present one has no end yet.

        The time before it was first heard is none: this server was not there to hear it.
        """
        last_at = self._last_at.get(device_id)
        if last_at is None:
            return None, []
        ended: list[tuple[datetime, datetime | None]] = list(list(self._silences[device_id])[1:])
        if at - last_at > self._gap:
            ended.append((last_at, None))
        return last_at, ended[::-1]
