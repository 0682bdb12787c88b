"""A page as sentences to say, in the citizen's language. Pure; `focus` knows what is where, this how it is called.

What is seen is heard, in the same words (EN 301 549 5.1.3.3), errors first (5.1.3.15), a number digit by digit,
pictures by the words beside them (5.1.3.6), and the ticket by all that one must know of it (5.1.3.16). No sentence
holds a digit or a shortened word that a speech program could misread: see `presentation.reading_aloud`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kiosk.widgets.focus import (
    STAY,
    VOLUMES_DB,
    Fact,
    Listening,
    Speak,
    SpeakNews,
    Stop,
    What,
    entrance,
    stops,
)
from kiosk.widgets.page import (
    Answer,
    Button,
    Code,
    Emblem,
    Field,
    Header,
    Hero,
    Notice,
    Page,
    Summary,
    Tile,
    touchables,
)
from presentation.language_runs import runs
from presentation.reading_aloud import aloud, letter, number, spelt
from presentation.texts import Words

LANGUAGE_KEY = "key:language"
SENTENCE_SIGNS_MOST = 300
"""Longer ones are said in pieces, so that any of them is soon over: a speech program has its limits too."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence and the language it is in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What the introduction tells of the keypad: how a key feels, and what it does, as codes of texts."""

    keys: tuple[tuple[str, str], ...] = ()


def spoken(
    act: Speak | SpeakNews, listening: Listening, words: Words, *, header: Header | None = None, guide: Guide = Guide()
) -> tuple[Utterance, ...]:
    """Give what an act says, sentence by sentence; a sentence without words is left out."""
    page = listening.page
    if page is None:
        return ()
    if isinstance(act, SpeakNews):
        texts: Iterable[str] = (act.hint, *(text for stop in _weighty_first(act.stops) for text in _texts(stop, words)))
    else:
        texts = (text for what in act.what for text in _what(what, listening, page, words, header, guide))
    return tuple(one for text in texts for one in utterances(text, words))


def utterances(text: str, words: Words) -> Iterator[Utterance]:
    """Cut a text into utterances, each in the language its words are of."""
    called = _called(text, words)
    for part, language in ((text, called),) if called else runs(text, words.language):
        known = language in words.texts.by_language
        said = aloud(part, words.texts.words(language) if known else words)
        for piece in _pieces(said):
            if any(sign.isalnum() for sign in piece):
                yield Utterance(piece, language)


def _called(text: str, words: Words) -> str:
    """Give the language of which a text is the own name: it is said so that its speakers know it."""
    texts = words.texts
    names = {
        texts("language.own_name", code): code for code in texts.by_language if texts.has("language.own_name", code)
    }
    return names.get(text, "")


def _pieces(text: str) -> Iterator[str]:
    """Cut at the ends of sentences, else at commas, else at spaces, into pieces that are not too long."""
    while len(text) > SENTENCE_SIGNS_MOST:
        head = text[:SENTENCE_SIGNS_MOST]
        cut = max(head.rfind(". "), head.rfind("? ")) + 1 or head.rfind(", ") + 1 or head.rfind(" ") + 1
        yield text[: cut or SENTENCE_SIGNS_MOST].strip()
        text = text[cut or SENTENCE_SIGNS_MOST :].strip()
    yield text


def _what(  # noqa: PLR0917 -- a sentence is made of all of these.
    what: What, listening: Listening, page: Page, words: Words, header: Header | None, guide: Guide
) -> Iterator[str]:
    match what:
        case "introduction":
            yield from _introduction(page, words, header, guide)
        case "page":
            yield from page_texts(page, listening, words)
        case "focus":
            yield from _focus_texts(page, listening.place, words)
        case "volume":
            level, levels = (number(value, words) for value in (listening.volume + 1, len(VOLUMES_DB)))
            yield words("listen.volume", level=level, levels=levels)
        case _:
            yield words(f"listen.{what}")


def _introduction(page: Page, words: Words, header: Header | None, guide: Guide) -> Iterator[str]:
    """Say where one is and how the keys are used, which no sticker can tell a finger (EN 301 549 5.1.3.1).

    Who does not understand a word of it hears their own language named, where the page leads to another (5.1.3.14).
    """
    if header is not None and header.name:
        yield f"{header.agency}. {header.name}."
    yield from (one.label for one in touchables(page) if isinstance(one, Button) and one.action == LANGUAGE_KEY)
    yield words("listen.begin")
    for felt, does in guide.keys:
        yield words("listen.key", key=words(f"listen.felt.{felt}"), does=words(f"listen.does.{does}"))


