"""Citizen cards under the real kiosk's scanner: what was on them is afterwards in no file, log, message or stream."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.simulated.remote import Remote
from protocol.ticket_code import ticket_code, ticket_secret
from tests.support.canaries import files, forms, traces
from tests.support.cards import card
from tests.support.devices import simulated_hall
from tests.support.real_hall import RealHall, RealScreen, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(240)]

CANARIES = ("Lưu Đỗ Quỳnh Khuê", "079308714159", "271828182", "Hẻm Chim Hoàng Yến", "CanaryDossier", "canary-half")
"""A name, a citizen's number, the older one, an address, and pieces of codes that nobody knows."""

CARD = card(
    "079308714159", older_id="271828182", name="Lưu Đỗ Quỳnh Khuê", born="30122008", address="Hẻm Chim Hoàng Yến 7"
)
SCANNERS = ("serial_scanner", "keyboard_scanner")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path / "hall") as hall:
        yield hall


def scan_everything(screen: RealScreen, control: Remote) -> None:
    """Scan what citizens hold under it, and wait each time until the screen has answered."""

    def scan(code: str, answer: str) -> None:
        since = len(screen.seen)
        control.order("scan", device="front", code=code)
        screen.wait(lambda shown: shown["screen"] == "scanned" and answer in words(shown), since=since)

    screen.on("services")
    # No two in a row are answered alike: a screen that stays as it is, is not shown again.
    scan(f"{CARD}\r", "•••••••••159")
    scan("CanaryDossier-1\r", "Không nhận ra mã này")
    scan(f"{CARD}||{CARD}\r", "•••••••••159")
    scan(f"{CARD}{'|canary-half' * 50}\r", "Chưa đọc được mã")
    scan(f"{CARD.replace('Nữ', 'Nam')}\r", "Không nhận ra mã này")
    scan(f"{CARD[:40]}", "Chưa đọc được mã")
    control.order("scan", device="front", code="canary-half")
    control.order("fault", device="front", fault="unplugged")
    control.order("fault", device="front", fault="unplugged", on=False)


@pytest.mark.parametrize("kind", SCANNERS)
def test_a_card_under_the_scanner_leaves_no_trace(
    kind: str, hall: RealHall, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = [{"name": "front", "address": f"pty:{tmp_path}/front", "kind": kind}]
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    with simulated_hall(tmp_path / "devices", inputs=inputs) as (addresses, control):
        with RealScreen("kiosk", state, "--scanner", addresses["inputs"]["front"]) as screen:
            scan_everything(screen, control)
        with RealScreen("kiosk", state, "--scanner", addresses["inputs"]["front"]) as again:
            again.on("services")
            control.order("scan", device="front", code=f"{CARD}\r")
            again.wait(lambda shown: "•••••••••159" in words(shown))
            again.crash()
        log = control.order("log", device="front", last=5000)
    said = capfd.readouterr()
    assert "was dropped" in said.err, "what the kiosk says was looked at"
    assert len(log) >= 8, "the simulation's log was looked at"
    places = [
        *files(tmp_path),
        ("standard output", said.out.encode()),
        ("standard error", said.err.encode()),
        ("screens", json.dumps([screen.seen, again.seen], ensure_ascii=False).encode()),
        ("the simulation's log", json.dumps(log).encode()),
    ]
    assert any("branch.db" in place for place, _ in places)
    assert any("/kiosk-a/" in place for place, _ in places)
    assert list(traces(CANARIES, places)) == []


def test_a_ticket_under_the_scanner_shows_its_visit_and_its_secret_nowhere(
    hall: RealHall, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = [{"name": "front", "address": f"pty:{tmp_path}/front", "kind": "keyboard_scanner"}]
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    scanner = f"evdev://{tmp_path}/front?source=pty"
    with (
        simulated_hall(tmp_path / "devices", inputs=inputs) as (_, control),
        RealScreen("kiosk", state, "--scanner", scanner) as screen,
    ):
        screen.on("services")
        for action, then in (("service:land", "class"), ("class:usual", "confirm"), ("take", "number")):
            screen.touch(action)
            screen.on(then)
        visit_id = screen.seen[-1]["subject"]
        screen.touch("done")
        screen.on("services")
        (key,) = set(re.findall(rb'"link_key":"([0-9a-f]{64})"', b"".join(data for _, data in files(state))))
        secret = ticket_secret(key.decode(), visit_id)
        control.order("scan", device="front", code=f"{ticket_code(visit_id, secret)}\r")
        shown = screen.on("found", having="Quý vị đang trong hàng chờ.")
        assert shown["subject"] == visit_id
        screen.touch("done")
        screen.on("services")
        control.order("scan", device="front", code=f"{ticket_code(visit_id, '0' * 32)}\r")
        screen.on("scanned", having="Không nhận ra mã này")
    said = capfd.readouterr()
    places = [*files(tmp_path), ("streams", (said.out + said.err).encode())]
    assert list(traces([secret], places)) == []


def test_every_form_of_a_canary_is_found_where_it_stands(tmp_path: Path) -> None:
    for canary in CANARIES:
        for name, piece in forms(canary).items():
            (tmp_path / "log").write_bytes(b"before " + piece + b" after")
            assert any(trace.endswith(f": {name}") for trace in traces([canary], files(tmp_path))), (canary, name)
