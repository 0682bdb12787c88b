"""Which views go out when: what happened at a counter at once, the rest gathered, each once a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.codec import decode_envelope, encode
from protocol.commands import AnyCommand, CallNext, OpenCounter, PrintTicket, ReportTicket, SignInClerk, TakeTicket
from protocol.events import VisitTaken
from protocol.inquiry_events import InquiryEvent
from protocol.keys import new_id
from protocol.views import Envelope, HallView
from queue_server import core
from queue_server.handler import Asked, Handler
from queue_server.log import Log
from queue_server.server.publishing import HEARTBEAT_S, SOON_S, Publisher
from tests.faults import morning
from tests.support.halls import key_of
from tests.support.inquiries import RatedHall

AT = morning.BEGINS_AT + morning.STEP


class Hall:
    """A handler, its publisher, and what was sent; the test moves the time."""

    def __init__(self, path: Path) -> None:
        self.log = Log(path)
        self.handler: Handler = morning.found(self.log)
        self.sent: list[tuple[str, Envelope]] = []
        self.now = 100.0
        self.publisher = Publisher(self.handler, epoch=7, rate=1.0, send=self._send, now=self.now)
        self.passes(1.0)
        self.sent.clear()

    def _send(self, topic: bytes, body: bytes) -> None:
        self.sent.append((topic.decode(), decode_envelope(body)))

    def passes(self, seconds: float) -> list[str]:
        """Let time pass and work until there is nothing to do; gives the topics that were sent."""
        self.now += seconds
        before = len(self.sent)
        self.publisher.work(AT, self.now)
        while not self.publisher.due_in(self.now):
            self.publisher.work(AT, self.now)
        return [topic for topic, _ in self.sent[before:]]

    def ask(self, device_id: str, command: AnyCommand) -> None:
        asked = Asked(key_of(device_id), new_id().encode(), encode(command))
        self.publisher.happened(self.handler.handle([asked], AT).events, self.now)

    def take(self) -> None:
        self.ask(
            "kiosk-1",
            TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="civil_status", priority_class_id="usual"),
        )

    def at_counter(self, kind: type[SignInClerk | OpenCounter | CallNext]) -> None:
        self.ask("staff-1", kind(function_id="staff-1", staff_role="clerk", counter_id="counter-1", clerk_id="lan"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path / "branch.db")
    yield hall
    hall.log.close()


def test_a_call_is_on_the_boards_at_once_and_the_kiosks_figures_follow(hall: Hall) -> None:
    hall.take()
    for kind in (SignInClerk, OpenCounter):
        hall.at_counter(kind)
    hall.passes(SOON_S)
    hall.at_counter(CallNext)
    at_once = hall.passes(0.0)
    assert set(at_once) >= {"board/hall/", "counter/counter-1/"}
    assert "kiosk/" not in at_once
    assert "kiosk/" in hall.passes(SOON_S)


def test_a_rush_of_numbers_is_told_once_in_a_while(hall: Hall) -> None:
    sent = []
    for _ in range(10):
        hall.take()
        sent += hall.passes(SOON_S / 5)
    assert 1 <= sent.count("kiosk/") <= 4


def test_every_topic_has_a_heartbeat_each_second_and_not_all_at_one_moment(hall: Hall) -> None:
    beats = [hall.passes(HEARTBEAT_S / 20) for _ in range(70)]
    heard = [topic for beat in beats for topic in beat]
    for topic in core.topics(hall.handler.branch):
        assert 3 <= heard.count(f"{topic}/") <= 4, topic
    assert max(map(len, beats)) <= 3


def test_a_heartbeat_repeats_the_sequence_and_a_change_raises_it(hall: Hall) -> None:
    hall.passes(1.0)
    first = dict(hall.sent)["kiosk/"]
    hall.passes(1.0)
    again = dict(hall.sent)["kiosk/"]
    assert (again.epoch, again.sequence, again.view) == (7, first.sequence, first.view)
    hall.take()
    hall.passes(SOON_S)
    assert dict(hall.sent)["kiosk/"].sequence == first.sequence + 1


def test_whoever_subscribes_is_told_the_last_view_and_nothing_else(hall: Hall) -> None:
    hall.publisher.tell(b"counter/", AT)
    assert sorted(topic for topic, _ in hall.sent) == [f"counter/counter-{number}/" for number in (1, 2, 3)]


def test_while_the_disk_cannot_be_read_the_last_true_view_is_repeated_with_the_alarm(hall: Hall) -> None:
    hall.handler.readable = False
    hall.handler.alarms.add("storage")
    hall.handler.branch.visits.clear()
    hall.publisher.alarms_changed(hall.now)
    hall.passes(0.0)
    view = dict(hall.sent)["hall/"].view
    assert isinstance(view, HallView)
    assert view.alarms == ("storage",)


def test_there_is_nothing_to_do_until_the_next_heartbeat(hall: Hall) -> None:
    hall.passes(SOON_S)
    assert 0 < hall.publisher.due_in(hall.now) <= HEARTBEAT_S
    hall.take()
    assert 0 < hall.publisher.due_in(hall.now) <= SOON_S


def test_a_paper_that_is_ordered_and_told_reaches_kiosk_and_usher_at_once(hall: Hall) -> None:
    visit_id, order_id = new_id(), new_id()
    take = TakeTicket(function_id="kiosk-1", visit_id=visit_id, service_id="civil_status", priority_class_id="usual")
    order = PrintTicket(
        function_id="staff-1",
        staff_role="usher",
        clerk_id="hoa",
        order_id=order_id,
        visit_id=visit_id,
        kiosk_function_id="kiosk-1",
    )
    told = ReportTicket(function_id="kiosk-1", visit_id=visit_id, state="confirmed", order_id=order_id)
    hall.ask("kiosk-1", take)
    hall.passes(SOON_S)
    for device_id, command in (("staff-1", order), ("kiosk-1", told)):
        hall.ask(device_id, command)
        assert set(hall.passes(SOON_S)) >= {"hall/", "kiosk/"}, command


def test_what_a_low_rating_sets_off_makes_no_view_anew(hall: Hall) -> None:
    """A page that moved just then would tell a clerk that the answer was a low one."""
    rated = RatedHall()
    rated.rated(3, 3, 3, 3)
    set_off = [one for one in rated.driven.events() if isinstance(one, InquiryEvent)]
    assert {type(one).__name__ for one in set_off} == {"AlertRaised", "InquiryOpened"}
    told = []
    for happened in ([], set_off, [one for one in rated.driven.events() if isinstance(one, VisitTaken)][:1]):
        hall.passes(HEARTBEAT_S - SOON_S)
        hall.publisher.happened(happened, hall.now)
        told.append(sorted(hall.passes(SOON_S)))
    calm, alarmed, busy = told
    assert calm == alarmed, "only the heartbeats that were due"
    assert len(busy) > len(calm), "which a number that is taken is told beside"
