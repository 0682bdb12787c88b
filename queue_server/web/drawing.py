"""Regions of a page as HTML, each made anew only when something that it shows has changed.

Sixty consoles stay open, and whatever happens in the hall changes a figure on each of them. To make the few lines that
differ takes a tenth of the time of making the dialogs beside them, which hardly ever change. What a template shows of
its page is read off the template itself, so nobody has to keep a list of it.
"""

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

_PAGE = "page"
_shown: WeakKeyDictionary[Environment, dict[str, tuple[str, ...] | None]] = WeakKeyDictionary()


class Drawing:
    """The regions of one open page, made with one `context`: its words, its person, its addresses. For one thread."""

    def __init__(self, templates: Environment, context: Mapping[str, object]) -> None:
        self._templates = templates
        self._context = dict(context)
        self._drawn: dict[str, tuple[object, str]] = {}

    def region(self, template: str, page: object) -> str:
        """Make a region, or give the one that was made, when it would be the same."""
        shown = shown_of(self._templates, template)
        part = page if shown is None else [getattr(page, name) for name in shown]
        last = self._drawn.get(template)
        if last is not None and last[0] == part:
            return last[1]
        region = self._templates.get_template(template).render({**self._context, _PAGE: page})
        self._drawn[template] = part, region
        return region


def shown_of(templates: Environment, template: str) -> tuple[str, ...] | None:
    """Name the parts of its page that a template shows; None when it shows the page in a way that is not plain."""
    known = _shown.setdefault(templates, {})
    if template not in known:
        found = list(_shown_in(templates, template))
        known[template] = None if None in found else tuple(sorted({name for name in found if name is not None}))
    return known[template]


def _shown_in(templates: Environment, template: str) -> Iterator[str | None]:
    assert templates.loader is not None, "the application has a folder of templates"
    source, _, _ = templates.loader.get_source(templates, template)
    tree = templates.parse(source)
    plain = [found for found in tree.find_all(nodes.Getattr) if _is_page(found.node)]
    yield from (found.attr for found in plain)
    if len(plain) != sum(_is_page(found) for found in tree.find_all(nodes.Name)):
        yield None  # The page as a whole, or a part of it by a name that is computed.
    for other in find_referenced_templates(tree):
        if other is None:
            yield None  # It is chosen while the page is made.
        else:
            yield from _shown_in(templates, other)


def _is_page(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == _PAGE
