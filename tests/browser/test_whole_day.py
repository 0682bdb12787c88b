"""A day of a hall, from the technician's first login to the ledger of the evening, told as its people live it.

Every program is a process of its own, as in `motcua demo`: queue server, figures, staff pages, public pages, kiosk,
board, and the agent with keypads and displays. Three clerks, a technician, an usher, a manager and citizens with phones
sit before browsers of their own. In the end the log accounts for every number, and nobody asked another machine.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from protocol import events as e
from protocol.link import pair
from queue_server.log import LOG_FILE
from tests.browser.conftest import live
from tests.browser.test_truth import press
from tests.browser.test_whole_hall import number_at, state
from tests.support.served_branch import until
from tests.support.slow_reading import Reading
from tests.support.story_hall import DESK, LOOKED_FOR_MS, PHONE, TABLET, StoryHall, story_hall

pytestmark = [pytest.mark.browser, pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(400)]

BEGINS_AT = datetime.fromisoformat("2026-11-23T08:04:00+07:00")
EVENING_AT = datetime.fromisoformat("2026-11-23T17:59:57+07:00")
DAY = "2026-11-23"
RATE = 2.0
"""So slow that nobody waits long enough for other counters to help, and the story is told in one order."""

OWN_PASSWORD = "lúa chín ngoài đồng xa"  # noqa: S105 -- an example, of no real account.
WIFI_NAME = "http://motcua.lan"
"""By this name phones on the hall's Wi-Fi find the public pages."""


@dataclass
class Day:
    """Who sits where, and who holds which number."""

    hall: StoryHall
    counters: dict[int, Page] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    visit_ids: dict[str, str] = field(default_factory=dict)

    def takes(self, who: str, service_id: str, class_id: str = "usual") -> str:
        """Let a citizen take a number at the kiosk."""
        number = self.hall.take_at_kiosk(service_id, class_id)
        self.numbers[who], self.visit_ids[who] = number, self.hall.kiosk.screen.value.visit_id
        return number


@pytest.fixture
def day(browser: Browser, tmp_path: Path) -> Iterator[Day]:
    with story_hall(browser, tmp_path, BEGINS_AT, RATE) as hall:
        expect.set_options(timeout=LOOKED_FOR_MS)
        yield Day(hall, passwords=dict(hall.hall.passwords))
    expect.set_options(timeout=None)


def test_a_whole_day(day: Day) -> None:
    technician = the_technician_begins(day)
    the_technician_pairs_a_board(day, technician)
    the_technician_makes_an_account_for_the_usher(day, technician)
    the_technician_lets_tickets_carry_an_address_from_today(technician, day)

    day.hall.hall.begin_the_day(day.hall.technician)
    manager = the_manager_watches(day)
    three_clerks_take_their_places(day)
    citizens_take_numbers_at_the_kiosk(day)
    the_usher_gives_one(day)
    phone = a_phone_follows_its_ticket(day)

    a_birth_begins_at_counter_3(day, manager)
    the_server_dies_and_all_find_each_other_again(day)
    the_birth_goes_on_to_the_next_service(day)
    one_citizen_goes_home_by_phone(day)
    the_phone_is_called_served_and_rates(day, phone)
    one_does_not_hear_and_comes_late(day)
    papers_are_missing_and_brought(day)
    one_never_comes(day)
    one_is_parked_and_sent_on_with_a_note(day)
    a_frail_citizen_is_called_out_of_order_and_help_comes(day)
    the_note_is_read_and_the_birth_is_done(day)
    a_clerk_rests_and_all_leave(day)

    the_evening_closes_the_day(day)
    lives = the_log_accounts_for_every_number(day)
    the_manager_reads_and_takes_home_the_figures(day, manager, lives)
    everybody_saw_it(day)
    nobody_asked_another_machine(day)


# --- Morning: the technician -----------------------------------------------------------------------------------------


