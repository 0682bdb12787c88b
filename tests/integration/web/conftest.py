"""The staff pages before a hall on paper, after a short morning."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.programs import staff
from tests.support.web_pages import Pages, Visitor


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with staff(tmp_path / "web") as ready:
        yield ready


@pytest.fixture
def clerk(pages: Pages) -> Visitor:
    return pages.signed_in("anh")
