"""A simulated hall for monkeys: the queue server's own rules, a link, a disk and a printer with moods that change.

The server is the real core (`DrivenBranch`), so that its limits are the real ones; what lies between it and the kiosk
is chance: an answer comes at once, late, or never; the disk is full; the paper is out; the day goes on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from random import Random
from typing import Final

import msgspec

from hardware.codecs.withheld import Withheld
from kiosk.ticket import model as m
from kiosk.ticket.scans import CardScan
from protocol import commands as c
from protocol import events as e
from protocol import voice_commands as vc
from protocol.configuration import Configuration, NumbersPerPerson, PersonLimits
from protocol.views import AnyReply, CataloguePage, Estimate, KioskView, Refused, VisitFound
from queue_server import core
from queue_server.voice_codes import voice_code, voice_code_hash
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.kiosks import FUNCTION, introduction, ward
from tests.support.monkeys.watch import Found
from tests.support.scans import SECRET, found

QUOTA, PER_MINUTE, WAITING, OWN, PERSONS = 3, 2, 45, 4, 6
"""Limits so low that a monkey meets each of them."""
BRANCH_KEY: Final = b"b" * 32
MINUTE: Final = timedelta(seconds=60)


@dataclass
class Mood:
    """How the world behaves until it changes its mind."""

    answer: str = "prompt"
    disk_ok: bool = True
    paper: str = "confirmed"


ANSWERS = ("prompt", "prompt", "prompt", "slow", "silent", "busy", "storage")
PAPERS = ("confirmed", "confirmed", "confirmed", "held", "uncertain", "failed")


A_DAY = 2
"""Numbers that a person may have of the whole hall on a day; of `ONCE` no more than one that is not over."""
ONCE = "certification"
SCARCE = frozenset({"land", "welfare"})
NEIGHBOUR: Final = "kiosk-2"


def tight_hall(*, per_person: bool = False) -> Configuration:
    """Give the ward hall with limits that are soon reached; `per_person` has it ask for cards, too."""
    hall = ward()
    services = tuple(
        msgspec.structs.replace(
            one,
            daily_quota=QUOTA if one.service_id in SCARCE else 0,
            numbers_per_person=PersonLimits(at_once=int(per_person and one.service_id == ONCE)),
        )
        for one in hall.services
    )
    ranges = tuple(
        msgspec.structs.replace(own, last=own.first + OWN - 1)
        for own in hall.kiosk_ranges
        if own.prefix in {"C", "H", "L"}
    )
    policies = msgspec.structs.replace(hall.policies, visits_per_kiosk_per_minute=PER_MINUTE, waiting_limit=WAITING)
    persons = NumbersPerPerson(day=A_DAY if per_person else 0)
    return msgspec.structs.replace(
        hall, services=services, kiosk_ranges=ranges, policies=policies, numbers_per_person=persons
    )


def cards() -> tuple[CardScan, ...]:
    """Give the cards of the ward's citizens, so few that each of them comes again."""
    ids = [f"0010990123{last:02d}" for last in range(40, 40 + PERSONS)]
    return tuple(CardScan(f"•••••••••{one[-3:]}", Withheld(one)) for one in ids)


