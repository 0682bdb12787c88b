"""Who is who: the second factor, one-time passwords, accounts in technicians' hands, and the record of changes."""

import re

import pytest

from protocol.commands import AnyCommand, RevokeDevice
from protocol.views import DeviceCreatedReply, Refused
from queue_server.web.changes import AT_THE_MACHINE
from tests.support.paper_hall import NOW
from tests.support.web_pages import PASSWORD, Pages, Visitor

EVIL = "<script>alert(1)</script>"


def noted(pages: Pages, count: int) -> list[tuple[str, str, str]]:
    """Give the last changes, the newest first: by whom, what, about whom."""
    return [(one.by_id, one.what, one.about_id) for one in pages.parts.changes.before(most=count)]


def at_the_code(pages: Pages, clerk_id: str = "boss") -> Visitor:
    visitor = pages.visitor()
    assert visitor.log_in(clerk_id, PASSWORD).headers["Location"] == "/login/code"
    return visitor


# --- The second factor -----------------------------------------------------------------------------------------------


def test_a_technicians_first_day(pages: Pages) -> None:
    once = pages.parts.accounts.add("moi", "Người Mới", "technician")
    visitor = pages.visitor()
    assert visitor.log_in("moi", once).headers["Location"] == "/password"
    own = "một câu của riêng tôi"
    visitor.post("/password", "/password", old=once, new=own, repeat=own)
    page = visitor.get("/second-factor").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    assert "<svg" in page
    assert visitor.get("/second-factor").text.count(secret[1]) == 1, "it stays the same until it is confirmed"
    wrong = visitor.post("/second-factor", "/second-factor", code="000000")
    assert wrong.status_code == 403
    pages.phones.learn("moi", secret[1])
    done = visitor.post("/second-factor", "/second-factor", code=pages.phones.shown("moi"))
    codes = re.findall(r"<code>([0-9a-z-]{29})</code>", done.text)
    assert len(set(codes)) == 8
    assert visitor.get("/devices/").status_code == 200
    assert codes[0] not in visitor.get("/second-factor").text, "shown once"
    assert noted(pages, 2) == [("moi", "signed_in", "moi"), ("moi", "second_factor_set", "moi")]


def test_a_password_alone_opens_nothing(pages: Pages) -> None:
    visitor = at_the_code(pages)
    assert visitor.get("/hall/").headers["Location"] == "/login/code"
    assert pages.parts.sessions.of("boss") == []
    assert visitor.post("/login/code", "/login/code", code=pages.phones.fresh("boss")).headers["Location"] == "/hall/"
    assert visitor.get("/hall/").status_code == 200


def test_a_code_opens_once(pages: Pages) -> None:
    code = pages.phones.fresh("boss")
    assert at_the_code(pages).post("/login/code", "/login/code", code=code).status_code == 302
    again = at_the_code(pages).post("/login/code", "/login/code", code=code)
    assert again.status_code == 403
    assert pages.parts.texts("account.code_wrong", "vi") in again.text
    assert noted(pages, 1) == [("", "sign_in_refused", "boss")]


def test_a_recovery_code_opens_once(pages: Pages) -> None:
    code = pages.phones.recovery_codes["boss"][3]
    typed = code.upper().replace("-", " ")
    visitor = at_the_code(pages)
    assert visitor.post("/login/code", "/login/code", code=typed).headers["Location"] == "/hall/"
    assert "còn 7 mã" in visitor.get("/account").text
    assert at_the_code(pages).post("/login/code", "/login/code", code=code).status_code == 403


def test_codes_cannot_be_guessed(pages: Pages) -> None:
    visitor = at_the_code(pages)
    statuses = [visitor.post("/login/code", "/login/code", code=f"{number:06}").status_code for number in range(6)]
    assert statuses == [403] * 5 + [429]
    assert visitor.post("/login/code", "/login/code", code=pages.phones.fresh("boss")).status_code == 429
    assert pages.visitor().log_in("boss", PASSWORD).status_code == 429, "a known password buys no new tries"


def test_a_phone_is_replaced_by_whoever_shows_password_and_code(pages: Pages) -> None:
    visitor = pages.signed_in("boss")
    page = visitor.get("/second-factor?replace=1").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    old, place = pages.phones.fresh("boss"), "/second-factor?replace=1"
    pages.phones.learn("boss", secret[1])
    new = pages.phones.shown("boss")
    assert visitor.post("/second-factor", place, code=new).status_code == 403
    assert visitor.post("/second-factor", place, code=new, old=PASSWORD, present=new).status_code == 403
    assert visitor.post("/second-factor", place, code=new, old="wrong", present=old).status_code == 403
    assert visitor.post("/second-factor", place, code=new, old=PASSWORD, present=old).status_code == 200
    lost = pages.phones.recovery_codes["boss"][0]
    assert at_the_code(pages).post("/login/code", "/login/code", code=lost).status_code == 403
    assert at_the_code(pages).post("/login/code", "/login/code", code=pages.phones.fresh("boss")).status_code == 302


