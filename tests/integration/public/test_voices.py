"""The suggestion box on a phone: one form without a script, one code, and one answer to whatever is no code."""

import html
import re

import pytest

from protocol.ballots import CODE_ALPHABET, written_code
from protocol.link import new_id
from protocol.voice_commands import FollowVoice, ReceiveVoice
from protocol.voices import TEXT_LETTERS
from queue_server.public.voice_box import FOLLOWED_OF_ADDRESS, SENT_OF_ADDRESS
from tests.support.public_pages import ANSWER_TOLD, VOICE_CODE, Phones, followed, ticket

TEXT = "Cán bộ yêu cầu nộp thêm giấy xác nhận tạm trú.\r\nTôi đã đi lại ba lần."
FORM = {"kind": "complaint", "text": TEXT, "contact": "0912 345 678", "number": "h025", "service": "land"}


def sent(phones: Phones) -> list[ReceiveVoice]:
    return [command for _, command in phones.hall.asked if isinstance(command, ReceiveVoice)]


def test_what_is_told_is_received_with_a_code_that_stands_in_no_address(phones: Phones) -> None:
    phone = phones.phone()
    page = phone.get("/voices/").text
    voice_id = re.findall(r'name="voice_id" value="([0-9a-f]{32})"', page)[0]
    answer = phone.post("/voices/", data={**FORM, "voice_id": voice_id})
    assert answer.status_code == 200
    assert written_code(VOICE_CODE) in answer.text
    assert "27/11/2026" in answer.text
    assert "hreflang" not in answer.text, "in another language the page would ask anew, and the code would be gone"
    assert 'http-equiv="refresh"' not in answer.text
    (command,) = sent(phones)
    assert (command.voice_id, command.channel, command.kind_id) == (voice_id, "phone", "complaint")
    assert (command.prefix, command.number, command.service_id) == ("H", 25, "land")
    assert (command.text, command.contact) == (TEXT.replace("\r\n", "\n"), "0912 345 678")
    assert (command.named, command.received_day, command.clerk_id) == ((), "", "")


def test_a_form_that_is_sent_again_is_the_same_voice(phones: Phones) -> None:
    phone, voice_id = phones.phone(), new_id()
    first, again = (phone.post("/voices/", data={**FORM, "voice_id": voice_id}) for _ in range(2))
    assert first.data == again.data
    assert list(phones.voices) == [voice_id]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "revenge"}, "chọn loại"),
        ({"text": " \r\n "}, "viết nội dung"),
        ({"text": "a" * (TEXT_LETTERS + 1)}, "dài quá"),
        ({"contact": "0" * 121}, "dài quá"),
        ({"number": "<b>"}, "Số thứ tự chưa đúng"),
    ],
)
def test_what_cannot_be_sent_stays_as_it_was_typed(phones: Phones, wrong: dict[str, str], told: str) -> None:
    voice_id = new_id()
    answer = phones.phone().post("/voices/", data={**FORM, "voice_id": voice_id, **wrong})
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    assert told in text
    assert f'value="{voice_id}"' in text, "mended it is still the same voice"
    assert "text" in wrong or "Tôi đã đi lại ba lần." in text
    assert sent(phones) == []


def test_other_words_under_the_same_id_are_told_and_sent_once_more_they_are_a_voice_of_their_own(
    phones: Phones,
) -> None:
    phones.voice_refused, voice_id = "voice_sent_before", new_id()
    answer = phones.phone().post("/voices/", data={**FORM, "voice_id": voice_id})
    text = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "đã được nhận, với nội dung khác" in text
    assert "Tôi đã đi lại ba lần." in text
    assert voice_id not in text
    assert re.search(r'name="voice_id" value="[0-9a-f]{32}"', text)


