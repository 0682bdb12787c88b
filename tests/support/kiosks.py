"""A kiosk without screen, disk, link or printer: the pure flow with its effects held in the hand.

A test plays the world: `scene.touch("take")`, `scene.disk()`, `scene.server(reply)`, `scene.printer("confirmed")`. What
the citizen then sees is `scene.page`, read as words.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from kiosk.ticket import flow, pages
from kiosk.ticket import model as m
from kiosk.ticket.catalogue import Catalogue
from kiosk.widgets.page import Block, Cautions, Hero, Notice, Page, Summary, touchables
from kiosk.widgets.page import actions as actions_of
from presentation.texts import Texts
from protocol.configuration import Configuration, KioskRange, NumbersPerPerson, PersonKind, Procedure
from protocol.events import Span
from protocol.views import (
    CataloguePage,
    Estimate,
    Introduction,
    KioskRules,
    KioskService,
    KioskView,
    Refused,
    TicketTaken,
)
from queue_server import config
from tests.support.texts import shipped_texts

MONDAY_8 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Eight o'clock in a hall seven hours east."""

UTC_OFFSET_S = 7 * 3600


def hall_clock(hour: int, minute: int = 0) -> datetime:
    """Give a time of that Monday by the hall's clock."""
    return MONDAY_8 + timedelta(hours=hour - 8, minutes=minute)


LINK_KEY = "5a" * 32
PERSON_KEY = "c0" * 32
FUNCTION = "kiosk-1"

WAITS = {
    "certification": (3, (300, 600)),
    "civil_status": (6, (900, 1800)),
    "land": (9, (2400, 3900)),
    "business": (1, (300, 900)),
    "welfare": (0, (0, 0)),
    "results": (2, (180, 300)),
    "residence": (4, None),
    "guidance": (0, None),
}


@lru_cache
def ward() -> Configuration:
    """Give the ward hall as the repository ships it."""
    return config.load(Path(__file__).parents[2] / "config")[0]


@lru_cache
def ward_texts() -> Texts:
    return shipped_texts()


def ward_view(**changes: Any) -> KioskView:
    """Give the kiosk's view of the ward hall on a Monday morning."""
    hall = ward()
    services = []
    for service in hall.services:
        waiting, estimate = WAITS[service.service_id]
        services.append(
            KioskService(
                service_id=service.service_id,
                prefix=service.prefix,
                names=service.names,
                hints=service.hints,
                icon=service.icon,
                state="open",
                waiting=waiting,
                estimate=Estimate(low_s=estimate[0], high_s=estimate[1]) if estimate else None,
                counter_numbers=(1, 2) if service.service_id != "guidance" else (),
                after_15h_notice=service.after_15h_notice,
                takes_receipts=service.takes_receipts,
                closes_at=hall_clock(17),
                rest=Span(opens_at=hall_clock(12), closes_at=hall_clock(13)),
                next_working_day="2026-11-25",
                result_place=service.result_place,
            )
        )
    view = KioskView(
        branch_id=hall.branch_id,
        configuration_id=hall.configuration_id,
        agency=hall.agency,
        names=hall.names,
        hotline=hall.hotline,
        languages=hall.languages,
        utc_offset_s=UTC_OFFSET_S,
        day="2026-11-23",
        state="open",
        next_opens_at=None,
        services=tuple(services),
        priority_classes=hall.priority_classes,
        kiosk_ranges=tuple(own for own in hall.kiosk_ranges if own.prefix in {"C", "H"}),
        ticket_link=hall.ticket_link,
        ticket_footer=hall.ticket_footer,
        catalogue_hash="c" * 64,
        catalogue_pages=1,
        duty_contacts=hall.duty_contacts,
        voice_channels=hall.voices.channels,
        voice_kinds=hall.voices.kinds,
    )
    return msgspec.structs.replace(view, **changes)


def with_service(view: KioskView, service_id: str, **changes: Any) -> KioskView:
    """Give the view with one service changed."""
    services = tuple(
        msgspec.structs.replace(one, **changes) if one.service_id == service_id else one for one in view.services
    )
    return msgspec.structs.replace(view, services=services)