class Hall:
    """The server of one day after another, and the books that a citizen would keep of it."""

    def __init__(self, chance: Random, *, per_person: bool = False) -> None:
        self._chance = chance
        self.per_person = per_person
        self._configuration = tight_hall(per_person=per_person)
        self.cards = cards()
        self._strangers = count(1)
        self._day = date(2026, 11, 23)
        self.tickets = 0
        self.refusals: dict[str, int] = {}
        self._open_day()

    def _open_day(self) -> None:
        day = self._day.isoformat()
        self.branch = DrivenBranch(self._configuration, instant("05:00", day))
        self.branch.advance(instant(self._chance.choice(("07:10", "08:30", "10:00")), day))
        self._read = 0
        self._numbers: dict[str, str] = {}
        self._taken: dict[str, list[datetime]] = {}
        self._on_line: list[datetime] = []
        self._of_person: dict[str, list[str]] = {}
        for service in self._configuration.services:
            low_s = self._chance.choice((0, 300, 1800, 5400))
            self.branch.estimates[service.service_id, "usual"] = Estimate(low_s=low_s, high_s=2 * low_s + 300)

    @property
    def at(self) -> datetime:
        """Give the hall's time."""
        return self.branch.at

    def next_day(self) -> None:
        """Begin the next day, on a server that knows nothing of the last one."""
        self._day += timedelta(days=1)
        self._open_day()

    def allow(self, persons: NumbersPerPerson) -> None:
        """Have the server, and it alone, follow another rule for persons; its day begins anew."""
        services = tuple(
            msgspec.structs.replace(one, numbers_per_person=PersonLimits()) for one in self._configuration.services
        )
        self._configuration = msgspec.structs.replace(
            self._configuration, services=services, numbers_per_person=persons
        )
        self._open_day()

    def view(self) -> KioskView:
        """Give what kiosks see now."""
        return core.kiosk_view(self.branch.branch, self.branch.estimates, self.branch.at)

    def carry_out(self, ask: m.Ask) -> AnyReply:
        """Answer as the server does, and keep the books; raises Found when a limit was passed."""
        match ask.command:
            case c.Introduce():
                return self._introduced()
            case c.FetchCatalogue():
                wanted = core.kiosk_view(self.branch.branch, {}, self.branch.at).catalogue_hash
                return CataloguePage(catalogue_hash=wanted, page=0, pages=1, procedures=self._configuration.catalogue)
            case c.FindVisit():
                return self._found()
            case c.FindHeldNumber():
                return self.branch.ask(ask.command, facts=self.branch.facts(ticket_secret=SECRET), device_id=FUNCTION)
            case c.TakeTicket(service_id=service_id) if service_id in SCARCE and self._chance.random() < 0.5:
                self._come_first(service_id)
        reply = self.branch.ask(ask.command, facts=self._voice_facts(ask.command), device_id=FUNCTION)
        if isinstance(reply, Refused):
            self.refusals[reply.code] = self.refusals.get(reply.code, 0) + 1
        self._keep_books()
        return reply

    def _voice_facts(self, command: c.AnyCommand) -> core.Facts | None:
        """Give the code of a voice and what stands for it, as the queue server's handler does."""
        if not isinstance(command, vc.ReceiveVoice | vc.FindVoiceCode):
            return None
        code = voice_code(BRANCH_KEY, command.voice_id)
        return self.branch.facts(voice_code=code, voice_code_hash=voice_code_hash(BRANCH_KEY, code))

    def _introduced(self) -> AnyReply:
        if not self.per_person or not self.branch.branch.day_open:
            return introduction()
        day = self.branch.branch.day
        return introduction(person_key=sha256(day.encode()).hexdigest(), person_day=day)

    def _come_first(self, service_id: str) -> None:
        """Have somebody take a number of a scarce service at the next kiosk, a moment before ours asks for one."""
        for _ in range(self._chance.randint(1, PER_MINUTE)):
            stranger = f"{next(self._strangers):032x}"
            take = c.TakeTicket(
                function_id=NEIGHBOUR, visit_id=f"ff{stranger[2:]}", service_id=service_id,
                priority_class_id="usual", person_mark=stranger if self.per_person else "",
            )  # fmt: skip
            self.branch.ask(take, device_id=NEIGHBOUR)

    def number_of(self, visit_id: str) -> str:
        """Give the number that the log has for a visit of today; empty when it has none."""
        return self._numbers.get(visit_id, "")

    def _found(self) -> AnyReply:
        waiting = [visit for visit in self.branch.branch.visits.values() if visit.state == "waiting"]
        if not waiting or self._chance.random() < 0.3:
            return Refused(code="unknown_visit")
        visit = self._chance.choice(waiting)
        shown = found()
        return VisitFound(
            visit=msgspec.structs.replace(
                shown.visit, visit_id=visit.visit_id, prefix=visit.prefix, number=visit.number
            ),
            ahead=shown.ahead,
            estimate=shown.estimate,
            counter_number=0,
        )

    def _keep_books(self) -> None:
        for event in self.branch.events(self._read):
            self._read += 1
            if isinstance(event, e.VisitTaken):
                self._book(event)
            elif isinstance(event, e.VisitRenumbered):
                self._numbers[event.visit_id] = f"{event.prefix}{event.number:03d}"

    def _book(self, taken: e.VisitTaken) -> None:
        number = f"{taken.prefix}{taken.number:03d}"
        if taken.visit_id in self._numbers:
            raise Found(f"visit {taken.visit_id} has a second number: {self._numbers[taken.visit_id]}, then {number}")
        if number in self._numbers.values():
            raise Found(f"number {number} was given twice today")
        self._numbers[taken.visit_id] = number
        of_person = self._of_person.setdefault(taken.person_mark, [])
        of_person.append(taken.service_id)
        of_service = self._taken.setdefault(taken.service_id, [])
        of_service.append(taken.at)
        self.tickets += taken.function_id != NEIGHBOUR
        if taken.off_line:
            return
        quota = next(one.daily_quota for one in self._configuration.services if one.service_id == taken.service_id)
        if quota and len(of_service) > quota:
            raise Found(f"{taken.service_id} has given {len(of_service)} numbers on line, its quota is {quota}")
        if self.per_person:
            self._hold_to_persons(taken, of_person)
        if taken.function_id == NEIGHBOUR:
            return
        self._on_line.append(taken.at)
        lately = self._on_line[-PER_MINUTE - 1 :]
        if len(lately) > PER_MINUTE and lately[-1] - lately[0] < MINUTE:
            raise Found(f"{PER_MINUTE + 1} numbers within a minute, until {taken.at}")

    def _hold_to_persons(self, taken: e.VisitTaken, services: list[str]) -> None:
        """Hold a number that was given on line to the rule for persons; `services` are those of its person today.

        Nobody is called in this hall, so that no number is ever over.
        """
        if not taken.person_mark:
            raise Found(f"visit {taken.visit_id} has a number without a card")
        if len(services) > A_DAY:
            raise Found(f"one person has {len(services)} numbers today, where {A_DAY} are allowed: {services}")
        if taken.service_id == ONCE and services.count(ONCE) > 1:
            raise Found(f"one person waits {services.count(ONCE)} times for {ONCE}")
