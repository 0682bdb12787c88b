"""`motcua training` as somebody starts it: a whole marked hall with people in it, and nothing of it real."""

import json
import select
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from presentation.texts import texts_from
from tests.support.served_branch import CONFIG, begin_branch, until

pytestmark = pytest.mark.slow

STARTED_S = 120.0


def test_a_training_hall_opens_prints_and_ends(tmp_path: Path) -> None:
    real, state = tmp_path / "server", tmp_path / "training"
    begin_branch(real)
    before = (real / "branch.db").read_bytes()
    options = ["--headless", "--json", "--speed", "20", "--from", str(real), "--state", str(state)]
    command = [sys.executable, "-m", "motcua", "training", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], STARTED_S)
        assert ready, "the training hall did not open"
        told = json.loads(process.stdout.readline())
        mark = texts_from({"vi": (CONFIG / "texts" / "vi.toml").read_text("utf-8")})("staff.training", "vi")
        try:
            until(lambda: mark in page(told["pages"] + "login"), "the pages say what they are", 30.0)
            until(lambda: any((state / "devices" / "tickets").glob("*.png")), "somebody takes a number", 60.0)
        finally:
            process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=40)[1]
    assert process.returncode in (0, 130), errors
    assert "ended by itself" not in errors
    assert set(told["logins"]) >= {"clerk6", "manager", "technician"}
    assert not (state / "server" / "reports.db").exists(), "no report is made of it"
    assert (real / "branch.db").read_bytes() == before


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 -- the address is our own program's.
        text: str = answer.read().decode()
        return text
