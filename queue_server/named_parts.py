"""The parts of a refusal as people know them: names of the hall in place of its ids."""

from collections.abc import Mapping
from typing import Protocol

from protocol.configuration import Words
from queue_server.core.hall import Hall


class Named(Protocol):
    """A part of the hall that people know by a name in their language."""

    @property
    def names(self) -> Words:
        """The name per language."""


def named_parts(hall: Hall, parts: Mapping[str, str], language: str) -> dict[str, str]:
    """Put the names that people know in the place of ids; an id that is not of this hall stays."""
    tables: dict[str, Mapping[str, Named]] = {
        "service_id": hall.services,
        "counter_id": hall.counters,
        "priority_class_id": hall.classes,
        "work_profile_id": hall.profiles,
        "zone_id": hall.zones,
    }
    known = {name: tables[name].get(value) for name, value in parts.items() if name in tables}
    return {**parts, **{name: part.names[language] for name, part in known.items() if part is not None}}
