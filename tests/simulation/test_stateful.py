"""A property test that starts in a busy hall and does anything at all, at least fifty steps long.

Hypothesis draws what people do and shortens what breaks a promise to the few lines that matter; the simulated days
beside it go far, this goes for the corners. Its steps are lines of a table (``tests.support.tables``), so a failure can
be kept as a scenario as it stands.
"""

from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support import invariants
from tests.support.everyday import CLERKS, COUNTERS, OUTCOMES, SERVICES
from tests.support.halls import limited_hall, small_hall
from tests.support.tables import Table

BUSY = """
    take    V1 civil_status
    take    V2 civil_status elderly
    take    V3 land
    take    V4 certification urgent by:staff-1
    wait    400
    take    V5 land elderly
    take    V6 results
    take    V7 civil_status usual for:death
    take    V10 civil_status usual for:newborn
    wait    300
    take    V8 certification elderly
    take    V9 land
    signin  an 1
    signin  binh 2
    signin  chi 3
    call    1
    start   1
    park    1
    call    1
    start   1
    call    2
    noshow  2
    call    2
    start   2
    wait    200
    transfer 2 results+3
    call    3
"""

persons = st.sampled_from(("who:lan", "who:minh", "who:mai", "who:nam", ""))
visits = st.integers(1, 24).map("V{}".format)
counters = st.sampled_from(COUNTERS)
services = st.sampled_from(SERVICES)
keypads = st.sampled_from(("", "", "keypad"))


