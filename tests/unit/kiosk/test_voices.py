"""The suggestion box at the kiosk: written, sent once, its code told, and nothing of it left behind."""

from dataclasses import replace

import pytest

from kiosk.ticket import model as m
from kiosk.ticket.paper import code_content
from kiosk.ticket.voice_model import REACHED_LETTERS, VOICE_LETTERS, CodeTold, PrintCode, VoiceWriting
from kiosk.ticket.voicing import sentences
from protocol.configuration import TicketLink
from protocol.views import Done, Refused
from protocol.voice_commands import ReceiveVoice
from tests.support.kiosk_gallery import COMPLAINT, hall, keys_of, reviewed, told_the_code, written
from tests.support.kiosks import MONDAY_8, Scene, ward_texts, ward_view

SENT = "Ghế chờ ở sảnh bị gãy, sáng nay có cụ già ngã."


def asked(scene: Scene) -> ReceiveVoice:
    command = scene.last(m.Ask, "ReceiveVoice").command
    assert isinstance(command, ReceiveVoice)
    return command


def answer(scene: Scene, reply: Done | Refused | None) -> Scene:
    scene.happen(m.Replied(scene.last(m.Ask).request_id, reply))
    return scene


def on_screen(scene: Scene) -> str:
    """Give all that a page holds, fields and facts too."""
    return repr(scene.page.blocks)


def everything(scene: Scene) -> str:
    return repr(scene.state)


def test_from_a_kind_to_a_code_on_screen_and_paper() -> None:
    scene = reviewed(COMPLAINT)
    assert SENT in on_screen(scene)
    told_the_code(scene)
    command = asked(scene)
    assert (command.function_id, command.channel, command.kind_id) == ("kiosk-1", "kiosk", "complaint")
    assert (command.text, command.contact) == (SENT, "0912345678")
    assert scene.shown_number == "7K3QM-9WZ2D-X"
    assert "Trả lời chậm nhất ngày 30/11/2026." in scene.sentences
    assert scene.last(PrintCode).sent.code == "7K3QM-9WZ2D-X"
    scene.happen(CodeTold(command.voice_id, printed=True))
    assert "giữ kín mã" in scene.sentences


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("xin cảm ơn", "Xin cảm ơn"),
        ("một. hai? ba", "Một. Hai? Ba"),
        ("hòa, toán", "Hòa, toán"),
        ("  đã   chờ  ", "Đã chờ"),
        ("..,", ""),
        ("lúc", "Lúc"),
    ],
)
def test_what_is_typed_reads_as_people_write(typed: str, read: str) -> None:
    state = written(typed).state
    assert isinstance(state.screen, VoiceWriting)
    assert sentences(state.screen.typed.text) == read


def test_telex_writes_sentences_too() -> None:
    scene = hall().touch("voice", "voice_kind:praise", "method:telex", *keys_of("cans booj ddons tieeps."))
    assert "Cán bộ đón tiếp." in on_screen(scene)


def test_letters_have_an_end_and_say_so() -> None:
    scene = written("a" * (VOICE_LETTERS - 20))
    assert "Còn viết được 20 chữ cái." in scene.sentences
    scene.touch(*keys_of("b" * 40))
    assert isinstance(scene.state.screen, VoiceWriting)
    assert len(scene.state.screen.typed.text) == VOICE_LETTERS
    scene.touch("write_on", *keys_of("1" * (REACHED_LETTERS + 9)), "write_on", "send")
    assert (len(asked(scene).text), len(asked(scene).contact)) == (VOICE_LETTERS, REACHED_LETTERS)


def test_nothing_written_leads_nowhere() -> None:
    scene = hall().touch("voice", "voice_kind:complaint")
    assert "write_on" not in scene.actions
    assert scene.tap("write_on") == []
    assert scene.touch("type:space", "type:.").page.name == "voice_text"
    assert "write_on" not in scene.actions


def test_how_to_be_reached_may_be_left_out() -> None:
    assert asked(written(COMPLAINT).touch("write_on", "write_on", "send")).contact == ""


def test_back_leads_to_what_was_written() -> None:
    scene = reviewed(COMPLAINT).touch("back")
    assert (scene.page.name, "0912345678" in on_screen(scene)) == ("voice_contact", True)
    assert SENT in on_screen(scene.touch("back"))
    assert scene.touch("back").page.name == "voice_kinds"