def test_a_clerk_may_have_a_second_factor(pages: Pages) -> None:
    pages.phones.set_up("anh")
    assert at_the_code(pages, "anh").get("/counters/").headers["Location"] == "/login/code"
    assert pages.signed_in("anh").get("/counters/").status_code == 200


def test_an_open_session_alone_sets_up_no_phone(pages: Pages) -> None:
    """Who walks past a console that was left open must not take the account over for good."""
    visitor = pages.signed_in("anh")
    page = visitor.get("/second-factor").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    pages.phones.learn("anh", secret[1])
    code = pages.phones.shown("anh")
    assert visitor.post("/second-factor", "/second-factor", code=code).status_code == 403
    assert visitor.post("/second-factor", "/second-factor", code=code, old="wrong").status_code == 403
    assert visitor.post("/second-factor", "/second-factor", code=code, old=PASSWORD).status_code == 200


# --- Accounts in technicians' hands ----------------------------------------------------------------------------------


@pytest.fixture
def technician(pages: Pages) -> Visitor:
    return pages.signed_in("tech")


def one_time(text: str) -> str:
    shown = re.search(r'id="one-time">([0-9a-z-]{14})<', text)
    assert shown
    return shown[1]


def test_an_account_is_made_and_its_password_shown_once(pages: Pages, technician: Visitor) -> None:
    made = technician.post("/people/", "/people/", clerk_id="hoa.le", name="Lê Thị Hoa", role="clerk")
    once = one_time(made.text)
    assert once not in technician.get("/people/hoa.le").text
    assert pages.visitor().log_in("hoa.le", once).headers["Location"] == "/password"
    assert noted(pages, 2)[1] == ("tech", "account_created", "hoa.le")
    taken = technician.post("/people/", "/people/", clerk_id="hoa.le", name="Hoa", role="clerk")
    assert taken.status_code == 409
    assert pages.parts.texts("people.problem.exists", "vi") in taken.text
    assert technician.post("/people/", "/people/", clerk_id="x", name="X", role="emperor").status_code == 400


def test_a_password_is_reset_without_mail(pages: Pages, technician: Visitor) -> None:
    clerk = pages.signed_in("anh")
    once = one_time(technician.post("/people/anh/password", "/people/anh").text)
    assert clerk.get("/counters/").headers["Location"] == "/login"
    assert pages.visitor().log_in("anh", PASSWORD).status_code == 403
    assert pages.visitor().log_in("anh", once).headers["Location"] == "/password"
    assert ("tech", "password_reset", "anh") in noted(pages, 5)


def test_a_lost_phone_is_taken_away(pages: Pages, technician: Visitor) -> None:
    manager = pages.signed_in("boss")
    technician.post("/people/boss/second-factor/remove", "/people/boss")
    assert manager.get("/hall/").headers["Location"] == "/login"
    assert pages.visitor().log_in("boss", PASSWORD).headers["Location"] == "/second-factor"
    assert noted(pages, 2)[1] == ("tech", "second_factor_removed", "boss")


def test_an_account_is_shut_and_opened(pages: Pages, technician: Visitor) -> None:
    clerk = pages.signed_in("anh")
    technician.post("/people/anh/disable", "/people/anh")
    assert clerk.get("/counters/").headers["Location"] == "/login"
    assert pages.visitor().log_in("anh", PASSWORD).status_code == 403
    technician.post("/people/anh/enable", "/people/anh")
    assert pages.signed_in("anh").get("/counters/").status_code == 200
    assert ("tech", "account_disabled", "anh") in noted(pages, 9)
    assert ("tech", "account_enabled", "anh") in noted(pages, 9)


def test_the_last_technician_stays(pages: Pages, technician: Visitor) -> None:
    answer = technician.post("/people/tech/disable", "/people/tech")
    assert answer.status_code == 409
    assert pages.parts.texts("people.problem.last_technician", "vi") in answer.text
    assert technician.get("/people/").status_code == 200
    pages.parts.accounts.add("second", "Second", "technician")
    assert technician.post("/people/tech/disable", "/people/tech").status_code == 302
    assert technician.get("/people/").headers["Location"] == "/login"


def test_a_session_is_killed(pages: Pages, technician: Visitor) -> None:
    clerk = pages.signed_in("anh")
    (session,) = pages.parts.sessions.of("anh")
    technician.post(f"/people/anh/sessions/{session.session_id}/end", "/people/anh")
    assert clerk.get("/counters/").headers["Location"] == "/login"
    assert noted(pages, 1) == [("tech", "session_ended", "anh")]


@pytest.mark.parametrize("path", ["/people/nobody", "/people/%00"])
def test_a_person_who_is_not_there(technician: Visitor, path: str) -> None:
    assert technician.get(path).status_code == 404
    assert technician.post(f"{path}/disable", "/people/").status_code == 404


