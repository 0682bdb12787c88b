"""The QR code of a Vietnamese citizen card (CCCD, since 1 July 2024 *thẻ căn cước*): read with care, or refused. Pure.

The code is plain text, fields parted by ``|``, seen in public programs as

    id, 12 digits | older id, 9 digits or empty | name | birth ddmmyyyy | Nam or Nữ | address | issue ddmmyyyy

Some writers leave the older id out, or write dates as dd/mm/yyyy; cards of 2024 may carry more fields, about relatives,
which are nobody's business here and are not looked at. So nothing is believed because of its place: the id must be
well formed, a birth date must agree with it, and the rest is found around that date.

The id (Circular 59/2021/TT-BCA, article 4): 3 digits for the province or country of birth registration, 1 for century
and sex (0 male and 1 female in the 1900s, 2 and 3 in the 2000s, and so on), 2 for the year of birth, 6 by chance.
"""

import hmac
import re
import unicodedata
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from hardware.codecs.withheld import Unprintable

Sex = Literal["male", "female"]

FIELDS_LEAST: Final = 6
FIELDS_LOOKED_AT: Final = 9
"""Enough for the seven known fields and two strangers before them; what stands further back is not read."""

NAME_MOST: Final = 100
MASK: Final = "•"
SHOWN_DIGITS: Final = 3

_ID: Final = re.compile(r"[0-9]{12}")
_DATE: Final = re.compile(r"([0-9]{2})([/.-]?)([0-9]{2})\2([0-9]{4})")
_SEXES: Final[dict[str, Sex]] = {"nam": "male", "nữ": "female", "nu": "female"}


class CardFault(StrEnum):
    """What keeps a text from being a citizen card's. It says nothing of what the text holds."""

    TOO_FEW_FIELDS = "too_few_fields"
    WRONG_ID = "wrong_id"
    NO_BIRTH_DATE = "no_birth_date"
    WRONG_SEX = "wrong_sex"
    NO_NAME = "no_name"


class NotACard(ValueError):  # noqa: N818 -- named for what was found.
    """The text is not that of a citizen card; ``fault`` says why, in words that hold nothing of the text."""

    def __init__(self, fault: CardFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class IdFacts(NamedTuple):
    """What the number itself says."""

    province: str
    sex: Sex
    birth_year: int


class CitizenCard(Unprintable):
    """What one card says. Personal data: to be used at once, and kept, logged and sent nowhere.

    ``name`` and ``address`` are NFC; ``name`` is empty where the scanner could not type it. ``issued_on`` is None where
    the card does not tell, and so is ``born_on`` where only the year is known, as of many old people. ``older_id`` has
    9 digits or none.
    """

    __slots__ = ("address", "birth_year", "born_on", "citizen_id", "issued_on", "name", "older_id", "sex")

    def __init__(
        self,
        citizen_id: str,
        name: str,
        birth_year: int,
        sex: Sex,
        *,
        born_on: date | None = None,
        older_id: str = "",
        address: str = "",
        issued_on: date | None = None,
    ) -> None:
        self.citizen_id, self.name, self.sex = citizen_id, name, sex
        self.birth_year, self.born_on = birth_year, born_on
        self.older_id, self.address, self.issued_on = older_id, address, issued_on

    def masked_id(self) -> str:
        """Give what a screen may show, so that a citizen knows the card again and a bystander learns nothing."""
        return MASK * (len(self.citizen_id) - SHOWN_DIGITS) + self.citizen_id[-SHOWN_DIGITS:]

    def keyed_digest(self, key: bytes) -> str:
        """Give HMAC-SHA256(key, id) as 64 hex digits: all that may be kept, where a hall must know a card again.

        The key must be the hall's own and secret: ids are few enough to be tried one by one against a bare hash.
        """
        return hmac.new(key, self.citizen_id.encode("ascii"), sha256).hexdigest()

    def age_on(self, day: date) -> int:
        """Give the age in full years on a day, the least that it can be where only the year of birth is known.

        Who was born on 29 February is a year older on 1 March.
        """
        if self.born_on is None:
            return day.year - self.birth_year - 1
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


def read_id(text: str) -> IdFacts:
    """Read what a 12-digit id says of itself. Raises NotACard."""
    if not _ID.fullmatch(text) or text.startswith("000"):
        raise NotACard(CardFault.WRONG_ID)
    century_and_sex = int(text[3])
    sex: Sex = "female" if century_and_sex % 2 else "male"
    return IdFacts(text[:3], sex, 1900 + 100 * (century_and_sex // 2) + int(text[4:6]))


def read_date(text: str) -> date | None:
    """Read ddmmyyyy or dd/mm/yyyy (also with dots or dashes); None for anything that is no day of the calendar."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[4]), int(match[3]), int(match[1]))
    except ValueError:
        return None


def read_citizen_card(text: str) -> CitizenCard:
    """Read the text of a card's QR code. Raises NotACard, with nothing of the text in it."""
    parts = unicodedata.normalize("NFC", text).strip().split("|")
    fields = [part.strip() for part in parts[:FIELDS_LOOKED_AT]]
    if len(parts) < FIELDS_LEAST:
        raise NotACard(CardFault.TOO_FEW_FIELDS)
    facts = read_id(fields[0])
    birth = _birth_place(fields, facts.birth_year)
    born_on = read_date(fields[birth])
    if _SEXES.get(fields[birth + 1].casefold() if birth + 1 < len(fields) else "", facts.sex) != facts.sex:
        raise NotACard(CardFault.WRONG_SEX)
    issued = (
        day for field in fields[birth + 1 :] if (day := read_date(field)) is not None and day.year >= facts.birth_year
    )
    return CitizenCard(
        fields[0],
        _name(fields[birth - 1]),
        facts.birth_year,
        facts.sex,
        born_on=born_on,
        older_id=next((field for field in fields[1:birth] if re.fullmatch("[0-9]{9}", field)), ""),
        address=_address(fields[birth + 1 :]),
        issued_on=next(issued, None),
    )


def _birth_place(fields: list[str], year: int) -> int:
    """Find the date of birth, or its year alone: the first of the id's own year, with room for a name before it."""
    for place, field in enumerate(fields[2:], start=2):
        day = read_date(field)
        if day.year == year if day is not None else field in {f"{year}", f"0000{year}", f"00/00/{year}"}:
            return place
    raise NotACard(CardFault.NO_BIRTH_DATE)


def _name(field: str) -> str:
    if not field or len(field) > NAME_MOST or any(sign.isdigit() for sign in field):
        raise NotACard(CardFault.NO_NAME)
    # A scanner in keyboard mode, or one set to another alphabet, spoils the letters; the rest of the card still counts.
    sound = all(sign.isalpha() or sign in " .'’-" for sign in field)
    return field if sound else ""


def _address(fields: list[str]) -> str:
    """Find the address: the first field behind the birth date that is neither sex nor date."""
    others = (field for field in fields if field and field.casefold() not in _SEXES and read_date(field) is None)
    return next(others, "")
