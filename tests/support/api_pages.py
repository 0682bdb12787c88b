"""The API before a hall on paper, and systems with keys of every right."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from msgspec.structs import replace
from werkzeug.test import TestResponse

from protocol.commands import AnyCommand, CancelVisit, FindVisit, TakeTicket
from protocol.ticket_code import ticket_secret
from protocol.views import AnyReply, Done, Estimate, KioskView, Refused, TicketTaken, VisitFound
from queue_server.api.app import Parts
from queue_server.api.program import Place, application
from queue_server.systems.register import Right
from tests.support.boards import board
from tests.support.paper_hall import NOW, PaperHall, kiosk_view, visit
from tests.support.public_pages import services

LINK_KEY = "5c" * 32


@dataclass
class Api:
    """The application, and the hall on paper at the far end of its link, which keeps tickets as the server does."""

    app: Flask
    parts: Parts
    hall: PaperHall
    state: Path
    kiosk: KioskView = field(default_factory=lambda: replace(kiosk_view(), services=services(), catalogue_hash=""))
    taken: dict[str, VisitFound] = field(default_factory=dict)
    refused: str = ""
    """With what code the hall refuses to give or cancel a number."""
    silent: bool = False

    def system(self, system_id: str) -> None:
        """Make a system."""
        self.parts.file.register.add(system_id, system_id, by="tech")

    def key(self, *rights: Right, system_id: str = "portal", per_minute: int = 6000) -> str:
        """Give a system another key."""
        if self.parts.file.register.find(system_id) is None:
            self.system(system_id)
        return self.parts.file.register.make_key(system_id, rights, per_minute, by="tech")

    def ask(
        self, key: str, method: str, path: str, json: Mapping[str, object] | None = None, **more: Any
    ) -> TestResponse:
        """Ask as a system does."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.app.test_client().open(path, method=method, json=json, headers=headers, **more)

    def answer(self, command: AnyCommand) -> AnyReply | None:
        """Answer as the server does."""
        reply: AnyReply | None = None if self.silent else self._reply(command)
        return reply

    def _reply(self, command: AnyCommand) -> AnyReply:
        if isinstance(command, TakeTicket | CancelVisit) and self.refused:
            return Refused(code=self.refused, sentences={"en": f"No: {self.refused}.", "vi": "Không."})
        match command:
            case TakeTicket():
                return self._give(command)
            case FindVisit() | CancelVisit() if not self._is_its(command):
                return Refused(code="secret_wrong")
            case FindVisit():
                return self.taken[command.visit_id]
            case CancelVisit():
                self.becomes(command.visit_id, "cancelled")
                return Done()
        return Refused(code="not_allowed")

    def _is_its(self, command: FindVisit | CancelVisit) -> bool:
        return command.visit_id in self.taken and command.secret == ticket_secret(LINK_KEY, command.visit_id)

    def _give(self, command: TakeTicket) -> TicketTaken:
        number = len(self.taken) + 1
        one = visit(
            number,
            "waiting",
            visit_id=command.visit_id,
            service_id=command.service_id,
            priority_class_id=command.priority_class_id,
        )
        self.taken[command.visit_id] = VisitFound(visit=one, ahead=4, estimate=Estimate(low_s=300, high_s=900))
        return TicketTaken(
            visit_id=command.visit_id,
            prefix="H",
            number=number,
            service_id=command.service_id,
            priority_class_id=command.priority_class_id,
            procedure_code="",
            taken_at=NOW,
            ahead=4,
            estimate=None,
            counter_numbers=(),
        )

    def becomes(self, visit_id: str, state: str) -> None:
        """Let a ticket stand otherwise."""
        found = self.taken[visit_id]
        self.taken[visit_id] = replace(found, visit=replace(found.visit, state=state), ahead=0, estimate=None)

    def publish(self, **changed: Any) -> None:
        """Let the hall tell how it is."""
        self.hall.publish("kiosk", replace(self.kiosk, **changed))


@contextmanager
def api_pages(state: Path, *, behind_tls: bool = False) -> Iterator[Api]:
    """Serve nobody but the test: the application before a hall on paper, without a log."""
    hall = PaperHall("system")
    hall.link_key = LINK_KEY
    place = Place(state, state, behind_tls=behind_tls, journal=state / "branch.db")
    with application(place, hall.opened) as (app, parts):
        api = Api(app, parts, hall, state)
        hall.answer = api.answer
        api.publish()
        hall.publish("board/hall", board())
        yield api
