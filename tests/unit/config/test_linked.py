"""Linked services in a hall's file: what can be written there, and what is refused with place and mend."""

import pytest

from queue_server.config import parse
from tests.unit.config.test_person_limits import told, ward

CHAIN = 'service_ids = ["civil_status", "residence", "welfare"]\n'


def begun_by(*codes: str) -> tuple[str, str]:
    return CHAIN, f"{CHAIN}procedure_codes = [{', '.join(repr(code) for code in codes)}]\n"


def test_the_ward_links_a_birth_with_residence_and_insurance() -> None:
    hall = parse(ward(begun_by("2.000986")))
    (linked,) = hall.linked_services
    assert linked.service_ids == ("civil_status", "residence", "welfare")
    assert linked.procedure_codes == ("2.000986",)
    assert {one.outcome_id for one in hall.outcomes if not one.goes_on} == {"papers_missing", "left"}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ((CHAIN, 'service_ids = ["civil_status", "unheard_of"]\n'), "there is no service 'unheard_of'"),
        ((CHAIN, 'service_ids = ["civil_status"]\n'), ""),
        (begun_by("9.9"), "the catalogue has no procedure '9.9'"),
        (begun_by("2.000815"), "'2.000815' belongs to the service 'certification'"),
        (begun_by("2.000986", "2.000986"), "'2.000986' begins other linked services already"),
    ],
)
def test_a_chain_that_cannot_be_gone_through_is_refused_with_its_place(change: tuple[str, str], what: str) -> None:
    mistakes = [one for one in told(change) if what in one.what]
    assert mistakes
    assert all(one.place.startswith("linked_services[1]") and one.line > 0 for one in mistakes)