class Hall(RuleBasedStateMachine):
    """Anybody may do anything; whatever is refused must change nothing, and every promise holds after every step."""

    lengths: ClassVar[list[int]] = []
    limited: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(limited_hall() if self.limited else small_hall())
        self.steps = 0

    @initialize()
    def begin_busy(self) -> None:
        for number, line in enumerate(BUSY.splitlines()):
            needed = " without:no_card" if "by:staff-1" in line else f" who:v{number}" if "take" in line else ""
            self.table.line(number, line + needed if self.limited else line)

    def say(self, *words: object) -> None:
        self.steps += 1
        before = len(self.table.hall.log)
        came = self.table.say(" ".join(str(word) for word in words if word != ""))
        if came.startswith("refused") and "pairing" not in came and "already_rated" not in came:
            assert len(self.table.hall.log) == before, "a refusal changes nothing"

    @rule(seconds=st.sampled_from((0.3, 1, 10, 100, 1000, 4000)))
    def wait(self, seconds: float) -> None:
        self.say("wait", seconds)

    @rule(visit=visits, service=services, rank=st.sampled_from(("usual", "elderly", "urgent by:staff-1")))
    def take(self, visit: str, service: str, rank: str) -> None:
        self.say("take", visit, service, rank)

    @rule(visit=visits, number=st.integers(499, 505), clock=st.sampled_from(("07:30", "07:45", "08:30", "19:00")))
    def hand_over(self, visit: str, number: int, clock: str) -> None:
        self.say("handover", visit, "civil_status", f"H{number}", clock)

    @rule(visit=visits, by=st.sampled_from(("citizen", "citizen wrong", *CLERKS)))
    def cancel(self, visit: str, by: str) -> None:
        self.say("cancel", visit, by)

    @rule(visit=visits, state=st.sampled_from(("confirmed", "uncertain", "void")))
    def report_ticket(self, visit: str, state: str) -> None:
        self.say("printed", visit, state)

    @rule(clerk=st.sampled_from(CLERKS), counter=counters, profile=st.sampled_from(("", "everything", "land")))
    def sign_in(self, clerk: str, counter: str, profile: str) -> None:
        self.say("signin", clerk, counter, profile)

    @rule(verb=st.sampled_from(("signout", "close", "open", "pause")), counter=counters)
    def set_counter(self, verb: str, counter: str) -> None:
        self.say(verb, counter)

    @rule(counter=counters, clerk=st.sampled_from(CLERKS), back=st.sampled_from(("-", "back")))
    def release(self, counter: str, clerk: str, back: str) -> None:
        self.say("release", counter, clerk, back)

    @rule(counter=counters, by=keypads)
    def call(self, counter: str, by: str) -> None:
        self.say("call", counter, by)

    @rule(verb=st.sampled_from(("start", "recall", "noshow")), counter=counters, by=keypads)
    def answer_call(self, verb: str, counter: str, by: str) -> None:
        self.say(verb, counter, by)

    @rule(verb=st.sampled_from(("choose", "resume", "reinstate")), counter=counters, visit=visits)
    def pick(self, verb: str, counter: str, visit: str) -> None:
        self.say(verb, counter, visit)

    @rule(counter=counters, number=st.integers(1, 9))
    def key_number(self, counter: str, number: int) -> None:
        self.say("key", counter, number)

    @rule(counter=counters, outcome=st.sampled_from(OUTCOMES), how=st.sampled_from(("-", "-", "back", "stay", "stop")))
    def end(self, counter: str, outcome: str, how: str) -> None:
        self.say("end", counter, outcome, how)

    @rule(counter=counters, visit=visits, more=st.lists(services, max_size=3))
    def plan(self, counter: str, visit: str, more: list[str]) -> None:
        self.say("plan", counter, visit, "+".join(more) or "nothing")

    @rule(counter=counters, number=st.integers(1, 9), by=keypads)
    def come_back_by_number(self, counter: str, number: int, by: str) -> None:
        self.say("back", counter, number, "frail", by)

    @rule(counter=counters, to=st.sampled_from(("supervisor", "colleague", *COUNTERS)), by=keypads)
    def call_help(self, counter: str, to: str, by: str) -> None:
        self.say("help", counter, to, by)

    @rule(counter=counters, who=st.sampled_from((*CLERKS, "boss")))
    def go_and_help(self, counter: str, who: str) -> None:
        self.say("goes", who, counter, "manager" if who == "boss" else "clerk")

    @rule(counter=counters)
    def take_help_back(self, counter: str) -> None:
        self.say("helped", counter)

    @rule(counter=counters)
    def park(self, counter: str) -> None:
        self.say("park", counter)

    @rule(
        counter=counters,
        to=st.sampled_from((*SERVICES, *COUNTERS, "land+2", "civil_status+3", "nowhere")),
        position=st.sampled_from(("policy", "first", "last")),
    )
    def transfer(self, counter: str, to: str, position: str) -> None:
        self.say("transfer", counter, to, position)

    @rule(
        counter=counters,
        level=st.integers(1, 4),
        by=st.sampled_from(("keypad", "terminal")),
        mark=st.sampled_from(("", "", "nonce", "stale", "buffered", "same", "of:1")),
    )
    def rate(self, counter: str, level: int, by: str, mark: str) -> None:
        self.say("rate", counter, level, by, mark)

    @rule(visit=visits, level=st.integers(1, 4))
    def rate_by_link(self, visit: str, level: int) -> None:
        self.say("link", visit, level)

    @rule()
    def close_the_day(self) -> None:
        if self.steps > 40:
            self.say("closeday")

    @invariant()
    def quick_promises(self) -> None:
        invariants.check(self.table.hall, invariants.QUICK)

    def teardown(self) -> None:
        invariants.check(self.table.hall)
        self.lengths.append(self.steps)


class LimitedHall(Hall):
    """The same, where numbers are limited per person: four persons come again and again."""

    lengths: ClassVar[list[int]] = []
    limited: ClassVar[bool] = True

    @rule(visit=visits, service=services, who=persons, kiosk=st.sampled_from(("kiosk-1", "kiosk-2")))
    def take_as(self, visit: str, service: str, who: str, kiosk: str) -> None:
        self.say("take", visit, service, f"by:{kiosk}", who)

    @rule(visit=visits, number=st.integers(501, 505), who=persons)
    def hand_over_as(self, visit: str, number: int, who: str) -> None:
        self.say("handover", visit, "civil_status", f"H{number}", "07:40", who)

    @rule(who=st.sampled_from(("lan", "minh")), service=services)
    def ask_for_the_held(self, who: str, service: str) -> None:
        self.say("held", who, service)


@pytest.mark.parametrize(("hall", "examples"), [(Hall, 40), (LimitedHall, 15)], ids=["open", "limited"])
def test_a_busy_hall_keeps_every_promise(hall: type[Hall], examples: int) -> None:
    hall.lengths.clear()
    hall.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    hall.TestCase().runTest()
    assert max(hall.lengths) >= 50, f"no run was fifty steps long: {hall.lengths}"
