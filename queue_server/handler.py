"""A batch of requests: look up, decide, commit, reply. It knows no socket and no rule.

For each request in turn: a stored reply is given again; else it is decided and applied in memory. Then one transaction
makes all events and replies durable, and only then anyone is told. When the commit fails nobody knows what was kept, so
the state is loaded from disk *once*, each request is looked up there by its id, and the others are refused with
``storage`` until a probe, once a second, finds that the disk takes writes again.
"""

import contextlib
import hmac
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import voice_commands as vc
from protocol.codec import Malformed, decode_command, encode
from protocol.commands import AnyCommand, Question
from protocol.events import AnyEvent, DayClosed, DayOpened
from protocol.message import OLDEST_SUPPORTED_VERSION
from protocol.ticket_code import kiosk_link_key, ticket_secret
from protocol.views import Estimate, Refused
from queue_server import core
from queue_server.ballot_facts import ballot_facts, standing_seed
from queue_server.contacts import Contacts
from queue_server.core.permission import check_role
from queue_server.journal import Head, NotALog
from queue_server.log import HEADS_FILE, CommitUnknown, Log, LogUnusable, StoredReply, body_hash, write_head
from queue_server.named_parts import named_parts
from queue_server.pairing_codes import pairing_code
from queue_server.private import NotKept
from queue_server.recovery import load_branch
from queue_server.sent_texts import configuration_of, whole
from queue_server.surroundings import Surroundings
from queue_server.voice_facts import voice_facts

CONTACT_GAP: Final = timedelta(seconds=5)


class Asked(NamedTuple):
    """A request as it came: by which key, under which id, whether at the pairing socket, and from where."""

    public_key: str
    request_id: bytes
    body: bytes
    at_pairing: bool = False
    peer_address: str = ""


class Outcome(NamedTuple):
    """What became of a batch: a reply per request (``None`` = none at all) and the events that are durable now."""

    replies: list[bytes | None]
    events: tuple[AnyEvent, ...]


