"""All that one ticket says, as data: the words come in already in the citizen's language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TicketLabels:
    """The fixed words of a ticket in the citizen's language (from ``config/texts``)."""

    your_number: str  # "SỐ THỨ TỰ CỦA QUÝ VỊ"
    taken: str  # "Giờ lấy số"
    people_ahead: str  # "Người chờ trước"
    wait: str  # "Ước tính chờ"
    counters: str  # "Quầy phục vụ"
    hotline: str  # "Đường dây nóng"


@dataclass(frozen=True, slots=True)
class TicketContent:
    """All that one ticket says. Texts may be in any Unicode form; they are composed (NFC) before drawing.

    What is ``None`` or empty leaves no trace on the paper: no label without a value, no empty line.
    """

    agency: tuple[str, ...]  # Lines at the top, the last one in bold.
    number_text: str  # "H025": prefix and number as boards show them.
    service: str
    taken_text: str  # "08:42 · 23/11/2026"
    labels: TicketLabels
    procedure: str | None = None
    class_text: str | None = None  # "ƯU TIÊN · Người cao tuổi", white on black.
    people_ahead: int | None = None
    wait_text: str | None = None  # "15–30 phút"
    counters_text: str | None = None  # "3, 4"
    qr_text: str | None = None
    hotline: str | None = None
    footer: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()  # Framed under the agency: "BẢN IN LẠI (lần 1)", the off-line mark.
