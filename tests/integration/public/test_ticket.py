"""A ticket on the phone: what it shows in each state, what it refuses, and what it costs the server."""

import re
from datetime import timedelta
from itertools import count
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from presentation.texts import Texts
from protocol.commands import CancelVisit, FindVisit
from protocol.views import VisitFound
from queue_server.public.ticket_page import OVER_POLL_S
from queue_server.public.tickets import BURST_OF_ADDRESS, KEPT_S, Tickets
from tests.support.paper_hall import NOW, kiosk_view, words
from tests.support.public_pages import LINK, SECRET, VISIT_ID, Phones, called, services, ticket

HEX = "0123456789abcdef"


def shown(phones: Phones, *, lang: str = "vi") -> str:
    answer = phones.phone().get(f"/t/{LINK}?lang={lang}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    ("found", "key"),
    [
        (ticket("called", ahead=0, counter_number=3), "follow.called"),
        (ticket("in_service", ahead=0, counter_number=3), "follow.in_service"),
        (ticket("parked", ahead=0), "follow.parked"),
        (ticket("ended", ahead=0), "follow.ended"),
        (ticket("no_show", ahead=0), "follow.no_show"),
        (ticket("cancelled", ahead=0), "follow.cancelled"),
        (ticket("expired", ahead=0), "follow.expired"),
    ],
)
def test_each_state_says_what_to_do(phones: Phones, found: VisitFound, key: str, lang: str) -> None:
    phones.becomes(found)
    texts: Texts = phones.parts.texts
    counter = texts("common.counter", lang, counter=3)
    text = shown(phones, lang=lang)
    assert texts(key, lang, counter=counter) in text
    assert "<form" not in text, "only who waits can cancel"


def test_who_waits_sees_people_ahead_and_the_range(phones: Phones) -> None:
    text = shown(phones)
    for sentence in (
        "Trước quý vị còn 6 người",
        "Ước tính chờ 15–30 phút",
        "Hộ tịch: Đăng ký khai sinh",
        "Quầy phục vụ: 3, 4",
    ):
        assert sentence in text
    assert 'aria-label="H025"' in text
    assert "6 people ahead of you" in shown(phones, lang="en")
    assert 'data-state="waiting"' in text


def test_it_says_when_to_come(phones: Phones) -> None:
    phones.becomes(ticket(ahead=2))
    text = shown(phones)
    assert 'data-state="near"' in text
    assert phones.parts.texts("follow.come_now", "vi") in text


def test_the_language_is_the_tickets_own_until_another_is_chosen(phones: Phones) -> None:
    phones.becomes(ticket(language="en"))
    vietnamese = {"Accept-Language": "vi"}
    assert 'lang="en"' in phones.phone().get(f"/t/{LINK}", headers=vietnamese).text
    assert "Số của quý vị" in shown(phones, lang="vi")


def test_a_page_without_a_script_comes_again_by_itself(phones: Phones) -> None:
    refreshed = r'<noscript><meta http-equiv="refresh" content="20"></noscript>'
    assert re.search(refreshed, shown(phones))
    yesterday = NOW - timedelta(days=1)
    phones.becomes(ticket("ended", ahead=0, taken_at=yesterday))
    assert "refresh" not in shown(phones), "nothing follows the day's end"


@pytest.mark.parametrize("state", ["no_show", "ended"])
def test_a_number_that_may_be_brought_back_is_asked_about_for_the_whole_day(phones: Phones, state: str) -> None:
    """A clerk may bring back a no-show, and whoever fetches papers; the phone is to hear of the second call."""
    phones.becomes(ticket(state, ahead=0))
    assert f'data-poll="{OVER_POLL_S}"' in shown(phones)
    assert f'content="{OVER_POLL_S}"' in shown(phones), "nor does a page without a script stay behind"
    phones.becomes(ticket(state, ahead=0, taken_at=NOW - timedelta(days=1)))
    assert 'data-poll="0"' in shown(phones)


def test_another_language_keeps_what_the_page_was_asked_with(phones: Phones) -> None:
    text = phones.phone().get("/waits?service=civil_status&lang=vi").text
    assert 'href="?service=civil_status&amp;lang=en"' in text
    text = phones.phone().get("/procedures/?q=khai%20sinh&lang=vi&next=//elsewhere").text
    assert 'href="?q=khai+sinh&amp;next=%2F%2Felsewhere&amp;lang=en"' in text


