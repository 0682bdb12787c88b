"""The staff pages before a hall on paper: accounts of every role, and a browser's manners without a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from protocol.keys import LinkSettings, make_keys
from queue_server.web.accounts import NEEDS_SECOND_FACTOR, Passwords
from queue_server.web.program import ACCOUNTS_FILE, Place, application
from queue_server.web.shared import Parts
from tests.support.authenticators import Authenticators
from tests.support.paper_hall import PaperHall

CONFIG = Path(__file__).parents[2] / "config"
PASSWORD = "một hai ba bốn"  # noqa: S105 - an example, of no real account.
ORIGIN = "http://localhost"

LINK = LinkSettings(
    commands_address="tcp://127.0.0.1:7411",
    views_address="tcp://127.0.0.1:7412",
    pairing_address="tcp://127.0.0.1:7413",
    server_key=make_keys().public,
)

PEOPLE = {
    "anh": ("Nguyễn Thị Ánh", "clerk"),
    "minh": ("Trần Văn Minh", "clerk"),
    "lan": ("Lê Thị Lan", "clerk"),
    "hoa": ("Đỗ Thị Hoa", "usher"),
    "tech": ("Kỹ thuật viên", "technician"),
    "boss": ("Phạm Quang Huy", "manager"),
    "inspector": ("Đoàn kiểm tra", "inspector"),
}


@dataclass
class Pages:
    """The application, its parts, and the hall on paper at the far end of its link."""

    app: Flask
    parts: Parts
    hall: PaperHall
    phones: Authenticators
    origin: str = ORIGIN

    def visitor(self) -> "Visitor":
        """Give a browser in which nobody is signed in."""
        return Visitor(self.app.test_client(), self.origin)

    def signed_in(self, clerk_id: str) -> "Visitor":
        """Give a browser in which this person is signed in."""
        visitor = self.visitor()
        response = visitor.log_in(clerk_id, PASSWORD)
        assert response.status_code == 302, response.text
        if self.phones.has(clerk_id):
            response = visitor.post("/login/code", "/login/code", code=self.phones.fresh(clerk_id))
            assert response.status_code == 302, response.text
        return visitor


class Visitor:
    """A browser's manners: it keeps cookies, sends its origin, and finds the token that forms carry."""

    def __init__(self, client: FlaskClient, origin: str = ORIGIN) -> None:
        self.client = client
        self.origin = origin

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.origin)

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf" (?:content|value)="([^"]+)"', self.get(path).text)
        assert found, f"{path} carries no token"
        return found[1]

    def post(self, path: str, page: str, **form: str) -> TestResponse:
        """Send a form as the page at `page` would."""
        sent = {"csrf": self.token(page), **form}
        return self.client.post(path, data=sent, headers={"Origin": self.origin}, base_url=self.origin)

    def send_file(self, path: str, page: str, field: str, file: tuple[str, bytes], **form: str) -> TestResponse:
        """Send a form with a file in it, its name and bytes, as the page at `page` would."""
        mark = "----file-of-a-test"
        fields = {"csrf": self.token(page), **form}
        head = "".join(
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{file[0]}"\r\n\r\n'
        body = head.encode() + file[1] + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        headers = {"Origin": self.origin}
        return self.client.post(path, data=body, content_type=kind, headers=headers, base_url=self.origin)

    def press(self, path: str, page: str, fields: dict[str, object]) -> TestResponse:
        """Send JSON as the script of the page at `page` would."""
        headers = {"Origin": self.origin, "X-CSRF-Token": self.token(page)}
        return self.client.post(path, json=fields, headers=headers, base_url=self.origin)

    def log_in(self, clerk_id: str, password: str) -> TestResponse:
        return self.post("/login", "/login", username=clerk_id, password=password)


@contextmanager
def staff_pages(state: Path, *, behind_tls: bool = False) -> Iterator[Pages]:
    """Serve nobody but the test: the application with its people, before a hall on paper."""
    hall = PaperHall()
    state.mkdir(parents=True, exist_ok=True)
    LINK.save(state)
    phones = Authenticators(state / ACCOUNTS_FILE)
    place = Place(state, CONFIG, behind_tls=behind_tls, reports=state / "reports.db", systems=state / "systems.db")
    with application(place, hall.opened, Passwords(memory_kib=64, passes=1)) as (app, parts):
        for clerk_id, (name, role) in PEOPLE.items():
            parts.accounts.add(clerk_id, name, role)  # type: ignore[arg-type]  # The table above holds roles.
            parts.accounts.choose_password(clerk_id, PASSWORD)
            if role in NEEDS_SECOND_FACTOR:
                phones.set_up(clerk_id)
        assert parts.systems is not None
        parts.systems.register.add("portal", "Cổng dịch vụ công", by="tech")
        yield Pages(app, parts, hall, phones, "https://localhost" if behind_tls else ORIGIN)
