"""The API before a real hall: what is asked over HTTP happens in it."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from protocol import commands as c
from protocol.views import Refused
from queue_server.journal import Journal
from tests.integration.api.conftest import AT, Hall, in_process
from tests.support.served_branch import until

PORTAL = "/v1/appointments/LH-261123-0930-000417/ticket"


class System:
    """Another system with a key."""

    def __init__(self, address: str, key: str) -> None:
        self.place, self.key = urlsplit(address).netloc, key

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.key}"} | ({"Content-Type": "application/json"} if body else {})
        with closing(http.client.HTTPConnection(self.place, timeout=20)) as line:
            line.request(method, path, json.dumps(body) if body else None, headers)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def address(hall: Hall) -> Iterator[str]:
    with in_process(hall) as (address, _):
        yield address


@pytest.fixture
def portal(hall: Hall, address: str) -> System:
    return System(address, hall.key("hall:read", "tickets:read", "tickets:write"))


def test_an_appointment_from_its_coming_to_its_end(hall: Hall, portal: System) -> None:
    assert portal.ask("GET", PORTAL) == (404, portal.ask("GET", PORTAL)[1])
    status, ticket = portal.ask("PUT", PORTAL, {"service_id": "civil_status"})
    assert (status, ticket["state"], ticket["number"][0]) == (201, "waiting", "H")
    assert portal.ask("PUT", PORTAL, {"service_id": "civil_status"}) == (200, portal.ask("GET", PORTAL)[1])
    assert portal.ask("GET", f"/v1/tickets/{ticket['ticket_code']}")[1]["number"] == ticket["number"]

    def is_called() -> bool:
        for command in (c.CallNext(**AT), c.StartService(**AT)):  # type: ignore[arg-type]  # Plain words.
            hall.staff.ask_and_wait(command)
        told = portal.ask("GET", PORTAL)[1]
        if told["state"] == "waiting":
            hall.staff.ask_and_wait(c.EndService(**AT, outcome="received"))  # type: ignore[arg-type]  # Plain words.
        return bool(told["state"] == "in_service")

    until(is_called, "its turn comes")
    told = portal.ask("GET", PORTAL)[1]
    assert (told["counter_number"], told["ahead"], told["estimate"]) == (1, None, None)
    status, problem = portal.ask("DELETE", PORTAL)
    assert (status, problem["code"]) == (409, "visit_not_waiting")
    assert ticket["number"] in problem["detail"]
    state = portal.ask("GET", "/v1/hall")[1]
    (counter,) = [one for one in state["counters"] if one["counter_id"] == "counter-1"]
    assert (counter["state"], counter["ticket"], counter["ticket_state"]) == ("open", ticket["number"], "in_service")
    assert not isinstance(hall.staff.ask_and_wait(c.EndService(**AT, outcome="received")), Refused)  # type: ignore[arg-type]  # Plain words.
    assert portal.ask("PUT", PORTAL, {"service_id": "civil_status"})[1]["code"] == "appointment_over"


def test_a_number_is_given_back(hall: Hall, portal: System) -> None:
    path = PORTAL.replace("417", "418")
    ticket = portal.ask("PUT", path, {"service_id": "land"})[1]
    assert portal.ask("DELETE", path)[1]["state"] == "cancelled"
    assert portal.ask("DELETE", path)[0] == 200
    with Journal(hall.branch.state / "branch.db") as journal:
        events = [row.event() for row in journal.visit(ticket["visit_id"])]
        assert [type(one).__name__ for one in events] == ["VisitTaken", "VisitCancelled"]
        text = "".join(row.body for row in journal.rows())
    assert "LH-261123" not in text, "the log holds no code of an appointment"
    assert '"device_id":"api"' in text


def test_a_kiosks_ticket_is_found_by_its_code_alone(hall: Hall, portal: System) -> None:
    taken = hall.take("land")
    for wrong in ("0" * 32, "f" * 32):
        assert portal.ask("GET", f"/v1/tickets/{taken.visit_id}-{wrong}")[1]["code"] == "ticket_unknown"


def test_the_hall_says_no_in_its_own_words(portal: System) -> None:
    cases = {
        "unknown_service": {"service_id": "nowhere"},
        "unknown_class": {"service_id": "land", "priority_class_id": "nobody"},
    }
    for number, (code, wanted) in enumerate(cases.items()):
        status, problem = portal.ask("PUT", PORTAL.replace("417", f"50{number}"), wanted)
        assert (status, problem["code"]) == (409, code)
        assert problem["detail"], "a sentence for people"


def test_the_state_of_a_real_hall(hall: Hall, portal: System) -> None:
    def waiting() -> int:
        services = portal.ask("GET", "/v1/hall")[1]["services"]
        return int(next(one["waiting"] for one in services if one["service_id"] == "certification"))

    assert waiting() == 0, "nobody has come for it in this file"
    hall.take("certification")
    until(lambda: waiting() == 1, "the hall tells who waits")
