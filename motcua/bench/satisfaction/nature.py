"""How citizens answer in simulated branches, and what clerks do about it.

A branch has eight counters with about 25 tickets a day each. Honest clerks differ for good: 33 % ± 6 % of their
citizens answer, 88 % ± 4 % of those are satisfied; and days differ by two points for everybody.
"""

import random
from typing import Final, Literal, NamedTuple

from queue_server.satisfaction.tallies import Tally

COUNTERS: Final = 8
TICKETS: Final = 25
MONTH_DAYS: Final = 22

SATISFIED: Final = 1
UNSATISFIED: Final = 4
"""Keys of the scale: its best, and its worst."""

_PATIENCE: Final = 0.5
"""Of those who would have answered, so many still do after a clerk has pressed for them."""

Act = Literal["honest", "press", "hide", "for_others", "invent"]


class Tactic(NamedTuple):
    """What a clerk does: to how great a part of those whom it concerns, or how many a day."""

    name: str
    act: Act
    part: float = 0.0


HONEST: Final = Tactic("honest", "honest")
TACTICS: Final = (
    Tactic("presses for 80 % of those who do not answer", "press", 0.8),
    Tactic("presses for 40 % of those who do not answer", "press", 0.4),
    Tactic("presses for 20 % of those who do not answer", "press", 0.2),
    Tactic("hides the keys from 80 % of the unhappy", "hide", 0.8),
    Tactic("presses for every second citizen, before they can", "for_others", 0.5),
    Tactic("invents 10 visits a day and rates them", "invent", 10),
)


class Character(NamedTuple):
    """How an honest clerk's citizens are: the part that answers, and the part of those that is satisfied."""

    response: float
    share: float


def character(chance: random.Random) -> Character:
    """Draw a clerk's citizens."""
    return Character(
        min(0.9, max(0.05, chance.gauss(0.33, 0.06))),
        min(0.995, max(0.5, chance.gauss(0.88, 0.04))),
    )


def presses(of: Character, tactic: Tactic, chance: random.Random) -> tuple[int, ...]:
    """Draw the keys that are pressed while a visit's question is open, in their order; the clerk's among them."""
    answers, satisfied = chance.random() < of.response, chance.random() < of.share
    own = (SATISFIED if satisfied else UNSATISFIED,) if answers else ()
    if tactic.act == "honest":
        return own
    if tactic.act == "hide":
        return () if answers and not satisfied and chance.random() < tactic.part else own
    if tactic.act == "press":
        return own or ((SATISFIED,) if chance.random() < tactic.part else ())
    if tactic.act == "for_others" and chance.random() < tactic.part:
        return (SATISFIED, *own) if chance.random() < _PATIENCE else (SATISFIED,)
    return own


def day_of(of: Character, tactic: Tactic, chance: random.Random, mood: float = 0.0) -> list[tuple[int, ...]]:
    """Draw the presses of a counter's day, visit by visit; ``mood`` is added to the part that answers."""
    today = of._replace(response=min(0.95, max(0.02, of.response + mood)))
    visits = [presses(today, tactic, chance) for _ in range(max(5, round(chance.gauss(TICKETS, 5))))]
    return visits + [(SATISFIED,)] * round(tactic.part if tactic.act == "invent" else 0)


def counted(visits: list[tuple[int, ...]]) -> Tally:
    """Count a day as the rules do: of each visit the last press within the window.

    Not taken on trust: a test plays the same visits on the real rules and must come to the same counts.
    """
    rated = [keys[-1] for keys in visits if keys]
    return Tally(rated.count(SATISFIED), len(rated), len(visits))


def month(seed: str, tactic: Tactic, days: int, begins: int = 0) -> list[dict[int, Tally]]:
    """Play the days of a branch whose counter 0 keeps to a tactic from a day on; all others are honest."""
    chance = random.Random(seed)
    clerks = [character(chance) for _ in range(COUNTERS)]
    played = []
    for day in range(days):
        mood = chance.gauss(0, 0.02)
        played.append(
            {
                at: counted(day_of(clerk, tactic if at == 0 and day >= begins else HONEST, chance, mood))
                for at, clerk in enumerate(clerks)
            }
        )
    return played
