"""A clerk gives a number to somebody without a card, in a real browser: where numbers are limited, and nowhere else."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect

from protocol import commands as c
from protocol.configuration import Reason
from protocol.views import AnyReply, KioskService, TicketTaken
from tests.browser.conftest import Served, keep, live
from tests.support.paper_hall import NOW, hall_view, kiosk_view, words

pytestmark = pytest.mark.browser

NO_CARD = Reason(reason_id="no_card", names=words("Không mang thẻ", "No card"), uses=("without_card",))


def limit(served: Served) -> None:
    """Let numbers of two services be limited per person from now on."""
    hall = hall_view()
    services = tuple(
        KioskService(
            service_id=one.service_id,
            prefix=one.prefix,
            names=one.names,
            hints={},
            icon="",
            state="open",
            waiting=0,
            estimate=None,
            counter_numbers=(),
            card_needed=one.service_id in {"civil_status", "land"},
        )
        for one in hall.services
    )
    served.pages.hall.publish("kiosk", msgspec.structs.replace(kiosk_view(), services=services))
    served.pages.hall.publish("hall", msgspec.structs.replace(hall, reasons=(*hall.reasons, NO_CARD)))


def taken(command: c.AnyCommand) -> AnyReply:
    assert isinstance(command, c.TakeTicket)
    return TicketTaken(
        visit_id=command.visit_id,
        prefix="L",
        number=7,
        service_id=command.service_id,
        priority_class_id=command.priority_class_id,
        procedure_code="",
        taken_at=NOW,
        ahead=0,
        estimate=None,
        counter_numbers=(),
    )


def test_a_number_is_given_for_a_reason_and_its_number_is_told(served: Served, picture: Callable[[str], Path]) -> None:
    page = served.console()
    expect(page.locator("[data-open=give]")).to_have_count(0)
    height = "document.querySelector('.side').scrollHeight"
    before_px = page.evaluate(height)
    limit(served)
    expect(page.locator("[data-open=give]")).to_be_visible()
    live(page)
    extent = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert extent == [1366, 768], "one key more leaves the console its shape"
    assert page.evaluate(height) == before_px
    served.pages.hall.answer = taken
    page.keyboard.press("n")
    live(page)
    page.locator("#dialog-give input[value=land]").check()
    keep(page, picture("console-give"))
    page.keyboard.press("1")
    expect(page.locator("#notice")).to_have_text("Đã cấp số L007. Vui lòng ghi số này cho người dân.")
    request_id, command = served.asked(1)[-1]
    assert command == c.TakeTicket(
        function_id="staff-1",
        staff_role="clerk",
        clerk_id="anh",
        visit_id=request_id,
        service_id="land",
        priority_class_id="usual",
        without_card="no_card",
    )
