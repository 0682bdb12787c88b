"""The technician's pages for other systems: keys shown once, rights, webhooks, and what was given up."""

import re

import pytest

from queue_server.systems.file import SystemsFile
from queue_server.systems.outbox import Place, Told
from tests.support.web_pages import Pages, Visitor

PORTAL = "/systems/portal"
ADDRESS = "https://portal.example/hook"


@pytest.fixture
def technician(pages: Pages) -> Visitor:
    return pages.signed_in("tech")


def file_of(pages: Pages) -> SystemsFile:
    assert pages.parts.systems is not None
    return pages.parts.systems


def noted(pages: Pages) -> list[tuple[str, str, str]]:
    return [
        (one.by_id, one.what, one.about_id)
        for one in pages.parts.changes.before(most=9)
        if one.what not in {"signed_in", "account_created", "password_chosen", "second_factor_set"}
    ]


def test_a_key_is_shown_once_and_revoked(pages: Pages, technician: Visitor) -> None:
    form = {"rights": "hall:read", "per_minute": "60"}
    shown = technician.post(f"{PORTAL}/keys", PORTAL, **form).text
    (key,) = re.findall(r"mc_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", shown)
    known = file_of(pages).register.key_of(key)
    assert known is not None
    assert (set(known.rights), known.per_minute, known.made_by) == ({"hall:read"}, 60, "tech")
    again = technician.get(PORTAL).text
    assert key not in again
    assert known.key_id in again
    assert technician.post(f"{PORTAL}/keys/{known.key_id}/revoke", PORTAL).status_code == 302
    assert file_of(pages).register.key_of(key) is None
    assert noted(pages) == [("tech", "system_key_revoked", "portal"), ("tech", "system_key_made", "portal")]
    technician.post(f"{PORTAL}/keys/{known.key_id}/revoke", PORTAL)
    assert len(noted(pages)) == 2, "what was not done is not noted"
    assert "system_key_made" not in technician.get("/changes").text, "said in words"


def test_a_webhook_is_set_set_anew_and_removed(pages: Pages, technician: Visitor) -> None:
    form = {"address": ADDRESS, "news": "calls"}
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/]{43}=", technician.post(f"{PORTAL}/webhook", PORTAL, **form).text)
    webhook = file_of(pages).webhooks.of("portal")
    assert webhook is not None
    assert (webhook.address, set(webhook.news), webhook.secret) == (ADDRESS, {"calls"}, secret)
    assert secret not in technician.get(PORTAL).text
    anew = technician.post(f"{PORTAL}/webhook", PORTAL, **form).text
    assert secret not in anew
    assert technician.post(f"{PORTAL}/webhook/remove", PORTAL).status_code == 302
    assert file_of(pages).webhooks.of("portal") is None
    assert [what for _, what, _ in noted(pages)] == ["webhook_removed", "webhook_set", "webhook_set"]


def test_what_was_given_up_is_shown_sent_again_and_forgotten(pages: Pages, technician: Visitor) -> None:
    file = file_of(pages)
    file.webhooks.set("portal", ADDRESS, ["calls"], by="tech")
    webhook = file.webhooks.of("portal")
    assert webhook is not None
    file.outbox.put([Told(webhook.webhook_id, "d-1", "visit_called", "{}")], Place(1, bytes(32), frozenset()))
    head = file.outbox.head(webhook.webhook_id)
    assert head is not None
    file.outbox.failed(webhook.webhook_id, head.number, "http_503", 0, tries=12, last=True)
    page = technician.get(PORTAL).text
    assert "503" in page
    assert "d-1" in page
    assert "http_503" not in page, "said in words"
    assert "1 tin đã bỏ" in technician.get("/systems/").text
    technician.post(f"{PORTAL}/deliveries/again", PORTAL)
    assert (file.outbox.waiting(webhook.webhook_id), file.outbox.count_given_up(webhook.webhook_id)) == (1, 0)
    file.outbox.failed(webhook.webhook_id, head.number, "timeout", 0, tries=12, last=True)
    technician.post(f"{PORTAL}/deliveries/forget", PORTAL)
    assert file.outbox.count_given_up(webhook.webhook_id) == 0
    assert [what for _, what, _ in noted(pages)] == ["deliveries_forgotten", "deliveries_sent_again"]


@pytest.mark.parametrize(
    ("path", "form", "problem"),
    [
        ("/systems/", {"system_id": "Portal 2", "title": "x"}, "system_id"),
        ("/systems/", {"system_id": "other", "title": ""}, "title"),
        ("/systems/", {"system_id": "portal", "title": "x"}, "exists"),
        (f"{PORTAL}/keys", {"per_minute": "60"}, "no_rights"),
        (f"{PORTAL}/keys", {"rights": "hall:write", "per_minute": "60"}, "no_rights"),
        (f"{PORTAL}/keys", {"rights": "hall:read", "per_minute": "0"}, "per_minute"),
        (f"{PORTAL}/keys", {"rights": "hall:read", "per_minute": "٣"}, "per_minute"),
        (f"{PORTAL}/keys", {"rights": "hall:read", "per_minute": "9999999"}, "per_minute"),
        (f"{PORTAL}/webhook", {"address": "javascript:alert(1)", "news": "calls"}, "address"),
        (f"{PORTAL}/webhook", {"address": "http://127.0.0.1:8080/", "news": "calls"}, "refused"),
        (f"{PORTAL}/webhook", {"address": "http://2130706433/", "news": "calls"}, "refused"),
        (f"{PORTAL}/webhook", {"address": ADDRESS}, "kinds"),
    ],
)
def test_a_wrong_form_is_answered_with_why(
    pages: Pages, technician: Visitor, path: str, form: dict[str, str], problem: str
) -> None:
    answer = technician.post(path, "/systems/", **form)
    assert answer.status_code == 409
    assert pages.parts.texts(f"systems.problem.{problem}", "vi") in answer.text
    assert noted(pages) == []


def test_a_new_system_can_do_nothing_yet(pages: Pages, technician: Visitor) -> None:
    answer = technician.post("/systems/", "/systems/", system_id="hospital", title="Bệnh viện <b>")
    assert answer.headers["Location"] == "/systems/hospital"
    page = technician.get("/systems/hospital").text
    assert "Bệnh viện &lt;b&gt;" in page
    assert pages.parts.texts("systems.no_keys", "vi") in page
    assert noted(pages) == [("tech", "system_added", "hospital")]
    assert technician.get("/systems/nowhere").status_code == 404


def test_without_its_file_the_page_says_so_and_the_others_go_on(pages: Pages, technician: Visitor) -> None:
    object.__setattr__(pages.parts, "systems", None)
    answer = technician.get("/systems/")
    assert answer.status_code == 503
    assert pages.parts.texts("systems.no_file", "vi") in answer.text
    assert technician.get("/people/").status_code == 200