def test_the_answer_to_a_form_can_be_read_in_another_language(phones: Phones) -> None:
    phones.refused = "visit_not_waiting"
    phones.becomes(called())
    assert 'href="?lang=en"' in phones.phone().post(f"/t/{LINK}/cancel").text
    answer = phones.phone().get(f"/t/{LINK}/cancel?lang=en")
    assert (answer.status_code, "Please go to Counter 3." in answer.text) == (200, True)
    assert phones.asked(CancelVisit) == 1


def test_looking_again_costs_nothing_while_nothing_changes(phones: Phones) -> None:
    phone = phones.phone()
    first = phone.get(f"/t/{LINK}/now")
    mark = {"If-None-Match": first.headers["ETag"]}
    second = phone.get(f"/t/{LINK}/now", headers=mark)
    assert (second.status_code, second.data) == (304, b"")
    assert second.headers["X-Hall-Time"] == "08:42"
    assert phones.asked(FindVisit) == 1, "the hall has not changed, so the server was not asked"
    phones.becomes(ticket(ahead=5))
    third = phone.get(f"/t/{LINK}/now", headers=mark)
    assert (third.status_code, "còn 5 người" in third.text) == (200, True)


def test_what_was_told_is_asked_again_after_some_seconds(phones: Phones) -> None:
    now_s = [100.0]
    tickets = Tickets(phones.parts.hall, lambda: now_s[0])
    for passed_s, asked in ((0, 1), (KEPT_S - 0.1, 1), (0.2, 2)):
        now_s[0] += passed_s
        assert isinstance(tickets.find(LINK, "phone"), VisitFound)
        assert phones.asked(FindVisit) == asked


def test_a_call_and_each_recall_make_the_phone_heard(phones: Phones) -> None:
    marks = []
    for found in (ticket(), called(), called(recalls=1), ticket("in_service", counter_number=3)):
        phones.becomes(found)
        marks += re.findall(r'data-alert="([^"]*)"', shown(phones))
    waiting, first, second, served = marks
    assert waiting == served == ""
    assert "" != first != second != ""


# --- Wrong links -----------------------------------------------------------------------------------------------------


def flipped(link: str) -> list[str]:
    """Give the link with each single bit of its id and its secret turned, and each sign made another."""
    hexes = [place for place, sign in enumerate(link) if sign != "-"]
    return [
        f"{link[:place]}{HEX[int(link[place], 16) ^ 1 << bit]}{link[place + 1 :]}"
        for place in hexes
        for bit in range(4)
    ]


def test_every_turned_bit_gets_the_same_answer(phones: Phones) -> None:
    links = flipped(LINK)
    assert len(set(links)) == 256
    garbage = ["0", "x" * 65, f"{VISIT_ID}-", f"{LINK}0", LINK.upper(), f"{VISIT_ID}-{SECRET[:-1]}é", f"-{SECRET}"]
    answers = set()
    phones.parts.tickets._now_s = map(float, count()).__next__  # Each question a second later: nobody is slowed.
    for place, link in enumerate([*links, *garbage]):
        phone = phones.phone()
        there = {"REMOTE_ADDR": f"192.0.2.{place // 100}"}
        for path in (f"/t/{link}", f"/t/{link}/now", f"/{link}"):
            answer = phone.get(path, environ_base=there)
            answers.add((answer.status_code, answer.data, str(sorted(answer.headers))))
        answer = phone.post(f"/t/{link}/cancel", environ_base=there)
        answers.add((answer.status_code, answer.data, str(sorted(answer.headers))))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert phones.found.visit.state == "waiting"


def test_each_wrong_link_is_asked_of_the_server_once_like_a_right_one(phones: Phones) -> None:
    """So the time it takes says nothing either: the server does the same work for each, see `test_old_links.py`."""
    for link in flipped(LINK)[::16]:
        before = phones.asked(FindVisit)
        phones.phone().get(f"/t/{link}")
        assert phones.asked(FindVisit) == before + 1


