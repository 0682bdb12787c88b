"""Addresses that may stand on a ticket, and those that no phone could open."""

import pytest

from protocol.configuration import TicketLink
from queue_server.config.links import check_ticket_link

GOOD = [
    ("code", ""),
    ("public_page", "https://motcua.phuclong.gov.vn/t"),
    ("public_page", "https://motcua.phuclong.gov.vn"),
    ("public_page", "https://q.gov.vn:8443/t/"),
    ("hall_page", "http://192.168.10.5/t"),
    ("hall_page", "http://192.168.10.5:8090"),
    ("hall_page", "https://hall.phuong.gov.vn/t"),
    ("hall_page", "http://motcua.lan/t"),
    ("hall_page", "http://[fd00::5]/t"),
]

BAD = [
    ("code", "https://motcua.gov.vn/t", "the code alone"),
    ("hall_page", "", "no address"),
    ("public_page", "", "no address"),
    ("hall_page", "192.168.10.5/t", "no address of a page"),
    ("hall_page", "ftp://192.168.10.5/t", "no address of a page"),
    ("hall_page", "http://", "no address of a page"),
    ("hall_page", "http://192.168.10.5:http/t", "no address of a page"),
    ("hall_page", "http://[fd00::5/t", "no address of a page"),
    ("hall_page", "http://localhost:8090/t", "the phone itself"),
    ("hall_page", "http://127.0.0.1:8090/t", "the phone itself"),
    ("hall_page", "http://0.0.0.0/t", "the phone itself"),
    ("hall_page", "http://[::1]/t", "the phone itself"),
    ("hall_page", "http://169.254.3.4/t", "the phone itself"),
    ("hall_page", "http://server/t", "by its name alone"),
    ("hall_page", "http://192.168.10.5/tickets", "do not answer below /tickets"),
    ("hall_page", "http://192.168.10.5/t?x=", "more than a host and a path"),
    ("hall_page", "http://me@192.168.10.5/t", "more than a host and a path"),
    ("public_page", "http://motcua.gov.vn/t", "in the clear"),
    ("public_page", "https://192.168.10.5/t", "phones outside the hall"),
    ("public_page", "https://10.0.0.1/t", "phones outside the hall"),
    ("public_page", "https://motcua.local/t", "phones outside the hall"),
    ("public_page", "https://motcua/t", "phones outside the hall"),
    ("public_page", f"https://{'a' * 70}.gov.vn/t", "too fine to read"),
]


def told(kind: str, address: str) -> list[str]:
    found: list[str] = []
    link = TicketLink(kind=kind, base_address=address)  # type: ignore[arg-type]  # The tables hold kinds.
    check_ticket_link(link, lambda what, mend: found.append(f"{what}: {mend}"))
    return found


@pytest.mark.parametrize(("kind", "address"), GOOD)
def test_an_address_that_can_be_opened_is_taken(kind: str, address: str) -> None:
    assert told(kind, address) == []


@pytest.mark.parametrize(("kind", "address", "why"), BAD)
def test_an_address_that_cannot_be_opened_is_refused(kind: str, address: str, why: str) -> None:
    (what,) = told(kind, address)
    assert why in what
