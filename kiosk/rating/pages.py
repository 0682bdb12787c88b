"""What each state of the rating terminal looks like: state and words in, `Page` out. Pure.

After a birth or a marriage faces may smile; after a death, words stand alone.
"""

from datetime import datetime
from typing import Final

from kiosk.rating.flow import Closed, Idle, Question, Reasons, State, Thanks
from kiosk.widgets.page import (
    Actions,
    Answer,
    Answers,
    Block,
    Button,
    Choices,
    Emblem,
    Face,
    Header,
    Notice,
    Page,
    Person,
    Portrait,
)
from presentation.formats import clock, ticket_number, weekday_date
from presentation.stopping import to_reader
from presentation.texts import Texts, Words, name_in
from protocol.views import RatingView, RatingWindow

_FACES: dict[int, tuple[Face, ...]] = {
    2: ("glad", "sad"),
    3: ("very_glad", "glad", "sad"),
    4: ("very_glad", "glad", "flat", "sad"),
    5: ("very_glad", "glad", "flat", "sad", "very_sad"),
}
"""Faces by the number of levels, best first; other scales have words alone."""

RESTING: Final = frozenset({"idle", "stopped", "gone", "not_ready"})
"""Names of the pages before which nobody need stand."""


def header(state: State, texts: Texts, hall_at: datetime) -> Header:
    """Give the head of the screen: agency, counter, the hall's time."""
    if state.view is None:
        return Header("", "", "", "")
    language, offset_s = state.preferences.language, state.view.utc_offset_s
    words = texts.words(language)
    return Header(
        name_in(state.view.agency, language).upper(),
        words("common.counter", counter=state.view.counter_number),
        clock(words, hall_at, offset_s),
        weekday_date(words, hall_at, offset_s),
    )


def page(state: State, texts: Texts) -> Page:
    """Give the screen of a state."""
    words = texts.words(state.preferences.language)
    name, title, hint, blocks, subject = _stopped(state, texts) or _content(state, words)
    return Page(
        name,
        title,
        hint,
        blocks,
        keys=_keys(state, texts, words),
        large_text=state.preferences.large_text,
        high_contrast=state.preferences.high_contrast,
        subject=subject,
    )


def _stopped(state: State, texts: Texts) -> "_Content | None":
    """Say why the hall is stopped; None while it goes on."""
    view = state.view
    if view is None or view.stopped is None or state.link == "refused":
        return None
    told, others = to_reader(view.stopped, texts, state.preferences.language, view.languages)
    sentences = (*((told.hint,) if told.hint else ()), *others)
    return "stopped", told.title, "", (Emblem("warning"), *(Notice(one, "trouble") for one in sentences)), ""


_Content = tuple[str, str, str, tuple[Block, ...], str]


def _content(state: State, words: Words) -> _Content:  # noqa: PLR0911 -- a table of screens.
    view, screen = state.view, state.screen
    if view is None or state.link == "refused":
        return "not_ready", words("common.out_of_service"), words("rating.gone_hint"), (Emblem("warning"),), ""
    match screen:
        case Idle() if state.link != "up":
            warning: tuple[Block, ...] = (Emblem("warning"), *_hotline(view, words))
            return "gone", words("rating.gone"), words("rating.gone_hint"), warning, ""
        case Idle():
            number = Emblem("counter", str(view.counter_number))
            blocks: tuple[Block, ...] = (number, *_hotline(view, words))
            return "idle", words("rating.idle"), words("rating.idle_hint"), blocks, ""
        case Question(window):
            number_text = ticket_number(window.prefix, window.number)
            counter = words("common.counter", counter=view.counter_number)
            neutral = window.tone == "neutral"
            title = (
                words("rating.question_neutral")
                if neutral
                else words("rating.question_for", number=number_text, counter=counter)
            )
            return (
                "question",
                title,
                words("rating.question_hint"),
                (*_after_words(window, words), *_served_by(state, window, words), _answers(state, view, screen)),
                window.nonce,
            )
        case Reasons(window, _, chosen):
            return (
                "reasons",
                words("rating.reasons_question"),
                words("rating.reasons_hint"),
                _reasons(view, chosen, words),
                window.nonce,
            )
        case Thanks(window):
            return "thanks", _thanks(screen, words), "", _after_thanks(state, screen, words), window.nonce

        case Closed(window):
            return "closed", words("rating.closed"), "", (Emblem("clock"), *_hotline(view, words)), window.nonce


def _after_words(window: RatingWindow, words: Words) -> tuple[Block, ...]:
    return (Notice(name_in(window.after_words, words.language)),) if window.after_words else ()


def _served_by(state: State, window: RatingWindow, words: Words) -> tuple[Block, ...]:
    clerk = state.clerk
    if clerk is None or not window.clerk_id or clerk.clerk_id != window.clerk_id:
        return ()
    photo = Portrait(clerk.photo.side, clerk.photo.pixels) if clerk.photo else None
    return (Person(words("rating.served_by", clerk=clerk.name), photo),)


def _answers(state: State, view: RatingView, screen: Question) -> Answers:
    """Give the scale; what was pressed before is not marked, since it would be seen from behind the counter."""
    levels = sorted(view.scale.levels, key=lambda level: level.level)
    faces: tuple[Face, ...] = _FACES.get(len(levels), ()) if screen.window.tone == "usual" else ()
    language = state.preferences.language
    return Answers(
        tuple(
            Answer(
                f"answer:{level.level}",
                name_in(level.names, language),
                level.level,
                faces[place] if faces else "",
            )
            for place, level in enumerate(levels)
        )
    )


def _reasons(view: RatingView, chosen: tuple[str, ...], words: Words) -> tuple[Block, ...]:
    buttons = tuple(
        Button(f"reason:{reason.reason_id}", name_in(reason.names, words.language), chosen=reason.reason_id in chosen)
        for reason in view.scale.reasons
    )
    send = Button("send", words("rating.reasons_send"), look="primary")
    skip = Button("skip", words("rating.reasons_skip"))
    return (Choices(buttons, across=2), Actions((skip, send) if chosen else (skip,)))


def _thanks(screen: Thanks, words: Words) -> str:
    """Thank in the same words whichever key was pressed: who looks from behind the counter must not learn which."""
    if screen.saved is False:
        return words("rating.not_saved")
    if screen.window.tone == "neutral":
        return words("rating.thanks_neutral")
    return words("rating.thanks")


def _after_thanks(state: State, screen: Thanks, words: Words) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Emblem("tick" if screen.saved is not False else "warning"),
        *_after_words(screen.window, words),
    ]
    if screen.saved and state.link != "up":
        blocks.append(Notice(words("rating.saved_offline")))
    blocks.append(Actions((Button("change", words("rating.change")),)))
    return tuple(blocks)


def _hotline(view: RatingView, words: Words) -> tuple[Block, ...]:
    return (Notice(words("rating.hotline", phone=view.hotline)),) if view.hotline else ()


def _keys(state: State, texts: Texts, words: Words) -> tuple[Button, ...]:
    wishes = state.preferences
    languages = state.view.languages if state.view else ("vi", "en")
    place = languages.index(wishes.language) if wishes.language in languages else -1
    large = "normal_text" if wishes.large_text else "large_text"
    contrast = "normal_contrast" if wishes.high_contrast else "high_contrast"
    return (
        Button("key:language", texts.own_name(languages[(place + 1) % len(languages)])),
        Button("key:large_text", words(f"kiosk.keys.{large}"), chosen=wishes.large_text),
        Button("key:high_contrast", words(f"kiosk.keys.{contrast}"), chosen=wishes.high_contrast),
    )
