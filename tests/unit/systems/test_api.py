"""What other systems may ask, and what they are told: keys, rights, limits, tickets of appointments."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from protocol.commands import AnyCommand, CancelVisit, TakeTicket
from protocol.configuration import TicketLink
from protocol.ticket_code import ticket_secret
from protocol.views import AnyReply, KioskView, StoppedHall
from queue_server.api.app import WRONG_KEYS_PER_MINUTE
from queue_server.api.openapi import document
from queue_server.api.operations import DOCUMENT_PATH, OPERATIONS, Operation
from queue_server.api.problems import KINDS
from queue_server.systems.register import RIGHTS, Right
from tests.support.api_pages import LINK_KEY, Api, api_pages
from tests.support.paper_hall import NOW
from tests.support.public_pages import LINK

ROOT = Path(__file__).parents[3]
APPOINTMENT = "/v1/appointments/LH-261123-0930-000417/ticket"
WANTED = {"service_id": "civil_status"}
EXAMPLES = {"ticket_code": LINK, "appointment_code": "LH-261123-0930-000417"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with api_pages(tmp_path) as made:
        yield made


def path_of(operation: Operation) -> str:
    return operation.path.format_map(EXAMPLES)


def asked(api: Api, key: str, operation: Operation) -> int:
    wanted = WANTED if operation.takes else None
    return api.ask(key, operation.method, path_of(operation), wanted).status_code


# --- Keys, rights, limits --------------------------------------------------------------------------------------------


def test_every_route_is_an_operation_and_every_operation_a_route(api: Api) -> None:
    routes = {
        (rule.endpoint, method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in api.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert routes == {("document", "GET", DOCUMENT_PATH)} | {
        (name, one.method, one.path) for name, one in OPERATIONS.items()
    }


@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_opens_what_it_names_and_nothing_else(api: Api, right: Right) -> None:
    key = api.key(right)
    for operation in OPERATIONS.values():
        status = asked(api, key, operation)
        assert (status == 403) == (operation.right not in {None, right}), operation


def test_without_a_good_key_nothing_opens(api: Api) -> None:
    good = api.key(*RIGHTS)
    other = api.key(*RIGHTS)
    assert api.parts.file.register.revoke_key("portal", other[3:15])
    for operation in OPERATIONS.values():
        for key, code in (("", "key_missing"), ("mc_wrong", "key_wrong"), (other, "key_wrong")):
            answer = api.ask(key, operation.method, path_of(operation), WANTED if operation.takes else None)
            assert (answer.status_code, answer.get_json(force=True)["code"]) == (401, code), operation
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="motcua"'
    for header in (f"Basic {good}", good, f"Bearer {good} x", "Bearer " + "x" * 9000):
        answer = api.app.test_client().get("/v1/key", headers={"Authorization": header})
        assert answer.status_code == 401, header
    assert api.taken == {}, "nobody took a number"
    assert api.ask(good, "GET", "/v1/key").get_json() == {
        "key_id": good[3:15],
        "system_id": "portal",
        "rights": list(RIGHTS),
        "per_minute": 6000,
    }


def test_a_key_has_its_own_limit(api: Api) -> None:
    slow, quick = api.key("hall:read", per_minute=3), api.key("hall:read")
    assert [api.ask(slow, "GET", "/v1/hall").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = api.ask(slow, "GET", "/v1/key")
    assert refused.get_json(force=True)["code"] == "too_many"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert api.ask(quick, "GET", "/v1/hall").status_code == 200, "nobody else is slowed"


def test_guessing_is_limited_and_hits_no_good_key(api: Api) -> None:
    good = api.key("hall:read")
    wrong = [api.ask(f"mc_{number:012x}_{'A' * 43}", "GET", "/v1/hall").status_code for number in range(40)]
    assert wrong == [401] * WRONG_KEYS_PER_MINUTE + [429] * (40 - WRONG_KEYS_PER_MINUTE)
    assert api.ask(good, "GET", "/v1/hall").status_code == 200


def test_what_a_key_is_about_to_change_is_noted_before_the_hall_is_asked(api: Api) -> None:
    """A crash or a lost answer in between leaves a note that says so, and a refusal none."""
    key, acts = api.key(*RIGHTS), api.parts.file.uses.acts
    seen: list[list[tuple[str, bool]]] = []

    def answer(command: AnyCommand) -> AnyReply | None:
        if isinstance(command, TakeTicket | CancelVisit):
            seen.append([(one.operation, one.done) for one in acts("portal", 9)])
            return None if len(seen) in {1, 3} else Api.answer(api, command)
        return Api.answer(api, command)

    api.hall.answer = answer
    assert api.ask(key, "PUT", APPOINTMENT, WANTED).get_json()["code"] == "outcome_unknown"
    assert api.ask(key, "PUT", APPOINTMENT, WANTED).status_code == 201
    assert api.ask(key, "DELETE", APPOINTMENT).get_json()["code"] == "outcome_unknown"
    api.refused = "visit_not_waiting"
    assert api.ask(key, "DELETE", APPOINTMENT).status_code == 409
    lost, made, gone = ("take_appointment", False), ("take_appointment", True), ("cancel_appointment", False)
    assert seen == [[lost], [lost, lost], [gone, made, lost], [gone, gone, made, lost]]
    assert [(one.operation, one.done) for one in acts("portal", 9)] == [gone, made, lost], "a refusal changed nothing"


def test_what_cannot_be_noted_is_not_asked(api: Api) -> None:
    key = api.key(*RIGHTS)
    with api.parts.file.store.transaction() as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON acts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    assert api.ask(key, "PUT", APPOINTMENT, WANTED).status_code == 500
    assert [command for _, command in api.hall.asked if isinstance(command, TakeTicket)] == []


def test_what_a_key_did_is_noted(api: Api) -> None:
    key = api.key(*RIGHTS)
    api.ask(key, "GET", "/v1/hall")
    api.ask(key, "GET", "/v1/hall")
    made = api.ask(key, "PUT", APPOINTMENT, WANTED).get_json()["visit_id"]
    api.ask(key, "PUT", APPOINTMENT, WANTED)
    api.ask(key, "DELETE", APPOINTMENT)
    uses = api.parts.file.uses
    uses.flush()
    assert [(one.key_id, one.operation, one.visit_id) for one in uses.acts("portal", 9)] == [
        (key[3:15], "cancel_appointment", made),
        (key[3:15], "take_appointment", made),
    ]
    assert {(one.operation, one.status): one.count for one in uses.last("portal", 9)} == {
        ("show_hall", 200): 2,
        ("take_appointment", 201): 1,
        ("take_appointment", 200): 1,
        ("cancel_appointment", 200): 1,
    }


# --- The hall --------------------------------------------------------------------------------------------------------


def test_the_state_of_the_hall(api: Api) -> None:
    key = api.key("hall:read")
    told = api.ask(key, "GET", "/v1/hall").get_json()
    assert (told["state"], told["day"], told["stopped"]) == ("open", "2026-11-23", None)
    assert told["at"] == NOW.isoformat().replace("+00:00", "Z")
    first = told["services"][0]
    assert (first["service_id"], first["waiting"], first["estimate"]) == (
        *("civil_status", 9),
        {"low_s": 1800, "high_s": 3600},
    )
    assert {one["state"] for one in told["counters"]} <= {"open", "paused", "closed"}
    assert [one["number"] for one in told["counters"]] == sorted(one["number"] for one in told["counters"])
    stopped = StoppedHall(emergency_id="fire", names={"vi": "Cháy"}, hints={"vi": "Ra cửa."}, since_at=NOW, told_at=NOW)
    api.publish(stopped=stopped, closed_because="stopped", state="closed")
    told = api.ask(key, "GET", "/v1/hall").get_json()
    assert (told["state"], told["closed_because"], told["stopped"]["names"]) == ("stopped", None, {"vi": "Cháy"})
    api.publish(closed_because="weekend", state="closed")
    told = api.ask(key, "GET", "/v1/hall").get_json()
    assert (told["state"], told["closed_because"]) == ("closed", "weekend")


def test_what_may_be_old_is_never_told(api: Api) -> None:
    key = api.key(*RIGHTS)
    api.hall.become("gone")
    for operation in OPERATIONS.values():
        status = asked(api, key, operation)
        assert status == (200 if operation.operation_id == "show_key" else 503), operation


# --- Tickets ---------------------------------------------------------------------------------------------------------


def test_a_ticket_of_an_appointment_is_one_however_often_it_is_asked_for(api: Api) -> None:
    key = api.key("tickets:read", "tickets:write")
    assert api.ask(key, "GET", APPOINTMENT).get_json(force=True)["code"] == "ticket_unknown"
    made = api.ask(key, "PUT", APPOINTMENT, WANTED)
    again = api.ask(key, "PUT", APPOINTMENT, WANTED)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.get_json() == again.get_json() == api.ask(key, "GET", APPOINTMENT).get_json()
    ticket = made.get_json()
    assert (ticket["number"], ticket["state"], ticket["ahead"]) == ("H001", "waiting", 4)
    assert ticket["ticket_code"] == f"{ticket['visit_id']}-{ticket_secret(LINK_KEY, ticket['visit_id'])}"
    assert ticket["ticket_link"] is None
    assert api.ask(key, "GET", f"/v1/tickets/{ticket['ticket_code']}").get_json() == ticket
    (command,) = [one for _, one in api.hall.asked if isinstance(one, TakeTicket)]
    assert (command.priority_class_id, command.function_id) == ("usual", "system-1")
    assert "000417" not in str(api.hall.asked), "the queue server hears no code of an appointment"


def test_a_system_cannot_even_name_the_appointments_of_another(api: Api) -> None:
    mine, other = api.key(*RIGHTS), api.key(*RIGHTS, system_id="hospital")
    made = api.ask(mine, "PUT", APPOINTMENT, WANTED).get_json()
    assert api.ask(other, "GET", APPOINTMENT).status_code == 404
    assert api.ask(other, "DELETE", APPOINTMENT).status_code == 404
    assert api.ask(other, "PUT", APPOINTMENT, WANTED).get_json()["visit_id"] != made["visit_id"]
    assert api.ask(api.key("tickets:read"), "GET", APPOINTMENT).get_json() == made, "another key of the same system"


def test_a_ticket_that_is_cancelled_stays_so(api: Api) -> None:
    key = api.key(*RIGHTS)
    api.ask(key, "PUT", APPOINTMENT, WANTED)
    assert [api.ask(key, "DELETE", APPOINTMENT).get_json()["state"] for _ in range(2)] == ["cancelled"] * 2
    assert api.ask(key, "PUT", APPOINTMENT, WANTED).get_json(force=True)["code"] == "appointment_over"


def test_the_same_appointment_for_another_service(api: Api) -> None:
    key = api.key(*RIGHTS)
    api.ask(key, "PUT", APPOINTMENT, WANTED)
    other = api.ask(key, "PUT", APPOINTMENT, {"service_id": "land"})
    assert (other.status_code, other.get_json(force=True)["code"]) == (409, "appointment_differs")


def test_the_same_appointment_in_another_class(api: Api) -> None:
    """Asked for precedence, nobody gets a ticket without it and is told that all is well."""
    key = api.key(*RIGHTS)
    made = api.ask(key, "PUT", APPOINTMENT, {**WANTED, "priority_class_id": "elderly"})
    other = api.ask(key, "PUT", APPOINTMENT, {**WANTED, "priority_class_id": "usual"})
    assert (other.status_code, other.get_json(force=True)["code"]) == (409, "appointment_differs")
    assert "elderly" not in other.text, "why somebody has precedence is told to nobody"
    for same in (WANTED, {**WANTED, "priority_class_id": "elderly"}):
        again = api.ask(key, "PUT", APPOINTMENT, same)
        assert (again.status_code, again.get_json()) == (200, made.get_json())


@pytest.mark.parametrize("code", ["service_closed", "quota_reached", "hall_stopped", "card_needed"])
def test_the_halls_no_has_the_halls_own_code(api: Api, code: str) -> None:
    key = api.key(*RIGHTS)
    api.refused = code
    answer = api.ask(key, "PUT", APPOINTMENT, WANTED)
    told = answer.get_json(force=True)
    assert (answer.status_code, told["code"], told["detail"]) == (409, code, f"No: {code}.")
    assert (answer.mimetype, told["type"]) == ("application/problem+json", f"urn:motcua:problem:{code}")


def test_no_answer_is_no_no(api: Api) -> None:
    key = api.key(*RIGHTS)
    api.ask(key, "PUT", APPOINTMENT, WANTED)
    api.silent = True
    answer = api.ask(key, "DELETE", APPOINTMENT)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (503, "outcome_unknown")
    assert answer.headers["Retry-After"] == "2"
    api.silent = False
    api.refused = "storage"
    assert api.ask(key, "DELETE", APPOINTMENT).get_json(force=True)["code"] == "hall_unknown"


def test_a_link_is_told_where_the_hall_has_one(api: Api) -> None:
    api.publish(ticket_link=TicketLink(kind="public_page", base_address="https://hall.example/t/"))
    ticket = api.ask(api.key(*RIGHTS), "PUT", APPOINTMENT, WANTED).get_json()
    assert ticket["ticket_link"] == f"https://hall.example/t/{ticket['ticket_code']}"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"service_id": "land"}', "text/plain", 415, "media_wrong"),
        (b"{", "application/json", 422, "body_malformed"),
        (b"[]", "application/json", 422, "body_malformed"),
        (b"\xff", "application/json", 422, "body_malformed"),
        (b"[" * 4000, "application/json", 422, "body_malformed"),
        (b'{"service_id": 1}', "application/json", 422, "body_malformed"),
        (b'{"service_id": "a b"}', "application/json", 422, "body_malformed"),
        (b'{"service_id": "land", "clerk_id": "anh"}', "application/json", 422, "body_malformed"),
        (b'{"service_id": "land"}' + b" " * 5000, "application/json", 413, "body_too_long"),
    ],
)
def test_a_body_that_does_not_fit(api: Api, body: bytes, kind: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {api.key(*RIGHTS)}", "Content-Type": kind}
    answer = api.app.test_client().put(APPOINTMENT, data=body, headers=headers)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (status, code)
    assert api.taken == {}


@pytest.mark.parametrize("code", ["%00", "a b", "-x", "a" * 65, "é", "a%0a", "%2e%2e"])
def test_a_code_that_is_none(api: Api, code: str) -> None:
    key = api.key(*RIGHTS)
    assert api.ask(key, "GET", f"/v1/appointments/{code}/ticket").get_json(force=True)["code"] == "code_malformed"
    assert api.ask(key, "GET", f"/v1/tickets/{code}").get_json(force=True)["code"] == "code_malformed"


# --- All answers -----------------------------------------------------------------------------------------------------


def test_every_answer_is_dressed(api: Api) -> None:
    key = api.key(*RIGHTS)
    asked_for = [(one.method, path_of(one)) for one in OPERATIONS.values()]
    for method, path in (*asked_for, ("GET", DOCUMENT_PATH), ("GET", "/nowhere"), ("BREW", "/v1/hall")):
        for shown in (key, ""):
            answer = api.ask(shown, method, path)
            assert answer.headers["Cache-Control"] == "no-store", path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            for said in ("default-src", "object-src", "base-uri", "frame-ancestors"):
                assert f"{said} 'none'" in answer.headers["Content-Security-Policy"], path
            assert "Set-Cookie" not in answer.headers, path
            assert "Access-Control-Allow-Origin" not in answer.headers, "no page elsewhere may read it"
            json.loads(answer.data)


def test_a_method_that_an_address_has_not(api: Api) -> None:
    answer = api.ask(api.key(*RIGHTS), "POST", APPOINTMENT)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "DELETE"}


def test_a_fault_of_ours_tells_nothing_of_itself(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.hall, "hall_now", None)
    monkeypatch.setattr(api.parts.hall, "viewed_at", lambda _: 1 / 0)
    answer = api.ask(api.key("hall:read"), "GET", "/v1/hall")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (500, "internal")
    assert "Zero" not in answer.text


def test_behind_tls_it_says_so(tmp_path: Path) -> None:
    with api_pages(tmp_path, behind_tls=True) as api:
        assert api.ask("", "GET", "/v1/key").headers["Strict-Transport-Security"]


def test_it_stands_still_without_a_log_and_goes_on(api: Api) -> None:
    """No webhook can be told without the log; everything else can."""
    names = {thread.name for thread in threading.enumerate()}
    assert "dispatcher" in names
    assert api.ask(api.key("hall:read"), "GET", "/v1/hall").status_code == 200


# --- The document ----------------------------------------------------------------------------------------------------


def test_the_document_in_the_docs_is_the_one_that_is_served(api: Api) -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert kept == document(), "make it anew: motcua api --openapi > docs/openapi.json"
    assert api.app.test_client().get(DOCUMENT_PATH).get_json(force=True) == kept


def test_each_code_and_each_right_is_told_in_the_docs() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    for name in (*KINDS, *RIGHTS, *(one.path for one in OPERATIONS.values())):
        assert f"`{name}`" in page or f" {name}`" in page, name


def test_no_answer_has_a_place_for_a_person() -> None:
    """By name of every field of every shape: a field that is added is looked at."""
    fields = {name for shape in document()["components"]["schemas"].values() for name in shape.get("properties", ())}
    assert not {one for one in fields if re.search(r"clerk|note|rating|level|person|phone|priority_class_id$", one)} - {
        "priority_class_id"
    }
    assert "priority_class_id" not in document()["components"]["schemas"]["Ticket"]["properties"]


def test_a_class_for_everybody_is_the_one_without_precedence(api: Api) -> None:
    kiosk = api.parts.hall.view("kiosk", KioskView)
    assert kiosk is not None
    api.publish(priority_classes=tuple(replace(one, chosen_by="staff") for one in kiosk.priority_classes))
    answer = api.ask(api.key(*RIGHTS), "PUT", APPOINTMENT, WANTED)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (409, "unknown_class")