def first_login(day: Day, who: str, page: Page) -> Page:
    """Log in with a one-time password, and choose one's own."""
    once = day.passwords[who]
    page.goto(f"{day.hall.staff}/login")
    page.fill("#username", who)
    page.fill("#password", once)
    page.keyboard.press("Enter")
    page.wait_for_url("**/password")
    page.fill("#old", once)
    page.fill("#new", OWN_PASSWORD)
    page.fill("#repeat", OWN_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/password"))
    return page


def sets_up_a_phone(day: Day, who: str, page: Page) -> None:
    """Teach one's phone the secret, and put the recovery codes away."""
    page.wait_for_url("**/second-factor")
    day.hall.phones.learn(who, page.locator(".factor code").inner_text())
    page.fill("#code", day.hall.phones.shown(who))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(8)
    page.get_by_role("link", name="Tôi đã cất các mã này").click()


def the_technician_begins(day: Day) -> Page:
    page = first_login(day, "technician", day.hall.windows.open())
    sets_up_a_phone(day, "technician", page)
    page.wait_for_url("**/devices/")
    live(page)
    devices = page.locator("#region-devices")
    for device_id in ("kiosk-1", "board-1", "agent", "web", "public"):
        expect(devices).to_contain_text(device_id)
    return page


def the_technician_pairs_a_board(day: Day, page: Page) -> None:
    page.fill("#device_id", "board-2")
    page.fill("#name", "Màn hình lối vào")
    page.select_option("#kind", "board")
    page.fill("#function_id", "board-2")
    page.fill("#zone_id", "hall")
    page.get_by_role("button", name="Tạo và lấy mã ghép").click()
    typed = page.locator("#pairing").input_value()
    pair(typed.split("'")[1], day.hall.hall.folder("board-2"))
    expect(page.locator("tr", has_text="board-2")).not_to_contain_text("Chờ ghép")


def the_technician_makes_an_account_for_the_usher(day: Day, page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Tài khoản").click()
    page.fill("#clerk_id", "huong")
    page.fill("#name", "Đỗ Thị Hương")
    page.select_option("#role", "usher")
    page.keyboard.press("Enter")
    day.passwords["huong"] = page.locator("#one-time").inner_text()


def the_technician_lets_tickets_carry_an_address_from_today(page: Page, day: Day) -> None:
    page.goto(f"{day.hall.staff}/editor/parts/ticket/")
    page.select_option("#hall-form select", "hall_page")
    page.fill("#hall-form [name$=base_address]", f"{WIFI_NAME}/t")
    page.locator("#hall-form button.main").click()
    page.wait_for_selector(".done")
    page.goto(f"{day.hall.staff}/editor/difference")
    expect(page.locator(".lines .changed, .lines .new")).not_to_have_count(0)
    page.goto(f"{day.hall.staff}/editor/")
    page.fill("#why", "Điện thoại trong sảnh mở được phiếu")
    page.locator("[value=now]").click()
    expect(page.locator(".plain-list")).to_contain_text("Điện thoại trong sảnh mở được phiếu")


# --- Morning: everybody takes their place ----------------------------------------------------------------------------


def the_manager_watches(day: Day) -> Page:
    page = first_login(day, "manager", day.hall.windows.open())
    sets_up_a_phone(day, "manager", page)
    page.wait_for_url("**/hall/")
    live(page)
    expect(page.locator("#region-hall h1")).to_have_text("Trung tâm Phục vụ hành chính công")
    return page


def three_clerks_take_their_places(day: Day) -> None:
    for number in (3, 5, 6):
        page = first_login(day, f"clerk{number}", day.hall.windows.open(TABLET if number == 6 else DESK))
        page.locator(f"form[action='/counters/counter-{number}/sign-in'] button").click()
        page.wait_for_url(f"**/counters/counter-{number}")
        state(page, "idle")
        day.counters[number] = page


def citizens_take_numbers_at_the_kiosk(day: Day) -> None:
    assert day.takes("parents", "civil_status") == "H001"
    assert day.takes("with a phone", "civil_status") == "H002"
    assert day.takes("in a hurry", "civil_status") == "H003"
    assert day.takes("frail", "civil_status") == "H004"
    assert day.takes("hard of hearing", "welfare", "elderly") == "X001"
    assert day.takes("new in town", "residence") == "Q001"
    assert day.takes("landowner", "land") == "L001"


def the_usher_gives_one(day: Day) -> None:
    page = first_login(day, "huong", day.hall.windows.open(TABLET))
    page.wait_for_url("**/usher/")
    live(page)
    page.locator("#give > summary").tap()
    page.select_option("#service_id", "results")
    page.get_by_role("button", name="Cấp số", exact=True).tap()
    expect(page.locator(".usher-large")).to_have_attribute("aria-label", "R001")
    day.numbers["gone again"] = "R001"


def opens_on_a_phone(day: Day, who: str) -> Page:
    """Scan a ticket's code with a phone in the hall's Wi-Fi, where its name leads to the public pages."""
    link = day.hall.link_on_paper(day.visit_ids[who])
    assert link.startswith(f"{WIFI_NAME}/t/"), "tickets carry the address since this morning"
    page = day.hall.windows.open(PHONE)
    page.goto(link.replace(WIFI_NAME, day.hall.public))
    expect(page.locator("h1.number")).to_have_attribute("aria-label", day.numbers[who])
    return page


def looks(phone: Page) -> None:
    """Wake a phone, whose page then asks at once."""
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def a_phone_follows_its_ticket(day: Day) -> Page:
    phone = opens_on_a_phone(day, "with a phone")
    expect(phone.locator(".headline")).to_contain_text("1 người")
    phone.get_by_role("button", name="Báo tôi khi đến lượt").tap()
    return phone


# --- The work --------------------------------------------------------------------------------------------------------


def a_birth_begins_at_counter_3(day: Day, manager: Page) -> None:
    """Birth, residence and health card under one number: three clerks in turn."""
    page = day.counters[3]
    press(page, "Space")
    state(page, "called")
    assert number_at(page) == "H001"
    assert day.hall.displays[3].wait(lambda text: text == "H001", 10), "the display over the counter shows it"
    press(page, "r", "Enter")
    state(page, "serving")
    press(page, "l", "1")
    expect(page.locator(".facts")).to_contain_text("Cư trú, căn cước rồi Bảo trợ xã hội, người có công")
    expect(manager.locator("#region-hall tr", has_text="H001")).to_contain_text("Cán bộ quầy 3")


def the_server_dies_and_all_find_each_other_again(day: Day) -> None:
    day.hall.kill_server()
    for page in day.counters.values():
        expect(page.locator("#banner")).to_be_visible()
    day.hall.wait_for_server()
    for page in day.counters.values():
        expect(page.locator("#banner")).to_be_hidden()
    state(day.counters[3], "serving")
    assert number_at(day.counters[3]) == "H001"
    expect(day.counters[3].locator(".facts")).to_contain_text("rồi Bảo trợ xã hội")
    told = day.hall.windows.complaints
    assert all("503" in one and "/t/" in one for one in told), "only the phone may have asked in vain meanwhile"
    told.clear()


def the_birth_goes_on_to_the_next_service(day: Day) -> None:
    press(day.counters[3], "Enter", "1")
    state(day.counters[3], "idle")
    page = day.counters[6]
    expect(page.locator(".next-number").first).to_have_text("H001")
    serve(page, "H001", "1")


def one_citizen_goes_home_by_phone(day: Day) -> None:
    phone = opens_on_a_phone(day, "in a hurry")
    phone.locator("#leave summary").tap()
    phone.get_by_role("button", name="Hủy số H003").tap()
    phone.wait_for_selector("[data-state=cancelled]")
    expect(waiting_at(day.counters[3], "H003")).to_have_count(0)


def the_phone_is_called_served_and_rates(day: Day, phone: Page) -> None:
    page = day.counters[3]
    looks(phone)
    phone.wait_for_selector("[data-state=near]")
    press(page, "Space")
    state(page, "called")
    looks(phone)
    phone.wait_for_selector("[data-state=called]")
    expect(phone.locator(".headline")).to_have_text("Mời quý vị đến Quầy 3.")
    press(page, "Enter")
    state(page, "serving")
    press(page, "Enter", "1")
    state(page, "idle")
    day.hall.press_rating(3, "1")
    rated = day.visit_ids["with a phone"]  # The press is kept; it counts once the question is shut.
    day.hall.until_log(lambda one: isinstance(one, e.RatingPressed) and one.visit_id == rated, "no press came")
    looks(phone)
    phone.wait_for_selector("[data-state=ended]")


def one_does_not_hear_and_comes_late(day: Day) -> None:
    page = day.counters[5]
    press(page, "Space")
    state(page, "called")
    assert number_at(page) == "X001"
    press(page, "r", "v", "v")
    state(page, "idle")
    press(page, "1", "2")
    expect(page.locator("#notice")).to_be_hidden()
    expect(waiting_at(page, "X001")).to_have_count(1)


def papers_are_missing_and_brought(day: Day) -> None:
    page = day.counters[5]
    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == "X001"
    press(page, "Enter", "h", "4")
    state(page, "idle")
    expect(page.locator(".chip")).to_contain_text("X001")
    press(page, "1", "1")
    serve(page, "X001", "1")


def one_never_comes(day: Day) -> None:
    page = day.counters[5]
    choose(page, "R001", "1")
    press(page, "v", "v")
    state(page, "idle")


def one_is_parked_and_sent_on_with_a_note(day: Day) -> None:
    page = day.counters[6]
    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == "Q001"
    press(page, "p")
    state(page, "idle")
    press(page, "1")
    state(page, "called")
    page.locator("#key-T").tap()
    page.locator("input[name=service_id][value=civil_status]").check()
    page.fill("#transfer-note", "Đã có bản sao <giấy khai sinh>")
    live(page)
    page.locator("#dialog-transfer button[type=submit]").tap()
    state(page, "idle")


def a_frail_citizen_is_called_out_of_order_and_help_comes(day: Day) -> None:
    page, colleague = day.counters[3], day.counters[5]
    choose(page, "H004", "2")
    press(page, "Enter")
    state(page, "serving")
    press(page, "k", "1")
    expect(colleague.locator(".help-call")).to_contain_text("Quầy 3")
    press(colleague, "g")
    expect(page.locator("#more-K")).to_contain_text("đang đến")
    press(page, "k", "Enter", "3")
    state(page, "idle")
    expect(colleague.locator(".help-call")).to_have_count(0)


def the_note_is_read_and_the_birth_is_done(day: Day) -> None:
    page = day.counters[3]
    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == "Q001"
    expect(page.locator(".colleague-note")).to_have_text("Đã có bản sao <giấy khai sinh>")
    press(page, "Enter", "1")
    state(page, "idle")
    serve(day.counters[5], "H001", "1")


def a_clerk_rests_and_all_leave(day: Day) -> None:
    page = day.counters[6]
    press(page, "b", "1")
    state(page, "paused")
    press(page, "b")
    state(page, "idle")
    for one in day.counters.values():
        press(one, "x")
        one.keyboard.press("x")
        one.wait_for_url("**/counters/")


def serve(page: Page, number: str, outcome_key: str) -> None:
    """Call who is next, serve, and end."""
    press(page, "Space", "Enter")
    state(page, "serving")
    assert number_at(page) == number
    press(page, "Enter", outcome_key)
    state(page, "idle")


def choose(page: Page, number: str, reason_key: str) -> None:
    """Call a chosen number, with a reason."""
    press(page, "c")
    page.keyboard.insert_text(number)
    page.keyboard.press("Enter")
    page.keyboard.press(reason_key)
    state(page, "called")
    assert number_at(page) == number


def waiting_at(page: Page, number: str) -> Locator:
    """Find a number among the next ones of a counter."""
    return page.locator(".next-number", has_text=number)


# --- Evening ---------------------------------------------------------------------------------------------------------


def the_evening_closes_the_day(day: Day) -> None:
    day.hall.goes_on_at(EVENING_AT)
    day.hall.until_log(lambda event: isinstance(event, e.DayClosed), "nobody closed the day")


LIVES = {
    "H001": "taken called recalled started planned ended continued called started ended continued called started ended",
    "H002": "taken called started ended rated",
    "H003": "taken cancelled",
    "H004": "taken called started ended",
    "X001": "taken called recalled marked_no_show reinstated called started ended reinstated called started ended",
    "R001": "taken called marked_no_show",
    "Q001": "taken called started parked called transferred called started ended",
    "L001": "taken expired",
}
"""What became of each number, in the order of the log: the story above, told by the log's own events."""

OUTCOMES = {"received": 6, "guided": 1, "papers_missing": 1}
NOT_OF_A_LIFE = (e.TicketReported, e.CallLeftUnsaid, e.RatingOpened, e.RatingPressed, e.RatingClosed)


def short(event: e.AnyEvent) -> str:
    """Write what happened to a visit in a word or two: `VisitMarkedNoShow` is `marked_no_show`."""
    words = re.findall("[A-Z][a-z]+", type(event).__name__.removeprefix("Visit").removeprefix("Service"))
    return "_".join(words).lower().removeprefix("s_")


def the_log_accounts_for_every_number(day: Day) -> dict[str, list[str]]:
    lives: dict[str, list[str]] = {}
    number_of: dict[str, str] = {}
    outcomes: Counter[str] = Counter()
    for event in day.hall.events():
        if isinstance(event, e.VisitTaken):
            number_of[event.visit_id] = f"{event.prefix}{event.number:03d}"
        visit_id = getattr(event, "visit_id", "")
        if visit_id and not isinstance(event, NOT_OF_A_LIFE):
            lives.setdefault(number_of[visit_id], []).append(short(event))
        if isinstance(event, e.ServiceEnded):
            outcomes[event.outcome] += 1
    assert {number: " ".join(life) for number, life in lives.items()} == LIVES
    assert set(day.numbers.values()) == lives.keys()
    assert outcomes == OUTCOMES
    chosen = [event for event in day.hall.events() if isinstance(event, e.VisitCalled) and event.clause == "chosen"]
    assert [event.reason for event in chosen] == ["asked_by_usher", "frail"]
    return lives


def the_manager_reads_and_takes_home_the_figures(day: Day, page: Page, lives: dict[str, list[str]]) -> None:
    """What the page shows, the files say, and a slow reading of the log counts, is what happened."""
    figures = page.locator(".figures dd")

    def is_closed() -> bool:
        page.goto(f"{day.hall.staff}/reports/day?date={DAY}")
        return page.locator(".pill.quiet", has_text="Đang đóng cửa").count() == 1

    until(is_closed, "the report never said that the day is over")
    assert figures.all_inner_texts() == [str(one) for one in (len(lives), 5, 0, 1, 2, 0)]
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    whole = next(row for row in rows if not row["service_id"])
    assert {key: int(whole[key]) for key in ("taken", "served", "no_show", "cancelled", "expired")} == {
        "taken": 8,
        "served": 5,
        "no_show": 1,
        "cancelled": 1,
        "expired": 1,
    }
    page.goto(f"{day.hall.staff}/figures/?from={DAY}&to={DAY}&by=clerk&group=order")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"clerk3", "clerk5", "clerk6"} <= cells
    assert "Cán bộ quầy 3" not in cells, "a file goes to others: in it a clerk is an id"
    read = Reading(day.hall.hall.folder("server") / LOG_FILE).figures(DAY, DAY, None, {})[""]
    calls = [step for life in lives.values() for step in life].count("called")
    assert (read["taken"], read["calls"], read["ended"], read["outcomes"]) == (8, calls, 8, OUTCOMES)
    expect(page.locator("#figures-table tfoot")).to_contain_text(str(calls))


# --- What others saw -------------------------------------------------------------------------------------------------


def everybody_saw_it(day: Day) -> None:
    """The board showed each call, the display over each counter its own, the keypad's press was taken."""
    called = [event for event in day.hall.events() if isinstance(event, e.VisitCalled)]
    ids = {one.call_id for one in called}
    until(
        lambda: ids <= {one.call_id for one in day.hall.notes.sightings.calls}, "the board has not shown every call", 2
    )
    assert [(one.counter_number, one.level) for one in day.hall.notes.sightings.presses] == [(3, 1)]


def nobody_asked_another_machine(day: Day) -> None:
    windows, ours = day.hall.windows, (day.hall.staff, day.hall.public)
    assert len(windows.contexts) == 8, "three clerks, a technician, an usher, a manager, two phones"
    assert len(windows.asked) > 100
    assert windows.strangers(ours) == []
    assert windows.complaints == []
