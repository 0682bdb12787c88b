"""Who is still there: terminals give a sign of life, and one that fell silent is gone, whatever it said last.

What a device says of itself holds only as long as it can still be heard. Signs of life are not stored; that a device
fell silent, or came back, is an event like its own words. All times are real seconds of the monotonic clock.
"""

from collections.abc import Iterator
from typing import Final

from protocol.commands import ReportDevice
from queue_server import core
from queue_server.core.state import SILENT, Device, Health

SILENT_AFTER_S: Final = 15.0


class Presence:
    """When each device was last heard."""

    def __init__(self, now: float, silent_after_s: float = SILENT_AFTER_S) -> None:
        self._began = now
        self._silent_after_s = silent_after_s
        self._heard: dict[str, float] = {}
        self._before: dict[str, Health] = {}
        """By function: what it said before it fell silent."""

    def heard(self, public_key: str, now: float) -> None:
        """Note that this key was heard."""
        self._heard[public_key] = now

    def changes(self, branch: core.Branch, now: float) -> Iterator[ReportDevice]:
        """Give what there is to report: functions that are gone now, and those that are back."""
        for device in tuple(branch.devices.values()):
            if device.pairing == "paired":
                silent_s = now - self._heard.get(device.public_key, self._began)
                yield from self._changes_of(branch, device, is_silent=silent_s > self._silent_after_s)

    def _changes_of(self, branch: core.Branch, device: Device, *, is_silent: bool) -> Iterator[ReportDevice]:
        for function in device.functions:
            health = branch.health.get(function.function_id)
            if health is None:
                continue  # It never said how it is, so that is not known anyway.
            is_marked = health.state == "gone" and health.reason == SILENT
            if is_silent and health.state != "gone":
                self._before[function.function_id] = health
                yield ReportDevice(function_id=function.function_id, state="gone", reason=SILENT)
            elif is_marked and not is_silent:
                before = self._before.pop(function.function_id, None)
                if before is None:
                    yield ReportDevice(function_id=function.function_id, state="unknown")
                else:
                    yield ReportDevice(
                        function_id=function.function_id, state=before.state, reason=before.reason, detail=before.detail
                    )
