"""The loop around `focus` and `spoken`: keys from a tactile keypad, words to a headset, a ring on the screen.

Speech goes to one named device and nowhere else, and only to who uses the keypad; a kiosk whose keypad tells of its
socket says nothing while no headset is in it (EN 301 549 5.1.3.9 and 5.1.3.10).
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.widgets import focus
from kiosk.widgets.focus import VOLUMES_DB, Act, Listening, ListeningOff, ListeningOn, Speak, SpeakNews, Touch
from kiosk.widgets.page import Header, Page
from kiosk.widgets.spoken import Guide, Utterance, spoken, utterances
from presentation.texts import Words

if TYPE_CHECKING:
    # The first frame does not wait for these.
    from hardware.codecs.tactile_keypad import TactileKey
    from hardware.inputs import InputOwner, SourceHealth
    from hardware.sound.mouth import Mouth, Sentence
    from hardware.sound.speech_programs import SpeechProgram


@dataclass(frozen=True, slots=True)
class ListeningSettings:
    """The tactile keypad and the headset of a touch program."""

    keypad: str
    """The keypad's address (`hardware.registry`)."""
    kind: str
    """One of our keypads by its name, or the path of a file (`hardware.device_files.load_tactile`)."""
    headset: str = ""
    """The address of the sound device (`hardware.sound.sinks`); empty for a keypad without speech."""
    models: dict[str, Path] = field(default_factory=dict)
    """Models for Piper by language; espeak-ng speaks the others."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """What the listener asks of its program, in the window's thread, and the inputs by which it tells it things."""

    words: Callable[[], Words]
    is_listening: Callable[[], bool]
    """Whether the flow still counts somebody as listening: it ends that when it makes room for the next citizen."""
    rate: Callable[[], float]
    listening: Callable[[bool], Any]
    attended: Callable[[], Any]
    health: Callable[[str, str], Any]
    """Of `keypad` or `speech`: why it is gone, or empty."""


@dataclass(frozen=True, slots=True)
class Wished:
    """What a key wants of the program: inputs to take, then things to touch."""

    inputs: tuple[Any, ...] = ()
    touches: tuple[str, ...] = ()


class Listener:
    """One keypad and one ear. All methods but `begin` and `close` belong to the window's thread.

    `press` is called from the keypad's thread with each key, `post` from any thread with an input of the program, and
    `said` from the mouth's thread with each sentence when it begins.
    """

    def __init__(self, settings: ListeningSettings, program: Listeners) -> None:
        self._settings, self._program = settings, program
        self._listening = Listening()
        self._header: Header | None = None
        self._chosen = ""
        self._guide = Guide()
        self._mouth: Mouth | None = None
        self._keypad: InputOwner[TactileKey] | None = None
        self.press: Callable[[TactileKey], None] = lambda _: None
        self.post: Callable[[Any], None] = lambda _: None
        self.said: Callable[[Sentence], None] = lambda _: None

    def begin(self, languages: Sequence[str]) -> None:
        """Open the keypad and, if a headset is named, the mouth; in a thread that may wait.

        Raises WrongAddress (hardware.registry), and Mistakes (presentation.mistakes) for a wrong file.
        """
        from hardware.codecs.tactile_keypad import TactileSource
        from hardware.device_files import load_tactile
        from hardware.inputs import InputOwner
        from hardware.registry import find

        keypad, keys = find(self._settings.keypad), load_tactile(self._settings.kind)
        self._guide = Guide(keys.guide)
        if self._settings.headset:
            self._open_mouth(languages)
        self._keypad = InputOwner(keypad.open, TactileSource(keys), self._keyed, "tactile keypad")

    def _open_mouth(self, languages: Sequence[str]) -> None:
        from hardware.sound.mouth import Ears, Mouth
        from hardware.sound.sinks import open_sink

        ears = Ears(
            begun=self._begun,
            heard=lambda _: self.post(self._program.attended()),
            health=lambda gone: self._told("speech", gone),
        )
        opening = partial(open_sink, self._settings.headset)
        self._mouth = Mouth(opening, self._speech_program, ears, languages=languages, rate=self._program.rate)

    def close(self) -> None:
        """Give keypad and headset back."""
        for part in (self._keypad, self._mouth):
            if part is not None:
                part.close()

    def _speech_program(self, language: str) -> "SpeechProgram":
        from hardware.sound.speech_programs import espeak, piper

        model = self._settings.models.get(language)
        return piper(model) if model is not None else espeak(language)

    def _keyed(self, event: "TactileKey | SourceHealth") -> None:
        from hardware.inputs import SourceHealth

        if isinstance(event, SourceHealth):
            self._told("keypad", "" if event.is_open else event.what)
        else:
            self.press(event)

    def _begun(self, sentence: "Sentence") -> None:
        self.said(sentence)

    def _told(self, part: str, gone: str) -> None:
        sys.stderr.write(f"kiosk: {part} for the headset: {gone or 'ready'}\n")
        self.post(self._program.health(part, gone))

    # --- in the window's thread ---

    @property
    def focused(self) -> str:
        """The action that has the ring; empty for none."""
        return self._listening.action

    def pressed(self, key: "TactileKey") -> Wished:
        """Take a key, speak its answer, and give what it wants of the program."""
        was_on = self._listening.is_on
        self._listening, acts = focus.step(self._listening, key)
        touches = tuple(act.action for act in acts if isinstance(act, Touch))
        self._chosen = touches[-1] if touches else ""
        self._do(acts)
        if self._mouth is not None and touches and not any(isinstance(act, Speak) for act in acts):
            self._mouth.hush()  # What was being said is about a page that is over.
        begun = tuple(
            self._program.listening(isinstance(act, ListeningOn))
            for act in acts
            if isinstance(act, ListeningOn | ListeningOff)
        )
        return Wished(begun or ((self._program.attended(),) if was_on else ()), touches)

    def showed(self, page: Page, header: Header) -> None:
        """Take what is on the screen now."""
        self._header = header
        chosen, self._chosen = self._chosen, ""
        if self._listening.is_on and not self._program.is_listening():
            self._ended(page)
        if page is self._listening.page or page == self._listening.page:
            return
        self._listening, acts = focus.turned(self._listening, page, chosen)
        self._do(acts)

    def _ended(self, page: Page) -> None:
        """Let the citizen know that the kiosk has gone back to its beginning, and forget how loud they had it."""
        words = self._program.words()
        if self._listening.is_heard:
            self._say(tuple(utterances(words("listen.ended"), words)), interrupt=True)
        self._listening = Listening(plugged=self._listening.plugged, page=page)

    def _do(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            if isinstance(act, ListeningOff) and self._mouth is not None:
                self._mouth.hush()
            if isinstance(act, Speak | SpeakNews) and self._listening.is_heard:
                said = spoken(act, self._listening, self._program.words(), header=self._header, guide=self._guide)
                self._say(said, interrupt=isinstance(act, Speak) or act.answers)

    def _say(self, said: tuple[Utterance, ...], *, interrupt: bool) -> None:
        if self._mouth is not None:
            from hardware.sound.mouth import Sentence

            gain_db = VOLUMES_DB[self._listening.volume]
            self._mouth.say([Sentence(one.text, one.language, gain_db) for one in said], interrupt=interrupt)
