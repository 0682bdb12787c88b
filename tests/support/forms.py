"""What a browser would send of a form on a page, read from its HTML; for tests without a browser."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.sent: list[tuple[str, str]] = []
        self._area: str | None = None
        self._text = ""
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag == "form" and named.get("id") == self.form_id:
            self.inside = True
        if not self.inside:
            return
        name = named.get("name", "")
        if tag == "input" and name and (named.get("type") != "checkbox" or "checked" in named):
            self.sent.append((name, named.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((named.get("value", ""), "selected" in named))

    def handle_data(self, data: str) -> None:
        self._text += data if self._area is not None else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self.sent.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None and self._options:
            chosen = next((value for value, is_chosen in self._options if is_chosen), self._options[0][0])
            self.sent.append((self._select, chosen))
            self._select = None
        elif tag == "form":
            self.inside = False


def fields_of(page: str, form_id: str) -> dict[str, list[str]]:
    """Give the fields of a form as they would be sent untouched, by name."""
    reader = _Reader(form_id)
    reader.feed(page)
    fields: dict[str, list[str]] = {}
    for name, value in reader.sent:
        fields.setdefault(name, []).append(value)
    return fields
