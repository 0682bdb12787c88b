"""What a technician answers: yes, no or skip, with words behind; at the terminal, or from a file for a script.

An answer that nobody gave is no answer. A file that lacks one leaves its question open; it never says yes.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

from motcua.commands import Problem
from presentation.mistakes import locate

Word = Literal["yes", "no", "skip", ""]

WORDS: Final[Mapping[str, Word]] = {
    **dict.fromkeys(("y", "yes", "c", "có", "co"), "yes"),
    **dict.fromkeys(("n", "no", "k", "không", "khong"), "no"),
    **dict.fromkeys(("s", "skip", "b", "bỏ", "bo"), "skip"),
}
ASKED_AGAIN_MOST: Final = 5


class Answer(NamedTuple):
    """``word`` is empty when nobody answered, or when Enter alone said to go on. ``note`` is what was added."""

    word: Word
    note: str = ""


class Answers(Protocol):
    """Somebody, or something, that answers."""

    answers_file: str
    """The name of the file whose answers these are; empty when a person gives them."""

    def begins(self, check_id: str, question: str) -> Answer | None:
        """Say whether a device is to be tried: anything but a skip; None when nobody says anything of it."""

    def goes_on(self, question_id: str, question: str) -> Answer | None:
        """Say whether to go on (Enter) or to skip; None when nobody says anything of it."""

    def judges(self, question_id: str, question: str) -> Answer:
        """Say yes, no or skip to what was seen; an empty word when nobody says anything of it."""


def understood(answer: str) -> Answer | None:
    """Understand an answer; None when it begins with none of the words."""
    word, _, note = answer.strip().partition(" ")
    known = WORDS.get(word.strip(":,.").lower()) if word else ""
    return None if known is None else Answer(known, note.strip())


class AtTheTerminal:
    """A person at the terminal. ``ask`` puts a question and gives what was typed; it may raise Problem."""

    answers_file = ""

    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None], not_understood: str) -> None:
        self._ask, self._say, self._not_understood = ask, say, not_understood

    def begins(self, check_id: str, question: str) -> Answer | None:
        """See :class:`Answers`."""
        return self.goes_on(check_id, question)

    def goes_on(self, question_id: str, question: str) -> Answer | None:  # noqa: ARG002 -- a person needs no id.
        """See :class:`Answers`."""
        return self._answer(question, {"", "skip"})

    def judges(self, question_id: str, question: str) -> Answer:  # noqa: ARG002 -- the same.
        """See :class:`Answers`."""
        return self._answer(question, {"yes", "no", "skip"})

    def _answer(self, question: str, wanted: Collection[Word]) -> Answer:
        for _ in range(ASKED_AGAIN_MOST):
            answer = understood(self._ask(question))
            if answer is not None and answer.word in wanted:
                return answer
            self._say(self._not_understood)
        return Answer("skip")


def _mend_of(name: str, names: Collection[str]) -> str:
    """Say what a name that nobody asks for may have meant."""
    near = get_close_matches(name, names)
    return f"did you mean {' or '.join(near)}?" if near else f"asked are: {', '.join(sorted(names))}"


def _begun(answer: Answer | None) -> Answer | None:
    """Read an answer to whether something shall be begun: who says no to that leaves it out."""
    return Answer("skip", answer.note) if answer is not None and answer.word == "no" else answer


class FromFile:
    """Answers by question, as TOML: `call-keypad-1 = "yes"`, `"call-keypad-1.replug" = "skip no time"`.

    ``names`` are the questions that may be asked. Raises Problem when the file cannot be read, an answer not be
    understood, or nobody asks what it answers.
    """

    def __init__(self, path: Path, names: Collection[str]) -> None:
        try:
            text = path.read_text("utf-8")
            given = tomllib.loads(text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Problem(f"{path}: {error}") from error
        self.answers_file = path.name
        self._given: dict[str, Answer] = {}
        for name, told in given.items():
            place = f"{path}:{locate(text, (name,)) or 1}"
            if name not in names:
                raise Problem(f"{place}: nobody asks for {name!r}; {_mend_of(name, names)}")
            answer = understood(told) if isinstance(told, str) else None
            if answer is None:
                mend = 'write yes, no or skip, and words behind it: "device" = "yes lamp is weak"; quote dotted names'
                raise Problem(f"{place}: {name} = {told!r} is no answer; {mend}")
            self._given[name] = answer

    def begins(self, check_id: str, question: str) -> Answer | None:  # noqa: ARG002 -- a file reads no question.
        """See :class:`Answers`; a device of which the file says anything at all is begun."""
        named = any(one == check_id or one.startswith(f"{check_id}.") for one in self._given)
        return _begun(self._given.get(f"{check_id}.begin", Answer("") if named else None))

    def goes_on(self, question_id: str, question: str) -> Answer | None:  # noqa: ARG002 -- the same.
        """See :class:`Answers`; what is to be done by hand is begun when the file says yes to it."""
        return _begun(self._given.get(question_id))

    def judges(self, question_id: str, question: str) -> Answer:  # noqa: ARG002 -- the same.
        """See :class:`Answers`."""
        return self._given.get(question_id, Answer(""))
