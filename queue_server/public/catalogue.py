"""The routes of the catalogue: find a procedure, read what it needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, request

from presentation.search import Found, Index, found, index
from presentation.texts import Words, name_in
from protocol.configuration import Procedure
from protocol.views import KioskService
from queue_server.public.shared import kiosk_view, message_page, page, parts, unchanged_or, words

catalogue = Blueprint("catalogue", __name__, url_prefix="/procedures")

QUERY_SIGNS = 40


@dataclass(frozen=True, slots=True)
class Group:
    """The procedures of one service."""

    name: str
    procedures: tuple[Procedure, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know of a procedure; no lines: nobody has recorded it yet. `lang` is the language of the lines."""

    label: str
    lines: tuple[str, ...]
    lang: str


@catalogue.get("/")
def procedures() -> Response:
    """List the procedures, or those that were found."""
    spoken, known = words(), parts().hall.procedures
    query = request.args.get("q", "").strip()[:QUERY_SIGNS]
    told = found(_index(known.values()), query, spoken.language) if query else Found()
    listed = tuple(known[code] for code in told.entry_ids) if query else tuple(known.values())
    groups = (Group("", listed),) if query else _grouped(listed, spoken)
    answer = page("procedures.html", spoken, groups=groups, query=query, similar=told.similar, count=len(listed))
    return unchanged_or(answer)


@catalogue.get("/<code>")
def procedure(code: str) -> Response:
    """Tell what a procedure needs, what it costs and how long it takes."""
    spoken = words()
    one = parts().hall.procedures.get(code)
    if one is None:
        return message_page(spoken("error.not_found_title"), spoken("public.procedure_unknown"), spoken, 404)
    service = _services().get(one.service_id)
    answer = page(
        "procedure.html",
        spoken,
        procedure=one,
        name=name_in(one.names, spoken.language),
        service=service,
        facts=_facts(one, service, spoken),
    )
    return unchanged_or(answer)


def _index(known: Iterable[Procedure]) -> Index:
    """Make the index of a catalogue, by shown and official names; once for each catalogue."""
    names = [(one.code, name, language) for one in known for language, name in one.names.items()]
    return _made(tuple(names) + tuple((one.code, one.official_name, "vi") for one in known if one.official_name))


@lru_cache(maxsize=2)
def _made(names: tuple[tuple[str, str, str], ...]) -> Index:
    return index(names)


def _services() -> dict[str, KioskService]:
    kiosk = kiosk_view()
    return {one.service_id: one for one in kiosk.services} if kiosk else {}


def _grouped(known: tuple[Procedure, ...], spoken: Words) -> tuple[Group, ...]:
    services = _services()
    by_service: dict[str, list[Procedure]] = {}
    for one in known:
        by_service.setdefault(one.service_id, []).append(one)
    return tuple(
        Group(name_in(services[service_id].names, spoken.language) if service_id in services else "", tuple(those))
        for service_id, those in by_service.items()
    )


def _facts(one: Procedure, service: KioskService | None, spoken: Words) -> tuple[Fact, ...]:
    """Give what is recorded, in the order in which people ask; what is not is said to be so."""
    place = one.result_place or (service.result_place if service else None)
    worded = ((spoken(f"kiosk.{key}"), said) for key, said in (("processing_time", one.time), ("fee", one.fee)))
    documents = Fact(spoken("kiosk.documents"), one.documents or (), "vi")
    result = _fact(spoken("kiosk.result_place"), place, spoken)
    return (documents, *(_fact(label, said, spoken) for label, said in worded), result)


def _fact(label: str, said: dict[str, str] | None, spoken: Words) -> Fact:
    if not said:
        return Fact(label, (), spoken.language)
    return Fact(label, (name_in(said, spoken.language),), spoken.language if spoken.language in said else "vi")
