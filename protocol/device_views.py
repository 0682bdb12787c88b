"""What a device is told as it is paired, introduces itself and attends; and what its technician is told of it."""

from typing import Literal

from protocol.commands import FunctionDescription
from protocol.configuration import Words
from protocol.device_commands import About, Trial, TrialKind, TrialResult
from protocol.message import Instant, OptionalDay, PersonKeyHex
from protocol.view_parts import Part, Reply


class DeviceCreatedReply(Reply, frozen=True, kw_only=True, tag="device_created"):
    """The pairing code, shown once; ``pairing`` is the whole string for a QR: ``motcua://host:port/KEY?code=…``."""

    device_id: str
    code: str
    expires_at: Instant


class Paired(Reply, frozen=True, kw_only=True):
    """The device is known from now on."""

    device_id: str
    functions: tuple[FunctionDescription, ...]


class Introduction(Reply, frozen=True, kw_only=True):
    """Who the asking device is. ``link_key`` (64 hex digits), for the tickets' secrets, goes to kiosks and systems.

    To kiosks alone goes ``person_key`` (64 hex digits), on a day on which numbers are limited per person: the key of
    the business day ``person_day``, to make marks with. It is kept in memory alone, and no longer than the day.
    """

    device_id: str
    functions: tuple[FunctionDescription, ...]
    branch_id: str
    names: Words
    epoch: int
    at: Instant
    rate: float
    oldest_version: int
    link_key: str = ""
    person_key: PersonKeyHex = ""
    person_day: OptionalDay = ""


class Attended(Reply, frozen=True, kw_only=True):
    """What the device is there for as the server knows it, and what it is to try now: each trial once, by its id."""

    functions: tuple[FunctionDescription, ...]
    trials: tuple[Trial, ...] = ()


class Silence(Part, frozen=True, kw_only=True):
    """A stretch in which a device was not heard; until now, if ``to_at`` is None."""

    from_at: Instant
    to_at: Instant | None


class TrialKnown(Part, frozen=True, kw_only=True):
    """A trial that was asked for, and what became of it; ``result`` is None while it may still come.

    ``over``: it did not come in time, and no more will.
    """

    trial_id: str
    function_id: str
    trial: TrialKind
    asked_at: Instant
    result: TrialResult | None = None
    answered_at: Instant | None = None
    over: bool = False


class DeviceFound(Reply, frozen=True, kw_only=True):
    """All that is known of a device. What it told was told at ``told_at``, with its clock so far from the server's.

    ``heard_at`` is when it was last heard by this server run; ``silences`` are the last ones in it, newest first.
    ``clock_offset_s`` is how far its machine's clock is ahead of that of the server's machine.
    """

    device_id: str
    name: str
    pairing: Literal["expected", "paired", "revoked"]
    since_at: Instant
    functions: tuple[FunctionDescription, ...]
    heard_at: Instant | None = None
    silences: tuple[Silence, ...] = ()
    about: About | None = None
    told_at: Instant | None = None
    clock_offset_s: float | None = None
    trials: tuple[TrialKnown, ...] = ()
