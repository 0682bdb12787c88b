"""Why the hall is stopped, as every screen and voice of it says: the same words everywhere. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from presentation.texts import Texts
from protocol.views import StoppedHall


class StopWords(NamedTuple):
    """The message in one language: large words, and what to do, which may be empty."""

    language: str
    title: str
    hint: str

    @property
    def sentences(self) -> str:
        """All of it, one sentence after the other."""
        return f"{self.title}. {self.hint}".rstrip()


def stop_words(stopped: StoppedHall, texts: Texts, languages: Sequence[str]) -> tuple[StopWords, ...]:
    """Give the message in each of these languages in which there is one, in order; never none.

    Where nobody has written a message, each language says in words of its own that the hall has stopped.
    """
    if not stopped.names:
        return tuple(
            StopWords(language, texts("board.stopped", language), texts("board.stopped_hint", language))
            for language in languages
        )
    spoken = [language for language in languages if stopped.names.get(language)] or list(stopped.names)
    return tuple(StopWords(language, stopped.names[language], stopped.hints.get(language, "")) for language in spoken)


def to_reader(
    stopped: StoppedHall, texts: Texts, language: str, languages: Sequence[str]
) -> tuple[StopWords, tuple[str, ...]]:
    """Give the message to a reader of this language: in it, then its sentences in the others of the hall.

    What stays Vietnamese on another page is said to be so (WCAG 3.1.2).
    """
    first, *others = stop_words(stopped, texts, tuple(dict.fromkeys((language, *languages))))
    return first, tuple(
        texts("kiosk.official_name", language, name=one.sentences)
        if one.language == "vi" and language != "vi"
        else one.sentences
        for one in others
    )
