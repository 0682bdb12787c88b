"""A technician gives another system a key and a webhook, in a real browser; nothing shown once is shown twice."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from queue_server.systems.outbox import Place, Told
from tests.browser.conftest import Served, keep
from tests.browser.test_axe import findings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.leaves_behind("Chromium keeps a connection for a while after its page is closed"),
]

SHOWN_IN_DOCS = "system-en"
ADDRESS = "https://dichvucong.example/motcua"


def in_vietnamese_and_english(page: Page, address: str, picture: Callable[[str], Path], name: str) -> None:
    """Look at the page as it is, in each language; nothing may spill over."""
    for language in ("vi", "en"):
        page.context.add_cookies([{"name": "motcua-language", "value": language, "url": address}])
        page.reload()
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(f"{name}-{language}").write_bytes(page.screenshot(full_page=True))


def fill_the_list(served: Served) -> None:
    """Let some deliveries fail, and some requests come."""
    file = served.pages.parts.systems
    assert file is not None
    webhook = file.webhooks.of("portal-2")
    assert webhook is not None
    kinds = ("visit_called", "service_ended", "visit_called")
    told = [Told(webhook.webhook_id, f"{webhook.webhook_id}-{4711 + n}", kind, "{}") for n, kind in enumerate(kinds)]
    file.outbox.put(told, Place(4800, bytes(32), frozenset()))
    for problem in ("http_503", "http_410"):
        head = file.outbox.head(webhook.webhook_id)
        assert head is not None
        file.outbox.failed(webhook.webhook_id, head.number, problem, 0, tries=12, last=True)
    key = file.register.keys("portal-2")[0]
    for _ in range(59):
        file.uses.count(key.key_id, "show_hall", 200)
    file.uses.count(key.key_id, "take_appointment", 201)
    file.uses.flush()
    file.uses.carried_out(file.uses.intend(key.key_id, "take_appointment", "0198a3b4c5d67e8f9a0b1c2d3e4f5a6b"))


@pytest.mark.picture
def test_a_system_from_its_first_key_to_its_last(
    served: Served, picture: Callable[[str], Path], tmp_path: Path
) -> None:
    def place(name: str) -> Path:
        return picture(name) if name == SHOWN_IN_DOCS else tmp_path / f"{name}.png"

    page, address = served.visits.signed_in("tech", "/systems/"), served.visits.address
    page.fill("#system_id", "portal-2")
    page.fill("#title", "Cổng dịch vụ công của tỉnh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/systems/portal-2")
    page.get_by_label("Lấy và hủy số theo lịch hẹn").check()
    page.locator("#per_minute").press("Enter")
    key = page.input_value("#shown")
    assert re.fullmatch(r"mc_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", key)
    assert findings(page) == []
    keep(page, place("system-key-vi"))
    page.fill("#address", ADDRESS)
    page.locator("#address").press("Enter")
    assert page.input_value("#shown").startswith("whsec_")
    keep(page, place("system-secret-vi"))
    fill_the_list(served)
    page.goto(f"{address}/systems/portal-2")
    assert key not in page.content()
    assert "whsec_" not in page.content()
    in_vietnamese_and_english(page, address, place, "system")
    page.goto(f"{address}/systems/")
    in_vietnamese_and_english(page, address, place, "systems")
    page.goto(f"{address}/systems/portal-2")
    page.locator("details[id^=ask-revoke] summary").click()
    assert findings(page) == []
    page.locator("details[id^=ask-revoke] button").click()
    page.wait_for_selector("text=revoked")
    file = served.pages.parts.systems
    assert file is not None
    assert file.register.key_of(key) is None
