"""What people write is text on every page that shows it: names, the hall's texts, reasons, forms, refusals."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from protocol.commands import FetchWaitingList
from protocol.views import AnyView, Refused, WaitingListPage
from queue_server.web.accounts import AccountProblem
from tests.support import paper_hall
from tests.support.halls import small_hall
from tests.support.lanes import one_in
from tests.support.payloads import MARK, PAYLOADS, poisoned, read
from tests.support.programs import PROGRAMS, staff
from tests.support.routes import parameters, routes
from tests.support.web_pages import ORIGIN, Pages, Visitor

UNFIT_FOR_A_NAME = {"right to left", "nothing wide", "lines", "controls", "behind a tab", "a script's string"}
"""Names are words: nothing that turns, hides or breaks what stands beside them."""

SHOWS_TEXTS = {
    "counter.choose",
    "counter.console",
    "counter.live",
    "overview.hall",
    "overview.live",
    "people.people",
    "people.person",
}
"""Where some text of somebody must be seen, or the corpus has missed its aim. Other pages may or may not."""


@pytest.fixture(scope="module")
def stained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, dict[str, Visitor]]]:
    """The staff pages over a day of a hall whose every text is one of the corpus."""
    texts = itertools.cycle(PAYLOADS.values())
    hall = poisoned(small_hall(), lambda: next(texts))
    with staff(tmp_path_factory.mktemp("stained"), configuration=hall) as pages:
        yield pages, {one: pages.signed_in(one) if one else pages.visitor() for one in PROGRAMS[0].people}


def publish(pages: Pages, text: str) -> None:
    """Say it wherever the queue server repeats somebody's words."""
    views: dict[str, AnyView] = {
        "kiosk": paper_hall.kiosk_view(),
        "hall": paper_hall.hall_view(),
        "devices": paper_hall.devices_view(),
        "counter/counter-3": paper_hall.counter_view(),
    }
    for topic, view in views.items():
        pages.hall.publish(topic, poisoned(view, lambda: text))
    nobody = WaitingListPage(at=paper_hall.NOW, page=0, pages=1, visits=())
    refused = Refused(code="counter_taken", sentences={"vi": text, "en": text})
    pages.hall.answer = lambda command: nobody if isinstance(command, FetchWaitingList) else refused


def shown(answer: TestResponse) -> str:
    """Give the HTML of an answer: of a page, or of what a stream sends first."""
    if answer.mimetype == "text/event-stream":
        events = iter(answer.response)
        next(events)
        sent = next(events)
        assert isinstance(sent, bytes)
        lines = sent.decode().rstrip("\n").split("\n")
        assert [line.partition(":")[0] for line in lines] == ["event", "data"], "one event, whatever it holds"
        return "".join(json.loads(lines[1].removeprefix("data: "))["regions"].values())
    return answer.text if answer.mimetype == "text/html" else ""


@pytest.mark.parametrize("kind", one_in(2, PAYLOADS))
def test_a_text_stays_text_on_every_page(stained: tuple[Pages, dict[str, Visitor]], kind: str) -> None:
    pages, visitors = stained
    text, seen = PAYLOADS[kind], set()
    publish(pages, text)
    names = dict.fromkeys(("anh", "lan", "minh"), text)
    with pages.parts.accounts._store.transaction() as connection:
        for clerk_id, name in names.items():
            connection.execute("UPDATE accounts SET shown_name = ? WHERE clerk_id = ?", (name, clerk_id))
    for route in routes(pages.app):
        for clerk_id, visitor in visitors.items():
            if route.method != "GET" or not PROGRAMS[0].may_open(route.endpoint, clerk_id):
                continue
            answer = visitor.get(route.path)
            page = shown(answer)
            answer.close()
            reader = read(page)
            assert reader.wrong == [], route
            assert "49" + MARK not in page, "a template was filled"
            if text in "".join(reader.texts):
                seen.add(route.endpoint)
    assert seen >= SHOWS_TEXTS


def test_the_report_shows_the_days_own_texts(stained: tuple[Pages, dict[str, Visitor]]) -> None:
    _, visitors = stained
    reader = read(visitors["inspector"].get("/reports/day").text)
    assert reader.wrong == []
    assert MARK in "".join(reader.texts)


@pytest.mark.parametrize("kind", one_in(5, PAYLOADS))
def test_what_a_form_or_an_address_says_stays_text(stained: tuple[Pages, dict[str, Visitor]], kind: str) -> None:
    """Every field that any page reads, filled in at every route, and in every variable part of an address."""
    pages, visitors = stained
    text = PAYLOADS[kind]
    publish(pages, text)
    fields, ends = dict.fromkeys(parameters(PROGRAMS[0].sources), text), {"entry.log_in", "entry.log_out"}
    repeated = 0
    for route in routes(pages.app):
        clerk_id = next(one for one in PROGRAMS[0].people if PROGRAMS[0].may_open(route.endpoint, one))
        visitor = visitors[clerk_id] if route.endpoint not in ends else pages.visitor()
        example = f"/{quote(text, safe='')}"
        paths = {route.path, *(route.path.replace(f"/{one}", example) for one in ("counter-3", "kiosk-2", "lan"))}
        for path in paths:
            if route.method == "GET":
                answer = visitor.client.get(path, query_string=fields)
            else:
                token = visitor.token("/account" if clerk_id and route.endpoint not in ends else "/login")
                headers = {"Origin": ORIGIN, "X-CSRF-Token": token}
                answer = visitor.client.open(path, method=route.method, data=fields, headers=headers)
            page = shown(answer) if answer.mimetype == "text/html" else ""
            answer.close()
            assert read(page).wrong == [], path
            repeated += MARK in page
            assert not any(MARK in name or MARK in value for name, value in answer.headers if name != "Location"), path
    assert repeated >= 4


@pytest.mark.parametrize("kind", sorted(UNFIT_FOR_A_NAME))
def test_a_name_holds_nothing_that_is_not_seen(stained: tuple[Pages, dict[str, Visitor]], kind: str) -> None:
    pages, _ = stained
    with pytest.raises(AccountProblem) as refused:
        pages.parts.accounts.add(f"x-{len(kind)}", "Lan" + PAYLOADS[kind] + "Lan", "clerk")
    assert refused.value.code == "shown_name"


def test_no_cell_of_a_table_is_a_formula(stained: tuple[Pages, dict[str, Visitor]]) -> None:
    """Every table that anybody can take home, read as a spreadsheet would."""
    pages, visitors = stained
    tables = 0
    for route in routes(pages.app):
        for clerk_id, visitor in visitors.items():
            if route.method != "GET" or not PROGRAMS[0].may_open(route.endpoint, clerk_id):
                continue
            answer = visitor.get(route.path)
            if answer.mimetype == "text/csv":
                tables += 1
                for row in csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))):
                    wrong = [
                        cell for cell in row if cell[:1] in {*"=+-@\t\r"} and not cell[1:].replace(".", "").isdigit()
                    ]
                    assert wrong == [], route
                assert answer.headers["Content-Disposition"].startswith("attachment; filename="), route
            answer.close()
    assert tables
