"""The handler over a real log: batches, repetitions, our own mistakes, and what a fresh start finds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from protocol.codec import decode_reply, encode
from protocol.commands import AnyCommand, HandOverVisit, Introduce, Pair, TakeTicket, Tick
from protocol.estimates import Estimate
from protocol.events import AnyEvent, DayClosed, DayOpened, VisitTaken
from protocol.link import new_id
from protocol.views import AnyReply, Refused, TicketTaken
from queue_server import core
from queue_server.handler import Asked, Handler
from queue_server.log import Log
from tests.faults import morning
from tests.support.halls import key_of

AT = morning.BEGINS_AT + morning.STEP


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "branch.db")
    yield log
    log.close()


@pytest.fixture
def hall(log: Log) -> Handler:
    return morning.found(log)


def take(service_id: str = "civil_status") -> TakeTicket:
    return TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id=service_id, priority_class_id="usual")


def asked(command: AnyCommand, request_id: str = "", device_id: str = "kiosk-1") -> Asked:
    return Asked(key_of(device_id), (request_id or new_id()).encode(), encode(command))


def reply_to(hall: Handler, *batch: Asked) -> list[AnyReply | None]:
    outcome = hall.handle(batch, AT)
    return [decode_reply(reply) if reply is not None else None for reply in outcome.replies]


def code(reply: AnyReply | None) -> str:
    assert isinstance(reply, Refused), reply
    return reply.code


def test_one_request_twice_in_one_batch_is_one_request(hall: Handler, log: Log) -> None:
    wish = asked(take())
    seq = log.seq
    first, second = reply_to(hall, wish, wish)
    assert isinstance(first, TicketTaken)
    assert first == second
    assert log.seq == seq + 1


def test_another_body_under_the_same_id_is_refused_in_the_same_batch_and_later(hall: Handler) -> None:
    request_id = new_id()
    _, other = reply_to(hall, asked(take(), request_id), asked(take(), request_id))
    assert code(other) == "id_reused"
    assert code(reply_to(hall, asked(take(), request_id))[0]) == "id_reused"


def test_a_refusal_names_the_service_as_people_know_it(log: Log) -> None:
    hall = morning.found(log)
    said: list[tuple[str, str]] = []

    def sentences(refused: Refused, languages: Sequence[str]) -> Mapping[str, str]:
        said.extend((language, refused.parts["service_id"]) for language in languages)
        return dict.fromkeys(languages, refused.parts["service_id"])

    hall._around = replace(hall._around, sentences=sentences)
    reply = decode_reply(hall.refused("service_closed", {"service_id": "land"}))
    names = hall.branch.hall.services["land"].names
    assert isinstance(reply, Refused)
    assert reply.parts == {"service_id": "land"}
    assert reply.sentences == names
    assert dict(said) == names


def test_two_devices_may_use_one_id(hall: Handler) -> None:
    request_id = new_id()
    command = TakeTicket(function_id="kiosk-2", visit_id=new_id(), service_id="land", priority_class_id="usual")
    replies = reply_to(hall, asked(take(), request_id), asked(command, request_id, "kiosk-2"))
    assert all(isinstance(reply, TicketTaken) for reply in replies)


def test_refusals_are_kept_but_not_those_about_the_moment(hall: Handler, log: Log) -> None:
    refused, malformed = asked(take("unheard-of")), Asked(key_of("kiosk-1"), new_id().encode(), b"{}")
    reply_to(hall, refused, malformed, asked(Introduce()))
    assert log.reply_to("kiosk-1", refused.request_id.decode()) is not None
    assert log.reply_to("kiosk-1", malformed.request_id.decode()) is None


def test_a_stranger_gets_no_answer_and_no_row(hall: Handler, log: Log) -> None:
    assert reply_to(hall, asked(Introduce(), device_id="stranger")) == [None]
    guess = Asked("z" * 40, new_id().encode(), encode(Pair(code="AB23CDEF")), at_pairing=True)
    assert code(reply_to(hall, guess)[0]) == "pairing_refused"
    assert log.reply_to(f"key:{guess.public_key}", guess.request_id.decode()) is None


class FailingRules:
    """The real rules, but for a mistake of ours where a service is asked for, and in what time demands once told so."""

    def __init__(self) -> None:
        self.time_fails = False

    def decide(self, branch: core.Branch, request: core.Request, at: datetime) -> tuple[AnyEvent, ...]:
        assert not (self.time_fails and isinstance(request.command, Tick)), "planted"
        return core.decide(branch, request, at)

    def apply(self, branch: core.Branch, event: AnyEvent) -> None:
        if isinstance(event, VisitTaken) and event.service_id == "certification":
            branch.visits.clear()
            raise AssertionError("planted")
        core.apply(branch, event)


def test_a_request_that_makes_our_own_code_fail_does_not_take_the_hall_with_it(
    log: Log, capfd: pytest.CaptureFixture[str]
) -> None:
    hall = morning.found(log, FailingRules())
    poison, before, after = asked(take("certification")), asked(take()), asked(take())
    first, refused, second = reply_to(hall, before, poison, after)
    assert isinstance(first, TicketTaken)
    assert isinstance(second, TicketTaken)
    assert code(refused) == "internal"
    assert hall.alarms == {"internal"}
    assert "planted" in capfd.readouterr().err
    assert code(reply_to(hall, poison)[0]) == "internal"
    assert "planted" not in capfd.readouterr().err, "its retries are answered from the log"
    fresh = morning.taken_up(log)
    assert fresh is not None
    assert fresh.branch == hall.branch


def test_a_mistake_of_ours_in_what_time_demands_is_an_alarm_until_the_next_day_opens(
    log: Log, capfd: pytest.CaptureFixture[str]
) -> None:
    rules = FailingRules()
    hall = morning.found(log, rules)
    rules.time_fails = True
    assert hall.tick(AT + timedelta(days=1)) == ()
    assert hall.alarms == {"internal"}
    assert "planted" in capfd.readouterr().err
    assert isinstance(reply_to(hall, asked(take()))[0], TicketTaken), "the hall goes on"
    rules.time_fails = False
    assert [type(event) for event in hall.tick(AT + timedelta(days=1))][-1] is DayClosed
    assert hall.alarms == {"internal"}, "nobody is there to read it"
    opens_at = hall.next_deadline(AT + timedelta(days=1))
    assert opens_at is not None
    assert any(isinstance(event, DayOpened) for event in hall.tick(opens_at))
    assert hall.alarms == set()


def test_what_was_told_stands_in_the_log_and_the_next_day_knows_what_this_one_taught(hall: Handler, log: Log) -> None:
    hall.estimates = {("civil_status", "usual"): Estimate(low_s=60, high_s=300)}
    reply_to(hall, asked(take()), asked(take("land")))
    told = [event.estimate for row in log.rows(1) if isinstance(event := row.event(), VisitTaken)]
    assert told == [Estimate(low_s=60, high_s=300), None]
    hall.tick(AT + timedelta(days=1))
    opens_at = hall.next_deadline(AT + timedelta(days=1))
    assert opens_at is not None
    opened = next(event for event in hall.tick(opens_at) if isinstance(event, DayOpened))
    assert sum(opened.learned.arrivals["land"]) == 1.0


@pytest.mark.parametrize(
    ("said_min", "believed_min"),
    [
        (-60, -60),  # Before this server was there, and after the day opened: nobody knows better.
        (12, 12),
        (29, 29),  # Handed over late, since the wire was cut again at once.
        (32, 35),  # The kiosk was in contact then: so it was not before the silence that came next.
        (50, 50),
        (90, 60),
    ],
)
def test_an_own_number_is_dated_within_the_silence_in_which_it_was_given(
    hall: Handler, said_min: float, believed_min: float
) -> None:
    """Heard at 0 and 10 minutes, cut off until 30, in contact until 35, cut off until 60."""
    kiosk = next(key for key, device_id in hall.branch.device_by_key.items() if device_id == "kiosk-1")
    reply_to(hall, asked(take()))
    hall.handle([asked(Introduce())], minutes(10))
    for minute in (30, *(30 + step / 20 for step in range(1, 101))):
        hall.hear(kiosk, minutes(minute))
    hall.hear("a stranger's key", minutes(36))
    hand_over = HandOverVisit(
        function_id="kiosk-1", visit_id=new_id(), service_id="civil_status", priority_class_id="usual", prefix="H",
        number=501, taken_at=minutes(said_min),
    )  # fmt: skip
    reply = decode_reply(hall.handle([asked(hand_over)], minutes(60)).replies[0] or b"")
    assert isinstance(reply, TicketTaken)
    assert reply.taken_at == minutes(believed_min)


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def test_a_fresh_start_finds_the_very_state(hall: Handler, log: Log, seed: int) -> None:
    for batch, at in zip(morning.batches(seed, 30), morning.instants(), strict=False):
        hall.handle(batch, at)
    fresh = morning.taken_up(log)
    assert fresh is not None
    assert fresh.branch == hall.branch