def page_texts(page: Page, listening: Listening, words: Words) -> Iterator[str]:
    """Say a page: what is wrong, its title and hint, what is read before the first choice, and the one in focus."""
    all_stops = stops(page)
    place = listening.place if 0 <= listening.place < len(all_stops) else entrance(page)
    before = [stop for stop in all_stops[: max(0, entrance(page))] if not stop.action]
    for stop in (stop for stop in before if _is_trouble(stop)):
        yield from _texts(stop, words)
    yield page.title
    yield page.hint
    for stop in (stop for stop in before if not _is_trouble(stop)):
        yield from _texts(stop, words)
    if any(one.action == STAY for one in touchables(page)):
        yield words("listen.extend")
    yield from _focus_texts(page, place, words)


def _focus_texts(page: Page, place: int, words: Words) -> Iterator[str]:
    all_stops = stops(page)
    if not 0 <= place < len(all_stops):
        return
    yield from _texts(all_stops[place], words)
    count, at = (number(value, words) for value in (len(all_stops), place + 1))
    yield words("listen.place", place=at, count=count)


def _weighty_first(of: Sequence[Stop]) -> list[Stop]:
    return sorted(of, key=lambda stop: not _is_trouble(stop))


def _is_trouble(stop: Stop) -> bool:
    return isinstance(stop.thing, Notice) and stop.thing.tone == "trouble"


# --- What a stop is called -------------------------------------------------------------------------------------------


def _texts(stop: Stop, words: Words) -> Iterator[str]:
    """Give the sentences of a stop."""
    match stop.thing:
        case Tile():
            yield from _tile(stop.thing, words)
        case Button():
            yield _button(stop, stop.thing, words)
        case Answer(label=label, chosen=chosen):
            yield _joined(label, words("listen.is_chosen") if chosen else "")
        case Field():
            yield from _field(stop.thing, words)
        case Fact():
            yield from _fact(stop.thing, words)
        case Summary():
            yield from _summary(stop.thing, words)
        case Hero(number_text=number_text, class_text=class_text):
            yield spelt(number_text, words)
            yield class_text
        case Code(sentence=text) | Notice(text=text) | Emblem(text=text):
            yield text


def _joined(*parts: str) -> str:
    return ". ".join(part.rstrip(". ") for part in parts if part)


def _tile(tile: Tile, words: Words) -> Iterator[str]:
    yield _joined(tile.label, tile.hint)
    yield _joined(_wait(tile.wait, words, known=tile.mark != "none"), tile.people)
    yield _badge(tile.badge, words)


def _wait(wait: str, words: Words, *, known: bool) -> str:
    """Say of minutes what they are: on the screen their place tells it."""
    says_itself = not any(sign.isdecimal() for sign in wait)
    return wait if says_itself or not known else words("kiosk.wait_estimate", range=wait)


def _badge(badge: str, words: Words) -> str:
    return words("listen.letter", letter=spelt(badge, words)) if badge else ""


def _button(stop: Stop, button: Button, words: Words) -> str:
    label = words("listen.page_number", page=button.label) if stop.on_page else button.label
    if len(label) == 1:
        label = letter(label, words)
    return _joined(label, button.hint, words("listen.is_chosen") if button.chosen else "")


def _field(field: Field, words: Words) -> Iterator[str]:
    if field.text.strip():
        yield words("listen.typed", text=field.text.strip())
    else:
        yield _joined(words("listen.field"), field.invitation)


def _fact(fact: Fact, words: Words) -> Iterator[str]:
    if fact.count > 1:
        place, count = number(fact.place, words), number(fact.count, words)
        yield words("listen.document", label=fact.label, place=place, count=count)
    else:
        yield fact.label
    yield fact.text


def _summary(summary: Summary, words: Words) -> Iterator[str]:
    yield summary.title
    yield from summary.lines
    yield _joined(_wait(summary.wait, words, known=summary.mark != "none"), summary.people)
    yield _badge(summary.badge, words)
