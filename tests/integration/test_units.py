"""The systemd units that ship are hardened, by measure."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "config" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
# systemd rates a unit from 0 (shut in) to 10 (free to do anything); a plain one has 9.6. This is in tenths.
WORST_EXPOSURE = 20


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a system on which the units are installed as docs/operating.md tells."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, root / "etc" / "systemd" / "system")
    return root


def exposure(root: Path, service: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"--threshold={WORST_EXPOSURE}"]
    return subprocess.run(
        [*command, f"--root={root}", service], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_hardened(machine: Path, service: str) -> None:
    measured = exposure(machine, service)
    assert measured.returncode == 0, measured.stdout + measured.stderr
    assert "bad unit file setting" not in measured.stderr


def test_a_plain_service_would_be_refused(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "systemd" / "system"
    folder.mkdir(parents=True)
    (folder / "plain.service").write_text("[Service]\nExecStart=/bin/true\n")
    assert exposure(tmp_path, "plain.service").returncode != 0
