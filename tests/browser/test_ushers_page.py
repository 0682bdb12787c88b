"""The usher's tablet, the page that stops the hall, and the list on paper, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from protocol import commands as c
from protocol.configuration import Reason
from protocol.views import (
    HallKiosk,
    HallPrintOrder,
    HelpCall,
    PrintOrderState,
)
from queue_server.web.usher_prints_page import MARKS
from tests.browser.conftest import Served, keep, live
from tests.integration.web.test_stopping import EMERGENCIES
from tests.support.boards import stopped
from tests.support.paper_answers import answer
from tests.support.paper_hall import NOW, hall_view, words

pytestmark = pytest.mark.browser

REASONS = (
    Reason(reason_id="wrong_button", names=words("Bấm nhầm trên máy", "Wrong button"), uses=("mend",)),
    Reason(reason_id="went_away", names=words("Người dân xin về", "Leaves"), uses=("cancel",)),
)
TOUCH_PX = 44


def furnished(served: Served) -> None:
    call = HelpCall(function_id="kiosk-1", name="Máy lấy số cửa chính", since_at=NOW)
    hall = hall_view()
    reasons = (*hall.reasons, *REASONS)
    view = msgspec.structs.replace(hall, help_calls=(call,), reasons=reasons, emergencies=EMERGENCIES)
    served.pages.hall.publish("hall", view)
    served.pages.hall.answer = answer


KIOSKS = (
    HallKiosk(function_id="kiosk-1", name="Máy lấy số cửa chính", state="out", reason="paper_out"),
    HallKiosk(function_id="kiosk-2", name="Máy lấy số cửa bên", state="ok", reason=""),
    HallKiosk(function_id="kiosk-3", name="Máy lấy số tầng 2", state="gone", reason="silent"),
)


OLDER: tuple[tuple[int, PrintOrderState], ...] = ((31, "uncertain"), (30, "expired"))


def printing(
    served: Served, state: PrintOrderState, reason: str = "", *, more: tuple[HallPrintOrder, ...] = ()
) -> None:
    """Let the hall tell how the paper goes that was ordered last."""
    ordered = [command for _, command in served.pages.hall.asked if isinstance(command, c.PrintTicket)][-1]
    order = HallPrintOrder(
        order_id=ordered.order_id,
        visit_id=ordered.visit_id,
        prefix="H",
        number=47,
        function_id=ordered.kiosk_function_id,
        state=state,
        reason=reason,
        ordered_at=NOW,
    )
    view = msgspec.structs.replace(hall_view(), kiosks=KIOSKS, print_orders=(order, *more))
    served.pages.hall.publish("hall", view)


def small_targets(page: Page) -> list[str]:
    """Name what can be touched in the page and is lower than a fingertip."""
    script = """least => [...document.querySelectorAll("main a, main button, main select, main summary")]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < least)
        .map((one) => one.outerHTML.slice(0, 80))"""
    found: list[str] = page.evaluate(script, TOUCH_PX)
    return found


@pytest.mark.parametrize(("shape", "width", "height"), [("upright", 820, 1180), ("lying", 1180, 820)])
def test_an_usher_gives_mends_and_cancels_by_touch(
    served: Served, picture: Callable[[str], Path], shape: str, width: int, height: int
) -> None:
    furnished(served)
    page = served.visits.signed_in("hoa", "/usher/")
    page.set_viewport_size({"width": width, "height": height})
    live(page)
    expect(page.locator(".help-call")).to_contain_text("Máy lấy số cửa chính")
    assert small_targets(page) == []
    keep(page, picture(f"usher-{shape}"))
    page.locator("#give > summary").click()
    page.select_option("#service_id", "civil_status")
    page.get_by_role("button", name="Cấp số", exact=True).click()
    expect(page.locator(".usher-large")).to_have_attribute("aria-label", "H047")
    assert small_targets(page) == []
    keep(page, picture(f"usher-number-{shape}"))
    page.locator("form[action$=mend] #service_id").select_option("land")
    page.get_by_role("button", name="Lưu thay đổi").click()
    page.locator("#ask-cancel > summary").click()
    page.locator("#ask-cancel button").click()
    expect(page.locator(".usher-large")).to_be_visible()
    kinds = [type(command) for _, command in served.pages.hall.asked]
    asked = [command for _, command in served.pages.hall.asked]
    assert [kinds.count(kind) for kind in (c.TakeTicket, c.MendVisit, c.CancelVisit)] == [1, 1, 1]
    mended = next(command for command in asked if isinstance(command, c.MendVisit))
    assert (mended.service_id, mended.reason, mended.clerk_id) == ("land", "wrong_button", "hoa")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_number_is_printed_at_a_kiosk_and_what_became_of_it_is_seen_within_seconds(
    served: Served, picture: Callable[[str], Path], language: str
) -> None:
    served.pages.hall.answer = answer
    served.pages.hall.publish("hall", msgspec.structs.replace(hall_view(), kiosks=KIOSKS))
    page = served.visits.signed_in("hoa", "/usher/")
    address = served.visits.address
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": address}])
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto(f"{address}/usher/visits/{47:032x}")
    live(page)
    chosen = page.locator("#kiosk_function_id")
    expect(chosen).to_have_value("kiosk-1")
    assert page.locator("#kiosk_function_id option[disabled]").count() == 1, "one that is away cannot be chosen"
    chosen.select_option("kiosk-2")
    assert small_targets(page) == []
    print_now = page.locator("form[action$=print] button")
    print_now.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#kiosk_function_id')?.value === 'kiosk-2'")
    live(page)
    ordered = [command for _, command in served.pages.hall.asked if isinstance(command, c.PrintTicket)]
    assert [(one.kiosk_function_id, one.visit_id, one.clerk_id) for one in ordered] == [
        ("kiosk-2", f"{47:032x}", "hoa")
    ]
    stories: tuple[tuple[PrintOrderState, str], ...] = (("ordered", ""), ("held", "paper_out"), ("confirmed", ""))
    for state, reason in stories:
        printing(served, state, reason)
        page.wait_for_selector(f".print-{MARKS[state]}", timeout=3000)
        keep(page, picture(f"usher-print-{state}-{language}"))
    older = [
        HallPrintOrder(
            order_id=f"{number:032x}", visit_id=f"{number:032x}", prefix="H", number=number, function_id="kiosk-1",
            state=state, reason="", ordered_at=NOW,
        )
        for number, state in OLDER
    ]  # fmt: skip
    printing(served, "confirmed", more=tuple(older))
    page.goto(f"{address}/usher/")
    live(page)
    expect(page.locator(".usher-prints li")).to_have_count(3)
    assert small_targets(page) == []
    keep(page, picture(f"usher-prints-{language}"))


def test_a_call_for_help_is_there_within_three_seconds_and_answered(served: Served) -> None:
    served.pages.hall.answer = answer
    page = served.visits.signed_in("hoa", "/usher/")
    live(page)
    expect(page.locator(".help-call")).to_have_count(0)
    furnished(served)
    expect(page.locator(".help-call")).to_have_count(1, timeout=3000)
    page.locator(".help-call button").click()
    live(page)
    assert any(isinstance(command, c.AnswerHelp) for _, command in served.pages.hall.asked)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_hall_is_stopped_in_two_presses_and_the_list_is_printed(
    served: Served, picture: Callable[[str], Path], language: str
) -> None:
    furnished(served)
    page = served.visits.signed_in("boss", "/stop/")
    address = served.visits.address
    page.context.add_cookies([{"name": "motcua-language", "value": language, "url": address}])
    page.goto(f"{address}/stop/")
    keep(page, picture(f"stop-{language}"))
    page.locator(".stop-choice").first.click()
    expect(page.locator("h1[autofocus]")).to_be_focused()
    keep(page, picture(f"stop-confirm-{language}"))
    page.keyboard.press("Tab")
    expect(page.locator(".stop-now")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/stop/?done=1")
    assert [command for _, command in served.pages.hall.asked if isinstance(command, c.StopHall)] == [
        c.StopHall(function_id="staff-1", staff_role="manager", clerk_id="boss", emergency_id="fire")
    ]
    told = msgspec.structs.replace(hall_view(), stopped=stopped(), emergencies=EMERGENCIES)
    served.pages.hall.publish("hall", told)
    page.goto(f"{address}/stop/")
    keep(page, picture(f"stop-told-{language}"))
    page.goto(f"{address}/waiting/")
    expect(page.locator("#print")).to_be_visible()
    page.emulate_media(media="print")
    keep(page, picture(f"waiting-list-{language}"))
