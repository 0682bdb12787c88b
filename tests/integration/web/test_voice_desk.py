"""A voice looked up by its code at the desk: what a phone would tell, to the roles that sit there, and few guesses."""

import html
import re
from collections.abc import Iterator

import pytest

from protocol import voice_commands as vc
from protocol.ballots import CODE_SIGNS, checked_code, written_code
from protocol.commands import AnyCommand
from protocol.views import AnyReply, Done, Refused
from queue_server.web.tries import TRIES_TOGETHER
from tests.support import paper_voices
from tests.support.paper_hall import furnish
from tests.support.paper_voices import ANSWER, CODE, TEXT
from tests.support.programs import staff
from tests.support.web_pages import Pages

FREE = checked_code("2" * CODE_SIGNS)
"""A code that could be one, and is none."""


@pytest.fixture
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with staff(tmp_path_factory.mktemp("desk")) as ready:
        furnish(ready.hall)
        ready.hall.answer = answer
        yield ready


def answer(command: AnyCommand) -> AnyReply:
    return paper_voices.answer(command) if isinstance(command, vc.VoiceCommand | vc.VoiceQuestion) else Done()


def followed(pages: Pages) -> list[vc.FollowVoice]:
    return [command for _, command in pages.hall.asked if isinstance(command, vc.FollowVoice)]


@pytest.mark.parametrize("who", ["hoa", "lan", "boss"])
@pytest.mark.parametrize("typed", [written_code(CODE), CODE.lower(), f"  {CODE} "])
def test_whoever_sits_at_the_desk_reads_out_what_the_code_tells(pages: Pages, who: str, typed: str) -> None:
    visitor = pages.signed_in(who)
    told = visitor.post("/voices/look", "/voices/look", code=typed)
    assert told.status_code == 200
    assert ANSWER in html.unescape(told.text)
    assert TEXT[:20] not in html.unescape(told.text), "what was written stays with whoever answers it"
    assert "no-store" in told.headers["Cache-Control"]
    (command,) = followed(pages)
    assert command.clerk_id == who


@pytest.mark.parametrize("typed", ["", "7K3QM", "H025", "x" * 400, written_code(CODE)[:-1] + "Z", "<script>"])
def test_a_slip_of_the_keyboard_is_no_question_to_the_server_and_no_guess(pages: Pages, typed: str) -> None:
    visitor = pages.signed_in("hoa")
    for _ in range(TRIES_TOGETHER + 3):
        wrong = visitor.post("/voices/look", "/voices/look", code=typed)
        assert (wrong.status_code, "<script>" in wrong.text.split("</head>")[1]) == (404, False)
    assert followed(pages) == []
    assert visitor.post("/voices/look", "/voices/look", code=CODE).status_code == 200


def test_whoever_guesses_has_to_wait(pages: Pages) -> None:
    visitor = pages.signed_in("hoa")
    answers = [visitor.post("/voices/look", "/voices/look", code=FREE).status_code for _ in range(TRIES_TOGETHER + 2)]
    assert answers == [404] * TRIES_TOGETHER + [429] * 2
    assert len(followed(pages)) == TRIES_TOGETHER
    assert pages.signed_in("lan").post("/voices/look", "/voices/look", code=CODE).status_code == 200, (
        "a colleague does not wait"
    )


def test_whom_it_is_about_is_sent_to_a_colleague(pages: Pages) -> None:
    pages.hall.answer = lambda command: (
        Refused(code="voice_own") if isinstance(command, vc.FollowVoice) else answer(command)
    )
    own = pages.signed_in("lan").post("/voices/look", "/voices/look", code=CODE)
    assert own.status_code == 409
    assert ANSWER not in html.unescape(own.text)


def test_without_the_server_it_says_so(pages: Pages) -> None:
    visitor = pages.signed_in("hoa")
    pages.hall.answer = lambda _: None
    assert visitor.post("/voices/look", "/voices/look", code=CODE).status_code == 503


def test_the_list_leads_there(pages: Pages) -> None:
    assert re.search(r'href="/voices/look"', pages.signed_in("hoa").get("/voices/").text)
    assert "/voices/look" not in pages.signed_in("inspector").get("/voices/").text
