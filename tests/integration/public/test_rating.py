"""A visit is rated from a phone: once, without a script, by its link alone; all guesses get the same answer."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from protocol.commands import RateByLink
from tests.support.public_pages import LINK, SECRET, VISIT_ID, Phones, called, public_pages, served, ticket

ADDRESS = f"/t/{LINK}/rate"


@pytest.fixture
def phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phones]:
    with public_pages(tmp_path_factory.mktemp("public")) as made:
        made.becomes(served())
        yield made


def rated(phones: Phones) -> list[RateByLink]:
    return [command for _, command in phones.hall.asked if isinstance(command, RateByLink)]


def test_a_served_ticket_leads_to_its_question_and_the_answer_is_thanked(phones: Phones) -> None:
    phone = phones.phone()
    assert f'href="{ADDRESS}' in phone.get(f"/t/{LINK}").text
    assert f'href="{ADDRESS}' in phone.get(f"/t/{LINK}/now").text
    text = phone.get(ADDRESS).text
    assert re.findall(r'name="level" value="(\d)"', text) == ["1", "2", "3", "4"]
    assert "Rất hài lòng" in text
    assert "Có biểu hiện sách nhiễu" in text
    fields = {"level": "4", "scale": "four-2026", "reason": ["attitude", "long_wait"]}
    answer = phone.post(ADDRESS, data=fields)
    assert answer.status_code == 303
    after = phone.get(answer.headers["Location"]).text
    assert "Cảm ơn quý vị đã đánh giá!" in after
    assert "<form" not in after
    assert "đã đánh giá" in phone.get(f"/t/{LINK}").text
    (command,) = rated(phones)
    assert (command.level, command.reasons, command.scale_id) == (4, ("attitude", "long_wait"), "four-2026")
    assert (command.visit_id, command.secret, command.function_id) == (VISIT_ID, SECRET, "public-1")


def test_whoever_was_drawn_is_told_so_before_answering_and_others_are_not(phones: Phones) -> None:
    usual = phones.phone().get(ADDRESS).text
    asked = served().link_rating
    assert asked is not None
    phones.becomes(msgspec.structs.replace(served(), link_rating=msgspec.structs.replace(asked, drawn=True)))
    drawn = phones.phone().get(ADDRESS).text
    assert "được chọn ngẫu nhiên" in drawn
    assert "được chọn ngẫu nhiên" not in usual
    assert "<form" in drawn


def test_used_twice_it_gets_the_same_answer(phones: Phones) -> None:
    phone = phones.phone()
    first, second = (phone.post(ADDRESS, data={"level": level, "scale": "four-2026"}) for level in "14")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert first.data == second.data
    assert len(rated(phones)) == 2, "the server keeps the second too, with its flag"


def test_what_was_answered_is_never_shown_again(phones: Phones) -> None:
    pages = []
    for level in "1234":
        phones.becomes(served())
        phones.phone().post(ADDRESS, data={"level": level, "scale": "four-2026"})
        pages.append((phones.phone().get(ADDRESS).data, phones.phone().get(f"/t/{LINK}").data))
    assert len(set(pages)) == 1


@pytest.mark.parametrize("found", [ticket(), called(), ticket("no_show", ahead=0)], ids=["waits", "called", "no_show"])
def test_whoever_was_not_served_is_not_asked(phones: Phones, found: object) -> None:
    phones.becomes(found)  # type: ignore[arg-type]  # A VisitFound.
    text = phones.phone().get(ADDRESS).text
    assert "<form" not in text
    assert "khi đã được phục vụ xong" in text
    assert ADDRESS not in phones.phone().get(f"/t/{LINK}").text


def test_a_sad_visit_is_asked_in_its_own_words(phones: Phones) -> None:
    phones.becomes(served(tone="neutral"))
    text = phones.phone().get(ADDRESS).text
    assert "Xin chia buồn" in text
    assert "Quý vị đánh giá việc phục vụ vừa rồi thế nào?" in text
    phones.becomes(served(tone="neutral", given=True))
    assert "Ý kiến đã được ghi nhận" in phones.phone().get(ADDRESS).text


@pytest.mark.parametrize("fields", [{}, {"level": ""}, {"level": "0"}, {"level": "12"}, {"level": "x"}, {"level": "²"}])
def test_no_answer_is_asked_for_again(phones: Phones, fields: dict[str, str]) -> None:
    answer = phones.phone().post(ADDRESS, data=fields)
    assert answer.status_code == 422
    assert "Vui lòng chọn một câu trả lời." in answer.text
    assert rated(phones) == []


def test_a_scale_that_changed_is_asked_anew(phones: Phones) -> None:
    phones.refused = "scale_changed"
    answer = phones.phone().post(ADDRESS, data={"level": "1", "scale": "old"})
    assert answer.status_code == 422
    assert "Thang đánh giá vừa được thay" in answer.text


def test_each_bit_of_the_secret_counts_and_every_guess_gets_the_same_answer(phones: Phones) -> None:
    answers = set()
    phone = phones.phone()
    for bit in range(128):
        guess = f"{int(SECRET, 16) ^ (1 << bit):032x}"
        answer = phone.post(f"/t/{VISIT_ID}-{guess}/rate", data={"level": "1", "scale": "four-2026"})
        answers.add((answer.status_code, answer.data.replace(guess.encode(), b"")))
    unknown = phone.post(f"/t/{0:032x}-{0:032x}/rate", data={"level": "1", "scale": "four-2026"})
    answers.add((unknown.status_code, unknown.data.replace(f"{0:032x}".encode(), b"")))
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert phones.found == served(), "nothing was counted"


def test_an_older_page_without_reasons_and_a_scale_without_them(phones: Phones) -> None:
    asked = served().link_rating
    assert asked is not None
    bare = msgspec.structs.replace(asked, scale=msgspec.structs.replace(asked.scale, reasons=()))
    phones.becomes(msgspec.structs.replace(served(), link_rating=bare))
    assert "fieldset class" not in phones.phone().get(ADDRESS).text
