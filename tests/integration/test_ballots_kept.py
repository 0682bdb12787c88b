"""Ballots through the real handler and log: chance from outside, and a campaign over a restart, its seed told after."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from protocol import ballot_commands as bc
from protocol import ballot_events as be
from protocol import commands as c
from protocol.ballot_views import BallotKept, BallotsFound
from protocol.ballots import is_drawn, read_code, seed_hash_of, written_code
from protocol.codec import decode_reply, encode
from protocol.events import AnyEvent, ConfigurationChanged, DevicePaired, VisitRated
from protocol.link import new_id
from protocol.views import Done, Refused
from queue_server.handler import Asked, Handler
from queue_server.log import LOG_FILE, Log
from queue_server.recovery import load_branch
from queue_server.surroundings import Surroundings
from tests.faults.morning import BEGINS_AT, SURROUNDINGS
from tests.support.driven_branch import instant
from tests.support.halls import MONDAY, devices_of, key_of, small_hall


class Hall:
    """A branch in a folder, started as often as a test wants."""

    def __init__(self, folder: Path, seed: int) -> None:
        chance = random.Random(seed)
        self.around = replace(SURROUNDINGS, draw=lambda letters, count: "".join(chance.choices(letters, k=count)))
        self.log = Log(folder / LOG_FILE)
        self.at = BEGINS_AT
        configuration = small_hall()
        self.log.append(
            [
                ConfigurationChanged(at=self.at, configuration=configuration, sources={}),
                *(
                    DevicePaired(
                        at=self.at, device_id=one.device_id, name="", public_key=one.public_key, functions=one.functions
                    )
                    for one in devices_of(configuration)
                ),
            ]
        )
        self.start(self.around)
        self.until(instant("07:30"))

    def start(self, around: Surroundings) -> None:
        loaded = load_branch(self.log)
        assert loaded is not None
        self.handler = Handler(self.log, loaded[0], around)

    def until(self, at: datetime) -> None:
        self.at = at
        while self.handler.tick(at):
            pass

    def events(self) -> list[AnyEvent]:
        return [row.event() for row in self.log.rows(1)]

    def say(self, command: Any, device: str = "staff-1", request_id: str = "") -> Any:
        self.at += timedelta(seconds=1)
        asked = Asked(key_of(device), (request_id or new_id()).encode(), encode(command))
        (body,) = self.handler.handle([asked], self.at).replies
        assert body is not None
        return decode_reply(body)

    def serve(self) -> str:
        """Serve one visit at counter 1, which is open."""
        visit_id = new_id()
        taken = c.TakeTicket(
            function_id="kiosk-1", visit_id=visit_id, service_id="civil_status", priority_class_id="usual"
        )
        self.say(taken, "kiosk-1")
        at = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "an"}
        for kind in (c.CallNext, c.StartService):
            self.say(kind(**at))  # type: ignore[arg-type]  # The four fields that each has.
        assert self.say(c.EndService(**at, outcome="received")) == Done()  # type: ignore[arg-type]  # As above.
        return visit_id

    def open(self) -> None:
        at = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "an"}
        for kind in (c.SignInClerk, c.OpenCounter):
            self.say(kind(**at))  # type: ignore[arg-type]  # As above.

    def plan(self) -> Any:
        return self.say(
            bc.PlanCampaign(
                function_id="staff-1", staff_role="manager", clerk_id="boss", campaign_id="c" * 32,
                first_day=MONDAY, last_day=MONDAY, share_percent=50, daily_most=100,
            )
        )  # fmt: skip

    def found(self) -> BallotsFound:
        reply = self.say(bc.FetchBallots(function_id="staff-1", staff_role="usher"))
        assert isinstance(reply, BallotsFound)
        return reply


@pytest.fixture
def hall(tmp_path: Path, seed: int) -> Iterator[Hall]:
    made = Hall(tmp_path, seed)
    yield made
    made.log.close()


def test_a_campaign_goes_on_over_a_restart_and_tells_its_seed_at_the_end(hall: Hall) -> None:
    assert hall.plan() == Done()
    hall.open()
    served = [hall.serve() for _ in range(12)]
    hall.start(hall.around)
    served += [hall.serve() for _ in range(12)]
    told = [one for one in hall.events() if isinstance(one, be.CampaignPlanned)]
    hall.until(instant("20:00"))
    (ended,) = [one for one in hall.events() if isinstance(one, be.CampaignEnded)]
    assert seed_hash_of(ended.seed) == told[0].campaign.seed_hash
    drawn = {one.visit_id for one in hall.found().ballots}
    assert drawn == {one for one in served if is_drawn(ended.seed, one, 50)}
    assert 0 < len(drawn) < len(served)


def test_a_server_with_another_key_draws_nobody_and_makes_no_seed_up(hall: Hall) -> None:
    hall.plan()
    hall.start(replace(hall.around, branch_key=b"another key of the branch"))
    hall.open()
    for _ in range(6):
        hall.serve()
    hall.until(instant("20:00"))
    assert [one.seed for one in hall.events() if isinstance(one, be.CampaignEnded)] == [""]
    assert not hall.found().ballots


def test_a_ballot_is_drawn_and_entered_once_however_often_it_is_sent(hall: Hall) -> None:
    hall.open()
    for _ in range(3):
        hall.serve()
    draw = bc.DrawBallots(function_id="staff-1", staff_role="usher", clerk_id="hoa", draw_id=new_id(), count=2)
    assert [hall.say(draw), hall.say(draw)] == [Done(), Done()]
    first, second = hall.found().ballots
    assert all(read_code(written_code(one.code)) == one.code for one in (first, second))
    entry = bc.EnterBallot(function_id="staff-1", staff_role="usher", clerk_id="hoa", code=first.code, level=3)
    request_id = new_id()
    kept = BallotKept(code=first.code, state="rated")
    assert [hall.say(entry, request_id=request_id) for _ in range(2)] == [kept, kept]
    hall.start(hall.around)
    assert hall.say(entry, request_id=request_id) == kept, "after a restart too"
    assert hall.say(entry) == BallotKept(code=first.code, state="rated", flag="duplicate")
    assert sum(isinstance(one, VisitRated) and one.channel == "paper" for one in hall.events()) == 1
    own = bc.EnterBallot(function_id="staff-1", staff_role="usher", clerk_id="an", code=second.code, level=1)
    refused = hall.say(own)
    assert isinstance(refused, Refused)
    assert refused.code == "ballot_own_counter"
