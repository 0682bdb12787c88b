"""What the core is asked: who asks, what for, and the facts that it may not fetch by itself.

The core knows no clock, no chance and no disk. Whatever a decision needs from there comes in as :class:`Facts`; each
field names the command that reads it, and a handler fills only those.
"""

from datetime import datetime
from typing import Literal

import msgspec

from protocol.commands import About, AnyCommand, FunctionDescription, Trial
from protocol.configuration import Configuration
from protocol.estimates import Estimate, Learned
from protocol.views import Silence, TrialKnown
from protocol.voice_views import VoiceWords
from queue_server.core.state import Visit


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a function of a paired device, the loop itself, or a stranger at the pairing socket.

    ``clerk_id`` is the clerk for whom the function speaks: as named by the staff pages, or whoever is signed in at the
    counter of a call keypad. Make one with :func:`queue_server.core.actor_of`, :meth:`loop` or :meth:`stranger`.
    """

    origin: Literal["device", "loop", "stranger"] = "device"
    device_id: str = ""
    functions: tuple[FunctionDescription, ...] = ()
    function: FunctionDescription | None = None
    staff_role: str = ""
    clerk_id: str = ""

    @classmethod
    def loop(cls) -> "Actor":
        """Give the actor of the server's own loop: ticks, the first start, the health of silent devices."""
        return cls(origin="loop")

    @classmethod
    def stranger(cls) -> "Actor":
        """Give the actor of a connection to the pairing socket, which may send ``Pair`` and nothing else."""
        return cls(origin="stranger")


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """What a device has told of itself lately, and which trials wait for it; kept outside of the branch."""

    about: About | None = None
    told_at: datetime | None = None
    clock_offset_s: float | None = None
    heard_at: datetime | None = None
    silences: tuple[Silence, ...] = ()
    trials: tuple[TrialKnown, ...] = ()
    """Newest first."""
    due: tuple[Trial, ...] = ()
    """Those that the device is to try now."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Data that a decision may need but the core may not fetch: I/O, chance, and what lies before today."""

    utc_offset_s: int
    """All: the branch's offset from UTC at the request's instant, by the time zone of ``branch.coming``."""
    old_visit: Visit | None = None
    """Commands that name a visit unknown to ``branch.visits``: that visit of an older day, by ``visit_of_events``."""
    secret_valid: bool = False
    """CancelVisit, RateByLink, FindVisit: the command's secret is the ticket's."""
    last_contact_at: datetime | None = None
    """HandOverVisit: when the device was last heard before the silence in which it says to have given the number."""
    configuration: Configuration | None = None
    """Configure: its sources, read and found without mistakes."""
    learned: Learned = Learned()
    """Tick, OpenDay: what is known of earlier days, by ``learned_by``."""
    estimate: Estimate | None = None
    """TakeTicket: the range of waiting that is told with the number."""
    previous_head: str = ""
    """Tick, OpenDay: the last hash of the log's chain."""
    campaign_seed: str = ""
    """PlanCampaign, EndCampaign, EndService, Tick, OpenDay, CloseDay: the campaign's secret seed, 64 hex digits."""
    ballot_codes: tuple[str, ...] = ()
    """DrawBallots, EndService: codes by chance, as many as ballots may be drawn; none at hand has one of them."""
    ballot_chance: str = ""
    """DrawBallots: chance to choose visits by."""
    pairing_code: str = ""
    """CreateDevice: 8 characters by chance, 2 public and 6 secret."""
    pairing_salt: str = ""
    """CreateDevice: chance to hash the secret with."""
    public_key: str = ""
    """Pair: the key of the connection, Z85."""
    epoch: int = 0
    """Introduce: the server's epoch."""
    rate: float = 1.0
    """Introduce: how fast hall time runs."""
    oldest_version: int = 1
    """Introduce: the oldest protocol version spoken."""
    link_key: str = ""
    """Introduce by a kiosk: its key for the secrets of tickets, 64 hex digits."""
    person_key: str = ""
    """Introduce by a kiosk: the day's key for the marks of persons, 64 hex digits; empty where there is none."""
    note: str = ""
    """FindNote: what was written about the visit."""
    ticket_secret: str = ""
    """FindHeldNumber: the secret of the ticket of the visit that is held."""
    voice_code: str = ""
    """FindVoiceCode: the code that belongs to the voice."""
    voice_code_hash: str = ""
    """ReceiveVoice: the hash of the voice's own code; FollowVoice: of the code that was typed."""
    voice_words: VoiceWords = VoiceWords()
    """FindVoice, FollowVoice: what was written."""
    voice_differs: bool = False
    """ReceiveVoice: whether other words were received under this id."""
    month_seq: int = 0
    """CloseMonth: up to which event the log speaks of the month's business days; 0 where it had none."""
    step_words: dict[str, str] = msgspec.field(default_factory=dict)
    """FindInquiry, FetchAlerts, FetchHearings: what was written, by the step."""
    attendance: Attendance = Attendance()
    """Attend, FindDevice, TryFunction: what is known of the device that asks, or is meant."""


class Request(msgspec.Struct, frozen=True):
    """One command by one actor, with its facts."""

    actor: Actor
    command: AnyCommand
    facts: Facts
