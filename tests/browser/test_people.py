"""Accounts in a real browser: a phone that scans, a technician who helps a clerk, pages that fit a tablet."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served
from tests.support.web_pages import PASSWORD

pytestmark = pytest.mark.browser

OWN = "một câu của riêng tôi"
PAGES = ("/people/", "/people/anh", "/changes", "/account", "/password", "/second-factor", "/second-factor?replace=1")


def log_in(served: Served, clerk_id: str, password: str) -> Page:
    page = served.visits.page()
    page.goto(f"{served.visits.address}/login")
    page.fill("#username", clerk_id)
    page.fill("#password", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))
    return page


def test_a_phone_scans_what_the_page_shows(served: Served) -> None:
    served.pages.parts.accounts.add("moi", "Người Mới", "technician")
    served.pages.parts.accounts.choose_password("moi", PASSWORD)
    page = log_in(served, "moi", PASSWORD)
    page.wait_for_url("**/second-factor")
    (scanned,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".qr").screenshot())))
    secret = page.locator(".factor code").inner_text().replace(" ", "")
    assert (
        scanned.text == f"otpauth://totp/M%E1%BB%99t%20c%E1%BB%ADa:moi?secret={secret}&issuer=M%E1%BB%99t%20c%E1%BB%ADa"
    )
    served.pages.phones.learn("moi", secret)
    page.wait_for_selector("#code:focus")
    page.keyboard.insert_text(served.pages.phones.shown("moi"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".recovery-codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("link", name="Tôi đã cất các mã này").click()
    page.wait_for_url("**/devices/")
    page = log_in(served, "moi", PASSWORD)
    page.wait_for_selector("#code:focus")  # A browser may give the focus after it has told that the page is there.
    page.keyboard.insert_text(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/devices/")


def test_a_technician_helps_a_clerk_who_forgot_the_password(served: Served) -> None:
    technician = served.visits.signed_in("tech", "/devices/")
    technician.get_by_role("navigation").get_by_role("link", name="Tài khoản").click()
    technician.locator("tr", has_text="Nguyễn Thị Ánh").get_by_role("link").click()
    technician.locator("#ask-reset_password summary").click()
    technician.locator("#ask-reset_password").get_by_role("button", name="Xác nhận").click()
    once = technician.locator("#one-time").inner_text()
    clerk = log_in(served, "anh", once)
    clerk.wait_for_url("**/password")
    clerk.fill("#old", once)
    clerk.fill("#new", OWN)
    clerk.fill("#repeat", OWN)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/counters/")
    technician.goto(f"{served.visits.address}/people/anh")  # Not again: a form that is sent again resets again.
    row = technician.locator("tr", has_text="127.0.0.1")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Đăng xuất ở đó").click()
    expect(technician.get_by_text("Không đăng nhập ở đâu.")).to_be_visible()
    clerk.reload()
    clerk.wait_for_url("**/login")


def test_the_pages_of_people_fit_and_speak_both_languages(served: Served) -> None:
    page = served.visits.signed_in("tech", "/people/")
    for language in ("vi", "en"):
        page.context.add_cookies([{"name": "motcua-language", "value": language, "url": served.visits.address}])
        for width, height in ((1366, 768), (820, 1180)):
            page.set_viewport_size({"width": width, "height": height})
            for path in PAGES:
                page.goto(f"{served.visits.address}{path}")
                assert page.locator("html").get_attribute("lang") == language
                beside = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert beside <= 0, f"{path} is {beside} px too wide at {width} px"
                assert not re.search(r"\b(account|people|changes)\.[a-z_]+", page.locator("main").inner_text())
