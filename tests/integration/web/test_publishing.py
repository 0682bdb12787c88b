"""The hall editor before a real server and its log: published at once, for the next day, taken back, and very large."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from protocol.codec import BODY_LIMIT_BYTES
from protocol.commands import FetchCatalogue, TakeTicket
from protocol.link import Link, LinkState, new_id, open_link
from protocol.views import CataloguePage, Envelope, KioskView, TicketTaken
from queue_server.config import MAIN, parse
from queue_server.web.accounts import Passwords
from queue_server.web.program import ACCOUNTS_FILE, Place, application
from tests.support.authenticators import Authenticators
from tests.support.served_branch import CONFIG, ServedBranch, function, until
from tests.support.web_pages import PASSWORD, Pages, Visitor

NEXT_BUSINESS_DAY = "2026-11-25T08:00:00+07:00"
"""The day between is a holiday of the ward."""
LAND = 'vi = "Đất đai, xây dựng"'


@dataclass
class Hall:
    """A server of its own, the pages before its log, a technician at a browser, and a kiosk."""

    branch: ServedBranch
    pages: Pages
    tech: Visitor
    kiosk: Link

    @property
    def view(self) -> KioskView:
        envelope = self.kiosk.last_view("kiosk")
        assert envelope is not None
        assert isinstance(envelope.view, KioskView)
        return envelope.view

    def offers(self, name: str) -> bool:
        """Tell whether the kiosk offers a service of this name."""
        return any(name in service.names.values() for service in self.view.services)

    def number(self) -> str:
        save = self.pages.parts.editing.drafts.last()
        return str(save.number if save else 0)

    def save(self, change: Callable[[str], str]) -> None:
        """Save the draft's main file, changed, as a technician does."""
        text = change(self.pages.parts.editing.draft().text)
        form = {"text": text, "file": MAIN, "begun_from": self.number()}
        assert self.tech.post("/editor/text", "/editor/text", **form).status_code == 302

    def publish(self, effective: str) -> TestResponse:
        """Press one of the two keys."""
        form = {"begun_from": self.number(), "effective": effective, "why": "thử"}
        return self.tech.post("/editor/publish", "/editor/", **form)

    def next_business_day(self) -> None:
        """Let the night pass: the server begins again in the morning of the next business day."""
        self.branch.stop()
        self.branch.options[1] = NEXT_BUSINESS_DAY
        self.branch.start()
        until(lambda: self.view.day == NEXT_BUSINESS_DAY[:10], "the kiosk does not see the next day")


@contextmanager
def served(folder: Path) -> Iterator[Hall]:
    with ServedBranch(folder) as branch:
        state = branch.pair("web", function("staff", "staff-1"))
        branch.pair("kiosk-1", function("kiosk", "kiosk-1"))
        phones = Authenticators(state / ACCOUNTS_FILE)
        place = Place(state, CONFIG, reports=branch.state / "reports.db")

        def open_pages_link(
            topics: Sequence[str], on_view: Callable[[str, Envelope], None], on_state: Callable[[LinkState], None]
        ) -> Link:
            return open_link(state, topics=topics, on_view=on_view, on_state=on_state)

        with (
            application(place, open_pages_link, Passwords(memory_kib=64, passes=1)) as (app, parts),
            branch.link("kiosk-1", topics=("kiosk",)) as kiosk,
        ):
            parts.accounts.add("tech", "Kỹ thuật viên", "technician")
            parts.accounts.choose_password("tech", PASSWORD)
            phones.set_up("tech")
            pages = Pages(app, parts, None, phones)  # type: ignore[arg-type]  # No hall on paper stands behind these.
            until(lambda: bool(parts.hall.function_id) and kiosk.last_view("kiosk") is not None, "nobody sees the hall")
            yield Hall(branch, pages, pages.signed_in("tech"), kiosk)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as ready:
        yield ready


def without_business(text: str) -> str:
    """Take a service out, with its procedures and the numbers that kiosks would give for it."""
    text = text.replace('"catalogue/ward.toml", ', "")
    tables = re.split(r"(?m)^(?=\[\[)", text)
    return "".join(one for one in tables if 'prefix = "K"' not in one)


def renamed(name: str) -> Callable[[str], str]:
    return lambda text: text.replace(LAND, f'vi = "{name}"')