class _OurMistake(Exception):  # noqa: N818 -- it is what it says.
    """A request made our own code fail; it must not take the hall with it."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass
class _Batch:
    """What a batch has come to so far, in memory alone."""

    events: list[AnyEvent] = field(default_factory=list)
    replies: dict[tuple[str, str], StoredReply] = field(default_factory=dict)


class Rules(Protocol):
    """The part of :mod:`queue_server.core` that carries a command out."""

    def decide(self, branch: core.Branch, request: core.Request, at: datetime, /) -> tuple[AnyEvent, ...]:
        """Give the events of a request; raises :class:`queue_server.core.Refusal`."""

    def apply(self, branch: core.Branch, event: AnyEvent, /) -> None:
        """Change the branch by what has happened."""


class Handler:
    """One branch's requests. One thread; ``branch`` is what the disk says, except while ``readable`` is False."""

    def __init__(self, log: Log, branch: core.Branch, surroundings: Surroundings, rules: Rules = core) -> None:
        self.branch = branch
        self.estimates: dict[tuple[str, str], Estimate] = {}
        self.alarms: set[str] = set()
        """What staff are told to call the technician for: ``storage`` and ``heads`` until it works again, ``internal``
        (our own code failed) until the next day's opening or start: whoever comes in the morning has read it."""
        self.readable = True
        self._log = log
        self._around = surroundings
        self._rules = rules
        self._loaded = (log.seq, log.hash)
        """The chain's head when the state was last loaded from disk."""
        self._contacts = Contacts(CONTACT_GAP * surroundings.rate)
        surroundings.person_keys.keep_only(branch.day if branch.day_open else "")
        self._erase_notes()
        self._offset: tuple[datetime, str, int] | None = None
        """The last instant and zone whose offset from UTC was looked up, and that offset: a batch has one instant."""

    @property
    def storage_failed(self) -> bool:
        """Whether commands are refused because the disk does not take them."""
        return "storage" in self.alarms

    # --- the batch ---------------------------------------------------------------------------------------------------

    def handle(self, batch: Sequence[Asked], at: datetime) -> Outcome:
        """Answer a batch at this instant. What is returned is durable, and may be told."""
        failing: set[int] = set()
        while True:
            try:
                return self._handle(batch, at, failing)
            except _OurMistake as mistake:
                # The batch is answered without that request, whose refusal is kept, so that its sender's retries do
                # not do this again.
                self._own_mistake("".join(traceback.format_exception(mistake.__cause__)))
                failing.add(mistake.index)

    def tick(self, at: datetime) -> tuple[AnyEvent, ...]:
        """Let time do its part: open or close the day, shut questions; gives the events that are durable now."""
        return self.instruct(c.Tick(), at)

    def instruct(self, command: AnyCommand, at: datetime) -> tuple[AnyEvent, ...]:
        """Carry out a command of the loop itself; gives the events that are durable now."""
        if self.storage_failed:
            return ()
        try:
            events = self._rules.decide(self.branch, self._request(core.Actor.loop(), command, at), at)
            return events if self.note(events) else ()
        except core.Refusal:
            return ()  # What it was about is over; nobody waits for an answer.
        except Exception:  # noqa: BLE001 -- a mistake of ours in what time demands must not end the hall's day either.
            self._own_mistake(traceback.format_exc())
            return ()

    def note(self, events: Sequence[AnyEvent]) -> bool:
        """Apply events of the loop's own and make them durable; False when the disk failed."""
        if self.storage_failed:
            return False
        try:
            for event in events:
                self._rules.apply(self.branch, event)
            self._log.append(events)
        except (CommitUnknown, LogUnusable) as error:
            self._storage_fails(error)
            return False
        self._follow_days(events)
        return True

    def hear(self, public_key: str, at: datetime) -> None:
        """Note a sign of life of the device with this key."""
        device_id = self.branch.device_by_key.get(public_key)
        if device_id is not None:
            self._contacts.heard(device_id, at)

    def next_deadline(self, at: datetime) -> datetime | None:
        """Tell when time has something to do next."""
        return core.next_deadline(self.branch, at, self.utc_offset_s(at))

    def probe(self) -> bool:
        """Try whether a failed disk works again; called once a second while it does not."""
        try:
            if not self.readable:
                self._load()
            self._log.probe()
        except (CommitUnknown, LogUnusable, NotALog):
            self._read_on()
            return False
        self.alarms.discard("storage")
        return True

    def _handle(self, batch: Sequence[Asked], at: datetime, failing: set[int]) -> Outcome:
        if self.storage_failed:
            return Outcome([self._answer_from_disk(one, at) for one in batch], ())
        so_far = _Batch()
        try:
            self._log.begin()
            replies = [self._answer(one, at, so_far, index, failing) for index, one in enumerate(batch)]
            self._log.append(so_far.events, tuple(so_far.replies.values()))
        except (CommitUnknown, LogUnusable) as error:
            self._storage_fails(error)
            return Outcome([self._answer_from_disk(one, at) for one in batch], ())
        self._follow_days(so_far.events)
        return Outcome(replies, tuple(so_far.events))

    def _answer(self, one: Asked, at: datetime, so_far: _Batch, index: int, failing: set[int]) -> bytes | None:
        asker = self._asker(one)
        if asker is None:
            return None
        if not _is_request_id(one.request_id):
            return self.refused("malformed")
        name = (asker, one.request_id.decode())
        stored = so_far.replies.get(name) or self._log.reply_to(*name)
        if stored is not None:
            return stored.reply if stored.body_hash == body_hash(one.body) else self.refused("id_reused")
        try:
            command = decode_command(one.body)
        except Malformed:
            return self.refused("malformed")
        events_before = len(so_far.events)
        reply = self.refused("internal") if index in failing else self._try(index, one, command, at, so_far)
        self._contacts.heard(asker, at)
        # A stranger's guess at a pairing that does not exist is not worth a row on disk.
        if not isinstance(command, Question) and (not one.at_pairing or len(so_far.events) > events_before):
            so_far.replies[name] = StoredReply(*name, body_hash(one.body), reply)
        return reply

    def _try(self, index: int, one: Asked, command: AnyCommand, at: datetime, so_far: _Batch) -> bytes:
        try:
            return self._decide(one, command, at, so_far)
        except (CommitUnknown, LogUnusable):
            raise
        except Exception as error:
            raise _OurMistake(index) from error

    def _answer_from_disk(self, one: Asked, at: datetime) -> bytes | None:
        """Answer while the disk takes no writes: what was decided, what only asks, and ``storage`` to the rest."""
        asker = self._asker(one)
        if asker is None:
            return None
        try:
            stored = self._log.reply_to(asker, one.request_id.decode("ascii", "replace"))
            if stored is not None and stored.body_hash == body_hash(one.body):
                return stored.reply
            command = decode_command(one.body)
            if self.readable and isinstance(command, Question):
                return self._decide(one, command, at, _Batch())
        except Malformed:
            return self.refused("malformed")
        except LogUnusable:
            pass  # Not even readable now; the probe opens it again.
        return self.refused("storage")

    def _decide(self, one: Asked, command: AnyCommand, at: datetime, so_far: _Batch) -> bytes:
        try:
            actor = core.Actor.stranger() if one.at_pairing else core.actor_of(self.branch, one.public_key, command)
            # Before any work is done for it: facts may cost a look at the disk, or the reading of a whole hall.
            check_role(actor, command)
            request = self._request(actor, command, at, one.public_key)
            events = self._rules.decide(self.branch, request, at)
            self._around.notes.keep_with(command, events, self.branch.day)  # Before the transfer itself is kept.
            for file in (self._around.voices, self._around.inquiries):
                file.keep_with(command, events)  # So are all other words.
        except core.Refusal as refusal:
            return self.refused(refusal.code, refusal.parts)
        except NotKept as lost:
            return self.refused(lost.code)
        for event in events:
            self._rules.apply(self.branch, event)
        so_far.events.extend(events)
        reply = core.reply(self.branch, request, events, self.estimates, at)
        return self.refused(reply.code, reply.parts) if isinstance(reply, Refused) else encode(reply)

    def _asker(self, one: Asked) -> str | None:
        """Give the name under which this asker's replies are kept; ``None`` for who gets no answer at all."""
        if one.at_pairing:
            return f"key:{one.public_key}"
        return self.branch.device_by_key.get(one.public_key)

    def refused(self, code: str, parts: Mapping[str, str] | None = None) -> bytes:
        """Give the encoded refusal with its sentence in each of the branch's languages."""
        kept = dict(parts or {})
        sentences: dict[str, str] = {}
        for language in self.branch.configuration.languages:
            said = Refused(code=code, parts=named_parts(self.branch.hall, kept, language))
            sentences.update(self._around.sentences(said, (language,)))
        return encode(Refused(code=code, parts=kept, sentences=sentences))

    def _follow_days(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, DayOpened):
                self.alarms.discard("internal")
                self._around.person_keys.keep_only(event.day)
                self._erase_notes()
            elif isinstance(event, DayClosed):
                self._around.person_keys.keep_only("")
                self._erase_notes()
                self.keep_head(Head(event.day, self._log.seq, self._log.hash.hex()))

    def _erase_notes(self) -> None:
        """Erase the notes whose time is over; that it fails is an alarm, for they were promised to go."""
        day, kept_days = self.branch.day, self.branch.configuration.staff_rules.notes_kept_days
        erased = self._around.notes.erase(day, day_open=self.branch.day_open, kept_days=kept_days)
        (self.alarms.discard if erased else self.alarms.add)("notes")
        erased = self._around.voices.keep_only(self.branch.voices)
        (self.alarms.discard if erased else self.alarms.add)("voices")
        erased = self._around.inquiries.keep_only(core.steps_at_hand(self.branch))
        (self.alarms.discard if erased else self.alarms.add)("inquiries")

    def keep_head(self, head: Head) -> None:
        """Write a head into the second file; that it fails is an alarm, not a reason to stop."""
        try:
            write_head(self._log.path.with_name(HEADS_FILE), head)
        except OSError as error:
            _report(f"the file of day heads cannot be written: {error}")
            self.alarms.add("heads")
        else:
            self.alarms.discard("heads")

    def _own_mistake(self, told: str) -> None:
        """Tell of a failure of our own code, and load the state anew, which may be half changed."""
        _report(told)
        self.alarms.add("internal")
        try:
            self._load()
        except (LogUnusable, NotALog) as error:
            self._storage_fails(error)

    # --- when the disk fails -----------------------------------------------------------------------------------------

    def _storage_fails(self, error: Exception) -> None:
        _report(f"storage: {error}; commands are refused until a probe succeeds")
        self.alarms.add("storage")
        try:
            self._load()
        except (LogUnusable, NotALog) as worse:
            _report(f"storage: {worse}")

    def _read_on(self) -> None:
        """Open the log anew after a failed probe, for questions; the state is loaded only if it is another one."""
        try:
            self._log.reopen()
            if (self._log.seq, self._log.hash) != self._loaded:
                self._load()
        except (LogUnusable, NotALog):
            self.readable = False

    def _load(self) -> None:
        """Load the state from disk; while that fails the state in memory is not to be shown."""
        self.readable = False
        self._log.reopen()
        loaded = load_branch(self._log)
        if loaded is None:
            raise NotALog(f"{self._log.path} has lost its events")
        self.branch, self.readable = loaded[0], True
        self._loaded = (self._log.seq, self._log.hash)

    # --- facts -------------------------------------------------------------------------------------------------------

    def utc_offset_s(self, at: datetime) -> int:
        """Tell the branch's offset from UTC at this instant."""
        zone = (self.branch.coming or self.branch.configuration).calendar.time_zone
        if self._offset is None or self._offset[:2] != (at, zone):
            offset = at.astimezone(ZoneInfo(zone)).utcoffset()
            assert offset is not None
            self._offset = at, zone, int(offset.total_seconds())
        return self._offset[2]

    def _request(self, actor: core.Actor, command: AnyCommand, at: datetime, public_key: str = "") -> core.Request:  # noqa: C901, PLR0912 -- one case per kind of facts.
        utc_offset_s = self.utc_offset_s(at)
        match command:
            case c.Tick() | c.OpenDay():
                facts = self._facts_of_day(utc_offset_s)
            case c.Configure():
                command = whole(command)
                checked = configuration_of(command, self._around.parse)
                facts = core.Facts(utc_offset_s=utc_offset_s, configuration=checked)
            case c.CreateDevice():
                facts = core.Facts(
                    utc_offset_s=utc_offset_s,
                    pairing_code=pairing_code(self.branch, self._around.draw, at),
                    pairing_salt=self._around.draw("0123456789abcdef", 32),
                )
            case bc.DrawBallots() | bc.PlanCampaign() | bc.EndCampaign() | c.EndService() | c.CloseDay():
                facts = ballot_facts(self.branch, command, self._around.branch_key, self._around.draw, utc_offset_s)
            case (
                vc.ReceiveVoice() | vc.AssignVoice() | vc.AnswerVoice() | vc.EndVoice()
                | vc.FindVoice() | vc.FindVoiceCode() | vc.FollowVoice() | vc.FetchVoices()
            ):  # fmt: skip
                facts = voice_facts(self.branch, command, self._around.branch_key, self._around.voices, utc_offset_s)
            case mc.CloseMonth():
                facts = core.Facts(utc_offset_s=utc_offset_s, month_seq=self._log.end_of_month(command.month))
            case ic.FetchAlerts() | ic.FindInquiry() | ic.FetchHearings():
                bare = core.Request(actor, command, core.Facts(utc_offset_s=utc_offset_s))
                words = self._around.inquiries.of(core.words_wanted(self.branch, bare, command, at))
                facts = core.Facts(utc_offset_s=utc_offset_s, step_words=words)
            case c.Pair():
                facts = core.Facts(utc_offset_s=utc_offset_s, public_key=public_key)
            case c.Introduce():
                facts = core.Facts(
                    utc_offset_s=utc_offset_s,
                    epoch=self._around.epoch,
                    rate=self._around.rate,
                    oldest_version=OLDEST_SUPPORTED_VERSION,
                    link_key=kiosk_link_key(self._around.branch_key, actor.device_id),
                    person_key=self._person_key(),
                )
            case c.FindNote():
                note = self._around.notes.about(self.branch.visits.get(command.visit_id))
                facts = core.Facts(utc_offset_s=utc_offset_s, note=note)
            case c.Attend() | c.FindDevice() | c.TryFunction():
                meant, book = core.device_meant(self.branch, actor, command), self._around.attendance
                told = book.of(command, meant, self._contacts, at, self._around.rate)
                facts = core.Facts(utc_offset_s=utc_offset_s, attendance=told)
            case c.FindTicket() | c.FindHeldNumber() | c.FindPrintOrder():
                facts = core.Facts(utc_offset_s=utc_offset_s, ticket_secret=self._secret_asked(command))
            case _:
                facts = self._facts_of_visit(utc_offset_s, actor, command, at)
        return core.Request(actor, command, facts)

    def _facts_of_visit(self, utc_offset_s: int, actor: core.Actor, command: AnyCommand, at: datetime) -> core.Facts:
        visit_id = getattr(command, "visit_id", "")
        if not visit_id:
            return core.Facts(utc_offset_s=utc_offset_s)
        old_visit, is_right = self._known_by(actor, visit_id, getattr(command, "secret", None))
        return core.Facts(
            utc_offset_s=utc_offset_s,
            old_visit=old_visit,
            secret_valid=is_right,
            last_contact_at=(
                self._contacts.last_before(actor.device_id, command.taken_at, at)
                if isinstance(command, c.HandOverVisit)
                else None
            ),
            estimate=self._told(command),
        )

    def _known_by(self, actor: core.Actor, visit_id: str, secret: str | None) -> tuple[core.Visit | None, bool]:
        """Give a visit of an older day, if it is one, and whether this is its ticket's secret.

        Whoever guesses at links does the server the same work for a visit of today, of another day and of none: one
        comparison and one look into the log, of which the first event alone is read, since it tells the kiosk.
        """
        visit = self.branch.visits.get(visit_id)
        by_link = any(function.kind in {"public", "system"} for function in actor.functions)
        if visit is not None:
            is_right = self._is_secret(secret, visit_id, visit)
            if by_link and not is_right:
                self._log.visit(visit_id)
            return None, is_right
        rows = self._log.visit(visit_id)
        taken = core.visit_of_events([rows[0].event()], rows[0].day) if rows else None
        is_right = self._is_secret(secret, visit_id, taken)
        if taken is None or (by_link and not is_right):
            return None, is_right
        return core.visit_of_events([row.event() for row in rows], rows[0].day), is_right

    def _person_key(self) -> str:
        """Give the day's key for the marks of persons; none is drawn where no service limits its numbers."""
        branch = self.branch
        limited = any(core.card_needed(branch.configuration, one) for one in branch.configuration.services)
        return self._around.person_keys.of(branch.day) if branch.day_open and limited else ""

    def _secret_asked(self, command: c.FindTicket | c.FindHeldNumber | c.FindPrintOrder) -> str:
        """Give the secret of the ticket that is asked for, whichever kiosk gave it; the rules ask who may hear it."""
        visit = core.asked_visit(self.branch, command)
        return self._secret_of(visit.visit_id, visit) if visit is not None else ""

    def _secret_of(self, visit_id: str, visit: core.Visit | None) -> str:
        return ticket_secret(kiosk_link_key(self._around.branch_key, visit.device_id if visit else ""), visit_id)

    def _told(self, command: AnyCommand) -> Estimate | None:
        """Give the range of waiting that goes with a new number."""
        if not isinstance(command, c.TakeTicket):
            return None
        return self.estimates.get((command.service_id, command.priority_class_id))

    def _is_secret(self, secret: str | None, visit_id: str, visit: core.Visit | None) -> bool:
        """Tell whether this is the secret of a visit's ticket, in a time that says nothing of a guess.

        It is the same for any wrong secret, and for a visit that never was. None: the command carries no secret.
        """
        if secret is None:
            return False
        expected = self._secret_of(visit_id, visit)
        return hmac.compare_digest(secret.encode(), expected.encode()) and visit is not None

    def _facts_of_day(self, utc_offset_s: int) -> core.Facts:
        return core.Facts(
            utc_offset_s=utc_offset_s,
            learned=self.branch.learned if self.branch.day_open else core.learned_by(self.branch),
            previous_head=self._log.hash.hex(),
            campaign_seed=standing_seed(self.branch, self._around.branch_key),
        )


def _is_request_id(request_id: bytes) -> bool:
    return len(request_id) == 32 and not request_id.translate(None, b"0123456789abcdef")  # noqa: PLR2004 -- a UUID in hex


def _report(what: str) -> None:
    """Tell the server's journal, which may be a file on the very disk that is full: then nobody hears it."""
    with contextlib.suppress(OSError):
        print(what, file=sys.stderr, flush=True)  # noqa: T201 -- standard error is the journal.
