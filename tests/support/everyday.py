"""What people in a hall do, drawn by chance as lines of a table: mostly sensible, sometimes not.

A simulated day is thus a table like those written by hand, and one that fails can be read, shortened and kept.
"""

import random

from tests.support.tables import Table, visit_name

CLERKS = ("an", "binh", "chi", "dung")
COUNTERS = ("1", "2", "3")
SERVICES = ("civil_status", "certification", "land", "results")
CLASSES = ("usual", "usual", "usual", "elderly")
OUTCOMES = ("received", "received", "papers_missing", "left")

WEIGHTS = {
    "wait": 30,
    "leap": 4,
    "take": 26,
    "call": 26,
    "start": 20,
    "end": 20,
    "rate": 8,
    "transfer": 5,
    "noshow": 5,
    "park": 4,
    "resume": 4,
    "signin": 4,
    "recall": 3,
    "reinstate": 3,
    "cancel": 3,
    "choose": 3,
    "key": 2,
    "handover": 3,
    "printed": 2,
    "link": 2,
    "open": 3,
    "pause": 1,
    "close": 1,
    "signout": 1,
    "plan": 4,
    "back": 2,
    "help": 1,
    "goes": 1,
    "helped": 1,
}
"""How often each verb is drawn, in proportion."""


class Everyday:
    """Draws the next line of a table; remembers the visits that it made up."""

    def __init__(self, table: Table, chance: random.Random, persons: int = 0) -> None:
        self.table = table
        self.chance = chance
        self.persons = persons
        """How many there are who take numbers, in a hall that limits them per person."""
        self.visits = 0
        self.range = table.hall.branch.configuration.kiosk_ranges[0]
        self.off_line = self.range.first - 1

    def line(self) -> str:
        """Give one line: half the time what makes sense at some counter, else anything."""
        if self.chance.random() < 0.5:
            return self._sensible(self.chance.choice(COUNTERS))
        verb = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        words = getattr(self, f"_{verb}")()
        return f"{verb} {words}"

    def _sensible(self, counter: str) -> str:
        """Give what people would do next at this counter, with a dozen waiting in the hall."""
        present = self.table.hall.branch.counters[f"counter-{counter}"]
        visit = self.table.hall.branch.visits.get(present.visit_id)
        if self.table.hall.branch.waiting < 12 and self.chance.random() < 0.5:
            return f"take {self._take()}"
        if not present.clerk_id:
            return f"signin {self.chance.choice(CLERKS)} {counter}"
        if visit is not None:
            return self._at_a_counter(counter, is_called=visit.state == "called")
        if present.window is not None and self.chance.random() < 0.5:
            return f"rate {counter} {self.chance.randint(1, 3)}"
        if present.state != "open":
            return f"open {counter}"
        return f"resume {counter} {visit_name(present.parked[0])}" if len(present.parked) > 2 else f"call {counter}"

    def _at_a_counter(self, counter: str, *, is_called: bool) -> str:
        """Give what a clerk does with the visit at the counter."""
        if is_called:
            likely = [f"start {counter}"] * 6 + [f"recall {counter}", f"noshow {counter}", f"end {counter}"]
        else:
            likely = [f"end {counter} {self.chance.choice(OUTCOMES)}"] * 6 + [
                f"wait {self.chance.choice((30, 120))}"
            ] * 5
            likely += [f"park {counter}", f"transfer {counter} {self.chance.choice(SERVICES)}"]
            likely += [f"end {counter} received stay"]
        return self.chance.choice(likely)

    def _visit(self) -> str:
        """Name a visit: usually a recent one, now and then one that never was."""
        if self.chance.random() < 0.02:
            return "V999999"
        return f"V{self.chance.randint(max(1, self.visits - 40), max(1, self.visits))}"

    def _of_counter(self, states: str) -> tuple[str, str]:
        """Give a counter and a visit that it keeps in this way, if it keeps any; else any visit."""
        counter = self.chance.choice(COUNTERS)
        kept: list[str] = getattr(self.table.hall.branch.counters[f"counter-{counter}"], states)
        if kept and self.chance.random() < 0.9:
            return counter, visit_name(self.chance.choice(kept))
        return counter, self._visit()

    def _counter(self) -> str:
        by = " keypad" if self.chance.random() < 0.2 else ""
        return self.chance.choice(COUNTERS) + by

    def _wait(self) -> str:
        return str(self.chance.choice((0.2, 0.5, 1, 5, 20, 60, 240, 900)))

    def _leap(self) -> str:
        return str(self.chance.choice((5, 30, 95)))

    def _take(self) -> str:
        if self.visits and self.chance.random() < 0.05:
            return f"{self._visit()} land"
        self.visits += 1
        service, priority_class = self.chance.choice(SERVICES), self.chance.choice(CLASSES)
        if self.chance.random() < 0.1:
            return f"V{self.visits} {service} urgent by:staff-1{self._reason()}"
        procedure = (
            self.chance.choice(("", " for:birth", " for:death", " for:newborn")) if service == "civil_status" else ""
        )
        kiosk = f"kiosk-{self.chance.choice('12')}"
        return f"V{self.visits} {service} {priority_class} by:{kiosk}{procedure}{self._who()}"

    def _reason(self) -> str:
        """Give why staff give a number without a card, where one is needed."""
        return " without:no_card" if self.persons else ""

    def _who(self) -> str:
        """Draw a person where numbers are limited per person: one of some dozens, so that most come more than once."""
        if not self.persons or self.chance.random() < 0.02:
            return ""
        return f" who:p{self.chance.randint(1, self.persons)}"

    def _handover(self) -> str:
        known = self.visits and self.chance.random() < 0.3
        if not known:
            self.visits += 1
        self.off_line = min(self.off_line + self.chance.choice((0, 1, 1, 1)), self.range.last + 1)
        visit = self._visit() if known else f"V{self.visits}"
        clock = f"{self.chance.randint(7, 19):02d}:{self.chance.randint(0, 59):02d}"
        return f"{visit} civil_status H{self.off_line} {clock}{self._who()}"

    def _printed(self) -> str:
        return f"{self._visit()} {self.chance.choice(('confirmed', 'uncertain', 'held', 'failed', 'void'))}"

    def _cancel(self) -> str:
        return f"{self._visit()} {self.chance.choice(('citizen', 'citizen', 'citizen wrong', *CLERKS))}"

    def _signin(self) -> str:
        profile = self.chance.choice(("", "", "", "everything"))
        return f"{self.chance.choice(CLERKS)} {self.chance.choice(COUNTERS)} {profile}"

    def _pause(self) -> str:
        return f"{self.chance.choice(COUNTERS)} lunch"

    def _close(self) -> str:
        return self.chance.choice(COUNTERS)

    def _end(self) -> str:
        back = self.chance.choice(("-", "-", "-", "-", "back", "stay", "stop"))
        return f"{self.chance.choice(COUNTERS)} {self.chance.choice(OUTCOMES)} {back}"

    def _choose(self) -> str:
        return f"{self.chance.choice(COUNTERS)} {self._visit()}"

    def _key(self) -> str:
        return f"{self.chance.choice(COUNTERS)} {self.chance.choice(('', 'H', 'L'))}{self.chance.randint(1, 60)}"

    def _reinstate(self) -> str:
        counter, visit = self._of_counter("no_shows")
        return f"{counter} {visit}"

    def _resume(self) -> str:
        counter, visit = self._of_counter("parked")
        return f"{counter} {visit}"

    def _park(self) -> str:
        return f"{self.chance.choice(COUNTERS)} {self.chance.choice((0, 300))}"

    def _transfer(self) -> str:
        to = self.chance.choice((*SERVICES, *COUNTERS, "land+3", "civil_status+1", "nowhere"))
        position = self.chance.choice(("policy", "first", "last", "arrival"))
        return f"{self.chance.choice(COUNTERS)} {to} {position}"

    def _rate(self) -> str:
        mark = self.chance.choice(("", "", "", "nonce", "stale", "buffered", "same", "of:1"))
        by = self.chance.choice(("keypad", "terminal"))
        return f"{self.chance.choice(COUNTERS)} {self.chance.randint(1, 4)} {by} {mark}"

    def _link(self) -> str:
        return f"{self._visit()} {self.chance.randint(1, 4)} {self.chance.choice(('right', 'right', 'wrong'))}"

    def _plan(self) -> str:
        counter = self.chance.choice(COUNTERS)
        here = self.table.hall.branch.counters[f"counter-{counter}"].visit_id
        visit = visit_name(here) if here and self.chance.random() < 0.9 else self._visit()
        services = "+".join(self.chance.choices(SERVICES, k=self.chance.randint(1, 3)))
        return f"{counter} {visit} {self.chance.choice((services, services, 'nothing', 'unheard_of'))}"

    def _back(self) -> str:
        return f"{self.chance.choice(COUNTERS)} {self.chance.choice(('', 'H', 'L'))}{self.chance.randint(1, 60)}"

    def _help(self) -> str:
        return f"{self.chance.choice(COUNTERS)} {self.chance.choice(('supervisor', 'colleague', *COUNTERS))}"

    def _goes(self) -> str:
        who = self.chance.choice((*CLERKS, *CLERKS, "boss"))
        return f"{who} {self.chance.choice(COUNTERS)} {'manager' if who == 'boss' else 'clerk'}"

    _helped = _call = _start = _noshow = _recall = _open = _signout = _counter