def test_who_guesses_is_slowed_and_nobody_else(phones: Phones) -> None:
    """A hall's phones share one address: those whose ticket is known go on, whatever one of them does."""
    phones.parts.tickets._now_s = lambda: 100.0  # Nothing of the budget comes back meanwhile.
    phone = phones.phone()
    assert phone.get(f"/t/{LINK}").status_code == 200
    wrong = [f"/t/{VISIT_ID}-{guess:032x}" for guess in range(BURST_OF_ADDRESS + 20)]
    guesses = [phone.get(path).status_code for path in wrong]
    assert set(guesses[: BURST_OF_ADDRESS - 1]) == {404}
    assert guesses[-1] == 429
    assert phone.post(f"{wrong[0]}/cancel").status_code == 429, "nor is there another door to guess at"
    phones.becomes(ticket(ahead=4))
    assert "còn 4 người" in phone.get(f"/t/{LINK}").text
    elsewhere = phone.get(f"/t/{VISIT_ID}-{1:032x}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 404, "another address has a budget of its own"


# --- Cancelling ------------------------------------------------------------------------------------------------------


def test_cancelling_is_confirmed_and_done_once(phones: Phones) -> None:
    phone = phones.phone()
    text = shown(phones)
    assert "Hủy số H025? Số đã hủy không lấy lại được." in text
    (action,) = re.findall(r'action="([^"]+)"', text)
    for _ in range(2):
        answer = phone.post(action)
        assert answer.status_code == 303
        assert "Số này đã được hủy." in phone.get(answer.headers["Location"]).text
    asked = [command for _, command in phones.hall.asked if isinstance(command, CancelVisit)]
    assert {(one.visit_id, one.secret, one.function_id) for one in asked} == {(VISIT_ID, SECRET, "public-1")}


def test_too_late_to_cancel_says_so_above_the_truth(phones: Phones) -> None:
    phones.refused = "visit_not_waiting"
    phone = phones.phone()
    phones.becomes(called())
    answer = phone.post(f"/t/{LINK}/cancel")
    assert answer.status_code == 409
    assert phones.parts.texts("follow.too_late_to_cancel", "vi") in answer.text
    assert 'data-state="called"' in answer.text


def test_a_form_of_somebody_elses_page_is_refused(phones: Phones) -> None:
    for origin in ("https://elsewhere.example", "null"):
        assert phones.phone().post(f"/t/{LINK}/cancel", headers={"Origin": origin}).status_code == 403
    assert phones.asked(CancelVisit) == 0
    ours = phones.phone().post(f"/t/{LINK}/cancel", headers={"Origin": "http://localhost"})
    assert ours.status_code == 303


# --- When the hall is away -------------------------------------------------------------------------------------------


def test_without_the_server_nothing_is_shown_as_true(phones: Phones) -> None:
    phones.hall.become("gone")
    answer = phones.phone().get(f"/t/{LINK}")
    assert answer.status_code == 503
    assert "H025" not in answer.text
    assert phones.phone().get("/well").status_code == 503
    phones.hall.become("up")
    assert phones.phone().get("/well").status_code == 204


def test_no_answer_is_no_ticket(phones: Phones) -> None:
    phones.hall.answer = lambda _: None
    assert phones.phone().get(f"/t/{LINK}").status_code == 503
    assert phones.phone().post(f"/t/{LINK}/cancel").status_code == 503


# --- Every answer ----------------------------------------------------------------------------------------------------


def test_headers_on_every_answer(phones: Phones) -> None:
    phone = phones.phone()
    paths = (f"/t/{LINK}", f"/t/{LINK}/now", "/t/wrong", "/nowhere/at/all", "/chime.wav", "/well")
    for path in paths:
        headers = phone.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in headers
    for path in paths[:4]:
        assert phone.get(path).headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_as_long_as_they_are_the_same(phones: Phones) -> None:
    phone = phones.phone()
    addresses = re.findall(r'(?:href|src)="(/files/[^"]+)"', shown(phones))
    assert {address.rpartition("/")[2] for address in addresses} == {"phone.css", "ask.js", "phone.js", "door.svg"}
    for address in addresses:
        assert "immutable" in phone.get(address).headers["Cache-Control"]
    older = addresses[0].split("/")[2]
    assert "max-age=60" in phone.get(addresses[0].replace(older, "0" * 12)).headers["Cache-Control"]
    assert phone.get("/files/0/../phone.py").status_code == 404
    assert phone.get(f"/files/{older}/nothing.css").status_code == 404


STORED = (
    '<script>alert("1")</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><script>alert(1)</script>",
    "{{7*7}}",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("payload", STORED)
def test_stored_text_is_never_markup(phones: Phones, payload: str) -> None:
    evil = words(payload, payload)
    open_for_all = replace(services()[0], names=evil)
    phones.hall.publish(
        "kiosk", replace(kiosk_view(), services=(open_for_all,), hotline=payload, names=evil, agency=evil)
    )
    for path in (f"/t/{LINK}", f"/t/{LINK}/now", f"/t/{LINK}?lang={quote(payload)}", "/t/wrong"):
        text = phones.phone().get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "49" not in re.sub(r"/files/[0-9a-f]+/", "", text).replace("{{7*7}}", "")
