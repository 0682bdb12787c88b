"""The pages of months: what is provisional, frozen, changed or late; cards, evaluations, the public results, files."""

import html
import io
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from protocol.commands import AnyCommand
from protocol.events import AnyEvent, ConfigurationChanged, DayOpened, RatingOpened
from protocol.inquiries import Inquiry, Step
from protocol.inquiry_events import InquiryOpened, InquiryStepped
from protocol.month_commands import CloseMonth, CorrectMonth, EvaluateClerk
from protocol.month_events import ClerkEvaluated, MonthCorrected
from protocol.views import Done, Refused
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.reporting.month_shelf import Shelf, path_of
from queue_server.reporting.month_snapshot import canonical, hash_of
from queue_server.reporting.month_tables import read_month
from queue_server.reporting.tables import REPORTS_FILE
from tests.support.logs import follow_log
from tests.support.month import MONTH, closing_of, evaluated_weeks, rated
from tests.support.paper_hall import furnish
from tests.support.web_pages import Pages, Visitor, staff_pages

NEXT = "2027-04"
POINTS = {"total_time": 2, "agency_time": 2, "contacts": 2, "agencies": 2, "one_stop": 2, "published": 1, "attitude": 2}
ALL_POINTS = {**POINTS, "answers": 1, "online": 1}


