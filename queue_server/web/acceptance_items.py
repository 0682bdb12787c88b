"""What is tried before a hall opens, in the order in which a technician walks through it; and what stays open. Pure.

The items follow from the hall: its devices each have one. What the program can see by itself (who is paired, what a
device says of itself, whether there is TLS) is shown beside the question, and speaks against an answer on the sheet;
it never answers in a person's place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from presentation.formats import moment
from presentation.texts import Texts, Words, name_in
from protocol.views import DeviceLine, DevicesView, HallView, KioskView, RosterDay
from queue_server.web.acceptance_records import Answer
from queue_server.web.accounts import Account

Part = Literal["hall", "people", "devices", "safety", "handover"]
PARTS: Final[tuple[Part, ...]] = ("hall", "people", "devices", "safety", "handover")

_DEVICE_KINDS: Final = ("kiosk", "board", "counter_display", "call_keypad", "rating_keypad", "rating_terminal")
"""In the order in which they are tried: what gives numbers, what shows and says them, what is pressed."""
_HERE: Final = ("staff", "public", "system", "technician", "observer")
"""Programs of the server's own machine; nobody walks to them."""


@dataclass(frozen=True)
class Point:
    """One thing to be tried. ``kind`` is the key of its words; ``function_id`` names the device it is about."""

    key: str
    part: Part
    kind: str
    function_id: str = ""
    place: str = ""
    """The number of the counter where it stands, if it stands at one."""
    door: str = ""
    """The endpoint of the page on which it is done."""

    def title(self, words: Words) -> str:
        """Name it."""
        named = words(f"acceptance.{self.kind}.title")
        place = words("common.counter", counter=self.place) if self.place else ""
        return " · ".join(part for part in (named, self.function_id, place) if part)


@dataclass(frozen=True)
class Seen:
    """What the program knows by itself of the hall."""

    hall: HallView | None
    kiosk: KioskView | None
    devices: DevicesView | None
    week: Sequence[RosterDay]
    accounts: Sequence[Account]
    behind_tls: bool
    now: datetime


def items_of(seen: Seen) -> list[Point]:
    """Give all that is tried in this hall, in order."""
    found = [
        Point("identity", "hall", "identity", door="editor.home"),
        Point("hours", "hall", "hours", door="editor.home"),
        Point("clock", "hall", "clock"),
        Point("people", "people", "people", door="people.people"),
        Point("devices", "devices", "devices", door="devices.devices"),
    ]
    numbers = {one.counter_id: str(one.number) for one in seen.hall.counters} if seen.hall else {}
    lines = [line for line in (seen.devices.lines if seen.devices else ()) if line.pairing != "revoked"]
    for kind in _DEVICE_KINDS:
        for line in lines:
            if line.kind == kind:
                key = f"{kind}:{line.function_id}"
                place = numbers.get(line.counter_id, line.counter_id)
                found.append(Point(key, "devices", kind, line.function_id, place, "devices.devices"))
    return [
        *found,
        Point("through", "devices", "through"),
        Point("backup", "safety", "backup", door="backups.backups"),
        Point("restore", "safety", "restore", door="backups.backups"),
        Point("power", "safety", "power", door="waiting.paper"),
        Point("network", "safety", "network"),
        Point("tls", "safety", "tls"),
        Point("stop", "safety", "stop", door="stopping.page"),
        Point("handover", "handover", "handover"),
    ]


def facts_of(item: Point, seen: Seen, words: Words) -> list[str]:
    """Say what the program sees of an item, for whoever answers."""
    told = {"identity": _identity, "hours": _hours, "clock": _clock, "people": _people, "devices": _devices}
    if item.kind in told:
        return told[item.kind](seen, words)
    if item.kind == "tls":
        return [words("acceptance.tls.on" if seen.behind_tls else "acceptance.tls.off")]
    line = _line(item, seen)
    return [words("acceptance.device_now", state=_standing(line, words))] if line else []


