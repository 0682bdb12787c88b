"""The ticket kiosk for a monkey: the pure flow, and a simulated hall that does what its effects ask for."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from kiosk.ticket import flow, pages
from kiosk.ticket import model as m
from kiosk.ticket.catalogue import Catalogue
from kiosk.ticket.kept_model import PendingVisit
from kiosk.ticket.person_model import CardFirst
from kiosk.ticket.scan_model import Scanned
from kiosk.ticket.taking import OUTBOX_LIMIT
from kiosk.ticket.touches import HISTORY_LIMIT
from kiosk.ticket.voice_model import CodeTold, PrintCode
from kiosk.widgets.page import Header, Page, actions
from protocol.views import KioskView, Refused
from tests.support.kiosks import MONDAY_8, ward_texts
from tests.support.monkeys.hall import ANSWERS, PAPERS, Hall, Mood
from tests.support.monkeys.watch import WAYS_BACK, Found, hold_ways_back
from tests.support.scans import TICKET

LEAST_TICK_S = 1 / 30
"""As the shell does: no tick comes sooner than a frame."""
TICKS_MOST = 60
"""No page needs more ticks than this to end."""
VIEW_EVERY_S = 5.0
CARD_SHOWN = 0.15
"""How likely somebody holds a card under the scanner while it is asked for, whenever time passes."""
SHOWING_S = 5.0
"""It is there so soon; later, in a pause, it would be a new citizen's at the start."""


