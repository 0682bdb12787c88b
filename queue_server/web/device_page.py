"""One device in words: where it stands, how it is, what it runs, how its trials went. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from presentation.formats import duration, moment, number
from presentation.texts import Words
from protocol.commands import About, FunctionDescription, TrialKind
from protocol.views import DeviceFound, DeviceLine, HallView, TrialKnown
from queue_server.web.devices_page import DeviceRow, Tone, counter_name, device_row

TRIALS_OF_KIND: Final[Mapping[str, tuple[TrialKind, ...]]] = {
    "kiosk": ("answer", "ticket", "screen"),
    "board": ("answer", "sound", "screen"),
    "rating_terminal": ("answer", "screen"),
    "counter_display": ("answer", "text"),
    "call_keypad": ("answer",),
    "rating_keypad": ("answer",),
}
"""What can be tried at which function. A rating keypad has no lamp of its own that could blink."""

PLACES_OF_KIND: Final[Mapping[str, tuple[Literal["counter", "zone"], ...]]] = {
    "board": ("zone",),
    "counter_display": ("counter", "zone"),
    "call_keypad": ("counter",),
    "rating_keypad": ("counter",),
    "rating_terminal": ("counter",),
}
"""Where a function of a kind can stand; kiosks and pages belong to the whole hall."""

CLOCK_OFF_S: Final = 2.0
"""From here on a machine's clock is said to be wrong; the answer's own way takes some milliseconds."""

_TONES: Final[Mapping[str, Tone]] = {"done": "fine", "unseen": "warning", "failed": "lost", "cannot": "quiet"}


@dataclass(frozen=True)
class TrialRow:
    """A trial and what became of it; `running` while an answer may still come."""

    trial: str
    at: str
    tone: Tone
    standing: str
    detail: str
    running: bool


@dataclass(frozen=True)
class FunctionCard:
    """One function: its health, its place, what can be tried, how trials went."""

    function_id: str
    row: DeviceRow | None
    kind: str
    places: tuple[str, ...]
    counter_id: str
    counter: str
    """The counter's name."""
    zone_id: str
    near_clerk: bool
    trials: tuple[tuple[TrialKind, str], ...]
    tried: tuple[TrialRow, ...]


@dataclass(frozen=True)
class Fact:
    """A fact about the device, and whether it is as it should be."""

    name: str
    value: str
    tone: Tone = "quiet"
    note: str = ""


@dataclass(frozen=True)
class DevicePage:
    """All that is said of a device."""

    device_id: str
    name: str
    functions: tuple[FunctionCard, ...]
    facts: tuple[Fact, ...]
    silences: tuple[tuple[str, str], ...]
    waiting: bool
    """A trial is under way: look again soon."""


@dataclass(frozen=True)
class Ours:
    """What this server's own programs are, to compare with."""

    program_version: str
    texts_hash: str


@dataclass(frozen=True)
class Around:
    """What a device is seen beside: the hall, the names of people, this server's own programs, words and hall time."""

    hall: HallView
    people: Mapping[str, str]
    ours: Ours
    words: Words
    now: datetime


def device_page(found: DeviceFound, lines: Sequence[DeviceLine], around: Around) -> DevicePage:
    """Write what is known; `lines` are the health of all functions."""
    hall, words, now = around.hall, around.words, around.now
    by_function = {line.function_id: line for line in lines if line.device_id == found.device_id}
    cards = []
    for function in found.functions:
        line = by_function.get(function.function_id)
        row = device_row(line, around.people, words, now, hall) if line else None
        cards.append(_card(function, row, found, words, hall))
    return DevicePage(
        device_id=found.device_id,
        name=found.name,
        functions=tuple(cards),
        facts=tuple(_facts(found, around)),
        silences=tuple(_silence(one.from_at, one.to_at, words, now, hall.utc_offset_s) for one in found.silences),
        waiting=any(one.running for card in cards for one in card.tried),
    )


