"""Say sentences one after the other into one ear: a thread of its own, a process for each sentence, and a card.

`say` and `hush` return at once and interrupt what is being said, in the middle of a word if need be (EN 301 549
5.1.3.4 and 5.1.3.5): who goes through a list quickly hears the beginnings. What cannot be said is told once as the
mouth's health, and tried anew with the next words; nobody ever waits for it.
"""

import subprocess
import threading
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from hardware.sound.pcm import Sound, gained
from hardware.sound.sinks import NoSound, Sink
from hardware.sound.speech_programs import CannotSay, SpeechProgram

SENTENCES_MOST: Final = 400
"""The longest page has some dozens."""

USUAL_DB: Final = -18.0
"""The usual volume, below what a card can give: so much is left to make it louder."""

KEPT_MOST: Final = 24
"""So many sentences are kept as they were said: keys are pressed back and forth."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, their language, and how much louder than usual they are said."""

    text: str
    language: str
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what becomes of a sentence; each is called in the mouth's thread and must return at once."""

    begun: Callable[[Sentence], None] = lambda _: None
    """Its first sample is on its way."""
    heard: Callable[[Sentence], None] = lambda _: None
    """It was said to its end."""
    health: Callable[[str], None] = lambda _: None
    """Why nothing can be said; empty when it can again. Told when it changes, and once at the beginning."""


@dataclass
class _Turn:
    """What one `say` has ordered, until the next."""

    sentences: deque[Sentence] = field(default_factory=deque)
    over: threading.Event = field(default_factory=threading.Event)


class Mouth:
    """One mouth, from construction to `close`.

    `open_sink` opens the sound device (raises NoSound), `program_for` the program of a language (raises CannotSay);
    `rate` is how much faster than the real clock the hall's clock runs.
    """

    def __init__(
        self,
        open_sink: Callable[[], Sink],
        program_for: Callable[[str], SpeechProgram],
        ears: Ears,
        *,
        languages: Sequence[str] = (),
        rate: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._open_sink, self._program_for, self._ears, self._rate = open_sink, program_for, ears, rate
        self._languages = languages
        self._changed = threading.Condition()
        self._turn = _Turn()
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = False
        self._told: str | None = None
        self._sink: Sink | None = None
        self._kept: OrderedDict[Sentence, bytes] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name="mouth", daemon=True)
        self._thread.start()

    def say(self, sentences: Sequence[Sentence], *, interrupt: bool = True) -> None:
        """Say sentences in order: at once, or after what is being said. From any thread."""
        with self._changed:
            if interrupt:
                self._cut()
            room = SENTENCES_MOST - len(self._turn.sentences)
            self._turn.sentences.extend(sentences[: max(0, room)])
            self._changed.notify_all()

    def hush(self) -> None:
        """Fall silent. From any thread."""
        with self._changed:
            self._cut()

    def close(self) -> None:
        """Fall silent for ever, and let go of the card."""
        with self._changed:
            self._ending = True
            self._cut()
            self._changed.notify_all()
        self._thread.join()

    def _cut(self) -> None:
        self._turn.over.set()
        self._turn = _Turn()
        if self._process is not None:
            self._process.kill()

    def _run(self) -> None:
        self._try_out()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ending or self._turn.sentences)
                if self._ending:
                    break
                turn = self._turn
                sentence = turn.sentences.popleft()
            try:
                self._say(sentence, turn)
            except (CannotSay, NoSound) as problem:
                if not turn.over.is_set():
                    self._failed(str(problem))
            except Exception as problem:  # noqa: BLE001 -- whatever it is, somebody waits for words and must hear of it.
                self._failed(_unforeseen(problem))
        self._let_go()

    def _try_out(self) -> None:
        """Look, before anybody needs it, whether the card opens and every language has a program."""
        try:
            self._sink = self._open_sink()
            for language in self._languages:
                self._program_for(language)
        except (CannotSay, NoSound) as problem:
            self._failed(str(problem))
        except Exception as problem:  # noqa: BLE001 -- as above: a mouth that died would be taken for a healthy one.
            self._failed(_unforeseen(problem))
        else:
            self._tell("")

    def _say(self, sentence: Sentence, turn: _Turn) -> None:
        pcm = self._samples(sentence, turn)
        if turn.over.is_set():
            return
        sink = self._sink = self._sink or self._open_sink()
        self._ears.begun(sentence)
        sound = Sound(f"{sentence.language}/sentence", pcm)
        whole = sink.play((sound,), self._rate(), turn.over)
        sink.finish({"said": sentence.text, "language": sentence.language, "whole": whole})
        self._tell("")
        if whole:
            self._ears.heard(sentence)

    def _samples(self, sentence: Sentence, turn: _Turn) -> bytes:
        if sentence not in self._kept:
            program = self._program_for(sentence.language)
            pcm = program.say(sentence.text, lambda process: self._started(process, turn))
            self._kept[sentence] = gained(pcm, USUAL_DB + sentence.gain_db)
            while len(self._kept) > KEPT_MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(sentence)
        return self._kept[sentence]

    def _started(self, process: "subprocess.Popen[bytes]", turn: _Turn) -> None:
        """Remember the process, so that a key can end it; a key that came meanwhile ends it now."""
        with self._changed:
            self._process = process
            if turn.over.is_set():
                process.kill()

    def _failed(self, why: str) -> None:
        """Give up what was ordered: a page with every other sentence is worse than silence. The card is opened anew."""
        with self._changed:
            self._turn.sentences.clear()
        self._let_go()
        self._tell(why)

    def _let_go(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def _tell(self, health: str) -> None:
        if health != self._told:
            self._told = health
            self._ears.health(health)


def _unforeseen(problem: Exception) -> str:
    """Put a failure that nobody foresaw into words, and where it happened into the journal."""
    traceback.print_exception(problem)
    return f"speech failed unforeseen ({type(problem).__name__}: {problem}); where is in the kiosk's journal"
