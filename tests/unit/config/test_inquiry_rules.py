"""The rules of alerts and inquiries: shipped ones where a file says nothing; mistakes have their place and mend."""

import pytest

from protocol.configuration import AlertRules, InquiryRules
from queue_server.config import MAIN, Mistakes, parse
from tests.unit.config.test_config import WARD

GIVEN = """
[alerts]
share_percent = 60
within_s = 1800
least = 5
[inquiries]
opened_by = "lowest"
answer_days = 3
statement_days = 1
appeal_days = 2
kept_days = 60
"""


def test_a_file_that_says_nothing_has_the_shipped_rules() -> None:
    hall = parse(WARD)
    assert (hall.alerts, hall.inquiries) == (AlertRules(), InquiryRules())
    assert (hall.alerts.share_percent, hall.alerts.within_s, hall.alerts.least) == (50, 900, 4)


def test_a_hall_has_its_own_rules() -> None:
    hall = parse({**WARD, MAIN: WARD[MAIN] + GIVEN})
    assert hall.alerts == AlertRules(share_percent=60, within_s=1800, least=5)
    assert hall.inquiries == InquiryRules(
        opened_by="lowest", answer_days=3, statement_days=1, appeal_days=2, kept_days=60
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "mend"),
    [
        ("share_percent = 60", "share_percent = 0", "alerts.share_percent", "a whole number from 1 to 100"),
        ("within_s = 1800", "within_s = 10", "alerts.within_s", "a whole number from 60 to 14400"),
        ("least = 5", "least = 1", "alerts.least", "a whole number from 2 to 100"),
        ('"lowest"', '"worst"', "inquiries.opened_by", "lowest"),
        ("answer_days = 3", "answer_days = 0", "inquiries.answer_days", "a whole number from 1 to 60"),
        ("appeal_days = 2", "appeal_day = 2", "inquiries.appeal_day", "appeal_days"),
    ],
)
def test_a_mistake_has_its_place_and_its_mend(old: str, new: str, place: str, mend: str) -> None:
    with pytest.raises(Mistakes) as caught:
        parse({**WARD, MAIN: WARD[MAIN] + GIVEN.replace(old, new)})
    (mistake,) = caught.value.mistakes
    assert mistake.place == place
    assert mend in mistake.mend
