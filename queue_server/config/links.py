"""Which addresses on a ticket can be opened by a citizen's phone, as far as an address alone can tell.

A ticket never carries a dead link. So an address is refused that no phone could reach, or that the public pages do not
answer: the machine's own, a name without a name server, a private address for phones that are elsewhere, one that is
in the clear across the internet.
"""

import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from presentation.said import Said, said
from protocol.configuration import TicketLink

LENGTH_MOST: Final = 80
"""Longer ones make the code on the ticket too fine for a cheap camera: 65 signs of the ticket's own come behind it."""

PATHS: Final = frozenset({"", "/", "/t", "/t/"})
"""Below which the public pages answer for tickets."""

LOCAL_NAMES: Final = (".local", ".lan", ".internal", ".home.arpa", ".localhost", ".test", ".example", ".invalid")
"""Names that no name server of the internet knows (RFC 2606, 6762, 8375)."""

Tell = Callable[[Said, Said], None]
"""What is wrong, and how to mend it."""


def check_ticket_link(link: TicketLink, tell: Tell) -> None:
    """Tell everything that is wrong with what a ticket's code is to hold."""
    if link.kind == "code":
        if link.base_address:
            tell(
                said("address_beside_code", "the tickets carry the code alone, but an address is given"),
                said("kind_or_no_address", 'write kind = "hall_page" or remove it'),
            )
        return
    if not link.base_address:
        mend = said("write_address_or_code", 'write base_address = "https://…/t", or kind = "code"')
        tell(said("no_address", "there is no address to open"), mend)
        return
    parts = _parted(link.base_address)
    if parts is None or not parts.hostname:
        mend = said("write_whole_address", 'write it whole, as "https://motcua.phuong.gov.vn/t"')
        tell(said("no_page_address", "this is no address of a page"), mend)
        return
    _check_form(link.base_address, parts, tell)
    if link.kind == "public_page":
        _check_public(parts, tell)
    else:
        _check_hall(parts, tell)


def _parted(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # Raises for what is no number.
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} else None


def _check_form(address: str, parts: SplitResult, tell: Tell) -> None:
    if len(address) > LENGTH_MOST:
        what = said("long_address", "it has {count} signs; the code would be too fine to read", count=len(address))
        tell(what, said("use_at_most", "use at most {limit}", limit=LENGTH_MOST))
    if parts.path not in PATHS:
        what = said("wrong_path", "the public pages do not answer below {path}", path=parts.path)
        tell(what, said("end_with_t", "end the address with /t"))
    if parts.query or parts.fragment or parts.username or not address.isascii():
        mend = said("write_address_so", 'write it as "https://motcua.phuong.gov.vn/t"')
        tell(said("address_too_much", "it holds more than a host and a path"), mend)


def _check_public(parts: SplitResult, tell: Tell) -> None:
    if parts.scheme != "https":
        what = said("secret_in_clear", "the ticket's secret would cross the internet in the clear")
        tell(what, said("serve_by_tls", "serve it by TLS and write https://"))
    number = _number(parts.hostname or "")
    host = (parts.hostname or "").lower()
    if (number is not None and not number.is_global) or (number is None and ("." not in host or _is_local(host))):
        what = said("host_not_reached", "phones outside the hall cannot reach {host}", host=host)
        tell(what, said("name_public_host", 'name a host of the internet, or write kind = "hall_page"'))


def _check_hall(parts: SplitResult, tell: Tell) -> None:
    number = _number(parts.hostname or "")
    host = (parts.hostname or "").lower()
    own = host == "localhost" or host.endswith(".localhost")
    if own or (number is not None and (number.is_loopback or number.is_unspecified or number.is_link_local)):
        what = said("host_is_phone", "on a phone {host} is the phone itself", host=host)
        tell(what, said("name_machine", "name the branch's machine by its address in the hall's network"))
    elif number is None and "." not in host:
        what = said("bare_host", "phones do not find {host} by its name alone", host=host)
        tell(what, said("write_machine", "write the machine's address, or its whole name"))


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_local(host: str) -> bool:
    return host.endswith(LOCAL_NAMES)
