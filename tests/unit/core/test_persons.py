"""How many numbers one person may have, as tables: by the day, at once, by service, and what does not count."""

import json

import msgspec
import pytest

from protocol import codec
from protocol import configuration as c
from protocol.events import VisitTaken
from protocol.person_mark import person_mark
from protocol.views import Introduction, VisitFound
from queue_server import core
from tests.support.driven_branch import DrivenBranch
from tests.support.halls import limited_hall, small_hall
from tests.support.tables import Table, command, mark_of, play, visit_id

ONE_A_DAY = limited_hall(numbers_per_person=c.NumbersPerPerson(day=1))
ONE_AT_ONCE = limited_hall(numbers_per_person=c.NumbersPerPerson(at_once=1))

SCENARIOS = {
    "one at a time, and the next when that is over": """
        take    V1 civil_status who:lan            -> H001
        take    V2 certification who:lan           -> C001
        take    V3 land who:lan                    -> refused person_at_once 2 C001 certification 07:30
        take    V4 land who:minh                   -> L001
        signin  an 1
        call    1                                  -> V1 priority
        take    V3 land who:lan                    -> refused person_at_once 2 C001 certification 07:30
        start   1
        take    V3 land who:lan                    -> refused person_at_once 2 C001 certification 07:30
        park    1
        take    V3 land who:lan                    -> refused person_at_once 2 C001 certification 07:30
        resume  1 V1
        start   1
        end     1
        take    V3 land who:lan                    -> L002
    """,
    "so many a day, whatever became of them": """
        take    V1 land who:lan                    -> L001
        signin  an 2
        call    2
        end     2
        wait    3600
        take    V2 land who:lan                    -> L002
        call    2
        noshow  2
        take    V3 land who:lan                    -> refused person_day 2 L002 land 08:30
        take    V3 civil_status who:lan            -> H001
        take    V4 certification who:lan           -> C001
        signin  binh 1
        call    1
        end     1
        call    1
        end     1
        take    V5 certification who:lan           -> refused person_day 4 C001 certification 08:30
    """,
    "the day after, everybody is new": """
        take    V1 land who:lan                    -> L001
        take    V2 land who:lan                    -> L002
        take    V3 land who:lan                    -> refused person_at_once 2 L002 land 07:30
        at      08:00 2026-11-25
        take    V3 land who:lan                    -> L001
    """,
    "what is given back before it was called does not count": """
        take    V1 land who:lan                    -> L001
        cancel  V1
        take    V2 land who:lan                    -> L002
        cancel  V2
        take    V3 land who:lan                    -> L003
        take    V4 land who:lan                    -> L004
        take    V5 land who:lan                    -> refused person_at_once 2 L004 land 07:30
    """,
    "what is given back after it was called counts": """
        take    V1 land who:lan                    -> L001
        signin  an 2
        call    2
        start   2
        park    2
        close   2
        cancel  V1
        state   V1                                 -> cancelled
        take    V2 land who:lan                    -> L002
        cancel  V2
        take    V3 land who:lan                    -> L003
        take    V4 land who:lan                    -> refused person_day 2 L003 land 07:30
    """,
    "a number is counted for the service that it was taken for": """
        signin  an 1
        take    V1 civil_status who:lan            -> H001
        call    1
        start   1
        transfer 1 land
        take    V2 land who:lan                    -> L001
        cancel  V1
        take    V3 land who:lan                    -> L002
    """,
    "a service that is free for all asks nobody": """
        take    V1 results                         -> R001
        take    V2 results who:lan                 -> R002
        take    V3 results who:lan                 -> R003
        take    V4 results who:lan                 -> R004
        take    V5 civil_status who:lan            -> H001
        take    V6 civil_status who:lan            -> H002
    """,
    "without a card the kiosk gives nothing, and staff give it for a reason": """
        take    V1 land                            -> refused card_needed
        take    V1 land usual without:no_card      -> refused not_allowed
        take    V1 land usual by:staff-1           -> refused unknown_reason
        take    V1 land usual by:staff-1 without:lunch   -> refused unknown_reason lunch
        take    V1 land usual by:staff-1 without:no_card -> L001
        take    V2 results usual by:staff-1        -> R001
    """,
    "asked again, the same number; after a refusal, the same refusal": """
        take    V1 civil_status who:lan            -> H001
        take    V1 civil_status who:lan            -> H001
        take    V2 civil_status who:lan            -> H002
        take    V2 civil_status who:lan            -> H002
        take    V3 civil_status who:lan            -> refused person_at_once 2 H002 civil_status 07:30
        take    V3 civil_status who:lan            -> refused person_at_once 2 H002 civil_status 07:30
    """,
    "a number of a kiosk that was cut off stands, and is marked": """
        take     V1 civil_status who:lan                  -> H001
        take     V2 civil_status who:lan                  -> H002
        at       08:10
        handover V3 civil_status H501 08:00 who:lan       -> H501
        handover V3 civil_status H501 08:00 who:lan       -> H501
        handover V4 civil_status H502 08:01 who:minh      -> H502
        handover V5 civil_status H503 08:02               -> H503
        over     V3                                       -> over
        over     V4                                       -> within
        over     V5                                       -> within
        state    V3                                       -> waiting
        take     V6 land who:lan                          -> refused person_at_once 2 H501 civil_status 08:00
    """,
    "who has a number is told of it": """
        held    lan civil_status                   -> refused nothing_held
        take    V1 civil_status who:lan            -> H001
        held    lan civil_status                   -> refused nothing_held
        take    V2 civil_status who:lan            -> H002
        held    lan land                           -> H002 waiting
        held    minh land                          -> refused nothing_held
        held    lan results                        -> refused nothing_held
        held    lan nowhere                        -> refused nothing_held
        held    lan land staff-1                   -> refused not_allowed
    """,
}