def short_range(view: KioskView, prefix: str, first: int, last: int) -> KioskView:
    """Give the view with a single range of numbers for this kiosk."""
    own = KioskRange(function_id=FUNCTION, prefix=prefix, first=first, last=last)
    return msgspec.structs.replace(view, kiosk_ranges=(own,))


def introduction(**changes: Any) -> Introduction:
    from protocol.commands import FunctionDescription

    told = Introduction(
        device_id="kiosk-a",
        functions=(FunctionDescription(function_id=FUNCTION, kind="kiosk"),),
        branch_id="phuc-loi",
        names={"vi": "Phúc Lợi"},
        epoch=1,
        at=MONDAY_8,
        rate=1.0,
        oldest_version=1,
        link_key=LINK_KEY,
    )
    return msgspec.structs.replace(told, **changes)


def limited_view(*, known_by: tuple[PersonKind, ...] = ("citizen_card",), **changes: Any) -> KioskView:
    """Give the ward's view on a day on which everybody takes one number at most, guidance left out."""
    one = NumbersPerPerson(day=1, known_by=known_by)
    view = ward_view(rules=KioskRules(numbers_per_person=one), **changes)
    services = tuple(msgspec.structs.replace(x, card_needed=x.service_id != "guidance") for x in view.services)
    return msgspec.structs.replace(view, services=services)


def procedures() -> tuple[Procedure, ...]:
    return ward().catalogue


EffectT = TypeVar("EffectT")


