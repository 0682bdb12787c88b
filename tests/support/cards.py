"""Citizen cards that nobody holds: texts of QR codes for tests."""

CARD = "001199012345|012345678|Nguyễn Thị Ánh Tuyết|01021999|Nữ|Tổ 4, phường Phúc La, Hà Đông, Hà Nội|15052021"
"""Seven fields, as on cards since 2021."""


def card(
    citizen_id: str = "001199012345",
    *more: str,
    older_id: str | None = "012345678",
    name: str = "Nguyễn Thị Ánh Tuyết",
    born: str = "01021999",
    sex: str = "Nữ",
    address: str = "Tổ 4, phường Phúc La, Hà Đông, Hà Nội",
    issued: str = "15052021",
) -> str:
    """Give the text of a card; without an older id (None) that field is left out altogether."""
    fields = [citizen_id, older_id, name, born, sex, address, issued, *more]
    return "|".join(field for field in fields if field is not None)
