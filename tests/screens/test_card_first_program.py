"""Limits per person on real programs: a card is shown twice, gets one number, and is nowhere afterwards."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.person_keys import PERSON_KEY_FILE
from tests.support.canaries import files, traces
from tests.support.cards import card
from tests.support.devices import simulated_hall
from tests.support.real_hall import CONFIG, RealHall, RealScreen, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(240)]

CANARIES = ("Lưu Đỗ Quỳnh Khuê", "079308714159", "271828182", "Hẻm Chim Hoàng Yến")
CARD = card(
    "079308714159", older_id="271828182", name="Lưu Đỗ Quỳnh Khuê", born="30122008", address="Hẻm Chim Hoàng Yến 7"
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    """Serve the ward on a day on which everybody takes one number at most."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    branch = config / "branch.toml"
    text = branch.read_text("utf-8")
    branch.write_text(re.sub(r"^day = 0\b", "day = 1", text, count=1, flags=re.MULTILINE), "utf-8")
    with RealHall(tmp_path / "hall", config=config) as hall:
        yield hall


def test_a_card_gets_one_number_and_leaves_no_trace(
    hall: RealHall, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inputs = [{"name": "front", "address": f"pty:{tmp_path}/front", "kind": "serial_scanner"}]
    state = hall.pair("kiosk-a", "kiosk:kiosk-1")
    with (
        simulated_hall(tmp_path / "devices", inputs=inputs) as (addresses, control),
        RealScreen("kiosk", state, "--scanner", addresses["inputs"]["front"]) as screen,
    ):
        screen.on("services")
        for service in ("land", "certification"):
            for action, then in ((f"service:{service}", "class"), ("class:usual", "card")):
                screen.touch(action)
                screen.on(then)
            control.order("scan", device="front", code=f"{CARD}\r")
            screen.on("confirm")
            screen.touch("take")
            if service == "land":
                screen.on("number", having="L001")
                screen.touch("done")
                screen.on("services")
        held = screen.on("held", having="Quý vị đang trong hàng chờ.")
        assert "L001" in words(held)
        assert "Quý vị đã lấy số L001" in words(held)
        screen.crash()
    said = capfd.readouterr()
    places = [
        *files(tmp_path / "hall"),
        ("streams", (said.out + said.err).encode()),
        ("screens", json.dumps(screen.seen, ensure_ascii=False).encode()),
    ]
    assert any("branch.db" in place for place, _ in places)
    assert any("/kiosk-a/" in place for place, _ in places)
    assert list(traces(CANARIES, places)) == []
    key_file = hall.folder / "server" / PERSON_KEY_FILE
    key = json.loads(key_file.read_bytes())["key"]
    holding = [place for place, data in places if key.encode() in data]
    assert len(holding) == 1, "the key of the day lies beside the log, and nowhere else"
    assert PERSON_KEY_FILE in holding[0]