def objections(item: Point, seen: Seen, words: Words) -> list[str]:
    """Say what the program sees that speaks against having passed."""
    found = []
    if item.kind == "people":
        roles = [one.staff_role for one in seen.accounts if not one.disabled]
        found += [
            words("acceptance.people.nobody", role=words(f"role.{role}"))
            for role in ("technician", "manager", "clerk")
            if role not in roles
        ]
        waiting = sum(one.must_change for one in seen.accounts if not one.disabled)
        if waiting:
            found.append(words("acceptance.people.one_time", count=waiting))
    if item.kind == "tls" and not seen.behind_tls:
        found.append(words("acceptance.tls.off"))
    if item.kind == "hours" and seen.week and not any(day.hours for day in seen.week):
        found.append(words("acceptance.hours.none"))
    if item.kind == "devices" and not any(
        line.pairing == "paired" and line.kind not in _HERE for line in (seen.devices.lines if seen.devices else ())
    ):
        found.append(words("acceptance.devices.none"))
    line = _line(item, seen)
    if line is not None and (line.pairing != "paired" or line.state != "ok"):
        found.append(words("acceptance.device_now", state=_standing(line, words)))
    return found


def open_points(
    items: Sequence[Point], answers: Mapping[str, Answer], seen: Seen, words: Words
) -> Iterator[tuple[Point, str]]:
    """Give what keeps the hall from being accepted without reserve, and why: nothing is left out politely."""
    for item in items:
        answer = answers.get(item.key)
        against = "; ".join(objections(item, seen, words))
        if answer is None:
            yield item, "; ".join(part for part in (words("acceptance.open.not_tried"), against) if part)
        elif answer.verdict != "passed":
            yield item, words(f"acceptance.open.{answer.verdict}", note=answer.note)
        elif against:
            yield item, words("acceptance.open.against", seen=against)


def _identity(seen: Seen, words: Words) -> list[str]:
    if seen.hall is None:
        return []
    names = [name_in(seen.hall.agency, words.language), name_in(seen.hall.names, words.language)]
    hotline = seen.kiosk.hotline if seen.kiosk else ""
    return [*names, *([f"{words('common.hotline')}: {hotline}"] if hotline else [])]


def _hours(seen: Seen, words: Words) -> list[str]:
    return [
        words(
            "acceptance.hours.day",
            day=f"{day.day[8:]}/{day.day[5:7]}/{day.day[:4]}",
            hours=", ".join(f"{opens}–{closes}" for opens, closes in day.hours) or words("roster.free_day"),
        )
        for day in seen.week
    ]


def _clock(seen: Seen, words: Words) -> list[str]:
    offset_s = seen.hall.utc_offset_s if seen.hall else 0
    return [words("acceptance.clock.now", when=moment(words, seen.now, offset_s))]


def _people(seen: Seen, words: Words) -> list[str]:
    roles = [one.staff_role for one in seen.accounts if not one.disabled]
    return [
        words("acceptance.people.count", role=words(f"role.{role}"), count=roles.count(role))
        for role in sorted(set(roles))
    ]


def _devices(seen: Seen, words: Words) -> list[str]:
    lines = seen.devices.lines if seen.devices else ()
    paired = sum(line.pairing == "paired" for line in lines)
    return [words("acceptance.devices.paired", paired=paired, total=len(lines))]


def _line(item: Point, seen: Seen) -> DeviceLine | None:
    if not item.function_id or seen.devices is None:
        return None
    return next((line for line in seen.devices.lines if line.function_id == item.function_id), None)


def _standing(line: DeviceLine, words: Words) -> str:
    return words(f"device_state.{line.state}" if line.pairing == "paired" else f"devices.{line.pairing}")


def summary(texts: Texts, language: str, items: Sequence[Point], answers: Mapping[str, Answer]) -> str:
    """Say how many have passed, of how many."""
    passed = sum(one.key in answers and answers[one.key].verdict == "passed" for one in items)
    return texts("acceptance.summary", language, passed=passed, total=len(items))