class Month:
    """The log of a hall in March 2027, and its pages before a hall on paper in April."""

    def __init__(self, folder: Path, pages: Pages) -> None:
        self.pages, self.state = pages, folder
        self.chance = random.Random(3)
        everything = evaluated_weeks(26)
        april = next(at for at, one in enumerate(everything) if isinstance(one, DayOpened) and one.day >= NEXT)
        self.march, self.april = list(everything[:april]), list(everything[april:])
        self.at: datetime = self.march[-1].at
        self.append(self.march)
        self.sent: list[AnyCommand] = []
        pages.hall.answer = self.answer
        pages.hall.at = self.april[0].at

    def answer(self, command: Any) -> Any:
        self.sent.append(command)
        return Done()

    def append(self, events: list[AnyEvent]) -> None:
        follow_log(self.state, events)
        with Journal(self.state / LOG_FILE) as journal:
            Shelf(self.state / REPORTS_FILE).complete(journal)

    def later(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def close(self) -> None:
        self.append([closing_of(self.state, MONTH, self.later())])

    def comes_late(self, count: int) -> None:
        self.at = self.april[0].at
        chosen = self.chance.sample([one for one in self.march if isinstance(one, RatingOpened)], count)
        self.append([self.april[0], *[rated(one, self.chance, "paper", self.later()) for one in chosen]])

    def correct(self) -> None:
        self.append([
            MonthCorrected(
                at=self.later(), month=MONTH, channel="paper", seq=10**6, reason="late_papers", clerk_id="boss"
            )
        ])  # fmt: skip

    @property
    def clerks(self) -> list[str]:
        return [one.key for one in read_month(self.state / REPORTS_FILE, MONTH).figures.clerks]


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        yield Month(tmp_path / "web", pages)


def seen(text: str) -> str:
    """What stands on a page, as one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def said(month: Month, key: str, **values: object) -> str:
    return month.pages.parts.texts(key, "vi", **values)


def test_an_open_month_is_provisional_and_closing_sends_what_is_seen(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    text = seen(boss.get(f"/months/report?month={MONTH}").text)
    assert said(month, "months.provisional_means") in text
    assert said(month, "months.close_button") in text
    answer = boss.post("/months/close", f"/months/report?month={MONTH}", month=MONTH)
    assert answer.status_code == 302
    figures = read_month(month.state / REPORTS_FILE, MONTH).figures
    (command,) = month.sent
    assert isinstance(command, CloseMonth)
    assert (command.month, command.seq, command.snapshot_hash, command.clerk_id) == (
        MONTH, figures.seq, hash_of(canonical(figures)), "boss",
    )  # fmt: skip
    text = seen(boss.get(answer.location).text)
    assert f"{said(month, 'months.done.closed')} {said(month, 'months.being_written')}" in text
    assert said(month, "months.provisional_means") not in text, "it says either, not both"
    assert said(month, "months.close_button") not in text


def test_a_refusal_stands_on_the_page_that_was_asked_from(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    month.pages.hall.answer = lambda _: Refused(code="month_behind")
    answer = boss.post("/months/close", f"/months/report?month={MONTH}", month=MONTH)
    assert answer.status_code == 409
    assert said(month, "refusal.month_behind") in seen(answer.text)


def test_a_closed_month_is_shown_from_its_snapshot_with_its_hash(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    before = seen(boss.get(f"/months/report?month={MONTH}").text)
    figures = re.search(r"Tại quầy ([\d.]+) ([\d.]+) ", before)
    assert figures
    month.close()
    text = seen(boss.get(f"/months/report?month={MONTH}").text)
    assert said(month, "months.from_snapshot") in text
    assert f"Tại quầy {figures[1]} {figures[2]} " in text
    assert said(month, "months.provisional_means") not in text
    assert said(month, "months.close_button") not in text
    home = seen(boss.get("/months/").text)
    assert said(month, "months.state_closed") in home
    assert "Phạm Quang Huy" in home


def test_a_changed_or_lost_snapshot_is_said_loudly_and_shows_no_figure(month: Month) -> None:
    month.close()
    boss = month.pages.signed_in("boss")
    path = path_of(month.state, MONTH)
    body = path.read_bytes()
    clerk = month.clerks[0]
    for state, spoil in (("changed", lambda: path.write_bytes(body + b" ")), ("missing", path.unlink)):
        spoil()
        for address in ("report?", "board?", f"card?clerk={clerk}&"):
            page = boss.get(f"/months/{address}month={MONTH}")
            assert page.status_code == 200
            assert said(month, f"months.alarm.{state}") in seen(page.text)
            assert "Tại quầy" not in seen(page.text)
        assert said(month, f"months.short_alarm.{state}") in seen(boss.get("/months/").text)
        for file in ("report.xlsx", "board.xlsx", "card.xlsx"):
            assert boss.get(f"/months/{file}?month={MONTH}").status_code == 404


def test_late_ratings_are_listed_taken_in_by_channel_and_stand_beside_the_frozen_ones(month: Month) -> None:
    month.close()
    month.comes_late(14)
    boss = month.pages.signed_in("boss")
    address = f"/months/report?month={MONTH}"
    text = seen(boss.get(address).text)
    assert said(month, "months.close_channel", channel="Phiếu lấy ý kiến", count=14) in text
    answer = boss.post(
        "/months/correct", address, month=MONTH, channel="paper", reason="late_papers", seq="500", request_id="a" * 32
    )
    assert answer.status_code == 302
    (command,) = month.sent
    assert isinstance(command, CorrectMonth)
    assert (command.channel, command.seq, command.reason) == ("paper", 500, "late_papers")
    month.correct()
    text = seen(boss.get(address).text)
    assert said(month, "months.from_snapshot") in text
    assert said(month, "months.with_corrections") in text
    assert said(month, "months.late_title") not in text
    april = seen(boss.get(f"/months/report?month={NEXT}").text)
    assert f"Phiếu lấy ý kiến – – – {said(month, 'months.off')}" in april


def test_a_correction_of_few_ratings_is_counted_and_not_told_of(month: Month) -> None:
    month.close()
    month.comes_late(3)
    month.correct()
    text = seen(month.pages.signed_in("boss").get(f"/months/report?month={MONTH}").text)
    assert said(month, "months.corrections_small", count=10) in text
    assert said(month, "months.with_corrections") not in text


def test_what_no_form_of_ours_sends_is_refused(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    page = f"/months/report?month={MONTH}"
    month.close()
    good = {"month": MONTH, "channel": "paper", "reason": "late_papers", "seq": "5"}
    for wrong in (
        {"channel": "gossip"},
        {"reason": "because"},
        {"seq": "x"},
        {"seq": "0"},
        {"seq": "9" * 15},
        {"seq": "²"},
    ):
        assert boss.post("/months/correct", page, **{**good, **wrong}).status_code == 400
    nothing = boss.post("/months/correct", page, **good)
    assert (nothing.status_code, said(month, "months.nothing_late") in seen(nothing.text)) == (409, True)
    assert boss.post("/months/close", page, month="2027-13").status_code == 404
    for address in ("report?month=2020-01", "report?month=x", "board?month=2020-01", "card?clerk=nobody"):
        assert boss.get(f"/months/{address}").status_code == 404
    assert month.sent == []


def test_a_clerk_sees_the_own_card_of_closed_months_alone(month: Month) -> None:
    anh = month.pages.signed_in("anh")
    assert said(month, "months.none_closed") in seen(anh.get("/months/own").text)
    assert anh.get(f"/months/own?month={MONTH}").status_code in {200, 404}
    assert "Tại quầy" not in seen(anh.get(f"/months/own?month={MONTH}").text)
    month.close()
    own = anh.get("/months/own")
    assert own.status_code == 200
    assert "Nguyễn Thị Ánh" in seen(own.text)
    for other in month.clerks:
        assert anh.get(f"/months/own?month={MONTH}&clerk={other}").text.count(f"{other}<") == 0
        assert anh.get(f"/months/card?month={MONTH}&clerk={other}").status_code == 403
    assert anh.get("/months/own?month=2027-04").status_code == 404
    file = anh.get(f"/months/own.xlsx?month={MONTH}&clerk={month.clerks[0]}")
    assert file.status_code == 200
    cells = [
        str(cell) for sheet in openpyxl.load_workbook(io.BytesIO(file.data)) for row in sheet.values for cell in row
    ]
    assert "anh" in cells
    assert not {*month.clerks} & {*cells}, "nobody else's"
    for wrong in ("2027-04", "2020-01", "x", ""):
        assert anh.get(f"/months/own.xlsx?month={wrong}").status_code == 404


def test_a_card_has_what_became_of_inquiries_and_of_appeals(month: Month) -> None:
    clerk = month.clerks[0]
    asked = Inquiry(
        inquiry_id="5" * 32,
        rated_day=f"{MONTH}-10",
        clerk_id=clerk,
        counter_id="counter-1",
        service_id="land",
        channel="keypad",
        level=4,
        reasons=(),
        answer_until=f"{MONTH}-17",
    )

    def step(kind: Any, day: int, by: str, finding: Any = "") -> InquiryStepped:
        taken = Step(kind=kind, day=f"{MONTH}-{day}", by=by, finding=finding, has_words=True)
        return InquiryStepped(at=month.later(), inquiry_id=asked.inquiry_id, step=taken)

    steps = (
        step("answered", 16, "boss", "holds"),
        step("appealed", 17, clerk),
        step("reviewed", 19, "head", "holds_not"),
    )
    month.append([InquiryOpened(at=month.later(), inquiry=asked), *steps])
    boss = month.pages.signed_in("boss")
    for page in ("card", "report"):
        shown = seen(boss.get(f"/months/{page}?month={MONTH}&clerk={clerk}").text)
        for label, text in (("in_time", "1 / 1"), ("held", "0 / 1"), ("appealed", "1"), ("changed", "1 / 1")):
            assert re.search(rf"{said(month, f'months.inquiry.{label}')}\s+{text}\s", shown), (page, label)
    other = seen(boss.get(f"/months/card?month={MONTH}&clerk={month.clerks[1]}").text)
    assert said(month, "months.inquiries") not in other, "nothing was asked about this one"
    book = openpyxl.load_workbook(io.BytesIO(boss.get(f"/months/report.xlsx?month={MONTH}").data))
    rows = list(book[said(month, "months.inquiries")].values)
    assert [row[:3] for row in rows[-2:]] == [("", 1, 1), (clerk, 1, 1)]


def test_somebody_else_evaluates_a_clerk_by_the_form_and_the_card_has_its_class(month: Month) -> None:
    boss, clerk = month.pages.signed_in("boss"), month.clerks[0]
    page = f"/months/evaluation?month={MONTH}&clerk={clerk}"
    form = boss.get(page).text
    assert form.count("<fieldset") == 9
    points = {f"points-{key}": str(value) for key, value in ALL_POINTS.items()}
    fields = {"month": MONTH, "clerk": clerk, "form": "nine-2018", "request_id": "b" * 32}
    assert boss.post("/months/evaluation", page, **fields, **points).status_code == 302
    (command,) = month.sent
    assert isinstance(command, EvaluateClerk)
    assert (command.evaluated_id, command.points, command.clerk_id) == (clerk, ALL_POINTS, "boss")
    month.append([
        ClerkEvaluated(
            at=month.later(), month=MONTH, evaluated_id=clerk, form_id="nine-2018", points=ALL_POINTS, clerk_id="boss"
        )
    ])  # fmt: skip
    card = seen(boss.get(f"/months/card?month={MONTH}&clerk={clerk}").text)
    assert said(month, "months.points_of", points=15, most=18) in card
    assert said(month, "months.class", name="Xuất sắc") in card
    assert boss.post("/months/evaluation", page, **fields, **{**points, "points-online": "3"}).status_code == 400
    for ghost in ("nobody", "", f"{clerk} "):
        assert boss.post("/months/evaluation", page, **{**fields, "clerk": ghost}, **points).status_code == 404
    assert len(month.sent) == 1
    inspector = month.pages.signed_in("inspector")
    card = inspector.get(f"/months/card?month={MONTH}&clerk={clerk}").text
    assert said(month, "months.class", name="Xuất sắc") in seen(card)
    assert "/months/evaluation" not in card


def test_the_form_says_why_it_cannot_be_filled_in(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    month.pages.hall.answer = lambda _: Refused(code="evaluation_points")
    page = f"/months/evaluation?month={MONTH}&clerk={month.clerks[0]}"
    fields = {"month": MONTH, "clerk": month.clerks[0], "form": "nine-2018", "points-contacts": "1"}
    answer = boss.post("/months/evaluation", page, **fields)
    assert answer.status_code == 409
    assert said(month, "refusal.evaluation_points") in seen(answer.text)
    assert re.search(r'name="points-contacts" value="1" required checked', answer.text)


def test_no_page_or_file_tells_of_fewer_ratings_than_the_least(month: Month) -> None:
    boss = month.pages.signed_in("boss")
    book = openpyxl.load_workbook(io.BytesIO(boss.get(f"/months/report.xlsx?month={MONTH}").data))
    ratings = book[said(month, "months.ratings")]
    heads = [cell.value for cell in ratings[1]]
    rated_at, satisfied_at = heads.index(said(month, "months.rated")), heads.index(said(month, "months.satisfied"))
    rows = [[cell.value for cell in row] for row in ratings.iter_rows(min_row=2)]
    assert rows
    assert any(row[rated_at] >= 10 for row in rows)
    for row in rows:
        assert (row[satisfied_at] is None) == (row[rated_at] < 10)
    figures = read_month(month.state / REPORTS_FILE, MONTH).figures
    whole = figures.whole.ratings[0]
    assert rows[0][rated_at : satisfied_at + 1] == [whole.rated, whole.satisfied]
    assert "Nguyễn" not in str(rows)
    definitions = book[said(month, "figures.definitions")]
    assert {"asked", "rated", "satisfied", "ended"} <= {row[0].value for row in definitions.iter_rows()}


def test_each_file_opens_again_and_says_what_it_is_of(month: Month) -> None:
    month.close()
    boss = month.pages.signed_in("boss")
    closing = read_month(month.state / REPORTS_FILE, MONTH).closing
    assert closing is not None
    for name in ("report", "board", "card"):
        answer = boss.get(f"/months/{name}.xlsx?month={MONTH}")
        assert answer.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        standing = {row[0].value: row[1].value for row in book[said(month, "months.standing")].iter_rows(min_row=2)}
        assert standing[said(month, "months.hash")] == closing.snapshot_hash
        assert standing[said(month, "months.month")] == "03/2027"


def test_before_there_are_figures_each_page_says_so(tmp_path: Path) -> None:
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        boss, anh = pages.signed_in("boss"), pages.signed_in("anh")
        sentence = pages.parts.texts("staff.no_reports", "vi")
        for path in ("", "report", "board", "card", "evaluation"):
            page = boss.get(f"/months/{path}")
            assert page.status_code == 404
            assert sentence in seen(page.text)
        assert sentence in seen(anh.get("/months/own").text)


def test_visitors_without_the_role_are_turned_away(month: Month) -> None:
    for clerk_id in ("hoa", "tech"):
        visitor: Visitor = month.pages.signed_in(clerk_id)
        for path in ("", "report", "board", "card", "own", "evaluation", "report.xlsx"):
            assert visitor.get(f"/months/{path}").status_code == 403
    inspector = month.pages.signed_in("inspector")
    assert inspector.post("/months/close", "/months/", month=MONTH).status_code == 403
    assert inspector.get("/months/evaluation").status_code == 403
    assert any(isinstance(one, ConfigurationChanged) for one in month.march)