def _card(
    function: FunctionDescription, row: DeviceRow | None, found: DeviceFound, words: Words, hall: HallView
) -> FunctionCard:
    kinds = TRIALS_OF_KIND.get(function.kind, ("answer",)) if found.pairing == "paired" else ()
    return FunctionCard(
        function_id=function.function_id,
        row=row,
        kind=words(f"device_kind.{function.kind}"),
        places=PLACES_OF_KIND.get(function.kind, ()) if found.pairing != "revoked" else (),
        counter_id=function.counter_id,
        counter=counter_name(hall, function.counter_id, words),
        zone_id=function.zone_id,
        near_clerk=function.near_clerk,
        trials=tuple((kind, words(f"device.trial.{kind}")) for kind in kinds),
        tried=tuple(
            _trial(one, words, hall.utc_offset_s) for one in found.trials if one.function_id == function.function_id
        )[:3],
    )


def _trial(one: TrialKnown, words: Words, utc_offset_s: int) -> TrialRow:
    at, name = moment(words, one.asked_at, utc_offset_s), words(f"device.trial.{one.trial}")
    if one.result is None:
        state: tuple[Tone, str] = ("lost", "device.result.over") if one.over else ("warning", "device.result.running")
        return TrialRow(name, at, state[0], words(state[1]), "", not one.over)
    result = one.result
    reason = result.reason
    for key in (f"device.reason.{reason}", f"devices.reason.{reason}"):
        if reason and words.has(key):
            reason = words(key)
            break
    detail = " · ".join(part for part in (reason, result.detail) if part)
    return TrialRow(name, at, _TONES[result.result], words(f"device.result.{result.result}"), detail, running=False)


def _facts(found: DeviceFound, around: Around) -> list[Fact]:
    words, offset_s = around.words, around.hall.utc_offset_s
    facts = [Fact(words("device.since"), moment(words, found.since_at, offset_s))]
    if found.heard_at is None:
        return [*facts, Fact(words("device.heard"), words("device.never"), "lost")]
    silent = bool(found.silences and found.silences[0].to_at is None)
    ago_s = max(0.0, (around.now - found.heard_at).total_seconds())
    heard = words("device.heard_ago", span=duration(words, ago_s))
    facts.append(Fact(words("device.heard"), heard, "lost" if silent else "fine"))
    if found.about is None:
        return [*facts, Fact(words("device.program"), words("device.tells_nothing"), "warning")]
    return [*facts, *_told(found, found.about, around)]


def _told(found: DeviceFound, about: About, around: Around) -> list[Fact]:
    """Write what the device told of itself, each beside what this server has."""
    hall, ours, words = around.hall, around.ours, around.words
    program = f"{about.program} {about.program_version}"
    facts = [
        _same(words, "program", program, about.program_version, ours.program_version),
        Fact(words("device.started"), moment(words, about.started_at, hall.utc_offset_s)),
    ]
    if about.configuration_id:
        held = about.configuration_id[:12]
        facts.append(_same(words, "configuration", held, about.configuration_id, hall.configuration_id))
    if about.texts_hash:
        facts.append(_same(words, "texts", about.texts_hash, about.texts_hash, ours.texts_hash))
    if found.clock_offset_s is not None:
        off = abs(found.clock_offset_s) >= CLOCK_OFF_S
        clock = words("device.clock_by", seconds=number(words, found.clock_offset_s, 1))
        note = words("device.clock_wrong") if off else ""
        facts.append(Fact(words("device.clock"), clock, "lost" if off else "fine", note))
    for name, count in (("waiting", about.waiting), ("refused", about.refused), ("jobs", about.jobs)):
        if count is not None:
            facts.append(Fact(words(f"device.{name}"), number(words, count), "warning" if count else "fine"))
    if about.tickets_left is not None:
        facts.append(Fact(words("device.tickets_left"), number(words, about.tickets_left)))
    return facts


def _same(words: Words, name: str, shown: str, held: str, ours: str) -> Fact:
    differs = bool(ours) and held != ours
    note = words("device.differs", ours=ours[:12]) if differs else ""
    return Fact(words(f"device.{name}"), shown, "warning" if differs else "fine", note)


def _silence(begin: datetime, end: datetime | None, words: Words, now: datetime, utc_offset_s: int) -> tuple[str, str]:
    span = duration(words, max(0.0, ((end or now) - begin).total_seconds()))
    return moment(words, begin, utc_offset_s), words("device.silence_now", span=span) if end is None else span
