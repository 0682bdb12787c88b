"""The pages of ballots before a hall on paper: what their forms ask, and what they show to whom."""

import html
from collections.abc import Iterator
from functools import partial

import msgspec
import pytest

from protocol import ballot_commands as bc
from protocol.ballot_views import BallotCounts, BallotKept
from protocol.ballots import written_code
from protocol.commands import AnyCommand
from protocol.link import new_id
from protocol.views import AnyReply, Refused
from tests.support.paper_ballots import BALLOTS, DRAW, answer, code, found
from tests.support.paper_hall import furnish
from tests.support.programs import staff
from tests.support.web_pages import Pages, Visitor


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("ballots")) as ready:
        yield ready


@pytest.fixture(scope="module")
def people(pages: Pages) -> dict[str, Visitor]:
    furnish(pages.hall)
    return {clerk_id: pages.signed_in(clerk_id) for clerk_id in ("boss", "hoa")}


@pytest.fixture
def boss(pages: Pages, people: dict[str, Visitor]) -> Visitor:
    pages.hall.become("up")
    furnish(pages.hall)
    pages.hall.answer = answer
    pages.hall.asked.clear()
    return people["boss"]


def acts(pages: Pages) -> list[tuple[str, AnyCommand]]:
    return [one for one in pages.hall.asked if not isinstance(one[1], bc.FetchBallots)]