@pytest.mark.parametrize("script", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_numbers_per_person(script: str) -> None:
    play(script, limited_hall())


def test_who_gave_a_number_without_a_card_stands_in_the_log_with_why() -> None:
    table = play("take V1 land by:staff-1 without:no_card clerk:an\ntake V2 land who:lan clerk:an", limited_hall())
    taken = [event for event in table.hall.events() if isinstance(event, VisitTaken)]
    assert [(one.without_card, one.clerk_id) for one in taken] == [("no_card", "an"), ("", "")]


def test_where_nothing_is_limited_nobody_is_asked_and_no_mark_is_kept() -> None:
    table = play("take V1 land who:lan -> L001\ntake V2 land who:lan -> L002\ntake V3 land -> L003")
    assert table.hall.branch.held_by_person == {}
    assert mark_of("lan").encode() not in b"".join(table.hall.log)
    assert not any(one.card_needed for one in core.kiosk_view(table.hall.branch, {}, table.hall.at).services)


def test_a_service_that_is_free_for_all_keeps_no_mark() -> None:
    table = play("take V1 results who:lan", limited_hall())
    assert mark_of("lan").encode() not in b"".join(table.hall.log)


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        (c.NumbersPerPerson(day=1), "refused person_day 1 L001 land 07:30"),
        (c.NumbersPerPerson(day=1, no_show_counts=False), "L002"),
        (c.NumbersPerPerson(at_once=1), "L002"),
    ],
)
def test_whether_a_no_show_counts_is_configuration(policy: c.NumbersPerPerson, after: str) -> None:
    play(
        f"take V1 land who:lan\nsignin an 2\ncall 2\nnoshow 2\ntake V2 land who:lan -> {after}",
        limited_hall(numbers_per_person=policy),
    )


def test_whether_a_cancelled_number_counts_is_configuration() -> None:
    strict = limited_hall(numbers_per_person=c.NumbersPerPerson(day=1, cancelled_counts=True))
    play("take V1 land who:lan\ncancel V1\ntake V2 land who:lan -> refused person_day 1 L001 land 07:30", strict)


