"""Regions are made anew when what they show has changed, and only then."""

from dataclasses import dataclass, replace

import pytest
from jinja2 import DictLoader, Environment

from queue_server.web.drawing import Drawing, shown_of

TEMPLATES = Environment(
    autoescape=True,
    loader=DictLoader(
        {
            "card": "{% set at = page.number %}{{ made() }} {{ at }}{% include 'foot' %}",
            "foot": " at {{ page.counter }}",
            "loops": "{% for row in page.rows %}{{ made() }} {{ row }}{% endfor %}",
            "whole": "{{ made() }} {{ page | string | length }}",
            "computed": "{{ made() }} {{ page[name] }}",
            "chosen": "{% include page.part %}",
        }
    ),
)


@dataclass(frozen=True)
class Page:
    number: str = "H001"
    counter: str = "Quầy 3"
    rows: tuple[str, ...] = ("một",)
    unseen: int = 0


class Made:
    """Counts how often a template was made."""

    def __init__(self) -> None:
        self.times = 0
        self.drawing = Drawing(TEMPLATES, {"made": self._made, "name": "number"})

    def _made(self) -> int:
        self.times += 1
        return self.times


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("card", ("counter", "number")),
        ("foot", ("counter",)),
        ("loops", ("rows",)),
        ("whole", None),
        ("computed", None),
        ("chosen", None),
    ],
)
def test_what_a_template_shows_is_read_off_it(template: str, shown: tuple[str, ...] | None) -> None:
    assert shown_of(TEMPLATES, template) == shown


def test_a_region_is_made_anew_only_when_what_it_shows_has_changed() -> None:
    made, page = Made(), Page()
    assert made.drawing.region("card", page) == "1 H001 at Quầy 3"
    assert made.drawing.region("card", replace(page, unseen=1, rows=())) == "1 H001 at Quầy 3"
    assert made.drawing.region("card", replace(page, counter="Quầy 4")) == "2 H001 at Quầy 4"
    assert made.drawing.region("card", replace(page, number="H002")) == "3 H002 at Quầy 3"
    assert made.drawing.region("loops", page) == "4 một", "each template has a memory of its own"


@pytest.mark.parametrize("template", ["whole", "computed"])
def test_a_template_that_shows_who_knows_what_goes_by_the_whole_page(template: str) -> None:
    made = Made()
    for unseen in (0, 0, 1, 1):
        made.drawing.region(template, Page(unseen=unseen))
    assert made.times == 2
