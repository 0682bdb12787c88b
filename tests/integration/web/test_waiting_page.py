"""The waiting list as a page to print: what the server says, in its order, and nothing of a person."""

from collections.abc import Callable

import pytest

from protocol import commands as c
from protocol.views import AnyReply, Refused, WaitingListPage, WaitingVisit
from queue_server.web.waiting import READINGS_MOST, whole_list
from tests.support.paper_answers import waiting
from tests.support.paper_hall import NOW, Answer, furnish
from tests.support.web_pages import Pages


def answer(command: c.AnyCommand) -> AnyReply:
    assert isinstance(command, c.FetchWaitingList)
    whole = [(waiting(21, "called", counter_number=3), waiting(26)), (waiting(25), waiting(30, queue_id="land"))]
    return WaitingListPage(at=NOW, page=command.page, pages=2, visits=whole[command.page])


@pytest.mark.parametrize(("person", "language"), [("boss", "vi"), ("tech", "en")])
def test_the_list_stands_in_the_servers_order(pages: Pages, person: str, language: str) -> None:
    furnish(pages.hall)
    pages.hall.answer = answer
    visitor = pages.signed_in(person)
    visitor.client.set_cookie("motcua-language", language)
    text = visitor.get("/waiting/").text
    places = [text.index(number) for number in ("H021", "H026", "H025", "H030")]
    assert places == sorted(places)
    assert pages.parts.texts("waiting_list.state.called", language) in text
    assert pages.parts.texts("waiting_list.count", language, count=2) in text
    asked = [command for _, command in pages.hall.asked]
    pages_asked = [command.page for command in asked if isinstance(command, c.FetchWaitingList)]
    assert pages_asked == [0, 1] * 2, "two readings that agree"


def test_an_usher_sees_all_who_wait_however_many_they_are(pages: Pages) -> None:
    furnish(pages.hall)
    many = [waiting(number) for number in range(1, 951)]

    def answer_pages(command: c.AnyCommand) -> AnyReply:
        assert isinstance(command, c.FetchWaitingList)
        return WaitingListPage(at=NOW, page=command.page, pages=3, visits=tuple(many[400 * command.page :][:400]))

    pages.hall.answer = answer_pages
    text = pages.signed_in("hoa").get("/usher/").text
    assert text.count("usher-number") == 950
    assert "H950" in text
    printed = pages.signed_in("boss").get("/waiting/").text
    assert printed.count("tick-box") == 950


def test_who_moves_between_two_pages_while_they_are_read_is_on_the_list_once() -> None:
    """Pages of two; number 1 is called away after the first page was read, so that all others move up."""
    hall = [waiting(number) for number in range(1, 6)]

    def page_of(page: int) -> AnyReply:
        told = WaitingListPage(at=NOW, page=page, pages=-(-len(hall) // 2), visits=tuple(hall[2 * page :][:2]))
        if page == 0 and hall[0].number == 1:
            del hall[0]
        return told

    assert [one.number for one in whole(page_of)] == [2, 3, 4, 5], "a single reading would have lost number 3"


def test_a_list_that_never_stands_still_keeps_whom_a_reading_has_missed() -> None:
    readings = iter([(1, 2), (3,), (1, 2), (4,), (1, 2), (3,), (1, 2), (4,)])

    def page_of(page: int) -> AnyReply:
        return WaitingListPage(at=NOW, page=page, pages=2, visits=tuple(waiting(one) for one in next(readings)))

    assert [one.number for one in whole(page_of)] == [1, 2, 4, 3]


def whole(page_of: Callable[[int], AnyReply]) -> tuple[WaitingVisit, ...]:
    found = whole_list(page_of, READINGS_MOST)
    assert isinstance(found, tuple)
    return found


def test_an_usher_is_not_told_that_nobody_waits_when_the_list_is_refused(pages: Pages) -> None:
    furnish(pages.hall)
    none = pages.parts.texts("waiting_list.none", "vi")
    visitor = pages.signed_in("hoa")
    answers: tuple[Answer, ...] = (lambda _: Refused(code="storage"), lambda _: None)
    for pages.hall.answer in answers:
        text = visitor.get("/usher/").text
        assert none not in text
        assert pages.parts.texts("staff.connecting", "vi") in text
        assert visitor.get("/usher/live?look=1").status_code == 503, "no live page says so either"
    pages.hall.answer = lambda _: WaitingListPage(at=NOW, page=0, pages=1, visits=())
    assert none in visitor.get("/usher/").text


def test_a_list_that_cannot_be_had_is_no_empty_list(pages: Pages) -> None:
    visitor = pages.signed_in("boss")
    none = pages.parts.texts("waiting_list.none", "vi")
    pages.hall.become("gone")
    gone = visitor.get("/waiting/")
    assert (gone.status_code, none in gone.text) == (503, False)
    pages.hall.become("up")
    furnish(pages.hall)
    pages.hall.answer = lambda _: Refused(code="storage", sentences={"vi": "Chưa ghi được."})
    refused = visitor.get("/waiting/")
    assert "Chưa ghi được." in refused.text
    assert none not in refused.text
