"""The guide to a new hall, done by somebody who does what it says and nothing else; with the guide's pictures.

Links, buttons and fields are found by what stands on the page: a label that changes there has to change in the guide.
"""

import base64
import re
import socket
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from queue_server.web.program import ACCOUNTS_FILE
from tests.browser.conftest import ARGUMENTS, Visits, keep, live
from tests.support.authenticators import Authenticators
from tests.support.guides import Action, Item, english
from tests.support.new_hall import NewHall

OWN_PASSWORD = "cửa số tám mở lúc bảy giờ"  # noqa: S105 -- an example, of no real account.
TICKED = "☑"
PATIENCE_MS = 30_000


class Reader:
    """Somebody at a browser, with the guide beside it."""

    def __init__(self, page: Page, hall: NewHall, picture: Callable[[str], Path]) -> None:
        self.page = page
        self.hall = hall
        self.picture = picture
        self.phone = Authenticators(hall.folder / "web" / ACCOUNTS_FILE)
        self.noted: dict[str, str] = {}
        self.device = ""

    def do_item(self, item: Item) -> None:
        """Do a numbered line of the guide, once for each of its rows."""
        last_press = max((at for at, one in enumerate(item.actions) if one.kind == "press"), default=-1)
        for row in item.rows or [{}]:
            self.device = ""
            for at, action in enumerate(item.actions):
                if row and at == last_press:
                    for label, value in row.items():
                        if value:
                            self.write(label, value)
                self.do(action, row)

    def do(self, action: Action, row: Mapping[str, str]) -> None:
        """Do one thing."""
        match action.kind:
            case "follow":
                for name in action.what.split(" › "):
                    self.follow(name)
            case "press":
                self.press(action.what)
            case "write":
                self.write(action.what, action.value)
            case "see":
                self.see(action.what)
            case "at":
                self.device = row.get(action.what, action.what)
            case "do" if action.what == "⟨pairing line⟩":
                self.hall.pair(self.device, self.page.get_by_role("textbox", name="Gõ hoặc chép").input_value())
            case "do":
                self.hall.take(self.device, action.what)
            case "picture":
                self.settled()
                keep(self.page, self.picture(action.what))

    def settled(self) -> None:
        """Wait until a page that lives shows what is so, and takes presses."""
        if self.page.locator("[data-live]").count():
            live(self.page)

    def follow(self, name: str) -> None:
        """Follow a link by its words; a tab may have a count behind them."""
        said = re.compile(rf"^\s*{re.escape(name)}(\s+\d+)?\s*$")
        self.page.locator("nav a:visible, main a:visible").filter(has_text=said).first.click()

    def press(self, name: str) -> None:
        """Press what is a button, or looks like one, by its words or by the first of them."""
        self.settled()
        buttons = self.page.locator("button:visible, a.button:visible")
        whole = buttons.filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
        begun = buttons.filter(has=self.page.get_by_text(name, exact=True))
        whole.or_(begun).click()
        self.page.wait_for_load_state()
        if self.page.locator("#one-time").count():
            whose = self.page.locator(".meta-id").inner_text()
            self.noted[f"⟨one-time password of {whose}⟩"] = self.page.locator("#one-time").inner_text()

    def write(self, label: str, value: str) -> None:
        """Write or choose something in the field of a label; `A · B` is the field B in the group A."""
        said = self.meant(value)
        group, _, inner = label.partition(" · ")
        fieldset = self.page.locator("fieldset").filter(
            has=self.page.locator("legend", has_text=re.compile(rf"^\s*{re.escape(group)}\s*$"))
        )
        if inner:
            fieldset.get_by_label(inner, exact=True).fill(said)
        elif fieldset.count():
            for one in said.split(", "):
                _ending(fieldset.locator("label.tick"), one).locator("input").check()
        else:
            field = self.page.get_by_label(label, exact=True)
            match field.evaluate("it => it.type"):
                case "checkbox":
                    field.set_checked(said == TICKED)
                case "select-one":
                    field.select_option(_ending(field.locator("option"), said).get_attribute("value"))
                case _:
                    field.fill(said)

    def meant(self, value: str) -> str:
        """Give what is written where the guide names it only."""
        if value == "⟨one-time password⟩":
            return self.hall.one_time_password
        if value == "⟨own password⟩":
            return OWN_PASSWORD
        if value == "⟨code of the phone⟩":
            self.phone.learn("technician", self.page.locator(".factor-picture code").inner_text())
            return self.phone.shown("technician")
        return self.noted.get(value, value)

    def see(self, text: str) -> None:
        """See a text on the page, or on the device that the line of the guide has come to."""
        if self.device:
            self.hall.shows(self.device, text)
            return
        shown = "text => document.body.innerText.replace(/\\s+/g, '').includes(text)"
        self.page.wait_for_function(shown, arg=re.sub(r"\s+", "", text))


def _ending(choices: Locator, said: str) -> Locator:
    """Find a choice by its words, or by the id behind them."""
    return choices.filter(has_text=re.compile(rf"(^|·)\s*{re.escape(said)}\s*$"))


@pytest.mark.browser
@pytest.mark.picture
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_guide_leads_from_nothing_to_the_first_call(
    browser: Browser, tmp_path: Path, picture: Callable[[str], Path]
) -> None:
    guide = english()
    with NewHall(tmp_path / "hall") as hall:
        for line in guide.commands:
            hall.type(line)
        staff_pc = elsewhere(browser, hall, guide.address)
        visits = Visits(staff_pc, guide.address.rstrip("/"), Authenticators(tmp_path / "unused"))
        page = visits.page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(guide.address)
        reader = Reader(page, hall, picture)
        for item in guide.items:
            reader.do_item(item)
        visits.close()
        staff_pc.close()
        assert visits.complaints == []


def elsewhere(browser: Browser, hall: NewHall, address: str) -> Browser:
    """Open a browser that finds the branch PC by its name in the hall's network, through nginx and TLS.

    That the hall's authority vouches for this name is looked at by OpenSSL: Chromium reads authorities only from a
    store that other tests share, so it is told the one key of this hall's certificate, and takes no other.
    """
    assert hall.proxy is not None, "the guide has started nginx"
    name = address.removeprefix("https://").strip("/")
    with (
        socket.create_connection(("127.0.0.1", hall.proxy.staff), timeout=20) as plain,
        hall.proxy.trusting().wrap_socket(plain, server_hostname=name),
    ):
        pass
    certificate = hall.proxy.authority.with_name("hall.crt")
    key = ssl_words("x509", "-in", str(certificate), "-pubkey", "-noout")
    known = base64.b64encode(sha256(ssl_words("pkey", "-pubin", "-outform", "DER", given=key)).digest())
    more = (
        f"--host-resolver-rules=MAP {name}:443 127.0.0.1:{hall.proxy.staff}",
        f"--ignore-certificate-errors-spki-list={known.decode()}",
    )
    return browser.browser_type.launch(executable_path="/usr/bin/chromium", args=["--headless=new", *ARGUMENTS, *more])


def ssl_words(*words: str, given: bytes = b"") -> bytes:
    return subprocess.run(["/usr/bin/openssl", *words], input=given, check=True, capture_output=True, timeout=20).stdout
