"""How the checks of a hall tell what they find: the place, what is wrong, and the mend; and what several say alike."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from presentation.mistakes import Path
from presentation.said import Said, said

Note = Callable[[Path, Said, Said], None]

KEEP_ONE: Final = said("keep_one", "keep one")
NO_SERVICE: Final = ("no_such_service", "there is no service '{name}'")


def use_one_of(known: Iterable[str]) -> Said:
    """Name what may stand there."""
    return said("use_one_of", "use one of {known}", known=_listed(known))


def use_some_of(known: Sequence[str]) -> Said:
    """Name what may stand there, several of it too."""
    return said("use_some_of", "use some of {known}", known=_listed(known))


def _listed(known: Iterable[str]) -> str | Said:
    names = known if isinstance(known, Sequence) else sorted(known)
    return ", ".join(names) if names else said("none_yet", "none yet")


def no_words(languages: Sequence[str]) -> tuple[Said, Said]:
    """Tell that words are missing in these languages."""
    what = said("no_words", "there are no words in {languages}", languages=", ".join(languages))
    return what, said("add_words", 'add {first} = "…" there', first=languages[0])


def long_name(language: str, name: str, limit: int) -> tuple[Said, Said]:
    """Tell that a name is too long."""
    what = said("long_name", "the {language} name has {count} letters", language=language, count=len(name))
    return what, shorten_to(limit)


def long_words(language: str, words: str, limit: int) -> tuple[Said, Said]:
    """Tell that what citizens are told is too long."""
    what = said("long_words", "the {language} words have {count} letters", language=language, count=len(words))
    return what, shorten_to(limit)


def shorten_to(limit: int) -> Said:
    """Give the mend of what is too long."""
    return said("shorten_to", "shorten it to {limit}", limit=limit)


def stands_twice(name: str) -> tuple[Said, Said]:
    """Tell that the same thing is described twice."""
    return said("stands_twice", "'{name}' stands there more than once", name=name), KEEP_ONE


def check_unique(parts: Sequence[Any], list_name: str, id_name: str, note: Note) -> None:
    """Note each id that stands in a list more than once."""
    tally = Tally(getattr(part, id_name) for part in parts)
    for index, part in enumerate(parts):
        identifier = getattr(part, id_name)
        if tally[identifier] > 1:
            tally[identifier] = 0
            what = said("id_twice", "'{name}' stands there more than once", name=identifier)
            note((list_name, index, id_name), what, said("own_ids", "give each its own id"))


def missing_languages(words: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    """Languages in which these words are not given, or are empty."""
    return [language for language in languages if not words.get(language, "").strip()]
