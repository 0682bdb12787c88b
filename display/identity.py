"""Which board this is, as the server says, and how its voice is, as the server is told."""

import sys
from collections.abc import Callable
from pathlib import Path

from display.memory import Place, load_place, save_place
from display.voice import Health
from protocol.commands import Introduce, ReportDevice, ReportUnsaidCall
from protocol.link import Link, LinkFull
from protocol.views import AnyReply, Introduction

ASK_S = 5.0


class Identity:
    """Asks the server who we are until it answers, and tells it of the voice when that changes.

    `on_zone` is called in the link's thread with the zone to watch. What was learned is kept in the folder of state, so
    that the next start knows it from the first moment.
    """

    def __init__(self, state: Path, wanted_zone_id: str, on_zone: Callable[[str], None]) -> None:
        self._folder = state
        self._wanted_zone_id = wanted_zone_id
        self._on_zone = on_zone
        self._place = load_place(state)
        self._health = Health("starting")
        self._reported: Health | None = None
        self._link: Link | None = None

    @property
    def zone_id(self) -> str:
        """The zone of this board as far as it is known; else empty."""
        return self._wanted_zone_id or (self._place.zone_id if self._place else "")

    @property
    def health(self) -> Health:
        """How the voice is."""
        return self._health

    def introduce(self, link: Link) -> None:
        """Ask the server; to be called whenever the link has come up."""
        self._link = link
        self._ask(Introduce(), self._on_introduction)

    def take_health(self, health: Health) -> None:
        """Take how the voice is; the server and the log are told."""
        self._health = health
        if health.state not in ("ok", "starting"):
            tell(f"voice: {health.state}: {health.detail}")
        self._report()

    def report_unsaid(self, day: str, call_id: int, on_reply: Callable[[AnyReply | None], None]) -> None:
        """Tell the server that this call was cut off; `on_reply` hears its answer, or None when none came in time."""
        if self._place is None:
            on_reply(None)
        else:
            report = ReportUnsaidCall(function_id=self._place.function_id, day=day, call_id=call_id)
            self._ask(report, on_reply)

    def _on_introduction(self, reply: AnyReply | None) -> None:
        if not isinstance(reply, Introduction):
            return  # The question is asked again when the link comes up.
        boards = [function for function in reply.functions if function.kind == "board"]
        if not boards:
            tell(f"device {reply.device_id} has no function of kind board; create it with --function board:…")
            return
        place = Place(function_id=boards[0].function_id, zone_id=self._wanted_zone_id or boards[0].zone_id)
        if place != self._place:
            self._place = place
            save_place(self._folder, place)
        self._on_zone(place.zone_id)
        self._report()

    def _report(self) -> None:
        health = self._health
        if self._place is None or health.state == "starting" or health == self._reported:
            return
        fine = health.state == "ok"
        report = ReportDevice(
            function_id=self._place.function_id,
            state="ok" if fine else "degraded",
            reason="" if fine else f"voice_{health.state}",
            detail=health.detail[:256],
        )

        def on_reply(reply: AnyReply | None) -> None:
            self._reported = health if reply is not None else None

        self._ask(report, on_reply)

    def _ask(
        self, command: Introduce | ReportDevice | ReportUnsaidCall, on_reply: Callable[[AnyReply | None], None]
    ) -> None:
        if self._link is None:
            on_reply(None)
            return
        try:
            self._link.ask(command, on_reply, deadline_s=ASK_S)
        except LinkFull:
            on_reply(None)


def tell(what: str) -> None:
    """Say something to whoever keeps the log."""
    print(f"display: {what}", file=sys.stderr, flush=True)  # noqa: T201 -- the service manager keeps it.