def test_limits_of_a_single_service_alone() -> None:
    own = {"civil_status": c.PersonLimits(at_once=1)}
    services = tuple(
        msgspec.structs.replace(one, numbers_per_person=own.get(one.service_id, c.PersonLimits()))
        for one in small_hall().services
    )
    hall = small_hall(services=services)
    play(
        """
        take V1 civil_status            -> refused card_needed
        take V1 civil_status who:lan    -> H001
        take V2 civil_status who:lan    -> refused person_at_once 1 H001 civil_status 07:30
        take V3 land                    -> L001
        take V4 land                    -> L002
        """,
        hall,
    )


def test_the_kiosk_view_tells_for_which_services_a_card_is_needed() -> None:
    hall = Table(limited_hall()).hall
    view = core.kiosk_view(hall.branch, {}, hall.at)
    needed = {one.service_id: one.card_needed for one in view.services}
    assert needed == {"civil_status": True, "certification": True, "land": True, "results": False}
    assert (view.rules.numbers_per_person.day, view.rules.numbers_per_person.at_once) == (4, 2)


def test_the_key_goes_to_kiosks_and_to_nobody_else() -> None:
    hall = Table(limited_hall()).hall
    facts = hall.facts(person_key="ab" * 32)
    told = {}
    for device in ("kiosk-1", "staff-1", "public-1", "board-1", "technician-1"):
        reply = hall.ask(command("introduce"), facts=facts, device_id=device)
        assert isinstance(reply, Introduction)
        told[device] = (reply.person_key, reply.person_day)
    assert told.pop("kiosk-1") == ("ab" * 32, hall.branch.day)
    assert set(told.values()) == {("", "")}


def test_only_who_shows_the_mark_gets_the_secret_of_the_ticket_and_how_many_papers_there_are() -> None:
    table = play("take V1 civil_status who:lan\ntake V2 civil_status who:lan\nprinted V2 confirmed", limited_hall())
    question = command("find_held_number", function_id="kiosk-2", person_mark=mark_of("lan"), service_id="land")
    found = table.hall.ask(question, facts=table.hall.facts(ticket_secret="5e" * 16))
    assert isinstance(found, VisitFound)
    assert (found.visit.visit_id, found.secret, found.copies) == (visit_id("V2"), "5e" * 16, 1)
    by_ticket = command("find_visit", visit_id=visit_id("V2"), secret="5e" * 16)
    found = table.hall.ask(by_ticket, facts=table.hall.facts(secret_valid=True), device_id="kiosk-2")
    assert isinstance(found, VisitFound)
    assert found.secret == ""


def test_an_event_of_a_log_from_before_is_read_as_a_number_of_nobody() -> None:
    table = play("take V1 land", small_hall())
    for body in table.hall.log:
        event = json.loads(body)
        if event["type"] == "visit_taken":
            for name in ("person_mark", "without_card", "clerk_id", "over_limit"):
                del event[name]
            taken = codec.decode_event(json.dumps(event).encode())
            assert taken == codec.decode_event(body)
            hall = DrivenBranch(limited_hall(), table.hall.at)
            hall.advance(table.hall.at)
            core.apply(hall.branch, taken)
            assert hall.branch.held_by_person == {}
            return
    raise AssertionError("no number was given")


def test_a_mark_depends_on_key_day_kind_and_code_and_shows_none_of_them() -> None:
    key, code = "01" * 32, "001099012345"
    mark = person_mark(key, "2026-11-23", "citizen_card", code)
    assert mark == person_mark(key, "2026-11-23", "citizen_card", code)
    others = {
        person_mark("02" * 32, "2026-11-23", "citizen_card", code),
        person_mark(key, "2026-11-24", "citizen_card", code),
        person_mark(key, "2026-11-23", "receipt", code),
        person_mark(key, "2026-11-23", "citizen_card", "001099012346"),
    }
    assert mark not in others
    assert len(others) == 4
    assert (len(mark), code in mark, code[-6:] in mark) == (32, False, False)
