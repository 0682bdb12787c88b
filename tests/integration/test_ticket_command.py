"""`motcua ticket` draws what a kiosk would print; the picture is read by an outside witness."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from queue_server.config import read_sources

TOP = Path(__file__).parents[2]
WARD = TOP / "config" / "branch.toml"


def ticket(*more: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "motcua", "ticket", *more]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)


def picture(done: subprocess.CompletedProcess[bytes]) -> Image.Image:
    assert done.returncode == 0, done.stderr.decode()
    return Image.open(io.BytesIO(done.stdout))


def test_the_picture_is_a_ticket_with_a_code_that_can_be_read() -> None:
    drawn = picture(ticket(str(WARD)))
    assert drawn.width == 576
    codes = zxingcpp.read_barcodes(drawn.convert("L"))
    assert [code.text for code in codes] != []


def test_a_changed_footer_changes_the_picture_alone_below() -> None:
    sources = read_sources(WARD)
    changed = {**sources, "branch.toml": sources["branch.toml"].replace("Vui lòng ngồi chờ", "Xin mời ngồi chờ")}
    assert changed != sources
    one, other = (picture(ticket("-", given=json.dumps(given).encode())) for given in (sources, changed))
    assert one.tobytes() != other.tobytes()
    above = (0, 0, 576, 600)
    assert one.crop(above).tobytes() == other.crop(above).tobytes()


@pytest.mark.parametrize(
    ("more", "said"), [(("--service", "attic"), "there is no service 'attic'"), (("--config", "/nowhere"), "texts")]
)
def test_what_cannot_be_drawn_is_said(more: tuple[str, ...], said: str) -> None:
    done = ticket(str(WARD), *more)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert done.stdout == b""
