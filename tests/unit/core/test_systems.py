"""What another system may do in the hall: take a number as a kiosk gives one, and find or cancel what it can prove."""

import pytest

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.commands import FunctionDescription
from tests.support.driven_branch import instant
from tests.support.halls import key_of, limited_hall, small_hall
from tests.support.tables import Table, play, visit_id


def with_system(table: Table) -> Table:
    """Pair the interface for other systems with a hall."""
    paired = e.DevicePaired(
        at=table.hall.at,
        device_id="system-1",
        name="system-1",
        public_key=key_of("system-1"),
        functions=(FunctionDescription(function_id="system-1", kind="system"),),
    )
    table.hall._append(paired)
    return table


def take(table: Table, name: str, service_id: str = "land", priority: str = "usual", without_card: str = "") -> str:
    command = c.TakeTicket(
        function_id="system-1",
        visit_id=visit_id(name),
        service_id=service_id,
        priority_class_id=priority,
        without_card=without_card,
    )
    reply = table.hall.ask(command)
    return f"{reply.prefix}{reply.number:03d}" if isinstance(reply, v.TicketTaken) else getattr(reply, "code", "")


def test_a_system_takes_a_number_as_a_kiosk_gives_one() -> None:
    table = with_system(play("at 08:00\n take V1 land -> L001"))
    assert [take(table, "V2"), take(table, "V2"), take(table, "V3")] == ["L002", "L002", "L003"]
    assert take(table, "V4", priority="urgent") == "class_by_staff"
    assert take(table, "V4", "nowhere") == "unknown_service"
    table.hall.advance(instant("19:00"))
    assert take(table, "V4") == "service_closed", "by the hall's hours"


def test_a_system_gives_only_so_many_a_minute() -> None:
    table = with_system(play("at 08:00"))
    limit = small_hall().policies.visits_per_kiosk_per_minute
    taken = [take(table, f"V{10 + number}") for number in range(limit + 1)]
    assert taken.count("too_many_tickets") == 1
    assert taken[-1] == "too_many_tickets"


@pytest.mark.parametrize(("without_card", "code"), [("", "card_needed"), ("no_card", "not_allowed")])
def test_no_system_steps_around_the_limits_per_person(without_card: str, code: str) -> None:
    table = with_system(play("at 08:00", limited_hall()))
    assert take(table, "V1", without_card=without_card) == code


def test_a_system_proves_what_it_asks_about() -> None:
    table = with_system(play("at 08:00\n take V1 land -> L001"))
    find = c.FindVisit(visit_id=visit_id("V1"), secret="0" * 32)
    cancel = c.CancelVisit(function_id="system-1", visit_id=visit_id("V1"), secret="0" * 32)
    for command in (find, cancel):
        reply = table.hall.ask(command, device_id="system-1")
        assert isinstance(reply, v.Refused)
        assert reply.code == "secret_wrong"
    proved = table.hall.facts(secret_valid=True)
    assert isinstance(table.hall.ask(find, device_id="system-1", facts=proved), v.VisitFound)
    assert table.hall.ask(cancel, device_id="system-1", facts=proved) == v.Done()


def test_an_old_ticket_is_found_only_as_long_as_its_link_lives() -> None:
    table = with_system(play("at 08:00\n take V1 land -> L001"))
    codes = []
    for day in ("2026-11-24", "2026-12-01"):
        table.hall.advance(instant("08:00", day))
        old = table.hall.old_visit(visit_id("V1"))
        facts = table.hall.facts(secret_valid=True, old_visit=old)
        reply = table.hall.ask(c.FindVisit(visit_id=visit_id("V1"), secret="0" * 32), device_id="system-1", facts=facts)
        codes.append(reply.code if isinstance(reply, v.Refused) else "found")
    assert codes == ["found", "link_expired"]


def test_its_own_link_key_is_told_to_it_and_no_key_of_persons() -> None:
    table = with_system(play("at 08:00"))
    facts = table.hall.facts(link_key="k", person_key="p")
    told = table.hall.ask(c.Introduce(), device_id="system-1", facts=facts)
    assert isinstance(told, v.Introduction)
    assert (told.link_key, told.person_key, told.person_day) == ("k", "", "")
