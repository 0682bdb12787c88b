"""What the tests of the public pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.public_pages import Phones, public_pages


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Phones]:
    with public_pages(tmp_path) as made:
        yield made
