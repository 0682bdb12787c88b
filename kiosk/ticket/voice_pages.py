"""The suggestion box on the screen: kind, words, how to be reached, a last look, the code. Pure."""

from datetime import UTC, datetime

from kiosk.ticket.keyboard import keyboard
from kiosk.ticket.model import State
from kiosk.ticket.parts import back_and_start
from kiosk.ticket.voice_model import (
    VOICE_LETTERS,
    VoiceKinds,
    VoiceRefused,
    VoiceReview,
    VoiceScreen,
    VoiceSent,
    VoiceWriting,
)
from kiosk.ticket.voicing import is_offered, sentences
from kiosk.widgets.page import Actions, Block, Button, Choices, Code, Emblem, Facts, Field, Hero, Notice, Page, Tone
from presentation.formats import date
from presentation.texts import Words, name_in
from protocol.voices import look_up_address

TEXT_LINES, CONTACT_LINES = 6, 1
FEW_LEFT = 60
"""From so few letters on it is said how many are left."""


def door(state: State, words: Words) -> tuple[Button, ...]:
    """Give the way to the suggestion box; none where the hall takes no voices here, or its server is not heard."""
    return (Button("voice", words("kiosk.voice.door"), look="quiet"),) if is_offered(state) else ()


def voice_page(state: State, screen: VoiceScreen, words: Words) -> Page:
    """Give a screen of the suggestion box."""
    match screen:
        case VoiceKinds():
            return _kinds(state, words)
        case VoiceWriting(part="text"):
            return _writing(state, screen, words)
        case VoiceWriting():
            return _reach(state, screen, words)
        case VoiceReview():
            return _review(state, screen, words)
        case VoiceSent():
            return _sent(state, screen, words)
        case VoiceRefused():
            sentence = screen.sentences.get(state.preferences.language) or words("kiosk.voice.refused_hint")
            blocks = (Emblem("warning"), *_other_ways(state, words))
            return Page("voice_refused", words("kiosk.voice.refused"), sentence, blocks, back_and_start(words))


def _kind_name(state: State, kind_id: str) -> str:
    kinds = state.view.voice_kinds if state.view else ()
    return next((name_in(one.names, state.preferences.language) for one in kinds if one.kind_id == kind_id), "")


def _kinds(state: State, words: Words) -> Page:
    kinds = state.view.voice_kinds if state.view else ()
    language = state.preferences.language
    buttons = tuple(
        Button(
            f"voice_kind:{one.kind_id}",
            name_in(one.names, language),
            words.counted("kiosk.voice.within", one.answer_days),
        )
        for one in kinds
    )
    blocks = (Notice(words("kiosk.voice.privacy")), Choices(buttons))
    return Page("voice_kinds", words("kiosk.voice.title"), words("kiosk.voice.hint"), blocks, back_and_start(words))


def _writing(state: State, screen: VoiceWriting, words: Words) -> Page:
    text = sentences(screen.typed.text)
    left = VOICE_LETTERS - len(screen.typed.text)
    hint = words.counted("kiosk.voice.left", max(0, left)) if left <= FEW_LEFT else words("kiosk.voice.text_hint")
    blocks = (
        Field(text, words("kiosk.voice.text_invitation"), lines=TEXT_LINES),
        keyboard(state, words, digits=screen.digits, marks=True),
    )
    on = (Button("write_on", words("common.next"), look="primary", arrow="next"),) if screen.typed.text.strip() else ()
    title = f"{_kind_name(state, screen.kind_id)}: {words('kiosk.voice.text_title')}"
    return Page("voice_text", title, hint, blocks, (*back_and_start(words), *on), is_private=True)


def _reach(state: State, screen: VoiceWriting, words: Words) -> Page:
    blocks = (
        Field(screen.typed.text, words("kiosk.voice.contact_invitation"), lines=CONTACT_LINES),
        keyboard(state, words, digits=screen.digits, marks=True),
    )
    label = words("common.next" if screen.typed.text.strip() else "kiosk.voice.skip")
    nav = (*back_and_start(words), Button("write_on", label, look="primary", arrow="next"))
    title, hint = words("kiosk.voice.contact_title"), words("kiosk.voice.contact_hint")
    return Page("voice_contact", title, hint, blocks, nav, is_private=True)


def _review(state: State, screen: VoiceReview, words: Words) -> Page:
    facts = Facts(
        (
            (words("kiosk.voice.kind"), (_kind_name(state, screen.kind_id),)),
            (words("kiosk.voice.contact"), (screen.contact or words("kiosk.voice.no_contact"),)),
            (words("kiosk.voice.text"), (sentences(screen.text),)),
        )
    )
    busy = bool(screen.request_id)
    if screen.unanswered:
        retry = Actions((Button("send", words("common.retry"), look="primary"),))
        blocks: tuple[Block, ...] = (Notice(words("kiosk.voice.unsent"), "trouble"), facts, retry)
        return Page(
            "voice_unsent", words("kiosk.voice.unsent_title"), "", blocks, back_and_start(words), is_private=True
        )
    if screen.slow:
        blocks = (Notice(words("kiosk.server_slow")), facts)
        return Page("voice_sending", words("kiosk.voice.sending"), "", blocks, busy=True, is_private=True)
    blocks = (facts, Actions((Button("send", words("kiosk.voice.send"), look="primary"),)))
    title, hint = words("kiosk.voice.review_title"), words("kiosk.voice.review_hint")
    return Page("voice_review", title, hint, blocks, back_and_start(words), busy=busy, is_private=True)


def _sent(state: State, screen: VoiceSent, words: Words) -> Page:
    sentence, tone = _on_paper(screen, words)
    due = words("kiosk.voice.due", day=date(words, datetime.fromisoformat(screen.due_day).replace(tzinfo=UTC), 0))
    blocks: list[Block] = [Hero(screen.code), Notice(due), Notice(sentence, tone)]
    address = look_up_address(state.view.ticket_link if state.view else None)
    if address:
        blocks.append(Code(address, words("kiosk.voice.scan")))
    else:
        blocks.append(Notice(words("kiosk.voice.ask_at_desk")))
    blocks.append(Actions((Button("done", words("common.done"), look="primary"),)))
    title = words("kiosk.voice.sent_title")
    return Page(
        "voice_sent", title, words("kiosk.voice.your_code"), tuple(blocks), subject=screen.voice_id, is_private=True
    )


def _on_paper(screen: VoiceSent, words: Words) -> tuple[str, Tone]:
    match screen.printing:
        case "printing":
            return words("kiosk.voice.printing"), "info"
        case "printed":
            return words("kiosk.voice.printed"), "good"
        case "none":
            return words("kiosk.voice.write_down"), "info"
        case "failed":
            return words("kiosk.voice.write_down"), "trouble"


def _other_ways(state: State, words: Words) -> tuple[Block, ...]:
    channels = state.view.voice_channels if state.view else ()
    return tuple(Notice(words(f"public.voice.way.{one}")) for one in ("paper", "desk", "hotline") if one in channels)
