"""By which channels a citizen could be asked: rating devices that were heard of, and ballots that were drawn. Pure."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from protocol import ballot_events as b
from protocol import events as e
from protocol.ballots import Ballot, BallotCode
from protocol.commands import RatingChannel
from queue_server.reporting.rows import BallotRow, Context, KeysNow

DEVICE_CHANNELS: Final[dict[str, RatingChannel]] = {"rating_keypad": "keypad", "rating_terminal": "terminal"}
"""The channel of each kind of rating device."""

_SILENT: Final = frozenset({"out", "unknown", "gone"})

DeviceEvent = e.DevicePaired | e.DeviceRevoked | e.DeviceReported | e.FunctionPlaced


def note_device(context: Context, event: DeviceEvent) -> None:
    """Keep where rating devices hang and whether they are heard."""
    match event:
        case e.DevicePaired():
            _forget(context, event.device_id)
            for function in event.functions:
                if function.kind in DEVICE_CHANNELS:
                    context.keys[function.function_id] = KeysNow(function.kind, event.device_id, function.counter_id)
        case e.DeviceRevoked():
            _forget(context, event.device_id)
        case e.FunctionPlaced():
            if event.function_id in context.keys:
                context.keys[event.function_id].counter_id = event.counter_id
        case e.DeviceReported():
            if event.function_id in context.keys:
                context.keys[event.function_id].silent = event.state in _SILENT


def channels_at(context: Context, counter_id: str) -> frozenset[RatingChannel]:
    """Give the channels by which somebody at this counter can answer now."""
    return frozenset(
        DEVICE_CHANNELS[one.kind] for one in context.keys.values() if one.counter_id == counter_id and not one.silent
    )


def ballot_id_of(code: BallotCode) -> str:
    """Give the id of a ballot's row, from which its code cannot be read."""
    return sha256(code.encode("ascii")).hexdigest()[:32]


def drawn_rows(ballots: tuple[Ballot, ...], day: str) -> Iterator[BallotRow]:
    """Give the rows of ballots that were drawn on this day."""
    for one in ballots:
        yield BallotRow(
            ballot_id=ballot_id_of(one.code),
            day=one.day,
            drawn_day=day,
            channel=one.channel,
            visit_id=one.visit_id,
            counter_id=one.counter_id,
            clerk_id=one.clerk_id,
            service_id=one.service_id,
            state=one.state,
            scale_id=one.scale_id,
        )


def after_entry(row: BallotRow, event: b.BallotEntered | b.BallotSettled, context: Context) -> None:
    """Keep how far a ballot has come; the answer of a blank one is kept here alone, as no rating comes of it."""
    if event.entry.flag:
        return
    row.state = event.state
    if event.state == "counted":
        row.level = event.entry.level
        row.satisfied = row.level in context.meaning.satisfied.get(row.scale_id, frozenset())


def _forget(context: Context, device_id: str) -> None:
    for function_id in [key for key, one in context.keys.items() if one.device_id == device_id]:
        del context.keys[function_id]
