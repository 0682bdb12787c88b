"""The procedures of a hall as its kiosk has them: complete, and ready to be searched. Pure."""

from dataclasses import dataclass, field

from presentation.search import Index, index
from protocol.configuration import Procedure


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The procedures this hall publishes, complete, under their content hash."""

    catalogue_hash: str
    procedures: tuple[Procedure, ...]
    names: Index = field(compare=False)
    """The names, made ready once for searching."""

    @classmethod
    def of(cls, catalogue_hash: str, procedures: tuple[Procedure, ...]) -> "Catalogue":
        """Make a catalogue of procedures; each is found by any of its names."""
        names = [
            (procedure.code, name, language)
            for procedure in procedures
            for language, name in (*procedure.names.items(), ("vi", procedure.official_name))
            if name
        ]
        return cls(catalogue_hash, procedures, index(names))