def test_a_draft_is_published_at_once_unless_somebody_waits_for_what_goes(hall: Hall) -> None:
    hall.save(renamed("Địa chính"))
    assert not hall.offers("Địa chính"), "a draft changes nothing"
    assert hall.publish("now").status_code == 302
    until(lambda: hall.offers("Địa chính"), "the kiosk does not see what was published")
    home = hall.tech.get("/editor/").text
    assert hall.pages.parts.texts("editor.same_as_effective", "vi") in home
    assert parse(hall.pages.parts.editing.draft().effective).configuration_id == hall.view.configuration_id

    taken = hall.kiosk.ask_and_wait(
        TakeTicket(function_id="kiosk-1", visit_id=new_id(), service_id="business", priority_class_id="usual")
    )
    assert isinstance(taken, TicketTaken)
    hall.save(without_business)
    assert hall.pages.parts.editing.draft().mistakes == ()
    refused = hall.publish("now")
    assert refused.status_code == 409
    assert "business" in refused.text
    assert hall.pages.parts.texts("editor.stranded_offer", "vi") in refused.text
    assert hall.offers("Hộ kinh doanh")
    assert hall.publish("next_day").status_code == 302
    assert hall.offers("Hộ kinh doanh"), "today nothing changes"
    hall.next_business_day()
    until(lambda: not hall.offers("Hộ kinh doanh"), "the next day begins without it")


def test_what_was_published_for_the_next_day_is_taken_back(hall: Hall) -> None:
    hall.save(renamed("Địa chính"))
    assert hall.publish("next_day").status_code == 302
    coming = hall.pages.parts.editing.hall().coming
    assert coming is not None
    page = hall.tech.get("/editor/").text
    assert hall.pages.parts.texts("editor.take_back", "vi") in page
    assert hall.tech.post("/editor/take-back", "/editor/", seq=str(coming.seq)).status_code == 302
    assert hall.pages.parts.editing.hall().coming is None
    assert hall.tech.post("/editor/take-back", "/editor/", seq=str(coming.seq)).status_code == 409, "it is gone"
    assert hall.tech.get("/editor/versions").text.count(coming.configuration_id[:12]) >= 1, "and is not forgotten"
    hall.next_business_day()
    assert hall.offers("Đất đai, xây dựng")
    assert not hall.offers("Địa chính")
    whats = [one.what for one in hall.pages.parts.changes.before(about="", most=20)]
    assert {"hall_changes_next_day", "hall_change_taken_back"} <= set(whats)


def great_catalogue(count: int = 588) -> str:
    """Give as many procedures as a commune has, with the official names and papers of real ones."""
    official = re.findall(
        r'^name = "(.*)"$', (CONFIG / "catalogue" / "procedures.toml").read_text("utf-8"), re.MULTILINE
    )
    made = []
    for number, name in enumerate(official[:count]):
        made.append(
            f'[[procedures]]\ncode = "9.{number:06d}"\nservice_id = "guidance"\n'
            f'names = {{ vi = "Thủ tục số {number}", en = "Procedure {number}" }}\nofficial_name = "{name}"\n'
            'documents = ["Tờ khai theo mẫu", "Bản chính giấy tờ tùy thân còn giá trị sử dụng", "Giấy tờ chứng minh"]\n'
            'time = { vi = "Trong 5 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ", en = "5 working days" }\n'
        )
    assert len(made) == count
    return "\n".join(made)


def test_a_hall_with_the_great_catalogue_is_published_from_the_page(hall: Hall) -> None:
    catalogue = great_catalogue()
    sent = ("great.toml", catalogue.encode())
    answer = hall.tech.send_file("/editor/files", "/editor/text", "catalogue", sent, begun_from=hall.number())
    assert answer.status_code == 302
    draft = hall.pages.parts.editing.draft()
    assert draft.mistakes == ()
    assert sum(len(text.encode()) for text in draft.sources.values()) > BODY_LIMIT_BYTES
    assert hall.publish("now").status_code == 302
    until(lambda: hall.view.configuration_id == parse(draft.sources).configuration_id, "it is not effective")
    codes: set[str] = set()
    for page in range(hall.view.catalogue_pages):
        reply = hall.kiosk.ask_and_wait(FetchCatalogue(catalogue_hash=hall.view.catalogue_hash, page=page))
        assert isinstance(reply, CataloguePage)
        codes |= {one.code for one in reply.procedures}
    assert len(codes) == 588 + 175, "the kiosk finds all of them"
    assert hall.pages.parts.editing.draft().effective == draft.sources, "and the log holds what people read"