@dataclass
class Scene:
    """A kiosk and the world around it, moved by hand."""

    view: KioskView = field(default_factory=ward_view)
    settings: m.Settings = field(default_factory=m.Settings)
    kept: m.Restored = field(default_factory=m.Restored)
    real_s: float = 1000.0
    hall_at: datetime = MONDAY_8
    rate: float = 1.0
    effects: list[m.Effect] = field(default_factory=list)
    """Everything the flow has asked for, oldest first."""
    ids: int = 0

    def __post_init__(self) -> None:
        self.state = flow.initial(self.settings)
        self.happen(self.kept)

    # --- the world acts ---

    def happen(self, happened: m.Input) -> list[m.Effect]:
        self.ids += 1
        self.state, effects = flow.step(self.state, happened, m.Now(self.hall_at, self.real_s, f"{self.ids:032x}"))
        self.effects.extend(effects)
        return list(effects)

    def opened(self) -> "Scene":
        """Link up, introduced, hall seen: the usual morning."""
        self.happen(m.LinkChanged("up"))
        self.introduced().happen(m.Viewed(self.view))
        return self

    def introduced(self) -> "Scene":
        """The server says who the kiosk is, with the day's key where numbers are limited per person."""
        limited = any(service.card_needed for service in self.view.services)
        key = {"person_key": PERSON_KEY, "person_day": self.view.day} if limited else {}
        self.happen(m.Replied(self.last(m.Ask, "Introduce").request_id, introduction(**key)))
        return self

    def with_catalogue(self) -> "Scene":
        self.happen(m.CatalogueRead(self.view.catalogue_hash, None))
        ask = self.last(m.Ask, "FetchCatalogue")
        page = CataloguePage(catalogue_hash=self.view.catalogue_hash, page=0, pages=1, procedures=procedures())
        for effect in self.happen(m.Replied(ask.request_id, page)):
            if isinstance(effect, m.KeepCatalogue):
                kept = Catalogue.of(effect.catalogue_hash, effect.procedures)
                self.happen(m.CatalogueRead(effect.catalogue_hash, kept))
        return self

    def touch(self, *actions: str) -> "Scene":
        """Touch what is there; a test that touches what the page does not show is wrong."""
        for action in actions:
            assert action in self.actions, f"{action!r} is not on the page {self.page.name!r}: {self.actions}"
            self.tap(action)
        return self

    def tap(self, action: str) -> list[m.Effect]:
        """Touch, whether the page shows it or not."""
        return self.happen(m.Touched(action))

    def disk(self, *, ok: bool = True) -> "Scene":
        """The disk has written what it was last asked to."""
        last = next(one for one in reversed(self.effects) if isinstance(one, m.KeepVisit | m.KeepOffline))
        if isinstance(last, m.KeepVisit):
            self.happen(m.Kept("visit", last.visit.visit_id, ok))
        else:
            self.happen(m.Kept("offline", last.entry.command.visit_id, ok))
        return self

    def number(self, number: int, *, ahead: int = 3) -> "Scene":
        """The server answers the last request for a number."""
        ask = self.last(m.Ask, "TakeTicket")
        command: Any = ask.command
        prefix = next(one.prefix for one in self.view.services if one.service_id == command.service_id)
        reply = TicketTaken(
            visit_id=command.visit_id,
            prefix=prefix,
            number=number,
            service_id=command.service_id,
            priority_class_id=command.priority_class_id,
            procedure_code=command.procedure_code,
            taken_at=self.hall_at,
            ahead=ahead,
            estimate=Estimate(low_s=900, high_s=1800),
            counter_numbers=(3, 4),
        )
        self.happen(m.Replied(ask.request_id, reply))
        return self

    def silence(self) -> "Scene":
        """Nobody answered the last request in time."""
        ask = self.last(m.Ask)
        self.later(ask.deadline_s)
        self.happen(m.Replied(ask.request_id, None))
        return self

    def refuses(self, code: str, **sentences: str) -> "Scene":
        self.happen(m.Replied(self.last(m.Ask).request_id, Refused(code=code, sentences=sentences)))
        return self

    def printer(
        self, state: Literal["queued", "confirmed", "uncertain", "held", "failed", "void"], reason: str = ""
    ) -> "Scene":
        ticket = self.last(m.Print).ticket
        self.happen(m.PrinterTold(ticket.given.visit.visit_id, ticket.copy, state, reason))
        return self

    def later(self, seconds: float) -> "Scene":
        """Real seconds pass; the hall's clock runs at its rate; every due tick is given."""
        end_s = self.real_s + seconds
        for _ in range(1000):
            now = m.Now(self.hall_at, self.real_s, "0" * 32)
            wait_s = flow.seconds_to_next(self.state, now, self.rate)
            if wait_s is None or self.real_s + wait_s > end_s:
                break
            # A millisecond late, as real timers are.
            self._pass(wait_s + 0.001)
            self.happen(m.Tick())
        self._pass(max(0.0, end_s - self.real_s))
        self.happen(m.Tick())
        return self

    def _pass(self, seconds: float) -> None:
        self.real_s += seconds
        self.hall_at += timedelta(seconds=seconds * self.rate)

    # --- what is seen and asked for ---

    @property
    def page(self) -> Page:
        return pages.page(self.state, ward_texts(), self.hall_at)

    @property
    def actions(self) -> tuple[str, ...]:
        return actions_of(self.page)

    @property
    def sentences(self) -> str:
        """Everything that is written on the page, but the keys."""
        page = self.page
        words = [page.title, page.hint, *(_written(block) for block in page.blocks)]
        words += [getattr(one, "label", "") for one in touchables(page) if one not in page.keys]
        return "\n".join(word for word in words if word)

    @property
    def shown_number(self) -> str:
        return next((block.number_text for block in self.page.blocks if isinstance(block, Hero)), "")

    def last(self, kind: type[EffectT], command: str = "") -> EffectT:
        """Give the latest effect of a kind (an `Ask` of a command)."""
        for effect in reversed(self.effects):
            if isinstance(effect, kind) and command in {"", type(getattr(effect, "command", None)).__name__}:
                return effect
        raise AssertionError(f"nobody asked for {kind.__name__} {command}")

    def count(self, kind: type, command: str = "") -> int:
        return sum(
            isinstance(effect, kind) and command in {"", type(getattr(effect, "command", None)).__name__}
            for effect in self.effects
        )


def _written(block: Block) -> str:
    match block:
        case Notice(text=text):
            return text
        case Cautions(sentences=sentences):
            return "\n".join(sentences)
        case Hero(number_text=number_text, class_text=class_text):
            return f"{number_text} {class_text}"
        case Summary():
            return "\n".join((block.title, *block.lines, block.wait, block.people))
        case _:
            return ""


TO_NUMBER = ("service:civil_status", "class:usual", "take")
"""Three touches."""
