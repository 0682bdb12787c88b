"""The devices and their health, for technicians. Pure. What needs a hand stands first; silence is never "fine"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from presentation.formats import clock, date, hall_time
from presentation.texts import Words
from protocol.views import DeviceLine, DevicesView, HallView
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


def devices_page(
    view: DevicesView, hall: HallView, names: Mapping[str, str], words: Words, now: datetime
) -> DevicesPage:
    """Make the list of devices; ``names`` are people's, by clerk id."""
    rows = sorted(
        (_row(line, names, words, now, hall.utc_offset_s) for line in view.lines),
        key=lambda row: (not row.revocable, _ORDER.index(row.tone), row.device_id, row.function_id),
    )
    needy = sum(row.tone in {"lost", "warning"} for row in rows if row.revocable)
    summary = words.counted("devices.needy", needy, total=len(rows))
    return DevicesPage(tuple(rows), summary, help_rows(hall, words), cut_off(hall, words))


def _row(line: DeviceLine, names: Mapping[str, str], words: Words, now: datetime, utc_offset_s: int) -> DeviceRow:
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
        place=line.counter_id,
        standing=standing,
        detail=" · ".join(part for part in (reason, detail) if part),
        since=_since(line.since_at, words, now, utc_offset_s) if line.since_at else "",
        tone=tone,
        revocable=line.pairing != "revoked",
    )


def _since(at: datetime, words: Words, now: datetime, utc_offset_s: int) -> str:
    """Write the time of day, and the date too when it was not today."""
    time = clock(words, at, utc_offset_s)
    if hall_time(at, utc_offset_s).date() == hall_time(now, utc_offset_s).date():
        return time
    return f"{time} · {date(words, at, utc_offset_s)}"
