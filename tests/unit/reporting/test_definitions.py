"""Each figure is defined once, in every language, and the page of the docs says the same."""

from pathlib import Path

import pytest

from queue_server.reporting.definitions import BY_ID, DEFINITIONS, DIMENSIONS, Definition
from tests.support.texts import shipped_texts

DOCUMENT = Path(__file__).parents[3] / "docs" / "figures.md"
LETTERS = dict(zip(DIMENSIONS, "dhscpk", strict=True))


def line(definition: Definition) -> str:
    """The line of the docs about a figure."""
    words = shipped_texts().words("en")
    name, counted = (words(f"figure.{definition.figure_id}.{part}") for part in ("name", "counted"))
    by = " ".join(LETTERS[one] for one in DIMENSIONS if one in definition.by)
    return f"| `{definition.figure_id}` | {name} | {counted} | {words(f'figures.unit.{definition.unit}')} | {by} |"


def test_the_document_defines_every_figure_as_the_pages_do() -> None:
    lines = [one for one in DOCUMENT.read_text("utf-8").splitlines() if one.startswith("| `")]
    assert lines == [line(definition) for definition in DEFINITIONS]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.figure_id)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_has_its_words(definition: Definition, language: str) -> None:
    texts = shipped_texts().by_language[language]
    for key in (f"figure.{definition.figure_id}.name", f"figure.{definition.figure_id}.counted"):
        assert texts[key].strip(), key
    assert texts[f"figures.unit.{definition.unit}"]


def test_a_share_is_of_a_figure_that_is_cut_alike() -> None:
    """Else a page could show a share and not what it is of."""
    for definition in DEFINITIONS:
        assert bool(definition.whole_id) == (definition.kind in {"share", "time_share"})
        if definition.whole_id:
            assert definition.by <= BY_ID[definition.whole_id].by
