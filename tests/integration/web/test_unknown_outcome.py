"""Every form whose answer does not come: it can be sent again as it was, under the id that it had, and is done once."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest

from protocol import commands as c
from protocol.link import new_id
from protocol.views import AnyReply, Done, Refused, VisitFound, WaitingListPage
from tests.support.boards import stopped
from tests.support.paper_hall import NOW, furnish, hall_view, visit
from tests.support.programs import staff
from tests.support.rosters import MONDAY, week
from tests.support.web_pages import Pages, Visitor

VISIT = "1" * 32
ROSTER_VERSIONS = " ".join(f"{one.day}={one.planned_at.isoformat() if one.planned_at else ''}" for one in week().days)
SHIFT = {"week": MONDAY, "clerk_id": "anh", "counter_id": "counter-3", "starts": "07:30", "ends": "11:30", "breaks": ""}


@dataclass(frozen=True)
class Form:
    """A form of a page: who sends it, where it stands, where it goes, what is in it, and what it asks of the server."""

    person: str
    page: str
    action: str
    command: type[c.AnyCommand]
    fields: dict[str, str] = field(default_factory=dict)


FORMS = (
    Form("hoa", "/usher/", "/usher/give", c.TakeTicket, {"service_id": "land", "priority_class_id": "elderly"}),
    Form(
        *("hoa", f"/usher/visits/{VISIT}", f"/usher/visits/{VISIT}/mend", c.MendVisit),
        {"service_id": "land", "priority_class_id": "usual", "reason": "other_work"},
    ),
    Form("hoa", f"/usher/visits/{VISIT}", f"/usher/visits/{VISIT}/cancel", c.CancelVisit, {"reason": "other_work"}),
    Form(
        *("hoa", f"/usher/visits/{VISIT}", f"/usher/visits/{VISIT}/print", c.PrintTicket),
        {"kiosk_function_id": "kiosk-2", "order_id": "2" * 32},
    ),
    Form("hoa", "/usher/", "/usher/help/kiosk-2", c.AnswerHelp),
    Form("boss", "/stop/", "/stop/", c.StopHall, {"emergency_id": "free", "title_vi": "Mất nước <b>"}),
    Form("boss", "/stop/", "/stop/resume", c.ResumeHall, {"told_at": NOW.isoformat()}),
    Form("boss", "/roster/", "/roster/add", c.PlanRoster, {**SHIFT, "days": "2026-11-27", "versions": ROSTER_VERSIONS}),
    Form("boss", "/roster/", "/roster/copy", c.PlanRoster, {"week": MONDAY, "versions": ROSTER_VERSIONS}),
    Form(
        *("boss", "/roster/", "/roster/clear", c.PlanRoster),
        {"week": MONDAY, "day": "2026-11-25", "versions": ROSTER_VERSIONS},
    ),
    Form("boss", "/hall/", "/hall/help/kiosk-2", c.AnswerHelp),
    Form("boss", "/hall/", "/hall/counter-help/counter-3", c.AnswerCounterHelp),
    Form(
        *("boss", "/hall/", "/hall/counters/counter-3/release", c.ReleaseCounter),
        {"clerk_id": "anh", "reason": "went_home"},
    ),
    Form("anh", "/counters/", "/counters/counter-5/sign-in", c.SignInClerk, {"request_id": "3" * 32}),
    Form(
        *("tech", "/devices/", "/devices/", c.CreateDevice),
        {"device_id": "kiosk-9", "name": "Kiosk", "kind": "kiosk", "function_id": "kiosk-9"},
    ),
    Form("tech", "/devices/", "/devices/kiosk-1/revoke", c.RevokeDevice),
    Form("tech", "/devices/", "/devices/web/place", c.PlaceFunction, {"placed_function_id": "kiosk-9"}),
)


@dataclass
class SlowServer:
    """Answers questions, and keeps silent about, or refuses, what would change something."""

    reply: AnyReply | None = None

    def __call__(self, command: c.AnyCommand) -> AnyReply | None:
        match command:
            case c.FindTicket():
                found = VisitFound(visit=visit(25, visit_id=VISIT), ahead=3, secret="a" * 32, estimate=None)
                return found if command.visit_id == VISIT else Refused(code="unknown_visit")
            case c.FetchRosters():
                return week(first=-7, planned=6) if command.first_day < MONDAY else week()
            case c.FetchWaitingList():
                return WaitingListPage(at=NOW, page=0, pages=1, visits=())
            case _ if isinstance(command, c.Question):
                return Refused(code="not_allowed")
        return self.reply


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("unknown")) as ready:
        yield ready


@pytest.fixture(scope="module")
def people(pages: Pages) -> dict[str, Visitor]:
    furnish(pages.hall)
    return {clerk_id: pages.signed_in(clerk_id) for clerk_id in ("hoa", "boss", "anh", "tech")}


@pytest.fixture
def server(pages: Pages) -> SlowServer:
    furnish(pages.hall)
    pages.hall.publish("hall", msgspec.structs.replace(hall_view(), stopped=stopped()))
    pages.hall.asked.clear()
    pages.hall.answer = SlowServer()
    return pages.hall.answer


def forms_of(text: str) -> list[tuple[str, dict[str, str]]]:
    """Give the forms that a page sends: where to, and the hidden fields."""
    found = re.findall(r'<form method="post"(?: action="([^"]*)")?([^>]*)>(.*?)</form>', text, re.DOTALL)
    return [
        (html.unescape(action), {name: html.unescape(value) for name, value in _hidden(body)})
        for action, _, body in found
    ]


def _hidden(body: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)


def sent_again(text: str) -> tuple[str, dict[str, str]]:
    found = re.search(r'<form method="post" action="([^"]*)" class="send-again">(.*?)</form>', text, re.DOTALL)
    assert found, "the page offers nothing to be sent again"
    return html.unescape(found[1]), {name: html.unescape(value) for name, value in _hidden(found[2])}


def acts(pages: Pages) -> list[tuple[str, c.AnyCommand]]:
    return [(request_id, one) for request_id, one in pages.hall.asked if not isinstance(one, c.Question)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.person} {form.action}")
def test_a_form_without_an_answer_is_sent_again_as_it_was(
    pages: Pages, people: dict[str, Visitor], server: SlowServer, form: Form
) -> None:
    visitor = people[form.person]
    fields = {"request_id": new_id(), **form.fields}
    shown = visitor.post(form.action, form.page, **fields)
    assert shown.status_code == 409
    assert pages.parts.texts("staff.unknown_done", "vi") in html.unescape(shown.text)
    assert isinstance(acts(pages)[0][1], form.command)
    action, hidden = sent_again(shown.text)
    server.reply = Refused(code="busy", sentences={"vi": "Chờ."})
    busy = visitor.post(action, form.page, **{name: value for name, value in hidden.items() if name != "csrf"})
    assert sent_again(busy.text) == (action, hidden | {"csrf": sent_again(busy.text)[1]["csrf"]}), "it stays unknown"
    visitor.post(action, form.page, **{name: value for name, value in hidden.items() if name != "csrf"})
    first, *others = acts(pages)
    assert others == [first, first], "to the server all three are one request"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.person} {form.action}")
def test_a_form_that_was_refused_is_another_one_the_next_time(
    pages: Pages, people: dict[str, Visitor], server: SlowServer, form: Form
) -> None:
    server.reply = Refused(code="not_allowed", sentences={"vi": "Không."})
    fields = {"request_id": new_id(), **form.fields}
    shown = people[form.person].post(form.action, form.page, **fields)
    assert (shown.status_code, "send-again" in shown.text) == (409, False)
    assert fields["request_id"] not in shown.text, "the refusal would be given again"
    assert len(acts(pages)) == 1


@pytest.mark.parametrize("form", [FORMS[0], FORMS[1], FORMS[3], FORMS[7]], ids=lambda form: form.action)
def test_the_form_itself_keeps_the_id_too_and_no_other_form_has_it(
    pages: Pages, people: dict[str, Visitor], server: SlowServer, form: Form
) -> None:
    assert server.reply is None
    fields = {"request_id": new_id(), **form.fields}
    text = people[form.person].post(form.action, form.page, **fields).text
    kept = acts(pages)[0][0]
    with_it = {action for action, hidden in forms_of(text) if kept in hidden.values()}
    assert with_it == {form.action}
    assert sum(kept in hidden.values() for _, hidden in forms_of(text)) >= 1
    for name, value in form.fields.items():
        if name in {"service_id", "priority_class_id"}:
            assert re.search(rf'<option value="{value}" ?selected', text), f"{name} is as it was typed"


def test_a_ticket_that_cannot_be_looked_up_either_is_still_sent_again(
    pages: Pages, people: dict[str, Visitor], server: SlowServer
) -> None:
    assert server.reply is None
    pages.hall.answer = lambda _: None
    path = f"/usher/visits/{VISIT}/cancel"
    shown = people["hoa"].post(path, "/usher/", reason="other_work", request_id="4" * 32)
    assert sent_again(shown.text)[0] == path
    assert pages.parts.texts("staff.unknown_done", "vi") in shown.text


def test_a_question_without_an_answer_offers_nothing_to_send(
    pages: Pages, people: dict[str, Visitor], server: SlowServer
) -> None:
    assert server.reply is None
    pages.hall.answer = lambda _: None
    text = people["boss"].get("/roster/").text
    assert pages.parts.texts("staff.no_answer", "vi") in text
    assert "send-again" not in text


def test_whoever_has_planned_a_day_already_is_told_so(
    pages: Pages, people: dict[str, Visitor], server: SlowServer
) -> None:
    """The first press was carried out after all, and the form is sent again: the day is as it was wanted."""
    versions = ROSTER_VERSIONS.replace((NOW - timedelta(days=3)).isoformat(), (NOW - timedelta(days=4)).isoformat())
    fields = {**SHIFT, "days": "2026-11-25", "versions": versions, "request_id": new_id()}
    shown = people["boss"].post("/roster/add", "/roster/", **fields)
    assert server.reply is None
    assert acts(pages) == []
    sentence = pages.parts.texts("roster.changed_by_you", "vi", day="…").partition("…")[0]
    assert (shown.status_code, sentence in shown.text) == (409, True)


def test_done_is_done(pages: Pages, people: dict[str, Visitor], server: SlowServer) -> None:
    server.reply = Done()
    shown = people["hoa"].post("/usher/help/kiosk-2", "/usher/")
    assert shown.status_code == 302
    assert len(acts(pages)) == 1
