"""The suggestion box: from a kind to a code. Beside the way to a number, never in it. Pure.

A voice has its id from the first try on, so that sending it again after a lost answer is the same voice. Nothing of it
is written to the kiosk's disk: what the server has not said to have received is not received, and the screen says so.
"""

from dataclasses import replace

from kiosk.ticket.keyboard import MARKS, key_typed, keys_changed
from kiosk.ticket.model import Ask, Effect, Now, Screen, State
from kiosk.ticket.taking import TRY_AGAIN_CODES
from kiosk.ticket.voice_model import (
    REACHED_LETTERS,
    VOICE_LETTERS,
    CodeTold,
    PrintCode,
    VoiceKinds,
    VoiceRefused,
    VoiceReview,
    VoiceSent,
    VoiceWriting,
)
from presentation.composing import Typed
from protocol.ballots import written_code
from protocol.views import AnyReply, Done, Refused
from protocol.voice_commands import FindVoiceCode, ReceiveVoice
from protocol.voice_views import VoiceCodeFound

Step = tuple[State, tuple[Effect, ...]]
SENTENCE_ENDS = frozenset(".?!")


def is_offered(state: State) -> bool:
    """Tell whether voices can be written here now: the hall takes them, and its server is heard."""
    view = state.view
    return state.link == "up" and view is not None and "kiosk" in view.voice_channels and bool(view.voice_kinds)


def first_screen(state: State) -> Screen:
    """Give where writing begins: without a question where there is one kind alone."""
    kinds = state.view.voice_kinds if state.view else ()
    return VoiceWriting(kinds[0].kind_id) if len(kinds) == 1 else VoiceKinds()


def kind_chosen(state: State, kind_id: str) -> Screen | None:
    """Give the screen after a kind; None for one that the hall does not have."""
    kinds = state.view.voice_kinds if state.view else ()
    return VoiceWriting(kind_id) if any(one.kind_id == kind_id for one in kinds) else None


def typed_on(state: State, screen: VoiceWriting, verb: str, target: str) -> State:
    """Type a key, or change the keys."""
    if verb != "type":
        return keys_changed(state, screen, verb, target)
    most = VOICE_LETTERS if screen.part == "text" else REACHED_LETTERS
    if target in MARKS:
        return replace(state, screen=replace(screen, typed=_with_mark(screen.typed, target, most)))
    return replace(state, screen=replace(screen, typed=key_typed(state, screen.typed, target, most)))


def _with_mark(before: Typed, mark: str, most: int) -> Typed:
    """Add a mark, and the space after it, to a word."""
    words = before.text.rstrip()
    return before if len(before.text) >= most or not words or words[-1] in MARKS else Typed(f"{words}{mark} ")


def sentences(text: str) -> str:
    """Write typed words as people do: each sentence begins with a capital letter, and nothing hangs at its ends."""
    written, begins = "", True
    for sign in text.strip():
        written += sign.upper() if begins else sign
        begins = sign in SENTENCE_ENDS or (begins and not sign.isalnum())
    return written


def written_on(screen: VoiceWriting) -> Screen | None:
    """Give the screen after what was written; None while there is nothing to send."""
    text = screen.typed.text.strip()
    if screen.part == "contact":
        return VoiceReview(screen.kind_id, screen.text, text)
    return VoiceWriting(screen.kind_id, "contact", text=text, digits=True) if text else None


def send(state: State, screen: VoiceReview, now: Now) -> Step:
    """Hand the voice in, under the id of the first try; without the server say so at once."""
    voice_id = screen.voice_id or now.fresh_id
    if state.link != "up" or state.identity is None:
        return replace(state, screen=replace(screen, voice_id=voice_id, unanswered=True)), ()
    command = ReceiveVoice(
        function_id=state.identity.function_id,
        voice_id=voice_id,
        channel="kiosk",
        kind_id=screen.kind_id,
        text=sentences(screen.text),
        contact=screen.contact,
    )
    return _asking(state, replace(screen, voice_id=voice_id), command, now)


def _asking(state: State, screen: VoiceReview, command: ReceiveVoice | FindVoiceCode, now: Now) -> Step:
    asking = replace(screen, request_id=now.fresh_id, since_real_s=now.real_s, slow=False, unanswered=False)
    return replace(state, screen=asking), (Ask(now.fresh_id, command, state.settings.ask_real_s),)


def answered(state: State, screen: VoiceReview, reply: AnyReply | None, now: Now) -> Step:
    """Take the server's word: received, then its code; refused; or nothing, which says nothing."""
    match reply:
        case Done() if state.identity is not None:
            code = FindVoiceCode(function_id=state.identity.function_id, voice_id=screen.voice_id)
            return _asking(state, screen, code, now)
        case VoiceCodeFound():
            sent = VoiceSent(screen.voice_id, written_code(reply.code), reply.due_day)
            paper = (PrintCode(sent, state.preferences.language),) if state.settings.has_printer else ()
            sent = replace(sent, printing="printing") if paper else sent
            return replace(state, screen=sent, history=()), paper
        case Refused(code=code) if code not in TRY_AGAIN_CODES:
            return replace(state, screen=VoiceRefused(reply.sentences)), ()
        case _:
            return replace(state, screen=replace(screen, request_id="", unanswered=True)), ()


def code_told(state: State, told: CodeTold) -> State:
    """Show what became of the paper, if its citizen is still there."""
    screen = state.screen
    if not isinstance(screen, VoiceSent) or screen.voice_id != told.voice_id:
        return state
    return replace(state, screen=replace(screen, printing="printed" if told.printed else "failed"))
