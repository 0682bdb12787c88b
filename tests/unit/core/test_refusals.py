"""Every refusal has a sentence in every language, with exactly the parts that the core gives it."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from queue_server.core import REFUSALS, Refusal

ROOT = Path(__file__).parents[3]
CORE = ROOT / "queue_server" / "core"
RULES = ROOT / "protocol" / "rosters.py"
INQUIRIES = CORE.parent / "satisfaction" / "inquiries.py"
"""The rules of rosters, which the core shares with the pages."""
SAID_AROUND_THE_CORE = {
    "configuration_invalid",
    "id_reused",
    "storage",
    "busy",
    "malformed",
    "internal",
    "note_not_kept",
    "voice_not_kept",
    "step_not_kept",
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_has_a_sentence_with_its_parts(language: str) -> None:
    with (ROOT / "config" / "texts" / f"{language}.toml").open("rb") as file:
        sentences = tomllib.load(file)["refusal"]
    named = {
        code: {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
        for code, sentence in sentences.items()
    }
    assert named == {code: set(parts) for code, parts in REFUSALS.items()}


def test_every_refusal_of_the_core_is_raised_somewhere_and_no_other() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in CORE.glob("*.py") if path.name != "refusals.py")
    raised = set(re.findall(r'(?:Refusal|Refused)\(\s*(?:code=)?"([a-z_]+)"', source))
    raised |= set(re.findall(r'RosterMistake\("([a-z_]+)"', RULES.read_text(encoding="utf-8")))
    raised |= set(re.findall(r'\("(inquiry_[a-z_]+)"', INQUIRIES.read_text(encoding="utf-8")))
    chosen = set(re.findall(r'"([a-z_]+)" if [^\n]+ else "([a-z_]+)"', source))
    mentioned = raised | {code for pair in chosen for code in pair if code in REFUSALS}
    assert mentioned == set(REFUSALS) - SAID_AROUND_THE_CORE


def test_a_refusal_takes_its_parts_and_no_others() -> None:
    refusal = Refusal("recall_limit", limit="3")
    assert (refusal.code, refusal.parts) == ("recall_limit", {"limit": "3"})
    with pytest.raises(AssertionError):
        Refusal("recall_limit")
    with pytest.raises(AssertionError):
        Refusal("not_allowed", why="because")
