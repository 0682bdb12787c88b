"""A stopped hall on every page that citizens open: why comes first, and nobody is asked to come in meanwhile."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from werkzeug.test import TestResponse

from protocol.views import VisitFound
from queue_server.public.tickets import BURST_OF_ADDRESS
from tests.support.boards import stopped
from tests.support.public_pages import EXAMPLES, LINK, Phones, called, ticket
from tests.support.routes import routes

TITLES = {"vi": "Mời rời khỏi tòa nhà ngay", "en": "Please leave the building now"}
PAGES = ("/", "/waits", "/procedures/", "/procedures/1.001193", "/board/", f"/t/{LINK}", "/t/wrong")
CALLING = [ticket(ahead=1), called(), ticket("parked", ahead=0), ticket("in_service", ahead=0, counter_number=3)]


def headed(text: str, title: str) -> bool:
    """Tell whether a page says this before all else of its own."""
    main = text.split("<main>")[1]
    return title in main and "<h1" not in main.split(title)[0]


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_first_why_the_hall_is_stopped(phones: Phones, path: str, language: str) -> None:
    phones.becomes(ticket(), stopped())
    text = phones.phone().get(f"{path}?lang={language}").text
    message = stopped()
    assert headed(text, TITLES[language])
    assert message.hints[language] in text
    assert 'role="alert"' in text
    phones.hall.become("gone")
    assert headed(phones.phone().get(f"{path}?lang={language}").text, TITLES[language]), "what was told stays told"
    phones.hall.become("up")
    phones.becomes(ticket())
    assert TITLES[language] not in phones.phone().get(f"{path}?lang={language}").text


@pytest.mark.parametrize("path", ["/stopped", f"/t/{LINK}/now"])
def test_a_page_that_looks_again_hears_of_it_and_of_its_end(phones: Phones, path: str) -> None:
    phone = phones.phone()
    before = phone.get(path)
    had = {"If-None-Match": before.headers["ETag"]}
    assert phone.get(path, headers=had).status_code == 304
    phones.becomes(ticket(), stopped())
    during = phone.get(path, headers=had)
    assert (during.status_code, TITLES["vi"] in during.text) == (200, True)
    had = {"If-None-Match": during.headers["ETag"]}
    assert phone.get(path, headers=had).status_code == 304
    phones.becomes(ticket())
    assert phone.get(path, headers=had).text == before.text


def every_page(phones: Phones) -> Iterator[tuple[str, TestResponse]]:
    """Open each page that a phone can be at, by the program's own url map, and each way to be told that there is none.

    Televisions are no phones: their board has its own message.
    """
    for route in routes(phones.app, EXAMPLES):
        answer = phones.phone().get(route.path) if route.method == "GET" else None
        if answer is not None and answer.mimetype == "text/html" and 'class="languages"' in answer.text:
            yield route.path, answer
    found, asked_of = phones.found, f"/t/{LINK}/cancel"
    for code in ("link_expired", "busy", "visit_not_waiting"):
        phones.refused = code
        yield f"{asked_of}: {code}", phones.phone().post(asked_of)
    phones.refused, phones.found = "", found
    for method, path in (("GET", "/nothing/here"), ("GET", "/procedures/0"), ("POST", "/waits"), ("GET", "/t/wrong")):
        yield f"{method} {path}", phones.phone().open(path, method=method)
    phones.hall.become("gone")
    for path in ("/waits", f"/t/{LINK}"):
        yield f"{path}: gone", phones.phone().get(path)
    phones.hall.become("up")
    unknown = f"/t/{'0' * 32}-{'1' * 32}"
    answers = (phones.phone().get(unknown) for _ in range(2 * BURST_OF_ADDRESS))
    yield "too many", next(answer for answer in answers if answer.status_code == 429)


def test_no_page_is_without_it_nor_stays_as_it_was_without_a_script(phones: Phones) -> None:
    """A plain GET says it, and the page comes again by itself to hear of it, though no script runs.

    One that is being filled in does not: made anew, it would forget what was typed.
    """
    phones.becomes(ticket(), stopped())
    seen = {}
    for name, answer in every_page(phones):
        assert headed(answer.text, TITLES["vi"]), name
        plain = re.findall(r'<noscript><meta http-equiv="refresh" content="(\d+)"', answer.text)
        is_filled_in = re.search(r"<(?:textarea|input)[^>]* required", answer.text) is not None
        assert [0 < int(seconds) <= 60 for seconds in plain] == ([] if is_filled_in else [True]), name
        seen[name] = answer.status_code
    assert set(seen.values()) == {200, 404, 405, 409, 410, 429, 503}
    assert len(seen) >= 16, list(seen)


@pytest.mark.parametrize("found", CALLING, ids=lambda found: found.visit.state)
@pytest.mark.parametrize("language", TITLES)
def test_a_ticket_invites_nobody_in(phones: Phones, found: VisitFound, language: str) -> None:
    spoken = phones.parts.texts.words(language)
    invitations = [spoken("follow.come_now"), spoken("follow.advice.near"), spoken("follow.advice.called")]
    invitations += [spoken("follow.called", counter=spoken("common.counter", counter=3)), 'class="counter"']
    phones.becomes(found, stopped())
    for path in (f"/t/{LINK}", f"/t/{LINK}/now"):
        text = phones.phone().get(f"{path}?lang={language}").text
        assert [one for one in invitations if one in text] == []
        assert 'data-alert=""' in text, "no phone rings or shakes"
        assert 'data-state="stopped"' in text
        assert spoken("follow.advice.stopped") in text
    phones.becomes(found)
    assert 'data-state="stopped"' not in phones.phone().get(f"/t/{LINK}").text


def test_what_is_done_stays_so_in_a_stopped_hall(phones: Phones) -> None:
    phones.becomes(ticket("ended", ahead=0), stopped())
    text = phones.phone().get(f"/t/{LINK}").text
    assert 'data-state="ended"' in text
    assert headed(text, TITLES["vi"])


def test_the_waits_of_a_stopped_hall_give_no_figures(phones: Phones) -> None:
    phones.becomes(ticket(), stopped())
    text = phones.phone().get("/waits").text
    assert 'class="range"' not in text
    assert text.count("<span>Tạm dừng</span>") == text.count('class="prefix"') > 0


def test_a_message_in_one_language_is_said_to_be_so(phones: Phones) -> None:
    only = replace(stopped(), emergency_id="", names={"vi": "Mời ra sân"}, hints={})
    phones.becomes(ticket(), only)
    text = phones.phone().get("/?lang=en").text
    assert phones.parts.texts("board.stopped", "en") in text
    assert '<p class="stopped-title" lang="vi">Mời ra sân</p>' in text
    phones.becomes(ticket(), replace(only, names={}))
    assert headed(phones.phone().get("/?lang=en").text, phones.parts.texts("board.stopped", "en"))