def test_two_thousand_letters_with_all_their_marks_and_lines_fit(phones: Phones) -> None:
    text = ("ễ" * 99 + "\r\n") * (TEXT_LETTERS // 100)
    answer = phones.phone().post("/voices/", data={**FORM, "voice_id": new_id(), "text": text})
    assert answer.status_code == 200
    assert sent(phones)[0].text == text.replace("\r\n", "\n").strip()


def test_a_form_longer_than_that_is_not_read(phones: Phones) -> None:
    assert phones.phone().post("/voices/", data={**FORM, "text": "a" * 40_000}).status_code == 413
    assert phones.phone().post("/voices/look", data={"code": "a" * 40_000}).status_code == 413
    assert phones.hall.asked == []


@pytest.mark.parametrize(
    ("refused", "status", "told"),
    [
        ("too_many_voices", 409, "gọi đường dây nóng"),
        ("voice_not_kept", 409, "chưa lưu được"),
        ("storage", 503, "gửi lại"),
        ("no_answer", 503, "gửi lại"),
    ],
)
def test_what_the_server_refuses_or_leaves_open_keeps_the_form_and_its_voice(
    phones: Phones, refused: str, status: int, told: str
) -> None:
    phones.voice_refused, voice_id = refused, new_id()
    answer = phones.phone().post("/voices/", data={**FORM, "voice_id": voice_id})
    text = html.unescape(answer.text)
    assert (answer.status_code, told in text) == (status, True)
    assert f'value="{voice_id}"' in text
    assert "Tôi đã đi lại ba lần." in text
    phones.voice_refused = ""
    assert written_code(VOICE_CODE) in phones.phone().post("/voices/", data={**FORM, "voice_id": voice_id}).text


def test_one_address_cannot_fill_the_register(phones: Phones) -> None:
    most = int(SENT_OF_ADDRESS[0])
    told = [phones.phone().post("/voices/", data={**FORM, "voice_id": new_id()}).status_code for _ in range(most + 1)]
    assert told == [200] * most + [429]
    other = phones.phone().post(
        "/voices/", data={**FORM, "voice_id": new_id()}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert other.status_code == 200
    a_day_later = most + 86_400 * SENT_OF_ADDRESS[1]
    assert a_day_later < 100, "what one address sends in a day is less than the register takes by phone"


@pytest.mark.parametrize(
    ("state", "told"),
    [("received", "đang phân công"), ("assigned", "Đang giải quyết"), ("answered", "Đã có trả lời"),
     ("closed", "kết thúc"), ("forwarded", "có thẩm quyền"), ("withdrawn", "Đã rút")],
)  # fmt: skip
def test_the_code_tells_how_far_it_has_come(phones: Phones, state: str, told: str) -> None:
    phones.voice = followed(state)  # type: ignore[arg-type]  # One of the states.
    typed = written_code(VOICE_CODE).lower()
    text = html.unescape(phones.phone().post("/voices/look", data={"code": typed}).text)
    assert told in text
    assert "16/11/2026" in text
    assert (ANSWER_TOLD in text) == (state in ("answered", "closed"))
    assert ("Đã quá ngày hẹn" in text) == (state in ("received", "assigned")), (
        "an answer that is owed is said to be late"
    )


def test_every_wrong_code_gets_the_same_answer_after_the_same_question(phones: Phones) -> None:
    right = VOICE_CODE
    other = {sign: CODE_ALPHABET[(CODE_ALPHABET.index(sign) + 1) % len(CODE_ALPHABET)] for sign in CODE_ALPHABET}
    wrong = [right[:place] + other[sign] + right[place + 1 :] for place, sign in enumerate(right)]
    answers = []
    for place, typed in enumerate([*wrong, "", "x", "0" * 400, "' OR 1=1 --", "\x00"]):
        before = len(phones.hall.asked)
        address = {"REMOTE_ADDR": f"10.0.1.{place}"}
        answers.append(phones.phone().post("/voices/look", data={"code": typed}, environ_base=address))
        assert [type(command) for _, command in phones.hall.asked[before:]] == [FollowVoice], typed
    assert {one.status_code for one in answers} == {404}
    assert len({one.data for one in answers}) == 1
    assert "Không tìm thấy" in html.unescape(answers[0].text)


def test_guessing_ends_soon(phones: Phones) -> None:
    most = int(FOLLOWED_OF_ADDRESS[0])
    told = [phones.phone().post("/voices/look", data={"code": "x"}) for _ in range(most + 1)]
    assert [one.status_code for one in told] == [404] * most + [429]
    assert "Retry-After" in told[-1].headers


def test_without_the_server_nothing_is_taken_and_nothing_typed_is_lost(phones: Phones) -> None:
    phones.hall.become("gone")
    answer = phones.phone().post("/voices/", data={**FORM, "voice_id": new_id()})
    assert answer.status_code == 503
    assert "Tôi đã đi lại ba lần." in html.unescape(answer.text)
    assert phones.phone().post("/voices/look", data={"code": VOICE_CODE}).status_code == 503


def test_a_hall_without_a_box_has_no_door_to_it_and_one_without_phones_names_the_other_ways(phones: Phones) -> None:
    assert 'href="/voices/' in phones.phone().get("/").text
    assert "trên máy lấy số" in html.unescape(phones.phone().get("/voices/").text)
    phones.voice_channels = ("paper", "hotline")
    phones.becomes(ticket())
    text = html.unescape(phones.phone().get("/voices/").text)
    assert 'name="text"' not in text
    assert "hòm góp ý" in text
    assert "Gọi đường dây nóng" in text
    assert phones.phone().post("/voices/", data={**FORM, "voice_id": new_id()}).status_code == 200
    phones.voice_channels = ()
    phones.becomes(ticket())
    assert 'href="/voices/' not in phones.phone().get("/").text
    assert "không nhận phản ánh" in html.unescape(phones.phone().get("/voices/").text)
    assert sent(phones) == []


def test_what_was_written_stands_in_no_journal(
    phones: Phones, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("DEBUG"):
        phones.phone().post("/voices/", data={**FORM, "voice_id": new_id()})
        phones.voice_refused = "storage"
        phones.phone().post("/voices/", data={**FORM, "voice_id": new_id()})
        phones.phone().post("/voices/look", data={"code": written_code(VOICE_CODE)})
    told = caplog.text + "".join(capfd.readouterr())
    for secret in ("tạm trú", "0912", VOICE_CODE, written_code(VOICE_CODE)):
        assert secret not in told