class TicketKiosk:
    """One kiosk. `flow_step` and `page_of` are the product's own, unless a test plants a fault in them."""

    RESTING = frozenset({"services", "not_ready", "gone", "closed"})
    PAUSE_S = 400.0
    """After this long without a touch any page has gone back to the start."""

    def __init__(self, chance: Random, *, per_person: bool = False) -> None:
        self._chance = chance
        self.flow_step: Callable[..., Any] = flow.step
        self.page_of: Callable[..., Page] = pages.page
        self._paged: tuple[m.State, datetime, Page] | None = None
        self._headed: tuple[tuple[KioskView | None, str], Header] | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.hall = Hall(chance, per_person=per_person)
        self.mood = Mood()
        self.real_s = 1000.0
        self.hall_at = self.hall.at
        self._ids = count(1)
        self._agenda: list[tuple[float, int, m.Input]] = []
        self._viewed_s = 0.0
        self._catalogues: dict[str, Catalogue] = {}
        self._shown: dict[str, set[str]] = {}
        self._pending: PendingVisit | None = None
        self._known: set[tuple[str, ...]] = set()
        self.state = flow.initial(m.Settings())
        self._happen(m.Restored())
        self._link("up")

    # --- as the window sees it ---

    def page(self) -> Page:
        """Give the page of the present state."""
        at = self.hall_at.replace(microsecond=0)  # No page says more of the time.
        if self._paged is None or self._paged[0] is not self.state or self._paged[1] != at:
            self._paged = self.state, at, self.page_of(self.state, ward_texts(), self.hall_at)
        return self._paged[2]

    def header(self) -> Header:
        """Give the head of the screen; its clock stands, so that only what matters is painted anew."""
        says = self.state.view, self.state.preferences.language
        if self._headed is None or self._headed[0][0] is not says[0] or self._headed[0][1] != says[1]:
            self._headed = says, pages.header(self.state, ward_texts(), MONDAY_8)
        return self._headed[1]

    def touched(self, action: str) -> None:
        """Take a touch, and hold it to at most one new visit, and that only by "take"."""
        was_busy = self.page().busy
        visits = [one for one in self._happen(m.Touched(action)) if isinstance(one, m.KeepVisit)]
        if visits and (was_busy or action != "take" or len(visits) > 1):
            raise Found(
                f"{action!r} on a page that {'waits' if was_busy else 'does not wait'} began {len(visits)} visits"
            )

    # --- time ---

    def pass_time(self, seconds: float) -> None:
        """Let time pass; whatever is due happens in its turn."""
        if isinstance(self.state.screen, CardFirst) and self._chance.random() < CARD_SHOWN:
            self._later(
                self._chance.uniform(0.0, min(seconds, SHOWING_S)), Scanned(self._chance.choice(self.hall.cards))
            )
        end_s = self.real_s + seconds
        while True:
            due_s = self._agenda[0][0] if self._agenda else end_s + 1
            wait_s = flow.seconds_to_next(self.state, m.Now(self.hall_at, self.real_s, ""), 1.0)
            tick_s = end_s + 1 if wait_s is None else self.real_s + max(LEAST_TICK_S, wait_s)
            self._move_clock(min(due_s, tick_s, end_s))
            if min(due_s, tick_s) > end_s:
                break
            self._happen(heapq.heappop(self._agenda)[2] if due_s <= tick_s else m.Tick())
            self.on_change()
        if self.real_s - self._viewed_s >= VIEW_EVERY_S:
            self._view()

    def _move_clock(self, to_s: float) -> None:
        self.hall_at += timedelta(seconds=max(0.0, to_s - self.real_s))
        self.real_s = max(self.real_s, to_s)
        self.hall.branch.advance(self.hall_at)

    def trouble(self) -> str:  # noqa: PLR0911 -- one way out per trouble.
        """Have the world change its mind in some way; tell in which."""
        chance, mood = self._chance, self.mood
        match chance.randrange(12):
            case 0 | 1:
                mood.answer = chance.choice(ANSWERS)
                return f"the server's answers are {mood.answer}"
            case 2:
                mood.disk_ok = chance.random() < 0.7
                return f"the disk {'writes' if mood.disk_ok else 'is full'}"
            case 3 | 4:
                mood.paper = chance.choice(PAPERS)
                self._happen(m.PrinterHealth({"held": "paper_out", "failed": "unreachable"}.get(mood.paper, "")))
                return f"paper is {mood.paper}"
            case 5 | 6:
                self._link("gone" if self.state.link == "up" else "up")
                return f"the link is {self.state.link}"
            case 7:
                self._happen(Scanned(chance.choice((None, TICKET, *self.hall.cards[:1]))))
                return "something is scanned"
            case 8:
                self._to_another_hour()
                return f"it is {self.hall_at}"
            case 9 if chance.random() < 0.3:
                self._power_cut()
                return "the power was cut"
            case _:
                self.mood = Mood()
                self._link("up")
                return "all is well"

    def _to_another_hour(self) -> None:
        """Go on in the day, to closing and past it, or to the next morning."""
        self.pass_time(self._chance.choice((600.0, 3600.0, 4 * 3600.0)))
        if (self.hall_at + timedelta(hours=7)).hour >= 17:
            self.hall.next_day()
            self.hall_at = max(self.hall_at, self.hall.at)
            self._shown.clear()
            self._view()

    def _power_cut(self) -> None:
        """Begin anew with what a disk would have kept: who we are, and what must still arrive."""
        before = self.state
        self._agenda.clear()
        self.state = flow.initial(m.Settings())
        kept = m.Restored(
            before.identity, before.view, self._pending, before.offline_numbers, before.outbox, before.refused
        )
        self._happen(kept)
        self._link("up")

    # --- the world's answers ---

    def _link(self, link: m.LinkState) -> None:
        if self.state.link != link:
            self._happen(m.LinkChanged(link))
        if link == "up":
            self._view()

    def _view(self) -> None:
        self._viewed_s = self.real_s
        if self.state.link == "up":
            self._happen(m.Viewed(self.hall.view()))

    def _later(self, after_s: float, happened: m.Input) -> None:
        heapq.heappush(self._agenda, (self.real_s + after_s, next(self._ids), happened))

    def _happen(self, happened: m.Input) -> list[m.Effect]:
        now = m.Now(self.hall_at, self.real_s, f"{next(self._ids):032x}")
        self.state, effects = self.flow_step(self.state, happened, now)
        for effect in effects:
            self._start(effect)
        return list(effects)

    def _start(self, effect: m.Effect) -> None:
        match effect:
            case m.Ask():
                self._ask(effect)
            case m.KeepVisit(visit):
                self._pending = visit if self.mood.disk_ok else self._pending
                self._later(self._writing_s(), m.Kept("visit", visit.visit_id, self.mood.disk_ok))
            case m.DropVisit():
                self._pending = None
            case m.KeepOffline(entry=entry):
                self._later(self._writing_s(), m.Kept("offline", entry.command.visit_id, self.mood.disk_ok))
            case m.Print(ticket):
                self._print(ticket)
            case PrintCode(sent):
                self._later(1.5, CodeTold(sent.voice_id, self.mood.paper == "confirmed"))
            case m.VoidTicket(visit_id):
                self._later(0.1, m.PrinterTold(visit_id, 0, "void"))
            case m.ReadCatalogue(catalogue_hash):
                self._later(0.01, m.CatalogueRead(catalogue_hash, self._catalogues.get(catalogue_hash)))
            case m.KeepCatalogue(catalogue_hash, procedures):
                kept = self._catalogues.setdefault(catalogue_hash, Catalogue.of(catalogue_hash, procedures))
                self._later(0.05, m.CatalogueRead(catalogue_hash, kept))
            case _:
                pass  # Written; the flow waits for no word of it.

    def _writing_s(self) -> float:
        """Give how long the disk takes: now and then it has something else to do."""
        return 0.5 if self._chance.random() < 0.3 else 0.02

    def _ask(self, ask: m.Ask) -> None:
        answer = self.mood.answer if self.state.link == "up" else "gone"
        if answer in {"busy", "storage"}:
            self._later(0.05, m.Replied(ask.request_id, Refused(code=answer)))
        elif answer == "gone" or (answer == "silent" and self._chance.random() < 0.5):
            self._later(ask.deadline_s, m.Replied(ask.request_id, None))
        elif answer == "silent":  # It was carried out, and nobody hears of it.
            self.hall.carry_out(ask)
            self._later(ask.deadline_s, m.Replied(ask.request_id, None))
        else:
            after_s = self._chance.uniform(0.5, ask.deadline_s) if answer == "slow" else 0.05
            self._later(after_s, m.Replied(ask.request_id, self.hall.carry_out(ask)))

    def _print(self, ticket: m.Ticket) -> None:
        visit_id, reason = ticket.given.visit.visit_id, {"held": "paper_out", "failed": "unreachable"}
        self._later(0.05, m.PrinterTold(visit_id, ticket.copy, "queued"))
        paper: Any = self.mood.paper
        self._later(1.5, m.PrinterTold(visit_id, ticket.copy, paper, reason.get(paper, "")))

    # --- what must be true ---

    def check(self, numbers: tuple[str, ...]) -> None:
        """Hold the kiosk to what must be true after every touch; `numbers` stand large on the glass. Raises Found."""
        page, state = self.page(), self.state
        hold_ways_back(page, self.RESTING)
        for number in numbers if page.name == "number" else ():
            shown = self._shown.setdefault(page.subject, set())
            shown.add(number)
            if len(shown) > 1:
                raise Found(f"visit {page.subject} was shown {sorted(shown)}")
        own = [(one.day, one.prefix, one.number) for one in state.offline_numbers]
        if len(own) != len(set(own)):
            raise Found(f"a number of the kiosk's own was given twice: {own}")
        if len(state.outbox) > OUTBOX_LIMIT or len(state.history) > HISTORY_LIMIT:
            raise Found(f"{len(state.outbox)} commands wait, {len(state.history)} screens are remembered")
        kind = (page.name, state.link, *sorted(action.partition(":")[0] for action in actions(page)))
        if kind not in self._known:
            self._known.add(kind)
            self._hold_home(state)
            self._hold_idle(state)

    def hold_rest(self) -> None:
        """Hold the kiosk to the usual start after a pause; raises Found."""
        page = self.page()
        if page.name not in self.RESTING or self.state.preferences != m.Preferences():
            raise Found(
                f"after {self.PAUSE_S} s without a touch the screen is {page.name!r} with {self.state.preferences}"
            )

    def _hold_idle(self, state: m.State) -> None:
        """Let time alone pass for a state, in the flow alone, until the start is there; raises Found."""
        if self.page().busy:
            return  # It is the world that ends such a page; a pause before the window shows that it does.
        real_s, hall_at, name = self.real_s, self.hall_at, self.page().name
        for _ in range(TICKS_MOST):
            wait_s = flow.seconds_to_next(state, m.Now(hall_at, real_s, ""), 1.0)
            if wait_s is None or real_s > self.real_s + self.PAUSE_S:
                break
            passing_s = max(LEAST_TICK_S, wait_s)
            real_s, hall_at = real_s + passing_s, hall_at + timedelta(seconds=passing_s)
            state, _ = self.flow_step(state, m.Tick(), m.Now(hall_at, real_s, f"{0:032x}"))
        if self.page_of(state, ward_texts(), hall_at).name not in self.RESTING:
            raise Found(f"no time-out leads from {name!r} to the start")

    def told(self) -> dict[str, Any]:
        """Tell what came of it."""
        return {"tickets": self.hall.tickets, "refusals": self.hall.refusals, "per_person": self.hall.per_person}

    def _hold_home(self, state: m.State) -> None:
        """Walk back from a state, in the flow alone, by the shortest way that each page offers; raises Found."""
        now: datetime = self.hall_at
        for step in range(20):
            page = self.page_of(state, ward_texts(), now)
            if page.name in self.RESTING or page.busy:
                return
            way = next((one for one in WAYS_BACK if one in actions(page)), None)
            if way is None:
                raise Found(f"page {page.name!r} has no way back")
            state, _ = self.flow_step(state, m.Touched(way), m.Now(now, self.real_s + step, f"{step:032x}"))
        raise Found(f"twenty touches on the ways back lead from {self.page().name!r} nowhere")
