"""What proves that someone holds a ticket: its secret, and the code that the QR on the paper carries.

The secret is computed, never stored: it works off line, is the same on a reprint and stands in no log. The server
makes a kiosk's link key from the branch's key and tells it to that kiosk alone; with it both ends compute the secret
of any visit of that kiosk.
"""

import hmac
import re
from hashlib import sha256
from typing import NamedTuple

from protocol.configuration import TicketLink

SECRET_HEX_DIGITS = 32
"""128 bits."""

_CODE = re.compile(r"(?:^|[^0-9a-f])([0-9a-f]{32})-([0-9a-f]{32})$")


class TicketCode(NamedTuple):
    """What the code on a ticket says."""

    visit_id: str
    secret: str


def kiosk_link_key(branch_key: bytes, device_id: str) -> str:
    """Give a kiosk's link key as 64 hex digits: HMAC-SHA256(branch key, device id)."""
    return hmac.new(branch_key, device_id.encode(), sha256).hexdigest()


def ticket_secret(link_key: str, visit_id: str) -> str:
    """Give the secret of a visit's ticket as 32 hex digits: HMAC-SHA256(link key, visit id), cut to 128 bits.

    `link_key` is hex; the visit's id goes in as its ASCII hex digits.
    """
    return hmac.new(bytes.fromhex(link_key), visit_id.encode("ascii"), sha256).hexdigest()[:SECRET_HEX_DIGITS]


def ticket_code(visit_id: str, secret: str) -> str:
    """Give the code of a ticket: `<visit_id>-<secret>`, 65 signs."""
    return f"{visit_id}-{secret}"


def qr_text(link: TicketLink, code: str) -> str:
    """Give what the QR holds: the code alone, or the address of a page that opens with it."""
    return code if link.kind == "code" else f"{link.base_address.rstrip('/')}/{code}"


def read_ticket_code(scanned: str) -> TicketCode | None:
    """Read the code out of what a QR held, be it the code alone or an address that ends with it; None for others."""
    match = _CODE.search(scanned.strip().lower())
    return TicketCode(match[1], match[2]) if match else None
