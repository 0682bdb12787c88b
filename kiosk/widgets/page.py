"""A screen as data: what is on it, in which words, and what can be touched. Pure; `painter` makes widgets of it.

A flow's state becomes a `Page`, so that a test can read a screen, find what can be touched, and never needs a window.
An `action` is the id that a touch gives back to the flow; labels are in the citizen's language already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Look = Literal["plain", "primary", "quiet"]
Arrow = Literal["", "back", "next"]
Mark = Literal["none", "short", "medium", "long"]
Tone = Literal["info", "trouble", "good"]
Face = Literal["very_glad", "glad", "flat", "sad", "very_sad", ""]


@dataclass(frozen=True, slots=True)
class Button:
    """Something to touch. `hint` stands smaller under the label; `chosen` is a key that is switched on.

    `cells`: how many keys wide it is in a keyboard.
    """

    action: str
    label: str
    hint: str = ""
    look: Look = "plain"
    arrow: Arrow = ""
    chosen: bool = False
    cells: int = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """A service: its letter, what it is for, how long it takes. The mark stands beside words, never alone."""

    action: str
    badge: str
    label: str
    hint: str
    wait: str
    people: str
    mark: Mark
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Tiles:
    """Services, up to six."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Answers one below the other, in one column or more; `rows` keeps their height equal from page to page."""

    buttons: tuple[Button, ...]
    rows: int = 0
    across: int = 1


@dataclass(frozen=True, slots=True)
class Actions:
    """Buttons side by side."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """What was typed, or an invitation to type. With an action it is touched to begin.

    `lines`: how many it has room for; 0 is the one line of a search, with its lens.
    """

    text: str
    invitation: str
    action: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Letters to type with, row by row, all keys of one width; a row with fewer stands in the middle."""

    rows: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """The numbers of a list's pages, side by side."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the citizen has chosen so far: letter, service, procedure, class, and the wait."""

    badge: str
    title: str
    lines: tuple[str, ...] = ()
    wait: str = ""
    people: str = ""
    mark: Mark = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their texts: documents, time, fee."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Hero:
    """The number, as large as the screen allows, one fixed cell per digit."""

    number_text: str
    class_text: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with the sentence that says what it is for."""

    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that the citizen must not miss."""

    text: str
    tone: Tone = "info"


@dataclass(frozen=True, slots=True)
class Cautions:
    """What is to be read before a choice, a sentence each."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a rating scale: a drawn face (or none) with its word."""

    action: str
    label: str
    level: int
    face: Face = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """A rating scale, best first."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Emblem:
    """A drawn sign that says at a glance what the page is about."""

    kind: Literal["clock", "warning", "tick", "counter", "card"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo cut square: `side` x `side` pixels, three bytes each, the uppermost row first."""

    side: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is about: a sentence with the name, and a photo beside it if there is one."""

    sentence: str
    portrait: Portrait | None = None


Reading = Summary | Facts | Hero | Code | Notice | Cautions | Emblem | Person
Block = Tiles | Choices | Actions | Field | Keyboard | Pages | Answers | Reading


@dataclass(frozen=True, slots=True)
class Header:
    """The head of every screen: who serves here, and what time it is."""

    agency: str
    name: str
    clock: str
    date: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole screen but its header. `nav` leads back and on; `keys` are the same on every screen.

    `busy` tells that an answer is awaited: the screen stays as it was touched until the next one is there.
    """

    name: str
    title: str
    hint: str = ""
    blocks: tuple[Block, ...] = ()
    nav: tuple[Button, ...] = ()
    keys: tuple[Button, ...] = ()
    large_text: bool = False
    low_reach: bool = False
    high_contrast: bool = False
    busy: bool = False
    subject: str = ""
    """The id of the visit or of the rating window that the page is about, for who watches the screen."""
    is_private: bool = False
    """It holds what a citizen wrote: nothing of it is kept for another time that the page is shown."""


def touchables(page: Page) -> Iterator[Button | Tile | Field | Answer]:
    """Give everything on a page that can be touched, in reading order."""
    for block in page.blocks:
        match block:
            case Tiles(tiles=tiles):
                yield from tiles
            case Choices(buttons=buttons) | Actions(buttons=buttons) | Pages(buttons=buttons):
                yield from buttons
            case Keyboard(rows=rows):
                for row in rows:
                    yield from row
            case Field() if block.action:
                yield block
            case Answers(answers=answers):
                yield from answers
            case _:
                pass
    yield from page.nav
    yield from page.keys


def actions(page: Page) -> tuple[str, ...]:
    """Give the action ids of a page, in reading order."""
    return tuple(one.action for one in touchables(page))
