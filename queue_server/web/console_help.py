"""Calls for help between counters, as the pages of staff tell them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from presentation.formats import clock
from presentation.texts import Words
from protocol.views import CounterHelp, HallView


@dataclass(frozen=True)
class HelpWanted:
    """A counter that asks somebody to come; `may_go` tells whether who looks is asked and nobody goes yet."""

    counter_id: str
    sentence: str
    may_go: bool


def wanted_of(
    asked: Iterable[CounterHelp], clerk_id: str, hall: HallView, names: Mapping[str, str], words: Words
) -> tuple[HelpWanted, ...]:
    """Write the calls that concern a clerk: those that ask them, and the one to which they go."""
    return tuple(
        HelpWanted(one.counter_id, _going(one, words), may_go=False)
        if one.answered_by == clerk_id
        else HelpWanted(one.counter_id, _calling(one, hall, names, words), may_go=True)
        for one in asked
    )


def all_wanted(hall: HallView, names: Mapping[str, str], words: Words) -> tuple[HelpWanted, ...]:
    """Give all calls, for those who see the whole hall, and who goes."""
    given = []
    for one in hall.counter_help:
        sentence = _calling(one, hall, names, words)
        if one.answered_by:
            helper = names.get(one.answered_by, one.answered_by)
            sentence = f"{sentence} {words('console.help_coming', helper=helper)}"
        given.append(HelpWanted(one.counter_id, sentence, may_go=not one.answered_by))
    return tuple(given)


def own_hint(own: CounterHelp | None, names: Mapping[str, str], words: Words) -> str:
    """Write on the key of one's own call how it stands; empty where none does."""
    if own is None:
        return ""
    if own.answered_by:
        return words("console.help_coming", helper=names.get(own.answered_by, own.answered_by))
    return words("console.help_waiting")


def _calling(one: CounterHelp, hall: HallView, names: Mapping[str, str], words: Words) -> str:
    numbers = {counter.counter_id: counter.number for counter in hall.counters}
    whom = words(f"console.help_to.{one.to}")
    if one.to_counter_id:
        whom = words("common.counter", counter=numbers.get(one.to_counter_id, one.to_counter_id))
    who = {
        "counter": words("common.counter", counter=one.number),
        "clerk": names.get(one.clerk_id, one.clerk_id),
        "time": clock(words, one.since_at, hall.utc_offset_s),
    }
    if one.to == "colleague" and not one.to_counter_id:
        return words("console.help_wanted", **who)
    return words("console.help_called", whom=whom, **who)


def _going(one: CounterHelp, words: Words) -> str:
    return words("console.help_going", counter=words("common.counter", counter=one.number))
