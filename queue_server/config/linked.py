"""What must hold of linked services: whoever begins them can go through all of them."""

from collections.abc import Sequence

from presentation.mistakes import Path
from presentation.said import said
from protocol.configuration import LinkedServices, Procedure, Service
from queue_server.config.noted import NO_SERVICE, Note, use_some_of


def check_linked(
    chains: Sequence[LinkedServices],
    services: Sequence[Service],
    catalogue: Sequence[Procedure],
    note: Note,
) -> None:
    """Note each service that there is not, and each procedure that cannot begin its linked services."""
    known = {one.service_id for one in services}
    service_of = {one.code: one.service_id for one in catalogue}
    begun: set[str] = set()
    for index, chain in enumerate(chains):
        for service_id in chain.service_ids:
            if service_id not in known:
                note(
                    ("linked_services", index, "service_ids"),
                    said(*NO_SERVICE, name=service_id),
                    use_some_of(sorted(known)),
                )
        for code in chain.procedure_codes:
            path: Path = ("linked_services", index, "procedure_codes")
            if code not in service_of:
                what = said("no_such_procedure", "the catalogue has no procedure '{name}'", name=code)
                note(path, what, said("use_known_code", "use a code of the catalogue, or leave it out"))
            elif service_of[code] != chain.service_ids[0]:
                named = {"name": code, "service": service_of[code]}
                note(
                    path,
                    said("procedure_elsewhere", "'{name}' belongs to the service '{service}'", **named),
                    said(
                        "begin_with_service",
                        "let service_ids begin with '{service}', or leave the code out",
                        service=service_of[code],
                    ),
                )
            if code in begun:
                what = said("begins_others", "'{name}' begins other linked services already", name=code)
                note(path, what, said("keep_in_one_place", "keep it in one place"))
            begun.add(code)
