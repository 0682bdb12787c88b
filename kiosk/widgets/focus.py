"""Going through a page by a tactile keypad: its stops in reading order, and which of them is in focus. Pure.

Whoever does not see the screen hears it: `spoken` makes sentences of what stands here. A *stop* is anything that can be
heard by itself; one with an action can also be chosen. Everything that a finger can touch is a stop (EN 301 549
5.1.6.1: all that is closed to a keyboard of the citizen's own is operable without sight; WCAG 2.1.1, 2.4.3).

`step` takes a key and `turned` a new page; both give the new state and *acts*, which the loop around them does: speak,
touch, fall silent. Keys are named by what they mean; which key of which device means what is a file
(`hardware.codecs.tactile_keypad`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from hardware.codecs.tactile_keypad import TactileKey
from kiosk.widgets.page import (
    Answer,
    Answers,
    Block,
    Button,
    Cautions,
    Choices,
    Code,
    Emblem,
    Facts,
    Field,
    Hero,
    Keyboard,
    Notice,
    Page,
    Pages,
    Person,
    Summary,
    Tile,
    Tiles,
    touchables,
)

VOLUMES_DB: Final = (0, 6, 12, 18)
"""Gain over the usual volume. It reaches 18 dB, with a step at 12 (EN 301 549 8.2.1.1 and 8.2.1.2), and every citizen
begins at the first (5.1.3.13), which the hall sets to 65 dBA at most."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One text of a label: a fee, or one document of several."""

    label: str
    text: str
    place: int = 1
    count: int = 1


Thing = Button | Tile | Field | Answer | Fact | Summary | Hero | Code | Notice | Emblem


@dataclass(frozen=True, slots=True)
class Stop:
    """Something on a page that is heard by itself. Without an action it is only heard."""

    thing: Thing
    action: str = ""
    on_page: bool = False
    """It is the number of a page of a list, and is called so."""


def stops(page: Page) -> tuple[Stop, ...]:
    """Give a page's stops in reading order: the blocks from the top down, the ways back and on, the keys."""
    return (
        *(stop for block in page.blocks for stop in _stops_of(block)),
        *(Stop(one, one.action) for one in (*page.nav, *page.keys)),
    )


def _stops_of(block: Block) -> Iterator[Stop]:  # noqa: C901 -- one line per kind of block.
    match block:
        case Facts(rows=rows):
            for label, texts in rows:
                for place, text in enumerate(texts, start=1):
                    yield Stop(Fact(label, text, place, len(texts)))
        case Cautions(sentences=sentences):
            yield from (Stop(Notice(sentence, "trouble")) for sentence in sentences)
        case Pages(buttons=buttons):
            yield from (Stop(one, one.action, on_page=True) for one in buttons)
        case Field() if not block.action:
            yield Stop(block)
        case Person(sentence=sentence):
            yield Stop(Notice(sentence))
        case Summary() | Hero() | Code() | Notice():
            yield Stop(block)
        case Emblem() if block.text:
            yield Stop(block)
        case Tiles() | Choices() | Keyboard() | Answers() | Field():
            yield from (Stop(one, one.action) for one in touchables(Page("", "", blocks=(block,))))
        case _:  # Actions, whose buttons lie side by side; an emblem without words is decoration.
            yield from (Stop(one, one.action) for one in touchables(Page("", "", blocks=(block,))))


def entrance(page: Page) -> int:
    """Give the stop on which a page begins: the first to choose, or what is long to read; what lies before it is said.

    -1 for a page on which there is nothing at all to go through.
    """
    all_stops = stops(page)
    wanted = (place for place, stop in enumerate(all_stops) if stop.action or isinstance(stop.thing, Fact))
    return next(wanted, len(all_stops) - 1)


# --- The listening ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listening:
    """Whether somebody goes through the pages by keys, where they are, and how loud it is."""

    is_on: bool = False
    plugged: bool | None = None
    """Whether a headset is plugged in; None as long as the keypad has told nothing of it."""
    place: int = -1
    volume: int = 0
    page: Page | None = None
    """The page that they are on."""

    @property
    def is_heard(self) -> bool:
        """Tell whether anything may be said: never into a socket that is known to be empty (EN 301 549 5.1.3.9)."""
        return self.is_on and self.plugged is not False

    @property
    def stop(self) -> Stop | None:
        """The stop in focus."""
        all_stops = stops(self.page) if self.page is not None else ()
        return all_stops[self.place] if 0 <= self.place < len(all_stops) else None

    @property
    def action(self) -> str:
        """What the key *select* would do; empty when nothing."""
        return self.stop.action if self.is_on and self.stop is not None else ""


What = Literal[
    "introduction", "page", "focus", "from_the_top", "only_read", "busy", "no_way_back", "help_none", "volume", "ended"
]


@dataclass(frozen=True, slots=True)
class Speak:
    """Interrupt what is being said, and say this."""

    what: tuple[What, ...]


@dataclass(frozen=True, slots=True)
class SpeakNews:
    """Say these stops of the page, which are new or have changed; `answers`: they came of a choice, and interrupt."""

    stops: tuple[Stop, ...]
    hint: str = ""
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Touch:
    """Do what a finger would do."""

    action: str


@dataclass(frozen=True, slots=True)
class ListeningOn:
    """Somebody has begun to listen."""


@dataclass(frozen=True, slots=True)
class ListeningOff:
    """Nobody listens any more: fall silent at once, and forget the volume."""


