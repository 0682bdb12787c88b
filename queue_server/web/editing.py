"""What the pages of the hall editor share: the draft beside what is effective, and the mistakes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from presentation.mistakes import Mistake, Mistakes
from protocol.configuration import Configuration
from protocol.packed import PACKED_MOST, UNPACKED_MOST_BYTES, packed
from queue_server.config import MAIN, parse, read_sources
from queue_server.web.difference import SourceDifference, differences
from queue_server.web.draft_text import NoSuchPlace, values_at
from queue_server.web.drafts import Drafts, Save, Sources
from queue_server.web.effective import NoLog, Standing, standing
from queue_server.web.pictures import Pictures
from queue_server.web.trials import Trials

SENT_MOST_BYTES: Final = 200_000
"""All texts together that go to the queue server as they are; more of them go packed."""


class CannotEdit(Exception):  # noqa: N818 -- a state of this machine.
    """The hall cannot be edited here; says why."""


@dataclass(frozen=True)
class Editing:
    """What the editor works with. `log` is the branch's, `config` the folder of the hall's files as installed."""

    drafts: Drafts
    trials: Trials
    pictures: Pictures
    log: Path
    config: Path

    def hall(self) -> Standing:
        """Give what is effective. Raises :class:`CannotEdit`."""
        try:
            return standing(self.log)
        except NoLog as problem:
            raise CannotEdit(str(problem)) from problem

    def draft(self) -> "Draft":
        """Give the draft: as it was last saved, or what is effective if nobody has saved any. :class:`CannotEdit`."""
        hall = self.hall()
        effective = hall.effective.sources or self._installed()
        save = self.drafts.last()
        return Draft(save, save.sources if save else effective, effective, hall)

    def _installed(self) -> Sources:
        """Read the files on disk, where the log does not hold the texts of what is effective."""
        try:
            return read_sources(self.config)
        except Mistakes as problem:
            raise CannotEdit(str(problem)) from problem


@dataclass(frozen=True)
class Draft:
    """The draft as a page shows it. `save` is None before anybody has saved one."""

    save: Save | None
    sources: Sources
    effective: Sources
    hall: Standing

    @property
    def number(self) -> int:
        """The save that a change of it begins from; 0 for none."""
        return self.save.number if self.save else 0

    @property
    def text(self) -> str:
        """The main file."""
        return self.sources[MAIN]

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All that is wrong with it."""
        return _checked(tuple(sorted(self.sources.items())))[1]

    @cached_property
    def configuration(self) -> Configuration | None:
        """The draft as checked; None while it has mistakes."""
        return _checked(tuple(sorted(self.sources.items())))[0]

    @cached_property
    def differences(self) -> list[SourceDifference]:
        """What publishing it would change."""
        return differences(self.effective, self.sources)

    @property
    def is_effective(self) -> bool:
        """Whether it says what is effective already."""
        return dict(self.sources) == dict(self.effective)

    @property
    def is_too_large(self) -> bool:
        """Whether one command cannot carry it, even packed."""
        if fits_unpacked(self.sources):
            return False
        return _bytes(self.sources) > UNPACKED_MOST_BYTES or len(packed(self.sources)) > PACKED_MOST

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the hall, Vietnamese first."""
        named = self.values(("languages",))
        good = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
        return tuple(dict.fromkeys(["vi", *good]))

    def values(self, path: Sequence[str | int]) -> Any:
        """Give the plain values at a place of the main file; None when there is nothing, or it is no TOML."""
        try:
            return values_at(self.text, tuple(path))
        except NoSuchPlace:
            return None

    def with_text(self, text: str) -> Sources:
        """Give the sources with another main file."""
        return {**self.sources, MAIN: text}


def fits_unpacked(sources: Sources) -> bool:
    """Whether one command can carry texts as they are."""
    return _bytes(sources) <= SENT_MOST_BYTES


def _bytes(sources: Sources) -> int:
    """Give the length of texts as JSON has them, in which some letters take two."""
    return len(msgspec.json.encode(dict(sources)))


@lru_cache(maxsize=8)
def _checked(sources: tuple[tuple[str, str], ...]) -> tuple[Configuration | None, tuple[Mistake, ...]]:
    """Check texts; a page is shown again and again while the draft stays the same."""
    try:
        return parse(dict(sources)), ()
    except Mistakes as found:
        return None, found.mistakes
