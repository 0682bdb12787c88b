"""`make qemu-devices` where it cannot run: it says so, says what to do, and boots nothing."""

import os
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "qemu_devices"
REFUSED = 3

NOTHING_INSTALLED = {"dpkg-query": "exit 1", "id": "echo 1000", "sudo": "exit 1"}


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({"uname": "echo aarch64"}, "the guest is an x86_64 one, and this machine is aarch64."),
        (NOTHING_INSTALLED, "have them installed: apt-get install qemu-system-x86 busybox-static"),
        ({**NOTHING_INSTALLED, "id": "echo 0", "apt-get": "exit 100"}, "is this machine on line?"),
        ({"dpkg-query": "echo installed", "apt-cache": "exit 100"}, "apt knows no linux-image-amd64"),
    ],
)
def test_a_machine_that_cannot_is_told_what_to_do(machine: dict[str, str], said: str, tmp_path: Path) -> None:
    for name, body in {**machine, "qemu-system-x86_64": f"touch {tmp_path}/booted"}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([TOOL], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == REFUSED, done.stderr
    assert done.stderr.startswith("qemu-devices: cannot run here: "), done.stderr
    assert said in done.stderr
    assert not (tmp_path / "booted").exists()
