"""The devices and their health, for technicians. Pure. What needs a hand stands first; silence is never "fine"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from presentation.formats import clock, date, hall_time
from presentation.texts import Words
from protocol.views import DeviceLine, DevicesView, HallView
from queue_server.web.console_help import HelpWanted
from queue_server.web.hall_page import HelpRow, cut_off, help_rows

Tone = Literal["fine", "warning", "lost", "quiet"]

_TONES: Final[dict[str, Tone]] = {
    "ok": "fine",
    "degraded": "warning",
    "out": "lost",
    "gone": "lost",
    "unknown": "quiet",
}
_HELP_ANSWERED: Final = "help_answered"
"""The server's own reason; its detail is the id of who goes."""
_ORDER: Final[tuple[Tone, ...]] = ("lost", "warning", "quiet", "fine")


@dataclass(frozen=True)
class DeviceRow:
    """One function of one device."""

    device_id: str
    function_id: str
    kind: str
    place: str
    standing: str
    detail: str
    since: str
    tone: Tone
    revocable: bool


@dataclass(frozen=True)
class DevicesPage:
    """All that the list says."""

    rows: tuple[DeviceRow, ...]
    summary: str
    help_rows: tuple[HelpRow, ...]
    cut_off: tuple[str, ...]
    help_wanted: tuple[HelpWanted, ...] = ()
    """Counters call their colleagues and managers; of those the page of devices tells nothing."""


def devices_page(
    view: DevicesView, hall: HallView, names: Mapping[str, str], words: Words, now: datetime
) -> DevicesPage:
    """Make the list of devices; ``names`` are people's, by clerk id."""
    rows = sorted(
        (device_row(line, names, words, now, hall) for line in view.lines),
        key=lambda row: (not row.revocable, _ORDER.index(row.tone), row.device_id, row.function_id),
    )
    needy = sum(row.tone in {"lost", "warning"} for row in rows if row.revocable)
    summary = words.counted("devices.needy", needy, total=len(rows))
    return DevicesPage(tuple(rows), summary, help_rows(hall, words), cut_off(hall, words))


def device_row(line: DeviceLine, names: Mapping[str, str], words: Words, now: datetime, hall: HallView) -> DeviceRow:
    """Write one function of one device; `names` are people's, by clerk id."""
    tone: Tone = _TONES[line.state] if line.pairing == "paired" else "quiet"
    standing = words(f"device_state.{line.state}" if line.pairing == "paired" else f"devices.{line.pairing}")
    reason, detail = line.reason, line.detail
    if reason == _HELP_ANSWERED:
        detail = names.get(detail, detail)
    if reason == "paper_low" and detail.isdecimal():
        detail = words.counted("devices.tickets_left", int(detail))
    if reason and words.has(f"devices.reason.{reason}"):
        reason = words(f"devices.reason.{reason}")
    return DeviceRow(
        device_id=line.device_id,
        function_id=line.function_id,
        kind=words(f"device_kind.{line.kind}") if words.has(f"device_kind.{line.kind}") else line.kind,
        place=counter_name(hall, line.counter_id, words),
        standing=standing,
        detail=" · ".join(part for part in (reason, detail) if part),
        since=_since(line.since_at, words, now, hall.utc_offset_s) if line.since_at else "",
        tone=tone,
        revocable=line.pairing != "revoked",
    )


def counter_name(hall: HallView | None, counter_id: str, words: Words) -> str:
    """Name a counter by its number; one that the hall no longer has keeps its id, and no counter has no name."""
    number = next((one.number for one in hall.counters if one.counter_id == counter_id), None) if hall else None
    return counter_id if number is None else words("common.counter", counter=number)


def _since(at: datetime, words: Words, now: datetime, utc_offset_s: int) -> str:
    """Write the time of day, and the date too when it was not today."""
    time = clock(words, at, utc_offset_s)
    if hall_time(at, utc_offset_s).date() == hall_time(now, utc_offset_s).date():
        return time
    return f"{time} · {date(words, at, utc_offset_s)}"