@pytest.mark.parametrize("lost", ["no answer", "storage", "busy", "code lost"])
def test_a_lost_answer_is_no_word_of_the_server_and_the_next_try_is_the_same_voice(lost: str) -> None:
    scene = reviewed(COMPLAINT).touch("send")
    first = asked(scene)
    if lost == "code lost":
        answer(answer(scene, Done()), None)
    else:
        answer(scene, None if lost == "no answer" else Refused(code=lost))
    assert scene.page.name == "voice_unsent"
    assert "gửi lần nữa không bị tính hai lần" in scene.sentences
    told_the_code(scene)
    assert asked(scene) == first
    assert scene.shown_number == "7K3QM-9WZ2D-X"


def test_while_an_answer_is_awaited_no_second_touch_acts() -> None:
    scene = reviewed(COMPLAINT).touch("send")
    for action in ("send", "back", "start_again", "voice"):
        assert scene.tap(action) == [], action
    assert scene.count(m.Ask, "ReceiveVoice") == 1
    assert scene.later(1).page.name == "voice_sending"


def test_a_late_answer_to_who_has_left_changes_nothing() -> None:
    scene = answer(reviewed(COMPLAINT).touch("send"), None).touch("start_again")
    before = scene.page
    answer(scene, Done())
    assert scene.page == before


def test_a_refusal_is_said_with_the_other_ways() -> None:
    sentence = "Hôm nay đã nhận đủ."
    scene = answer(reviewed(COMPLAINT).touch("send"), Refused(code="too_many_voices", sentences={"vi": sentence}))
    assert (scene.page.name, sentence in scene.sentences) == ("voice_refused", True)
    assert "hòm góp ý" in scene.sentences


def test_without_the_server_the_box_is_shut_and_a_voice_under_way_is_not_called_sent() -> None:
    scene = reviewed(COMPLAINT)
    scene.happen(m.LinkChanged("gone"))
    scene.touch("send")
    assert (scene.page.name, scene.count(m.Ask, "ReceiveVoice")) == ("voice_unsent", 0)
    assert "voice" not in scene.touch("start_again").actions
    scene.happen(m.LinkChanged("up"))
    assert "voice" in scene.actions


@pytest.mark.parametrize("channels", [(), ("phone", "paper")])
def test_a_hall_without_a_box_at_its_kiosks_shows_none(channels: tuple[str, ...]) -> None:
    scene = hall(voice_channels=channels)
    assert "voice" not in scene.actions
    scene.tap("voice")
    assert scene.page.name == "services"


def test_it_is_open_when_the_hall_is_closed() -> None:
    assert hall(state="closed").touch("voice").page.name == "voice_kinds"


def test_of_one_kind_nobody_is_asked() -> None:
    assert hall(voice_kinds=ward_view().voice_kinds[:1]).touch("voice").page.name == "voice_text"


def test_who_goes_away_leaves_nothing_that_was_written() -> None:
    scene = reviewed(COMPLAINT)
    assert "0912345678" in everything(scene)
    scene.later(61)
    assert scene.page.name == "still_there"
    scene.later(31)
    assert scene.page.name == "services"
    for trace in ("0912345678", "cụ già", "cụ già".encode().hex()):
        assert trace not in everything(scene)


def test_pages_with_words_of_a_citizen_are_kept_by_nobody() -> None:
    scene = written(COMPLAINT)
    for action in ("write_on", "write_on", "send"):
        assert scene.page.is_private
        scene.touch(action)
    assert scene.page.is_private
    assert told_the_code(reviewed(COMPLAINT)).page.is_private
    assert not hall().page.is_private


@pytest.mark.parametrize(("language", "own"), [("vi", "MÃ"), ("en", "code")])
def test_the_paper_has_the_code_the_day_and_where_to_look_and_no_word_of_the_voice(language: str, own: str) -> None:
    sent = told_the_code(reviewed(COMPLAINT)).last(PrintCode).sent
    link = TicketLink(kind="public_page", base_address="https://motcua.example/t/")
    content = code_content(sent, language, ward_view(ticket_link=link), ward_texts(), MONDAY_8)
    assert (content.number_text, content.wait_text) == ("7K3QM-9WZ2D-X", "30/11/2026")
    assert content.qr_text == "https://motcua.example/voices/look"
    assert sent.code not in content.qr_text, "an address is no place for a code"
    assert own.casefold() in content.labels.your_number.casefold()
    assert "ghế" not in repr(content)
    at_desk = code_content(sent, language, ward_view(ticket_link=TicketLink()), ward_texts(), MONDAY_8)
    assert at_desk.qr_text is None
    assert at_desk.footer != content.footer


def test_what_becomes_of_another_paper_changes_nothing() -> None:
    scene = told_the_code(reviewed(COMPLAINT))
    before = scene.state
    scene.happen(CodeTold("0" * 32, printed=False))
    assert replace(scene.state, touched_real_s=before.touched_real_s) == before
