"""When a channel could ask nobody: what devices, settings and campaigns say -> rows of a business day. Pure.

A channel that was off says nothing of how satisfied people were, so a figure has to know when it was:

- keypad, terminal, by counter: every device of the kind that hangs there was out of order or not heard of (`silent`),
  or the last one was taken away (`removed`, until the end of that day: from the next one on the counter has none);
- link, of the whole hall: tickets did not lead to a page (`switched_off`);
- surprise, of the whole hall: no campaign had this day among its own (`no_campaign`).

Paper ballots and home visits need nothing that could be off. Rows end with the business day: the night is none of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from protocol import ballot_events as b
from protocol import events as e
from protocol.commands import RatingChannel
from queue_server.reporting.asked import DEVICE_CHANNELS, channels_at
from queue_server.reporting.rows import CampaignNow, Context, DayRow, SilenceReason, SilenceRow

MINDED: Final = (
    e.ConfigurationChanged,
    e.DayOpened,
    e.DayClosed,
    e.DevicePaired,
    e.DeviceRevoked,
    e.DeviceReported,
    e.FunctionPlaced,
    b.CampaignPlanned,
    b.CampaignEnded,
)
"""Events by which a channel can fall silent or be heard again."""


def mind(context: Context, seq: int, event: e.AnyEvent) -> Iterator[SilenceRow]:
    """Let silences begin and end by this event, which the context has taken in; gives the rows that changed."""
    match event:
        case e.DayOpened():
            context.day_open, context.asking = True, set()
        case e.DayClosed():
            context.day_open = False
        case b.CampaignPlanned():
            one = event.campaign
            context.campaign = CampaignNow(one.campaign_id, one.first_day, one.last_day)
        case b.CampaignEnded():
            context.campaign = None
        case _:
            pass
    off = _off(context) if context.day_open else {}
    for place, row in list(context.silences.items()):
        if off.get(place) != row.reason:
            row.to_at = max(event.at, datetime.fromisoformat(row.from_at)).isoformat()
            yield context.silences.pop(place)
    for place, reason in off.items():
        if place not in context.silences:
            channel, _, counter_id = place.partition("/")
            row = SilenceRow(
                silence_id=f"{seq}/{place}",
                day=context.day,
                channel=channel,
                counter_id=counter_id,
                reason=reason,
                from_at=event.at.isoformat(),
            )
            context.silences[place] = row
            yield row


def _off(context: Context) -> dict[str, SilenceReason]:
    """Give what can ask nobody now, as `channel/counter`, and why."""
    hanging = {f"{DEVICE_CHANNELS[one.kind]}/{one.counter_id}" for one in context.keys.values() if one.counter_id}
    context.asking |= hanging
    off: dict[str, SilenceReason] = {}
    for place in sorted(context.asking):
        channel, _, counter_id = place.partition("/")
        if channel not in channels_at(context, counter_id):
            off[place] = "silent" if place in hanging else "removed"
    if not context.meaning.links:
        off["link/"] = "switched_off"
    campaign = context.campaign
    if campaign is None or not campaign.first_day <= context.day <= campaign.last_day:
        off["surprise/"] = "no_campaign"
    return off


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """How long one channel could ask nobody on a day, at a counter or (no counter) in the whole hall.

    `spans` are its times within the opening hours, from and to, in order, ISO; the last may have no end yet. `whole`
    tells that the channel was off for all of these hours, or for all of them until now.
    """

    channel: RatingChannel
    counter_id: str
    reasons: tuple[SilenceReason, ...]
    spans: tuple[tuple[str, str], ...]
    whole: bool


def opening_of(spans: Mapping[str, Sequence[e.Span]]) -> str:
    """Write when anything is open on a day, over all its opening hours, as `DayRow.opening` has it."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted((span.opens_at, span.closes_at) for own in spans.values() for span in own):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return " ".join(f"{start.isoformat()}/{end.isoformat()}" for start, end in found)


def gaps(day: DayRow, silences: Iterable[SilenceRow]) -> tuple[Gap, ...]:
    """Put the silences of a day together by channel and counter.

    Devices are switched on before the hall opens and off after it: only what falls into its opening hours is a gap.
    """
    opening = [_read(*span.split("/")) for span in day.opening.split()]
    found: dict[tuple[str, str], list[SilenceRow]] = {}
    for row in sorted(silences, key=lambda one: (datetime.fromisoformat(one.from_at), one.silence_id)):
        if row.day == day.day and any(_clipped(row, opening)):
            found.setdefault((row.channel, row.counter_id), []).append(row)
    return tuple(_gap(rows, opening) for _, rows in sorted(found.items()))


_Time = tuple[datetime, datetime]
_NO_END: Final = datetime.max.replace(tzinfo=UTC)


def _gap(rows: Sequence[SilenceRow], opening: Sequence[_Time]) -> Gap:
    spans: list[_Time] = []
    for start, end in (span for row in rows for span in _clipped(row, opening)):
        if spans and spans[-1][1] == start:  # Only its reason changed: it went on being silent.
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return Gap(
        channel=msgspec.convert(rows[0].channel, RatingChannel),
        counter_id=rows[0].counter_id,
        reasons=tuple(dict.fromkeys(row.reason for row in rows)),
        spans=tuple((start.isoformat(), "" if end == _NO_END else end.isoformat()) for start, end in spans),
        whole=spans in (list(opening), [(opening[0][0], _NO_END)]),
    )


def _clipped(row: SilenceRow, opening: Sequence[_Time]) -> Iterator[_Time]:
    """Give what of a silence falls into the opening hours; one that goes on is not parted by what is still to come."""
    start, end = _read(row.from_at, row.to_at)
    for opens_at, closes_at in opening:
        if end == _NO_END and start < closes_at:
            yield max(start, opens_at), end
            return
        if max(start, opens_at) < min(end, closes_at):
            yield max(start, opens_at), min(end, closes_at)


def _read(start: str, end: str) -> _Time:
    return datetime.fromisoformat(start), datetime.fromisoformat(end) if end else _NO_END
