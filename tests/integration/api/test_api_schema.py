"""Requests made of the OpenAPI document alone, right and wrong, to the running API before a real hall.

Schemathesis makes them and judges the answers: no fault of ours, no status, type or field that the document does not
name, nothing wrong taken, nothing right refused, no way around the key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from queue_server.api.app import Parts
from queue_server.api.operations import DOCUMENT_PATH, OPERATIONS
from queue_server.systems.register import RIGHTS
from tests.integration.api.conftest import Hall, in_process

NORMAL, LONG = 5, 120
"""Examples of each operation and kind: in every run, and in the long lane."""
KINDS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
JUDGES = {
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("response_schema_conformance", "negative_data_rejection", "positive_data_acceptance"),
    *("missing_required_header", "unsupported_method", "use_after_free", "ignored_auth"),
}


@dataclass
class Asked:
    """The API, and a key with every right."""

    address: str
    parts: Parts
    key: str


@pytest.fixture(scope="module")
def api(hall: Hall) -> Iterator[Asked]:
    with in_process(hall) as (address, parts):
        yield Asked(address, parts, hall.key(*RIGHTS))


def ask_everything(api: Asked, seed: int, examples: int) -> set[tuple[str, int]]:
    """Ask so many examples of each operation and kind; gives which statuses each operation has answered with."""
    schema = schemathesis.openapi.from_url(f"{api.address}{DOCUMENT_PATH}")
    answered: set[tuple[str, int]] = set()

    def judge(case: "schemathesis.Case[Any]") -> None:
        # Wrong keys are tried with each example, and so many from one address would be refused as a guesser's.
        api.parts.limiter.storage.reset()
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"})
        answered.add((case.operation.definition.raw["operationId"], answer.status_code))

    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        for kind in KINDS:
            asking = hypothesis.given(case=found.ok().as_strategy(generation_mode=kind))(judge)
            settings = hypothesis.settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            hypothesis.seed(seed)(settings(asking))()
    assert set(CHECKS.get_all_names()) >= JUDGES, "all of them have judged"
    return answered


def test_whatever_is_asked_is_answered_as_the_document_says(api: Asked, seed: int) -> None:
    answered = ask_everything(api, seed, NORMAL)
    assert {name for name, _ in answered} == set(OPERATIONS)
    assert {("show_hall", 200), ("take_appointment", 422), ("find_ticket", 401)} <= answered


@pytest.mark.slow
def test_whatever_is_asked_many_times(api: Asked, seed: int) -> None:
    answered = ask_everything(api, seed, LONG)
    assert {("take_appointment", 409), ("find_appointment", 404), ("show_hall", 200)} <= answered