def test_names_stay_text_on_every_page_of_people(pages: Pages, technician: Visitor) -> None:
    pages.parts.accounts.add("evil", EVIL, "technician")
    pages.parts.accounts.choose_password("evil", PASSWORD)
    pages.phones.set_up("evil")
    evil = pages.signed_in("evil")
    for visitor, path in (
        (technician, "/people/"),
        (technician, "/people/evil"),
        (technician, "/changes"),
        (evil, "/account"),
    ):
        text = visitor.get(path).text
        assert "&lt;script&gt;alert(1)" in text, path
        assert EVIL not in text, path


# --- The record ------------------------------------------------------------------------------------------------------


def test_the_record_is_read_by_all_in_charge_page_by_page(pages: Pages) -> None:
    for number in range(130):
        pages.parts.changes.add("tech", "device_revoked", f"device-{number}")
    for person in ("tech", "boss", "inspector"):
        visitor = pages.signed_in(person)
        first = visitor.get("/changes").text
        assert "device-129" in first
        older = re.search(r'href="(/changes\?before=\d+)"', first)
        assert older
        assert "device-1<" in visitor.get(older[1]).text
    only = pages.signed_in("boss").get("/changes?about=boss").text
    assert "device-1" not in only
    assert "Phạm Quang Huy" in only


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=" + "9" * 40, "?about=" + "x" * 500])
def test_odd_questions_about_the_record_are_harmless(pages: Pages, query: str) -> None:
    assert pages.signed_in("boss").get(f"/changes{query}").status_code == 200


def test_the_record_says_who_made_and_revoked_a_device(pages: Pages, technician: Visitor) -> None:
    pages.hall.answer = lambda _: DeviceCreatedReply(device_id="kiosk-7", code="7KPQ2M4X", expires_at=NOW)
    form = {
        "request_id": "0" * 31 + "1",
        "device_id": "kiosk-7",
        "name": "K",
        "kind": "kiosk",
        "function_id": "kiosk-7",
    }
    technician.post("/devices/", "/devices/", **form)
    technician.post("/devices/kiosk-7/revoke", "/devices/")
    told = [(one.what, one.about_id, one.detail) for one in pages.parts.changes.before(most=4)]
    assert told == [
        ("device_revoked", "kiosk-7", ""),
        ("device_revoked", "kiosk-7", "asked"),
        ("device_created", "kiosk-7", ""),
        ("device_created", "kiosk-7", "asked"),
    ]


def test_a_pairing_code_is_shown_though_its_making_cannot_be_noted(pages: Pages, technician: Visitor) -> None:
    store = pages.parts.accounts._store

    def answers_and_fills_the_disk(_: AnyCommand) -> DeviceCreatedReply:
        with store.transaction() as connection:
            connection.execute("CREATE TRIGGER full BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'full'); END")
        return DeviceCreatedReply(device_id="kiosk-7", code="7KPQ2M4X", expires_at=NOW)

    pages.hall.answer = answers_and_fills_the_disk
    form = {"device_id": "kiosk-7", "name": "K", "kind": "kiosk", "function_id": "kiosk-7"}
    page = technician.post("/devices/", "/devices/", **form)
    with store.transaction() as connection:
        connection.execute("DROP TRIGGER full")
    assert (page.status_code, "7KPQ2M4X" in page.text) == (200, True)
    assert [one.detail for one in pages.parts.changes.before(about="kiosk-7")][:1] == ["asked"]


def test_what_the_server_changes_is_noted_before_it_is_asked_and_with_what_came_of_it(
    pages: Pages, technician: Visitor
) -> None:
    seen: list[str] = []

    def standings() -> list[str]:
        return [one.detail for one in pages.parts.changes.before(about="kiosk-1")]

    def silent(command: AnyCommand) -> None:
        if isinstance(command, RevokeDevice):
            seen.extend(standings())

    pages.hall.answer = silent
    assert technician.post("/devices/kiosk-1/revoke", "/devices/").status_code == 409
    assert seen == ["asked"], "it stood there before the server heard of it"
    pages.hall.answer = lambda _: Refused(code="unknown_device", sentences={"vi": "Không có thiết bị đó."})
    technician.post("/devices/kiosk-1/revoke", "/devices/")
    assert standings() == ["refused", "asked", "unknown", "asked"]
    page = technician.get("/changes").text
    assert "Thu hồi thiết bị · chưa rõ kết quả" in page
    assert "Thu hồi thiết bị · bị từ chối" in page


def test_the_record_holds_ids_alone(pages: Pages, technician: Visitor) -> None:
    made = technician.post("/people/", "/people/", clerk_id="hoa.le", name="Lê Thị Hoa", role="clerk")
    pages.visitor().log_in("Lê Thị Hoa", "typed into the wrong field")
    everything = repr(pages.parts.changes.before(most=1000))
    assert "hoa.le" in everything
    for kept_out in ("Hoa'", "Thị", one_time(made.text), PASSWORD, "typed", "127.0.0.1", pages.phones.shown("tech")):
        assert kept_out not in everything
    assert (AT_THE_MACHINE, "account_created", "anh") in noted(pages, 1000)
