"""How long the link of a ticket opens its page, and what its QR holds while no page is served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from protocol.commands import FindVisit, Introduce, RateByLink, TakeTicket
from protocol.configuration import TicketLink
from protocol.link import new_id
from protocol.ticket_code import ticket_secret
from protocol.views import Introduction, Refused, TicketTaken, VisitFound
from queue_server import core
from queue_server.handler import Handler
from queue_server.journal import Row
from queue_server.log import LOG_FILE, Log
from tests.faults.morning import BEGINS_AT
from tests.support.driven_branch import instant
from tests.support.halls import small_hall
from tests.support.kept_branch import ask, log_of, served

PAGE = TicketLink(kind="hall_page", base_address="http://192.168.1.10/t", valid_days=2)
NEXT, LATER = "2026-11-24", "2026-11-25"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with log_of(small_hall(ticket_link=PAGE), tmp_path) as log:
        yield log


def taken(handler: Handler) -> FindVisit:
    """Take a number and give the question that its link stands for."""
    told = ask(handler, Introduce(), "kiosk-1", BEGINS_AT)
    assert isinstance(told, Introduction)
    command = TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual")
    reply = ask(handler, command, "kiosk-1", BEGINS_AT)
    assert isinstance(reply, TicketTaken), reply
    return FindVisit(visit_id=reply.visit_id, secret=ticket_secret(told.link_key, reply.visit_id))


def test_a_link_opens_its_page_for_the_days_of_the_configuration(log: Log) -> None:
    question = taken(served(log, BEGINS_AT))
    rating = RateByLink(function_id="public-1", visit_id=question.visit_id, secret=question.secret, level=1)
    for day, opens in (("2026-11-23", True), (NEXT, True), (LATER, False)):
        at = instant("08:30", day)
        handler = served(log, at)
        found, rated = (ask(handler, one, "public-1", at) for one in (question, rating))
        assert isinstance(found, VisitFound) == opens, day
        assert isinstance(rated, Refused)
        assert rated.code == ("not_rateable" if opens else "link_expired")
        wrong = ask(handler, changed(question, secret="0" * 32), "public-1", at)
        assert isinstance(wrong, Refused)
        assert wrong.code == "secret_wrong", "who does not hold the ticket does not learn how old it is"
    kiosk = ask(handler, question, "kiosk-1", at)
    assert isinstance(kiosk, VisitFound), "a kiosk has its own words for an old ticket"


class CountedLog(Log):
    """A log that counts how often a visit is looked up in it."""

    looked_up = 0

    def visit(self, visit_id: str) -> list[Row]:
        self.looked_up += 1
        return super().visit(visit_id)


def test_a_guess_costs_the_same_whatever_it_is_about(tmp_path: Path) -> None:
    """The same answer, and the same work: nobody learns from either which visits there are, or were."""
    with log_of(small_hall(ticket_link=changed(PAGE, valid_days=7)), tmp_path) as first:
        old = taken(served(first, BEGINS_AT))
    log = CountedLog(tmp_path / LOG_FILE)
    at = instant("08:30", LATER)
    handler = served(log, at)
    told = ask(handler, Introduce(), "kiosk-1", at)
    command = TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="land", priority_class_id="usual")
    assert isinstance(ask(handler, command, "kiosk-1", at), TicketTaken)
    today = FindVisit(visit_id=command.visit_id, secret=ticket_secret(told.link_key, command.visit_id))
    never = FindVisit(visit_id=new_id(), secret=old.secret)

    def work(question: FindVisit, **changes: Any) -> tuple[str, int]:
        before, answers = log.looked_up, set()
        for command in (
            changed(question, **changes),
            RateByLink(
                function_id="public-1", visit_id=question.visit_id, level=1, **{"secret": question.secret, **changes}
            ),
        ):
            reply = ask(handler, command, "public-1", at)
            answers.add(reply.code if isinstance(reply, Refused) else "found")
        return " ".join(sorted(answers)), log.looked_up - before

    guesses = {
        work(question, secret=f"{int(question.secret, 16) ^ (1 << bit):032x}")
        for question in (today, old)
        for bit in range(128)
    }
    assert guesses | {work(never)} == {("secret_wrong", 2)}
    assert work(today) == ("found not_rateable", 0), "who holds the ticket costs no look"
    assert work(old) == ("found not_rateable", 2)
    log.close()


def test_a_ticket_carries_no_address_that_nobody_serves(log: Log) -> None:
    branch = served(log, BEGINS_AT).branch
    assert core.kiosk_view(branch, {}, BEGINS_AT).ticket_link == PAGE
    pages = next(device for device in branch.devices.values() if device.functions[0].kind == "public")
    pages.pairing = "revoked"
    assert core.kiosk_view(branch, {}, BEGINS_AT).ticket_link == TicketLink()
