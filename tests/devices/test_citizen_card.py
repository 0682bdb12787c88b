"""Citizen cards: what is believed of a QR code, what is refused, and that nothing of it can leave."""

import copy
import dataclasses
import json
import pickle
import unicodedata
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.codecs.citizen_card import CardFault, NotACard, read_citizen_card, read_date, read_id
from hardware.codecs.scan import Scanned
from hardware.codecs.withheld import CannotLeave, Withheld
from tests.support.cards import CARD, card


def test_the_seven_fields_of_a_card() -> None:
    read = read_citizen_card(CARD)
    assert (read.citizen_id, read.older_id, read.name) == ("001199012345", "012345678", "Nguyễn Thị Ánh Tuyết")
    assert (read.born_on, read.sex, read.issued_on) == (date(1999, 2, 1), "female", date(2021, 5, 15))
    assert read.address == "Tổ 4, phường Phúc La, Hà Đông, Hà Nội"
    assert read.masked_id() == "•••••••••345"


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        (card(older_id=""), {"older_id": ""}),
        (card(older_id=None), {"older_id": ""}),
        (card(born="01/02/1999", issued="15/05/2021"), {}),
        (card(born="01-02-1999", issued="15.05.2021"), {}),
        (unicodedata.normalize("NFD", CARD), {}),
        (CARD + "|", {}),
        (CARD + "||Nguyễn Văn Ba|001069000001|Trần Thị Tư|001171000002|", {}),
        (card(issued=""), {"issued_on": None}),
        (card(sex="NỮ"), {}),
        (card(sex="nu"), {}),
        (card(sex=""), {}),
        (f"  {CARD}\n", {}),
        (card(name="Nguy?n Th? \ufffdnh Tuy?t"), {"name": ""}),
        (card(name="Y-Bih H'Wăn Niê"), {"name": "Y-Bih H'Wăn Niê"}),
        (card(address=""), {"address": ""}),
        (card("001099012345", sex="Nam"), {"sex": "male", "citizen_id": "001099012345"}),
        (
            card("079308000123", born="30122008"),
            {"born_on": date(2008, 12, 30), "birth_year": 2008, "citizen_id": "079308000123"},
        ),
        (card(born="1999"), {"born_on": None}),
        (card(born="00001999"), {"born_on": None}),
        (card(born="00/00/1999"), {"born_on": None}),
    ],
)
def test_cards_differ_and_are_read_all_the_same(text: str, differs: dict[str, object]) -> None:
    usual = read_citizen_card(CARD)
    read = read_citizen_card(text)
    assert {name: getattr(read, name) for name in usual.__slots__} == {
        name: differs.get(name, getattr(usual, name)) for name in usual.__slots__
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CardFault.TOO_FEW_FIELDS),
        ("001199012345|012345678|Nguyễn Thị Ánh Tuyết|01021999|Nữ", CardFault.TOO_FEW_FIELDS),
        (card("00119901234"), CardFault.WRONG_ID),
        (card("001199O12345"), CardFault.WRONG_ID),
        (card("000199012345"), CardFault.WRONG_ID),
        (card("００１１９９０１２３４５"), CardFault.WRONG_ID),
        (card(born="01021998"), CardFault.NO_BIRTH_DATE),
        (card(born="31021999"), CardFault.NO_BIRTH_DATE),
        (card(born="1998"), CardFault.NO_BIRTH_DATE),
        (card(born="1999-02-01"), CardFault.NO_BIRTH_DATE),
        (card("001299012345"), CardFault.NO_BIRTH_DATE),
        (card(sex="Nam"), CardFault.WRONG_SEX),
        (card("001099012345"), CardFault.WRONG_SEX),
        (card(name=""), CardFault.NO_NAME),
        (card(name="Nguyễn Thị 2"), CardFault.NO_NAME),
        (card(name="A" * 101), CardFault.NO_NAME),
    ],
)
def test_what_does_not_agree_with_itself_is_no_card(text: str, fault: CardFault) -> None:
    with pytest.raises(NotACard) as refused:
        read_citizen_card(text)
    assert refused.value.fault == fault
    assert str(refused.value) == fault


def test_the_number_tells_province_sex_and_year() -> None:
    assert read_id("001099012345") == ("001", "male", 1999)
    assert read_id("079308000123") == ("079", "female", 2008)
    assert read_id("048905000001") == ("048", "female", 2305)


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert read_date("29022024") == date(2024, 2, 29)
    assert [read_date(text) for text in ("29022023", "00011999", "01/021999", "01/02/99", "", "٠١٠٢١٩٩٩")] == [None] * 6


def test_age_is_in_full_years() -> None:
    read = read_citizen_card(card("001146000001", born="29021946".replace("2902", "2802")))
    assert [read.age_on(date(2026, 2, day)) for day in (27, 28)] == [79, 80]
    year_alone = read_citizen_card(card("001146000001", born="1946"))
    assert [year_alone.age_on(date(year, 12, 31)) for year in (2026, 2027)] == [79, 80], "the least that it can be"


def test_a_digest_knows_a_card_again_and_is_nothing_without_the_key() -> None:
    read = read_citizen_card(CARD)
    assert read.keyed_digest(b"k" * 32) == read_citizen_card(CARD + "||").keyed_digest(b"k" * 32)
    assert read.keyed_digest(b"k" * 32) != read.keyed_digest(b"l" * 32)
    assert len(read.keyed_digest(b"k")) == 64


@pytest.mark.parametrize("value", [read_citizen_card(CARD), Withheld(CARD), Scanned(Withheld(CARD), 0.0)])
def test_nothing_shows_copies_or_encodes_what_is_withheld(value: object) -> None:
    shown = [repr(value), str(value), f"{value}", f"{value!r:>80}", json.dumps({"value": str(value)})]
    with pytest.raises(AssertionError) as failure:
        assert value is None, f"the message of a failure: {value}"
    shown.append(str(failure.value))
    for text in shown:
        assert "withheld" in text
        assert not any(part in text for part in ("001199012345", "Ánh", "Tuyết", "1999", "Phúc La"))
    for leave in (copy.deepcopy, pickle.dumps):
        with pytest.raises(CannotLeave):
            leave(value)
    for encode in (msgspec.json.encode, msgspec.msgpack.encode, msgspec.to_builtins, json.dumps):
        with pytest.raises(TypeError):
            encode(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        with pytest.raises(CannotLeave):
            dataclasses.asdict(value)


@given(st.text() | st.lists(st.text(max_size=20) | st.sampled_from(CARD.split("|")), max_size=12).map("|".join))
def test_any_text_is_a_card_or_refused_and_nothing_else(text: str) -> None:
    try:
        read = read_citizen_card(text)
    except NotACard:
        return
    assert read_id(read.citizen_id).birth_year == read.birth_year
    assert read.born_on is None or read.born_on.year == read.birth_year
    assert not any(sign.isdigit() for sign in read.name)
