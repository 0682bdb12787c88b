"""What the pages of voices say, made of what the server tells of them. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from presentation.formats import moment, number
from presentation.texts import Words, name_in
from protocol.configuration import VoiceChannel
from protocol.views import HallView
from protocol.voice_views import VoicesFound
from protocol.voices import Voice
from queue_server.reporting.voices import VoiceLine
from queue_server.satisfaction.shown import percent_text
from queue_server.web.accounts import Account
from queue_server.web.typed_days import show_day

ENTERED: Final[tuple[VoiceChannel, ...]] = ("paper", "hotline", "desk")
"""The channels whose voices staff enter; the others enter themselves."""

Urgency = Literal["", "soon", "late"]


@dataclass(frozen=True)
class VoiceRow:
    """A voice in the list."""

    voice_id: str
    received: str
    channel: str
    kind: str
    about: str
    owner: str
    due: str
    state: str
    state_word: str
    urgency: Urgency


@dataclass(frozen=True)
class Step:
    """Something that was done with a voice: what, by whom, when."""

    what: str
    who: str
    at: str


@dataclass(frozen=True)
class Choice:
    """Somebody of the staff who can be chosen."""

    clerk_id: str
    name: str
    named: bool


def voice_rows(found: VoicesFound, hall: HallView, names: Mapping[str, str], words: Words) -> tuple[VoiceRow, ...]:
    """Give the voices of a page of the list, in its order."""
    kinds = {one.kind_id: name_in(one.names, words.language) for one in found.kinds}
    return tuple(
        VoiceRow(
            voice_id=one.voice_id,
            received=day(one.received_day),
            channel=words(f"voices.channel.{one.channel}"),
            kind=kinds.get(one.kind_id, one.kind_id),
            about=about(one, hall, words),
            owner=names.get(one.owner_id, one.owner_id),
            due=day(one.due_day),
            state=one.state,
            state_word=words(f"voices.state.{one.state}"),
            urgency=urgency(one, found.day, found.due_soon_day),
        )
        for one in found.voices
    )


def urgency(voice: Voice, today: str, soon: str) -> Urgency:
    """Tell whether an answer is late or due soon; empty for whatever is answered or over."""
    if not voice.is_open:
        return ""
    return "late" if voice.due_day < today else "soon" if voice.due_day <= soon else ""


def about(voice: Voice, hall: HallView, words: Words) -> str:
    """Say what a voice is about: counter and service, and no person."""
    counter = next((one.number for one in hall.counters if one.counter_id == voice.counter_id), None)
    service = next((one.names for one in hall.services if one.service_id == voice.service_id), None)
    said = [words("common.counter", counter=counter)] if counter is not None else []
    said += [name_in(service, words.language)] if service is not None else []
    return " · ".join(said)


def steps(voice: Voice, hall: HallView, names: Mapping[str, str], words: Words) -> tuple[Step, ...]:
    """Give what was done with a voice, each step by whom."""

    def step(key: str, at: datetime | None, by: str, **more: str) -> Step:
        told = moment(words, at, hall.utc_offset_s) if at is not None else ""
        return Step(words(f"voices.step.{key}", **more), names.get(by, by) or words("voices.citizen"), told)

    done = [step("received", voice.received_at, voice.entered_by)]
    if voice.owner_id:
        done.append(
            step("assigned", voice.assigned_at, voice.assigned_by, owner=names.get(voice.owner_id, voice.owner_id))
        )
    if voice.answered_day:
        done.append(step("answered", voice.answered_at, voice.answered_by, day=day(voice.answered_day)))
    if voice.ended_day:
        done.append(step(voice.state, voice.ended_at, voice.ended_by))
    return tuple(done)


def choices(accounts: Iterable[Account], named: Iterable[str] = ()) -> tuple[Choice, ...]:
    """Give those who can answer a voice or be named in it, by name."""
    about_them = set(named)
    return tuple(
        Choice(one.clerk_id, one.shown_name, one.clerk_id in about_them)
        for one in sorted(accounts, key=lambda one: one.shown_name)
        if not one.disabled and one.staff_role in ("clerk", "usher", "manager")
    )


@dataclass(frozen=True)
class FigureRow:
    """A line of the figures: its numbers as they are shown, and when the way in was shut."""

    name: str
    numbers: tuple[str, ...]
    rate: str
    gap: str
    """That the way in was shut, or on how many days it was open; empty where it was always open."""
    is_gap: bool
    """Of a way that was shut all the time, and by which nothing came, there are no numbers: not even 0."""


def figure_rows(lines: Iterable[VoiceLine], name: Callable[[str], str], words: Words) -> tuple[FigureRow, ...]:
    """Give lines of figures in their words."""
    return tuple(_figure_row(one, name(one.line_id), words) for one in lines)


def _figure_row(line: VoiceLine, name: str, words: Words) -> FigureRow:
    counts = line.counts
    numbers = (counts.received, counts.in_time, counts.late, counts.overdue, counts.waiting, counts.unanswered)
    gap = ""
    if line.days_open == 0:
        gap = words("voices.not_offered")
    elif line.days_open < line.days:
        gap = words("voices.offered_days", part=line.days_open, whole=line.days)
    rate = words("common.no_data")
    if counts.due:
        percent = percent_text(counts.in_time, counts.due, words)
        rate = words(
            "voices.rate_said", part=number(words, counts.in_time), whole=number(words, counts.due), percent=percent
        )
    return FigureRow(
        name=name,
        numbers=tuple(number(words, one) for one in numbers),
        rate=rate,
        gap=gap,
        is_gap=line.days_open == 0 and counts.received == 0,
    )


def month_name(month: str) -> str:
    """Write a month as people do: 11/2026."""
    return f"{month[5:]}/{month[:4]}"


def day(told: str) -> str:
    """Write a day as people do; nothing for none."""
    return show_day(date.fromisoformat(told)) if told else ""
