"""The code on a ticket: computed alike at both ends, read back from every kind of QR."""

import pytest

from protocol.configuration import TicketLink
from protocol.ticket_code import TicketCode, kiosk_link_key, qr_text, read_ticket_code, ticket_code, ticket_secret

VISIT = "0193a4b2c3d47e5f8a9b0c1d2e3f4a5b"


def test_the_secret_is_hmac_sha256_cut_to_128_bits() -> None:
    # Reference value: printf %s "$VISIT" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '00%.0s' {1..32}).
    assert ticket_secret("00" * 32, VISIT) == "902e28fcc5ff03c4332194aa589efef8"


def test_each_kiosk_and_each_visit_has_another_secret() -> None:
    keys = [kiosk_link_key(b"branch", device) for device in ("kiosk-a", "kiosk-b")]
    secrets = {ticket_secret(key, visit) for key in keys for visit in (VISIT, VISIT[::-1])}
    assert len(secrets) == 4


@pytest.mark.parametrize(
    "link",
    [
        TicketLink(),
        TicketLink(kind="hall_page", base_address="http://hall.local/t"),
        TicketLink(kind="public_page", base_address="https://motcua.example/luot/"),
    ],
)
def test_every_kind_of_qr_is_read_back(link: TicketLink) -> None:
    secret = ticket_secret("ab" * 32, VISIT)
    assert read_ticket_code(qr_text(link, ticket_code(VISIT, secret))) == TicketCode(VISIT, secret)


@pytest.mark.parametrize("scanned", ["", "hello", VISIT, f"{VISIT}-", f"a{VISIT}-{VISIT}", f"{VISIT}-{VISIT}/more"])
def test_anything_else_is_no_ticket(scanned: str) -> None:
    assert read_ticket_code(scanned) is None
