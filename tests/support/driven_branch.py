"""A branch in a test's hands: requests go in, the log's bytes and the replies come out, as the handler would do it."""

from datetime import UTC, datetime, timedelta

from protocol import codec, views
from protocol import commands as c
from protocol import events as e
from protocol.configuration import Configuration
from queue_server import core
from tests.support.halls import MONDAY, UTC_OFFSET_S, devices_of, key_of


def instant(clock: str, day: str = MONDAY) -> datetime:
    """Give the UTC instant of a time of day at the branch, ``08:05`` or ``08:05:30``."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC) - timedelta(seconds=UTC_OFFSET_S)


class DrivenBranch:
    """A branch, its log as bytes, and a clock that the test moves.

    ``asked`` keeps every request that was carried out with its reply, so that it can be repeated.
    """

    def __init__(self, configuration: Configuration, at: datetime) -> None:
        self.at = at
        self.log: list[bytes] = []
        self._read: list[e.AnyEvent] = []
        self.estimates: dict[tuple[str, str], views.Estimate] = {}
        self.asked: list[tuple[core.Request, views.AnyReply]] = []
        self._of_visit: dict[str, list[e.AnyEvent]] = {}
        self.branch = core.new_branch(configuration)
        self._append(e.ConfigurationChanged(at=at, configuration=configuration, sources={}))
        for device in devices_of(configuration):
            self._append(
                e.DevicePaired(
                    at=at,
                    device_id=device.device_id,
                    name=device.name,
                    public_key=device.public_key,
                    functions=device.functions,
                )
            )

    def events(self, since: int = 0) -> list[e.AnyEvent]:
        """Read the stored bytes, from the ``since``-th event on; each is decoded once."""
        self._read += [codec.decode_event(body) for body in self.log[len(self._read) :]]
        return self._read[since:]

    def old_visit(self, visit_id: str) -> core.Visit | None:
        """Look a visit of an older day up in the log, as the handler does; None for one of today or of no day."""
        own = self._of_visit.get(visit_id)
        if own is None or visit_id in self.branch.visits:
            return None
        return core.visit_of_events(own, core.business_date(own[0].at, UTC_OFFSET_S).isoformat())

    def facts(self, **more: object) -> core.Facts:
        """Give the facts of a request now."""
        return core.Facts(utc_offset_s=UTC_OFFSET_S, **more)  # type: ignore[arg-type]  # The caller knows the fields.

    def ask(self, command: c.AnyCommand, *, facts: core.Facts | None = None, device_id: str = "") -> views.AnyReply:
        """Ask as the device that owns the command's function (or as ``device_id``); a refusal is a reply."""
        return self.ask_events(command, facts=facts, device_id=device_id)[0]

    def ask_events(
        self, command: c.AnyCommand, *, facts: core.Facts | None = None, device_id: str = ""
    ) -> tuple[views.AnyReply, tuple[e.AnyEvent, ...]]:
        """Ask, and give the events as well."""
        device_id = device_id or getattr(command, "function_id", "")
        try:
            actor = core.actor_of(self.branch, key_of(device_id), command)
        except core.Refusal as refusal:
            return core.refused(refusal), ()
        return self._carry_out(core.Request(actor, command, facts or self.facts()))

    def ask_as(self, actor: core.Actor, command: c.AnyCommand, *, facts: core.Facts | None = None) -> views.AnyReply:
        """Ask as an actor of the test's choice: the loop, or a stranger at the pairing socket."""
        return self._carry_out(core.Request(actor, command, facts or self.facts()))[0]

    def tick(self) -> tuple[e.AnyEvent, ...]:
        """Do what time demands now."""
        facts = self.facts() if self.branch.day_open else self.facts(learned=core.learned_by(self.branch))
        return self._carry_out(core.Request(core.Actor.loop(), c.Tick(), facts))[1]

    def advance(self, to: datetime) -> None:
        """Move the clock to this instant, ticking at every deadline on the way, as the loop does."""
        while True:
            deadline = core.next_deadline(self.branch, self.at, UTC_OFFSET_S)
            if deadline is None or deadline > to:
                break
            due = deadline <= self.at
            self.at = max(self.at, deadline)
            assert self.tick() or not due, f"a deadline at {deadline} made no event"
        self.at = max(self.at, to)

    def happens(self, event: e.AnyEvent) -> None:
        """Let something have happened that no request of the test asks for."""
        self._append(event)

    def _carry_out(self, request: core.Request) -> tuple[views.AnyReply, tuple[e.AnyEvent, ...]]:
        try:
            events = core.decide(self.branch, request, self.at)
        except core.Refusal as refusal:
            return core.refused(refusal), ()
        for event in events:
            self._append(event)
        reply = core.reply(self.branch, request, events, self.estimates, self.at)
        self.asked.append((request, reply))
        return reply, events

    def _append(self, event: e.AnyEvent) -> None:
        self.log.append(codec.encode(event))
        if visit_id := getattr(event, "visit_id", ""):
            self._of_visit.setdefault(visit_id, []).append(event)
        core.apply(self.branch, event)
