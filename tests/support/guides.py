"""The guide to a new hall, read as what it asks its reader to do; `docs/operating.md` tells which signs mean what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DOCS = Path(__file__).parents[2] / "docs"

Kind = Literal["follow", "press", "write", "see", "at", "do", "picture"]

TOKENS = re.compile(
    r"\*\*\*(?P<at>.+?)\*\*\*"
    r"|\*\*\[(?P<press>.+?)\]\*\*"
    r"|\*\*(?P<write>[^*]+?)\*\* = `(?P<value>[^`]*)`"
    r"|\*\*(?P<follow>[^*]+?)\*\*"
    r"|`(?P<do>[^`]+)`"
    r"|“(?P<see>[^”]+)”"
)
_ITEM = re.compile(r"^\d+\. ")
_PICTURE = re.compile(r"^\s*!\[[^\]]+\]\(pictures/([a-z0-9-]+)\.png\)$")
_ROW = re.compile(r"^\s+\|(.*)\|$")


@dataclass(frozen=True)
class Action:
    """One thing to do: `what` is a label, a text or a device; `value` what is written or done there."""

    kind: Kind
    what: str
    value: str = ""


@dataclass
class Item:
    """One numbered line of the guide; with rows, it is done once for each of them."""

    heading: str
    actions: list[Action]
    rows: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Guide:
    """What is typed on the branch PC before there are pages, and then everything in its order."""

    commands: tuple[str, ...]
    address: str
    """Where the pages are opened from another machine."""
    items: tuple[Item, ...]

    @property
    def actions(self) -> list[Action]:
        """Give every action, in order."""
        return [action for item in self.items for action in item.actions]


def english() -> Guide:
    """Read the guide in `docs/operating.md`."""
    page = (DOCS / "operating.md").read_text("utf-8")
    return read_guide(page.partition("\n## A new hall, step by step\n")[2].partition("\n## ")[0])


def vietnamese() -> Guide:
    """Read its twin."""
    return read_guide((DOCS / "new-hall-vi.md").read_text("utf-8"))


def read_guide(text: str) -> Guide:
    """Read a guide's Markdown."""
    fence = re.search(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert fence, "the guide begins with what is typed on the branch PC"
    opened = re.search(r"^\w+ `(https://[^`]+)`", text[fence.end() :], re.MULTILINE)
    assert opened, "then it says where the pages are opened"
    return Guide(tuple(fence[1].splitlines()), opened[1], tuple(_items(text[fence.end() :])))


def _items(text: str) -> Iterator[Item]:
    """Go through the lines: a number begins an item, what is indented goes on with it, its table holds its rows."""
    heading, item, said = "", None, ""
    table: list[list[str]] = []
    for line in [*text.splitlines(), "1. "]:
        picture, row = _PICTURE.match(line), _ROW.match(line)
        if item is not None and (picture or line.startswith("#") or _ITEM.match(line)):
            item.actions, item.rows = list(_actions(said)), _rows(table)
            yield item
            item, said, table = None, "", []
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif picture:
            yield Item(heading, [Action("picture", picture[1])])
        elif _ITEM.match(line):
            item, said = Item(heading, []), line
        elif row and item is not None:
            table.append([cell.strip().strip("`") for cell in row[1].split("|")])
        elif item is not None and line.startswith("   "):
            said += f" {line.strip()}"


def _actions(said: str) -> Iterator[Action]:
    at_device = False
    for found in TOKENS.finditer(said):
        kind = "write" if found["write"] else str(found.lastgroup)
        at_device |= kind == "at"
        if kind == "do" and not at_device:
            continue  # A path or a file's name, for people.
        yield Action(kind, found[kind], found["value"] or "")  # type: ignore[arg-type]  # The groups are the kinds.


def _rows(table: list[list[str]]) -> list[dict[str, str]]:
    if not table:
        return []
    head, _, *rows = table
    return [dict(zip(head, row, strict=True)) for row in rows]