def lines(*typed: tuple[str, str, str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for place, (ballot, level, reasons) in enumerate(typed):
        fields |= {f"code-{place}": ballot, f"answer-{place}": level, f"reasons-{place}": reasons}
    return fields


def test_the_page_tells_each_channel_apart_and_what_stands(pages: Pages, boss: Visitor) -> None:
    text = html.unescape(boss.get("/ballots/").text)
    spoken = pages.parts.texts.words("vi")
    for channel in ("paper", "surprise", "home"):
        assert spoken(f"rating.channel.{channel}") in text
    assert spoken("ballots.share", part=12, whole=31) in text
    assert "5e" * 32 in text, "whoever wants to check the sample has the hash of its seed"
    assert "Lê Thị Lan" not in text, "a list of ballots names nobody"


def test_ballots_are_drawn_by_the_forms_own_id_and_shown_as_a_sheet(pages: Pages, boss: Visitor) -> None:
    drawn = new_id()
    answered = boss.post("/ballots/draw", "/ballots/", request_id=drawn, kind="random", count="8")
    assert answered.headers["Location"] == f"/ballots/sheet?draw={drawn}"
    boss.post("/ballots/draw", "/ballots/", request_id=new_id(), kind="home", number="h012", count="8")
    boss.post("/ballots/draw", "/ballots/", request_id=new_id(), kind="blank", count="3")
    first, home, blank = (command for _, command in acts(pages))
    assert isinstance(first, bc.DrawBallots)
    assert isinstance(home, bc.DrawBallots)
    assert isinstance(blank, bc.DrawBallots)
    assert (first.draw_id, first.channel, first.count, first.clerk_id) == (drawn, "paper", 8, "boss")
    assert (home.channel, home.prefix, home.number, home.count) == ("home", "H", 12, 1)
    assert (blank.blank, blank.count) == (True, 3)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sheet_has_all_that_a_citizen_needs_and_no_name(pages: Pages, boss: Visitor, language: str) -> None:
    boss.client.set_cookie("motcua-language", language, domain="localhost")
    text = html.unescape(boss.get(f"/ballots/sheet?draw={DRAW}").text)
    boss.client.delete_cookie("motcua-language", domain="localhost")
    spoken = pages.parts.texts.words(language)
    for one in BALLOTS:
        assert written_code(one.code) in text
    for key in ("ballots.paper_title", "ballots.paper_drop", "ballots.paper_secret", "rating.question"):
        assert spoken(key) in text
    assert ("Signs of harassment" if language == "en" else "Có biểu hiện sách nhiễu") in text
    assert pages.parts.accounts.names()["anh"] not in text, "who is rated stands in the log, not on the paper"


def test_a_sheet_of_no_draw_is_not_found(boss: Visitor) -> None:
    assert boss.get("/ballots/sheet").headers["Location"] == "/ballots/"
    assert boss.get(f"/ballots/sheet?draw={'e' * 32}").status_code == 404


def test_lines_are_entered_one_by_one_and_what_is_wrong_stays_with_its_sentence(pages: Pages, boss: Visitor) -> None:
    def half(command: AnyCommand) -> AnyReply:
        if isinstance(command, bc.EnterBallot) and command.code == "wrong":
            return Refused(code="ballot_code_wrong", sentences={"vi": "Không phải mã phiếu."})
        return answer(command)

    pages.hall.answer = half
    good = written_code(code(25))
    shown = boss.post(
        "/ballots/entry", "/ballots/entry", request_id=new_id(),
        **lines((good, "4", "1, 3"), ("", "", ""), ("wrong", "1", ""), (good, "", "2")),
    )  # fmt: skip
    assert shown.status_code == 409
    entered = [command for _, command in acts(pages)]
    assert [(one.code, one.level, one.reasons) for one in entered if isinstance(one, bc.EnterBallot)] == [
        (good, 4, ("1", "3")),
        ("wrong", 1, ()),
    ]
    text = html.unescape(shown.text)
    assert "Không phải mã phiếu." in text
    assert 'value="wrong"' in text, "what was typed stays"
    assert pages.parts.texts("ballots.no_answer_typed", "vi") in text
    assert text.count(f">{good}<") == 1, "what was kept is told once"


def test_the_same_lines_sent_again_are_the_same_requests_and_a_mended_one_is_another(
    pages: Pages, boss: Visitor
) -> None:
    form_id = new_id()
    for level in ("4", "4", "3"):
        boss.post("/ballots/entry", "/ballots/entry", request_id=form_id, **lines((code(25), level, "")))
    first, again, mended = (request_id for request_id, _ in acts(pages))
    assert first == again
    assert mended != first


def test_a_line_without_an_answer_stops_the_others_and_keeps_its_form(pages: Pages, boss: Visitor) -> None:
    pages.hall.answer = lambda command: None if isinstance(command, bc.EnterBallot) else answer(command)
    form_id = new_id()
    shown = boss.post(
        "/ballots/entry", "/ballots/entry", request_id=form_id, **lines((code(25), "4", ""), (code(26), "1", ""))
    )
    assert len(acts(pages)) == 1, "nobody waits for the other lines too"
    assert pages.parts.texts("staff.unknown_done", "vi") in html.unescape(shown.text)
    assert f'name="request_id" value="{form_id}"' in shown.text, "sent again it is the same entry"
    assert f'value="{code(26)}"' in shown.text


def test_a_duplicate_is_told_as_such(pages: Pages, boss: Visitor) -> None:
    def twice(command: AnyCommand) -> AnyReply:
        if isinstance(command, bc.EnterBallot):
            return BallotKept(code=code(25), state="rated", flag="duplicate")
        return answer(command)

    pages.hall.answer = twice
    shown = boss.post("/ballots/entry", "/ballots/entry", request_id=new_id(), **lines((code(25), "4", "")))
    assert pages.parts.texts("ballots.flag_duplicate", "vi") in html.unescape(shown.text)


def test_differences_are_settled_with_the_paper_in_hand(pages: Pages, boss: Visitor) -> None:
    text = html.unescape(boss.get("/ballots/differences").text)
    assert "Chờ lâu, Thái độ chưa đúng mực" in text
    differing = next(one for one in BALLOTS if one.state == "differs")
    boss.post("/ballots/differences", "/ballots/differences", code=differing.code, level="4", reasons="1 2")
    ((_, command),) = acts(pages)
    assert isinstance(command, bc.SettleBallot)
    assert (command.code, command.level, command.reasons) == (differing.code, 4, ("1", "2"))


def test_a_campaign_that_can_draw_nobody_says_so(pages: Pages, boss: Visitor) -> None:
    full = (BallotCounts(channel="paper", drawn=1_500), BallotCounts(channel="surprise", drawn=500))
    for counts, is_told in ((full, True), (full[:1], False)):
        page = msgspec.structs.replace(found(), counts=counts)
        pages.hall.answer = partial(_always, page)
        assert ("đang có 2.000 phiếu" in html.unescape(boss.get("/ballots/").text)) is is_told


def test_a_campaign_is_planned_and_ended(pages: Pages, boss: Visitor) -> None:
    pages.hall.answer = lambda command: (
        found(campaign=None) if isinstance(command, bc.FetchBallots) else answer(command)
    )
    days = {"first_day": "24/11/2026", "last_day": "27/11/2026"}
    planned = new_id()
    done = boss.post("/ballots/campaign", "/ballots/", request_id=planned, share_percent="10", daily_most="5", **days)
    assert done.status_code == 302
    wrong = boss.post("/ballots/campaign", "/ballots/", share_percent="0", daily_most="5", **days)
    assert pages.parts.texts("ballots.wrong_campaign", "vi") in html.unescape(wrong.text)
    no_day = boss.post("/ballots/campaign", "/ballots/", first_day="32/11/2026", last_day="x")
    assert (no_day.status_code, pages.parts.texts("ballots.no_day", "vi") in html.unescape(no_day.text)) == (409, True)
    ((_, command),) = acts(pages)
    assert isinstance(command, bc.PlanCampaign)
    assert (command.campaign_id, command.first_day, command.share_percent) == (planned, "2026-11-24", 10)
    pages.hall.answer = answer
    boss.post("/ballots/campaign/end", "/ballots/", campaign_id="c" * 32)
    assert isinstance(acts(pages)[-1][1], bc.EndCampaign)


def test_ballots_are_handed_out_and_made_void(pages: Pages, boss: Visitor) -> None:
    boss.post("/ballots/handed", "/ballots/", codes=f"{code(25)} {code(26)}")
    boss.post("/ballots/void", "/ballots/", code=code(25), reason="lost")
    assert boss.post("/ballots/void", "/ballots/", code=code(25), reason="displeasing").status_code == 400
    handed, void = (command for _, command in acts(pages))
    assert isinstance(handed, bc.HandBallots)
    assert handed.codes == (code(25), code(26))
    assert isinstance(void, bc.VoidBallot)
    assert void.reason == "lost"


def test_an_usher_draws_and_enters_and_sees_no_campaigns_form(boss: Visitor, people: dict[str, Visitor]) -> None:
    assert boss.get("/ballots/").status_code == 200
    usher = people["hoa"]
    text = usher.get("/ballots/").text
    assert 'action="/ballots/draw"' in text
    assert 'action="/ballots/campaign/end"' not in text
    assert 'action="/ballots/void"' not in text
    assert usher.get("/ballots/differences").status_code == 403


def test_without_a_hall_the_pages_say_so(pages: Pages, boss: Visitor) -> None:
    pages.hall.answer = lambda _: None
    for path in ("/ballots/", "/ballots/entry", "/ballots/differences", f"/ballots/sheet?draw={DRAW}"):
        assert pages.parts.texts("staff.no_answer", "vi") in html.unescape(boss.get(path).text), path


def _always(reply: AnyReply, _command: AnyCommand) -> AnyReply:
    return reply