Act = Speak | SpeakNews | Touch | ListeningOn | ListeningOff
Step = tuple[Listening, tuple[Act, ...]]

HELP: Final = "key:help"
STAY: Final = "stay"


def step(listening: Listening, key: TactileKey) -> Step:
    """Take a key. The first one only begins, so that nobody chooses what they have not heard; *help* also helps."""
    if key == "unplugged":
        return Listening(plugged=False, page=listening.page), (ListeningOff(),) if listening.is_on else ()
    if key == "plugged":
        listening = replace(listening, plugged=True)
    page = listening.page
    if page is None or (key == "plugged" and listening.is_on):
        return listening, ()
    return _pressed(listening, page, key) if listening.is_on else _begun(listening, page, key)


def _begun(listening: Listening, page: Page, key: TactileKey) -> Step:
    begun = replace(listening, is_on=True, place=entrance(page), volume=0)
    called = (Touch(HELP),) if key == "help" and _offers(page, HELP) else ()
    return begun, (ListeningOn(), *called, Speak(("introduction", "page")))


def _pressed(listening: Listening, page: Page, key: TactileKey) -> Step:
    if key in {"next", "previous"}:
        return _moved(listening, page, 1 if key == "next" else -1)
    if _offers(page, STAY) and key != "help" and not (key == "select" and listening.action):
        return listening, (Touch(STAY),)
    return _meant(listening, page, key)


def _moved(listening: Listening, page: Page, by: int) -> Step:
    count = len(stops(page))
    if not count:
        return listening, (Speak(("page",)),)
    place = (listening.place + by) % count
    from_the_top = by > 0 and place <= listening.place
    said: tuple[What, ...] = ("from_the_top", "focus") if from_the_top else ("focus",)
    return replace(listening, place=place), (Speak(said),)


def _meant(listening: Listening, page: Page, key: TactileKey) -> Step:
    match key:
        case "select":
            return listening, (_chosen(listening, page),)
        case "back":
            return listening, (Touch("back") if _offers(page, "back") else Speak(("no_way_back", "focus")),)
        case "help":
            return listening, (Touch(HELP) if _offers(page, HELP) else Speak(("help_none",)),)
        case "volume" | "louder" | "quieter":
            return replace(listening, volume=_volume(listening.volume, key)), (Speak(("volume", "focus")),)
        case _:
            return listening, (Speak(("page",)),)


def _chosen(listening: Listening, page: Page) -> Act:
    if page.busy:
        return Speak(("busy",))
    return Touch(listening.action) if listening.action else Speak(("only_read", "focus"))


def _volume(volume: int, key: TactileKey) -> int:
    match key:
        case "louder":
            return min(volume + 1, len(VOLUMES_DB) - 1)
        case "quieter":
            return max(volume - 1, 0)
        case _:
            return (volume + 1) % len(VOLUMES_DB)


def _offers(page: Page, action: str) -> bool:
    return any(one.action == action for one in touchables(page))


# --- Another page ----------------------------------------------------------------------------------------------------


def turned(listening: Listening, page: Page, chosen: str = "") -> Step:
    """Take the page that is shown now; `chosen` is the action that led to it, when the citizen's own did.

    A new page is said from its title on. On the same page the focus stays where it was, and what is new is said: a
    changed wait or clock is not, or the ear would never rest.
    """
    before, listening = listening.page, replace(listening, page=page)
    if not listening.is_on:
        return listening, ()
    if before is None or _identity(before) != _identity(page) or chosen.startswith("page:"):
        return replace(listening, place=entrance(page)), (Speak(("page",)),)
    place = _same_place(before, listening.place, page)
    if place is None:
        return replace(listening, place=entrance(page)), (Speak(("page",)),)
    listening = replace(listening, place=place)
    news = _news(before, page, own=bool(chosen))
    if chosen:
        # Their own key is answered in any case: by what it changed, else by what it was.
        changed = tuple(one for one in stops(page) if one.action == chosen and one not in stops(before))
        answer = SpeakNews((*news, *(one for one in changed if one not in news)), _new_hint(before, page), answers=True)
        return listening, (answer,) if answer.stops or answer.hint else ()
    return listening, (SpeakNews(news),) if news else ()


def _identity(page: Page) -> tuple[str, str, str]:
    return page.name, page.title, page.subject


def _same_place(before: Page, place: int, page: Page) -> int | None:
    """Find what was in focus on the changed page; None when it is there no more."""
    old, new = stops(before), stops(page)
    if not 0 <= place < len(old):
        return None
    was = old[place]
    for at, stop in enumerate(new):
        if (stop.action == was.action) if was.action else (stop == was):
            return at
    return min(place, len(new) - 1) if new and not was.action else None


def _news(before: Page, page: Page, *, own: bool) -> tuple[Stop, ...]:
    """Give what is to be read and was not there before; numbers alone are news only to who has caused them."""
    known = {_heard_as(stop, exactly=own) for stop in stops(before)}
    readable = (stop for stop in stops(page) if not stop.action or isinstance(stop.thing, Field))
    return tuple(stop for stop in readable if _heard_as(stop, exactly=own) not in known)


def _heard_as(stop: Stop, *, exactly: bool) -> str:
    text = repr(stop.thing)
    return text if exactly else "".join(sign for sign in text if not sign.isdecimal())


def _new_hint(before: Page, page: Page) -> str:
    return page.hint if page.hint != before.hint else ""
