"""Texts that would be more than text if a page let them: put where people write, looked for where that is shown."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Final, TypeVar

import msgspec

MARK: Final = "zq7"
"""Stands in each payload, and in no text of ours."""

PAYLOADS: Final = {
    "an element": f"<img src=x onerror=pwned()>{MARK}",
    "a script": f"</script><script>pwned()</script>{MARK}",
    "an attribute": f'" autofocus onfocus=pwned() x="{MARK}',
    "an attribute in single quotes": f"' onmouseover='pwned()' x='{MARK}",
    "a picture": f"<svg/onload=pwned()>{MARK}",
    "a style": f"</style><style>*{{color:red}}</style>{MARK}",
    "a frame": f"<iframe srcdoc='<script>pwned()</script>'>{MARK}",
    "a form": f"</form><form action=//elsewhere>{MARK}",
    "a base": f"<base href=//elsewhere/>{MARK}",
    "a comment": f"--><!-- {MARK} -->",
    "an end of the document": f"</body></html><script>pwned()</script>{MARK}",
    "a title": f"</title></textarea><script>pwned()</script>{MARK}",
    "a template": "{{ 7*7 }}{% set x = 1 %}${7*7}#{7*7}" + MARK,
    "a format": "{0}{number}{words.__class__}%s%(x)s" + MARK,
    "a script's string": f'\\";pwned();// {MARK} \u2028',
    "an address": f"javascript:pwned()//{MARK}",
    "references": f"&lt;script&gt;&#x3c;b&amp;{MARK}",
    "right to left": f"\u202e\u2066{MARK}\u2069",
    "nothing wide": f"\u200b\u200d\ufeff{MARK}",
    "lines": f"{MARK}\r\n\r\nevent: over\ndata: {{}}\n",
    "controls": f"\x00\x08\x1b[2J{MARK}",
    "a formula": f'=HYPERLINK("//elsewhere","{MARK}")',
    "a sum": f"@SUM(1+9)*cmd|' /C calc'!A0 {MARK}",
    "a number": f"+1-1+{MARK}",
    "behind a tab": f"\t=1+1+{MARK}",
}

FREE: Final = frozenset({"hotline", "detail", "name", "note", "text", "title", "sentence", "shown_name", "phone"})
"""Fields of messages and of the configuration that hold what somebody wrote, beside the names in each language."""

StructT = TypeVar("StructT", bound=msgspec.Struct)


def poisoned(struct: StructT, next_text: Callable[[], str]) -> StructT:
    """Put a text wherever somebody's words stand in a message or a configuration, however deep."""
    changed = {name: _poisoned(name, getattr(struct, name), next_text) for name in struct.__struct_fields__}
    return msgspec.structs.replace(struct, **changed)


def _poisoned(name: str, value: Any, next_text: Callable[[], str]) -> Any:
    if isinstance(value, msgspec.Struct):
        return poisoned(value, next_text)
    if isinstance(value, tuple | list):
        return type(value)(_poisoned(name, one, next_text) for one in value)
    if isinstance(value, dict) and value and set(value) <= {"vi", "en"}:
        return dict.fromkeys(value, next_text())
    if isinstance(value, dict):
        return {key: _poisoned(name, one, next_text) for key, one in value.items()}
    if isinstance(value, str) and name in FREE:
        return next_text()
    return value


class Reader(HTMLParser):
    """Reads a page as a browser's parser would and keeps what is text, and what should not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        places = [
            given.get(name) or "" for name in ("src", "href", "action", "formaction", "data", "content", "xlink:href")
        ]
        if tag in {"iframe", "object", "embed", "base", "style", "math", "template"}:
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not given.get("src"):
            self.wrong.append("a script in the page")
        is_broken_out = MARK in (given.get("x") or "")
        if is_broken_out or any(name.startswith("on") or name in {"style", "srcdoc"} for name in given):
            self.wrong.append(f"<{tag}> with {sorted(given)}")
        if any(place.strip().lower().startswith(("javascript:", "data:text", "//", "http")) for place in places):
            self.wrong.append(f"<{tag}> that leads to {places}")
        self.texts += [value for value in given.values() if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.wrong.append("a comment of a payload")


def read(page: str) -> Reader:
    """Read a page or a part of one."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader
