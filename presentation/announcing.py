"""How a call is announced, whatever plays it: its languages, its clips, and the pauses between them. Pure."""

from presentation.speech import SPOKEN_LANGUAGES, CallStyle, call_words
from protocol.configuration import Policies
from protocol.views import BoardCall

AFTER_CHIME_MS = 120
BETWEEN_WORDS_MS = 35
BEFORE_COUNTER_MS = 140
BETWEEN_PARTS_MS = 600
BETWEEN_CALLS_MS = 800
"""After each call there is quiet, so that in a burst one number does not run into the next."""


def languages_of(call: BoardCall, policies: Policies, *, hurried: bool) -> tuple[str, ...]:
    """Give the languages in which a call is said, in order: the hall's, then the citizen's own if it is another."""
    wanted = dict.fromkeys((*policies.announce_languages, call.language))
    spoken = tuple(language for language in wanted if language in SPOKEN_LANGUAGES)
    return spoken[:1] if hurried else spoken


def words_of(call: BoardCall, policies: Policies, language: str) -> tuple[str, ...]:
    """Give the clip keys of a call in a language, as the hall reads numbers."""
    style = CallStyle(numbers=policies.announce_digits, dialect=policies.announce_dialect)
    return call_words(
        call.prefix, call.number, call.counter_number, language, style, again=call.again, priority=call.priority
    )
